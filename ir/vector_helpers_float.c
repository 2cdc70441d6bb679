// SPDX-License-Identifier: Apache-2.0
//
// Floating-point helpers: the functions of ir/float.h lane by lane, pairwise and across lanes. They
// are what the interpreter computes with, and what compiled code calls to repair NaN results and
// for rare operations.
#include <stdbool.h>
#include <stddef.h>

#include "ir/vector_helpers_internal.h"

typedef uint64_t float_unary(enum float_size size, uint64_t a, struct float_env *env);
typedef uint64_t float_binary(enum float_size size, uint64_t a, uint64_t b, struct float_env *env);
typedef uint64_t float_ternary(
	enum float_size size, uint64_t a, uint64_t b, uint64_t c, struct float_env *env);
typedef bool float_relation(enum float_size size, uint64_t a, uint64_t b, struct float_env *env);

/* The lane size as a floating-point size. */
static enum float_size
imm_size(uint64_t imm)
{
	return (enum float_size)helper_imm_lane(imm);
}

static uint32_t
each_lane1(union vec128 *d, const union vec128 *a, uint64_t imm, float_unary *operation)
{
	enum float_size size = imm_size(imm);
	struct float_env env = helper_imm_env(imm);
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned i = 0; i < helper_lanes(helper_imm_shape(imm), size); i++)
		vec128_set_lane(&result, size, i, operation(size, vec128_lane(a, size, i), &env));
	*d = result;
	return env.flags;
}

static uint32_t
each_lane2(union vec128 *d, const union vec128 *a, const union vec128 *b, uint64_t imm,
	float_binary *operation)
{
	enum float_size size = imm_size(imm);
	struct float_env env = helper_imm_env(imm);
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned i = 0; i < helper_lanes(helper_imm_shape(imm), size); i++) {
		uint64_t x = vec128_lane(a, size, i), y = vec128_lane(b, size, i);

		vec128_set_lane(&result, size, i, operation(size, x, y, &env));
	}
	*d = result;
	return env.flags;
}

/* The fused operations, whose first argument is the addend c. */
static uint32_t
each_lane3(union vec128 *d, const union vec128 *a, const union vec128 *b, const union vec128 *c,
	uint64_t imm, float_ternary *operation)
{
	enum float_size size = imm_size(imm);
	struct float_env env = helper_imm_env(imm);
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned i = 0; i < helper_lanes(helper_imm_shape(imm), size); i++) {
		uint64_t x = vec128_lane(a, size, i), y = vec128_lane(b, size, i);
		uint64_t addend = vec128_lane(c, size, i);

		vec128_set_lane(&result, size, i, operation(size, addend, x, y, &env));
	}
	*d = result;
	return env.flags;
}

#define DEFINE_FLOAT1(name, operation)                   \
	DEFINE_HELPER(name)                              \
	{                                                \
		return each_lane1(d, a, imm, operation); \
	}
#define DEFINE_FLOAT2(name, operation)                      \
	DEFINE_HELPER(name)                                 \
	{                                                   \
		return each_lane2(d, a, b, imm, operation); \
	}
#define DEFINE_FLOAT3(name, operation)                         \
	DEFINE_HELPER(name)                                    \
	{                                                      \
		return each_lane3(d, a, b, c, imm, operation); \
	}

DEFINE_FLOAT2(fadd, float_add)
DEFINE_FLOAT2(fsub, float_sub)
DEFINE_FLOAT2(fmul, float_mul)
DEFINE_FLOAT2(fnmul, float_nmul)
DEFINE_FLOAT2(fmulx, float_mulx)
DEFINE_FLOAT2(fdiv, float_div)
DEFINE_FLOAT1(fsqrt, float_sqrt)
DEFINE_FLOAT2(fabd, float_abd)
DEFINE_FLOAT3(fmadd, float_muladd)
DEFINE_FLOAT3(fmsub, float_mulsub)
DEFINE_FLOAT3(fnmadd, float_negmuladd)
DEFINE_FLOAT3(fnmsub, float_negmulsub)
DEFINE_FLOAT2(fmin, float_min)
DEFINE_FLOAT2(fmax, float_max)
DEFINE_FLOAT2(fminnm, float_minnm)
DEFINE_FLOAT2(fmaxnm, float_maxnm)
DEFINE_FLOAT2(frecps, float_recps)
DEFINE_FLOAT2(frsqrts, float_rsqrts)
DEFINE_FLOAT1(frecpe, float_recpe)
DEFINE_FLOAT1(frsqrte, float_rsqrte)
DEFINE_FLOAT1(frecpx, float_recpx)

/* Neighbouring lanes of a, then of b; in the scalar shape a's first two only. */
static uint32_t
pairwise(union vec128 *d, const union vec128 *a, const union vec128 *b, uint64_t imm,
	float_binary *operation)
{
	enum float_size size = imm_size(imm);
	unsigned count = helper_lanes(helper_imm_shape(imm), size);
	unsigned half = count == 1 ? 1 : count / 2;
	struct float_env env = helper_imm_env(imm);
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned i = 0; i < count; i++) {
		const union vec128 *v = i < half ? a : b;
		unsigned first = 2 * (i < half ? i : i - half);
		uint64_t x = vec128_lane(v, size, first), y = vec128_lane(v, size, first + 1);

		vec128_set_lane(&result, size, i, operation(size, x, y, &env));
	}
	*d = result;
	return env.flags;
}

#define DEFINE_FLOAT_PAIRWISE(name, operation)            \
	DEFINE_HELPER(name)                               \
	{                                                 \
		return pairwise(d, a, b, imm, operation); \
	}

DEFINE_FLOAT_PAIRWISE(faddp, float_add)
DEFINE_FLOAT_PAIRWISE(fminp, float_min)
DEFINE_FLOAT_PAIRWISE(fmaxp, float_max)
DEFINE_FLOAT_PAIRWISE(fminnmp, float_minnm)
DEFINE_FLOAT_PAIRWISE(fmaxnmp, float_maxnm)

/*
 * Combines halves of ever smaller parts, as the pseudocode's Reduce does: which NaN survives
 * depends on it.
 */
static uint32_t
reduce(union vec128 *d, const union vec128 *a, uint64_t imm, float_binary *operation)
{
	enum float_size size = imm_size(imm);
	struct float_env env = helper_imm_env(imm);
	unsigned count = helper_lanes(helper_imm_shape(imm), size);
	uint64_t part[16 >> FLOAT_HALF] = { 0 };

	for (unsigned i = 0; i < count; i++)
		part[i] = vec128_lane(a, size, i);
	for (; count > 1; count /= 2) {
		for (unsigned i = 0; i < count / 2; i++)
			part[i] = operation(size, part[2 * i], part[2 * i + 1], &env);
	}
	d->d[0] = part[0];
	d->d[1] = 0;
	return env.flags;
}

#define DEFINE_FLOAT_REDUCE(name, operation)         \
	DEFINE_HELPER(name)                          \
	{                                            \
		return reduce(d, a, imm, operation); \
	}

DEFINE_FLOAT_REDUCE(fminv, float_min)
DEFINE_FLOAT_REDUCE(fmaxv, float_max)
DEFINE_FLOAT_REDUCE(fminnmv, float_minnm)
DEFINE_FLOAT_REDUCE(fmaxnmv, float_maxnm)

/* All ones where the relation holds; of absolute values when `absolute`. */
static uint32_t
compare_mask(union vec128 *d, const union vec128 *a, const union vec128 *b, uint64_t imm,
	bool absolute, float_relation *relation)
{
	enum float_size size = imm_size(imm);
	struct float_env env = helper_imm_env(imm);
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned i = 0; i < helper_lanes(helper_imm_shape(imm), size); i++) {
		uint64_t x = vec128_lane(a, size, i), y = vec128_lane(b, size, i);

		if (absolute) {
			x = float_abs(size, x);
			y = float_abs(size, y);
		}
		vec128_set_lane(&result, size, i, relation(size, x, y, &env) ? ~UINT64_C(0) : 0);
	}
	*d = result;
	return env.flags;
}

#define DEFINE_FLOAT_COMPARE(name, absolute, relation)                 \
	DEFINE_HELPER(name)                                            \
	{                                                              \
		return compare_mask(d, a, b, imm, absolute, relation); \
	}

DEFINE_FLOAT_COMPARE(fcmeq, false, float_eq)
DEFINE_FLOAT_COMPARE(fcmge, false, float_ge)
DEFINE_FLOAT_COMPARE(fcmgt, false, float_gt)
DEFINE_FLOAT_COMPARE(facge, true, float_ge)
DEFINE_FLOAT_COMPARE(facgt, true, float_gt)

/* NZCV in bits 31:28. */
static uint32_t
compare_flags(union vec128 *d, const union vec128 *a, const union vec128 *b, uint64_t imm,
	bool signal_quiet)
{
	enum float_size size = imm_size(imm);
	struct float_env env = helper_imm_env(imm);
	uint64_t x = vec128_lane(a, size, 0), y = vec128_lane(b, size, 0);

	d->d[0] = (uint64_t)float_compare(size, x, y, signal_quiet, &env) << 28;
	d->d[1] = 0;
	return env.flags;
}

DEFINE_HELPER(fcmp)
{
	return compare_flags(d, a, b, imm, false);
}

DEFINE_HELPER(fcmpe)
{
	return compare_flags(d, a, b, imm, true);
}

static uint64_t
round_int(enum float_size size, uint64_t a, struct float_env *env)
{
	return float_round_int(size, a, (enum float_rounding)env->rounding, false, env);
}

static uint64_t
round_int_exact(enum float_size size, uint64_t a, struct float_env *env)
{
	return float_round_int(size, a, (enum float_rounding)env->rounding, true, env);
}

DEFINE_FLOAT1(frint, round_int)
DEFINE_FLOAT1(frintx, round_int_exact)

/* To integers. Vector forms have lanes of one size, which is also how many there are. */
static uint32_t
to_int(union vec128 *d, const union vec128 *a, uint64_t imm, bool is_signed)
{
	enum float_size size = imm_size(imm);
	unsigned to = helper_imm_to(imm);
	struct float_env env = helper_imm_env(imm);
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned i = 0; i < helper_lanes(helper_imm_shape(imm), size); i++) {
		uint64_t integer = float_to_int(size, to, is_signed, helper_imm_amount(imm),
			vec128_lane(a, size, i), (enum float_rounding)env.rounding, &env);

		vec128_set_lane(&result, to, i, integer);
	}
	*d = result;
	return env.flags;
}

DEFINE_HELPER(fcvts)
{
	return to_int(d, a, imm, true);
}

DEFINE_HELPER(fcvtu)
{
	return to_int(d, a, imm, false);
}

static uint32_t
from_int(union vec128 *d, const union vec128 *a, uint64_t imm, bool is_signed)
{
	unsigned from = helper_imm_lane(imm);
	enum float_size size = (enum float_size)helper_imm_to(imm);
	struct float_env env = helper_imm_env(imm);
	union vec128 result = { .d = { 0, 0 } };

	for (unsigned i = 0; i < helper_lanes(helper_imm_shape(imm), from); i++) {
		uint64_t value = float_from_int(size, from, is_signed, helper_imm_amount(imm),
			vec128_lane(a, from, i), &env);

		vec128_set_lane(&result, size, i, value);
	}
	*d = result;
	return env.flags;
}

DEFINE_HELPER(scvtf)
{
	return from_int(d, a, imm, true);
}

DEFINE_HELPER(ucvtf)
{
	return from_int(d, a, imm, false);
}

/* Converts `count` lanes of a from lane `source` on to lanes of *result from `target` on. */
static uint32_t
convert_lanes(union vec128 *result, unsigned target, const union vec128 *a, unsigned source,
	unsigned count, uint64_t imm)
{
	enum float_size from = imm_size(imm), to = (enum float_size)helper_imm_to(imm);
	struct float_env env = helper_imm_env(imm);

	for (unsigned i = 0; i < count; i++) {
		uint64_t value = float_convert(from, to, vec128_lane(a, from, source + i), &env);

		vec128_set_lane(result, to, target + i, value);
	}
	return env.flags;
}

DEFINE_HELPER(fcvt)
{
	union vec128 result = { .d = { 0, 0 } };
	uint32_t flags = convert_lanes(&result, 0, a, 0, 1, imm);

	*d = result;
	return flags;
}

DEFINE_HELPER(fcvtl)
{
	unsigned count = 8u >> helper_imm_lane(imm);
	union vec128 result = { .d = { 0, 0 } };
	uint32_t flags;

	flags = convert_lanes(
		&result, 0, a, helper_imm_shape(imm) == HELPER_VECTOR128 ? count : 0, count, imm);
	*d = result;
	return flags;
}

DEFINE_HELPER(fcvtn)
{
	enum helper_shape shape = helper_imm_shape(imm);
	unsigned count = shape == HELPER_SCALAR ? 1 : 8u >> helper_imm_to(imm);
	unsigned target = shape == HELPER_VECTOR128 ? count : 0;
	union vec128 result = { .d = { target ? c->d[0] : 0, 0 } };
	uint32_t flags = convert_lanes(&result, target, a, 0, count, imm);

	*d = result;
	return flags;
}
