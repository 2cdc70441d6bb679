// SPDX-License-Identifier: Apache-2.0
// The glue between C and translated code, generated once at the start of the code buffer: entry, the ways out, calls to
// the runtime (guest state made canonical in memory) and to helpers (every register kept).
#include "backend/x86_64/compiler.h"

struct trampolines trampolines;
void (*backend_save_vectors)(struct cpu *cpu);
void (*backend_load_vectors)(struct cpu *cpu);

static const enum x86_gpr callee_saved[] = { X86_RBX, X86_RBP, X86_R12, X86_R13, X86_R14, X86_R15 };
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct x86_mem
hot(int32_t displacement)
{
	return x86_mem_base(X86_RBP, displacement);
}

/* Pinned general registers from (load) or to their slots' memory. */
static void
transfer_gpr_pins(struct x86_writer *w, bool load)
{
	for (unsigned r = 0; r < REG_XMM; r++)
		if (canonical_seam.slot_of_pin[r] != 0xff) {
			if (load)
				x86_load(w, 8, (enum x86_gpr)r,
					slot_memory(canonical_seam.slot_of_pin[r]));
			else
				x86_store(w, 8, slot_memory(canonical_seam.slot_of_pin[r]),
					(enum x86_gpr)r);
		}
}

/* The same for vector registers, xmm16..31 homes included. */
static void
transfer_vector_pins(struct x86_writer *w, bool load)
{
	for (unsigned s = 0; s < slot_total; s++) {
		unsigned xmm = canonical_seam.pin_of_slot[s] != REG_NONE &&
					       canonical_seam.pin_of_slot[s] >= REG_XMM
				       ? XMM(canonical_seam.pin_of_slot[s])
				       : canonical_seam.high_home_of_slot[s];
		bool pinned = canonical_seam.pin_of_slot[s] != REG_NONE &&
			      canonical_seam.pin_of_slot[s] >= REG_XMM;

		if (!pinned && !canonical_seam.high_home_of_slot[s])
			continue;
		if (load)
			x86_vec_rm(w, X86_VMOVAPS, xmm, slot_memory(s));
		else
			x86_vec_mr(w, X86_VMOVAPS, slot_memory(s), xmm);
	}
}

static void
transfer_pins(struct x86_writer *w, bool load)
{
	transfer_gpr_pins(w, load);
	transfer_vector_pins(w, load);
}

/* rdi = cpu; rsi goes to rax. */
static void
enter_guest_state(struct x86_writer *w)
{
	for (unsigned k = 0; k < COUNT(callee_saved); k++)
		x86_push_r(w, callee_saved[k]);
	x86_lea(w, 8, X86_RBP, x86_mem_base(X86_RDI, CPU_BIAS));
	x86_store(w, 8, hot(CPU_COLD(host_stack)), X86_RSP);
	x86_stmxcsr(w, hot(CPU_COLD(host_fp_control)));
	x86_load(w, 8, X86_RSP, hot(CPU_COLD(return_stack_top)));
	x86_ldmxcsr(w, hot(CPU_HOT(fp_control)));
	x86_mov_rr(w, 8, X86_RAX, X86_RSI);
}

/* C: void enter(struct cpu *cpu, const uint8_t *code) */
static void
generate_enter(struct x86_writer *w)
{
	trampolines.enter = w->at;
	enter_guest_state(w);
	transfer_pins(w, true);
	x86_jmp_r(w, X86_RAX);
}

static void
return_to_c(struct x86_writer *w)
{
	x86_ldmxcsr(w, hot(CPU_COLD(host_fp_control)));
	for (unsigned k = COUNT(callee_saved); k-- > 0;)
		x86_pop_r(w, callee_saved[k]);
	x86_plain(w, X86_RET);
}

/* The common way out: state is canonical, reason and argument are written. Gives the way for saved general registers. */
static const uint8_t *
generate_leave(struct x86_writer *w)
{
	const uint8_t *without_gprs;

	transfer_gpr_pins(w, false);
	without_gprs = w->at;
	transfer_vector_pins(w, false);
	x86_store(w, 8, hot(CPU_COLD(return_stack_top)), X86_RSP);
	x86_load(w, 8, X86_RSP, hot(CPU_COLD(host_stack)));
	x86_stmxcsr(w, hot(CPU_HOT(fp_control)));
	return_to_c(w);
	return without_gprs;
}

static void
use_host_stack(struct x86_writer *w)
{
	x86_store(w, 8, hot(CPU_COLD(return_stack_top)), X86_RSP);
	x86_load(w, 8, X86_RSP, hot(CPU_COLD(host_stack)));
	x86_alu_ri(w, X86_AND, 8, X86_RSP, -16);
}

static uint8_t *
generate_exit(
	struct x86_writer *w, const uint8_t *leave, enum cpu_exit_reason reason, bool rax_is_pc)
{
	uint8_t *start = w->at;

	x86_store_imm(w, 8, hot(CPU_COLD(exit_reason)), (int32_t)reason);
	x86_store(w, 8, hot(rax_is_pc ? CPU_HOT(pc) : CPU_COLD(exit_argument)), X86_RAX);
	x86_jmp_to(w, leave);
	return start;
}

/*
 * Most calls are done by cpu_cold.system_call, for which vector registers, MXCSR and the frame on the C stack stay as they
 * are: the kernel keeps them.
 */
static void
generate_system_call(struct x86_writer *w, const uint8_t *leave_without_gprs)
{
	uint8_t *leaves;

	trampolines.system_call = w->at;
	x86_store_imm(w, 8, hot(CPU_COLD(exit_reason)), CPU_EXIT_SYSTEM_CALL);
	x86_store(w, 8, hot(CPU_COLD(exit_argument)), X86_RCX);
	x86_store(w, 8, hot(CPU_HOT(pc)), X86_RAX);
	transfer_gpr_pins(w, false);
	use_host_stack(w);
	x86_lea(w, 8, X86_RDI, x86_mem_base(X86_RBP, -CPU_BIAS));
	x86_call_m(w, hot(CPU_COLD(system_call)));
	x86_load(w, 8, X86_RSP, hot(CPU_COLD(return_stack_top)));
	x86_test_rr(w, 8, X86_RAX, X86_RAX);
	leaves = x86_jcc_rel32(w, X86_E);
	x86_patch_rel32(leaves, leave_without_gprs);
	transfer_gpr_pins(w, true);
	x86_jmp_r(w, X86_RAX);
}

/* C: void f(struct cpu *cpu) */
static void (*generate_vector_transfer(struct x86_writer *w, bool load))(struct cpu *cpu)
{
	const uint8_t *start = w->at;

	x86_push_r(w, X86_RBP);
	x86_lea(w, 8, X86_RBP, x86_mem_base(X86_RDI, CPU_BIAS));
	transfer_vector_pins(w, load);
	if (!load)
		x86_stmxcsr(w, hot(CPU_HOT(fp_control)));
	x86_pop_r(w, X86_RBP);
	x86_plain(w, X86_RET);
	return (void (*)(struct cpu *))(uintptr_t)start;
}

static void
generate_exits(struct x86_writer *w)
{
	const uint8_t *leave = w->at;
	const uint8_t *leave_without_gprs = generate_leave(w);

	trampolines.link = generate_exit(w, leave, CPU_EXIT_LINK, false);
	trampolines.indirect = generate_exit(w, leave, CPU_EXIT_INDIRECT, true);
	generate_system_call(w, leave_without_gprs);
	trampolines.stale = generate_exit(w, leave, CPU_EXIT_STALE, false);
	trampolines.exception = w->at;
	x86_store(w, 8, hot(CPU_COLD(exit_argument)), X86_RCX);
	generate_exit(w, leave, CPU_EXIT_EXCEPTION, true);
	trampolines.fault = w->at;
	x86_store_imm(w, 8, hot(CPU_COLD(exit_reason)), CPU_EXIT_FAULT);
	x86_jmp_to(w, leave);
}

/*
 * The frame stays for the return that it belongs to: a region may have come to this return without the call that would have
 * pushed the return's own. It is still there below rsp, since signals have a stack of their own.
 */
static void
generate_return_miss(struct x86_writer *w)
{
	enum x86_gpr link;

	trampolines.return_miss = w->at;
	x86_lea(w, 8, X86_RSP, x86_mem_base(X86_RSP, -8));
	link = emit_link(w, X86_RAX);
	x86_mov_rr(w, 8, X86_RAX, link);
	emit_indirect_lookup(w);
}

/* rax = function, rdx = argument; called from translated code whose state is canonical. Result in rax. */
static void
generate_runtime_call(struct x86_writer *w)
{
	trampolines.runtime_call = w->at;
	transfer_pins(w, false);
	x86_pop_m(w, hot(CPU_COLD(runtime_return)));
	use_host_stack(w);
	x86_stmxcsr(w, hot(CPU_HOT(fp_control)));
	x86_ldmxcsr(w, hot(CPU_COLD(host_fp_control)));
	x86_lea(w, 8, X86_RDI, x86_mem_base(X86_RBP, -CPU_BIAS));
	x86_mov_rr(w, 8, X86_RSI, X86_RDX);
	x86_call_r(w, X86_RAX);
	x86_ldmxcsr(w, hot(CPU_HOT(fp_control)));
	x86_load(w, 8, X86_RSP, hot(CPU_COLD(return_stack_top)));
	transfer_pins(w, true);
	x86_jmp_m(w, hot(CPU_COLD(runtime_return)));
}

static void
transfer_saved(struct x86_writer *w, bool load)
{
	unsigned vectors = host_features.avx512 ? 32 : 16;

	for (unsigned r = X86_RCX; r < 16; r++) {
		struct x86_mem at = x86_mem_offset(hot(CPU_COLD(saved_gprs)), (int32_t)r * 8);

		if (r == X86_RSP || r == X86_RBP)
			continue;
		if (load)
			x86_load(w, 8, (enum x86_gpr)r, at);
		else
			x86_store(w, 8, at, (enum x86_gpr)r);
	}
	for (unsigned v = 0; v < vectors; v++) {
		struct x86_mem at = x86_mem_offset(hot(CPU_COLD(saved_vectors)), (int32_t)v * 16);

		if (load)
			x86_vec_rm(w, X86_VMOVAPS, v, at);
		else
			x86_vec_mr(w, X86_VMOVAPS, at, v);
	}
}

/* rax = helper function; operands, result and immediate in struct cpu_cold. Keeps all registers but rax (FPSR bits). */
static void
generate_helper(struct x86_writer *w)
{
	static const enum x86_gpr argument[4] = { X86_RSI, X86_RDX, X86_RCX, X86_RDI };

	trampolines.helper = w->at;
	transfer_saved(w, false);
	use_host_stack(w);
	for (unsigned k = 0; k < 4; k++)
		x86_lea(w, 8, argument[k],
			x86_mem_offset(hot(CPU_COLD(helper_arguments)), (int32_t)k * 16));
	x86_load(w, 8, X86_R8, hot(CPU_COLD(helper_imm)));
	x86_call_r(w, X86_RAX);
	x86_load(w, 8, X86_RSP, hot(CPU_COLD(return_stack_top)));
	transfer_saved(w, true);
	x86_plain(w, X86_RET);
}

/*
 * Where the kernel goes on after an abort, with any register contents: those in memory, from before the entry, count. The
 * kernel wants its signature in front.
 */
static void
generate_critical_aborts(struct x86_writer *w)
{
	for (unsigned k = 0; k < CRITICAL_SIGNATURES; k++) {
		static const uint32_t signature = CRITICAL_UNSIGNED;

		x86_nop(w, 12 + (-(uintptr_t)w->at & 15));
		x86_emit_bytes(w, &signature, sizeof(signature));
		trampolines.critical_abort[k] = w->at;
		x86_store_imm(w, 8, hot(CPU_COLD(exit_reason)), CPU_EXIT_CRITICAL_ABORT);
		x86_load(w, 8, X86_RSP, hot(CPU_COLD(host_stack)));
		return_to_c(w);
	}
}

/*
 * C: void enter_critical(struct cpu *cpu, const uint8_t *code, uint64_t *armed, uint64_t expected,
 *     const struct host_critical_section *section)
 * The last trampoline, so that what lies between the exchange and the unit's store is one range of addresses without
 * any way out. The exchange needs no lock: it races with the kernel on this processor alone.
 */
static void
generate_enter_critical(struct x86_writer *w)
{
	trampolines.enter_critical = w->at;
	enter_guest_state(w);
	x86_store(w, 8, hot(CPU_COLD(exit_argument)), X86_RAX);
	x86_mov_rr(w, 8, X86_RAX, X86_RCX);
	x86_mov_rr(w, 8, X86_RCX, X86_R8);
	transfer_pins(w, true);
	x86_cmpxchg(w, 8, x86_mem_base(X86_RDX, 0), X86_RCX);
	trampolines.critical_start = w->at;
	x86_jcc_to(w, X86_NE, trampolines.critical_abort[0]);
	x86_jmp_m(w, hot(CPU_COLD(exit_argument)));
}

bool
trampolines_generate(struct code_space *space)
{
	struct x86_writer w = { .at = space->code, .end = space->code_end };

	trampolines.start = w.at;
	generate_enter(&w);
	generate_exits(&w);
	backend_save_vectors = generate_vector_transfer(&w, false);
	backend_load_vectors = generate_vector_transfer(&w, true);
	generate_return_miss(&w);
	generate_runtime_call(&w);
	generate_helper(&w);
	generate_critical_aborts(&w);
	generate_enter_critical(&w);
	trampolines.end = w.at;
	space->code = w.at + (-(uintptr_t)w.at & 63);
	return !w.overflow;
}
