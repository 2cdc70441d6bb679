// SPDX-License-Identifier: Apache-2.0
//
// Self-modifying code: functions written to memory and run after __builtin___clear_cache, rewritten in place, many at once,
// moved by mprotect between writable and executable, and double-mapped through a memory file.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef int (*function)(int);

/* Writes a function that gives its argument plus `value` (0..4095); gives the number of bytes. */
static size_t
write_adder(unsigned char *code, unsigned value)
{
#ifdef __aarch64__
	uint32_t words[2] = { 0x11000000 | value << 10, 0xd65f03c0 };

	memcpy(code, words, sizeof(words));
	return sizeof(words);
#else
	unsigned char bytes[7] = { 0x8d, 0x87, 0, 0, 0, 0, 0xc3 };

	memcpy(bytes + 2, &value, 4);
	memcpy(code, bytes, sizeof(bytes));
	return sizeof(bytes);
#endif
}

static void
rewrite_in_place(void)
{
	unsigned char *code = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long sum = 0;

	for (unsigned i = 0; i < 3000; i++) {
		size_t n = write_adder(code, i);

		__builtin___clear_cache((char *)code, (char *)code + n);
		sum += ((function)code)((int)i) - 2 * (int)i;
		sum += ((function)code)(7) - (int)i;
	}
	printf("rewritten in place: %ld\n", sum);
	munmap(code, 4096);
}

static void
many_functions(void)
{
	enum { N = 2000, STRIDE = 64 };
	unsigned char *code =
		mmap(NULL, N * STRIDE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long sum = 0;

	for (unsigned i = 0; i < N; i++) {
		write_adder(code + (size_t)i * STRIDE, i);
	}
	mprotect(code, N * STRIDE, PROT_READ | PROT_EXEC);
	__builtin___clear_cache((char *)code, (char *)code + N * STRIDE);
	for (int round = 0; round < 3; round++) {
		for (unsigned i = 0; i < N; i++) {
			sum += ((function)(code + (size_t)i * STRIDE))(round);
		}
	}
	printf("many functions: %ld\n", sum);
	mprotect(code, N * STRIDE, PROT_READ | PROT_WRITE);
	size_t n = write_adder(code + 100 * STRIDE, 4000);
	mprotect(code, N * STRIDE, PROT_READ | PROT_EXEC);
	__builtin___clear_cache((char *)code + 100 * STRIDE, (char *)code + 100 * STRIDE + n);
	printf("one changed: %d %d\n", ((function)(code + 100 * STRIDE))(1),
		((function)(code + 99 * STRIDE))(1));
	munmap(code, N * STRIDE);
	code = mmap(code, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	n = write_adder(code, 77);
	__builtin___clear_cache((char *)code, (char *)code + n);
	printf("new mapping at the old place: %d\n", ((function)code)(1));
	munmap(code, 4096);
}

static void
double_mapping(void)
{
	int fd = memfd_create("code", 0);
	long sum = 0;

	if (fd < 0 || ftruncate(fd, 4096) != 0) {
		exit(1);
	}
	unsigned char *writable = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	unsigned char *runnable = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	for (unsigned i = 0; i < 500; i++) {
		size_t n = write_adder(writable + 128, i);

		__builtin___clear_cache((char *)writable + 128, (char *)writable + 128 + n);
		__builtin___clear_cache((char *)runnable + 128, (char *)runnable + 128 + n);
		sum += ((function)(runnable + 128))((int)i);
	}
	printf("double mapping: %ld\n", sum);
}

int
main(void)
{
	rewrite_in_place();
	many_functions();
	double_mapping();
	return 0;
}
