// SPDX-License-Identifier: Apache-2.0
// Encoder tests: jumps and their patching, conditions, fixed instructions, nops, and what happens
// at the end of the buffer.
#include "encode_check.h"

static const char *const conds[] = { "o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p",
	"np", "l", "ge", "le", "g" };

/* The address that many bytes from code, mostly outside it. */
static const uint8_t *
code_plus(int64_t bytes)
{
	volatile uintptr_t address =
		(uintptr_t)code; /* the compiler is not to see an array index */

	return (const uint8_t *)(address + (uintptr_t)bytes);
}

Test(encode_control, conditions)
{
	make_operands();
	for (enum x86_cond c = X86_O; c <= X86_G; c++) {
		for (unsigned r = 0; r < 16; r++)
			CHECK(x86_setcc_r(w, c, r), "set%s %s", conds[c], gpr(1, r));
		for (unsigned size = 2; size <= 8; size *= 2)
			for (unsigned r = 0; r < 16; r++)
				CHECK(x86_cmovcc_rr(w, c, size, r, (r * 5 + c) % 16),
					"cmov%s %s, %s", conds[c], gpr(size, r),
					gpr(size, (r * 5 + c) % 16));
		for (unsigned i = 0; i < OPERANDS; i++) {
			CHECK_MEM(&operands[i], x86_setcc_m(w, c, m), "set%s byte ptr %s", conds[c],
				mem_text);
			CHECK_MEM(&operands[i], x86_cmovcc_rm(w, c, 4, i % 16, m), "cmov%s %s, %s",
				conds[c], gpr(4, i % 16), mem_text);
			CHECK_MEM(&operands[i], x86_cmovcc_rm(w, c, 8, i % 16, m), "cmov%s %s, %s",
				conds[c], gpr(8, i % 16), mem_text);
		}
		cr_expect_eq(x86_cond_not(x86_cond_not(c)), c);
		cr_expect_neq(x86_cond_not(c), c);
	}
	cr_expect_eq(x86_cond_not(X86_L), X86_GE);
	check_cases(1000);
}

Test(encode_control, indirect_jumps_and_fixed_instructions)
{
	static const struct {
		enum x86_plain instruction;
		const char *text;
	} plain[] = {
		{ X86_RET, "ret" },
		{ X86_CMC, "cmc" },
		{ X86_CLC, "clc" },
		{ X86_STC, "stc" },
		{ X86_LAHF, "lahf" },
		{ X86_SAHF, "sahf" },
		{ X86_CDQ, "cdq" },
		{ X86_CQO, "cqo" },
		{ X86_PUSHFQ, "pushfq" },
		{ X86_POPFQ, "popfq" },
		{ X86_LEAVE, "leave" },
		{ X86_INT3, "int3" },
		{ X86_UD2, "ud2" },
		{ X86_PAUSE, "pause" },
		{ X86_RDTSC, "rdtsc" },
		{ X86_MFENCE, "mfence" },
		{ X86_LFENCE, "lfence" },
		{ X86_SFENCE, "sfence" },
	};
	static const char *const prefetches[] = {
		[X86_PREFETCHNTA] = "prefetchnta",
		[X86_PREFETCHT0] = "prefetcht0",
		[X86_PREFETCHT1] = "prefetcht1",
		[X86_PREFETCHT2] = "prefetcht2",
		[X86_PREFETCHW] = "prefetchw",
	};

	make_operands();
	for (unsigned i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		CHECK(x86_plain(w, plain[i].instruction), "%s", plain[i].text);
	for (unsigned r = 0; r < 16; r++) {
		CHECK(x86_jmp_r(w, r), "jmp %s", gpr(8, r));
		CHECK(x86_call_r(w, r), "call %s", gpr(8, r));
	}
	for (unsigned i = 0; i < OPERANDS; i++) {
		CHECK_MEM(&operands[i], x86_jmp_m(w, m), "jmp qword ptr %s", mem_text);
		CHECK_MEM(&operands[i], x86_call_m(w, m), "call qword ptr %s", mem_text);
		CHECK_MEM(&operands[i], x86_ldmxcsr(w, m), "ldmxcsr dword ptr %s", mem_text);
		CHECK_MEM(&operands[i], x86_stmxcsr(w, m), "stmxcsr dword ptr %s", mem_text);
		for (unsigned k = 0; k < sizeof(prefetches) / sizeof(*prefetches); k++)
			CHECK_MEM(&operands[i], x86_prefetch(w, (enum x86_prefetch)k, m),
				"%s %s ptr %s", prefetches[k], "byte", mem_text);
	}
	check_cases(100);
}

/* Expects one instruction in code[], of that length, that capstone reads as the text says. */
static void
expect_jump(unsigned length, const char *mnemonic, const uint8_t *target)
{
	char expected[32];
	cs_insn *insn;
	csh handle;

	cr_assert_eq(cs_open(CS_ARCH_X86, CS_MODE_64, &handle), CS_ERR_OK);
	cr_assert_eq(cs_disasm(handle, code, length, (uintptr_t)code, 1, &insn), 1);
	cr_expect_eq(insn->size, length, "%s is %u bytes long", insn->mnemonic, insn->size);
	cr_expect_str_eq(insn->mnemonic, mnemonic);
	snprintf(expected, sizeof(expected), "0x%lx", (unsigned long)(uintptr_t)target);
	cr_expect_str_eq(insn->op_str, expected, "%s %s, not %s", mnemonic, insn->op_str, expected);
	cs_free(insn, 1);
	cs_close(&handle);
}

static void
check_jumps_to(const uint8_t *target, bool near)
{
	struct x86_writer writer, *w = &writer;
	char mnemonic[8];

	for (enum x86_cond c = X86_O; c <= X86_G; c++) {
		snprintf(mnemonic, sizeof(mnemonic), "j%s", conds[c]);
		writer = fresh_writer();
		x86_patch_rel32(x86_jcc_rel32(w, c), target);
		expect_jump(6, mnemonic, target);
		writer = fresh_writer();
		x86_jcc_to(w, c, target);
		expect_jump(near ? 2 : 6, mnemonic, target);
		if (near) {
			writer = fresh_writer();
			x86_patch_rel8(x86_jcc_rel8(w, c), target);
			expect_jump(2, mnemonic, target);
		}
	}
	writer = fresh_writer();
	x86_patch_rel32(x86_jmp_rel32(w), target);
	expect_jump(5, "jmp", target);
	cr_expect_eq(x86_rel32_target(code + 1), target);
	writer = fresh_writer();
	x86_jmp_to(w, target);
	expect_jump(near ? 2 : 5, "jmp", target);
	writer = fresh_writer();
	x86_patch_rel32(x86_call_rel32(w), target);
	expect_jump(5, "call", target);
	writer = fresh_writer();
	x86_call_to(w, target);
	expect_jump(5, "call", target);
}

Test(encode_control, jumps_lead_to_their_targets)
{
	struct x86_writer writer = fresh_writer();

	check_jumps_to(code_plus(0), true);
	check_jumps_to(code_plus(2 + 127), true);
	check_jumps_to(code_plus(2 + 128), false);
	check_jumps_to(code_plus(2 - 128), true);
	check_jumps_to(code_plus(2 - 129), false);
	check_jumps_to(code_plus(0x12345678), false);
	check_jumps_to(code_plus(-0x7ffffff0), false);
	x86_patch_rel8(x86_jmp_rel8(&writer), code + 40);
	expect_jump(2, "jmp", code + 40);
}

Test(encode_control, reach)
{
	struct x86_writer w = fresh_writer();

	cr_expect(x86_rel8_reaches(code, code_plus(1 + 127)));
	cr_expect_not(x86_rel8_reaches(code, code_plus(1 + 128)));
	cr_expect(x86_rel8_reaches(code, code_plus(1 - 128)));
	cr_expect_not(x86_rel8_reaches(code, code_plus(1 - 129)));
	cr_expect(x86_rel32_reaches(code, code_plus(4ll + INT32_MAX)));
	cr_expect_not(x86_rel32_reaches(code, code_plus(5ll + INT32_MAX)));
	cr_expect(x86_rel32_reaches(code, code_plus(4 + (intptr_t)INT32_MIN)));
	cr_expect_not(x86_rel32_reaches(code, code_plus(3 + (intptr_t)INT32_MIN)));
	cr_expect(x86_rip_reaches(&w, code_plus(0x7fff0000)));
	cr_expect_not(x86_rip_reaches(&w, code_plus(0x80000000ll)));
	cr_expect_not(x86_rip_reaches(&w, code_plus(-0x80000000ll)));
}

/* Unaligned fields take the other way of writing in x86_patch_rel32(). */
Test(encode_control, patching_at_every_alignment)
{
	for (unsigned i = 0; i < 8; i++) {
		uint8_t *field = code + i;

		memset(code, 0xcc, sizeof(code));
		x86_patch_rel32(field, code_plus(-1000));
		cr_expect_eq(x86_rel32_target(field), code_plus(-1000));
		cr_expect_eq(code[i + 4], 0xcc);
		cr_expect(i == 0 || code[i - 1] == 0xcc);
	}
}

Test(encode_control, nops_fill_exactly)
{
	csh handle;

	cr_assert_eq(cs_open(CS_ARCH_X86, CS_MODE_64, &handle), CS_ERR_OK);
	for (unsigned n = 0; n <= 40; n++) {
		struct x86_writer w = fresh_writer();
		unsigned covered = 0;
		cs_insn *insn;
		size_t count;

		x86_nop(&w, n);
		cr_expect_eq(w.at, code + n);
		cr_expect_eq(code[n], 0xcc);
		count = n ? cs_disasm(handle, code, n, 0, 0, &insn) : 0;
		cr_expect_eq(count, (n + 8) / 9);
		for (size_t i = 0; i < count; i++) {
			cr_expect_str_eq(insn[i].mnemonic, "nop");
			covered += insn[i].size;
		}
		cr_expect_eq(covered, n);
		if (count)
			cs_free(insn, count);
	}
	cs_close(&handle);
}

Test(encode_control, nothing_is_written_past_the_end)
{
	for (unsigned room = 0; room < 20; room++) {
		struct x86_writer w = fresh_writer();

		w.end = code + room;
		x86_movabs_ri(&w, X86_R10, 0x0102030405060708); /* 10 bytes */
		cr_expect_eq(w.overflow, room < 10);
		cr_expect_eq(w.at, room < 10 ? code : code + 10);
		cr_expect_eq(code[0], room < 10 ? 0xcc : 0x49);
		for (unsigned i = room < 10 ? 0 : 10; i < sizeof(code); i++)
			cr_expect_eq(code[i], 0xcc);
	}
}

Test(encode_control, overflow_lasts)
{
	struct x86_writer w = fresh_writer();

	w.end = code + 4;
	cr_expect_null(x86_jmp_rel32(&w));
	cr_expect_null(x86_call_rel32(&w));
	cr_expect_null(x86_push_imm32(&w, 1));
	x86_patch_rel32(x86_jcc_rel32(&w, X86_E), code);
	x86_patch_rel8(x86_jcc_rel8(&w, X86_E), code);
	x86_plain(&w, X86_RET);
	x86_nop(&w, 1);
	cr_expect(w.overflow);
	cr_expect_eq(w.at, code);
	for (unsigned i = 0; i < sizeof(code); i++)
		cr_expect_eq(code[i], 0xcc);
}

/* Near the end an instruction is put together elsewhere; rip-relative operands must not notice. */
Test(encode_control, rip_relative_at_the_end_of_the_buffer)
{
	struct x86_writer w = fresh_writer();
	int32_t distance;

	w.at = w.end - 7;
	x86_lea_rip(&w, X86_RAX, code);
	cr_assert_not(w.overflow);
	memcpy(&distance, w.end - 4, sizeof(distance));
	cr_expect_eq(w.end + distance, code);
}

Test(encode_control, short_operands_are_chosen)
{
	static const struct {
		struct x86_mem mem;
		unsigned length;
	} loads[] = {
		{ { X86_RAX, X86_NO_GPR, 0, 0, NULL }, 3 },
		{ { X86_RAX, X86_NO_GPR, 0, 127, NULL }, 4 },
		{ { X86_RAX, X86_NO_GPR, 0, 128, NULL }, 7 },
		{ { X86_RSP, X86_NO_GPR, 0, 0, NULL }, 4 },
		{ { X86_R12, X86_NO_GPR, 0, 0, NULL }, 4 },
		{ { X86_RBP, X86_NO_GPR, 0, 0, NULL }, 4 },
		{ { X86_R13, X86_NO_GPR, 0, 0, NULL }, 4 },
		{ { X86_R13, X86_RAX, 0, 0, NULL }, 4 },
		{ { X86_NO_GPR, X86_RAX, 0, 0, NULL }, 3 },
		{ { X86_NO_GPR, X86_RAX, 1, 0, NULL }, 4 },
		{ { X86_NO_GPR, X86_RAX, 2, 0, NULL }, 8 },
		{ { X86_NO_GPR, X86_NO_GPR, 0, 0, NULL }, 8 },
	};

	for (unsigned i = 0; i < sizeof(loads) / sizeof(*loads); i++) {
		struct x86_writer w = fresh_writer();

		x86_load(&w, 8, X86_RCX, loads[i].mem);
		cr_expect_eq(w.at - code, (int)loads[i].length, "load %u takes %d bytes", i,
			(int)(w.at - code));
	}
}
