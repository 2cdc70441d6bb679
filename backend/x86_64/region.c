// SPDX-License-Identifier: Apache-2.0
// Compiling a region: several traces with jumps between them, loops included, as one unit. The slots that the region uses most
// are pinned in host registers for all of it, whichever they are; a trace is selected and allocated like a unit, only that its
// edges meet at the region's seam. Code layout:
//
//     entry: canonical places -> region's places
//     trace 0: [loop head: leave if a signal pends] code, side exits, cold code; then trace 1, ...
//     fault landing: region's places -> canonical ones, and to the fault trampoline (recipes lead here)
#include "backend/x86_64/region.h"

#include "backend/x86_64/select.h"

/* ---- choosing the region's pins ----------------------------------------------------------------------------------------- */

struct slot_weight {
	uint64_t weight;
	uint8_t slot;
};

/* How often each slot is read and written, by the traces' own weights. */
static void
weigh_slots(const struct region_trace *traces, unsigned count, uint64_t *weights, uint64_t *written)
{
	for (unsigned k = 0; k < count; k++) {
		const struct ir_unit *u = traces[k].unit;

		for (ir_ref i = 0; i < u->count; i++) {
			const struct ir_insn *in = &u->insns[i];

			if (in->op != IR_get && in->op != IR_put)
				continue;
			weights[in->aux] += traces[k].weight + 1;
			if (in->op == IR_put)
				written[in->aux / 64] |= UINT64_C(1) << in->aux % 64;
		}
	}
}

static unsigned
heaviest_slot(const uint64_t *weights, unsigned kind)
{
	unsigned best = slot_total;

	for (unsigned s = 0; s < slot_total; s++)
		if (slot_kind[s] == kind && weights[s] &&
			(best == slot_total || weights[s] > weights[best]))
			best = s;
	return best;
}

static void
pin_heaviest(
	struct seam *seam, uint64_t *weights, unsigned kind, const host_reg *pins, unsigned count)
{
	for (unsigned k = 0; k < count; k++) {
		unsigned slot = heaviest_slot(weights, kind);

		if (slot == slot_total)
			return;
		weights[slot] = 0;
		seam->pin_of_slot[slot] = pins[k];
		seam->high_home_of_slot[slot] = 0;
		seam->slot_of_pin[pins[k]] = (uint8_t)slot;
		seam->pin_mask |= 1u << pins[k];
	}
}

static void
choose_pins(struct region *r, const struct region_trace *traces, unsigned count)
{
	uint64_t weights[IR_MAX_SLOTS] = { 0 };
	struct seam *seam = &r->seam;

	memset(seam->pin_of_slot, REG_NONE, sizeof(seam->pin_of_slot));
	memset(seam->slot_of_pin, 0xff, sizeof(seam->slot_of_pin));
	memcpy(seam->high_home_of_slot, canonical_seam.high_home_of_slot,
		sizeof(seam->high_home_of_slot));
	seam->pin_mask = 0;
	r->written[0] = r->written[1] = 0;
	weigh_slots(traces, count, weights, r->written);
	pin_heaviest(seam, weights, IR_SLOT_INTEGER, gpr_pins, GPR_PINS);
	pin_heaviest(seam, weights, IR_SLOT_VECTOR, vector_pins, VECTOR_PINS);
}

/* ---- from one seam to another --------------------------------------------------------------------------------------------- */

/* A slot's place at a seam: a register below REG_COUNT, or its home. */
static bool
same_place(const struct seam *a, const struct seam *b, unsigned slot)
{
	return a->pin_of_slot[slot] == b->pin_of_slot[slot] &&
	       (a->pin_of_slot[slot] != REG_NONE ||
		       a->high_home_of_slot[slot] == b->high_home_of_slot[slot]);
}

static void
store_home(struct compiler *c, const struct seam *to, unsigned slot, host_reg from)
{
	if (from < REG_XMM)
		x86_store(&c->w, 8, slot_memory(slot), (enum x86_gpr)from);
	else if (to->high_home_of_slot[slot])
		x86_vec_rr(&c->w, X86_VMOVAPS, to->high_home_of_slot[slot], XMM(from));
	else
		x86_vec_mr(&c->w, X86_VMOVAPS, slot_memory(slot), XMM(from));
}

/* Homes are written first, from registers that still hold what they did; then registers, from each other and from homes. */
static void
emit_transfer(struct compiler *c, const struct seam *from, const struct seam *to, bool leaving)
{
	const struct seam *seam = c->seam;
	struct snapshot s = { .flags = FLAGS_IN_MEMORY };

	for (unsigned slot = 0; slot < slot_total; slot++) {
		host_reg source = from->pin_of_slot[slot], target = to->pin_of_slot[slot];
		struct place place = { .kind = PLACE_REG, .reg = source };

		if (same_place(from, to, slot))
			continue;
		if (target != REG_NONE) {
			if (source == REG_NONE)
				place = (struct place){ .kind = PLACE_SLOT,
					.index = (uint16_t)slot };
			s.moves[s.move_count].to = target;
			s.moves[s.move_count++].from = place;
		} else if (!leaving || (c->region->written[slot / 64] >> slot % 64 & 1)) {
			store_home(c, to, slot, source);
		}
	}
	c->seam = from; /* homes that are read are those of `from` */
	snapshot_emit(c, &s);
	c->seam = seam;
}

void
region_emit_leave(struct compiler *c)
{
	if (c->region)
		emit_transfer(c, c->seam, &canonical_seam, true);
}

void
region_emit_enter(struct compiler *c)
{
	if (c->region)
		emit_transfer(c, &canonical_seam, c->seam, false);
}

/* ---- labels ------------------------------------------------------------------------------------------------------------------ */

int
region_label_of(const struct compiler *c, uint64_t target)
{
	for (uint32_t k = 0; c->region && k < c->region->label_count; k++)
		if (c->region->labels[k].guest_pc == target)
			return (int)k;
	return -1;
}

void
region_jump_to(struct compiler *c, uint8_t *field, unsigned label)
{
	struct region *r = c->region;

	if (r->labels[label].code) {
		x86_patch_rel32(field, r->labels[label].code);
	} else if (r->jump_count == REGION_MAX_JUMPS) {
		c->failed = true;
	} else {
		r->jumps[r->jump_count++] = (struct region_jump){ field, label };
	}
}

static void
patch_jumps(struct region *r)
{
	for (uint32_t k = 0; k < r->jump_count; k++)
		x86_patch_rel32(r->jumps[k].field, r->labels[r->jumps[k].label].code);
}

/* Where a jump of the trace itself or of one emitted later leads. */
static void
find_loop_heads(struct compiler *c, const struct region_trace *traces, unsigned count)
{
	for (unsigned k = 0; k < count; k++) {
		const struct ir_unit *u = traces[k].unit;

		for (ir_ref i = 0; i < u->count; i++) {
			const struct ir_insn *in = &u->insns[i];
			int label = ir_op_info[in->op].effect == IR_EFFECT_EXIT &&
						    ir_op_info[in->op].has_imm
					    ? region_label_of(c, (uint64_t)in->imm)
					    : -1;

			if (label >= 0 && (unsigned)label <= k)
				c->region->labels[label].loop_head = true;
		}
	}
}

/* ---- compiling ------------------------------------------------------------------------------------------------------------------ */

static void
compile_trace(struct compiler *c, const struct ir_unit *u, struct region_label *label)
{
	c->u = u;
	c->guest_pc = u->guest_pc;
	c->stub_count = c->cold_count = 0;
	analyze(c);
	allocate_begin(c);
	label->code = c->w.at;
	if (label->loop_head)
		select_loop_head_poll(c, u->guest_pc);
	select_unit(c);
}

static void
emit_fault_landing(struct compiler *c)
{
	c->unit->fault_landing = c->w.at;
	region_emit_leave(c);
	x86_jmp_m(&c->w, x86_mem_base(X86_RBP, CPU_COLD(entry_points) + ENTRY_FAULT * 8));
}

void
region_compile(
	struct compiler *c, struct region *r, const struct region_trace *traces, unsigned count)
{
	if (count > REGION_MAX_TRACES) {
		c->failed = true;
		return;
	}
	choose_pins(r, traces, count);
	c->region = r;
	c->seam = &r->seam;
	r->jump_count = 0;
	r->label_count = count;
	for (unsigned k = 0; k < count; k++)
		r->labels[k] = (struct region_label){ .guest_pc = traces[k].unit->guest_pc };
	find_loop_heads(c, traces, count);
	region_emit_enter(c);
	for (unsigned k = 0; k < count && !c->failed && !c->w.overflow; k++)
		compile_trace(c, traces[k].unit, &r->labels[k]);
	if (c->failed || c->w.overflow)
		return;
	emit_fault_landing(c);
	patch_jumps(r);
}
