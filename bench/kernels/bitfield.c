// SPDX-License-Identifier: Apache-2.0
//
// Runs of bits set, cleared and inverted in a large bit map, one bit at a time and a word at a time, and searched, as
// allocators and file systems do.

#include "kernel.h"

enum { WORDS = 2048, BITS = WORDS * 64 };

static uint64_t map[WORDS];

static void
change_bits(unsigned from, unsigned count, unsigned how)
{
	for (unsigned i = from; i < from + count; i++) {
		uint64_t bit = 1ull << (i & 63);

		if (how == 0) {
			map[i >> 6] |= bit;
		} else if (how == 1) {
			map[i >> 6] &= ~bit;
		} else {
			map[i >> 6] ^= bit;
		}
	}
}

static void
change_words(unsigned from, unsigned count, unsigned how)
{
	while (count > 0) {
		unsigned at = from & 63;
		unsigned here = 64 - at < count ? 64 - at : count;
		uint64_t mask = (here == 64 ? ~0ull : (1ull << here) - 1) << at;
		uint64_t *word = &map[from >> 6];

		*word = how == 0 ? *word | mask : how == 1 ? *word & ~mask : *word ^ mask;
		from += here;
		count -= here;
	}
}

/* The first run of so many clear bits, or BITS. */
static unsigned
find_run(unsigned wanted)
{
	unsigned run = 0;

	for (unsigned i = 0; i < BITS; i++) {
		if (run == 0 && (i & 63) == 0 && map[i >> 6] == ~0ull) {
			i += 63;
		} else if (map[i >> 6] >> (i & 63) & 1) {
			run = 0;
		} else if (++run == wanted) {
			return i + 1 - wanted;
		}
	}
	return BITS;
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 310);
	uint32_t random = 5;
	uint64_t sum = 0;

	for (unsigned round = 0; round < rounds; round++) {
		for (int i = 0; i < 1000; i++) {
			uint32_t r = kernel_random(&random);
			unsigned count = 1 + (r >> 20) % 900;
			unsigned from = r % (BITS - count);

			(i & 1 ? change_bits : change_words)(from, count, r >> 18 & 3);
		}
		for (unsigned wanted = 10; wanted < 2000; wanted = wanted * 3 / 2) {
			sum = kernel_mix(sum, find_run(wanted));
		}
		for (int i = 0; i < WORDS; i++) {
			sum += (uint64_t)__builtin_popcountll(map[i]) * (unsigned)i;
		}
	}
	kernel_report("bitfield", sum);
	return 0;
}
