// SPDX-License-Identifier: Apache-2.0
// Operations that several classes of Advanced SIMD instructions are made of (see lift_simd.h).
#include "frontend/a64/lift_simd.h"

/* Number of bits of a lane. */
static unsigned
lane_bits(unsigned lane)
{
	return 8u << lane;
}

/* A mask of the low `bits` bits, 1..64. */
static uint64_t
low_mask(unsigned bits)
{
	return UINT64_MAX >> (64 - bits);
}

ir_ref
simd_constant(struct lift *l, unsigned lane, uint64_t value)
{
	value &= low_mask(lane_bits(lane));
	for (unsigned bits = lane_bits(lane); bits < 64; bits *= 2)
		value |= value << bits;
	return ir_vconst(l, 0, (int64_t)value);
}

void
simd_put_narrow(struct lift *l, unsigned Q, unsigned rd, ir_ref narrow)
{
	if (Q)
		put_v(l, rd, ir_vcombine(l, get_v(l, rd), narrow));
	else
		simd_put(l, HELPER_VECTOR64, rd, narrow);
}

ir_ref
simd_helper(struct lift *l, enum vector_helper helper, uint64_t imm, ir_ref a, ir_ref b, ir_ref c)
{
	bool returns_flags = helper_table[helper].result != HELPER_RETURNS_NOTHING;

	ir_helper_imm(l, returns_flags ? 1 + A64_SLOT_FPSR : 0, (int64_t)imm);
	return ir_helper(l, helper, a, b, c);
}

void
simd_accumulate_qc(struct lift *l, enum helper_shape shape, ir_ref saturated, ir_ref exact)
{
	ir_ref difference = ir_vxor(l, saturated, exact);

	if (shape != HELPER_VECTOR128)
		difference = ir_vlow(l, difference);
	ir_put(l, A64_SLOT_QC, ir_vor(l, ir_get(l, V128, A64_SLOT_QC), difference));
}

/* ---- pairs of lanes -------------------------------------------------------------------------------------- */

ir_ref
simd_pairwise(
	struct lift *l, enum helper_shape shape, unsigned lane, simd_op2 *op, ir_ref a, ir_ref b)
{
	if (shape == HELPER_VECTOR64)
		a = b = ir_vcombine(l, a, b);
	return op(l, lane, ir_vuzp1(l, lane, a, b), ir_vuzp2(l, lane, a, b));
}

ir_ref
simd_add_long_pairwise_signed(struct lift *l, unsigned lane, ir_ref a)
{
	unsigned wide = lane + 1, amount = lane_bits(lane) << 8;
	ir_ref even = ir_vashr_imm(l, wide | amount, ir_vshl_imm(l, wide | amount, a));

	return ir_vadd(l, wide, even, ir_vashr_imm(l, wide | amount, a));
}

ir_ref
simd_add_long_pairwise_unsigned(struct lift *l, unsigned lane, ir_ref a)
{
	unsigned wide = lane + 1, amount = lane_bits(lane) << 8;
	ir_ref even = ir_vand(l, a, simd_constant(l, wide, low_mask(lane_bits(lane))));

	return ir_vadd(l, wide, even, ir_vlshr_imm(l, wide | amount, a));
}

/* ---- absolute difference --------------------------------------------------------------------------------- */

ir_ref
simd_abd_signed(struct lift *l, unsigned lane, ir_ref a, ir_ref b)
{
	return ir_vsub(l, lane, ir_vmaxs(l, lane, a, b), ir_vmins(l, lane, a, b));
}

ir_ref
simd_abd_unsigned(struct lift *l, unsigned lane, ir_ref a, ir_ref b)
{
	return ir_vsub(l, lane, ir_vmaxu(l, lane, a, b), ir_vminu(l, lane, a, b));
}

/* ---- shifts right ---------------------------------------------------------------------------------------- */

ir_ref
simd_shift_right_signed(struct lift *l, unsigned lane, unsigned amount, ir_ref a)
{
	return ir_vashr_imm(l, lane | amount << 8, a);
}

ir_ref
simd_shift_right_unsigned(struct lift *l, unsigned lane, unsigned amount, ir_ref a)
{
	return ir_vlshr_imm(l, lane | amount << 8, a);
}

/* The rounding shift is the plain one plus the last bit that is shifted out. */
static ir_ref
last_bit_shifted_out(struct lift *l, unsigned lane, unsigned amount, ir_ref a)
{
	if (amount > 1)
		a = ir_vlshr_imm(l, lane | (amount - 1) << 8, a);
	return ir_vand(l, a, simd_constant(l, lane, 1));
}

ir_ref
simd_round_shift_right_signed(struct lift *l, unsigned lane, unsigned amount, ir_ref a)
{
	return ir_vadd(l, lane, simd_shift_right_signed(l, lane, amount, a),
		last_bit_shifted_out(l, lane, amount, a));
}

ir_ref
simd_round_shift_right_unsigned(struct lift *l, unsigned lane, unsigned amount, ir_ref a)
{
	return ir_vadd(l, lane, simd_shift_right_unsigned(l, lane, amount, a),
		last_bit_shifted_out(l, lane, amount, a));
}

/* ---- saturation ------------------------------------------------------------------------------------------ */

/* Lanes of twice the size of `lane` (0 or 1) saturated to `lane`: the low half of the result, and FPSR.QC. */
static ir_ref
saturate_narrow(struct lift *l, unsigned lane, enum simd_saturation how, ir_ref a)
{
	unsigned wide = lane + 1, bits = lane_bits(lane);
	ir_ref unsigned_most = simd_constant(l, wide, low_mask(bits));
	ir_ref limited;

	switch (how) {
	case SIMD_SIGNED_TO_SIGNED:
		limited = ir_vmins(l, wide, a, simd_constant(l, wide, low_mask(bits - 1)));
		limited = ir_vmaxs(l, wide, limited, simd_constant(l, wide, ~low_mask(bits - 1)));
		break;
	case SIMD_UNSIGNED_TO_UNSIGNED: limited = ir_vminu(l, wide, a, unsigned_most); break;
	default:
		limited = ir_vmins(l, wide, a, unsigned_most);
		limited = ir_vmaxs(l, wide, limited, ir_vconst(l, 0, 0));
		break;
	}
	simd_accumulate_qc(l, HELPER_VECTOR128, limited, a);
	return ir_vnarrow(l, lane, limited);
}

/* There is no minimum or maximum of 64-bit lanes. */
static void
saturate_shifted(struct lift *l, unsigned Q, unsigned lane, enum simd_saturation how,
	enum vector_helper helper, unsigned rd, unsigned rn, unsigned amount, simd_shift *shift)
{
	ir_ref n = get_v(l, rn);

	if (lane <= 1) {
		if (amount != 0)
			n = shift(l, lane + 1, amount, n);
		simd_put_narrow(l, Q, rd, saturate_narrow(l, lane, how, n));
	} else {
		put_v(l, rd,
			simd_helper(l, helper, helper_imm(simd_shape(Q), lane, amount), n, IR_NONE,
				Q ? get_v(l, rd) : IR_NONE));
	}
}

void
simd_saturating_shift_right_narrow(struct lift *l, unsigned Q, unsigned lane,
	enum simd_saturation how, enum vector_helper helper, unsigned rd, unsigned rn,
	unsigned amount)
{
	saturate_shifted(l, Q, lane, how, helper, rd, rn, amount,
		how == SIMD_UNSIGNED_TO_UNSIGNED ? simd_shift_right_unsigned
						 : simd_shift_right_signed);
}

void
simd_saturating_round_shift_right_narrow(struct lift *l, unsigned Q, unsigned lane,
	enum simd_saturation how, enum vector_helper helper, unsigned rd, unsigned rn,
	unsigned amount)
{
	saturate_shifted(l, Q, lane, how, helper, rd, rn, amount,
		how == SIMD_UNSIGNED_TO_UNSIGNED ? simd_round_shift_right_unsigned
						 : simd_round_shift_right_signed);
}
