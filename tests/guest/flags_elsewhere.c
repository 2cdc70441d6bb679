// SPDX-License-Identifier: Apache-2.0
//
// Flags that are made before an indirect branch, call, return or system call, and read behind it, where the registers that they were
// made from have other values: the same as those read at once. The expected output was made by qemu-aarch64.

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#ifdef __aarch64__

struct ways {
	uint64_t at_once, jump, call, ret, system_call, condition;
};

#define SPOIL "mov x0, #-1\n mov x1, #77\n fmov d0, x1\n fmov d1, x0\n"

/* x0, x1, d0, d1: operands. */
#define CASE(name, operation)                                                                      \
	static void name(struct ways *w, uint64_t x, uint64_t y)                                   \
	{                                                                                          \
		__asm__ volatile(                                                                  \
			"mov x15, x30\n"                                                           \
			"mov x0, %1\n mov x1, %2\n fmov d0, x0\n fmov d1, x1\n" operation          \
			"\n mrs x10, nzcv\n"                                                       \
			"mov x0, %1\n mov x1, %2\n fmov d0, x0\n fmov d1, x1\n"                    \
			"adr x9, 1f\n" operation "\n br x9\n"                                      \
			"1: " SPOIL "mrs x11, nzcv\n"                                              \
			"mov x0, %1\n mov x1, %2\n fmov d0, x0\n fmov d1, x1\n"                    \
			"adr x9, 2f\n" operation "\n blr x9\n"                                     \
			"2: " SPOIL "mrs x12, nzcv\n"                                              \
			"mov x0, %1\n mov x1, %2\n fmov d0, x0\n fmov d1, x1\n"                    \
			"bl 3f\n"                                                                  \
			"b 4f\n"                                                                   \
			"3: " operation "\n ret\n"                                                 \
			"4: " SPOIL "mrs x13, nzcv\n"                                              \
			"mov x0, %1\n mov x1, %2\n fmov d0, x0\n fmov d1, x1\n"                    \
			"mov x8, #172\n" operation "\n svc #0\n" SPOIL "mrs x14, nzcv\n"           \
			"mov x0, %1\n mov x1, %2\n fmov d0, x0\n fmov d1, x1\n"                    \
			"adr x9, 5f\n" operation "\n br x9\n"                                      \
			"5: " SPOIL "mov x9, #0\n"                                                 \
			"b.gt 6f\n orr x9, x9, #1\n"                                               \
			"6: b.ls 7f\n orr x9, x9, #2\n"                                            \
			"7: cset x8, mi\n add x9, x9, x8, lsl #2\n"                                \
			"cset x8, vs\n add x9, x9, x8, lsl #3\n"                                   \
			"cset x8, ge\n add x9, x9, x8, lsl #4\n"                                   \
			"mov x30, x15\n"                                                           \
			"stp x10, x11, [%0]\n stp x12, x13, [%0, #16]\n stp x14, x9, [%0, #32]"    \
			:                                                                          \
			: "r"(w), "r"(x), "r"(y)                                                   \
			: "x0", "x1", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x30", \
			"v0", "v1", "cc", "memory");                                               \
	}
CASE(cmp64, "cmp x0, x1")
CASE(cmp32, "cmp w0, w1")
CASE(cmp_small, "cmp x0, #5")
CASE(cmp_large, "cmp x0, #0x123, lsl #12")
CASE(subs64, "subs x0, x0, x1")
CASE(subs32, "subs w0, w0, #1")
CASE(adds64, "adds x0, x0, x1")
CASE(adds32, "adds w1, w0, w1")
CASE(cmn64, "cmn x0, x1")
CASE(cmn_large, "cmn w0, #0xfff, lsl #12")
CASE(tst64, "tst x0, x1")
CASE(tst_mask, "tst w0, #0xffff0000")
CASE(ands64, "ands x1, x0, x1")
CASE(bics32, "bics w0, w0, w1")
CASE(negs64, "negs x0, x1")
CASE(adcs64, "cmp x0, x1\n adcs x0, x0, x1")
CASE(ccmp64, "cmp x0, #1\n ccmp x0, x1, #5, hi")
CASE(fcmp64, "fcmp d0, d1")
CASE(fcmp32, "fcmpe s0, s1")

static const struct {
	const char *name;
	void (*function)(struct ways *, uint64_t, uint64_t);
} cases[] = {
	{ "cmp64", cmp64 },
	{ "cmp32", cmp32 },
	{ "cmp_small", cmp_small },
	{ "cmp_large", cmp_large },
	{ "subs64", subs64 },
	{ "subs32", subs32 },
	{ "adds64", adds64 },
	{ "adds32", adds32 },
	{ "cmn64", cmn64 },
	{ "cmn_large", cmn_large },
	{ "tst64", tst64 },
	{ "tst_mask", tst_mask },
	{ "ands64", ands64 },
	{ "bics32", bics32 },
	{ "negs64", negs64 },
	{ "adcs64", adcs64 },
	{ "ccmp64", ccmp64 },
	{ "fcmp64", fcmp64 },
	{ "fcmp32", fcmp32 },
};

static const uint64_t operands[] = { 0, 1, 5, 0x123000, UINT64_C(0xffffffff), UINT64_C(0x7fffffff),
	UINT64_C(0x80000000), UINT64_C(0x7fffffffffffffff), UINT64_C(0x8000000000000000),
	UINT64_MAX, UINT64_C(0x3ff0000000000000), UINT64_C(0x7ff8000000000000),
	UINT64_C(0xffffffff00000001), UINT64_C(0x3f8000003f800000) };

#define OPERANDS (sizeof(operands) / sizeof(*operands))

int
main(void)
{
	for (unsigned k = 0; k < sizeof(cases) / sizeof(*cases); k++) {
		uint64_t sum = 0;
		unsigned wrong = 0;

		for (unsigned n = 0; n < OPERANDS * OPERANDS; n++) {
			struct ways w;

			cases[k].function(&w, operands[n / OPERANDS], operands[n % OPERANDS]);
			wrong += w.jump != w.at_once;
			wrong += w.call != w.at_once;
			wrong += w.ret != w.at_once;
			wrong += w.system_call != w.at_once;
			sum = sum * 31 + (w.at_once >> 28) + w.condition * 16;
		}
		printf("%s: %u wrong, %#" PRIx64 "\n", cases[k].name, wrong, sum);
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
