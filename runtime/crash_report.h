// SPDX-License-Identifier: Apache-2.0
// Last words: what is said when dragoman itself fails or when the guest dies of a fault.
#ifndef RUNTIME_CRASH_REPORT_H
#define RUNTIME_CRASH_REPORT_H

#include <signal.h>
#include <ucontext.h>

#include "runtime/signals.h"
#include "runtime/thread.h"

/**
 * A host signal that dragoman's own code caused: reports host pc and registers, guest pc with symbol and registers,
 * and ends the process by that signal. `t` may be NULL.
 */
_Noreturn void crash_report(
	struct guest_thread *t, int signo, const siginfo_t *info, const ucontext_t *context);

/** Reports "dragoman: internal error: MESSAGE" and ends the process by SIGABRT. */
_Noreturn void crash_report_message(const char *message);

/** The line about a guest that dies of `info`, and its registers if the log wants signals. */
void crash_report_guest(const struct guest_thread *t, const union signal_info *info);

/** Ends the process by the host's default action of `signo`. */
_Noreturn void crash_die_by_signal(int signo);

#endif
