// SPDX-License-Identifier: Apache-2.0
// Leaving a unit: direct exits that the runtime links, side exits with their stubs, and exits to the runtime. Calls, returns and
// other indirect branches are in select_calls.c.
//
// A direct exit is a `jmp rel32` (or, where nothing has to be moved, a `jcc rel32`) in one of two states:
//     unlinked:  -> stub: lea rax, [exit record]; jmp [exit record's slot] -> link trampoline (leaves with CPU_EXIT_LINK)
//     linked:    -> entry of the target unit
// and, where the code may not be written because it is a cache file's (struct code_home), in a third:
//     linked:    -> stub: lea rax, [exit record]; jmp [exit record's slot] -> entry of the target unit
//
// Inside a region an exit to another trace is a jump to its label, guest state being in the region's places; all other exits move it from
// there to the canonical places first.
#include "backend/x86_64/region.h"
#include "backend/x86_64/select.h"
#include "backend/x86_64/select_exits.h"

/* ---- exit records ------------------------------------------------------------------------------------------------------ */

struct code_exit *
new_exit(struct compiler *c, uint64_t guest_pc, enum code_exit_kind kind)
{
	static struct code_exit surplus;
	struct code_exit *exit = &surplus;
	int64_t distance = (int64_t)(guest_pc - unit_guest_pc(c->unit));

	if (c->exit_count == c->exit_capacity)
		c->failed = true;
	else
		exit = &c->exits[c->exit_count++];
	if (distance != (int32_t)distance)
		c->failed = true;
	*exit = (struct code_exit){
		.slot = trampolines.link,
		.unit_distance = exit_distance_to(exit, c->unit),
		.guest_distance = (int32_t)distance,
		.kind = (uint8_t)kind,
	};
	return exit;
}

void
align_patchable(struct compiler *c, unsigned opcode_bytes)
{
	uintptr_t field = (uintptr_t)c->w.at + opcode_bytes;

	if ((field & 63) > 60)
		x86_nop(&c->w, 64 - (unsigned)(field & 63));
}

static uint32_t
code_offset(const struct compiler *c, const uint8_t *at)
{
	return (uint32_t)(at - c->unit->code);
}

void
emit_link_stub(struct compiler *c, struct code_exit *exit, uint8_t *jump)
{
	if (!jump || code_offset(c, c->w.at) >= 1u << 24) {
		c->failed = true;
		return;
	}
	x86_patch_rel32(jump, c->w.at);
	exit->jump = code_offset(c, jump);
	exit->stub = code_offset(c, c->w.at);
	x86_lea_rip(&c->w, X86_RAX, exit);
	x86_jmp_m(&c->w, x86_mem_base(X86_RAX, offsetof(struct code_exit, slot)));
}

void
emit_way_out(struct compiler *c, struct code_exit *exit)
{
	x86_lea_rip(&c->w, X86_RAX, exit);
	x86_jmp_m(&c->w, x86_mem_base(X86_RBP, CPU_COLD(entry_points) + ENTRY_LINK * 8));
}

void
emit_count(struct compiler *c, uint64_t number)
{
	struct x86_mem counter;

	if (!c->unit->counters || c->failed)
		return;
	counter = x86_mem_rip(&c->unit->counters[number]);
	x86_load(&c->w, 8, X86_RCX, counter);
	x86_lea(&c->w, 8, X86_RCX, x86_mem_base(X86_RCX, 1));
	x86_store(&c->w, 8, counter, X86_RCX);
}

void
emit_exit_count(struct compiler *c, const struct code_exit *exit)
{
	emit_count(c, 1 + (uint64_t)(exit - c->exits));
}

/*
 * Backward branches leave every so often, so that the runtime learns where loops are, and at once when a signal pends: fuel is
 * gone then.
 */
static uint8_t *
emit_fuel_check(struct compiler *c)
{
	x86_alu_mi(&c->w, X86_SUB, 4, x86_mem_base(X86_RBP, CPU_HOT(loop_fuel)), 1);
	return x86_jcc_rel32(&c->w, X86_S);
}

bool
wants_poll(const struct compiler *c, uint64_t target)
{
	return target <= c->guest_pc;
}

static void
make_canonical(struct compiler *c)
{
	struct snapshot s;

	snapshot_take(c, &s);
	snapshot_describe_flags_anywhere(c, &s);
	snapshot_emit(c, &s);
	region_emit_leave(c);
}

void
meet_seam(struct compiler *c, uint64_t target)
{
	struct snapshot s;

	snapshot_take(c, &s);
	snapshot_describe_flags(c, &s, target);
	snapshot_emit(c, &s);
}

/* What differs from that at a jump of the trace. Where a loop goes round, flags need not be saved at all. */
static void
edge_snapshot(struct compiler *c, struct snapshot *s, uint64_t target)
{
	snapshot_take(c, s);
	if (region_goes_round(c, target))
		s->flags = FLAGS_IN_MEMORY;
	else
		snapshot_describe_flags(c, s, target);
}

void
emit_direct_jump(struct compiler *c, uint64_t target, enum code_exit_kind kind, bool poll)
{
	struct code_exit *exit = new_exit(c, target, kind);
	uint8_t *pending = poll ? emit_fuel_check(c) : NULL;

	emit_exit_count(c, exit);
	align_patchable(c, 1);
	emit_link_stub(c, exit, x86_jmp_rel32(&c->w));
	if (poll) {
		x86_patch_rel32(pending, c->w.at);
		emit_way_out(c, exit);
	}
}

/* The rel32 field `field` leads to the region's code at `target`. */
static void
jump_inside(struct compiler *c, uint8_t *field, uint64_t target)
{
	if (region_goes_round(c, target))
		region_jump_round(c, field);
	else
		region_jump_to(c, field, (unsigned)region_label_of(c, target));
}

/* From the region's seam to `target`: a jump inside the region, or out of it. */
static void
emit_edge(struct compiler *c, uint64_t target)
{
	if (region_label_of(c, target) >= 0) {
		jump_inside(c, x86_jmp_rel32(&c->w), target);
		return;
	}
	region_emit_leave(c);
	emit_direct_jump(c, target, CODE_EXIT_JUMP, wants_poll(c, target));
}

/* ---- direct exits ----------------------------------------------------------------------------------------------------------- */

void
select_exit_direct(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	uint64_t target = (uint64_t)in->imm;
	struct snapshot s;

	(void)i;
	edge_snapshot(c, &s, target);
	snapshot_emit(c, &s);
	if (region_runs_into(c, target))
		return;
	emit_edge(c, target);
}

/*
 * Whether what the snapshot's code does may be done although the exit is not taken, and before the jump: it is no more than stores of a
 * description of the flags over flags that nobody reads any more.
 */
static bool
only_describes_flags(const struct compiler *c, ir_ref i, const struct snapshot *s)
{
	ir_ref reader = c->slot_reader[flags_slot];

	return s->move_count == 0 && s->flags == FLAGS_DESCRIBED &&
	       (reader == IR_NONE || dies(c, reader, i));
}

/* A loop's way back is the likely one: it stays in line, so that an iteration takes one jump. */
static void
emit_backward_exit(struct compiler *c, ir_ref i, enum x86_cond condition, uint64_t target)
{
	struct snapshot s;
	uint8_t *skip;

	if (c->region)
		allocate_settle_pins(c, i);
	edge_snapshot(c, &s, target);
	if (c->region && (snapshot_empty(&s) || only_describes_flags(c, i, &s))) {
		snapshot_emit(c, &s);
		jump_inside(c, x86_jcc_rel32(&c->w, condition), target);
		return;
	}
	skip = x86_jcc_rel32(&c->w, x86_cond_not(condition));
	snapshot_emit(c, &s);
	emit_edge(c, target);
	x86_patch_rel32(skip, c->w.at);
}

struct exit_stub *
new_stub(struct compiler *c)
{
	if (c->stub_count == MAX_STUBS - 1)
		c->failed = true;
	else
		c->stub_count++;
	return &c->stubs[c->stub_count - 1];
}

void
select_exit_if(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	enum x86_cond condition = need_condition(c, in->a, in->aux);
	struct exit_stub *stub;

	keep_eflags(c);
	if (c->region ? region_is_emitted(c, (uint64_t)in->imm)
		      : wants_poll(c, (uint64_t)in->imm)) {
		emit_backward_exit(c, i, condition, (uint64_t)in->imm);
		return;
	}
	stub = new_stub(c);
	stub->kind = STUB_DIRECT;
	snapshot_take(c, &stub->state);
	snapshot_describe_flags(c, &stub->state, (uint64_t)in->imm);
	stub->guest_pc = (uint64_t)in->imm;
	align_patchable(c, 2);
	stub->jump = x86_jcc_rel32(&c->w, condition);
}

/* At the head of a loop of a region: `jump` leaves when a signal pends. The dispatcher sees this exit each time. */
static void
emit_poll_stub(struct compiler *c, struct exit_stub *stub)
{
	x86_patch_rel32(stub->jump, c->w.at);
	snapshot_emit(c, &stub->state);
	region_emit_leave(c);
	emit_way_out(c, new_exit(c, stub->guest_pc, CODE_EXIT_JUMP));
}

#define JCC_OPCODE 2 /* bytes before its rel32 */

void
select_loop_head_poll(struct compiler *c, uint64_t guest_pc)
{
	struct exit_stub *stub = new_stub(c);

	*stub = (struct exit_stub){ .kind = STUB_POLL, .guest_pc = guest_pc };
	snapshot_take(c, &stub->state);
	c->eflags = IR_NONE;
	/* all bits of it or none are set: a test against a register that is not zero fuses with the jump, one of a constant in memory does not */
	x86_test_mr(&c->w, 4, x86_mem_base(X86_RBP, CPU_HOT(signal_pending)), X86_RBP);
	/* backend_leave_loops writes over the opcode, which is two bytes, by one store */
	if ((uintptr_t)c->w.at % 8 == 7)
		x86_nop(&c->w, 1);
	stub->jump = x86_jcc_rel32(&c->w, X86_NE);
	if (stub->jump)
		c->region->polls[c->region->poll_count++] = code_offset(c, stub->jump - JCC_OPCODE);
}

void
backend_leave_loops(const struct code_unit *unit)
{
	for (uint32_t k = 0; k < unit->poll_count; k++)
		__atomic_store_n((uint16_t *)(void *)(unit->code + unit->polls[k]), POLL_JMP,
			__ATOMIC_RELEASE);
}

/* A side exit inside a region: where the trace's state is at the region's seam already, its jump leads to the label itself. */
static void
emit_region_stub(struct compiler *c, struct exit_stub *stub)
{
	int label = region_label_of(c, stub->guest_pc);

	if (label >= 0 && snapshot_empty(&stub->state)) {
		region_jump_to(c, stub->jump, (unsigned)label);
		return;
	}
	x86_patch_rel32(stub->jump, c->w.at);
	snapshot_emit(c, &stub->state);
	emit_edge(c, stub->guest_pc);
}

/* ---- indirect exits ------------------------------------------------------------------------------------------------------------ */

void
make_canonical_with_rax(struct compiler *c, ir_ref value)
{
	struct snapshot s;

	snapshot_take(c, &s);
	snapshot_describe_flags_anywhere(c, &s);
	snapshot_add(c, &s, X86_RAX, value);
	snapshot_emit(c, &s);
	region_emit_leave(c);
}

/* ---- stubs -------------------------------------------------------------------------------------------------------------------------- */

static void
emit_exit_stub(struct compiler *c, struct exit_stub *stub)
{
	if (stub->kind == STUB_POLL) {
		emit_poll_stub(c, stub);
		return;
	}
	if (stub->kind == STUB_INDIRECT) {
		emit_indirect_stub(c, stub);
		return;
	}
	if (c->region) {
		emit_region_stub(c, stub);
		return;
	}
	if (snapshot_empty(&stub->state) && !c->unit->counters) {
		struct code_exit *exit = new_exit(c, stub->guest_pc, CODE_EXIT_JUMP);

		emit_link_stub(c, exit, stub->jump);
		return;
	}
	x86_patch_rel32(stub->jump, c->w.at);
	snapshot_emit(c, &stub->state);
	emit_direct_jump(c, stub->guest_pc, CODE_EXIT_JUMP, false);
}

void
select_exit_stubs(struct compiler *c)
{
	for (uint32_t k = 0; k < c->stub_count && !c->failed; k++)
		emit_exit_stub(c, &c->stubs[k]);
}

/* ---- exits to the runtime ------------------------------------------------------------------------------------------------------------ */

/* The dispatcher goes on at the exit's target after the call: linked like any other, though no jump is patched. */
void
select_exit_system_call(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	struct code_exit *exit = new_exit(c, (uint64_t)in->imm, CODE_EXIT_RETURN);

	(void)i;
	make_canonical(c);
	emit_exit_count(c, exit);
	x86_lea_rip(&c->w, X86_RCX, exit);
	emit_guest_address(c, X86_RAX, (uint64_t)in->imm);
	x86_jmp_m(&c->w, x86_mem_base(X86_RBP, CPU_COLD(entry_points) + ENTRY_SYSTEM_CALL * 8));
}

void
select_exit_exception(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	(void)i;
	make_canonical(c);
	x86_mov_ri(&c->w, X86_RCX, in->aux);
	emit_guest_address(c, X86_RAX, (uint64_t)in->imm);
	x86_jmp_m(&c->w, x86_mem_base(X86_RBP, CPU_COLD(entry_points) + ENTRY_EXCEPTION * 8));
}

/* ---- the check of code on pages that keep changing ---------------------------------------------------------------------------------------- */

void
select_code_check(struct compiler *c)
{
	uint8_t *stale[64];
	unsigned count = 0;

	if (c->u->guest_insns == 0)
		return; /* the code cannot be fetched */
	for (unsigned r = 0; r < c->u->range_count; r++) {
		uint64_t start = c->u->ranges[r].start;

		x86_mov_ri(&c->w, X86_RAX, start);
		for (uint64_t at = start; at + 4 <= c->u->ranges[r].end && count < 64; at += 4) {
			int32_t word;

			memcpy(&word, (const void *)(uintptr_t)at, 4);
			x86_alu_mi(&c->w, X86_CMP, 4, x86_mem_base(X86_RAX, (int32_t)(at - start)),
				word);
			stale[count++] = x86_jcc_rel32(&c->w, X86_NE);
		}
	}
	uint8_t *same = x86_jmp_rel8(&c->w);
	for (unsigned k = 0; k < count; k++)
		x86_patch_rel32(stale[k], c->w.at);
	x86_mov_ri(&c->w, X86_RAX, c->u->guest_pc);
	x86_store(&c->w, 8, x86_mem_base(X86_RBP, CPU_HOT(pc)), X86_RAX);
	x86_lea_rip(&c->w, X86_RAX, c->unit);
	x86_jmp_m(&c->w, x86_mem_base(X86_RBP, CPU_COLD(entry_points) + ENTRY_STALE * 8));
	x86_patch_rel8(same, c->w.at);
}
