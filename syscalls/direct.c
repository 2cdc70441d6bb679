// SPDX-License-Identifier: Apache-2.0
//
// System calls that are made without leaving translated code: those that go to the host as they are, with arguments
// that can be told to be harmless by looking at them. What is out of the ordinary, before the call or in its result, is
// left to dispatch.c.
//
// Vector registers hold the guest's values here: this file is compiled with -mgeneral-regs-only (Makefile), and calls
// nothing that is not while they do.

#include "backend/backend.h"
#include "frontend/a64/state.h"
#include "runtime/guest_access.h"
#include "runtime/guest_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/interruptible_syscall.h"
#include "runtime/stop_world.h"
#include "runtime/threads.h"
#include "syscalls/fd_guard.h"
#include "syscalls/futex.h"
#include "syscalls/system_call.h"

#include <errno.h>
#include <time.h>

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

/* Clocks that the vDSO reads by itself, and that therefore never fail. */
#define VDSO_CLOCKS                                                                 \
	(1u << CLOCK_REALTIME | 1u << CLOCK_MONOTONIC | 1u << CLOCK_MONOTONIC_RAW | \
		1u << CLOCK_REALTIME_COARSE | 1u << CLOCK_MONOTONIC_COARSE |        \
		1u << CLOCK_BOOTTIME | 1u << CLOCK_TAI)

/* The vDSO by way of the C library, which touches no thread-local variable when there is no error. */
static const uint8_t *
read_clock(struct guest_thread *t, uint64_t *x, uint32_t clock, uint64_t to, uint64_t unit)
{
	struct timespec now;

	backend_save_vectors(&t->cpu);
	clock_gettime((clockid_t)clock, &now);
	backend_load_vectors(&t->cpu);
	if (!guest_access_store(to, (uint64_t)now.tv_sec, (uint64_t)now.tv_nsec / unit))
		return NULL; /* system_call finds that too */
	return go_on(t, x, 0);
}

static const uint8_t *
clock_call(struct guest_thread *t, const struct system_call *call, uint64_t *x)
{
	uint32_t clock = (uint32_t)x[0];

	if (clock >= 32 || !(VDSO_CLOCKS >> clock & 1))
		return call_outside(t, call, x);
	return read_clock(t, x, clock, x[1], 1);
}

static const uint8_t *
time_of_day_call(struct guest_thread *t, const struct system_call *call, uint64_t *x)
{
	if (x[0] == 0 || x[1] != 0)
		return call_outside(t, call, x);
	return read_clock(t, x, CLOCK_REALTIME, x[0], 1000);
}

static const uint8_t *
futex_call(struct guest_thread *t, const struct system_call *call, uint64_t *x)
{
	switch (futex_command(x[1])) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
	case FUTEX_WAKE:
	case FUTEX_WAKE_BITSET: return call_outside(t, call, x);
	default: return NULL;
	}
}

static const uint8_t *
make_call(struct guest_thread *t, uint64_t *x)
{
	uint32_t number = (uint32_t)x[8]; /* the kernel looks at w8 alone */
	const struct system_call *call = &system_calls[number];

	if (number >= SYSTEM_CALL_COUNT || !system_calls_are_direct ||
		call->direct == DIRECT_NEVER || !arguments_are_plain(call, x))
		return NULL;
	switch ((enum direct)call->direct) {
	case DIRECT_NEVER: break;
	case DIRECT_AT_ONCE:
		return go_on(
			t, x, host_syscall(call->host_number, x[0], x[1], x[2], x[3], x[4], x[5]));
	case DIRECT_OUTSIDE: return call_outside(t, call, x);
	case DIRECT_FUTEX: return futex_call(t, call, x);
	case DIRECT_CLOCK: return clock_call(t, call, x);
	case DIRECT_TIME_OF_DAY: return time_of_day_call(t, call, x);
	}
	return NULL;
}

const uint8_t *
system_call_direct(struct cpu *cpu)
{
	struct guest_thread *t = (struct guest_thread *)cpu;
	const uint8_t *next;

	thread_set_activity(t, ACTIVITY_SYSTEM_CALL);
	next = make_call(t, a64_state(cpu)->x);
	thread_set_activity(t, ACTIVITY_CODE);
	return next;
}
