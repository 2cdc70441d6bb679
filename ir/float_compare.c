// SPDX-License-Identifier: Apache-2.0
//
// Floating-point comparison, minimum and maximum. Arm ARM J1.3: FPCompare, FPCompareEQ/GE/GT,
// FPMax, FPMin, FPMaxNum, FPMinNum.
#include "ir/float_internal.h"

/* Like the bits of the magnitude, but zero for what counts as zero. */
static uint64_t
magnitude_order(enum float_size size, const struct float_value *v)
{
	return v->class == FLOAT_ZERO ? 0 : float_abs(size, v->bits);
}

/* Whether x < y in value; neither is a NaN. */
static bool
less(enum float_size size, const struct float_value *x, const struct float_value *y)
{
	uint64_t p = magnitude_order(size, x), q = magnitude_order(size, y);

	if (x->sign != y->sign)
		return x->sign && (p || q);
	return x->sign ? p > q : p < q;
}

unsigned
float_compare(
	enum float_size size, uint64_t a, uint64_t b, bool signal_quiet, struct float_env *env)
{
	struct float_value x = float_unpack(size, a, env);
	struct float_value y = float_unpack(size, b, env);

	if (float_is_nan(&x) || float_is_nan(&y)) {
		if (signal_quiet || x.class == FLOAT_SIGNALLING || y.class == FLOAT_SIGNALLING)
			env->flags |= FPSR_IOC;
		return FLOAT_UNORDERED;
	}
	if (less(size, &x, &y))
		return FLOAT_LESS;
	return less(size, &y, &x) ? FLOAT_GREATER : FLOAT_EQUAL;
}

bool
float_eq(enum float_size size, uint64_t a, uint64_t b, struct float_env *env)
{
	return float_compare(size, a, b, false, env) == FLOAT_EQUAL;
}

bool
float_ge(enum float_size size, uint64_t a, uint64_t b, struct float_env *env)
{
	unsigned order = float_compare(size, a, b, true, env);

	return order == FLOAT_GREATER || order == FLOAT_EQUAL;
}

bool
float_gt(enum float_size size, uint64_t a, uint64_t b, struct float_env *env)
{
	return float_compare(size, a, b, true, env) == FLOAT_GREATER;
}

/* The larger or smaller operand; of zeros, plus zero is the larger. */
static uint64_t
choose(enum float_size size, uint64_t a, uint64_t b, bool larger, struct float_env *env)
{
	struct float_value x = float_unpack(size, a, env);
	struct float_value y = float_unpack(size, b, env);
	uint64_t result;

	if (float_process_nans2(size, &x, &y, &result, env))
		return result;
	if (x.class == FLOAT_ZERO && y.class == FLOAT_ZERO)
		return float_zero(size, larger ? x.sign && y.sign : x.sign || y.sign);
	if (less(size, &x, &y) != larger)
		y = x;
	return y.class == FLOAT_ZERO ? float_zero(size, y.sign) : y.bits;
}

uint64_t
float_min(enum float_size size, uint64_t a, uint64_t b, struct float_env *env)
{
	return choose(size, a, b, false, env);
}

uint64_t
float_max(enum float_size size, uint64_t a, uint64_t b, struct float_env *env)
{
	return choose(size, a, b, true, env);
}

/* One quiet NaN counts as the infinity that loses against every number. */
static uint64_t
choose_number(enum float_size size, uint64_t a, uint64_t b, bool larger, struct float_env *env)
{
	struct float_env ignored = *env;
	bool a_quiet = float_unpack(size, a, &ignored).class == FLOAT_QUIET;
	bool b_quiet = float_unpack(size, b, &ignored).class == FLOAT_QUIET;

	if (a_quiet && !b_quiet)
		a = float_infinity(size, larger);
	else if (b_quiet && !a_quiet)
		b = float_infinity(size, larger);
	return choose(size, a, b, larger, env);
}

uint64_t
float_minnm(enum float_size size, uint64_t a, uint64_t b, struct float_env *env)
{
	return choose_number(size, a, b, false, env);
}

uint64_t
float_maxnm(enum float_size size, uint64_t a, uint64_t b, struct float_env *env)
{
	return choose_number(size, a, b, true, env);
}
