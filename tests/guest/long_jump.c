// SPDX-License-Identifier: Apache-2.0
//
// setjmp and longjmp: across many frames, as a generator, as exceptions in a loop, and out of a signal handler with the
// mask restored by siglongjmp.

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static jmp_buf escape;
static sigjmp_buf signal_escape;

static volatile int may_jump = 1;

static __attribute__((noinline)) int
dig(int depth)
{
	volatile int keep = depth;

	if (depth == 0) {
		if (may_jump) {
			longjmp(escape, 42);
		}
		return 0;
	}
	int r = dig(depth - 1) + keep;

	return r;
}

static __attribute__((noinline)) void
maybe_throw(int i)
{
	if (i % 3 == 0) {
		longjmp(escape, i + 1);
	}
}

static void
on_signal(int number)
{
	siglongjmp(signal_escape, number);
}

static void
fault_repeatedly(void)
{
	volatile int count = 0;
	struct sigaction action;
	sigset_t mask;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	for (volatile int i = 0; i < 1000; i++) {
		if (sigsetjmp(signal_escape, 1) == 0) {
			if (i & 1) {
				*(volatile int *)(unsigned long)(16 + 4 * i) = 1;
			} else {
				raise(SIGUSR1);
			}
			printf("not reached\n");
		} else {
			count++;
		}
	}
	sigprocmask(SIG_BLOCK, NULL, &mask);
	printf("%d escapes, blocked %d %d\n", count, sigismember(&mask, SIGSEGV),
		sigismember(&mask, SIGUSR1));
}

int
main(void)
{
	int code = setjmp(escape);

	if (code == 0) {
		dig(2000);
	}
	printf("from the depth: %d\n", code);

	volatile int thrown = 0;
	volatile long sum = 0;
	for (volatile int i = 0; i < 30000; i++) {
		int value = setjmp(escape);

		if (value == 0) {
			maybe_throw(i);
			sum += i;
		} else {
			thrown++;
			sum -= value;
		}
	}
	printf("thrown %d sum %ld\n", thrown, sum);
	volatile double kept = 1.25;
	if (setjmp(escape) == 0) {
		kept *= 3;
		longjmp(escape, 0);
	}
	printf("longjmp with 0 returns 1, kept %g\n", kept);
	fault_repeatedly();
	return 3;
}
