// SPDX-License-Identifier: Apache-2.0
// Emission. An instruction passes three gates before it is appended: folding (ir/fold*.c) may find
// a simpler equal value; gets are answered from what was put last; and a pure instruction equal to
// an earlier one is that one.
//
// Merging equal instructions: each instruction's 16 bytes are hashed into one of IR_CSE_BUCKETS
// buckets; a bucket names its newest instruction and cse_chain links each to the next older one in
// its bucket. Operands are SSA, so equal bytes mean equal values, wherever they stand.
// Floating-point operations take part: their exception flags are sticky, so once is as good as
// twice.
//
// Slots: slot_value[s] is the whole current value of slot s, from the last put or the first
// full-width get. A narrow get (I32 of an integer slot, F32/F64 of a vector slot) of a slot whose
// value is not known reads the slot itself, and is merged with equal gets since the last runtime
// call.
#include "ir/fold.h"

#include <string.h>

#define CSE_MAX_STEPS 8

void
ir_begin(struct lift *l, struct ir_unit *unit, const struct ir_state_layout *layout, uint64_t pc,
	uint32_t mode)
{
	unit->guest_pc = pc;
	unit->mode = mode;
	unit->count = 0;
	unit->guest_insns = 0;
	unit->range_count = unit->code_range_count = unit->flags_fate_count = 0;
	unit->layout = layout;
	l->unit = unit;
	l->pc = pc;
	l->next_pc = pc;
	l->ended = false;
	l->overflow = false;
	l->no_folding = false;
	l->follows_path = false;
	l->path_left = l->label_count = 0;
	l->gets_valid_from = 0;
	memset(l->slot_value, 0xff, layout->count * sizeof l->slot_value[0]);
	memset(l->put_sums, 0, sizeof l->put_sums);
	memset(l->cse, 0xff, sizeof l->cse);
}

static ir_ref
append(struct lift *l, const struct ir_insn *i)
{
	struct ir_unit *u = l->unit;

	if (u->count == IR_MAX_INSNS) {
		l->overflow = true;
		return 0;
	}
	u->insns[u->count] = *i;
	return u->count++;
}

static uint64_t
insn_word(const struct ir_insn *i, unsigned half)
{
	uint64_t word;

	memcpy(&word, (const char *)i + half * 8, sizeof word);
	return word;
}

/* Append `i` unless an equal instruction, not older than `oldest`, is there already. */
static ir_ref
append_merged(struct lift *l, const struct ir_insn *i, ir_ref oldest)
{
	const struct ir_insn *insns = l->unit->insns;
	uint64_t low = insn_word(i, 0), high = insn_word(i, 1);
	uint64_t hash = (low ^ high * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xff51afd7ed558ccd);
	unsigned bucket = hash >> 56;
	ir_ref r = l->cse[bucket];

	_Static_assert(IR_CSE_BUCKETS == 256, "bucket = top 8 bits of the hash");
	for (unsigned steps = 0; r != IR_NONE && r >= oldest && steps < CSE_MAX_STEPS; steps++) {
		if (insn_word(&insns[r], 0) == low && insn_word(&insns[r], 1) == high)
			return r;
		r = l->cse_chain[r];
	}
	r = append(l, i);
	if (!l->overflow) {
		l->cse_chain[r] = l->cse[bucket];
		l->cse[bucket] = r;
	}
	return r;
}

/* The whole value of a slot, or IR_NONE, as a value of type `t`. */
static ir_ref
convert_slot_value(struct lift *l, ir_ref value, enum ir_type t)
{
	enum ir_type have = fold_type(l, value);

	if (have == t)
		return value;
	if (t == I32)
		return ir_trunc(l, I32, value);
	if (have != V128)
		value = ir_v_from_f(l, value);
	return t == V128 ? value : ir_f_from_v(l, t, value);
}

static bool
is_whole_slot(uint8_t kind, enum ir_type t)
{
	return t == (kind == IR_SLOT_INTEGER ? I64 : kind == IR_SLOT_VECTOR ? V128 : FLAGS);
}

static ir_ref
emit_get(struct lift *l, const struct ir_insn *i)
{
	uint8_t kind = l->unit->layout->slots[i->aux].kind;
	ir_ref r;

	if (kind == IR_SLOT_MEMORY)
		return append(l, i);
	if (l->slot_value[i->aux] != IR_NONE)
		return convert_slot_value(l, l->slot_value[i->aux], i->type);
	r = append_merged(l, i, l->gets_valid_from);
	if (is_whole_slot(kind, i->type))
		l->slot_value[i->aux] = r;
	return r;
}

static ir_ref
emit_put(struct lift *l, struct ir_insn *i)
{
	const struct ir_insn *value = fold_insn(l, i->a);

	if (l->unit->layout->slots[i->aux].kind == IR_SLOT_MEMORY)
		return append(l, i);
	/* A put of a scalar zeroes the rest of a vector slot by itself. */
	if (value->op == IR_v_from_f)
		i->a = value->a;
	if (l->slot_value[i->aux] == i->a)
		return 0;
	l->slot_value[i->aux] = i->a;
	if (fold_insn(l, i->a)->op == IR_add)
		l->put_sums[i->a / 64] |= UINT64_C(1) << i->a % 64;
	return append(l, i);
}

/* The callee may change every slot. */
static ir_ref
emit_runtime_call(struct lift *l, const struct ir_insn *i)
{
	memset(l->slot_value, 0xff, l->unit->layout->count * sizeof l->slot_value[0]);
	l->gets_valid_from = l->unit->count;
	return append(l, i);
}

static ir_ref
emit_guest_pc(struct lift *l, const struct ir_insn *i)
{
	struct ir_unit *u = l->unit;

	if (u->count != 0 && u->insns[u->count - 1].op == IR_guest_pc) {
		u->insns[u->count - 1] = *i;
		return u->count - 1;
	}
	return append(l, i);
}

ir_ref
ir_emit_pure(struct lift *l, struct ir_insn i)
{
	ir_ref r;

	if (l->overflow)
		return 0;
	if (l->no_folding)
		return append(l, &i);
	if (i.op == IR_const) /* has no rule, and is every third */
		return append_merged(l, &i, 0);
	r = fold(l, &i);
	if (l->overflow)
		return 0;
	return r != IR_NONE ? r : append_merged(l, &i, 0);
}

ir_ref
ir_emit_exit(struct lift *l, struct ir_insn i)
{
	ir_ref r;

	if (l->overflow)
		return 0;
	r = l->no_folding ? IR_NONE : fold(l, &i);
	return r != IR_NONE ? r : append(l, &i);
}

ir_ref
ir_emit_get(struct lift *l, struct ir_insn i)
{
	if (l->overflow)
		return 0;
	return l->no_folding ? append(l, &i) : emit_get(l, &i);
}

ir_ref
ir_emit_put(struct lift *l, struct ir_insn i)
{
	if (l->overflow)
		return 0;
	return l->no_folding ? append(l, &i) : emit_put(l, &i);
}

ir_ref
ir_emit_mark(struct lift *l, struct ir_insn i)
{
	if (l->overflow)
		return 0;
	return i.op == IR_guest_pc && !l->no_folding ? emit_guest_pc(l, &i) : append(l, &i);
}

ir_ref
ir_emit_helper(struct lift *l, struct ir_insn i)
{
	if (l->overflow)
		return 0;
	return i.op == IR_runtime_call && !l->no_folding ? emit_runtime_call(l, &i) : append(l, &i);
}

ir_ref
ir_emit_access(struct lift *l, struct ir_insn i)
{
	if (l->overflow)
		return 0;
	/* an address that was aligned once still is */
	return i.op == IR_align_check && !l->no_folding ? append_merged(l, &i, 0) : append(l, &i);
}

static ir_ref
emit(struct lift *l, struct ir_insn i)
{
	switch (ir_op_info[i.op].effect) {
	case IR_EFFECT_PURE: return ir_emit_pure(l, i);
	case IR_EFFECT_EXIT: return ir_emit_exit(l, i);
	case IR_EFFECT_GET: return ir_emit_get(l, i);
	case IR_EFFECT_PUT: return ir_emit_put(l, i);
	case IR_EFFECT_MARK: return ir_emit_mark(l, i);
	case IR_EFFECT_HELPER: return ir_emit_helper(l, i);
	default: return ir_emit_access(l, i);
	}
}

ir_ref
ir_emit(struct lift *l, enum ir_op op, enum ir_type t, unsigned aux, ir_ref a, ir_ref b, ir_ref c)
{
	return emit(l, ir_make(op, t, aux, a, b, c));
}

ir_ref
ir_emit_imm(struct lift *l, enum ir_op op, enum ir_type t, unsigned aux, ir_ref a, int64_t imm)
{
	return emit(l, ir_make_imm(op, t, aux, a, imm));
}
