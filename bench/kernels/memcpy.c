// SPDX-License-Identifier: Apache-2.0
//
// libc's memcpy, memmove and memset with sizes as programs have them: many small ones of different sizes, some pages, and
// long ones.

#include "kernel.h"

enum { SIZE = 1 << 20 };

static unsigned char from[SIZE + 64];
static unsigned char to[SIZE + 64];

static uint64_t
copy(unsigned times, unsigned smallest, unsigned largest, uint32_t random)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < times; i++) {
		uint32_t r = kernel_random(&random);
		size_t size = smallest + r % (largest - smallest + 1);
		size_t at = (r >> 12) % (SIZE - largest + 1);

		switch (r >> 29) {
		case 0: memmove(to + at + 3, to + at, size); break;
		case 1: memset(to + at, (int)(r >> 8), size); break;
		default: memcpy(to + at, from + (at ^ 16), size); break;
		}
		sum += to[at + size / 2];
	}
	return sum;
}

static const struct {
	const char *name;
	unsigned times;
	unsigned smallest;
	unsigned largest;
} parts[] = {
	{ "tiny", 20000, 0, 16 },
	{ "small", 15000, 1, 128 },
	{ "medium", 6000, 100, 2000 },
	{ "page", 1000, 4096, 4096 },
	{ "large", 10, 300000, 600000 },
};

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 180);
	uint32_t random = 77;

	for (size_t i = 0; i < sizeof(from); i++) {
		from[i] = (unsigned char)(kernel_random(&random) >> 3);
	}
	for (size_t part = 0; part < COUNT(parts); part++) {
		uint64_t sum = 0;

		if (!kernel_wants(argc, argv, parts[part].name)) {
			continue;
		}
		for (unsigned round = 1; round <= rounds; round++) {
			sum = kernel_mix(sum, copy(parts[part].times, parts[part].smallest,
						      parts[part].largest, round));
		}
		kernel_report(parts[part].name, kernel_mix_bytes(sum, to, 1000));
	}
	return 0;
}
