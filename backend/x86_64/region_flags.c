// SPDX-License-Identifier: Apache-2.0
// Flags at the edges inside a region: like frontend/a64/flags_lookahead.c, but it looks at the IR of the traces that follow, which is exact
// where the other has to guess, and goes on through branches and calls that a trace is laid through.
//
// An edge may leave flags as a description (flags_recover.c) if the code behind it overwrites them before it reads them, and if the
// description's operands stay in their slots for as long as somebody may ask for the flags. Inside a region that is each
// instruction that may fault and each exit: what is put behind the last of these, before the flags are, is nobody's concern.
#include "backend/x86_64/region.h"

#define MAX_DEPTH 8

struct walk {
	const struct compiler *c;
	uint64_t written[2]; /* slots that somebody who asks for the flags may find changed */
	uint64_t visited;    /* traces, a bit each */
	unsigned depth;
	bool reads; /* the walk ended because somebody reads the flags */
};

_Static_assert(REGION_MAX_TRACES <= 64, "a bit a trace");

static bool walk_to(struct walk *w, const struct ir_unit *from, uint64_t target);

static void
join(uint64_t *to, const uint64_t *from)
{
	to[0] |= from[0];
	to[1] |= from[1];
}

/* From the beginning of trace `u` to where it puts the flags. */
static bool
walk_trace(struct walk *w, const struct ir_unit *u)
{
	uint64_t pending[2] = { 0, 0 };

	for (ir_ref i = 0; i < u->count; i++) {
		const struct ir_insn *in = &u->insns[i];

		switch (ir_op_info[in->op].effect) {
		case IR_EFFECT_GET:
			if (in->aux == flags_slot) {
				w->reads = true;
				return false;
			}
			break;
		case IR_EFFECT_PUT:
			if (in->aux == flags_slot)
				return true;
			if (in->aux < 128)
				pending[in->aux / 64] |= UINT64_C(1) << in->aux % 64;
			break;
		case IR_EFFECT_LOAD:
		case IR_EFFECT_STORE: join(w->written, pending); break;
		case IR_EFFECT_HELPER:
			if (in->op == IR_runtime_call)
				return false;
			break;
		case IR_EFFECT_EXIT:
			join(w->written, pending);
			if (in->op == IR_exit_direct)
				return walk_to(w, u, (uint64_t)in->imm);
			if (in->op != IR_exit_if || !walk_to(w, u, (uint64_t)in->imm))
				return false;
			break;
		default: break;
		}
	}
	return false;
}

/* From an exit of trace `from` to `target`: another trace, or code outside, of which the frontend may know. */
static bool
walk_to(struct walk *w, const struct ir_unit *from, uint64_t target)
{
	int label = region_label_of(w->c, target);
	const struct ir_flags_fate *fate;
	bool dead;

	if (label < 0) {
		fate = ir_flags_fate(from, target);
		w->reads |= fate && fate->reads;
		if (!fate || fate->reads)
			return false;
		join(w->written, fate->written);
		return true;
	}
	if (w->visited >> label & 1) /* what it writes is in `written` already, or will be */
		return true;
	if (w->depth == MAX_DEPTH)
		return false;
	w->visited |= UINT64_C(1) << label;
	w->depth++;
	dead = walk_trace(w, w->c->region->traces[label].unit);
	w->depth--;
	return dead;
}

bool
region_flags_fate(const struct compiler *c, uint64_t target, struct ir_flags_fate *fate)
{
	struct walk w = { .c = c };

	if (!walk_to(&w, c->u, target) && !w.reads)
		return false;
	*fate = (struct ir_flags_fate){
		.target = target,
		.reads = w.reads,
		.written = { w.written[0], w.written[1] },
	};
	return true;
}
