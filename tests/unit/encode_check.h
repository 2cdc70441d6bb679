// SPDX-License-Identifier: Apache-2.0
// For the encoder's tests.  A case is what the encoder wrote and the assembler text of what was
// asked for.  All cases of a test are assembled in one run of GNU as; the encoder's bytes must be
// the assembler's, or else be no longer and read the same in capstone, or in objdump where capstone
// does not know the form.  A case may name a second text that means the same thing.
#ifndef DRAGOMAN_TESTS_ENCODE_CHECK_H
#define DRAGOMAN_TESTS_ENCODE_CHECK_H

#include "backend/x86_64/encode.h"

#include <capstone/capstone.h>
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_SIZE 160

struct bytes {
	uint8_t byte[16];
	unsigned length;
};

struct encode_case {
	char text[TEXT_SIZE];
	char alternative[TEXT_SIZE]; /* empty if there is none */
	struct bytes ours;
};

/* A memory operand with its assembler text, in brackets. */
struct operand {
	struct x86_mem mem;
	char text[48];
	char alternative[48];
};

static struct encode_case *cases;
static unsigned case_count, case_room;

/* Where the encoder writes, and the target that rip-relative operands get. */
static uint8_t code[64];
static const uint8_t *rip_target;

static const char *const gpr_names[4][16] = {
	{ "al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil", "r8b", "r9b", "r10b", "r11b", "r12b",
		"r13b", "r14b", "r15b" },
	{ "ax", "cx", "dx", "bx", "sp", "bp", "si", "di", "r8w", "r9w", "r10w", "r11w", "r12w",
		"r13w", "r14w", "r15w" },
	{ "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "r8d", "r9d", "r10d", "r11d",
		"r12d", "r13d", "r14d", "r15d" },
	{ "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12",
		"r13", "r14", "r15" },
};

/* The name of a register at a size of 1, 2, 4 or 8 bytes. */
static inline const char *
gpr(unsigned size, unsigned reg)
{
	return gpr_names[size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3][reg];
}

/* "dword ptr" and such */
static inline const char *
ptr(unsigned size)
{
	switch (size) {
	case 1: return "byte ptr";
	case 2: return "word ptr";
	case 4: return "dword ptr";
	case 8: return "qword ptr";
	default: return "xmmword ptr";
	}
}

static inline struct operand
operand_of(unsigned base, unsigned index, unsigned scale_log2, int disp)
{
	struct operand o = { .mem = x86_mem_index(base, index, scale_log2, disp) };
	const char *b = base < 16 ? gpr(8, base) : "";

	if (base == X86_RIP) {
		o.mem = x86_mem_rip(NULL);
		o.mem.disp = disp; /* only here: the encoder does not look at it */
		snprintf(o.text, sizeof(o.text), "[rip%+d]", disp);
	} else if (index == X86_NO_GPR && base == X86_NO_GPR) {
		o.mem = x86_mem_absolute(disp);
		snprintf(o.text, sizeof(o.text), "[%d]", disp);
	} else if (index == X86_NO_GPR) {
		o.mem = x86_mem_base(base, disp);
		snprintf(o.text, sizeof(o.text), "[%s%+d]", b, disp);
	} else if (index == X86_RSP) {
		snprintf(o.text, sizeof(o.text), "[rsp+%s*1%+d]", b, disp);
	} else {
		snprintf(o.text, sizeof(o.text), "[%s+%s*%d%+d]", b, gpr(8, index), 1 << scale_log2,
			disp);
		if (base == X86_NO_GPR && scale_log2 == 0)
			snprintf(o.alternative, sizeof(o.text), "[%s%+d]", gpr(8, index), disp);
		else if (base == X86_NO_GPR && scale_log2 == 1)
			snprintf(o.alternative, sizeof(o.text), "[%s+%s*1%+d]", gpr(8, index),
				gpr(8, index), disp);
		else if (scale_log2 == 0)
			snprintf(o.alternative, sizeof(o.text), "[%s+%s*1%+d]", gpr(8, index), b,
				disp);
	}
	return o;
}

/* The operand's value for the encoder. */
static inline struct x86_mem
mem_of(const struct operand *o)
{
	struct x86_mem mem = o->mem;

	if (mem.base == X86_RIP) {
		mem.target = rip_target;
		mem.disp = 0;
	}
	return mem;
}

/* Memory operands of every form: no, one-byte and four-byte displacements, all the special registers. */
#define OPERANDS 28
static struct operand operands[OPERANDS];

static inline void
make_operands(void)
{
	static const struct {
		uint8_t base, index, scale_log2;
		int disp;
	} forms[OPERANDS] = {
		{ X86_RAX, X86_NO_GPR, 0, 0 },
		{ X86_RBP, X86_NO_GPR, 0, 0 },
		{ X86_RSP, X86_NO_GPR, 0, 0 },
		{ X86_R12, X86_NO_GPR, 0, 0 },
		{ X86_R13, X86_NO_GPR, 0, 0 },
		{ X86_RDI, X86_NO_GPR, 0, 127 },
		{ X86_R9, X86_NO_GPR, 0, -128 },
		{ X86_RBX, X86_NO_GPR, 0, 128 },
		{ X86_R15, X86_NO_GPR, 0, -129 },
		{ X86_RSP, X86_NO_GPR, 0, 16 },
		{ X86_R12, X86_NO_GPR, 0, 0x12345678 },
		{ X86_RBP, X86_NO_GPR, 0, -64 },
		{ X86_RCX, X86_RDX, 0, 0 },
		{ X86_RBP, X86_RAX, 0, 0 },
		{ X86_R13, X86_R8, 0, 0 },
		{ X86_R13, X86_RBP, 0, 0 },
		{ X86_RAX, X86_RSP, 0, 8 },
		{ X86_RSI, X86_R12, 3, 64 },
		{ X86_R8, X86_R13, 2, 0 },
		{ X86_RSP, X86_RBP, 1, -1000 },
		{ X86_NO_GPR, X86_RSI, 2, 16 },
		{ X86_NO_GPR, X86_R9, 3, 0 },
		{ X86_NO_GPR, X86_R10, 1, 5 },
		{ X86_NO_GPR, X86_RBP, 0, 0 },
		{ X86_RIP, X86_NO_GPR, 0, 0x1234 },
		{ X86_RIP, X86_NO_GPR, 0, -32 },
		{ X86_NO_GPR, X86_NO_GPR, 0, 0x1000 },
		{ X86_NO_GPR, X86_NO_GPR, 0, -16 },
	};

	for (unsigned i = 0; i < OPERANDS; i++)
		operands[i] = operand_of(
			forms[i].base, forms[i].index, forms[i].scale_log2, forms[i].disp);
}

static inline struct x86_writer
fresh_writer(void)
{
	memset(code, 0xcc, sizeof(code));
	return (struct x86_writer){ .at = code, .end = code + sizeof(code) };
}

static inline struct encode_case *
new_case(const struct x86_writer *w)
{
	struct encode_case *c;

	cr_assert_not(w->overflow);
	cr_assert_leq(w->at - code, 15);
	if (case_count == case_room) {
		case_room = case_room ? case_room * 2 : 1024;
		cases = realloc(cases, case_room * sizeof(*cases));
		cr_assert_not_null(cases);
	}
	c = &cases[case_count++];
	memset(c, 0, sizeof(*c));
	c->ours.length = (unsigned)(w->at - code);
	memcpy(c->ours.byte, code, c->ours.length);
	return c;
}

/* CHECK(emit expression that uses `w`, "text", ...): a case without a memory operand. */
#define CHECK(emit, ...)                                                 \
	do {                                                             \
		struct x86_writer writer = fresh_writer(), *w = &writer; \
		emit;                                                    \
		snprintf(new_case(w)->text, TEXT_SIZE, __VA_ARGS__);     \
	} while (0)

/*
 * CHECK_MEM(operand, emit expression that uses `w` and `m`, "text", arguments that use `mem_text`):
 * encoded twice, since what [rip+n] means depends on the instruction's length.
 */
#define CHECK_MEM(where, emit, ...)                                        \
	do {                                                               \
		const struct operand *o_ = (where);                        \
		struct x86_writer writer = fresh_writer(), *w = &writer;   \
		struct encode_case *c_;                                    \
		struct x86_mem m;                                          \
		const char *mem_text = o_->text;                           \
		rip_target = code;                                         \
		m = mem_of(o_);                                            \
		emit;                                                      \
		rip_target = w->at + o_->mem.disp;                         \
		m = mem_of(o_);                                            \
		writer = fresh_writer();                                   \
		emit;                                                      \
		c_ = new_case(w);                                          \
		snprintf(c_->text, TEXT_SIZE, __VA_ARGS__);                \
		mem_text = o_->alternative;                                \
		if (*mem_text)                                             \
			snprintf(c_->alternative, TEXT_SIZE, __VA_ARGS__); \
	} while (0)

/* Says that the last case may also be read as this text. */
#define ALSO(...) snprintf(cases[case_count - 1].alternative, TEXT_SIZE, __VA_ARGS__)

static inline void
run(const char *command)
{
	cr_assert_eq(system(command), 0, "%s failed", command);
}

static inline size_t
read_all(const char *path, uint8_t **content)
{
	FILE *f = fopen(path, "rb");
	long size;

	cr_assert_not_null(f, "%s", path);
	cr_assert_eq(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	rewind(f);
	*content = malloc((size_t)size + 1);
	cr_assert_eq(fread(*content, 1, (size_t)size, f), (size_t)size);
	fclose(f);
	return (size_t)size;
}

/* Assembles the texts (NULL: the empty ones give no bytes), results[] in the same order. */
static inline void
assemble(size_t text_offset, struct bytes *results)
{
	char dir[] = "/tmp/dragoman-encode-XXXXXX", path[128], command[512];
	uint8_t *text, *lengths;
	size_t text_size, at = 0;
	FILE *f;

	cr_assert_not_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/cases.s", dir);
	f = fopen(path, "w");
	cr_assert_not_null(f);
	fprintf(f, ".intel_syntax noprefix\n.section .lengths,\"a\"\n.text\n");
	for (unsigned i = 0; i < case_count; i++)
		fprintf(f, ".La%u:\t%s\n.Lb%u:\t.section .lengths\n\t.byte .Lb%u-.La%u\n\t.text\n",
			i, (const char *)&cases[i] + text_offset, i, i, i);
	fclose(f);
	snprintf(command, sizeof(command),
		"cd %s && as --64 -o cases.o cases.s && objcopy -O binary -j .text cases.o text && "
		"objcopy -O binary -j .lengths cases.o lengths",
		dir);
	run(command);
	snprintf(path, sizeof(path), "%s/text", dir);
	text_size = read_all(path, &text);
	snprintf(path, sizeof(path), "%s/lengths", dir);
	cr_assert_eq(read_all(path, &lengths), case_count);
	for (unsigned i = 0; i < case_count; i++) {
		results[i].length = lengths[i];
		cr_assert_leq(lengths[i], 15);
		cr_assert_leq(at + lengths[i], text_size);
		memcpy(results[i].byte, text + at, lengths[i]);
		at += lengths[i];
	}
	free(text);
	free(lengths);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	run(command);
}

/* What capstone reads in the bytes, if it is one whole instruction; else an empty text. */
static inline void
disassemble(csh handle, const struct bytes *b, char *text, size_t size)
{
	cs_insn *insn;
	size_t count = cs_disasm(handle, b->byte, b->length, 0, 1, &insn);

	*text = 0;
	if (count == 1 && insn->size == b->length)
		snprintf(text, size, "%s %s", insn->mnemonic, insn->op_str);
	if (count > 0)
		cs_free(insn, count);
}

static inline bool
same_instruction(csh handle, const struct bytes *ours, const struct bytes *theirs)
{
	char a[256], b[256];

	if (theirs->length == 0 || ours->length > theirs->length)
		return false;
	if (ours->length == theirs->length && memcmp(ours->byte, theirs->byte, ours->length) == 0)
		return true;
	disassemble(handle, ours, a, sizeof(a));
	disassemble(handle, theirs, b, sizeof(b));
	return *a && strcmp(a, b) == 0;
}

static inline void
hex(const struct bytes *b, char *text)
{
	*text = 0;
	for (unsigned i = 0; i < b->length; i++)
		text += sprintf(text, "%02x ", b->byte[i]);
}

/* For the forms that capstone cannot read: the texts that objdump has for ours and theirs are equal. */
static inline bool
same_in_objdump(const struct bytes *ours, const struct bytes *theirs)
{
	char path[] = "/tmp/dragoman-objdump-XXXXXX", command[160], line[256],
	     text[2][256] = { { 0 } };
	uint8_t slots[2][16];
	unsigned long address;
	int fd, start;
	FILE *f;

	if (theirs->length == 0 || ours->length > theirs->length)
		return false;
	fd = mkstemp(path);
	cr_assert_geq(fd, 0);
	memset(slots, 0x90, sizeof(slots));
	memcpy(slots[0], ours->byte, ours->length);
	memcpy(slots[1], theirs->byte, theirs->length);
	cr_assert_eq(write(fd, slots, sizeof(slots)), (ssize_t)sizeof(slots));
	close(fd);
	snprintf(command, sizeof(command),
		"objdump -D -b binary -m i386:x86-64 -M intel --no-show-raw-insn %s", path);
	f = popen(command, "r");
	cr_assert_not_null(f);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "#")] = 0; /* the address that [rip+n] comes to */
		start = 0; /* stays so where the colon is missing, as in the line that names the section */
		if (sscanf(line, " %lx: %n", &address, &start) == 1 && start && address % 16 == 0)
			snprintf(text[address / 16 & 1], sizeof(text[0]), "%s", line + start);
	}
	cr_assert_eq(pclose(f), 0);
	unlink(path);
	return *text[0] && !strstr(text[0], "(bad)") && strcmp(text[0], text[1]) == 0;
}

/* Whether the encoder's bytes are the instruction that its text, or the other one, says. */
static inline bool
is_right(csh handle, const struct bytes *ours, const struct bytes *text,
	const struct bytes *alternative)
{
	return same_instruction(handle, ours, text) ||
	       same_instruction(handle, ours, alternative) || same_in_objdump(ours, text) ||
	       same_in_objdump(ours, alternative);
}

/* Checks all cases gathered so far; at least `least` of them must be there. */
static inline void
check_cases(unsigned least)
{
	struct bytes *expected = calloc(case_count, sizeof(*expected));
	struct bytes *alternative = calloc(case_count, sizeof(*alternative));
	unsigned failures = 0;
	csh handle;

	cr_assert_geq(case_count, least, "only %u cases", case_count);
	cr_assert_eq(cs_open(CS_ARCH_X86, CS_MODE_64, &handle), CS_ERR_OK);
	assemble(offsetof(struct encode_case, text), expected);
	assemble(offsetof(struct encode_case, alternative), alternative);
	for (unsigned i = 0; i < case_count; i++) {
		const struct encode_case *c = &cases[i];
		char ours[64], theirs[64], other[64];

		if (failures > 40 || is_right(handle, &c->ours, &expected[i], &alternative[i]))
			continue;
		hex(&c->ours, ours);
		hex(&expected[i], theirs);
		hex(&alternative[i], other);
		failures++;
		cr_log_error("%s: wrote %s, as writes %s%s%s", c->text, ours, theirs,
			*other ? "or " : "", other);
	}
	cs_close(&handle);
	free(expected);
	free(alternative);
	free(cases);
	cases = NULL;
	cr_expect_eq(failures, 0, "at least %u of %u encodings are wrong", failures, case_count);
	case_count = case_room = 0;
}

#endif
