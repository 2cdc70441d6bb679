// SPDX-License-Identifier: Apache-2.0
//
// From a loaded program to its first instruction: what the C library has registered with the kernel for its own main
// thread is taken back, the first guest thread is set up, and its code begins on that thread's own stack.

#include <linux/rseq.h>
#include <stdio.h>
#include <sys/rseq.h>
#include <sys/types.h>
#include <unistd.h>

#include "backend/backend.h"
#include "cache/cache.h"
#include "frontend/a64/state.h"
#include "runtime/host_syscall.h"
#include "runtime/recording.h"
#include "runtime/run.h"
#include "runtime/statistics.h"
#include "runtime/threads.h"
#include "runtime/units.h"
#include "syscalls/system_call.h"

#define STATUS_CANNOT_START   126
#define ROBUST_LIST_HEAD_SIZE 24
#define RSEQ_SIZE_FIRST       32 /* of struct rseq in its first version, which the C library registers */

static void (*exit_function)(struct guest_thread *t);

void
run_on_exit(void (*function)(struct guest_thread *t))
{
	exit_function = function;
}

void
run_before_exit(struct guest_thread *t)
{
	void (*function)(struct guest_thread * t) =
		__atomic_exchange_n(&exit_function, NULL, __ATOMIC_ACQ_REL);

	cache_save();
	if (function)
		function(t);
}

/* The guest registers its own: the kernel keeps one of each for a task. */
static void
take_back_registrations(void)
{
	uint8_t *area = (uint8_t *)__builtin_thread_pointer() + __rseq_offset;

	if (__rseq_size > 0 &&
		host_syscall(SYS_rseq, area, RSEQ_SIZE_FIRST, RSEQ_FLAG_UNREGISTER, RSEQ_SIG) < 0)
		host_syscall(SYS_rseq, area, __rseq_size, RSEQ_FLAG_UNREGISTER, RSEQ_SIG);
	host_syscall(SYS_set_robust_list, NULL, ROBUST_LIST_HEAD_SIZE);
	host_syscall(SYS_set_tid_address, NULL);
}

static void
set_first_registers(struct guest_thread *t, const struct loaded_program *program)
{
	struct a64_state *cpu = a64_state(&t->cpu);

	cpu->sp = program->stack_pointer;
	cpu->exclusive_address = A64_NO_EXCLUSIVE;
	t->cpu.hot.pc = program->entry;
	t->cpu.hot.mode = 0;
	t->cpu.hot.flags = backend_flags_from_nzcv(0);
	t->cpu.hot.fp_control = backend_fp_control_for_mode(0);
}

static void
run_first_thread(struct guest_thread *t)
{
	signals_enter_task(t);
	if (recording_wanted)
		recording_start_timer();
	signals_unblock(t);
	dispatch_run(t);
}

int
runtime_run(const struct loaded_program *program, const struct run_options *options)
{
	struct guest_thread *t;
	char why[256];

	if (!units_init(options, why, sizeof(why))) {
		dprintf(STDERR_FILENO, "dragoman: cannot start: %s\n", why);
		return STATUS_CANNOT_START;
	}
	statistics_init(options);
	backend_set_system_call(system_call_direct);
	t = thread_create();
	if (!t) {
		dprintf(STDERR_FILENO, "dragoman: cannot start: no memory for the first thread; "
				       "see `ulimit -v`\n");
		return STATUS_CANNOT_START;
	}
	t->tid = (int)host_syscall(SYS_gettid);
	thread_task(t)->process = (int)host_syscall(SYS_getpid);
	signals_init_process(t);
	signals_trampoline = program->sigreturn;
	take_back_registrations();
	system_calls_init(options, program);
	if (recording_wanted)
		recording_image(program->command_name);
	set_first_registers(t, program);
	thread_run_on_stack(t, run_first_thread);
}
