// SPDX-License-Identifier: Apache-2.0
// Lifters of "Floating-point data-processing": scalar arithmetic, comparison, selection, rounding, precision. Arm ARM
// C4.1.6; results clear the rest of the vector register.
#include "frontend/a64/lift_fp.h"

/* ---- one and two sources --------------------------------------------------------------------------------- */

#define ONE_SOURCE(row, op)                                               \
	static void lift_##row(struct lift *l, const struct a64_##row *d) \
	{                                                                 \
		enum ir_type t = fp_type(d->ftype);                       \
                                                                          \
		put_v(l, d->rd, op(l, t, 0, get_f(l, t, d->rn)));         \
	}                                                                 \
	A64_LIFTER(row)
#define TWO_SOURCES(row, op)                                                          \
	static void lift_##row(struct lift *l, const struct a64_##row *d)             \
	{                                                                             \
		enum ir_type t = fp_type(d->ftype);                                   \
                                                                                      \
		put_v(l, d->rd, op(l, t, 0, get_f(l, t, d->rn), get_f(l, t, d->rm))); \
	}                                                                             \
	A64_LIFTER(row)

static void
lift_fmov(struct lift *l, const struct a64_fmov *d)
{
	put_v(l, d->rd, get_f(l, fp_type(d->ftype), d->rn));
}
A64_LIFTER(fmov);

/* The product is negated even if it is a NaN. */
static ir_ref
multiply_negate(struct lift *l, enum ir_type t, unsigned aux, ir_ref a, ir_ref b)
{
	return ir_fneg(l, t, aux, ir_fmul(l, t, aux, a, b));
}

ONE_SOURCE(fabs, ir_fabs);
ONE_SOURCE(fneg, ir_fneg);
ONE_SOURCE(fsqrt, ir_fsqrt);
TWO_SOURCES(fmul, ir_fmul);
TWO_SOURCES(fdiv, ir_fdiv);
TWO_SOURCES(fadd, ir_fadd);
TWO_SOURCES(fsub, ir_fsub);
TWO_SOURCES(fmax, ir_fmax);
TWO_SOURCES(fmin, ir_fmin);
TWO_SOURCES(fmaxnm, ir_fmaxnm);
TWO_SOURCES(fminnm, ir_fminnm);
TWO_SOURCES(fnmul, multiply_negate);

/* ---- fused multiply-add: +-Ra +- Rn * Rm ------------------------------------------------------------------- */

#define FUSED(row, aux)                                                           \
	static void lift_##row(struct lift *l, const struct a64_##row *d)         \
	{                                                                         \
		enum ir_type t = fp_type(d->ftype);                               \
                                                                                  \
		put_v(l, d->rd,                                                   \
			ir_fma(l, t, aux, get_f(l, t, d->rn), get_f(l, t, d->rm), \
				get_f(l, t, d->ra)));                             \
	}                                                                         \
	A64_LIFTER(row)

FUSED(fmadd, 0);
FUSED(fmsub, IR_FP_NEGATE_PRODUCT);
FUSED(fnmadd, IR_FP_NEGATE_PRODUCT | IR_FP_NEGATE_ADDEND);
FUSED(fnmsub, IR_FP_NEGATE_ADDEND);

/* ---- precision, rounding --------------------------------------------------------------------------------- */

/* FCVT: types are 0 single, 1 double, 3 half. */
static void
lift_fcvt(struct lift *l, const struct a64_fcvt *d)
{
	static const uint8_t log2_bytes[4] = { FLOAT_SINGLE, FLOAT_DOUBLE, 0, FLOAT_HALF };
	unsigned from = log2_bytes[d->ftype], to = log2_bytes[d->opc];

	if (from == FLOAT_HALF || to == FLOAT_HALF)
		put_v(l, d->rd,
			simd_helper(l, HELPER_fcvt,
				helper_imm_convert(
					HELPER_SCALAR, from, to, 0, fp_rounding(l), l->unit->mode),
				get_v(l, d->rn), IR_NONE, IR_NONE));
	else
		put_v(l, d->rd, ir_fcvt(l, fp_type(d->opc), get_f(l, fp_type(d->ftype), d->rn)));
}
A64_LIFTER(fcvt);

/* FRINT*: aux is the rounding mode, and whether inexact is raised. */
#define ROUND(row, aux)                                                   \
	static void lift_##row(struct lift *l, const struct a64_##row *d) \
	{                                                                 \
		enum ir_type t = fp_type(d->ftype);                       \
                                                                          \
		put_v(l, d->rd, ir_frint(l, t, aux, get_f(l, t, d->rn))); \
	}                                                                 \
	A64_LIFTER(row)

ROUND(frint_mode, fp_rounding_aux((enum ir_rounding)d->rmode));
ROUND(frinta, fp_rounding_aux(IR_ROUND_AWAY));
ROUND(frintx, fp_rounding_aux(IR_ROUND_CURRENT) | IR_FP_EXACT);
ROUND(frinti, fp_rounding_aux(IR_ROUND_CURRENT));

/* ---- comparison ------------------------------------------------------------------------------------------ */

/* FCMP, FCMPE. Denormals count as zero and are noted in FPSR when they are flushed, which only the helper does. */
static ir_ref
compare(struct lift *l, enum ir_type t, unsigned E, ir_ref a, ir_ref b)
{
	enum vector_helper helper = E ? HELPER_fcmpe : HELPER_fcmp;
	ir_ref nzcv;

	if (!(l->unit->mode & IR_MODE_FLUSH))
		return ir_flags_fcmp(l, E ? IR_FP_SIGNALLING : 0, a, b);
	nzcv = simd_helper(l, helper, fp_helper_imm(l, HELPER_SCALAR, t == F64), ir_v_from_f(l, a),
		ir_v_from_f(l, b), IR_NONE);
	return ir_flags_from_nzcv(l, ir_vextract(l, I32, 2, nzcv));
}

static void
lift_fcmp(struct lift *l, const struct a64_fcmp *d)
{
	enum ir_type t = fp_type(d->ftype);

	put_flags(l, compare(l, t, d->E, get_f(l, t, d->rn), get_f(l, t, d->rm)));
}
A64_LIFTER(fcmp);

static void
lift_fcmp_zero(struct lift *l, const struct a64_fcmp_zero *d)
{
	enum ir_type t = fp_type(d->ftype);

	put_flags(l, compare(l, t, d->E, get_f(l, t, d->rn), fp_zero(l, t)));
}
A64_LIFTER(fcmp_zero);

/* FCCMP, FCCMPE: without the condition nothing is compared; zeros are, so that nothing is raised. */
static void
lift_fccmp(struct lift *l, const struct a64_fccmp *d)
{
	enum ir_type t = fp_type(d->ftype);
	ir_ref flags = get_flags(l), zero = fp_zero(l, t);
	ir_ref n = ir_select(l, t, d->cond, flags, get_f(l, t, d->rn), zero);
	ir_ref m = ir_select(l, t, d->cond, flags, get_f(l, t, d->rm), zero);
	ir_ref compared = compare(l, t, d->E, n, m), constant = ir_flags_const(l, d->nzcv);

	put_flags(l, ir_flags_select(l, d->cond, flags, compared, constant));
}
A64_LIFTER(fccmp);

/* ---- selection, constants -------------------------------------------------------------------------------- */

static void
lift_fcsel(struct lift *l, const struct a64_fcsel *d)
{
	enum ir_type t = fp_type(d->ftype);

	put_v(l, d->rd,
		ir_select(l, t, d->cond, get_flags(l), get_f(l, t, d->rn), get_f(l, t, d->rm)));
}
A64_LIFTER(fcsel);

/* VFPExpandImm(): sign, an exponent of NOT(b) and copies of b, then two exponent and four fraction bits. */
static uint64_t
expand_imm8(unsigned imm8, bool is_double)
{
	unsigned exponent_bits = is_double ? 11 : 8, fraction_bits = is_double ? 52 : 23;
	uint64_t sign = imm8 >> 7, b = imm8 >> 6 & 1;
	uint64_t copies = b ? (UINT64_C(1) << (exponent_bits - 3)) - 1 : 0;
	uint64_t exponent = (b ^ 1) << (exponent_bits - 1) | copies << 2 | (imm8 >> 4 & 3);

	return sign << (exponent_bits + fraction_bits) | exponent << fraction_bits |
	       (uint64_t)(imm8 & 15) << (fraction_bits - 4);
}

static void
lift_fmov_imm(struct lift *l, const struct a64_fmov_imm *d)
{
	put_v(l, d->rd,
		ir_const(l, fp_type(d->ftype), (int64_t)expand_imm8(d->imm8, d->ftype == 1)));
}
A64_LIFTER(fmov_imm);
