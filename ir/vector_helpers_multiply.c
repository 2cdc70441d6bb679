// SPDX-License-Identifier: Apache-2.0
//
// Vector multiplication: plain, widening, saturating doubling, and polynomials over GF(2).
#include <stdbool.h>
#include <stddef.h>

#include "ir/vector_helpers_internal.h"

HELPER_INLINE lane_value
multiply(lane_value x, lane_value y, HELPER_UNUSED unsigned bits, HELPER_UNUSED int shift)
{
	return x * y;
}

HELPER_INLINE lane_value
doubling_multiply(lane_value x, lane_value y, HELPER_UNUSED unsigned bits, HELPER_UNUSED int shift)
{
	return 2 * x * y;
}

HELPER_INLINE lane_value
doubling_multiply_high(lane_value x, lane_value y, unsigned bits, HELPER_UNUSED int shift)
{
	return (2 * x * y) >> bits;
}

HELPER_INLINE lane_value
rounding_doubling_multiply_high(lane_value x, lane_value y, unsigned bits, HELPER_UNUSED int shift)
{
	return (2 * x * y + ((lane_value)1 << (bits - 1))) >> bits;
}

DEFINE_LANES2(mul, LANES_SIGNED, LANES_WRAP, multiply)
DEFINE_LANES2(sqdmulh, LANES_SIGNED, LANES_SATURATE_SIGNED, doubling_multiply_high)
DEFINE_LANES2(sqrdmulh, LANES_SIGNED, LANES_SATURATE_SIGNED, rounding_doubling_multiply_high)

/*
 * Widening: d's lanes, of twice the size, = limit(accumulator + factor * limit(operation(a, b))).
 * The accumulator may be NULL.
 */
HELPER_INLINE uint32_t
multiply_long(union vec128 *d, const union vec128 *a, const union vec128 *b,
	const union vec128 *accumulator, int factor, enum lane_sign sign, uint64_t imm,
	enum lane_limit limit, lane_operation *operation)
{
	unsigned lane = helper_imm_lane(imm), bits = 16u << lane;
	enum helper_shape shape = helper_imm_shape(imm);
	unsigned count = shape == HELPER_SCALAR ? 1 : 8u >> lane;
	unsigned first = shape == HELPER_VECTOR128 ? count : 0;
	union vec128 result = { .d = { 0, 0 } };
	uint32_t flags = 0;

	for (unsigned i = 0; i < count; i++) {
		lane_value x = lane_read(a, lane, first + i, sign);
		lane_value y = lane_read(b, lane, first + i, sign);
		uint64_t z = lane_fit(operation(x, y, bits, 0), bits, limit, &flags);

		if (accumulator) {
			lane_value sum = vec128_signed_lane(accumulator, lane + 1, i);

			sum += factor * (lane_value)(int64_t)z;
			z = lane_fit(sum, bits, limit, &flags);
		}
		vec128_set_lane(&result, lane + 1, i, z);
	}
	*d = result;
	return flags;
}

DEFINE_HELPER(smull)
{
	return multiply_long(d, a, b, NULL, 0, LANES_SIGNED, imm, LANES_WRAP, multiply);
}

DEFINE_HELPER(umull)
{
	return multiply_long(d, a, b, NULL, 0, LANES_UNSIGNED, imm, LANES_WRAP, multiply);
}

DEFINE_HELPER(sqdmull)
{
	return multiply_long(
		d, a, b, NULL, 0, LANES_SIGNED, imm, LANES_SATURATE_SIGNED, doubling_multiply);
}

DEFINE_HELPER(sqdmlal)
{
	return multiply_long(
		d, a, b, c, 1, LANES_SIGNED, imm, LANES_SATURATE_SIGNED, doubling_multiply);
}

DEFINE_HELPER(sqdmlsl)
{
	return multiply_long(
		d, a, b, c, -1, LANES_SIGNED, imm, LANES_SATURATE_SIGNED, doubling_multiply);
}

/* The product of two polynomials over GF(2), of `bits` bits each. */
static unsigned __int128
polynomial_product(uint64_t x, uint64_t y, unsigned bits)
{
	unsigned __int128 product = 0;

	for (unsigned i = 0; i < bits; i++) {
		if (y >> i & 1)
			product ^= (unsigned __int128)x << i;
	}
	return product;
}

HELPER_INLINE lane_value
polynomial_multiply(lane_value x, lane_value y, unsigned bits, HELPER_UNUSED int shift)
{
	return (lane_value)polynomial_product((uint64_t)x, (uint64_t)y, bits);
}

DEFINE_LANES2(pmul, LANES_UNSIGNED, LANES_WRAP, polynomial_multiply)

/* Lanes of 8 bits (PMULL 8H, 8B) or 64 bits (PMULL 1Q, 1D). */
DEFINE_HELPER(pmull)
{
	unsigned __int128 product;

	if (helper_imm_lane(imm) == 0)
		return multiply_long(
			d, a, b, NULL, 0, LANES_UNSIGNED, imm, LANES_WRAP, polynomial_multiply);
	if (helper_imm_shape(imm) == HELPER_VECTOR128)
		product = polynomial_product(a->d[1], b->d[1], 64);
	else
		product = polynomial_product(a->d[0], b->d[0], 64);
	d->d[0] = (uint64_t)product;
	d->d[1] = (uint64_t)(product >> 64);
	return 0;
}
