// SPDX-License-Identifier: Apache-2.0
// The dispatcher: each thread's loop of delivering signals, finding the unit for its pc, running translated code, and
// doing what that code left for.
#include <stddef.h>

#include "backend/backend.h"
#include "runtime/critical_sections.h"
#include "runtime/signals.h"
#include "runtime/stop_world.h"
#include "runtime/thread.h"
#include "runtime/threads.h"
#include "runtime/trace_recorder.h"
#include "runtime/units.h"
#include "syscalls/system_call.h"

/* The unit to run next, for the reason of the last exit; links or remembers it as that reason allows. */
static struct code_unit *
next_unit(struct guest_thread *t, struct code_exit *unlinked, bool indirect)
{
	struct code_unit *unit;

	if (unlinked)
		return units_get_and_link(t, unlinked);
	unit = units_get(t);
	if (indirect)
		units_remember(t, t->cpu.hot.pc, unit);
	return unit;
}

/*
 * After a system call: the target of the exit that it was, if that is linked, without any lock. Code is entered then (no
 * unit can go away meanwhile); else NULL and it is not.
 */
static struct code_unit *
enter_linked(struct guest_thread *t, const struct code_exit *exit)
{
	struct code_unit *unit;

	if (!exit || exit->jump || !world_enter_code(t))
		return NULL;
	unit = __atomic_load_n(&exit->target, __ATOMIC_ACQUIRE);
	if (unit && unit->mode == t->cpu.hot.mode)
		return unit;
	world_leave_code(t);
	return NULL;
}

/* Runs translated code from the thread's pc on. Gives the exit that it left by, if that is to be linked, else NULL. */
static struct code_exit *
run_code(struct guest_thread *t, struct code_exit *unlinked, bool indirect)
{
	struct cpu *cpu = &t->cpu;
	struct code_unit *unit = enter_linked(t, unlinked);

	if (!unit) {
		unit = next_unit(t, unlinked, indirect);
		while (!world_enter_code(t))
			unit = units_get(t);
	}
	thread_set_activity(t, ACTIVITY_CODE);
	backend_enter(cpu, unit);
	thread_set_activity(t, ACTIVITY_DISPATCH);
	unlinked = NULL;
	if (cpu->cold.exit_reason == CPU_EXIT_LINK) {
		unlinked = (struct code_exit *)(uintptr_t)cpu->cold.exit_argument;
		cpu->hot.pc = exit_guest_pc(unlinked);
	}
	world_leave_code(t);
	return unlinked;
}

/*
 * Top-byte-ignore (Arm ARM D5.1.4): tags in addresses cost nothing until one faults as not canonical. From then on the
 * thread runs units that cut tags off, beginning with the instruction at fault. True if that is to be tried.
 */
static bool
start_masking_tags(struct guest_thread *t)
{
	if (!t->signals.fault.not_canonical || (t->cpu.hot.mode & IR_MODE_MASK_TAGS))
		return false;
	t->cpu.hot.mode |= IR_MODE_MASK_TAGS;
	t->signals.fault.signo = 0;
	thread_clear_indirect_table(t);
	backend_reset_return_stack(&t->cpu);
	return true;
}

/* Invalid floating-point operations cost nothing until they happen. From now on the thread runs units that test for them. */
static void
start_checking_nans(struct guest_thread *t)
{
	struct cpu *cpu = &t->cpu;
	uint32_t control = backend_fp_control_for_mode(cpu->hot.mode);

	cpu->hot.mode |= IR_MODE_CHECK_NANS;
	cpu->hot.fp_control =
		backend_fp_control_for_mode(cpu->hot.mode) | (cpu->hot.fp_control & ~control);
	thread_clear_indirect_table(t);
	backend_reset_return_stack(cpu);
}

/*
 * Runs the unit of IR_MODE_CRITICAL for the thread's pc, which is in a critical section that is armed: `armed` is what the
 * guest's struct rseq holds. False when the unit had no effect.
 */
static bool
run_critical(struct guest_thread *t, uint64_t armed)
{
	uint64_t *pointer = critical_section_pointer(t);
	struct cpu *cpu = &t->cpu;
	struct code_unit *unit;

	cpu->hot.mode |= IR_MODE_CRITICAL;
	unit = units_get(t);
	while (!world_enter_code(t))
		unit = units_get(t);
	if (backend_describe_critical(unit, t->rseq.signature, &t->rseq.section)) {
		backend_enter_critical(cpu, unit, pointer, armed, &t->rseq.section);
		critical_section_rearm(t, armed);
	} else {
		backend_enter(cpu, unit);
	}
	if (cpu->cold.exit_reason == CPU_EXIT_LINK)
		cpu->hot.pc = exit_guest_pc((struct code_exit *)(uintptr_t)cpu->cold.exit_argument);
	world_leave_code(t);
	cpu->hot.mode &= ~(uint32_t)IR_MODE_CRITICAL;
	return cpu->cold.exit_reason == CPU_EXIT_EXCEPTION ||
	       cpu->cold.exit_reason == CPU_EXIT_LINK;
}

/* A step of a critical section: made if nothing has come between since the section was entered, else the section is left. */
static void
make_critical_step(struct guest_thread *t)
{
	uint64_t armed = critical_section_armed(t);

	if (critical_section_is_armed_here(t)) {
		units_retranslate(t->cpu.hot.pc);
		return;
	}
	if (armed && run_critical(t, armed))
		return;
	if (!t->signals.fault.signo)
		critical_section_leave(t);
	else if (!start_masking_tags(t))
		signals_raise_fault(t);
}

_Noreturn void
dispatch_run(struct guest_thread *t)
{
	struct cpu *cpu = &t->cpu;
	struct code_exit *unlinked = NULL;
	bool indirect = false;

	for (;;) {
		bool out_of_fuel = cpu->hot.loop_fuel < 0;

		if (out_of_fuel)
			trace_recorder_refuel(t);
		if (__atomic_load_n(&cpu->hot.signal_pending, __ATOMIC_ACQUIRE)) {
			trace_recorder_abort(t);
			thread_set_activity(t, ACTIVITY_SIGNAL);
			signals_deliver(t);
			thread_set_activity(t, ACTIVITY_DISPATCH);
			out_of_fuel = false;
			unlinked = NULL;
			indirect = false;
		}
		if (backend_wants_nan_checks(cpu)) {
			start_checking_nans(t);
			unlinked = NULL;
			indirect = false;
		}
		if (trace_recorder_step(t, unlinked, out_of_fuel)) {
			unlinked = NULL;
			indirect = false;
		}
		unlinked = run_code(t, unlinked, indirect);
		indirect = false;
		t->counts.exits[cpu->cold.exit_reason]++;
		switch ((enum cpu_exit_reason)cpu->cold.exit_reason) {
		case CPU_EXIT_INDIRECT: indirect = true; break;
		case CPU_EXIT_SYSTEM_CALL:
		case CPU_EXIT_CALL_MADE: {
			uint64_t next_pc = cpu->hot.pc;

			trace_recorder_abort(t);
			thread_set_activity(t, ACTIVITY_SYSTEM_CALL);
			if (cpu->cold.exit_reason == CPU_EXIT_CALL_MADE)
				system_call_conclude(t);
			else
				system_call(t);
			thread_set_activity(t, ACTIVITY_DISPATCH);
			if (cpu->hot.pc == next_pc)
				unlinked = (struct code_exit *)(uintptr_t)cpu->cold.exit_argument;
			break;
		}
		case CPU_EXIT_EXCEPTION:
			trace_recorder_abort(t);
			if (cpu->cold.exit_argument == IR_EXCEPTION_CRITICAL_STEP) {
				make_critical_step(t);
				break;
			}
			/* whether code can be fetched is asked anew each time */
			if (cpu->cold.exit_argument == IR_EXCEPTION_FETCH)
				units_invalidate(cpu->hot.pc & ~UINT64_C(3),
					(cpu->hot.pc & ~UINT64_C(3)) + 4);
			signals_raise_exception(t, (enum ir_exception)cpu->cold.exit_argument);
			break;
		case CPU_EXIT_STALE:
			units_invalidate_stale(
				t, (struct code_unit *)(uintptr_t)cpu->cold.exit_argument);
			break;
		case CPU_EXIT_FAULT:
			trace_recorder_abort(t);
			if (!start_masking_tags(t) && !critical_section_retry(t))
				signals_raise_fault(t);
			break;
		case CPU_EXIT_LINK:
		case CPU_EXIT_CRITICAL_ABORT:
		case CPU_EXIT_REASONS: break;
		}
	}
}
