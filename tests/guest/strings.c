// SPDX-License-Identifier: Apache-2.0
//
// libc's string functions, which use Advanced SIMD on arm64, at all alignments and small sizes, up to a page's end.

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static unsigned long digest;

static void
mix(long value)
{
	digest = digest * 1000003 + (unsigned long)value;
}

static int
sign(int n)
{
	return (n > 0) - (n < 0);
}

/* All offsets before an inaccessible page: a read beyond the string's end faults. */
static void
at_page_end(char *end)
{
	for (size_t n = 0; n < 80; n++) {
		char *s = end - n - 1;

		memset(s, 'a', n);
		s[n] = 0;
		mix((long)strlen(s));
		mix((long)strnlen(s, 40));
		mix(strchr(s, 'b') == NULL);
		mix(strrchr(s, 'a') ? strrchr(s, 'a') - s : -1);
		mix(memchr(s, 0, n + 1) ? (char *)memchr(s, 0, n + 1) - s : -1);
		mix(sign(strcmp(s, "aaaaaaaaab")));
		mix(sign(strncmp(s, "aaaaaaaaab", 9)));
		mix(sign(memcmp(s, end - n - 1, n + 1)));
	}
}

static void
copies(void)
{
	static unsigned char from[512];
	static unsigned char to[512];

	for (size_t i = 0; i < sizeof(from); i++) {
		from[i] = (unsigned char)(i * 37 + 11);
	}
	for (size_t offset = 0; offset < 17; offset++) {
		for (size_t n = 0; n < 300; n += 1 + n / 16) {
			memset(to, 0xee, sizeof(to));
			memcpy(to + offset, from + 16 - offset, n);
			mix(to[offset ? offset - 1 : 0] + to[offset + n] + to[offset + n / 2]);
			memmove(to + offset + 3, to + offset, n);
			mix(to[offset + 3] + to[offset + n + 2]);
			memmove(to + offset, to + offset + 5, n);
			mix(sign(memcmp(to, from, n)));
		}
	}
}

static void
searches(void)
{
	char line[] = "path=/usr/bin:/bin;;mode=0755,,name=dragoman";
	char *rest = NULL;

	for (char *t = strtok_r(line, ":;,", &rest); t != NULL; t = strtok_r(NULL, ":;,", &rest)) {
		printf("[%s]", t);
	}
	printf("\n%s %zu %zu\n", strstr("the interpreter at the court", "at the"),
		strspn("aabbcc", "ab"), strcspn("hello world", " "));
	printf("%s\n", strpbrk("key: value", ":;"));
	printf("%d %d %d\n", strcasecmp("DragoMan", "dragoman"), sign(strcmp("abc", "abd")),
		sign(strverscmp("v9", "v10")));
}

static void
numbers(void)
{
	char *end;

	printf("%ld %ld %lu %lld\n", strtol("-123abc", &end, 10), strtol("0x7fff", NULL, 0),
		strtoul("zz", NULL, 36), strtoll("9223372036854775808", NULL, 10));
	printf("rest [%s]\n", end);
	for (int c = 0; c < 128; c++) {
		mix(isalpha(c) != 0);
		mix(isspace(c) != 0);
		mix(toupper(c));
	}
}

int
main(void)
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED || mprotect(page + 4096, 4096, PROT_NONE) != 0) {
		return 1;
	}
	at_page_end(page + 4096);
	copies();
	searches();
	numbers();
	printf("%016lx\n", digest);
	return 0;
}
