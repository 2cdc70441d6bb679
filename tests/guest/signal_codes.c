// SPDX-License-Identifier: Apache-2.0
// Faults: signal, si_code and si_addr, also through system calls, on guard pages and past the end of files.
#include "cases.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/stat.h>

static sigjmp_buf back;
static volatile int got_signal, got_code;
static volatile uintptr_t got_address;

static void
on_fault(int signo, siginfo_t *info, void *context)
{
	(void)context;
	got_signal = signo;
	got_code = info->si_code;
	got_address = (uintptr_t)info->si_addr;
	siglongjmp(back, 1);
}

static void
catch_faults(void)
{
	for (int i = 0; i < 5; i++) {
		static const int numbers[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };

		install(numbers[i], on_fault, SA_SIGINFO);
	}
}

/* Prints the fault, with its address relative to `base`. */
static void
print_fault(const char *what, const void *base)
{
	printf("%s: signal %d code %d offset %ld\n", what, got_signal, got_code,
		(long)(got_address - (uintptr_t)base));
}

#define TRY(what, base, action)                    \
	do {                                       \
		got_signal = 0;                    \
		if (!sigsetjmp(back, 1))           \
			action;                    \
		print_fault(what, (void *)(base)); \
	} while (0)

static void
not_mapped(void)
{
	volatile char *address = (char *)0x10000000;

	catch_faults();
	TRY("read null", 0, (void)*(volatile int *)0);
	TRY("write null", 0, *(volatile int *)0 = 1);
	TRY("read", address, (void)address[123]);
	TRY("write", address, address[4095] = 1);
}

static void protected(void)
{
	char *memory = mmap(NULL, 3 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	catch_faults();
	mprotect(memory + 4096, 4096, PROT_NONE);
	TRY("write read-only", memory, *(volatile char *)(memory + 5) = 1);
	TRY("read none", memory, (void)*(volatile char *)(memory + 4100));
	TRY("across the border", memory, (void)*(volatile uint64_t *)(memory + 4096 - 4));
	munmap(memory + 4096, 4096);
	TRY("read hole", memory, (void)*(volatile char *)(memory + 4100));
	TRY("write behind it", memory, *(volatile char *)(memory + 8192) = 1);
}

static void
past_end_of_file(void)
{
	int fd = open("file", O_CREAT | O_RDWR | O_TRUNC, 0600);
	char *memory;

	catch_faults();
	write(fd, "hello", 5);
	memory = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	printf("%d\n", memory[4095]);
	TRY("read", memory, (void)*(volatile char *)(memory + 4096));
	TRY("write", memory, *(volatile char *)(memory + 8200) = 1);
	ftruncate(fd, 0);
	TRY("truncated", memory, (void)*(volatile char *)(memory + 5));
}

static void
jump(void)
{
	static char data[4096] __attribute__((aligned(4096)));
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	catch_faults();
	TRY("to null", 0, ((void (*)(void))0)());
	TRY("to nowhere", 0x20000000, ((void (*)(void))0x20000000)());
	TRY("to data", data, ((void (*)(void))data)());
	TRY("to memory without execution", memory, ((void (*)(void))memory)());
	mprotect(memory, 4096, PROT_NONE);
	TRY("to memory without anything", memory, ((void (*)(void))memory)());
}

static void
code_past_end_of_file(void)
{
	int fd = open("file", O_CREAT | O_RDWR | O_TRUNC, 0600);
	char *memory;

	catch_faults();
	write(fd, "hello", 5);
	memory = mmap(NULL, 8192, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	TRY("behind the end", memory, ((void (*)(void))(memory + 4096))());
	ftruncate(fd, 0);
	TRY("truncated", memory, ((void (*)(void))memory)());
	TRY("truncated, again", memory, ((void (*)(void))memory)());
	ftruncate(fd, 8192);
	TRY("zeros", memory, (void)*(volatile char *)(memory + 4096));
}

#ifdef __aarch64__
#define UNDEFINED  "udf #0"
#define BREAKPOINT "brk #0"
#else
#define UNDEFINED  "ud2"
#define BREAKPOINT "int3"
#endif

static void
instructions(void)
{
	catch_faults();
	got_signal = 0;
	if (!sigsetjmp(back, 1))
		__asm__ volatile(UNDEFINED);
	printf("undefined: signal %d\n", got_signal);
	got_signal = 0;
	if (!sigsetjmp(back, 1))
		__asm__ volatile(BREAKPOINT);
	printf("breakpoint: signal %d\n", got_signal);
}

static void
blocked_fault(void)
{
	sigset_t set;

	catch_faults();
	sigfillset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	*(volatile int *)0 = 1;
	printf("not reached\n");
}

static void
ignored_fault(void)
{
	signal(SIGSEGV, SIG_IGN);
	*(volatile int *)0 = 1;
	printf("not reached\n");
}

static void
fault_in_handler(int signo)
{
	(void)signo;
	*(volatile int *)0 = 1;
}

static void
double_fault(void)
{
	install(SIGSEGV, fault_in_handler, 0);
	*(volatile int *)0 = 1;
	printf("not reached\n");
}

static void
system_calls(void)
{
	char *memory = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int tube[2];

	catch_faults();
	pipe(tube);
	mprotect(memory + 4096, 4096, PROT_NONE);
	print_result("write from null", write(tube[1], (void *)(uintptr_t)got_code, 1));
	print_result("write from the edge", write(tube[1], memory + 4090, 10));
	print_result("read to null", read(tube[0], (void *)(uintptr_t)got_code, 1));
	print_result("stat to read-only", stat("/", (void *)"text"));
	print_result("getcwd", syscall(SYS_getcwd, 8, 100));
	print_result("path at the edge", access(memory + 4096, F_OK));
	printf("signals %d\n", got_signal);
}

static void
many_faults(void)
{
	char *memory = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile int count = 0;

	catch_faults();
	for (volatile int i = 0; i < 3000; i++) {
		if (!sigsetjmp(back, 1))
			*(volatile char *)(memory + i) = 1;
		else
			count += got_address == (uintptr_t)memory + (unsigned)i;
	}
	printf("%d\n", count);
}

static const struct test_case cases[] = {
	{ "not mapped", not_mapped },
	{ "protected", protected },
	{ "past end of file", past_end_of_file },
	{ "jump", jump },
	{ "code past end of file", code_past_end_of_file },
	{ "instructions", instructions },
	{ "blocked fault", blocked_fault },
	{ "ignored fault", ignored_fault },
	{ "double fault", double_fault },
	{ "system calls", system_calls },
	{ "many faults", many_faults },
};
MAIN_OF_CASES(cases)
