// SPDX-License-Identifier: Apache-2.0
//
// Bit manipulation: population counts, reversal, leading and trailing zeros, Gray code, interleaving, next number with as
// many bits, rotations, byte swaps, fields.

#include "kernel.h"

static uint32_t
reverse(uint32_t x)
{
	x = x >> 1 & 0x55555555 | (x & 0x55555555) << 1;
	x = x >> 2 & 0x33333333 | (x & 0x33333333) << 2;
	x = x >> 4 & 0x0f0f0f0f | (x & 0x0f0f0f0f) << 4;
	return __builtin_bswap32(x);
}

static uint64_t
interleave(uint32_t x, uint32_t y)
{
	static const uint64_t masks[] = { 0x0000ffff0000ffff, 0x00ff00ff00ff00ff,
		0x0f0f0f0f0f0f0f0f, 0x3333333333333333, 0x5555555555555555 };
	uint64_t a = x;
	uint64_t b = y;

	for (int i = 0; i < 5; i++) {
		a = (a | a << (16 >> i)) & masks[i];
		b = (b | b << (16 >> i)) & masks[i];
	}
	return a | b << 1;
}

static uint64_t
next_with_same_count(uint64_t x)
{
	uint64_t lowest = x & -x;
	uint64_t ripple = x + lowest;

	return ripple | (x ^ ripple) >> 2 >> __builtin_ctzll(lowest);
}

static int
count_by_hand(uint64_t x)
{
	int count = 0;

	for (; x != 0; x &= x - 1) {
		count++;
	}
	return count;
}

static uint64_t
round_of(uint32_t *random)
{
	uint64_t x = kernel_random(random) * 0x9e3779b97f4a7c15u;
	uint64_t y = x ^ x >> 1;
	uint64_t combination = 0xff;
	uint64_t sum = 0;

	for (int i = 0; i < 200; i++) {
		sum += (unsigned)__builtin_popcountll(x) + (unsigned)count_by_hand(y & 0xff00ff);
		sum ^= interleave((uint32_t)x, (uint32_t)y);
		sum += reverse((uint32_t)sum);
		combination = next_with_same_count(combination);
		sum ^= combination + __builtin_bswap64(x);
		y = y << (i & 63) | y >> (-i & 63);
		x += y | 1;
		sum += (unsigned)__builtin_clzll(x | 1) * 64 +
		       (unsigned)__builtin_ctzll(y | 1ull << 40);
		sum += (x >> 13 & 0x1ff) << 20 | (y >> 40 & 0x7f);
		sum += (unsigned)__builtin_parityll(sum);
	}
	return sum;
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 77000);
	uint32_t random = 17;
	uint64_t sum = 0;

	for (unsigned round = 0; round < rounds; round++) {
		sum = kernel_mix(sum, round_of(&random));
	}
	kernel_report("bits", sum);
	return 0;
}
