// SPDX-License-Identifier: Apache-2.0
// The futex calls by themselves, and robust lists.
#include "cases.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>

static uint32_t word, second;
static volatile int awake;

static long
futex(uint32_t *address, int op, uint32_t value, const void *timeout, uint32_t *other,
	uint32_t last)
{
	return syscall(SYS_futex, address, op, value, timeout, other, last);
}

static void
errors(void)
{
	struct timespec bad = { -1, 0 }, zero = { 0, 0 };

	print_result("other value", futex(&word, FUTEX_WAIT, 1, NULL, NULL, 0));
	print_result("timeout", futex(&word, FUTEX_WAIT, 0, &zero, NULL, 0));
	print_result("bad timeout", futex(&word, FUTEX_WAIT, 0, &bad, NULL, 0));
	print_result("not aligned",
		futex((uint32_t *)((char *)&word + 1), FUTEX_WAIT, 0, &zero, NULL, 0));
	print_result("bad address", futex((uint32_t *)8, FUTEX_WAIT, 0, &zero, NULL, 0));
	print_result("bad operation", futex(&word, 100, 0, NULL, NULL, 0));
	print_result("empty bits", futex(&word, FUTEX_WAIT_BITSET, 0, &zero, NULL, 0));
	print_result("nobody to wake", futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0));
	print_result("not owned", futex(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
}

static void *
sleep_on_word(void *argument)
{
	uint32_t bits = (uint32_t)(uintptr_t)argument;

	__atomic_fetch_add(&awake, 1, __ATOMIC_SEQ_CST);
	while (futex(&word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, bits) < 0 &&
		errno == EINTR)
		;
	__atomic_fetch_sub(&awake, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* Starts n threads that wait with the bits 1, 2, 4 ... */
static void
start_sleepers(pthread_t *threads, int n)
{
	for (int i = 0; i < n; i++)
		pthread_create(&threads[i], NULL, sleep_on_word, (void *)(uintptr_t)(1u << i));
	while (awake < n)
		sched_yield();
	sleep_milliseconds(20);
}

static void
join_all(pthread_t *threads, int n)
{
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	printf("awake %d\n", awake);
}

static void
bits(void)
{
	pthread_t threads[4];

	start_sleepers(threads, 4);
	print_result("one", futex(&word, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 2));
	print_result("two", futex(&word, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 2 | 4 | 8));
	print_result("rest", futex(&word, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0));
	join_all(threads, 4);
}

static void
requeue(void)
{
	pthread_t threads[4];

	start_sleepers(threads, 4);
	print_result(
		"wrong value", futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *)10, &second, 5));
	print_result("requeue", futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *)10, &second, 0));
	print_result("first", futex(&word, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0));
	print_result("second", futex(&second, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0));
	join_all(threads, 4);
}

static void
wake_and_change(void)
{
	pthread_t threads[2];

	start_sleepers(threads, 2);
	second = 5;
	print_result("wake", futex(&word, FUTEX_WAKE_OP_PRIVATE, 10, (void *)10, &second,
				     FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 5)));
	printf("second %u\n", second);
	join_all(threads, 2);
}

static void *
lock_word(void *argument)
{
	long locked = futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0);

	(void)argument;
	awake = 1;
	return (void *)(locked * 10 + futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0));
}

static void
inheriting(void)
{
	pthread_t thread;
	void *result;

	word = (uint32_t)syscall(SYS_gettid);
	pthread_create(&thread, NULL, lock_word, NULL);
	while (!(__atomic_load_n(&word, __ATOMIC_SEQ_CST) & FUTEX_WAITERS))
		sched_yield();
	printf("waits %d\n", !awake);
	print_result("unlock", futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0));
	pthread_join(thread, &result);
	printf("there %ld\n", (long)result);
	print_result("try", futex(&word, FUTEX_TRYLOCK_PI_PRIVATE, 0, NULL, NULL, 0));
	print_result("deadlock", futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0));
}

static void
robust_list(void)
{
	void *head = NULL;
	size_t size = 0;

	print_result("get", syscall(SYS_get_robust_list, 0, &head, &size));
	printf("set %d size %d\n", head != NULL, (int)size);
	print_result("bad size", syscall(SYS_set_robust_list, head, 5));
	print_result("set", syscall(SYS_set_robust_list, head, size));
	print_result("no such thread", syscall(SYS_get_robust_list, 3999999, &head, &size));
}

static void
many_words(void)
{
	struct futex_waitv waiters[3] = {
		{ .val = 0, .uaddr = (uintptr_t)&word, .flags = 2 },
		{ .val = 0, .uaddr = (uintptr_t)&second, .flags = 2 },
		{ .val = 1, .uaddr = (uintptr_t)&second, .flags = 2 },
	};
	struct timespec past = { 0, 0 };

	print_result("past", syscall(449, waiters, 2, 0, &past, CLOCK_MONOTONIC));
	print_result("other value", syscall(449, waiters, 3, 0, &past, CLOCK_MONOTONIC));
	print_result("none", syscall(449, waiters, 0, 0, &past, CLOCK_MONOTONIC));
	print_result("flags", syscall(449, waiters, 1, 1, &past, CLOCK_MONOTONIC));
}

static const struct test_case cases[] = {
	{ "errors", errors },
	{ "bits", bits },
	{ "requeue", requeue },
	{ "wake and change", wake_and_change },
	{ "inheriting", inheriting },
	{ "robust list", robust_list },
	{ "many words", many_words },
};
MAIN_OF_CASES(cases)
