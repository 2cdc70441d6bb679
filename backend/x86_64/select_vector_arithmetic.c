// SPDX-License-Identifier: Apache-2.0
// Selectors of vector operations that work lane by lane: logic, sums, products, comparisons,
// minimum and maximum, saturation, shifts, population count.
#include "backend/x86_64/select_vector.h"

/* ---- logic ---------------------------------------------------------------------------------- */

void
select_vand(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_vector_binary(c, i, in, X86_VPAND, true);
}

void
select_vor(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_vector_binary(c, i, in, X86_VPOR, true);
}

void
select_vxor(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_vector_binary(c, i, in, X86_VPXOR, true);
}

/* vpandn inverts its first operand. */
void
select_vandn(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	struct vector_operand a = vector_operand(c, in->a);
	host_reg b = use_vec(c, in->b);

	vec_rro(c, X86_VPANDN, def_vec_over(c, i), b, a);
	keep_eflags(c);
}

void
select_vnot(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	host_reg a = use_vec(c, in->a);
	host_reg dst = def_vec(c, i);

	vec_ones(c, dst);
	vec_rrr(c, X86_VPXOR, dst, dst, a);
	keep_eflags(c);
}

/*
 * vpternlog with the destination as one of the three operands: its immediate is the truth table
 * over (dst, second, third) with dst as the highest bit. The operand that dies, or whose register
 * is wanted, becomes the destination.
 */
static void
select_ternary_bsl(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	const struct {
		ir_ref dst, second, third;
		uint8_t table;
	} forms[3] = {
		{ in->a, in->b, in->c, 0xca }, /* dst ? second : third */
		{ in->b, in->a, in->c, 0xe2 }, /* second ? dst : third */
		{ in->c, in->a, in->b, 0xb8 }, /* second ? third : dst */
	};
	unsigned best = 0;

	for (unsigned k = 3; k-- > 0;)
		if (dies(c, forms[k].dst, i))
			best = k;
	for (unsigned k = 0; k < 3; k++)
		if (c->values[i].hint != REG_NONE &&
			c->values[i].hint == c->values[canon(c, forms[k].dst)].reg)
			best = k;
	host_reg second = use_vec(c, forms[best].second), third = use_vec(c, forms[best].third);
	vec_rroi(c, X86_VPTERNLOGD, def_vec_from(c, i, forms[best].dst), second, in_register(third),
		forms[best].table);
}

void
select_vbsl(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	host_reg mask, t, dst;

	keep_eflags(c);
	if (host_features.avx512) {
		select_ternary_bsl(c, i, in);
		return;
	}
	struct vector_operand b = vector_operand(c, in->b), other = vector_operand(c, in->c);
	mask = use_vec(c, in->a);
	t = temp_vec(c);
	vec_rro(c, X86_VPAND, t, mask, b);
	dst = def_vec_over(c, i);
	vec_rro(c, X86_VPANDN, dst, mask, other);
	vec_rrr(c, X86_VPOR, dst, dst, t);
}

/* ---- sums and products ---------------------------------------------------------------------- */

static const enum x86_vector_op subtract[4] = LANES(VPSUB);

void
select_vadd(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	static const enum x86_vector_op op[4] = LANES(VPADD);

	select_vector_binary(c, i, in, op[lane_of(in)], true);
}

void
select_vsub(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_vector_binary(c, i, in, subtract[lane_of(in)], false);
}

/*
 * Bytes: the even products are the low bytes of a * b, the odd ones the high bytes of (a >> 8) * (b
 * & 0xff00).
 */
static void
select_byte_product(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	struct vector_operand even = vector_constant(c, VC_EVEN_BYTES),
			      odd = vector_constant(c, VC_ODD_BYTES);
	host_reg a = use_vec(c, in->a), b = use_vec(c, in->b);
	host_reg t = temp_vec(c), u = temp_vec(c);

	vec_shift(c, X86_VPSRLW_I, t, a, 8);
	vec_rro(c, X86_VPAND, u, b, odd);
	vec_rrr(c, X86_VPMULLW, t, t, u);
	vec_rrr(c, X86_VPMULLW, u, a, b);
	vec_rro(c, X86_VPAND, u, u, even);
	vec_rrr(c, X86_VPOR, def_vec_over(c, i), t, u);
}

void
select_vmul(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	keep_eflags(c);
	if (lane_of(in) == 0)
		select_byte_product(c, i, in);
	else
		select_vector_binary(c, i, in, lane_of(in) == 1 ? X86_VPMULLW : X86_VPMULLD, true);
}

void
select_vneg(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	struct vector_operand a = vector_operand(c, in->a);
	host_reg dst = def_vec(c, i);

	vec_zero(c, dst);
	vec_rro(c, subtract[lane_of(in)], dst, dst, a);
	keep_eflags(c);
}

void
select_vabs(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	static const enum x86_vector_op op[4] = LANES(VPABS);
	host_reg a, sign, dst;

	keep_eflags(c);
	if (lane_of(in) < 3 || host_features.avx512) {
		select_vector_unary(c, i, in, op[lane_of(in)]);
		return;
	}
	a = use_vec(c, in->a);
	sign = temp_vec(c);
	vec_zero(c, sign);
	vec_rrr(c, X86_VPCMPGTQ, sign, sign, a);
	dst = def_vec_over(c, i);
	vec_rrr(c, X86_VPXOR, dst, a, sign);
	vec_rrr(c, X86_VPSUBQ, dst, dst, sign);
}

/* ---- comparisons ---------------------------------------------------------------------------- */

static const enum x86_vector_op equal[4] = LANES(VPCMPEQ);
static const enum x86_vector_op greater[4] = LANES(VPCMPGT);
static const enum x86_vector_op max_signed[4] = LANES(VPMAXS);
static const enum x86_vector_op max_unsigned[4] = LANES(VPMAXU);
static const enum x86_vector_op min_signed[4] = LANES(VPMINS);
static const enum x86_vector_op min_unsigned[4] = LANES(VPMINU);

/* Minimum and maximum exist for 64-bit lanes with AVX-512 only. */
static bool
has_min_max(unsigned lane)
{
	return lane < 3 || host_features.avx512;
}

static bool
is_zero(const struct compiler *c, ir_ref ref)
{
	const struct ir_insn *in = insn_of(c, ref);

	return in->op == IR_vconst && in->imm == 0;
}

/*
 * x = a, y = b with the lanes' sign bits inverted, so that signed comparison compares them as
 * unsigned.
 */
static void
invert_signs(struct compiler *c, const struct ir_insn *in, host_reg *x, host_reg *y)
{
	struct vector_operand signs = vector_constant(c, VC_SIGN_BITS + lane_of(in));
	host_reg a = use_vec(c, in->a), b = use_vec(c, in->b);

	*x = temp_vec(c);
	*y = temp_vec(c);
	vec_rro(c, X86_VPXOR, *x, a, signs);
	vec_rro(c, X86_VPXOR, *y, b, signs);
}

/* i = not (x > y) */
static void
not_greater(struct compiler *c, ir_ref i, unsigned lane, host_reg x, host_reg y)
{
	host_reg t = temp_vec(c), dst;

	vec_rrr(c, greater[lane], t, x, y);
	dst = def_vec(c, i);
	vec_ones(c, dst);
	vec_rrr(c, X86_VPXOR, dst, dst, t);
}

/* i = (op(a, b) == a), op a maximum: a is not less than b */
static void
equals_maximum(struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_vector_op maximum)
{
	struct vector_operand b = vector_operand(c, in->b);
	host_reg a = use_vec(c, in->a), t = temp_vec(c);

	vec_rro(c, maximum, t, a, b);
	vec_rrr(c, equal[lane_of(in)], def_vec_over(c, i), t, a);
}

void
select_vcmpeq(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_vector_binary(c, i, in, equal[lane_of(in)], true);
}

void
select_vcmpgts(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_vector_binary(c, i, in, greater[lane_of(in)], false);
}

void
select_vcmpges(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned lane = lane_of(in);
	host_reg a, b;

	keep_eflags(c);
	if (is_zero(c, in->b)) { /* a > -1 */
		a = use_vec(c, in->a);
		b = temp_vec(c);
		vec_ones(c, b);
		vec_rrr(c, greater[lane], def_vec_over(c, i), a, b);
	} else if (has_min_max(lane)) {
		equals_maximum(c, i, in, max_signed[lane]);
	} else {
		a = use_vec(c, in->a);
		b = use_vec(c, in->b);
		not_greater(c, i, lane, b, a);
	}
}

void
select_vcmpgtu(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	host_reg x, y;

	invert_signs(c, in, &x, &y);
	vec_rrr(c, greater[lane_of(in)], def_vec_over(c, i), x, y);
	keep_eflags(c);
}

void
select_vcmpgeu(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	host_reg x, y;

	keep_eflags(c);
	if (has_min_max(lane_of(in))) {
		equals_maximum(c, i, in, max_unsigned[lane_of(in)]);
		return;
	}
	invert_signs(c, in, &x, &y);
	not_greater(c, i, lane_of(in), y, x);
}

void
select_vcmptst(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	struct vector_operand b = vector_operand(c, in->b);
	host_reg a = use_vec(c, in->a), t = temp_vec(c), zero = temp_vec(c), dst;

	vec_rro(c, X86_VPAND, t, a, b);
	vec_zero(c, zero);
	vec_rrr(c, equal[lane_of(in)], t, t, zero);
	dst = def_vec(c, i);
	vec_ones(c, dst);
	vec_rrr(c, X86_VPXOR, dst, dst, t);
	keep_eflags(c);
}

/* ---- minimum and maximum -------------------------------------------------------------------- */

static void
select_min_max(struct compiler *c, ir_ref i, const struct ir_insn *in, const enum x86_vector_op *op,
	bool is_signed, bool maximum)
{
	host_reg a, b, x, y;

	keep_eflags(c);
	if (has_min_max(lane_of(in))) {
		select_vector_binary(c, i, in, op[lane_of(in)], true);
		return;
	}
	a = use_vec(c, in->a);
	b = use_vec(c, in->b);
	if (is_signed) {
		x = temp_vec(c);
		vec_rrr(c, X86_VPCMPGTQ, x, a, b);
	} else {
		invert_signs(c, in, &x, &y);
		vec_rrr(c, X86_VPCMPGTQ, x, x, y);
	}
	/* the second source where the selector's sign is set */
	x86_vec_rrrr(&c->w, X86_VBLENDVPD, XMM(def_vec_over(c, i)), XMM(maximum ? b : a),
		XMM(maximum ? a : b), XMM(x));
}

void
select_vmins(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_min_max(c, i, in, min_signed, true, false);
}

void
select_vminu(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_min_max(c, i, in, min_unsigned, false, false);
}

void
select_vmaxs(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_min_max(c, i, in, max_signed, true, true);
}

void
select_vmaxu(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_min_max(c, i, in, max_unsigned, false, true);
}

/* ---- saturation and averages (lanes 0..1) --------------------------------------------------- */

static void
select_narrow_lanes(struct compiler *c, ir_ref i, const struct ir_insn *in,
	const enum x86_vector_op op[2], bool commutative)
{
	select_vector_binary(c, i, in, op[lane_of(in) & 1], commutative);
}

void
select_vaddsats(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_narrow_lanes(c, i, in, (const enum x86_vector_op[])LANES_BW(VPADDS), true);
}

void
select_vaddsatu(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_narrow_lanes(c, i, in, (const enum x86_vector_op[])LANES_BW(VPADDUS), true);
}

void
select_vsubsats(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_narrow_lanes(c, i, in, (const enum x86_vector_op[])LANES_BW(VPSUBS), false);
}

void
select_vsubsatu(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_narrow_lanes(c, i, in, (const enum x86_vector_op[])LANES_BW(VPSUBUS), false);
}

void
select_vavgu(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_narrow_lanes(c, i, in, (const enum x86_vector_op[])LANES_BW(VPAVG), true);
}

/* ---- shifts by a constant ------------------------------------------------------------------- */

void
select_vshl_imm(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	static const enum x86_vector_op op[4] = { X86_VPSLLW_I, X86_VPSLLW_I, X86_VPSLLD_I,
		X86_VPSLLQ_I };
	unsigned lane = lane_of(in), count = number_of(in);
	host_reg a = use_vec(c, in->a), dst;

	keep_eflags(c);
	if (count == 1 && lane == 0) {
		vec_rrr(c, X86_VPADDB, def_vec_over(c, i), a, a);
		return;
	}
	if (lane != 0) {
		vec_shift(c, op[lane], def_vec_over(c, i), a, count);
		return;
	}
	struct vector_operand kept = vector_constant(c, VC_BYTES_SHIFTED_LEFT + count);
	dst = def_vec_over(c, i);
	vec_shift(c, op[lane], dst, a, count);
	vec_rro(c, X86_VPAND, dst, dst, kept);
}

void
select_vlshr_imm(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	static const enum x86_vector_op op[4] = { X86_VPSRLW_I, X86_VPSRLW_I, X86_VPSRLD_I,
		X86_VPSRLQ_I };
	unsigned lane = lane_of(in), count = number_of(in);
	host_reg a, dst;

	keep_eflags(c);
	if (count >= 8u << lane) {
		vec_zero(c, def_vec(c, i));
		return;
	}
	a = use_vec(c, in->a);
	if (lane != 0) {
		vec_shift(c, op[lane], def_vec_over(c, i), a, count);
		return;
	}
	struct vector_operand kept = vector_constant(c, VC_BYTES_SHIFTED_RIGHT + count);
	dst = def_vec_over(c, i);
	vec_shift(c, op[lane], dst, a, count);
	vec_rro(c, X86_VPAND, dst, dst, kept);
}

/* All bits of each lane its sign. */
static void
spread_signs(struct compiler *c, ir_ref i, unsigned lane, host_reg a)
{
	host_reg dst = def_vec(c, i);

	vec_zero(c, dst);
	vec_rrr(c, greater[lane], dst, dst, a);
}

/* Bytes: the sign comes back by inverting and subtracting its shifted bit. */
static void
shift_signed_bytes(struct compiler *c, ir_ref i, host_reg a, unsigned count)
{
	struct vector_operand kept = vector_constant(c, VC_BYTES_SHIFTED_RIGHT + count);
	struct vector_operand sign = vector_constant(c, VC_BYTE_SIGN_SHIFTED + count);
	host_reg dst = def_vec_over(c, i);

	vec_shift(c, X86_VPSRLW_I, dst, a, count);
	vec_rro(c, X86_VPAND, dst, dst, kept);
	vec_rro(c, X86_VPXOR, dst, dst, sign);
	vec_rro(c, X86_VPSUBB, dst, dst, sign);
}

static void
shift_signed_quadwords(struct compiler *c, ir_ref i, host_reg a, unsigned count)
{
	host_reg signs = temp_vec(c), dst;

	vec_zero(c, signs);
	vec_rrr(c, X86_VPCMPGTQ, signs, signs, a);
	vec_shift(c, X86_VPSLLQ_I, signs, signs, 64 - count);
	dst = def_vec_over(c, i);
	vec_shift(c, X86_VPSRLQ_I, dst, a, count);
	vec_rrr(c, X86_VPOR, dst, dst, signs);
}

void
select_vashr_imm(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned lane = lane_of(in), count = number_of(in), bits = 8u << lane;
	host_reg a = use_vec(c, in->a);

	keep_eflags(c);
	if (count >= bits - 1)
		spread_signs(c, i, lane, a);
	else if (lane == 0)
		shift_signed_bytes(c, i, a, count);
	else if (lane == 1)
		vec_shift(c, X86_VPSRAW_I, def_vec_over(c, i), a, count);
	else if (lane == 2)
		vec_shift(c, X86_VPSRAD_I, def_vec_over(c, i), a, count);
	else if (host_features.avx512)
		vec_shift(c, X86_VPSRAQ_I, def_vec_over(c, i), a, count);
	else
		shift_signed_quadwords(c, i, a, count);
}

/* ---- population count ----------------------------------------------------------------------- */

/* Without AVX-512 BITALG: the counts of both halves of each byte from a table. */
void
select_vcnt(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	host_reg a, low, high, counts, dst;

	keep_eflags(c);
	if (host_features.bitalg) {
		select_vector_unary(c, i, in, X86_VPOPCNTB);
		return;
	}
	struct vector_operand nibbles = vector_constant(c, VC_LOW_NIBBLES);
	struct vector_operand table = vector_constant(c, VC_NIBBLE_COUNTS);
	a = use_vec(c, in->a);
	low = temp_vec(c);
	high = temp_vec(c);
	counts = temp_vec(c);
	vec_ro(c, X86_VMOVAPS, counts, table);
	vec_rro(c, X86_VPAND, low, a, nibbles);
	vec_shift(c, X86_VPSRLW_I, high, a, 4);
	vec_rro(c, X86_VPAND, high, high, nibbles);
	vec_rrr(c, X86_VPSHUFB, low, counts, low);
	dst = def_vec_over(c, i);
	vec_rrr(c, X86_VPSHUFB, dst, counts, high);
	vec_rrr(c, X86_VPADDB, dst, dst, low);
}
