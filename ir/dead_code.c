// SPDX-License-Identifier: Apache-2.0
// The pass that ends a unit: one backward walk marks what is needed, one forward walk closes the
// gaps.
//
// Roots are exits, memory accesses, fences and prefetches, calls, puts that somebody may see, and floating-point
// operations that raise exception flags: a dead FADD still sets FPSR.IXC. A put is dead when the
// same slot is put again before anything that shows guest state: an exit, a runtime call, or an
// access that may fault (its recipe names every register). A guest_pc marker is needed only when
// something before the next marker may fault or call the runtime.
#include "ir/builder.h"

#include <string.h>

/* The ops table's columns that the walks read, packed. */
static const uint8_t operand_count[IR_OP_COUNT] = {
#define OPERANDS(name, result, operands, aux, imm, effect) [IR_##name] = operands,
	IR_OPS(OPERANDS)
#undef OPERANDS
};
static const uint8_t effect_of[IR_OP_COUNT] = {
#define EFFECT(name, result, operands, aux, imm, effect) [IR_##name] = IR_EFFECT_##effect,
	IR_OPS(EFFECT)
#undef EFFECT
};

struct liveness {
	uint64_t used[IR_MAX_INSNS / 64];
	uint64_t overwritten[IR_MAX_SLOTS / 64]; /* slots put later, unobserved between */
	bool pc_needed;                          /* something after here needs the guest pc */
};

static bool
test_bit(const uint64_t *bits, uint32_t n)
{
	return bits[n / 64] >> n % 64 & 1;
}

static void
set_bit(uint64_t *bits, uint32_t n)
{
	bits[n / 64] |= UINT64_C(1) << n % 64;
}

static void
clear_bit(uint64_t *bits, uint32_t n)
{
	bits[n / 64] &= ~(UINT64_C(1) << n % 64);
}

static void
mark_operands(struct liveness *live, const struct ir_insn *i)
{
	unsigned operands = operand_count[i->op];

	if (operands >= 1 && i->a != IR_NONE)
		set_bit(live->used, i->a);
	if (operands >= 2 && i->b != IR_NONE)
		set_bit(live->used, i->b);
	if (operands >= 3 && i->c != IR_NONE)
		set_bit(live->used, i->c);
}

static bool
put_needed(struct liveness *live, const struct ir_unit *u, const struct ir_insn *i)
{
	if (u->layout->slots[i->aux].kind == IR_SLOT_MEMORY)
		return true;
	if (test_bit(live->overwritten, i->aux))
		return false;
	set_bit(live->overwritten, i->aux);
	return true;
}

/* Guest state can be seen at an instruction of this effect; exits name their own pc. */
static void
observe_state(struct liveness *live, enum ir_effect effect)
{
	memset(live->overwritten, 0, sizeof live->overwritten);
	if (effect != IR_EFFECT_EXIT)
		live->pc_needed = true;
}

static bool
mark_needed(struct liveness *live, const struct ir_unit *u, uint32_t index)
{
	bool needed;

	switch (u->insns[index].op) {
	case IR_nop: return false;
	/* helper_imm goes with the helper after it, which stays when the flags are asked for. */
	case IR_helper_imm: return index + 1 < u->count && test_bit(live->used, index + 1);
	case IR_helper:
		if (index > 0 && u->insns[index - 1].op == IR_helper_imm &&
			u->insns[index - 1].aux != 0)
			set_bit(live->used, index);
		return test_bit(live->used, index);
	default: break;
	}
	switch (effect_of[u->insns[index].op]) {
	case IR_EFFECT_PURE:
		return ir_raises_flags[u->insns[index].op] || test_bit(live->used, index);
	case IR_EFFECT_GET:
		clear_bit(live->overwritten, u->insns[index].aux);
		return test_bit(live->used, index);
	case IR_EFFECT_PUT: return put_needed(live, u, &u->insns[index]);
	case IR_EFFECT_MARK:
		needed = live->pc_needed;
		live->pc_needed = false;
		return needed;
	case IR_EFFECT_BARRIER: return true;
	default: observe_state(live, effect_of[u->insns[index].op]); return true;
	}
}

static void
remove_unused(struct ir_unit *u)
{
	struct liveness live = { 0 };

	for (uint32_t n = u->count; n-- > 0;) {
		if (mark_needed(&live, u, n))
			mark_operands(&live, &u->insns[n]);
		else
			u->insns[n].op = IR_nop;
	}
}

/* Move the instructions down over the nops; `renamed` is room for the new number of each. */
static void
close_gaps(struct ir_unit *u, ir_ref *renamed)
{
	uint32_t count = 0;

	for (uint32_t n = 0; n < u->count; n++) {
		struct ir_insn i = u->insns[n];
		unsigned operands = operand_count[i.op];

		if (i.op == IR_nop)
			continue;
		if (operands >= 1 && i.a != IR_NONE)
			i.a = renamed[i.a];
		if (operands >= 2 && i.b != IR_NONE)
			i.b = renamed[i.b];
		if (operands >= 3 && i.c != IR_NONE)
			i.c = renamed[i.c];
		renamed[n] = count;
		u->insns[count++] = i;
	}
	u->count = count;
}

void
ir_finish(struct lift *l)
{
	if (l->overflow)
		return;
	remove_unused(l->unit);
	close_gaps(l->unit, l->cse_chain);
}
