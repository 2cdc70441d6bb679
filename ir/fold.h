// SPDX-License-Identifier: Apache-2.0
// Folding: what the builder asks before it emits an instruction. Rules look at the operands'
// instructions only, so that a rule costs a few loads and compares; no pass over the unit is ever
// made for it.
#ifndef IR_FOLD_H
#define IR_FOLD_H

#include "ir/builder.h"

/**
 * A rule gives the value that instruction `i` is equal to (perhaps newly emitted), or IR_NONE when
 * `i` is to be emitted; it may then have replaced i's operands by simpler ones, but not its op.
 */
typedef ir_ref fold_rule(struct lift *l, struct ir_insn *i);

/** Rules by op; NULL where there is none. One table a file: integers, flags, vectors and floating point. */
extern fold_rule *const fold_integer_rules[IR_OP_COUNT];
extern fold_rule *const fold_flags_rules[IR_OP_COUNT];
extern fold_rule *const fold_vector_rules[IR_OP_COUNT];

/** The value `i` is equal to, or IR_NONE. */
ir_ref fold(struct lift *l, struct ir_insn *i);

/** The instruction that makes `ref`. */
static inline const struct ir_insn *
fold_insn(const struct lift *l, ir_ref ref)
{
	return &l->unit->insns[ref];
}

/** Whether `ref` is an integer or floating-point constant; its bits in *value (I32: sign-extended). */
static inline bool
fold_is_const(const struct lift *l, ir_ref ref, int64_t *value)
{
	const struct ir_insn *i = fold_insn(l, ref);

	if (i->op != IR_const)
		return false;
	*value = i->imm;
	return true;
}

/** Whether `ref` is the constant `value`. */
static inline bool
fold_is(const struct lift *l, ir_ref ref, int64_t value)
{
	const struct ir_insn *i = fold_insn(l, ref);

	return i->op == IR_const && i->imm == value;
}

/** Type of the value `ref`. */
static inline enum ir_type
fold_type(const struct lift *l, ir_ref ref)
{
	return ir_result_type(fold_insn(l, ref));
}

#endif
