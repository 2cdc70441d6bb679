// SPDX-License-Identifier: Apache-2.0
// Leaving handlers by long jumps, alternate stacks, stack overflow, and other contexts.
#include "cases.h"

#include <setjmp.h>
#include <sys/mman.h>
#include <ucontext.h>

static sigjmp_buf back;
static volatile int count;
static char memory[65536] __attribute__((aligned(16)));

static void
jump_back(int signo)
{
	(void)signo;
	count++;
	siglongjmp(back, count);
}

static void
many_jumps(void)
{
	sigset_t set;

	install(SIGUSR1, jump_back, 0);
	for (volatile int i = 0; i < 2000; i++) {
		if (sigsetjmp(back, 1) == 0)
			raise(SIGUSR1);
	}
	sigprocmask(SIG_BLOCK, NULL, &set);
	printf("count %d blocked %d\n", count, sigismember(&set, SIGUSR1));
}

static void
jump_without_mask(void)
{
	sigset_t set;

	install(SIGUSR1, jump_back, 0);
	if (sigsetjmp(back, 0) == 0)
		raise(SIGUSR1);
	sigprocmask(SIG_BLOCK, NULL, &set);
	printf("blocked %d\n", sigismember(&set, SIGUSR1));
}

#pragma GCC diagnostic ignored "-Winfinite-recursion"
static int __attribute__((noinline)) recurse(int n)
{
	volatile char buffer[4000];

	buffer[n % 4000] = (char)n;
	return recurse(n + 1) + buffer[0];
}

static void
set_stack(int flags)
{
	stack_t stack = { .ss_sp = memory, .ss_size = sizeof(memory), .ss_flags = flags };

	print_result("sigaltstack", sigaltstack(&stack, NULL));
}

static void
stack_overflow(void)
{
	set_stack(0);
	install(SIGSEGV, jump_back, SA_ONSTACK);
	for (volatile int i = 0; i < 5; i++) {
		if (sigsetjmp(back, 1) == 0)
			recurse(0);
	}
	printf("overflows %d\n", count);
}

static void
overflow_without_stack(void)
{
	install(SIGSEGV, jump_back, 0);
	recurse(0);
}

static void
show_stack(int signo)
{
	char here;
	stack_t stack;

	(void)signo;
	sigaltstack(NULL, &stack);
	printf("on it %d flags %d\n", &here >= memory && &here < memory + sizeof(memory),
		stack.ss_flags);
	stack.ss_flags = 0;
	stack.ss_sp = memory;
	stack.ss_size = 32768;
	print_result("change in use", sigaltstack(&stack, NULL));
}

static void
on_alternate_stack(void)
{
	set_stack(0);
	install(SIGUSR1, show_stack, SA_ONSTACK);
	install(SIGUSR2, show_stack, 0);
	raise(SIGUSR1);
	set_stack(0);
	raise(SIGUSR2);
}

static void
show_disarmed(int signo)
{
	stack_t stack;

	(void)signo;
	sigaltstack(NULL, &stack);
	printf("flags %x size %lu\n", (unsigned)stack.ss_flags, (unsigned long)stack.ss_size);
	print_result("change", sigaltstack(&stack, NULL));
}

static void
disarmed(void)
{
	stack_t stack;

	set_stack((int)(1u << 31));
	install(SIGUSR1, show_disarmed, SA_ONSTACK);
	raise(SIGUSR1);
	sigaltstack(NULL, &stack);
	printf("flags %x size %lu\n", (unsigned)stack.ss_flags, (unsigned long)stack.ss_size);
}

static void
bad_stacks(void)
{
	stack_t stack = { .ss_sp = memory, .ss_size = 100, .ss_flags = 0 };

	print_result("too small", sigaltstack(&stack, NULL));
	stack.ss_size = sizeof(memory);
	stack.ss_flags = 77;
	print_result("bad flags", sigaltstack(&stack, NULL));
	stack.ss_flags = SS_ONSTACK;
	print_result("SS_ONSTACK", sigaltstack(&stack, NULL));
	stack.ss_flags = SS_DISABLE;
	print_result("SS_DISABLE", sigaltstack(&stack, NULL));
	print_result("bad address", sigaltstack((stack_t *)8, NULL));
}

static void
unwritable_stack(void)
{
	void *none = mmap(NULL, 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	stack_t stack = { .ss_sp = none, .ss_size = 65536 };

	sigaltstack(&stack, NULL);
	install(SIGUSR1, show_stack, SA_ONSTACK);
	raise(SIGUSR1);
	printf("not reached\n");
}

static ucontext_t main_context, other_context;

static void
coroutine(void)
{
	for (int i = 0; i < 1000; i++) {
		count++;
		swapcontext(&other_context, &main_context);
	}
}

static void
contexts(void)
{
	getcontext(&other_context);
	other_context.uc_stack.ss_sp = memory;
	other_context.uc_stack.ss_size = sizeof(memory);
	other_context.uc_link = &main_context;
	makecontext(&other_context, coroutine, 0);
	for (int i = 0; i < 1000; i++)
		swapcontext(&main_context, &other_context);
	printf("count %d\n", count);
}

static volatile int urgent;

static void
on_urgent(int signo)
{
	(void)signo;
	urgent++;
}

static unsigned __attribute__((noinline)) fibonacci(unsigned n)
{
	return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static void
storm(void)
{
	pid_t self = getpid(), pid;
	unsigned sum = 0;

	install(SIGURG, on_urgent, SA_RESTART | SA_ONSTACK);
	pid = fork();
	if (pid == 0) {
		for (int i = 0; i < 3000; i++)
			kill(self, SIGURG);
		_exit(0);
	}
	for (int i = 0; i < 60; i++)
		sum += fibonacci(18);
	wait_and_print("sender", pid);
	printf("sum %u some came %d\n", sum, urgent > 0);
}

static const struct test_case cases[] = {
	{ "many jumps", many_jumps },
	{ "jump without mask", jump_without_mask },
	{ "stack overflow", stack_overflow },
	{ "overflow without stack", overflow_without_stack },
	{ "on alternate stack", on_alternate_stack },
	{ "disarmed", disarmed },
	{ "bad stacks", bad_stacks },
	{ "unwritable stack", unwritable_stack },
	{ "contexts", contexts },
	{ "storm", storm },
};
MAIN_OF_CASES(cases)
