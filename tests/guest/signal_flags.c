// SPDX-License-Identifier: Apache-2.0
// Flags of sigaction, masks while handlers run, nesting.
#include "cases.h"

#include <fcntl.h>

static volatile int count, depth, deepest;

static void
nest(int signo)
{
	if (++depth > deepest)
		deepest = depth;
	if (++count < 5)
		raise(signo);
	depth--;
}

static void
deferred(void)
{
	install(SIGUSR1, nest, 0);
	raise(SIGUSR1);
	printf("count %d depth %d\n", count, deepest);
}

static void
not_deferred(void)
{
	install(SIGUSR1, nest, SA_NODEFER);
	raise(SIGUSR1);
	printf("count %d depth %d\n", count, deepest);
}

static void
reset(void)
{
	struct sigaction action;

	install(SIGUSR1, nest, SA_RESETHAND | SA_NODEFER);
	count = 10;
	raise(SIGUSR1);
	sigaction(SIGUSR1, NULL, &action);
	printf("default %d flags %x\n", action.sa_handler == SIG_DFL,
		action.sa_flags & ~0x04000000);
	fflush(stdout);
	raise(SIGUSR1);
}

static void
print_masks(int signo)
{
	sigset_t set;

	(void)signo;
	sigprocmask(SIG_BLOCK, NULL, &set);
	for (int i = 1; i < 64; i++) {
		if (i != 32 && i != 33 && sigismember(&set, i))
			printf("%d ", i);
	}
	printf("\n");
}

static void
masks(void)
{
	struct sigaction action = { .sa_handler = print_masks };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaddset(&action.sa_mask, SIGTERM);
	sigaddset(&action.sa_mask, SIGKILL);
	sigaddset(&action.sa_mask, SIGSEGV);
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	print_masks(0);
	action.sa_flags = SA_NODEFER;
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
}

static void
flags_read_back(void)
{
	struct sigaction action = { .sa_handler = nest };

	action.sa_flags = SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_ONSTACK | SA_RESTART |
			  SA_NODEFER | SA_RESETHAND;
	sigaddset(&action.sa_mask, SIGINT);
	sigaction(SIGUSR2, &action, NULL);
	memset(&action, 0, sizeof(action));
	sigaction(SIGUSR2, NULL, &action);
	printf("flags %x handler %d mask %d\n", action.sa_flags & ~0x04000000,
		action.sa_handler == nest, sigismember(&action.sa_mask, SIGINT));
}

static volatile int trail[20], steps;

static void
outer(int signo)
{
	trail[steps++] = signo;
	if (signo == SIGUSR1)
		raise(SIGUSR2);
	else if (signo == SIGUSR2)
		raise(SIGRTMIN + 1);
	trail[steps++] = -signo;
}

static void
three_levels(void)
{
	install(SIGUSR1, outer, 0);
	install(SIGUSR2, outer, 0);
	install(SIGRTMIN + 1, outer, 0);
	raise(SIGUSR1);
	for (int i = 0; i < steps; i++)
		printf("%d ", trail[i]);
	printf("\n");
}

static void
deep(int signo)
{
	if (++count < 200)
		raise(signo);
}

static void
two_hundred_levels(void)
{
	install(SIGUSR1, deep, SA_NODEFER);
	raise(SIGUSR1);
	printf("count %d\n", count);
}

static void
changes_action(int signo)
{
	count++;
	signal(signo, SIG_IGN);
}

static void
changed_by_handler(void)
{
	install(SIGUSR1, changes_action, 0);
	raise(SIGUSR1);
	raise(SIGUSR1);
	printf("count %d\n", count);
}

static void
ignoring_discards(void)
{
	sigset_t set, pending;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR1);
	sigpending(&pending);
	printf("pending %d\n", sigismember(&pending, SIGUSR1));
	signal(SIGUSR1, SIG_IGN);
	sigpending(&pending);
	printf("pending %d\n", sigismember(&pending, SIGUSR1));
	install(SIGUSR1, nest, 0);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	printf("count %d\n", count);
}

static void
synchronous_by_hand(void)
{
	static const int numbers[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };
	sigset_t set, pending;

	sigfillset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	for (int i = 0; i < 5; i++) {
		install(numbers[i], nest, 0);
		count = 10;
		raise(numbers[i]);
		raise(numbers[i]);
		sigpending(&pending);
		printf("%d pending %d ran %d", numbers[i], sigismember(&pending, numbers[i]),
			count - 10);
		sigemptyset(&set);
		sigaddset(&set, numbers[i]);
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		printf(" then %d\n", count - 10);
	}
}

static void
bad_how(void)
{
	sigset_t set;

	sigemptyset(&set);
	print_result("how", sigprocmask(99, &set, NULL));
	print_result("how without set", syscall(SYS_rt_sigprocmask, 99, NULL, &set, 8));
	print_result("size", syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 4));
	print_result("address", syscall(SYS_rt_sigprocmask, SIG_BLOCK, 8, NULL, 8));
	print_result("old address", syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, 8, 8));
	print_result("pending size", syscall(SYS_rt_sigpending, &set, 16));
	print_result("pending address", syscall(SYS_rt_sigpending, 8, 8));
}

static const struct test_case cases[] = {
	{ "deferred", deferred },
	{ "not deferred", not_deferred },
	{ "reset", reset },
	{ "masks", masks },
	{ "flags read back", flags_read_back },
	{ "three levels", three_levels },
	{ "two hundred levels", two_hundred_levels },
	{ "changed by handler", changed_by_handler },
	{ "ignoring discards", ignoring_discards },
	{ "synchronous by hand", synchronous_by_hand },
	{ "bad how", bad_how },
};
MAIN_OF_CASES(cases)
