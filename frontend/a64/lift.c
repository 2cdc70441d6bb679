// SPDX-License-Identifier: Apache-2.0
// Lifting a unit: decode and lift instruction after instruction from the unit's pc on. Direct
// jumps are followed; conditional branches leave by side exits and lifting goes on behind them. A
// unit ends at a call, return or other indirect branch, at a system call or exception, where code
// cannot be fetched, when it meets code that it has already, or at its limits.
#include "frontend/a64/lift.h"

#include <string.h>

#include "frontend/a64/decode.h"
#include "frontend/a64/flags_lookahead.h"

#define INSN_SIZE 4

/* Code that may be read without asking again. */
struct fetch_window {
	uint64_t start, end;
};

static bool
can_fetch(struct fetch_window *window, const struct lift_request *request, uint64_t pc)
{
	if (pc >= window->start && pc < window->end)
		return true;
	window->start = pc;
	window->end = pc + (request->fetchable(pc) & ~(size_t)(INSN_SIZE - 1));
	return window->end > pc;
}

static bool
in_unit(const struct ir_unit *u, uint64_t pc)
{
	for (uint32_t n = 0; n < u->range_count; n++)
		if (pc >= u->ranges[n].start && pc < u->ranges[n].end)
			return true;
	return false;
}

/*
 * Add the instruction at `pc` to the unit's ranges; false when there is no room for another range.
 */
static bool
add_to_ranges(struct ir_unit *u, uint64_t pc)
{
	if (u->range_count != 0 && u->ranges[u->range_count - 1].end == pc) {
		u->ranges[u->range_count - 1].end = pc + INSN_SIZE;
		return true;
	}
	if (u->range_count == IR_MAX_RANGES)
		return false;
	u->ranges[u->range_count++] = (struct guest_range){ pc, pc + INSN_SIZE };
	return true;
}

static void
lift_insn(struct lift *l)
{
	enum a64_row row;
	uint32_t word;

	memcpy(&word, (const void *)l->pc, sizeof word);
	ir_guest_pc(l, (int64_t)l->pc);
	row = a64_decode(word);
	if (row == A64_ROW_none)
		end_with_exception(l, IR_EXCEPTION_ILLEGAL);
	else
		a64_lift_table[row](l, word);
	l->unit->guest_insns++;
}

/*
 * What a unit is when its first instruction cannot be fetched; the range lets a new mapping
 * invalidate it.
 */
static void
lift_fetch_fault(struct lift *l)
{
	add_to_ranges(l->unit, l->pc & ~(uint64_t)(INSN_SIZE - 1));
	end_with_exception(l, l->pc % INSN_SIZE != 0 ? IR_EXCEPTION_PC_ALIGN : IR_EXCEPTION_FETCH);
}

/* Some other unit goes on from here. */
static bool
ends_at(const struct ir_unit *u, const struct lift_request *request, uint64_t pc)
{
	return u->guest_insns != 0 && request->is_translated &&
	       request->is_translated(pc, request->mode);
}

static bool
is_critical(const struct lift_request *request, uint64_t pc)
{
	return request->is_critical && request->is_critical(pc);
}

/* Go on at `pc` / after the one instruction of IR_MODE_CRITICAL, leave whatever comes next. */
static void
end_at(struct lift *l, const struct lift_request *request, uint64_t pc)
{
	if (!(request->mode & IR_MODE_CRITICAL)) {
		end_with_jump(l, pc);
		return;
	}
	ir_exit_exception(l, IR_EXCEPTION_CRITICAL_DONE, (int64_t)pc);
	l->ended = true;
}

/* The trace's last block falls through to one that begins a trace of its own. */
static bool
path_ends_before(const struct lift *l)
{
	if (l->path_left)
		return false;
	for (uint32_t k = 0; k < l->label_count; k++)
		if (l->labels[k] == l->pc)
			return true;
	return false;
}

#define SHORT_UNIT 8

/* Flags that pend at a unit's end are costly if the next one reads them: a conditional branch stays with what it tests. */
static bool
reaches_limit(const struct lift *l, const struct lift_request *request, struct fetch_window *window,
	uint32_t limit)
{
	uint32_t word;

	if (l->unit->guest_insns != limit || limit < SHORT_UNIT ||
		!can_fetch(window, request, l->pc))
		return l->unit->guest_insns >= limit;
	memcpy(&word, (const void *)l->pc, sizeof word);
	return !a64_is_conditional_branch(word);
}

static void
lift_insns(struct lift *l, const struct lift_request *request, uint32_t limit)
{
	struct ir_unit *u = l->unit;
	struct fetch_window window = { 0, 0 };

	if ((request->mode & (IR_MODE_SINGLE | IR_MODE_CRITICAL)) || is_critical(request, l->pc))
		limit = 1;
	if (l->pc % INSN_SIZE != 0 || !can_fetch(&window, request, l->pc)) {
		lift_fetch_fault(l);
		return;
	}
	while (!l->ended && !l->overflow) {
		if (l->follows_path && l->path_left && *l->path == l->pc) {
			l->path++; /* the next block begins without a branch */
			l->path_left--;
		}
		if (reaches_limit(l, request, &window, limit) ||
			(u->guest_insns != 0 && is_critical(request, l->pc)) ||
			(l->follows_path && u->guest_insns && path_ends_before(l)) ||
			(!l->follows_path && (in_unit(u, l->pc) || ends_at(u, request, l->pc))) ||
			!can_fetch(&window, request, l->pc) || !add_to_ranges(u, l->pc)) {
			end_at(l, request, l->pc);
			break;
		}
		l->next_pc = l->pc + INSN_SIZE;
		lift_insn(l);
		l->pc = l->next_pc;
	}
}

/* The unit, of one instruction, stores, or closes a loop: a sequence may wait for being aborted. */
static bool
wants_critical_step(const struct ir_unit *u)
{
	for (ir_ref i = 0; i < u->count; i++) {
		const struct ir_insn *insn = &u->insns[i];

		if (ir_op_info[insn->op].effect == IR_EFFECT_STORE)
			return true;
		if ((insn->op == IR_exit_if || insn->op == IR_exit_direct) &&
			(uint64_t)insn->imm <= u->guest_pc)
			return true;
	}
	return false;
}

/* In place of such an instruction of a restartable sequence: the runtime runs a unit of IR_MODE_CRITICAL for it. */
static void
lift_critical_step(struct lift *l, struct ir_unit *u, const struct lift_request *request)
{
	ir_begin(l, u, &a64_layout, request->pc, request->mode);
	add_to_ranges(u, request->pc);
	ir_exit_exception(l, IR_EXCEPTION_CRITICAL_STEP, (int64_t)request->pc);
	l->ended = true;
	u->guest_insns = 1;
}

void
a64_lift_unit(struct lift *l, struct ir_unit *u, const struct lift_request *request)
{
	uint32_t limit = request->max_guest_insns;

	/* An instruction's IR is far smaller than a unit, so this ends. */
	for (;;) {
		ir_begin(l, u, &a64_layout, request->pc, request->mode);
		l->no_folding = request->as_lifted;
		l->follows_path = request->path != NULL;
		l->path = request->path;
		l->path_left = request->path_length;
		l->labels = request->labels;
		l->label_count = request->label_count;
		lift_insns(l, request, limit);
		if (!l->overflow)
			break;
		limit = u->guest_insns / 2 + 1;
	}
	if (!(request->mode & IR_MODE_CRITICAL) && is_critical(request, request->pc) &&
		wants_critical_step(u))
		lift_critical_step(l, u, request);
	if (!request->as_lifted)
		ir_finish(l);
	a64_look_behind_exits(u, request);
}

/* The room between functions is filled with NOP or zeros. */
static bool
is_code(const void *code)
{
	enum { NOP = 0xd503201f };
	uint32_t word;

	memcpy(&word, code, sizeof(word));
	return word != NOP && word != 0 && a64_decode(word) != A64_ROW_none;
}

const struct guest_isa a64_isa = {
	.name = "aarch64",
	.processor = "armv8.0+lse",
	.elf_machine = 183, /* EM_AARCH64 */
	.layout = &a64_layout,
	.lift_unit = a64_lift_unit,
	.runtime_calls = a64_runtime_calls,
	.runtime_call_count = A64_CALL_COUNT,
	.disassemble = a64_disassemble,
	.instruction_size = 4,
	.is_code = is_code,
};
