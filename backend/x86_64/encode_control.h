// SPDX-License-Identifier: Apache-2.0
// x86-64 encoder: control flow, conditions, flags, fences and fillers.  Jumps whose target is not
// yet known give the address of their displacement, for x86_patch_rel32() or x86_patch_rel8().
#ifndef DRAGOMAN_BACKEND_X86_64_ENCODE_CONTROL_H
#define DRAGOMAN_BACKEND_X86_64_ENCODE_CONTROL_H

#include "encode_core.h"

/*
 * Jumps and calls with an empty displacement.  They give its address, or NULL on overflow, which
 * the patch functions accept and ignore.
 */
uint8_t *x86_jcc_rel8(struct x86_writer *w, enum x86_cond cond);
uint8_t *x86_jcc_rel32(struct x86_writer *w, enum x86_cond cond);
uint8_t *x86_jmp_rel8(struct x86_writer *w);
uint8_t *x86_jmp_rel32(struct x86_writer *w);
uint8_t *x86_call_rel32(struct x86_writer *w);

/* Whether a displacement of that size at field can reach target. */
bool x86_rel32_reaches(const uint8_t *field, const void *target);
bool x86_rel8_reaches(const uint8_t *field, const void *target);

/*
 * Sets the displacement at field, the last bytes of its instruction, so that it leads to target,
 * which must be within reach.  rel32 is written by one store (atomic when field is 4-aligned).
 */
void x86_patch_rel32(uint8_t *field, const void *target);
void x86_patch_rel8(uint8_t *field, const void *target);

/* Where the displacement at field leads. */
uint8_t *x86_rel32_target(const uint8_t *field);

/* To a known target within 2 GiB, in the short form where it reaches. */
void x86_jcc_to(struct x86_writer *w, enum x86_cond cond, const void *target);
void x86_jmp_to(struct x86_writer *w, const void *target);
void x86_call_to(struct x86_writer *w, const void *target);

static inline void
x86_jmp_r(struct x86_writer *w, enum x86_gpr target)
{
	x86_emit_reg(w, 0xff, 4, 4, target, 0, 0);
}

static inline void
x86_jmp_m(struct x86_writer *w, struct x86_mem target)
{
	x86_emit_mem(w, 0xff, 4, 4, target, 0, 0);
}

static inline void
x86_call_r(struct x86_writer *w, enum x86_gpr target)
{
	x86_emit_reg(w, 0xff, 4, 2, target, 0, 0);
}

static inline void
x86_call_m(struct x86_writer *w, struct x86_mem target)
{
	x86_emit_mem(w, 0xff, 4, 2, target, 0, 0);
}

/* The low byte of dst (or the byte in memory) = condition ? 1 : 0. */
static inline void
x86_setcc_r(struct x86_writer *w, enum x86_cond cond, enum x86_gpr dst)
{
	x86_emit_reg(w, X86_OP_0F | X86_OP_BYTE_RM | 0x90 | cond, 1, 0, dst, 0, 0);
}

static inline void
x86_setcc_m(struct x86_writer *w, enum x86_cond cond, struct x86_mem dst)
{
	x86_emit_mem(w, X86_OP_0F | 0x90 | cond, 1, 0, dst, 0, 0);
}

/* cmovcc, sizes 2, 4, 8; size 4 clears the upper half of dst whatever the condition. */
static inline void
x86_cmovcc_rr(
	struct x86_writer *w, enum x86_cond cond, unsigned size, enum x86_gpr dst, enum x86_gpr src)
{
	x86_emit_reg(w, X86_OP_0F | 0x40 | cond, size, dst, src, 0, 0);
}

static inline void
x86_cmovcc_rm(struct x86_writer *w, enum x86_cond cond, unsigned size, enum x86_gpr dst,
	struct x86_mem src)
{
	x86_emit_mem(w, X86_OP_0F | 0x40 | cond, size, dst, src, 0, 0);
}

/* Instructions without operands: the bytes in the order they are written, lowest first. */
enum x86_plain {
	X86_RET = 0xc3,
	X86_CMC = 0xf5,
	X86_CLC = 0xf8,
	X86_STC = 0xf9,
	X86_LAHF = 0x9f,
	X86_SAHF = 0x9e,
	X86_CDQ = 0x99,
	X86_CQO = 0x9948,
	X86_PUSHFQ = 0x9c,
	X86_POPFQ = 0x9d,
	X86_LEAVE = 0xc9,
	X86_INT3 = 0xcc,
	X86_UD2 = 0x0b0f,
	X86_PAUSE = 0x90f3,
	X86_RDTSC = 0x310f,
	X86_MFENCE = 0xf0ae0f,
	X86_LFENCE = 0xe8ae0f,
	X86_SFENCE = 0xf8ae0f,
};

void x86_plain(struct x86_writer *w, enum x86_plain instruction);

/* Fills `bytes` bytes with as few nops as possible (each at most 9 bytes long). */
void x86_nop(struct x86_writer *w, unsigned bytes);

enum x86_prefetch {
	X86_PREFETCHNTA,
	X86_PREFETCHT0,
	X86_PREFETCHT1,
	X86_PREFETCHT2,
	X86_PREFETCHW,
};

static inline void
x86_prefetch(struct x86_writer *w, enum x86_prefetch hint, struct x86_mem address)
{
	if (hint == X86_PREFETCHW)
		x86_emit_mem(w, X86_OP_0F | 0x0d, 4, 1, address, 0, 0);
	else
		x86_emit_mem(w, X86_OP_0F | 0x18, 4, hint, address, 0, 0);
}

static inline void
x86_ldmxcsr(struct x86_writer *w, struct x86_mem src)
{
	x86_emit_mem(w, X86_OP_0F | 0xae, 4, 2, src, 0, 0);
}

static inline void
x86_stmxcsr(struct x86_writer *w, struct x86_mem dst)
{
	x86_emit_mem(w, X86_OP_0F | 0xae, 4, 3, dst, 0, 0);
}

#endif
