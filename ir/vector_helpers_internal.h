// SPDX-License-Identifier: Apache-2.0
//
// What the ir/vector_helpers_*.c files share: the helpers' parameter list, and the loops over
// lanes, which are inlined with the operation of each helper. Lanes are computed as 128-bit
// integers, wide enough for any intermediate result; what does not fit the lane is cut or saturated
// at the end.
#ifndef DRAGOMAN_IR_VECTOR_HELPERS_INTERNAL_H
#define DRAGOMAN_IR_VECTOR_HELPERS_INTERNAL_H

#include "ir/vector_helpers.h"

#define HELPER_UNUSED __attribute__((unused))
#define HELPER_INLINE static inline __attribute__((always_inline))

/* The head of a helper's definition. */
#define DEFINE_HELPER(name)                                                                        \
	uint32_t helper_##name(HELPER_UNUSED union vec128 *d, HELPER_UNUSED const union vec128 *a, \
		HELPER_UNUSED const union vec128 *b, HELPER_UNUSED const union vec128 *c,          \
		HELPER_UNUSED uint64_t imm)

typedef __int128 lane_value;

/* How lanes are read. */
enum lane_sign {
	LANES_SIGNED,
	LANES_UNSIGNED,
};

/* What becomes of a result that does not fit its lane. */
enum lane_limit {
	LANES_WRAP,
	LANES_SATURATE_SIGNED,
	LANES_SATURATE_UNSIGNED,
};

/* An operation on one lane of `bits` bits; `shift` is the immediate's amount. */
typedef lane_value lane_operation(lane_value x, lane_value y, unsigned bits, int shift);

HELPER_INLINE unsigned
helper_lanes(enum helper_shape shape, unsigned lane)
{
	switch (shape) {
	case HELPER_SCALAR: return 1;
	case HELPER_VECTOR64: return 8u >> lane;
	default: return 16u >> lane;
	}
}

HELPER_INLINE lane_value
lane_read(const union vec128 *v, unsigned lane, unsigned i, enum lane_sign sign)
{
	if (sign == LANES_SIGNED)
		return vec128_signed_lane(v, lane, i);
	return vec128_lane(v, lane, i);
}

/* Fits `value` into `bits` bits; sets FPSR_QC in *flags when it saturates. */
HELPER_INLINE uint64_t
lane_fit(lane_value value, unsigned bits, enum lane_limit limit, uint32_t *flags)
{
	lane_value least = 0, most = 0;

	switch (limit) {
	case LANES_WRAP: return (uint64_t)value;
	case LANES_SATURATE_SIGNED:
		most = ((lane_value)1 << (bits - 1)) - 1;
		least = -most - 1;
		break;
	case LANES_SATURATE_UNSIGNED: most = ((lane_value)1 << bits) - 1; break;
	}
	if (value >= least && value <= most)
		return (uint64_t)value;
	*flags |= FPSR_QC;
	return (uint64_t)(value < least ? least : most);
}

/* d = operation(a, b) in every lane; b may be NULL, and its lanes are then 0. */
HELPER_INLINE uint32_t
helper_each_lane(union vec128 *d, const union vec128 *a, enum lane_sign a_sign,
	const union vec128 *b, enum lane_sign b_sign, uint64_t imm, enum lane_limit limit,
	lane_operation *operation)
{
	unsigned lane = helper_imm_lane(imm), bits = 8u << lane;
	unsigned count = helper_lanes(helper_imm_shape(imm), lane);
	union vec128 result = { .d = { 0, 0 } };
	uint32_t flags = 0;

	for (unsigned i = 0; i < count; i++) {
		lane_value x = lane_read(a, lane, i, a_sign);
		lane_value y = b ? lane_read(b, lane, i, b_sign) : 0;
		lane_value z = operation(x, y, bits, (int)helper_imm_amount(imm));

		vec128_set_lane(&result, lane, i, lane_fit(z, bits, limit, &flags));
	}
	*d = result;
	return flags;
}

/*
 * Defines helper_NAME: two operands, or one operand, read as `sign` says, results as `limit` says.
 */
#define DEFINE_LANES2(name, sign, limit, operation)                                  \
	DEFINE_HELPER(name)                                                          \
	{                                                                            \
		return helper_each_lane(d, a, sign, b, sign, imm, limit, operation); \
	}
#define DEFINE_LANES1(name, sign, limit, operation)                                     \
	DEFINE_HELPER(name)                                                             \
	{                                                                               \
		return helper_each_lane(d, a, sign, NULL, sign, imm, limit, operation); \
	}

/* x * 2^shift, right shifts towards minus infinity, with rounding to nearest when `round`. */
HELPER_INLINE lane_value
lane_shift(lane_value x, unsigned bits, int shift, bool round)
{
	/*
	 * Beyond every lane, so that it saturates; and zero in its low 64 bits, so that it wraps to
	 * zero.
	 */
	const lane_value huge = (lane_value)1 << 100;

	if (shift >= (int)bits)
		return x == 0 ? 0 : x > 0 ? huge : -huge;
	if (shift >= 0)
		return x * ((lane_value)1 << shift);
	/*
	 * Lanes have at most 64 bits: from 65 on only the sign, or with rounding nothing, is left.
	 */
	if (shift < -65)
		shift = -65;
	if (round)
		x += (lane_value)1 << (-shift - 1);
	return x >> -shift;
}

#endif
