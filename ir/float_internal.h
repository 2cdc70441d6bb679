// SPDX-License-Identifier: Apache-2.0
//
// What the ir/float_*.c files share: unpacked values, rounding, and NaN processing.
#ifndef DRAGOMAN_IR_FLOAT_INTERNAL_H
#define DRAGOMAN_IR_FLOAT_INTERNAL_H

#include "ir/float.h"

typedef unsigned __int128 float_wide;

enum float_class {
	FLOAT_ZERO,
	FLOAT_FINITE, /* and not zero */
	FLOAT_INFINITE,
	FLOAT_QUIET,
	FLOAT_SIGNALLING,
};

/* An operand taken apart. FLOAT_FINITE: magnitude = significand * 2^exponent, exactly. */
struct float_value {
	enum float_class class;
	bool sign;
	int exponent;
	uint64_t significand;
	uint64_t bits; /* the operand as it came */
};

/*
 * A signed magnitude * 2^exponent; bit 0 of a magnitude may stand for all bits below it (sticky).
 */
struct float_exact {
	bool sign;
	int exponent;
	float_wide magnitude;
};

/* What is lost when a magnitude is cut at some bit, against half of that bit. */
enum float_discarded {
	DISCARDED_NOTHING,
	DISCARDED_BELOW_HALF,
	DISCARDED_HALF,
	DISCARDED_ABOVE_HALF,
};

/* The shape of a format; biased exponents run from 0 to `exponent_mask`. */
struct float_format {
	int fraction_bits;
	int exponent_mask;
	int minimum_exponent; /* of a normal number */
};
extern const struct float_format float_formats[4];

static inline unsigned
float_width(enum float_size size)
{
	return 8u << size;
}

static inline uint64_t
float_sign_bit(enum float_size size)
{
	return UINT64_C(1) << (float_width(size) - 1);
}

static inline uint64_t
float_quiet_bit(enum float_size size)
{
	return UINT64_C(1) << (float_formats[size].fraction_bits - 1);
}

static inline uint64_t
float_zero(enum float_size size, bool sign)
{
	return sign ? float_sign_bit(size) : 0;
}

static inline uint64_t
float_infinity(enum float_size size, bool sign)
{
	const struct float_format *f = &float_formats[size];

	return float_zero(size, sign) | (uint64_t)f->exponent_mask << f->fraction_bits;
}

static inline uint64_t
float_max_normal(enum float_size size, bool sign)
{
	return float_infinity(size, sign) - 1;
}

/* Positive, whatever the operands (Armv8.0: FPDefaultNaN). */
static inline uint64_t
float_default_nan(enum float_size size)
{
	return float_infinity(size, false) | float_quiet_bit(size);
}

static inline bool
float_is_nan(const struct float_value *v)
{
	return v->class >= FLOAT_QUIET;
}

/* FPUnpack: takes an operand apart; flushes a denormal when the environment says so. */
struct float_value float_unpack(enum float_size size, uint64_t bits, struct float_env *env);

/* FPRound: the value of the format nearest to `x`, whose magnitude is not zero. */
uint64_t float_round(enum float_size size, struct float_exact x, struct float_env *env);

/* The result, with flags, for a magnitude beyond the format's range. */
uint64_t float_overflow(enum float_size size, bool sign, struct float_env *env);

/* The rounded sum of two values (FPRound, and the sign rules for a sum of zero). */
uint64_t float_round_sum(
	enum float_size size, struct float_exact a, struct float_exact b, struct float_env *env);

/* Cuts `magnitude` at bit `shift` (>= 0): gives the upper part, and says what was lost. */
float_wide float_cut(float_wide magnitude, unsigned shift, enum float_discarded *discarded);

/* Whether a cut magnitude must be incremented. */
bool float_rounds_up(
	enum float_rounding rounding, bool sign, bool odd, enum float_discarded discarded);

/* FPProcessNaN: the result of an operation whose chosen operand is the NaN `v`. */
uint64_t float_process_nan(
	enum float_size size, const struct float_value *v, struct float_env *env);

/*
 * FPProcessNaNs, FPProcessNaNs3: true, with the result, if an operand is a NaN. The first
 * signalling one is chosen, or else the first quiet one.
 */
bool float_process_nans(enum float_size size, const struct float_value *const operands[],
	unsigned count, uint64_t *result, struct float_env *env);

/* The same for two operands. */
static inline bool
float_process_nans2(enum float_size size, const struct float_value *a, const struct float_value *b,
	uint64_t *result, struct float_env *env)
{
	return float_process_nans(
		size, (const struct float_value *const[]){ a, b }, 2, result, env);
}

/* The result of an invalid operation. */
static inline uint64_t
float_invalid(enum float_size size, struct float_env *env)
{
	env->flags |= FPSR_IOC;
	return float_default_nan(size);
}

static inline struct float_exact
float_exact(const struct float_value *v)
{
	return (struct float_exact){ v->sign, v->exponent,
		v->class == FLOAT_ZERO ? 0 : v->significand };
}

#endif
