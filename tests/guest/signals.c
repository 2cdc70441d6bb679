// SPDX-License-Identifier: Apache-2.0
//
// Signals: handlers with siginfo, precise faults with si_addr and si_code, a handler that edits the interrupted context's result by
// mapping the page, alternate stack on stack overflow, masks and pending, alarm interrupting a spin loop and a read, queued
// real-time signals, signal in a child.

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t count;
static volatile sig_atomic_t last_code;
static volatile int last_value;
static void *volatile fault_address;
static sigjmp_buf escape;
static char *lazy_pages;
static volatile int *volatile low_address = (volatile int *)8;

/* 1 if the call gave -1 and left this error. */
static int
fails_with(long result, int error)
{
	return result == -1 && errno == error;
}

static void
on_count(int number)
{
	(void)number;
	count++;
}

static void
install(int number, void (*action)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = action;
	sa.sa_flags = SA_SIGINFO | flags;
	if (sigaction(number, &sa, NULL) != 0) {
		exit(1);
	}
}

static void
on_fault_escape(int number, siginfo_t *info, void *context)
{
	(void)context;
	fault_address = info->si_addr;
	last_code = info->si_code;
	siglongjmp(escape, number);
}

static void
on_fault_map(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	count++;
	mprotect((void *)((uintptr_t)info->si_addr & ~4095ul), 4096, PROT_READ | PROT_WRITE);
}

static void
faults(void)
{
	char *page = mmap(NULL, 12288, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	volatile char *hole = page + 4096;

	munmap((void *)hole, 4096);
	install(SIGSEGV, on_fault_escape, 0);
	install(SIGBUS, on_fault_escape, 0);
	if (sigsetjmp(escape, 1) == 0) {
		*hole = 1;
	}
	printf("unmapped: offset %d MAPERR %d\n", (int)((char *)fault_address - page),
		last_code == SEGV_MAPERR);
	if (sigsetjmp(escape, 1) == 0) {
		page[123] = 1;
	}
	printf("read-only: offset %d ACCERR %d\n", (int)((char *)fault_address - page),
		last_code == SEGV_ACCERR);
	if (sigsetjmp(escape, 1) == 0) {
		last_value = *(volatile int *)(page + 8192) + *(volatile int *)(page + 4097);
	}
	printf("load: offset %d\n", (int)((char *)fault_address - page));
	if (sigsetjmp(escape, 1) == 0) {
		((void (*)(void))(uintptr_t)0x123450)();
	}
	printf("jump: %lx\n", (unsigned long)fault_address);
	FILE *f = tmpfile();
	char *mapped = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fileno(f), 0);
	int number = sigsetjmp(escape, 1);
	if (number == 0) {
		last_value = *(volatile char *)(mapped + 4096);
	}
	printf("past the end of a file: SIGBUS %d offset %d BUS_ADRERR %d\n", number == SIGBUS,
		(int)((char *)fault_address - mapped), last_code == BUS_ADRERR);
	munmap(mapped, 8192);
	fclose(f);
}

/* Each first touch faults; the handler opens the page and the instruction is done again. */
static void
restartable_faults(void)
{
	enum { PAGES = 200 };
	unsigned long sum = 0;

	lazy_pages = mmap(NULL, PAGES * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	install(SIGSEGV, on_fault_map, 0);
	count = 0;
	for (int i = 0; i < PAGES; i++) {
		volatile unsigned long *word =
			(volatile unsigned long *)(lazy_pages + i * 4096 + 64);

		sum = sum * 3 + i;
		*word = sum;
		sum += *word;
	}
	printf("%d pages opened, sum %lu\n", (int)count, sum);
	munmap(lazy_pages, PAGES * 4096);
}

static __attribute__((noinline)) unsigned
overflow(unsigned n)
{
	volatile char space[4096];

	space[n & 4095] = (char)n;
	if (low_address == NULL) {
		return 0;
	}
	return overflow(n + 1) + (unsigned)space[0];
}

static void
stack_overflow(void)
{
	static char stack[65536];
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack), .ss_flags = 0 };
	stack_t old;

	sigaltstack(&alternate, NULL);
	install(SIGSEGV, on_fault_escape, SA_ONSTACK);
	if (sigsetjmp(escape, 1) == 0) {
		last_value = (int)overflow(1);
	}
	printf("stack overflow survived, near the stack %d\n",
		(uintptr_t)&alternate - (uintptr_t)fault_address < 1ul << 30);
	sigaltstack(NULL, &old);
	printf("alternate stack %d %zu %d\n", old.ss_sp == stack, old.ss_size, old.ss_flags);
	alternate.ss_flags = SS_DISABLE;
	sigaltstack(&alternate, NULL);
	signal(SIGSEGV, SIG_DFL);
}

static void
interrupted_loops(void)
{
	struct itimerval timer = { { 0, 20000 }, { 0, 20000 } };
	volatile unsigned long spins = 0;

	count = 0;
	signal(SIGALRM, on_count);
	setitimer(ITIMER_REAL, &timer, NULL);
	while (count < 5) {
		spins++;
	}
	memset(&timer, 0, sizeof(timer));
	setitimer(ITIMER_REAL, &timer, NULL);
	printf("spin loop interrupted %d times, progressed %d\n", (int)count >= 5, spins > 0);
	/* Not a single memory access in the loop. */
	count = 0;
	struct itimerval once = { { 0, 0 }, { 0, 30000 } };
	install(SIGALRM, on_fault_escape, 0);
	if (sigsetjmp(escape, 1) == 0) {
		setitimer(ITIMER_REAL, &once, NULL);
		for (;;) {
			__asm__ volatile("");
		}
	}
	printf("empty loop left\n");

	int ends[2];
	char byte;
	struct sigaction sa = { .sa_handler = on_count };
	sigaction(SIGALRM, &sa, NULL);
	if (pipe(ends) != 0) {
		exit(1);
	}
	setitimer(ITIMER_REAL, &once, NULL);
	printf("read: %d\n", fails_with(read(ends[0], &byte, 1), EINTR));
	if (fork() == 0) {
		usleep(80000);
		_exit(write(ends[1], "!", 1) != 1);
	}
	sa.sa_flags = SA_RESTART;
	sigaction(SIGALRM, &sa, NULL);
	count = 0;
	setitimer(ITIMER_REAL, &once, NULL);
	ssize_t n = read(ends[0], &byte, 1);
	printf("restarted read: %zd %c after %d signal\n", n, byte, (int)count);
	wait(NULL);
	close(ends[0]);
	close(ends[1]);
}

static void
on_queued(int number, siginfo_t *info, void *context)
{
	(void)context;
	printf("  signal +%d value %d from self %d code %d\n", number - SIGRTMIN,
		info->si_value.sival_int, info->si_pid == getpid(), info->si_code == SI_QUEUE);
}

static void
masks(void)
{
	sigset_t block;
	sigset_t old;
	sigset_t pending;

	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	for (int i = 0; i < 3; i++) {
		sigaddset(&block, SIGRTMIN + i);
		install(SIGRTMIN + i, on_queued, 0);
	}
	signal(SIGUSR1, on_count);
	count = 0;
	sigprocmask(SIG_BLOCK, &block, &old);
	raise(SIGUSR1);
	raise(SIGUSR1);
	for (int i = 0; i < 6; i++) {
		union sigval value = { .sival_int = 100 + i };

		sigqueue(getpid(), SIGRTMIN + (5 - i) % 3, value);
	}
	sigpending(&pending);
	printf("pending %d %d, delivered %d\n", sigismember(&pending, SIGUSR1),
		sigismember(&pending, SIGUSR2), (int)count);
	sigprocmask(SIG_SETMASK, &old, NULL);
	printf("after unblocking %d\n", (int)count);
	sigprocmask(SIG_BLOCK, &block, NULL);
	raise(SIGUSR1);
	siginfo_t info;
	struct timespec limit = { 1, 0 };
	printf("sigtimedwait %d\n", sigtimedwait(&block, &info, &limit) == SIGUSR1);
	limit.tv_sec = 0;
	printf("nothing left %d\n", fails_with(sigtimedwait(&block, &info, &limit), EAGAIN));
	raise(SIGUSR1);
	sigfillset(&old);
	sigdelset(&old, SIGUSR1);
	printf("sigsuspend %d", fails_with(sigsuspend(&old), EINTR));
	printf(" count %d\n", (int)count);
	sigprocmask(SIG_UNBLOCK, &block, NULL);
}

static void
on_child(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	last_code = info->si_code;
	last_value = info->si_status;
	count++;
}

static void
children(void)
{
	install(SIGCHLD, on_child, SA_RESTART);
	count = 0;
	pid_t pid = fork();
	if (pid == 0) {
		_exit(33);
	}
	waitpid(pid, NULL, 0);
	while (count < 1) {
		usleep(1000);
	}
	printf("child: CLD_EXITED %d status %d\n", last_code == CLD_EXITED, last_value);
	pid = fork();
	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);
		*low_address = 1;
	}
	int status;
	waitpid(pid, &status, 0);
	printf("child killed by SIGSEGV %d\n", WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	signal(SIGCHLD, SIG_DFL);
}

int
main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	faults();
	restartable_faults();
	stack_overflow();
	interrupted_loops();
	masks();
	children();
	printf("ends by its own signal\n");
	raise(SIGUSR2);
	return 0;
}
