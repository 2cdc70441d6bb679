// SPDX-License-Identifier: Apache-2.0
// What the conformance programs (process_*, signal_*, thread_*) share: a table of cases, each run in a process of its own so
// that one that dies or hangs says so and does not hide the others.
#ifndef TESTS_GUEST_CASES_H
#define TESTS_GUEST_CASES_H

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/** One behaviour: prints what it sees, without addresses, times or process numbers. */
struct test_case {
	const char *name;
	void (*run)(void);
};

/** Prints how a process ended, from its wait status. */
static inline void
print_status(const char *what, int status)
{
	if (WIFEXITED(status))
		printf("%s: exit %d\n", what, WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		printf("%s: killed by %d\n", what, WTERMSIG(status));
	else if (WIFSTOPPED(status))
		printf("%s: stopped by %d\n", what, WSTOPSIG(status));
	else if (WIFCONTINUED(status))
		printf("%s: continued\n", what);
	fflush(stdout);
}

/** Waits for `pid` and prints how it ended. */
static inline void
wait_and_print(const char *what, pid_t pid)
{
	int status = 0;

	if (waitpid(pid, &status, 0) != pid)
		printf("%s: waitpid: error %d\n", what, errno);
	else
		print_status(what, status);
}

/** Prints a result, with its error if it is negative. */
static inline void
print_result(const char *what, long result)
{
	if (result < 0)
		printf("%s: error %d\n", what, errno);
	else
		printf("%s: %ld\n", what, result);
	fflush(stdout);
}

/** The same when a result that is not negative is not always the same number. */
static inline void
print_success(const char *what, long result)
{
	print_result(what, result < 0 ? result : 0);
}

static inline void
sleep_milliseconds(long n)
{
	struct timespec time = { n / 1000, n % 1000 * 1000000 };

	while (nanosleep(&time, &time) < 0 && errno == EINTR)
		;
}

/** Installs a handler (an SA_SIGINFO one when `flags` says so). */
static inline void
install(int signo, void *function, int flags)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = (void (*)(int, siginfo_t *, void *))function;
	action.sa_flags = flags;
	sigaction(signo, &action, NULL);
}

static inline int
run_cases(const struct test_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		pid_t pid;

		printf("-- %s\n", cases[i].name);
		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			alarm(25);
			cases[i].run();
			fflush(stdout);
			_exit(0);
		}
		wait_and_print(cases[i].name, pid);
	}
	return 0;
}

/** main() of a program whose cases are the table `table`. */
#define MAIN_OF_CASES(table)                                                 \
	int main(void)                                                       \
	{                                                                    \
		return run_cases(table, sizeof(table) / sizeof((table)[0])); \
	}

#endif
