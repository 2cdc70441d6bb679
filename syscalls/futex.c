// SPDX-License-Identifier: Apache-2.0
//
// futex: the kernel's, on the guest's own words. What is ours is how a wait goes on after a signal, and the write
// protection of pages that hold code.

#include "runtime/guest_memory.h"
#include "syscalls/dispatch.h"
#include "syscalls/futex.h"
#include "syscalls/handlers.h"

/* kernel/futex: a wait without timeout is restarted with SA_RESTART; one with a timeout only without a handler. */
enum restart_class
futex_restart_class(const uint64_t argument[6])
{
	switch (futex_command(argument[1])) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET: return argument[3] ? RESTART_BLOCK : RESTART_SYS;
	case FUTEX_LOCK_PI:
	case FUTEX_LOCK_PI2:
	case FUTEX_WAIT_REQUEUE_PI: return RESTART_ALWAYS;
	default: return RESTART_NEVER;
	}
}

static bool
writes_second_word(uint64_t op)
{
	switch (futex_command(op)) {
	case FUTEX_WAKE_OP:
	case FUTEX_CMP_REQUEUE_PI:
	case FUTEX_WAIT_REQUEUE_PI: return true;
	default: return false;
	}
}

int64_t
sys_futex(struct guest_thread *t, const uint64_t argument[6])
{
	if (writes_second_word(argument[1]))
		guest_memory_prepare_write(argument[4], sizeof(uint32_t));
	return system_call_wait(t, SYS_futex, futex_restart_class(argument), argument);
}
