// SPDX-License-Identifier: Apache-2.0
// Timers and their signals.
#include "cases.h"

#include <sys/time.h>
#include <sys/timerfd.h>

static volatile int count, code, value, overrun;
static timer_t timer;

static void
on_timer(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	count++;
	code = info->si_code;
	value = info->si_value.sival_int;
	overrun = info->si_overrun;
}

static void
alarm_clock(void)
{
	install(SIGALRM, on_timer, SA_SIGINFO);
	print_result("alarm", alarm(10) > 0);
	print_result("left", alarm(0));
	ualarm(5000, 0);
	while (!count)
		pause();
	printf("count %d code %d\n", count, code);
}

static void
interval_real(void)
{
	struct itimerval time = { { 0, 2000 }, { 0, 2000 } }, none = { 0 };

	install(SIGALRM, on_timer, SA_SIGINFO);
	print_result("setitimer", setitimer(ITIMER_REAL, &time, NULL));
	while (count < 5)
		pause();
	setitimer(ITIMER_REAL, &none, &time);
	printf("interval %d code %d\n", (int)time.it_interval.tv_usec, code);
}

static void
interval_cpu(int which, int signo)
{
	struct itimerval time = { { 0, 0 }, { 0, 4000 } };

	install(signo, on_timer, SA_SIGINFO);
	print_result("setitimer", setitimer(which, &time, NULL));
	while (!count)
		;
	printf("count %d code %d\n", count, code);
}

static void
interval_virtual(void)
{
	interval_cpu(ITIMER_VIRTUAL, SIGVTALRM);
}

static void
interval_profile(void)
{
	interval_cpu(ITIMER_PROF, SIGPROF);
}

static void
posix_timer(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 5 };
	struct itimerspec time = { .it_value.tv_nsec = 3000000 };

	install(SIGRTMIN + 5, on_timer, SA_SIGINFO);
	event.sigev_value.sival_int = 808;
	print_result("create", timer_create(CLOCK_MONOTONIC, &event, &timer));
	print_result("settime", timer_settime(timer, 0, &time, NULL));
	while (!count)
		pause();
	printf("count %d code %d value %d\n", count, code, value);
	print_result("gettime", timer_gettime(timer, &time));
	printf("left %ld\n", (long)time.it_value.tv_nsec);
	print_result("delete", timer_delete(timer));
	print_result("bad clock", timer_create(99, &event, &timer));
}

static void
overruns(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct itimerspec time = { { 0, 1000000 }, { 0, 1000000 } };
	sigset_t set;

	install(SIGUSR1, on_timer, SA_SIGINFO);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	timer_create(CLOCK_MONOTONIC, &event, &timer);
	timer_settime(timer, 0, &time, NULL);
	sleep_milliseconds(30);
	memset(&time, 0, sizeof(time));
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	timer_settime(timer, 0, &time, NULL);
	printf("many missed %d\n", overrun >= 10);
}

static void *
in_thread(union sigval argument)
{
	__atomic_store_n(&count, argument.sival_int, __ATOMIC_RELEASE);
	return NULL;
}

static void
by_thread(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD };
	struct itimerspec time = { .it_value.tv_nsec = 2000000 };

	event.sigev_notify_function = (void (*)(union sigval))(void *)in_thread;
	event.sigev_value.sival_int = 5;
	print_result("create", timer_create(CLOCK_REALTIME, &event, &timer));
	timer_settime(timer, 0, &time, NULL);
	while (!__atomic_load_n(&count, __ATOMIC_ACQUIRE))
		sleep_milliseconds(1);
	printf("value %d\n", count);
}

static void
to_thread(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR2 };
	struct itimerspec time = { .it_value.tv_nsec = 2000000 };

	install(SIGUSR2, on_timer, SA_SIGINFO);
	event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
	print_result("create", timer_create(CLOCK_MONOTONIC, &event, &timer));
	timer_settime(timer, 0, &time, NULL);
	while (!count)
		pause();
	printf("count %d code %d\n", count, code);
}

static void
descriptor(void)
{
	struct itimerspec time = { { 0, 1000000 }, { 0, 1000000 } };
	uint64_t expired = 0;
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);

	print_result("not set", read(fd, &expired, 8));
	timerfd_settime(fd, 0, &time, NULL);
	sleep_milliseconds(10);
	print_result("read", read(fd, &expired, 8));
	printf("several %d\n", expired >= 3);
}

static const struct test_case cases[] = {
	{ "alarm", alarm_clock },
	{ "real time", interval_real },
	{ "virtual time", interval_virtual },
	{ "profiling time", interval_profile },
	{ "timer_create", posix_timer },
	{ "overruns", overruns },
	{ "by thread", by_thread },
	{ "to thread", to_thread },
	{ "descriptor", descriptor },
};
MAIN_OF_CASES(cases)
