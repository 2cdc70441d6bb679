// SPDX-License-Identifier: Apache-2.0
// x86-64 encoder: the integer instructions that have several forms to choose from.  The others
// are one line each in encode_integer.h.
#include "encode_integer.h"
#include "encode_internal.h"

#include <assert.h>

static bool
fits_int8(int64_t value)
{
	return value == (int8_t)value;
}

/* Bytes of the full-size immediate of an instruction: never more than four. */
static unsigned
imm_bytes_of(unsigned size)
{
	return size > 4 ? 4 : size;
}

/* The form of an ALU immediate: 80 (8-bit), 83 (sign-extended byte) or 81. */
static uint32_t
alu_imm_opcode(unsigned size, int32_t imm)
{
	if (size == 1)
		return 0x80 | X86_OP_BYTE_RM;
	return fits_int8(imm) ? 0x83 : 0x81;
}

static unsigned
alu_imm_bytes(unsigned size, int32_t imm)
{
	return fits_int8(imm) ? 1 : imm_bytes_of(size);
}

/* Brings an immediate into the range of its size, so that 0xff at size 1 is -1. */
static int32_t
imm_of_size(unsigned size, int32_t imm)
{
	if (size == 1)
		return (int8_t)imm;
	return size == 2 ? (int16_t)imm : imm;
}

/* An immediate for al, ax, eax or rax, in the form without ModRM. */
static void
emit_accumulator_imm(struct x86_writer *w, uint32_t opcode, unsigned size, int32_t imm)
{
	uint8_t scratch[X86_ROOM], *start = x86_begin(w, scratch), *p = start;

	if (size == 2)
		p = x86_put(p, 0x66);
	if (size == 8)
		p = x86_put(p, 0x48);
	p = x86_put(p, opcode | (size != 1));
	p = x86_put_value(p, (uint32_t)imm, imm_bytes_of(size));
	x86_end(w, start, p);
}

void
x86_alu_ri(struct x86_writer *w, enum x86_alu op, unsigned size, enum x86_gpr dst, int32_t imm)
{
	imm = imm_of_size(size, imm);
	if (dst == X86_RAX && (size == 1 || !fits_int8(imm))) {
		emit_accumulator_imm(w, op << 3 | 4, size, imm);
		return;
	}
	x86_emit_reg(w, alu_imm_opcode(size, imm), size, op, dst, imm, alu_imm_bytes(size, imm));
}

void
x86_alu_mi(struct x86_writer *w, enum x86_alu op, unsigned size, struct x86_mem dst, int32_t imm)
{
	imm = imm_of_size(size, imm);
	x86_emit_mem(w, alu_imm_opcode(size, imm), size, op, dst, imm, alu_imm_bytes(size, imm));
}

void
x86_lock_alu_mr(
	struct x86_writer *w, enum x86_alu op, unsigned size, struct x86_mem dst, enum x86_gpr src)
{
	assert(op != X86_CMP);
	x86_emit_mem(w, X86_OP_LOCK | x86_op_sized(op << 3, size), size, src, dst, 0, 0);
}

void
x86_lock_alu_mi(
	struct x86_writer *w, enum x86_alu op, unsigned size, struct x86_mem dst, int32_t imm)
{
	assert(op != X86_CMP);
	imm = imm_of_size(size, imm);
	x86_emit_mem(w, X86_OP_LOCK | alu_imm_opcode(size, imm), size, op, dst, imm,
		alu_imm_bytes(size, imm));
}

void
x86_test_ri(struct x86_writer *w, unsigned size, enum x86_gpr a, int32_t imm)
{
	if (a == X86_RAX) {
		emit_accumulator_imm(w, 0xa8, size, imm);
		return;
	}
	x86_emit_reg(w, x86_op_sized_group(0xf6, size), size, 0, a, imm, imm_bytes_of(size));
}

void
x86_test_mi(struct x86_writer *w, unsigned size, struct x86_mem a, int32_t imm)
{
	x86_emit_mem(w, x86_op_sized_group(0xf6, size), size, 0, a, imm, imm_bytes_of(size));
}

/* inc and dec are FE/FF with /0 and /1, the others F6/F7. */
static uint32_t
unary_opcode(enum x86_unary op, unsigned size)
{
	return x86_op_sized_group(op >= X86_INC ? 0xfe : 0xf6, size);
}

void
x86_unary_r(struct x86_writer *w, enum x86_unary op, unsigned size, enum x86_gpr reg)
{
	x86_emit_reg(w, unary_opcode(op, size), size, op & 7, reg, 0, 0);
}

void
x86_unary_m(struct x86_writer *w, enum x86_unary op, unsigned size, struct x86_mem mem)
{
	x86_emit_mem(w, unary_opcode(op, size), size, op & 7, mem, 0, 0);
}

void
x86_lock_unary_m(struct x86_writer *w, enum x86_unary op, unsigned size, struct x86_mem mem)
{
	assert(op <= X86_NEG || op >= X86_INC);
	x86_emit_mem(w, X86_OP_LOCK | unary_opcode(op, size), size, op & 7, mem, 0, 0);
}

void
x86_imul_rri(struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr src, int32_t imm)
{
	imm = imm_of_size(size, imm);
	x86_emit_reg(
		w, fits_int8(imm) ? 0x6b : 0x69, size, dst, src, imm, alu_imm_bytes(size, imm));
}

void
x86_imul_rmi(struct x86_writer *w, unsigned size, enum x86_gpr dst, struct x86_mem src, int32_t imm)
{
	imm = imm_of_size(size, imm);
	x86_emit_mem(
		w, fits_int8(imm) ? 0x6b : 0x69, size, dst, src, imm, alu_imm_bytes(size, imm));
}

void
x86_mov_ri(struct x86_writer *w, enum x86_gpr dst, uint64_t imm)
{
	if (imm == (uint32_t)imm)
		x86_emit_opcode_reg(w, 0xb8, 4, dst, (int64_t)imm, 4);
	else if ((int64_t)imm == (int32_t)imm)
		x86_emit_reg(w, 0xc7, 8, 0, dst, (int64_t)imm, 4);
	else
		x86_emit_opcode_reg(w, 0xb8, 8, dst, (int64_t)imm, 8);
}

uint8_t *
x86_movabs_ri(struct x86_writer *w, enum x86_gpr dst, uint64_t imm)
{
	x86_emit_opcode_reg(w, 0xb8, 8, dst, (int64_t)imm, 8);
	return w->overflow ? NULL : w->at - 8;
}

void
x86_load(struct x86_writer *w, unsigned size, enum x86_gpr dst, struct x86_mem src)
{
	if (size == 1)
		x86_emit_mem(w, X86_OP_0F | 0xb6, 4, dst, src, 0, 0);
	else if (size == 2)
		x86_emit_mem(w, X86_OP_0F | 0xb7, 4, dst, src, 0, 0);
	else
		x86_emit_mem(w, 0x8b, size, dst, src, 0, 0);
}

/* movsx and movsxd, by the size of the source. */
static uint32_t
sign_extend_opcode(unsigned size)
{
	if (size == 1)
		return X86_OP_0F | 0xbe;
	return size == 2 ? X86_OP_0F | 0xbf : 0x63;
}

void
x86_load_signed(struct x86_writer *w, unsigned size, unsigned dst_size, enum x86_gpr dst,
	struct x86_mem src)
{
	assert(size < dst_size && (dst_size == 4 || dst_size == 8));
	x86_emit_mem(w, sign_extend_opcode(size), dst_size, dst, src, 0, 0);
}

void
x86_zero_extend(struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr src)
{
	assert(size == 1 || size == 2 || size == 4);
	if (size == 1)
		x86_emit_reg(w, X86_OP_0F | X86_OP_BYTE_RM | 0xb6, 4, dst, src, 0, 0);
	else if (size == 2)
		x86_emit_reg(w, X86_OP_0F | 0xb7, 4, dst, src, 0, 0);
	else
		x86_mov_rr(w, 4, dst, src);
}

void
x86_sign_extend(
	struct x86_writer *w, unsigned size, unsigned dst_size, enum x86_gpr dst, enum x86_gpr src)
{
	uint32_t opcode = sign_extend_opcode(size);

	assert(size < dst_size && (dst_size == 4 || dst_size == 8));
	if (dst == X86_RAX && src == X86_RAX && size * 2 == dst_size)
		x86_emit_bytes(
			w, "\x48\x98" + (dst_size == 4), dst_size == 4 ? 1 : 2); /* cwde, cdqe */
	else
		x86_emit_reg(
			w, size == 1 ? opcode | X86_OP_BYTE_RM : opcode, dst_size, dst, src, 0, 0);
}

void
x86_store_imm(struct x86_writer *w, unsigned size, struct x86_mem dst, int32_t imm)
{
	x86_emit_mem(w, x86_op_sized_group(0xc6, size), size, 0, dst, imm, imm_bytes_of(size));
}

void
x86_xchg_rr(struct x86_writer *w, unsigned size, enum x86_gpr a, enum x86_gpr b)
{
	enum x86_gpr other = a == X86_RAX ? b : a;

	/* 90 is nop, which would not clear the upper half of rax as xchg eax, eax does */
	if (size != 1 && (a == X86_RAX || b == X86_RAX) && other != X86_RAX)
		x86_emit_opcode_reg(w, 0x90, size, other, 0, 0);
	else
		x86_emit_reg(w, x86_op_sized(0x86, size), size, b, a, 0, 0);
}

void
x86_push_i(struct x86_writer *w, int32_t imm)
{
	uint8_t scratch[X86_ROOM], *start = x86_begin(w, scratch), *p = start;

	p = x86_put(p, fits_int8(imm) ? 0x6a : 0x68);
	p = x86_put_value(p, (uint32_t)imm, fits_int8(imm) ? 1 : 4);
	x86_end(w, start, p);
}

uint8_t *
x86_push_imm32(struct x86_writer *w, int32_t imm)
{
	uint8_t scratch[X86_ROOM], *start = x86_begin(w, scratch), *p = start;

	p = x86_put(p, 0x68);
	p = x86_put_value(p, (uint32_t)imm, 4);
	x86_end(w, start, p);
	return w->overflow ? NULL : w->at - 4;
}

/* D0/D1 shift by one, C0/C1 by an immediate byte. */
void
x86_shift_ri(
	struct x86_writer *w, enum x86_shift op, unsigned size, enum x86_gpr reg, unsigned count)
{
	uint32_t opcode = x86_op_sized_group(count == 1 ? 0xd0 : 0xc0, size);

	x86_emit_reg(w, opcode, size, op, reg, count, count != 1);
}

void
x86_shift_mi(
	struct x86_writer *w, enum x86_shift op, unsigned size, struct x86_mem mem, unsigned count)
{
	uint32_t opcode = x86_op_sized_group(count == 1 ? 0xd0 : 0xc0, size);

	x86_emit_mem(w, opcode, size, op, mem, count, count != 1);
}

/* shlx, shrx, sarx share an opcode and differ in the mandatory prefix. */
static uint32_t
shiftx_opcode(enum x86_shift op)
{
	assert(op == X86_SHL || op == X86_SHR || op == X86_SAR);
	if (op == X86_SHL)
		return X86_OP_66 | X86_OP_0F38 | 0xf7;
	return (op == X86_SHR ? X86_OP_F2 : X86_OP_F3) | X86_OP_0F38 | 0xf7;
}

void
x86_shiftx_rrr(struct x86_writer *w, enum x86_shift op, unsigned size, enum x86_gpr dst,
	enum x86_gpr src, enum x86_gpr count)
{
	x86_emit_vex_reg(w, shiftx_opcode(op), size, dst, count, src, 0, 0);
}

void
x86_shiftx_rmr(struct x86_writer *w, enum x86_shift op, unsigned size, enum x86_gpr dst,
	struct x86_mem src, enum x86_gpr count)
{
	x86_emit_vex_mem(w, shiftx_opcode(op), size, dst, count, src, 0, 0);
}

void
x86_crc32_rr(struct x86_writer *w, unsigned size, enum x86_gpr dst, enum x86_gpr src)
{
	uint32_t opcode = X86_OP_F2 | X86_OP_0F38 | x86_op_sized_group(0xf0, size);

	x86_emit_reg(w, opcode, size, dst, src, 0, 0);
}

void
x86_crc32_rm(struct x86_writer *w, unsigned size, enum x86_gpr dst, struct x86_mem src)
{
	uint32_t opcode = X86_OP_F2 | X86_OP_0F38 | x86_op_sized_group(0xf0, size);

	x86_emit_mem(w, opcode, size, dst, src, 0, 0);
}
