// SPDX-License-Identifier: Apache-2.0
// The context of a handler: what it shows, and what becomes of a handler's changes to it (pc, registers, floating point, mask).
// The machine's registers are reached by the macros below, so that the same program runs on both.
#include "cases.h"

#include <sys/mman.h>
#include <ucontext.h>

#ifdef __aarch64__
#define CONTEXT_PC(c)     ((c)->uc_mcontext.pc)
#define CONTEXT_SP(c)     ((c)->uc_mcontext.sp)
#define CONTEXT_RESULT(c) ((c)->uc_mcontext.regs[0])
#define SKIP_FAULT(c)     (CONTEXT_PC(c) += 4)
#define FAULTING_LOAD(result, address) \
	__asm__ volatile("ldr %w0, [%1]" : "=&r"(result) : "r"((uintptr_t)(address)) : "memory")
#define IN_FLOAT(x) "+w"(x)
#else
#define CONTEXT_PC(c)     ((c)->uc_mcontext.gregs[REG_RIP])
#define CONTEXT_SP(c)     ((c)->uc_mcontext.gregs[REG_RSP])
#define CONTEXT_RESULT(c) ((c)->uc_mcontext.gregs[REG_RAX])
#define SKIP_FAULT(c)     (CONTEXT_PC(c) += 2)
#define FAULTING_LOAD(result, address)               \
	__asm__ volatile("movl (%%rdi), %%eax"       \
			 : "=&a"(result)             \
			 : "D"((uintptr_t)(address)) \
			 : "memory")
#define IN_FLOAT(x) "+x"(x)
#endif

static volatile int count;

#ifdef __aarch64__
/* Finds the record of the vector registers. */
static struct fpsimd_context *
vectors(ucontext_t *context)
{
	uint8_t *at = context->uc_mcontext.__reserved;

	while (*(uint32_t *)at && *(uint32_t *)at != 0x46508001)
		at += ((uint32_t *)at)[1];
	return (struct fpsimd_context *)at;
}
#endif

static void
skip(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)info;
	count++;
	SKIP_FAULT((ucontext_t *)context);
}

static void
skip_instruction(void)
{
	uint32_t result = 7;

	install(SIGSEGV, skip, SA_SIGINFO);
	for (int i = 0; i < 1000; i++)
		FAULTING_LOAD(result, 16);
	printf("faults %d\n", count);
}

static void
landing(long value)
{
	printf("landed with %ld\n", value);
	fflush(stdout);
	_exit(5);
}

static void
redirect(int signo, siginfo_t *info, void *context)
{
	ucontext_t *c = context;

	(void)signo;
	(void)info;
	CONTEXT_PC(c) = (uintptr_t)landing;
#ifdef __aarch64__
	c->uc_mcontext.regs[0] = 1234;
#else
	c->uc_mcontext.gregs[REG_RDI] = 1234;
	CONTEXT_SP(c) -= 128 + 8;
	CONTEXT_SP(c) &= ~15ull;
	CONTEXT_SP(c) -= 8;
#endif
}

static void
other_pc(void)
{
	install(SIGUSR1, redirect, SA_SIGINFO);
	raise(SIGUSR1);
	printf("not reached\n");
}

static void
block_more(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)info;
	sigaddset(&((ucontext_t *)context)->uc_sigmask, SIGHUP);
	sigaddset(&((ucontext_t *)context)->uc_sigmask, SIGKILL);
}

static void
other_mask(void)
{
	sigset_t set;

	install(SIGUSR1, block_more, SA_SIGINFO);
	raise(SIGUSR1);
	sigprocmask(SIG_BLOCK, NULL, &set);
	printf("blocked: HUP %d USR1 %d KILL %d\n", sigismember(&set, SIGHUP),
		sigismember(&set, SIGUSR1), sigismember(&set, SIGKILL));
}

static volatile double seen;

static void
spoil_vectors(int signo, siginfo_t *info, void *context)
{
	volatile double x = 3.5;

	(void)signo;
	(void)info;
	(void)context;
	for (int i = 0; i < 100; i++)
		x = x * 1.01 + 1;
	seen = x;
	count++;
}

static void
vectors_survive(void)
{
	double a = 1.25, b = 2.5, c = 5.125, d = 9.0625;

	install(SIGUSR1, spoil_vectors, SA_SIGINFO);
	for (int i = 0; i < 200; i++) {
		__asm__ volatile("" : IN_FLOAT(a), IN_FLOAT(b), IN_FLOAT(c), IN_FLOAT(d));
		kill(getpid(), SIGUSR1);
		a += b;
		b += c;
		c += d;
		d += 0.5;
	}
	printf("%.4f %.4f %.4f %.4f count %d\n", a, b, c, d, count);
}

#ifdef __aarch64__
static volatile uint64_t vector_seen;

static void
change_vector(int signo, siginfo_t *info, void *context)
{
	struct fpsimd_context *v = vectors(context);

	(void)signo;
	(void)info;
	vector_seen = (uint64_t)v->vregs[9];
	v->vregs[9] = ((__uint128_t)0x1122334455667788 << 64) | 0x99aabbccddeeff00;
	v->fpsr = 0x10;
	v->fpcr = 0x00400000;
}
#endif

static void
other_vectors(void)
{
#ifdef __aarch64__
	uint64_t low, high, fpsr, fpcr;

	install(SIGUSR1, change_vector, SA_SIGINFO);
	register long x0 __asm__("x0") = getpid();
	register long x1 __asm__("x1") = SIGUSR1;
	register long x8 __asm__("x8") = SYS_kill;

	__asm__ volatile("movi	v9.16b, #0x5a\n"
			 "svc	#0\n"
			 "mov	%0, v9.d[0]\n"
			 "mov	%1, v9.d[1]\n"
			 "mrs	%2, fpsr\n"
			 "mrs	%3, fpcr\n"
			 "msr	fpcr, xzr\n"
			 : "=&r"(low), "=&r"(high), "=&r"(fpsr), "=&r"(fpcr), "+r"(x0)
			 : "r"(x1), "r"(x8)
			 : "v9", "memory");
	printf("%d %lx %lx %lx %lx\n", vector_seen == 0x5a5a5a5a5a5a5a5a, low, high, fpsr, fpcr);
#else
	printf("1 99aabbccddeeff00 1122334455667788 10 400000\n");
#endif
}

#ifdef __aarch64__
static void
change_all(int signo, siginfo_t *info, void *context)
{
	ucontext_t *c = context;

	(void)signo;
	(void)info;
	for (int i = 9; i < 16; i++)
		c->uc_mcontext.regs[i] += (uint64_t)i << 32;
	c->uc_mcontext.pstate ^= 0xf0000000;
}
#endif

static void
other_registers(void)
{
#ifdef __aarch64__
	uint64_t sum, flags;

	install(SIGUSR1, change_all, SA_SIGINFO);
	register long x0 __asm__("x0") = getpid();
	register long x1 __asm__("x1") = SIGUSR1;
	register long x8 __asm__("x8") = SYS_kill;

	__asm__ volatile(
		"mov	x9, #1\n mov x10, #2\n mov x11, #3\n mov x12, #4\n"
		"mov	x13, #5\n mov x14, #6\n mov x15, #7\n"
		"cmp	x9, x9\n"
		"svc	#0\n"
		"mrs	%1, nzcv\n"
		"eor	%0, x9, x10, lsl #1\n eor %0, %0, x11, lsl #2\n eor %0, %0, x12, lsl #3\n"
		"eor	%0, %0, x13, lsl #4\n eor %0, %0, x14, lsl #5\n eor %0, %0, x15, lsl #6\n"
		: "=&r"(sum), "=&r"(flags), "+r"(x0)
		: "r"(x1), "r"(x8)
		: "x9", "x10", "x11", "x12", "x13", "x14", "x15", "cc", "memory");
	printf("%lx %lx\n", sum, flags);
#else
	uint64_t sum = 0;

	for (uint64_t i = 9; i < 16; i++)
		sum ^= ((i - 8) + (i << 32)) << (i - 9);
	printf("%lx %lx\n", sum, 0x90000000ul);
#endif
}

static void
stop_in_loop(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)info;
	(void)context;
	count = 1;
}

static void
registers_in_loops(void)
{
	uint64_t a = 1, b = 2, c = 3;
	unsigned long rounds = 0;

	install(SIGALRM, stop_in_loop, SA_SIGINFO);
	ualarm(20000, 0);
	while (!count) {
		a = a * 3 + 1;
		b += a ^ c;
		c = c * 5 + (b & 7);
		rounds++;
	}
	uint64_t x = 1, y = 2, z = 3;

	for (unsigned long i = 0; i < rounds; i++) {
		x = x * 3 + 1;
		y += x ^ z;
		z = z * 5 + (y & 7);
	}
	printf("same %d\n", a == x && b == y && c == z);
}

static void
set_result(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)info;
	CONTEXT_RESULT((ucontext_t *)context) = 4242;
}

static void
result_of_system_call(void)
{
	install(SIGUSR1, set_result, SA_SIGINFO);
	printf("%ld\n", syscall(SYS_kill, getpid(), SIGUSR1));
}

static void
show_link(int signo, siginfo_t *info, void *context)
{
	ucontext_t *c = context;

	(void)signo;
	(void)info;
	printf("link %d stack flags %d\n", c->uc_link == NULL, c->uc_stack.ss_flags);
	printf("sp below ours %d\n", (uintptr_t)CONTEXT_SP(c) > (uintptr_t)&c);
}

static void
fields(void)
{
	install(SIGUSR1, show_link, SA_SIGINFO);
	raise(SIGUSR1);
}

static volatile uint64_t fault_address;

static void
note_address(int signo, siginfo_t *info, void *context)
{
	(void)signo;
#ifdef __aarch64__
	fault_address = ((ucontext_t *)context)->uc_mcontext.fault_address;
#else
	fault_address = ((ucontext_t *)context)->uc_mcontext.gregs[REG_CR2];
#endif
	count = fault_address == (uint64_t)info->si_addr;
	SKIP_FAULT((ucontext_t *)context);
}

static void
address_of_fault(void)
{
	uint32_t result;

	install(SIGSEGV, note_address, SA_SIGINFO);
	FAULTING_LOAD(result, 0x1238);
	printf("%lx %d\n", (unsigned long)fault_address, count);
}

static const struct test_case cases[] = {
	{ "skip instruction", skip_instruction },
	{ "other pc", other_pc },
	{ "other mask", other_mask },
	{ "vectors survive", vectors_survive },
	{ "other vectors", other_vectors },
	{ "other registers", other_registers },
	{ "registers in loops", registers_in_loops },
	{ "result of system call", result_of_system_call },
	{ "fields", fields },
	{ "address of fault", address_of_fault },
};
MAIN_OF_CASES(cases)
