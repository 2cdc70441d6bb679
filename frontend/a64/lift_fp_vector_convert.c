// SPDX-License-Identifier: Apache-2.0
// Lifters of the floating-point rows of "Advanced SIMD two-register miscellaneous" and "shift by immediate" and of
// their scalar forms: signs, square roots, estimates, rounding and conversions. Arm ARM C4.1.6.
#include "frontend/a64/lift_fp.h"

/* ---- one source ------------------------------------------------------------------------------------------ */

#define VECTOR(row, op)                                                         \
	static void lift_##row(struct lift *l, const struct a64_##row *d)       \
	{                                                                       \
		simd_put(l, simd_shape(d->Q), d->rd,                            \
			op(l, V128, fp_lane(d->sz), fp_get_v(l, d->Q, d->rn))); \
	}                                                                       \
	A64_LIFTER(row)

VECTOR(fabs_vec, ir_fabs);
VECTOR(fneg_vec, ir_fneg);
VECTOR(fsqrt_vec, ir_fsqrt);

/* Estimates. */
static void
call1(struct lift *l, enum vector_helper helper, uint64_t imm, unsigned rd, unsigned rn)
{
	put_v(l, rd, simd_helper(l, helper, imm, get_v(l, rn), IR_NONE, IR_NONE));
}

#define VECTOR_HELPER_ROW(row, helper)                                                      \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                   \
	{                                                                                   \
		call1(l, HELPER_##helper, fp_helper_imm(l, simd_shape(d->Q), d->sz), d->rd, \
			d->rn);                                                             \
	}                                                                                   \
	A64_LIFTER(row)
#define SCALAR_HELPER_ROW(row, helper)                                                           \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                        \
	{                                                                                        \
		call1(l, HELPER_##helper, fp_helper_imm(l, HELPER_SCALAR, d->sz), d->rd, d->rn); \
	}                                                                                        \
	A64_LIFTER(row)

VECTOR_HELPER_ROW(frecpe_vec, frecpe);
VECTOR_HELPER_ROW(frsqrte_vec, frsqrte);
SCALAR_HELPER_ROW(frecpe_scalar, frecpe);
SCALAR_HELPER_ROW(frsqrte_scalar, frsqrte);
SCALAR_HELPER_ROW(frecpx_scalar, frecpx);

/* ---- rounding to integral values ------------------------------------------------------------------------- */

#define ROUND(row, aux)                                                                       \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                     \
	{                                                                                     \
		simd_put(l, simd_shape(d->Q), d->rd,                                          \
			ir_frint(l, V128, fp_lane(d->sz) | (aux), fp_get_v(l, d->Q, d->rn))); \
	}                                                                                     \
	A64_LIFTER(row)

ROUND(frint_mode_vec, fp_rounding_aux((enum ir_rounding)(d->o1 << 1 | d->o2)));
ROUND(frinta_vec, fp_rounding_aux(IR_ROUND_AWAY));
ROUND(frintx_vec, fp_rounding_aux(IR_ROUND_CURRENT) | IR_FP_EXACT);
ROUND(frinti_vec, fp_rounding_aux(IR_ROUND_CURRENT));

/* ---- to and from integers of the same size --------------------------------------------------------------- */

static unsigned
unsigned_aux(unsigned U)
{
	return U ? IR_FP_UNSIGNED : 0;
}

static void
to_int(struct lift *l, unsigned Q, unsigned sz, unsigned aux, unsigned fraction_bits, unsigned rd,
	unsigned rn)
{
	simd_put(l, simd_shape(Q), rd,
		ir_fcvt_to_int(l, V128, fp_lane(sz) | aux, fp_get_v(l, Q, rn), fraction_bits));
}

static void
to_int_scalar(
	struct lift *l, unsigned sz, unsigned aux, unsigned fraction_bits, unsigned rd, unsigned rn)
{
	enum ir_type t = fp_type(sz), integer = fp_integer_type(sz);
	ir_ref value = ir_fcvt_to_int(l, integer, aux, get_f(l, t, rn), fraction_bits);

	put_v(l, rd, ir_f_from_bits(l, t, value));
}

static void
from_int(struct lift *l, unsigned Q, unsigned sz, unsigned U, unsigned fraction_bits, unsigned rd,
	unsigned rn)
{
	simd_put(l, simd_shape(Q), rd,
		ir_int_to_fp(
			l, V128, fp_lane(sz) | unsigned_aux(U), fp_get_v(l, Q, rn), fraction_bits));
}

static void
from_int_scalar(
	struct lift *l, unsigned sz, unsigned U, unsigned fraction_bits, unsigned rd, unsigned rn)
{
	enum ir_type t = fp_type(sz), integer = fp_integer_type(sz);

	put_v(l, rd,
		ir_int_to_fp(l, t, unsigned_aux(U), ir_bits_from_f(l, integer, get_f(l, t, rn)),
			fraction_bits));
}

/* FCVT* by the mode `rounding`. */
#define TO_INT(name, rounding)                                                                    \
	static void lift_##name##_vec(struct lift *l, const struct a64_##name##_vec *d)           \
	{                                                                                         \
		to_int(l, d->Q, d->sz, unsigned_aux(d->U) | fp_rounding_aux(rounding), 0, d->rd,  \
			d->rn);                                                                   \
	}                                                                                         \
	A64_LIFTER(name##_vec);                                                                   \
	static void lift_##name##_scalar(struct lift *l, const struct a64_##name##_scalar *d)     \
	{                                                                                         \
		to_int_scalar(l, d->sz, unsigned_aux(d->U) | fp_rounding_aux(rounding), 0, d->rd, \
			d->rn);                                                                   \
	}                                                                                         \
	A64_LIFTER(name##_scalar)

TO_INT(fcvt_to_int, (enum ir_rounding)(d->o1 << 1 | d->o2));
TO_INT(fcvta_to_int, IR_ROUND_AWAY);

static void
lift_int_to_float_vec(struct lift *l, const struct a64_int_to_float_vec *d)
{
	from_int(l, d->Q, d->sz, d->U, 0, d->rd, d->rn);
}
A64_LIFTER(int_to_float_vec);

static void
lift_int_to_float_scalar(struct lift *l, const struct a64_int_to_float_scalar *d)
{
	from_int_scalar(l, d->sz, d->U, 0, d->rd, d->rn);
}
A64_LIFTER(int_to_float_scalar);

/* Fixed point: towards zero. */
static void
lift_float_to_fixed_vec(struct lift *l, const struct a64_float_to_fixed_vec *d)
{
	to_int(l, d->Q, fp_fixed_sz(d->immh), unsigned_aux(d->U) | fp_rounding_aux(IR_ROUND_ZERO),
		fp_fixed_fraction_bits(d->immh, d->immb), d->rd, d->rn);
}
A64_LIFTER(float_to_fixed_vec);

static void
lift_float_to_fixed_scalar(struct lift *l, const struct a64_float_to_fixed_scalar *d)
{
	to_int_scalar(l, fp_fixed_sz(d->immh), unsigned_aux(d->U) | fp_rounding_aux(IR_ROUND_ZERO),
		fp_fixed_fraction_bits(d->immh, d->immb), d->rd, d->rn);
}
A64_LIFTER(float_to_fixed_scalar);

static void
lift_fixed_to_float_vec(struct lift *l, const struct a64_fixed_to_float_vec *d)
{
	from_int(l, d->Q, fp_fixed_sz(d->immh), d->U, fp_fixed_fraction_bits(d->immh, d->immb),
		d->rd, d->rn);
}
A64_LIFTER(fixed_to_float_vec);

static void
lift_fixed_to_float_scalar(struct lift *l, const struct a64_fixed_to_float_scalar *d)
{
	from_int_scalar(l, fp_fixed_sz(d->immh), d->U, fp_fixed_fraction_bits(d->immh, d->immb),
		d->rd, d->rn);
}
A64_LIFTER(fixed_to_float_scalar);

/* ---- between sizes --------------------------------------------------------------------------------------- */

static uint64_t
convert_imm(const struct lift *l, enum helper_shape shape, unsigned from, unsigned to,
	enum float_rounding rounding)
{
	return helper_imm_convert(shape, from, to, 0, rounding, l->unit->mode);
}

/* FCVTN, FCVTXN: lanes of `from` to lanes of half the size; with Q into Vd's upper half. */
static void
narrow(struct lift *l, unsigned Q, unsigned from, enum float_rounding rounding, unsigned rd,
	unsigned rn)
{
	put_v(l, rd,
		simd_helper(l, HELPER_fcvtn,
			convert_imm(l, simd_shape(Q), from, from - 1, rounding), get_v(l, rn),
			IR_NONE, Q ? get_v(l, rd) : IR_NONE));
}

static void
lift_fcvtn_vec(struct lift *l, const struct a64_fcvtn_vec *d)
{
	narrow(l, d->Q, fp_lane(d->sz), fp_rounding(l), d->rd, d->rn);
}
A64_LIFTER(fcvtn_vec);

static void
lift_fcvtxn_vec(struct lift *l, const struct a64_fcvtxn_vec *d)
{
	narrow(l, d->Q, FLOAT_DOUBLE, FLOAT_ROUND_ODD, d->rd, d->rn);
}
A64_LIFTER(fcvtxn_vec);

static void
lift_fcvtxn_scalar(struct lift *l, const struct a64_fcvtxn_scalar *d)
{
	call1(l, HELPER_fcvtn,
		convert_imm(l, HELPER_SCALAR, FLOAT_DOUBLE, FLOAT_SINGLE, FLOAT_ROUND_ODD), d->rd,
		d->rn);
}
A64_LIFTER(fcvtxn_scalar);

/* FCVTL: lanes of half the size of `to`, of the lower half or with Q of the upper half. */
static void
lift_fcvtl_vec(struct lift *l, const struct a64_fcvtl_vec *d)
{
	unsigned to = fp_lane(d->sz);

	call1(l, HELPER_fcvtl, convert_imm(l, simd_shape(d->Q), to - 1, to, fp_rounding(l)), d->rd,
		d->rn);
}
A64_LIFTER(fcvtl_vec);
