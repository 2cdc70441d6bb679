// SPDX-License-Identifier: Apache-2.0
// What the selectors of floating-point operations share. The host computes; where its result may differ from Arm's
// (saturating conversions, NaNs in modes that cannot leave them to the host's trap: float_traps.c) the main path tests for that
// and leaves for cold code, which computes the operation again by its C helper. So it does, if the guest looks at the
// cumulative flags, for results that x86, which detects tininess after rounding, does not call an underflow, and Arm does.
// With flush-to-zero the helper does it all: the host's rules for what is flushed, and for the flags of it, are not Arm's.
#ifndef BACKEND_X86_64_SELECT_FLOAT_H
#define BACKEND_X86_64_SELECT_FLOAT_H

#include "backend/x86_64/compiler.h"
#include "ir/vector_helpers.h"

/** Scalar or packed, single or double: index into the tables of x86 operations. */
enum float_form { FLOAT_SS, FLOAT_SD, FLOAT_PS, FLOAT_PD, FLOAT_FORMS };

/** The four x86 operations of a name; FLOAT_OPS(VADD) is VADDSS, VADDSD, VADDPS, VADDPD. */
#define FLOAT_OPS(name)                                                   \
	{                                                                 \
		[FLOAT_SS] = X86_##name##SS, [FLOAT_SD] = X86_##name##SD, \
		[FLOAT_PS] = X86_##name##PS, [FLOAT_PD] = X86_##name##PD  \
	}

static inline enum float_form
float_form_of(const struct ir_insn *in)
{
	if (in->type == V128)
		return (in->aux & 3) == 2 ? FLOAT_PS : FLOAT_PD;
	return in->type == F32 ? FLOAT_SS : FLOAT_SD;
}

static inline bool
float_is_packed(enum float_form form)
{
	return form >= FLOAT_PS;
}

static inline enum float_size
float_form_size(enum float_form form)
{
	return form == FLOAT_SS || form == FLOAT_PS ? FLOAT_SINGLE : FLOAT_DOUBLE;
}

static inline enum helper_shape
float_form_shape(enum float_form form)
{
	return float_is_packed(form) ? HELPER_VECTOR128 : HELPER_SCALAR;
}

/** The helper's immediate for an operation of this form in the unit's mode. */
static inline uint64_t
float_helper_imm(const struct compiler *c, enum float_form form)
{
	return helper_imm_float(float_form_shape(form), float_form_size(form), c->u->mode);
}

/** Whether the host may compute in this unit's mode. */
static inline bool
float_on_host(const struct compiler *c)
{
	return !(c->u->mode & IR_MODE_FLUSH);
}

/** What results of an operation the host may get wrong. Sums and roots cannot underflow and be inexact. */
enum float_doubt {
	FLOAT_DOUBT_NAN,
	FLOAT_DOUBT_NAN_UNDERFLOW,
};

/** Whether an operation's result must be tested for `doubt`, or is left to the host's trap. */
bool float_is_checked(const struct compiler *c, enum float_doubt doubt);

/** Whether the register of scalar `ref` is known to be zero above the scalar. */
bool float_upper_zero(const struct compiler *c, ir_ref ref);

/** The helper of FCVTL and FCVTN by the host's instruction, where that does the same; else false. */
bool float_select_packed_fcvt(struct compiler *c, ir_ref i, const struct ir_insn *in, uint64_t imm);

/** Instruction i, all of it, by its helper. */
void float_select_helper(struct compiler *c, ir_ref i, unsigned helper, uint64_t imm);

/**
 * jcc to code that computes `dst` from up to three operand registers (REG_NONE: absent; either class) by the helper. All
 * registers of the instruction must have been allocated. The caller says by cold_return_here where the main path goes on.
 */
struct cold_path *float_cold(struct compiler *c, enum x86_cond cond, unsigned helper, uint64_t imm,
	host_reg dst, const host_reg operands[3]);

/**
 * Leave for cold code when dst, the result of instruction i, is in doubt (in some lane). `scratch` is from float_scratch(), taken before the destination.
 */
void float_repair(struct compiler *c, ir_ref i, enum float_form form, enum float_doubt doubt,
	unsigned helper, uint64_t imm, host_reg dst, const host_reg operands[3], host_reg scratch);
host_reg float_scratch(struct compiler *c, enum float_form form, enum float_doubt doubt);

#endif
