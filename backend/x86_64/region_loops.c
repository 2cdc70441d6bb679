// SPDX-License-Identifier: Apache-2.0
// Traces that jump back to themselves. Such a loop's code is emitted twice, once for the way in and once for the way round, where
// the flags that pend are those of the jump back: operations on slots, known here, that nothing has to save. The second code
// is that of the trace behind a prefix, which makes the flags anew from the slots; being flags they are computed only where
// something asks for them.
#include "backend/x86_64/region.h"

/* The trace's only jump to its own head, or IR_NONE; also of a trace with calls of the runtime, which may change any slot. */
static ir_ref
only_way_round(const struct ir_unit *u)
{
	ir_ref found = IR_NONE;

	for (ir_ref i = 0; i < u->count; i++) {
		const struct ir_insn *in = &u->insns[i];

		if (in->op == IR_runtime_call)
			return IR_NONE;
		if ((in->op != IR_exit_if && in->op != IR_exit_direct) ||
			(uint64_t)in->imm != u->guest_pc)
			continue;
		if (found != IR_NONE)
			return IR_NONE;
		found = i;
	}
	return found;
}

bool
region_trace_loops(const struct ir_unit *u)
{
	return only_way_round(u) != IR_NONE;
}

/* What each slot holds at the way round: a value of the trace, or IR_NONE if the trace has not touched it. */
static void
find_slot_values(const struct ir_unit *u, ir_ref end, ir_ref *slots)
{
	memset(slots, 0xff, sizeof(slots[0]) * slot_total);
	for (ir_ref i = 0; i < end; i++) {
		const struct ir_insn *in = &u->insns[i];

		if (in->op == IR_get && slots[in->aux] == IR_NONE)
			slots[in->aux] = i;
		else if (in->op == IR_put)
			slots[in->aux] = in->a;
	}
}

/* Whether values x and y are the same in what type `t` has of them, y being a slot's. */
static bool
same_content(const struct ir_unit *u, ir_ref x, ir_ref y, enum ir_type t)
{
	const struct ir_insn *a = &u->insns[x], *b = &u->insns[y];

	if (x == y)
		return true;
	if (a->op == IR_get && b->op == IR_get)
		return a->aux == b->aux && a->type <= I64 && b->type <= I64;
	if (t != I32)
		return false;
	return (b->op == IR_zext && b->aux == 32 && b->a == x) || (a->op == IR_trunc && a->a == y);
}

/* Whether slot value y is x + `difference` in what type `t` has of them. */
static bool
differs_by(const struct ir_unit *u, ir_ref x, ir_ref y, enum ir_type t, int64_t *difference)
{
	const struct ir_insn *b = &u->insns[y], *constant;

	if (t == I32 && b->op == IR_zext && b->aux == 32)
		b = &u->insns[b->a];
	if ((b->op != IR_add && b->op != IR_sub) || b->type != t)
		return false;
	constant = &u->insns[b->b];
	if (constant->op != IR_const || !same_content(u, x, b->a, t))
		return false;
	*difference =
		(int64_t)(b->op == IR_add ? (uint64_t)constant->imm : -(uint64_t)constant->imm);
	return true;
}

/* The prefix in the making. */
struct prefix {
	const struct ir_unit *u;
	struct ir_unit *to;
	const ir_ref *slots;
};

static ir_ref
append(struct prefix *p, struct ir_insn in)
{
	p->to->insns[p->to->count] = in;
	return p->to->count++;
}

static ir_ref
append_constant(struct prefix *p, enum ir_type t, int64_t imm)
{
	struct ir_insn in = { .op = IR_const, .type = t };

	in.imm = imm;
	return append(p, in);
}

/* Operand x of the flags from what is in constants and slots when the trace goes round; IR_NONE: it is nowhere. */
static ir_ref
append_operand(struct prefix *p, ir_ref x, enum ir_type t)
{
	const struct ir_insn *in = &p->u->insns[x];
	unsigned kind = t == F32 || t == F64 ? IR_SLOT_VECTOR : IR_SLOT_INTEGER;
	int64_t difference;
	ir_ref get;

	if (in->op == IR_const)
		return append_constant(p, t, in->imm);
	for (unsigned slot = 0; slot < slot_total; slot++) {
		if (slot_kind[slot] != kind || p->slots[slot] == IR_NONE)
			continue;
		if (same_content(p->u, x, p->slots[slot], t))
			return append(p, (struct ir_insn){ .op = IR_get,
						 .type = t,
						 .aux = (uint16_t)slot,
						 .a = IR_NONE,
						 .b = IR_NONE,
						 .c = IR_NONE });
	}
	for (unsigned slot = 0; kind == IR_SLOT_INTEGER && slot < slot_total; slot++) {
		if (slot_kind[slot] != kind || p->slots[slot] == IR_NONE ||
			!differs_by(p->u, x, p->slots[slot], t, &difference))
			continue;
		get = append(p, (struct ir_insn){ .op = IR_get,
					.type = t,
					.aux = (uint16_t)slot,
					.a = IR_NONE,
					.b = IR_NONE,
					.c = IR_NONE });
		return append(
			p, (struct ir_insn){ .op = IR_add,
				   .type = t,
				   .a = get,
				   .b = append_constant(p, t, (int64_t) - (uint64_t)difference),
				   .c = IR_NONE });
	}
	return IR_NONE;
}

static bool
is_of_operands(uint8_t op)
{
	return op == IR_flags_add || op == IR_flags_sub || op == IR_flags_and ||
	       op == IR_flags_andn || op == IR_flags_fcmp;
}

/* The flags that pend at the way round, made of slots and put where they belong; IR_NONE: they cannot be. */
static ir_ref
append_flags(struct prefix *p)
{
	ir_ref flags = p->slots[flags_slot], made;
	struct ir_insn in;
	enum ir_type t;

	if (flags == IR_NONE || !is_of_operands(p->u->insns[flags].op))
		return IR_NONE;
	in = p->u->insns[flags];
	t = in.op == IR_flags_fcmp ? p->u->insns[in.a].type : in.type;
	in.a = append_operand(p, in.a, t);
	in.b = append_operand(p, in.b, t);
	if (in.a == IR_NONE || in.b == IR_NONE)
		return IR_NONE;
	made = append(p, in);
	append(p, (struct ir_insn){ .op = IR_put,
			  .aux = (uint16_t)flags_slot,
			  .a = made,
			  .b = IR_NONE,
			  .c = IR_NONE });
	return made;
}

static void
renumber(ir_ref *operand, const ir_ref *renamed)
{
	if (*operand != IR_NONE)
		*operand = renamed[*operand];
}

/* The trace behind the prefix. What it gets of the flags before it puts others are the prefix's. */
static void
append_trace(struct prefix *p, ir_ref flags)
{
	static ir_ref renamed[IR_MAX_INSNS];

	for (ir_ref i = 0; i < p->u->count; i++) {
		struct ir_insn in = p->u->insns[i];

		if (operand_count[in.op] > 0)
			renumber(&in.a, renamed);
		if (operand_count[in.op] > 1)
			renumber(&in.b, renamed);
		if (operand_count[in.op] > 2)
			renumber(&in.c, renamed);
		if (in.op == IR_get && in.aux == flags_slot) {
			renamed[i] = flags;
			in = (struct ir_insn){
				.op = IR_nop, .a = IR_NONE, .b = IR_NONE, .c = IR_NONE
			};
			append(p, in);
			continue;
		}
		renamed[i] = append(p, in);
		if (in.op == IR_put && in.aux == flags_slot)
			flags = in.a;
	}
}

#define PREFIX_MAX 8

bool
region_make_way_round(const struct ir_unit *u, struct ir_unit *to, ir_ref *prefix)
{
	ir_ref way_round = only_way_round(u), slots[IR_MAX_SLOTS], flags;
	struct prefix p = { u, to, slots };

	if (way_round == IR_NONE || u->count + PREFIX_MAX > IR_MAX_INSNS)
		return false;
	memcpy(to, u, offsetof(struct ir_unit, insns));
	to->count = 0;
	find_slot_values(u, way_round, slots);
	flags = append_flags(&p);
	*prefix = to->count;
	if (flags == IR_NONE)
		return false;
	append_trace(&p, flags);
	return true;
}
