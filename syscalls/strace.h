// SPDX-License-Identifier: Apache-2.0
// -strace: system calls with their arguments by name, one line each, as strace(1) writes them; -strace=json: one JSON
// object a line. Driven by the signatures of linux.def.
#ifndef SYSCALLS_STRACE_H
#define SYSCALLS_STRACE_H

#include "syscalls/system_call.h"

/* Before the guest runs, after guest_options is set: takes a descriptor for the log. */
void strace_init(void);

/* Before a call: writes the line of those that may not return, and the beginning of the line of those that may wait. */
void strace_enter(struct guest_thread *t, uint32_t number, const struct system_call *call,
	const uint64_t argument[6]);

/* A signal is about to be acted upon / ends the process, when strace_wanted. */
bool strace_wanted(void);
void strace_signal(const struct guest_thread *t, const siginfo_t *info);
void strace_killed(const struct guest_thread *t, int signo);

/* After it: writes the line. */
void strace_leave(struct guest_thread *t, uint32_t number, const struct system_call *call,
	const uint64_t argument[6], int64_t result);

#endif
