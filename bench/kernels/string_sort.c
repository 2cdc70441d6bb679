// SPDX-License-Identifier: Apache-2.0
//
// Sorting strings of different lengths, which lie one behind the other in one buffer: comparison by memcmp, pointers
// moved; then the sorted strings are packed into a second buffer.

#include "kernel.h"

enum { STRINGS = 6000, LONGEST = 60 };

struct string {
	const char *text;
	unsigned length;
};

static char buffer[STRINGS * (LONGEST + 1)];
static char packed[STRINGS * (LONGEST + 1)];
static struct string strings[STRINGS];

static void
fill(uint32_t *random)
{
	char *p = buffer;

	for (int i = 0; i < STRINGS; i++) {
		unsigned length = 4 + kernel_random(random) % (LONGEST - 4);

		strings[i] = (struct string){ p, length };
		memcpy(p, "key", 3);
		for (unsigned k = 3; k < length; k++) {
			p[k] = (char)('a' + (kernel_random(random) >> 7) % 5);
		}
		p += length;
	}
}

static int
before(const struct string *a, const struct string *b)
{
	unsigned shorter = a->length < b->length ? a->length : b->length;
	int order = memcmp(a->text, b->text, shorter);

	return order != 0 ? order < 0 : a->length < b->length;
}

static void
sift_down(unsigned root, unsigned count)
{
	struct string moving = strings[root];

	for (unsigned child; (child = 2 * root + 1) < count; root = child) {
		if (child + 1 < count && before(&strings[child], &strings[child + 1])) {
			child++;
		}
		if (!before(&moving, &strings[child])) {
			break;
		}
		strings[root] = strings[child];
	}
	strings[root] = moving;
}

static void
sort_strings(void)
{
	for (unsigned i = STRINGS / 2; i-- > 0;) {
		sift_down(i, STRINGS);
	}
	for (unsigned i = STRINGS - 1; i > 0; i--) {
		struct string first = strings[0];

		strings[0] = strings[i];
		strings[i] = first;
		sift_down(0, i);
	}
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 86);
	uint32_t random = 7;
	uint64_t sum = 0;

	for (unsigned round = 0; round < rounds; round++) {
		char *p = packed;

		fill(&random);
		sort_strings();
		for (int i = 0; i < STRINGS; i++) {
			memcpy(p, strings[i].text, strings[i].length);
			p += strings[i].length;
		}
		for (size_t i = 0; i < (size_t)(p - packed); i += 101) {
			sum = kernel_mix(sum, (uint64_t)packed[i]);
		}
	}
	kernel_report("string_sort", sum);
	return 0;
}
