// SPDX-License-Identifier: Apache-2.0
//
// Taking floating-point operands apart and putting rounded results together, and the choice among
// NaN operands. Arm ARM J1.3: FPUnpackBase, FPRoundBase, FPProcessNaN(s).
#include "ir/float_internal.h"
#include "ir/ir.h"

const struct float_format float_formats[4] = {
	[FLOAT_HALF] = { 10, 0x1f, -14 },
	[FLOAT_SINGLE] = { 23, 0xff, -126 },
	[FLOAT_DOUBLE] = { 52, 0x7ff, -1022 },
};

struct float_env
float_env_from_fpcr(uint32_t fpcr)
{
	return (struct float_env){
		.rounding = fpcr >> 22 & 3,
		.flush_to_zero = fpcr >> 24 & 1,
		.default_nan = fpcr >> 25 & 1,
		.alternative_half = fpcr >> 26 & 1,
	};
}

struct float_env
float_env_from_mode(uint32_t mode)
{
	return (struct float_env){
		.rounding = mode & IR_MODE_ROUNDING,
		.flush_to_zero = mode & IR_MODE_FLUSH,
		.default_nan = mode & IR_MODE_DEFAULT_NAN,
		.alternative_half = mode & IR_MODE_ALTERNATIVE_HALF,
	};
}

/* FZ does not apply to half precision (that is FZ16's business, which Armv8.0 has not). */
static bool
flushes(enum float_size size, const struct float_env *env)
{
	return env->flush_to_zero && size != FLOAT_HALF;
}

struct float_value
float_unpack(enum float_size size, uint64_t bits, struct float_env *env)
{
	const struct float_format *f = &float_formats[size];
	uint64_t fraction = bits & ((UINT64_C(1) << f->fraction_bits) - 1);
	int exponent = (int)(bits >> f->fraction_bits) & f->exponent_mask;
	struct float_value v = {
		.class = FLOAT_FINITE,
		.sign = bits & float_sign_bit(size),
		.exponent = f->minimum_exponent - f->fraction_bits,
		.significand = fraction,
		.bits = bits & (~UINT64_C(0) >> (64 - float_width(size))),
	};

	if (exponent == 0) {
		if (fraction == 0) {
			v.class = FLOAT_ZERO;
		} else if (flushes(size, env)) {
			v.class = FLOAT_ZERO;
			env->flags |= FPSR_IDC;
		}
	} else if (exponent == f->exponent_mask && !(size == FLOAT_HALF && env->alternative_half)) {
		if (fraction == 0)
			v.class = FLOAT_INFINITE;
		else
			v.class = fraction & float_quiet_bit(size) ? FLOAT_QUIET : FLOAT_SIGNALLING;
	} else {
		v.significand |= UINT64_C(1) << f->fraction_bits;
		v.exponent += exponent - 1;
	}
	return v;
}

float_wide
float_cut(float_wide magnitude, unsigned shift, enum float_discarded *discarded)
{
	float_wide half, rest;

	*discarded = DISCARDED_NOTHING;
	if (shift == 0)
		return magnitude;
	if (shift > 128) {
		if (magnitude)
			*discarded = DISCARDED_BELOW_HALF;
		return 0;
	}
	half = (float_wide)1 << (shift - 1);
	rest = magnitude & (half | (half - 1));
	if (rest > half)
		*discarded = DISCARDED_ABOVE_HALF;
	else if (rest == half)
		*discarded = DISCARDED_HALF;
	else if (rest)
		*discarded = DISCARDED_BELOW_HALF;
	return shift == 128 ? 0 : magnitude >> shift;
}

bool
float_rounds_up(enum float_rounding rounding, bool sign, bool odd, enum float_discarded discarded)
{
	switch (rounding) {
	case FLOAT_ROUND_NEAREST:
		return discarded == DISCARDED_ABOVE_HALF || (discarded == DISCARDED_HALF && odd);
	case FLOAT_ROUND_TIES_AWAY: return discarded >= DISCARDED_HALF;
	case FLOAT_ROUND_UP: return discarded && !sign;
	case FLOAT_ROUND_DOWN: return discarded && sign;
	case FLOAT_ROUND_ZERO:
	case FLOAT_ROUND_ODD: break;
	}
	return false;
}

static unsigned
leading_zeros(float_wide x)
{
	uint64_t high = (uint64_t)(x >> 64);

	return high ? (unsigned)__builtin_clzll(high)
		    : 64u + (unsigned)__builtin_clzll((uint64_t)x);
}

static bool
overflows_to_infinity(enum float_rounding rounding, bool sign)
{
	return rounding == FLOAT_ROUND_NEAREST ||
	       rounding == (sign ? FLOAT_ROUND_DOWN : FLOAT_ROUND_UP);
}

uint64_t
float_overflow(enum float_size size, bool sign, struct float_env *env)
{
	if (size == FLOAT_HALF && env->alternative_half) {
		env->flags |= FPSR_IOC;
		return float_zero(size, sign) | (float_sign_bit(size) - 1);
	}
	env->flags |= FPSR_OFC | FPSR_IXC;
	if (overflows_to_infinity((enum float_rounding)env->rounding, sign))
		return float_infinity(size, sign);
	return float_max_normal(size, sign);
}

uint64_t
float_round(enum float_size size, struct float_exact x, struct float_env *env)
{
	const struct float_format *f = &float_formats[size];
	int exponent = x.exponent + 127 - (int)leading_zeros(x.magnitude);
	int biased = exponent - f->minimum_exponent + 1;
	int overflow_exponent =
		f->exponent_mask + (size == FLOAT_HALF && env->alternative_half ? 1 : 0);
	enum float_discarded discarded = DISCARDED_NOTHING;
	uint64_t fraction;
	int shift;

	if (biased < 1) {
		if (flushes(size, env)) {
			env->flags |= FPSR_UFC;
			return float_zero(size, x.sign);
		}
		biased = 0;
		exponent = f->minimum_exponent;
	}
	if (biased > overflow_exponent)
		return float_overflow(size, x.sign, env);
	shift = exponent - f->fraction_bits - x.exponent;
	if (shift <= 0)
		fraction = (uint64_t)x.magnitude << -shift;
	else
		fraction = (uint64_t)float_cut(x.magnitude, (unsigned)shift, &discarded);

	if (biased == 0 && discarded)
		env->flags |= FPSR_UFC;
	if (float_rounds_up((enum float_rounding)env->rounding, x.sign, fraction & 1, discarded))
		fraction++;
	if (discarded && env->rounding == FLOAT_ROUND_ODD)
		fraction |= 1;

	/*
	 * The leading bit, where there is one, carries into the exponent: added to the exponent
	 * less one it gives the exponent of a normal number, and so does a carry out of the
	 * fraction.
	 */
	if (biased)
		biased--;
	fraction += (uint64_t)biased << f->fraction_bits;
	if ((int)(fraction >> f->fraction_bits) >= overflow_exponent)
		return float_overflow(size, x.sign, env);
	if (discarded)
		env->flags |= FPSR_IXC;
	return float_zero(size, x.sign) | fraction;
}

/*
 * Moves the leading bit of a magnitude to bit 125: room above for a sum, room below for what is
 * cut.
 */
static void
normalize(struct float_exact *x)
{
	int left = (int)leading_zeros(x->magnitude) - 2;

	x->magnitude <<= left;
	x->exponent -= left;
}

/* Shifts right; what is lost stays visible in bit 0. */
static float_wide
shift_right_sticky(float_wide x, unsigned shift)
{
	if (shift == 0)
		return x;
	if (shift > 127)
		return x != 0;
	return x >> shift | ((x & (((float_wide)1 << shift) - 1)) != 0);
}

uint64_t
float_round_sum(
	enum float_size size, struct float_exact a, struct float_exact b, struct float_env *env)
{
	struct float_exact larger = a, smaller = b;

	if (a.magnitude == 0 && b.magnitude == 0 && a.sign == b.sign)
		return float_zero(size, a.sign);
	if (a.magnitude == 0 || b.magnitude == 0) {
		struct float_exact only = a.magnitude ? a : b;

		if (only.magnitude == 0)
			return float_zero(size, env->rounding == FLOAT_ROUND_DOWN);
		return float_round(size, only, env);
	}
	/*
	 * Significands have at most 106 bits, so that bits are lost only when the exponents differ
	 * by 20 or more; a difference then keeps its leading bit, and the sticky bit stays far
	 * below the rounding position.
	 */
	normalize(&larger);
	normalize(&smaller);
	if (larger.exponent < smaller.exponent ||
		(larger.exponent == smaller.exponent && larger.magnitude < smaller.magnitude)) {
		struct float_exact swap = larger;

		larger = smaller;
		smaller = swap;
	}
	smaller.magnitude = shift_right_sticky(
		smaller.magnitude, (unsigned)(larger.exponent - smaller.exponent));
	if (larger.sign == smaller.sign)
		larger.magnitude += smaller.magnitude;
	else
		larger.magnitude -= smaller.magnitude;
	if (larger.magnitude == 0)
		return float_zero(size, env->rounding == FLOAT_ROUND_DOWN);
	return float_round(size, larger, env);
}

uint64_t
float_process_nan(enum float_size size, const struct float_value *v, struct float_env *env)
{
	if (v->class == FLOAT_SIGNALLING)
		env->flags |= FPSR_IOC;
	if (env->default_nan)
		return float_default_nan(size);
	return v->bits | float_quiet_bit(size);
}

bool
float_process_nans(enum float_size size, const struct float_value *const operands[], unsigned count,
	uint64_t *result, struct float_env *env)
{
	for (enum float_class class = FLOAT_SIGNALLING; class >= FLOAT_QUIET; class --) {
		for (unsigned i = 0; i < count; i++) {
			if (operands[i]->class == class) {
				*result = float_process_nan(size, operands[i], env);
				return true;
			}
		}
	}
	return false;
}
