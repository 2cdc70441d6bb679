// SPDX-License-Identifier: Apache-2.0
//
// Huffman coding: counts, the tree by a heap, codes by walking it, encoding into bits, decoding bit by bit.

#include "kernel.h"

enum { SIZE = 60000, SYMBOLS = 256 };

struct node {
	unsigned weight;
	int16_t left; /* -1: a symbol */
	int16_t right;
};

struct code {
	uint32_t bits;
	int length;
};

static unsigned char text[SIZE];
static unsigned char packed[SIZE * 2];
static unsigned char unpacked[SIZE];
static struct node nodes[2 * SYMBOLS];
static struct code codes[SYMBOLS];
static int16_t heap[SYMBOLS];
static int heap_size;

static int
lighter(int16_t a, int16_t b)
{
	return nodes[a].weight != nodes[b].weight ? nodes[a].weight < nodes[b].weight : a < b;
}

static void
push(int16_t node)
{
	int i = heap_size++;

	for (; i > 0 && lighter(node, heap[(i - 1) / 2]); i = (i - 1) / 2) {
		heap[i] = heap[(i - 1) / 2];
	}
	heap[i] = node;
}

static int16_t
pop(void)
{
	int16_t top = heap[0];
	int16_t last = heap[--heap_size];
	int i = 0;

	for (int child; (child = 2 * i + 1) < heap_size; i = child) {
		if (child + 1 < heap_size && lighter(heap[child + 1], heap[child])) {
			child++;
		}
		if (!lighter(heap[child], last)) {
			break;
		}
		heap[i] = heap[child];
	}
	heap[i] = last;
	return top;
}

static void
make_codes(int16_t node, uint32_t bits, int length)
{
	if (nodes[node].left < 0) {
		codes[node] = (struct code){ bits, length };
		return;
	}
	make_codes(nodes[node].left, bits, length + 1);
	make_codes(nodes[node].right, bits | 1u << length, length + 1);
}

static int16_t
make_tree(void)
{
	int16_t used = SYMBOLS;

	memset(nodes, 0, sizeof(nodes));
	for (int i = 0; i < SIZE; i++) {
		nodes[text[i]].weight++;
	}
	heap_size = 0;
	for (int16_t i = 0; i < SYMBOLS; i++) {
		nodes[i].left = -1;
		if (nodes[i].weight > 0) {
			push(i);
		}
	}
	while (heap_size > 1) {
		int16_t a = pop();
		int16_t b = pop();

		nodes[used] = (struct node){ nodes[a].weight + nodes[b].weight, a, b };
		push(used++);
	}
	return heap[0];
}

static size_t
encode(void)
{
	uint64_t pending = 0;
	int count = 0;
	size_t size = 0;

	for (int i = 0; i < SIZE; i++) {
		struct code code = codes[text[i]];

		pending |= (uint64_t)code.bits << count;
		for (count += code.length; count >= 8; count -= 8) {
			packed[size++] = (unsigned char)pending;
			pending >>= 8;
		}
	}
	packed[size++] = (unsigned char)pending;
	return size;
}

static void
decode(int16_t root)
{
	size_t bit = 0;

	for (int i = 0; i < SIZE; i++) {
		int16_t node = root;

		while (nodes[node].left >= 0) {
			node = packed[bit / 8] >> bit % 8 & 1 ? nodes[node].right
							      : nodes[node].left;
			bit++;
		}
		unpacked[i] = (unsigned char)node;
	}
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 77);
	uint32_t random = 31;
	uint64_t sum = 0;

	for (unsigned round = 0; round < rounds; round++) {
		int16_t root;
		size_t size;

		for (int i = 0; i < SIZE; i++) {
			uint32_t r = kernel_random(&random);

			text[i] = (unsigned char)(r & r >> 8 & (r >> 16 | 0x45));
		}
		root = make_tree();
		make_codes(root, 0, 0);
		size = encode();
		decode(root);
		if (memcmp(text, unpacked, SIZE) != 0) {
			printf("round %u: what comes out is not what went in\n", round);
			return 1;
		}
		sum = kernel_mix(sum, size);
		for (size_t i = 0; i < size; i += 53) {
			sum = kernel_mix(sum, packed[i]);
		}
	}
	kernel_report("huffman", sum);
	return 0;
}
