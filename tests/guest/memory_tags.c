// SPDX-License-Identifier: Apache-2.0
//
// Tagged pointers on arm64: loads and stores ignore the top byte, calls about mappings do too, others refuse it; addresses
// beyond 48 bits. The expected output is the architecture's and Linux's (tagged-address-abi.rst), since no other host has it.

#include "cases.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sys/mman.h>

enum { PAGE = 4096 };

static void *
tagged(void *address, unsigned tag)
{
	return (void *)((uintptr_t)address | (uintptr_t)tag << 56);
}

static void
accesses(void)
{
	static volatile int value = 5;
	volatile int *pointer = tagged((void *)&value, 0x5a);

	printf("load %d\n", *pointer);
	*pointer = 6;
	printf("store %d\n", value);
	printf("exclusive %d\n", __atomic_add_fetch(pointer, 1, __ATOMIC_SEQ_CST));
	char text[32];
	memcpy(tagged(text, 0x11), "copied", 7);
	printf("%s\n", text);
	printf("length %zu\n", strlen(tagged(text, 0x22)));
}

static void
mappings(void)
{
	char *map =
		mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char in[4];

	map[0] = 1;
	print_result("mprotect", mprotect(tagged(map, 0x12), PAGE, PROT_READ));
	print_result("madvise", madvise(tagged(map, 0x12), PAGE, MADV_NORMAL));
	print_result("mlock", mlock(tagged(map, 0x12), PAGE));
	print_result("munlock", munlock(tagged(map, 0x12), PAGE));
	print_result("mincore", mincore(tagged(map, 0x12), PAGE, in));
	print_result("msync", msync(tagged(map, 0x12), PAGE, MS_ASYNC));
	printf("mremap %d\n",
		mremap(tagged(map + 2 * PAGE, 0x12), PAGE, PAGE, 0) == (void *)(map + 2 * PAGE) ||
			errno == 0);
	print_result("munmap", munmap(tagged(map + 3 * PAGE, 0x12), PAGE));
	printf("mmap %d\n", mmap(tagged(map, 0x12), PAGE, PROT_READ,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED);
	print_result("mmap", errno == ENOMEM ? 0 : errno);
}

static void
calls(void)
{
	static char text[16] = "text";
	int ends[2];

	(void)!pipe(ends);
	print_result("write", write(ends[1], tagged(text, 0x33), 4));
	print_result("path", open(tagged((void *)"/dev/null", 0x44), O_RDONLY) >= 0 ? 0 : -1);
}

static const struct test_case cases[] = {
	{ "accesses", accesses },
	{ "mappings", mappings },
	{ "calls", calls },
};

MAIN_OF_CASES(cases)
