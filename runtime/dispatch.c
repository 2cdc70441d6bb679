// SPDX-License-Identifier: Apache-2.0
// The dispatcher: each thread's loop of delivering signals, finding the unit for its pc, running translated code, and
// doing what that code left for.
#include <stddef.h>

#include "backend/backend.h"
#include "runtime/signals.h"
#include "runtime/stop_world.h"
#include "runtime/thread.h"
#include "runtime/threads.h"
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
		cpu->hot.pc = unlinked->guest_pc;
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
	uint32_t control = backend_mxcsr_for_mode(cpu->hot.mode);

	cpu->hot.mode |= IR_MODE_CHECK_NANS;
	cpu->hot.mxcsr = backend_mxcsr_for_mode(cpu->hot.mode) | (cpu->hot.mxcsr & ~control);
	thread_clear_indirect_table(t);
	backend_reset_return_stack(cpu);
}

_Noreturn void
dispatch_run(struct guest_thread *t)
{
	struct cpu *cpu = &t->cpu;
	struct code_exit *unlinked = NULL;
	bool indirect = false;

	for (;;) {
		if (__atomic_load_n(&cpu->hot.signal_pending, __ATOMIC_ACQUIRE)) {
			thread_set_activity(t, ACTIVITY_SIGNAL);
			signals_deliver(t);
			thread_set_activity(t, ACTIVITY_DISPATCH);
			unlinked = NULL;
			indirect = false;
		}
		if (backend_wants_nan_checks(cpu)) {
			start_checking_nans(t);
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
			if (!start_masking_tags(t))
				signals_raise_fault(t);
			break;
		case CPU_EXIT_LINK:
		case CPU_EXIT_REASONS: break;
		}
	}
}
