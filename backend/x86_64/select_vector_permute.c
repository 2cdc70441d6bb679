// SPDX-License-Identifier: Apache-2.0
// Selectors of vector operations that move lanes about or change their size: extraction,
// interleaving, transposition, reversal, table look-up, widening, narrowing, and pairwise and
// across-lanes arithmetic.
#include "backend/x86_64/select_vector.h"

/* ---- single instructions -------------------------------------------------------------------- */

/* vpalignr: bytes from number on of the pair first:second, the second being the low one. */
void
select_vext(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	struct vector_operand low = vector_operand(c, in->a);
	host_reg high = use_vec(c, in->b);

	vec_rroi(c, X86_VPALIGNR, def_vec_over(c, i), high, low, number_of(in));
	keep_eflags(c);
}

static const enum x86_vector_op interleave_low[4] = {
	X86_VPUNPCKLBW,
	X86_VPUNPCKLWD,
	X86_VPUNPCKLDQ,
	X86_VPUNPCKLQDQ,
};
static const enum x86_vector_op interleave_high[4] = {
	X86_VPUNPCKHBW,
	X86_VPUNPCKHWD,
	X86_VPUNPCKHDQ,
	X86_VPUNPCKHQDQ,
};

void
select_vzip1(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_vector_binary(c, i, in, interleave_low[lane_of(in)], false);
}

void
select_vzip2(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_vector_binary(c, i, in, interleave_high[lane_of(in)], false);
}

void
select_vwidens(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	static const enum x86_vector_op op[4] = { X86_VPMOVSXBW, X86_VPMOVSXWD, X86_VPMOVSXDQ };

	select_vector_unary(c, i, in, op[lane_of(in)]);
}

void
select_vwidenu(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	static const enum x86_vector_op op[4] = { X86_VPMOVZXBW, X86_VPMOVZXWD, X86_VPMOVZXDQ };

	select_vector_unary(c, i, in, op[lane_of(in)]);
}

static void
select_shuffle(struct compiler *c, ir_ref i, const struct ir_insn *in, unsigned constant)
{
	struct vector_operand mask = vector_constant(c, constant);
	host_reg a = use_vec(c, in->a);

	vec_rro(c, X86_VPSHUFB, def_vec_over(c, i), a, mask);
	keep_eflags(c);
}

void
select_vnarrow(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_shuffle(c, i, in, VC_NARROW + lane_of(in));
}

/*
 * Reversing lanes within groups exchanges the bits of a byte's number that lie between the two
 * sizes.
 */
void
select_vrev(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned lane_bytes = 1u << lane_of(in), group_bytes = 1u << number_of(in);

	select_shuffle(c, i, in, VC_EXCHANGE + (group_bytes - lane_bytes));
}

/*
 * vpshufb gives zero for indices with bit 7, and looks at bits 3..0 else: 0x70 added with
 * saturation does it.
 */
void
select_vtbl(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	struct vector_operand bias = vector_constant(c, VC_TABLE_BIAS);
	host_reg table = use_vec(c, in->a), indices = use_vec(c, in->b), t = temp_vec(c);

	vec_rro(c, X86_VPADDUSB, t, indices, bias);
	vec_rrr(c, X86_VPSHUFB, def_vec_over(c, i), table, t);
	keep_eflags(c);
}

/* ---- even and odd lanes --------------------------------------------------------------------- */

/* For lanes of 1 and 2 bytes: x = the wanted lanes of a, widened to twice the size. */
static void
widen_every_second(struct compiler *c, host_reg x, host_reg a, unsigned lane, bool odd,
	struct vector_operand even)
{
	if (!odd)
		vec_rro(c, X86_VPAND, x, a, even);
	else
		vec_shift(c, lane ? X86_VPSRLD_I : X86_VPSRLW_I, x, a, 8u << lane);
}

static void
select_unzip(struct compiler *c, ir_ref i, const struct ir_insn *in, bool odd)
{
	unsigned lane = lane_of(in);
	struct vector_operand even = { .in_memory = false };
	host_reg a, b, x, y;

	keep_eflags(c);
	if (lane == 3) {
		select_vector_binary(c, i, in, odd ? X86_VPUNPCKHQDQ : X86_VPUNPCKLQDQ, false);
		return;
	}
	if (lane == 2) {
		struct vector_operand high = vector_operand(c, in->b);

		a = use_vec(c, in->a);
		vec_rroi(c, X86_VSHUFPS, def_vec_over(c, i), a, high, odd ? 0xdd : 0x88);
		return;
	}
	if (!odd)
		even = vector_constant(c, lane ? VC_EVEN_HALVES : VC_EVEN_BYTES);
	a = use_vec(c, in->a);
	b = use_vec(c, in->b);
	x = y = temp_vec(c);
	widen_every_second(c, x, a, lane, odd, even);
	if (a != b) {
		y = temp_vec(c);
		widen_every_second(c, y, b, lane, odd, even);
	}
	vec_rrr(c, lane ? X86_VPACKUSDW : X86_VPACKUSWB, def_vec_over(c, i), x, y);
}

void
select_vuzp1(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_unzip(c, i, in, false);
}

void
select_vuzp2(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_unzip(c, i, in, true);
}

/* Even lanes from `even`, odd lanes from `odd`. */
static void
blend_lanes(struct compiler *c, ir_ref i, unsigned lane, host_reg even, host_reg odd,
	struct vector_operand mask, bool mask_is_odd)
{
	host_reg dst = def_vec_over(c, i);

	if (lane == 2)
		vec_rroi(c, X86_VPBLENDD, dst, even, in_register(odd), 0x0a);
	else if (lane == 1)
		vec_rroi(c, X86_VPBLENDW, dst, even, in_register(odd), 0xaa);
	else if (mask_is_odd) {
		vec_rro(c, X86_VPAND, dst, odd, mask);
		vec_rrr(c, X86_VPOR, dst, dst, even);
	} else {
		vec_rro(c, X86_VPAND, dst, even, mask);
		vec_rrr(c, X86_VPOR, dst, dst, odd);
	}
}

/*
 * The operand whose lanes are in the wrong place is shifted; the shift leaves zeros in its other
 * lanes.
 */
static void
select_transpose(struct compiler *c, ir_ref i, const struct ir_insn *in, bool odd)
{
	static const enum x86_vector_op left[3] = { X86_VPSLLW_I, X86_VPSLLD_I, X86_VPSLLQ_I };
	static const enum x86_vector_op right[3] = { X86_VPSRLW_I, X86_VPSRLD_I, X86_VPSRLQ_I };
	unsigned lane = lane_of(in);
	struct vector_operand mask = { .in_memory = false };
	host_reg a, b, t;

	keep_eflags(c);
	if (lane == 3) {
		select_vector_binary(c, i, in, odd ? X86_VPUNPCKHQDQ : X86_VPUNPCKLQDQ, false);
		return;
	}
	if (lane == 0)
		mask = vector_constant(c, odd ? VC_ODD_BYTES : VC_EVEN_BYTES);
	a = use_vec(c, in->a);
	b = use_vec(c, in->b);
	t = temp_vec(c);
	if (odd) {
		vec_shift(c, right[lane], t, a, 8u << lane);
		blend_lanes(c, i, lane, t, b, mask, true);
	} else {
		vec_shift(c, left[lane], t, b, 8u << lane);
		blend_lanes(c, i, lane, a, t, mask, false);
	}
}

void
select_vtrn1(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_transpose(c, i, in, false);
}

void
select_vtrn2(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_transpose(c, i, in, true);
}

/* ---- widening products ---------------------------------------------------------------------- */

/* Half-words: low and high halves of the products, interleaved. */
static void
select_half_word_products(
	struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_vector_op high_half)
{
	struct vector_operand b = vector_operand(c, in->b);
	host_reg a = use_vec(c, in->a), low = temp_vec(c), dst;

	vec_rro(c, X86_VPMULLW, low, a, b);
	dst = def_vec_over(c, i);
	vec_rro(c, high_half, dst, a, b);
	vec_rrr(c, X86_VPUNPCKLWD, dst, low, dst);
}

/* Bytes: widened, then multiplied. */
static void
select_byte_products(
	struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_vector_op widen)
{
	struct vector_operand a = vector_operand(c, in->a), b = vector_operand(c, in->b);
	host_reg x = temp_vec(c), y = x;

	vec_ro(c, widen, x, a);
	if (canon(c, in->a) != canon(c, in->b)) {
		y = temp_vec(c);
		vec_ro(c, widen, y, b);
	}
	vec_rrr(c, X86_VPMULLW, def_vec_over(c, i), x, y);
}

/* Words: moved to the even places, of which vpmuludq and vpmuldq take the products. */
static void
select_word_products(
	struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_vector_op multiply)
{
	struct vector_operand a = vector_operand(c, in->a), b = vector_operand(c, in->b);
	host_reg x = temp_vec(c), y = x;

	vec_roi(c, X86_VPSHUFD, x, a, 0x10);
	if (canon(c, in->a) != canon(c, in->b)) {
		y = temp_vec(c);
		vec_roi(c, X86_VPSHUFD, y, b, 0x10);
	}
	vec_rrr(c, multiply, def_vec_over(c, i), x, y);
}

static void
select_widening_product(struct compiler *c, ir_ref i, const struct ir_insn *in, bool is_signed)
{
	keep_eflags(c);
	if (lane_of(in) == 0)
		select_byte_products(c, i, in, is_signed ? X86_VPMOVSXBW : X86_VPMOVZXBW);
	else if (lane_of(in) == 1)
		select_half_word_products(c, i, in, is_signed ? X86_VPMULHW : X86_VPMULHUW);
	else
		select_word_products(c, i, in, is_signed ? X86_VPMULDQ : X86_VPMULUDQ);
}

void
select_vmullu(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_widening_product(c, i, in, false);
}

void
select_vmulls(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_widening_product(c, i, in, true);
}

/* ---- pairwise ------------------------------------------------------------------------------- */

/*
 * Bytes and half-words: even lanes gathered in the low, odd lanes in the high halves, which are
 * then combined.
 */
static void
select_pairwise_narrow(
	struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_vector_op op)
{
	struct vector_operand evens_first = vector_constant(c, VC_EVEN_LANES_FIRST + lane_of(in));
	host_reg a = use_vec(c, in->a), b = use_vec(c, in->b);
	host_reg x = temp_vec(c), y = x, t = temp_vec(c), dst;

	vec_rro(c, X86_VPSHUFB, x, a, evens_first);
	if (a == b) {
		/* both halves of the result are the same */
		vec_roi(c, X86_VPSHUFD, t, in_register(x), 0x4e);
		vec_rrr(c, op, def_vec_over(c, i), x, t);
		return;
	}
	y = temp_vec(c);
	vec_rro(c, X86_VPSHUFB, y, b, evens_first);
	vec_rrr(c, X86_VPUNPCKLQDQ, t, x, y);
	dst = def_vec_over(c, i);
	vec_rrr(c, X86_VPUNPCKHQDQ, dst, x, y);
	vec_rrr(c, op, dst, dst, t);
}

/* Words and quadwords: even and odd lanes by one shuffle each. */
static void
select_pairwise(struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_vector_op op)
{
	unsigned lane = lane_of(in);
	struct vector_operand b;
	host_reg a, even, dst;

	keep_eflags(c);
	if (lane < 2) {
		select_pairwise_narrow(c, i, in, op);
		return;
	}
	b = vector_operand(c, in->b);
	a = use_vec(c, in->a);
	even = temp_vec(c);
	if (lane == 3)
		vec_rro(c, X86_VPUNPCKLQDQ, even, a, b);
	else
		vec_rroi(c, X86_VSHUFPS, even, a, b, 0x88);
	dst = def_vec_over(c, i);
	if (lane == 3)
		vec_rro(c, X86_VPUNPCKHQDQ, dst, a, b);
	else
		vec_rroi(c, X86_VSHUFPS, dst, a, b, 0xdd);
	vec_rrr(c, op, dst, dst, even);
}

void
select_vaddp(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	static const enum x86_vector_op op[4] = LANES(VPADD);

	select_pairwise(c, i, in, op[lane_of(in)]);
}

static const enum x86_vector_op max_unsigned[4] = LANES_BWD(VPMAXU);
static const enum x86_vector_op min_unsigned[4] = LANES_BWD(VPMINU);

void
select_vpmaxu(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_pairwise(c, i, in, max_unsigned[lane_of(in)]);
}

void
select_vpminu(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_pairwise(c, i, in, min_unsigned[lane_of(in)]);
}

/* ---- across lanes --------------------------------------------------------------------------- */

/*
 * dst = op over all lanes of a, in lane 0; the rest zero. Halves are folded together until one lane
 * is left.
 */
static void
select_across(struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_vector_op op)
{
	unsigned lane = lane_of(in);
	struct vector_operand first_lane = { .in_memory = false };
	host_reg a, t, dst;

	keep_eflags(c);
	if (lane < 3)
		first_lane = vector_constant(c, VC_FIRST_LANE + lane);
	a = use_vec(c, in->a);
	t = temp_vec(c);
	vec_roi(c, X86_VPSHUFD, t, in_register(a), 0xee);
	dst = def_vec_over(c, i);
	vec_rrr(c, op, dst, a, t);
	if (lane == 3) {
		vec_ro(c, X86_VMOVQ, dst, in_register(dst));
		return;
	}
	vec_roi(c, X86_VPSHUFD, t, in_register(dst), 0x55);
	vec_rrr(c, op, dst, dst, t);
	if (lane < 2) {
		vec_shift(c, X86_VPSRLD_I, t, dst, 16);
		vec_rrr(c, op, dst, dst, t);
	}
	if (lane < 1) {
		vec_shift(c, X86_VPSRLW_I, t, dst, 8);
		vec_rrr(c, op, dst, dst, t);
	}
	vec_rro(c, X86_VPAND, dst, dst, first_lane);
}

/* Sums of bytes: vpsadbw adds up eight at a time. */
static void
select_byte_sum(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	struct vector_operand first_lane = vector_constant(c, VC_FIRST_LANE);
	struct vector_operand a = vector_operand(c, in->a);
	host_reg sums = temp_vec(c), dst;

	vec_zero(c, sums);
	vec_rro(c, X86_VPSADBW, sums, sums, a);
	dst = def_vec_over(c, i);
	vec_shift(c, X86_VPSRLDQ_I, dst, sums, 8);
	vec_rrr(c, X86_VPADDD, dst, dst, sums);
	vec_rro(c, X86_VPAND, dst, dst, first_lane);
}

void
select_vaddv(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	static const enum x86_vector_op op[4] = LANES(VPADD);

	keep_eflags(c);
	if (lane_of(in) == 0)
		select_byte_sum(c, i, in);
	else
		select_across(c, i, in, op[lane_of(in)]);
}

void
select_vmaxvu(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_across(c, i, in, max_unsigned[lane_of(in)]);
}

void
select_vminvu(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_across(c, i, in, min_unsigned[lane_of(in)]);
}
