// SPDX-License-Identifier: Apache-2.0
// The race between a signal and a call that blocks.
#include "tests/unit/guest_thread_child.h"

#include <errno.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#include "runtime/interruptible_syscall.h"

/* A child that answers each byte on `request` with one signal, after a delay that varies. */
static void
send_on_request(int request, pid_t target)
{
	unsigned seed = 1;
	char byte;

	while (read(request, &byte, 1) == 1) {
		seed = seed * 1103515245 + 12345;
		for (volatile unsigned spin = seed >> 20; spin; spin--)
			;
		kill(target, SIGUSR1);
	}
	_exit(0);
}

static void
no_wake_up_is_lost(struct guest_thread *t)
{
	int request[2], silent[2], before = 0;
	uint64_t sp = a64_state(&t->cpu)->sp;
	pid_t parent = getpid(), child;
	char byte = 0;

	CHECK(pipe(request) == 0 && pipe(silent) == 0);
	set_action(t, SIGUSR1, HANDLER, 0, 0);
	child = (pid_t)host_syscall(SYS_fork);
	if (child == 0) {
		close(request[1]);
		send_on_request(request[0], parent);
	}
	for (int i = 0; i < 30000; i++) {
		long result;

		CHECK(host_syscall(SYS_write, request[1], &byte, 1) == 1);
		for (volatile unsigned spin = (unsigned)i * 7919 % 3000; spin; spin--)
			;
		/* Nobody ever writes to it: without the signal this would sleep until the alarm. */
		result = interruptible_syscall(
			t, SYS_read, (uint64_t)silent[0], (uint64_t)&byte, 1, 0, 0, 0);
		CHECK(result == -EINTR || result == INTERRUPTED_BEFORE);
		before += result == INTERRUPTED_BEFORE;
		CHECK(t->signals.queued);
		signals_deliver(t);
		CHECK(t->cpu.hot.pc == HANDLER);
		signals_return(t);
		CHECK(a64_state(&t->cpu)->sp == sp);
	}
	kill(child, SIGKILL);
	CHECK(before > 0);
}

Test(interruptible_syscall, no_wake_up_is_lost, .timeout = 100)
{
	in_child(no_wake_up_is_lost);
}

/* Waits on a pipe that nobody writes to; the tracer sends a signal while the pc is at a chosen instruction. */
static void
traced_read(struct guest_thread *t)
{
	int silent[2];
	char byte;

	CHECK(pipe(silent) == 0);
	set_action(t, SIGUSR1, HANDLER, 0, 0);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	host_syscall(SYS_tgkill, getpid(), getpid(), SIGSTOP);
	CHECK(interruptible_syscall(t, SYS_read, (uint64_t)silent[0], (uint64_t)&byte, 1, 0, 0,
		      0) == INTERRUPTED_BEFORE);
	CHECK(t->signals.queued && t->signals.info.info.si_signo == SIGUSR1);
}

static void
run_to(pid_t child, uint64_t pc)
{
	long text = ptrace(PTRACE_PEEKTEXT, child, (void *)pc, NULL);
	struct user_regs_struct registers;
	int status;

	ptrace(PTRACE_POKETEXT, child, (void *)pc, (void *)((text & ~0xffL) | 0xcc));
	ptrace(PTRACE_CONT, child, NULL, NULL);
	cr_assert(waitpid(child, &status, 0) == child);
	cr_assert(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP, "status %x", status);
	ptrace(PTRACE_POKETEXT, child, (void *)pc, (void *)text);
	ptrace(PTRACE_GETREGS, child, NULL, &registers);
	cr_assert(registers.rip == pc + 1);
	registers.rip = pc;
	ptrace(PTRACE_SETREGS, child, NULL, &registers);
}

Test(interruptible_syscall, each_instruction_of_the_range_sees_a_signal)
{
	uint64_t pc = (uint64_t)interruptible_syscall_begin;
	unsigned instructions = 0;

	for (bool more = true; more; instructions++) {
		struct user_regs_struct registers;
		int status;
		pid_t child = fork();

		if (child == 0) {
			body = traced_read;
			start_body();
		}
		cr_assert(waitpid(child, &status, 0) == child && WIFSTOPPED(status));
		run_to(child, (uint64_t)interruptible_syscall_begin);
		for (unsigned i = 0; i < instructions; i++) {
			ptrace(PTRACE_SINGLESTEP, child, NULL, NULL);
			waitpid(child, &status, 0);
		}
		ptrace(PTRACE_GETREGS, child, NULL, &registers);
		pc = registers.rip;
		/* `syscall` has two bytes and is the last. */
		more = pc + 2 < (uint64_t)interruptible_syscall_end;
		kill(child, SIGUSR1);
		ptrace(PTRACE_CONT, child, NULL, NULL);
		cr_assert(waitpid(child, &status, 0) == child);
		cr_assert(WIFSTOPPED(status) && WSTOPSIG(status) == SIGUSR1);
		ptrace(PTRACE_CONT, child, NULL, (void *)(long)SIGUSR1);
		cr_assert(waitpid(child, &status, 0) == child);
		cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "at %u: status %x",
			instructions, status);
	}
	cr_assert(instructions == 3);
}
