// SPDX-License-Identifier: Apache-2.0
//
// Death by a signal's default action, which the host then carries out for the whole process; and the signals' names.

#include "runtime/core_dump.h"
#include "runtime/crash_report.h"
#include "runtime/run.h"
#include "runtime/signals_internal.h"
#include "syscalls/strace.h"

/*
 * Faults say that the program has a bug (or dragoman), and one line is printed.  Not so for signals that were sent, abort()'s
 * among them: programs that end themselves so have said why, and their parents compare what they find on stderr.
 */
static bool
is_reported(const union signal_info *info)
{
	return (SIGNALS_SYNCHRONOUS & SIGNAL_BIT(info->info.si_signo)) != 0 &&
	       info->info.si_code > 0;
}

const char *
signals_name(int signo)
{
	static const char *const names[] = {
		"0",
		"SIGHUP",
		"SIGINT",
		"SIGQUIT",
		"SIGILL",
		"SIGTRAP",
		"SIGABRT",
		"SIGBUS",
		"SIGFPE",
		"SIGKILL",
		"SIGUSR1",
		"SIGSEGV",
		"SIGUSR2",
		"SIGPIPE",
		"SIGALRM",
		"SIGTERM",
		"SIGSTKFLT",
		"SIGCHLD",
		"SIGCONT",
		"SIGSTOP",
		"SIGTSTP",
		"SIGTTIN",
		"SIGTTOU",
		"SIGURG",
		"SIGXCPU",
		"SIGXFSZ",
		"SIGVTALRM",
		"SIGPROF",
		"SIGWINCH",
		"SIGIO",
		"SIGPWR",
		"SIGSYS",
	};

	if (signo >= 0 && (size_t)signo < sizeof(names) / sizeof(names[0]))
		return names[signo];
	return signo <= GUEST_SIGNAL_COUNT ? "SIGRT" : "unknown signal";
}

void
signals_die(struct guest_thread *t, const union signal_info *info)
{
	int signo = info->info.si_signo;

	run_before_exit(t);
	if (is_reported(info))
		crash_report_guest(t, info);
	core_dump(t, info);
	if (strace_wanted())
		strace_killed(t, signo);
	crash_die_by_signal(signo);
}
