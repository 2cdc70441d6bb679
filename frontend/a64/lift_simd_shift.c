// SPDX-License-Identifier: Apache-2.0
// Lifters of "Advanced SIMD shift by immediate" and its scalar form, integer. immh:immb holds lane and amount: the
// highest one bit of immh is the lane's size, of the narrow lane where sizes differ. Arm ARM C4.1.6.
#include "frontend/a64/lift_simd.h"

/* log2 of the lane's bytes. */
static unsigned
lane_of(unsigned immh)
{
	return 31u - (unsigned)__builtin_clz(immh);
}

/* Right shifts: 1..lane bits. */
static unsigned
right_amount(unsigned immh, unsigned immb)
{
	return (16u << lane_of(immh)) - (immh << 3 | immb);
}

/* Left shifts: 0..lane bits - 1. */
static unsigned
left_amount(unsigned immh, unsigned immb)
{
	return (immh << 3 | immb) - (8u << lane_of(immh));
}

/* ---- shift, shift and accumulate, shift and insert ------------------------------------------------------------- */

/* Vd = shift(Vn); the amount is the row's. */
#define SHIFT(row, shape, amount, shift)                                                        \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                       \
	{                                                                                       \
		simd_put(l, shape, d->rd,                                                       \
			shift(l, lane_of(d->immh), amount(d->immh, d->immb), get_v(l, d->rn))); \
	}                                                                                       \
	A64_LIFTER(row)
#define VECTOR(row, amount, shift) SHIFT(row, simd_shape(d->Q), amount, shift)
#define SCALAR(row, amount, shift) SHIFT(row, HELPER_SCALAR, amount, shift)

/* Vd += shift(Vn). */
#define ACCUMULATE(row, shape, shift)                                                       \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                   \
	{                                                                                   \
		unsigned lane = lane_of(d->immh);                                           \
		ir_ref x = shift(l, lane, right_amount(d->immh, d->immb), get_v(l, d->rn)); \
                                                                                            \
		simd_put(l, shape, d->rd, ir_vadd(l, lane, get_v(l, d->rd), x));            \
	}                                                                                   \
	A64_LIFTER(row)

/* Vd = insert(Vd, Vn). */
#define INSERT(row, shape, amount, insert)                                                     \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                      \
	{                                                                                      \
		simd_put(l, shape, d->rd,                                                      \
			insert(l, lane_of(d->immh), amount(d->immh, d->immb), get_v(l, d->rd), \
				get_v(l, d->rn)));                                             \
	}                                                                                      \
	A64_LIFTER(row)

static ir_ref
shift_left(struct lift *l, unsigned lane, unsigned amount, ir_ref a)
{
	return ir_vshl_imm(l, lane | amount << 8, a);
}

/* The bits that the shift would fill with zero are kept. */
static ir_ref
insert_left(struct lift *l, unsigned lane, unsigned amount, ir_ref kept, ir_ref a)
{
	ir_ref mask = simd_constant(l, lane, (UINT64_C(1) << amount) - 1);

	return ir_vor(l, ir_vand(l, kept, mask), shift_left(l, lane, amount, a));
}

static ir_ref
insert_right(struct lift *l, unsigned lane, unsigned amount, ir_ref kept, ir_ref a)
{
	unsigned written = (8u << lane) - amount;
	ir_ref mask = simd_constant(l, lane, UINT64_MAX << written);

	return ir_vor(l, ir_vand(l, kept, mask), simd_shift_right_unsigned(l, lane, amount, a));
}

VECTOR(shl_vec, left_amount, shift_left);
VECTOR(sshr_vec, right_amount, simd_shift_right_signed);
VECTOR(ushr_vec, right_amount, simd_shift_right_unsigned);
VECTOR(srshr_vec, right_amount, simd_round_shift_right_signed);
VECTOR(urshr_vec, right_amount, simd_round_shift_right_unsigned);
SCALAR(shl_scalar, left_amount, shift_left);
SCALAR(sshr_scalar, right_amount, simd_shift_right_signed);
SCALAR(ushr_scalar, right_amount, simd_shift_right_unsigned);
SCALAR(srshr_scalar, right_amount, simd_round_shift_right_signed);
SCALAR(urshr_scalar, right_amount, simd_round_shift_right_unsigned);

ACCUMULATE(ssra_vec, simd_shape(d->Q), simd_shift_right_signed);
ACCUMULATE(usra_vec, simd_shape(d->Q), simd_shift_right_unsigned);
ACCUMULATE(srsra_vec, simd_shape(d->Q), simd_round_shift_right_signed);
ACCUMULATE(ursra_vec, simd_shape(d->Q), simd_round_shift_right_unsigned);
ACCUMULATE(ssra_scalar, HELPER_SCALAR, simd_shift_right_signed);
ACCUMULATE(usra_scalar, HELPER_SCALAR, simd_shift_right_unsigned);
ACCUMULATE(srsra_scalar, HELPER_SCALAR, simd_round_shift_right_signed);
ACCUMULATE(ursra_scalar, HELPER_SCALAR, simd_round_shift_right_unsigned);

INSERT(sli_vec, simd_shape(d->Q), left_amount, insert_left);
INSERT(sri_vec, simd_shape(d->Q), right_amount, insert_right);
INSERT(sli_scalar, HELPER_SCALAR, left_amount, insert_left);
INSERT(sri_scalar, HELPER_SCALAR, right_amount, insert_right);

/* ---- saturating shifts left -------------------------------------------------------------------------------------- */

#define HELPER_ROW(row, shape, amount, helper)                                                    \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                         \
	{                                                                                         \
		uint64_t imm = helper_imm(shape, lane_of(d->immh), amount(d->immh, d->immb));     \
                                                                                                  \
		put_v(l, d->rd,                                                                   \
			simd_helper(l, HELPER_##helper, imm, get_v(l, d->rn), IR_NONE, IR_NONE)); \
	}                                                                                         \
	A64_LIFTER(row)

HELPER_ROW(sqshl_imm_vec, simd_shape(d->Q), left_amount, sqshl_imm);
HELPER_ROW(uqshl_imm_vec, simd_shape(d->Q), left_amount, uqshl_imm);
HELPER_ROW(sqshlu_vec, simd_shape(d->Q), left_amount, sqshlu_imm);
HELPER_ROW(sqshl_imm_scalar, HELPER_SCALAR, left_amount, sqshl_imm);
HELPER_ROW(uqshl_imm_scalar, HELPER_SCALAR, left_amount, uqshl_imm);
HELPER_ROW(sqshlu_scalar, HELPER_SCALAR, left_amount, sqshlu_imm);

/* ---- widening: SXTL and UXTL are the shifts by 0 ------------------------------------------------------------------ */

#define WIDEN(row, widen)                                                                      \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                      \
	{                                                                                      \
		unsigned lane = lane_of(d->immh);                                              \
		ir_ref wide = widen(l, lane, simd_half(l, d->Q, get_v(l, d->rn)));             \
                                                                                               \
		put_v(l, d->rd, shift_left(l, lane + 1, left_amount(d->immh, d->immb), wide)); \
	}                                                                                      \
	A64_LIFTER(row)

WIDEN(sshll_vec, ir_vwidens);
WIDEN(ushll_vec, ir_vwidenu);

/* ---- narrowing ----------------------------------------------------------------------------------------------------- */

static void
lift_shrn_vec(struct lift *l, const struct a64_shrn_vec *d)
{
	unsigned lane = lane_of(d->immh), amount = right_amount(d->immh, d->immb);
	ir_ref shifted = simd_shift_right_unsigned(l, lane + 1, amount, get_v(l, d->rn));

	simd_put_narrow(l, d->Q, d->rd, ir_vnarrow(l, lane, shifted));
}
A64_LIFTER(shrn_vec);

/* A carry out of the wide lane would be shifted to above the narrow one: the sum may wrap. */
static void
lift_rshrn_vec(struct lift *l, const struct a64_rshrn_vec *d)
{
	unsigned lane = lane_of(d->immh), amount = right_amount(d->immh, d->immb);
	ir_ref half = simd_constant(l, lane + 1, UINT64_C(1) << (amount - 1));
	ir_ref sum = ir_vadd(l, lane + 1, get_v(l, d->rn), half);

	simd_put_narrow(l, d->Q, d->rd,
		ir_vnarrow(l, lane, simd_shift_right_unsigned(l, lane + 1, amount, sum)));
}
A64_LIFTER(rshrn_vec);

#define SATURATE(row, function, how, helper)                                            \
	static void lift_##row(struct lift *l, const struct a64_##row *d)               \
	{                                                                               \
		function(l, d->Q, lane_of(d->immh), how, HELPER_##helper, d->rd, d->rn, \
			right_amount(d->immh, d->immb));                                \
	}                                                                               \
	A64_LIFTER(row)

SATURATE(sqshrn_vec, simd_saturating_shift_right_narrow, SIMD_SIGNED_TO_SIGNED, sqshrn);
SATURATE(uqshrn_vec, simd_saturating_shift_right_narrow, SIMD_UNSIGNED_TO_UNSIGNED, uqshrn);
SATURATE(sqshrun_vec, simd_saturating_shift_right_narrow, SIMD_SIGNED_TO_UNSIGNED, sqshrun);
SATURATE(sqrshrn_vec, simd_saturating_round_shift_right_narrow, SIMD_SIGNED_TO_SIGNED, sqrshrn);
SATURATE(uqrshrn_vec, simd_saturating_round_shift_right_narrow, SIMD_UNSIGNED_TO_UNSIGNED, uqrshrn);
SATURATE(sqrshrun_vec, simd_saturating_round_shift_right_narrow, SIMD_SIGNED_TO_UNSIGNED, sqrshrun);

HELPER_ROW(sqshrn_scalar, HELPER_SCALAR, right_amount, sqshrn);
HELPER_ROW(uqshrn_scalar, HELPER_SCALAR, right_amount, uqshrn);
HELPER_ROW(sqshrun_scalar, HELPER_SCALAR, right_amount, sqshrun);
HELPER_ROW(sqrshrn_scalar, HELPER_SCALAR, right_amount, sqrshrn);
HELPER_ROW(uqrshrn_scalar, HELPER_SCALAR, right_amount, uqrshrn);
HELPER_ROW(sqrshrun_scalar, HELPER_SCALAR, right_amount, sqrshrun);
