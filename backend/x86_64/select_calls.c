// SPDX-License-Identifier: Apache-2.0
// Calls, returns and other indirect branches.
//
// A call uses the host's `call` and a return its `ret`, so that the host predicts where it goes. The stack for this holds host
// addresses alone; whether the return belongs to the call is asked where it comes to:
//
//     call:       [state canonical, the link register written]
//                 call rel32 -------------> as a direct exit's jmp: stub, or entry of the function
//     landing:    cmp link, return pc <---- ret
//                 je rel32 ---------------> as a direct exit's, to the return pc (in a region: to its label)
//                 jmp [return_miss] ------> puts the frame back, and looks the link register up in the table
//
// A return that does not match is from a function that was left by longjmp, or called by a jump (a region goes through calls
// without pushing a frame), or goes to another stack. The lowest frame of the stack leads to return_miss as well.
//
// Calls that go backward ask whether a signal pends: every recursion has one, or goes through the table. They use no fuel, as backward
// jumps do: counting it down waits for the count before, which recursion with a loop in it would feel.
#include "backend/x86_64/region.h"
#include "backend/x86_64/select.h"
#include "backend/x86_64/select_exits.h"

enum x86_gpr
emit_link(struct x86_writer *w, enum x86_gpr scratch)
{
	host_reg pin = canonical_seam.pin_of_slot[link_slot];

	if (pin < REG_XMM)
		return (enum x86_gpr)pin;
	x86_load(w, 8, scratch, slot_memory(link_slot));
	return scratch;
}

/* ---- returns, indirect jumps ------------------------------------------------------------------------------------------ */

/* State is canonical; rax = guest pc, of jumps. */
static void
emit_indirect_exit(struct compiler *c, enum ir_indirect kind)
{
	emit_count(c, 0);
	if (kind == IR_INDIRECT_RETURN)
		x86_plain(&c->w, X86_RET);
	else
		emit_indirect_lookup(&c->w);
}

static void
take_indirect(struct compiler *c, struct snapshot *s, enum ir_indirect kind, ir_ref target)
{
	snapshot_take(c, s);
	snapshot_describe_flags_anywhere(c, s);
	if (kind == IR_INDIRECT_JUMP)
		snapshot_add(c, s, X86_RAX, target);
}

void
select_exit_indirect(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	struct snapshot s;

	(void)i;
	take_indirect(c, &s, region_wants_table(c) ? IR_INDIRECT_JUMP : in->aux, in->a);
	snapshot_emit(c, &s);
	if (region_wants_table(c))
		region_emit_table_jump(c);
	region_emit_leave(c);
	emit_indirect_exit(c, in->aux);
}

void
select_exit_unless(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	enum x86_gpr target = (enum x86_gpr)use_gpr(c, in->a);
	enum x86_gpr scratch = (enum x86_gpr)temp_gpr(c);
	struct exit_stub *stub = new_stub(c);

	(void)i;
	emit_compare_guest_address(c, target, (uint64_t)in->imm, scratch);
	*stub = (struct exit_stub){ .kind = STUB_INDIRECT, .indirect = in->aux };
	take_indirect(c, &stub->state, in->aux, in->a);
	stub->jump = x86_jcc_rel32(&c->w, X86_NE);
}

void
emit_indirect_stub(struct compiler *c, struct exit_stub *stub)
{
	x86_patch_rel32(stub->jump, c->w.at);
	snapshot_emit(c, &stub->state);
	region_emit_leave(c);
	emit_indirect_exit(c, stub->indirect);
}

/* ---- calls ------------------------------------------------------------------------------------------------------------ */

static void
emit_leave_return_miss(struct compiler *c)
{
	x86_jmp_m(&c->w, x86_mem_base(X86_RBP, CPU_COLD(entry_points) + ENTRY_RETURN_MISS * 8));
}

/* The landing of a call in a region to which the return pc belongs. */
static void
emit_landing_inside(struct compiler *c, unsigned label)
{
	uint8_t *miss = x86_jcc_rel32(&c->w, X86_NE);

	region_emit_entry(c, label);
	x86_patch_rel32(miss, c->w.at);
	emit_leave_return_miss(c);
}

/* Where the host's call comes back to. */
static void
emit_return_landing(struct compiler *c, uint64_t return_pc)
{
	int label = region_label_of(c, return_pc);
	struct code_exit *exit;
	uint8_t *jump;

	emit_compare_guest_address(c, emit_link(&c->w, X86_RAX), return_pc, X86_RCX);
	if (label >= 0) {
		emit_landing_inside(c, (unsigned)label);
		return;
	}
	exit = new_exit(c, return_pc, CODE_EXIT_RETURN);
	align_patchable(c, 2);
	jump = x86_jcc_rel32(&c->w, X86_E);
	emit_leave_return_miss(c);
	if (c->unit->counters) {
		x86_patch_rel32(jump, c->w.at);
		emit_exit_count(c, exit);
		align_patchable(c, 1);
		jump = x86_jmp_rel32(&c->w);
	}
	emit_link_stub(c, exit, jump);
}

static uint8_t *
emit_signal_check(struct compiler *c)
{
	x86_alu_mi(&c->w, X86_CMP, 4, x86_mem_base(X86_RBP, CPU_HOT(signal_pending)), 0);
	return x86_jcc_rel32(&c->w, X86_NE);
}

/* What follows is called, so that the frame is there when the dispatcher enters the target. */
static void
emit_way_out_by_call(struct compiler *c, const uint8_t *landing)
{
	uint8_t *over = x86_call_rel32(&c->w);

	x86_jmp_to(&c->w, landing);
	x86_patch_rel32(over, c->w.at);
}

void
select_exit_call(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	uint64_t target = (uint64_t)in->imm;
	struct code_exit *exit = new_exit(c, target, CODE_EXIT_CALL);
	uint8_t *jump, *pending = NULL;
	const uint8_t *landing;

	(void)i;
	meet_seam(c, target);
	region_emit_leave(c);
	if (wants_poll(c, target))
		pending = emit_signal_check(c);
	emit_exit_count(c, exit);
	align_patchable(c, 1);
	jump = x86_call_rel32(&c->w);
	landing = c->w.at;
	emit_return_landing(c, (uint64_t)insn_of(c, in->a)->imm);
	emit_link_stub(c, exit, jump);
	if (pending) {
		x86_patch_rel32(pending, c->w.at);
		emit_way_out_by_call(c, landing);
		emit_way_out(c, exit);
	}
}

void
select_exit_call_indirect(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	struct x86_mem code;
	uint8_t *miss;
	const uint8_t *landing;

	(void)i;
	make_canonical_with_rax(c, in->a);
	emit_count(c, 0);
	miss = emit_hash_probe(&c->w, &code);
	x86_call_m(&c->w, code);
	landing = c->w.at;
	emit_return_landing(c, (uint64_t)insn_of(c, in->b)->imm);
	x86_patch_rel32(miss, c->w.at);
	emit_way_out_by_call(c, landing);
	emit_second_probe(&c->w);
}
