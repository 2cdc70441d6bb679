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
	uint64_t used[IR_MAX_INSNS / 64];
	uint64_t needed[IR_MAX_INSNS / 64];
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
mark_operands(struct liveness *live, const struct ir_insn *i, unsigned operands)
{
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

/* The one before it says whether the flags are asked for. */
static bool
helper_needed(struct liveness *live, const struct ir_unit *u, uint32_t index)
{
	if (index > 0 && u->insns[index - 1].op == IR_helper_imm && u->insns[index - 1].aux != 0)
		set_bit(live->used, index);
	return test_bit(live->used, index);
}

static bool
mark_needed(struct liveness *live, const struct ir_unit *u, uint32_t index)
{
	const struct ir_insn *i = &u->insns[index];
	bool needed;

	switch (needs[i->op] & NEED_KIND) {
	case NEED_GET: clear_bit(live->overwritten, i->aux); return test_bit(live->used, index);
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
	case NEED_HELPER_IMM: return index + 1 < u->count && test_bit(live->used, index + 1);
	default: return false;
	}
}

/* Finds what is needed. */
static void
find_needed(struct liveness *live, const struct ir_unit *u)
{
	const size_t bytes = (u->count + 63) / 64 * sizeof(live->used[0]);

	memset(live->used, 0, bytes);
	memset(live->needed, 0, bytes);
	memset(live->overwritten, 0, sizeof live->overwritten);
	live->pc_needed = false;
	for (uint32_t n = u->count; n-- > 0;) {
		const struct ir_insn *i = &u->insns[n];
		unsigned need = needs[i->op];

		/* most instructions: one test instead of a switch */
		if ((need & NEED_KIND) == NEED_PURE) {
			if (!test_bit(live->used, n) && !ir_raises_flags[i->op])
				continue;
		} else if (!mark_needed(live, u, n)) {
			continue;
		}
		set_bit(live->needed, n);
		mark_operands(live, i, need & NEED_OPERANDS);
	}
}

/* Moves what is needed down over the rest; `renamed` is room for the new number of each. */
static void
close_gaps(struct ir_unit *u, const struct liveness *live, ir_ref *renamed)
{
	uint32_t count = 0;

	for (uint32_t word = 0; word < (u->count + 63) / 64; word++)
		for (uint64_t set = live->needed[word]; set; set &= set - 1) {
			uint32_t n = word * 64 + (uint32_t)__builtin_ctzll(set);
			struct ir_insn *i = &u->insns[count];
			unsigned operands;

			*i = u->insns[n];
			operands = needs[i->op] & NEED_OPERANDS;
			if (operands >= 1 && i->a != IR_NONE)
				i->a = renamed[i->a];
			if (operands >= 2 && i->b != IR_NONE)
				i->b = renamed[i->b];
			if (operands >= 3 && i->c != IR_NONE)
				i->c = renamed[i->c];
			renamed[n] = count++;
		}
	u->count = count;
}

void
ir_finish(struct lift *l)
{
	struct liveness live;

	if (l->overflow)
		return;
	find_needed(&live, l->unit);
	close_gaps(l->unit, &live, l->cse_chain);
}
