// SPDX-License-Identifier: Apache-2.0
//
// What store-release and load-acquire order between two threads, over many rounds: of two threads that each store and then load
// what the other stores, at least one sees the other's store; a message is there when its flag is.

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>

enum { ROUNDS = 20000 };

static _Alignas(128) uint32_t stored[2][32];
static _Alignas(128) uint32_t arrived;
static uint32_t seen[2];
static unsigned missed;
static uint32_t message, flag;
static unsigned stale;

/* Waits a little; where both threads share a processor, the other gets it now and then. */
static void
wait_a_little(unsigned *tries)
{
	if (++*tries % 200 == 0)
		sched_yield();
}

/* Both threads come out of it at nearly the same time. */
static void
meet(uint32_t *visits)
{
	unsigned tries = 0;

	*visits += 2;
	__atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&arrived, __ATOMIC_ACQUIRE) < *visits)
		wait_a_little(&tries);
}

/* Functions of their own, so that store and load may be translated apart. */
__attribute__((noinline)) static void
store_release(uint32_t *to, uint32_t value)
{
	__atomic_store_n(to, value, __ATOMIC_SEQ_CST);
}

__attribute__((noinline)) static uint32_t
load_acquire(const uint32_t *from)
{
	return __atomic_load_n(from, __ATOMIC_SEQ_CST);
}

static void
store_then_load(unsigned own, int apart)
{
	uint32_t visits = 0;

	for (uint32_t round = 1; round <= ROUNDS; round++) {
		meet(&visits);
		if (apart) {
			store_release(&stored[own][0], round);
			seen[own] = load_acquire(&stored[!own][0]);
		} else {
			__atomic_store_n(&stored[own][0], round, __ATOMIC_SEQ_CST);
			seen[own] = __atomic_load_n(&stored[!own][0], __ATOMIC_SEQ_CST);
		}
		meet(&visits);
		if (own == 0)
			missed += seen[0] != round && seen[1] != round;
	}
}

static void
pass_messages(unsigned own)
{
	for (uint32_t round = 1; round <= ROUNDS; round++) {
		unsigned tries = 0;

		if (own == 0) {
			__atomic_store_n(&message, round * 3, __ATOMIC_RELAXED);
			__atomic_store_n(&flag, round, __ATOMIC_RELEASE);
			while (__atomic_load_n(&flag, __ATOMIC_ACQUIRE) != 0)
				wait_a_little(&tries);
		} else {
			while (__atomic_load_n(&flag, __ATOMIC_ACQUIRE) != round)
				wait_a_little(&tries);
			stale += __atomic_load_n(&message, __ATOMIC_RELAXED) != round * 3;
			__atomic_store_n(&flag, 0, __ATOMIC_RELEASE);
		}
	}
}

static void
play(unsigned own, unsigned part)
{
	if (part == 2)
		pass_messages(own);
	else
		store_then_load(own, part == 1);
}

static void *
second(void *part)
{
	play(1, (unsigned)(uintptr_t)part);
	return NULL;
}

int
main(void)
{
	for (unsigned part = 0; part < 3; part++) {
		pthread_t thread;

		arrived = 0;
		stored[0][0] = stored[1][0] = 0;
		if (pthread_create(&thread, NULL, second, (void *)(uintptr_t)part) != 0)
			return 1;
		play(0, part);
		pthread_join(thread, NULL);
	}
	printf("missed %u, stale %u\n", missed, stale);
	return 0;
}
