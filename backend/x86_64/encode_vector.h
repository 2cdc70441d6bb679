// SPDX-License-Identifier: Apache-2.0
// x86-64 encoder: vector and scalar floating-point instructions on xmm registers 0..31 (128 bits).
// The operations are the rows of vector_ops.def; one function here for each shape of operands.
// VEX is used when every register is below 16 and the operation has a VEX form, else EVEX.128
// without masking.  Operands are in Intel order, destination first.  Asking for a form that does
// not exist (x86_vec_has_evex(), the row's shape) is a failed assertion.
#ifndef DRAGOMAN_BACKEND_X86_64_ENCODE_VECTOR_H
#define DRAGOMAN_BACKEND_X86_64_ENCODE_VECTOR_H

#include "encode_core.h"

/* One number a row of the table, such as X86_VPADDD. */
enum x86_vector_op {
#define VECTOR_OP(name, shape, prefix, map, opcode, extra, vex, evex, evex_w, mem_bytes) X86_##name,
#include "vector_ops.def"
#undef VECTOR_OP
	X86_VECTOR_OPS,
};

/* What the host must have for the EVEX form; every one of them needs AVX512F and AVX512VL too. */
enum x86_evex_feature {
	X86_EVEX_NONE, /* there is no EVEX form */
	X86_EVEX_F,
	X86_EVEX_BW,
	X86_EVEX_DQ,
	X86_EVEX_CD,
	X86_EVEX_VBMI,
	X86_EVEX_BITALG,
	X86_EVEX_GFNI,
	X86_EVEX_VAES,
	X86_EVEX_VPCLMULQDQ,
};

/* The EVEX requirement of an operation; X86_EVEX_NONE if it has none (registers 0..15 only). */
enum x86_evex_feature x86_vec_evex_feature(enum x86_vector_op op);
/* Whether the operation can use registers 16..31, and whether it can be had without AVX-512. */
bool x86_vec_has_evex(enum x86_vector_op op);
bool x86_vec_has_vex(enum x86_vector_op op);
/* The name of the row, in capitals, such as "VPADDD". */
const char *x86_vec_name(enum x86_vector_op op);

/* dst <- op(src), and its memory form (a load for moves); and the store of a move. */
void x86_vec_rr(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned src);
void x86_vec_rm(struct x86_writer *w, enum x86_vector_op op, unsigned dst, struct x86_mem src);
void x86_vec_mr(struct x86_writer *w, enum x86_vector_op op, struct x86_mem dst, unsigned src);

/* dst <- op(src, imm8): shuffles, roundings; and the shifts by an immediate (VPSLLD_I ...). */
void x86_vec_rri8(
	struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned src, unsigned imm);
void x86_vec_rmi8(struct x86_writer *w, enum x86_vector_op op, unsigned dst, struct x86_mem src,
	unsigned imm);
void x86_vec_rri(
	struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned src, unsigned count);
/* mem <- op(src, imm8): VCVTPS2PH. */
void x86_vec_mri8(struct x86_writer *w, enum x86_vector_op op, struct x86_mem dst, unsigned src,
	unsigned imm);

/* dst <- op(a, b).  Operations that also read dst (FMA, VPTERNLOG, VPERMI2B) take it as it is. */
void x86_vec_rrr(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned a, unsigned b);
void x86_vec_rrm(
	struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned a, struct x86_mem b);
void x86_vec_rrri8(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned a,
	unsigned b, unsigned imm);
void x86_vec_rrmi8(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned a,
	struct x86_mem b, unsigned imm);

/* dst <- op(a, b, selector): the variable blends. */
void x86_vec_rrrr(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned a, unsigned b,
	unsigned selector);
void x86_vec_rrmr(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned a,
	struct x86_mem b, unsigned selector);

/* Mask register k0..7 <- op(a, b) or op(src, imm8), comparing lanes; and operations on masks alone, EFLAGS from them. */
void x86_vec_mask_rrr(
	struct x86_writer *w, enum x86_vector_op op, unsigned mask, unsigned a, unsigned b);
void x86_vec_mask_rrm(
	struct x86_writer *w, enum x86_vector_op op, unsigned mask, unsigned a, struct x86_mem b);
void x86_vec_mask_rri8(
	struct x86_writer *w, enum x86_vector_op op, unsigned mask, unsigned src, unsigned imm);
void x86_vec_masks(struct x86_writer *w, enum x86_vector_op op, unsigned a, unsigned b);

/*
 * Between the two register files.  size (4, 8) is that of the general-purpose register where the
 * operation exists in both (conversions); it is ignored for operations of one size.
 */
void x86_vec_to_gpr(
	struct x86_writer *w, enum x86_vector_op op, unsigned size, enum x86_gpr dst, unsigned src);
void x86_vec_mem_to_gpr(struct x86_writer *w, enum x86_vector_op op, unsigned size,
	enum x86_gpr dst, struct x86_mem src);
void x86_vec_from_gpr(struct x86_writer *w, enum x86_vector_op op, unsigned dst, enum x86_gpr src);
/* VCVTSI2SD and its kind: the upper part of dst comes from upper. */
void x86_vec_cvt_from_gpr(struct x86_writer *w, enum x86_vector_op op, unsigned size, unsigned dst,
	unsigned upper, enum x86_gpr src);
void x86_vec_cvt_from_mem(struct x86_writer *w, enum x86_vector_op op, unsigned size, unsigned dst,
	unsigned upper, struct x86_mem src);

/* VPEXTRB/W/D/Q: the lane, zero-extended; VPINSRB/W/D/Q: src with one lane replaced. */
void x86_vec_extract_r(
	struct x86_writer *w, enum x86_vector_op op, enum x86_gpr dst, unsigned src, unsigned lane);
void x86_vec_extract_m(struct x86_writer *w, enum x86_vector_op op, struct x86_mem dst,
	unsigned src, unsigned lane);
void x86_vec_insert_r(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned src,
	enum x86_gpr value, unsigned lane);
void x86_vec_insert_m(struct x86_writer *w, enum x86_vector_op op, unsigned dst, unsigned src,
	struct x86_mem value, unsigned lane);

#endif
