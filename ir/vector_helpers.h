// SPDX-License-Identifier: Apache-2.0
//
// Helpers: the vector operations that are not worth inline code. The IR op `helper` names one by
// its id; the interpreter and compiled code call the same C function. This header defines the ids,
// the signature, the flags of each helper, and the one place where the immediate's packing is
// written down.
//
// A helper is pure: it reads its operands and imm, writes *d, and returns the FPSR bits to
// accumulate (0 when it raises none). *d may be the same object as any operand; operands beyond the
// helper's count, and those a form does not read, may be NULL. Every helper writes all 128 bits of
// *d: what the form does not produce is zero.
#ifndef DRAGOMAN_IR_VECTOR_HELPERS_H
#define DRAGOMAN_IR_VECTOR_HELPERS_H

#include <stdint.h>

#include "ir/float.h"
#include "ir/ir.h"
#include "ir/vec128.h"

typedef uint32_t helper_function(union vec128 *d, const union vec128 *a, const union vec128 *b,
	const union vec128 *c, uint64_t imm);

enum vector_helper {
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

/* Indexed by enum vector_helper. */
extern const struct helper_info helper_table[HELPER_COUNT];

#define VECTOR_HELPER(name, operands, result) helper_function helper_##name;
#include "ir/vector_helpers.def"
#undef VECTOR_HELPER

/*
 * The immediate:
 *
 *   bits  1:0   lane        log2 of the lane's bytes. Widening and narrowing integer operations:
 *                           of the narrow lane. Conversions (fcvt*, scvtf, ucvtf): of the source.
 *   bits  3:2   shape       enum helper_shape
 *   bits  5:4   to          conversions: log2 of the destination lane's bytes; rev: of the
 *                           container
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

/*
 * The rev helper's immediate: lanes of `lane_log2` reversed within containers of `container_log2`.
 */
static inline uint64_t
helper_imm_rev(enum helper_shape shape, unsigned lane_log2, unsigned container_log2)
{
	return helper_imm(shape, lane_log2, 0) | (uint64_t)container_log2 << 4;
}

/* The floating-point part of an immediate, to be or-ed in. `mode` is the unit's (enum ir_mode). */
static inline uint64_t
helper_imm_mode(enum float_rounding rounding, uint32_t mode)
{
	uint64_t flush_nan_half =
		(mode & (IR_MODE_FLUSH | IR_MODE_DEFAULT_NAN | IR_MODE_ALTERNATIVE_HALF)) /
		IR_MODE_FLUSH;

	return (uint64_t)rounding << 16 | flush_nan_half << 19;
}

/* A floating-point helper's immediate, rounding as the mode says. */
static inline uint64_t
helper_imm_float(enum helper_shape shape, enum float_size size, uint32_t mode)
{
	return helper_imm(shape, size, 0) |
	       helper_imm_mode((enum float_rounding)(mode & IR_MODE_ROUNDING), mode);
}

/* A conversion's immediate; `rounding` is the instruction's own, or the mode's. */
static inline uint64_t
helper_imm_convert(enum helper_shape shape, unsigned from_log2, unsigned to_log2,
	unsigned fraction_bits, enum float_rounding rounding, uint32_t mode)
{
	return helper_imm(shape, from_log2, fraction_bits) | (uint64_t)to_log2 << 4 |
	       helper_imm_mode(rounding, mode);
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

/* CRC-32 of the low 1, 2, 4 or 8 bytes of value on top of acc (CRC32B.. and CRC32CB..). */
uint32_t crc32_update(uint32_t acc, uint64_t value, unsigned bytes);
uint32_t crc32c_update(uint32_t acc, uint64_t value, unsigned bytes);

#endif
