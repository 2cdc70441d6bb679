// SPDX-License-Identifier: Apache-2.0
//
// Divisions: 32 and 64 bits, signed and unsigned, by variables; greatest common divisors, continued fractions, calendars,
// a random number generator with a modulus, and rounding.

#include "kernel.h"

static uint32_t
common_divisor(uint32_t a, uint32_t b)
{
	while (b != 0) {
		uint32_t t = a % b;

		a = b;
		b = t;
	}
	return a;
}

static uint64_t
continued_fraction(uint64_t a, uint64_t b)
{
	uint64_t sum = 0;

	while (b != 0) {
		uint64_t q = a / b;
		uint64_t t = a - q * b;

		sum = sum * 3 + q;
		a = b;
		b = t;
	}
	return sum;
}

/* Year, month and day of a count of days since 1970 (proleptic Gregorian calendar), in one number. */
static int64_t
date_of(int64_t days)
{
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t day = shifted - era * 146097;
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int64_t of_year = day - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;

	return (year + era * 400 + (month >= 10)) * 10000 +
	       (month < 10 ? month + 3 : month - 9) * 100 + of_year - (153 * month + 2) / 5 + 1;
}

static int32_t
rounded_quotient(int32_t a, int32_t b)
{
	int32_t q = a / b;
	int32_t r = a % b;

	return abs(r) * 2 >= abs(b) ? q + ((a < 0) == (b < 0) ? 1 : -1) : q;
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 740);
	uint32_t random = 23;
	uint64_t sum = 0;

	for (unsigned round = 0; round < rounds; round++) {
		int64_t minimal = 48271;

		for (int i = 0; i < 1000; i++) {
			uint32_t a = kernel_random(&random);
			uint32_t b = kernel_random(&random) >> (a & 15);

			sum += common_divisor(a, b);
			sum ^= continued_fraction((uint64_t)a << 20 | b, (uint64_t)b << 8 | 1);
			sum += (uint64_t)date_of((int32_t)a >> 10);
			sum += (uint64_t)rounded_quotient(
				(int32_t)a, (int32_t)(b >> 8 | 1) - 5000000 | 1);
			minimal = minimal * 48271 % (2147483647 - (int64_t)(b & 1));
			sum += (uint64_t)minimal;
			sum += (uint64_t)((int64_t)sum / ((int64_t)(int32_t)b | 1));
		}
	}
	kernel_report("divide", sum);
	return 0;
}
