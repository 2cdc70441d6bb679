// SPDX-License-Identifier: Apache-2.0
//
// libc's string functions on lines of text: strlen, strchr, strrchr, memchr, strcmp, strncmp, strstr, strspn, strtok,
// strcpy, strcat.

#include "kernel.h"

enum { LINES = 400, LONGEST = 200 };

static char lines[LINES][LONGEST];

static void
make_lines(void)
{
	static const char *const words[] = { "alpha", "beta", "gamma=1", "delta", "key:value",
		"epsilon", "of", "the", "/usr/share/doc", "interpreter", "a", "court" };
	uint32_t random = 4;

	for (int i = 0; i < LINES; i++) {
		int count = 1 + (int)(kernel_random(&random) >> 10) % 14;

		lines[i][0] = 0;
		for (int k = 0; k < count; k++) {
			strcat(lines[i], words[(kernel_random(&random) >> 9) % COUNT(words)]);
			strcat(lines[i], k % 4 == 3 ? ", " : " ");
		}
	}
}

static uint64_t
look_at(const char *line, const char *other)
{
	size_t length = strlen(line);
	const char *colon = strchr(line, ':');
	const char *slash = strrchr(line, '/');
	const char *equals = memchr(line, '=', length);
	const char *found = strstr(line, "delta the");
	const char *inner = strstr(line, "interpreter");
	uint64_t sum = length;

	sum = sum * 3 + (colon != NULL ? (uint64_t)(colon - line) : 500);
	sum = sum * 3 + (slash != NULL ? (uint64_t)(slash - line) : 501);
	sum = sum * 3 + (equals != NULL ? (uint64_t)(equals - line) : 502);
	sum = sum * 3 + (found != NULL ? (uint64_t)(found - line) : 503);
	sum = sum * 3 + (inner != NULL ? (uint64_t)(inner - line) : 504);
	sum = sum * 3 + (strcmp(line, other) < 0);
	sum = sum * 3 + (strncmp(line, other, 4) == 0);
	return sum * 3 + strspn(line, "abcdefghijklmnopqrstuvwxyz") + strcspn(line, ",:");
}

static uint64_t
cut(const char *line)
{
	char copy[LONGEST];
	char joined[LONGEST + 20] = "";
	uint64_t words = 0;

	strcpy(copy, line);
	for (char *word = strtok(copy, " ,"); word != NULL; word = strtok(NULL, " ,")) {
		words++;
		if (word[0] != 'a') {
			strcat(joined, word);
		}
	}
	return words * 1000 + strlen(joined);
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 3800);
	uint64_t sum = 0;

	make_lines();
	for (unsigned round = 0; round < rounds; round++) {
		for (int i = 0; i < LINES; i++) {
			sum = kernel_mix(sum, look_at(lines[i], lines[(i + (int)round) % LINES]));
		}
		for (int i = 0; i < LINES; i += 8) {
			sum = kernel_mix(sum, cut(lines[i]));
		}
	}
	kernel_report("strings", sum);
	return 0;
}
