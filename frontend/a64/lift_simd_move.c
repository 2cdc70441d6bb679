// SPDX-License-Identifier: Apache-2.0
// Lifters of "Advanced SIMD copy" with its scalar form, and "modified immediate". Arm ARM C4.1.6.
#include "frontend/a64/lift_simd.h"

/* imm5: the lowest one bit gives the lane, the bits above it the index. */
static unsigned
lane_of(unsigned imm5)
{
	return (unsigned)__builtin_ctz(imm5);
}

static unsigned
index_of(unsigned imm5)
{
	return imm5 >> (lane_of(imm5) + 1);
}

/* aux of an operation on the lane that imm5 names. */
static unsigned
lane_and_index(unsigned imm5)
{
	return lane_of(imm5) | index_of(imm5) << 8;
}

/* ---- copy ---------------------------------------------------------------------------------------------------- */

static void
lift_dup_elem(struct lift *l, const struct a64_dup_elem *d)
{
	simd_put(l, simd_shape(d->Q), d->rd,
		ir_vdup_lane(l, lane_and_index(d->imm5), get_v(l, d->rn)));
}
A64_LIFTER(dup_elem);

/* DUP (scalar), also MOV: the lane, and zero above it. */
static void
lift_dup_scalar(struct lift *l, const struct a64_dup_scalar *d)
{
	unsigned lane = lane_of(d->imm5), index = index_of(d->imm5);
	ir_ref n = get_v(l, d->rn);

	if (lane == 3)
		put_v(l, d->rd, index == 0 ? ir_vlow(l, n) : ir_vhigh(l, n));
	else
		put_v(l, d->rd, ir_vinsert_lane(l, lane | index << 12, ir_vconst(l, 0, 0), n));
}
A64_LIFTER(dup_scalar);

static void
lift_dup_gpr(struct lift *l, const struct a64_dup_gpr *d)
{
	unsigned lane = lane_of(d->imm5);

	simd_put(l, simd_shape(d->Q), d->rd,
		ir_vdup(l, lane, get_gpr(l, gpr_type(lane == 3), d->rn)));
}
A64_LIFTER(dup_gpr);

static void
lift_smov(struct lift *l, const struct a64_smov *d)
{
	enum ir_type t = gpr_type(d->Q);

	put_gpr(l, t, d->rd,
		ir_vextract(l, t, lane_and_index(d->imm5) | IR_V_SIGNED, get_v(l, d->rn)));
}
A64_LIFTER(smov);

static void
lift_umov(struct lift *l, const struct a64_umov *d)
{
	put_gpr(l, I64, d->rd, ir_vextract(l, I64, lane_and_index(d->imm5), get_v(l, d->rn)));
}
A64_LIFTER(umov);

static void
lift_ins_gpr(struct lift *l, const struct a64_ins_gpr *d)
{
	ir_ref value = get_gpr(l, gpr_type(lane_of(d->imm5) == 3), d->rn);

	put_v(l, d->rd, ir_vinsert(l, lane_and_index(d->imm5), get_v(l, d->rd), value));
}
A64_LIFTER(ins_gpr);

static void
lift_ins_elem(struct lift *l, const struct a64_ins_elem *d)
{
	unsigned from = d->imm4 >> lane_of(d->imm5);

	put_v(l, d->rd,
		ir_vinsert_lane(
			l, lane_and_index(d->imm5) | from << 12, get_v(l, d->rd), get_v(l, d->rn)));
}
A64_LIFTER(ins_elem);

/* ---- modified immediate ----------------------------------------------------------------------------------------- */

/* Each bit of `bits` becomes a byte. */
static uint64_t
bytes_from_bits(unsigned bits)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < 8; i++)
		if (bits >> i & 1)
			value |= UINT64_C(0xff) << 8 * i;
	return value;
}

/* VFPExpandImm(), shared/functions/float: sign, three bits of exponent and four of fraction. */
static uint64_t
expand_float32(unsigned imm8)
{
	uint32_t exponent = imm8 & 0x40 ? 0x3e000000 : 0x40000000;

	return (uint32_t)(imm8 & 0x80) << 24 | exponent | (imm8 & 0x3f) << 19;
}

static uint64_t
expand_float64(unsigned imm8)
{
	uint64_t exponent = imm8 & 0x40 ? UINT64_C(0x3fc0) << 48 : UINT64_C(0x4000) << 48;

	return (uint64_t)(imm8 & 0x80) << 56 | exponent | (uint64_t)(imm8 & 0x3f) << 48;
}

static uint64_t
replicate(uint64_t value, unsigned bits)
{
	for (; bits < 64; bits *= 2)
		value |= value << bits;
	return value;
}

/* AdvSIMDExpandImm(), shared/functions/vector: 64 bits, before the inversion that some users of it do. */
static uint64_t
expand_immediate(unsigned op, unsigned cmode, unsigned imm8)
{
	uint64_t value = imm8;

	if (cmode < 8)
		return replicate(value << 8 * (cmode >> 1), 32);
	if (cmode < 12)
		return replicate(value << 8 * (cmode >> 1 & 1), 16);
	switch (cmode) {
	case 12: return replicate(value << 8 | 0xff, 32);
	case 13: return replicate(value << 16 | 0xffff, 32);
	case 14: return op ? bytes_from_bits(imm8) : replicate(value, 8);
	default: return op ? expand_float64(imm8) : replicate(expand_float32(imm8), 32);
	}
}

/* MOVI, MVNI (op 1 with cmode below 14), FMOV. */
static void
lift_movi(struct lift *l, const struct a64_movi *d)
{
	uint64_t value = expand_immediate(d->op, d->cmode, d->abc << 5 | d->defgh);

	if (d->op && d->cmode < 14)
		value = ~value;
	put_v(l, d->rd, ir_vconst(l, d->Q ? 0 : 1, (int64_t)value));
}
A64_LIFTER(movi);

static void
lift_orr_imm_vec(struct lift *l, const struct a64_orr_imm_vec *d)
{
	uint64_t value = expand_immediate(0, d->cmode, d->abc << 5 | d->defgh);

	simd_put(l, simd_shape(d->Q), d->rd,
		ir_vor(l, get_v(l, d->rd), ir_vconst(l, 0, (int64_t)value)));
}
A64_LIFTER(orr_imm_vec);

static void
lift_bic_imm_vec(struct lift *l, const struct a64_bic_imm_vec *d)
{
	uint64_t value = expand_immediate(0, d->cmode, d->abc << 5 | d->defgh);

	simd_put(l, simd_shape(d->Q), d->rd,
		ir_vand(l, get_v(l, d->rd), ir_vconst(l, 0, (int64_t)~value)));
}
A64_LIFTER(bic_imm_vec);
