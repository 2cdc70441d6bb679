// SPDX-License-Identifier: Apache-2.0
//
// System calls that are made without leaving translated code: those that go to the host as they are, with arguments
// that can be told to be harmless by looking at them. What is out of the ordinary, before the call or in its result, is
// left to dispatch.c.
//
// Vector registers hold the guest's values here: this file is compiled with -mgeneral-regs-only (Makefile), and calls
// nothing that is not.

#include "backend/backend.h"
#include "frontend/a64/state.h"
#include "runtime/guest_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/interruptible_syscall.h"
#include "runtime/stop_world.h"
#include "syscalls/fd_guard.h"
#include "syscalls/futex.h"
#include "syscalls/handlers.h"
#include "syscalls/system_call.h"

#include <errno.h>

bool system_calls_are_direct;

/* Addresses are the guest's, no page that is written to holds code, and no descriptor can be a hidden one. */
static inline bool
arguments_are_plain(const struct system_call *call, const uint64_t *x)
{
	for (unsigned mask = call->addresses; mask != 0; mask &= mask - 1)
		if (x[__builtin_ctz(mask)] >= GUEST_ADDRESS_END)
			return false;
	if (call->written && guest_memory_watches_writes())
		return false;
	for (unsigned mask = call->descriptors; mask != 0; mask &= mask - 1)
		if ((int)x[__builtin_ctz(mask)] >= fd_guard_lowest)
			return false;
	return true;
}

static inline enum direct
kind_of(const struct system_call *call, const uint64_t *x)
{
	if (call->function != sys_futex)
		return (enum direct)call->direct;
	switch (futex_command(x[1])) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
	case FUTEX_WAKE:
	case FUTEX_WAKE_BITSET: return DIRECT_OUTSIDE;
	default: return DIRECT_NEVER;
	}
}

/* The call by itself is over, but there is more to do. */
static inline const uint8_t *
leave_with_result(struct guest_thread *t, int64_t result)
{
	t->call_result = result;
	t->cpu.cold.exit_reason = CPU_EXIT_CALL_MADE;
	return NULL;
}

/* The call is done: on with the guest's code, if it is known where that is and no signal waits. */
static inline const uint8_t *
go_on(struct guest_thread *t, uint64_t *x, int64_t result)
{
	const struct code_exit *exit = (const struct code_exit *)t->cpu.cold.exit_argument;
	const struct code_unit *unit = __atomic_load_n(&exit->target, __ATOMIC_ACQUIRE);

	if (!unit || __atomic_load_n(&t->cpu.hot.signal_pending, __ATOMIC_ACQUIRE) ||
		result == -EPERM)
		return leave_with_result(t, result);
	t->counts.direct_calls++;
	x[0] = (uint64_t)result;
	return unit->code;
}

static const uint8_t *
call_outside(struct guest_thread *t, const struct system_call *call, uint64_t *x)
{
	int64_t result;

	/* others may look at this thread's registers now (stop_world.h) */
	backend_save_vectors(&t->cpu);
	world_leave_code(t);
	if (call->waits)
		result = interruptible_syscall(
			t, call->host_number, x[0], x[1], x[2], x[3], x[4], x[5]);
	else
		result = host_syscall(call->host_number, x[0], x[1], x[2], x[3], x[4], x[5]);
	if (result == INTERRUPTED_BEFORE)
		return NULL; /* nothing has happened: as if this had not been tried */
	if (result == -EINTR || !world_try_enter_code(t))
		return leave_with_result(t, result);
	t->signals.spurious = false;
	return go_on(t, x, result);
}

const uint8_t *
system_call_direct(struct cpu *cpu)
{
	struct guest_thread *t = (struct guest_thread *)cpu;
	uint64_t *x = a64_state(cpu)->x;
	uint32_t number = (uint32_t)x[8]; /* the kernel looks at w8 alone */
	const struct system_call *call = &system_calls[number];
	enum direct kind;

	if (number >= SYSTEM_CALL_COUNT || !system_calls_are_direct)
		return NULL;
	kind = kind_of(call, x);
	if (kind == DIRECT_NEVER || !arguments_are_plain(call, x))
		return NULL;
	if (kind == DIRECT_OUTSIDE)
		return call_outside(t, call, x);
	return go_on(t, x, host_syscall(call->host_number, x[0], x[1], x[2], x[3], x[4], x[5]));
}
