// SPDX-License-Identifier: Apache-2.0
//
// Arm floating point in integer arithmetic, bit for bit as the pseudocode of the Arm ARM defines it
// (J1.3, shared/functions/float): NaN selection, default NaN, flush-to-zero, tininess before
// rounding, alternative half precision, and the cumulative exception flags. No host floating point
// is used, so that neither MXCSR's rounding mode nor its sticky flags matter or change.
//
// Values are bit patterns in the low bits of a uint64_t; their upper bits are ignored on the way in
// and zero on the way out. `size` is the base-2 logarithm of the value's bytes, as for vector
// lanes.
#ifndef DRAGOMAN_IR_FLOAT_H
#define DRAGOMAN_IR_FLOAT_H

#include <stdbool.h>
#include <stdint.h>

enum float_size {
	FLOAT_HALF = 1,
	FLOAT_SINGLE = 2,
	FLOAT_DOUBLE = 3,
};

/* The first four are FPCR.RMode's encoding. */
enum float_rounding {
	FLOAT_ROUND_NEAREST = 0, /* ties to even */
	FLOAT_ROUND_UP = 1,      /* towards plus infinity */
	FLOAT_ROUND_DOWN = 2,    /* towards minus infinity */
	FLOAT_ROUND_ZERO = 3,
	FLOAT_ROUND_TIES_AWAY = 4, /* FCVTA*, FRINTA; only in conversions to integral values */
	FLOAT_ROUND_ODD = 5,       /* FCVTXN */
};

/* Cumulative flags, at their FPSR positions. */
enum {
	FPSR_IOC = 1u << 0, /* invalid operation */
	FPSR_DZC = 1u << 1, /* division by zero */
	FPSR_OFC = 1u << 2, /* overflow */
	FPSR_UFC = 1u << 3, /* underflow */
	FPSR_IXC = 1u << 4, /* inexact */
	FPSR_IDC = 1u << 7, /* input denormal flushed */
	FPSR_QC = 1u << 27, /* integer saturation */
};

/*
 * What FPCR asks for, and the FPSR flags that the operations raise (only ever set, never cleared).
 */
struct float_env {
	uint8_t rounding; /* enum float_rounding */
	bool flush_to_zero;
	bool default_nan;
	bool alternative_half;
	uint32_t flags; /* FPSR_* */
};

/* Condition flags as comparisons give them: N Z C V in bits 3..0. */
enum {
	FLOAT_LESS = 0x8,
	FLOAT_EQUAL = 0x6,
	FLOAT_GREATER = 0x2,
	FLOAT_UNORDERED = 0x3,
};

/* The environment that a guest's FPCR describes, without flags. */
struct float_env float_env_from_fpcr(uint32_t fpcr);
/* The same from a unit's mode bits (enum ir_mode). */
struct float_env float_env_from_mode(uint32_t mode);

/* Arithmetic: FPAdd, FPSub, FPMul, FPMulX, FPDiv, FPSqrt. */
uint64_t float_add(enum float_size size, uint64_t a, uint64_t b, struct float_env *env);
uint64_t float_sub(enum float_size size, uint64_t a, uint64_t b, struct float_env *env);
uint64_t float_mul(enum float_size size, uint64_t a, uint64_t b, struct float_env *env);
uint64_t float_mulx(enum float_size size, uint64_t a, uint64_t b, struct float_env *env);
uint64_t float_div(enum float_size size, uint64_t a, uint64_t b, struct float_env *env);
uint64_t float_sqrt(enum float_size size, uint64_t a, struct float_env *env);
/* |a - b|, the sign of a NaN result cleared as well (FABD). */
uint64_t float_abd(enum float_size size, uint64_t a, uint64_t b, struct float_env *env);
/* -(a * b), a NaN result negated as well (FNMUL). */
uint64_t float_nmul(enum float_size size, uint64_t a, uint64_t b, struct float_env *env);

/* Sign bit operations; they raise nothing and treat NaNs as any other pattern. */
uint64_t float_neg(enum float_size size, uint64_t a);
uint64_t float_abs(enum float_size size, uint64_t a);

/* Fused: addend + a * b with one rounding (FPMulAdd). */
uint64_t float_muladd(
	enum float_size size, uint64_t addend, uint64_t a, uint64_t b, struct float_env *env);
/* addend - a * b (FMSUB, FMLS). */
uint64_t float_mulsub(
	enum float_size size, uint64_t addend, uint64_t a, uint64_t b, struct float_env *env);
/* -addend - a * b (FNMADD). */
uint64_t float_negmuladd(
	enum float_size size, uint64_t addend, uint64_t a, uint64_t b, struct float_env *env);
/* -addend + a * b (FNMSUB). */
uint64_t float_negmulsub(
	enum float_size size, uint64_t addend, uint64_t a, uint64_t b, struct float_env *env);
/* 2 - a * b and (3 - a * b) / 2, fused (FRECPS, FRSQRTS). */
uint64_t float_recps(enum float_size size, uint64_t a, uint64_t b, struct float_env *env);
uint64_t float_rsqrts(enum float_size size, uint64_t a, uint64_t b, struct float_env *env);

/* Minimum and maximum; the nm forms take a number over one quiet NaN (FMINNM, FMAXNM). */
uint64_t float_min(enum float_size size, uint64_t a, uint64_t b, struct float_env *env);
uint64_t float_max(enum float_size size, uint64_t a, uint64_t b, struct float_env *env);
uint64_t float_minnm(enum float_size size, uint64_t a, uint64_t b, struct float_env *env);
uint64_t float_maxnm(enum float_size size, uint64_t a, uint64_t b, struct float_env *env);

/* Comparisons. float_compare gives NZCV (FCMP; FCMPE when signal_quiet); the others give truth. */
unsigned float_compare(
	enum float_size size, uint64_t a, uint64_t b, bool signal_quiet, struct float_env *env);
bool float_eq(enum float_size size, uint64_t a, uint64_t b, struct float_env *env);
bool float_ge(enum float_size size, uint64_t a, uint64_t b, struct float_env *env);
bool float_gt(enum float_size size, uint64_t a, uint64_t b, struct float_env *env);

/* Estimates (FRECPE, FRSQRTE, FRECPX) and their integer relatives (URECPE, URSQRTE). */
uint64_t float_recpe(enum float_size size, uint64_t a, struct float_env *env);
uint64_t float_rsqrte(enum float_size size, uint64_t a, struct float_env *env);
uint64_t float_recpx(enum float_size size, uint64_t a, struct float_env *env);
uint32_t unsigned_recpe(uint32_t a);
uint32_t unsigned_rsqrte(uint32_t a);

/* Rounds to an integral value; `exact` raises inexact when that changes the value (FRINTX). */
uint64_t float_round_int(enum float_size size, uint64_t a, enum float_rounding rounding, bool exact,
	struct float_env *env);

/* Between floating-point sizes (FCVT, FCVTL, FCVTN); env->rounding FLOAT_ROUND_ODD for FCVTXN. */
uint64_t float_convert(enum float_size from, enum float_size to, uint64_t a, struct float_env *env);

/*
 * To an integer of `1 << int_log2` bytes with `fraction_bits` fraction bits, saturating
 * (FCVT*[SU]).
 */
uint64_t float_to_int(enum float_size from, unsigned int_log2, bool is_signed,
	unsigned fraction_bits, uint64_t a, enum float_rounding rounding, struct float_env *env);

/* From an integer of `1 << int_log2` bytes with `fraction_bits` fraction bits (SCVTF, UCVTF). */
uint64_t float_from_int(enum float_size to, unsigned int_log2, bool is_signed,
	unsigned fraction_bits, uint64_t a, struct float_env *env);

#endif
