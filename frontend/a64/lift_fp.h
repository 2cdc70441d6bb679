// SPDX-License-Identifier: Apache-2.0
// What the floating-point lifters share: types and helper immediates from encoded fields, and operands of the vector
// forms. The 64-bit vector forms (Q = 0) clear the upper half of what they read, so that lanes that are not the guest's
// raise no exceptions.
#ifndef FRONTEND_A64_LIFT_FP_H
#define FRONTEND_A64_LIFT_FP_H

#include "frontend/a64/lift.h"
#include "frontend/a64/lift_simd.h"

/** Floating-point operations of the IR, such as ir_fsqrt and ir_fadd: `aux` is the lane for V128. */
typedef ir_ref fp_op1(struct lift *l, enum ir_type t, unsigned aux, ir_ref a);
typedef ir_ref fp_op2(struct lift *l, enum ir_type t, unsigned aux, ir_ref a, ir_ref b);

/** The scalar type by ftype or sz. */
static inline enum ir_type
fp_type(unsigned ftype)
{
	return ftype ? F64 : F32;
}

/** log2 of the bytes of a single (0) or double (1). */
static inline unsigned
fp_lane(unsigned sz)
{
	return 2 + sz;
}

/** The integer type of the same size. */
static inline enum ir_type
fp_integer_type(unsigned sz)
{
	return sz ? I64 : I32;
}

/** Zero of a scalar type. */
static inline ir_ref
fp_zero(struct lift *l, enum ir_type t)
{
	return ir_const(l, t, 0);
}

/** A floating-point helper's immediate, rounding as FPCR says. */
static inline uint64_t
fp_helper_imm(const struct lift *l, enum helper_shape shape, unsigned sz)
{
	return helper_imm_float(shape, (enum float_size)fp_lane(sz), l->unit->mode);
}

/** FPCR's rounding mode. */
static inline enum float_rounding
fp_rounding(const struct lift *l)
{
	return (enum float_rounding)(l->unit->mode & IR_MODE_ROUNDING);
}

/** What a vector form reads of a register. */
static inline ir_ref
fp_get_v(struct lift *l, unsigned Q, unsigned r)
{
	return Q ? get_v(l, r) : ir_vlow(l, get_v(l, r));
}

/** Rounding as an IR operation's aux has it. */
static inline unsigned
fp_rounding_aux(enum ir_rounding rounding)
{
	return (unsigned)rounding << IR_FP_ROUNDING_SHIFT;
}

/** The element of a by-element form in all lanes: H:L of Vm for singles, H for doubles. */
static inline ir_ref
fp_element(struct lift *l, unsigned sz, unsigned H, unsigned L, unsigned m)
{
	unsigned index = sz ? H : H << 1 | L;

	return ir_vdup_lane(l, fp_lane(sz) | index << 8, get_v(l, m));
}

/* A fixed-point operand of the shifts by immediate: element size and number of fraction bits. */
static inline unsigned
fp_fixed_sz(unsigned immh)
{
	return immh >= 8;
}

static inline unsigned
fp_fixed_fraction_bits(unsigned immh, unsigned immb)
{
	return (immh >= 8 ? 128 : 64) - (immh << 3 | immb);
}

#endif
