// SPDX-License-Identifier: Apache-2.0
// Selectors of moves between the register classes, and of whole lanes: constants, duplication,
// insertion, extraction.
#include "backend/x86_64/select_vector.h"

static enum x86_gpr
gpr(host_reg r)
{
	return (enum x86_gpr)r;
}

/* ---- scalars -------------------------------------------------------------------------------- */

void
select_f_from_bits(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	bool wide = in->type == F64;
	struct x86_mem mem;

	if (use_memory(c, in->a, &mem)) {
		x86_vec_rm(&c->w, wide ? X86_VMOVQ : X86_VMOVD, XMM(def_vec(c, i)), mem);
	} else {
		host_reg a = use_gpr(c, in->a);

		x86_vec_from_gpr(
			&c->w, wide ? X86_VMOVQ_GPR : X86_VMOVD, XMM(def_vec(c, i)), gpr(a));
	}
	c->values[i].upper_zero = true;
	keep_eflags(c);
}

void
select_bits_from_f(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned size = int_size(in->type);
	struct x86_mem mem;

	if (use_memory(c, in->a, &mem)) {
		x86_load(&c->w, size, gpr(def_gpr(c, i)), mem);
	} else {
		host_reg a = use_vec(c, in->a);

		x86_vec_to_gpr(&c->w, size == 8 ? X86_VMOVQ_GPR : X86_VMOVD, size,
			gpr(def_gpr(c, i)), XMM(a));
	}
	keep_eflags(c);
}

/* dst = the low 4 bytes of a, the rest zero. */
static void
zero_above_32(struct compiler *c, host_reg dst, struct vector_operand a)
{
	if (a.in_memory)
		x86_vec_rm(&c->w, X86_VMOVD, XMM(dst), a.mem);
	else
		vec_rroi(c, X86_VINSERTPS, dst, a.reg, a, 0x0e);
}

void
select_v_from_f(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	ir_ref a = canon(c, in->a);
	bool same_type = c->u->insns[a].type == c->u->insns[in->a].type;

	if (same_type && (c->values[a].upper_zero || c->u->insns[a].op == IR_const)) {
		use_vec(c, a);
		def_vec_from(c, i, a);
	} else {
		struct vector_operand x = vector_operand(c, a);
		host_reg dst = def_vec_over(c, i);

		if (c->u->insns[in->a].type == F64)
			vec_ro(c, X86_VMOVQ, dst, x);
		else
			zero_above_32(c, dst, x);
	}
	keep_eflags(c);
}

/* Always the same register content as its operand (analyze.c). */
void
select_f_from_v(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_nop(c, i, in);
}

/* ---- constants and duplication -------------------------------------------------------------- */

void
select_vconst(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	uint64_t imm = (uint64_t)in->imm;
	host_reg bits, dst;

	keep_eflags(c);
	if (imm == 0) {
		vec_zero(c, def_vec(c, i));
		return;
	}
	if (imm == UINT64_MAX) {
		dst = def_vec(c, i);
		vec_ones(c, dst);
		if (in->aux == 1)
			vec_ro(c, X86_VMOVQ, dst, in_register(dst));
		return;
	}
	bits = temp_gpr(c);
	dst = def_vec(c, i);
	if (in->aux != 1 && (uint32_t)imm == imm >> 32) {
		x86_mov_ri(&c->w, gpr(bits), (uint32_t)imm);
		if (host_features.avx512) {
			x86_vec_from_gpr(&c->w, X86_VPBROADCASTD_GPR, XMM(dst), gpr(bits));
			return;
		}
		x86_vec_from_gpr(&c->w, X86_VMOVD, XMM(dst), gpr(bits));
		vec_ro(c, X86_VPBROADCASTD, dst, in_register(dst));
		return;
	}
	x86_mov_ri(&c->w, gpr(bits), imm);
	x86_vec_from_gpr(&c->w, X86_VMOVQ_GPR, XMM(dst), gpr(bits));
	if (in->aux != 1)
		vec_rrr(c, X86_VPUNPCKLQDQ, dst, dst, dst);
}

static const enum x86_vector_op broadcast[4] = LANES(VPBROADCAST);

void
select_vdup(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	static const enum x86_vector_op from_gpr[4] = {
		X86_VPBROADCASTB_GPR,
		X86_VPBROADCASTW_GPR,
		X86_VPBROADCASTD_GPR,
		X86_VPBROADCASTQ_GPR,
	};
	unsigned lane = lane_of(in);
	struct x86_mem mem;
	host_reg a, dst;

	keep_eflags(c);
	if (use_memory(c, in->a, &mem)) {
		x86_vec_rm(&c->w, broadcast[lane], XMM(def_vec(c, i)), mem);
		return;
	}
	a = use_gpr(c, in->a);
	dst = def_vec(c, i);
	if (host_features.avx512) {
		x86_vec_from_gpr(&c->w, from_gpr[lane], XMM(dst), gpr(a));
		return;
	}
	x86_vec_from_gpr(&c->w, lane == 3 ? X86_VMOVQ_GPR : X86_VMOVD, XMM(dst), gpr(a));
	vec_ro(c, broadcast[lane], dst, in_register(dst));
}

void
select_vdup_lane(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned lane = lane_of(in), index = number_of(in);
	struct x86_mem mem;
	struct vector_operand mask = { .in_memory = false };
	host_reg a, dst;

	keep_eflags(c);
	if (use_memory(c, in->a, &mem)) {
		x86_vec_rm(&c->w, broadcast[lane], XMM(def_vec(c, i)),
			x86_mem_offset(mem, (int32_t)(index << lane)));
		return;
	}
	a = use_vec(c, in->a);
	if (lane == 0 && index != 0)
		mask = vector_constant(c, VC_BROADCAST_BYTE + index);
	dst = def_vec_over(c, i);
	if (lane == 3)
		vec_roi(c, X86_VPSHUFD, dst, in_register(a), index ? 0xee : 0x44);
	else if (lane == 2)
		vec_roi(c, X86_VPSHUFD, dst, in_register(a), index * 0x55);
	else if (index == 0)
		vec_ro(c, broadcast[lane], dst, in_register(a));
	else if (lane == 0)
		vec_rro(c, X86_VPSHUFB, dst, a, mask);
	else if (index < 4) {
		vec_roi(c, X86_VPSHUFLW, dst, in_register(a), index * 0x55);
		vec_roi(c, X86_VPSHUFD, dst, in_register(dst), 0);
	} else {
		vec_roi(c, X86_VPSHUFHW, dst, in_register(a), (index - 4) * 0x55);
		vec_roi(c, X86_VPSHUFD, dst, in_register(dst), 0xff);
	}
}

/* ---- single lanes --------------------------------------------------------------------------- */

static const enum x86_vector_op insert_lane[4] = LANES(VPINSR);
static const enum x86_vector_op extract_lane[4] = LANES(VPEXTR);

void
select_vinsert(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	enum x86_vector_op op = insert_lane[lane_of(in)];
	struct x86_mem mem;

	keep_eflags(c);
	if (use_memory(c, in->b, &mem)) {
		host_reg a = use_vec(c, in->a);

		x86_vec_insert_m(&c->w, op, XMM(def_vec_over(c, i)), XMM(a), mem, number_of(in));
	} else {
		host_reg b = use_gpr(c, in->b), a = use_vec(c, in->a);

		x86_vec_insert_r(&c->w, op, XMM(def_vec_over(c, i)), XMM(a), gpr(b), number_of(in));
	}
}

/* Lanes `to` of a and `from` of b, of 8 bytes. */
static void
insert_half(struct compiler *c, ir_ref i, host_reg a, host_reg b, unsigned to, unsigned from)
{
	host_reg dst = def_vec_over(c, i);

	if (to == from)
		vec_rroi(c, X86_VPBLENDD, dst, a, in_register(b), to ? 0x0c : 0x03);
	else if (to)
		vec_rrr(c, X86_VPUNPCKLQDQ, dst, a, b);
	else
		vec_rrr(c, X86_VPUNPCKHQDQ, dst, b, a);
}

void
select_vinsert_lane(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned lane = lane_of(in), to = number_of(in) & 15, from = in->aux >> 12;
	struct x86_mem mem;
	host_reg a, b, t;

	keep_eflags(c);
	if (use_memory(c, in->b, &mem)) {
		mem = x86_mem_offset(mem, (int32_t)(from << lane));
		a = use_vec(c, in->a);
		x86_vec_insert_m(
			&c->w, insert_lane[lane], XMM(def_vec_over(c, i)), XMM(a), mem, to);
		return;
	}
	b = use_vec(c, in->b);
	a = use_vec(c, in->a);
	if (lane == 3) {
		insert_half(c, i, a, b, to, from);
	} else if (lane == 2 && to == from) {
		vec_rroi(c, X86_VPBLENDD, def_vec_over(c, i), a, in_register(b), 1u << to);
	} else if (lane == 2) {
		vec_rroi(c, X86_VINSERTPS, def_vec_over(c, i), a, in_register(b),
			from << 6 | to << 4);
	} else if (lane == 1 && to == from) {
		vec_rroi(c, X86_VPBLENDW, def_vec_over(c, i), a, in_register(b), 1u << to);
	} else {
		t = temp_gpr(c);
		x86_vec_extract_r(&c->w, extract_lane[lane], gpr(t), XMM(b), from);
		x86_vec_insert_r(
			&c->w, insert_lane[lane], XMM(def_vec_over(c, i)), XMM(a), gpr(t), to);
	}
}

static void
extract_from_memory(struct compiler *c, const struct ir_insn *in, host_reg dst, struct x86_mem mem,
	unsigned lane, unsigned index)
{
	unsigned bytes = 1u << lane, size = int_size(in->type);

	mem = x86_mem_offset(mem, (int32_t)(index << lane));
	if ((in->aux & IR_V_SIGNED) && bytes < size)
		x86_load_signed(&c->w, bytes, size, gpr(dst), mem);
	else
		x86_load(&c->w, bytes, gpr(dst), mem);
}

/* A vpextr of any lane clears the rest of the 64-bit register, as every I32 operation does. */
void
select_vextract(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	unsigned lane = lane_of(in), index = number_of(in), size = int_size(in->type);
	struct x86_mem mem;
	host_reg a, dst;

	keep_eflags(c);
	if (lane == 3 && size == 4) {
		lane = 2;
		index *= 2;
	}
	if (use_memory(c, in->a, &mem)) {
		extract_from_memory(c, in, def_gpr(c, i), mem, lane, index);
		return;
	}
	a = use_vec(c, in->a);
	dst = def_gpr(c, i);
	if (index == 0 && lane >= 2)
		x86_vec_to_gpr(
			&c->w, lane == 3 ? X86_VMOVQ_GPR : X86_VMOVD, 1u << lane, gpr(dst), XMM(a));
	else
		x86_vec_extract_r(&c->w, extract_lane[lane], gpr(dst), XMM(a), index);
	if ((in->aux & IR_V_SIGNED) && 1u << lane < size)
		x86_sign_extend(&c->w, 1u << lane, size, gpr(dst), gpr(dst));
}

/* ---- halves --------------------------------------------------------------------------------- */

void
select_vlow(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_vector_unary(c, i, in, X86_VMOVQ);
}

void
select_vhigh(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	struct x86_mem mem;

	keep_eflags(c);
	if (use_memory(c, in->a, &mem)) {
		x86_vec_rm(&c->w, X86_VMOVQ, XMM(def_vec(c, i)), x86_mem_offset(mem, 8));
	} else {
		host_reg a = use_vec(c, in->a);

		vec_shift(c, X86_VPSRLDQ_I, def_vec_over(c, i), a, 8);
	}
}

void
select_vcombine(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_vector_binary(c, i, in, X86_VPUNPCKLQDQ, false);
}
