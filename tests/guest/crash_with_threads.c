// SPDX-License-Identifier: Apache-2.0
// Dies of a fault while other threads compute and sleep: what tests/cli/core_dump looks at with a debugger.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int global_value = 4711;
char *heap_text;
static volatile int ready;
static int *volatile nowhere = (int *)0x120;

static void *
compute(void *argument)
{
	ready = 1;
	for (volatile long n = 0;; n++)
		;
	return argument;
}

static void *
sleep_for_ever(void *argument)
{
	ready = 2;
	for (;;)
		pause();
	return argument;
}

static int __attribute__((noinline)) innermost(int x)
{
	double half = 0.5;

	__asm__ volatile("" : "+r"(x));
	*(volatile int *)nowhere = x + (int)(half * 4);
	return x;
}

static int __attribute__((noinline)) middle(int x)
{
	return innermost(x * 2) + 1;
}

int
main(void)
{
	pthread_t thread;

	heap_text = malloc(100);
	snprintf(heap_text, 100, "text on the heap");
	pthread_create(&thread, NULL, compute, NULL);
	while (ready != 1)
		;
	pthread_create(&thread, NULL, sleep_for_ever, NULL);
	while (ready != 2)
		;
	usleep(5000);
	return middle(21);
}
