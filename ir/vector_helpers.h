// SPDX-License-Identifier: Apache-2.0
//
// Helpers: the vector operations that are not worth inline code. The IR op `helper` names one by its
// id; the interpreter and compiled code call the same C function. This header defines the ids, the
// signature, the flags of each helper, and the one place where the immediate's packing is written down.
//
// A helper is pure: it reads its operands and imm, writes *d, and returns the FPSR bits to accumulate
// (0 when it raises none). *d may be the same object as any operand; operands beyond the helper's
// count, and those a form does not read, may be NULL. Every helper writes all 128 bits of *d: what the form does not produce is zero.
#ifndef DRAGOMAN_IR_VECTOR_HELPERS_H
#define DRAGOMAN_IR_VECTOR_HELPERS_H

#include <stdint.h>

#include "ir/float.h"
#include "ir/vec128.h"

typedef uint32_t helper_function(union vec128 *d, const union vec128 *a, const union vec128 *b,
	const union vec128 *c, uint64_t imm);

enum helper_id {
#define VECTOR_HELPER(name, operands, result) HELPER_##name,
#include "ir/vector_helpers.def"
#undef VECTOR_HELPER
	HELPER_COUNT,
};

/* What a helper's return value may hold. */
enum helper_result {
	HELPER_RETURNS_NOTHING, /* always 0 */
	HELPER_RETURNS_QC,      /* 0 or FPSR_QC */
	HELPER_RETURNS_FPSR,    /* any of the floating-point flags */
};

struct helper_info {
	const char *name;
	helper_function *function;
	uint8_t operands; /* 1..3: how many of a, b, c are read */
	uint8_t result;   /* enum helper_result */
};

/* Indexed by enum helper_id. */
extern const struct helper_info helper_table[HELPER_COUNT];

#define VECTOR_HELPER(name, operands, result) helper_function helper_##name;
#include "ir/vector_helpers.def"
#undef VECTOR_HELPER

/*
 * The immediate:
 *
 *   bits  1:0   lane        log2 of the lane's bytes. Widening and narrowing integer operations: of the
 *                           narrow lane. Conversions (fcvt*, scvtf, ucvtf): of the source lane.
 *   bits  3:2   shape       enum helper_shape
 *   bits  5:4   to          conversions only: log2 of the destination lane's bytes
 *   bits 15:8   amount      shift amount, fraction bits, EXT's byte index, or TBL's first index
 *   bits 18:16  rounding    floating point only: enum float_rounding
 *   bit  19     FZ          flush_to_zero
 *   bit  20     DN          default_nan
 *   bit  21     AHP         alternative_half
 */
enum helper_shape {
	HELPER_SCALAR = 0,   /* one lane */
	HELPER_VECTOR64 = 1, /* Q = 0 */
	HELPER_VECTOR128 =
		2, /* Q = 1; widening operations read, narrowing ones write, the high half */
};

/* An integer helper's immediate. `amount` is 0 where the operation has none. */
static inline uint64_t
helper_imm(enum helper_shape shape, unsigned lane_log2, unsigned amount)
{
	return lane_log2 | (uint64_t)shape << 2 | (uint64_t)amount << 8;
}

/* The floating-point mode part of an immediate, to be or-ed in. */
static inline uint64_t
helper_imm_mode(enum float_rounding rounding, const struct float_env *env)
{
	return (uint64_t)rounding << 16 | (uint64_t)env->flush_to_zero << 19 |
	       (uint64_t)env->default_nan << 20 | (uint64_t)env->alternative_half << 21;
}

/* A floating-point helper's immediate, rounding as the environment says. */
static inline uint64_t
helper_imm_float(enum helper_shape shape, enum float_size size, const struct float_env *env)
{
	return helper_imm(shape, size, 0) |
	       helper_imm_mode((enum float_rounding)env->rounding, env);
}

/* A conversion's immediate; `rounding` is the instruction's own, or the environment's. */
static inline uint64_t
helper_imm_convert(enum helper_shape shape, unsigned from_log2, unsigned to_log2,
	unsigned fraction_bits, enum float_rounding rounding, const struct float_env *env)
{
	return helper_imm(shape, from_log2, fraction_bits) | (uint64_t)to_log2 << 4 |
	       helper_imm_mode(rounding, env);
}

static inline unsigned
helper_imm_lane(uint64_t imm)
{
	return imm & 3;
}

static inline enum helper_shape
helper_imm_shape(uint64_t imm)
{
	return (enum helper_shape)(imm >> 2 & 3);
}

static inline unsigned
helper_imm_to(uint64_t imm)
{
	return imm >> 4 & 3;
}

static inline unsigned
helper_imm_amount(uint64_t imm)
{
	return imm >> 8 & 0xff;
}

/* The environment that a floating-point helper starts from. */
static inline struct float_env
helper_imm_env(uint64_t imm)
{
	return (struct float_env){
		.rounding = imm >> 16 & 7,
		.flush_to_zero = imm >> 19 & 1,
		.default_nan = imm >> 20 & 1,
		.alternative_half = imm >> 21 & 1,
	};
}

/* CRC-32 of the low `bytes` (1, 2, 4, 8) bytes of value on top of acc, as CRC32B/H/W/X and CRC32CB.. do it. */
uint32_t crc32_update(uint32_t acc, uint64_t value, unsigned bytes);
uint32_t crc32c_update(uint32_t acc, uint64_t value, unsigned bytes);

#endif
