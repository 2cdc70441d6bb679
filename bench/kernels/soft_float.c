// SPDX-License-Identifier: Apache-2.0
//
// Floating point made of integers: numbers with a sign, an exponent and a 64-bit fraction, added, multiplied and divided
// with rounding to nearest; the loops compute logarithms and square roots.

#include "kernel.h"

/* (-1)^sign * fraction * 2^(exponent - 63); the fraction's top bit is set, or the number is zero. */
struct number {
	int sign;
	int exponent;
	uint64_t fraction;
};

static struct number
normalized(int sign, int exponent, uint64_t fraction)
{
	int shift;

	if (fraction == 0) {
		return (struct number){ 0, 0, 0 };
	}
	for (shift = 0; !(fraction >> 63); shift++) {
		fraction <<= 1;
	}
	return (struct number){ sign, exponent - shift, fraction };
}

static struct number
from_integer(int64_t value)
{
	return normalized(value < 0, 63, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

static struct number __attribute__((noinline)) add(struct number a, struct number b)
{
	int distance;
	uint64_t lost;
	uint64_t sum;

	if (a.fraction == 0 || b.fraction == 0) {
		return a.fraction == 0 ? b : a;
	}
	if (a.exponent < b.exponent || (a.exponent == b.exponent && a.fraction < b.fraction)) {
		struct number t = a;

		a = b;
		b = t;
	}
	distance = a.exponent - b.exponent;
	if (distance > 63) {
		return a;
	}
	lost = distance > 0 ? b.fraction >> (distance - 1) & 1 : 0;
	b.fraction = (b.fraction >> distance) + lost;
	if (a.sign != b.sign) {
		return normalized(a.sign, a.exponent, a.fraction - b.fraction);
	}
	sum = a.fraction + b.fraction;
	if (sum < a.fraction) {
		a.exponent++;
		sum = (sum >> 1 | 1ull << 63) + (sum & 1);
	}
	return (struct number){ a.sign, a.exponent, sum };
}

/* By four products of halves, as machines without a wide product do it. */
static struct number __attribute__((noinline)) multiply(struct number a, struct number b)
{
	uint64_t al = (uint32_t)a.fraction;
	uint64_t ah = a.fraction >> 32;
	uint64_t bl = (uint32_t)b.fraction;
	uint64_t bh = b.fraction >> 32;
	uint64_t middle = (al * bl >> 32) + (uint32_t)(al * bh) + (uint32_t)(ah * bl);
	uint64_t high = ah * bh + (al * bh >> 32) + (ah * bl >> 32) + (middle >> 32);

	return normalized(a.sign ^ b.sign, a.exponent + b.exponent + 1,
		high | ((middle >> 31 & 1) & (high >> 62)));
}

static struct number __attribute__((noinline)) divide(struct number a, struct number b)
{
	uint64_t quotient = 0;
	uint64_t rest = a.fraction;
	int exponent = a.exponent - b.exponent;

	if (a.fraction == 0 || b.fraction == 0) {
		return (struct number){ 0, 0, 0 };
	}
	for (int i = 0; i < 64; i++) {
		int carry = 0;

		if (rest >= b.fraction) {
			rest -= b.fraction;
			quotient |= 1;
		}
		if (i == 63) {
			break;
		}
		carry = (int)(rest >> 63);
		rest <<= 1;
		quotient <<= 1;
		if (carry) {
			rest -= b.fraction;
			quotient |= 1;
		}
	}
	return normalized(a.sign ^ b.sign, exponent, quotient);
}

/* log((1 + x) / (1 - x)) = 2 (x + x^3/3 + x^5/5 + ...) */
static struct number
logarithm(struct number x)
{
	struct number square = multiply(x, x);
	struct number power = x;
	struct number sum = x;

	for (int i = 3; i < 21; i += 2) {
		power = multiply(power, square);
		sum = add(sum, divide(power, from_integer(i)));
	}
	return add(sum, sum);
}

static struct number
square_root(struct number x)
{
	struct number guess = x;

	for (int i = 0; i < 8; i++) {
		guess = add(guess, divide(x, guess));
		guess.exponent--;
	}
	return guess;
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 370);
	uint64_t sum = 0;

	for (unsigned round = 0; round < rounds; round++) {
		struct number total = from_integer(round);

		for (int i = 1; i < 100; i++) {
			struct number x =
				divide(from_integer(i), from_integer(100 + (int)(round % 50)));

			total = add(total, logarithm(x));
			x.sign ^= i & 1;
			total = add(total, multiply(x, square_root(from_integer(i * 31))));
		}
		sum = kernel_mix(sum, total.fraction);
		sum = kernel_mix(sum, (uint64_t)(total.exponent * 2 + total.sign));
	}
	kernel_report("soft_float", sum);
	return 0;
}
