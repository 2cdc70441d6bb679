// SPDX-License-Identifier: Apache-2.0
// The tagged address ABI: calls take addresses with a tag in their top byte once the thread has asked for it. The host's
// build, which has no such thing, says what is to come.
#include "cases.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#ifdef __aarch64__
static void *
tagged(const void *address)
{
	return (void *)((uintptr_t)address | UINT64_C(0x5a) << 56);
}

static long
control(int option, unsigned long value, unsigned long more)
{
	return prctl(option, value, more, 0, 0);
}
#else
static int enabled;

static void *
tagged(const void *address)
{
	return enabled ? (void *)(uintptr_t)address : (void *)-4096;
}

static long
control(int option, unsigned long value, unsigned long more)
{
	if (more || value > 1 || (option == PR_GET_TAGGED_ADDR_CTRL && value)) {
		errno = EINVAL;
		return -1;
	}
	if (option == PR_GET_TAGGED_ADDR_CTRL)
		return enabled;
	enabled = (int)value;
	return 0;
}
#endif

static void
asking(void)
{
	print_result("get", control(PR_GET_TAGGED_ADDR_CTRL, 0, 0));
	print_result("unknown bits", control(PR_SET_TAGGED_ADDR_CTRL, 1 << 8, 0));
	print_result("more arguments", control(PR_SET_TAGGED_ADDR_CTRL, 1, 1));
	print_result("get with an argument", control(PR_GET_TAGGED_ADDR_CTRL, 1, 0));
	print_result("set", control(PR_SET_TAGGED_ADDR_CTRL, 1, 0));
	print_result("get", control(PR_GET_TAGGED_ADDR_CTRL, 0, 0));
	print_result("clear", control(PR_SET_TAGGED_ADDR_CTRL, 0, 0));
	print_result("get", control(PR_GET_TAGGED_ADDR_CTRL, 0, 0));
}

static void
use(const char *when)
{
	static uint32_t word = 5;
	struct stat status;
	char text[8] = "";
	int fd = open("/dev/zero", O_RDONLY), ends[2];

	printf("%s\n", when);
	print_result("stat", syscall(SYS_newfstatat, AT_FDCWD, tagged("/"), tagged(&status), 0));
	print_result("read", syscall(SYS_read, fd, tagged(text), sizeof(text)));
	print_result("pipe", syscall(SYS_pipe2, tagged(ends), 0));
	print_result("clock", syscall(SYS_clock_gettime, CLOCK_MONOTONIC, tagged(&status)));
	print_result("wake", syscall(SYS_futex, tagged(&word), FUTEX_WAKE, 1, NULL, NULL, 0));
	print_result("wait", syscall(SYS_futex, tagged(&word), FUTEX_WAIT, 6, NULL, NULL, 0));
	close(fd);
}

static void
calls(void)
{
	use("before");
	control(PR_SET_TAGGED_ADDR_CTRL, 1, 0);
	use("set");
	control(PR_SET_TAGGED_ADDR_CTRL, 0, 0);
	use("cleared");
}

static void *
in_thread(void *argument)
{
	print_result("thread", control(PR_GET_TAGGED_ADDR_CTRL, 0, 0));
	return argument;
}

static void
inherited(void)
{
	pthread_t thread;
	pid_t child;

	control(PR_SET_TAGGED_ADDR_CTRL, 1, 0);
	pthread_create(&thread, NULL, in_thread, NULL);
	pthread_join(thread, NULL);
	child = fork();
	if (child == 0) {
		print_result("child", control(PR_GET_TAGGED_ADDR_CTRL, 0, 0));
		_exit(0);
	}
	wait_and_print("child", child);
}

static const struct test_case cases[] = {
	{ "asking", asking },
	{ "calls", calls },
	{ "inherited", inherited },
};
MAIN_OF_CASES(cases)
