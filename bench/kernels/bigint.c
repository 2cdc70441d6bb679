// SPDX-License-Identifier: Apache-2.0
//
// Long numbers: multiplication by the school's method in 64-bit words, Montgomery exponentiation, and conversion to decimal
// digits by repeated division.

#include "kernel.h"

enum { WORDS = 16 };

typedef unsigned __int128 wide;

static void
multiply(uint64_t *product, const uint64_t *a, const uint64_t *b, int n)
{
	memset(product, 0, 2 * (size_t)n * sizeof(*product));
	for (int i = 0; i < n; i++) {
		uint64_t carry = 0;

		for (int k = 0; k < n; k++) {
			wide t = (wide)a[i] * b[k] + product[i + k] + carry;

			product[i + k] = (uint64_t)t;
			carry = (uint64_t)(t >> 64);
		}
		product[i + n] = carry;
	}
}

static uint64_t
subtract(uint64_t *difference, const uint64_t *a, const uint64_t *b, int n)
{
	uint64_t borrow = 0;

	for (int i = 0; i < n; i++) {
		wide t = (wide)a[i] - b[i] - borrow;

		difference[i] = (uint64_t)t;
		borrow = (uint64_t)(t >> 64) & 1;
	}
	return borrow;
}

/* a * b / 2^(64 n) modulo the odd m (Montgomery). */
static void
multiply_modulo(
	uint64_t *r, const uint64_t *a, const uint64_t *b, const uint64_t *m, uint64_t inverse)
{
	uint64_t t[2 * WORDS + 1] = { 0 };

	multiply(t, a, b, WORDS);
	for (int i = 0; i < WORDS; i++) {
		uint64_t factor = t[i] * inverse;
		uint64_t carry = 0;

		for (int k = 0; k < WORDS; k++) {
			wide s = (wide)factor * m[k] + t[i + k] + carry;

			t[i + k] = (uint64_t)s;
			carry = (uint64_t)(s >> 64);
		}
		for (int k = i + WORDS; carry != 0; k++) {
			t[k] += carry;
			carry = t[k] < carry;
		}
	}
	if (subtract(r, &t[WORDS], m, WORDS) > t[2 * WORDS]) {
		memcpy(r, &t[WORDS], WORDS * sizeof(*r));
	}
}

static int
to_decimal(char *text, const uint64_t *number, int n)
{
	uint32_t words[2 * WORDS];
	int length = 0;
	int top = 2 * n;

	memcpy(words, number, (size_t)n * sizeof(*number));
	while (top > 0) {
		uint64_t rest = 0;

		for (int i = top - 1; i >= 0; i--) {
			uint64_t t = rest << 32 | words[i];

			words[i] = (uint32_t)(t / 1000000000);
			rest = t % 1000000000;
		}
		for (int i = 0; i < 9; i++) {
			text[length++] = (char)('0' + rest % 10);
			rest /= 10;
		}
		while (top > 0 && words[top - 1] == 0) {
			top--;
		}
	}
	return length;
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 2900);
	uint64_t modulus[WORDS];
	uint64_t base[WORDS];
	uint64_t inverse = 1;
	uint32_t random = 19;
	uint64_t sum = 0;

	for (int i = 0; i < WORDS; i++) {
		modulus[i] = kernel_random(&random) * 0x9e3779b97f4a7c15u;
		base[i] = kernel_random(&random) * 0xc2b2ae3d27d4eb4fu;
	}
	modulus[0] |= 1;
	modulus[WORDS - 1] |= 1ull << 63;
	base[WORDS - 1] >>= 1;
	for (int i = 0; i < 6; i++) {
		inverse *= 2 - modulus[0] * inverse;
	}
	inverse = -inverse;
	for (unsigned round = 0; round < rounds; round++) {
		uint64_t power[WORDS];
		char text[WORDS * 20 + 20];
		int length;

		memcpy(power, base, sizeof(power));
		for (int bit = 62; bit >= 0; bit--) {
			multiply_modulo(power, power, power, modulus, inverse);
			if (0x9d2c5680efc60001ull >> bit & 1) {
				multiply_modulo(power, power, base, modulus, inverse);
			}
		}
		base[round % (WORDS - 1)] ^= power[0];
		length = to_decimal(text, power, WORDS);
		sum = kernel_mix(sum, (uint64_t)length);
		sum = kernel_mix_bytes(sum, text, (size_t)length);
	}
	kernel_report("bigint", sum);
	return 0;
}
