// SPDX-License-Identifier: Apache-2.0
// The values of integer and flags operations, computed in C: what constant folding and the
// interpreter share, so that an operation's meaning is written once.
#ifndef IR_EVALUATE_H
#define IR_EVALUATE_H

#include "ir/ir.h"

/**
 * Value of the integer operation `op` with result type `t` (I32, I64) on `a` and `b`; of I32
 * operands only the low 32 bits are read. Gives the result zero-extended; false when `op` is not
 * one of: add sub mul umulh smulh umull smull udiv sdiv and or xor andn not neg shl lshr ashr ror
 * extr clz cls rbit bswap zext sext trunc bfi.
 */
bool ir_evaluate_integer(
	enum ir_op op, enum ir_type t, unsigned aux, uint64_t a, uint64_t b, uint64_t *result);

/**
 * NZCV in bits 3..0 of flags_add, flags_sub, flags_and, flags_andn, flags_adc or flags_sbc on
 * operands of type `t`; `carry` is C of the third operand (adc, sbc).
 */
unsigned ir_evaluate_flags(enum ir_op op, enum ir_type t, uint64_t a, uint64_t b, bool carry);

/** Whether `condition` holds for NZCV in bits 3..0 (Arm ARM C1.2.4, ConditionHolds). */
bool ir_condition_holds(enum ir_condition condition, unsigned nzcv);

/** The low `bits` bits (1..64) of `v`, sign-extended. */
static inline int64_t
ir_sign_extend(uint64_t v, unsigned bits)
{
	return (int64_t)(v << (64 - bits)) >> (64 - bits);
}

/** A mask of the low `bits` bits (0..64). */
static inline uint64_t
ir_low_mask(unsigned bits)
{
	return bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

/** Bits of an integer type. */
static inline unsigned
ir_type_bits(enum ir_type t)
{
	return t == I32 ? 32 : 64;
}

#endif
