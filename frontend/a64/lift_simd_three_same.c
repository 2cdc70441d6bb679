// SPDX-License-Identifier: Apache-2.0
// Lifters of "Advanced SIMD three same" and "Advanced SIMD scalar three same", integer: Vd = Vn op Vm lane by lane.
// Arm ARM C4.1.6.
#include "frontend/a64/lift_simd.h"

/* ---- the shapes of rows ---------------------------------------------------------------------------------- */

/* Vd = op(Vn, Vm); scalar rows have 64-bit lanes. */
#define VECTOR(row, op)                                                    \
	static void lift_##row(struct lift *l, const struct a64_##row *d)  \
	{                                                                  \
		simd_put(l, simd_shape(d->Q), d->rd,                       \
			op(l, d->size, get_v(l, d->rn), get_v(l, d->rm))); \
	}                                                                  \
	A64_LIFTER(row)
#define SCALAR(row, op)                                                                        \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                      \
	{                                                                                      \
		simd_put(l, HELPER_SCALAR, d->rd, op(l, 3, get_v(l, d->rn), get_v(l, d->rm))); \
	}                                                                                      \
	A64_LIFTER(row)

/* Vd = combine(Vd, op(Vn, Vm)). */
#define ACCUMULATE(row, combine, op)                                                           \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                      \
	{                                                                                      \
		ir_ref x = op(l, d->size, get_v(l, d->rn), get_v(l, d->rm));                   \
                                                                                               \
		simd_put(l, simd_shape(d->Q), d->rd, combine(l, d->size, get_v(l, d->rd), x)); \
	}                                                                                      \
	A64_LIFTER(row)

/* Vd = Vn op Vm, bitwise. */
#define LOGIC(row, op)                                                                         \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                      \
	{                                                                                      \
		simd_put(l, simd_shape(d->Q), d->rd, op(l, get_v(l, d->rn), get_v(l, d->rm))); \
	}                                                                                      \
	A64_LIFTER(row)

/* Vd = mask ? yes : no, bit by bit; the operands are named by their fields. */
#define SELECT_BITS(row, mask, yes, no)                                                    \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                  \
	{                                                                                  \
		simd_put(l, simd_shape(d->Q), d->rd,                                       \
			ir_vbsl(l, get_v(l, d->mask), get_v(l, d->yes), get_v(l, d->no))); \
	}                                                                                  \
	A64_LIFTER(row)

/* Vd = helper(Vn, Vm). */
static void
call(struct lift *l, enum vector_helper helper, uint64_t imm, unsigned rd, unsigned rn, unsigned rm)
{
	put_v(l, rd, simd_helper(l, helper, imm, get_v(l, rn), get_v(l, rm), IR_NONE));
}

#define VECTOR_HELPER_ROW(row, helper)                                                           \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                        \
	{                                                                                        \
		call(l, HELPER_##helper, helper_imm(simd_shape(d->Q), d->size, 0), d->rd, d->rn, \
			d->rm);                                                                  \
	}                                                                                        \
	A64_LIFTER(row)
#define SCALAR_HELPER_ROW(row, helper)                                                        \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                     \
	{                                                                                     \
		call(l, HELPER_##helper, helper_imm(HELPER_SCALAR, d->size, 0), d->rd, d->rn, \
			d->rm);                                                               \
	}                                                                                     \
	A64_LIFTER(row)
#define SCALAR64_HELPER_ROW(row, helper)                                                        \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                       \
	{                                                                                       \
		call(l, HELPER_##helper, helper_imm(HELPER_SCALAR, 3, 0), d->rd, d->rn, d->rm); \
	}                                                                                       \
	A64_LIFTER(row)

/* ---- add, subtract, multiply ----------------------------------------------------------------------------- */

VECTOR(add_vec, ir_vadd);
VECTOR(sub_vec, ir_vsub);
VECTOR(mul_vec, ir_vmul);
ACCUMULATE(mla_vec, ir_vadd, ir_vmul);
ACCUMULATE(mls_vec, ir_vsub, ir_vmul);
SCALAR(add_scalar, ir_vadd);
SCALAR(sub_scalar, ir_vsub);

/* PMUL: polynomials over GF(2), bytes only. */
static void
lift_pmul_vec(struct lift *l, const struct a64_pmul_vec *d)
{
	call(l, HELPER_pmul, helper_imm(simd_shape(d->Q), 0, 0), d->rd, d->rn, d->rm);
}
A64_LIFTER(pmul_vec);

/* ---- halving: from a + b = 2 (a & b) + (a ^ b) and a - b = (a ^ b) - 2 (b & ~a), without overflow --------- */

static ir_ref
halving_add(struct lift *l, unsigned lane, simd_shift *shift, ir_ref a, ir_ref b)
{
	return ir_vadd(l, lane, ir_vand(l, a, b), shift(l, lane, 1, ir_vxor(l, a, b)));
}

static ir_ref
halving_subtract(struct lift *l, unsigned lane, simd_shift *shift, ir_ref a, ir_ref b)
{
	return ir_vsub(l, lane, shift(l, lane, 1, ir_vxor(l, a, b)), ir_vandn(l, b, a));
}

/* (a + b + 1) >> 1, from a + b = 2 (a | b) - (a ^ b). */
static ir_ref
rounding_halving_add(struct lift *l, unsigned lane, simd_shift *shift, ir_ref a, ir_ref b)
{
	return ir_vsub(l, lane, ir_vor(l, a, b), shift(l, lane, 1, ir_vxor(l, a, b)));
}

static ir_ref
shadd(struct lift *l, unsigned lane, ir_ref a, ir_ref b)
{
	return halving_add(l, lane, simd_shift_right_signed, a, b);
}

static ir_ref
uhadd(struct lift *l, unsigned lane, ir_ref a, ir_ref b)
{
	return halving_add(l, lane, simd_shift_right_unsigned, a, b);
}

static ir_ref
shsub(struct lift *l, unsigned lane, ir_ref a, ir_ref b)
{
	return halving_subtract(l, lane, simd_shift_right_signed, a, b);
}

static ir_ref
uhsub(struct lift *l, unsigned lane, ir_ref a, ir_ref b)
{
	return halving_subtract(l, lane, simd_shift_right_unsigned, a, b);
}

static ir_ref
srhadd(struct lift *l, unsigned lane, ir_ref a, ir_ref b)
{
	return rounding_halving_add(l, lane, simd_shift_right_signed, a, b);
}

static ir_ref
urhadd(struct lift *l, unsigned lane, ir_ref a, ir_ref b)
{
	if (lane <= 1)
		return ir_vavgu(l, lane, a, b);
	return rounding_halving_add(l, lane, simd_shift_right_unsigned, a, b);
}

VECTOR(shadd_vec, shadd);
VECTOR(uhadd_vec, uhadd);
VECTOR(shsub_vec, shsub);
VECTOR(uhsub_vec, uhsub);
VECTOR(srhadd_vec, srhadd);
VECTOR(urhadd_vec, urhadd);

/* ---- saturating add and subtract: bytes and halfwords inline --------------------------------------------- */

static void
saturating(struct lift *l, enum helper_shape shape, unsigned lane, simd_op2 *saturate,
	simd_op2 *wrap, unsigned rd, ir_ref a, ir_ref b)
{
	ir_ref result = saturate(l, lane, a, b);

	simd_accumulate_qc(l, shape, result, wrap(l, lane, a, b));
	simd_put(l, shape, rd, result);
}

#define SATURATING(row, saturate, wrap, helper)                                               \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                     \
	{                                                                                     \
		enum helper_shape shape = simd_shape(d->Q);                                   \
                                                                                              \
		if (d->size <= 1)                                                             \
			saturating(l, shape, d->size, saturate, wrap, d->rd, get_v(l, d->rn), \
				get_v(l, d->rm));                                             \
		else                                                                          \
			call(l, HELPER_##helper, helper_imm(shape, d->size, 0), d->rd, d->rn, \
				d->rm);                                                       \
	}                                                                                     \
	A64_LIFTER(row)

SATURATING(sqadd_vec, ir_vaddsats, ir_vadd, sqadd);
SATURATING(uqadd_vec, ir_vaddsatu, ir_vadd, uqadd);
SATURATING(sqsub_vec, ir_vsubsats, ir_vsub, sqsub);
SATURATING(uqsub_vec, ir_vsubsatu, ir_vsub, uqsub);
SCALAR_HELPER_ROW(sqadd_scalar, sqadd);
SCALAR_HELPER_ROW(uqadd_scalar, uqadd);
SCALAR_HELPER_ROW(sqsub_scalar, sqsub);
SCALAR_HELPER_ROW(uqsub_scalar, uqsub);

VECTOR_HELPER_ROW(sqdmulh_vec, sqdmulh);
VECTOR_HELPER_ROW(sqrdmulh_vec, sqrdmulh);
SCALAR_HELPER_ROW(sqdmulh_scalar, sqdmulh);
SCALAR_HELPER_ROW(sqrdmulh_scalar, sqrdmulh);

/* ---- minimum, maximum, absolute difference --------------------------------------------------------------- */

VECTOR(smax_vec, ir_vmaxs);
VECTOR(smin_vec, ir_vmins);
VECTOR(umax_vec, ir_vmaxu);
VECTOR(umin_vec, ir_vminu);
VECTOR(sabd_vec, simd_abd_signed);
VECTOR(uabd_vec, simd_abd_unsigned);
ACCUMULATE(saba_vec, ir_vadd, simd_abd_signed);
ACCUMULATE(uaba_vec, ir_vadd, simd_abd_unsigned);

/* ---- comparisons ----------------------------------------------------------------------------------------- */

VECTOR(cmeq_vec, ir_vcmpeq);
VECTOR(cmge_vec, ir_vcmpges);
VECTOR(cmgt_vec, ir_vcmpgts);
VECTOR(cmhi_vec, ir_vcmpgtu);
VECTOR(cmhs_vec, ir_vcmpgeu);
VECTOR(cmtst_vec, ir_vcmptst);
SCALAR(cmeq_scalar, ir_vcmpeq);
SCALAR(cmge_scalar, ir_vcmpges);
SCALAR(cmgt_scalar, ir_vcmpgts);
SCALAR(cmhi_scalar, ir_vcmpgtu);
SCALAR(cmhs_scalar, ir_vcmpgeu);
SCALAR(cmtst_scalar, ir_vcmptst);

/* ---- logic ----------------------------------------------------------------------------------------------- */

static ir_ref
or_not(struct lift *l, ir_ref a, ir_ref b)
{
	return ir_vor(l, a, ir_vnot(l, b));
}

LOGIC(and_vec, ir_vand);
LOGIC(bic_vec, ir_vandn);
LOGIC(orr_vec, ir_vor);
LOGIC(orn_vec, or_not);
LOGIC(eor_vec, ir_vxor);
SELECT_BITS(bsl_vec, rd, rn, rm);
SELECT_BITS(bit_vec, rm, rn, rd);
SELECT_BITS(bif_vec, rm, rd, rn);

/* ---- shifts by register ---------------------------------------------------------------------------------- */

VECTOR_HELPER_ROW(sshl_vec, sshl);
VECTOR_HELPER_ROW(ushl_vec, ushl);
VECTOR_HELPER_ROW(srshl_vec, srshl);
VECTOR_HELPER_ROW(urshl_vec, urshl);
VECTOR_HELPER_ROW(sqshl_reg_vec, sqshl);
VECTOR_HELPER_ROW(uqshl_reg_vec, uqshl);
VECTOR_HELPER_ROW(sqrshl_vec, sqrshl);
VECTOR_HELPER_ROW(uqrshl_vec, uqrshl);
SCALAR64_HELPER_ROW(sshl_scalar, sshl);
SCALAR64_HELPER_ROW(ushl_scalar, ushl);
SCALAR64_HELPER_ROW(srshl_scalar, srshl);
SCALAR64_HELPER_ROW(urshl_scalar, urshl);
SCALAR_HELPER_ROW(sqshl_reg_scalar, sqshl);
SCALAR_HELPER_ROW(uqshl_reg_scalar, uqshl);
SCALAR_HELPER_ROW(sqrshl_scalar, sqrshl);
SCALAR_HELPER_ROW(uqrshl_scalar, uqrshl);

/* ---- pairs of lanes: those of Vn first, then those of Vm -------------------------------------------------- */

/* For operations that combine the pairs of b:a themselves. */
static void
combine_pairs(struct lift *l, enum helper_shape shape, unsigned lane, simd_op2 *op, unsigned rd,
	unsigned rn, unsigned rm)
{
	ir_ref a = get_v(l, rn), b = get_v(l, rm);

	if (shape == HELPER_VECTOR64)
		a = b = ir_vcombine(l, a, b);
	simd_put(l, shape, rd, op(l, lane, a, b));
}

#define PAIRS(row, op)                                                                \
	static void lift_##row(struct lift *l, const struct a64_##row *d)             \
	{                                                                             \
		combine_pairs(l, simd_shape(d->Q), d->size, op, d->rd, d->rn, d->rm); \
	}                                                                             \
	A64_LIFTER(row)

/* For operations on lanes. */
#define PAIRWISE(row, op)                                                                        \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                        \
	{                                                                                        \
		enum helper_shape shape = simd_shape(d->Q);                                      \
                                                                                                 \
		simd_put(l, shape, d->rd,                                                        \
			simd_pairwise(l, shape, d->size, op, get_v(l, d->rn), get_v(l, d->rm))); \
	}                                                                                        \
	A64_LIFTER(row)

PAIRS(addp_vec, ir_vaddp);
PAIRS(umaxp_vec, ir_vpmaxu);
PAIRS(uminp_vec, ir_vpminu);
PAIRWISE(smaxp_vec, ir_vmaxs);
PAIRWISE(sminp_vec, ir_vmins);

/* ADDP (scalar): Dd = Vn.D[0] + Vn.D[1]. */
static void
lift_addp_scalar(struct lift *l, const struct a64_addp_scalar *d)
{
	ir_ref n = get_v(l, d->rn);

	simd_put(l, HELPER_SCALAR, d->rd, ir_vaddp(l, 3, n, n));
}
A64_LIFTER(addp_scalar);
