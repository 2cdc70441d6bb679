// SPDX-License-Identifier: Apache-2.0
// A region under compilation: traces (IR units) that jump to each other with guest state in places of the region's own.
#ifndef BACKEND_X86_64_REGION_H
#define BACKEND_X86_64_REGION_H

#include "backend/x86_64/compiler.h"

#define REGION_MAX_TRACES 48
#define REGION_MAX_JUMPS  512

/* The opcode of a loop head's poll, little-endian: `jne rel32`, and what backend_leave_loops makes of it, `nop; jmp rel32`. */
#define POLL_JNE 0x850f
#define POLL_JMP 0xe990

/* Where one trace begins. */
struct region_label {
	uint64_t guest_pc;
	uint8_t *code;  /* NULL: not emitted yet */
	uint8_t *round; /* the same trace's code for its own way back (region_loops.c) */
	bool loop_head; /* a jump from this trace or a later one leads here: asks whether a signal pends */
};

/*
 * A region with scalar floating-point arithmetic is emitted twice: REGION_SCALARS is for vector slots whose registers are zero above
 * the scalars that the region keeps in them, so that results are, too, and need not be made so. Entries and, in the other version, the
 * heads of loops look which it is.
 */
enum region_version { REGION_GENERAL, REGION_SCALARS, REGION_VERSIONS };

/*
 * Whether the trace being emitted has code of its own for the way round (region_loops.c): REGION_WAY_IN, the code for the way in, comes
 * first and does not run into the next trace's.
 */
enum region_way { REGION_ONE_WAY, REGION_WAY_IN, REGION_WAY_ROUND };

/* A jump to code that did not exist yet. */
struct region_jump {
	uint8_t *field;
	uint8_t *const *target; /* in a label */
};

/* The table of an indirect branch (region_tables.c). */
#define REGION_MAX_TABLES 32
struct region_table {
	uint8_t *field; /* of the instruction that takes the table's address */
	uint32_t multiplier, bits;
	uint32_t trace; /* whose branch it is */
	enum region_version version;
};

struct region {
	struct seam seam;
	struct region_label labels[REGION_VERSIONS][REGION_MAX_TRACES];
	struct region_jump jumps[REGION_MAX_JUMPS];
	/* offsets in the code of the jumps that leave when a signal pends */
	uint32_t polls[REGION_MAX_TRACES * (REGION_VERSIONS + 1)];
	const struct region_trace *traces; /* as many as labels of a version */
	struct region_table tables[REGION_MAX_TABLES];
	uint32_t label_count, jump_count, poll_count, table_count;
	enum region_version version; /* being emitted */
	uint32_t current; /* trace whose main path is being emitted; label_count: all are */
	enum region_way way;
	uint8_t scalar
		[IR_MAX_SLOTS]; /* vector slots: the type, F32 or F64, that REGION_SCALARS counts on; else 0 */
	bool has_scalars;
	uint64_t written[2]; /* slots that the region puts: a bit each */
};

/* The label of the trace that begins at guest pc `target`; -1: the target is outside, or there is no region. */
int region_label_of(const struct compiler *c, uint64_t target);
/* Whether a trace begins at `target` whose code exists already: a jump there goes backward. */
bool region_is_emitted(const struct compiler *c, uint64_t target);
/* The rel32 field `field` leads to `label`. */
void region_jump_to(struct compiler *c, uint8_t *field, unsigned label);
/* What becomes of flags behind an exit to `target`, inside the region or out of it; false: it is not known. */
bool region_flags_fate(const struct compiler *c, uint64_t target, struct ir_flags_fate *fate);
/* The rel32 field `field` leads to where the current trace goes round; only if region_goes_round(). */
void region_jump_round(struct compiler *c, uint8_t *field);
/* Whether the current trace's jump to `target` is its way round, where it is known what the flags are. */
bool region_goes_round(const struct compiler *c, uint64_t target);
/* Whether the code of the trace at `target` follows the one being emitted. */
bool region_runs_into(const struct compiler *c, uint64_t target);
/* Whether the current trace ends with an indirect branch to other traces. */
static inline bool
region_wants_table(const struct compiler *c)
{
	return c->region && c->region->traces[c->region->current].label_count;
}
/* rax = guest pc, state at the region's seam: to the trace that begins there, if the trace's branch is known to go there. */
void region_emit_table_jump(struct compiler *c);
/* Behind the region's code: what these jumps read. */
void region_emit_tables(struct compiler *c);
/* From the region's places to the canonical ones, and back: no register but pins, no flags are touched. */
void region_emit_leave(struct compiler *c);
void region_emit_enter(struct compiler *c);
/* From the canonical places to `label`. */
void region_emit_entry(struct compiler *c, unsigned label);
/* Whether slot `slot`'s register is zero above a scalar of type `t`. */
bool region_slot_is_scalar(const struct compiler *c, unsigned slot, enum ir_type t);

/* Give the unit the list of its loops' polls; false when there is no room. */
bool region_keep_polls(struct compiler *c);
/* region_loops.c: whether a trace has a way round, once; */
bool region_trace_loops(const struct ir_unit *u);
/* and the trace as it is to be compiled for that: behind `*prefix` instructions that make the flags of the slots; false: there is none. */
bool region_make_way_round(const struct ir_unit *u, struct ir_unit *to, ir_ref *prefix);

/* Emit the region; c->failed when it does not fit in some table. */
void region_compile(
	struct compiler *c, struct region *r, const struct region_trace *traces, unsigned count);

#endif
