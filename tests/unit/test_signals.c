// SPDX-License-Identifier: Apache-2.0
// Signals without translated code: what the host's queue keeps, masks, alternate stacks, interrupted calls that are
// repeated, and deaths.
#include "tests/unit/guest_thread_child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "runtime/interruptible_syscall.h"

static void
first_is_queued_others_wait(struct guest_thread *t)
{
	uint64_t pending = 0;

	set_action(t, SIGUSR1, HANDLER, SA_SIGINFO, 0);
	set_action(t, 34, HANDLER, SA_SIGINFO, 0);
	send(SIGUSR1, 1);
	CHECK(t->signals.queued && t->signals.info.info.si_signo == SIGUSR1);
	CHECK(t->signals.info.info.si_value.sival_int == 1);
	CHECK(t->cpu.hot.signal_pending == CPU_SIGNAL_PENDING);
	CHECK(t->cpu.hot.indirect_table == threads_empty_table);
	CHECK(host_mask() == signals_host_mask(UINT64_MAX));
	send(34, 7);
	send(34, 8);
	host_syscall(SYS_rt_sigpending, &pending, sizeof(pending));
	CHECK(pending == SIGNAL_BIT(34));

	/* The frame of SIGUSR1, and then, as it is not blocked in the handler, those of signal 34. */
	signals_deliver(t);
	CHECK(frame_at(t)->info.info.si_signo == SIGUSR1);
	CHECK(frame_at(t)->ucontext.sigmask == 0);
	CHECK(t->signals.mask == SIGNAL_BIT(SIGUSR1));
	CHECK(t->cpu.hot.pc == HANDLER);
	CHECK(t->signals.queued);
	signals_deliver(t);
	CHECK(frame_at(t)->info.info.si_signo == 34);
	CHECK(frame_at(t)->info.info.si_value.sival_int == 7);
	CHECK(!t->signals.queued && !t->cpu.hot.signal_pending);
	CHECK(t->cpu.hot.indirect_table == t->indirect_table);
	CHECK(host_mask() == (SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(34)));
	host_syscall(SYS_rt_sigpending, &pending, sizeof(pending));
	CHECK(pending == SIGNAL_BIT(34));

	/* Returning unblocks 34: its second comes at once, with the first handler's registers in the frame. */
	signals_return(t);
	CHECK(t->cpu.hot.pc == HANDLER && t->signals.queued);
	signals_deliver(t);
	CHECK(frame_at(t)->info.info.si_value.sival_int == 8);
	signals_return(t);
	CHECK(t->signals.mask == SIGNAL_BIT(SIGUSR1));
	signals_return(t);
	CHECK(t->signals.mask == 0 && t->cpu.hot.pc == PC);
	CHECK(a64_state(&t->cpu)->sp == GUEST_STACK + GUEST_STACK_SIZE);
	CHECK(host_mask() == 0);
}

Test(signals, one_is_queued_and_the_kernel_keeps_the_others)
{
	in_child(first_is_queued_others_wait);
}

static void
synchronous_is_held(struct guest_thread *t)
{
	set_action(t, SIGSEGV, HANDLER, SA_SIGINFO, 0);
	signals_set_mask(t, SIGNAL_BIT(SIGSEGV));
	send(SIGSEGV, 5);
	send(SIGSEGV, 6);
	CHECK(!t->cpu.hot.signal_pending && t->signals.held == SIGNAL_BIT(SIGSEGV));
	CHECK((host_mask() & SIGNAL_BIT(SIGSEGV)) == 0);
	signals_set_mask(t, 0);
	CHECK(t->cpu.hot.signal_pending);
	signals_deliver(t);
	CHECK(frame_at(t)->info.info.si_signo == SIGSEGV);
	CHECK(frame_at(t)->info.info.si_value.sival_int == 5);
	CHECK(!t->signals.held);
}

Test(signals, a_blocked_synchronous_number_is_held)
{
	in_child(synchronous_is_held);
}

static void
flags_are_obeyed(struct guest_thread *t)
{
	struct guest_sigaction action;

	set_action(t, SIGUSR1, HANDLER,
		SA_NODEFER | (uint64_t)(uint32_t)SA_RESETHAND | GUEST_SA_RESTORER,
		SIGNAL_BIT(SIGUSR2) | SIGNAL_BIT(SIGKILL));
	send(SIGUSR1, 0);
	a64_state(&t->cpu)->x[1] = 77;
	signals_deliver(t);
	CHECK(t->signals.mask == SIGNAL_BIT(SIGUSR2));
	CHECK(a64_state(&t->cpu)->x[0] == SIGUSR1);
	CHECK(a64_state(&t->cpu)->x[1] == 77);
	CHECK(a64_state(&t->cpu)->x[30] == 0);
	CHECK(signals_action(t, SIGUSR1, NULL, &action) == 0 && action.handler == GUEST_SIG_DFL);
	CHECK(signals_action(t, SIGKILL, &action, NULL) == -EINVAL);
	CHECK(signals_action(t, 65, NULL, &action) == -EINVAL);
}

Test(signals, nodefer_resethand_and_masks)
{
	in_child(flags_are_obeyed);
}

static void
temporary_mask_is_the_handlers(struct guest_thread *t)
{
	uint64_t mask = 0;

	set_action(t, SIGUSR1, HANDLER, 0, 0);
	signals_set_mask(t, SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGINT));
	send(SIGUSR1, 0);
	CHECK(!t->signals.queued);
	mask = SIGNAL_BIT(SIGTERM);
	signals_use_temporary_mask(t, mask);
	long result = interruptible_syscall(t, SYS_rt_sigsuspend, (uint64_t)&mask, 8, 0, 0, 0, 0);
	CHECK(result == -EINTR && t->signals.queued);
	CHECK(signals_after_system_call(t, RESTART_NOHAND, 1, result) == -EINTR);
	signals_deliver(t);
	CHECK(frame_at(t)->ucontext.sigmask == (SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGINT)));
	CHECK(t->signals.mask == (SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGTERM)));
	CHECK(t->cpu.hot.pc == HANDLER);
	signals_return(t);
	CHECK(t->signals.mask == (SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGINT)));
	CHECK(t->cpu.hot.pc == PC);
}

Test(signals, a_handler_after_sigsuspend_runs_under_its_mask)
{
	in_child(temporary_mask_is_the_handlers);
}

// ---- stacks

static void
alternate_stack_is_used(struct guest_thread *t)
{
	struct a64_state *cpu = a64_state(&t->cpu);
	struct guest_stack stack = { .sp = ALTERNATE, .size = 0x4000 }, old;

	CHECK(signals_alternate_stack(t, &stack, &old, cpu->sp, 5120) == 0);
	CHECK(old.flags == SS_DISABLE);
	set_action(t, SIGUSR1, HANDLER, SA_ONSTACK | SA_NODEFER, 0);
	send(SIGUSR1, 0);
	signals_deliver(t);
	CHECK(cpu->sp == ALTERNATE + 0x4000 - 16 - sizeof(struct a64_signal_frame));
	CHECK(cpu->x[29] == ALTERNATE + 0x4000 - 16);
	signals_alternate_stack(t, NULL, &old, cpu->sp, 5120);
	CHECK(old.flags == SS_ONSTACK && old.sp == ALTERNATE);
	CHECK(signals_alternate_stack(t, &stack, NULL, cpu->sp, 5120) == -EPERM);
	/* Nested: goes on below. */
	send(SIGUSR1, 0);
	signals_deliver(t);
	CHECK(cpu->sp == ALTERNATE + 0x4000 - 2 * (16 + sizeof(struct a64_signal_frame)));
	signals_return(t);
	signals_return(t);
	CHECK(cpu->sp == GUEST_STACK + GUEST_STACK_SIZE);

	stack.size = 5119;
	CHECK(signals_alternate_stack(t, &stack, NULL, cpu->sp, 5120) == -ENOMEM);
	stack.size = 0x4000;
	stack.flags = 4;
	CHECK(signals_alternate_stack(t, &stack, NULL, cpu->sp, 5120) == -EINVAL);
	stack.flags = GUEST_SS_AUTODISARM;
	CHECK(signals_alternate_stack(t, &stack, NULL, cpu->sp, 5120) == 0);
	send(SIGUSR1, 0);
	signals_deliver(t);
	CHECK(frame_at(t)->ucontext.stack.flags == GUEST_SS_AUTODISARM);
	CHECK(t->signals.stack.flags == SS_DISABLE && t->signals.stack.size == 0);
	signals_return(t);
	CHECK(t->signals.stack.flags == GUEST_SS_AUTODISARM && t->signals.stack.sp == ALTERNATE);
}

Test(signals, alternate_stack_nested_and_autodisarm)
{
	in_child(alternate_stack_is_used);
}

// ---- restarting

static void
restart_one(struct guest_thread *t, enum restart_class class, uint64_t flags, long result,
	bool repeated)
{
	uint64_t sp = a64_state(&t->cpu)->sp;

	set_action(t, SIGUSR1, HANDLER, flags, 0);
	t->cpu.hot.pc = PC;
	send(SIGUSR1, 0);
	a64_state(&t->cpu)->x[0] = (uint64_t)signals_after_system_call(t, class, 1234, result);
	signals_deliver(t);
	CHECK(frame_at(t)->ucontext.context.pc == (repeated ? PC - 4 : PC));
	CHECK(frame_at(t)->ucontext.context.x[0] == (uint64_t)(repeated ? 1234 : result));
	signals_return(t);
	CHECK(a64_state(&t->cpu)->sp == sp);
}

static void
classes_restart(struct guest_thread *t)
{
	/* What SA_RESTART repeats comes back as INTERRUPTED_BEFORE; EINTR in spite of it is the call's answer. */
	restart_one(t, RESTART_SYS, SA_RESTART, INTERRUPTED_BEFORE, true);
	restart_one(t, RESTART_SYS, SA_RESTART, -EINTR, false);
	restart_one(t, RESTART_SYS, 0, -EINTR, false);
	restart_one(t, RESTART_NOHAND, SA_RESTART, -EINTR, false);
	restart_one(t, RESTART_BLOCK, SA_RESTART, -EINTR, false);
	restart_one(t, RESTART_NEVER, SA_RESTART, -EINTR, false);
	restart_one(t, RESTART_ALWAYS, 0, -EINTR, true);
	restart_one(t, RESTART_NEVER, 0, INTERRUPTED_BEFORE, true);
	restart_one(t, RESTART_SYS, SA_RESTART, 17, false);

	/* The signal became ignored before it could be delivered: as if it had never come. */
	set_action(t, SIGUSR1, HANDLER, 0, 0);
	t->cpu.hot.pc = PC;
	send(SIGUSR1, 0);
	set_action(t, SIGUSR1, GUEST_SIG_IGN, 0, 0);
	signals_after_system_call(t, RESTART_NOHAND, 99, -EINTR);
	signals_deliver(t);
	CHECK(t->cpu.hot.pc == PC - 4 && a64_state(&t->cpu)->x[0] == 99);
}

Test(signals, interrupted_calls_restart_by_class)
{
	in_child(classes_restart);
}

/* The state letter of a process: behind its name in stat. */
static char
process_state(pid_t pid)
{
	char path[32], text[256] = { 0 };
	const char *end;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		_exit(1);
	close(fd);
	end = strrchr(text, ')');
	return end ? end[2] : 0;
}

/* Reads from a pipe that nobody writes to while a child sends SIGUSR1 once the read sleeps. */
static long
interrupted_read(struct guest_thread *t)
{
	pid_t parent = getpid(), child;
	int silent[2], status;
	char byte;
	long result;

	CHECK(pipe(silent) == 0);
	child = (pid_t)host_syscall(SYS_fork);
	if (child == 0) {
		while (process_state(parent) != 'S')
			usleep(1000);
		kill(parent, SIGUSR1);
		_exit(0);
	}
	result = interruptible_syscall(
		t, SYS_read, (uint64_t)silent[0], (uint64_t)&byte, 1, 0, 0, 0);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	close(silent[0]);
	close(silent[1]);
	return result;
}

static void
host_restarts_as_the_guest_asks(struct guest_thread *t)
{
	set_action(t, SIGUSR1, HANDLER, 0, 0);
	CHECK(interrupted_read(t) == -EINTR);
	signals_deliver(t);
	signals_return(t);
	set_action(t, SIGUSR1, HANDLER, SA_RESTART, 0);
	CHECK(interrupted_read(t) == INTERRUPTED_BEFORE);
	signals_deliver(t);
	CHECK(t->cpu.hot.pc == HANDLER);
}

Test(signals, a_blocked_call_ends_as_the_handlers_sa_restart_says)
{
	in_child(host_restarts_as_the_guest_asks);
}

// ---- deaths

/* A forced signal that is blocked or ignored kills, by that signal. */
static void
blocked_fault(struct guest_thread *t)
{
	set_action(t, SIGSEGV, HANDLER, SA_SIGINFO, 0);
	signals_set_mask(t, SIGNAL_BIT(SIGSEGV));
	t->signals.fault = (struct signal_fault){ .signo = SIGSEGV, .code = SEGV_MAPERR };
	signals_raise_fault(t);
}

static void
default_exception(struct guest_thread *t)
{
	signals_raise_exception(t, IR_EXCEPTION_BREAKPOINT);
}

static void
check_death(void (*function)(struct guest_thread *t), int signo)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		close(2);
		body = function;
		start_body();
	}
	cr_assert(waitpid(child, &status, 0) == child);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == signo, "status %x", status);
}

Test(signals, uncaught_ones_kill)
{
	check_death(blocked_fault, SIGSEGV);
	check_death(default_exception, SIGTRAP);
}
