// SPDX-License-Identifier: Apache-2.0
//
// Calls and returns that do not pair: functions left by longjmp, other stacks, returns to elsewhere, recursion deeper than any
// prediction; and recursion without loops, which signals must get through to.

#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/time.h>
#include <ucontext.h>

#define APART __attribute__((noipa, optimize("no-optimize-sibling-calls")))

/* ---- signals ------------------------------------------------------------------------------ */

static volatile sig_atomic_t seen;

static void
on_alarm(int signo)
{
	(void)signo;
	seen = 1;
}

static void
start_timer(void)
{
	struct itimerval soon = { .it_value = { 0, 30000 } };

	seen = 0;
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &soon, NULL);
}

/* Would take years if nobody were to set `seen`. */
APART static unsigned
endless(unsigned depth)
{
	if (seen || depth == 0)
		return seen;
	return endless(depth - 1) | endless(depth - 1);
}

static unsigned endless_other(unsigned depth);

APART static unsigned
endless_one(unsigned depth)
{
	if (seen || depth == 0)
		return seen;
	return endless_other(depth - 1) | endless_other(depth - 1);
}

APART static unsigned
endless_other(unsigned depth)
{
	return endless_one(depth) | endless_one(depth);
}

static unsigned (*volatile through)(unsigned depth);

APART static unsigned
endless_through(unsigned depth)
{
	if (seen || depth == 0)
		return seen;
	return through(depth - 1) | through(depth - 1);
}

static void
signals(void)
{
	start_timer();
	printf("recursion %u\n", endless(62));
	start_timer();
	printf("in turns %u\n", endless_one(62));
	start_timer();
	through = endless_through;
	printf("by pointer %u\n", endless_through(62));
}

/* ---- frames ------------------------------------------------------------------------------- */

APART static uint64_t
deep(uint64_t n)
{
	return n == 0 ? 1 : deep(n - 1) * 3 + n;
}

static jmp_buf out;

APART static unsigned
leaves(unsigned depth, unsigned at)
{
	if (depth == at)
		longjmp(out, 1);
	if (depth > at)
		return 0;
	return leaves(depth + 1, at) + 1;
}

APART static unsigned
tries(volatile unsigned n)
{
	if (n == 0)
		return 0;
	if (setjmp(out) == 0)
		return leaves(0, n % 40);
	return tries(n - 1) + n;
}

static ucontext_t here, there;
static char stack[1 << 16] __attribute__((aligned(16)));
static unsigned passed;

APART static void
walk(unsigned depth)
{
	if (depth == 0)
		return;
	walk(depth - 1);
	passed = passed * 7 + depth;
	swapcontext(&there, &here);
	walk(depth - 1);
}

static void
start_walk(void)
{
	for (;;)
		walk(6);
}

APART static unsigned
takes(unsigned depth)
{
	if (depth == 0) {
		swapcontext(&here, &there);
		return passed;
	}
	return takes(depth - 1) * 5 + takes(depth - 1);
}

static void
frames(void)
{
	volatile unsigned sum = 0;

	printf("deep %llu\n", (unsigned long long)deep(50000));
	printf("tries %u\n", tries(300));
	getcontext(&there);
	there.uc_stack.ss_sp = stack;
	there.uc_stack.ss_size = sizeof(stack);
	makecontext(&there, start_walk, 0);
	for (unsigned k = 0; k < 10; k++)
		sum = sum * 3 + takes(k);
	printf("two stacks %u\n", sum);
}

/* ---- returns to elsewhere ----------------------------------------------------------------- */

static unsigned
elsewhere(unsigned n)
{
#ifdef __aarch64__
	register unsigned w0 __asm__("w0") = n;

	__asm__ volatile("mov x9, #0\n"
			 "bl 1f\n"
			 "add w0, w0, #1000\n" /* passed over */
			 "add w0, w0, #3\n"
			 "adr x10, 3f\n"
			 "bl 2f\n"
			 "add w0, w0, #2000\n" /* never come back to */
			 "1: add x30, x30, #4\n"
			 "lsl w0, w0, #1\n"
			 "ret\n"
			 "2: add w0, w0, #5\n"
			 "ret x10\n"
			 "3: add w0, w0, #7\n"
			 "adr x11, 5f\n"
			 "mov x30, x11\n"
			 "ret\n"
			 "add w0, w0, #4000\n"
			 "5:"
			 : "+r"(w0)
			 :
			 : "x9", "x10", "x11", "x30");
	return w0;
#else
	return n * 2 + 3 + 5 + 7;
#endif
}

APART static unsigned
nested_elsewhere(unsigned n)
{
	return n == 0 ? 1 : elsewhere(nested_elsewhere(n - 1)) % 1009 + nested_elsewhere(n / 2);
}

int
main(void)
{
	unsigned sum = 0;

	signals();
	frames();
	for (unsigned n = 0; n < 2000; n++)
		sum += elsewhere(n);
	printf("elsewhere %u %u\n", sum, nested_elsewhere(60));
	return 0;
}
