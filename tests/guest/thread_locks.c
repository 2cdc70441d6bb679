// SPDX-License-Identifier: Apache-2.0
// Mutexes (robust, priority-inheriting, recursive), conditions and the rest of what is built on futexes.
#include "cases.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/mman.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int counter;

static void
make_mutex(int type, int robust, int protocol, int shared)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, type);
	pthread_mutexattr_setrobust(&attributes, robust);
	pthread_mutexattr_setprotocol(&attributes, protocol);
	pthread_mutexattr_setpshared(&attributes, shared);
	printf("init %d\n", pthread_mutex_init(&mutex, &attributes));
}

static void *
add(void *argument)
{
	for (int i = 0; i < 20000; i++) {
		pthread_mutex_lock(&mutex);
		counter++;
		pthread_mutex_unlock(&mutex);
	}
	return argument;
}

static void
contend(void)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, add, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("count %d\n", counter);
}

static void
plain(void)
{
	contend();
}

static void
inheriting(void)
{
	make_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED, PTHREAD_PRIO_INHERIT, 0);
	contend();
}

static void
robust_contended(void)
{
	make_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE, 0);
	contend();
}

static void *
lock_and_end(void *argument)
{
	pthread_mutex_lock(&mutex);
	return argument;
}

static void
owner_dies(void)
{
	pthread_t thread;
	int result;

	pthread_create(&thread, NULL, lock_and_end, NULL);
	pthread_join(thread, NULL);
	result = pthread_mutex_lock(&mutex);
	printf("lock: owner dead %d\n", result == EOWNERDEAD);
	printf("consistent %d\n", pthread_mutex_consistent(&mutex));
	printf("unlock %d\n", pthread_mutex_unlock(&mutex));
	printf("lock %d\n", pthread_mutex_lock(&mutex));
	printf("unlock %d\n", pthread_mutex_unlock(&mutex));
	pthread_create(&thread, NULL, lock_and_end, NULL);
	pthread_join(thread, NULL);
	printf("lock: owner dead %d\n", pthread_mutex_lock(&mutex) == EOWNERDEAD);
	printf("unlock %d\n", pthread_mutex_unlock(&mutex));
	printf("not recoverable %d\n", pthread_mutex_lock(&mutex) == ENOTRECOVERABLE);
}

static void
robust(void)
{
	make_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE, 0);
	owner_dies();
}

static void
robust_inheriting(void)
{
	make_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_INHERIT, 0);
	owner_dies();
}

static void *
lock_for_waiter(void *argument)
{
	pthread_mutex_lock(&mutex);
	sem_post(argument);
	sleep_milliseconds(20);
	return NULL;
}

static void
robust_with_waiter(void)
{
	pthread_t thread;
	sem_t locked;

	sem_init(&locked, 0, 0);
	make_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE, 0);
	pthread_create(&thread, NULL, lock_for_waiter, &locked);
	sem_wait(&locked);
	printf("owner dead %d\n", pthread_mutex_lock(&mutex) == EOWNERDEAD);
	pthread_join(thread, NULL);
}

static void
robust_between_processes(void)
{
	pthread_mutex_t *shared =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(shared, &attributes);
	for (int i = 0; i < 3; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			pthread_mutex_lock(shared);
			if (i == 0)
				_exit(0);
			if (i == 1)
				kill(getpid(), SIGKILL);
			execl("/bin/true", "true", NULL);
		}
		waitpid(pid, NULL, 0);
		printf("owner dead %d\n", pthread_mutex_lock(shared) == EOWNERDEAD);
		pthread_mutex_consistent(shared);
		pthread_mutex_unlock(shared);
	}
}

static void
kinds(void)
{
	make_mutex(PTHREAD_MUTEX_RECURSIVE, 0, 0, 0);
	printf("%d ", pthread_mutex_lock(&mutex));
	printf("%d ", pthread_mutex_lock(&mutex));
	printf("%d ", pthread_mutex_unlock(&mutex));
	printf("%d ", pthread_mutex_unlock(&mutex));
	printf("%d\n", pthread_mutex_unlock(&mutex));
	make_mutex(PTHREAD_MUTEX_ERRORCHECK, 0, 0, 0);
	printf("%d ", pthread_mutex_lock(&mutex));
	printf("%d ", pthread_mutex_lock(&mutex));
	printf("%d\n", pthread_mutex_trylock(&mutex));
}

static void
timed_lock(void)
{
	struct timespec until;

	pthread_mutex_lock(&mutex);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec -= 1;
	printf("%d\n", pthread_mutex_timedlock(&mutex, &until) == ETIMEDOUT);
	make_mutex(PTHREAD_MUTEX_NORMAL, 0, PTHREAD_PRIO_INHERIT, 0);
	pthread_mutex_lock(&mutex);
	printf("%d\n", pthread_mutex_timedlock(&mutex, &until));
}

static int ready;

static void *
wait_for_condition(void *argument)
{
	pthread_mutex_lock(&mutex);
	ready++;
	while (ready < 100)
		pthread_cond_wait(&condition, &mutex);
	counter++;
	pthread_mutex_unlock(&mutex);
	return argument;
}

static void
conditions(void)
{
	pthread_t threads[10];

	for (int i = 0; i < 10; i++)
		pthread_create(&threads[i], NULL, wait_for_condition, NULL);
	for (;;) {
		pthread_mutex_lock(&mutex);
		if (ready == 10)
			break;
		pthread_mutex_unlock(&mutex);
		sched_yield();
	}
	ready = 100;
	pthread_cond_broadcast(&condition);
	pthread_mutex_unlock(&mutex);
	for (int i = 0; i < 10; i++)
		pthread_join(threads[i], NULL);
	printf("count %d\n", counter);
}

static void
condition_timeout(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	pthread_mutex_lock(&mutex);
	printf("%d\n", pthread_cond_timedwait(&condition, &mutex, &until) == ETIMEDOUT);
}

static pthread_barrier_t barrier;
static int serial;

static void *
meet(void *argument)
{
	for (int i = 0; i < 200; i++) {
		if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
			serial++;
	}
	return argument;
}

static void
barriers(void)
{
	pthread_t threads[4];

	pthread_barrier_init(&barrier, NULL, 4);
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, meet, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("serial %d\n", serial);
}

static pthread_rwlock_t readers = PTHREAD_RWLOCK_INITIALIZER;
static int pair[2];

static void *
read_and_write(void *argument)
{
	int bad = 0;

	for (int i = 0; i < 3000; i++) {
		if (i % 8 == 0) {
			pthread_rwlock_wrlock(&readers);
			pair[0]++;
			pair[1]++;
		} else {
			pthread_rwlock_rdlock(&readers);
			bad += pair[0] != pair[1];
		}
		pthread_rwlock_unlock(&readers);
	}
	__atomic_fetch_add(&counter, bad, __ATOMIC_RELAXED);
	return argument;
}

static void
reader_locks(void)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, read_and_write, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("bad %d writes %d\n", counter, pair[0]);
}

static sem_t to, from;

static void *
answer(void *argument)
{
	for (int i = 0; i < 3000; i++) {
		sem_wait(&to);
		sem_post(&from);
	}
	return argument;
}

static void
semaphores(void)
{
	pthread_t thread;
	struct timespec until = { 0, 0 };

	sem_init(&to, 0, 0);
	sem_init(&from, 0, 0);
	pthread_create(&thread, NULL, answer, NULL);
	for (int i = 0; i < 3000; i++) {
		sem_post(&to);
		sem_wait(&from);
	}
	pthread_join(thread, NULL);
	print_result("timed", sem_timedwait(&to, &until));
	print_result("try", sem_trywait(&to));
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
only_once(void)
{
	sleep_milliseconds(2);
	counter++;
}

static void *
call_once(void *argument)
{
	pthread_once(&once, only_once);
	return argument;
}

static void
once_only(void)
{
	pthread_t threads[8];

	for (int i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, call_once, NULL);
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	printf("count %d\n", counter);
}

static const struct test_case cases[] = {
	{ "plain", plain },
	{ "inheriting", inheriting },
	{ "robust, contended", robust_contended },
	{ "robust", robust },
	{ "robust and inheriting", robust_inheriting },
	{ "robust with waiter", robust_with_waiter },
	{ "robust between processes", robust_between_processes },
	{ "kinds", kinds },
	{ "timed lock", timed_lock },
	{ "conditions", conditions },
	{ "condition timeout", condition_timeout },
	{ "barriers", barriers },
	{ "reader locks", reader_locks },
	{ "semaphores", semaphores },
	{ "once", once_only },
};
MAIN_OF_CASES(cases)
