// SPDX-License-Identifier: Apache-2.0
// Descriptors of processes.
#include "cases.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

static int
pidfd_open(pid_t pid, unsigned flags)
{
	return (int)syscall(SYS_pidfd_open, pid, flags);
}

static pid_t
sleeper(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	return pid;
}

static void
errors(void)
{
	print_result("no such process", pidfd_open(4000000, 0));
	print_result("bad number", pidfd_open(-1, 0));
	print_result("bad flags", pidfd_open(getpid(), 0x1000));
	print_success("own", pidfd_open(getpid(), 0));
}

static void
close_on_exec(void)
{
	print_result("flags", fcntl(pidfd_open(getpid(), 0), F_GETFD));
}

static void
readiness(void)
{
	pid_t pid = sleeper();
	struct pollfd poller = { .fd = pidfd_open(pid, 0), .events = POLLIN };

	print_result("before", poll(&poller, 1, 0));
	kill(pid, SIGTERM);
	print_result("after", poll(&poller, 1, 5000));
	printf("events %d\n", poller.revents);
	wait_and_print("child", pid);
}

static void
send_signal(void)
{
	pid_t pid = sleeper();
	int fd = pidfd_open(pid, 0);

	print_result("zero", syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
	print_result("bad signal", syscall(SYS_pidfd_send_signal, fd, 100, NULL, 0));
	print_result("kill", syscall(SYS_pidfd_send_signal, fd, SIGINT, NULL, 0));
	wait_and_print("child", pid);
	print_result("after its end", syscall(SYS_pidfd_send_signal, fd, SIGINT, NULL, 0));
	print_result("no pidfd", syscall(SYS_pidfd_send_signal, 0, SIGINT, NULL, 0));
}

static volatile int got_code, got_value;

static void
on_signal(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	got_code = info->si_code;
	got_value = info->si_value.sival_int;
}

static void
send_information(void)
{
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };

	info.si_value.sival_int = 4711;
	install(SIGUSR1, on_signal, SA_SIGINFO);
	print_result(
		"send", syscall(SYS_pidfd_send_signal, pidfd_open(getpid(), 0), SIGUSR1, &info, 0));
	printf("code %d value %d\n", got_code, got_value);
	info.si_signo = SIGUSR2;
	print_result("other number",
		syscall(SYS_pidfd_send_signal, pidfd_open(getpid(), 0), SIGUSR1, &info, 0));
}

static void
wait_for(void)
{
	siginfo_t info = { 0 };
	pid_t pid = sleeper();
	int fd = pidfd_open(pid, 0);

	kill(pid, SIGKILL);
	print_result("waitid", waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
	printf("code %d status %d\n", info.si_code, info.si_status);
	print_result("again", waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
}

static void
get_descriptor(void)
{
	int tube[2], copy;
	char text[8] = "";
	pid_t pid;

	pipe(tube);
	pid = sleeper();
	copy = (int)syscall(SYS_pidfd_getfd, pidfd_open(pid, 0), tube[1], 0);
	print_success("pidfd_getfd", copy);
	write(copy, "hello", 5);
	read(tube[0], text, 5);
	printf("%s\n", text);
	print_result("no such descriptor", syscall(SYS_pidfd_getfd, pidfd_open(pid, 0), 99, 0));
	kill(pid, SIGKILL);
	wait_and_print("child", pid);
}

static const struct test_case cases[] = {
	{ "errors", errors },
	{ "close on exec", close_on_exec },
	{ "readiness", readiness },
	{ "send signal", send_signal },
	{ "send information", send_information },
	{ "wait for", wait_for },
	{ "get descriptor", get_descriptor },
};
MAIN_OF_CASES(cases)
