// SPDX-License-Identifier: Apache-2.0
//
// A program that changes its own text: `text_patch N` makes the page writable, patches the function to add N, and makes it
// executable again; `text_patch N FILE` writes the change to the program's file, of which the text is a private mapping.
// Without arguments it only calls the function. Also: text that was unmapped and is another file's or nobody's afterwards.
// guest-args: 1445

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

int patched(int value);

/* On a page of its own: gives its argument plus 5. */
__asm__(".pushsection .text.patched,\"ax\",%progbits\n"
	".balign 4096\n"
	".globl patched\n"
	"patched:\n"
#ifdef __aarch64__
	"add w0, w0, #5\n"
	"ret\n"
#else
	".byte 0x8d, 0x87, 5, 0, 0, 0, 0xc3\n"
#endif
	".balign 4096\n"
	".popsection\n");

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
clear_cache(void)
{
	__builtin___clear_cache((char *)patched, (char *)patched + 16);
}

static void
patch_memory(unsigned value)
{
	mprotect((void *)patched, PAGE, PROT_READ | PROT_WRITE);
	write_adder((unsigned char *)patched, value);
	mprotect((void *)patched, PAGE, PROT_READ | PROT_EXEC);
	clear_cache();
}

/* Finds the function's page in the file, and changes it there. */
static int
patch_file(const char *path, unsigned value)
{
	static unsigned char data[8 << 20];
	int fd = open(path, O_RDWR);
	ssize_t size = read(fd, data, sizeof(data));
	unsigned char code[16];
	size_t n = write_adder(code, value);

	for (ssize_t at = 0; at + PAGE <= size; at += PAGE)
		if (memcmp(data + at, (void *)patched, 32) == 0) {
			if (pwrite(fd, code, n, at) != (ssize_t)n)
				return 1;
			close(fd);
			clear_cache();
			return 0;
		}
	return 1;
}

/* The same address with other code, and then with nothing of a file. */
static void
replace_mapping(unsigned value)
{
	unsigned char *code = mmap((void *)patched, PAGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	write_adder(code, value);
	mprotect(code, PAGE, PROT_READ | PROT_EXEC);
	clear_cache();
	printf("replaced: %d\n", patched(1));
}

int
main(int argc, char **argv)
{
	unsigned value = argc > 1 ? (unsigned)atoi(argv[1]) & 0xfff : 0;

	printf("as built: %d\n", patched(1));
	if (argc > 2 && patch_file(argv[2], value) != 0)
		puts("the function is not in the file");
	else if (argc == 2)
		patch_memory(value);
	printf("now: %d\n", patched(1));
	fflush(stdout);
	if (argc == 2)
		replace_mapping(value ^ 0x333);
	return 0;
}
