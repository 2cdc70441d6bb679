// SPDX-License-Identifier: Apache-2.0
// More code than a small code buffer holds, run by many threads at once, while others block, take signals, fork and
// change code: tests/cli/code_buffer_full runs it with -tb-size.
#include "cases.h"

#include <pthread.h>
#include <sys/mman.h>

#define FUNCTIONS     12000
#define FUNCTION_SIZE 64

static uint8_t *code;
static volatile int stop;
static volatile long signals;

/* Writes a function that gives n * 3 + argument. */
static void
write_function(uint8_t *at, uint32_t n)
{
#ifdef __aarch64__
	uint32_t *word = (uint32_t *)at;

	word[0] = 0x52800001 | (n & 0xffff) << 5; /* mov w1, n */
	word[1] = 0x0b010421;                     /* add w1, w1, w1, lsl #1 */
	word[2] = 0xb4000040;                     /* cbz x0, +8 */
	word[3] = 0x0b010000;                     /* add w0, w0, w1 */
	word[4] = 0xb5000040;                     /* cbnz x0, +8 */
	word[5] = 0x2a0103e0;                     /* mov w0, w1 */
	word[6] = 0xd61f03c0;                     /* br x30: more code than a return is */
#else
	static const uint8_t rest[] = { 0x8d, 0x04, 0x40, 0x01, 0xf8,
		0xc3 }; /* lea eax, [rax+rax*2]; add eax, edi; ret */

	at[0] = 0xb8; /* mov eax, n */
	memcpy(at + 1, &n, 4);
	memcpy(at + 5, rest, sizeof(rest));
#endif
}

static unsigned
call(unsigned n, unsigned argument)
{
	return ((unsigned (*)(unsigned))(code + (size_t)n * FUNCTION_SIZE))(argument);
}

static void *
run(void *argument)
{
	unsigned step = (unsigned)(uintptr_t)argument, n = step, bad = 0;

	for (int i = 0; i < 3 * FUNCTIONS; i++) {
		bad += call(n, (unsigned)i + 1) != n * 3 + (unsigned)i + 1;
		n = (n + step) % FUNCTIONS;
	}
	return (void *)(uintptr_t)bad;
}

static void
on_signal(int signo)
{
	(void)signo;
	__atomic_fetch_add(&signals, (long)call(5, 1), __ATOMIC_RELAXED);
}

static void *
disturb(void *argument)
{
	pthread_t *threads = argument;
	long bad = 0;

	for (int i = 0; !stop; i++) {
		pthread_kill(threads[i & 1], SIGUSR1);
		if (i % 20 == 0) {
			int status = -1;
			pid_t pid = fork();

			if (pid == 0)
				_exit(call(7, 1) == 22 ? 0 : 1);
			waitpid(pid, &status, 0);
			bad += status != 0;
		}
		sleep_milliseconds(1);
	}
	return (void *)bad;
}

static void *
block(void *argument)
{
	char byte;

	return (void *)(read(((int *)argument)[0], &byte, 1) == 1 ? 0L : 1L);
}

int
main(void)
{
	static const unsigned steps[] = { 7, 11, 4999 };
	pthread_t threads[3], disturber, blocker;
	void *bad;
	int tube[2];

	code = mmap(NULL, (size_t)FUNCTIONS * FUNCTION_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (uint32_t n = 0; n < FUNCTIONS; n++)
		write_function(code + (size_t)n * FUNCTION_SIZE, n);
	__builtin___clear_cache((char *)code, (char *)code + (size_t)FUNCTIONS * FUNCTION_SIZE);
	install(SIGUSR1, on_signal, SA_RESTART);
	pipe(tube);
	pthread_create(&blocker, NULL, block, tube);
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, run, (void *)(uintptr_t)steps[i]);
	pthread_create(&disturber, NULL, disturb, threads);
	for (int i = 2; i >= 0; i--) {
		/* the disturber sends to the first two until it ends */
		if (i == 1) {
			stop = 1;
			pthread_join(disturber, &bad);
			printf("disturber: bad %ld\n", (long)bad);
		}
		pthread_join(threads[i], &bad);
		printf("thread %d: bad %ld\n", i, (long)bad);
	}
	write(tube[1], "x", 1);
	pthread_join(blocker, &bad);
	printf("blocked: bad %ld\n", (long)bad);
	return 0;
}
