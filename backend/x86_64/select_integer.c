// SPDX-License-Identifier: Apache-2.0
// Selectors of the integer operations.
#include "backend/x86_64/compiler.h"
#include "backend/x86_64/select_vector.h"
#include "ir/vector_helpers.h"

static enum x86_gpr
gpr(host_reg r)
{
	return (enum x86_gpr)r;
}

/* After an ALU instruction that set EFLAGS: the flags operation paired with value i has its result there. */
static void
flags_left(struct compiler *c, ir_ref i, enum eflags_form form)
{
	if (c->values[i].pair == IR_NONE)
		return;
	c->eflags = c->values[i].pair;
	c->eflags_form = (uint8_t)form;
	c->eflags_set = true;
}

/* dst = a op b in two-operand form; commutative operations may start from either. */
static void
select_alu(struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_alu op,
	enum eflags_form form)
{
	unsigned size = int_size(in->type);
	ir_ref a = in->a, b = in->b;
	struct x86_mem memory;
	host_reg dst;
	int32_t imm;

	if (is_const_i32(c, b, &imm)) {
		dst = def_gpr_from(c, i, a);
		x86_alu_ri(&c->w, op, size, gpr(dst), imm);
	} else if (use_memory(c, b, &memory)) {
		use_gpr(c, a);
		dst = def_gpr_from(c, i, a);
		x86_alu_rm(&c->w, op, size, gpr(dst), memory);
	} else {
		host_reg rb = use_gpr(c, b);
		host_reg ra = use_gpr(c, a);

		if (op != X86_SUB && ra != rb &&
			(c->values[i].hint == rb ||
				(c->values[i].hint != ra && !dies(c, a, i) && dies(c, b, i)))) {
			ir_ref swap = a;

			a = b;
			b = swap;
			rb = ra;
		}
		/* the second operand must survive until it is read */
		if (c->values[i].hint == rb && ra != rb && canon(c, a) != canon(c, b))
			dst = def_gpr(c, i), emit_reg_move(c, dst, use_gpr(c, a));
		else
			dst = def_gpr_from(c, i, a);
		x86_alu_rr(&c->w, op, size, gpr(dst), gpr(rb));
	}
	flags_left(c, i, form);
}

/* Additions that need no flags use lea when that saves a move. */
void
select_add(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned size = int_size(in->type);
	int32_t imm;
	host_reg dst;

	if (c->values[i].pair != IR_NONE) {
		int64_t plus;
		const struct ir_insn *flags = &c->u->insns[c->values[i].pair];

		/* x + -k paired with the flags of x - k */
		if (flags->op == IR_flags_sub && is_const(c, in->b, &plus)) {
			dst = def_gpr_from(c, i, in->a);
			x86_alu_ri(&c->w, X86_SUB, size, gpr(dst), (int32_t)-plus);
			flags_left(c, i, EFLAGS_INVERTED);
			return;
		}
		select_alu(c, i, in, X86_ADD, EFLAGS_DIRECT);
		return;
	}
	keep_eflags(c);
	if (is_const_i32(c, in->b, &imm)) {
		host_reg a = use_gpr(c, in->a);

		dst = def_gpr_over(c, i);
		x86_lea(&c->w, size, gpr(dst), x86_mem_base(gpr(a), imm));
	} else if (c->values[canon(c, in->b)].folded) {
		const struct ir_insn *index = insn_of(c, in->b);
		int64_t scale = 0;
		host_reg a = use_gpr(c, in->a), b = use_gpr(c, index->a);

		is_const(c, index->b, &scale);
		dst = def_gpr(c, i);
		x86_lea(&c->w, size, gpr(dst), x86_mem_index(gpr(a), gpr(b), (unsigned)scale, 0));
	} else {
		host_reg a = use_gpr(c, in->a), b = use_gpr(c, in->b);

		dst = def_gpr_over(c, i);
		x86_lea(&c->w, size, gpr(dst), x86_mem_index(gpr(a), gpr(b), 0, 0));
	}
}

void
select_sub(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	int64_t zero;

	if (c->values[i].pair == IR_NONE && is_const(c, in->a, &zero) && zero == 0) {
		host_reg dst = def_gpr_from(c, i, in->b);

		x86_unary_r(&c->w, X86_NEG, int_size(in->type), gpr(dst));
		return;
	}
	select_alu(c, i, in, X86_SUB, EFLAGS_INVERTED);
}

/* Contiguous low bits: cheaper as zero extension. */
static bool
select_mask(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	int64_t mask;
	unsigned bytes;

	if (c->values[i].pair != IR_NONE || !is_const(c, in->b, &mask))
		return false;
	if (in->type == I32)
		mask = (uint32_t)mask;
	bytes = mask == 0xff ? 1 : mask == 0xffff ? 2 : mask == 0xffffffff ? 4 : 0;
	if (bytes) {
		host_reg a = use_gpr(c, in->a);

		x86_zero_extend(&c->w, bytes, gpr(def_gpr_over(c, i)), gpr(a));
		keep_eflags(c);
		return true;
	}
	if (mask > 0 && (mask & (mask + 1)) == 0 && mask != (int32_t)mask) {
		host_reg a = use_gpr(c, in->a), count = temp_gpr(c);

		x86_mov_ri(&c->w, gpr(count), (uint64_t)__builtin_popcountll((uint64_t)mask));
		x86_bzhi_rrr(&c->w, 8, gpr(def_gpr(c, i)), gpr(a), gpr(count));
		return true;
	}
	return false;
}

void
select_and(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	if (!select_mask(c, i, in))
		select_alu(c, i, in, X86_AND, EFLAGS_DIRECT);
}

void
select_or(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_alu(c, i, in, X86_OR, EFLAGS_DIRECT);
}

void
select_xor(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_alu(c, i, in, X86_XOR, EFLAGS_DIRECT);
}

void
select_andn(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	host_reg b = use_gpr(c, in->b), a = use_gpr(c, in->a);

	x86_andn_rrr(&c->w, int_size(in->type), gpr(def_gpr_over(c, i)), gpr(b), gpr(a));
	flags_left(c, i, EFLAGS_DIRECT);
}

void
select_not(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	x86_unary_r(&c->w, X86_NOT, int_size(in->type), gpr(def_gpr_from(c, i, in->a)));
	keep_eflags(c);
}

void
select_neg(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	x86_unary_r(&c->w, X86_NEG, int_size(in->type), gpr(def_gpr_from(c, i, in->a)));
}

/* ---- multiplication and division -------------------------------------------------------------------------------------- */

/* Both halves of a product by the first of the two that ask for them. */
static void
select_wide_product(struct compiler *c, ir_ref i, const struct ir_insn *in, ir_ref low, ir_ref high)
{
	claim(c, X86_RDX);
	host_reg a = use_gpr(c, in->a), b = use_gpr(c, in->b);

	x86_mov_rr(&c->w, 8, X86_RDX, gpr(a));
	host_reg low_half = def_gpr_early(c, i, low), high_half = def_gpr_early(c, i, high);
	x86_mulx_rrr(&c->w, 8, gpr(high_half), gpr(low_half), gpr(b));
	keep_eflags(c);
}

void
select_mul(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned size = int_size(in->type);
	ir_ref high = c->values[i].pair;
	int32_t imm;
	host_reg a, b;

	if (high != IR_NONE) {
		if (high < i)
			keep_eflags(c);
		else
			select_wide_product(c, i, in, i, high);
		return;
	}
	if (is_const_i32(c, in->b, &imm)) {
		a = use_gpr(c, in->a);
		x86_imul_rri(&c->w, size, gpr(def_gpr_over(c, i)), gpr(a), imm);
		return;
	}
	b = use_gpr(c, in->b);
	a = use_gpr(c, in->a);
	if (c->values[i].hint == b) {
		x86_imul_rr(&c->w, size, gpr(def_gpr_from(c, i, in->b)), gpr(a));
		return;
	}
	x86_imul_rr(&c->w, size, gpr(def_gpr_from(c, i, in->a)), gpr(b));
}

void
select_umulh(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	ir_ref low = c->values[i].pair;

	if (low != IR_NONE) {
		if (low < i)
			keep_eflags(c);
		else
			select_wide_product(c, i, in, low, i);
		return;
	}
	claim(c, X86_RDX);
	host_reg a = use_gpr(c, in->a), b = use_gpr(c, in->b);

	x86_mov_rr(&c->w, 8, X86_RDX, gpr(a));
	host_reg high = def_gpr(c, i);
	x86_mulx_rrr(&c->w, 8, gpr(high), gpr(high), gpr(b)); /* the high half is what stays */
	keep_eflags(c);
}

void
select_smulh(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	claim(c, X86_RDX);
	claim(c, X86_RAX);
	host_reg a = use_gpr(c, in->a), b = use_gpr(c, in->b);

	x86_mov_rr(&c->w, 8, X86_RAX, gpr(a));
	x86_unary_r(&c->w, X86_IMUL, 8, gpr(b));
	def_in(c, i, X86_RDX);
}

static void
select_widening_multiply(struct compiler *c, ir_ref i, const struct ir_insn *in, bool is_signed)
{
	host_reg a = use_gpr(c, in->a), b = use_gpr(c, in->b), wide = temp_gpr(c);
	host_reg dst = def_gpr(c, i);

	if (is_signed) {
		x86_sign_extend(&c->w, 4, 8, gpr(dst), gpr(a));
		x86_sign_extend(&c->w, 4, 8, gpr(wide), gpr(b));
	} else {
		x86_zero_extend(&c->w, 4, gpr(dst), gpr(a));
		x86_zero_extend(&c->w, 4, gpr(wide), gpr(b));
	}
	x86_imul_rr(&c->w, 8, gpr(dst), gpr(wide));
}

void
select_umull(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_widening_multiply(c, i, in, false);
}

void
select_smull(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_widening_multiply(c, i, in, true);
}

/* x / 0 = 0, and MIN / -1 = MIN as Arm has it; x86 would trap. */
static void
select_division(struct compiler *c, ir_ref i, const struct ir_insn *in, bool is_signed)
{
	unsigned size = int_size(in->type);
	uint8_t *by_zero, *by_minus_one = NULL, *done;

	claim(c, X86_RAX);
	claim(c, X86_RDX);
	host_reg b = use_gpr(c, in->b), a = use_gpr(c, in->a);
	x86_mov_rr(&c->w, 8, X86_RDX, gpr(a));
	x86_alu_rr(&c->w, X86_XOR, 4, X86_RAX, X86_RAX);
	x86_test_rr(&c->w, size, gpr(b), gpr(b));
	by_zero = x86_jcc_rel8(&c->w, X86_E);
	x86_mov_rr(&c->w, size, X86_RAX, X86_RDX);
	if (is_signed) {
		x86_alu_ri(&c->w, X86_CMP, size, gpr(b), -1);
		by_minus_one = x86_jcc_rel8(&c->w, X86_E);
		x86_plain(&c->w, size == 8 ? X86_CQO : X86_CDQ);
		x86_unary_r(&c->w, X86_IDIV, size, gpr(b));
		done = x86_jmp_rel8(&c->w);
		x86_patch_rel8(by_minus_one, c->w.at);
		x86_unary_r(&c->w, X86_NEG, size, X86_RAX);
		x86_patch_rel8(done, c->w.at);
	} else {
		x86_alu_rr(&c->w, X86_XOR, 4, X86_RDX, X86_RDX);
		x86_unary_r(&c->w, X86_DIV, size, gpr(b));
	}
	x86_patch_rel8(by_zero, c->w.at);
	def_in(c, i, X86_RAX);
}

void
select_udiv(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_division(c, i, in, false);
}

void
select_sdiv(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_division(c, i, in, true);
}

/* ---- shifts ------------------------------------------------------------------------------------------------------------- */

static void
select_shift(struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_shift op)
{
	unsigned size = int_size(in->type);
	int64_t count;

	if (is_const(c, in->b, &count)) {
		count &= size * 8 - 1;
		if (op == X86_SHL && count >= 1 && count <= 3) {
			host_reg a = use_gpr(c, in->a);
			host_reg dst = def_gpr_over(c, i);

			if (dst != a) {
				struct x86_mem sum = count == 1
							     ? x86_mem_index(gpr(a), gpr(a), 0, 0)
							     : x86_mem_index(X86_NO_GPR, gpr(a),
								       (unsigned)count, 0);
				x86_lea(&c->w, size, gpr(dst), sum);
			} else {
				x86_shift_ri(&c->w, op, size, gpr(dst), (unsigned)count);
				return;
			}
			keep_eflags(c);
			return;
		}
		host_reg dst = def_gpr_from(c, i, in->a);
		x86_shift_ri(&c->w, op, size, gpr(dst), (unsigned)count);
		return;
	}
	host_reg b = use_gpr(c, in->b), a = use_gpr(c, in->a);
	x86_shiftx_rrr(&c->w, op, size, gpr(def_gpr_over(c, i)), gpr(a), gpr(b));
	keep_eflags(c);
}

void
select_shl(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_shift(c, i, in, X86_SHL);
}

void
select_lshr(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_shift(c, i, in, X86_SHR);
}

void
select_ashr(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_shift(c, i, in, X86_SAR);
}

void
select_ror(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned size = int_size(in->type);
	int64_t count;

	if (is_const(c, in->b, &count)) {
		host_reg a = use_gpr(c, in->a);

		x86_rorx_rri(&c->w, size, gpr(def_gpr_over(c, i)), gpr(a),
			(unsigned)count & (size * 8 - 1));
		keep_eflags(c);
		return;
	}
	claim(c, X86_RCX);
	host_reg b = use_gpr(c, in->b), a = use_gpr(c, in->a);
	host_reg dst = def_gpr(c, i);
	x86_mov_rr(&c->w, 4, X86_RCX, gpr(b));
	emit_reg_move(c, dst, a);
	x86_shift_rcl(&c->w, X86_ROR, size, gpr(dst));
}

void
select_extr(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned size = int_size(in->type);
	host_reg a = use_gpr(c, in->a), b = use_gpr(c, in->b);
	host_reg dst = def_gpr(c, i);

	x86_mov_rr(&c->w, size, gpr(dst), gpr(b));
	if (in->aux)
		x86_shrd_rri(&c->w, size, gpr(dst), gpr(a), in->aux);
}

/* ---- bits ---------------------------------------------------------------------------------------------------------------- */

void
select_clz(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	host_reg a = use_gpr(c, in->a);

	x86_bit_count_rr(&c->w, X86_LZCNT, int_size(in->type), gpr(def_gpr_over(c, i)), gpr(a));
}

void
select_ctz(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	host_reg a = use_gpr(c, in->a);

	x86_bit_count_rr(&c->w, X86_TZCNT, int_size(in->type), gpr(def_gpr_over(c, i)), gpr(a));
}

/* Leading bits equal to the sign, less one: lzcnt((x ^ x >> (width - 1)) << 1 | 1). */
void
select_cls(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned size = int_size(in->type);
	host_reg a = use_gpr(c, in->a);
	host_reg dst = def_gpr(c, i);

	x86_mov_rr(&c->w, size, gpr(dst), gpr(a));
	x86_shift_ri(&c->w, X86_SAR, size, gpr(dst), size * 8 - 1);
	x86_alu_rr(&c->w, X86_XOR, size, gpr(dst), gpr(a));
	x86_lea(&c->w, size, gpr(dst), x86_mem_index(gpr(dst), gpr(dst), 0, 1));
	x86_bit_count_rr(&c->w, X86_LZCNT, size, gpr(dst), gpr(dst));
}

/* Exchange neighbouring groups of `shift` bits selected by `mask`: ((x >> shift) & mask) | ((x & mask) << shift). */
static void
exchange_groups(struct compiler *c, unsigned size, host_reg x, host_reg t, host_reg mask_reg,
	unsigned shift, uint64_t mask)
{
	if (size == 4)
		mask = (uint32_t)mask;
	x86_mov_ri(&c->w, gpr(mask_reg), mask);
	x86_mov_rr(&c->w, size, gpr(t), gpr(x));
	x86_shift_ri(&c->w, X86_SHR, size, gpr(t), shift);
	x86_alu_rr(&c->w, X86_AND, size, gpr(t), gpr(mask_reg));
	x86_alu_rr(&c->w, X86_AND, size, gpr(x), gpr(mask_reg));
	x86_shift_ri(&c->w, X86_SHL, size, gpr(x), shift);
	x86_alu_rr(&c->w, X86_OR, size, gpr(x), gpr(t));
}

/* Every byte's bits on the vector side, then the bytes. */
static void
reverse_bits_by_gfni(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned size = int_size(in->type);
	enum x86_vector_op to = size == 8 ? X86_VMOVQ_GPR : X86_VMOVD;
	host_reg a = use_gpr(c, in->a), bytes = temp_vec(c);
	struct vector_operand matrix = vector_constant(c, VC_REVERSE_BITS);

	x86_vec_from_gpr(&c->w, to, XMM(bytes), gpr(a));
	x86_vec_rrmi8(&c->w, X86_VGF2P8AFFINEQB, XMM(bytes), XMM(bytes), matrix.mem, 0);
	host_reg dst = def_gpr_over(c, i);
	x86_vec_to_gpr(&c->w, to, size, gpr(dst), XMM(bytes));
	x86_bswap(&c->w, size, gpr(dst));
	keep_eflags(c);
}

void
select_rbit(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned size = int_size(in->type);

	if (host_features.gfni) {
		reverse_bits_by_gfni(c, i, in);
		return;
	}
	host_reg t = temp_gpr(c), mask = temp_gpr(c);
	host_reg dst = def_gpr_from(c, i, in->a);

	x86_bswap(&c->w, size, gpr(dst));
	exchange_groups(c, size, dst, t, mask, 4, UINT64_C(0x0f0f0f0f0f0f0f0f));
	exchange_groups(c, size, dst, t, mask, 2, UINT64_C(0x3333333333333333));
	exchange_groups(c, size, dst, t, mask, 1, UINT64_C(0x5555555555555555));
}

void
select_bswap(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned size = int_size(in->type);
	unsigned group = 1u << in->aux;

	if (group == 2 && size == 4) { /* the bytes of all, then the halves back */
		host_reg dst = def_gpr_from(c, i, in->a);

		x86_bswap(&c->w, 4, gpr(dst));
		x86_rorx_rri(&c->w, 4, gpr(dst), gpr(dst), 16);
		keep_eflags(c);
		return;
	}
	if (group == 2) {
		host_reg t = temp_gpr(c), mask = temp_gpr(c);
		host_reg dst = def_gpr_from(c, i, in->a);

		exchange_groups(c, size, dst, t, mask, 8, UINT64_C(0x00ff00ff00ff00ff));
		return;
	}
	host_reg dst = def_gpr_from(c, i, in->a);
	x86_bswap(&c->w, size, gpr(dst));
	if (group < size)
		x86_rorx_rri(&c->w, 8, gpr(dst), gpr(dst), 32);
	keep_eflags(c);
}

void
select_zext(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned bits = in->aux;
	host_reg a = use_gpr(c, in->a);
	host_reg dst = def_gpr_over(c, i);

	if (bits == 8 || bits == 16 || bits == 32) {
		x86_zero_extend(&c->w, bits / 8, gpr(dst), gpr(a));
		keep_eflags(c);
		return;
	}
	if (bits < 31) {
		if (dst != a)
			x86_mov_rr(&c->w, 4, gpr(dst), gpr(a));
		x86_alu_ri(&c->w, X86_AND, 4, gpr(dst), (int32_t)((1u << bits) - 1));
		return;
	}
	if (dst != a)
		x86_mov_rr(&c->w, 4, gpr(dst), gpr(a));
	x86_shift_ri(&c->w, X86_SHL, 4, gpr(dst), 32 - bits);
	x86_shift_ri(&c->w, X86_SHR, 4, gpr(dst), 32 - bits);
}

void
select_sext(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned bits = in->aux, size = int_size(in->type);
	host_reg dst;

	if (bits == 8 || bits == 16 || bits == 32) {
		host_reg a = use_gpr(c, in->a);

		dst = def_gpr_over(c, i);
		if (bits == 32 && size == 4)
			x86_mov_rr(&c->w, 4, gpr(dst), gpr(a));
		else
			x86_sign_extend(&c->w, bits / 8, size, gpr(dst), gpr(a));
		keep_eflags(c);
		return;
	}
	dst = def_gpr_from(c, i, in->a);
	x86_shift_ri(&c->w, X86_SHL, size, gpr(dst), size * 8 - bits);
	x86_shift_ri(&c->w, X86_SAR, size, gpr(dst), size * 8 - bits);
}

/* Always the same register content as its operand (analyze.c). */
void
select_trunc(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_nop(c, i, in);
}

void
select_bfi(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned size = int_size(in->type), lsb = in->aux & 0xff, width = in->aux >> 8;
	uint64_t field = width == 64 ? UINT64_MAX : ((UINT64_C(1) << width) - 1) << lsb;
	host_reg t = temp_gpr(c);
	host_reg b = use_gpr(c, in->b);

	x86_mov_rr(&c->w, 8, gpr(t), gpr(b));
	if (lsb)
		x86_shift_ri(&c->w, X86_SHL, size, gpr(t), lsb);
	host_reg dst = def_gpr_from(c, i, in->a);
	if (size == 4)
		field = (uint32_t)field;
	if (size == 4 || field == (uint64_t)(int32_t)field) {
		/* (t ^ a) & field ^ a */
		x86_alu_rr(&c->w, X86_XOR, size, gpr(t), gpr(dst));
		x86_alu_ri(&c->w, X86_AND, size, gpr(t), (int32_t)field);
		x86_alu_rr(&c->w, X86_XOR, size, gpr(dst), gpr(t));
		return;
	}
	/* (a ^ t) & ~field ^ t: takes a outside the field, t inside */
	host_reg mask = temp_gpr(c);
	x86_alu_rr(&c->w, X86_XOR, size, gpr(dst), gpr(t));
	x86_mov_ri(&c->w, gpr(mask), size == 4 ? (uint32_t)~field : ~field);
	x86_alu_rr(&c->w, X86_AND, size, gpr(dst), gpr(mask));
	x86_alu_rr(&c->w, X86_XOR, size, gpr(dst), gpr(t));
}

/* The host's instruction has Castagnoli's polynomial; the other one is computed by a helper. */
void
select_crc32(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned lane = in->aux & 3;
	host_reg b = use_gpr(c, in->b), a = use_gpr(c, in->a);
	host_reg dst;

	if (in->aux & 4) {
		dst = def_gpr(c, i);
		x86_mov_rr(&c->w, 4, gpr(dst), gpr(a));
		x86_crc32_rr(&c->w, 1u << lane, gpr(dst), gpr(b));
		keep_eflags(c);
		return;
	}
	claim(c, X86_RAX);
	x86_store(&c->w, 8, helper_argument(0), gpr(use_gpr(c, in->a)));
	x86_store(&c->w, 8, helper_argument(1), gpr(use_gpr(c, in->b)));
	emit_helper_call(c, HELPER_crc32, lane);
	x86_load(&c->w, 4, gpr(def_gpr(c, i)), helper_argument(3));
}
