// SPDX-License-Identifier: Apache-2.0
// What becomes of the flags behind an exit: whether the guest code there overwrites them before anything reads them, and
// which registers it may write until then. The backend then need not save flags that nobody will see but a signal frame.
#include "frontend/a64/flags_lookahead.h"

#include <string.h>

#include "frontend/a64/state.h"

/* Instructions looked at behind one exit, on both sides of branches together. */
#define LOOKAHEAD_INSNS 32

enum fate { FATE_UNKNOWN, FATE_GOES_ON, FATE_OVERWRITES, FATE_READS };

struct lookahead {
	const struct lift_request *request;
	struct ir_unit *u;
	struct ir_flags_fate *fate;
	unsigned budget;
	uint64_t readable_from, readable_to; /* code that may be read without asking again */
};

static void
writes_general(struct lookahead *k, unsigned reg)
{
	k->fate->written[0] |= UINT64_C(1) << reg; /* 31: sp; the zero register is no harm */
}

static void
writes_vector(struct lookahead *k, unsigned reg)
{
	k->fate->written[0] |= UINT64_C(1) << (A64_SLOT_V0 + reg);
}

/* Arm ARM C4.1.3: data processing, immediate. ADDS, SUBS and ANDS have bits 30-29 as others have. */
static enum fate
data_processing_immediate(struct lookahead *k, uint32_t word)
{
	unsigned group = word >> 23 & 7;

	writes_general(k, word & 31);
	if (group == 2 && (word >> 29 & 1))
		return FATE_OVERWRITES;
	if (group == 4 && (word >> 29 & 3) == 3)
		return FATE_OVERWRITES;
	return group == 3 ? FATE_UNKNOWN : FATE_GOES_ON;
}

/* Arm ARM C4.1.5: data processing, register. */
static enum fate
data_processing_register(struct lookahead *k, uint32_t word)
{
	writes_general(k, word & 31);
	if (!(word >> 28 & 1)) {
		if (word >> 24 & 1) /* ADD, SUB: shifted and extended register */
			return word >> 29 & 1 ? FATE_OVERWRITES : FATE_GOES_ON;
		return (word >> 29 & 3) == 3 ? FATE_OVERWRITES : FATE_GOES_ON; /* ANDS, BICS */
	}
	if (word >> 24 & 1) /* multiplications */
		return FATE_GOES_ON;
	/* one and two sources; additions of the carry, conditional compares and selects */
	switch (word >> 21 & 15) {
	case 6: return word >> 29 & 1 ? FATE_UNKNOWN : FATE_GOES_ON;
	case 0: return word >> 10 & 63 ? FATE_UNKNOWN : FATE_READS;
	case 2:
	case 4: return FATE_READS;
	default: return FATE_UNKNOWN;
	}
}

/* Loads and stores of whole structures: up to four registers in a row, and the base. */
static void
writes_structure(struct lookahead *k, uint32_t word)
{
	for (unsigned n = 0; n < 4; n++)
		writes_vector(k, (word + n) & 31);
	writes_general(k, word >> 5 & 31);
}

/* Exclusives, ordered loads and stores, atomics, pointer authentication, tags: any register that their encodings name. */
static void
writes_all_named(struct lookahead *k, uint32_t word)
{
	writes_general(k, word & 31);
	writes_general(k, (word + 1) & 31); /* CASP */
	writes_general(k, word >> 5 & 31);
	writes_general(k, word >> 10 & 31);
	writes_general(k, word >> 16 & 31);
	writes_general(k, ((word >> 16) + 1) & 31);
}

/* Arm ARM C4.1.4: every register that a load or store of any form might write, writeback and status included. */
static void
load_store(struct lookahead *k, uint32_t word)
{
	bool vector = word >> 26 & 1;
	unsigned group = word >> 28 & 3, first = word & 31, second = word >> 10 & 31;
	unsigned form = word >> 10 & 3;
	bool pair = group == 2, literal = group == 1 && !(word >> 24 & 1);
	bool unsigned_offset = group == 3 && (word >> 24 & 1);
	bool plain_register = group == 3 && !(word >> 24 & 1) &&
			      (word >> 21 & 1 ? form == 2 : form == 0 || form == 2);
	bool indexed = group == 3 && !(word >> 24 & 1) && !(word >> 21 & 1) && form & 1;
	bool pair_offset = pair && (word >> 23 & 3) != 1 && (word >> 23 & 3) != 3;

	if (group == 0 && vector) {
		writes_structure(k, word);
		return;
	}
	if (!unsigned_offset && !plain_register && !indexed && !pair && !literal) {
		writes_all_named(k, word);
		return;
	}
	if (indexed || (pair && !pair_offset))
		writes_general(k, word >> 5 & 31);
	if (vector) {
		writes_vector(k, first);
		if (pair)
			writes_vector(k, second);
	} else {
		writes_general(k, first);
		if (pair)
			writes_general(k, second);
	}
}

/* Arm ARM C4.1.6: floating point and vectors. Conversions write general registers: both files are taken as written. */
static enum fate
floating_point(struct lookahead *k, uint32_t word)
{
	bool scalar = (word & 0x5f200000) == 0x1e200000;

	if (scalar && (word >> 10 & 3) == 1)
		return FATE_READS; /* FCCMP */
	if (scalar && (word >> 10 & 3) == 3)
		return FATE_READS; /* FCSEL */
	if (scalar && (word & 0xff20fc07) == 0x1e202000)
		return FATE_OVERWRITES; /* FCMP, FCMPE */
	writes_general(k, word & 31);
	writes_vector(k, word & 31);
	return FATE_GOES_ON;
}

static bool
is_hint_or_nop(uint32_t word)
{
	return (word & 0xfffff01f) == 0xd503201f;
}

static enum fate
insn_fate(struct lookahead *k, uint32_t word)
{
	switch (word >> 25 & 15) {
	case 8:
	case 9: return data_processing_immediate(k, word);
	case 5:
	case 13: return data_processing_register(k, word);
	case 4:
	case 6:
	case 12:
	case 14: load_store(k, word); return FATE_GOES_ON;
	case 7:
	case 15: return floating_point(k, word);
	default: return is_hint_or_nop(word) ? FATE_GOES_ON : FATE_UNKNOWN;
	}
}

static int64_t
branch_offset(uint32_t word, unsigned low, unsigned bits)
{
	return (int64_t)((uint64_t)word << (64 - low - bits)) >> (64 - bits) << 2;
}

static bool
is_branch(uint32_t word, uint64_t pc, uint64_t *target)
{
	if ((word & 0x7c000000) == 0x14000000) /* B, BL */
		*target = pc + (uint64_t)branch_offset(word, 0, 26);
	else if ((word & 0x7e000000) == 0x34000000) /* CBZ, CBNZ */
		*target = pc + (uint64_t)branch_offset(word, 5, 19);
	else if ((word & 0x7e000000) == 0x36000000) /* TBZ, TBNZ */
		*target = pc + (uint64_t)branch_offset(word, 5, 14);
	else
		return false;
	return true;
}

/* The code that a promise about the flags rests on belongs to the unit: when it changes, the unit goes. */
static bool
note_code(struct ir_unit *u, uint64_t start, uint64_t end)
{
	for (uint32_t n = 0; n < u->range_count; n++)
		if (start >= u->ranges[n].start && end <= u->ranges[n].end)
			return true;
	if (u->range_count == IR_MAX_RANGES)
		return false;
	u->ranges[u->range_count++] = (struct guest_range){ start, end };
	return true;
}

static bool
can_read(struct lookahead *k, uint64_t pc)
{
	if (pc >= k->readable_from && pc < k->readable_to)
		return true;
	k->readable_from = pc;
	k->readable_to = pc + (k->request->fetchable(pc) & ~UINT64_C(3));
	return k->readable_to > pc;
}

static enum fate
look(struct lookahead *k, uint64_t pc)
{
	uint64_t start = pc, target;

	for (;; pc += 4) {
		enum fate fate;
		uint32_t word;

		if (k->budget == 0 || !can_read(k, pc))
			return FATE_UNKNOWN;
		k->budget--;
		memcpy(&word, (const void *)(uintptr_t)pc, sizeof(word));
		if (is_branch(word, pc, &target)) {
			bool conditional = word & 0x20000000;

			if (word >> 31 && !conditional)
				writes_general(k, 30);
			if (!note_code(k->u, start, pc + 4))
				return FATE_UNKNOWN;
			fate = conditional ? look(k, pc + 4) : FATE_OVERWRITES;
			return fate == FATE_OVERWRITES ? look(k, target) : fate;
		}
		fate = a64_is_conditional_branch(word) ? FATE_READS : insn_fate(k, word);
		if (fate == FATE_OVERWRITES && !note_code(k->u, start, pc + 4))
			return FATE_UNKNOWN;
		if (fate != FATE_GOES_ON)
			return fate;
	}
}

static void
look_behind_exit(struct lookahead *k, uint64_t target)
{
	struct ir_unit *u = k->u;
	struct ir_flags_fate *fate = &u->flags_fates[u->flags_fate_count];
	uint32_t ranges = u->range_count;
	enum fate found;

	if (u->flags_fate_count == IR_MAX_FLAGS_FATES || target % 4 != 0)
		return;
	*fate = (struct ir_flags_fate){ .target = target };
	k->fate = fate;
	k->budget = LOOKAHEAD_INSNS;
	found = look(k, target);
	fate->reads = found == FATE_READS;
	if (found != FATE_UNKNOWN)
		u->flags_fate_count++;
	if (found != FATE_OVERWRITES)
		u->range_count = ranges;
}

/* Of interest: puts, of the flags; and direct exits. */
static const uint8_t is_put_or_exit[IR_OP_COUNT] = {
	[IR_put] = true,
	[IR_exit_if] = true,
	[IR_exit_direct] = true,
	[IR_exit_call] = true,
};

void
a64_look_behind_exits(struct ir_unit *u, const struct lift_request *request)
{
	struct lookahead k = { .request = request, .u = u };
	bool flags = false;

	u->code_range_count = u->range_count;
	u->flags_fate_count = 0;
	if (u->mode & (IR_MODE_CHECK_CODE | IR_MODE_SINGLE))
		return;
	for (ir_ref i = 0; i < u->count; i++) {
		const struct ir_insn *in = &u->insns[i];

		if (!is_put_or_exit[in->op])
			continue;
		if (in->op == IR_put)
			flags |= in->aux == A64_SLOT_FLAGS;
		else if (flags && !ir_flags_fate(u, (uint64_t)in->imm))
			look_behind_exit(&k, (uint64_t)in->imm);
	}
}
