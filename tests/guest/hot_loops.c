// SPDX-License-Identifier: Apache-2.0
//
// Loops that run long enough to become regions, and what they were made from changing under them: `hot_loops N` patches a function
// that a loop calls to add N, between two runs of the loop and while another thread is in it; `hot_loops N FILE` writes the
// change to the program's file, of which the text is a private mapping. `hot_loops thread N` does nothing but patch under the
// other thread, `hot_loops path PATH ROUNDS` goes one of several ways through a loop. Without arguments the loops only run.
// guest-args: 1445

#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE   4096
#define ROUNDS 2000000

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

/* One store changes the instruction, so that other threads may execute it meanwhile. */
static void
write_number(unsigned char *code, unsigned value)
{
#ifdef __aarch64__
	__atomic_store_n((uint32_t *)(void *)code, 0x11000000 | value << 10, __ATOMIC_RELEASE);
#else
	uint64_t word;

	memcpy(&word, code, sizeof(word));
	word = (word & ~(UINT64_C(0xffffffff) << 16)) | (uint64_t)value << 16;
	__atomic_store_n((uint64_t *)(void *)code, word, __ATOMIC_RELEASE);
#endif
}

static void
patch_memory(unsigned value)
{
	mprotect((void *)patched, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
	write_number((unsigned char *)patched, value);
	__builtin___clear_cache((char *)patched, (char *)patched + 16);
	mprotect((void *)patched, PAGE, PROT_READ | PROT_EXEC);
}

/* Finds the function's page in the file, and changes it there. */
static int
patch_file(const char *path, unsigned value)
{
	static unsigned char data[8 << 20], page[PAGE] __attribute__((aligned(16)));
	int fd = open(path, O_RDWR);
	ssize_t size = read(fd, data, sizeof(data));

	memcpy(page, (void *)patched, PAGE);
	write_number(page, value);
	for (ssize_t at = 0; at + PAGE <= size; at += PAGE)
		if (memcmp(data + at, (void *)patched, 32) == 0) {
			if (pwrite(fd, page, 16, at) != 16)
				return 1;
			close(fd);
			__builtin___clear_cache((char *)patched, (char *)patched + 16);
			return 0;
		}
	return 1;
}

__attribute__((noinline)) static unsigned
calls(unsigned rounds)
{
	unsigned sum = 0;

	for (unsigned k = 0; k < rounds; k++)
		sum = sum * 3 + (unsigned)patched((int)k);
	return sum;
}

__attribute__((noinline)) static unsigned
sieve(unsigned rounds)
{
	static unsigned char marks[1 << 16];
	unsigned count = 0;

	memset(marks, 0, sizeof(marks));
	for (unsigned n = 2; n < sizeof(marks) && n < rounds; n++) {
		if (marks[n])
			continue;
		count++;
		for (unsigned k = 2 * n; k < sizeof(marks); k += n)
			marks[k] = 1;
	}
	return count;
}

__attribute__((noinline)) static double
series(unsigned rounds)
{
	double sum = 0;

	for (unsigned k = 1; k < rounds; k++)
		sum += (k & 1 ? 1.0 : -1.0) / k;
	return sum;
}

/* Each path is a way of its own through the loop. */
__attribute__((noinline)) static unsigned
paths(unsigned path, unsigned rounds)
{
	unsigned a = 1, b = 2, c = 3;

	for (unsigned k = 0; k < rounds; k++) {
		__asm__ volatile("" : "+r"(path));
		if (path == 0)
			a = a * 5 + k;
		else if (path == 1)
			b = (b ^ k) * 9 + 1;
		else if (path == 2)
			c = c * 3 + (b >> 3);
		else
			a ^= c + (b += k);
	}
	return a ^ b ^ c;
}

static volatile unsigned passes;
static volatile int stay;

/* Goes round by one path until the function gives something else, if it is to stay, else for a while. */
static void *
wait_for_change(void *argument)
{
	const int before = *(int *)argument;
	int now;
	unsigned count = 0;

	do {
		now = patched(1);
		passes = ++count;
	} while (now == before && (stay || count < 2 * ROUNDS));
	printf("seen: %d, was %d\n", now, before);
	return NULL;
}

static void
patch_under_thread(unsigned value)
{
	int before = patched(1);
	pthread_t thread;

	passes = 0;
	stay = 1;
	pthread_create(&thread, NULL, wait_for_change, &before);
	while (passes < ROUNDS)
		usleep(100);
	patch_memory(value);
	pthread_join(thread, NULL);
}

static void
run_all(const char *when)
{
	printf("%s: %u %u %.12f %u\n", when, calls(ROUNDS), sieve(ROUNDS), series(ROUNDS),
		paths(0, ROUNDS));
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	unsigned value = argc > 1 ? (unsigned)atoi(argv[1]) & 0xfff : 0;
	int before = patched(1);

	if (argc > 2 && !strcmp(argv[1], "thread")) {
		patch_under_thread((unsigned)atoi(argv[2]) & 0xfff);
		return 0;
	}
	if (argc > 3 && !strcmp(argv[1], "path")) {
		printf("%u\n", paths((unsigned)atoi(argv[2]), (unsigned)atoi(argv[3])));
		return 0;
	}
	run_all("as built");
	wait_for_change(&before);
	if (argc > 2 && patch_file(argv[2], value) != 0)
		puts("the function is not in the file");
	else if (argc == 2)
		patch_memory(value);
	run_all("now");
	if (argc == 2)
		patch_under_thread(value ^ 0x333);
	return 0;
}
