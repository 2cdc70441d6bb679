// SPDX-License-Identifier: Apache-2.0
// Selectors of floating-point conversions (see select_float.h): between sizes, to integral values, to and from integers.
// Conversions that saturate are recognised by the value that x86 gives for what does not fit, and done again by the helper.
#include "backend/x86_64/select_float.h"

#define ROUND_CURRENT \
	4 /* vround's immediate: as MXCSR says; and without the precision exception: */
#define ROUND_SUPPRESS_INEXACT 8

static enum x86_gpr
gpr(host_reg r)
{
	return (enum x86_gpr)r;
}

static bool
is_integer(enum ir_type t)
{
	return t == I32 || t == I64;
}

/* ---- between sizes ------------------------------------------------------------------------------------------------------ */

/* NaNs keep sign and the upper part of the payload and become quiet on both sides, save for the default NaN mode. */
void
select_fcvt(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned to = in->type == F32 ? 2 : 3;
	uint64_t imm = helper_imm_convert(HELPER_SCALAR, 5 - to, to, 0,
		(enum float_rounding)(c->u->mode & IR_MODE_ROUNDING), c->u->mode);
	enum float_doubt doubt = to == 2 ? FLOAT_DOUBT_NAN_UNDERFLOW : FLOAT_DOUBT_NAN;
	bool check = c->u->mode & IR_MODE_DEFAULT_NAN ||
		     (c->u->mode & IR_MODE_EXACT_FLAGS && doubt == FLOAT_DOUBT_NAN_UNDERFLOW);
	host_reg a, scratch, dst;

	if (!float_on_host(c)) {
		float_select_helper(c, i, HELPER_fcvt, imm);
		return;
	}
	a = use_vec(c, in->a);
	scratch = check ? float_scratch(c, FLOAT_SS, doubt) : REG_NONE;
	dst = check ? def_vec(c, i) : def_vec_over(c, i);
	x86_vec_rrr(&c->w, to == 2 ? X86_VCVTSD2SS : X86_VCVTSS2SD, XMM(dst), XMM(a), XMM(a));
	if (check)
		float_repair(c, i, to == 2 ? FLOAT_SS : FLOAT_SD, doubt, HELPER_fcvt, imm, dst,
			(const host_reg[]){ a, REG_NONE, REG_NONE }, scratch);
	else
		keep_eflags(c);
	/* a single keeps the upper half of the double that it is made from */
	c->values[i].upper_zero = to == 3 && float_upper_zero(c, in->a);
}

static void
lengthen(struct compiler *c, ir_ref i, const struct ir_insn *in, bool upper)
{
	host_reg a = use_vec(c, in->a), dst = def_vec_over(c, i);

	if (upper)
		x86_vec_rri(&c->w, X86_VPSRLDQ_I, XMM(dst), XMM(a), 8);
	x86_vec_rr(&c->w, X86_VCVTPS2PD, XMM(dst), XMM(upper ? dst : a));
}

static void
narrow(struct compiler *c, ir_ref i, const struct ir_insn *in, bool upper)
{
	host_reg a = use_vec(c, in->a), old, t;

	if (!upper) {
		x86_vec_rr(&c->w, X86_VCVTPD2PS, XMM(def_vec_over(c, i)), XMM(a));
		return;
	}
	old = use_vec(c, in->c);
	t = temp_vec(c);
	x86_vec_rr(&c->w, X86_VCVTPD2PS, XMM(t), XMM(a));
	x86_vec_rrr(&c->w, X86_VPUNPCKLQDQ, XMM(def_vec_over(c, i)), XMM(old), XMM(t));
}

bool
float_select_packed_fcvt(struct compiler *c, ir_ref i, const struct ir_insn *in, uint64_t imm)
{
	enum helper_shape shape = helper_imm_shape(imm);
	unsigned from = helper_imm_lane(imm), to = helper_imm_to(imm);

	if (!float_on_host(c) || c->u->mode & (IR_MODE_DEFAULT_NAN | IR_MODE_EXACT_FLAGS) ||
		shape == HELPER_SCALAR ||
		helper_imm_env(imm).rounding != (c->u->mode & IR_MODE_ROUNDING))
		return false;
	if (in->aux == HELPER_fcvtl && from == FLOAT_SINGLE && to == FLOAT_DOUBLE)
		lengthen(c, i, in, shape == HELPER_VECTOR128);
	else if (in->aux == HELPER_fcvtn && from == FLOAT_DOUBLE && to == FLOAT_SINGLE)
		narrow(c, i, in, shape == HELPER_VECTOR128);
	else
		return false;
	keep_eflags(c);
	return true;
}

/* ---- to integral values --------------------------------------------------------------------------------------------------- */

static enum float_rounding
rounding_of(const struct compiler *c, const struct ir_insn *in)
{
	unsigned rounding = in->aux >> IR_FP_ROUNDING_SHIFT & 7;

	return (enum float_rounding)(
		rounding == IR_ROUND_CURRENT ? c->u->mode & IR_MODE_ROUNDING : rounding);
}

/* vround's immediate for a rounding mode other than ties-away. */
static unsigned
vround_mode(const struct compiler *c, enum float_rounding rounding)
{
	static const uint8_t x86_rounding[4] = { [FLOAT_ROUND_NEAREST] = 0,
		[FLOAT_ROUND_UP] = 2,
		[FLOAT_ROUND_DOWN] = 1,
		[FLOAT_ROUND_ZERO] = 3 };

	return rounding == (c->u->mode & IR_MODE_ROUNDING) ? ROUND_CURRENT : x86_rounding[rounding];
}

static void
emit_vround(struct compiler *c, enum float_form form, host_reg dst, host_reg a, unsigned imm)
{
	switch (form) {
	case FLOAT_SS: x86_vec_rrri8(&c->w, X86_VROUNDSS, XMM(dst), XMM(a), XMM(a), imm); break;
	case FLOAT_SD: x86_vec_rrri8(&c->w, X86_VROUNDSD, XMM(dst), XMM(a), XMM(a), imm); break;
	case FLOAT_PS: x86_vec_rri8(&c->w, X86_VROUNDPS, XMM(dst), XMM(a), imm); break;
	default: x86_vec_rri8(&c->w, X86_VROUNDPD, XMM(dst), XMM(a), imm); break;
	}
}

void
select_frint(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	enum float_form form = float_form_of(in);
	enum float_rounding rounding = rounding_of(c, in);
	bool exact = in->aux & IR_FP_EXACT, check = c->u->mode & IR_MODE_DEFAULT_NAN;
	unsigned helper = exact ? HELPER_frintx : HELPER_frint;
	uint64_t imm = helper_imm(float_form_shape(form), float_form_size(form), 0) |
		       helper_imm_mode(rounding, c->u->mode);
	host_reg a, scratch, dst;

	if (!float_on_host(c) || rounding == FLOAT_ROUND_TIES_AWAY) {
		float_select_helper(c, i, helper, imm);
		return;
	}
	a = use_vec(c, in->a);
	scratch = check ? float_scratch(c, form, FLOAT_DOUBT_NAN) : REG_NONE;
	dst = check ? def_vec(c, i) : def_vec_over(c, i);
	emit_vround(
		c, form, dst, a, vround_mode(c, rounding) | (exact ? 0 : ROUND_SUPPRESS_INEXACT));
	if (check)
		float_repair(c, i, form, FLOAT_DOUBT_NAN, helper, imm, dst,
			(const host_reg[]){ a, REG_NONE, REG_NONE }, scratch);
	else
		keep_eflags(c);
	c->values[i].upper_zero = !float_is_packed(form) && float_upper_zero(c, in->a);
}

/* ---- to integers ------------------------------------------------------------------------------------------------------------- */

/* A conversion to integers in the making. */
struct to_int {
	enum float_form form;
	enum float_rounding rounding;
	unsigned size; /* bytes of the integer */
	bool is_unsigned;
	unsigned helper;
	uint64_t imm;
	host_reg a, source, dst; /* operand; the same, or the operand rounded; integer */
	host_reg scratch;
};

/*
 * Whether x86 has the conversion: rounding towards zero, or as MXCSR says; of unsigned integers with AVX-512. Otherwise the
 * operand is rounded first, and the conversion is exact.
 */
static bool
converts_directly(const struct compiler *c, const struct to_int *t)
{
	return (t->rounding == FLOAT_ROUND_ZERO ||
		       t->rounding == (c->u->mode & IR_MODE_ROUNDING)) &&
	       (!t->is_unsigned || host_features.avx512);
}

/* The truncating or the rounding one of two operations. */
static enum x86_vector_op
converter(const struct to_int *t, enum x86_vector_op truncating, enum x86_vector_op rounding)
{
	return t->rounding == FLOAT_ROUND_ZERO || t->source != t->a ? truncating : rounding;
}

static void
round_source(struct compiler *c, const struct to_int *t)
{
	if (t->source != t->a)
		emit_vround(c, t->form, t->source, t->a,
			vround_mode(c, t->rounding) | ROUND_SUPPRESS_INEXACT);
}

/* Rounding again raises inexact, now that the value is known to fit: one that does not is only invalid. */
static void
raise_inexact(struct compiler *c, const struct to_int *t)
{
	if (t->source != t->a)
		emit_vround(c, t->form, t->source, t->a, vround_mode(c, t->rounding));
}

static struct cold_path *
leave_for_helper(struct compiler *c, const struct to_int *t, enum x86_cond cond)
{
	return float_cold(
		c, cond, t->helper, t->imm, t->dst, (const host_reg[]){ t->a, REG_NONE, REG_NONE });
}

/* The last test of a conversion: what does not fit is the helper's. */
static void
finish_conversion(struct compiler *c, const struct to_int *t, enum x86_cond misfit)
{
	struct cold_path *cold = leave_for_helper(c, t, misfit);

	raise_inexact(c, t);
	cold_return_here(c, cold);
}

/* What does not fit gives the integer's least value, the only one that overflows less one. */
static void
convert_signed(struct compiler *c, const struct to_int *t)
{
	bool f32 = t->form == FLOAT_SS;

	x86_vec_to_gpr(&c->w,
		f32 ? converter(t, X86_VCVTTSS2SI, X86_VCVTSS2SI)
		    : converter(t, X86_VCVTTSD2SI, X86_VCVTSD2SI),
		t->size, gpr(t->dst), XMM(t->source));
	x86_alu_ri(&c->w, X86_CMP, t->size, gpr(t->dst), 1);
	finish_conversion(c, t, X86_O);
}

/* What does not fit gives all ones. */
static void
convert_unsigned(struct compiler *c, const struct to_int *t)
{
	bool f32 = t->form == FLOAT_SS;

	x86_vec_to_gpr(&c->w,
		f32 ? converter(t, X86_VCVTTSS2USI, X86_VCVTSS2USI)
		    : converter(t, X86_VCVTTSD2USI, X86_VCVTSD2USI),
		t->size, gpr(t->dst), XMM(t->source));
	x86_alu_ri(&c->w, X86_CMP, t->size, gpr(t->dst), -1);
	finish_conversion(c, t, X86_E);
}

/* Without AVX-512, 32 bits: the signed 64-bit conversion, whose upper half is zero if the value fits. */
static void
convert_unsigned32(struct compiler *c, const struct to_int *t, host_reg upper)
{
	x86_vec_to_gpr(&c->w, t->form == FLOAT_SS ? X86_VCVTTSS2SI : X86_VCVTTSD2SI, 8, gpr(t->dst),
		XMM(t->source));
	x86_mov_rr(&c->w, 8, gpr(upper), gpr(t->dst));
	x86_shift_ri(&c->w, X86_SHR, 8, gpr(upper), 32);
	finish_conversion(c, t, X86_NZ);
}

/* Without AVX-512, 64 bits: the signed conversion for 0 <= a < 2^63; it must not see more, which is valid for Arm. */
static void
convert_unsigned64(struct compiler *c, const struct to_int *t)
{
	static const union vec128 limit[2] = { { .s = { 0x5f000000 } },
		{ .d = { UINT64_C(0x43e0000000000000) } } };
	bool f32 = t->form == FLOAT_SS;
	struct cold_path *too_large;

	x86_vec_rm(
		&c->w, f32 ? X86_VMOVSS : X86_VMOVSD, XMM(t->scratch), x86_mem_rip(&limit[!f32]));
	x86_vec_rr(&c->w, f32 ? X86_VUCOMISS : X86_VUCOMISD, XMM(t->scratch), XMM(t->a));
	too_large = leave_for_helper(c, t, X86_BE);
	round_source(c, t);
	x86_vec_to_gpr(
		&c->w, f32 ? X86_VCVTTSS2SI : X86_VCVTTSD2SI, 8, gpr(t->dst), XMM(t->source));
	x86_test_rr(&c->w, 8, gpr(t->dst), gpr(t->dst));
	finish_conversion(c, t, X86_S);
	cold_return_here(c, too_large);
}

static void
select_to_int_scalar(struct compiler *c, ir_ref i, const struct ir_insn *in, struct to_int *t)
{
	host_reg upper = REG_NONE;

	t->a = t->source = use_vec(c, in->a);
	if (!converts_directly(c, t))
		t->source = temp_vec(c);
	if (t->is_unsigned && !host_features.avx512) {
		t->scratch = temp_vec(c);
		upper = temp_gpr(c);
	}
	t->dst = def_gpr(c, i);
	if (t->is_unsigned && !host_features.avx512 && t->size == 8) {
		convert_unsigned64(c, t);
		return;
	}
	round_source(c, t);
	if (!t->is_unsigned)
		convert_signed(c, t);
	else if (host_features.avx512)
		convert_unsigned(c, t);
	else
		convert_unsigned32(c, t, upper);
}

/* The x86 conversion of lanes, or X86_VECTOR_OPS when there is none. */
static enum x86_vector_op
packed_converter(const struct to_int *t)
{
	if (t->form == FLOAT_PS && !t->is_unsigned)
		return converter(t, X86_VCVTTPS2DQ, X86_VCVTPS2DQ);
	if (!host_features.avx512)
		return X86_VECTOR_OPS;
	if (t->form == FLOAT_PS)
		return t->rounding == FLOAT_ROUND_ZERO || t->source != t->a ? X86_VCVTTPS2UDQ
									    : X86_VECTOR_OPS;
	if (t->is_unsigned)
		return converter(t, X86_VCVTTPD2UQQ, X86_VCVTPD2UQQ);
	return converter(t, X86_VCVTTPD2QQ, X86_VCVTPD2QQ);
}

/* Lanes that do not fit give the least value (signed) or all ones (unsigned). */
static void
emit_packed_check(struct compiler *c, const struct to_int *t)
{
	static const union vec128 least[2] = {
		{ .s = { 0x80000000, 0x80000000, 0x80000000, 0x80000000 } },
		{ .d = { UINT64_C(1) << 63, UINT64_C(1) << 63 } },
	};
	enum x86_vector_op compare = t->form == FLOAT_PS ? X86_VPCMPEQD : X86_VPCMPEQQ;

	if (t->is_unsigned) {
		x86_vec_rrr(&c->w, X86_VPCMPEQD, XMM(t->scratch), XMM(t->scratch), XMM(t->scratch));
		x86_vec_rrr(&c->w, compare, XMM(t->scratch), XMM(t->scratch), XMM(t->dst));
	} else {
		x86_vec_rrm(&c->w, compare, XMM(t->scratch), XMM(t->dst),
			x86_mem_rip(&least[t->form == FLOAT_PD]));
	}
	x86_vec_rr(&c->w, X86_VTESTPS, XMM(t->scratch), XMM(t->scratch));
	finish_conversion(c, t, X86_NZ);
}

static void
select_to_int_packed(struct compiler *c, ir_ref i, const struct ir_insn *in, struct to_int *t)
{
	enum x86_vector_op op;

	t->a = t->source = use_vec(c, in->a);
	/* the scratch register holds the rounded lanes, then the check, then the rounded lanes again */
	t->scratch = temp_vec(c);
	if (!converts_directly(c, t))
		t->source = t->scratch;
	op = packed_converter(t);
	if (op == X86_VECTOR_OPS) {
		float_select_helper(c, i, t->helper, t->imm);
		return;
	}
	t->dst = def_vec(c, i);
	round_source(c, t);
	x86_vec_rr(&c->w, op, XMM(t->dst), XMM(t->source));
	emit_packed_check(c, t);
}

void
select_fcvt_to_int(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	bool packed = in->type == V128;
	enum ir_type from = c->u->insns[in->a].type;
	struct to_int t = {
		.form = packed        ? float_form_of(in)
			: from == F32 ? FLOAT_SS
				      : FLOAT_SD,
		.rounding = rounding_of(c, in),
		.is_unsigned = in->aux & IR_FP_UNSIGNED,
		.scratch = REG_NONE,
	};
	unsigned from_log2 = float_form_size(t.form);

	t.size = packed ? 1u << from_log2 : int_size(in->type);
	t.helper = t.is_unsigned ? HELPER_fcvtu : HELPER_fcvts;
	t.imm = helper_imm_convert(float_form_shape(t.form), from_log2, t.size == 8 ? 3 : 2,
		(unsigned)in->imm, t.rounding, c->u->mode);
	if (!float_on_host(c) || in->imm != 0 || t.rounding == FLOAT_ROUND_TIES_AWAY)
		float_select_helper(c, i, t.helper, t.imm);
	else if (packed)
		select_to_int_packed(c, i, in, &t);
	else
		select_to_int_scalar(c, i, in, &t);
}

/* ---- from integers ------------------------------------------------------------------------------------------------------------ */

/* dst *= 2^-fraction_bits, which is exact: results are zero or between 2^-64 and 2^64. */
static void
scale(struct compiler *c, enum float_form form, host_reg dst, unsigned fraction_bits,
	host_reg factor, host_reg bits)
{
	static const uint16_t multiply[FLOAT_FORMS] = FLOAT_OPS(VMUL);

	if (fraction_bits == 0)
		return;
	if (float_form_size(form) == FLOAT_SINGLE) {
		x86_mov_ri(&c->w, gpr(bits), (uint64_t)(127 - fraction_bits) << 23);
		x86_vec_from_gpr(&c->w, X86_VMOVD, XMM(factor), gpr(bits));
	} else {
		x86_mov_ri(&c->w, gpr(bits), (uint64_t)(1023 - fraction_bits) << 52);
		x86_vec_from_gpr(&c->w, X86_VMOVQ_GPR, XMM(factor), gpr(bits));
	}
	if (float_is_packed(form))
		x86_vec_rr(&c->w, form == FLOAT_PS ? X86_VPBROADCASTD : X86_VPBROADCASTQ,
			XMM(factor), XMM(factor));
	x86_vec_rrr(&c->w, multiply[form], XMM(dst), XMM(dst), XMM(factor));
}

/* The upper part of the result comes from a zeroed register. */
static void
convert_from_gpr(struct compiler *c, enum x86_vector_op op, unsigned size, host_reg dst, host_reg a)
{
	x86_vec_rrr(&c->w, X86_VPXOR, XMM(dst), XMM(dst), XMM(dst));
	x86_vec_cvt_from_gpr(&c->w, op, size, XMM(dst), XMM(dst), gpr(a));
}

static void
select_from_int_scalar(
	struct compiler *c, ir_ref i, const struct ir_insn *in, unsigned helper, uint64_t imm)
{
	enum float_form form = float_form_of(in);
	unsigned size = int_size(ir_result_type(&c->u->insns[in->a])),
		 fraction_bits = (unsigned)in->imm;
	enum x86_vector_op op = form == FLOAT_SS ? X86_VCVTSI2SS : X86_VCVTSI2SD;
	bool is_unsigned = in->aux & IR_FP_UNSIGNED;
	host_reg a = use_gpr(c, in->a);
	host_reg factor = fraction_bits ? temp_vec(c) : REG_NONE;
	host_reg bits = fraction_bits || (is_unsigned && size == 4) ? temp_gpr(c) : REG_NONE;
	host_reg dst = def_vec(c, i);
	struct cold_path *negative = NULL;

	keep_eflags(c);
	if (is_unsigned && size == 4) {
		x86_mov_rr(&c->w, 4, gpr(bits), gpr(a));
		convert_from_gpr(c, op, 8, dst, bits);
	} else if (is_unsigned && host_features.avx512) {
		convert_from_gpr(c, form == FLOAT_SS ? X86_VCVTUSI2SS : X86_VCVTUSI2SD, 8, dst, a);
	} else {
		if (is_unsigned) { /* 2^63 and more */
			c->eflags_kept = false;
			x86_test_rr(&c->w, 8, gpr(a), gpr(a));
			negative = float_cold(c, X86_S, helper, imm, dst,
				(const host_reg[]){ a, REG_NONE, REG_NONE });
		}
		convert_from_gpr(c, op, size, dst, a);
	}
	scale(c, form, dst, fraction_bits, factor, bits);
	if (negative)
		cold_return_here(c, negative);
	c->values[i].upper_zero = true;
}

static void
select_from_int_packed(
	struct compiler *c, ir_ref i, const struct ir_insn *in, unsigned helper, uint64_t imm)
{
	enum float_form form = float_form_of(in);
	unsigned fraction_bits = (unsigned)in->imm;
	bool is_unsigned = in->aux & IR_FP_UNSIGNED;
	enum x86_vector_op op = form == FLOAT_PD ? (is_unsigned ? X86_VCVTUQQ2PD : X86_VCVTQQ2PD)
				: is_unsigned    ? X86_VCVTUDQ2PS
						 : X86_VCVTDQ2PS;
	host_reg a, factor, bits, dst;

	if (op != X86_VCVTDQ2PS && !host_features.avx512) {
		float_select_helper(c, i, helper, imm);
		return;
	}
	a = use_vec(c, in->a);
	factor = fraction_bits ? temp_vec(c) : REG_NONE;
	bits = fraction_bits ? temp_gpr(c) : REG_NONE;
	dst = def_vec_over(c, i);
	x86_vec_rr(&c->w, op, XMM(dst), XMM(a));
	scale(c, form, dst, fraction_bits, factor, bits);
	keep_eflags(c);
}

void
select_int_to_fp(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	enum float_form form = float_form_of(in);
	enum ir_type from = ir_result_type(&c->u->insns[in->a]);
	unsigned to_log2 = float_form_size(form);
	unsigned from_log2 = is_integer(from) ? (from == I32 ? 2 : 3) : to_log2;
	unsigned helper = in->aux & IR_FP_UNSIGNED ? HELPER_ucvtf : HELPER_scvtf;
	uint64_t imm =
		helper_imm_convert(float_form_shape(form), from_log2, to_log2, (unsigned)in->imm,
			(enum float_rounding)(c->u->mode & IR_MODE_ROUNDING), c->u->mode);

	if (!float_on_host(c))
		float_select_helper(c, i, helper, imm);
	else if (float_is_packed(form))
		select_from_int_packed(c, i, in, helper, imm);
	else
		select_from_int_scalar(c, i, in, helper, imm);
}
