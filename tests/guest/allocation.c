// SPDX-License-Identifier: Apache-2.0
//
// malloc, realloc, calloc and free in a random pattern with checked contents: brk, mmap and mremap underneath.

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SLOTS = 512, ROUNDS = 60000 };

static unsigned char *block[SLOTS];
static size_t size[SLOTS];
static unsigned seed = 2463534242;

static unsigned
random_number(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

static int
holds(int slot)
{
	for (size_t i = 0; i < size[slot]; i += 97) {
		if (block[slot][i] != (unsigned char)(slot + i)) {
			return 0;
		}
	}
	return 1;
}

static void
fill(int slot)
{
	for (size_t i = 0; i < size[slot]; i++) {
		block[slot][i] = (unsigned char)(slot + i);
	}
}

static size_t
pick_size(void)
{
	unsigned r = random_number();

	if (r % 1000 == 0) {
		return 200000 + r % 300000;
	}
	return r % 16 == 0 ? r % 20000 : r % 300;
}

int
main(void)
{
	int damaged = 0;
	size_t total = 0;

	for (int round = 0; round < ROUNDS; round++) {
		int slot = (int)(random_number() % SLOTS);

		if (block[slot] != NULL && !holds(slot)) {
			damaged++;
		}
		switch (random_number() % 4) {
		case 0:
			free(block[slot]);
			block[slot] = NULL;
			size[slot] = 0;
			break;
		case 1:
			free(block[slot]);
			size[slot] = pick_size();
			block[slot] = calloc(1, size[slot] + 1);
			for (size_t i = 0; i < size[slot]; i += 61) {
				damaged += block[slot][i] != 0;
			}
			break;
		default:
			size[slot] = pick_size();
			block[slot] = realloc(block[slot], size[slot] + 1);
			break;
		}
		if (block[slot] != NULL) {
			fill(slot);
			total += size[slot];
		}
	}
	printf("damaged %d, total %zu\n", damaged, total);
	for (int i = 0; i < SLOTS; i++) {
		free(block[i]);
	}
	malloc_trim(0);

	char *big = malloc(64 << 20);
	memset(big, 1, 64 << 20);
	big = realloc(big, 128 << 20);
	printf("moved block kept %d %d\n", big[0], big[(64 << 20) - 1]);
	free(big);

	void *aligned = NULL;
	printf("posix_memalign %d aligned %d\n", posix_memalign(&aligned, 4096, 10000),
		((uintptr_t)aligned & 4095) == 0);
	free(aligned);

	char *before = sbrk(0);
	char *old = sbrk(1 << 20);
	memset(old, 7, 1 << 20);
	printf("sbrk %d %d\n", old == before, (char *)sbrk(0) - before == 1 << 20);
	sbrk(-(1 << 20));
	printf("sbrk back %d\n", sbrk(0) == before);
	return 0;
}
