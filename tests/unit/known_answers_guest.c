// SPDX-License-Identifier: Apache-2.0
//
// Makes tests/unit/known_answers.def: an arm64 program that executes every form of
// known_answer_forms.def. To do it again, on an Arm machine or with Debian's qemu-user:
//   cd tests/unit
//   aarch64-linux-gnu-gcc -static -march=armv8-a+crypto+crc -I../.. known_answers_guest.c -o known
//   qemu-aarch64-static ./known > known_answers.def
#include <stdio.h>

#include "tests/unit/known_answer_inputs.h"

/* The FPSR bits that helpers report: the cumulative flags and QC. */
#define FPSR_FLAGS 0x0800009fu

/* Executes form `number` on the operands; gives the FPSR flags that it raised. */
static uint32_t
execute_form(unsigned number, union vec128 *d, const struct known_answer_operands *operands,
	uint64_t fpcr)
{
	uint64_t fpsr = 0;

	switch (number) {
#define FORM(helper, shape, lane, to, amount, rounding, text)                                   \
	case __COUNTER__:                                                                       \
		__asm__ volatile("ldp q1, q2, [%[operands]]\n\t"                                \
				 "ldr q3, [%[operands], #32]\n\t"                               \
				 "mov v0.16b, v3.16b\n\t"                                       \
				 "movi v4.16b, #0\n\t"                                          \
				 "msr fpcr, %[fpcr]\n\t"                                        \
				 "msr fpsr, xzr\n\t" text "\n\t"                                \
				 "mrs %[fpsr], fpsr\n\t"                                        \
				 "msr fpcr, xzr\n\t"                                            \
				 "str q0, [%[d]]"                                               \
				 : [fpsr] "=&r"(fpsr)                                           \
				 : [operands] "r"(operands), [fpcr] "r"(fpcr), [d] "r"(d)       \
				 : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "x9", "x10", \
				 "cc", "memory");                                               \
		break;
#include "tests/unit/known_answer_forms.def"
#undef FORM
	}
	return (uint32_t)fpsr & FPSR_FLAGS;
}

struct form {
	unsigned lane;
	const char *text;
};

static const struct form forms[] = {
#define FORM(helper, shape, lane, to, amount, rounding, text) { lane, text },
#include "tests/unit/known_answer_forms.def"
#undef FORM
};

static uint64_t
digest_of_form(unsigned number)
{
	uint64_t state = KNOWN_ANSWER_SEED, digest = KNOWN_ANSWER_DIGEST_START;

	for (unsigned i = 0; i < KNOWN_ANSWER_CASES; i++) {
		uint32_t fpcr = known_answer_fpcr[i % KNOWN_ANSWER_MODES];
		struct known_answer_operands operands;
		union vec128 d;
		uint32_t flags;

		known_answer_next(&state, forms[number].lane, &operands);
		flags = execute_form(number, &d, &operands, fpcr);
		digest = known_answer_digest(digest, &d, flags);
	}
	return digest;
}

/* The form's text on one line. */
static void
print_text(const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			fputs("; ", stdout);
		else if (*text != '\t')
			putchar(*text);
	}
}

int
main(void)
{
	puts("// SPDX-License-Identifier: Apache-2.0\n//\n"
	     "// The digest of each form of known_answer_forms.def, in its order. Made by "
	     "known_answers_guest.c.");
	for (unsigned i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		printf("UINT64_C(0x%016llx), // ", (unsigned long long)digest_of_form(i));
		print_text(forms[i].text);
		putchar('\n');
	}
	return 0;
}
