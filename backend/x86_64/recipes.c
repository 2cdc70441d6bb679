// SPDX-License-Identifier: Apache-2.0
// Recipes: for each piece of code that may fault, the guest pc and where every slot is that is not in its canonical
// place. Coded as bytes, each recipe relative to the one before it in the unit.
//
// A recipe: varint (code offset from the end of the last recipe's code), varint (length of this code), signed varint
// (guest pc from the last recipe's), one byte (flags kind, +0x80 if the moves are those of the last recipe), then, unless
// they are, the flags' operand type and places (if any), a count, and the moves: target register and place.
#include <signal.h>

#include "backend/x86_64/compiler.h"

/* ---- writing -------------------------------------------------------------------------------------------------------- */

static void
put_byte(struct compiler *c, unsigned byte)
{
	if (c->recipe_at == c->recipe_end) {
		c->failed = true;
		return;
	}
	*c->recipe_at++ = (uint8_t)byte;
}

static void
put_varint(struct compiler *c, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		put_byte(c, (unsigned)(value & 0x7f) | 0x80);
	put_byte(c, (unsigned)value);
}

static uint64_t
zigzag(int64_t value)
{
	return (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
}

static void
put_place(struct compiler *c, const struct place *p)
{
	put_byte(c, p->kind);
	if (p->kind == PLACE_CONST)
		put_varint(c, zigzag(p->imm));
	else if (p->kind ==
		 PLACE_ADDRESS) /* from the unit's start, so that the recipe moves with it */
		put_varint(c, zigzag((int64_t)((uint64_t)p->imm - unit_guest_pc(c->unit))));
	else
		put_byte(c, p->kind == PLACE_REG ? p->reg : p->index);
}

static bool
same_place(const struct place *a, const struct place *b)
{
	return a->kind == b->kind && a->reg == b->reg && a->index == b->index && a->imm == b->imm;
}

static bool
same_snapshot(const struct snapshot *a, const struct snapshot *b)
{
	if (a->move_count != b->move_count || a->flags != b->flags)
		return false;
	if (a->flags != FLAGS_IN_MEMORY &&
		(a->flags_type != b->flags_type || !same_place(&a->flags_a, &b->flags_a) ||
			!same_place(&a->flags_b, &b->flags_b)))
		return false;
	for (unsigned m = 0; m < a->move_count; m++)
		if (a->moves[m].to != b->moves[m].to ||
			!same_place(&a->moves[m].from, &b->moves[m].from))
			return false;
	return true;
}

void
recipe_add(struct compiler *c, const uint8_t *start, const struct snapshot *s)
{
	uint32_t offset = (uint32_t)(start - c->unit->code);
	bool same = same_snapshot(s, &c->recipe_last);

	put_varint(c, offset - c->recipe_code);
	put_varint(c, (uint64_t)(c->w.at - start));
	put_varint(c, zigzag((int64_t)(c->guest_pc - c->recipe_pc)));
	c->recipe_code = (uint32_t)(c->w.at - c->unit->code);
	c->recipe_pc = c->guest_pc;
	put_byte(c, s->flags | (same ? 0x80 : 0));
	if (same)
		return;
	if (s->flags != FLAGS_IN_MEMORY) {
		put_byte(c, s->flags_type);
		put_place(c, &s->flags_a);
		put_place(c, &s->flags_b);
	}
	put_byte(c, s->move_count);
	for (unsigned m = 0; m < s->move_count; m++) {
		put_byte(c, s->moves[m].to);
		put_place(c, &s->moves[m].from);
	}
	snapshot_copy(&c->recipe_last, s);
}

/* ---- reading --------------------------------------------------------------------------------------------------------- */

struct reader {
	const uint8_t *at, *end;
};

static unsigned
get_byte(struct reader *r)
{
	return r->at < r->end ? *r->at++ : 0;
}

static uint64_t
get_varint(struct reader *r)
{
	uint64_t value = 0;

	for (unsigned shift = 0; r->at < r->end && shift < 64; shift += 7) {
		uint8_t byte = *r->at++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			break;
	}
	return value;
}

static int64_t
unzigzag(uint64_t value)
{
	return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

static struct place
get_place(struct reader *r, uint64_t guest_pc)
{
	struct place p = { .kind = (uint8_t)get_byte(r) };

	if (p.kind == PLACE_CONST)
		p.imm = unzigzag(get_varint(r));
	else if (p.kind == PLACE_ADDRESS)
		p.imm = (int64_t)(guest_pc + (uint64_t)unzigzag(get_varint(r)));
	else if (p.kind == PLACE_REG)
		p.reg = (host_reg)get_byte(r);
	else
		p.index = (uint16_t)get_byte(r);
	return p;
}

/* The recipe that covers code offset `pc`, with its guest pc. */
static bool
recipe_find(const struct code_unit *unit, uint32_t pc, struct snapshot *s, uint64_t *guest_pc)
{
	struct reader r = { unit->recipes, unit->recipes + unit->recipe_size };
	const uint64_t start_pc = unit_guest_pc(unit);
	uint32_t end = 0;

	*guest_pc = start_pc;
	memset(s, 0, sizeof(*s));
	while (r.at < r.end) {
		uint32_t start = end + (uint32_t)get_varint(&r);
		unsigned flags;

		end = start + (uint32_t)get_varint(&r);
		*guest_pc += (uint64_t)unzigzag(get_varint(&r));
		flags = get_byte(&r);
		if (!(flags & 0x80)) {
			s->flags = (uint8_t)flags;
			if (flags != FLAGS_IN_MEMORY) {
				s->flags_type = (uint8_t)get_byte(&r);
				s->flags_a = get_place(&r, start_pc);
				s->flags_b = get_place(&r, start_pc);
			}
			s->move_count = (uint8_t)get_byte(&r);
			for (unsigned m = 0; m < s->move_count && m < MAX_MOVES; m++) {
				s->moves[m].to = (host_reg)get_byte(&r);
				s->moves[m].from = get_place(&r, start_pc);
			}
		}
		if (pc >= start && pc < end)
			return true;
	}
	return false;
}

/* A recipe's own length is that of its flags and moves; reading is the way to find the next. */
static void
skip_snapshot(struct reader *r, uint64_t guest_pc)
{
	unsigned flags = get_byte(r);

	if (flags & 0x80)
		return;
	if (flags != FLAGS_IN_MEMORY) {
		get_byte(r);
		get_place(r, guest_pc);
		get_place(r, guest_pc);
	}
	for (unsigned moves = get_byte(r); moves; moves--) {
		get_byte(r);
		get_place(r, guest_pc);
	}
}

const uint8_t *
recipe_last_access(const struct code_unit *unit)
{
	struct reader r = { unit->recipes, unit->recipes + unit->recipe_size };
	const uint8_t *last = NULL;
	uint32_t end = 0;

	while (r.at < r.end) {
		uint32_t start = end + (uint32_t)get_varint(&r);

		end = start + (uint32_t)get_varint(&r);
		get_varint(&r);
		skip_snapshot(&r, unit_guest_pc(unit));
		last = unit->code + start;
	}
	return last;
}

/* ---- recovery: the moves of a recipe, done on the registers of a signal context --------------------------------------- */

static const uint8_t greg_of[16] = {
	REG_RAX,
	REG_RCX,
	REG_RDX,
	REG_RBX,
	REG_RSP,
	REG_RBP,
	REG_RSI,
	REG_RDI,
	REG_R8,
	REG_R9,
	REG_R10,
	REG_R11,
	REG_R12,
	REG_R13,
	REG_R14,
	REG_R15,
};

static union register_value
read_place(const struct cpu *cpu, const ucontext_t *uc, const struct place *p, bool vector)
{
	union register_value value = { { 0, 0 } };
	const uint8_t *biased = (const uint8_t *)cpu + CPU_BIAS;
	size_t size = vector ? 16 : 8;

	switch (p->kind) {
	case PLACE_REG:
		if (p->reg >= REG_XMM)
			memcpy(value.words, &uc->uc_mcontext.fpregs->_xmm[XMM(p->reg)], 16);
		else
			value.words[0] = (uint64_t)uc->uc_mcontext.gregs[greg_of[p->reg]];
		break;
	case PLACE_SPILL: memcpy(value.words, &cpu->cold.spill[p->index], size); break;
	case PLACE_SLOT: memcpy(value.words, biased + slot_displacement[p->index], size); break;
	default: value.words[0] = (uint64_t)p->imm;
	}
	return value;
}

bool
backend_recover(const struct code_unit *unit, struct cpu *cpu, ucontext_t *uc)
{
	uint64_t host_pc = (uint64_t)uc->uc_mcontext.gregs[REG_RIP];
	union register_value values[MAX_MOVES];
	struct snapshot s;
	uint64_t guest_pc;

	if (!recipe_find(unit, (uint32_t)(host_pc - (uint64_t)unit->code), &s, &guest_pc))
		return false;
	if (s.flags != FLAGS_IN_MEMORY) {
		bool vector = s.flags == FLAGS_FCMP;
		union register_value a = read_place(cpu, uc, &s.flags_a, vector);
		union register_value b = read_place(cpu, uc, &s.flags_b, vector);

		cpu->hot.flags = backend_flags_from_nzcv(
			flags_of_operands((enum flags_kind)s.flags, s.flags_type, a, b));
	}
	for (unsigned m = 0; m < s.move_count; m++)
		values[m] = read_place(cpu, uc, &s.moves[m].from, s.moves[m].to >= REG_XMM);
	for (unsigned m = 0; m < s.move_count; m++) {
		host_reg to = s.moves[m].to;

		if (to >= REG_XMM)
			memcpy(&uc->uc_mcontext.fpregs->_xmm[XMM(to)], values[m].words, 16);
		else
			uc->uc_mcontext.gregs[greg_of[to]] = (greg_t)values[m].words[0];
	}
	cpu->hot.pc = guest_pc;
	uc->uc_mcontext.gregs[REG_RIP] =
		(greg_t)(uintptr_t)(unit->fault_landing ? unit->fault_landing : trampolines.fault);
	return true;
}
