// SPDX-License-Identifier: Apache-2.0
// x86-64 encoder: integer instructions.  Sizes are operand sizes in bytes (1, 2, 4, 8); operands
// are in Intel order, destination first.  Suffixes: r register, m memory, i immediate, in operand
// order, so _rm reads memory and _mr writes it.  Always the shortest encoding of the instruction
// named; no instruction is replaced by another one that sets flags differently.
#ifndef DRAGOMAN_BACKEND_X86_64_ENCODE_INTEGER_H
#define DRAGOMAN_BACKEND_X86_64_ENCODE_INTEGER_H

#include "encode_core.h"

#include <assert.h>

/* Two-operand arithmetic, numbered as in the opcode map. */
enum x86_alu { X86_ADD, X86_OR, X86_ADC, X86_SBB, X86_AND, X86_SUB, X86_XOR, X86_CMP };

/* Shifts and rotates, numbered as the opcode extension of C0/C1/D0-D3. */
enum x86_shift { X86_ROL, X86_ROR, X86_RCL, X86_RCR, X86_SHL, X86_SHR, X86_SAR = 7 };

/* Bit tests, numbered as the opcode extension of 0F BA. */
enum x86_bit_test { X86_BT = 4, X86_BTS, X86_BTR, X86_BTC };

/* One-operand arithmetic of group 3 (F6/F7): mul, imul, div, idiv work on rdx:rax (ax at size 1). */
enum x86_unary { X86_NOT = 2, X86_NEG, X86_MUL, X86_IMUL, X86_DIV, X86_IDIV, X86_INC, X86_DEC };

/* Counts of bits: F3 0F B8/BC/BD. */
enum x86_bit_count { X86_POPCNT = 0xb8, X86_TZCNT = 0xbc, X86_LZCNT = 0xbd };

/* ALU: dst <- dst op src.  Immediates are sign-extended to the size. */
static inline void
x86_alu_rr(struct x86_writer *w, enum x86_alu op, unsigned size, enum x86_gpr dst, enum x86_gpr src)
{
	x86_emit_reg(w, x86_op_sized(op << 3, size), size, src, dst, 0, 0);
}

static inline void
x86_alu_rm(
	struct x86_writer *w, enum x86_alu op, unsigned size, enum x86_gpr dst, struct x86_mem src)
{
	x86_emit_mem(w, x86_op_sized(op << 3 | 2, size), size, dst, src, 0, 0);
}

static inline void
x86_alu_mr(
	struct x86_writer *w, enum x86_alu op, unsigned size, struct x86_mem dst, enum x86_gpr src)
{
	x86_emit_mem(w, x86_op_sized(op << 3, size), size, src, dst, 0, 0);
}

void x86_alu_ri(
	struct x86_writer *w, enum x86_alu op, unsigned size, enum x86_gpr dst, int32_t imm);
void x86_alu_mi(
	struct x86_writer *w, enum x86_alu op, unsigned size, struct x86_mem dst, int32_t imm);

/* ALU with the lock prefix (not for cmp). */
void x86_lock_alu_mr(
	struct x86_writer *w, enum x86_alu op, unsigned size, struct x86_mem dst, enum x86_gpr src);
void x86_lock_alu_mi(
	struct x86_writer *w, enum x86_alu op, unsigned size, struct x86_mem dst, int32_t imm);

static inline void
x86_test_rr(struct x86_writer *w, unsigned size, enum x86_gpr a, enum x86_gpr b)
{
	x86_emit_reg(w, x86_op_sized(0x84, size), size, b, a, 0, 0);
}

static inline void
x86_test_mr(struct x86_writer *w, unsigned size, struct x86_mem a, enum x86_gpr b)
{
	x86_emit_mem(w, x86_op_sized(0x84, size), size, b, a, 0, 0);
}

void x86_test_ri(struct x86_writer *w, unsigned size, enum x86_gpr a, int32_t imm);
void x86_test_mi(struct x86_writer *w, unsigned size, struct x86_mem a, int32_t imm);

/* dst = ah, zero-extended. */
static inline void
x86_zero_extend_ah(struct x86_writer *w, enum x86_gpr dst)
{
	assert(dst < 8); /* a REX prefix would make it spl */
	x86_emit_bytes(w, (const uint8_t[]){ 0x0f, 0xb6, (uint8_t)(0xc4 | dst << 3) }, 3);
}

/* inc, dec, neg, not; and the one-operand mul, imul, div, idiv. */
void x86_unary_r(struct x86_writer *w, enum x86_unary op, unsigned size, enum x86_gpr reg);
void x86_unary_m(struct x86_writer *w, enum x86_unary op, unsigned size, struct x86_mem mem);
/* inc, dec, neg, not with the lock prefix. */
void x86_lock_unary_m(struct x86_writer *w, enum x86_unary op, unsigned size, struct x86_mem mem);

/* imul, sizes 2, 4, 8: dst *= src, or dst = src * imm. */
static inline void
x86_imul_rr(struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr src)
{
	x86_emit_reg(w, X86_OP_0F | 0xaf, size, dst, src, 0, 0);
}

static inline void
x86_imul_rm(struct x86_writer *w, unsigned size, enum x86_gpr dst, struct x86_mem src)
{
	x86_emit_mem(w, X86_OP_0F | 0xaf, size, dst, src, 0, 0);
}

void x86_imul_rri(
	struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr src, int32_t imm);
void x86_imul_rmi(
	struct x86_writer *w, unsigned size, enum x86_gpr dst, struct x86_mem src, int32_t imm);

/* mulx (BMI2), sizes 4, 8: high:low = rdx * src, no flags.  high wins when both are one register. */
static inline void
x86_mulx_rrr(
	struct x86_writer *w, unsigned size, enum x86_gpr high, enum x86_gpr low, enum x86_gpr src)
{
	x86_emit_vex_reg(w, X86_OP_F2 | X86_OP_0F38 | 0xf6, size, high, low, src, 0, 0);
}

static inline void
x86_mulx_rrm(struct x86_writer *w, unsigned size, enum x86_gpr high, enum x86_gpr low,
	struct x86_mem src)
{
	x86_emit_vex_mem(w, X86_OP_F2 | X86_OP_0F38 | 0xf6, size, high, low, src, 0, 0);
}

/* mov; a size of 4 clears the upper half of dst, 1 and 2 keep the upper bits. */
static inline void
x86_mov_rr(struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr src)
{
	x86_emit_reg(w, x86_op_sized(0x88, size), size, src, dst, 0, 0);
}

/* All 64 bits of dst = imm, flags kept: the shortest of the three forms of mov. */
void x86_mov_ri(struct x86_writer *w, enum x86_gpr dst, uint64_t imm);
/* The 10-byte form always; gives the 8-byte field, NULL on overflow. */
uint8_t *x86_movabs_ri(struct x86_writer *w, enum x86_gpr dst, uint64_t imm);

/* dst = the address of target, which must pass x86_rip_reaches(). */
static inline void
x86_lea_rip(struct x86_writer *w, enum x86_gpr dst, const void *target)
{
	x86_emit_mem(w, 0x8d, 8, dst, x86_mem_rip(target), 0, 0);
}

/* size 4 or 8 (or 2, which keeps the upper bits of dst) */
static inline void
x86_lea(struct x86_writer *w, unsigned size, enum x86_gpr dst, struct x86_mem mem)
{
	x86_emit_mem(w, 0x8d, size, dst, mem, 0, 0);
}

/* dst (all 64 bits) = the size bytes in memory, zero-extended. */
void x86_load(struct x86_writer *w, unsigned size, enum x86_gpr dst, struct x86_mem src);
/* dst = the size (1, 2, 4) bytes in memory, sign-extended to dst_size (4, 8). */
void x86_load_signed(struct x86_writer *w, unsigned size, unsigned dst_size, enum x86_gpr dst,
	struct x86_mem src);
/* The size (1, 2) low bytes of dst = memory; the other bytes of dst are kept (mov r8/r16, m). */
static inline void
x86_load_partial(struct x86_writer *w, unsigned size, enum x86_gpr dst, struct x86_mem src)
{
	x86_emit_mem(w, x86_op_sized(0x8a, size), size, dst, src, 0, 0);
}

/* dst (all 64 bits) = the low size (1, 2, 4) bytes of src, zero-extended. */
void x86_zero_extend(struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr src);
/* dst = the low size (1, 2, 4) bytes of src, sign-extended to dst_size (4, 8). */
void x86_sign_extend(
	struct x86_writer *w, unsigned size, unsigned dst_size, enum x86_gpr dst, enum x86_gpr src);

static inline void
x86_store(struct x86_writer *w, unsigned size, struct x86_mem dst, enum x86_gpr src)
{
	x86_emit_mem(w, x86_op_sized(0x88, size), size, src, dst, 0, 0);
}

/* The immediate is sign-extended to the size. */
void x86_store_imm(struct x86_writer *w, unsigned size, struct x86_mem dst, int32_t imm);

/* movbe, sizes 2, 4, 8: byte-swapped load and store (a 2-byte load keeps the upper bits of dst). */
static inline void
x86_movbe_rm(struct x86_writer *w, unsigned size, enum x86_gpr dst, struct x86_mem src)
{
	x86_emit_mem(w, X86_OP_0F38 | 0xf0, size, dst, src, 0, 0);
}

static inline void
x86_movbe_mr(struct x86_writer *w, unsigned size, struct x86_mem dst, enum x86_gpr src)
{
	x86_emit_mem(w, X86_OP_0F38 | 0xf1, size, src, dst, 0, 0);
}

/* xchg; the memory form is atomic without a prefix. */
void x86_xchg_rr(struct x86_writer *w, unsigned size, enum x86_gpr a, enum x86_gpr b);

static inline void
x86_xchg_mr(struct x86_writer *w, unsigned size, struct x86_mem mem, enum x86_gpr reg)
{
	x86_emit_mem(w, x86_op_sized(0x86, size), size, reg, mem, 0, 0);
}

/* push and pop of 64 bits */
static inline void
x86_push_r(struct x86_writer *w, enum x86_gpr reg)
{
	x86_emit_opcode_reg(w, 0x50, 4, reg, 0, 0);
}

static inline void
x86_pop_r(struct x86_writer *w, enum x86_gpr reg)
{
	x86_emit_opcode_reg(w, 0x58, 4, reg, 0, 0);
}

static inline void
x86_push_m(struct x86_writer *w, struct x86_mem mem)
{
	x86_emit_mem(w, 0xff, 4, 6, mem, 0, 0);
}

static inline void
x86_pop_m(struct x86_writer *w, struct x86_mem mem)
{
	x86_emit_mem(w, 0x8f, 4, 0, mem, 0, 0);
}

/* push of a sign-extended immediate, in the short form where it fits */
void x86_push_i(struct x86_writer *w, int32_t imm);
/* push imm32 in the 5-byte form always; gives the 4-byte field, NULL on overflow. */
uint8_t *x86_push_imm32(struct x86_writer *w, int32_t imm);

/* Shifts by an immediate (0 .. 8 * size - 1) and by cl. */
void x86_shift_ri(
	struct x86_writer *w, enum x86_shift op, unsigned size, enum x86_gpr reg, unsigned count);
void x86_shift_mi(
	struct x86_writer *w, enum x86_shift op, unsigned size, struct x86_mem mem, unsigned count);

static inline void
x86_shift_rcl(struct x86_writer *w, enum x86_shift op, unsigned size, enum x86_gpr reg)
{
	x86_emit_reg(w, x86_op_sized_group(0xd2, size), size, op, reg, 0, 0);
}

/* BMI2 shifts, sizes 4, 8, no flags: dst = src shifted by count (X86_SHL, X86_SHR, X86_SAR). */
void x86_shiftx_rrr(struct x86_writer *w, enum x86_shift op, unsigned size, enum x86_gpr dst,
	enum x86_gpr src, enum x86_gpr count);
void x86_shiftx_rmr(struct x86_writer *w, enum x86_shift op, unsigned size, enum x86_gpr dst,
	struct x86_mem src, enum x86_gpr count);

/* rorx (BMI2), sizes 4, 8: dst = src rotated right by count, no flags. */
static inline void
x86_rorx_rri(
	struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr src, unsigned count)
{
	x86_emit_vex_reg(w, X86_OP_F2 | X86_OP_0F3A | 0xf0, size, dst, 0, src, (int)count, 1);
}

static inline void
x86_rorx_rmi(
	struct x86_writer *w, unsigned size, enum x86_gpr dst, struct x86_mem src, unsigned count)
{
	x86_emit_vex_mem(w, X86_OP_F2 | X86_OP_0F3A | 0xf0, size, dst, 0, src, (int)count, 1);
}

/* shld and shrd, sizes 2, 4, 8: dst shifted, filled from src. */
static inline void
x86_shld_rri(
	struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr src, unsigned count)
{
	x86_emit_reg(w, X86_OP_0F | 0xa4, size, src, dst, (int)count, 1);
}

static inline void
x86_shld_rrcl(struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr src)
{
	x86_emit_reg(w, X86_OP_0F | 0xa5, size, src, dst, 0, 0);
}

static inline void
x86_shrd_rri(
	struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr src, unsigned count)
{
	x86_emit_reg(w, X86_OP_0F | 0xac, size, src, dst, (int)count, 1);
}

static inline void
x86_shrd_rrcl(struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr src)
{
	x86_emit_reg(w, X86_OP_0F | 0xad, size, src, dst, 0, 0);
}

/* bt, bts, btr, btc, sizes 2, 4, 8: CF = bit number `bit` of reg. */
static inline void
x86_bit_test_ri(
	struct x86_writer *w, enum x86_bit_test op, unsigned size, enum x86_gpr reg, unsigned bit)
{
	x86_emit_reg(w, X86_OP_0F | 0xba, size, op, reg, (int)bit, 1);
}

static inline void
x86_bit_test_mi(
	struct x86_writer *w, enum x86_bit_test op, unsigned size, struct x86_mem mem, unsigned bit)
{
	x86_emit_mem(w, X86_OP_0F | 0xba, size, op, mem, (int)bit, 1);
}

static inline void
x86_bit_test_rr(struct x86_writer *w, enum x86_bit_test op, unsigned size, enum x86_gpr reg,
	enum x86_gpr bit)
{
	x86_emit_reg(w, X86_OP_0F | 0x83 | op << 3, size, bit, reg, 0, 0);
}

/* bswap, sizes 4, 8 */
static inline void
x86_bswap(struct x86_writer *w, unsigned size, enum x86_gpr reg)
{
	x86_emit_opcode_reg(w, X86_OP_0F | 0xc8, size, reg, 0, 0);
}

/* popcnt, tzcnt, lzcnt, sizes 2, 4, 8 */
static inline void
x86_bit_count_rr(struct x86_writer *w, enum x86_bit_count op, unsigned size, enum x86_gpr dst,
	enum x86_gpr src)
{
	x86_emit_reg(w, X86_OP_F3 | X86_OP_0F | op, size, dst, src, 0, 0);
}

static inline void
x86_bit_count_rm(struct x86_writer *w, enum x86_bit_count op, unsigned size, enum x86_gpr dst,
	struct x86_mem src)
{
	x86_emit_mem(w, X86_OP_F3 | X86_OP_0F | op, size, dst, src, 0, 0);
}

/* BMI1 and BMI2, sizes 4, 8.  andn: dst = ~inverted & src. */
static inline void
x86_andn_rrr(struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr inverted,
	enum x86_gpr src)
{
	x86_emit_vex_reg(w, X86_OP_0F38 | 0xf2, size, dst, inverted, src, 0, 0);
}

static inline void
x86_andn_rrm(struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr inverted,
	struct x86_mem src)
{
	x86_emit_vex_mem(w, X86_OP_0F38 | 0xf2, size, dst, inverted, src, 0, 0);
}

/* bextr: dst = the (control >> 8 & 255) bits of src from bit (control & 255) on. */
static inline void
x86_bextr_rrr(struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr src,
	enum x86_gpr control)
{
	x86_emit_vex_reg(w, X86_OP_0F38 | 0xf7, size, dst, control, src, 0, 0);
}

/* bzhi: dst = the lowest (count & 255) bits of src. */
static inline void
x86_bzhi_rrr(
	struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr src, enum x86_gpr count)
{
	x86_emit_vex_reg(w, X86_OP_0F38 | 0xf5, size, dst, count, src, 0, 0);
}

static inline void
x86_pext_rrr(
	struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr src, enum x86_gpr mask)
{
	x86_emit_vex_reg(w, X86_OP_F3 | X86_OP_0F38 | 0xf5, size, dst, src, mask, 0, 0);
}

static inline void
x86_pdep_rrr(
	struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr src, enum x86_gpr mask)
{
	x86_emit_vex_reg(w, X86_OP_F2 | X86_OP_0F38 | 0xf5, size, dst, src, mask, 0, 0);
}

/* blsr: dst = src & (src - 1). */
static inline void
x86_blsr_rr(struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr src)
{
	x86_emit_vex_reg(w, X86_OP_0F38 | 0xf3, size, 1, dst, src, 0, 0);
}

/* crc32 (the CRC-32C polynomial): accumulates the low size (1, 2, 4, 8) bytes of src into dst. */
void x86_crc32_rr(struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr src);
void x86_crc32_rm(struct x86_writer *w, unsigned size, enum x86_gpr dst, struct x86_mem src);

/* lock cmpxchg: if rax == mem, mem = src and ZF = 1; else rax = mem and ZF = 0. */
static inline void
x86_lock_cmpxchg(struct x86_writer *w, unsigned size, struct x86_mem mem, enum x86_gpr src)
{
	x86_emit_mem(w, X86_OP_LOCK | X86_OP_0F | x86_op_sized(0xb0, size), size, src, mem, 0, 0);
}

/* The same without lock: atomic for what happens on this processor alone. */
static inline void
x86_cmpxchg(struct x86_writer *w, unsigned size, struct x86_mem mem, enum x86_gpr src)
{
	x86_emit_mem(w, X86_OP_0F | x86_op_sized(0xb0, size), size, src, mem, 0, 0);
}

/* lock xadd: reg receives the old value of mem, mem += reg. */
static inline void
x86_lock_xadd(struct x86_writer *w, unsigned size, struct x86_mem mem, enum x86_gpr reg)
{
	x86_emit_mem(w, X86_OP_LOCK | X86_OP_0F | x86_op_sized(0xc0, size), size, reg, mem, 0, 0);
}

/* lock cmpxchg8b / cmpxchg16b: edx:eax / rdx:rax compared, ecx:ebx / rcx:rbx stored. */
static inline void
x86_lock_cmpxchg8b(struct x86_writer *w, struct x86_mem mem)
{
	x86_emit_mem(w, X86_OP_LOCK | X86_OP_0F | 0xc7, 4, 1, mem, 0, 0);
}

static inline void
x86_lock_cmpxchg16b(struct x86_writer *w, struct x86_mem mem)
{
	x86_emit_mem(w, X86_OP_LOCK | X86_OP_0F | 0xc7, 8, 1, mem, 0, 0);
}

#endif
