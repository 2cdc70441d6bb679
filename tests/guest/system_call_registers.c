// SPDX-License-Identifier: Apache-2.0
// What a system call keeps: every register but x0, vectors and flags, whichever way the call takes (at once, blocking, with
// memory, refused, interrupted); what it does with bad arguments; and that signals arrive where they have to.
#include "cases.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <ucontext.h>

static int tube[2], file;
static char buffer[4096];
static volatile int ran, kept;

#ifdef __aarch64__
#define VECTORS 32

static uint8_t pattern[VECTORS][16], after[VECTORS][16];

/* x9..x15 and v0..v31 hold patterns over the call; gives the result, or -1000000 when one has changed. */
static long
call(long number, long a, long b, long c, long d)
{
	for (unsigned i = 0; i < sizeof(pattern); i++)
		pattern[i / 16][i % 16] = (uint8_t)(i * 37 + number);
	memset(after, 0, sizeof(after));

	/* from here on nothing is called, which would take these registers */
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = 0;
	register long x5 __asm__("x5") = 0;
	register uint8_t(*from)[16] __asm__("x20") = pattern;
	register uint8_t(*to)[16] __asm__("x21") = after;
	uint64_t wrong, flags;
	long result;

	__asm__ volatile(
		"ld1 {v0.16b-v3.16b}, [%[from]], #64\n ld1 {v4.16b-v7.16b}, [%[from]], #64\n"
		"ld1 {v8.16b-v11.16b}, [%[from]], #64\n ld1 {v12.16b-v15.16b}, [%[from]], #64\n"
		"ld1 {v16.16b-v19.16b}, [%[from]], #64\n ld1 {v20.16b-v23.16b}, [%[from]], #64\n"
		"ld1 {v24.16b-v27.16b}, [%[from]], #64\n ld1 {v28.16b-v31.16b}, [%[from]], #64\n"
		"mov x6, #6\n mov x7, #7\n mov x9, #9\n mov x10, #10\n mov x11, #11\n mov x12, "
		"#12\n"
		"mov x13, #13\n mov x14, #14\n mov x15, #15\n mov x16, #16\n mov x17, #17\n"
		"mov x22, #22\n mov x23, #23\n mov x24, #24\n"
		"mov x25, #0xb0000000\n msr nzcv, x25\n"
		"svc #0\n"
		"mrs %[flags], nzcv\n"
		"st1 {v0.16b-v3.16b}, [%[to]], #64\n st1 {v4.16b-v7.16b}, [%[to]], #64\n"
		"st1 {v8.16b-v11.16b}, [%[to]], #64\n st1 {v12.16b-v15.16b}, [%[to]], #64\n"
		"st1 {v16.16b-v19.16b}, [%[to]], #64\n st1 {v20.16b-v23.16b}, [%[to]], #64\n"
		"st1 {v24.16b-v27.16b}, [%[to]], #64\n st1 {v28.16b-v31.16b}, [%[to]], #64\n"
		"eor x6, x6, #6\n eor x7, x7, #7\n sub x9, x9, #9\n sub x10, x10, #10\n"
		"sub x11, x11, #11\n eor x12, x12, #12\n sub x13, x13, #13\n eor x14, x14, #14\n"
		"eor x15, x15, #15\n eor x16, x16, #16\n sub x17, x17, #17\n sub x22, x22, #22\n"
		"sub x23, x23, #23\n eor x24, x24, #24\n"
		"orr x6, x6, x7\n orr x9, x9, x10\n orr x11, x11, x12\n orr x13, x13, x14\n"
		"orr x15, x15, x16\n orr x17, x17, x22\n orr x23, x23, x24\n"
		"orr x6, x6, x9\n orr x11, x11, x13\n orr x15, x15, x17\n orr x6, x6, x23\n"
		"orr x6, x6, x11\n orr %[wrong], x6, x15\n"
		: "+r"(x0), [from] "+r"(from), [to] "+r"(to), [wrong] "=&r"(wrong),
		[flags] "=&r"(flags)
		: "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
		: "x6", "x7", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x22",
		"x23", "x24", "x25", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9",
		"v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21",
		"v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31", "cc",
		"memory");
	result = x0;
	if (wrong || flags != 0xb0000000 || memcmp(pattern, after, sizeof(pattern)) != 0)
		return -1000000;
	return result;
}

/* The handler's frame must show the vectors that the interrupted call was made with. */
static void
look_at_vectors(ucontext_t *context)
{
	uint8_t *at = context->uc_mcontext.__reserved;

	while (*(uint32_t *)at && *(uint32_t *)at != 0x46508001)
		at += ((uint32_t *)at)[1];
	kept = memcmp(((struct fpsimd_context *)at)->vregs, pattern, sizeof(pattern)) == 0;
}

static void
spoil_vectors(void)
{
	__asm__ volatile("movi v0.16b, #1\n movi v9.16b, #2\n movi v31.16b, #3\n"
			 :
			 :
			 : "v0", "v9", "v31");
}
#else
static long
call(long number, long a, long b, long c, long d)
{
	long result = syscall(number, a, b, c, d, 0, 0);

	return result < 0 ? -errno : result;
}

static void
look_at_vectors(ucontext_t *context)
{
	(void)context;
	kept = 1;
}

static void
spoil_vectors(void)
{
}
#endif

static void
handler(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)info;
	ran++;
	look_at_vectors(context);
	spoil_vectors();
}

static void
open_files(void)
{
	if (pipe(tube) || (file = memfd_create("file", 0)) < 0 || ftruncate(file, 4096))
		_exit(9);
}

static void
at_once(void)
{
	for (int i = 0; i < 3; i++) {
		printf("%d ", call(SYS_getppid, 1, 2, 3, 4) == getppid());
		printf("%d ", call(SYS_gettid, 1, 2, 3, 4) == getpid());
		printf("%ld\n", call(SYS_sched_yield, 1, 2, 3, 4));
	}
	printf("%ld %ld\n", call(100000, 0, 0, 0, 0), call((long)UINT64_C(0xffffffff), 0, 0, 0, 0));
}

static void
with_memory(void)
{
	struct timespec now, zero = { 0, 0 };
	struct stat status;
	int word = 1;

	open_files();
	for (int i = 0; i < 3; i++) {
		printf("%ld ", call(SYS_write, tube[1], (long)"abc", 3, 0));
		printf("%ld ", call(SYS_read, tube[0], (long)buffer, 4096, 0));
		printf("%ld ", call(SYS_pread64, file, (long)buffer, 4096, 0));
		printf("%ld ", call(SYS_pwrite64, file, (long)buffer, 100, 50));
		printf("%ld ", call(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0, 0));
		printf("%ld ", call(SYS_fstat, file, (long)&status, 0, 0));
		printf("%ld ", call(SYS_futex, (long)&word, FUTEX_WAKE, 1, 0));
		printf("%ld ", call(SYS_futex, (long)&word, FUTEX_WAIT, 2, 0));
		printf("%ld\n", call(SYS_futex, (long)&word, FUTEX_WAIT, 1, (long)&zero));
	}
}

/* Every clock, and addresses of all kinds: across a page's end, read-only, none. */
static void
clocks(void)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct timespec before, now, after;
	struct timeval day;
	struct timezone zone;

	mprotect(pages + 4096, 4096, PROT_READ);
	for (int clock = -1; clock < 14; clock++) {
		long result = call(SYS_clock_gettime, clock, (long)&now, 0, 0);

		printf("%d: %ld %d\n", clock, result, result || (uint64_t)now.tv_nsec < 1000000000);
	}
	clock_gettime(CLOCK_MONOTONIC, &before);
	call(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0, 0);
	clock_gettime(CLOCK_MONOTONIC, &after);
	printf("in order %d\n",
		(before.tv_sec - now.tv_sec) * 1000000000 + before.tv_nsec - now.tv_nsec <= 0 &&
			(now.tv_sec - after.tv_sec) * 1000000000 + now.tv_nsec - after.tv_nsec <=
				0);
	printf("%ld ", call(SYS_gettimeofday, (long)&day, 0, 0, 0));
	clock_gettime(CLOCK_REALTIME, &now);
	printf("%d %d ", day.tv_sec - now.tv_sec <= 0 && now.tv_sec - day.tv_sec < 20,
		(uint64_t)day.tv_usec < 1000000);
	printf("%ld ", call(SYS_gettimeofday, (long)&day, (long)&zone, 0, 0));
	printf("%ld\n", call(SYS_gettimeofday, 0, 0, 0, 0));
	for (int clock = 0; clock < 2; clock++) {
		printf("%ld ", call(SYS_clock_gettime, clock, 0, 0, 0));
		printf("%ld ", call(SYS_clock_gettime, clock, (long)pages + 4080, 0, 0));
		printf("%ld ", call(SYS_clock_gettime, clock, (long)pages + 4088, 0, 0));
		printf("%ld ", call(SYS_clock_gettime, clock, (long)pages + 4096, 0, 0));
		printf("%ld ", call(SYS_clock_gettime, clock, (long)pages + 1, 0, 0));
		printf("%ld ", call(SYS_gettimeofday, (long)pages + 4096, 0, 0, 0));
		printf("%ld\n", call(SYS_clock_gettime, clock, 0x700000000000, 0, 0));
	}
}

static void
refused(void)
{
	open_files();
	for (int i = 0; i < 2; i++) {
		printf("%ld ", call(SYS_read, tube[0] + 100, (long)buffer, 1, 0));
		printf("%ld ", call(SYS_read, -1, (long)buffer, 1, 0));
		printf("%ld ", call(SYS_pread64, file, 0, 1, 0));
		printf("%ld ", call(SYS_pread64, file, 0x700000000000, 1, 0));
		printf("%ld ", call(SYS_pwrite64, file, -4096, 1, 0));
		printf("%ld ", call(SYS_pread64, file, (long)buffer, 1, -1));
		printf("%ld\n", call(SYS_lseek, tube[0], 0, SEEK_SET, 0));
	}
	setsid();
	printf("%ld %ld\n", call(SYS_setsid, 0, 0, 0, 0), call(SYS_setsid, 0, 0, 0, 0));
}

/* No descriptor is open but those that the program knows of. */
static void
closed_descriptors(void)
{
	int open = 0;

	for (int fd = 3; fd < 1100; fd++)
		open += call(SYS_lseek, fd, 0, SEEK_CUR, 0) != -EBADF;
	printf("open %d\n", open);
}

/* A signal to the thread itself is delivered before the call returns. */
static void
to_itself(void)
{
	int late = 0;

	install(SIGUSR1, handler, SA_SIGINFO);
	for (int i = 0; i < 1000; i++) {
		long result = call(SYS_kill, getpid(), SIGUSR1, 0, 0);

		late += result != 0 || ran != i + 1 || !kept;
	}
	printf("ran %d late %d\n", ran, late);
}

static void
interrupted(void)
{
	struct itimerval soon = { .it_value = { 0, 20000 } };
	int word = 0;

	open_files();
	install(SIGALRM, handler, SA_SIGINFO);
	for (int i = 0; i < 3; i++) {
		setitimer(ITIMER_REAL, &soon, NULL);
		printf("%ld ", call(SYS_read, tube[0], (long)buffer, 1, 0));
		printf("ran %d kept %d\n", ran, kept);
		setitimer(ITIMER_REAL, &soon, NULL);
		printf("%ld ", call(SYS_futex, (long)&word, FUTEX_WAIT, 0, 0));
		printf("ran %d kept %d\n", ran, kept);
	}
}

static void
write_and_count(int signo)
{
	(void)signo;
	ran++;
	if (write(tube[1], "x", 1) != 1)
		_exit(8);
}

/* With SA_RESTART the call goes on after the handler, which lets it end. */
static void
restarted(void)
{
	struct itimerval soon = { .it_value = { 0, 20000 } };

	open_files();
	install(SIGALRM, write_and_count, SA_RESTART);
	for (int i = 0; i < 3; i++) {
		setitimer(ITIMER_REAL, &soon, NULL);
		printf("%ld ", call(SYS_read, tube[0], (long)buffer, 10, 0));
		printf("ran %d\n", ran);
	}
}

/* No signal is lost, and no call is cut short, however signals and calls fall together. */
static void
storm(void)
{
	struct itimerval often = { { 0, 300 }, { 0, 300 } }, never = { 0 };
	int wrong = 0;

	open_files();
	install(SIGALRM, handler, SA_SIGINFO | SA_RESTART);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; ran < 300; i++) {
		wrong += call(SYS_getppid, 0, 0, 0, 0) != getppid();
		wrong += call(SYS_write, tube[1], (long)"abc", 3, 0) != 3;
		wrong += call(SYS_read, tube[0], (long)buffer, 4096, 0) != 3;
		wrong += call(SYS_pread64, file, (long)buffer, 4096, 0) != 4096;
	}
	setitimer(ITIMER_REAL, &never, NULL);
	printf("wrong %d\n", wrong);
}

static void *
make_calls(void *end)
{
	long wrong = 0;

	while (!__atomic_load_n((int *)end, __ATOMIC_ACQUIRE)) {
		wrong += syscall(SYS_getppid) != getppid();
		wrong += pread(file, buffer, 100, 0) != 100;
	}
	return (void *)wrong;
}

/* Several threads at once, while mappings come and go. */
static void
beside_threads(void)
{
	pthread_t threads[4];
	int end = 0;
	long wrong = 0;
	void *result;

	open_files();
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, make_calls, &end);
	for (int i = 0; i < 200; i++) {
		void *place = mmap(NULL, 65536, PROT_READ | PROT_WRITE | PROT_EXEC,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		munmap(place, 65536);
		sched_yield();
	}
	__atomic_store_n(&end, 1, __ATOMIC_RELEASE);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		wrong += (long)result;
	}
	printf("wrong %ld\n", wrong);
}

static const struct test_case cases[] = {
	{ "at once", at_once },
	{ "with memory", with_memory },
	{ "clocks", clocks },
	{ "refused", refused },
	{ "closed descriptors", closed_descriptors },
	{ "to itself", to_itself },
	{ "interrupted", interrupted },
	{ "restarted", restarted },
	{ "storm", storm },
	{ "beside threads", beside_threads },
};

MAIN_OF_CASES(cases)
