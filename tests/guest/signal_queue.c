// SPDX-License-Identifier: Apache-2.0
// Queued signals and what their siginfo says; waiting for them.
#include "cases.h"

#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <sys/signalfd.h>

static volatile int values[64], codes[64], count;

static void
on_signal(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	values[count] = info->si_value.sival_int;
	codes[count++] = info->si_code;
}

static void
block(int signo)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signo);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void
unblock(int signo)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signo);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void
print_queue(void)
{
	for (int i = 0; i < count; i++)
		printf("%d/%d ", values[i], codes[i]);
	printf("\n");
}

static void
real_time(void)
{
	install(SIGRTMIN + 2, on_signal, SA_SIGINFO);
	block(SIGRTMIN + 2);
	for (int i = 0; i < 20; i++)
		sigqueue(getpid(), SIGRTMIN + 2, (union sigval){ .sival_int = i * i });
	unblock(SIGRTMIN + 2);
	print_queue();
}

static void
ordinary(void)
{
	install(SIGUSR1, on_signal, SA_SIGINFO);
	block(SIGUSR1);
	for (int i = 1; i < 5; i++)
		sigqueue(getpid(), SIGUSR1, (union sigval){ .sival_int = i });
	unblock(SIGUSR1);
	print_queue();
}

static volatile int same_pid, same_uid;

static void
on_sender(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	same_pid = info->si_pid == getpid();
	same_uid = info->si_uid == getuid();
	codes[0] = info->si_code;
}

static void
sender(void)
{
	install(SIGUSR1, on_sender, SA_SIGINFO);
	kill(getpid(), SIGUSR1);
	printf("kill: code %d pid %d uid %d\n", codes[0], same_pid, same_uid);
	syscall(SYS_tkill, getpid(), SIGUSR1);
	printf("tkill: code %d pid %d uid %d\n", codes[0], same_pid, same_uid);
	sigqueue(getpid(), SIGUSR1, (union sigval){ 0 });
	printf("sigqueue: code %d pid %d uid %d\n", codes[0], same_pid, same_uid);
	if (fork() == 0) {
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	wait(NULL);
	printf("child: code %d pid %d uid %d\n", codes[0], same_pid, same_uid);
}

static void
forged(void)
{
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = -30 };

	install(SIGUSR1, on_signal, SA_SIGINFO);
	info.si_value.sival_int = 99;
	print_result("own code", syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &info));
	info.si_code = SI_KERNEL;
	print_result(
		"kernel's code to itself", syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &info));
	print_result("to another", syscall(SYS_rt_sigqueueinfo, getppid(), 0, &info));
	info.si_code = SI_TKILL;
	print_result("tkill's code to another", syscall(SYS_rt_sigqueueinfo, getppid(), 0, &info));
	info.si_code = -30;
	print_result("thread", syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), SIGUSR1, &info));
	print_queue();
}

static void
timed_wait(void)
{
	struct timespec zero = { 0 }, bad = { 0, -1 };
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN);
	sigaddset(&set, SIGSEGV);
	sigprocmask(SIG_BLOCK, &set, NULL);
	print_result("nothing", sigtimedwait(&set, &info, &zero));
	print_result("bad time", sigtimedwait(&set, &info, &bad));
	sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = 5 });
	sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = 6 });
	raise(SIGUSR1);
	print_result("first", sigtimedwait(&set, &info, NULL));
	print_result("second", sigtimedwait(&set, &info, NULL) - SIGRTMIN);
	printf("value %d\n", info.si_value.sival_int);
	print_result("third", sigtimedwait(&set, NULL, NULL) - SIGRTMIN);
	raise(SIGSEGV);
	print_result("fourth", sigtimedwait(&set, &info, NULL));
	print_result("size", syscall(SYS_rt_sigtimedwait, &set, NULL, &zero, 9));
}

static void
wait_interrupted(void)
{
	struct timespec long_time = { 20, 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	install(SIGALRM, on_signal, SA_SIGINFO | SA_RESTART);
	ualarm(20000, 0);
	print_result("sigtimedwait", sigtimedwait(&set, NULL, &long_time));
}

static void
suspend(void)
{
	sigset_t set;

	install(SIGUSR1, on_signal, SA_SIGINFO);
	block(SIGUSR1);
	raise(SIGUSR1);
	sigemptyset(&set);
	print_result("sigsuspend", sigsuspend(&set));
	printf("ran %d\n", count);
	sigprocmask(SIG_BLOCK, NULL, &set);
	printf("blocked again %d\n", sigismember(&set, SIGUSR1));
}

static void
suspend_synchronous(void)
{
	sigset_t set;

	install(SIGSEGV, on_signal, SA_SIGINFO);
	block(SIGSEGV);
	raise(SIGSEGV);
	sigemptyset(&set);
	print_result("sigsuspend", sigsuspend(&set));
	printf("ran %d\n", count);
}

static void
signal_descriptor(void)
{
	struct signalfd_siginfo info[3];
	struct pollfd poller = { .events = POLLIN };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN + 1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	poller.fd = signalfd(-1, &set, SFD_NONBLOCK);
	print_result("empty", read(poller.fd, info, sizeof(info)));
	print_result("poll", poll(&poller, 1, 0));
	sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = 11 });
	kill(getpid(), SIGUSR1);
	print_result("poll", poll(&poller, 1, 0));
	print_result("read", read(poller.fd, info, sizeof(info)) / (long)sizeof(info[0]));
	printf("%d %d, %d %d\n", info[0].ssi_signo, info[0].ssi_code, info[1].ssi_signo - SIGRTMIN,
		info[1].ssi_int);
	print_result("short", read(poller.fd, info, 10));
	sigdelset(&set, SIGUSR1);
	print_success("change", signalfd(poller.fd, &set, 0));
	kill(getpid(), SIGUSR1);
	print_result("not in its set", read(poller.fd, info, sizeof(info)));
}

static void
message_queue(void)
{
	struct mq_attr attributes = { .mq_maxmsg = 2, .mq_msgsize = 8 };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	mqd_t queue;

	event.sigev_value.sival_int = 321;
	install(SIGUSR1, on_signal, SA_SIGINFO);
	mq_unlink("/conformance-queue");
	queue = mq_open("/conformance-queue", O_CREAT | O_RDWR, 0600, &attributes);
	if (queue < 0) {
		print_result("mq_open", queue);
		return;
	}
	mq_unlink("/conformance-queue");
	print_result("notify", mq_notify(queue, &event));
	print_result("send", mq_send(queue, "x", 1, 0));
	print_queue();
}

static void
descriptor_owner(void)
{
	int tube[2];

	install(SIGRTMIN + 4, on_signal, SA_SIGINFO);
	pipe(tube);
	fcntl(tube[0], F_SETOWN, getpid());
	fcntl(tube[0], F_SETSIG, SIGRTMIN + 4);
	fcntl(tube[0], F_SETFL, O_ASYNC | O_NONBLOCK);
	write(tube[1], "x", 1);
	printf("count %d code %d\n", count, codes[0]);
}

static const struct test_case cases[] = {
	{ "real-time", real_time },
	{ "ordinary", ordinary },
	{ "sender", sender },
	{ "forged", forged },
	{ "timed wait", timed_wait },
	{ "wait interrupted", wait_interrupted },
	{ "suspend", suspend },
	{ "suspend, synchronous", suspend_synchronous },
	{ "signal descriptor", signal_descriptor },
	{ "message queue", message_queue },
	{ "descriptor owner", descriptor_owner },
};
MAIN_OF_CASES(cases)
