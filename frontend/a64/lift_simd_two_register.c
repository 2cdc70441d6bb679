// SPDX-License-Identifier: Apache-2.0
// Lifters of "Advanced SIMD two-register miscellaneous", its scalar form, and "across lanes", integer.
// Arm ARM C4.1.6.
#include "frontend/a64/lift_simd.h"

/* ---- the shapes of rows ---------------------------------------------------------------------------------- */

#define VECTOR(row, op)                                                                \
	static void lift_##row(struct lift *l, const struct a64_##row *d)              \
	{                                                                              \
		simd_put(l, simd_shape(d->Q), d->rd, op(l, d->size, get_v(l, d->rn))); \
	}                                                                              \
	A64_LIFTER(row)
#define SCALAR(row, op)                                                       \
	static void lift_##row(struct lift *l, const struct a64_##row *d)     \
	{                                                                     \
		simd_put(l, HELPER_SCALAR, d->rd, op(l, 3, get_v(l, d->rn))); \
	}                                                                     \
	A64_LIFTER(row)

/* Vd = helper(Vn), with `accumulator` as the helper's third operand. */
#define HELPER_ROW(row, helper, shape, lane, accumulator)                           \
	static void lift_##row(struct lift *l, const struct a64_##row *d)           \
	{                                                                           \
		put_v(l, d->rd,                                                     \
			simd_helper(l, HELPER_##helper, helper_imm(shape, lane, 0), \
				get_v(l, d->rn), IR_NONE, accumulator));            \
	}                                                                           \
	A64_LIFTER(row)
#define VECTOR_HELPER_ROW(row, helper) HELPER_ROW(row, helper, simd_shape(d->Q), d->size, IR_NONE)
#define SCALAR_HELPER_ROW(row, helper) HELPER_ROW(row, helper, HELPER_SCALAR, d->size, IR_NONE)

/* ---- comparisons with zero ------------------------------------------------------------------------------- */

static ir_ref
zero(struct lift *l)
{
	return ir_vconst(l, 0, 0);
}

static ir_ref
equal_zero(struct lift *l, unsigned lane, ir_ref a)
{
	return ir_vcmpeq(l, lane, a, zero(l));
}

static ir_ref
greater_zero(struct lift *l, unsigned lane, ir_ref a)
{
	return ir_vcmpgts(l, lane, a, zero(l));
}

static ir_ref
not_less_zero(struct lift *l, unsigned lane, ir_ref a)
{
	return ir_vcmpges(l, lane, a, zero(l));
}

static ir_ref
less_zero(struct lift *l, unsigned lane, ir_ref a)
{
	return ir_vcmpgts(l, lane, zero(l), a);
}

static ir_ref
not_greater_zero(struct lift *l, unsigned lane, ir_ref a)
{
	return ir_vcmpges(l, lane, zero(l), a);
}

VECTOR(cmeq_zero_vec, equal_zero);
VECTOR(cmgt_zero_vec, greater_zero);
VECTOR(cmge_zero_vec, not_less_zero);
VECTOR(cmlt_zero_vec, less_zero);
VECTOR(cmle_zero_vec, not_greater_zero);
SCALAR(cmeq_zero_scalar, equal_zero);
SCALAR(cmgt_zero_scalar, greater_zero);
SCALAR(cmge_zero_scalar, not_less_zero);
SCALAR(cmlt_zero_scalar, less_zero);
SCALAR(cmle_zero_scalar, not_greater_zero);

/* ---- absolute value, negation, accumulation with saturation ------------------------------------------------- */

VECTOR(abs_vec, ir_vabs);
VECTOR(neg_vec, ir_vneg);
SCALAR(abs_scalar, ir_vabs);
SCALAR(neg_scalar, ir_vneg);
VECTOR_HELPER_ROW(sqabs_vec, sqabs);
VECTOR_HELPER_ROW(sqneg_vec, sqneg);
SCALAR_HELPER_ROW(sqabs_scalar, sqabs);
SCALAR_HELPER_ROW(sqneg_scalar, sqneg);

HELPER_ROW(suqadd_vec, suqadd, simd_shape(d->Q), d->size, get_v(l, d->rd));
HELPER_ROW(usqadd_vec, usqadd, simd_shape(d->Q), d->size, get_v(l, d->rd));
HELPER_ROW(suqadd_scalar, suqadd, HELPER_SCALAR, d->size, get_v(l, d->rd));
HELPER_ROW(usqadd_scalar, usqadd, HELPER_SCALAR, d->size, get_v(l, d->rd));

/* ---- bits within lanes; estimates --------------------------------------------------------------------------- */

VECTOR_HELPER_ROW(cls_vec, cls);
VECTOR_HELPER_ROW(clz_vec, clz);
HELPER_ROW(rbit_vec, rbit, simd_shape(d->Q), 0, IR_NONE);
HELPER_ROW(urecpe_vec, urecpe, simd_shape(d->Q), 2, IR_NONE);
HELPER_ROW(ursqrte_vec, ursqrte, simd_shape(d->Q), 2, IR_NONE);

static void
lift_cnt_vec(struct lift *l, const struct a64_cnt_vec *d)
{
	simd_put(l, simd_shape(d->Q), d->rd, ir_vcnt(l, get_v(l, d->rn)));
}
A64_LIFTER(cnt_vec);

static void
lift_not_vec(struct lift *l, const struct a64_not_vec *d)
{
	simd_put(l, simd_shape(d->Q), d->rd, ir_vnot(l, get_v(l, d->rn)));
}
A64_LIFTER(not_vec);

/* ---- reversal of the lanes within a container ----------------------------------------------------------------- */

#define REVERSE(row, lane, container)                                            \
	static void lift_##row(struct lift *l, const struct a64_##row *d)        \
	{                                                                        \
		simd_put(l, simd_shape(d->Q), d->rd,                             \
			ir_vrev(l, (lane) | (container) << 8, get_v(l, d->rn))); \
	}                                                                        \
	A64_LIFTER(row)

REVERSE(rev16_vec, 0, 1);
REVERSE(rev32_vec, d->size, 2);
REVERSE(rev64_vec, d->size, 3);

/* ---- widening --------------------------------------------------------------------------------------------------- */

#define ADD_PAIRS(row, op)                                                             \
	static void lift_##row(struct lift *l, const struct a64_##row *d)              \
	{                                                                              \
		simd_put(l, simd_shape(d->Q), d->rd, op(l, d->size, get_v(l, d->rn))); \
	}                                                                              \
	A64_LIFTER(row)
#define ACCUMULATE_PAIRS(row, op)                                         \
	static void lift_##row(struct lift *l, const struct a64_##row *d) \
	{                                                                 \
		ir_ref sums = op(l, d->size, get_v(l, d->rn));            \
                                                                          \
		simd_put(l, simd_shape(d->Q), d->rd,                      \
			ir_vadd(l, d->size + 1, get_v(l, d->rd), sums));  \
	}                                                                 \
	A64_LIFTER(row)

ADD_PAIRS(saddlp_vec, simd_add_long_pairwise_signed);
ADD_PAIRS(uaddlp_vec, simd_add_long_pairwise_unsigned);
ACCUMULATE_PAIRS(sadalp_vec, simd_add_long_pairwise_signed);
ACCUMULATE_PAIRS(uadalp_vec, simd_add_long_pairwise_unsigned);

/* SHLL, SHLL2: shift by the narrow lane's bits. */
static void
lift_shll_vec(struct lift *l, const struct a64_shll_vec *d)
{
	unsigned bits = 8u << d->size;
	ir_ref wide = ir_vwidenu(l, d->size, simd_half(l, d->Q, get_v(l, d->rn)));

	put_v(l, d->rd, ir_vshl_imm(l, (d->size + 1) | bits << 8, wide));
}
A64_LIFTER(shll_vec);

/* ---- narrowing -------------------------------------------------------------------------------------------------- */

static void
lift_xtn_vec(struct lift *l, const struct a64_xtn_vec *d)
{
	simd_put_narrow(l, d->Q, d->rd, ir_vnarrow(l, d->size, get_v(l, d->rn)));
}
A64_LIFTER(xtn_vec);

#define SATURATE_NARROW(row, how, helper)                                         \
	static void lift_##row(struct lift *l, const struct a64_##row *d)         \
	{                                                                         \
		simd_saturating_shift_right_narrow(                               \
			l, d->Q, d->size, how, HELPER_##helper, d->rd, d->rn, 0); \
	}                                                                         \
	A64_LIFTER(row)

SATURATE_NARROW(sqxtn_vec, SIMD_SIGNED_TO_SIGNED, sqxtn);
SATURATE_NARROW(uqxtn_vec, SIMD_UNSIGNED_TO_UNSIGNED, uqxtn);
SATURATE_NARROW(sqxtun_vec, SIMD_SIGNED_TO_UNSIGNED, sqxtun);
SCALAR_HELPER_ROW(sqxtn_scalar, sqxtn);
SCALAR_HELPER_ROW(uqxtn_scalar, uqxtn);
SCALAR_HELPER_ROW(sqxtun_scalar, sqxtun);

/* ---- across lanes ------------------------------------------------------------------------------------------------ */

/* Vn, whose upper half does not change a sum or an unsigned maximum. */
static ir_ref
padded_with_zero(struct lift *l, unsigned Q, ir_ref a)
{
	return Q ? a : ir_vlow(l, a);
}

/* Vn, whose upper half does not change a minimum or maximum. */
static ir_ref
padded_with_itself(struct lift *l, unsigned Q, ir_ref a)
{
	return Q ? a : ir_vcombine(l, a, a);
}

#define ACROSS(row, op, pad)                                                    \
	static void lift_##row(struct lift *l, const struct a64_##row *d)       \
	{                                                                       \
		put_v(l, d->rd, op(l, d->size, pad(l, d->Q, get_v(l, d->rn)))); \
	}                                                                       \
	A64_LIFTER(row)

/* In lane 0 only. */
static ir_ref
sign_bit(struct lift *l, unsigned lane)
{
	return ir_vconst(l, 1, INT64_C(1) << ((8u << lane) - 1));
}

/* Signed order is unsigned order with the sign bits inverted. */
static ir_ref
signed_across(struct lift *l, unsigned lane, simd_op1 *op, ir_ref a)
{
	ir_ref signs = simd_constant(l, lane, UINT64_C(1) << ((8u << lane) - 1));

	return ir_vxor(l, op(l, lane, ir_vxor(l, a, signs)), sign_bit(l, lane));
}

static ir_ref
signed_maximum_across(struct lift *l, unsigned lane, ir_ref a)
{
	return signed_across(l, lane, ir_vmaxvu, a);
}

static ir_ref
signed_minimum_across(struct lift *l, unsigned lane, ir_ref a)
{
	return signed_across(l, lane, ir_vminvu, a);
}

/* Sum of the long sums of pairs. */
static ir_ref
sum_of_pairs(struct lift *l, unsigned lane, ir_ref sums)
{
	if (lane + 1 == 3)
		return ir_vlow(l, ir_vaddp(l, 3, sums, sums));
	return ir_vaddv(l, lane + 1, sums);
}

static ir_ref
signed_long_sum(struct lift *l, unsigned lane, ir_ref a)
{
	return sum_of_pairs(l, lane, simd_add_long_pairwise_signed(l, lane, a));
}

static ir_ref
unsigned_long_sum(struct lift *l, unsigned lane, ir_ref a)
{
	return sum_of_pairs(l, lane, simd_add_long_pairwise_unsigned(l, lane, a));
}

ACROSS(addv, ir_vaddv, padded_with_zero);
ACROSS(umaxv, ir_vmaxvu, padded_with_zero);
ACROSS(uminv, ir_vminvu, padded_with_itself);
ACROSS(smaxv, signed_maximum_across, padded_with_itself);
ACROSS(sminv, signed_minimum_across, padded_with_itself);
ACROSS(saddlv, signed_long_sum, padded_with_zero);
ACROSS(uaddlv, unsigned_long_sum, padded_with_zero);
