// SPDX-License-Identifier: Apache-2.0
//
// Conversions between floating-point formats and to and from integers and fixed point. Arm ARM
// J1.3: FPConvert, FPRoundInt, FPToFixed, FixedToFP.
#include "ir/float_internal.h"

uint64_t
float_round_int(enum float_size size, uint64_t a, enum float_rounding rounding, bool exact,
	struct float_env *env)
{
	struct float_value x = float_unpack(size, a, env);
	enum float_discarded discarded;
	struct float_exact integral;

	if (float_is_nan(&x))
		return float_process_nan(size, &x, env);
	if (x.class == FLOAT_ZERO)
		return float_zero(size, x.sign);
	if (x.class == FLOAT_INFINITE || x.exponent >= 0)
		return x.bits;
	integral.sign = x.sign;
	integral.exponent = 0;
	integral.magnitude = float_cut(x.significand, (unsigned)-x.exponent, &discarded);
	if (float_rounds_up(rounding, x.sign, integral.magnitude & 1, discarded))
		integral.magnitude++;
	if (discarded && exact)
		env->flags |= FPSR_IXC;
	return integral.magnitude ? float_round(size, integral, env) : float_zero(size, x.sign);
}

/* FPConvertNaN: the sign and the upper fraction bits survive, quiet. */
static uint64_t
convert_nan(enum float_size from, enum float_size to, const struct float_value *x)
{
	const struct float_format *source = &float_formats[from], *target = &float_formats[to];
	uint64_t fraction = x->significand;

	if (target->fraction_bits > source->fraction_bits)
		fraction <<= target->fraction_bits - source->fraction_bits;
	else
		fraction >>= source->fraction_bits - target->fraction_bits;
	return float_infinity(to, x->sign) | float_quiet_bit(to) | fraction;
}

/*
 * What has no counterpart in alternative half precision: NaNs become zero, infinities the largest
 * number.
 */
static uint64_t
convert_special_to_alternative_half(const struct float_value *x, struct float_env *env)
{
	env->flags |= FPSR_IOC;
	if (float_is_nan(x))
		return float_zero(FLOAT_HALF, x->sign);
	return float_zero(FLOAT_HALF, x->sign) | 0x7fff;
}

uint64_t
float_convert(enum float_size from, enum float_size to, uint64_t a, struct float_env *env)
{
	struct float_value x = float_unpack(from, a, env);

	if (x.class == FLOAT_ZERO)
		return float_zero(to, x.sign);
	if (x.class == FLOAT_FINITE)
		return float_round(to, float_exact(&x), env);
	if (to == FLOAT_HALF && env->alternative_half)
		return convert_special_to_alternative_half(&x, env);
	if (x.class == FLOAT_INFINITE)
		return float_infinity(to, x.sign);
	if (x.class == FLOAT_SIGNALLING)
		env->flags |= FPSR_IOC;
	return env->default_nan ? float_default_nan(to) : convert_nan(from, to, &x);
}

/* The largest magnitude of that sign in an integer of `bits` bits. */
static uint64_t
integer_limit(unsigned bits, bool is_signed, bool sign)
{
	uint64_t half = UINT64_C(1) << (bits - 1);

	if (is_signed)
		return sign ? half : half - 1;
	return sign ? 0 : half | (half - 1);
}

/*
 * The magnitude of x * 2^fraction_bits, rounded to an integer; 2^127 for anything beyond 64 bits.
 */
static float_wide
integer_magnitude(const struct float_value *x, unsigned fraction_bits, enum float_rounding rounding,
	enum float_discarded *discarded)
{
	int exponent = x->exponent + (int)fraction_bits;
	float_wide magnitude;

	*discarded = DISCARDED_NOTHING;
	if (x->class == FLOAT_ZERO)
		return 0;
	if (x->class == FLOAT_INFINITE || exponent >= 64)
		return (float_wide)1 << 127;
	if (exponent >= 0)
		return (float_wide)x->significand << exponent;
	magnitude = float_cut(x->significand, (unsigned)-exponent, discarded);
	return magnitude + float_rounds_up(rounding, x->sign, magnitude & 1, *discarded);
}

uint64_t
float_to_int(enum float_size from, unsigned int_log2, bool is_signed, unsigned fraction_bits,
	uint64_t a, enum float_rounding rounding, struct float_env *env)
{
	struct float_value x = float_unpack(from, a, env);
	unsigned bits = 8u << int_log2;
	uint64_t limit = integer_limit(bits, is_signed, x.sign);
	enum float_discarded discarded;
	float_wide magnitude;
	uint64_t result;

	if (float_is_nan(&x)) {
		env->flags |= FPSR_IOC;
		return 0;
	}
	magnitude = integer_magnitude(&x, fraction_bits, rounding, &discarded);
	if (magnitude > limit) {
		env->flags |= FPSR_IOC;
		magnitude = limit;
	} else if (discarded) {
		env->flags |= FPSR_IXC;
	}
	result = x.sign ? -(uint64_t)magnitude : (uint64_t)magnitude;
	return result & (~UINT64_C(0) >> (64 - bits));
}

uint64_t
float_from_int(enum float_size to, unsigned int_log2, bool is_signed, unsigned fraction_bits,
	uint64_t a, struct float_env *env)
{
	unsigned unused = 64 - (8u << int_log2);
	bool sign = is_signed && (int64_t)(a << unused) < 0;
	uint64_t value = a << unused >> unused;

	if (sign)
		value = -value << unused >> unused;
	if (value == 0)
		return float_zero(to, false);
	return float_round(to,
		(struct float_exact){
			.sign = sign,
			.exponent = -(int)fraction_bits,
			.magnitude = value,
		},
		env);
}
