// SPDX-License-Identifier: Apache-2.0
// Lifters of loads and stores of general and SIMD&FP registers (Arm ARM C4.1.4), all addressing
// modes. Exclusive, ordered and atomic accesses are in lift_atomics.c, SIMD structures in
// lift_simd_loads_stores.c.
//
// Precise faults: registers are written, and the base written back, only behind the instruction's
// last access; the first register of a pair is
// written behind the first access, load_pair says why.
#include "frontend/a64/lift.h"

enum { LOG2_QUAD = 4 };

/* ---- the registers' side ----------------------------------------------------------------- */

/* Load `1 << size` bytes into Xt, zero-extended. */
static void
load_gpr(struct lift *l, unsigned size, unsigned rt, ir_ref address)
{
	put_gpr(l, I64, rt, ir_load(l, I64, size, address));
}

/* Load `1 << size` bytes, sign-extended to X (opc0 0) or W (opc0 1). */
static void
load_gpr_signed(struct lift *l, unsigned size, unsigned opc0, unsigned rt, ir_ref address)
{
	enum ir_type t = opc0 ? I32 : I64;

	put_gpr(l, t, rt, ir_load(l, t, size | IR_MEM_SIGNED, address));
}

static void
store_gpr(struct lift *l, unsigned size, unsigned rt, ir_ref address)
{
	ir_store(l, size, address, get_gpr(l, size == 3 ? I64 : I32, rt));
}

/*
 * A SIMD&FP register's value from memory. Bytes and halfwords come as the bits of an F32, whose
 * put clears the rest.
 */
static ir_ref
load_simd_value(struct lift *l, unsigned size, ir_ref address)
{
	switch (size) {
	case LOG2_QUAD: return ir_load(l, V128, size, address);
	case 3: return ir_load(l, F64, size, address);
	case 2: return ir_load(l, F32, size, address);
	default: return ir_f_from_bits(l, F32, ir_load(l, I32, size, address));
	}
}

static void
load_simd(struct lift *l, unsigned size, unsigned rt, ir_ref address)
{
	put_v(l, rt, load_simd_value(l, size, address));
}

static void
store_simd(struct lift *l, unsigned size, unsigned rt, ir_ref address)
{
	switch (size) {
	case LOG2_QUAD: ir_store(l, size, address, get_v(l, rt)); break;
	case 3: ir_store(l, size, address, get_f(l, F64, rt)); break;
	case 2: ir_store(l, size, address, get_f(l, F32, rt)); break;
	default: ir_store(l, size, address, ir_bits_from_f(l, I32, get_f(l, F32, rt))); break;
	}
}

/* ---- the address's side ------------------------------------------------------------------ */

enum index_mode { INDEX_OFFSET = 0, INDEX_POST = 1, INDEX_OFFSET_2 = 2, INDEX_PRE = 3 };

/* An access at a base register with an offset: where it goes, and what the base becomes. */
struct access {
	ir_ref address;
	ir_ref base_after; /* IR_NONE: unchanged */
};

/* idx 0 and 2 (LDNP, LDUR, LDTR, LDP offset): offset only; 1: post-index; 3: pre-index. */
static struct access
indexed(struct lift *l, unsigned rn, unsigned idx, int64_t offset)
{
	ir_ref base = get_gpr_or_sp(l, I64, rn);
	ir_ref moved = add_offset(l, base, offset);

	switch (idx) {
	case INDEX_POST: return (struct access){ base, moved };
	case INDEX_PRE: return (struct access){ moved, moved };
	default: return (struct access){ moved, IR_NONE };
	}
}

static void
write_back(struct lift *l, unsigned rn, struct access a)
{
	if (a.base_after != IR_NONE)
		put_gpr_or_sp(l, I64, rn, a.base_after);
}

static ir_ref
scaled_offset(struct lift *l, unsigned rn, unsigned imm12, unsigned size)
{
	return add_offset(l, get_gpr_or_sp(l, I64, rn), (int64_t)imm12 << size);
}

/* Register offset: Xm, or Wm extended, shifted by the access's size when S is set. */
static ir_ref
register_offset(
	struct lift *l, unsigned rn, unsigned rm, unsigned option, unsigned S, unsigned size)
{
	ir_ref base = get_gpr_or_sp(l, I64, rn);
	ir_ref m;

	if (option & 1)
		m = get_gpr(l, I64, rm);
	else if (option & 4)
		m = ir_sext(l, I64, 32, get_gpr(l, I32, rm));
	else
		m = ir_zext(l, I64, 32, get_gpr(l, I32, rm));
	return ir_add(l, I64, base, ir_shl(l, I64, m, ir_const(l, I64, S ? size : 0)));
}

static ir_ref
literal_address(struct lift *l, uint32_t imm19)
{
	return ir_address(l, (int64_t)(l->pc + (uint64_t)signed_field(imm19, 19) * 4));
}

/* ---- literal ----------------------------------------------------------------------------- */

/* LDR (literal). */
static void
lift_ldr_literal(struct lift *l, const struct a64_ldr_literal *d)
{
	load_gpr(l, 2 + d->sz, d->rt, literal_address(l, d->imm19));
}
A64_LIFTER(ldr_literal);

/* LDRSW (literal). */
static void
lift_ldrsw_literal(struct lift *l, const struct a64_ldrsw_literal *d)
{
	load_gpr_signed(l, 2, 0, d->rt, literal_address(l, d->imm19));
}
A64_LIFTER(ldrsw_literal);

/* LDR (literal, SIMD&FP). */
static void
lift_ldr_simd_literal(struct lift *l, const struct a64_ldr_simd_literal *d)
{
	load_simd(l, 2 + d->opc, d->rt, literal_address(l, d->imm19));
}
A64_LIFTER(ldr_simd_literal);

/* ---- pairs ------------------------------------------------------------------------------- */

/* STP, STNP. */
static void
lift_stp(struct lift *l, const struct a64_stp *d)
{
	unsigned size = 2 + d->sf;
	struct access a = indexed(l, d->rn, d->idx, signed_field(d->imm7, 7) * (1 << size));

	store_gpr(l, size, d->rt, a.address);
	store_gpr(l, size, d->rt2, add_offset(l, a.address, 1 << size));
	write_back(l, d->rn, a);
}
A64_LIFTER(stp);

/*
 * Rt is written before the second access where that cannot hurt: should the latter fault, Rt is UNKNOWN (Arm ARM, "Effects of
 * synchronous Data Aborts on load instructions"), and the instruction can be executed again while the base is whole.
 */
static void
load_pair(struct lift *l, unsigned memory, unsigned rt, unsigned rt2, unsigned rn, ir_ref address)
{
	unsigned bytes = 1u << (memory & IR_MEM_SIZE);
	ir_ref first = ir_load(l, I64, memory, address), second;

	if (rt != rn)
		put_gpr(l, I64, rt, first);
	second = ir_load(l, I64, memory, add_offset(l, address, bytes));
	if (rt == rn)
		put_gpr(l, I64, rt, first);
	put_gpr(l, I64, rt2, second);
}

/* LDP, LDNP. */
static void
lift_ldp(struct lift *l, const struct a64_ldp *d)
{
	unsigned size = 2 + d->sf;
	struct access a = indexed(l, d->rn, d->idx, signed_field(d->imm7, 7) * (1 << size));

	load_pair(l, size, d->rt, d->rt2, d->rn, a.address);
	write_back(l, d->rn, a);
}
A64_LIFTER(ldp);

/* LDPSW. */
static void
lift_ldpsw(struct lift *l, const struct a64_ldpsw *d)
{
	struct access a = indexed(l, d->rn, d->idx, signed_field(d->imm7, 7) * 4);

	load_pair(l, 2 | IR_MEM_SIGNED, d->rt, d->rt2, d->rn, a.address);
	write_back(l, d->rn, a);
}
A64_LIFTER(ldpsw);

/* STP, STNP (SIMD&FP). */
static void
lift_stp_simd(struct lift *l, const struct a64_stp_simd *d)
{
	unsigned size = 2 + d->opc;
	struct access a = indexed(l, d->rn, d->idx, signed_field(d->imm7, 7) * (1 << size));

	store_simd(l, size, d->rt, a.address);
	store_simd(l, size, d->rt2, add_offset(l, a.address, 1 << size));
	write_back(l, d->rn, a);
}
A64_LIFTER(stp_simd);

/* LDP, LDNP (SIMD&FP). */
static void
lift_ldp_simd(struct lift *l, const struct a64_ldp_simd *d)
{
	unsigned size = 2 + d->opc;
	struct access a = indexed(l, d->rn, d->idx, signed_field(d->imm7, 7) * (1 << size));

	/* the first before the second access, as in load_pair */
	load_simd(l, size, d->rt, a.address);
	load_simd(l, size, d->rt2, add_offset(l, a.address, 1 << size));
	write_back(l, d->rn, a);
}
A64_LIFTER(ldp_simd);

/* ---- 9-bit signed offset: unscaled, post-index, unprivileged, pre-index ------------------ */

/* STUR, STTR, STR (post-index, pre-index). */
static void
lift_str_imm9(struct lift *l, const struct a64_str_imm9 *d)
{
	struct access a = indexed(l, d->rn, d->idx, signed_field(d->imm9, 9));

	store_gpr(l, d->size, d->rt, a.address);
	write_back(l, d->rn, a);
}
A64_LIFTER(str_imm9);

/* LDUR, LDTR, LDR (post-index, pre-index). */
static void
lift_ldr_imm9(struct lift *l, const struct a64_ldr_imm9 *d)
{
	struct access a = indexed(l, d->rn, d->idx, signed_field(d->imm9, 9));

	load_gpr(l, d->size, d->rt, a.address);
	write_back(l, d->rn, a);
}
A64_LIFTER(ldr_imm9);

/* LDURSB and kin. */
static void
lift_ldrs_imm9(struct lift *l, const struct a64_ldrs_imm9 *d)
{
	struct access a = indexed(l, d->rn, d->idx, signed_field(d->imm9, 9));

	load_gpr_signed(l, d->size, d->opc0, d->rt, a.address);
	write_back(l, d->rn, a);
}
A64_LIFTER(ldrs_imm9);

/* STUR, STR (SIMD&FP). */
static void
lift_str_simd_imm9(struct lift *l, const struct a64_str_simd_imm9 *d)
{
	struct access a = indexed(l, d->rn, d->idx, signed_field(d->imm9, 9));

	store_simd(l, d->opc1 ? LOG2_QUAD : d->size, d->rt, a.address);
	write_back(l, d->rn, a);
}
A64_LIFTER(str_simd_imm9);

/* LDUR, LDR (SIMD&FP). */
static void
lift_ldr_simd_imm9(struct lift *l, const struct a64_ldr_simd_imm9 *d)
{
	struct access a = indexed(l, d->rn, d->idx, signed_field(d->imm9, 9));

	load_simd(l, d->opc1 ? LOG2_QUAD : d->size, d->rt, a.address);
	write_back(l, d->rn, a);
}
A64_LIFTER(ldr_simd_imm9);

/* ---- register offset --------------------------------------------------------------------- */

/* STR (register). */
static void
lift_str_reg(struct lift *l, const struct a64_str_reg *d)
{
	store_gpr(l, d->size, d->rt, register_offset(l, d->rn, d->rm, d->option, d->S, d->size));
}
A64_LIFTER(str_reg);

/* LDR (register). */
static void
lift_ldr_reg(struct lift *l, const struct a64_ldr_reg *d)
{
	load_gpr(l, d->size, d->rt, register_offset(l, d->rn, d->rm, d->option, d->S, d->size));
}
A64_LIFTER(ldr_reg);

/* LDRSB (register) and kin. */
static void
lift_ldrs_reg(struct lift *l, const struct a64_ldrs_reg *d)
{
	load_gpr_signed(l, d->size, d->opc0, d->rt,
		register_offset(l, d->rn, d->rm, d->option, d->S, d->size));
}
A64_LIFTER(ldrs_reg);

/* STR (register, SIMD&FP). */
static void
lift_str_simd_reg(struct lift *l, const struct a64_str_simd_reg *d)
{
	unsigned size = d->opc1 ? LOG2_QUAD : d->size;

	store_simd(l, size, d->rt, register_offset(l, d->rn, d->rm, d->option, d->S, size));
}
A64_LIFTER(str_simd_reg);

/* LDR (register, SIMD&FP). */
static void
lift_ldr_simd_reg(struct lift *l, const struct a64_ldr_simd_reg *d)
{
	unsigned size = d->opc1 ? LOG2_QUAD : d->size;

	load_simd(l, size, d->rt, register_offset(l, d->rn, d->rm, d->option, d->S, size));
}
A64_LIFTER(ldr_simd_reg);

/* ---- unsigned scaled offset -------------------------------------------------------------- */

/* STR (unsigned offset). */
static void
lift_str_imm(struct lift *l, const struct a64_str_imm *d)
{
	store_gpr(l, d->size, d->rt, scaled_offset(l, d->rn, d->imm12, d->size));
}
A64_LIFTER(str_imm);

/* LDR (unsigned offset). */
static void
lift_ldr_imm(struct lift *l, const struct a64_ldr_imm *d)
{
	load_gpr(l, d->size, d->rt, scaled_offset(l, d->rn, d->imm12, d->size));
}
A64_LIFTER(ldr_imm);

/* LDRSB (unsigned offset) and kin. */
static void
lift_ldrs_imm(struct lift *l, const struct a64_ldrs_imm *d)
{
	load_gpr_signed(l, d->size, d->opc0, d->rt, scaled_offset(l, d->rn, d->imm12, d->size));
}
A64_LIFTER(ldrs_imm);

/* STR (unsigned offset, SIMD&FP). */
static void
lift_str_simd_imm(struct lift *l, const struct a64_str_simd_imm *d)
{
	unsigned size = d->opc1 ? LOG2_QUAD : d->size;

	store_simd(l, size, d->rt, scaled_offset(l, d->rn, d->imm12, size));
}
A64_LIFTER(str_simd_imm);

/* LDR (unsigned offset, SIMD&FP). */
static void
lift_ldr_simd_imm(struct lift *l, const struct a64_ldr_simd_imm *d)
{
	unsigned size = d->opc1 ? LOG2_QUAD : d->size;

	load_simd(l, size, d->rt, scaled_offset(l, d->rn, d->imm12, size));
}
A64_LIFTER(ldr_simd_imm);

/* ---- prefetch ---------------------------------------------------------------------------- */

/* Rt is an operation: PLD, PLI or PST in bits 4-3, the cache's level in bits 2-1, streaming in bit 0. */
static void
prefetch(struct lift *l, unsigned rt, ir_ref address)
{
	enum { PLD, PLI, PST };
	static const uint8_t hints[4] = { IR_PREFETCH_L1, IR_PREFETCH_L2, IR_PREFETCH_L3 };
	unsigned level = rt >> 1 & 3;

	if (level == 3 || rt >> 3 == PLI || rt >> 3 > PST)
		return;
	ir_prefetch(l,
		rt >> 3 == PST ? IR_PREFETCH_STORE
		: rt & 1       ? IR_PREFETCH_STREAM
			       : hints[level],
		address);
}

/* PRFM (literal). */
static void
lift_prfm_literal(struct lift *l, const struct a64_prfm_literal *d)
{
	prefetch(l, d->rt, literal_address(l, d->imm19));
}
A64_LIFTER(prfm_literal);

/* PRFM (immediate). */
static void
lift_prfm_imm(struct lift *l, const struct a64_prfm_imm *d)
{
	prefetch(l, d->rt, scaled_offset(l, d->rn, d->imm12, 3));
}
A64_LIFTER(prfm_imm);

/* PRFM (register). */
static void
lift_prfm_reg(struct lift *l, const struct a64_prfm_reg *d)
{
	prefetch(l, d->rt, register_offset(l, d->rn, d->rm, d->option, d->S, 3));
}
A64_LIFTER(prfm_reg);

/* PRFUM. */
static void
lift_prfum(struct lift *l, const struct a64_prfum *d)
{
	prefetch(l, d->rt, indexed(l, d->rn, INDEX_OFFSET, signed_field(d->imm9, 9)).address);
}
A64_LIFTER(prfum);
