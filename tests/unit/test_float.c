// SPDX-License-Identifier: Apache-2.0
//
// The integer implementation of floating point against the host's SSE unit: values and flags of
// millions of random and corner operands, in all rounding modes, with and without flushing. NaN
// results are Arm's own and are checked by test_vector_helpers.c. Where IEEE 754 leaves a choice
// (tininess before rounding on Arm, after it on x86) the difference is spelled out.
#include <criterion/criterion.h>
#include <immintrin.h>

#include "ir/float.h"
#include "tests/unit/known_answer_inputs.h"

#define ROUNDS 400000

enum operation { ADD, SUB, MUL, DIV, SQRT, MULADD, OPERATION_COUNT };
static const char *const operation_names[] = { "add", "sub", "mul", "div", "sqrt", "muladd" };

/* MXCSR */
enum {
	MXCSR_IE = 1,
	MXCSR_DE = 2,
	MXCSR_ZE = 4,
	MXCSR_OE = 8,
	MXCSR_UE = 16,
	MXCSR_PE = 32,
	MXCSR_DAZ = 0x40,
	MXCSR_MASKS = 0x1f80,
	MXCSR_FTZ = 0x8000,
};

/* The host's control word for an environment. */
static unsigned
mxcsr_of(const struct float_env *env)
{
	static const unsigned rounding[] = { 0, 0x4000, 0x2000, 0x6000 };

	return MXCSR_MASKS | rounding[env->rounding] |
	       (env->flush_to_zero ? MXCSR_FTZ | MXCSR_DAZ : 0);
}

/* The host's sticky flags as FPSR bits; x86's denormal flag has no counterpart. */
static uint32_t
fpsr_of(unsigned mxcsr)
{
	return (mxcsr & MXCSR_IE ? FPSR_IOC : 0) | (mxcsr & MXCSR_ZE ? FPSR_DZC : 0) |
	       (mxcsr & MXCSR_OE ? FPSR_OFC : 0) | (mxcsr & MXCSR_UE ? FPSR_UFC : 0) |
	       (mxcsr & MXCSR_PE ? FPSR_IXC : 0);
}

/* Runs an SSE instruction under `mxcsr`, and gives the sticky flags in it. */
#define HOST_OPERATION(instruction, x, y, mxcsr)                                \
	__asm__ volatile("ldmxcsr %[control]\n\t" instruction " %[b], %[a]\n\t" \
			 "stmxcsr %[control]\n\t"                               \
			 "ldmxcsr %[normal]"                                    \
			 : [a] "+x"(x), [control] "+m"(mxcsr)                   \
			 : [b] "x"(y), [normal] "m"(normal_mxcsr))
#define HOST_FMA(instruction, x, y, z, mxcsr)                                         \
	__asm__ volatile("ldmxcsr %[control]\n\t" instruction " %[c], %[b], %[a]\n\t" \
			 "stmxcsr %[control]\n\t"                                     \
			 "ldmxcsr %[normal]"                                          \
			 : [a] "+x"(x), [control] "+m"(mxcsr)                         \
			 : [b] "x"(y), [c] "x"(z), [normal] "m"(normal_mxcsr))

static const unsigned normal_mxcsr = MXCSR_MASKS;

static uint64_t
host_double(enum operation operation, uint64_t a, uint64_t b, uint64_t c, unsigned *mxcsr)
{
	__m128i x = _mm_cvtsi64_si128((int64_t)a), y = _mm_cvtsi64_si128((int64_t)b);
	__m128i z = _mm_cvtsi64_si128((int64_t)c);

	switch (operation) {
	case ADD: HOST_OPERATION("addsd", x, y, *mxcsr); break;
	case SUB: HOST_OPERATION("subsd", x, y, *mxcsr); break;
	case MUL: HOST_OPERATION("mulsd", x, y, *mxcsr); break;
	case DIV: HOST_OPERATION("divsd", x, y, *mxcsr); break;
	case SQRT: HOST_OPERATION("sqrtsd", x, x, *mxcsr); break;
	default: HOST_FMA("vfmadd213sd", x, y, z, *mxcsr); break;
	}
	return (uint64_t)_mm_cvtsi128_si64(x);
}

static uint64_t
host_single(enum operation operation, uint64_t a, uint64_t b, uint64_t c, unsigned *mxcsr)
{
	__m128i x = _mm_cvtsi32_si128((int32_t)a), y = _mm_cvtsi32_si128((int32_t)b);
	__m128i z = _mm_cvtsi32_si128((int32_t)c);

	switch (operation) {
	case ADD: HOST_OPERATION("addss", x, y, *mxcsr); break;
	case SUB: HOST_OPERATION("subss", x, y, *mxcsr); break;
	case MUL: HOST_OPERATION("mulss", x, y, *mxcsr); break;
	case DIV: HOST_OPERATION("divss", x, y, *mxcsr); break;
	case SQRT: HOST_OPERATION("sqrtss", x, x, *mxcsr); break;
	default: HOST_FMA("vfmadd213ss", x, y, z, *mxcsr); break;
	}
	return (uint32_t)_mm_cvtsi128_si32(x);
}

static uint64_t
our_result(enum operation operation, enum float_size size, uint64_t a, uint64_t b, uint64_t c,
	struct float_env *env)
{
	switch (operation) {
	case ADD: return float_add(size, a, b, env);
	case SUB: return float_sub(size, a, b, env);
	case MUL: return float_mul(size, a, b, env);
	case DIV: return float_div(size, a, b, env);
	case SQRT: return float_sqrt(size, a, env);
	default: return float_muladd(size, c, a, b, env);
	}
}

static uint64_t
infinity_of(enum float_size size)
{
	return size == FLOAT_SINGLE ? 0x7f800000 : UINT64_C(0x7ff0000000000000);
}

static uint64_t
least_normal_of(enum float_size size)
{
	return size == FLOAT_SINGLE ? 0x00800000 : UINT64_C(0x0010000000000000);
}

/*
 * Whether our result and flags are the architecture's, given the host's. A result that is below
 * the least normal number before rounding and equal to it afterwards is an underflow on Arm, but
 * not on x86; and when flushing Arm makes it zero. A flushed result is inexact on x86 only.
 */
static bool
agrees(enum float_size size, const struct float_env *env, uint64_t ours, uint64_t host,
	uint32_t host_flags)
{
	uint32_t flags = env->flags & ~(uint32_t)FPSR_IDC;
	bool least_normal = float_abs(size, host) == least_normal_of(size);

	if (env->flush_to_zero && flags & FPSR_UFC) {
		if (float_abs(size, ours) != 0 || flags != FPSR_UFC)
			return false;
		if (host_flags & FPSR_UFC)
			return ours == host && host_flags == (FPSR_UFC | FPSR_IXC);
		return least_normal && host_flags == FPSR_IXC;
	}
	if (ours != host)
		return false;
	if (flags == host_flags)
		return true;
	return least_normal && host_flags == FPSR_IXC && flags == (FPSR_UFC | FPSR_IXC);
}

static bool
is_denormal(enum float_size size, uint64_t a)
{
	return float_abs(size, a) && float_abs(size, a) < least_normal_of(size);
}

static void
check_case(
	enum operation operation, enum float_size size, const uint64_t v[3], struct float_env env)
{
	unsigned operands = operation == SQRT ? 1 : operation == MULADD ? 3 : 2;
	unsigned mxcsr = mxcsr_of(&env);
	uint64_t ours = our_result(operation, size, v[0], v[1], v[2], &env), host;
	bool denormal = false, nan = float_abs(size, ours) > infinity_of(size);

	host = size == FLOAT_SINGLE ? host_single(operation, v[0], v[1], v[2], &mxcsr)
				    : host_double(operation, v[0], v[1], v[2], &mxcsr);
	for (unsigned i = 0; i < operands; i++)
		denormal |= is_denormal(size, v[i]);
	cr_assert(!!(env.flags & FPSR_IDC) == (env.flush_to_zero && denormal), "%s: IDC",
		operation_names[operation]);
	if (nan && float_abs(size, host) > infinity_of(size))
		return;
	cr_assert(agrees(size, &env, ours, host, fpsr_of(mxcsr)),
		"%s size %u rounding %u FZ %u: %#llx %#llx %#llx gives %#llx flags %#x, "
		"the host %#llx flags %#x",
		operation_names[operation], size, env.rounding, env.flush_to_zero,
		(unsigned long long)v[0], (unsigned long long)v[1], (unsigned long long)v[2],
		(unsigned long long)ours, env.flags, (unsigned long long)host, fpsr_of(mxcsr));
}

/* Operands: random and corner values, and often an addend close to minus the product. */
static void
random_operands(uint64_t *state, enum float_size size, uint64_t v[3])
{
	union vec128 vector;
	struct float_env env = { 0 };

	known_answer_vector(state, size, &vector);
	v[0] = vec128_lane(&vector, size, 0);
	v[1] = vec128_lane(&vector, size, 1);
	known_answer_vector(state, size, &vector);
	v[2] = vec128_lane(&vector, size, 0);
	if (known_answer_random(state) >> 62 == 0) {
		v[2] = float_neg(size, float_mul(size, v[0], v[1], &env));
		v[2] ^= known_answer_random(state) >> 61;
	}
}

static void
check_operations(enum float_size size, uint64_t seed)
{
	unsigned operations = __builtin_cpu_supports("fma") ? OPERATION_COUNT : MULADD;

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct float_env env = { .rounding = i & 3, .flush_to_zero = i & 4 };
		uint64_t v[3];

		random_operands(&seed, size, v);
		for (unsigned o = 0; o < operations; o++)
			check_case((enum operation)o, size, v, env);
	}
}

Test(float, single_operations_as_the_host)
{
	check_operations(FLOAT_SINGLE, 21);
}

Test(float, double_operations_as_the_host)
{
	check_operations(FLOAT_DOUBLE, 22);
}

/* Results around the least normal number, where tininess before rounding shows. */
Test(float, products_around_the_least_normal)
{
	uint64_t state = 23;

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct float_env env = { .rounding = i & 3, .flush_to_zero = i & 4 };
		uint64_t r = known_answer_random(&state);
		uint64_t v[3] = { 0x00800000 + (r & 7) - 4, 0x3f800000 + (r >> 8 & 7) - 4,
			r >> 16 & 3 };

		check_case(MUL, FLOAT_SINGLE, v, env);
		check_case(DIV, FLOAT_SINGLE, v, env);
		if (__builtin_cpu_supports("fma"))
			check_case(MULADD, FLOAT_SINGLE, v, env);
	}
}

/* The least normal, from just below it: an underflow although the result is normal. */
Test(float, tininess_is_detected_before_rounding)
{
	struct float_env env = { 0 };

	cr_assert(float_mul(FLOAT_SINGLE, 0x00ffffff, 0x3f000000, &env) == 0x00800000);
	cr_assert(env.flags == (FPSR_UFC | FPSR_IXC));
	env = (struct float_env){ .flush_to_zero = true };
	cr_assert(float_mul(FLOAT_SINGLE, 0x00ffffff, 0x3f000000, &env) == 0);
	cr_assert(env.flags == FPSR_UFC);
}

/* double -> single, with flags. */
Test(float, narrowing_as_the_host)
{
	uint64_t state = 24;

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct float_env env = { .rounding = i & 3, .flush_to_zero = i & 4 };
		unsigned mxcsr = mxcsr_of(&env);
		union vec128 v;
		uint64_t ours, host;
		__m128i x;

		known_answer_vector(&state, 3, &v);
		/* Most doubles are out of a single's range: bring some into it. */
		if (i & 8)
			v.d[0] = (v.d[0] & ~(UINT64_C(0x7ff) << 52)) |
				 (uint64_t)(860 + known_answer_random(&state) % 310) << 52;
		ours = float_convert(FLOAT_DOUBLE, FLOAT_SINGLE, v.d[0], &env);
		x = _mm_cvtsi64_si128(v.sd[0]);
		HOST_OPERATION("cvtsd2ss", x, x, mxcsr);
		host = (uint32_t)_mm_cvtsi128_si32(x);
		if (float_abs(FLOAT_SINGLE, ours) > 0x7f800000)
			continue;
		cr_assert(agrees(FLOAT_SINGLE, &env, ours, host, fpsr_of(mxcsr)), "%#llx",
			(unsigned long long)v.d[0]);
	}
}

/* To 64-bit integers: the host gives INT64_MIN and invalid for whatever does not fit. */
Test(float, to_integer_as_the_host)
{
	uint64_t state = 25;

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct float_env env = { .rounding = i & 3 };
		unsigned mxcsr = mxcsr_of(&env);
		union vec128 v;
		uint64_t ours, host;

		known_answer_vector(&state, 3, &v);
		if (i & 8)
			v.d[0] = (v.d[0] & ~(UINT64_C(0x7ff) << 52)) |
				 (uint64_t)(1015 + known_answer_random(&state) % 75) << 52;
		ours = float_to_int(
			FLOAT_DOUBLE, 3, true, 0, v.d[0], (enum float_rounding)env.rounding, &env);
		__asm__ volatile("ldmxcsr %[control]\n\t"
				 "cvtsd2si %[x], %[host]\n\t"
				 "stmxcsr %[control]\n\t"
				 "ldmxcsr %[normal]"
				 : [host] "=r"(host), [control] "+m"(mxcsr)
				 : [x] "x"(_mm_cvtsi64_si128(v.sd[0])), [normal] "m"(normal_mxcsr));
		cr_assert(env.flags == fpsr_of(mxcsr), "%#llx", (unsigned long long)v.d[0]);
		if (!(env.flags & FPSR_IOC))
			cr_assert(ours == host, "%#llx", (unsigned long long)v.d[0]);
		else if (float_abs(FLOAT_DOUBLE, v.d[0]) > infinity_of(FLOAT_DOUBLE))
			cr_assert(ours == 0);
		else
			cr_assert(ours == (v.sd[0] < 0 ? (uint64_t)INT64_MIN : INT64_MAX));
	}
}

/* From 64-bit integers, in all rounding modes. */
Test(float, from_integer_as_the_host)
{
	uint64_t state = 26;

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct float_env env = { .rounding = i & 3 };
		unsigned mxcsr = mxcsr_of(&env);
		uint64_t value = known_answer_random(&state) >> known_answer_random(&state) % 64;
		uint64_t ours = float_from_int(FLOAT_SINGLE, 3, true, 0, value, &env);
		__m128i x = _mm_setzero_si128();

		__asm__ volatile("ldmxcsr %[control]\n\t"
				 "cvtsi2ssq %[value], %[x]\n\t"
				 "stmxcsr %[control]\n\t"
				 "ldmxcsr %[normal]"
				 : [x] "+x"(x), [control] "+m"(mxcsr)
				 : [value] "r"(value), [normal] "m"(normal_mxcsr));
		cr_assert(
			ours == (uint32_t)_mm_cvtsi128_si32(x), "%#llx", (unsigned long long)value);
		cr_assert(env.flags == fpsr_of(mxcsr));
	}
}

__attribute__((target("f16c"))) static void
check_half(void)
{
	uint64_t state = 27;

	for (unsigned h = 0; h < 0x10000; h++) {
		struct float_env env = { 0 };
		uint64_t ours = float_convert(FLOAT_HALF, FLOAT_SINGLE, h, &env);
		__m128 host = _mm_cvtph_ps(_mm_cvtsi32_si128((int)h));

		cr_assert(ours == (uint32_t)_mm_cvtsi128_si32(_mm_castps_si128(host)), "%#x", h);
		cr_assert(env.flags == ((h & 0x7c00) == 0x7c00 && (h & 0x3ff) && !(h & 0x200)
						       ? FPSR_IOC
						       : 0u),
			"%#x", h);
		/* Without the special values' meaning, exponent 31 is one more binade. */
		env = (struct float_env){ .alternative_half = true };
		ours = float_convert(FLOAT_HALF, FLOAT_SINGLE, h, &env);
		if ((h & 0x7c00) == 0x7c00)
			cr_assert(ours == ((h & 0x8000) << 16 | 0x47800000 | (h & 0x3ff) << 13));
	}
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct float_env env = { 0 };
		uint32_t single = (uint32_t)known_answer_random(&state);
		__m128i host;

		if (i & 1)
			single = (single & 0x807fffff) | (100 + single % 50) << 23;
		host = _mm_cvtps_ph(_mm_castsi128_ps(_mm_cvtsi32_si128((int)single)), 0);
		cr_assert(float_convert(FLOAT_SINGLE, FLOAT_HALF, single, &env) ==
				  (uint16_t)_mm_cvtsi128_si32(host),
			"%#x", single);
	}
}

Test(float, half_precision_as_the_host)
{
	if (!__builtin_cpu_supports("f16c"))
		cr_skip("the host has no half precision conversions");
	check_half();
}

/* The order in which NaNs are chosen (FPProcessNaNs), and the default NaN. */
Test(float, nan_selection)
{
	const uint64_t q1 = 0x7fc00001, q2 = 0xffc00002, s1 = 0x7f800001, s2 = 0xff800002;
	struct float_env env = { 0 };

	cr_assert(float_add(FLOAT_SINGLE, q1, q2, &env) == q1 && env.flags == 0);
	cr_assert(float_add(FLOAT_SINGLE, q1, s2, &env) == (s2 | 0x400000));
	cr_assert(env.flags == FPSR_IOC);
	cr_assert(float_add(FLOAT_SINGLE, s1, s2, &env) == (s1 | 0x400000));
	cr_assert(float_mul(FLOAT_SINGLE, 0x7f800000, 0, &env) == 0x7fc00000);
	env = (struct float_env){ .default_nan = true };
	cr_assert(float_sub(FLOAT_SINGLE, 0, q2, &env) == 0x7fc00000 && env.flags == 0);
	env = (struct float_env){ 0 };
	/* inf * 0 + a quiet NaN is invalid; with a signalling NaN that one is processed. */
	cr_assert(float_muladd(FLOAT_SINGLE, q2, 0x7f800000, 0, &env) == 0x7fc00000);
	cr_assert(env.flags == FPSR_IOC);
	cr_assert(float_muladd(FLOAT_SINGLE, s2, 0x7f800000, 0, &env) == (s2 | 0x400000));
	/* The negated operand's NaN is negated as well (FMSUB). */
	cr_assert(float_mulsub(FLOAT_SINGLE, 0, q1, 0, &env) == (q1 | 0x80000000));
}

/* The FP functions must leave the host's floating-point state alone. */
Test(float, host_flags_stay_untouched)
{
	uint64_t state = 28, v[3];
	unsigned before = MXCSR_MASKS | 0x4000, after;

	__asm__ volatile("ldmxcsr %0" : : "m"(before));
	for (unsigned i = 0; i < 1000; i++) {
		struct float_env env = { .rounding = i & 3 };

		random_operands(&state, FLOAT_DOUBLE, v);
		for (unsigned o = 0; o < OPERATION_COUNT; o++)
			our_result((enum operation)o, FLOAT_DOUBLE, v[0], v[1], v[2], &env);
	}
	__asm__ volatile("stmxcsr %0" : "=m"(after));
	__asm__ volatile("ldmxcsr %0" : : "m"(normal_mxcsr));
	cr_assert(after == before);
}
