// SPDX-License-Identifier: Apache-2.0
// Signals and threads: masks of their own, directed and shared signals, cancellation.
#include "cases.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>

static volatile int ran, stop;
static volatile pid_t ran_in;
static sem_t ready, canceled;

static void
on_signal(int signo)
{
	(void)signo;
	ran_in = (pid_t)syscall(SYS_gettid);
	__atomic_fetch_add(&ran, 1, __ATOMIC_SEQ_CST);
}

static pid_t tid;

static void *
spin(void *argument)
{
	tid = (pid_t)syscall(SYS_gettid);
	sem_post(&ready);
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
		;
	return argument;
}

static void
directed(void)
{
	pthread_t thread;

	sem_init(&ready, 0, 0);
	install(SIGUSR1, on_signal, 0);
	pthread_create(&thread, NULL, spin, NULL);
	sem_wait(&ready);
	for (int i = 1; i <= 100; i++) {
		pthread_kill(thread, SIGUSR1);
		while (ran < i)
			sched_yield();
	}
	printf("ran %d in it %d\n", ran, ran_in == tid);
	stop = 1;
	pthread_join(thread, NULL);
}

static void *
show_mask(void *argument)
{
	sigset_t set;

	pthread_sigmask(SIG_BLOCK, NULL, &set);
	printf("inherited %d\n", sigismember(&set, SIGUSR2));
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_SETMASK, &set, NULL);
	return argument;
}

static void
own_masks(void)
{
	pthread_t thread;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	pthread_sigmask(SIG_SETMASK, &set, NULL);
	pthread_create(&thread, NULL, show_mask, NULL);
	pthread_join(thread, NULL);
	pthread_sigmask(SIG_BLOCK, NULL, &set);
	printf("unchanged %d %d\n", sigismember(&set, SIGUSR2), sigismember(&set, SIGHUP));
}

static void
to_who_does_not_block(void)
{
	pthread_t thread;
	sigset_t set;

	sem_init(&ready, 0, 0);
	install(SIGUSR1, on_signal, 0);
	pthread_create(&thread, NULL, spin, NULL);
	sem_wait(&ready);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	for (int i = 1; i <= 50; i++) {
		kill(getpid(), SIGUSR1);
		while (ran < i)
			sched_yield();
	}
	printf("in it %d\n", ran_in == tid);
	stop = 1;
	pthread_join(thread, NULL);
}

static void *
wait_for_signal(void *argument)
{
	sigset_t set;
	int signo, sum = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	do {
		sigwait(&set, &signo);
		sum++;
		sem_post(&ready);
	} while (signo != SIGUSR2);
	(void)argument;
	return (void *)(intptr_t)sum;
}

static void
waiting_thread(void)
{
	pthread_t thread;
	sigset_t set;
	void *sum;

	sem_init(&ready, 0, 0);
	sigfillset(&set);
	pthread_sigmask(SIG_SETMASK, &set, NULL);
	pthread_create(&thread, NULL, wait_for_signal, NULL);
	for (int i = 0; i < 100; i++) {
		kill(getpid(), SIGUSR1);
		sem_wait(&ready);
	}
	kill(getpid(), SIGUSR2);
	pthread_join(thread, &sum);
	printf("signals %ld\n", (long)sum);
}

static void *
block_in_read(void *argument)
{
	char byte;

	sem_post(&ready);
	read(((int *)argument)[0], &byte, 1);
	return NULL;
}

static void
cancel_in_read(void)
{
	pthread_t thread;
	void *value;
	int tube[2];

	sem_init(&ready, 0, 0);
	pipe(tube);
	for (int i = 0; i < 50; i++) {
		pthread_create(&thread, NULL, block_in_read, tube);
		sem_wait(&ready);
		pthread_cancel(thread);
		pthread_join(thread, &value);
		if (value != PTHREAD_CANCELED)
			printf("not canceled\n");
	}
	printf("done\n");
}

static void *
spin_for_ever(void *argument)
{
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	sem_post(&ready);
	for (;;)
		++*(volatile int *)argument;
	return NULL;
}

static void
cancel_while_computing(void)
{
	pthread_t thread;
	void *value;
	int number = 0;

	sem_init(&ready, 0, 0);
	for (int i = 0; i < 20; i++) {
		pthread_create(&thread, NULL, spin_for_ever, &number);
		sem_wait(&ready);
		pthread_cancel(thread);
		pthread_join(thread, &value);
		if (value != PTHREAD_CANCELED)
			printf("not canceled\n");
	}
	printf("done\n");
}

static void
clean(void *argument)
{
	printf("cleaned %d\n", *(int *)argument);
}

static void *
with_cleanup(void *argument)
{
	int first = 1, second = 2;

	(void)argument;
	pthread_cleanup_push(clean, &first);
	pthread_cleanup_push(clean, &second);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	sem_post(&ready);
	sem_wait(&canceled);
	pthread_testcancel();
	printf("still there\n");
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	pthread_testcancel();
	printf("not reached\n");
	pthread_cleanup_pop(0);
	pthread_cleanup_pop(0);
	return NULL;
}

static void
cleanup(void)
{
	pthread_t thread;

	sem_init(&ready, 0, 0);
	sem_init(&canceled, 0, 0);
	pthread_create(&thread, NULL, with_cleanup, NULL);
	sem_wait(&ready);
	pthread_cancel(thread);
	sem_post(&canceled);
	pthread_join(thread, NULL);
}

static volatile long work[4];

static void *
compute(void *argument)
{
	long n = (long)(intptr_t)argument, sum = 0;

	for (long i = 0; i < 1000000; i++)
		sum += (i * n) ^ (sum >> 3);
	work[n] = sum;
	return NULL;
}

/* A thread does not end before a signal has come. */
static void *
compute_until_called(void *argument)
{
	compute(argument);
	while (!ran)
		sched_yield();
	return NULL;
}

static void
storm_of_urgent_signals(void)
{
	pthread_t threads[4];
	long want[4];

	install(SIGURG, on_signal, SA_RESTART);
	for (long n = 0; n < 4; n++) {
		compute((void *)n);
		want[n] = work[n];
		work[n] = 0;
	}
	for (long n = 0; n < 4; n++)
		pthread_create(&threads[n], NULL, compute_until_called, (void *)n);
	for (int i = 0; i < 1000; i++)
		pthread_kill(threads[i & 3], SIGURG);
	for (int n = 0; n < 4; n++)
		pthread_join(threads[n], NULL);
	printf("right %d some came %d\n",
		work[0] == want[0] && work[1] == want[1] && work[2] == want[2] &&
			work[3] == want[3],
		ran > 0);
}

static __thread volatile int own_faults;

static void
on_fault(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	own_faults++;
	syscall(SYS_mprotect, (uintptr_t)info->si_addr & ~4095ul, 4096, 3);
}

static void *
fault_often(void *argument)
{
	char *memory = argument;

	for (int i = 0; i < 200; i++) {
		*(volatile char *)memory = 1;
		syscall(SYS_mprotect, memory, 4096, 1);
	}
	return (void *)(intptr_t)own_faults;
}

static void
faults_in_all(void)
{
	static char memory[8][4096] __attribute__((aligned(4096)));
	pthread_t threads[8];

	install(SIGSEGV, on_fault, SA_SIGINFO);
	for (int i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, fault_often, memory[i]);
	for (int i = 0; i < 8; i++) {
		void *faults;

		pthread_join(threads[i], &faults);
		printf("%ld ", (long)faults);
	}
	printf("\n");
}

static void *
own_alternate_stack(void *argument)
{
	stack_t stack;

	sigaltstack(NULL, &stack);
	printf("in a thread %d\n", stack.ss_flags);
	return argument;
}

static void
alternate_stacks(void)
{
	static char memory[65536];
	stack_t stack = { .ss_sp = memory, .ss_size = sizeof(memory) };
	pthread_t thread;

	sigaltstack(&stack, NULL);
	pthread_create(&thread, NULL, own_alternate_stack, NULL);
	pthread_join(thread, NULL);
	sigaltstack(NULL, &stack);
	printf("here %d\n", stack.ss_flags);
	if (fork() == 0) {
		sigaltstack(NULL, &stack);
		printf("in a child %d\n", stack.ss_flags);
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
}

static const struct test_case cases[] = {
	{ "directed", directed },
	{ "own masks", own_masks },
	{ "to who does not block", to_who_does_not_block },
	{ "waiting thread", waiting_thread },
	{ "cancel in read", cancel_in_read },
	{ "cancel while computing", cancel_while_computing },
	{ "cleanup", cleanup },
	{ "storm of urgent signals", storm_of_urgent_signals },
	{ "faults in all", faults_in_all },
	{ "alternate stacks", alternate_stacks },
};
MAIN_OF_CASES(cases)
