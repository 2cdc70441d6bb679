// SPDX-License-Identifier: Apache-2.0
// Between the dispatcher of system calls and the handlers: ways to make the host's call.
#ifndef SYSCALLS_DISPATCH_H
#define SYSCALLS_DISPATCH_H

#include "syscalls/system_call.h"

#include "runtime/host_syscall.h"
#include "runtime/interruptible_syscall.h"

/*
 * Makes a host call that may sleep, and gives x0. Signals for the guest end it; it goes on afterwards as `class` says,
 * with x0 as the guest set it.
 */
int64_t system_call_wait(
	struct guest_thread *t, long number, enum restart_class class, const uint64_t argument[6]);

/* The host's call, which does not sleep. */
static inline int64_t
system_call_quick(long number, const uint64_t argument[6])
{
	return host_syscall6(number, (long)argument[0], (long)argument[1], (long)argument[2],
		(long)argument[3], (long)argument[4], (long)argument[5]);
}

/* Carries out a call whose arguments have been checked. */
int64_t system_call_carry_out(
	struct guest_thread *t, const struct system_call *call, const uint64_t argument[6]);

#endif
