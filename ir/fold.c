// SPDX-License-Identifier: Apache-2.0
// Entry of folding: constant evaluation by the ops' own meaning first, then the rule of the op.
// Rules live in ir/fold_integer.c, ir/fold_flags.c and ir/fold_vector.c; an op has a rule in at
// most one of them.
#include "ir/fold.h"
#include "ir/evaluate.h"

/* All operands of an integer operation constant: the result is one. */
static ir_ref
fold_constants(struct lift *l, const struct ir_insn *i)
{
	unsigned operands = ir_op_info[i->op].operands;
	enum ir_type t;
	int64_t a, b = 0;
	uint64_t value;

	if (!fold_is_const(l, i->a, &a) || operands > 2 ||
		(operands == 2 && !fold_is_const(l, i->b, &b)))
		return IR_NONE;
	t = ir_result_type(i);
	if (t != I32 && t != I64)
		return IR_NONE;
	if (!ir_evaluate_integer(i->op, t, i->aux, (uint64_t)a, (uint64_t)b, &value))
		return IR_NONE;
	return ir_const(l, t, (int64_t)value);
}

ir_ref
fold(struct lift *l, struct ir_insn *i)
{
	fold_rule *rule = fold_integer_rules[i->op];
	ir_ref r;

	if (rule != NULL) {
		r = fold_constants(l, i);
		return r != IR_NONE ? r : rule(l, i);
	}
	rule = fold_flags_rules[i->op];
	if (rule == NULL)
		rule = fold_vector_rules[i->op];
	return rule != NULL ? rule(l, i) : IR_NONE;
}
