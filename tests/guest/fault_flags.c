// SPDX-License-Identifier: Apache-2.0
//
// The flags in the signal frame of a fault, where the code from the fault on overwrites them before it reads them: translated
// code need not have them at hand, but a handler sees them. The expected output was made by qemu-aarch64.

#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>
#ifdef __aarch64__

static volatile unsigned seen;

static void
on_fault(int signo, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)signo;
	(void)info;
	seen = seen << 4 | (unsigned)(uc->uc_mcontext.pstate >> 28 & 15);
	uc->uc_mcontext.pc += 4;
}

/*
 * OPERATION, then a conditional branch whose both sides go on to a load that faults and to a comparison that overwrites the flags.
 * x0, x1, d0, d1: operands. x9 = 0.
 */
#define CASE(name, operation) \
	PLACE(name, operation) BACK(name##_back, operation) THERE(name##_there, operation)
#define PLACE(name, operation)                                                        \
	static void name(uint64_t x, uint64_t y)                                      \
	{                                                                             \
		register uint64_t x0 __asm__("x0") = x, x1 __asm__("x1") = y;         \
                                                                                      \
		__asm__ volatile("fmov d0, x0\n fmov d1, x1\n mov x9, #0\n" operation \
				 "\n b.eq 1f\n"                                       \
				 "add x10, x9, #1\n"                                  \
				 "ldr x11, [x9]\n"                                    \
				 "cmp x9, #1\n"                                       \
				 "b 2f\n"                                             \
				 "1: mov x10, #2\n"                                   \
				 "cbz x10, 2f\n"                                      \
				 "ldr x11, [x9, #8]\n"                                \
				 "tst x9, #1\n"                                       \
				 "2:"                                                 \
				 : "+r"(x0), "+r"(x1)                                 \
				 :                                                    \
				 : "x9", "x10", "x11", "v0", "v1", "cc", "memory");   \
	}
/* OPERATION in a function; behind the call the load that faults, once registers that might have been its operands are others. */
#define BACK(name, operation)                                                                   \
	static void name(uint64_t x, uint64_t y)                                                \
	{                                                                                       \
		register uint64_t x0 __asm__("x0") = x, x1 __asm__("x1") = y;                   \
                                                                                                \
		__asm__ volatile(                                                               \
			"fmov d0, x0\n fmov d1, x1\n mov x9, #0\n"                              \
			"mov x12, x0\n mov x13, x1\n"                                           \
			"adr x10, 3f\n"                                                         \
			"bl 3f\n"                                                               \
			"mov x0, #13\n mov x1, #13\n fmov d0, x9\n"                             \
			"ldr x11, [x9]\n"                                                       \
			"cmp x9, #1\n"                                                          \
			"mov x0, x12\n mov x1, x13\n fmov d0, x0\n fmov d1, x1\n"               \
			"blr x10\n"                                                             \
			"ldr x11, [x9, #8]\n"                                                   \
			"mov x0, #13\n mov x1, #13\n fmov d0, x9\n"                             \
			"cmp x9, #1\n"                                                          \
			"b 2f\n"                                                                \
			"3: " operation "\n"                                                    \
			"ret\n"                                                                 \
			"2:"                                                                    \
			: "+r"(x0), "+r"(x1)                                                    \
			:                                                                       \
			: "x9", "x10", "x11", "x12", "x13", "x30", "v0", "v1", "cc", "memory"); \
	}
/* OPERATION before a call and before an indirect jump; the load that faults is there. */
#define THERE(name, operation)                                                                  \
	static void name(uint64_t x, uint64_t y)                                                \
	{                                                                                       \
		register uint64_t x0 __asm__("x0") = x, x1 __asm__("x1") = y;                   \
                                                                                                \
		__asm__ volatile(                                                               \
			"fmov d0, x0\n fmov d1, x1\n mov x9, #0\n"                              \
			"mov x12, x0\n mov x13, x1\n"                                           \
			"adr x10, 3f\n" operation "\n"                                          \
			"bl 3f\n"                                                               \
			"mov x0, x12\n mov x1, x13\n fmov d0, x0\n fmov d1, x1\n"               \
			"adr x30, 2f\n" operation "\n"                                          \
			"br x10\n"                                                              \
			"3: mov x0, #13\n mov x1, #13\n fmov d0, x9\n fmov d1, x9\n"            \
			"ldr x11, [x9]\n"                                                       \
			"cmp x9, #1\n"                                                          \
			"ret\n"                                                                 \
			"2:"                                                                    \
			: "+r"(x0), "+r"(x1)                                                    \
			:                                                                       \
			: "x9", "x10", "x11", "x12", "x13", "x30", "v0", "v1", "cc", "memory"); \
	}
CASE(cmp64, "cmp x0, x1")
CASE(cmp32, "cmp w0, w1")
CASE(cmp_extended, "cmp x0, w1, sxtb")
CASE(cmp_shifted, "cmp x0, x1, lsl #3")
CASE(cmp_imm, "cmp x0, #5")
CASE(cmp_imm_wide, "cmp x0, #0x123, lsl #12")
CASE(cmn32, "cmn w0, w1")
CASE(cmn_imm, "cmn x0, #5")
CASE(tst64, "tst x0, x1")
CASE(tst_imm, "tst w0, #0xff00")
CASE(subs_same, "subs x0, x0, #1")
CASE(subs_same32, "subs w0, w0, w1")
CASE(subs_other, "subs x1, x0, x1")
CASE(adds_same, "adds x0, x0, x1")
CASE(adds_imm32, "adds w0, w0, #0xfff")
CASE(ands_same, "ands x0, x0, x1")
CASE(bics_same, "bics w0, w0, w1")
CASE(overwritten, "cmp x0, x1\n mov x0, #77")
CASE(overwritten_result, "subs x0, x0, x1\n mov x0, #77\n mov x1, #3")
CASE(negate, "negs x0, x1")
CASE(adcs, "cmp x0, x1\n adcs x0, x0, x1")
CASE(sbcs, "cmp x0, x1\n sbcs w0, w0, w1")
CASE(ccmp, "cmp x0, #0\n ccmp x0, x1, #6, gt")
CASE(fcmp64, "fcmp d0, d1")
CASE(fcmp32, "fcmp s0, s1")
CASE(fcmp_zero, "fcmp d0, #0.0")
CASE(fcmp_overwritten, "fcmp d0, d1\n fmov d0, d1")

static const struct {
	const char *name;
	void (*run)(uint64_t, uint64_t);
} cases[] = {
#define ROW(name)                                        \
	{ #name, name }, { #name " back", name##_back }, \
	{                                                \
#name " there", name##_there             \
	}
	ROW(cmp64),
	ROW(cmp32),
	ROW(cmp_extended),
	ROW(cmp_shifted),
	ROW(cmp_imm),
	ROW(cmp_imm_wide),
	ROW(cmn32),
	ROW(cmn_imm),
	ROW(tst64),
	ROW(tst_imm),
	ROW(subs_same),
	ROW(subs_same32),
	ROW(subs_other),
	ROW(adds_same),
	ROW(adds_imm32),
	ROW(ands_same),
	ROW(bics_same),
	ROW(overwritten),
	ROW(overwritten_result),
	ROW(negate),
	ROW(adcs),
	ROW(sbcs),
	ROW(ccmp),
	ROW(fcmp64),
	ROW(fcmp32),
	ROW(fcmp_zero),
	ROW(fcmp_overwritten),
};

static const uint64_t values[] = { 0, 1, 5, UINT64_MAX, 0x8000000000000000, 0x7fffffffffffffff,
	0x80000000, 0x7fffffff, 0xffffffff, 0x123000, 0x3ff0000000000000, 0xbff0000000000000,
	0x7ff8000000000000, 0x3f800000bf800000 };
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int
main(void)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &action, NULL);
	for (unsigned k = 0; k < COUNT(cases); k++) {
		printf("%s", cases[k].name);
		for (unsigned a = 0; a < COUNT(values); a++) {
			seen = 0;
			for (unsigned b = 0; b < 7; b++)
				cases[k].run(values[a], values[(a + b * b) % COUNT(values)]);
			printf(" %07x", seen);
		}
		printf("\n");
	}
	return 0;
}
#else
int
main(void)
{
	return 0;
}
#endif
