// SPDX-License-Identifier: Apache-2.0
// Leaving a unit: direct exits that the runtime links, side exits with their stubs, calls and returns on the host's own
// return predictor, indirect branches through the hash table, and exits to the runtime.
//
// A direct exit is a `jmp rel32` (or, where nothing has to be moved, a `jcc rel32`) in one of two states:
//     unlinked:  -> stub: lea rax, [exit record]; jmp [exit record's slot] -> link trampoline (leaves with CPU_EXIT_LINK)
//     linked:    -> entry of the target unit
// and, where the code may not be written because it is a cache file's (struct code_home), in a third:
//     linked:    -> stub: lea rax, [exit record]; jmp [exit record's slot] -> entry of the target unit
// A call pushes the guest return address and `call`s, so a frame of the return-prediction stack is
//     [rsp] host address behind the call, [rsp + 8] guest return address;
// a return compares [rsp + 8] with its target and `ret`s, or goes through the hash table when they differ.
//
// Inside a region an exit to another trace is a jump to its label, guest state being in the region's places; all other exits move it from
// there to the canonical places first.
#include "backend/x86_64/region.h"
#include "backend/x86_64/select.h"

/* ---- exit records ------------------------------------------------------------------------------------------------------ */

static struct code_exit *
new_exit(struct compiler *c, uint64_t guest_pc, enum code_exit_kind kind)
{
	static struct code_exit surplus;
	struct code_exit *exit = &surplus;

	if (c->exit_count == c->exit_capacity)
		c->failed = true;
	else
		exit = &c->exits[c->exit_count++];
	*exit = (struct code_exit){
		.unit = c->unit,
		.slot = trampolines.link,
		.guest_offset = guest_pc - c->home->bias,
		.kind = (uint8_t)kind,
	};
	return exit;
}

/* The rel32 that the runtime patches must not cross a cache line, so that patching is atomic for other threads. */
static void
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

/* `jump` is the field of the exit's jump, which leads to its stub from now on. */
static void
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

/* The way out when a signal pends, whether the exit is linked or not. */
static void
emit_way_out(struct compiler *c, struct code_exit *exit)
{
	x86_lea_rip(&c->w, X86_RAX, exit);
	x86_jmp_m(&c->w, x86_mem_base(X86_RBP, CPU_COLD(entry_points) + ENTRY_LINK * 8));
}

/* One more in a counter of the unit, if it has any. State is canonical; rcx is changed, EFLAGS are not. */
static void
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

static void
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

static bool
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

/* State as it must be where a jump leads to `target`, where flags may do with a description: at the seam of the region, if any. */
static void
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

/* jmp to the exit's target, its stub behind it. State is canonical. */
static void
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

static struct exit_stub *
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
	x86_alu_mi(&c->w, X86_CMP, 4, x86_mem_base(X86_RBP, CPU_HOT(signal_pending)), 0);
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

/* State canonical but for `value` in rax. */
static void
make_canonical_with_rax(struct compiler *c, ir_ref value)
{
	struct snapshot s;

	snapshot_take(c, &s);
	snapshot_describe_flags_anywhere(c, &s);
	snapshot_add(c, &s, X86_RAX, value);
	snapshot_emit(c, &s);
	region_emit_leave(c);
}

/* Functions that call each other often lie a power of two apart often enough: the index takes higher bits of the pc in. */
#define INDIRECT_FOLD 13

/* rax = guest pc: the address of its hash table entry in terms of rdx and rcx; jumps to the returned field on a miss. */
static uint8_t *
emit_hash_probe(struct compiler *c, struct x86_mem *code)
{
	struct x86_mem entry = x86_mem_index(X86_RDX, X86_RCX, 2, 0);

	x86_load(&c->w, 8, X86_RDX, x86_mem_base(X86_RBP, CPU_HOT(indirect_table)));
	x86_rorx_rri(&c->w, 4, X86_RCX, X86_RAX, INDIRECT_FOLD);
	x86_alu_rr(&c->w, X86_XOR, 4, X86_RCX, X86_RAX);
	x86_alu_ri(&c->w, X86_AND, 4, X86_RCX, ((1 << INDIRECT_TABLE_BITS) - 1) << 2);
	x86_alu_rm(&c->w, X86_CMP, 8, X86_RAX, entry);
	*code = x86_mem_offset(entry, 8);
	return x86_jcc_rel32(&c->w, X86_NE);
}

static void
emit_leave_indirect(struct compiler *c)
{
	x86_jmp_m(&c->w, x86_mem_base(X86_RBP, CPU_COLD(entry_points) + ENTRY_INDIRECT * 8));
}

/* The same for the entry beside it, whose code is jumped to; or out. */
static void
emit_second_probe(struct compiler *c)
{
	struct x86_mem entry = x86_mem_index(X86_RDX, X86_RCX, 2, 0);
	uint8_t *miss;

	x86_alu_ri(&c->w, X86_XOR, 4, X86_RCX, sizeof(struct indirect_entry) / 4);
	x86_alu_rm(&c->w, X86_CMP, 8, X86_RAX, entry);
	miss = x86_jcc_rel8(&c->w, X86_NE);
	x86_jmp_m(&c->w, x86_mem_offset(entry, 8));
	x86_patch_rel8(miss, c->w.at);
	emit_leave_indirect(c);
}

static struct indirect_entry *
indirect_entry(struct indirect_entry *table, uint64_t pc)
{
	return &table[(pc ^ (uint32_t)pc >> INDIRECT_FOLD) >> 2 & ((1 << INDIRECT_TABLE_BITS) - 1)];
}

/* A pc that another has taken the place of is beside it. */
static struct indirect_entry *
second_entry(struct indirect_entry *table, const struct indirect_entry *entry)
{
	return &table[(entry - table) ^ 1];
}

void
backend_indirect_insert(struct indirect_entry *table, uint64_t pc, const struct code_unit *unit)
{
	struct indirect_entry *entry = indirect_entry(table, pc),
			      *other = second_entry(table, entry);

	if (entry->guest_pc != pc && entry->code)
		*other = *entry;
	entry->guest_pc = pc;
	entry->code = unit->code;
}

/*
 * The owning thread may be reading the entry: its code stays valid to run, only no pc matches any more. Every 64-bit
 * number is a pc that a guest may jump to, but only some belong to this entry: one that does not takes its place.
 */
static void
empty_entry(struct indirect_entry *table, struct indirect_entry *entry)
{
	__atomic_store_n(
		&entry->guest_pc, entry < table + 2 ? INDIRECT_NEVER_FIRST : 0, __ATOMIC_RELAXED);
}

void
backend_indirect_remove(struct indirect_entry *table, uint64_t pc)
{
	struct indirect_entry *entry = indirect_entry(table, pc),
			      *other = second_entry(table, entry);

	if (__atomic_load_n(&entry->guest_pc, __ATOMIC_RELAXED) == pc)
		empty_entry(table, entry);
	if (__atomic_load_n(&other->guest_pc, __ATOMIC_RELAXED) == pc)
		empty_entry(table, other);
}

void
backend_indirect_remove_code(struct indirect_entry *table, const uint8_t *code, size_t size)
{
	for (uint32_t k = 0; k < 1u << INDIRECT_TABLE_BITS; k++)
		if ((uintptr_t)table[k].code - (uintptr_t)code < size)
			empty_entry(table, &table[k]);
}

/* rax = guest pc, state canonical. */
static void
emit_indirect_jump(struct compiler *c, enum ir_indirect kind)
{
	struct x86_mem code;
	uint8_t *miss;

	emit_count(c, 0);
	if (kind == IR_INDIRECT_RETURN) {
		x86_alu_rm(&c->w, X86_CMP, 8, X86_RAX, x86_mem_base(X86_RSP, 8));
		uint8_t *other = x86_jcc_rel8(&c->w, X86_NE);
		x86_plain(&c->w, X86_RET);
		x86_patch_rel8(other, c->w.at);
	}
	miss = emit_hash_probe(c, &code);
	x86_jmp_m(&c->w, code);
	x86_patch_rel32(miss, c->w.at);
	emit_second_probe(c);
}

void
select_exit_indirect(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	(void)i;
	make_canonical_with_rax(c, in->a);
	emit_indirect_jump(c, in->aux);
}

void
select_exit_unless(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	enum x86_gpr expected = (enum x86_gpr)temp_gpr(c);
	enum x86_gpr target = (enum x86_gpr)use_gpr(c, in->a);
	struct exit_stub *stub = new_stub(c);

	(void)i;
	emit_guest_address(c, expected, (uint64_t)in->imm);
	x86_alu_rr(&c->w, X86_CMP, 8, target, expected);
	*stub = (struct exit_stub){ .kind = STUB_INDIRECT, .indirect = in->aux };
	snapshot_take(c, &stub->state);
	snapshot_describe_flags_anywhere(c, &stub->state);
	snapshot_add(c, &stub->state, X86_RAX, in->a);
	stub->jump = x86_jcc_rel32(&c->w, X86_NE);
}

static void
emit_indirect_stub(struct compiler *c, struct exit_stub *stub)
{
	x86_patch_rel32(stub->jump, c->w.at);
	snapshot_emit(c, &stub->state);
	region_emit_leave(c);
	emit_indirect_jump(c, stub->indirect);
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

/* ---- calls ------------------------------------------------------------------------------------------------------------------------ */

/* The host's return address leads here: drop the guest's and go on at the return pc. */
static void
emit_return_landing(struct compiler *c, uint64_t return_pc)
{
	int label = region_label_of(c, return_pc);

	x86_lea(&c->w, 8, X86_RSP, x86_mem_base(X86_RSP, 8));
	if (label >= 0) {
		region_emit_entry(c, (unsigned)label);
		return;
	}
	emit_direct_jump(c, return_pc, CODE_EXIT_RETURN, false);
}

/* Push the guest's return address: from its link register if that is a pin, state being canonical. */
static void
emit_push_return(struct compiler *c, ir_ref address, enum x86_gpr scratch)
{
	for (uint32_t set = c->region ? 0 : c->seam->pin_mask & 0xffff; set; set &= set - 1) {
		unsigned r = (unsigned)__builtin_ctz(set);

		if (c->pin_value[r] == canon(c, address)) {
			x86_push_r(&c->w, (enum x86_gpr)r);
			return;
		}
	}
	emit_push_guest_address(c, (uint64_t)insn_of(c, address)->imm, scratch);
}

void
select_exit_call(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	(void)i;
	uint64_t return_pc = (uint64_t)insn_of(c, in->a)->imm;
	struct code_exit *exit;
	uint8_t *jump;

	meet_seam(c, (uint64_t)in->imm);
	region_emit_leave(c);
	emit_push_return(c, in->a, X86_RAX);
	exit = new_exit(c, (uint64_t)in->imm, CODE_EXIT_CALL);
	emit_exit_count(c, exit);
	align_patchable(c, 1);
	jump = x86_call_rel32(&c->w);
	emit_return_landing(c, return_pc);
	emit_link_stub(c, exit, jump);
}

void
select_exit_call_indirect(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	(void)i;
	uint64_t return_pc = (uint64_t)insn_of(c, in->b)->imm;
	struct x86_mem code;
	uint8_t *miss, *call_miss;

	make_canonical_with_rax(c, in->a);
	emit_count(c, 0);
	emit_push_return(c, in->b, X86_RCX);
	miss = emit_hash_probe(c, &code);
	x86_call_m(&c->w, code);
	const uint8_t *landing = c->w.at;
	emit_return_landing(c, return_pc);
	/* a miss calls the way out, so that the frame is complete when the dispatcher enters the target */
	x86_patch_rel32(miss, c->w.at);
	call_miss = x86_call_rel32(&c->w);
	x86_jmp_to(&c->w, landing);
	x86_patch_rel32(call_miss, c->w.at);
	emit_second_probe(c);
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
