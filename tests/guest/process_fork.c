// SPDX-License-Identifier: Apache-2.0
// fork: what is copied, what is not, and fork from a process of many busy threads.
#include "cases.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/time.h>

static volatile int stop;
static int value = 1;

static void
copies_memory(void)
{
	int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int *wiped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	*wiped = 5;
	madvise(wiped, 4096, MADV_WIPEONFORK);
	pid = fork();
	if (pid == 0) {
		*shared = 7;
		value = 2;
		_exit(*wiped);
	}
	wait_and_print("child", pid);
	printf("private %d shared %d\n", value, *shared);
}

static void
not_copied(void)
{
	struct itimerval timer = { .it_value.tv_sec = 100 };
	sigset_t set;
	pid_t pid;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR1);
	setitimer(ITIMER_REAL, &timer, NULL);
	pid = fork();
	if (pid == 0) {
		getitimer(ITIMER_REAL, &timer);
		sigpending(&set);
		_exit(sigismember(&set, SIGUSR1) + 2 * (timer.it_value.tv_sec != 0));
	}
	wait_and_print("child", pid);
}

static void
shares_offsets(void)
{
	int fd = open("file", O_CREAT | O_RDWR | O_TRUNC, 0600);
	pid_t pid = fork();

	if (pid == 0) {
		write(fd, "hello", 5);
		close(fd);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	print_result("offset", lseek(fd, 0, SEEK_CUR));
}

static void *
work(void *argument)
{
	unsigned seed = (unsigned)(uintptr_t)argument;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		char *memory = malloc(rand_r(&seed) % 5000 + 1);

		memory[0] = 1;
		free(memory);
		if (seed % 64 == 0) {
			memory = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			memory[5] = 2;
			munmap(memory, 65536);
		}
	}
	return NULL;
}

static void
under_load(void)
{
	pthread_t threads[6];
	int bad = 0;

	for (uintptr_t i = 0; i < 6; i++)
		pthread_create(&threads[i], NULL, work, (void *)(i + 1));
	for (int i = 0; i < 60; i++) {
		int status = -1;
		pid_t pid = fork();

		if (pid == 0) {
			char *memory = malloc(100000);

			memset(memory, i, 100000);
			free(memory);
			_exit(i);
		}
		waitpid(pid, &status, 0);
		bad += status != i << 8;
	}
	stop = 1;
	for (int i = 0; i < 6; i++)
		pthread_join(threads[i], NULL);
	printf("bad %d\n", bad);
}

static void *
allocate(void *argument)
{
	return malloc((size_t)argument);
}

static void *
fork_often(void *argument)
{
	int *bad = argument;

	for (int i = 0; i < 15; i++) {
		int status = -1;
		pid_t pid = fork();

		if (pid == 0) {
			pthread_t thread;
			void *result;

			if (pthread_create(&thread, NULL, allocate, (void *)50) != 0 ||
				pthread_join(thread, &result) != 0)
				_exit(200);
			_exit(i);
		}
		waitpid(pid, &status, 0);
		*bad += status != i << 8;
	}
	return NULL;
}

static void
by_many_threads(void)
{
	pthread_t threads[4];
	int bad[4] = { 0 };

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, fork_often, &bad[i]);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("bad %d\n", bad[0] + bad[1] + bad[2] + bad[3]);
}

static void
before(void)
{
	printf("before ");
}

static void
after_in_parent(void)
{
	printf("parent ");
}

static void
after_in_child(void)
{
	printf("child ");
}

static void
handlers(void)
{
	pid_t pid;

	pthread_atfork(before, after_in_parent, after_in_child);
	pid = fork();
	if (pid == 0) {
		printf("\n");
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	printf("\n");
}

static void *
fork_and_say(void *argument)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit((int)syscall(SYS_gettid) == getpid() ? 21 : 22);
	wait_and_print("child of a thread", pid);
	return argument;
}

static void
from_a_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, fork_and_say, NULL);
	pthread_join(thread, NULL);
}

static void
deep(void)
{
	int depth = 0;
	pid_t pid;

	while (depth < 12 && (pid = fork()) == 0)
		depth++;
	if (depth < 12) {
		int status;

		waitpid(pid, &status, 0);
		if (depth > 0)
			_exit(WEXITSTATUS(status) + 1);
		printf("depth %d\n", WEXITSTATUS(status));
		return;
	}
	_exit(0);
}

static const struct test_case cases[] = {
	{ "copies memory", copies_memory },
	{ "not copied", not_copied },
	{ "shares offsets", shares_offsets },
	{ "under load", under_load },
	{ "by many threads", by_many_threads },
	{ "handlers", handlers },
	{ "from a thread", from_a_thread },
	{ "deep", deep },
};
MAIN_OF_CASES(cases)
