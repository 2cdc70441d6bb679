// SPDX-License-Identifier: Apache-2.0
// Lifters of "Advanced SIMD three different" and its scalar form: operands and result differ in lane size. Q = 1 is
// the form with a 2 (SADDL2), which reads, or when narrowing writes, the upper half; `size` is the narrow lane.
// Arm ARM C4.1.6.
#include "frontend/a64/lift_simd.h"

/* ---- wide = widen(narrow) op widen(narrow), wide op widen(narrow) ------------------------------------------ */

#define LONG(row, op, widen)                                                       \
	static void lift_##row(struct lift *l, const struct a64_##row *d)          \
	{                                                                          \
		ir_ref n = widen(l, d->size, simd_half(l, d->Q, get_v(l, d->rn))); \
		ir_ref m = widen(l, d->size, simd_half(l, d->Q, get_v(l, d->rm))); \
                                                                                   \
		put_v(l, d->rd, op(l, d->size + 1, n, m));                         \
	}                                                                          \
	A64_LIFTER(row)
#define WIDE(row, op, widen)                                                       \
	static void lift_##row(struct lift *l, const struct a64_##row *d)          \
	{                                                                          \
		ir_ref m = widen(l, d->size, simd_half(l, d->Q, get_v(l, d->rm))); \
                                                                                   \
		put_v(l, d->rd, op(l, d->size + 1, get_v(l, d->rn), m));           \
	}                                                                          \
	A64_LIFTER(row)

LONG(saddl_vec, ir_vadd, ir_vwidens);
LONG(uaddl_vec, ir_vadd, ir_vwidenu);
LONG(ssubl_vec, ir_vsub, ir_vwidens);
LONG(usubl_vec, ir_vsub, ir_vwidenu);
WIDE(saddw_vec, ir_vadd, ir_vwidens);
WIDE(uaddw_vec, ir_vadd, ir_vwidenu);
WIDE(ssubw_vec, ir_vsub, ir_vwidens);
WIDE(usubw_vec, ir_vsub, ir_vwidenu);

/* ---- narrow = upper half of wide op wide ------------------------------------------------------------------- */

static void
narrow_high(struct lift *l, unsigned Q, unsigned size, unsigned rd, ir_ref wide)
{
	unsigned bits = 8u << size;

	simd_put_narrow(
		l, Q, rd, ir_vnarrow(l, size, ir_vlshr_imm(l, (size + 1) | bits << 8, wide)));
}

/* Half a unit of the narrow result. */
static ir_ref
rounding(struct lift *l, unsigned size)
{
	return simd_constant(l, size + 1, UINT64_C(1) << ((8u << size) - 1));
}

#define HIGH_NARROW(row, op)                                                   \
	static void lift_##row(struct lift *l, const struct a64_##row *d)      \
	{                                                                      \
		narrow_high(l, d->Q, d->size, d->rd,                           \
			op(l, d->size + 1, get_v(l, d->rn), get_v(l, d->rm))); \
	}                                                                      \
	A64_LIFTER(row)
#define ROUNDING_HIGH_NARROW(row, op)                                            \
	static void lift_##row(struct lift *l, const struct a64_##row *d)        \
	{                                                                        \
		ir_ref x = op(l, d->size + 1, get_v(l, d->rn), get_v(l, d->rm)); \
                                                                                 \
		narrow_high(l, d->Q, d->size, d->rd,                             \
			ir_vadd(l, d->size + 1, x, rounding(l, d->size)));       \
	}                                                                        \
	A64_LIFTER(row)

HIGH_NARROW(addhn_vec, ir_vadd);
HIGH_NARROW(subhn_vec, ir_vsub);
ROUNDING_HIGH_NARROW(raddhn_vec, ir_vadd);
ROUNDING_HIGH_NARROW(rsubhn_vec, ir_vsub);

/* ---- absolute differences, which fit the unsigned narrow lane --------------------------------------------- */

#define ABSOLUTE_LONG(row, abd)                                                 \
	static void lift_##row(struct lift *l, const struct a64_##row *d)       \
	{                                                                       \
		ir_ref x = abd(l, d->size, get_v(l, d->rn), get_v(l, d->rm));   \
                                                                                \
		put_v(l, d->rd, ir_vwidenu(l, d->size, simd_half(l, d->Q, x))); \
	}                                                                       \
	A64_LIFTER(row)
#define ABSOLUTE_LONG_ADD(row, abd)                                           \
	static void lift_##row(struct lift *l, const struct a64_##row *d)     \
	{                                                                     \
		ir_ref x = abd(l, d->size, get_v(l, d->rn), get_v(l, d->rm)); \
                                                                              \
		x = ir_vwidenu(l, d->size, simd_half(l, d->Q, x));            \
		put_v(l, d->rd, ir_vadd(l, d->size + 1, get_v(l, d->rd), x)); \
	}                                                                     \
	A64_LIFTER(row)

ABSOLUTE_LONG(sabdl_vec, simd_abd_signed);
ABSOLUTE_LONG(uabdl_vec, simd_abd_unsigned);
ABSOLUTE_LONG_ADD(sabal_vec, simd_abd_signed);
ABSOLUTE_LONG_ADD(uabal_vec, simd_abd_unsigned);

/* ---- products ---------------------------------------------------------------------------------------------- */

#define PRODUCT(row, multiply)                                            \
	static void lift_##row(struct lift *l, const struct a64_##row *d) \
	{                                                                 \
		ir_ref n = simd_half(l, d->Q, get_v(l, d->rn));           \
		ir_ref m = simd_half(l, d->Q, get_v(l, d->rm));           \
                                                                          \
		put_v(l, d->rd, multiply(l, d->size, n, m));              \
	}                                                                 \
	A64_LIFTER(row)
#define PRODUCT_ACCUMULATE(row, multiply, combine)                                  \
	static void lift_##row(struct lift *l, const struct a64_##row *d)           \
	{                                                                           \
		ir_ref n = simd_half(l, d->Q, get_v(l, d->rn));                     \
		ir_ref m = simd_half(l, d->Q, get_v(l, d->rm));                     \
		ir_ref product = multiply(l, d->size, n, m);                        \
                                                                                    \
		put_v(l, d->rd, combine(l, d->size + 1, get_v(l, d->rd), product)); \
	}                                                                           \
	A64_LIFTER(row)

PRODUCT(smull_vec, ir_vmulls);
PRODUCT(umull_vec, ir_vmullu);
PRODUCT_ACCUMULATE(smlal_vec, ir_vmulls, ir_vadd);
PRODUCT_ACCUMULATE(umlal_vec, ir_vmullu, ir_vadd);
PRODUCT_ACCUMULATE(smlsl_vec, ir_vmulls, ir_vsub);
PRODUCT_ACCUMULATE(umlsl_vec, ir_vmullu, ir_vsub);

/* PMULL, PMULL2 of bytes. */
static void
lift_pmull_vec(struct lift *l, const struct a64_pmull_vec *d)
{
	put_v(l, d->rd,
		simd_helper(l, HELPER_pmull, helper_imm(simd_shape(d->Q), 0, 0), get_v(l, d->rn),
			get_v(l, d->rm), IR_NONE));
}
A64_LIFTER(pmull_vec);

/* PMULL, PMULL2 of doublewords: the 128-bit product. */
static void
lift_pmull_1q(struct lift *l, const struct a64_pmull_1q *d)
{
	put_v(l, d->rd,
		ir_pmull64(l, simd_half(l, d->Q, get_v(l, d->rn)),
			simd_half(l, d->Q, get_v(l, d->rm))));
}
A64_LIFTER(pmull_1q);

/* ---- saturating doubling products --------------------------------------------------------------------------- */

static void
doubling(struct lift *l, enum vector_helper helper, enum helper_shape shape, unsigned size,
	unsigned rd, unsigned rn, unsigned rm)
{
	bool accumulates = helper != HELPER_sqdmull;

	put_v(l, rd,
		simd_helper(l, helper, helper_imm(shape, size, 0), get_v(l, rn), get_v(l, rm),
			accumulates ? get_v(l, rd) : IR_NONE));
}

#define DOUBLING(row, helper, shape)                                               \
	static void lift_##row(struct lift *l, const struct a64_##row *d)          \
	{                                                                          \
		doubling(l, HELPER_##helper, shape, d->size, d->rd, d->rn, d->rm); \
	}                                                                          \
	A64_LIFTER(row)

DOUBLING(sqdmull_vec, sqdmull, simd_shape(d->Q));
DOUBLING(sqdmlal_vec, sqdmlal, simd_shape(d->Q));
DOUBLING(sqdmlsl_vec, sqdmlsl, simd_shape(d->Q));
DOUBLING(sqdmull_scalar, sqdmull, HELPER_SCALAR);
DOUBLING(sqdmlal_scalar, sqdmlal, HELPER_SCALAR);
DOUBLING(sqdmlsl_scalar, sqdmlsl, HELPER_SCALAR);
