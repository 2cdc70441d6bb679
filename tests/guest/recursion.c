// SPDX-License-Identifier: Apache-2.0
//
// Recursion: Fibonacci, Ackermann, mutual recursion, and a million frames deep, where a return predictor has long overflowed.

#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <pthread.h>

static unsigned
fibonacci(unsigned n)
{
	return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static unsigned
ackermann(unsigned m, unsigned n)
{
	if (m == 0) {
		return n + 1;
	}
	if (n == 0) {
		return ackermann(m - 1, 1);
	}
	return ackermann(m - 1, ackermann(m, n - 1));
}

static __attribute__((noinline)) int is_odd(unsigned n);

static __attribute__((noinline)) int
is_even(unsigned n)
{
	int r = n == 0 ? 1 : is_odd(n - 1);

	__asm__ volatile("" : "+r"(r));
	return r;
}

static __attribute__((noinline)) int
is_odd(unsigned n)
{
	int r = n == 0 ? 0 : is_even(n - 1);

	__asm__ volatile("" : "+r"(r));
	return r;
}

static __attribute__((noinline)) uint64_t
deep(uint64_t n)
{
	volatile uint64_t local = n;
	uint64_t below = n == 0 ? 0 : deep(n - 1);

	return below * 31 + local;
}

static void *
deep_thread(void *argument)
{
	(void)argument;
	printf("deep(1000000) = %llu\n", (unsigned long long)deep(1000000));
	printf("deep(1000000) again = %llu\n", (unsigned long long)deep(1000000));
	return NULL;
}

int
main(void)
{
	pthread_attr_t attributes;
	pthread_t thread;

	printf("fibonacci(27) = %u\n", fibonacci(27));
	printf("ackermann(2, 300) = %u\n", ackermann(2, 300));
	printf("ackermann(3, 6) = %u\n", ackermann(3, 6));
	printf("is_even(30001) = %d\n", is_even(30001));
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 256 << 20);
	if (pthread_create(&thread, &attributes, deep_thread, NULL) != 0) {
		return 1;
	}
	pthread_join(thread, NULL);
	printf("deep(10) = %llu\n", (unsigned long long)deep(10));
	return 0;
}
