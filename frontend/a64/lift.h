// SPDX-License-Identifier: Apache-2.0
// What all A64 lifters share: reading and writing the guest's registers with the architecture's
// rules (register 31 is the zero register or SP, W results clear the upper half), and ending
// units.
#ifndef FRONTEND_A64_LIFT_H
#define FRONTEND_A64_LIFT_H

#include "frontend/a64/lift_table.h"
#include "frontend/a64/state.h"
#include "ir/builder.h"
#include "ir/guest_isa.h"

/** The frontend as the runtime sees it. */
extern const struct guest_isa a64_isa;
extern const guest_runtime_call a64_runtime_calls[A64_CALL_COUNT];

/** Lift a unit (struct guest_isa, lift_unit). */
void a64_lift_unit(struct lift *l, struct ir_unit *u, const struct lift_request *request);

/** Disassemble one word (struct guest_isa, disassemble). */
unsigned a64_disassemble(uint64_t pc, const void *code, char *text, size_t size);

/**
 * In the argument of A64_CALL_READ_FPSR and A64_CALL_WRITE_FPSR: an instruction of the program
 * asks, so that flags must be exact from now on (IR_MODE_EXACT_FLAGS is set). The value to write
 * is in the low 32 bits.
 */
#define A64_FPSR_USED (UINT64_C(1) << 32)

/** FPCR's value by the mode bits that hold it, and the mode bits with FPCR's replaced. */
uint32_t a64_fpcr_from_mode(uint32_t mode);
uint32_t a64_mode_from_fpcr(uint32_t mode, uint32_t fpcr);

/**
 * FPSR and FPCR of a thread that is not in translated code (signal frames, the calls of MRS and
 * MSR). After a64_write_fpcr the mode may be another: the unit to run is to be looked up anew.
 */
uint32_t a64_read_fpsr(struct cpu *cpu);
void a64_write_fpsr(struct cpu *cpu, uint32_t fpsr);
uint32_t a64_read_fpcr(const struct cpu *cpu);
void a64_write_fpcr(struct cpu *cpu, uint32_t fpcr);

/** Type of a general register operand by its sf bit. */
static inline enum ir_type
gpr_type(unsigned sf)
{
	return sf ? I64 : I32;
}

/** Xn or Wn by `t`; register 31 reads as zero. */
static inline ir_ref
get_gpr(struct lift *l, enum ir_type t, unsigned r)
{
	return r == 31 ? ir_const(l, t, 0) : ir_get(l, t, A64_SLOT_X0 + r);
}

/** Xn or Wn by `t`; register 31 is SP. */
static inline ir_ref
get_gpr_or_sp(struct lift *l, enum ir_type t, unsigned r)
{
	return ir_get(l, t, r == 31 ? A64_SLOT_SP : A64_SLOT_X0 + r);
}

/** Xd or Wd = value; an I32 value clears the upper half; register 31 discards it. */
static inline void
put_gpr(struct lift *l, enum ir_type t, unsigned r, ir_ref value)
{
	if (r != 31)
		ir_put(l, A64_SLOT_X0 + r, t == I32 ? ir_zext(l, I64, 32, value) : value);
}

/** Xd or Wd = value; register 31 is SP. */
static inline void
put_gpr_or_sp(struct lift *l, enum ir_type t, unsigned r, ir_ref value)
{
	ir_put(l, r == 31 ? A64_SLOT_SP : A64_SLOT_X0 + r,
		t == I32 ? ir_zext(l, I64, 32, value) : value);
}

/** The whole vector register. */
static inline ir_ref
get_v(struct lift *l, unsigned r)
{
	return ir_get(l, V128, A64_SLOT_V0 + r);
}

/** Sn or Dn as F32 or F64. */
static inline ir_ref
get_f(struct lift *l, enum ir_type t, unsigned r)
{
	return ir_get(l, t, A64_SLOT_V0 + r);
}

/** Vd = value: V128, or F32/F64 which clear the rest. */
static inline void
put_v(struct lift *l, unsigned r, ir_ref value)
{
	ir_put(l, A64_SLOT_V0 + r, value);
}

static inline ir_ref
get_flags(struct lift *l)
{
	return ir_get(l, FLAGS, A64_SLOT_FLAGS);
}

static inline void
put_flags(struct lift *l, ir_ref flags)
{
	ir_put(l, A64_SLOT_FLAGS, flags);
}

/** An operation of two operands, as the builder has it. */
typedef ir_ref binary_op(struct lift *l, enum ir_type t, ir_ref n, ir_ref m);

/**
 * Rd = n op m, with the flags that `flags_op` makes of the same operands. The result comes first: a backend whose instruction
 * leaves both then needs no other for the flags.
 */
static inline void
put_gpr_and_flags(struct lift *l, enum ir_type t, unsigned rd, binary_op *op, binary_op *flags_op,
	ir_ref n, ir_ref m)
{
	ir_ref result = rd == 31 ? IR_NONE : op(l, t, n, m);

	put_flags(l, flags_op(l, t, n, m));
	if (rd != 31)
		put_gpr(l, t, rd, result);
}

/** `base` + a constant. */
static inline ir_ref
add_offset(struct lift *l, ir_ref base, int64_t offset)
{
	return ir_add(l, I64, base, ir_const(l, I64, offset));
}

/** The low `bits` bits of an encoded field as a signed number. */
static inline int64_t
signed_field(uint64_t value, unsigned bits)
{
	return (int64_t)(value << (64 - bits)) >> (64 - bits);
}

/** End the unit: the instruction raises `exception`. */
static inline void
end_with_exception(struct lift *l, enum ir_exception exception)
{
	ir_exit_exception(l, exception, (int64_t)l->pc);
	l->ended = true;
}

/** End the unit: go on at `pc`. */
static inline void
end_with_jump(struct lift *l, uint64_t pc)
{
	ir_exit_direct(l, (int64_t)pc);
	l->ended = true;
}

/** End the unit after an instruction that changed the mode bits: the next unit is looked up anew. */
static inline void
end_with_lookup(struct lift *l)
{
	ir_exit_indirect(l, IR_INDIRECT_JUMP, ir_address(l, (int64_t)l->next_pc));
	l->ended = true;
}

#endif
