// SPDX-License-Identifier: Apache-2.0
// Test bodies that run on a guest thread without translated code: each in a child of its own, on a guest thread's C stack,
// with real host signals; the child's exit status is 0, or the number of the line whose check failed (modulo 255, plus 1).
#ifndef TESTS_UNIT_GUEST_THREAD_CHILD_H
#define TESTS_UNIT_GUEST_THREAD_CHILD_H

#include "backend/backend.h"
#include "frontend/a64/lift.h"
#include "frontend/a64/state.h"
#include "ir/guest_isa.h"
#include "runtime/host_syscall.h"
#include "runtime/signal_frame.h"
#include "runtime/signals.h"
#include "runtime/signals_internal.h"
#include "runtime/threads.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define GUEST_STACK      UINT64_C(0x200000000000)
#define GUEST_STACK_SIZE 0x40000
#define ALTERNATE        (GUEST_STACK + 0x10000)
#define HANDLER          UINT64_C(0x123456)
#define PC               UINT64_C(0x400100)
#define FORK_LIMIT       20 /* seconds for one test body */

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition)) {                                            \
			static const char text[] = "failed: " #condition "\n"; \
			host_syscall(SYS_write, 2, text, sizeof(text) - 1);    \
			host_syscall(SYS_exit_group, __LINE__ % 255 + 1);      \
			__builtin_unreachable();                               \
		}                                                              \
	} while (0)

/* What the child runs. */
static void (*body)(struct guest_thread *t);

static inline void
run_body(struct guest_thread *t)
{
	signals_enter_task(t);
	signals_unblock(t);
	body(t);
	host_syscall(SYS_exit_group, 0);
}

/* The backend is set up for a guest with arm64's state, so that threads can be made; no code is ever compiled. */
static inline bool
start_backend(void)
{
	static const struct guest_isa isa = {
		.name = "aarch64",
		.layout = &a64_layout,
		.runtime_calls = a64_runtime_calls,
		.runtime_call_count = A64_CALL_COUNT,
	};
	uint8_t *memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct code_space space = {
		.code = memory,
		.code_end = memory + (1 << 19),
		.data = memory + (1 << 19),
		.data_end = memory + (1 << 20),
	};
	char why[128];

	return memory != MAP_FAILED && backend_init(&space, &isa, why, sizeof(why));
}

/* In the child: a guest thread runs `body` on its own C stack. Does not return. */
static inline void
start_body(void)
{
	struct guest_thread *t;

	alarm(FORK_LIMIT);
	if (mmap((void *)GUEST_STACK, GUEST_STACK_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED)
		_exit(250);
	if (!start_backend())
		_exit(252);
	t = thread_create();
	if (!t)
		_exit(251);
	signals_init_process(t);
	a64_state(&t->cpu)->sp = GUEST_STACK + GUEST_STACK_SIZE;
	t->cpu.hot.pc = PC;
	thread_run_on_stack(t, run_body);
}

/* Runs the body in a child, whose checks must all hold. */
static inline void
in_child(void (*function)(struct guest_thread *t))
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		body = function;
		start_body();
	}
	cr_assert(waitpid(child, &status, 0) == child);
	cr_assert(WIFEXITED(status), "killed by signal %d", WTERMSIG(status));
	cr_assert(WEXITSTATUS(status) == 0, "line %d (modulo 255)", WEXITSTATUS(status) - 1);
}

/* rt_sigaction of the guest. */
static inline void
set_action(struct guest_thread *t, int signo, uint64_t handler, uint64_t flags, uint64_t mask)
{
	struct guest_sigaction action = { .handler = handler, .flags = flags, .mask = mask };

	CHECK(signals_action(t, signo, &action, NULL) == 0);
}

/* A real signal to this thread, with a value. */
static inline void
send(int signo, int value)
{
	union signal_info info = { .bytes = { 0 } };

	info.info.si_signo = signo;
	info.info.si_code = SI_QUEUE;
	info.info.si_value.sival_int = value;
	CHECK(host_syscall(SYS_rt_tgsigqueueinfo, getpid(), host_syscall(SYS_gettid), signo,
		      &info) == 0);
}

/* What the host blocks. */
static inline uint64_t
host_mask(void)
{
	uint64_t mask;

	host_syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, sizeof(mask));
	return mask;
}

/* The frame of the handler that has just been entered. */
static inline struct a64_signal_frame *
frame_at(const struct guest_thread *t)
{
	return (struct a64_signal_frame *)((const struct a64_state *)&t->cpu)->sp;
}

#endif
