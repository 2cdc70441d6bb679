// SPDX-License-Identifier: Apache-2.0
// clone and clone3 as the kernel has them: flags, their checks, what is shared, numbers that are written.
#include "cases.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ull
#endif

static char stack[65536] __attribute__((aligned(64)));
static volatile int shared;

static long
clone3(struct clone_args *arguments, size_t size)
{
	return syscall(SYS_clone3, arguments, size);
}

static void
as_fork(void)
{
	struct clone_args arguments = { .exit_signal = SIGCHLD };
	long pid = clone3(&arguments, sizeof(arguments));

	if (pid == 0)
		_exit(4);
	wait_and_print("child", (pid_t)pid);
}

static void
sizes(void)
{
	struct {
		struct clone_args arguments;
		uint64_t more[4];
	} big = { .arguments = { .exit_signal = SIGCHLD } };
	long pid;

	print_result("too small", clone3(&big.arguments, 8));
	print_result("too big", clone3(&big.arguments, 5000));
	big.more[3] = 1;
	print_result("unknown field set", clone3(&big.arguments, sizeof(big)));
	big.more[3] = 0;
	pid = clone3(&big.arguments, sizeof(big));
	if (pid == 0)
		_exit(6);
	wait_and_print("unknown fields zero", (pid_t)pid);
	print_result("bad address", clone3((void *)8, sizeof(big)));
}

static void
bad_flags(void)
{
	struct clone_args arguments = { .flags = CLONE_SIGHAND, .exit_signal = SIGCHLD };

	print_result("SIGHAND without VM", clone3(&arguments, sizeof(arguments)));
	arguments.flags = CLONE_THREAD | CLONE_VM;
	print_result("THREAD without SIGHAND", clone3(&arguments, sizeof(arguments)));
	arguments.flags = CLONE_NEWNS | CLONE_FS;
	print_result("NEWNS with FS", clone3(&arguments, sizeof(arguments)));
	arguments.flags = CLONE_CLEAR_SIGHAND | CLONE_SIGHAND | CLONE_VM;
	print_result("CLEAR_SIGHAND with SIGHAND", clone3(&arguments, sizeof(arguments)));
	arguments.flags = 0;
	arguments.exit_signal = 100;
	print_result("bad signal", clone3(&arguments, sizeof(arguments)));
	arguments.exit_signal = SIGCHLD;
	arguments.stack = (uintptr_t)stack;
	print_result("stack without size", clone3(&arguments, sizeof(arguments)));
	arguments.stack = 0;
	arguments.stack_size = 4096;
	print_result("size without stack", clone3(&arguments, sizeof(arguments)));
}

static void
pidfd(void)
{
	int fd = -1;
	struct clone_args arguments = {
		.flags = CLONE_PIDFD,
		.pidfd = (uintptr_t)&fd,
		.exit_signal = SIGCHLD,
	};
	siginfo_t info = { 0 };
	long pid = clone3(&arguments, sizeof(arguments));

	if (pid == 0)
		_exit(8);
	printf("descriptor: %d\n", fd >= 0);
	print_result("waitid", waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
	printf("code %d status %d same %d\n", info.si_code, info.si_status, info.si_pid == pid);
}

static void
numbers(void)
{
	int parent = 0, child = 0;
	long pid =
		syscall(SYS_clone, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, 0, &parent,
#ifdef __x86_64__
			&child, 0
#else
			0, &child
#endif
		);

	if (pid == 0)
		_exit(child == getpid() ? 1 : 2);
	printf("parent's number: %d, child's here: %d\n", parent == pid, child);
	wait_and_print("child", (pid_t)pid);
}

static int
set_shared(void *argument)
{
	shared = (int)(intptr_t)argument;
	return 9;
}

static void
shares_memory(void)
{
	int pid = clone(set_shared, stack + sizeof(stack), CLONE_VM | SIGCHLD, (void *)77);

	wait_and_print("child", pid);
	printf("shared %d\n", shared);
}

static void
vfork_on_own_stack(void)
{
	int pid = clone(
		set_shared, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, (void *)78);

	printf("shared %d\n", shared);
	wait_and_print("child", pid);
}

static int
change_surroundings(void *argument)
{
	int *fd = argument;

	*fd = open("/dev/null", O_RDONLY);
	return chdir("/usr");
}

static void
surroundings(int flags)
{
	static int fd;
	char folder[256] = "";
	int pid;

	chdir("/");
	fd = -1;
	pid = clone(change_surroundings, stack + sizeof(stack), CLONE_VM | SIGCHLD | flags, &fd);
	wait_and_print("child", pid);
	printf("folder %s, open here: %d\n", getcwd(folder, sizeof(folder)),
		fcntl(fd, F_GETFD) >= 0);
}

static void
shared_surroundings(void)
{
	surroundings(CLONE_FS | CLONE_FILES);
}

static void
own_surroundings(void)
{
	surroundings(0);
}

static void
child_of_grandparent(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		int sibling =
			clone(set_shared, stack + sizeof(stack), CLONE_PARENT | SIGCHLD, NULL);

		_exit(waitpid(sibling, NULL, 0) < 0 ? errno : 0);
	}
	wait_and_print("child", pid);
	for (int status; wait(&status) > 0;)
		print_status("its sibling", status);
}

static int
say_handler(void *argument)
{
	struct sigaction action;

	sigaction(SIGUSR1, NULL, &action);
	(void)argument;
	return (action.sa_handler == SIG_DFL) + 2 * (action.sa_handler == SIG_IGN);
}

static void
clear_handlers(void)
{
	struct clone_args arguments = { .flags = CLONE_CLEAR_SIGHAND, .exit_signal = SIGCHLD };
	long pid;

	install(SIGUSR1, print_result, 0);
	pid = clone3(&arguments, sizeof(arguments));
	if (pid == 0)
		_exit(say_handler(NULL));
	wait_and_print("handled", (pid_t)pid);
	signal(SIGUSR1, SIG_IGN);
	pid = clone3(&arguments, sizeof(arguments));
	if (pid == 0)
		_exit(say_handler(NULL));
	wait_and_print("ignored", (pid_t)pid);
}

static void
other_signal(void)
{
	sigset_t set;
	siginfo_t info;
	long pid;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid = syscall(SYS_clone, SIGUSR2, 0, 0, 0, 0);
	if (pid == 0)
		_exit(2);
	printf("signal %d", sigwaitinfo(&set, &info));
	printf(" code %d status %d\n", info.si_code, info.si_status);
	print_result("plain wait", waitpid((pid_t)pid, NULL, 0));
	print_success("wait for clones", waitpid((pid_t)pid, NULL, __WCLONE));
}

static void
chosen_number(void)
{
	pid_t wanted = 30123;
	struct clone_args arguments = {
		.set_tid = (uintptr_t)&wanted,
		.set_tid_size = 1,
		.exit_signal = SIGCHLD,
	};
	long pid;

	if (geteuid() != 0)
		return;
	while (kill(wanted, 0) == 0)
		wanted++;
	pid = clone3(&arguments, sizeof(arguments));
	if (pid == 0)
		_exit(getpid() == wanted ? 1 : 2);
	if (pid > 0)
		wait_and_print("child", (pid_t)pid);
	else
		print_result("clone3", pid);
}

static int
clear_word(void *argument)
{
	(void)argument;
	return 0;
}

static void
cleared_number(void)
{
	static int word = 1;
	int pid = clone(clear_word, stack + sizeof(stack),
		CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD, NULL, NULL, NULL, &word);

	while (__atomic_load_n(&word, __ATOMIC_ACQUIRE))
		syscall(SYS_futex, &word, FUTEX_WAIT, 1, NULL);
	printf("word %d\n", word);
	wait_and_print("child", pid);
}

static int
exec_true(void *argument)
{
	(void)argument;
	execl("/bin/true", "true", NULL);
	return 9;
}

static void
many_sharing(void)
{
	int bad = 0, status;

	for (int i = 0; i < 40; i++) {
		int pid = clone(i & 1 ? exec_true : clear_word, stack + sizeof(stack),
			CLONE_VM | SIGCHLD, NULL);

		bad += waitpid(pid, &status, 0) != pid || status != 0;
	}
	printf("bad %d\n", bad);
}

static int
clone_in_grandchild(void *argument)
{
	static char inner_stack[65536] __attribute__((aligned(64)));
	int status = 0;
	pid_t pid = fork();

	(void)argument;
	if (pid == 0) {
		for (int i = 0; i < 3; i++) {
			int inner = clone(set_shared, inner_stack + sizeof(inner_stack),
				CLONE_VM | SIGCHLD, (void *)79);

			waitpid(inner, &status, 0);
		}
		_exit(shared + WEXITSTATUS(status));
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static void
fork_in_sharing_child(void)
{
	int pid = clone(clone_in_grandchild, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);

	wait_and_print("child", pid);
}

static const struct test_case cases[] = {
	{ "fork in sharing child", fork_in_sharing_child },
	{ "as fork", as_fork },
	{ "sizes", sizes },
	{ "bad flags", bad_flags },
	{ "pidfd", pidfd },
	{ "numbers", numbers },
	{ "shares memory", shares_memory },
	{ "vfork on own stack", vfork_on_own_stack },
	{ "shared surroundings", shared_surroundings },
	{ "own surroundings", own_surroundings },
	{ "child of grandparent", child_of_grandparent },
	{ "clear handlers", clear_handlers },
	{ "other signal", other_signal },
	{ "chosen number", chosen_number },
	{ "cleared number", cleared_number },
	{ "many sharing", many_sharing },
};
MAIN_OF_CASES(cases)
