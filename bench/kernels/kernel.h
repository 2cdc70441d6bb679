// SPDX-License-Identifier: Apache-2.0
//
// What every benchmark kernel shares: how it is told how much to do, random numbers that are the same everywhere, and a
// checksum over the results. A kernel is one C file; it prints its checksum, which must not depend on the machine.
//
// usage of each: KERNEL [ROUNDS|quick [PART...]]

#ifndef BENCH_KERNEL_H
#define BENCH_KERNEL_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The rounds that the command line asks for, or the usual number; `quick` is a fiftieth of it, for tests. */
static inline unsigned
kernel_rounds(int argc, char **argv, unsigned usual)
{
	unsigned long rounds = argc <= 1 ? usual : strtoul(argv[1], NULL, 10);

	if (argc > 1 && strcmp(argv[1], "quick") == 0) {
		rounds = usual / 50 + 1;
	}
	if (rounds == 0 || rounds > 1000000000) {
		fprintf(stderr, "usage: %s [ROUNDS|quick [PART...]]\n", argv[0]);
		exit(2);
	}
	return (unsigned)rounds;
}

/* Whether the command line names this part, or none. */
static inline int
kernel_wants(int argc, char **argv, const char *part)
{
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], part) == 0) {
			return 1;
		}
	}
	return argc <= 2;
}

/* The next number of Marsaglia's xorshift generator; the state must not be 0. */
static inline uint32_t
kernel_random(uint32_t *state)
{
	uint32_t x = *state;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return *state = x;
}

/* Adds a value to a checksum. */
static inline uint64_t
kernel_mix(uint64_t sum, uint64_t value)
{
	sum = (sum ^ value) * 0x9e3779b97f4a7c15u;
	return sum ^ sum >> 29;
}

/* Adds the bits of a number to a checksum. */
static inline uint64_t
kernel_mix_double(uint64_t sum, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return kernel_mix(sum, bits);
}

/* Adds bytes to a checksum. */
static inline uint64_t
kernel_mix_bytes(uint64_t sum, const void *bytes, size_t size)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < size; i++) {
		sum = kernel_mix(sum, p[i]);
	}
	return sum;
}

/* Memory that must be there. */
static inline void *
kernel_allocate(size_t size)
{
	void *memory = calloc(1, size);

	if (memory == NULL) {
		fprintf(stderr, "no memory\n");
		exit(1);
	}
	return memory;
}

static inline void
kernel_report(const char *part, uint64_t sum)
{
	printf("%s %016llx\n", part, (unsigned long long)sum);
}

#endif
