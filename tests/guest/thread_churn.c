// SPDX-License-Identifier: Apache-2.0
// Threads under stress: thousands created and joined, many alive, detached ones, storms of signals to threads that
// compute, fork from a process of many busy threads, robust mutexes, and exit while others run.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static __thread uint64_t local;
static volatile int stop;
static int counter;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *
add(void *argument)
{
	local += (uintptr_t)argument;
	__atomic_fetch_add(&counter, (int)local, __ATOMIC_RELAXED);
	return (void *)(uintptr_t)(local * 2);
}

static void
check_many(void)
{
	pthread_t threads[20];
	uint64_t sum = 0;

	for (int round = 0; round < 150; round++) {
		for (uintptr_t i = 0; i < 20; i++) {
			if (pthread_create(&threads[i], NULL, add, (void *)i) != 0)
				exit(1);
		}
		for (int i = 0; i < 20; i++) {
			void *result;

			pthread_join(threads[i], &result);
			sum += (uintptr_t)result;
		}
	}
	printf("joined: %d %lu\n", counter, (unsigned long)sum);
}

static void *
wait_for_stop(void *argument)
{
	pthread_mutex_lock(&mutex);
	pthread_mutex_unlock(&mutex);
	return argument;
}

static void
check_alive(void)
{
	static pthread_t threads[200];
	pthread_attr_t attributes;
	int made = 0;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 64 * 1024);
	pthread_mutex_lock(&mutex);
	for (int i = 0; i < 200; i++)
		made += pthread_create(&threads[i], &attributes, wait_for_stop, NULL) == 0;
	pthread_mutex_unlock(&mutex);
	for (int i = 0; i < made; i++)
		pthread_join(threads[i], NULL);
	printf("alive at once: %d\n", made);
}

static volatile sig_atomic_t signals_seen;

static void
count(int signo)
{
	(void)signo;
	__atomic_fetch_add(&signals_seen, 1, __ATOMIC_RELAXED);
}

/* A computation with a known result, in which a lost register would show. */
static void *
compute(void *argument)
{
	uint64_t a = 1, b = (uintptr_t)argument;
	double d = 1;

	for (int i = 0; i < 3000000; i++) {
		a = a * 6364136223846793005 + b;
		b ^= a >> 31;
		d = d * 0.999 + (double)(i & 7);
	}
	return (void *)(uintptr_t)(a ^ b ^ (uint64_t)d);
}

/* A thread does not end before a signal has come. */
static void *
compute_until_called(void *argument)
{
	void *result = compute(argument);

	while (!signals_seen)
		sched_yield();
	return result;
}

static void
check_storm(void)
{
	struct sigaction action = { .sa_handler = count, .sa_flags = SA_RESTART };
	pthread_t threads[4];
	uint64_t expected[4], wrong = 0;
	int sent = 0;

	sigaction(SIGUSR1, &action, NULL);
	for (uintptr_t i = 0; i < 4; i++)
		expected[i] = (uintptr_t)compute((void *)i);
	for (uintptr_t i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, compute_until_called, (void *)i);
	for (int i = 0; i < 4000; i++) {
		sent += pthread_kill(threads[i % 4], SIGUSR1) == 0;
		if (i % 16 == 0)
			sched_yield();
	}
	for (int i = 0; i < 4; i++) {
		void *result;

		pthread_join(threads[i], &result);
		wrong += (uintptr_t)result != expected[i];
	}
	printf("storm: wrong %lu, seen %s\n", (unsigned long)wrong,
		signals_seen > 0 && signals_seen <= sent ? "some" : "none");
}

static void *
busy(void *argument)
{
	while (!stop) {
		void *memory = malloc(1000);

		memset(memory, 1, 1000);
		free(memory);
	}
	return argument;
}

static void
check_fork(void)
{
	pthread_t threads[4];
	int good = 0;

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, busy, NULL);
	fflush(stdout);
	for (int i = 0; i < 100; i++) {
		int status = 0;
		pid_t child = fork();

		if (child == 0) {
			pthread_t thread;
			void *result = NULL;

			pthread_create(&thread, NULL, add, (void *)(uintptr_t)i);
			pthread_join(thread, &result);
			_exit((int)(uintptr_t)result == 2 * i ? 0 : 1);
		}
		waitpid(child, &status, 0);
		good += status == 0;
	}
	stop = 1;
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("forks: %d\n", good);
}

static pthread_mutex_t robust;

static void *
die_with_lock(void *argument)
{
	pthread_mutex_lock(&robust);
	return argument;
}

static void
check_robust(void)
{
	pthread_mutexattr_t attributes;
	pthread_t thread;
	int result;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
	for (int inherit = 0; inherit < 2; inherit++) {
		pthread_mutex_init(&robust, &attributes);
		pthread_create(&thread, NULL, die_with_lock, NULL);
		pthread_join(thread, NULL);
		result = pthread_mutex_lock(&robust);
		printf("robust: %s\n", result == EOWNERDEAD ? "owner died" : strerror(result));
		pthread_mutex_consistent(&robust);
		pthread_mutex_unlock(&robust);
		pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_NONE);
	}
}

static void *
leave(void *argument)
{
	(void)argument;
	usleep(20000);
	exit(3);
}

static void
check_exit(void)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		pthread_t thread;

		stop = 0;
		pthread_create(&thread, NULL, busy, NULL);
		pthread_create(&thread, NULL, leave, NULL);
		pthread_exit(NULL);
	}
	waitpid(child, &status, 0);
	printf("exit from a thread: %d\n", WEXITSTATUS(status));
}

int
main(void)
{
	check_many();
	check_alive();
	check_storm();
	check_fork();
	check_robust();
	check_exit();
	printf("ids: %s\n", syscall(SYS_gettid) == getpid() ? "equal" : "differ");
	return 0;
}
