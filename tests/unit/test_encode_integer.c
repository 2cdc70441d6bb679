// SPDX-License-Identifier: Apache-2.0
// Encoder tests: integer instructions, in every size, with every register and every kind of memory
// operand, against the assembler; and that the shortest form is chosen.
#include "encode_check.h"

static const uint8_t sizes[] = { 1, 2, 4, 8 };
static const int32_t immediates[] = { 0, 1, -1, 127, -128, 128, -129, 0x7fff, 0x12345678,
	INT32_MIN };

/* NOLINTBEGIN(bugprone-macro-parentheses): names of loop variables */
#define EACH(i, array)  for (unsigned i = 0; i < sizeof(array) / sizeof(*(array)); i++)
#define EACH_OPERAND(o) for (const struct operand *o = operands; o < operands + OPERANDS; o++)

/* The pairs of registers that matter: every register in each place, and some of both. */
#define EACH_PAIR(d, s)                   \
	for (unsigned d = 0; d < 16; d++) \
		for (unsigned s = d & 1; s < 16; s += d % 5 == 0 ? 2 : 3)

/* NOLINTEND(bugprone-macro-parentheses) */

/* An immediate as the assembler wants it for the size: nothing that does not fit. */
static int32_t
fit(unsigned size, int32_t imm)
{
	return size == 1 ? (int8_t)imm : size == 2 ? (int16_t)imm : imm;
}

static const char *const alu_names[] = { "add", "or", "adc", "sbb", "and", "sub", "xor", "cmp" };

static void
check_alu(enum x86_alu op, unsigned size)
{
	const char *n = alu_names[op];

	EACH_PAIR(d, s)
	CHECK(x86_alu_rr(w, op, size, d, s), "%s %s, %s", n, gpr(size, d), gpr(size, s));
	for (unsigned d = 0; d < 16; d++)
		EACH(i, immediates)
	CHECK(x86_alu_ri(w, op, size, d, immediates[i]), "%s %s, %d", n, gpr(size, d),
		fit(size, immediates[i]));
	EACH_OPERAND(o)
	{
		unsigned r = (unsigned)(o - operands + op) % 16;

		CHECK_MEM(o, x86_alu_rm(w, op, size, r, m), "%s %s, %s", n, gpr(size, r), mem_text);
		CHECK_MEM(o, x86_alu_mr(w, op, size, m, r), "%s %s, %s", n, mem_text, gpr(size, r));
		EACH(i, immediates)
		CHECK_MEM(o, x86_alu_mi(w, op, size, m, immediates[i]), "%s %s %s, %d", n,
			ptr(size), mem_text, fit(size, immediates[i]));
		if (op == X86_CMP)
			continue;
		CHECK_MEM(o, x86_lock_alu_mr(w, op, size, m, r), "lock %s %s, %s", n, mem_text,
			gpr(size, r));
		CHECK_MEM(o, x86_lock_alu_mi(w, op, size, m, 77), "lock %s %s %s, 77", n, ptr(size),
			mem_text);
		CHECK_MEM(o, x86_lock_alu_mi(w, op, size, m, 0x4321), "lock %s %s %s, %d", n,
			ptr(size), mem_text, fit(size, 0x4321));
	}
}

Test(encode_integer, alu)
{
	make_operands();
	for (enum x86_alu op = X86_ADD; op <= X86_CMP; op++)
		EACH(i, sizes)
	check_alu(op, sizes[i]);
	check_cases(10000);
}

static void
check_test(unsigned size)
{
	EACH_PAIR(a, b)
	CHECK(x86_test_rr(w, size, a, b), "test %s, %s", gpr(size, a), gpr(size, b));
	for (unsigned a = 0; a < 16; a++)
		EACH(i, immediates)
	CHECK(x86_test_ri(w, size, a, immediates[i]), "test %s, %d", gpr(size, a),
		fit(size, immediates[i]));
	EACH_OPERAND(o)
	{
		unsigned r = (unsigned)(o - operands) % 16;

		CHECK_MEM(o, x86_test_mr(w, size, m, r), "test %s, %s", mem_text, gpr(size, r));
		EACH(i, immediates)
		CHECK_MEM(o, x86_test_mi(w, size, m, immediates[i]), "test %s %s, %d", ptr(size),
			mem_text, fit(size, immediates[i]));
	}
}

static void
check_unary(enum x86_unary op, unsigned size)
{
	static const char *const names[] = {
		[X86_NOT] = "not",
		[X86_NEG] = "neg",
		[X86_MUL] = "mul",
		[X86_IMUL] = "imul",
		[X86_DIV] = "div",
		[X86_IDIV] = "idiv",
		[X86_INC] = "inc",
		[X86_DEC] = "dec",
	};
	const char *n = names[op];

	for (unsigned r = 0; r < 16; r++)
		CHECK(x86_unary_r(w, op, size, r), "%s %s", n, gpr(size, r));
	EACH_OPERAND(o)
	{
		CHECK_MEM(o, x86_unary_m(w, op, size, m), "%s %s %s", n, ptr(size), mem_text);
		if (op < X86_MUL || op > X86_IDIV)
			CHECK_MEM(o, x86_lock_unary_m(w, op, size, m), "lock %s %s %s", n,
				ptr(size), mem_text);
	}
}

Test(encode_integer, test_and_one_operand)
{
	make_operands();
	EACH(i, sizes)
	{
		check_test(sizes[i]);
		for (enum x86_unary op = X86_NOT; op <= X86_DEC; op++)
			check_unary(op, sizes[i]);
	}
	check_cases(4000);
}

static void
check_imul(unsigned size)
{
	EACH_PAIR(d, s)
	{
		CHECK(x86_imul_rr(w, size, d, s), "imul %s, %s", gpr(size, d), gpr(size, s));
		EACH(i, immediates)
		CHECK(x86_imul_rri(w, size, d, s, immediates[i]), "imul %s, %s, %d", gpr(size, d),
			gpr(size, s), fit(size, immediates[i]));
	}
	EACH_OPERAND(o)
	{
		unsigned r = (unsigned)(o - operands) % 16;

		CHECK_MEM(o, x86_imul_rm(w, size, r, m), "imul %s, %s", gpr(size, r), mem_text);
		EACH(i, immediates)
		CHECK_MEM(o, x86_imul_rmi(w, size, r, m, immediates[i]), "imul %s, %s %s, %d",
			gpr(size, r), ptr(size), mem_text, fit(size, immediates[i]));
	}
}

/* Three-operand VEX instructions on general-purpose registers. */
static void
check_bmi(unsigned size, unsigned d, unsigned a, unsigned b)
{
	const char *D = gpr(size, d), *A = gpr(size, a), *B = gpr(size, b);

	CHECK(x86_mulx_rrr(w, size, d, a, b), "mulx %s, %s, %s", D, A, B);
	CHECK(x86_andn_rrr(w, size, d, a, b), "andn %s, %s, %s", D, A, B);
	CHECK(x86_bextr_rrr(w, size, d, a, b), "bextr %s, %s, %s", D, A, B);
	CHECK(x86_bzhi_rrr(w, size, d, a, b), "bzhi %s, %s, %s", D, A, B);
	CHECK(x86_pext_rrr(w, size, d, a, b), "pext %s, %s, %s", D, A, B);
	CHECK(x86_pdep_rrr(w, size, d, a, b), "pdep %s, %s, %s", D, A, B);
	CHECK(x86_blsr_rr(w, size, d, b), "blsr %s, %s", D, B);
	CHECK(x86_rorx_rri(w, size, d, b, a), "rorx %s, %s, %u", D, B, a);
	CHECK(x86_shiftx_rrr(w, X86_SHL, size, d, a, b), "shlx %s, %s, %s", D, A, B);
	CHECK(x86_shiftx_rrr(w, X86_SHR, size, d, a, b), "shrx %s, %s, %s", D, A, B);
	CHECK(x86_shiftx_rrr(w, X86_SAR, size, d, a, b), "sarx %s, %s, %s", D, A, B);
}

static void
check_bmi_memory(const struct operand *o, unsigned size, unsigned d, unsigned a)
{
	const char *D = gpr(size, d), *A = gpr(size, a), *p = ptr(size);

	CHECK_MEM(o, x86_mulx_rrm(w, size, d, a, m), "mulx %s, %s, %s %s", D, A, p, mem_text);
	CHECK_MEM(o, x86_andn_rrm(w, size, d, a, m), "andn %s, %s, %s %s", D, A, p, mem_text);
	CHECK_MEM(o, x86_rorx_rmi(w, size, d, m, 31), "rorx %s, %s %s, 31", D, p, mem_text);
	CHECK_MEM(o, x86_shiftx_rmr(w, X86_SHL, size, d, m, a), "shlx %s, %s %s, %s", D, p,
		mem_text, A);
	CHECK_MEM(o, x86_shiftx_rmr(w, X86_SHR, size, d, m, a), "shrx %s, %s %s, %s", D, p,
		mem_text, A);
	CHECK_MEM(o, x86_shiftx_rmr(w, X86_SAR, size, d, m, a), "sarx %s, %s %s, %s", D, p,
		mem_text, A);
}

Test(encode_integer, multiplication_and_bmi)
{
	make_operands();
	EACH(i, sizes)
	{
		if (sizes[i] >= 2)
			check_imul(sizes[i]);
		if (sizes[i] < 4)
			continue;
		EACH_PAIR(d, s)
		check_bmi(sizes[i], d, s, (d * 7 + s) % 16);
		EACH_OPERAND(o)
		check_bmi_memory(o, sizes[i], (unsigned)(o - operands) % 16,
			(unsigned)(o - operands) * 5 % 16);
	}
	check_cases(5000);
}

static void
check_extending_moves(unsigned d, unsigned s)
{
	CHECK(x86_zero_extend(w, 1, d, s), "movzx %s, %s", gpr(4, d), gpr(1, s));
	CHECK(x86_zero_extend(w, 2, d, s), "movzx %s, %s", gpr(4, d), gpr(2, s));
	CHECK(x86_zero_extend(w, 4, d, s), "mov %s, %s", gpr(4, d), gpr(4, s));
	if (d < 8)
		CHECK(x86_zero_extend_ah(w, d), "movzx %s, ah", gpr(4, d));
	for (unsigned to = 4; to <= 8; to += 4) {
		CHECK(x86_sign_extend(w, 1, to, d, s), "movsx %s, %s", gpr(to, d), gpr(1, s));
		CHECK(x86_sign_extend(w, 2, to, d, s), "movsx %s, %s", gpr(to, d), gpr(2, s));
		if (to == 4 && d == 0 && s == 0)
			ALSO("cwde");
	}
	CHECK(x86_sign_extend(w, 4, 8, d, s), "movsxd %s, %s", gpr(8, d), gpr(4, s));
	if (d == 0 && s == 0)
		ALSO("cdqe");
}

static void
check_loads(const struct operand *o, unsigned r)
{
	CHECK_MEM(o, x86_load(w, 1, r, m), "movzx %s, byte ptr %s", gpr(4, r), mem_text);
	CHECK_MEM(o, x86_load(w, 2, r, m), "movzx %s, word ptr %s", gpr(4, r), mem_text);
	CHECK_MEM(o, x86_load(w, 4, r, m), "mov %s, %s", gpr(4, r), mem_text);
	CHECK_MEM(o, x86_load(w, 8, r, m), "mov %s, %s", gpr(8, r), mem_text);
	CHECK_MEM(o, x86_load_partial(w, 1, r, m), "mov %s, %s", gpr(1, r), mem_text);
	CHECK_MEM(o, x86_load_partial(w, 2, r, m), "mov %s, %s", gpr(2, r), mem_text);
	for (unsigned to = 4; to <= 8; to += 4) {
		CHECK_MEM(o, x86_load_signed(w, 1, to, r, m), "movsx %s, byte ptr %s", gpr(to, r),
			mem_text);
		CHECK_MEM(o, x86_load_signed(w, 2, to, r, m), "movsx %s, word ptr %s", gpr(to, r),
			mem_text);
	}
	CHECK_MEM(
		o, x86_load_signed(w, 4, 8, r, m), "movsxd %s, dword ptr %s", gpr(8, r), mem_text);
	for (unsigned size = 2; size <= 8; size *= 2) {
		CHECK_MEM(o, x86_movbe_rm(w, size, r, m), "movbe %s, %s", gpr(size, r), mem_text);
		CHECK_MEM(o, x86_movbe_mr(w, size, m, r), "movbe %s, %s", mem_text, gpr(size, r));
		CHECK_MEM(o, x86_lea(w, size, r, m), "lea %s, %s", gpr(size, r), mem_text);
	}
}

static void
check_stores(const struct operand *o, unsigned r, unsigned size)
{
	CHECK_MEM(o, x86_store(w, size, m, r), "mov %s, %s", mem_text, gpr(size, r));
	CHECK_MEM(o, x86_xchg_mr(w, size, m, r), "xchg %s, %s", mem_text, gpr(size, r));
	CHECK_MEM(
		o, x86_lock_cmpxchg(w, size, m, r), "lock cmpxchg %s, %s", mem_text, gpr(size, r));
	CHECK_MEM(o, x86_lock_xadd(w, size, m, r), "lock xadd %s, %s", mem_text, gpr(size, r));
	EACH(i, immediates)
	CHECK_MEM(o, x86_store_imm(w, size, m, immediates[i]), "mov %s %s, %d", ptr(size), mem_text,
		fit(size, immediates[i]));
}

Test(encode_integer, moves)
{
	make_operands();
	EACH_PAIR(d, s)
	{
		check_extending_moves(d, s);
		EACH(i, sizes)
		{
			CHECK(x86_mov_rr(w, sizes[i], d, s), "mov %s, %s", gpr(sizes[i], d),
				gpr(sizes[i], s));
			if (d == X86_RAX && s == X86_RAX && sizes[i] != 4)
				continue; /* as makes a nop of it; at size 4 it is not one */
			CHECK(x86_xchg_rr(w, sizes[i], d, s), "xchg %s, %s", gpr(sizes[i], d),
				gpr(sizes[i], s));
			ALSO("xchg %s, %s", gpr(sizes[i], s), gpr(sizes[i], d));
		}
	}
	EACH_OPERAND(o)
	{
		for (unsigned r = 0; r < 16; r++) {
			check_loads(o, r);
			EACH(i, sizes)
			check_stores(o, r, sizes[i]);
		}
		CHECK_MEM(o, x86_lock_cmpxchg8b(w, m), "lock cmpxchg8b %s", mem_text);
		CHECK_MEM(o, x86_lock_cmpxchg16b(w, m), "lock cmpxchg16b %s", mem_text);
	}
	check_cases(10000);
}

Test(encode_integer, constants_and_the_stack)
{
	make_operands();
	for (unsigned r = 0; r < 16; r++) {
		CHECK(x86_mov_ri(w, r, 0), "mov %s, 0", gpr(4, r));
		CHECK(x86_mov_ri(w, r, 0x7fffffff), "mov %s, 0x7fffffff", gpr(4, r));
		CHECK(x86_mov_ri(w, r, 0xffffffff), "mov %s, 0xffffffff", gpr(4, r));
		CHECK(x86_mov_ri(w, r, (uint64_t)-1), "mov %s, -1", gpr(8, r));
		CHECK(x86_mov_ri(w, r, (uint64_t)INT32_MIN), "mov %s, -0x80000000", gpr(8, r));
		CHECK(x86_mov_ri(w, r, 0x100000000), "movabs %s, 0x100000000", gpr(8, r));
		CHECK(x86_mov_ri(w, r, 0xffffffff7fffffff), "movabs %s, 0xffffffff7fffffff",
			gpr(8, r));
		CHECK(x86_mov_ri(w, r, 0x123456789abcdef0), "movabs %s, 0x123456789abcdef0",
			gpr(8, r));
		CHECK(cr_assert_eq(x86_movabs_ri(w, r, 5), code + 2), "movabs %s, 5", gpr(8, r));
		CHECK(x86_lea_rip(w, r, code + 7 - 0x40), "lea %s, [rip-0x40]", gpr(8, r));
		CHECK(x86_push_r(w, r), "push %s", gpr(8, r));
		CHECK(x86_pop_r(w, r), "pop %s", gpr(8, r));
		CHECK(x86_bswap(w, 4, r), "bswap %s", gpr(4, r));
		CHECK(x86_bswap(w, 8, r), "bswap %s", gpr(8, r));
	}
	EACH(i, immediates)
	CHECK(x86_push_i(w, immediates[i]), "push %d", immediates[i]);
	CHECK(cr_assert_eq(x86_push_imm32(w, 0x11223344), code + 1), "push 0x11223344");
	EACH_OPERAND(o)
	{
		CHECK_MEM(o, x86_push_m(w, m), "push qword ptr %s", mem_text);
		CHECK_MEM(o, x86_pop_m(w, m), "pop qword ptr %s", mem_text);
	}
	check_cases(200);
}

static void
check_shift(enum x86_shift op, unsigned size)
{
	static const char *const names[] = { "rol", "ror", "rcl", "rcr", "shl", "shr", NULL,
		"sar" };
	const char *n = names[op];

	for (unsigned r = 0; r < 16; r++) {
		for (unsigned count = 0; count < 8 * size; count++)
			CHECK(x86_shift_ri(w, op, size, r, count), "%s %s, %u", n, gpr(size, r),
				count);
		CHECK(x86_shift_rcl(w, op, size, r), "%s %s, cl", n, gpr(size, r));
	}
	EACH_OPERAND(o)
	{
		CHECK_MEM(
			o, x86_shift_mi(w, op, size, m, 1), "%s %s %s, 1", n, ptr(size), mem_text);
		CHECK_MEM(
			o, x86_shift_mi(w, op, size, m, 5), "%s %s %s, 5", n, ptr(size), mem_text);
	}
}

static void
check_double_shift(unsigned size, unsigned d, unsigned s)
{
	CHECK(x86_shld_rri(w, size, d, s, 9), "shld %s, %s, 9", gpr(size, d), gpr(size, s));
	CHECK(x86_shrd_rri(w, size, d, s, 1), "shrd %s, %s, 1", gpr(size, d), gpr(size, s));
	CHECK(x86_shld_rrcl(w, size, d, s), "shld %s, %s, cl", gpr(size, d), gpr(size, s));
	CHECK(x86_shrd_rrcl(w, size, d, s), "shrd %s, %s, cl", gpr(size, d), gpr(size, s));
}

Test(encode_integer, shifts)
{
	make_operands();
	EACH(i, sizes)
	{
		for (enum x86_shift op = X86_ROL; op <= X86_SAR; op++)
			if (op != 6)
				check_shift(op, sizes[i]);
		if (sizes[i] > 1)
			EACH_PAIR(d, s)
		check_double_shift(sizes[i], d, s);
	}
	check_cases(5000);
}

static void
check_bits(unsigned size)
{
	static const char *const tests[] = { "bt", "bts", "btr", "btc" };
	static const struct {
		enum x86_bit_count op;
		const char *name;
	} counts[] = { { X86_POPCNT, "popcnt" }, { X86_TZCNT, "tzcnt" }, { X86_LZCNT, "lzcnt" } };

	for (enum x86_bit_test op = X86_BT; op <= X86_BTC; op++) {
		const char *n = tests[op - X86_BT];

		EACH_PAIR(a, b)
		CHECK(x86_bit_test_rr(w, op, size, a, b), "%s %s, %s", n, gpr(size, a),
			gpr(size, b));
		for (unsigned r = 0; r < 16; r++)
			CHECK(x86_bit_test_ri(w, op, size, r, 8 * size - 1 - r), "%s %s, %u", n,
				gpr(size, r), 8 * size - 1 - r);
		EACH_OPERAND(o)
		CHECK_MEM(o, x86_bit_test_mi(w, op, size, m, 3), "%s %s %s, 3", n, ptr(size),
			mem_text);
	}
	EACH(i, counts)
	{
		EACH_PAIR(d, s)
		CHECK(x86_bit_count_rr(w, counts[i].op, size, d, s), "%s %s, %s", counts[i].name,
			gpr(size, d), gpr(size, s));
		EACH_OPERAND(o)
		CHECK_MEM(o, x86_bit_count_rm(w, counts[i].op, size, X86_R9, m), "%s %s, %s",
			counts[i].name, gpr(size, X86_R9), mem_text);
	}
}

static void
check_crc32(unsigned size)
{
	unsigned to = size == 8 ? 8 : 4;

	EACH_PAIR(d, s)
	CHECK(x86_crc32_rr(w, size, d, s), "crc32 %s, %s", gpr(to, d), gpr(size, s));
	EACH_OPERAND(o)
	CHECK_MEM(o, x86_crc32_rm(w, size, X86_RDI, m), "crc32 %s, %s %s", gpr(to, X86_RDI),
		ptr(size), mem_text);
}

Test(encode_integer, bits_and_crc32)
{
	make_operands();
	EACH(i, sizes)
	{
		if (sizes[i] > 1)
			check_bits(sizes[i]);
		check_crc32(sizes[i]);
	}
	check_cases(2000);
}
