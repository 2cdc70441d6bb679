// SPDX-License-Identifier: Apache-2.0
// Lifters of "Data processing - immediate" (Arm ARM C4.1.2): PC-relative addresses, add and
// subtract, logical, move wide, bit fields, extract.
#include "frontend/a64/lift.h"
#include "ir/evaluate.h"

/* ---- PC-relative addresses --------------------------------------------------------------- */

/* ADR: Xd = PC + imm. */
static void
lift_adr(struct lift *l, const struct a64_adr *d)
{
	int64_t imm = signed_field(d->immhi << 2 | d->immlo, 21);

	put_gpr(l, I64, d->rd, ir_address(l, (int64_t)(l->pc + (uint64_t)imm)));
}
A64_LIFTER(adr);

/* ADRP: Xd = PC's page + imm pages of 4 KiB. */
static void
lift_adrp(struct lift *l, const struct a64_adrp *d)
{
	uint64_t imm = (uint64_t)signed_field(d->immhi << 2 | d->immlo, 21) << 12;

	put_gpr(l, I64, d->rd, ir_address(l, (int64_t)((l->pc & ~UINT64_C(0xfff)) + imm)));
}
A64_LIFTER(adrp);

/* ---- add and subtract -------------------------------------------------------------------- */

static ir_ref
shifted_imm12(struct lift *l, enum ir_type t, unsigned imm12, unsigned sh)
{
	return ir_const(l, t, (int64_t)imm12 << (sh ? 12 : 0));
}

/* ADD: Xd|SP = Xn|SP + imm. */
static void
lift_add_imm(struct lift *l, const struct a64_add_imm *d)
{
	enum ir_type t = gpr_type(d->sf);
	ir_ref n = get_gpr_or_sp(l, t, d->rn);

	put_gpr_or_sp(l, t, d->rd, ir_add(l, t, n, shifted_imm12(l, t, d->imm12, d->sh)));
}
A64_LIFTER(add_imm);

/* SUB: Xd|SP = Xn|SP - imm. */
static void
lift_sub_imm(struct lift *l, const struct a64_sub_imm *d)
{
	enum ir_type t = gpr_type(d->sf);
	ir_ref n = get_gpr_or_sp(l, t, d->rn);

	put_gpr_or_sp(l, t, d->rd, ir_sub(l, t, n, shifted_imm12(l, t, d->imm12, d->sh)));
}
A64_LIFTER(sub_imm);

/* ADDS: Xd = Xn|SP + imm, with flags. */
static void
lift_adds_imm(struct lift *l, const struct a64_adds_imm *d)
{
	enum ir_type t = gpr_type(d->sf);
	ir_ref n = get_gpr_or_sp(l, t, d->rn);
	ir_ref imm = shifted_imm12(l, t, d->imm12, d->sh);

	put_gpr_and_flags(l, t, d->rd, ir_add, ir_flags_add, n, imm);
}
A64_LIFTER(adds_imm);

/* SUBS: Xd = Xn|SP - imm, with flags. */
static void
lift_subs_imm(struct lift *l, const struct a64_subs_imm *d)
{
	enum ir_type t = gpr_type(d->sf);
	ir_ref n = get_gpr_or_sp(l, t, d->rn);
	ir_ref imm = shifted_imm12(l, t, d->imm12, d->sh);

	put_gpr_and_flags(l, t, d->rd, ir_sub, ir_flags_sub, n, imm);
}
A64_LIFTER(subs_imm);

/* ---- logical ----------------------------------------------------------------------------- */

/*
 * DecodeBitMasks() for logical immediates: a run of imms + 1 ones, rotated right by immr,
 * replicated to 64 bits.
 */
static ir_ref
bit_mask(struct lift *l, enum ir_type t, unsigned N, unsigned imms, unsigned immr)
{
	unsigned length = 31 - (unsigned)__builtin_clz(N << 6 | (~imms & 0x3f));
	unsigned size = 1u << length;
	unsigned ones = (imms & (size - 1)) + 1, rotation = immr & (size - 1);
	uint64_t element = ir_low_mask(ones);

	if (rotation != 0)
		element = (element >> rotation | element << (size - rotation)) & ir_low_mask(size);
	for (; size < 64; size *= 2)
		element |= element << size;
	return ir_const(l, t, (int64_t)element);
}

/* AND: Xd|SP = Xn & mask. */
static void
lift_and_imm(struct lift *l, const struct a64_and_imm *d)
{
	enum ir_type t = gpr_type(d->sf);
	ir_ref mask = bit_mask(l, t, d->N, d->imms, d->immr);

	put_gpr_or_sp(l, t, d->rd, ir_and(l, t, get_gpr(l, t, d->rn), mask));
}
A64_LIFTER(and_imm);

/* ORR: Xd|SP = Xn | mask. */
static void
lift_orr_imm(struct lift *l, const struct a64_orr_imm *d)
{
	enum ir_type t = gpr_type(d->sf);
	ir_ref mask = bit_mask(l, t, d->N, d->imms, d->immr);

	put_gpr_or_sp(l, t, d->rd, ir_or(l, t, get_gpr(l, t, d->rn), mask));
}
A64_LIFTER(orr_imm);

/* EOR: Xd|SP = Xn ^ mask. */
static void
lift_eor_imm(struct lift *l, const struct a64_eor_imm *d)
{
	enum ir_type t = gpr_type(d->sf);
	ir_ref mask = bit_mask(l, t, d->N, d->imms, d->immr);

	put_gpr_or_sp(l, t, d->rd, ir_xor(l, t, get_gpr(l, t, d->rn), mask));
}
A64_LIFTER(eor_imm);

/* ANDS: Xd = Xn & mask, with flags. */
static void
lift_ands_imm(struct lift *l, const struct a64_ands_imm *d)
{
	enum ir_type t = gpr_type(d->sf);
	ir_ref n = get_gpr(l, t, d->rn);
	ir_ref mask = bit_mask(l, t, d->N, d->imms, d->immr);

	put_gpr_and_flags(l, t, d->rd, ir_and, ir_flags_and, n, mask);
}
A64_LIFTER(ands_imm);

/* ---- move wide --------------------------------------------------------------------------- */

/* MOVN: Xd = ~(imm16 << 16 * hw). */
static void
lift_movn(struct lift *l, const struct a64_movn *d)
{
	enum ir_type t = gpr_type(d->sf);
	uint64_t imm = ~((uint64_t)d->imm16 << 16 * d->hw);

	put_gpr(l, t, d->rd, ir_const(l, t, (int64_t)imm));
}
A64_LIFTER(movn);

/* MOVZ: Xd = imm16 << 16 * hw. */
static void
lift_movz(struct lift *l, const struct a64_movz *d)
{
	enum ir_type t = gpr_type(d->sf);
	uint64_t imm = (uint64_t)d->imm16 << 16 * d->hw;

	put_gpr(l, t, d->rd, ir_const(l, t, (int64_t)imm));
}
A64_LIFTER(movz);

/* MOVK: 16 bits of Xd = imm16. */
static void
lift_movk(struct lift *l, const struct a64_movk *d)
{
	enum ir_type t = gpr_type(d->sf);
	ir_ref imm = ir_const(l, t, d->imm16);

	put_gpr(l, t, d->rd, ir_bfi(l, t, 16 * d->hw | 16 << 8, get_gpr(l, t, d->rd), imm));
}
A64_LIFTER(movk);

/* ---- bit fields -------------------------------------------------------------------------- */

/*
 * What immr and imms say: `width` bits from bit `from` of the source go to bit `to` of the result.
 */
struct bit_field {
	unsigned from, to, width;
};

static struct bit_field
bit_field(unsigned bits, unsigned immr, unsigned imms)
{
	if (imms >= immr)
		return (struct bit_field){ .from = immr, .to = 0, .width = imms - immr + 1 };
	return (struct bit_field){ .from = 0, .to = bits - immr, .width = imms + 1 };
}

/*
 * The field extended to the whole register and moved to its place. A field that reaches the
 * source's top needs one shift; one that reaches the result's top as well; the rest is an
 * extension and a shift, or two shifts.
 */
static ir_ref
extract_field(struct lift *l, enum ir_type t, ir_ref n, struct bit_field f, bool is_signed)
{
	unsigned bits = ir_type_bits(t);
	unsigned above = bits - f.from - f.width; /* source bits above the field */
	unsigned below = bits - f.width;
	ir_ref x;

	if (f.to != 0 && f.to + f.width == bits)
		return ir_shl(l, t, n, ir_const(l, t, f.to));
	if (f.width <= 32 && above != 0) {
		x = ir_lshr(l, t, n, ir_const(l, t, f.from));
		x = is_signed ? ir_sext(l, t, f.width, x) : ir_zext(l, t, f.width, x);
		return ir_shl(l, t, x, ir_const(l, t, f.to));
	}
	x = ir_shl(l, t, n, ir_const(l, t, above));
	below -= f.to;
	return is_signed ? ir_ashr(l, t, x, ir_const(l, t, below))
			 : ir_lshr(l, t, x, ir_const(l, t, below));
}

/* SBFM: ASR, SBFX, SBFIZ, SXTB, SXTH, SXTW. */
static void
lift_sbfm(struct lift *l, const struct a64_sbfm *d)
{
	enum ir_type t = gpr_type(d->sf);
	struct bit_field f = bit_field(ir_type_bits(t), d->immr, d->imms);

	put_gpr(l, t, d->rd, extract_field(l, t, get_gpr(l, t, d->rn), f, true));
}
A64_LIFTER(sbfm);

/* UBFM: LSL, LSR, UBFX, UBFIZ, UXTB, UXTH. */
static void
lift_ubfm(struct lift *l, const struct a64_ubfm *d)
{
	enum ir_type t = gpr_type(d->sf);
	struct bit_field f = bit_field(ir_type_bits(t), d->immr, d->imms);

	put_gpr(l, t, d->rd, extract_field(l, t, get_gpr(l, t, d->rn), f, false));
}
A64_LIFTER(ubfm);

/* BFM: BFI, BFC, BFXIL: the field replaces bits of Xd. */
static void
lift_bfm(struct lift *l, const struct a64_bfm *d)
{
	enum ir_type t = gpr_type(d->sf);
	struct bit_field f = bit_field(ir_type_bits(t), d->immr, d->imms);
	ir_ref n = ir_lshr(l, t, get_gpr(l, t, d->rn), ir_const(l, t, f.from));

	put_gpr(l, t, d->rd, ir_bfi(l, t, f.to | f.width << 8, get_gpr(l, t, d->rd), n));
}
A64_LIFTER(bfm);

/* EXTR, ROR (immediate): Xd = low half of (Xn:Xm) >> imms. */
static void
lift_extr(struct lift *l, const struct a64_extr *d)
{
	enum ir_type t = gpr_type(d->sf);
	ir_ref n = get_gpr(l, t, d->rn);
	ir_ref m = get_gpr(l, t, d->rm);

	put_gpr(l, t, d->rd, ir_extr(l, t, d->imms, n, m));
}
A64_LIFTER(extr);
