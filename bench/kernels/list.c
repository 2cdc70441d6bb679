// SPDX-License-Identifier: Apache-2.0
//
// Linked lists and trees of nodes that malloc gave out: queues that grow and shrink, search, insertion in order, reversal,
// and a splay tree. Dependent loads and allocation.

#include "kernel.h"

struct node {
	struct node *next;
	struct node *previous;
	int key;
	int payload;
};

/* A ring with a head, as kernels have it. */
static void
insert_before(struct node *place, struct node *node)
{
	node->next = place;
	node->previous = place->previous;
	place->previous->next = node;
	place->previous = node;
}

static void
take_out(struct node *node)
{
	node->previous->next = node->next;
	node->next->previous = node->previous;
}

static uint64_t
lists(uint32_t *random)
{
	struct node head = { &head, &head, 0, 0 };
	uint64_t sum = 0;

	for (int i = 0; i < 400; i++) {
		struct node *node = malloc(sizeof(*node));
		struct node *place = head.next;

		node->key = (int)(kernel_random(random) >> 12);
		node->payload = i;
		while (place != &head && place->key < node->key) {
			place = place->next;
		}
		insert_before(place, node);
		if (i % 5 == 4) {
			struct node *old = i % 2 ? head.next : head.previous;

			sum += (uint64_t)old->key;
			take_out(old);
			free(old);
		}
	}
	for (struct node *node = head.next; node != &head;) {
		struct node *next = node->next;

		sum = kernel_mix(sum, (uint64_t)node->payload);
		free(node);
		node = next;
	}
	return sum;
}

struct branch {
	struct branch *child[2];
	uint32_t key;
};

/* Brings the key, or what lies next to it, to the top (Sleator and Tarjan, top down). */
static struct branch *
splay(struct branch *t, uint32_t key)
{
	struct branch edges = { { NULL, NULL }, 0 };
	struct branch *ends[2] = { &edges, &edges };

	for (;;) {
		int side = key > t->key;
		struct branch *c = t->child[side];

		if (key == t->key || c == NULL) {
			break;
		}
		if (key != c->key && (key > c->key) == side) {
			t->child[side] = c->child[!side];
			c->child[!side] = t;
			t = c;
			if (t->child[side] == NULL) {
				break;
			}
		}
		ends[!side]->child[side] = t;
		ends[!side] = t;
		t = t->child[side];
	}
	ends[0]->child[1] = t->child[0];
	ends[1]->child[0] = t->child[1];
	t->child[0] = edges.child[1];
	t->child[1] = edges.child[0];
	return t;
}

static uint64_t
tree(uint32_t *random)
{
	static struct branch branches[3000];
	struct branch *root = NULL;
	uint64_t sum = 0;
	int used = 0;

	for (int i = 0; i < 6000; i++) {
		uint32_t key = kernel_random(random) % 5000;

		if (root != NULL) {
			root = splay(root, key);
		}
		if (root != NULL && root->key == key) {
			sum++;
		} else if (used < (int)COUNT(branches)) {
			struct branch *b = &branches[used++];
			int side = root != NULL && key > root->key;

			*b = (struct branch){ { NULL, NULL }, key };
			if (root != NULL) {
				b->child[!side] = root;
				b->child[side] = root->child[side];
				root->child[side] = NULL;
			}
			root = b;
		}
		sum = kernel_mix(sum, root->key);
	}
	return sum;
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 180);
	uint32_t random = 21;
	uint64_t sum = 0;

	for (unsigned round = 0; round < rounds; round++) {
		for (int i = 0; i < 5; i++) {
			sum = kernel_mix(sum, lists(&random));
		}
		sum = kernel_mix(sum, tree(&random));
	}
	kernel_report("list", sum);
	return 0;
}
