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

/* What the walks ask about an operation, in one byte: the number of operands, and what it takes to be needed. */
enum need {
	NEED_OPERANDS = 3,
	NEED_PURE = 0 << 2,       /* someone uses the value */
	NEED_GET = 1 << 2,        /* the same */
	NEED_PUT = 2 << 2,        /* somebody may see the slot */
	NEED_MARK = 3 << 2,       /* something may ask for the guest pc */
	NEED_BARRIER = 4 << 2,    /* always */
	NEED_EXIT = 5 << 2,       /* always, and guest state is seen there */
	NEED_ACCESS = 6 << 2,     /* the same, and the guest pc is */
	NEED_HELPER = 7 << 2,     /* someone uses the value or the flags that it raises */
	NEED_HELPER_IMM = 8 << 2, /* its helper is needed */
	NEED_NOTHING = 9 << 2,    /* never */
	NEED_KIND = ~3
};
#define EFFECT_PURE    NEED_PURE
#define EFFECT_GET     NEED_GET
#define EFFECT_PUT     NEED_PUT
#define EFFECT_LOAD    NEED_ACCESS
#define EFFECT_STORE   NEED_ACCESS
#define EFFECT_MARK    NEED_MARK
#define EFFECT_EXIT    NEED_EXIT
#define EFFECT_BARRIER NEED_BARRIER
#define EFFECT_HELPER  NEED_ACCESS
static const uint8_t needs[IR_OP_COUNT] = {
#define NEED_ROW(name, result, operands, aux, imm, effect)                                \
	[IR_##name] = (operands) | (IR_##name == IR_nop                 ? NEED_NOTHING    \
					   : IR_##name == IR_helper     ? NEED_HELPER     \
					   : IR_##name == IR_helper_imm ? NEED_HELPER_IMM \
									: EFFECT_##effect),
	IR_OPS(NEED_ROW)
#undef NEED_ROW
};

struct liveness {
	uint8_t used[IR_MAX_INSNS];              /* by something that is needed */
	uint16_t needed[IR_MAX_INSNS];           /* what is needed, at the array's end, in order */
	uint64_t overwritten[IR_MAX_SLOTS / 64]; /* slots put later, unobserved between */
	bool pc_needed;                          /* something after here needs the guest pc */
};

static bool
is_overwritten(const struct liveness *live, unsigned slot)
{
	return live->overwritten[slot / 64] >> slot % 64 & 1;
}

static void
set_overwritten(struct liveness *live, unsigned slot)
{
	live->overwritten[slot / 64] |= UINT64_C(1) << slot % 64;
}

static void
clear_overwritten(struct liveness *live, unsigned slot)
{
	live->overwritten[slot / 64] &= ~(UINT64_C(1) << slot % 64);
}

static void
mark_operands(struct liveness *live, const struct ir_insn *i, unsigned operands)
{
	if (operands >= 1 && i->a != IR_NONE)
		live->used[i->a] = true;
	if (operands >= 2 && i->b != IR_NONE)
		live->used[i->b] = true;
	if (operands >= 3 && i->c != IR_NONE)
		live->used[i->c] = true;
}

static bool
put_needed(struct liveness *live, const struct ir_unit *u, const struct ir_insn *i)
{
	if (u->layout->slots[i->aux].kind == IR_SLOT_MEMORY)
		return true;
	if (is_overwritten(live, i->aux))
		return false;
	set_overwritten(live, i->aux);
	return true;
}

/* The one before it says whether the flags are asked for. */
static bool
helper_needed(struct liveness *live, const struct ir_unit *u, uint32_t index)
{
	if (index > 0 && u->insns[index - 1].op == IR_helper_imm && u->insns[index - 1].aux != 0)
		live->used[index] = true;
	return live->used[index];
}

static bool
mark_needed(struct liveness *live, const struct ir_unit *u, uint32_t index)
{
	const struct ir_insn *i = &u->insns[index];
	bool needed;

	switch (needs[i->op] & NEED_KIND) {
	case NEED_GET: clear_overwritten(live, i->aux); return live->used[index];
	case NEED_PUT: return put_needed(live, u, i);
	case NEED_MARK:
		needed = live->pc_needed;
		live->pc_needed = false;
		return needed;
	case NEED_ACCESS: live->pc_needed = true; __attribute__((fallthrough));
	case NEED_EXIT: /* exits name their own pc */
		memset(live->overwritten, 0, sizeof live->overwritten);
		return true;
	case NEED_BARRIER: return true;
	case NEED_HELPER: return helper_needed(live, u, index);
	case NEED_HELPER_IMM: return index + 1 < u->count && live->used[index + 1];
	default: return false;
	}
}

/* Fills `needed` from its end; gives where it begins. */
static uint32_t
find_needed(struct liveness *live, const struct ir_unit *u)
{
	uint32_t at = IR_MAX_INSNS;

	memset(live->used, 0, u->count);
	memset(live->overwritten, 0, sizeof live->overwritten);
	live->pc_needed = false;
	for (uint32_t n = u->count; n-- > 0;) {
		const struct ir_insn *i = &u->insns[n];
		unsigned need = needs[i->op];

		/* most instructions: one test instead of a switch */
		if ((need & NEED_KIND) == NEED_PURE) {
			if (!live->used[n] && !ir_raises_flags[i->op])
				continue;
		} else if (!mark_needed(live, u, n)) {
			continue;
		}
		live->needed[--at] = (uint16_t)n;
		mark_operands(live, i, need & NEED_OPERANDS);
	}
	return at;
}

/* Moves what is needed down over the rest; `renamed` is room for the new number of each. */
static void
close_gaps(struct ir_unit *u, const uint16_t *needed, uint32_t count, ir_ref *renamed)
{
	struct ir_insn *i = u->insns;

	for (uint32_t k = 0; k < count; k++, i++) {
		unsigned operands;

		*i = u->insns[needed[k]];
		operands = needs[i->op] & NEED_OPERANDS;
		if (operands >= 1 && i->a != IR_NONE)
			i->a = renamed[i->a];
		if (operands >= 2 && i->b != IR_NONE)
			i->b = renamed[i->b];
		if (operands >= 3 && i->c != IR_NONE)
			i->c = renamed[i->c];
		renamed[needed[k]] = k;
	}
	u->count = count;
}

void
ir_finish(struct lift *l)
{
	static struct liveness live;
	uint32_t begin;

	if (l->overflow)
		return;
	begin = find_needed(&live, l->unit);
	close_gaps(l->unit, &live.needed[begin], IR_MAX_INSNS - begin, l->cse_chain);
}
