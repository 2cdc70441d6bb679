// SPDX-License-Identifier: Apache-2.0
//
// Vector helpers that move lanes, and those that combine lanes of the same vector: permutations,
// table look-up, pairwise operations and reductions.
#include <stdbool.h>
#include <stddef.h>

#include "ir/vector_helpers_internal.h"

/* Bytes of a vector of this shape. */
static unsigned
shape_bytes(uint64_t imm)
{
	return helper_imm_shape(imm) == HELPER_VECTOR128 ? 16 : 8;
}

DEFINE_HELPER(rev)
{
	unsigned lane = helper_imm_lane(imm);
	unsigned last = (1u << (helper_imm_to(imm) - lane)) - 1;
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned i = 0; i < shape_bytes(imm) >> lane; i++)
		vec128_set_lane(&result, lane, i, vec128_lane(a, lane, i ^ last));
	*d = result;
	return 0;
}

DEFINE_HELPER(ext)
{
	unsigned bytes = shape_bytes(imm);
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned i = 0; i < bytes; i++) {
		unsigned from = i + helper_imm_amount(imm);

		result.b[i] = from < bytes ? a->b[from] : b->b[(from - bytes) & 15];
	}
	*d = result;
	return 0;
}

DEFINE_HELPER(tbl)
{
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned i = 0; i < shape_bytes(imm); i++) {
		unsigned index = c->b[i] - helper_imm_amount(imm);

		if (index < 32)
			result.b[i] = index < 16 ? a->b[index] : b->b[index - 16];
	}
	*d = result;
	return 0;
}

DEFINE_HELPER(tbx)
{
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned i = 0; i < shape_bytes(imm); i++) {
		unsigned index = b->b[i] - helper_imm_amount(imm);

		result.b[i] = index < 16 ? a->b[index] : c->b[i];
	}
	*d = result;
	return 0;
}

/* Even lanes of d from a, odd lanes from b: source lane first + stride * i for the i-th pair. */
static uint32_t
interleave(union vec128 *d, const union vec128 *a, const union vec128 *b, uint64_t imm,
	unsigned first, unsigned stride)
{
	unsigned lane = helper_imm_lane(imm);
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned i = 0; i < shape_bytes(imm) >> lane >> 1; i++) {
		unsigned from = first + stride * i;

		vec128_set_lane(&result, lane, 2 * i, vec128_lane(a, lane, from));
		vec128_set_lane(&result, lane, 2 * i + 1, vec128_lane(b, lane, from));
	}
	*d = result;
	return 0;
}

DEFINE_HELPER(zip1)
{
	return interleave(d, a, b, imm, 0, 1);
}

DEFINE_HELPER(zip2)
{
	return interleave(d, a, b, imm, shape_bytes(imm) >> helper_imm_lane(imm) >> 1, 1);
}

DEFINE_HELPER(trn1)
{
	return interleave(d, a, b, imm, 0, 2);
}

DEFINE_HELPER(trn2)
{
	return interleave(d, a, b, imm, 1, 2);
}

/* Every second lane of a, then of b, beginning with lane `first`. */
static uint32_t
deinterleave(
	union vec128 *d, const union vec128 *a, const union vec128 *b, uint64_t imm, unsigned first)
{
	unsigned lane = helper_imm_lane(imm);
	unsigned half = shape_bytes(imm) >> lane >> 1;
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned i = 0; i < half; i++) {
		vec128_set_lane(&result, lane, i, vec128_lane(a, lane, 2 * i + first));
		vec128_set_lane(&result, lane, half + i, vec128_lane(b, lane, 2 * i + first));
	}
	*d = result;
	return 0;
}

DEFINE_HELPER(uzp1)
{
	return deinterleave(d, a, b, imm, 0);
}

DEFINE_HELPER(uzp2)
{
	return deinterleave(d, a, b, imm, 1);
}

typedef lane_value combine(lane_value x, lane_value y);

static lane_value
combine_add(lane_value x, lane_value y)
{
	return x + y;
}

static lane_value
combine_maximum(lane_value x, lane_value y)
{
	return x > y ? x : y;
}

static lane_value
combine_minimum(lane_value x, lane_value y)
{
	return x < y ? x : y;
}

/* Neighbouring lanes of a, then of b; in the scalar shape a's first two only. */
static uint32_t
pairwise(union vec128 *d, const union vec128 *a, const union vec128 *b, enum lane_sign sign,
	uint64_t imm, combine *operation)
{
	unsigned lane = helper_imm_lane(imm);
	bool scalar = helper_imm_shape(imm) == HELPER_SCALAR;
	unsigned half = scalar ? 1 : shape_bytes(imm) >> lane >> 1;
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned i = 0; i < (scalar ? 1 : 2 * half); i++) {
		const union vec128 *v = i < half ? a : b;
		unsigned first = 2 * (i < half ? i : i - half);
		lane_value x = lane_read(v, lane, first, sign);
		lane_value y = lane_read(v, lane, first + 1, sign);

		vec128_set_lane(&result, lane, i, (uint64_t)operation(x, y));
	}
	*d = result;
	return 0;
}

#define DEFINE_PAIRWISE(name, sign, operation)                  \
	DEFINE_HELPER(name)                                     \
	{                                                       \
		return pairwise(d, a, b, sign, imm, operation); \
	}

DEFINE_PAIRWISE(addp, LANES_UNSIGNED, combine_add)
DEFINE_PAIRWISE(smaxp, LANES_SIGNED, combine_maximum)
DEFINE_PAIRWISE(umaxp, LANES_UNSIGNED, combine_maximum)
DEFINE_PAIRWISE(sminp, LANES_SIGNED, combine_minimum)
DEFINE_PAIRWISE(uminp, LANES_UNSIGNED, combine_minimum)

/* Sums of neighbouring lanes, in lanes of twice the size. */
static uint32_t
pairwise_long(union vec128 *d, const union vec128 *a, enum lane_sign sign, uint64_t imm)
{
	unsigned lane = helper_imm_lane(imm);
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned i = 0; i < shape_bytes(imm) >> lane >> 1; i++) {
		lane_value sum =
			lane_read(a, lane, 2 * i, sign) + lane_read(a, lane, 2 * i + 1, sign);

		vec128_set_lane(&result, lane + 1, i, (uint64_t)sum);
	}
	*d = result;
	return 0;
}

DEFINE_HELPER(saddlp)
{
	return pairwise_long(d, a, LANES_SIGNED, imm);
}

DEFINE_HELPER(uaddlp)
{
	return pairwise_long(d, a, LANES_UNSIGNED, imm);
}

/* All lanes of a combined, as lane 0 of size `to`. */
static uint32_t
reduce(union vec128 *d, const union vec128 *a, enum lane_sign sign, uint64_t imm, unsigned to,
	combine *operation)
{
	unsigned lane = helper_imm_lane(imm);
	lane_value total = lane_read(a, lane, 0, sign);
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned i = 1; i < shape_bytes(imm) >> lane; i++)
		total = operation(total, lane_read(a, lane, i, sign));
	vec128_set_lane(&result, to, 0, (uint64_t)total);
	*d = result;
	return 0;
}

#define DEFINE_REDUCE(name, sign, longer, operation)                                        \
	DEFINE_HELPER(name)                                                                 \
	{                                                                                   \
		return reduce(d, a, sign, imm, helper_imm_lane(imm) + (longer), operation); \
	}

DEFINE_REDUCE(addv, LANES_UNSIGNED, 0, combine_add)
DEFINE_REDUCE(saddlv, LANES_SIGNED, 1, combine_add)
DEFINE_REDUCE(uaddlv, LANES_UNSIGNED, 1, combine_add)
DEFINE_REDUCE(smaxv, LANES_SIGNED, 0, combine_maximum)
DEFINE_REDUCE(umaxv, LANES_UNSIGNED, 0, combine_maximum)
DEFINE_REDUCE(sminv, LANES_SIGNED, 0, combine_minimum)
DEFINE_REDUCE(uminv, LANES_UNSIGNED, 0, combine_minimum)
