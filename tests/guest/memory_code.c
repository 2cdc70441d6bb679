// SPDX-License-Identifier: Apache-2.0
//
// Code in memory that changes in every way that mappings allow: by aliases, write(2), /proc/self/mem, other mappings in its
// place, moving, emptying, forking; and memory that must not be executed.

#include "cases.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/uio.h>

enum { PAGE = 4096, ALL = PROT_READ | PROT_WRITE | PROT_EXEC };

typedef int (*function)(int);

/* Writes a function that gives its argument plus `value` (0..4095); gives the number of bytes. */
static size_t
adder(unsigned char *code, unsigned value)
{
#ifdef __aarch64__
	uint32_t words[2] = { 0x11000000 | value << 10, 0xd65f03c0 };
#else
	unsigned char words[7] = { 0x8d, 0x87, 0, 0, 0, 0, 0xc3 };

	memcpy(words + 2, &value, 4);
#endif
	memcpy(code, words, sizeof(words));
	return sizeof(words);
}

static int
call(void *code)
{
	__builtin___clear_cache(code, (char *)code + 64);
	return ((function)code)(1000);
}

static void *
map(size_t pages, int protection)
{
	return mmap(NULL, pages * PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static sigjmp_buf jump;
static void *volatile fault_address;
static volatile int fault_code;

static void
on_fault(int signo, siginfo_t *info, void *context)
{
	(void)context;
	fault_address = info->si_addr;
	fault_code = info->si_code;
	siglongjmp(jump, signo);
}

/* Calls what must not be executed. */
static void
try_call(const char *what, void *code)
{
	install(SIGSEGV, (void *)on_fault, SA_SIGINFO);
	install(SIGBUS, (void *)on_fault, SA_SIGINFO);
	int signo = sigsetjmp(jump, 1);

	if (signo)
		printf("%s: signal %d code %d there %d\n", what, signo, fault_code,
			fault_address == code);
	else
		printf("%s: %d\n", what, ((function)code)(1));
}

static void
private_file(void)
{
	unsigned char bytes[64];
	int fd = memfd_create("code", 0);
	size_t n = adder(bytes, 1);

	(void)!ftruncate(fd, PAGE);
	(void)!pwrite(fd, bytes, n, 0);
	unsigned char *private = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	unsigned char *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	unsigned char *second = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	printf("%d %d\n", call(private), call(second));
	adder(shared, 2);
	printf("alias %d %d\n", call(private), call(second));
	adder(bytes, 3);
	(void)!pwrite(fd, bytes, n, 0);
	printf("write %d %d\n", call(private), call(second));
	mprotect(private, PAGE, ALL);
	adder(private, 4);
	printf("copied %d %d\n", call(private), call(second));
	adder(shared, 5);
	printf("apart %d %d\n", call(private), call(second));
	madvise(private, PAGE, MADV_DONTNEED);
	printf("together again %d\n", call(private));
	if (fork() == 0) {
		adder(shared, 6);
		_exit(0);
	}
	wait(NULL);
	printf("by a child %d %d\n", call(private), call(second));
	munmap(shared, PAGE);
}

static void
through_the_kernel(void)
{
	unsigned char *code = map(1, ALL), bytes[64];
	int fd = open("/proc/self/mem", O_RDWR), ends[2];

	adder(code, 1);
	printf("%d\n", call(code));
	size_t n = adder(bytes, 2);
	(void)!pwrite(fd, bytes, n, (off_t)(uintptr_t)code);
	printf("/proc/self/mem %d\n", call(code));
	struct iovec from = { bytes, n }, to = { code, n };
	adder(bytes, 3);
	printf("process_vm_writev %zd",
		process_vm_writev(getpid(), &from, 1, &to, 1, 0) == (ssize_t)n ? (ssize_t)1
									       : (ssize_t)-1);
	printf(" %d\n", call(code));
	(void)!pipe(ends);
	adder(bytes, 4);
	(void)!write(ends[1], bytes, n);
	struct iovec parts[2] = { { code, 4 }, { code + 4, n - 4 } };
	(void)!readv(ends[0], parts, 2);
	printf("readv %d\n", call(code));
	mprotect(code, PAGE, PROT_READ | PROT_EXEC);
	adder(bytes, 5);
	(void)!pwrite(fd, bytes, n, (off_t)(uintptr_t)code);
	printf("through protection %d\n", call(code));
}

static void
replaced(void)
{
	unsigned char *code = map(2, ALL), *other = map(1, ALL);

	adder(code, 1);
	adder(other, 2);
	printf("%d %d\n", call(code), call(other));
	mremap(other, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, code);
	printf("moved over %d\n", call(code));
	mmap(code, PAGE, ALL, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	adder(code, 3);
	printf("mapped over %d\n", call(code));
	munmap(code, PAGE);
	try_call("unmapped", code);
	mmap(code, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	adder(code, 4);
	try_call("not executable", code);
	mprotect(code, PAGE, PROT_READ | PROT_EXEC);
	printf("executable %d\n", call(code));
	mprotect(code, PAGE, PROT_NONE);
	try_call("nothing allowed", code);
	mprotect(code, PAGE, PROT_EXEC);
	printf("to be executed alone %d\n", call(code));
	try_call("null", NULL);
}

static void
across_pages(void)
{
	unsigned char *code = map(2, ALL), *at = code + PAGE - 4;
	unsigned char bytes[64];
	size_t n = adder(bytes, 7);

	memcpy(at, bytes, n);
	printf("across %d\n", call(at));
	unsigned char *second = map(1, ALL);
	memcpy(second, bytes + 4, n - 4);
	second[n] = 0;
	mremap(second, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, code + PAGE);
	printf("second page moved in %d\n", call(at));
	mprotect(code + PAGE, PAGE, PROT_READ | PROT_WRITE);
	install(SIGSEGV, (void *)on_fault, SA_SIGINFO);
	int signo = sigsetjmp(jump, 1);
	if (signo == 0)
		((function)at)(1);
	printf("second page not executable: signal %d\n", signo);
	mprotect(code + PAGE, PAGE, ALL);
	printf("again %d\n", call(at));
}

static void
forked(void)
{
	unsigned char *code = map(1, ALL),
		      *shared = mmap(NULL, PAGE, ALL, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	adder(code, 1);
	adder(shared, 1);
	printf("%d %d\n", call(code), call(shared));
	fflush(stdout);
	if (fork() == 0) {
		adder(code, 2);
		adder(shared, 3);
		printf("child %d %d\n", call(code), call(shared));
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	printf("parent %d %d\n", call(code), call(shared));
	madvise(code, PAGE, MADV_WIPEONFORK);
	fflush(stdout);
	if (fork() == 0) {
		adder(code, 9);
		printf("wiped and written %d\n", call(code));
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	int id = shmget(IPC_PRIVATE, PAGE, 0700);
	unsigned char *writer = shmat(id, NULL, 0),
		      *runner = shmat(id, NULL, SHM_EXEC | SHM_RDONLY);
	adder(writer, 4);
	printf("segment %d\n", call(runner));
	adder(writer, 5);
	printf("segment %d\n", call(runner));
	shmctl(id, IPC_RMID, NULL);
}

static unsigned char *patched;
static volatile int stop;

static void *
runner(void *unused)
{
	long wrong = 0;

	while (!stop) {
		int got = ((function)patched)(0);

		wrong += got != 1 && got != 2;
	}
	printf("wrong %ld\n", wrong);
	return unused;
}

static void
while_it_runs(void)
{
	pthread_t thread;

	patched = map(1, ALL);
	adder(patched, 1);
	__builtin___clear_cache((char *)patched, (char *)patched + 64);
	pthread_create(&thread, NULL, runner, NULL);
	for (int i = 0; i < 300; i++) {
		unsigned char bytes[16];

		/* One aligned word at most changes. */
		adder(bytes, i % 2 + 1);
#ifdef __aarch64__
		__atomic_store_n((uint32_t *)patched, *(uint32_t *)bytes, __ATOMIC_RELEASE);
#else
		__atomic_store_n(patched + 2, bytes[2], __ATOMIC_RELEASE);
#endif
		__builtin___clear_cache((char *)patched, (char *)patched + 64);
	}
	stop = 1;
	pthread_join(thread, NULL);
}

static void
writes_beside_code(void)
{
	unsigned char *code = map(1, ALL);
	volatile uint64_t *counter = (uint64_t *)(code + 2048);
	long sum = 0;

	adder(code, 1);
	for (int i = 0; i < 2000; i++) {
		*counter += 1;
		sum += ((function)code)(i)-i;
	}
	printf("%ld %llu\n", sum, (long long)*counter);
}

static const struct test_case cases[] = {
	{ "private file", private_file },
	{ "through the kernel", through_the_kernel },
	{ "replaced", replaced },
	{ "across pages", across_pages },
	{ "forked", forked },
	{ "while it runs", while_it_runs },
	{ "writes beside code", writes_beside_code },
};

MAIN_OF_CASES(cases)
