// SPDX-License-Identifier: Apache-2.0
//
// The sieve of Eratosthenes: of bytes, of bits for odd numbers in segments, and trial division by what was found.

#include "kernel.h"

enum { LIMIT = 200000, SEGMENT = 1 << 15 };

static unsigned char composite[LIMIT];
static uint32_t segment[SEGMENT / 32];
static unsigned primes[20000];
static unsigned prime_count;

static void
sieve_bytes(void)
{
	memset(composite, 0, sizeof(composite));
	prime_count = 0;
	for (unsigned i = 2; i < LIMIT; i++) {
		if (composite[i]) {
			continue;
		}
		primes[prime_count++] = i;
		for (uint64_t k = (uint64_t)i * i; k < LIMIT; k += i) {
			composite[k] = 1;
		}
	}
}

/* The number of primes among the odd numbers from start on (start is even), twice SEGMENT of them. */
static unsigned
sieve_segment(uint64_t start)
{
	unsigned count = SEGMENT;

	memset(segment, 0, sizeof(segment));
	for (unsigned i = 1; i < prime_count; i++) {
		uint64_t p = primes[i];
		uint64_t first = (start + p - 1) / p * p;

		if (p * p > start + 2 * SEGMENT) {
			break;
		}
		if (first % 2 == 0) {
			first += p;
		}
		for (uint64_t k = (first - start) / 2; k < SEGMENT; k += p) {
			segment[k / 32] |= 1u << k % 32;
		}
	}
	for (size_t i = 0; i < COUNT(segment); i++) {
		count -= (unsigned)__builtin_popcount(segment[i]);
	}
	return count;
}

static int
is_prime(uint32_t n)
{
	for (unsigned i = 0; i < prime_count && primes[i] * primes[i] <= n; i++) {
		if (n % primes[i] == 0) {
			return 0;
		}
	}
	return 1;
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 160);
	uint32_t random = 41;
	uint64_t sum = 0;

	for (unsigned round = 0; round < rounds; round++) {
		sieve_bytes();
		sum = kernel_mix(sum, prime_count);
		for (int i = 0; i < 3; i++) {
			sum = kernel_mix(sum,
				sieve_segment(
					1000000000u + (round * 3 + (unsigned)i) * 2 * SEGMENT));
		}
		for (int i = 0; i < 300; i++) {
			sum += (uint64_t)is_prime(kernel_random(&random) | 1);
		}
	}
	kernel_report("sieve", sum);
	return 0;
}
