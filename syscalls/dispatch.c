// SPDX-License-Identifier: Apache-2.0
//
// The way of a system call: from the guest's registers through the checks that its signature asks for to the handler
// or to the host's call, and back. A plain call costs one look at its row.

#include "syscalls/dispatch.h"

#include "frontend/a64/state.h"
#include "syscalls/arguments.h"
#include "syscalls/futex.h"
#include "syscalls/path.h"
#include "syscalls/refusals.h"
#include "syscalls/strace.h"

#include <string.h>

#define RARELY(condition) __builtin_expect(!!(condition), 0)

int64_t
system_call_wait(
	struct guest_thread *t, long number, enum restart_class class, const uint64_t argument[6])
{
	uint64_t first = a64_state(&t->cpu)->x[0];
	int64_t result = interruptible_syscall(t, number, argument[0], argument[1], argument[2],
		argument[3], argument[4], argument[5]);

	return signals_after_system_call(t, class, first, result);
}

int64_t
system_call_carry_out(
	struct guest_thread *t, const struct system_call *call, const uint64_t argument[6])
{
	if (call->function)
		return call->function(t, argument);
	if (call->disposition == DISPOSITION_PASS) {
		if (call->waits)
			return system_call_wait(
				t, call->host_number, (enum restart_class)call->restart, argument);
		return system_call_quick(call->host_number, argument);
	}
	return call->disposition == DISPOSITION_REFUSED ? -(int64_t)call->host_number : -ENOSYS;
}

/* From the guest's registers to a result. */
static inline int64_t
perform(struct guest_thread *t, const struct system_call *call, const uint64_t *registers)
{
	uint64_t argument[6];
	int64_t result;

	/*
	 * One by one: translated code has just stored each register by itself, and a load of two at once would
	 * have to wait for both stores to reach the cache.
	 */
	for (unsigned n = 0; n < 6; n++) {
		uint64_t value = registers[n];

		__asm__("" : "+r"(value));
		argument[n] = value;
	}
	if (RARELY(t->tagged_addresses))
		arguments_untag(call, argument);
	if (call->descriptors)
		arguments_check_descriptors(call, argument);
	if (call->addresses)
		arguments_check_addresses(call, argument);
	result = call->lookups ? path_carry_out(t, call, argument)
			       : system_call_carry_out(t, call, argument);
	return RARELY(result == -EPERM) ? refusals_errno(call->host_number) : result;
}

/* With -strace: the same, logged. */
static __attribute__((noinline)) void
system_call_logged(struct guest_thread *t, uint32_t number)
{
	static const struct system_call unknown;
	struct a64_state *state = a64_state(&t->cpu);
	const struct system_call *call =
		number < SYSTEM_CALL_COUNT ? &system_calls[number] : &unknown;
	uint64_t argument[6];
	int64_t result;

	memcpy(argument, state->x, sizeof(argument));
	strace_enter(t, number, call, argument);
	result = perform(t, call, state->x);
	state->x[0] = (uint64_t)result;
	strace_leave(t, number, call, argument, result);
}

void
system_call_conclude(struct guest_thread *t)
{
	uint64_t *x = a64_state(&t->cpu)->x;
	const struct system_call *call = &system_calls[(uint32_t)x[8]];
	enum restart_class class = call->direct == DIRECT_FUTEX ? futex_restart_class(x)
								: (enum restart_class)call->restart;
	int64_t result = t->call_result;

	if (call->waits)
		result = signals_after_system_call(t, class, x[0], result);
	x[0] = (uint64_t)(result == -EPERM ? refusals_errno(call->host_number) : result);
}

void
system_call(struct guest_thread *t)
{
	struct a64_state *state = a64_state(&t->cpu);
	uint32_t number = (uint32_t)state->x[8]; /* the kernel looks at w8 alone */

	if (RARELY(guest_options->log & (RUN_LOG_STRACE | RUN_LOG_STRACE_JSON)))
		system_call_logged(t, number);
	else if (RARELY(number >= SYSTEM_CALL_COUNT))
		state->x[0] = (uint64_t)-ENOSYS;
	else
		state->x[0] = (uint64_t)perform(t, &system_calls[number], state->x);
}
