// SPDX-License-Identifier: Apache-2.0
//
// A load faults in a loop, where a register has just been given the address of a place in the program: the handler must see it,
// also where the loop is a region and the load in one of its later traces.

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <ucontext.h>

#define PAGE   4096
#define ROUNDS 40

static volatile int64_t distance = -1;

#ifdef __aarch64__
/*
 * Reads words from `at` on by one of two ways, in turn, until one faults, with the address of a place of that way in x2; x11 has where
 * to go on then.
 */
__attribute__((noinline)) static void
walk(const uint64_t *at, uint64_t count)
{
	__asm__ volatile("	adr	x11, 5f\n"
			 "1:	tbz	%1, #0, 2f\n"
			 "4:	adr	x2, 4b\n"
			 "	ldr	x10, [%0], #8\n"
			 "	b	3f\n"
			 "	nop\n"
			 "2:	adr	x2, 2b\n"
			 "	ldr	x10, [%0], #8\n"
			 "	mul	x10, x10, x10\n"
			 "3:	subs	%1, %1, #1\n"
			 "	b.ne	1b\n"
			 "5:\n"
			 : "+r"(at), "+r"(count)
			 :
			 : "x2", "x10", "x11", "cc", "memory");
}

static void
on_fault(int signo, siginfo_t *info, void *context)
{
	mcontext_t *m = &((ucontext_t *)context)->uc_mcontext;
	uint64_t place = m->regs[2];

	(void)signo;
	(void)info;
	distance = (int64_t)(m->pc - place);
	m->pc = m->regs[11];
}
#else
static void
walk(const uint64_t *at, uint64_t count)
{
	(void)at;
	(void)count;
	distance = 4; /* from ADR to the load behind it */
}
#endif

int
main(void)
{
	char *pages =
		mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED || mprotect(pages + PAGE, PAGE, PROT_NONE) != 0)
		return 1;
#ifdef __aarch64__
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &action, NULL);
#endif
	for (unsigned round = 0; round < ROUNDS; round++) {
		distance = -1;
		walk((uint64_t *)(void *)pages, 1000000 + round);
		printf("%lld\n", (long long)distance);
	}
	return 0;
}
