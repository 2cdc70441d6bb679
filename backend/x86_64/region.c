// SPDX-License-Identifier: Apache-2.0
// Compiling a region: several traces with jumps between them, loops included, as one unit. The slots that the region uses most
// are pinned in host registers for all of it, whichever they are; a trace is selected and allocated like a unit, only that its
// edges meet at the region's seam. Code layout:
//
//     entry: canonical places -> region's places; which version (enum region_version)
//     trace 0: [loop head: leave if a signal pends] code, side exits, cold code; then trace 1, ...
//     fault landing: region's places -> canonical ones, and to the fault trampoline (recipes lead here)
#include "backend/x86_64/region.h"

#include "backend/x86_64/select.h"
#include "ir/vec128.h"

/* ---- choosing the region's pins ----------------------------------------------------------------------------------------- */

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
pin(struct seam *seam, unsigned slot, host_reg reg)
{
	if (seam->slot_of_pin[reg] != 0xff)
		seam->pin_of_slot[seam->slot_of_pin[reg]] = REG_NONE;
	seam->pin_of_slot[slot] = reg;
	seam->high_home_of_slot[slot] = 0;
	seam->slot_of_pin[reg] = (uint8_t)slot;
	seam->pin_mask |= 1u << reg;
}

/* The pin whose slot matters least, if less than `weight`; REG_NONE: none. */
static host_reg
lightest_pin(const struct seam *seam, const uint64_t *weights, uint64_t weight,
	const host_reg *pins, unsigned count)
{
	host_reg best = REG_NONE;

	for (unsigned k = 0; k < count; k++) {
		uint64_t w = seam->slot_of_pin[pins[k]] == 0xff
				     ? 0
				     : weights[seam->slot_of_pin[pins[k]]];

		if (w < weight) {
			best = pins[k];
			weight = w;
		}
	}
	return best;
}

/* Slots that are used more than those that are pinned take their places; the others stay where they are between units. */
static void
improve_pins(struct seam *seam, const uint64_t *weights, unsigned kind, const host_reg *pins,
	unsigned count)
{
	uint64_t left[IR_MAX_SLOTS];
	unsigned slot;

	memcpy(left, weights, slot_total * sizeof(left[0]));
	while ((slot = heaviest_slot(left, kind)) != slot_total) {
		host_reg reg;

		left[slot] = 0;
		if (seam->pin_of_slot[slot] != REG_NONE)
			continue;
		reg = lightest_pin(seam, weights, weights[slot], pins, count);
		if (reg == REG_NONE)
			return;
		pin(seam, slot, reg);
	}
}

static void
choose_pins(struct region *r, const struct region_trace *traces, unsigned count)
{
	uint64_t weights[IR_MAX_SLOTS] = { 0 };

	r->seam = canonical_seam;
	r->written[0] = r->written[1] = 0;
	weigh_slots(traces, count, weights, r->written);
	improve_pins(&r->seam, weights, IR_SLOT_INTEGER, gpr_pins, GPR_PINS);
	improve_pins(&r->seam, weights, IR_SLOT_VECTOR, vector_pins, VECTOR_PINS);
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

/* ---- scalars ------------------------------------------------------------------------------------------------------------------ */

static bool
is_scalar(uint8_t type)
{
	return type == F32 || type == F64;
}

/* Whether a vector value is zero in its upper half whatever its operands are. */
static bool
is_half(const struct ir_insn *in)
{
	return in->op == IR_vlow || in->op == IR_v_from_f || in->op == IR_vhigh ||
	       (in->op == IR_vconst && (in->imm == 0 || in->aux == 1));
}

static bool
is_scalar_arithmetic(const struct ir_insn *in)
{
	return is_scalar(in->type) &&
	       (in->op == IR_fadd || in->op == IR_fsub || in->op == IR_fmul || in->op == IR_fdiv ||
		       in->op == IR_fsqrt || in->op == IR_fma);
}

/* What is found out of vector slots. */
struct accesses {
	bool read[IR_MAX_SLOTS];  /* as scalars */
	bool other[IR_MAX_SLOTS]; /* written as something else */
	bool arithmetic;          /* there is some on scalars */
};

/* F32 gives way to F64, which asks for less. */
static void
note_access(
	struct region *r, struct accesses *found, const struct ir_unit *u, const struct ir_insn *in)
{
	unsigned slot = in->aux;
	const struct ir_insn *value = in->op == IR_put ? &u->insns[in->a] : in;
	enum ir_type type = ir_result_type(value);

	if (slot_kind[slot] != IR_SLOT_VECTOR)
		return;
	found->read[slot] |= is_scalar(type) && in->op == IR_get;
	if (is_scalar(type))
		r->scalar[slot] = r->scalar[slot] == 0 || r->scalar[slot] == type ? type : F64;
	else if (in->op == IR_put && is_half(value))
		r->scalar[slot] = F64;
	else if (in->op == IR_put)
		found->other[slot] = true;
}

/* Vector slots that the region reads and writes as scalars alone. */
static void
find_scalars(struct region *r, const struct region_trace *traces, unsigned count)
{
	struct accesses found = { .arithmetic = false };
	bool scalars = false;

	memset(r->scalar, 0, sizeof(r->scalar));
	for (unsigned k = 0; k < count; k++) {
		const struct ir_unit *u = traces[k].unit;

		for (ir_ref i = 0; i < u->count; i++) {
			const struct ir_insn *in = &u->insns[i];

			found.arithmetic |= is_scalar_arithmetic(in);
			if (in->op == IR_get || in->op == IR_put)
				note_access(r, &found, u, in);
		}
	}
	for (unsigned slot = 0; slot < slot_total; slot++) {
		if (found.other[slot] || !found.read[slot])
			r->scalar[slot] = 0;
		scalars |= r->scalar[slot] != 0;
	}
	r->has_scalars = found.arithmetic && scalars;
}

bool
region_slot_is_scalar(const struct compiler *c, unsigned slot, enum ir_type t)
{
	return c->region && c->region->version == REGION_SCALARS &&
	       (c->region->scalar[slot] == F32 || c->region->scalar[slot] == t) && is_scalar(t);
}

/* EFLAGS: NZ when a slot that is to hold a scalar of `type` does not. The slots are at the region's places, xmm0 is free. */
static bool
test_scalars(struct compiler *c, enum ir_type type)
{
	static const union vec128 upper[] = {
		[F32] = { .s = { 0, UINT32_MAX, UINT32_MAX, UINT32_MAX } },
		[F64] = { .d = { 0, UINT64_MAX } },
	};
	bool any = false;

	for (unsigned slot = 0; slot < slot_total; slot++) {
		host_reg pin = c->seam->pin_of_slot[slot];
		unsigned xmm = pin != REG_NONE ? XMM(pin) : c->seam->high_home_of_slot[slot];

		if (c->region->scalar[slot] != type)
			continue;
		if (!any)
			x86_vec_rrr(&c->w, X86_VPXOR, 0, 0, 0);
		if (xmm)
			x86_vec_rrr(&c->w, X86_VPOR, 0, 0, xmm);
		else
			x86_vec_rrm(&c->w, X86_VPOR, 0, 0, slot_memory(slot));
		any = true;
	}
	if (any)
		x86_vec_rm(&c->w, X86_VPTEST, 0, x86_mem_rip(&upper[type]));
	return any;
}

static void
jump_to_version(struct compiler *c, uint8_t *field, enum region_version version, unsigned label)
{
	enum region_version current = c->region->version;

	c->region->version = version;
	region_jump_to(c, field, label);
	c->region->version = current;
}

/* To `label` of REGION_SCALARS if the slots are what that version counts on. */
static void
emit_switch_to_scalars(struct compiler *c, unsigned label)
{
	uint8_t *stay[2] = { NULL, NULL };

	if (test_scalars(c, F32))
		stay[0] = x86_jcc_rel32(&c->w, X86_NZ);
	if (test_scalars(c, F64))
		stay[1] = x86_jcc_rel32(&c->w, X86_NZ);
	jump_to_version(c, x86_jmp_rel32(&c->w), REGION_SCALARS, label);
	for (unsigned k = 0; k < 2; k++)
		if (stay[k])
			x86_patch_rel32(stay[k], c->w.at);
}

void
region_emit_enter(struct compiler *c)
{
	if (c->region)
		emit_transfer(c, &canonical_seam, c->seam, false);
}

void
region_emit_entry(struct compiler *c, unsigned label)
{
	region_emit_enter(c);
	if (c->region->has_scalars)
		emit_switch_to_scalars(c, label);
	jump_to_version(c, x86_jmp_rel32(&c->w), REGION_GENERAL, label);
}

/* ---- labels ------------------------------------------------------------------------------------------------------------------ */

int
region_label_of(const struct compiler *c, uint64_t target)
{
	for (uint32_t k = 0; c->region && k < c->region->label_count; k++)
		if (c->region->labels[0][k].guest_pc == target)
			return (int)k;
	return -1;
}

bool
region_is_emitted(const struct compiler *c, uint64_t target)
{
	int label = region_label_of(c, target);

	return label >= 0 && c->region->labels[c->region->version][label].code != NULL;
}

static void
jump_to(struct compiler *c, uint8_t *field, uint8_t *const *target)
{
	struct region *r = c->region;

	if (*target)
		x86_patch_rel32(field, *target);
	else if (r->jump_count == REGION_MAX_JUMPS)
		c->failed = true;
	else
		r->jumps[r->jump_count++] = (struct region_jump){ field, target };
}

void
region_jump_to(struct compiler *c, uint8_t *field, unsigned label)
{
	jump_to(c, field, &c->region->labels[c->region->version][label].code);
}

void
region_jump_round(struct compiler *c, uint8_t *field)
{
	jump_to(c, field, &c->region->labels[c->region->version][c->region->current].round);
}

bool
region_goes_round(const struct compiler *c, uint64_t target)
{
	return c->region && c->region->way != REGION_ONE_WAY && target == c->u->guest_pc;
}

bool
region_runs_into(const struct compiler *c, uint64_t target)
{
	return c->region && c->region->way != REGION_WAY_IN &&
	       region_label_of(c, target) == (int)c->region->current + 1;
}

static void
patch_jumps(struct region *r)
{
	for (uint32_t k = 0; k < r->jump_count; k++)
		x86_patch_rel32(r->jumps[k].field, *r->jumps[k].target);
}

/* The guest pc to which an exit goes inside the region, should a trace begin there; calls: where they come back to. */
static uint64_t
inner_target(const struct ir_unit *u, const struct ir_insn *in)
{
	switch (in->op) {
	case IR_exit_if:
	case IR_exit_direct: return (uint64_t)in->imm;
	case IR_exit_call: return (uint64_t)u->insns[in->a].imm;
	case IR_exit_call_indirect: return (uint64_t)u->insns[in->b].imm;
	default: return UINT64_MAX;
	}
}

static void
note_loop(struct compiler *c, unsigned from, uint64_t target)
{
	int label = region_label_of(c, target);

	if (label >= 0 && (unsigned)label <= from)
		c->region->labels[0][label].loop_head = true;
}

/* Where a jump of the trace itself or of one emitted later leads. */
static void
find_loop_heads(struct compiler *c, const struct region_trace *traces, unsigned count)
{
	for (unsigned k = 0; k < count; k++) {
		const struct ir_unit *u = traces[k].unit;

		for (ir_ref i = 0; i < u->count; i++)
			note_loop(c, k, inner_target(u, &u->insns[i]));
		for (uint32_t n = 0; n < traces[k].label_count; n++)
			note_loop(c, k, traces[k].labels[n]);
	}
}

/* ---- compiling ------------------------------------------------------------------------------------------------------------------ */

static void
begin_trace(struct compiler *c, const struct ir_unit *u)
{
	c->u = u;
	c->guest_pc = u->guest_pc;
	analyze(c);
	allocate_begin(c);
}

/* The code for the way round, behind that for the way in. */
static void
compile_way_round(
	struct compiler *c, const struct ir_unit *u, ir_ref prefix, struct region_label *label)
{
	c->region->way = REGION_WAY_ROUND;
	begin_trace(c, u);
	label->round = c->w.at;
	select_instructions(c, 0, prefix);
	select_loop_head_poll(c, u->guest_pc);
	select_instructions(c, prefix, u->count);
}

static void
compile_trace(struct compiler *c, const struct ir_unit *u, struct region_label *label)
{
	static struct ir_unit round;
	struct region *r = c->region;
	bool left_soon = r->has_scalars && r->version == REGION_GENERAL;
	ir_ref prefix = 0;

	if (!left_soon && region_make_way_round(u, &round, &prefix))
		r->way = REGION_WAY_IN;
	begin_trace(c, u);
	label->code = c->w.at;
	if (label->loop_head)
		select_loop_head_poll(c, u->guest_pc);
	if (label->loop_head && left_soon)
		emit_switch_to_scalars(c, r->current);
	select_main_path(c);
	if (r->way == REGION_WAY_IN && !c->failed && !c->w.overflow)
		compile_way_round(c, &round, prefix, label);
	r->way = REGION_ONE_WAY;
}

static void
compile_version(struct compiler *c, enum region_version version, const struct region_trace *traces)
{
	struct region *r = c->region;

	r->version = version;
	c->stub_count = c->cold_count = 0;
	for (r->current = 0; r->current < r->label_count && !c->failed && !c->w.overflow;
		r->current++)
		compile_trace(c, traces[r->current].unit, &r->labels[version][r->current]);
	select_cold_code(c);
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
	find_scalars(r, traces, count);
	c->region = r;
	c->seam = &r->seam;
	r->jump_count = r->poll_count = r->table_count = 0;
	r->way = REGION_ONE_WAY;
	r->label_count = count;
	r->traces = traces;
	for (unsigned k = 0; k < count; k++)
		r->labels[0][k] = (struct region_label){ .guest_pc = traces[k].unit->guest_pc };
	find_loop_heads(c, traces, count);
	memcpy(r->labels[1], r->labels[0], sizeof(r->labels[0]));
	region_emit_entry(c, 0);
	if (r->has_scalars)
		compile_version(c, REGION_SCALARS, traces);
	compile_version(c, REGION_GENERAL, traces);
	if (c->failed || c->w.overflow)
		return;
	emit_fault_landing(c);
	patch_jumps(r);
	region_emit_tables(c);
}

/* Metadata is handed out in order, behind the recipes: to be called when these are complete. */
bool
region_keep_polls(struct compiler *c)
{
	const struct region *r = c->region;
	size_t size = r->poll_count * sizeof(*r->polls);
	uint32_t *polls = take_data(c->space, size);

	if (!polls)
		return false;
	memcpy(polls, r->polls, size);
	c->unit->polls = polls;
	c->unit->poll_count = r->poll_count;
	return true;
}
