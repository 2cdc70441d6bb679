// SPDX-License-Identifier: Apache-2.0
// What the lifters of Advanced SIMD share besides lift.h: results of 64 and 128 bits, calls of helpers, and the
// operations that several encoding classes are made of. A `shape` is what an instruction writes: a scalar, 64 bits
// (Q = 0) or 128 bits (Q = 1); a `lane` is log2 of the lane's bytes.
#ifndef FRONTEND_A64_LIFT_SIMD_H
#define FRONTEND_A64_LIFT_SIMD_H

#include "frontend/a64/lift.h"
#include "ir/vector_helpers.h"

/** An operation on whole vectors of lanes; ir_vadd and its like are such. */
typedef ir_ref simd_op1(struct lift *l, unsigned lane, ir_ref a);
typedef ir_ref simd_op2(struct lift *l, unsigned lane, ir_ref a, ir_ref b);

/** A bitwise operation on whole vectors; ir_vand and its like are such. */
typedef ir_ref simd_logic(struct lift *l, ir_ref a, ir_ref b);

/** A shift of every lane by a constant. */
typedef ir_ref simd_shift(struct lift *l, unsigned lane, unsigned amount, ir_ref a);

static inline enum helper_shape
simd_shape(unsigned Q)
{
	return Q ? HELPER_VECTOR128 : HELPER_VECTOR64;
}

/** Vn := value; its upper 64 bits are defined only for the 128-bit shape. */
static inline void
simd_put(struct lift *l, enum helper_shape shape, unsigned n, ir_ref value)
{
	put_v(l, n, shape == HELPER_VECTOR128 ? value : ir_vlow(l, value));
}

/** What a widening operation reads: the upper half for the forms with a 2, else the lower one. Upper 64 bits undefined. */
static inline ir_ref
simd_half(struct lift *l, unsigned Q, ir_ref value)
{
	return Q ? ir_vhigh(l, value) : value;
}

/** `value` in every lane. */
ir_ref simd_constant(struct lift *l, unsigned lane, uint64_t value);

/** Vd := narrow, the low half of which is defined; with Q (the forms with a 2) into Vd's upper half. */
void simd_put_narrow(struct lift *l, unsigned Q, unsigned rd, ir_ref narrow);

/** Call helper `helper`; what it returns accumulates in FPSR. Absent operands are IR_NONE. */
ir_ref simd_helper(
	struct lift *l, enum vector_helper helper, uint64_t imm, ir_ref a, ir_ref b, ir_ref c);

/** FPSR.QC := 1 if `saturated` and `exact` differ in the lanes of the shape (64 or 128 bits). */
void simd_accumulate_qc(struct lift *l, enum helper_shape shape, ir_ref saturated, ir_ref exact);

/** Even and odd lanes of b:a, combined by `op`. With the 64-bit shape a and b are the low halves. */
ir_ref simd_pairwise(
	struct lift *l, enum helper_shape shape, unsigned lane, simd_op2 *op, ir_ref a, ir_ref b);

/** Sums of the pairs of lanes in lanes of twice the size (SADDLP, UADDLP). */
ir_ref simd_add_long_pairwise_signed(struct lift *l, unsigned lane, ir_ref a);
ir_ref simd_add_long_pairwise_unsigned(struct lift *l, unsigned lane, ir_ref a);

/** |a - b|, which fits an unsigned lane (SABD, UABD). Lanes 0..2. */
ir_ref simd_abd_signed(struct lift *l, unsigned lane, ir_ref a, ir_ref b);
ir_ref simd_abd_unsigned(struct lift *l, unsigned lane, ir_ref a, ir_ref b);

/** Shifts right by 1..lane bits; the rounding ones add half a unit of the result first, without overflow. */
ir_ref simd_shift_right_signed(struct lift *l, unsigned lane, unsigned amount, ir_ref a);
ir_ref simd_shift_right_unsigned(struct lift *l, unsigned lane, unsigned amount, ir_ref a);
ir_ref simd_round_shift_right_signed(struct lift *l, unsigned lane, unsigned amount, ir_ref a);
ir_ref simd_round_shift_right_unsigned(struct lift *l, unsigned lane, unsigned amount, ir_ref a);

/** How a lane is made narrower by saturation: the sign of what is read, then of the result. */
enum simd_saturation {
	SIMD_SIGNED_TO_SIGNED,
	SIMD_UNSIGNED_TO_UNSIGNED,
	SIMD_SIGNED_TO_UNSIGNED,
};

/**
 * Lanes of Vn, of twice the size of `lane`, shifted right by `amount` (0: not at all), saturated to `lane` and put into Vd as
 * simd_put_narrow does. `helper` is the helper that does it all (with saturation from 64-bit lanes).
 */
void simd_saturating_shift_right_narrow(struct lift *l, unsigned Q, unsigned lane,
	enum simd_saturation how, enum vector_helper helper, unsigned rd, unsigned rn,
	unsigned amount);
void simd_saturating_round_shift_right_narrow(struct lift *l, unsigned Q, unsigned lane,
	enum simd_saturation how, enum vector_helper helper, unsigned rd, unsigned rn,
	unsigned amount);

#endif
