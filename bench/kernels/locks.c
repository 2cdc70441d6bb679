// SPDX-License-Identifier: Apache-2.0
//
// Two threads: a hand-off by spinning, a counter that both add to atomically, a spin lock, a mutex with a condition, and a
// ring between a writer and a reader. What is printed does not depend on who comes first.

#include <pthread.h>
#include <sched.h>
#include "kernel.h"

static unsigned rounds;
static uint64_t counter;
static uint64_t guarded[4];

/* Takes turns with the other thread; gives the processor away now and then, so that one processor does too. */
static int turn;

static void
hand_off(int own)
{
	for (unsigned i = 0; i < rounds; i++) {
		for (int tries = 1; __atomic_load_n(&turn, __ATOMIC_ACQUIRE) != own; tries++) {
			if (tries % 1000 == 0) {
				sched_yield();
			}
		}
		counter = kernel_mix(counter, i * 2 + (unsigned)own);
		__atomic_store_n(&turn, !own, __ATOMIC_RELEASE);
	}
}

static void
count_atomically(int own)
{
	for (unsigned i = 0; i < rounds * 4; i++) {
		uint64_t now = __atomic_fetch_add(&counter, i & 3, __ATOMIC_SEQ_CST);

		if ((i & 15) == 0) {
			__atomic_fetch_xor(
				&guarded[0], (uint64_t)i * 2 + (unsigned)own, __ATOMIC_RELAXED);
			now = __atomic_load_n(&guarded[1], __ATOMIC_RELAXED);
			while (now < i && !__atomic_compare_exchange_n(&guarded[1], &now, i, 1,
						  __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
			}
		}
	}
}

static int spin_lock;

static void
spin(int own)
{
	for (unsigned i = 0; i < rounds; i++) {
		for (int tries = 1; __atomic_exchange_n(&spin_lock, 1, __ATOMIC_ACQUIRE) != 0;
			tries++) {
			if (tries % 100 == 0) {
				sched_yield();
			}
		}
		guarded[i & 3] += i + (unsigned)own;
		counter++;
		__atomic_store_n(&spin_lock, 0, __ATOMIC_RELEASE);
	}
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void
lock_mutex(int own)
{
	for (unsigned i = 0; i < rounds * 2; i++) {
		pthread_mutex_lock(&mutex);
		guarded[i & 3] += i * 2 + (unsigned)own;
		counter++;
		pthread_mutex_unlock(&mutex);
	}
}

enum { RING = 256 };

static uint32_t ring[RING];
static unsigned written;
static unsigned taken;

static void
pass_through_ring(int own)
{
	for (unsigned i = 0; i < rounds * 8; i++) {
		unsigned *other = own ? &written : &taken;
		unsigned limit = own ? i : i - RING;

		for (int tries = 1; __atomic_load_n(other, __ATOMIC_ACQUIRE) == limit; tries++) {
			if (tries % 1000 == 0) {
				sched_yield();
			}
		}
		if (own) {
			counter = counter * 3 + ring[i % RING];
			__atomic_store_n(&taken, i + 1, __ATOMIC_RELEASE);
		} else {
			ring[i % RING] = i * 2654435761u;
			__atomic_store_n(&written, i + 1, __ATOMIC_RELEASE);
		}
	}
}

/* Locks that nobody else wants: the first thread alone. */
static void
lock_alone(int own)
{
	for (unsigned i = 0; own == 0 && i < rounds * 16; i++) {
		pthread_mutex_lock(&mutex);
		counter = counter * 5 + i;
		pthread_mutex_unlock(&mutex);
	}
}

static const struct {
	const char *name;
	void (*play)(int own);
} parts[] = {
	{ "hand_off", hand_off },
	{ "counter", count_atomically },
	{ "spin", spin },
	{ "mutex", lock_mutex },
	{ "ring", pass_through_ring },
	{ "alone", lock_alone },
};

static void *
second(void *play)
{
	void (*const *part)(int own) = play;

	(*part)(1);
	return NULL;
}

int
main(int argc, char **argv)
{
	rounds = kernel_rounds(argc, argv, 300000);
	for (size_t i = 0; i < COUNT(parts); i++) {
		pthread_t thread;
		uint64_t sum = 0;

		if (!kernel_wants(argc, argv, parts[i].name)) {
			continue;
		}
		counter = 0;
		memset(guarded, 0, sizeof(guarded));
		if (pthread_create(&thread, NULL, second, (void *)&parts[i].play) != 0) {
			fprintf(stderr, "no thread\n");
			return 1;
		}
		parts[i].play(0);
		pthread_join(thread, NULL);
		for (size_t k = 0; k < COUNT(guarded); k++) {
			sum = kernel_mix(sum, guarded[k]);
		}
		kernel_report(parts[i].name, kernel_mix(sum, counter));
	}
	return 0;
}
