// SPDX-License-Identifier: Apache-2.0
//
// rt_sigprocmask, rt_sigpending, rt_sigsuspend and rt_sigtimedwait. The host's mask is the guest's but for the
// synchronous signals, which we hold ourselves while the guest blocks them (see runtime/signals.h).
//
// A change of the mask is made by interruptible_syscall: a signal that came before it is delivered first, and the call
// is repeated after that, so that our record and the kernel's never disagree.

#include <signal.h>
#include <string.h>

#include "frontend/a64/state.h"
#include "runtime/guest_access.h"
#include "syscalls/dispatch.h"
#include "syscalls/handlers.h"

#define MASK_SIZE sizeof(uint64_t)

static int64_t
combine(int how, uint64_t old, uint64_t set, uint64_t *mask)
{
	switch (how) {
	case SIG_BLOCK: *mask = old | set; return 0;
	case SIG_UNBLOCK: *mask = old & ~set; return 0;
	case SIG_SETMASK: *mask = set; return 0;
	default: return -EINVAL;
	}
}

/* Gives 0 with the mask set, or what signals_after_system_call makes of an interruption. */
static int64_t
change_mask(struct guest_thread *t, uint64_t mask, bool *interrupted)
{
	uint64_t host_mask = signals_host_mask(mask);
	int64_t result = interruptible_syscall(
		t, SYS_rt_sigprocmask, SIG_SETMASK, (uint64_t)&host_mask, 0, MASK_SIZE, 0, 0);

	*interrupted = result == INTERRUPTED_BEFORE;
	if (*interrupted)
		return signals_after_system_call(
			t, RESTART_ALWAYS, a64_state(&t->cpu)->x[0], result);
	signals_note_mask(t, mask);
	return result;
}

int64_t
sys_rt_sigprocmask(struct guest_thread *t, const uint64_t argument[6])
{
	uint64_t old = t->signals.mask, set, mask;
	bool interrupted;
	int64_t result;

	if (argument[3] != MASK_SIZE)
		return -EINVAL;
	if (argument[1]) {
		if (guest_copy_from(&set, argument[1], sizeof(set)) < 0)
			return -EFAULT;
		result = combine((int)argument[0], old, set, &mask);
		if (result < 0)
			return result;
		result = change_mask(t, mask, &interrupted);
		if (interrupted || result < 0)
			return result;
	}
	return argument[2] ? guest_copy_to(argument[2], &old, sizeof(old)) : 0;
}

int64_t
sys_rt_sigpending(struct guest_thread *t, const uint64_t argument[6])
{
	uint64_t pending = 0;
	int64_t result;

	if (argument[1] > MASK_SIZE)
		return -EINVAL;
	result = interruptible_syscall(
		t, SYS_rt_sigpending, (uint64_t)&pending, MASK_SIZE, 0, 0, 0, 0);
	if (result < 0)
		return signals_after_system_call(t, RESTART_ALWAYS, argument[0], result);
	pending |= t->signals.held & t->signals.mask;
	return argument[1] ? guest_copy_to(argument[0], &pending, argument[1]) : 0;
}

int64_t
sys_rt_sigsuspend(struct guest_thread *t, const uint64_t argument[6])
{
	uint64_t mask, host_mask;
	uint64_t host_argument[6] = { (uint64_t)&host_mask, MASK_SIZE };

	if (argument[1] != MASK_SIZE)
		return -EINVAL;
	if (guest_copy_from(&mask, argument[0], sizeof(mask)) < 0)
		return -EFAULT;
	host_mask = signals_host_mask(mask);
	signals_use_temporary_mask(t, mask);
	return system_call_wait(t, SYS_rt_sigsuspend, RESTART_NOHAND, host_argument);
}

/* Takes one of the held signals in `set`. */
static bool
take_held(struct guest_thread *t, uint64_t set, union signal_info *info)
{
	uint64_t held = t->signals.held & t->signals.mask & set;

	return held && signals_take_held(t, __builtin_ctzll(held) + 1, info);
}

int64_t
sys_rt_sigtimedwait(struct guest_thread *t, const uint64_t argument[6])
{
	union signal_info info;
	uint64_t set;

	if (argument[3] != MASK_SIZE)
		return -EINVAL;
	if (guest_copy_from(&set, argument[0], sizeof(set)) < 0)
		return -EFAULT;
	if (take_held(t, set, &info)) {
		if (argument[1] && guest_copy_to(argument[1], &info, sizeof(info)) < 0)
			return -EFAULT;
		return info.info.si_signo;
	}
	return system_call_wait(t, SYS_rt_sigtimedwait, RESTART_NEVER, argument);
}
