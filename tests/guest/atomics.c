// SPDX-License-Identifier: Apache-2.0
// guest-flags: -march=armv8-a -mno-outline-atomics
//
// C atomics by exclusive loads and stores (LDXR/STXR, LDAXR/STLXR): all sizes and operations, contended by four threads.
// atomics_lse.c is the same with the LSE instructions.

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

enum { THREADS = 4, ROUNDS = 50000 };

static uint8_t byte;
static uint16_t half;
static uint32_t word;
static uint64_t dword;
static uint64_t bits;
static uint64_t maximum;
static long spin_count;
static int spin_lock;
static uint64_t message;
static int ready;
#ifdef __aarch64__
static _Alignas(16) unsigned __int128 pair;
#endif

/* The processor's 16-byte compare-and-swap, of which gcc makes a libatomic call on x86-64: a lock there. */
static void
add_pair(void)
{
#ifdef __aarch64__
	uint64_t low;
	uint64_t high;
	uint32_t failed;

	do {
		__asm__ volatile("ldaxp %0, %1, [%3]\n\tadds %0, %0, #1\n\tadc %1, %1, %0\n\tstlxp "
				 "%w2, %0, %1, [%3]"
				 : "=&r"(low), "=&r"(high), "=&r"(failed)
				 : "r"(&pair)
				 : "memory", "cc");
	} while (failed);
#endif
}

static void
store_maximum(uint64_t value)
{
	uint64_t seen = __atomic_load_n(&maximum, __ATOMIC_RELAXED);

	while (seen < value && !__atomic_compare_exchange_n(&maximum, &seen, value, 1,
				       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
	}
}

static void *
worker(void *argument)
{
	unsigned id = (unsigned)(long)argument;
	uint64_t sum = 0;

	for (unsigned i = 0; i < ROUNDS; i++) {
		__atomic_fetch_add(&byte, 3, __ATOMIC_RELAXED);
		__atomic_fetch_sub(&half, 5, __ATOMIC_ACQUIRE);
		__atomic_add_fetch(&word, i, __ATOMIC_RELEASE);
		sum += __atomic_fetch_add(&dword, 0x100000001, __ATOMIC_SEQ_CST) & 0;
		__atomic_fetch_xor(&bits, 1ull << (id * 8 + i % 8), __ATOMIC_ACQ_REL);
		store_maximum((uint64_t)i * 7 + id);
		add_pair();
		while (__atomic_exchange_n(&spin_lock, 1, __ATOMIC_ACQUIRE)) {
		}
		spin_count++;
		__atomic_store_n(&spin_lock, 0, __ATOMIC_RELEASE);
	}
	return (void *)sum;
}

static void *
sender(void *argument)
{
	(void)argument;
	for (uint64_t i = 1; i <= 20000; i++) {
		while (__atomic_load_n(&ready, __ATOMIC_ACQUIRE)) {
		}
		message = i * i;
		__atomic_store_n(&ready, 1, __ATOMIC_RELEASE);
	}
	return NULL;
}

static void
message_passing(void)
{
	pthread_t thread;
	uint64_t sum = 0;

	pthread_create(&thread, NULL, sender, NULL);
	for (int i = 0; i < 20000; i++) {
		while (!__atomic_load_n(&ready, __ATOMIC_ACQUIRE)) {
		}
		sum += message;
		__atomic_store_n(&ready, 0, __ATOMIC_RELEASE);
	}
	pthread_join(thread, NULL);
	printf("messages %llu\n", (unsigned long long)sum);
}

static void
single_thread_values(void)
{
	uint32_t expected = 7;
	uint32_t v = 9;

	printf("%d", __atomic_compare_exchange_n(
			     &v, &expected, 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
	printf(" %u %u", expected, v);
	printf(" %d", __atomic_compare_exchange_n(
			      &v, &expected, 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
	printf(" %u\n", v);
	uint8_t b = 0xf0;
	printf("%u ", __atomic_fetch_and(&b, 0x3c, __ATOMIC_SEQ_CST));
	printf("%u ", __atomic_fetch_or(&b, 0x81, __ATOMIC_SEQ_CST));
	printf("%u ", __atomic_fetch_nand(&b, 0x0f, __ATOMIC_SEQ_CST));
	printf("%u ", __atomic_exchange_n(&b, 200, __ATOMIC_SEQ_CST));
	printf("%u ", b);
	printf("%d\n", __atomic_test_and_set(&b, __ATOMIC_SEQ_CST));
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

int
main(void)
{
	pthread_t threads[THREADS];

	single_thread_values();
	for (long i = 0; i < THREADS; i++) {
		pthread_create(&threads[i], NULL, worker, (void *)i);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
	}
	printf("%u %u %u %llx %llx %llu %ld\n", byte, half, word, (unsigned long long)dword,
		(unsigned long long)bits, (unsigned long long)maximum, spin_count);
#ifdef __aarch64__
	if ((uint64_t)pair != (uint64_t)THREADS * ROUNDS) {
		printf("pair low is %llu\n", (unsigned long long)pair);
	}
#endif
	message_passing();
	return 0;
}
