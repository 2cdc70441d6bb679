// SPDX-License-Identifier: Apache-2.0
// sigaltstack: its errors, handlers on it (nested ones too), SS_AUTODISARM, a stack overflow on a guard page handled there,
// what threads and children inherit.
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif
#define STACK_SIZE 65536

static uint8_t alternate[STACK_SIZE];
static sigjmp_buf out;
static int depth;

static int
on_alternate(void)
{
	uint8_t here;

	return &here >= alternate && &here < alternate + STACK_SIZE;
}

static const char *
state(void)
{
	stack_t stack;

	sigaltstack(NULL, &stack);
	switch (stack.ss_flags) {
	case 0: return "enabled";
	case SS_ONSTACK: return "on it";
	case SS_DISABLE: return "disabled";
	case (int)SS_AUTODISARM: return "autodisarm";
	default: return "other";
	}
}

static void
nested(int signo)
{
	stack_t stack = { .ss_sp = alternate, .ss_size = STACK_SIZE };

	printf("  depth %d: %s, %s\n", depth, on_alternate() ? "alternate" : "normal", state());
	/* With SS_AUTODISARM it would be allowed; what then becomes of it differs between processors. */
	if (depth < 5)
		printf("  change: %s\n", sigaltstack(&stack, NULL) == 0 ? "done" : strerror(errno));
	if (depth++ < 2)
		raise(signo);
}

static void
overflowed(int signo, siginfo_t *info, void *context)
{
	(void)context;
	printf("  overflow: %s on the %s stack, code %d\n", strsignal(signo),
		on_alternate() ? "alternate" : "normal", info->si_code);
	siglongjmp(out, 1);
}

static void
set(uint8_t *where, size_t size, unsigned flags)
{
	stack_t stack = { .ss_sp = where, .ss_size = size, .ss_flags = (int)flags };

	if (sigaltstack(&stack, NULL) != 0)
		printf("sigaltstack(size %zu, flags %x): %s\n", size, flags, strerror(errno));
	else
		printf("sigaltstack(size %zu, flags %x): %s\n", size, flags, state());
}

static __attribute__((noinline)) int
consume(int n)
{
	volatile char room[4096];

	if (n > 1000000)
		return 0;
	room[0] = (char)n;
	room[4095] = (char)(consume(n + 1) + 1);
	return room[0] + room[4095];
}

/* On a small stack with a guard page below. */
static void *
overflow(void *argument)
{
	stack_t stack = { .ss_sp = alternate, .ss_size = STACK_SIZE };

	printf("in a thread: %s\n", state());
	sigaltstack(&stack, NULL);
	if (!sigsetjmp(out, 1))
		consume(0);
	printf("  back, %s\n", state());
	return argument;
}

int
main(void)
{
	struct sigaction action = { .sa_handler = nested, .sa_flags = SA_ONSTACK | SA_NODEFER };
	struct sigaction fault = { .sa_sigaction = overflowed,
		.sa_flags = SA_ONSTACK | SA_SIGINFO };
	pthread_attr_t attributes;
	pthread_t thread;

	setvbuf(stdout, NULL, _IONBF, 0);
	printf("first: %s\n", state());
	set(alternate, 100, 0);
	set(alternate, STACK_SIZE, 4);
	set(alternate, STACK_SIZE, SS_DISABLE);
	set(alternate, STACK_SIZE, 0);
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	printf("afterwards: %s\n", state());

	depth = 5;
	set(alternate, STACK_SIZE, SS_AUTODISARM);
	raise(SIGUSR1);
	printf("afterwards: %s\n", state());

	sigaction(SIGSEGV, &fault, NULL);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 256 * 1024);
	pthread_create(&thread, &attributes, overflow, NULL);
	pthread_join(thread, NULL);
	printf("main thread: %s\n", state());
	return 0;
}
