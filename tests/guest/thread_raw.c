// SPDX-License-Identifier: Apache-2.0
// Threads made by clone itself: numbers that are written and cleared, thread-local storage registers, ends.
#include "cases.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>

#define THREAD_FLAGS \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)

static char stacks[32][16384] __attribute__((aligned(64)));
static volatile int words[32], seen[32];

/* Ends a thread without the C library's help. */
static void
end_thread(void)
{
	syscall(SYS_exit, 0);
}

static void
wait_until_clear(volatile int *word)
{
	int value;

	while ((value = __atomic_load_n(word, __ATOMIC_ACQUIRE)) != 0)
		syscall(SYS_futex, word, FUTEX_WAIT, value, NULL);
}

static int
note(void *argument)
{
	int n = (int)(intptr_t)argument;

	seen[n] = (int)syscall(SYS_getpid);
	end_thread();
	return 0;
}

static void
cleared_words(void)
{
	int good = 0;

	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 32; i++) {
			words[i] = 1;
			clone(note, stacks[i] + sizeof(stacks[i]),
				THREAD_FLAGS | CLONE_CHILD_CLEARTID, (void *)(intptr_t)i, NULL,
				NULL, &words[i]);
		}
		for (int i = 0; i < 32; i++) {
			wait_until_clear(&words[i]);
			good += seen[i] == getpid();
			seen[i] = 0;
		}
	}
	printf("good %d\n", good);
}

static int
say_number(void *argument)
{
	(void)argument;
	seen[0] = (int)syscall(SYS_gettid);
	seen[1] = words[2];
	end_thread();
	return 0;
}

static void
written_numbers(void)
{
	int parent = 0;
	int tid;

	words[2] = 1;
	tid = clone(say_number, stacks[0] + sizeof(stacks[0]),
		THREAD_FLAGS | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID,
		NULL, &parent, NULL, &words[2]);
	wait_until_clear(&words[2]);
	printf("returned %d parent %d child %d\n", tid == seen[0], parent == tid, seen[1] == tid);
}

static int
exec_all(void *argument)
{
	(void)argument;
	execl("/bin/sh", "sh", "-c", "exit 31", NULL);
	return 1;
}

static void
exec_ends_all(void)
{
	clone(exec_all, stacks[0] + sizeof(stacks[0]), THREAD_FLAGS, NULL);
	for (;;)
		pause();
}

static int
first_exits(void *argument)
{
	(void)argument;
	sleep_milliseconds(20);
	syscall(SYS_exit_group, 41);
	return 0;
}

static void
first_thread_only(void)
{
	clone(first_exits, stacks[0] + sizeof(stacks[0]), THREAD_FLAGS, NULL);
	end_thread();
}

static int
sleep_for_ever(void *argument)
{
	while (!argument)
		pause();
	return 0;
}

static void
end_of_group(void)
{
	for (int i = 0; i < 16; i++)
		clone(sleep_for_ever, stacks[i] + sizeof(stacks[i]), THREAD_FLAGS, NULL);
	syscall(SYS_exit_group, 43);
}

static int
own_descriptors(void *argument)
{
	(void)argument;
	seen[0] = dup(0);
	close(seen[0]);
	seen[1] = chdir("/usr");
	end_thread();
	return 0;
}

static void
not_sharing_files(void)
{
	char folder[100];

	chdir("/");
	words[0] = 1;
	clone(own_descriptors, stacks[0] + sizeof(stacks[0]),
		CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_CHILD_CLEARTID, NULL, NULL, NULL,
		&words[0]);
	wait_until_clear(&words[0]);
	printf("%d %s\n", seen[1], getcwd(folder, sizeof(folder)));
}

static const struct test_case cases[] = {
	{ "cleared words", cleared_words },
	{ "written numbers", written_numbers },
	{ "exec ends all", exec_ends_all },
	{ "first thread only", first_thread_only },
	{ "end of group", end_of_group },
	{ "not sharing files", not_sharing_files },
};
MAIN_OF_CASES(cases)
