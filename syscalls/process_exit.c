// SPDX-License-Identifier: Apache-2.0
//
// exit, exit_group, and what the kernel does for a thread that ends: set_tid_address, robust lists. The kernel knows
// the guest's addresses itself, so that it clears and wakes after the last step of the task.

#include <sys/syscall.h>

#include "runtime/guest_memory.h"
#include "runtime/run.h"
#include "runtime/threads.h"
#include "syscalls/dispatch.h"
#include "syscalls/handlers.h"

int64_t
sys_exit(struct guest_thread *t, const uint64_t argument[6])
{
	thread_exit(t, SYS_exit, (int)argument[0]);
}

int64_t
sys_exit_group(struct guest_thread *t, const uint64_t argument[6])
{
	run_before_exit(t);
	thread_exit(t, SYS_exit_group, (int)argument[0]);
}

int64_t
sys_set_tid_address(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	return system_call_quick(SYS_set_tid_address, argument);
}

/* struct robust_list_head and the futexes' words are the same on all 64-bit machines. */
int64_t
sys_set_robust_list(struct guest_thread *t, const uint64_t argument[6])
{
	int64_t result = system_call_quick(SYS_set_robust_list, argument);

	if (result == 0)
		t->robust_list = argument[0];
	return result;
}

int64_t
sys_get_robust_list(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	return system_call_quick(SYS_get_robust_list, argument);
}

/* All tasks of the process are the guest's own, so the kernel's rules for CLONE_THREAD, _VM and _SIGHAND hold. */
int64_t
sys_unshare(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	return system_call_quick(SYS_unshare, argument);
}
