// SPDX-License-Identifier: Apache-2.0
//
// Floating-point addition, multiplication, division, square root and the fused operations. Arm ARM
// J1.3: FPAdd, FPSub, FPMul, FPMulX, FPDiv, FPSqrt, FPMulAdd, FPRecipStepFused, FPRSqrtStepFused.
#include "ir/float_internal.h"

uint64_t
float_neg(enum float_size size, uint64_t a)
{
	return (a ^ float_sign_bit(size)) & (~UINT64_C(0) >> (64 - float_width(size)));
}

uint64_t
float_abs(enum float_size size, uint64_t a)
{
	return a & (float_sign_bit(size) - 1);
}

/* The sum of two operands, b's sign turned if `subtract` (but not a NaN's). */
static uint64_t
add_or_subtract(enum float_size size, uint64_t a, uint64_t b, bool subtract, struct float_env *env)
{
	struct float_value x = float_unpack(size, a, env);
	struct float_value y = float_unpack(size, b, env);
	uint64_t result;

	if (float_process_nans2(size, &x, &y, &result, env))
		return result;
	y.sign ^= subtract;
	if (x.class == FLOAT_INFINITE && y.class == FLOAT_INFINITE && x.sign != y.sign)
		return float_invalid(size, env);
	if (x.class == FLOAT_INFINITE)
		return float_infinity(size, x.sign);
	if (y.class == FLOAT_INFINITE)
		return float_infinity(size, y.sign);
	return float_round_sum(size, float_exact(&x), float_exact(&y), env);
}

uint64_t
float_add(enum float_size size, uint64_t a, uint64_t b, struct float_env *env)
{
	return add_or_subtract(size, a, b, false, env);
}

uint64_t
float_sub(enum float_size size, uint64_t a, uint64_t b, struct float_env *env)
{
	return add_or_subtract(size, a, b, true, env);
}

uint64_t
float_abd(enum float_size size, uint64_t a, uint64_t b, struct float_env *env)
{
	return float_abs(size, float_sub(size, a, b, env));
}

/* One of the operands is zero, the other infinite. */
static bool
zero_times_infinity(const struct float_value *x, const struct float_value *y)
{
	return (x->class == FLOAT_ZERO && y->class == FLOAT_INFINITE) ||
	       (x->class == FLOAT_INFINITE && y->class == FLOAT_ZERO);
}

/* The exact product of two operands that are neither infinite nor NaNs. */
static struct float_exact
product(const struct float_value *x, const struct float_value *y)
{
	struct float_exact p = { .sign = x->sign != y->sign };

	if (x->class == FLOAT_FINITE && y->class == FLOAT_FINITE) {
		p.exponent = x->exponent + y->exponent;
		p.magnitude = (float_wide)x->significand * y->significand;
	}
	return p;
}

/* The product of two operands, not NaNs nor zero times infinity. */
static uint64_t
multiply(enum float_size size, const struct float_value *x, const struct float_value *y,
	struct float_env *env)
{
	bool sign = x->sign != y->sign;

	if (x->class == FLOAT_INFINITE || y->class == FLOAT_INFINITE)
		return float_infinity(size, sign);
	if (x->class == FLOAT_ZERO || y->class == FLOAT_ZERO)
		return float_zero(size, sign);
	return float_round(size, product(x, y), env);
}

uint64_t
float_mul(enum float_size size, uint64_t a, uint64_t b, struct float_env *env)
{
	struct float_value x = float_unpack(size, a, env);
	struct float_value y = float_unpack(size, b, env);
	uint64_t result;

	if (float_process_nans2(size, &x, &y, &result, env))
		return result;
	if (zero_times_infinity(&x, &y))
		return float_invalid(size, env);
	return multiply(size, &x, &y, env);
}

uint64_t
float_nmul(enum float_size size, uint64_t a, uint64_t b, struct float_env *env)
{
	return float_neg(size, float_mul(size, a, b, env));
}

/* 2.0, or with `halves` = 3: 1.5. */
static uint64_t
small_constant(enum float_size size, bool sign, unsigned halves)
{
	const struct float_format *f = &float_formats[size];
	uint64_t one = (uint64_t)(f->exponent_mask >> 1) << f->fraction_bits;
	uint64_t value =
		halves == 3 ? one | float_quiet_bit(size) : one + (UINT64_C(1) << f->fraction_bits);

	return float_zero(size, sign) | value;
}

uint64_t
float_mulx(enum float_size size, uint64_t a, uint64_t b, struct float_env *env)
{
	struct float_value x = float_unpack(size, a, env);
	struct float_value y = float_unpack(size, b, env);
	uint64_t result;

	if (float_process_nans2(size, &x, &y, &result, env))
		return result;
	if (zero_times_infinity(&x, &y))
		return small_constant(size, x.sign != y.sign, 4);
	return multiply(size, &x, &y, env);
}

/* The quotient of two finite operands that are not zero. */
static uint64_t
divide(enum float_size size, const struct float_value *x, const struct float_value *y,
	struct float_env *env)
{
	/*
	 * The dividend fills 128 bits, the divisor at most 53: 75 bits of quotient, and a sticky
	 * one.
	 */
	int left = 64 + __builtin_clzll(x->significand);
	float_wide dividend = (float_wide)x->significand << left;
	float_wide quotient = dividend / y->significand;

	if (dividend % y->significand)
		quotient |= 1;
	return float_round(size,
		(struct float_exact){
			.sign = x->sign != y->sign,
			.exponent = x->exponent - left - y->exponent,
			.magnitude = quotient,
		},
		env);
}

uint64_t
float_div(enum float_size size, uint64_t a, uint64_t b, struct float_env *env)
{
	struct float_value x = float_unpack(size, a, env);
	struct float_value y = float_unpack(size, b, env);
	bool sign = x.sign != y.sign;
	uint64_t result;

	if (float_process_nans2(size, &x, &y, &result, env))
		return result;
	if (x.class == y.class && x.class != FLOAT_FINITE)
		return float_invalid(size, env);
	if (x.class == FLOAT_INFINITE)
		return float_infinity(size, sign);
	if (y.class == FLOAT_ZERO) {
		env->flags |= FPSR_DZC;
		return float_infinity(size, sign);
	}
	if (x.class == FLOAT_ZERO || y.class == FLOAT_INFINITE)
		return float_zero(size, sign);
	return divide(size, &x, &y, env);
}

/* The integer part of the square root, digit by digit; *exact says whether nothing is left over. */
static uint64_t
integer_sqrt(float_wide x, bool *exact)
{
	float_wide root = 0;

	for (float_wide bit = (float_wide)1 << 126; bit; bit >>= 2) {
		if (x >= root + bit) {
			x -= root + bit;
			root = (root >> 1) + bit;
		} else {
			root >>= 1;
		}
	}
	*exact = x == 0;
	return (uint64_t)root;
}

uint64_t
float_sqrt(enum float_size size, uint64_t a, struct float_env *env)
{
	struct float_value x = float_unpack(size, a, env);
	struct float_exact root = { .sign = false };
	bool exact;
	int left;

	if (float_is_nan(&x))
		return float_process_nan(size, &x, env);
	if (x.class == FLOAT_ZERO)
		return float_zero(size, x.sign);
	if (x.sign)
		return float_invalid(size, env);
	if (x.class == FLOAT_INFINITE)
		return float_infinity(size, false);
	/*
	 * Nearly all of 128 bits under the root, an even exponent: 63 or 64 bits of root, and a
	 * sticky one.
	 */
	left = 64 + __builtin_clzll(x.significand);
	if ((x.exponent - left) & 1)
		left--;
	root.magnitude = (float_wide)integer_sqrt((float_wide)x.significand << left, &exact) << 1;
	root.magnitude |= !exact;
	root.exponent = (x.exponent - left) / 2 - 1;
	return float_round(size, root, env);
}

uint64_t
float_muladd(enum float_size size, uint64_t addend, uint64_t a, uint64_t b, struct float_env *env)
{
	struct float_value z = float_unpack(size, addend, env);
	struct float_value x = float_unpack(size, a, env);
	struct float_value y = float_unpack(size, b, env);
	bool sign = x.sign != y.sign;
	bool infinite = x.class == FLOAT_INFINITE || y.class == FLOAT_INFINITE;
	bool nan;
	uint64_t result;

	nan = float_process_nans(
		size, (const struct float_value *const[]){ &z, &x, &y }, 3, &result, env);
	if (zero_times_infinity(&x, &y) && (!nan || z.class == FLOAT_QUIET))
		return float_invalid(size, env);
	if (nan)
		return result;
	if (z.class == FLOAT_INFINITE && infinite && z.sign != sign)
		return float_invalid(size, env);
	if (z.class == FLOAT_INFINITE)
		return float_infinity(size, z.sign);
	if (infinite)
		return float_infinity(size, sign);
	return float_round_sum(size, float_exact(&z), product(&x, &y), env);
}

uint64_t
float_mulsub(enum float_size size, uint64_t addend, uint64_t a, uint64_t b, struct float_env *env)
{
	return float_muladd(size, addend, float_neg(size, a), b, env);
}

uint64_t
float_negmuladd(
	enum float_size size, uint64_t addend, uint64_t a, uint64_t b, struct float_env *env)
{
	return float_muladd(size, float_neg(size, addend), float_neg(size, a), b, env);
}

uint64_t
float_negmulsub(
	enum float_size size, uint64_t addend, uint64_t a, uint64_t b, struct float_env *env)
{
	return float_muladd(size, float_neg(size, addend), a, b, env);
}

/*
 * (constant - a * b) / 2^halvings, rounded once: what FRECPS (2, not halved) and FRSQRTS (3,
 * halved) compute. Zero times infinity counts as zero there. The negation of a comes before the
 * choice among NaNs.
 */
static uint64_t
reciprocal_step(enum float_size size, uint64_t a, uint64_t b, unsigned constant, int halvings,
	struct float_env *env)
{
	struct float_value x = float_unpack(size, float_neg(size, a), env);
	struct float_value y = float_unpack(size, b, env);
	struct float_exact addend = { .exponent = -halvings, .magnitude = constant };
	struct float_exact p;
	uint64_t result;

	if (float_process_nans2(size, &x, &y, &result, env))
		return result;
	if (zero_times_infinity(&x, &y))
		return small_constant(size, false, halvings ? 3 : 4);
	if (x.class == FLOAT_INFINITE || y.class == FLOAT_INFINITE)
		return float_infinity(size, x.sign != y.sign);
	p = product(&x, &y);
	p.exponent -= halvings;
	return float_round_sum(size, addend, p, env);
}

uint64_t
float_recps(enum float_size size, uint64_t a, uint64_t b, struct float_env *env)
{
	return reciprocal_step(size, a, b, 2, 0, env);
}

uint64_t
float_rsqrts(enum float_size size, uint64_t a, uint64_t b, struct float_env *env)
{
	return reciprocal_step(size, a, b, 3, 1, env);
}
