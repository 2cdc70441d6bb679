// SPDX-License-Identifier: Apache-2.0
//
// Hash tables as programs have them: open addressing with integers as keys, deletion and growth; and chains with strings
// as keys, counting words.

#include "kernel.h"

/* Open addressing, linear probing, deletion by moving back */

struct slot {
	uint64_t key; /* 0: free */
	uint64_t value;
};

struct table {
	struct slot *slots;
	size_t mask;
	size_t used;
};

static size_t
hash_integer(uint64_t key)
{
	key *= 0x9e3779b97f4a7c15u;
	return (size_t)(key >> 32 ^ key);
}

static void table_put(struct table *t, uint64_t key, uint64_t value);

static void
table_grow(struct table *t)
{
	struct table old = *t;

	t->mask = old.mask * 2 + 1;
	t->used = 0;
	t->slots = kernel_allocate((t->mask + 1) * sizeof(struct slot));
	for (size_t i = 0; i <= old.mask; i++) {
		if (old.slots[i].key != 0) {
			table_put(t, old.slots[i].key, old.slots[i].value);
		}
	}
	free(old.slots);
}

static struct slot *
table_find(struct table *t, uint64_t key)
{
	size_t i = hash_integer(key) & t->mask;

	while (t->slots[i].key != 0 && t->slots[i].key != key) {
		i = (i + 1) & t->mask;
	}
	return &t->slots[i];
}

static void
table_put(struct table *t, uint64_t key, uint64_t value)
{
	struct slot *slot;

	if (t->used * 4 > t->mask * 3) {
		table_grow(t);
	}
	slot = table_find(t, key);
	t->used += slot->key == 0;
	*slot = (struct slot){ key, value };
}

static void
table_delete(struct table *t, uint64_t key)
{
	size_t hole = (size_t)(table_find(t, key) - t->slots);
	size_t i = hole;

	if (t->slots[hole].key == 0) {
		return;
	}
	for (;;) {
		size_t home;

		i = (i + 1) & t->mask;
		if (t->slots[i].key == 0) {
			break;
		}
		home = hash_integer(t->slots[i].key) & t->mask;
		if (((i - home) & t->mask) >= ((i - hole) & t->mask)) {
			t->slots[hole] = t->slots[i];
			hole = i;
		}
	}
	t->slots[hole].key = 0;
	t->used--;
}

static uint64_t
integers(unsigned rounds)
{
	uint64_t sum = 0;
	uint32_t random = 3;

	for (unsigned round = 0; round < rounds; round++) {
		struct table t = { kernel_allocate(16 * sizeof(struct slot)), 15, 0 };

		for (int i = 0; i < 30000; i++) {
			uint64_t key = 1 + kernel_random(&random) % 20000;
			struct slot *slot = table_find(&t, key);

			if (slot->key == key) {
				slot->value++;
			} else {
				table_put(&t, key, 1);
			}
			if (i % 3 == 0) {
				table_delete(&t, 1 + kernel_random(&random) % 20000);
			}
		}
		for (size_t i = 0; i <= t.mask; i++) {
			sum += t.slots[i].key * t.slots[i].value;
		}
		sum = kernel_mix(sum, t.used);
		free(t.slots);
	}
	return sum;
}

/* Chains */

struct word {
	struct word *next;
	unsigned count;
	char text[20];
};

enum { BUCKETS = 1024, WORDS = 2500 };

static struct word *buckets[BUCKETS];
static struct word words[WORDS];

static uint32_t
hash_string(const char *s)
{
	uint32_t hash = 2166136261u;

	for (; *s != 0; s++) {
		hash = (hash ^ (unsigned char)*s) * 16777619u;
	}
	return hash;
}

static struct word *
find_word(const char *text, struct word *fresh)
{
	uint32_t hash = hash_string(text);
	struct word **bucket = &buckets[(hash ^ hash >> 15) % BUCKETS];

	for (struct word *w = *bucket; w != NULL; w = w->next) {
		if (strcmp(w->text, text) == 0) {
			return w;
		}
	}
	strcpy(fresh->text, text);
	fresh->count = 0;
	fresh->next = *bucket;
	*bucket = fresh;
	return fresh;
}

static void
make_word(char *text, uint32_t number)
{
	static const char *const syllables[] = { "ka", "ro", "mi", "ten", "lu", "sha", "o", "ver" };

	*text = 0;
	for (number += 8; number > 1; number /= 8) {
		const char *syllable = syllables[number % 8];

		while (*syllable != 0) {
			*text++ = *syllable++;
		}
	}
	*text = 0;
}

static uint64_t
strings(unsigned rounds)
{
	uint64_t sum = 0;
	uint32_t random = 5;

	for (unsigned round = 0; round < rounds; round++) {
		int used = 0;

		memset(buckets, 0, sizeof(buckets));
		for (int i = 0; i < 30000; i++) {
			char text[20];
			uint32_t a = kernel_random(&random) % 2000;
			struct word *w;

			make_word(text, a * a / 2000);
			w = find_word(text, &words[used]);
			used += w == &words[used];
			w->count++;
		}
		for (int i = 0; i < used; i++) {
			sum = kernel_mix(sum, words[i].count);
		}
	}
	return sum;
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 49);

	if (kernel_wants(argc, argv, "integers")) {
		kernel_report("integers", integers(rounds));
	}
	if (kernel_wants(argc, argv, "strings")) {
		kernel_report("strings", strings(rounds));
	}
	return 0;
}
