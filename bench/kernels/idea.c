// SPDX-License-Identifier: Apache-2.0
//
// The cipher IDEA: products modulo 65537, sums modulo 65536, exclusive or, in 16-bit numbers; encryption and decryption.

#include "kernel.h"

enum { ROUNDS = 8, KEYS = 6 * ROUNDS + 4, SIZE = 8000 };

static uint16_t
multiply(uint16_t a, uint16_t b)
{
	uint32_t product;

	if (a == 0) {
		return (uint16_t)(1 - b);
	}
	if (b == 0) {
		return (uint16_t)(1 - a);
	}
	product = (uint32_t)a * b;
	a = (uint16_t)product;
	b = (uint16_t)(product >> 16);
	return (uint16_t)(a - b + (a < b));
}

static uint16_t
inverse_of(uint16_t x)
{
	uint16_t result = 1;

	for (int i = 0; i < 16; i++) {
		result = multiply(result, x);
		if (i < 15) {
			x = multiply(x, x);
		}
	}
	return result;
}

static void
encryption_keys(uint16_t *keys, const uint16_t *user)
{
	memcpy(keys, user, 8 * sizeof(*keys));
	for (int i = 8; i < KEYS; i++) {
		const uint16_t *last = &keys[i / 8 * 8 - 8];

		keys[i] = (uint16_t)(last[(i + 1) % 8] << 9 | last[(i + 2) % 8] >> 7);
	}
}

static void
decryption_keys(uint16_t *keys, const uint16_t *from)
{
	for (int round = 0; round <= ROUNDS; round++) {
		const uint16_t *k = &from[6 * (ROUNDS - round)];
		int swapped = round > 0 && round < ROUNDS;
		uint16_t *out = &keys[6 * round];

		out[0] = inverse_of(k[0]);
		out[1] = (uint16_t)-k[swapped ? 2 : 1];
		out[2] = (uint16_t)-k[swapped ? 1 : 2];
		out[3] = inverse_of(k[3]);
		if (round < ROUNDS) {
			out[4] = k[-2];
			out[5] = k[-1];
		}
	}
}

static void
cipher(uint16_t *block, const uint16_t *k)
{
	uint16_t a = block[0];
	uint16_t b = block[1];
	uint16_t c = block[2];
	uint16_t d = block[3];

	for (int round = 0; round < ROUNDS; round++, k += 6) {
		uint16_t t;
		uint16_t u;

		a = multiply(a, k[0]);
		b = (uint16_t)(b + k[1]);
		c = (uint16_t)(c + k[2]);
		d = multiply(d, k[3]);
		t = multiply(a ^ c, k[4]);
		u = multiply((uint16_t)((b ^ d) + t), k[5]);
		t = (uint16_t)(t + u);
		a ^= u;
		d ^= t;
		t ^= b;
		b = c ^ u;
		c = t;
	}
	block[0] = multiply(a, k[0]);
	block[1] = (uint16_t)(c + k[1]);
	block[2] = (uint16_t)(b + k[2]);
	block[3] = multiply(d, k[3]);
}

int
main(int argc, char **argv)
{
	static uint16_t text[SIZE];
	static uint16_t copy[SIZE];
	unsigned rounds = kernel_rounds(argc, argv, 720);
	uint16_t user[8];
	uint16_t there[KEYS];
	uint16_t back[KEYS];
	uint32_t random = 37;
	uint64_t sum = 0;

	for (int i = 0; i < SIZE; i++) {
		text[i] = (uint16_t)(kernel_random(&random) >> 8);
	}
	for (unsigned round = 0; round < rounds; round++) {
		for (int i = 0; i < 8; i++) {
			user[i] = (uint16_t)(kernel_random(&random) >> 5);
		}
		encryption_keys(there, user);
		decryption_keys(back, there);
		memcpy(copy, text, sizeof(copy));
		for (int i = 0; i < SIZE; i += 4) {
			cipher(&text[i], there);
		}
		sum = kernel_mix(sum, text[round % SIZE]);
		for (int i = 0; i < SIZE; i += 4) {
			cipher(&text[i], back);
		}
		if (memcmp(text, copy, sizeof(copy)) != 0) {
			printf("round %u: decryption does not give what was encrypted\n", round);
			return 1;
		}
		text[round % SIZE]++;
	}
	kernel_report("idea", sum);
	return 0;
}
