// SPDX-License-Identifier: Apache-2.0
// Faults of the program itself: signal number, si_code and si_addr of each kind, registers that are precise at the fault,
// handlers that repair and return, that skip the instruction, or that jump out; a fault on a blocked signal kills.
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf out;
static uint8_t *area;
static volatile int seen_signal, seen_code, repairs;
static volatile long seen_offset;

static void
note(int signo, siginfo_t *info)
{
	seen_signal = signo;
	seen_code = info->si_code;
	seen_offset = (uint8_t *)info->si_addr - area;
}

static void
jump_out(int signo, siginfo_t *info, void *context)
{
	(void)context;
	note(signo, info);
	siglongjmp(out, 1);
}

static void
repair(int signo, siginfo_t *info, void *context)
{
	(void)context;
	note(signo, info);
	repairs++;
	mprotect((void *)((uintptr_t)info->si_addr & ~4095UL), 4096, PROT_READ | PROT_WRITE);
}

static void
handle(int signo, void (*function)(int, siginfo_t *, void *))
{
	struct sigaction action = { .sa_sigaction = function, .sa_flags = SA_SIGINFO };

	sigaction(signo, &action, NULL);
}

static void
report(const char *what)
{
	printf("%s: %s code %d offset %ld\n", what, strsignal(seen_signal), seen_code, seen_offset);
}

static void
check_accesses(void)
{
	handle(SIGSEGV, jump_out);
	handle(SIGBUS, jump_out);
	if (!sigsetjmp(out, 1))
		*(volatile uint8_t *)(area + 4096 + 17);
	report("load from PROT_NONE");
	if (!sigsetjmp(out, 1))
		*(volatile uint32_t *)(area + 8192 + 4) = 1;
	report("store to read-only");
	munmap(area + 12288, 4096);
	if (!sigsetjmp(out, 1))
		*(volatile uint64_t *)(area + 12288 + 8) = 1;
	report("store to nothing");
	/* Two pages: the first byte that cannot be read is the second page's. */
	if (!sigsetjmp(out, 1)) {
		volatile uint64_t sink = *(volatile uint64_t *)(area + 4092);

		(void)sink;
	}
	printf("load across pages: %s code %d\n", strsignal(seen_signal), seen_code);
}

static void
check_end_of_file(void)
{
	char name[] = "faults-XXXXXX";
	int fd = mkstemp(name);
	uint8_t *file;

	unlink(name);
	if (ftruncate(fd, 100) != 0)
		exit(1);
	file = mmap(area + 4096 * 8, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	file[4095] = 1;
	if (!sigsetjmp(out, 1))
		*(volatile uint8_t *)(file + 4096);
	report("past the end of a file");
	close(fd);
}

static void
check_repair(void)
{
	volatile uint64_t *word = (volatile uint64_t *)(area + 4096 * 4);
	uint64_t sum = 0;

	mprotect(area + 4096 * 4, 4096 * 4, PROT_NONE);
	handle(SIGSEGV, repair);
	for (int i = 0; i < 4 * 512; i++) {
		word[i] = (uint64_t)i;
		sum += word[i];
	}
	printf("repaired %d pages, sum %lu\n", repairs, (unsigned long)sum);
}

/* A function of many live values with a fault in its middle; nothing may be lost. */
static __attribute__((noinline)) uint64_t
mix(uint64_t a, uint64_t b, volatile uint64_t *where, double d)
{
	uint64_t c = a * 3, e = b ^ 0x5555, f = a + b, g = a - b, h = c * e, i = f << 3;
	double x = d * 1.5, y = d + 2.25;
	int less = a < b;

	*where = h;
	return c + e * 2 + f * 3 + g * 5 + h * 7 + i * 11 + (uint64_t)(x * y) + (uint64_t)less +
	       *where;
}

static void
check_precision(void)
{
	uint64_t *where = (uint64_t *)(area + 4096 * 4);
	uint64_t expected, got;

	expected = mix(1234567, 7654321, where, 3.25);
	mprotect(where, 4096, PROT_NONE);
	got = mix(1234567, 7654321, where, 3.25);
	printf("values after a repaired fault: %s\n", expected == got ? "kept" : "lost");
}

static void
die_in_child(const char *what, int signo, int block, int ignore)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		sigset_t set;

		close(2);
		if (ignore)
			signal(signo, SIG_IGN);
		else
			handle(signo, repair);
		sigemptyset(&set);
		sigaddset(&set, signo);
		if (block)
			sigprocmask(SIG_BLOCK, &set, NULL);
		*(volatile int *)(area + 12288) = 1;
		_exit(0);
	}
	waitpid(child, &status, 0);
	printf("%s: killed by %s\n", what,
		WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "nothing");
}

#ifdef __aarch64__
static volatile uint64_t seen_pc, seen_x[31], seen_esr, seen_far;

static void
skip(int signo, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	struct esr_context *esr;

	note(signo, info);
	for (int i = 0; i < 31; i++)
		seen_x[i] = uc->uc_mcontext.regs[i];
	seen_far = uc->uc_mcontext.fault_address;
	esr = (struct esr_context *)(uc->uc_mcontext.__reserved + sizeof(struct fpsimd_context));
	seen_esr = esr->head.magic == ESR_MAGIC ? esr->esr : 0;
	seen_pc = uc->uc_mcontext.pc;
	uc->uc_mcontext.regs[9] = 999;
	uc->uc_mcontext.pc += 4;
}

static int
check_skip(void)
{
	uint64_t x9 = 0, at = 0, flags = 0;

	handle(SIGSEGV, skip);
	handle(SIGBUS, skip);
	handle(SIGILL, skip);
	handle(SIGTRAP, skip);
	__asm__ volatile("mov	x10, #1\n"
			 "mov	x11, #2\n"
			 "mov	x12, #8\n"
			 "subs	x13, x10, x11\n"
			 "add	x14, x11, x11\n"
			 "adr	%1, 1f\n"
			 "1:	ldr	x9, [x12, #8]\n"
			 "mov	%0, x9\n"
			 "mrs	%2, nzcv\n"
			 : "=&r"(x9), "=&r"(at), "=&r"(flags)
			 :
			 : "x9", "x10", "x11", "x12", "x13", "x14", "cc");
	if (x9 != 999 || seen_pc != at || seen_x[10] != 1 || seen_x[11] != 2 || seen_x[12] != 8 ||
		seen_x[13] != UINT64_MAX || seen_x[14] != 4 || flags != 0x80000000 ||
		seen_far != 16 || seen_signal != SIGSEGV || seen_code != SEGV_MAPERR ||
		seen_esr >> 26 != 0x24)
		return 1;
	/* Write-back must not have happened. */
	__asm__ volatile("mov	x12, #8\n"
			 "str	x9, [x12, #16]!\n"
			 :
			 :
			 : "x9", "x12");
	if (seen_x[12] != 8 || !(seen_esr & 64))
		return 2;
	__asm__ volatile(".inst 0\n" ::: "x9");
	if (seen_signal != SIGILL || seen_code != ILL_ILLOPC)
		return 3;
	__asm__ volatile("brk #1\n" ::: "x9");
	if (seen_signal != SIGTRAP || seen_code != TRAP_BRKPT)
		return 4;
	__asm__ volatile("mov	x12, #0x1001\n"
			 "ldxr	x9, [x12]\n"
			 :
			 :
			 : "x9", "x12");
	if (seen_signal != SIGBUS || seen_code != BUS_ADRALN || seen_far != 0x1001)
		return 5;
	return 0;
}
#else
static int
check_skip(void)
{
	return 0;
}
#endif

int
main(void)
{
	area = mmap(NULL, 4096 * 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(area + 4096, 4096, PROT_NONE);
	mprotect(area + 8192, 4096, PROT_READ);
	check_accesses();
	check_end_of_file();
	check_repair();
	check_precision();
	die_in_child("blocked", SIGSEGV, 1, 0);
	die_in_child("ignored", SIGSEGV, 0, 1);
	printf("skipped instructions: %d\n", check_skip());
	return 0;
}
