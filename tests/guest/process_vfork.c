// SPDX-License-Identifier: Apache-2.0
// vfork: the child runs in its parent's memory while the parent waits.
#include "cases.h"

#include <fcntl.h>
#include <pthread.h>

static volatile int shared;

static void
shares_memory(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		shared = 42;
		_exit(3);
	}
	printf("shared %d\n", shared);
	wait_and_print("child", pid);
}

static void
parent_waits(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		sleep_milliseconds(30);
		shared = 1;
		_exit(0);
	}
	printf("after the child: %d\n", shared);
	wait_and_print("child", pid);
}

static void
failed_exec(void)
{
	volatile int error = 0;
	pid_t pid = vfork();

	if (pid == 0) {
		execl("/no/such/program", "x", NULL);
		error = errno;
		_exit(5);
	}
	printf("error %d\n", error);
	wait_and_print("child", pid);
}

static void
many_arguments(void)
{
	static char *argv[3000];
	pid_t pid;

	for (int i = 0; i < 2999; i++)
		argv[i] = "argument";
	for (volatile int i = 0; i < 20; i++) {
		int status;

		pid = vfork();
		if (pid == 0) {
			execv("/bin/true", argv);
			_exit(9);
		}
		waitpid(pid, &status, 0);
		if (status)
			print_status("child", status);
	}
	printf("done\n");
}

static void
killed_child(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		kill(getpid(), SIGKILL);
		_exit(1);
	}
	wait_and_print("child", pid);
}

static void
nested(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		pid_t inner = vfork();

		if (inner == 0) {
			shared = 10;
			_exit(1);
		}
		shared++;
		waitpid(inner, NULL, 0);
		_exit(2);
	}
	printf("shared %d\n", shared);
	wait_and_print("child", pid);
}

static void *
count(void *argument)
{
	volatile long *counter = argument;

	while (!__atomic_load_n(&shared, __ATOMIC_RELAXED))
		++*counter;
	return NULL;
}

static void
others_run(void)
{
	static volatile long counter;
	pthread_t thread;
	long before, after;
	pid_t pid;

	pthread_create(&thread, NULL, count, (void *)&counter);
	while (counter == 0)
		;
	pid = vfork();
	if (pid == 0) {
		before = counter;
		while (counter - before < 1000)
			;
		_exit(6);
	}
	after = counter;
	shared = 1;
	pthread_join(thread, NULL);
	printf("the other thread ran: %d\n", after >= 1000);
	wait_and_print("child", pid);
}

static void
on_signal(int signo)
{
	shared = signo;
}

static void
own_handlers(void)
{
	struct sigaction action;
	pid_t pid;

	install(SIGUSR1, on_signal, 0);
	pid = vfork();
	if (pid == 0) {
		signal(SIGUSR1, SIG_IGN);
		_exit(0);
	}
	wait_and_print("child", pid);
	sigaction(SIGUSR1, NULL, &action);
	printf("the parent's handler is as before: %d\n", action.sa_handler == on_signal);
	raise(SIGUSR1);
	printf("ran %d\n", shared);
}

static void
own_descriptors(void)
{
	int fd = open("/dev/null", O_RDONLY);
	pid_t pid = vfork();

	if (pid == 0) {
		close(fd);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	print_success("still open", fcntl(fd, F_GETFD));
}

static void
thousand(void)
{
	volatile int bad = 0;

	for (volatile int i = 0; i < 500; i++) {
		int status = -1;
		pid_t pid = vfork();

		if (pid == 0)
			_exit(i & 127);
		waitpid(pid, &status, 0);
		bad += status != (i & 127) << 8;
	}
	printf("bad %d\n", bad);
}

static const struct test_case cases[] = {
	{ "shares memory", shares_memory },
	{ "parent waits", parent_waits },
	{ "failed exec", failed_exec },
	{ "many arguments", many_arguments },
	{ "killed child", killed_child },
	{ "nested", nested },
	{ "others run", others_run },
	{ "own handlers", own_handlers },
	{ "own descriptors", own_descriptors },
	{ "many times", thousand },
};
MAIN_OF_CASES(cases)
