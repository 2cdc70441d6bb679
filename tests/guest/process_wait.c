// SPDX-License-Identifier: Apache-2.0
// Waiting for children: waitid's siginfo, options, SIGCHLD, subreapers, death of the parent.
#include "cases.h"

#include <sys/prctl.h>
#include <sys/resource.h>

static pid_t
child_that(int status)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (status >= 0)
			_exit(status);
		signal(-status, SIG_DFL);
		raise(-status);
		pause();
	}
	return pid;
}

static void
exit_codes(void)
{
	for (int code = 0; code < 300; code += 51)
		wait_and_print("child", child_that(code));
}

static void
information(void)
{
	siginfo_t info;
	pid_t pid = child_that(5);

	memset(&info, 0, sizeof(info));
	print_result("waitid", waitid(P_PID, (id_t)pid, &info, WEXITED));
	printf("signal %d code %d status %d uid %d pid %d\n", info.si_signo, info.si_code,
		info.si_status, info.si_uid == getuid(), info.si_pid == pid);
	pid = child_that(-SIGTERM);
	waitid(P_PID, (id_t)pid, &info, WEXITED);
	printf("signal %d code %d status %d\n", info.si_signo, info.si_code, info.si_status);
}

static void
leave_it(void)
{
	siginfo_t info;
	pid_t pid = child_that(5);

	print_result("first", waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
	print_result("again", waitid(P_PID, (id_t)pid, &info, WEXITED));
	print_result("gone", waitid(P_PID, (id_t)pid, &info, WEXITED));
}

static void
do_not_hang(void)
{
	siginfo_t info = { 0 };
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	info.si_pid = 1;
	print_result("waitpid", waitpid(pid, NULL, WNOHANG));
	print_result("waitid", waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG));
	printf("pid %d\n", info.si_pid);
	kill(pid, SIGKILL);
	wait_and_print("child", pid);
}

static void
errors(void)
{
	siginfo_t info;

	print_result("no children", wait(NULL));
	print_result("not ours", waitpid(1, NULL, 0));
	print_result("bad options", waitpid(-1, NULL, 0x4000));
	print_result("waitid without events", waitid(P_ALL, 0, &info, WNOHANG));
	print_result("bad type", waitid((idtype_t)77, 0, &info, WEXITED));
	child_that(0);
	print_result("bad address", wait((int *)8));
}

static void
stop_and_go(void)
{
	siginfo_t info;
	int tube[2], status;
	char byte;
	pid_t pid;

	pipe(tube);
	pid = fork();
	if (pid == 0) {
		raise(SIGSTOP);
		/* A second stop would take back that it continued. */
		read(tube[0], &byte, 1);
		raise(SIGTSTP);
		_exit(12);
	}
	waitpid(pid, &status, WUNTRACED);
	print_status("first", status);
	kill(pid, SIGCONT);
	waitpid(pid, &status, WCONTINUED);
	print_status("second", status);
	write(tube[1], "", 1);
	waitid(P_PID, (id_t)pid, &info, WSTOPPED);
	printf("code %d status %d\n", info.si_code, info.si_status);
	kill(pid, SIGCONT);
	wait_and_print("end", pid);
}

static volatile sig_atomic_t count, last_code;

static void
on_child(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	count++;
	last_code = info->si_code;
}

static void
child_signal(void)
{
	install(SIGCHLD, on_child, SA_SIGINFO | SA_RESTART);
	wait_and_print("child", child_that(0));
	printf("signals %d code %d\n", count, last_code);
	wait_and_print("child", child_that(-SIGKILL));
	printf("signals %d code %d\n", count, last_code);
}

static void
stopped_child_signal(void)
{
	sigset_t set;
	siginfo_t info;
	int status;
	pid_t pid;

	install(SIGCHLD, on_child, SA_SIGINFO | SA_RESTART);
	pid = child_that(-SIGSTOP);
	waitpid(pid, &status, WUNTRACED);
	printf("signals %d code %d\n", count, last_code);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	count = 0;
	install(SIGCHLD, on_child, SA_SIGINFO | SA_RESTART | SA_NOCLDSTOP);
	pid = child_that(-SIGSTOP);
	waitpid(pid, &status, WUNTRACED);
	printf("signals %d\n", count);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(pid, SIGKILL);
	printf("signal %d", sigwaitinfo(&set, &info));
	printf(" code %d status %d\n", info.si_code, info.si_status);
}

static void
ignored(void)
{
	signal(SIGCHLD, SIG_IGN);
	child_that(0);
	print_result("wait", wait(NULL));
	install(SIGCHLD, on_child, SA_SIGINFO | SA_NOCLDWAIT | SA_RESTART);
	child_that(0);
	print_result("wait", wait(NULL));
	printf("signals %d\n", count);
}

static void
subreaper(void)
{
	pid_t pid;
	int status;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = fork();
	if (pid == 0) {
		if (fork() == 0) {
			sleep_milliseconds(20);
			_exit(33);
		}
		_exit(11);
	}
	wait_and_print("child", pid);
	wait(&status);
	print_status("grandchild", status);
}

static void
death_of_parent(void)
{
	int tube[2];
	char byte = 0;
	pid_t pid;

	pipe(tube);
	pid = fork();
	if (pid == 0) {
		int ready[2];

		pipe(ready);
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGUSR1);
			close(tube[0]);
			write(ready[1], "", 1);
			pause();
			_exit(0);
		}
		read(ready[0], &byte, 1);
		_exit(0);
	}
	wait_and_print("child", pid);
	close(tube[1]);
	print_result("the grandchild is gone", read(tube[0], &byte, 1));
}

static void
usage(void)
{
	struct rusage use;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		for (volatile long i = 0; i < 3000000; i++)
			;
		_exit(0);
	}
	memset(&use, 0xff, sizeof(use));
	print_success("wait4", wait4(pid, &status, 0, &use));
	printf("time %d memory %d\n", use.ru_utime.tv_sec == 0, use.ru_maxrss > 0);
}

static void
by_group(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(2);
	setpgid(pid, pid);
	wait_and_print("other group", pid);
	pid = fork();
	if (pid == 0)
		_exit(3);
	print_success("own group", waitpid(0, NULL, 0));
	print_result("no such group", waitpid(-999999, NULL, 0));
}

static const struct test_case cases[] = {
	{ "exit codes", exit_codes },
	{ "information", information },
	{ "leave it", leave_it },
	{ "do not hang", do_not_hang },
	{ "errors", errors },
	{ "stop and go", stop_and_go },
	{ "child signal", child_signal },
	{ "stopped child signal", stopped_child_signal },
	{ "ignored", ignored },
	{ "subreaper", subreaper },
	{ "death of parent", death_of_parent },
	{ "usage", usage },
	{ "by group", by_group },
};
MAIN_OF_CASES(cases)
