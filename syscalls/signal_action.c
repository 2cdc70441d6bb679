// SPDX-License-Identifier: Apache-2.0
//
// rt_sigaction, sigaltstack, rt_sigreturn and restart_syscall.

#include <signal.h>

#include "frontend/a64/state.h"
#include "runtime/guest_access.h"
#include "syscalls/handlers.h"

#define MINIMUM_SIGNAL_STACK 5120 /* MINSIGSTKSZ of arm64 */
/* UAPI_SA_FLAGS: others are cleared, which tells programs that the kernel does not know them. */
#define KNOWN_FLAGS                                                                        \
	(SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_ONSTACK | SA_RESTART | SA_NODEFER | \
		(uint64_t)(uint32_t)SA_RESETHAND | SA_EXPOSE_TAGBITS | GUEST_SA_RESTORER)
#define SA_EXPOSE_TAGBITS 0x800

int64_t
sys_rt_sigaction(struct guest_thread *t, const uint64_t argument[6])
{
	struct guest_sigaction new, old;
	int64_t result;

	if (argument[3] != sizeof(uint64_t))
		return -EINVAL;
	if (argument[1]) {
		if (guest_copy_from(&new, argument[1], sizeof(new)) < 0)
			return -EFAULT;
		new.flags &= KNOWN_FLAGS;
	}
	result = signals_action(t, (int)argument[0], argument[1] ? &new : NULL, &old);
	if (result == 0 && argument[2])
		result = guest_copy_to(argument[2], &old, sizeof(old));
	return result;
}

int64_t
sys_sigaltstack(struct guest_thread *t, const uint64_t argument[6])
{
	struct guest_stack new, old;
	int64_t result;

	if (argument[0] && guest_copy_from(&new, argument[0], sizeof(new)) < 0)
		return -EFAULT;
	result = signals_alternate_stack(
		t, argument[0] ? &new : NULL, &old, a64_state(&t->cpu)->sp, MINIMUM_SIGNAL_STACK);
	if (result == 0 && argument[1])
		result = guest_copy_to(argument[1], &old, sizeof(old));
	return result;
}

int64_t
sys_rt_sigreturn(struct guest_thread *t, const uint64_t argument[6])
{
	(void)argument;
	return signals_return(t);
}

int64_t
sys_restart_syscall(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	(void)argument;
	return -EINTR;
}
