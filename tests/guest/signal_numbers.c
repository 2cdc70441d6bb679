// SPDX-License-Identifier: Apache-2.0
// All 64 signals: handled, ignored, at their default; also 32 and 33, which C libraries keep for themselves.
#include "cases.h"

#include <fcntl.h>

/* The kernel's struct sigaction, since the C library refuses 32 and 33. */
struct kernel_action {
	void *handler;
	unsigned long flags;
#ifdef __x86_64__
	void *restorer;
#endif
#ifdef __aarch64__
	void *restorer;
#endif
	uint64_t mask;
};

#ifdef __x86_64__
__asm__(".text\nreturn_from_signal:\n	mov $15, %eax\n	syscall\n");
void return_from_signal(void);
#define RESTORER 0x04000000ul, (void *)return_from_signal
#else
#define RESTORER 0, NULL
#endif

static long
kernel_action(int signo, void *handler, unsigned long flags)
{
	struct kernel_action action = { handler, RESTORER, 0 };

	action.flags |= flags;
	return syscall(SYS_rt_sigaction, signo, &action, NULL, 8);
}

static volatile int count[65], last_code;

static void
on_signal(int signo, siginfo_t *info, void *context)
{
	(void)context;
	count[signo]++;
	last_code = info->si_code;
}

static void
all_handled(void)
{
	for (int signo = 1; signo <= 64; signo++) {
		long result = kernel_action(signo, on_signal, SA_SIGINFO);

		if (result == 0)
			syscall(SYS_tgkill, getpid(), getpid(), signo);
		printf("%d: %ld ran %d code %d\n", signo, result, count[signo], last_code);
	}
}

static void
all_ignored(void)
{
	int ignored = 0;

	for (int signo = 1; signo <= 64; signo++) {
		if (kernel_action(signo, SIG_IGN, 0) == 0) {
			syscall(SYS_tgkill, getpid(), getpid(), signo);
			kill(getpid(), signo);
			ignored++;
		}
	}
	printf("alive after %d\n", ignored);
}

static void
all_defaults(void)
{
	for (int signo = 1; signo <= 64; signo++) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			int null = open("/dev/null", O_WRONLY);

			dup2(null, 2);
			kernel_action(signo, SIG_DFL, 0);
			syscall(SYS_tgkill, getpid(), getpid(), signo);
			_exit(77);
		}
		waitpid(pid, &status, WUNTRACED);
		printf("%d: ", signo);
		print_status("", status);
		if (WIFSTOPPED(status)) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
		}
	}
}

static void
bad_numbers(void)
{
	print_result("0", kernel_action(0, SIG_IGN, 0));
	print_result("65", kernel_action(65, SIG_IGN, 0));
	print_result("-1", kernel_action(-1, SIG_IGN, 0));
	print_result("SIGKILL", kernel_action(SIGKILL, SIG_IGN, 0));
	print_result("SIGSTOP", kernel_action(SIGSTOP, on_signal, 0));
	print_result("read SIGKILL", syscall(SYS_rt_sigaction, SIGKILL, NULL, NULL, 8));
	print_result("size", syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 16));
	print_result("address", syscall(SYS_rt_sigaction, SIGUSR1, 8, NULL, 8));
	print_result("kill", kill(getpid(), 65));
	print_result("tgkill", syscall(SYS_tgkill, getpid(), getpid(), -1));
	print_result("tgkill of no thread", syscall(SYS_tgkill, getpid(), -1, 1));
	print_result("tkill of no thread", syscall(SYS_tkill, 3999999, 0));
	print_result("kill of no process", kill(3999999, 0));
}

static void
all_blocked(void)
{
	uint64_t mask = ~UINT64_C(0), pending = 0;

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, 8);
	for (int signo = 1; signo <= 64; signo++) {
		if (signo != SIGKILL && signo != SIGSTOP) {
			kernel_action(signo, on_signal, SA_SIGINFO);
			syscall(SYS_tgkill, getpid(), getpid(), signo);
		}
	}
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, 8);
	syscall(SYS_rt_sigpending, &pending, 8);
	printf("mask %llx pending %llx\n", (unsigned long long)mask, (unsigned long long)pending);
	mask = 0;
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, 8);
	for (int signo = 1; signo <= 64; signo++)
		printf("%d", count[signo]);
	printf("\n");
}

static int order[64], ordered;

static void
note_order(int signo)
{
	order[ordered++] = signo;
}

static void
order_of_delivery(void)
{
	static const int numbers[] = { 50, SIGUSR2, 40, SIGHUP, 40, SIGUSR1, SIGALRM, 63 };
	sigset_t set;

	sigfillset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	for (unsigned i = 0; i < 8; i++) {
		struct sigaction action = { .sa_handler = note_order };

		sigfillset(&action.sa_mask);
		sigaction(numbers[i], &action, NULL);
		raise(numbers[i]);
	}
	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	for (int i = 0; i < ordered; i++)
		printf("%d ", order[i]);
	printf("\n");
}

/* What is blocked and has a handler pends while the process dies of another signal. */
static void
death_beside_a_pending_signal(void)
{
	const int deadly[] = { SIGABRT, SIGTERM, SIGSEGV, SIGRTMIN };

	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++) {
		pid_t child = fork();

		if (child == 0) {
			sigset_t set;

			signal(SIGUSR1, note_order);
			signal(SIGALRM, note_order);
			sigemptyset(&set);
			sigaddset(&set, SIGUSR1);
			sigaddset(&set, SIGALRM);
			sigprocmask(SIG_BLOCK, &set, NULL);
			raise(SIGUSR1);
			raise(SIGALRM);
			raise(deadly[i]);
			_exit(1);
		}
		wait_and_print("child", child);
	}
}

static const struct test_case cases[] = {
	{ "all handled", all_handled },
	{ "all ignored", all_ignored },
	{ "all defaults", all_defaults },
	{ "bad numbers", bad_numbers },
	{ "all blocked", all_blocked },
	{ "order of delivery", order_of_delivery },
	{ "death beside a pending signal", death_beside_a_pending_signal },
};
MAIN_OF_CASES(cases)
