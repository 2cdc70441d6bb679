// SPDX-License-Identifier: Apache-2.0
//
// Makes tests/unit/a64_answers.def: an arm64 program that executes the words of a64_answers.h. To
// do it again, on an Arm machine or with Debian's qemu-user:
//   make generated && cd tests/unit
//   aarch64-linux-gnu-gcc -static -O2 -I../.. -I../../build/gen a64_answers_guest.c ../../build/gen/frontend/a64/decode.c -o answers
//   qemu-aarch64-static ./answers > a64_answers.def
// With a word in hexadecimal as argument it prints that word's states after execution instead.
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "tests/unit/a64_answers.h"

_Static_assert(__builtin_offsetof(struct answer_state, nzcv) == 248, "assembly below");
_Static_assert(__builtin_offsetof(struct answer_state, v) == 272, "assembly below");

extern const uint32_t stub_begin[], stub_word[], stub_end[];

/* void stub(struct answer_state *): loads the state, executes the word, stores the state. */
__asm__(".text\n.globl stub_begin, stub_word, stub_end\n"
	"stub_begin:\n"
	"	sub sp, sp, #192\n"
	"	stp x29, x30, [sp]\n"
	"	stp x19, x20, [sp, #16]\n"
	"	stp x21, x22, [sp, #32]\n"
	"	stp x23, x24, [sp, #48]\n"
	"	stp x25, x26, [sp, #64]\n"
	"	stp x27, x28, [sp, #80]\n"
	"	stp d8, d9, [sp, #96]\n"
	"	stp d10, d11, [sp, #112]\n"
	"	stp d12, d13, [sp, #128]\n"
	"	stp d14, d15, [sp, #144]\n"
	"	str x0, [sp, #160]\n"
	"	ldr x1, [x0, #248]\n"
	"	msr nzcv, x1\n"
	"	ldr x1, [x0, #256]\n"
	"	msr fpcr, x1\n"
	"	msr fpsr, xzr\n"
	"	add x1, x0, #272\n"
	"	.irp n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30\n"
	"	ldr q\\n, [x1, #\\n * 16]\n"
	"	.endr\n"
	"	.irp n, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31\n"
	"	ldr q\\n, [x1, #\\n * 16]\n"
	"	.endr\n"
	"	.irp n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, "
	"22, 23, 24, 25, "
	"26, 27, 28, 29, 30\n"
	"	ldr x\\n, [x0, #\\n * 8]\n"
	"	.endr\n"
	"	ldp x0, x1, [x0]\n"
	"stub_word:\n"
	"	nop\n"
	"	stp x0, x1, [sp, #168]\n"
	"	ldr x0, [sp, #160]\n"
	"	.irp n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, "
	"22, 23, 24, 25, "
	"26, 27, 28, 29, 30\n"
	"	str x\\n, [x0, #\\n * 8]\n"
	"	.endr\n"
	"	ldp x1, x2, [sp, #168]\n"
	"	stp x1, x2, [x0]\n"
	"	mrs x1, nzcv\n"
	"	str x1, [x0, #248]\n"
	"	mrs x1, fpsr\n"
	"	str x1, [x0, #264]\n"
	"	msr fpcr, xzr\n"
	"	add x1, x0, #272\n"
	"	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, "
	"21, 22, 23, 24, "
	"25, 26, 27, 28, 29, 30, 31\n"
	"	str q\\n, [x1, #\\n * 16]\n"
	"	.endr\n"
	"	ldp x29, x30, [sp]\n"
	"	ldp x19, x20, [sp, #16]\n"
	"	ldp x21, x22, [sp, #32]\n"
	"	ldp x23, x24, [sp, #48]\n"
	"	ldp x25, x26, [sp, #64]\n"
	"	ldp x27, x28, [sp, #80]\n"
	"	ldp d8, d9, [sp, #96]\n"
	"	ldp d10, d11, [sp, #112]\n"
	"	ldp d12, d13, [sp, #128]\n"
	"	ldp d14, d15, [sp, #144]\n"
	"	add sp, sp, #192\n"
	"	ret\n"
	"stub_end:\n");

static uint32_t *code;

static void
place_word(uint32_t word)
{
	uintptr_t begin = (uintptr_t)stub_begin;

	memcpy(code, stub_begin, (uintptr_t)stub_end - begin);
	code[((uintptr_t)stub_word - begin) / 4] = word;
	__builtin___clear_cache((char *)code, (char *)code + 4096);
}

static void
execute(struct answer_state *s)
{
	((void (*)(struct answer_state *))(void *)code)(s);
}

static void
print_answer(unsigned row, uint32_t word)
{
	bool with_memory = answer_accesses_memory(&a64_rows[row]);
	uint64_t digest = 0;
	struct answer_state s;

	place_word(word);
	for (unsigned n = 0; n < ANSWER_STATES; n++) {
		answer_fill(&s, row, word, n);
		execute(&s);
		digest = answer_digest(digest, &s, with_memory);
	}
	printf("ANSWER(%s, 0x%08x, 0x%016lx)\n", a64_rows[row].name, word, digest);
}

static void
print_states(uint32_t word)
{
	unsigned row = a64_decode(word);

	place_word(word);
	for (unsigned n = 0; n < ANSWER_STATES; n++) {
		struct answer_state s;

		answer_fill(&s, row, word, n);
		execute(&s);
		printf("state %u: fpcr %lx nzcv %lx fpsr %lx\n", n, s.fpcr, s.nzcv, s.fpsr);
		for (unsigned i = 0; i < 31; i++)
			printf(" x%u %016lx\n", i, s.x[i]);
		for (unsigned i = 0; i < 32; i++)
			printf(" v%u %016lx%016lx\n", i, s.v[i].d[1], s.v[i].d[0]);
	}
}

int
main(int argc, char **argv)
{
	code = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mmap((void *)ANSWER_MEMORY, ANSWER_MEMORY_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED ||
		code == MAP_FAILED)
		return 1;
	if (argc > 1) {
		print_states((uint32_t)strtoul(argv[1], NULL, 16));
		return 0;
	}
	printf("// SPDX-License-Identifier: Apache-2.0\n"
	       "//\n"
	       "// Row, word, and digest of the states after it. Made by a64_answers_guest.c.\n");
	for (unsigned row = 0; row < A64_ROW_COUNT; row++) {
		for (unsigned n = 0; n < ANSWER_WORDS && !answer_skips(&a64_rows[row]); n++) {
			uint32_t word = answer_word(row, n);

			if (word != 0)
				print_answer(row, word);
		}
	}
	return 0;
}
