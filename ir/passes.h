// SPDX-License-Identifier: Apache-2.0
// The passes over a trace of a region, between lifting and the backend. What the builder does as it emits (folding, merging of equal
// operations, forwarding of slots) and dead code, which ends every unit, are not among them: they are cheap enough for all code.
#ifndef IR_PASSES_H
#define IR_PASSES_H

#include "ir/builder.h"

/**
 * One pass: makes of `from` a better unit `to`, through the builder `l`. False: nothing was found, or there was no room; `to` is
 * of no use then.
 */
typedef bool ir_pass(struct lift *l, struct ir_unit *to, const struct ir_unit *from);

/** A row of the list of passes. */
struct ir_pass_row {
	const char *name; /* what `dragoman profile` shows */
	ir_pass *run;
};

/** The passes, in order. */
extern const struct ir_pass_row ir_passes[];
extern const unsigned ir_pass_count;

/**
 * Run all passes on `u`, with `l` and `room` to work in. `after`, unless NULL, sees the unit after each pass that changed it.
 */
void ir_run_passes(struct lift *l, struct ir_unit *u, struct ir_unit *room,
	void (*after)(const char *name, const struct ir_unit *u));

/** Begin `to` as a new form of `from`: the same place, mode, ranges and fates, without instructions. */
void ir_pass_begin(struct lift *l, struct ir_unit *to, const struct ir_unit *from);

/** Emit instruction `in` of `from` as it is, its operands being renamed: the value that it is now. */
ir_ref ir_pass_emit(struct lift *l, const struct ir_insn *in, const ir_ref *renamed);

/** ir/forward_memory.c: loads of what was stored or loaded before. */
ir_pass ir_forward_memory;

#endif
