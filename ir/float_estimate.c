// SPDX-License-Identifier: Apache-2.0
//
// Reciprocal and reciprocal square root estimates, which the architecture defines bit for bit.
// Arm ARM J1.3: RecipEstimate, RecipSqrtEstimate, FPRecipEstimate, FPRSqrtEstimate, FPRecpX,
// UnsignedRecipEstimate, UnsignedRSqrtEstimate.
#include "ir/float_internal.h"

/* 0.5 <= a < 1 in units of 1/512 gives 1/a, 1 <= 1/a < 2, in units of 1/256. */
static unsigned
reciprocal_estimate(unsigned a)
{
	return ((1u << 19) / (2 * a + 1) + 1) / 2;
}

/* 0.25 <= a < 1 in units of 1/512 gives 1/sqrt(a), 1 <= 1/sqrt(a) < 2, in units of 1/256. */
static unsigned
reciprocal_sqrt_estimate(unsigned a)
{
	unsigned b = 512;

	a = a < 256 ? a * 2 + 1 : (a / 2 * 2 + 1) * 2;
	while ((uint64_t)a * (b + 1) * (b + 1) < 1u << 28)
		b++;
	return (b + 1) / 2;
}

/*
 * The leading 9 bits, from 256 to 511, of a finite operand; *exponent: biased, below 1 for
 * denormals.
 */
static unsigned
leading_bits(enum float_size size, const struct float_value *x, int *exponent)
{
	const struct float_format *f = &float_formats[size];
	int top = 63 - __builtin_clzll(x->significand);

	*exponent = x->exponent + top - f->minimum_exponent + 1;
	return top >= 8 ? (unsigned)(x->significand >> (top - 8))
			: (unsigned)(x->significand << (8 - top));
}

/* A result from its biased exponent, 0 or -1 for a denormal, and 9 bits of significand. */
static uint64_t
estimate_result(enum float_size size, bool sign, int exponent, unsigned estimate)
{
	int fraction_bits = float_formats[size].fraction_bits;
	uint64_t significand = (uint64_t)estimate << (fraction_bits - 8);

	if (exponent < 1)
		return float_zero(size, sign) | significand >> (1 - exponent);
	return float_zero(size, sign) | (((uint64_t)(exponent - 1) << fraction_bits) + significand);
}

uint64_t
float_recpe(enum float_size size, uint64_t a, struct float_env *env)
{
	struct float_value x = float_unpack(size, a, env);
	int exponent;
	unsigned leading;

	if (float_is_nan(&x))
		return float_process_nan(size, &x, env);
	if (x.class == FLOAT_INFINITE)
		return float_zero(size, x.sign);
	if (x.class == FLOAT_ZERO) {
		env->flags |= FPSR_DZC;
		return float_infinity(size, x.sign);
	}
	leading = leading_bits(size, &x, &exponent);
	/* Magnitudes below 2^-(bias + 1), whose reciprocal is out of range. */
	if (exponent < -1)
		return float_overflow(size, x.sign, env);
	/* Exponents of the reciprocal: 2 * bias - 1 - exponent. */
	exponent = float_formats[size].exponent_mask - 2 - exponent;
	if (exponent < 1 && env->flush_to_zero && size != FLOAT_HALF) {
		env->flags |= FPSR_UFC;
		return float_zero(size, x.sign);
	}
	return estimate_result(size, x.sign, exponent, reciprocal_estimate(leading));
}

uint64_t
float_rsqrte(enum float_size size, uint64_t a, struct float_env *env)
{
	struct float_value x = float_unpack(size, a, env);
	int exponent;
	unsigned leading;

	if (float_is_nan(&x))
		return float_process_nan(size, &x, env);
	if (x.class == FLOAT_ZERO) {
		env->flags |= FPSR_DZC;
		return float_infinity(size, x.sign);
	}
	if (x.sign)
		return float_invalid(size, env);
	if (x.class == FLOAT_INFINITE)
		return float_zero(size, false);
	leading = leading_bits(size, &x, &exponent);
	/* The operand scaled by an even power of two into [0.25, 1). */
	if (exponent & 1)
		leading /= 2;
	/* (3 * bias - 1 - exponent) / 2, with the bias half of the exponent mask. */
	exponent = (3 * (float_formats[size].exponent_mask / 2) - 1 - exponent) / 2;
	return estimate_result(size, false, exponent, reciprocal_sqrt_estimate(leading));
}

uint64_t
float_recpx(enum float_size size, uint64_t a, struct float_env *env)
{
	const struct float_format *f = &float_formats[size];
	struct float_value x = float_unpack(size, a, env);
	uint64_t mask = (uint64_t)f->exponent_mask;
	uint64_t exponent = a >> f->fraction_bits & mask;

	if (float_is_nan(&x))
		return float_process_nan(size, &x, env);
	exponent = exponent ? ~exponent & mask : mask - 1;
	return float_zero(size, x.sign) | exponent << f->fraction_bits;
}

uint32_t
unsigned_recpe(uint32_t a)
{
	if (!(a >> 31))
		return UINT32_MAX;
	return reciprocal_estimate(a >> 23) << 23;
}

uint32_t
unsigned_rsqrte(uint32_t a)
{
	if (!(a >> 30))
		return UINT32_MAX;
	return reciprocal_sqrt_estimate(a >> 23) << 23;
}
