// SPDX-License-Identifier: Apache-2.0
// The list of passes over traces, and what they share. Each pass is a file of its own; it emits the unit anew through the builder, so that
// what it finds is folded and merged again at once: values that became equal are one from there on.
#include "ir/passes.h"

#include <string.h>

const struct ir_pass_row ir_passes[] = {
	{ "loads of known values removed", ir_forward_memory },
};
const unsigned ir_pass_count = sizeof(ir_passes) / sizeof(*ir_passes);

static void
copy_unit(struct ir_unit *to, const struct ir_unit *from)
{
	memcpy(to, from, offsetof(struct ir_unit, insns) + from->count * sizeof(from->insns[0]));
}

void
ir_run_passes(struct lift *l, struct ir_unit *u, struct ir_unit *room,
	void (*after)(const char *name, const struct ir_unit *u))
{
	for (unsigned k = 0; k < ir_pass_count; k++) {
		if (!ir_passes[k].run(l, room, u))
			continue;
		copy_unit(u, room);
		if (after)
			after(ir_passes[k].name, u);
	}
}

void
ir_pass_begin(struct lift *l, struct ir_unit *to, const struct ir_unit *from)
{
	ir_begin(l, to, from->layout, from->guest_pc, from->mode);
	memcpy(to, from, offsetof(struct ir_unit, insns));
	to->count = 0;
}

static ir_ref
rename_ref(ir_ref ref, const ir_ref *renamed)
{
	return ref == IR_NONE ? IR_NONE : renamed[ref];
}

ir_ref
ir_pass_emit(struct lift *l, const struct ir_insn *in, const ir_ref *renamed)
{
	unsigned operands = ir_op_info[in->op].operands;
	ir_ref a = operands > 0 ? rename_ref(in->a, renamed) : IR_NONE;

	if (ir_op_info[in->op].has_imm)
		return ir_emit_imm(l, in->op, in->type, in->aux, a, in->imm);
	return ir_emit(l, in->op, in->type, in->aux, a,
		operands > 1 ? rename_ref(in->b, renamed) : IR_NONE,
		operands > 2 ? rename_ref(in->c, renamed) : IR_NONE);
}
