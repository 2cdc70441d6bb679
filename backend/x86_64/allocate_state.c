// SPDX-License-Identifier: Apache-2.0
// Guest state during register allocation: gets and puts of slots, which are lazy for pinned ones, where a value is for exits
// and recipes, and the flush before a call that wants state canonical.
#include "backend/x86_64/allocate_internal.h"

/* ---- gets and puts ----------------------------------------------------------------------------------------- */

void
allocate_get(struct compiler *c, ir_ref i)
{
	const struct ir_insn *in = &c->u->insns[i];
	unsigned slot = in->aux;
	host_reg pin = c->seam->pin_of_slot[slot];
	struct value *v = &c->values[i];

	if (v->canon != i || v->uses == 0)
		return;
	if (pin == REG_NONE) {
		v->memory = MEMORY_SLOT;
		v->memory_index = (uint16_t)slot;
		c->slot_reader[slot] = i;
		return;
	}
	c->pin_value[pin] = i;
	v->slot_refs++;
	if (c->slot_saved[slot]) {
		v->memory = MEMORY_SLOT;
		v->memory_index = (uint16_t)slot;
		c->slot_saved[slot] = false;
	} else {
		v->reg = pin;
		c->holds[pin] = i;
	}
}

/* The memory of `slot` is about to change: a value that is only there must move to a register first. */
static void
rescue_slot_reader(struct compiler *c, unsigned slot, ir_ref i, ir_ref stored)
{
	ir_ref reader = c->slot_reader[slot];

	if (reader == IR_NONE || reader == stored)
		return;
	c->slot_reader[slot] = IR_NONE;
	struct value *v = &c->values[reader];
	if (v->memory != MEMORY_SLOT || v->memory_index != slot)
		return;
	if (v->reg == REG_NONE && allocate_needed_after(c, reader, i))
		allocate_use(c, reader);
	v->memory = MEMORY_NONE;
}

static void
store_to_home(struct compiler *c, unsigned slot, ir_ref ref)
{
	int32_t imm;

	if (slot_kind[slot] == IR_SLOT_VECTOR) {
		host_reg r = use_vec(c, ref);

		if (c->seam->high_home_of_slot[slot])
			x86_vec_rr(&c->w, X86_VMOVAPS, c->seam->high_home_of_slot[slot], XMM(r));
		else
			x86_vec_mr(&c->w, X86_VMOVAPS, slot_memory(slot), XMM(r));
	} else if (is_const_i32(c, ref, &imm) && c->values[canon(c, ref)].reg == REG_NONE) {
		x86_store_imm(&c->w, 8, slot_memory(slot), imm);
	} else if (c->u->insns[ref].op == IR_flags_const) {
		x86_store_imm(&c->w, 4, slot_memory(slot),
			(int32_t)backend_flags_from_nzcv((unsigned)c->u->insns[ref].imm & 15));
	} else {
		host_reg r = use_gpr(c, ref);

		x86_store(&c->w, slot_kind[slot] == IR_SLOT_FLAGS ? 4 : 8, slot_memory(slot),
			(enum x86_gpr)r);
	}
}

/* Move a slot's value, which is in a register, to its pin, which has nothing that is needed. */
static void
move_to_pin(struct compiler *c, host_reg pin, ir_ref ref)
{
	struct value *v = &c->values[ref];

	emit_reg_move(c, pin, v->reg);
	c->holds[pin] = ref;
	if (c->seam->slot_of_pin[v->reg] == 0xff) { /* free the scratch register */
		c->holds[v->reg] = HOLDS_NOTHING;
		v->reg = pin;
	} else {
		v->copied = true;
	}
}

void
allocate_settle_pins(struct compiler *c, ir_ref i)
{
	for (uint32_t set = c->seam->pin_mask; set; set &= set - 1) {
		host_reg pin = (host_reg)__builtin_ctz(set);
		uint32_t wanted = c->pin_value[pin], held = c->holds[pin];

		if (held == wanted || wanted == HOLDS_HOME || c->values[wanted].reg == REG_NONE ||
			held == HOLDS_HOME || held == HOLDS_TEMP)
			continue;
		if (held != HOLDS_NOTHING) {
			if (allocate_needed_after(c, held, i - 1))
				continue;
			allocate_release_value(c, held);
		}
		move_to_pin(c, pin, wanted);
	}
}

static void
put_pinned(struct compiler *c, ir_ref i, unsigned slot, ir_ref ref)
{
	host_reg pin = c->seam->pin_of_slot[slot];
	uint32_t old = c->pin_value[pin];
	struct value *v = &c->values[ref];

	v->slot_refs++;
	c->pin_value[pin] = ref;
	c->slot_saved[slot] = false;
	if (c->holds[pin] == HOLDS_HOME)
		c->holds[pin] = HOLDS_NOTHING;
	if (old != HOLDS_HOME) {
		c->values[old].slot_refs--;
		if (!allocate_needed_after(c, old, i))
			allocate_release_value(c, old);
	}
	/* A value kept in the slot's memory as its saved entry value may stay there: nothing writes that memory. */
	if (c->holds[pin] != HOLDS_NOTHING)
		return;
	if (v->reg != REG_NONE) {
		move_to_pin(c, pin, ref);
	} else {
		allocate_load_value(c, pin, ref);
		c->holds[pin] = ref;
		v->reg = pin;
	}
}

void
allocate_put(struct compiler *c, ir_ref i, unsigned slot, ir_ref ref)
{
	if (c->seam->pin_of_slot[slot] != REG_NONE) {
		if (c->seam->high_home_of_slot[c->values[ref].memory_index] &&
			c->values[ref].memory == MEMORY_SLOT)
			allocate_use(c, ref);
		put_pinned(c, i, slot, ref);
		return;
	}
	rescue_slot_reader(c, slot, i, ref);
	store_to_home(c, slot, ref);
	/* The slot's memory is now a copy of the value. */
	struct value *v = &c->values[ref];
	if (slot_kind[slot] != IR_SLOT_MEMORY && v->memory == MEMORY_NONE &&
		!allocate_rematerializable(c, ref) && c->slot_reader[slot] == IR_NONE) {
		v->memory = MEMORY_SLOT;
		v->memory_index = (uint16_t)slot;
		c->slot_reader[slot] = ref;
	}
}

/* ---- places and the flush -------------------------------------------------------------------------------- */

struct place
place_of(const struct compiler *c, ir_ref ref)
{
	const struct value *v;

	ref = canon(c, ref);
	v = &c->values[ref];
	if (v->reg != REG_NONE)
		return (struct place){ .kind = PLACE_REG, .reg = v->reg };
	if (v->memory == MEMORY_SPILL)
		return (struct place){ .kind = PLACE_SPILL, .index = v->memory_index };
	if (v->memory == MEMORY_SLOT)
		return (struct place){ .kind = PLACE_SLOT, .index = v->memory_index };
	return (struct place){
		.kind = c->u->insns[ref].op == IR_address ? PLACE_ADDRESS : PLACE_CONST,
		.imm = c->u->insns[ref].op == IR_flags_const
			       ? backend_flags_from_nzcv((unsigned)c->u->insns[ref].imm & 15)
			       : c->u->insns[ref].imm,
	};
}

/* `keep`: scratch registers whose content the snapshot's code must not touch. */
void
allocate_flush_keeping(struct compiler *c, ir_ref i, uint32_t keep)
{
	struct snapshot s;

	/* Values needed after the call go to spill words: first, while they are still where they are. */
	for (unsigned slot = 0; slot < slot_total; slot++) {
		ir_ref reader = c->slot_reader[slot];

		if (reader != IR_NONE && c->values[reader].last_use > i)
			allocate_use(c, reader);
	}
	for (unsigned r = 0; r < REG_COUNT; r++) {
		uint32_t ref = c->holds[r];

		if (ref >= HOLDS_TEMP || c->values[ref].reg != r)
			continue;
		struct value *v = &c->values[ref];
		if (v->last_use <= i || allocate_rematerializable(c, ref))
			continue;
		if (v->memory == MEMORY_SPILL)
			continue;
		if (v->memory == MEMORY_SLOT && c->slot_reader[v->memory_index] == ref)
			c->slot_reader[v->memory_index] = IR_NONE;
		v->memory = MEMORY_SPILL;
		v->memory_index = (uint16_t)allocate_spill_allocate(c);
		allocate_store_register(c, spill_memory(v->memory_index), (host_reg)r);
	}
	snapshot_take(c, &s);
	if (keep & 1u << X86_RDX)
		x86_store(&c->w, 8, spill_memory(SPILL_WORDS - 1), X86_RDX);
	snapshot_emit(c, &s);
	if (keep & 1u << X86_RDX)
		x86_load(&c->w, 8, X86_RDX, spill_memory(SPILL_WORDS - 1));
	for (unsigned r = 0; r < REG_COUNT; r++) {
		uint32_t ref = c->holds[r];

		if (ref < HOLDS_TEMP)
			c->values[ref].reg = REG_NONE;
		if (ref != HOLDS_TEMP)
			c->holds[r] = c->seam->slot_of_pin[r] != 0xff ? HOLDS_HOME : HOLDS_NOTHING;
		if (c->pin_value[r] != HOLDS_HOME)
			c->values[c->pin_value[r]].slot_refs--;
		c->pin_value[r] = HOLDS_HOME;
	}
	c->flags_value = IR_NONE;
	for (unsigned s2 = 0; s2 < slot_total; s2++) {
		c->slot_saved[s2] = false;
		ir_ref reader = c->slot_reader[s2];
		if (reader != IR_NONE && c->values[reader].memory == MEMORY_SLOT)
			c->values[reader].memory = MEMORY_NONE;
		c->slot_reader[s2] = IR_NONE;
	}
	c->eflags = IR_NONE;
}
