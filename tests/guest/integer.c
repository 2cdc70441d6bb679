// SPDX-License-Identifier: Apache-2.0
//
// Integer arithmetic at corner values: wrap-around, division, shifts, high halves, bit counts, 128-bit sums. Operands pass
// through volatile, so that the instructions run rather than the compiler's folding.

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

static const uint64_t corner[] = {
	0,
	1,
	2,
	3,
	7,
	0x7f,
	0x80,
	0xff,
	0x7fff,
	0x8000,
	0xffff,
	0x7fffffff,
	0x80000000,
	0xffffffff,
	0x100000000,
	0x123456789abcdef0,
	0x7fffffffffffffff,
	0x8000000000000000,
	0xfffffffffffffffe,
	0xffffffffffffffff,
};
#define CORNERS (sizeof(corner) / sizeof(corner[0]))

static uint64_t digest = 14695981039346656037ull;

static void
mix(uint64_t value)
{
	for (int i = 0; i < 8; i++) {
		digest = (digest ^ (value >> (8 * i) & 0xff)) * 1099511628211ull;
	}
}

static void
print_digest(const char *what)
{
	printf("%-10s %016" PRIx64 "\n", what, digest);
}

static void
sums(uint64_t a, uint64_t b)
{
	unsigned __int128 wide = (unsigned __int128)a * b;
	__int128 wide_signed = (__int128)(int64_t)a * (int64_t)b;
	uint64_t sum;
	uint32_t sum32;

	mix(a + b);
	mix(a - b);
	mix(a * b);
	mix((uint64_t)(wide >> 64));
	mix((uint64_t)(wide_signed >> 64));
	mix((uint32_t)a * (uint32_t)b);
	mix((uint64_t)((int64_t)(int32_t)a * (int32_t)b));
	mix(__builtin_add_overflow(a, b, &sum));
	mix(__builtin_sub_overflow((uint32_t)a, (uint32_t)b, &sum32));
	mix(sum + sum32);
	wide += b;
	wide -= (unsigned __int128)a << 63;
	mix((uint64_t)wide);
	mix((uint64_t)(wide >> 64));
}

static void
quotients(uint64_t a, uint64_t b)
{
	if (b == 0) {
		return;
	}
	mix(a / b);
	mix(a % b);
	if ((uint32_t)b != 0) {
		mix((uint32_t)a / (uint32_t)b);
		mix((uint32_t)a % (uint32_t)b);
	}
	if (!(a == 0x8000000000000000 && b == UINT64_MAX)) {
		mix((uint64_t)((int64_t)a / (int64_t)b));
		mix((uint64_t)((int64_t)a % (int64_t)b));
	}
	mix((uint64_t)(((unsigned __int128)a << 64 | ~a) / b));
}

static void
shifts(uint64_t a, unsigned n)
{
	mix(a << n);
	mix(a >> n);
	mix((uint64_t)((int64_t)a >> n));
	mix(a >> n | a << (-n & 63));
	mix((uint32_t)a << (n & 31));
	mix((uint32_t)((int32_t)a >> (n & 31)));
	mix((uint32_t)a >> (n & 31) | (uint32_t)a << (-n & 31));
}

static void
bits(uint64_t a)
{
	mix((uint64_t)__builtin_popcountll(a));
	mix(a ? (uint64_t)__builtin_clzll(a) : 64);
	mix(a ? (uint64_t)__builtin_ctzll(a) : 64);
	mix((uint32_t)a ? (uint64_t)__builtin_clz((uint32_t)a) : 32);
	mix(__builtin_bswap64(a));
	mix(__builtin_bswap32((uint32_t)a));
	mix(__builtin_bswap16((uint16_t)a));
	mix((uint64_t)(int64_t)(signed char)a);
	mix((uint64_t)(int64_t)(int16_t)a);
	mix((uint64_t)(int64_t)(int32_t)a);
	mix(a >> 13 & 0x3ffff);
	mix((a & ~0xff0ull) | (a << 4 & 0xff0));
}

static void
comparisons(uint64_t a, uint64_t b)
{
	mix((uint64_t)((a < b) | (a <= b) << 1 | (a == b) << 2 | ((int64_t)a < (int64_t)b) << 3 |
		       ((int64_t)a <= (int64_t)b) << 4 | ((int32_t)a < (int32_t)b) << 5 |
		       ((uint32_t)a <= (uint32_t)b) << 6 | ((a & b) == 0) << 7));
	mix(a > b ? a - b : b - a);
	mix((int64_t)a < 0 ? -a : a);
	mix(a == 5 || (b > 7 && (int32_t)a < 3) ? a + 1 : ~b);
}

int
main(void)
{
	for (size_t i = 0; i < CORNERS; i++) {
		for (size_t j = 0; j < CORNERS; j++) {
			volatile uint64_t a = corner[i];
			volatile uint64_t b = corner[j];

			sums(a, b);
			quotients(a, b);
			comparisons(a, b);
		}
	}
	print_digest("arithmetic");
	for (size_t i = 0; i < CORNERS; i++) {
		for (unsigned n = 0; n < 64; n++) {
			volatile uint64_t a = corner[i];
			volatile unsigned count = n;

			shifts(a, count);
		}
		bits(corner[i]);
	}
	print_digest("shifts");

	volatile uint64_t x = 88172645463325252ull;
	for (int i = 0; i < 200000; i++) {
		uint64_t y = x;

		y ^= y << 13;
		y ^= y >> 7;
		y ^= y << 17;
		sums(x, y);
		bits(y);
		x = y;
	}
	print_digest("random");
	return (int)(digest & 0x3f);
}
