// SPDX-License-Identifier: Apache-2.0
//
// Integer vector helpers, lane by lane: saturating and halving arithmetic, differences, minimum and
// maximum, comparisons, and counting and reversing bits.
#include <stdbool.h>
#include <stddef.h>

#include "ir/vector_helpers_internal.h"

/* A lane operation: x, y are the lanes of a and b, of `bits` bits. */
#define LANE_OPERATION(name)                                                                  \
	HELPER_INLINE lane_value name(HELPER_UNUSED lane_value x, HELPER_UNUSED lane_value y, \
		HELPER_UNUSED unsigned bits, HELPER_UNUSED int shift)

LANE_OPERATION(lane_add)
{
	return x + y;
}

LANE_OPERATION(lane_subtract)
{
	return x - y;
}

LANE_OPERATION(lane_halving_add)
{
	return (x + y) >> 1;
}

LANE_OPERATION(lane_halving_subtract)
{
	return (x - y) >> 1;
}

LANE_OPERATION(lane_rounding_halving_add)
{
	return (x + y + 1) >> 1;
}

LANE_OPERATION(lane_difference)
{
	return x < y ? y - x : x - y;
}

LANE_OPERATION(lane_absolute)
{
	return x < 0 ? -x : x;
}

LANE_OPERATION(lane_negate)
{
	return -x;
}

LANE_OPERATION(lane_maximum)
{
	return x > y ? x : y;
}

LANE_OPERATION(lane_minimum)
{
	return x < y ? x : y;
}

LANE_OPERATION(lane_test)
{
	return (x & y) ? -1 : 0;
}

LANE_OPERATION(lane_higher)
{
	return x > y ? -1 : 0;
}

LANE_OPERATION(lane_higher_or_same)
{
	return x >= y ? -1 : 0;
}

LANE_OPERATION(lane_leading_zeros)
{
	return x ? __builtin_clzll((uint64_t)x) - (int)(64 - bits) : (int)bits;
}

/* Bits after the sign that equal it. */
LANE_OPERATION(lane_leading_signs)
{
	return lane_leading_zeros(x < 0 ? ~x : x, 0, bits, 0) - 1;
}

LANE_OPERATION(lane_count_bits)
{
	return __builtin_popcountll((uint64_t)x);
}

LANE_OPERATION(lane_reverse_bits)
{
	uint64_t reversed = 0;

	for (unsigned i = 0; i < bits; i++)
		reversed |= ((uint64_t)x >> i & 1) << (bits - 1 - i);
	return reversed;
}

DEFINE_LANES2(sqadd, LANES_SIGNED, LANES_SATURATE_SIGNED, lane_add)
DEFINE_LANES2(uqadd, LANES_UNSIGNED, LANES_SATURATE_UNSIGNED, lane_add)
DEFINE_LANES2(sqsub, LANES_SIGNED, LANES_SATURATE_SIGNED, lane_subtract)
DEFINE_LANES2(uqsub, LANES_UNSIGNED, LANES_SATURATE_UNSIGNED, lane_subtract)

DEFINE_HELPER(suqadd)
{
	return helper_each_lane(
		d, c, LANES_SIGNED, a, LANES_UNSIGNED, imm, LANES_SATURATE_SIGNED, lane_add);
}

DEFINE_HELPER(usqadd)
{
	return helper_each_lane(
		d, c, LANES_UNSIGNED, a, LANES_SIGNED, imm, LANES_SATURATE_UNSIGNED, lane_add);
}

DEFINE_LANES1(sqabs, LANES_SIGNED, LANES_SATURATE_SIGNED, lane_absolute)
DEFINE_LANES1(sqneg, LANES_SIGNED, LANES_SATURATE_SIGNED, lane_negate)
DEFINE_LANES2(shadd, LANES_SIGNED, LANES_WRAP, lane_halving_add)
DEFINE_LANES2(uhadd, LANES_UNSIGNED, LANES_WRAP, lane_halving_add)
DEFINE_LANES2(shsub, LANES_SIGNED, LANES_WRAP, lane_halving_subtract)
DEFINE_LANES2(uhsub, LANES_UNSIGNED, LANES_WRAP, lane_halving_subtract)
DEFINE_LANES2(srhadd, LANES_SIGNED, LANES_WRAP, lane_rounding_halving_add)
DEFINE_LANES2(urhadd, LANES_UNSIGNED, LANES_WRAP, lane_rounding_halving_add)
DEFINE_LANES2(sabd, LANES_SIGNED, LANES_WRAP, lane_difference)
DEFINE_LANES2(uabd, LANES_UNSIGNED, LANES_WRAP, lane_difference)
DEFINE_LANES2(smax, LANES_SIGNED, LANES_WRAP, lane_maximum)
DEFINE_LANES2(umax, LANES_UNSIGNED, LANES_WRAP, lane_maximum)
DEFINE_LANES2(smin, LANES_SIGNED, LANES_WRAP, lane_minimum)
DEFINE_LANES2(umin, LANES_UNSIGNED, LANES_WRAP, lane_minimum)
DEFINE_LANES2(cmtst, LANES_UNSIGNED, LANES_WRAP, lane_test)
DEFINE_LANES2(cmhi, LANES_UNSIGNED, LANES_WRAP, lane_higher)
DEFINE_LANES2(cmhs, LANES_UNSIGNED, LANES_WRAP, lane_higher_or_same)
DEFINE_LANES1(abs, LANES_SIGNED, LANES_WRAP, lane_absolute)
DEFINE_LANES1(neg, LANES_SIGNED, LANES_WRAP, lane_negate)
DEFINE_LANES1(cls, LANES_SIGNED, LANES_WRAP, lane_leading_signs)
DEFINE_LANES1(clz, LANES_UNSIGNED, LANES_WRAP, lane_leading_zeros)
DEFINE_LANES1(cnt, LANES_UNSIGNED, LANES_WRAP, lane_count_bits)
DEFINE_LANES1(rbit, LANES_UNSIGNED, LANES_WRAP, lane_reverse_bits)

DEFINE_HELPER(urecpe)
{
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned i = 0; i < helper_lanes(helper_imm_shape(imm), 2); i++)
		result.s[i] = unsigned_recpe(a->s[i]);
	*d = result;
	return 0;
}

DEFINE_HELPER(ursqrte)
{
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned i = 0; i < helper_lanes(helper_imm_shape(imm), 2); i++)
		result.s[i] = unsigned_rsqrte(a->s[i]);
	*d = result;
	return 0;
}
