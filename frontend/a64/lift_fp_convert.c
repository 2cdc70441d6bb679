// SPDX-License-Identifier: Apache-2.0
// Lifters of "Conversion between floating-point and fixed-point, integer": between general and floating-point
// registers. Arm ARM C4.1.6.
#include "frontend/a64/lift_fp.h"

/* The sign of the integer side. */
static unsigned
unsigned_aux(unsigned U)
{
	return U ? IR_FP_UNSIGNED : 0;
}

/* ---- to general registers -------------------------------------------------------------------------------- */

static void
to_general(struct lift *l, unsigned sf, unsigned ftype, unsigned aux, unsigned fraction_bits,
	unsigned rd, unsigned rn)
{
	enum ir_type t = gpr_type(sf);

	put_gpr(l, t, rd, ir_fcvt_to_int(l, t, aux, get_f(l, fp_type(ftype), rn), fraction_bits));
}

static void
lift_fcvt_to_int(struct lift *l, const struct a64_fcvt_to_int *d)
{
	to_general(l, d->sf, d->ftype,
		unsigned_aux(d->U) | fp_rounding_aux((enum ir_rounding)d->rmode), 0, d->rd, d->rn);
}
A64_LIFTER(fcvt_to_int);

static void
lift_fcvta_to_int(struct lift *l, const struct a64_fcvta_to_int *d)
{
	to_general(l, d->sf, d->ftype, unsigned_aux(d->U) | fp_rounding_aux(IR_ROUND_AWAY), 0,
		d->rd, d->rn);
}
A64_LIFTER(fcvta_to_int);

static void
lift_float_to_fixed(struct lift *l, const struct a64_float_to_fixed *d)
{
	to_general(l, d->sf, d->ftype, unsigned_aux(d->U) | fp_rounding_aux(IR_ROUND_ZERO),
		64 - d->scale, d->rd, d->rn);
}
A64_LIFTER(float_to_fixed);

/* ---- from general registers ------------------------------------------------------------------------------ */

static void
from_general(struct lift *l, unsigned sf, unsigned ftype, unsigned U, unsigned fraction_bits,
	unsigned rd, unsigned rn)
{
	put_v(l, rd,
		ir_int_to_fp(l, fp_type(ftype), unsigned_aux(U), get_gpr(l, gpr_type(sf), rn),
			fraction_bits));
}

static void
lift_int_to_float(struct lift *l, const struct a64_int_to_float *d)
{
	from_general(l, d->sf, d->ftype, d->U, 0, d->rd, d->rn);
}
A64_LIFTER(int_to_float);

static void
lift_fixed_to_float(struct lift *l, const struct a64_fixed_to_float *d)
{
	from_general(l, d->sf, d->ftype, d->U, 64 - d->scale, d->rd, d->rn);
}
A64_LIFTER(fixed_to_float);

/* ---- bits as they are -------------------------------------------------------------------------------------- */

static void
lift_fmov_to_gpr(struct lift *l, const struct a64_fmov_to_gpr *d)
{
	enum ir_type t = gpr_type(d->sf);

	put_gpr(l, t, d->rd, ir_bits_from_f(l, t, get_f(l, fp_type(d->ftype), d->rn)));
}
A64_LIFTER(fmov_to_gpr);

static void
lift_fmov_from_gpr(struct lift *l, const struct a64_fmov_from_gpr *d)
{
	put_v(l, d->rd, ir_f_from_bits(l, fp_type(d->ftype), get_gpr(l, gpr_type(d->sf), d->rn)));
}
A64_LIFTER(fmov_from_gpr);

/* FMOV Xd, Vn.D[1] and FMOV Vd.D[1], Xn. */
#define UPPER_DOUBLE (3 | 1 << 8)

static void
lift_fmov_to_gpr_high(struct lift *l, const struct a64_fmov_to_gpr_high *d)
{
	put_gpr(l, I64, d->rd, ir_vextract(l, I64, UPPER_DOUBLE, get_v(l, d->rn)));
}
A64_LIFTER(fmov_to_gpr_high);

static void
lift_fmov_from_gpr_high(struct lift *l, const struct a64_fmov_from_gpr_high *d)
{
	put_v(l, d->rd, ir_vinsert(l, UPPER_DOUBLE, get_v(l, d->rd), get_gpr(l, I64, d->rn)));
}
A64_LIFTER(fmov_from_gpr_high);
