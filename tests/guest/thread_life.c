// SPDX-License-Identifier: Apache-2.0
// Threads: creation, ends of all kinds, local storage, many of them.
#include "cases.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>

static volatile int flag;
static int counter;

static void *
count_up(void *argument)
{
	__atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
	return argument;
}

static void
result(void)
{
	pthread_t thread;
	void *value;

	printf("create %d\n", pthread_create(&thread, NULL, count_up, (void *)1234));
	printf("join %d", pthread_join(thread, &value));
	printf(" value %ld\n", (long)value);
	printf("join itself %d\n", pthread_join(pthread_self(), NULL));
}

static void
ten_thousand(void)
{
	pthread_t threads[20];

	for (int round = 0; round < 500; round++) {
		for (int i = 0; i < 20; i++) {
			if (pthread_create(&threads[i], NULL, count_up, NULL) != 0)
				printf("create failed\n");
		}
		for (int i = 0; i < 20; i++)
			pthread_join(threads[i], NULL);
	}
	printf("count %d\n", counter);
}

static sem_t arrived, leave;

static void *
stay(void *argument)
{
	sem_post(&arrived);
	sem_wait(&leave);
	return count_up(argument);
}

static void
two_hundred_alive(void)
{
	static pthread_t threads[200];
	pthread_attr_t attributes;

	sem_init(&arrived, 0, 0);
	sem_init(&leave, 0, 0);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 65536);
	for (int i = 0; i < 200; i++)
		pthread_create(&threads[i], &attributes, stay, NULL);
	for (int i = 0; i < 200; i++)
		sem_wait(&arrived);
	for (int i = 0; i < 200; i++)
		sem_post(&leave);
	for (int i = 0; i < 200; i++)
		pthread_join(threads[i], NULL);
	printf("count %d\n", counter);
}

static void *
stay_detached(void *argument)
{
	pthread_detach(pthread_self());
	count_up(argument);
	sem_post(&arrived);
	return NULL;
}

static void
detached(void)
{
	pthread_t thread;

	sem_init(&arrived, 0, 0);
	for (int i = 0; i < 500; i++) {
		pthread_create(&thread, NULL, stay_detached, NULL);
		sem_wait(&arrived);
	}
	printf("count %d\n", counter);
}

static __thread int local = 5;
static __thread char big[5000];

static void *
use_local(void *argument)
{
	int before = local;

	local = (int)(intptr_t)argument;
	big[4999] = (char)local;
	sched_yield();
	return (void *)(intptr_t)(before * 1000 + local + big[4999]);
}

static void
local_storage(void)
{
	pthread_t threads[10];

	for (int i = 0; i < 10; i++)
		pthread_create(&threads[i], NULL, use_local, (void *)(intptr_t)i);
	for (int i = 0; i < 10; i++) {
		void *value;

		pthread_join(threads[i], &value);
		printf("%ld ", (long)value);
	}
	printf("here %d %d\n", local, big[4999]);
}

static pthread_key_t key;

static void
destroy(void *value)
{
	__atomic_fetch_add(&counter, (int)(intptr_t)value, __ATOMIC_RELAXED);
}

static void *
use_key(void *argument)
{
	pthread_setspecific(key, argument);
	return pthread_getspecific(key);
}

static void
keys(void)
{
	pthread_t thread;

	pthread_key_create(&key, destroy);
	for (intptr_t i = 1; i <= 10; i++) {
		pthread_create(&thread, NULL, use_key, (void *)i);
		pthread_join(thread, NULL);
	}
	printf("destroyed %d\n", counter);
}

static void *
spin(void *argument)
{
	volatile long *n = argument;

	for (;;)
		++*n;
	return NULL;
}

static void
start_spinning(int n)
{
	static long counters[16];
	pthread_t thread;

	for (int i = 0; i < n; i++)
		pthread_create(&thread, NULL, spin, &counters[i]);
	for (int i = 0; i < n; i++)
		while (!*(volatile long *)&counters[i])
			sched_yield();
}

static void
process_ends_while_others_run(void)
{
	start_spinning(8);
	printf("exit\n");
	fflush(stdout);
	_exit(17);
}

static void *
exit_process(void *argument)
{
	_exit((int)(intptr_t)argument);
}

static void
thread_ends_process(void)
{
	pthread_t thread;

	start_spinning(3);
	pthread_create(&thread, NULL, exit_process, (void *)23);
	pause();
}

static void *
outlive(void *argument)
{
	pthread_join(*(pthread_t *)argument, NULL);
	printf("the first thread is gone\n");
	fflush(stdout);
	_exit(19);
}

static void
first_thread_ends_first(void)
{
	static pthread_t self;
	pthread_t thread;

	self = pthread_self();
	pthread_create(&thread, NULL, outlive, &self);
	pthread_exit(NULL);
}

static void *
crash(void *argument)
{
	*(volatile int *)argument = 1;
	return NULL;
}

static void
crash_ends_process(void)
{
	pthread_t thread;

	start_spinning(3);
	pthread_create(&thread, NULL, crash, NULL);
	pause();
}

static void
killed_from_outside(void)
{
	sigset_t set;
	pid_t pid;
	int signo;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid = fork();
	if (pid == 0) {
		start_spinning(5);
		kill(getppid(), SIGUSR1);
		pause();
	}
	sigwait(&set, &signo);
	kill(pid, SIGTERM);
	wait_and_print("child", pid);
}

static void
numbers(void)
{
	printf("first: %d\n", (int)syscall(SYS_gettid) == getpid());
	print_result("set_tid_address", syscall(SYS_set_tid_address, &flag) == getpid());
}

static void *
own_stack(void *argument)
{
	char here;
	char *memory = argument;

	return (void *)(intptr_t)(&here >= memory && &here < memory + 131072);
}

static void
given_stack(void)
{
	static char memory[131072] __attribute__((aligned(4096)));
	pthread_attr_t attributes;
	pthread_t thread;
	void *value;

	pthread_attr_init(&attributes);
	printf("set %d\n", pthread_attr_setstack(&attributes, memory, sizeof(memory)));
	pthread_create(&thread, &attributes, own_stack, memory);
	pthread_join(thread, &value);
	printf("on it %ld\n", (long)value);
}

#pragma GCC diagnostic ignored "-Winfinite-recursion"
static void *
overflow(void *argument)
{
	volatile char buffer[3000];

	buffer[0] = 1;
	return (void *)((intptr_t)overflow(argument) + buffer[0]);
}

static void
overflow_in_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, overflow, NULL);
	pthread_join(thread, NULL);
}

static void *
read_tasks(void *argument)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%ld/comm", (long)syscall(SYS_gettid));
	print_success("own task", access(path, F_OK));
	return argument;
}

static void
tasks(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, read_tasks, NULL);
	pthread_join(thread, NULL);
}

static const struct test_case cases[] = {
	{ "result", result },
	{ "ten thousand", ten_thousand },
	{ "two hundred alive", two_hundred_alive },
	{ "detached", detached },
	{ "local storage", local_storage },
	{ "keys", keys },
	{ "process ends while others run", process_ends_while_others_run },
	{ "thread ends process", thread_ends_process },
	{ "first thread ends first", first_thread_ends_first },
	{ "crash ends process", crash_ends_process },
	{ "killed from outside", killed_from_outside },
	{ "numbers", numbers },
	{ "given stack", given_stack },
	{ "overflow in thread", overflow_in_thread },
	{ "tasks", tasks },
};
MAIN_OF_CASES(cases)
