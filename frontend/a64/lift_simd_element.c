// SPDX-License-Identifier: Apache-2.0
// Lifters of "Advanced SIMD vector x indexed element" and its scalar form, integer: the second operand is one lane of
// Vm. It is copied to all lanes, and the rest is as with a whole vector. Arm ARM C4.1.6.
#include "frontend/a64/lift_simd.h"

/* The element in all lanes: H:L:M indexes halfwords of V0..V15, H:L words of all registers. */
static ir_ref
element(struct lift *l, unsigned size, unsigned H, unsigned L, unsigned M, unsigned rm)
{
	unsigned index = size == 1 ? H << 2 | L << 1 | M : H << 1 | L;
	unsigned m = size == 1 ? rm : M << 4 | rm;

	return ir_vdup_lane(l, size | index << 8, get_v(l, m));
}

#define ELEMENT(d) element(l, (d)->size, (d)->H, (d)->L, (d)->M, (d)->rm)

/* ---- same size --------------------------------------------------------------------------------------------------- */

#define ACCUMULATE(row, combine)                                                   \
	static void lift_##row(struct lift *l, const struct a64_##row *d)          \
	{                                                                          \
		ir_ref product = ir_vmul(l, d->size, get_v(l, d->rn), ELEMENT(d)); \
                                                                                   \
		simd_put(l, simd_shape(d->Q), d->rd,                               \
			combine(l, d->size, get_v(l, d->rd), product));            \
	}                                                                          \
	A64_LIFTER(row)

static void
lift_mul_elem(struct lift *l, const struct a64_mul_elem *d)
{
	simd_put(l, simd_shape(d->Q), d->rd, ir_vmul(l, d->size, get_v(l, d->rn), ELEMENT(d)));
}
A64_LIFTER(mul_elem);

ACCUMULATE(mla_elem, ir_vadd);
ACCUMULATE(mls_elem, ir_vsub);

/* ---- widening ---------------------------------------------------------------------------------------------------- */

#define PRODUCT(row, multiply)                                            \
	static void lift_##row(struct lift *l, const struct a64_##row *d) \
	{                                                                 \
		ir_ref n = simd_half(l, d->Q, get_v(l, d->rn));           \
                                                                          \
		put_v(l, d->rd, multiply(l, d->size, n, ELEMENT(d)));     \
	}                                                                 \
	A64_LIFTER(row)
#define PRODUCT_ACCUMULATE(row, multiply, combine)                                  \
	static void lift_##row(struct lift *l, const struct a64_##row *d)           \
	{                                                                           \
		ir_ref n = simd_half(l, d->Q, get_v(l, d->rn));                     \
		ir_ref product = multiply(l, d->size, n, ELEMENT(d));               \
                                                                                    \
		put_v(l, d->rd, combine(l, d->size + 1, get_v(l, d->rd), product)); \
	}                                                                           \
	A64_LIFTER(row)

PRODUCT(smull_elem, ir_vmulls);
PRODUCT(umull_elem, ir_vmullu);
PRODUCT_ACCUMULATE(smlal_elem, ir_vmulls, ir_vadd);
PRODUCT_ACCUMULATE(umlal_elem, ir_vmullu, ir_vadd);
PRODUCT_ACCUMULATE(smlsl_elem, ir_vmulls, ir_vsub);
PRODUCT_ACCUMULATE(umlsl_elem, ir_vmullu, ir_vsub);

/* ---- saturating doubling ------------------------------------------------------------------------------------------ */

#define DOUBLING(row, helper, shape, accumulator)                                      \
	static void lift_##row(struct lift *l, const struct a64_##row *d)              \
	{                                                                              \
		put_v(l, d->rd,                                                        \
			simd_helper(l, HELPER_##helper, helper_imm(shape, d->size, 0), \
				get_v(l, d->rn), ELEMENT(d), accumulator));            \
	}                                                                              \
	A64_LIFTER(row)

DOUBLING(sqdmulh_elem, sqdmulh, simd_shape(d->Q), IR_NONE);
DOUBLING(sqrdmulh_elem, sqrdmulh, simd_shape(d->Q), IR_NONE);
DOUBLING(sqdmull_elem, sqdmull, simd_shape(d->Q), IR_NONE);
DOUBLING(sqdmlal_elem, sqdmlal, simd_shape(d->Q), get_v(l, d->rd));
DOUBLING(sqdmlsl_elem, sqdmlsl, simd_shape(d->Q), get_v(l, d->rd));
DOUBLING(sqdmulh_elem_scalar, sqdmulh, HELPER_SCALAR, IR_NONE);
DOUBLING(sqrdmulh_elem_scalar, sqrdmulh, HELPER_SCALAR, IR_NONE);
DOUBLING(sqdmull_elem_scalar, sqdmull, HELPER_SCALAR, IR_NONE);
DOUBLING(sqdmlal_elem_scalar, sqdmlal, HELPER_SCALAR, get_v(l, d->rd));
DOUBLING(sqdmlsl_elem_scalar, sqdmlsl, HELPER_SCALAR, get_v(l, d->rd));
