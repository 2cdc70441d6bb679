// SPDX-License-Identifier: Apache-2.0
//
// Vector shifts: by register and by immediate, rounding and saturating, inserting, widening and
// narrowing.
#include <stdbool.h>
#include <stddef.h>

#include "ir/vector_helpers_internal.h"

/* The shift count of a register shift: the signed low byte of b's lane. */
HELPER_INLINE lane_value
shift_by_register(lane_value x, lane_value y, unsigned bits, HELPER_UNUSED int shift)
{
	return lane_shift(x, bits, (int8_t)y, false);
}

HELPER_INLINE lane_value
rounding_shift_by_register(lane_value x, lane_value y, unsigned bits, HELPER_UNUSED int shift)
{
	return lane_shift(x, bits, (int8_t)y, true);
}

HELPER_INLINE lane_value
shift_left(lane_value x, HELPER_UNUSED lane_value y, unsigned bits, int shift)
{
	return lane_shift(x, bits, shift, false);
}

HELPER_INLINE lane_value
shift_right(lane_value x, HELPER_UNUSED lane_value y, unsigned bits, int shift)
{
	return lane_shift(x, bits, -shift, false);
}

HELPER_INLINE lane_value
rounding_shift_right(lane_value x, HELPER_UNUSED lane_value y, unsigned bits, int shift)
{
	return lane_shift(x, bits, -shift, true);
}

DEFINE_LANES2(sshl, LANES_SIGNED, LANES_WRAP, shift_by_register)
DEFINE_LANES2(ushl, LANES_UNSIGNED, LANES_WRAP, shift_by_register)
DEFINE_LANES2(srshl, LANES_SIGNED, LANES_WRAP, rounding_shift_by_register)
DEFINE_LANES2(urshl, LANES_UNSIGNED, LANES_WRAP, rounding_shift_by_register)
DEFINE_LANES2(sqshl, LANES_SIGNED, LANES_SATURATE_SIGNED, shift_by_register)
DEFINE_LANES2(uqshl, LANES_UNSIGNED, LANES_SATURATE_UNSIGNED, shift_by_register)
DEFINE_LANES2(sqrshl, LANES_SIGNED, LANES_SATURATE_SIGNED, rounding_shift_by_register)
DEFINE_LANES2(uqrshl, LANES_UNSIGNED, LANES_SATURATE_UNSIGNED, rounding_shift_by_register)

DEFINE_LANES1(shl, LANES_UNSIGNED, LANES_WRAP, shift_left)
DEFINE_LANES1(sshr, LANES_SIGNED, LANES_WRAP, shift_right)
DEFINE_LANES1(ushr, LANES_UNSIGNED, LANES_WRAP, shift_right)
DEFINE_LANES1(srshr, LANES_SIGNED, LANES_WRAP, rounding_shift_right)
DEFINE_LANES1(urshr, LANES_UNSIGNED, LANES_WRAP, rounding_shift_right)
DEFINE_LANES1(sqshl_imm, LANES_SIGNED, LANES_SATURATE_SIGNED, shift_left)
DEFINE_LANES1(uqshl_imm, LANES_UNSIGNED, LANES_SATURATE_UNSIGNED, shift_left)
DEFINE_LANES1(sqshlu_imm, LANES_SIGNED, LANES_SATURATE_UNSIGNED, shift_left)

/* Lanes of a shifted into c: bits that the shift would fill keep c's. y is c's lane. */
HELPER_INLINE lane_value
insert_right(lane_value x, lane_value y, unsigned bits, int shift)
{
	lane_value kept = ~(lane_shift(((lane_value)1 << bits) - 1, bits, -shift, false));

	return lane_shift(x, bits, -shift, false) | (y & kept);
}

HELPER_INLINE lane_value
insert_left(lane_value x, lane_value y, unsigned bits, int shift)
{
	return lane_shift(x, bits, shift, false) | (y & (((lane_value)1 << shift) - 1));
}

DEFINE_HELPER(sri)
{
	return helper_each_lane(
		d, a, LANES_UNSIGNED, c, LANES_UNSIGNED, imm, LANES_WRAP, insert_right);
}

DEFINE_HELPER(sli)
{
	return helper_each_lane(
		d, a, LANES_UNSIGNED, c, LANES_UNSIGNED, imm, LANES_WRAP, insert_left);
}

/* Lanes of a's low or high half, at twice the size, shifted left. */
HELPER_INLINE uint32_t
widen_and_shift(union vec128 *d, const union vec128 *a, enum lane_sign sign, uint64_t imm)
{
	unsigned lane = helper_imm_lane(imm);
	unsigned count = 8u >> lane;
	unsigned first = helper_imm_shape(imm) == HELPER_VECTOR128 ? count : 0;
	union vec128 result;

	for (unsigned i = 0; i < count; i++) {
		lane_value x = lane_read(a, lane, first + i, sign);

		vec128_set_lane(&result, lane + 1, i, (uint64_t)x << helper_imm_amount(imm));
	}
	*d = result;
	return 0;
}

DEFINE_HELPER(sshll)
{
	return widen_and_shift(d, a, LANES_SIGNED, imm);
}

DEFINE_HELPER(ushll)
{
	return widen_and_shift(d, a, LANES_UNSIGNED, imm);
}

/*
 * Narrowing: d's half = operation(a, b) fitted into the narrow lanes. b may be NULL. The other
 * half is c's low one when the shape says that the high half is written.
 */
HELPER_INLINE uint32_t
narrow(union vec128 *d, const union vec128 *a, const union vec128 *b, const union vec128 *c,
	enum lane_sign sign, uint64_t imm, enum lane_limit limit, lane_operation *operation)
{
	unsigned lane = helper_imm_lane(imm), bits = 8u << lane;
	enum helper_shape shape = helper_imm_shape(imm);
	unsigned count = shape == HELPER_SCALAR ? 1 : 8u >> lane;
	unsigned first = shape == HELPER_VECTOR128 ? count : 0;
	union vec128 result = { .d = { first ? c->d[0] : 0, 0 } };
	uint32_t flags = 0;

	for (unsigned i = 0; i < count; i++) {
		lane_value x = lane_read(a, lane + 1, i, sign);
		lane_value y = b ? lane_read(b, lane + 1, i, sign) : 0;
		lane_value z = operation(x, y, bits, (int)helper_imm_amount(imm));

		vec128_set_lane(&result, lane, first + i, lane_fit(z, bits, limit, &flags));
	}
	*d = result;
	return flags;
}

/* Shifts within the wide lane. */
HELPER_INLINE lane_value
narrowing_shift(lane_value x, HELPER_UNUSED lane_value y, unsigned bits, int shift)
{
	return lane_shift(x, bits * 2, -shift, false);
}

HELPER_INLINE lane_value
narrowing_rounding_shift(lane_value x, HELPER_UNUSED lane_value y, unsigned bits, int shift)
{
	return lane_shift(x, bits * 2, -shift, true);
}

HELPER_INLINE lane_value
narrowing_plain(lane_value x, HELPER_UNUSED lane_value y, HELPER_UNUSED unsigned bits,
	HELPER_UNUSED int shift)
{
	return x;
}

#define DEFINE_NARROW(name, sign, limit, operation)                        \
	DEFINE_HELPER(name)                                                \
	{                                                                  \
		return narrow(d, a, NULL, c, sign, imm, limit, operation); \
	}

DEFINE_NARROW(shrn, LANES_UNSIGNED, LANES_WRAP, narrowing_shift)
DEFINE_NARROW(rshrn, LANES_UNSIGNED, LANES_WRAP, narrowing_rounding_shift)
DEFINE_NARROW(sqshrn, LANES_SIGNED, LANES_SATURATE_SIGNED, narrowing_shift)
DEFINE_NARROW(uqshrn, LANES_UNSIGNED, LANES_SATURATE_UNSIGNED, narrowing_shift)
DEFINE_NARROW(sqrshrn, LANES_SIGNED, LANES_SATURATE_SIGNED, narrowing_rounding_shift)
DEFINE_NARROW(uqrshrn, LANES_UNSIGNED, LANES_SATURATE_UNSIGNED, narrowing_rounding_shift)
DEFINE_NARROW(sqshrun, LANES_SIGNED, LANES_SATURATE_UNSIGNED, narrowing_shift)
DEFINE_NARROW(sqrshrun, LANES_SIGNED, LANES_SATURATE_UNSIGNED, narrowing_rounding_shift)
DEFINE_NARROW(xtn, LANES_UNSIGNED, LANES_WRAP, narrowing_plain)
DEFINE_NARROW(sqxtn, LANES_SIGNED, LANES_SATURATE_SIGNED, narrowing_plain)
DEFINE_NARROW(uqxtn, LANES_UNSIGNED, LANES_SATURATE_UNSIGNED, narrowing_plain)
DEFINE_NARROW(sqxtun, LANES_SIGNED, LANES_SATURATE_UNSIGNED, narrowing_plain)

/*
 * The high half of a sum or difference; the operands wrap, so that they may be taken as unsigned.
 */
HELPER_INLINE lane_value
add_high(lane_value x, lane_value y, unsigned bits, HELPER_UNUSED int shift)
{
	return (x + y) >> bits;
}

HELPER_INLINE lane_value
rounding_add_high(lane_value x, lane_value y, unsigned bits, HELPER_UNUSED int shift)
{
	return (x + y + ((lane_value)1 << (bits - 1))) >> bits;
}

HELPER_INLINE lane_value
subtract_high(lane_value x, lane_value y, unsigned bits, HELPER_UNUSED int shift)
{
	return (x - y) >> bits;
}

HELPER_INLINE lane_value
rounding_subtract_high(lane_value x, lane_value y, unsigned bits, HELPER_UNUSED int shift)
{
	return (x - y + ((lane_value)1 << (bits - 1))) >> bits;
}

#define DEFINE_NARROW2(name, operation)                                                \
	DEFINE_HELPER(name)                                                            \
	{                                                                              \
		return narrow(d, a, b, c, LANES_UNSIGNED, imm, LANES_WRAP, operation); \
	}

DEFINE_NARROW2(addhn, add_high)
DEFINE_NARROW2(raddhn, rounding_add_high)
DEFINE_NARROW2(subhn, subtract_high)
DEFINE_NARROW2(rsubhn, rounding_subtract_high)
