// SPDX-License-Identifier: Apache-2.0
//
// POSIX threads: mutex, condition, barrier, rwlock, thread-local storage, keys with destructors, cancellation, a
// producer-consumer queue, many threads created and joined, signals to a thread.

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8, ROUNDS = 20000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_key_t key;
static long shared;
static int destroyed;
static __thread long local = 5;

static void *
adder(void *argument)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		shared += 1 + (long)argument;
		pthread_mutex_unlock(&mutex);
		local++;
	}
	return (void *)local;
}

static void
mutexes(void)
{
	pthread_t threads[THREADS];
	long locals = 0;

	for (long i = 0; i < THREADS; i++) {
		pthread_create(&threads[i], NULL, adder, (void *)i);
	}
	for (int i = 0; i < THREADS; i++) {
		void *result;

		pthread_join(threads[i], &result);
		locals += (long)result;
	}
	printf("shared %ld locals %ld own %ld\n", shared, locals, local);
}

static int queue[16];
static int queued;

static void *
producer(void *argument)
{
	long base = (long)argument;

	for (int i = 1; i <= 5000; i++) {
		pthread_mutex_lock(&mutex);
		while (queued == 16) {
			pthread_cond_wait(&changed, &mutex);
		}
		queue[queued++] = (int)(base + i);
		pthread_cond_broadcast(&changed);
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void *
consumer(void *argument)
{
	long sum = 0;

	(void)argument;
	for (int i = 1; i <= 5000; i++) {
		pthread_mutex_lock(&mutex);
		while (queued == 0) {
			pthread_cond_wait(&changed, &mutex);
		}
		sum += queue[--queued];
		pthread_cond_broadcast(&changed);
		pthread_mutex_unlock(&mutex);
	}
	return (void *)sum;
}

static void
conditions(void)
{
	pthread_t threads[4];
	long sum = 0;

	pthread_create(&threads[0], NULL, producer, (void *)0);
	pthread_create(&threads[1], NULL, producer, (void *)100000);
	pthread_create(&threads[2], NULL, consumer, NULL);
	pthread_create(&threads[3], NULL, consumer, NULL);
	for (int i = 0; i < 4; i++) {
		void *result;

		pthread_join(threads[i], &result);
		sum += (long)result;
	}
	printf("consumed %ld\n", sum);
	struct timespec deadline;
	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_nsec += 20000000;
	if (deadline.tv_nsec >= 1000000000) {
		deadline.tv_nsec -= 1000000000;
		deadline.tv_sec++;
	}
	pthread_mutex_lock(&mutex);
	printf("timed wait %d\n", pthread_cond_timedwait(&changed, &mutex, &deadline) == ETIMEDOUT);
	pthread_mutex_unlock(&mutex);
}

static void *
barrier_user(void *argument)
{
	int serial = 0;

	(void)argument;
	for (int i = 0; i < 200; i++) {
		serial += pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
		pthread_rwlock_rdlock(&rwlock);
		long seen = shared;
		pthread_rwlock_unlock(&rwlock);
		pthread_rwlock_wrlock(&rwlock);
		shared++;
		serial += (shared <= seen) * 100000;
		pthread_rwlock_unlock(&rwlock);
	}
	return (void *)(long)serial;
}

static void
barriers(void)
{
	pthread_t threads[4];
	long serial = 0;

	shared = 0;
	pthread_barrier_init(&barrier, NULL, 4);
	for (int i = 0; i < 4; i++) {
		pthread_create(&threads[i], NULL, barrier_user, NULL);
	}
	for (int i = 0; i < 4; i++) {
		void *result;

		pthread_join(threads[i], &result);
		serial += (long)result;
	}
	printf("barrier serial %ld shared %ld\n", serial, shared);
}

static void
destroy(void *value)
{
	__atomic_add_fetch(&destroyed, (int)(long)value, __ATOMIC_SEQ_CST);
}

static void *
short_lived(void *argument)
{
	pthread_setspecific(key, argument);
	if ((long)argument % 2 == 0) {
		pthread_exit(argument);
	}
	return argument;
}

static void
many(void)
{
	long sum = 0;

	pthread_key_create(&key, destroy);
	for (long i = 0; i < 1000; i += 10) {
		pthread_t threads[10];

		for (long j = 0; j < 10; j++) {
			if (pthread_create(&threads[j], NULL, short_lived, (void *)(i + j)) != 0) {
				exit(1);
			}
		}
		for (int j = 0; j < 10; j++) {
			void *result;

			pthread_join(threads[j], &result);
			sum += (long)result;
		}
	}
	printf("1000 threads, sum %ld, destructors %d\n", sum, destroyed);
}

static void *
sleeper(void *argument)
{
	(void)argument;
	for (;;) {
		pause();
	}
	return NULL;
}

static volatile sig_atomic_t in_thread;
static pthread_t signalled;

static void
on_usr1(int number)
{
	(void)number;
	in_thread = pthread_equal(pthread_self(), signalled) ? 1 : 2;
}

static void *
spinner(void *argument)
{
	(void)argument;
	while (in_thread == 0) {
		__asm__ volatile("");
	}
	return (void *)(long)in_thread;
}

static void
cancellation_and_signals(void)
{
	pthread_t thread;
	void *result;

	pthread_create(&thread, NULL, sleeper, NULL);
	pthread_cancel(thread);
	pthread_join(thread, &result);
	printf("cancelled %d\n", result == PTHREAD_CANCELED);
	signal(SIGUSR1, on_usr1);
	pthread_create(&signalled, NULL, spinner, NULL);
	usleep(10000);
	pthread_kill(signalled, SIGUSR1);
	pthread_join(signalled, &result);
	printf("signal handled in thread %ld\n", (long)result);
}

static void *
exit_last(void *argument)
{
	(void)argument;
	usleep(20000);
	printf("last thread\n");
	exit(4);
}

int
main(void)
{
	pthread_t thread;

	setvbuf(stdout, NULL, _IONBF, 0);
	mutexes();
	conditions();
	barriers();
	many();
	cancellation_and_signals();
	pthread_create(&thread, NULL, exit_last, NULL);
	pthread_exit(NULL);
}
