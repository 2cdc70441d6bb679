// SPDX-License-Identifier: Apache-2.0
// prctl: what is set is what is read, and what fails.
#include "cases.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/prctl.h>

static void
print_file(const char *path)
{
	char text[64] = "";
	int fd = open(path, O_RDONLY);

	if (read(fd, text, sizeof(text) - 1) < 0)
		printf("error %d\n", errno);
	close(fd);
	printf("%s: %s", path, text);
}

static void
name(void)
{
	char text[17] = "................";

	print_result("set", prctl(PR_SET_NAME, "a name that is too long"));
	print_result("get", prctl(PR_GET_NAME, text));
	printf("%s\n", text);
	print_file("/proc/self/comm");
	print_result("bad address", prctl(PR_SET_NAME, 8));
	print_result("bad address", prctl(PR_GET_NAME, 8));
}

static void *
name_thread(void *argument)
{
	char text[20] = "";

	pthread_setname_np(pthread_self(), "worker");
	pthread_getname_np(pthread_self(), text, sizeof(text));
	printf("%s\n", text);
	return argument;
}

static void
thread_name(void)
{
	pthread_t thread;

	prctl(PR_SET_NAME, "main");
	pthread_create(&thread, NULL, name_thread, NULL);
	pthread_join(thread, NULL);
	print_file("/proc/self/comm");
}

static void
dumpable(void)
{
	print_result("at first", prctl(PR_GET_DUMPABLE));
	print_result("set", prctl(PR_SET_DUMPABLE, 0));
	print_result("now", prctl(PR_GET_DUMPABLE));
	print_result("set 2", prctl(PR_SET_DUMPABLE, 2));
	print_result("set 1", prctl(PR_SET_DUMPABLE, 1));
	print_result("now", prctl(PR_GET_DUMPABLE));
}

static void
keep_capabilities(void)
{
	print_result("at first", prctl(PR_GET_KEEPCAPS));
	print_result("set", prctl(PR_SET_KEEPCAPS, 1));
	print_result("now", prctl(PR_GET_KEEPCAPS));
	print_result("bad", prctl(PR_SET_KEEPCAPS, 2));
	print_result("securebits", prctl(PR_GET_SECUREBITS));
	print_result("bounding set", prctl(PR_CAPBSET_READ, 0) >= 0);
	print_result("bad capability", prctl(PR_CAPBSET_READ, 99));
}

static void
no_new_privileges(void)
{
	print_result("at first", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	print_result("clear", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
	print_result("set", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	print_result("now", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	print_result("surplus argument", prctl(PR_GET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

static void
death_signal(void)
{
	int signo = -1;

	print_result("set", prctl(PR_SET_PDEATHSIG, SIGUSR2));
	print_result("get", prctl(PR_GET_PDEATHSIG, &signo));
	printf("%d\n", signo);
	print_result("bad", prctl(PR_SET_PDEATHSIG, 65));
	if (fork() == 0) {
		prctl(PR_GET_PDEATHSIG, &signo);
		printf("in a child %d\n", signo);
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
}

static void
subreaper(void)
{
	int value = -1;

	prctl(PR_GET_CHILD_SUBREAPER, &value);
	printf("at first %d\n", value);
	print_result("set", prctl(PR_SET_CHILD_SUBREAPER, 1));
	prctl(PR_GET_CHILD_SUBREAPER, &value);
	printf("now %d\n", value);
}

static void
timer_slack(void)
{
	print_result("set", prctl(PR_SET_TIMERSLACK, 12345));
	print_result("get", prctl(PR_GET_TIMERSLACK));
	print_result("timing", prctl(PR_GET_TIMING));
	print_result("bad timing", prctl(PR_SET_TIMING, 1));
}

static void
write_and_execute(void)
{
	print_result("get", prctl(66 /* PR_GET_MDWE */, 0, 0, 0, 0));
	print_result("surplus argument", prctl(66, 1, 0, 0, 0));
}

static void
huge_pages(void)
{
	print_result("get", prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
	print_result("set", prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	print_result("get", prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
}

static void
thread_number_address(void)
{
	int *address = NULL;

	print_result("get", prctl(PR_GET_TID_ADDRESS, &address));
	printf("set by the C library: %d\n", address != NULL);
}

static void
unknown(void)
{
	print_result("unknown", prctl(12345, 1, 2, 3, 4));
	print_result("zero", prctl(0));
	print_result("endianness", prctl(PR_SET_ENDIAN, 0));
}

static const struct test_case cases[] = {
	{ "name", name },
	{ "thread name", thread_name },
	{ "dumpable", dumpable },
	{ "keep capabilities", keep_capabilities },
	{ "no new privileges", no_new_privileges },
	{ "death signal", death_signal },
	{ "subreaper", subreaper },
	{ "timer slack", timer_slack },
	{ "write and execute", write_and_execute },
	{ "huge pages", huge_pages },
	{ "thread number address", thread_number_address },
	{ "unknown", unknown },
};
MAIN_OF_CASES(cases)
