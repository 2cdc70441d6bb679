// SPDX-License-Identifier: Apache-2.0
// What the selectors of vector operations (select_vector*.c, select_crypto.c) share: operands that
// are registers or aligned memory, constants in memory, and short names for the encoder's shapes on
// host_reg numbers.
#ifndef BACKEND_X86_64_SELECT_VECTOR_H
#define BACKEND_X86_64_SELECT_VECTOR_H

#include "backend/x86_64/compiler.h"

/** The last source of an instruction: a register, or 16 aligned bytes of memory. */
struct vector_operand {
	bool in_memory;
	host_reg reg;
	struct x86_mem mem;
};

/**
 * Constants of 16 bytes that code reads from memory; families are indexed by adding to their first
 * one.
 */
/* clang-format off: a table */
enum vector_constant {
	VC_SIGN_BITS,                                       /* + lane: the sign bit of each lane */
	VC_EVEN_BYTES = VC_SIGN_BITS + 4,                   /* 0x00ff in each half-word */
	VC_ODD_BYTES,                                       /* 0xff00 in each half-word */
	VC_EVEN_HALVES,                                     /* 0x0000ffff in each word */
	VC_LOW_NIBBLES,                                     /* 0x0f in each byte */
	VC_TABLE_BIAS,                                      /* 0x70 in each byte */
	VC_NIBBLE_COUNTS,                                   /* set bits in the byte's number */
	VC_FIRST_LANE,                                      /* + lane: ones in lane 0, else zero */
	VC_BYTES_SHIFTED_LEFT = VC_FIRST_LANE + 4,          /* + n (0..7): bytes 0xff << n */
	VC_BYTES_SHIFTED_RIGHT = VC_BYTES_SHIFTED_LEFT + 8, /* + n (0..7): bytes 0xff >> n */
	VC_BYTE_SIGN_SHIFTED = VC_BYTES_SHIFTED_RIGHT + 8,  /* + n (0..7): bytes 0x80 >> n */
	/* masks for vpshufb */
	VC_BROADCAST_BYTE = VC_BYTE_SIGN_SHIFTED + 8, /* + n (0..15): byte n everywhere */
	VC_EXCHANGE = VC_BROADCAST_BYTE + 16,         /* + x (0..7): byte n from byte n ^ x */
	VC_EVEN_LANES_FIRST = VC_EXCHANGE + 8,        /* + lane (0, 1): even, then odd lanes */
	VC_NARROW = VC_EVEN_LANES_FIRST + 2,          /* + lane (0..2): even lanes, zeros */
	VC_REVERSE_BITS = VC_NARROW + 3,              /* of bytes, for vgf2p8affineqb */
	VECTOR_CONSTANTS,
};
/* clang-format on */

/** The value in a register or, when that is better, read where it lies in memory. */
struct vector_operand vector_operand(struct compiler *c, ir_ref ref);
/** A constant of enum vector_constant; may take a scratch register, so call before def_*. */
struct vector_operand vector_constant(struct compiler *c, unsigned constant);

static inline struct vector_operand
in_register(host_reg r)
{
	return (struct vector_operand){ .reg = r };
}

/* dst <- op(a, b) */
static inline void
vec_rrr(struct compiler *c, enum x86_vector_op op, host_reg dst, host_reg a, host_reg b)
{
	x86_vec_rrr(&c->w, op, XMM(dst), XMM(a), XMM(b));
}

static inline void
vec_rro(struct compiler *c, enum x86_vector_op op, host_reg dst, host_reg a,
	struct vector_operand b)
{
	if (b.in_memory)
		x86_vec_rrm(&c->w, op, XMM(dst), XMM(a), b.mem);
	else
		x86_vec_rrr(&c->w, op, XMM(dst), XMM(a), XMM(b.reg));
}

/* dst <- op(a, b, imm) */
static inline void
vec_rroi(struct compiler *c, enum x86_vector_op op, host_reg dst, host_reg a,
	struct vector_operand b, unsigned imm)
{
	if (b.in_memory)
		x86_vec_rrmi8(&c->w, op, XMM(dst), XMM(a), b.mem, imm);
	else
		x86_vec_rrri8(&c->w, op, XMM(dst), XMM(a), XMM(b.reg), imm);
}

/* dst <- op(a) */
static inline void
vec_ro(struct compiler *c, enum x86_vector_op op, host_reg dst, struct vector_operand a)
{
	if (a.in_memory)
		x86_vec_rm(&c->w, op, XMM(dst), a.mem);
	else
		x86_vec_rr(&c->w, op, XMM(dst), XMM(a.reg));
}

/* dst <- op(a, imm) */
static inline void
vec_roi(struct compiler *c, enum x86_vector_op op, host_reg dst, struct vector_operand a,
	unsigned imm)
{
	if (a.in_memory)
		x86_vec_rmi8(&c->w, op, XMM(dst), a.mem, imm);
	else
		x86_vec_rri8(&c->w, op, XMM(dst), XMM(a.reg), imm);
}

static inline void
vec_shift(struct compiler *c, enum x86_vector_op op, host_reg dst, host_reg a, unsigned count)
{
	x86_vec_rri(&c->w, op, XMM(dst), XMM(a), count);
}

static inline void
vec_zero(struct compiler *c, host_reg dst)
{
	vec_rrr(c, X86_VPXOR, dst, dst, dst);
}

static inline void
vec_ones(struct compiler *c, host_reg dst)
{
	vec_rrr(c, X86_VPCMPEQD, dst, dst, dst);
}

/* The operations of four lane sizes. */
#define LANES(prefix)                                                              \
	{                                                                          \
		X86_##prefix##B, X86_##prefix##W, X86_##prefix##D, X86_##prefix##Q \
	}
#define LANES_BWD(prefix)                                         \
	{                                                         \
		X86_##prefix##B, X86_##prefix##W, X86_##prefix##D \
	}
#define LANES_BW(prefix)                         \
	{                                        \
		X86_##prefix##B, X86_##prefix##W \
	}

/** One instruction on both operands; `commutative` when they may be exchanged. */
void select_vector_binary(struct compiler *c, ir_ref i, const struct ir_insn *in,
	enum x86_vector_op op, bool commutative);
/** One instruction on the one operand. */
void select_vector_unary(
	struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_vector_op op);

static inline unsigned
lane_of(const struct ir_insn *in)
{
	return in->aux & 3;
}

static inline unsigned
number_of(const struct ir_insn *in)
{
	return in->aux >> 8;
}

#endif
