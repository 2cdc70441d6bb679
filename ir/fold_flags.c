// SPDX-License-Identifier: Apache-2.0
// Folding rules of flags: flags of constants are constants, and what consumes constant flags is
// decided.
#include "ir/fold.h"
#include "ir/evaluate.h"

static bool
known_flags(const struct lift *l, ir_ref ref, unsigned *nzcv)
{
	const struct ir_insn *i = fold_insn(l, ref);

	if (i->op != IR_flags_const)
		return false;
	*nzcv = (unsigned)i->imm;
	return true;
}

/* Whether the condition in aux is decided for the flags in operand a. */
static bool
decided(const struct lift *l, const struct ir_insn *i, bool *holds)
{
	unsigned nzcv = 0;

	if (i->aux < IR_AL && !known_flags(l, i->a, &nzcv))
		return false;
	*holds = ir_condition_holds(i->aux, nzcv);
	return true;
}

static ir_ref
fold_flags_of_constants(struct lift *l, struct ir_insn *i)
{
	int64_t a, b;

	if (i->op == IR_flags_sub && i->a == i->b)
		return ir_flags_const(l, 6); /* zero, and no borrow */
	if (!fold_is_const(l, i->a, &a) || !fold_is_const(l, i->b, &b))
		return IR_NONE;
	return ir_flags_const(
		l, ir_evaluate_flags(i->op, i->type, (uint64_t)a, (uint64_t)b, false));
}

static ir_ref
fold_flags_with_carry(struct lift *l, struct ir_insn *i)
{
	unsigned nzcv;
	int64_t a, b;

	if (!known_flags(l, i->c, &nzcv) || !fold_is_const(l, i->a, &a) ||
		!fold_is_const(l, i->b, &b))
		return IR_NONE;
	return ir_flags_const(
		l, ir_evaluate_flags(i->op, i->type, (uint64_t)a, (uint64_t)b, nzcv & 2));
}

static ir_ref
fold_flags_from_nzcv(struct lift *l, struct ir_insn *i)
{
	int64_t value;

	if (fold_is_const(l, i->a, &value))
		return ir_flags_const(l, value >> 28 & 15);
	if (fold_insn(l, i->a)->op == IR_flags_to_nzcv)
		return fold_insn(l, i->a)->a;
	return IR_NONE;
}

static ir_ref
fold_flags_to_nzcv(struct lift *l, struct ir_insn *i)
{
	unsigned nzcv;

	return known_flags(l, i->a, &nzcv) ? ir_const(l, I64, (int64_t)nzcv << 28) : IR_NONE;
}

/*
 * A condition that was made a value, which is compared with zero (CSET, CBNZ): the condition itself. Not those of floating-point
 * comparisons, which may cost a trap each time they are made.
 */
static void
look_through_condition(const struct lift *l, struct ir_insn *i)
{
	const struct ir_insn *flags = fold_insn(l, i->a), *value;

	while (i->aux <= IR_NE && flags->op == IR_flags_sub && fold_is(l, flags->b, 0)) {
		value = fold_insn(l, flags->a);
		while (value->op == IR_trunc || value->op == IR_zext)
			value = fold_insn(l, value->a);
		if (value->op != IR_condition)
			return;
		flags = fold_insn(l, value->a);
		if (flags->op != IR_flags_add && flags->op != IR_flags_sub &&
			flags->op != IR_flags_and && flags->op != IR_flags_andn)
			return;
		i->aux = i->aux == IR_EQ ? value->aux ^ 1u : value->aux;
		i->a = value->a;
	}
}

/* x + 1 where the carry of an addition or subtraction is set, else x: an addition with that carry. */
static ir_ref
fold_increment_by_carry(struct lift *l, struct ir_insn *i)
{
	uint8_t flags = fold_insn(l, i->a)->op;
	ir_ref same = i->aux == IR_CC ? i->b : i->c, more = i->aux == IR_CC ? i->c : i->b;
	const struct ir_insn *sum = fold_insn(l, more);

	if ((i->aux != IR_CC && i->aux != IR_CS) ||
		(flags != IR_flags_add && flags != IR_flags_sub) || sum->op != IR_add ||
		sum->type != i->type || sum->a != same || !fold_is(l, sum->b, 1))
		return IR_NONE;
	return ir_adc(l, i->type, same, ir_const(l, i->type, 0), i->a);
}

/* select and flags_select. */
static ir_ref
fold_select(struct lift *l, struct ir_insn *i)
{
	bool holds;

	if (i->b == i->c)
		return i->b;
	look_through_condition(l, i);
	if (decided(l, i, &holds))
		return holds ? i->b : i->c;
	if (i->op == IR_select && (i->type == I32 || i->type == I64)) {
		if (fold_is(l, i->b, 1) && fold_is(l, i->c, 0))
			return ir_condition(l, i->type, i->aux, i->a);
		if (fold_is(l, i->b, 0) && fold_is(l, i->c, 1))
			return ir_condition(l, i->type, i->aux ^ 1, i->a);
		return fold_increment_by_carry(l, i);
	}
	return IR_NONE;
}

static ir_ref
fold_condition(struct lift *l, struct ir_insn *i)
{
	bool holds;

	look_through_condition(l, i);
	return decided(l, i, &holds) ? ir_const(l, i->type, holds) : IR_NONE;
}

/* The slot whose value is `flags`; -1: none. */
static int
slot_with_flags(const struct lift *l, ir_ref flags)
{
	const struct ir_state_layout *layout = l->unit->layout;

	for (uint32_t slot = 0; slot < layout->count; slot++)
		if (layout->slots[slot].kind == IR_SLOT_FLAGS && l->slot_value[slot] == flags)
			return (int)slot;
	return -1;
}

/*
 * An exit that is taken if the first comparison of CMP, CCMP fails or else if the second one says so is two exits, and each flags word
 * is a comparison's own: at the first the constant, from there on the second's.
 *
 *     exit_if C, flags_select(D, f, g, K) where C holds for K      exit_if !D, f;  exit_if C, g
 */
static void
split_exit(struct lift *l, struct ir_insn *i, struct ir_insn select)
{
	int slot = slot_with_flags(l, i->a);

	if (slot >= 0)
		ir_put(l, (unsigned)slot, select.c);
	ir_exit_if(l, select.aux ^ 1u, select.a, i->imm);
	if (slot >= 0)
		ir_put(l, (unsigned)slot, select.b);
	i->a = select.b;
}

/*
 * A side exit that is never taken disappears. One always taken stays: what follows it is merely
 * never reached.
 */
static ir_ref
fold_exit_if(struct lift *l, struct ir_insn *i)
{
	const struct ir_insn *flags;
	unsigned otherwise;
	bool holds;

	look_through_condition(l, i);
	flags = fold_insn(l, i->a);
	if (decided(l, i, &holds))
		return holds ? IR_NONE : i->a;
	if (flags->op == IR_flags_select && known_flags(l, flags->c, &otherwise) &&
		ir_condition_holds(i->aux, otherwise))
		split_exit(l, i, *flags);
	return IR_NONE;
}

fold_rule *const fold_flags_rules[IR_OP_COUNT] = {
	[IR_flags_add] = fold_flags_of_constants,
	[IR_flags_sub] = fold_flags_of_constants,
	[IR_flags_and] = fold_flags_of_constants,
	[IR_flags_andn] = fold_flags_of_constants,
	[IR_flags_adc] = fold_flags_with_carry,
	[IR_flags_sbc] = fold_flags_with_carry,
	[IR_flags_from_nzcv] = fold_flags_from_nzcv,
	[IR_flags_to_nzcv] = fold_flags_to_nzcv,
	[IR_flags_select] = fold_select,
	[IR_select] = fold_select,
	[IR_condition] = fold_condition,
	[IR_exit_if] = fold_exit_if,
};
