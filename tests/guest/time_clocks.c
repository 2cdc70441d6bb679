// SPDX-License-Identifier: Apache-2.0
//
// Clocks, sleeps, timers on descriptors and POSIX timers: no assertion depends on how fast the machine is.

#include "cases.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <utime.h>
#include <sys/stat.h>

static int
later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec > b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec >= b->tv_nsec);
}

static void
clocks(void)
{
	static const clockid_t list[] = { CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID,
		CLOCK_THREAD_CPUTIME_ID, CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE,
		CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME, CLOCK_TAI, 40, -100 };

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		struct timespec one = { 0 }, two = { 0 }, direct = { 0 }, grain = { 0 };
		int result = clock_gettime(list[i], &one);
		int error = result ? errno : 0;

		syscall(SYS_clock_gettime, list[i], &direct);
		clock_gettime(list[i], &two);
		clock_getres(list[i], &grain);
		printf("clock %d: %d error %d forward %d %d grain %ld\n", list[i], result, error,
			later(&direct, &one), later(&two, &direct), grain.tv_nsec);
	}
	struct timeval day;
	struct timespec real;
	gettimeofday(&day, NULL);
	clock_gettime(CLOCK_REALTIME, &real);
	printf("time of day %d\n", real.tv_sec - day.tv_sec <= 1);
	printf("time %d\n", time(NULL) - real.tv_sec <= 1);
	struct tms used;
	printf("times %d\n", times(&used) != (clock_t)-1);
	clockid_t of_process;
	print_result("cpu clock", clock_getcpuclockid(0, &of_process));
	print_result("its time", clock_gettime(of_process, &real));
	print_result("set without a clock", clock_settime(CLOCK_MONOTONIC, &real));
	struct timex adjust = { 0 };
	printf("adjtimex %d\n", adjtimex(&adjust) >= 0);
}

static void
sleeps(void)
{
	struct timespec short_time = { 0, 2000000 }, before, after, left,
			invalid = { 0, 1000000000 }, negative = { -1, 0 };

	clock_gettime(CLOCK_MONOTONIC, &before);
	print_result("nanosleep", nanosleep(&short_time, NULL));
	clock_gettime(CLOCK_MONOTONIC, &after);
	printf("long enough %d\n",
		(after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec >=
			2000000);
	print_result("invalid", nanosleep(&invalid, NULL));
	print_result("negative", nanosleep(&negative, NULL));
	clock_gettime(CLOCK_MONOTONIC, &before);
	before.tv_nsec += 2000000;
	before.tv_sec += before.tv_nsec / 1000000000;
	before.tv_nsec %= 1000000000;
	printf("absolute %d\n", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &before, NULL));
	clock_gettime(CLOCK_MONOTONIC, &after);
	printf("reached %d\n", later(&after, &before));
	printf("past %d\n",
		clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &(struct timespec){ 5, 0 }, NULL));
	printf("cpu clock %d\n", clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &short_time, NULL));
	printf("no clock %d\n", clock_nanosleep(77, 0, &short_time, NULL));
	install(SIGALRM, (void *)print_status, 0);
	signal(SIGALRM, (void (*)(int))(void (*)(void))getpid);
	struct itimerval soon = { { 0, 0 }, { 0, 5000 } };
	setitimer(ITIMER_REAL, &soon, NULL);
	short_time.tv_sec = 5;
	print_result("interrupted", nanosleep(&short_time, &left));
	printf("left %d\n", left.tv_sec >= 3 && left.tv_sec <= 5);
}

static void
descriptors(void)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	struct itimerspec set = { { 0, 1000000 }, { 0, 1000000 } }, old = { 0 };
	uint64_t count = 0;

	printf("flags %d %d\n", fcntl(fd, F_GETFD), !!(fcntl(fd, F_GETFL) & O_NONBLOCK));
	print_result("nothing yet", read(fd, &count, 8));
	print_result("set", timerfd_settime(fd, 0, &set, &old));
	printf("was off %d\n", old.it_value.tv_nsec == 0 && old.it_value.tv_sec == 0);
	struct pollfd poll_fd = { fd, POLLIN, 0 };
	print_result("poll", poll(&poll_fd, 1, 5000));
	sleep_milliseconds(5);
	print_result("read", read(fd, &count, 8));
	printf("several %d\n", count >= 2);
	timerfd_gettime(fd, &old);
	printf("interval %ld\n", old.it_interval.tv_nsec);
	print_result("short read", read(fd, &count, 4));
	memset(&set, 0, sizeof(set));
	print_result("stop", timerfd_settime(fd, 0, &set, &old));
	set.it_value.tv_nsec = 1000000000;
	print_result("invalid", timerfd_settime(fd, 0, &set, NULL));
	print_result("flags", timerfd_settime(fd, 64, &set, NULL));
	print_result("not a timer", timerfd_settime(0, 0, &old, NULL));
	print_result("no clock", timerfd_create(99, 0));
	print_result("create flags", timerfd_create(CLOCK_MONOTONIC, 1));
	set.it_value = (struct timespec){ 5, 0 };
	int real = timerfd_create(CLOCK_REALTIME, 0);
	print_result("absolute, past", timerfd_settime(real, TFD_TIMER_ABSTIME, &set, NULL));
	print_result("read", read(real, &count, 8));
	printf("once %d\n", (int)count);
}

static volatile sig_atomic_t expired;
static volatile int expired_value, expired_code;

static void
on_timer(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	expired_value = info->si_value.sival_int;
	expired_code = info->si_code;
	expired++;
}

static void
posix_timers(void)
{
	timer_t timer, second;
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = SIGRTMIN + 2,
		.sigev_value.sival_int = 42 };
	struct itimerspec set = { { 0, 0 }, { 0, 1000000 } }, now;

	install(SIGRTMIN + 2, (void *)on_timer, SA_SIGINFO);
	print_result("create", timer_create(CLOCK_MONOTONIC, &event, &timer));
	print_result("set", timer_settime(timer, 0, &set, NULL));
	for (int i = 0; i < 1000 && !expired; i++)
		sleep_milliseconds(5);
	printf("expired %d value %d code %d\n", expired, expired_value, expired_code);
	print_result("overrun", timer_getoverrun(timer));
	timer_gettime(timer, &now);
	printf("off %d\n", now.it_value.tv_sec == 0 && now.it_value.tv_nsec == 0);
	event.sigev_notify = SIGEV_NONE;
	print_result("silent", timer_create(CLOCK_REALTIME, &event, &second));
	set.it_value = (struct timespec){ 1000, 0 };
	timer_settime(second, 0, &set, NULL);
	timer_gettime(second, &now);
	printf("counts %d\n", now.it_value.tv_sec >= 990 && now.it_value.tv_sec <= 1000);
	print_result("delete", timer_delete(second));
	print_result("gone", timer_gettime(second, &now));
	event.sigev_notify = 77;
	print_result("no such notification", timer_create(CLOCK_REALTIME, &event, &second));
	event.sigev_notify = SIGEV_SIGNAL;
	event.sigev_signo = 99;
	print_result("no such signal", timer_create(CLOCK_REALTIME, &event, &second));
	print_result("no such clock", timer_create(99, NULL, &second));
	/* Threads' own: the signal goes to this task. */
	event = (struct sigevent){ .sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGRTMIN + 2,
		.sigev_value.sival_int = 7 };
	event._sigev_un._tid = (int)syscall(SYS_gettid);
	expired = 0;
	print_result("to a thread", timer_create(CLOCK_MONOTONIC, &event, &second));
	set.it_value = (struct timespec){ 0, 1000000 };
	timer_settime(second, 0, &set, NULL);
	for (int i = 0; i < 1000 && !expired; i++)
		sleep_milliseconds(5);
	printf("value %d\n", expired_value);
}

static void
interval_timers(void)
{
	struct itimerval set = { { 0, 0 }, { 100, 0 } }, old = { 0 };

	print_result("set", setitimer(ITIMER_REAL, &set, NULL));
	getitimer(ITIMER_REAL, &old);
	printf("left %d\n", old.it_value.tv_sec >= 98 && old.it_value.tv_sec <= 100);
	printf("alarm says %d\n", alarm(0) >= 99);
	set.it_value = (struct timeval){ 0, 1000 };
	install(SIGVTALRM, (void *)on_timer, SA_SIGINFO);
	expired = 0;
	setitimer(ITIMER_VIRTUAL, &set, NULL);
	for (volatile long i = 0; i < 2000000000 && !expired; i++)
		;
	printf("virtual %d\n", expired);
	install(SIGPROF, (void *)on_timer, SA_SIGINFO);
	expired = 0;
	setitimer(ITIMER_PROF, &set, NULL);
	for (volatile long i = 0; i < 2000000000 && !expired; i++)
		;
	printf("profiling %d\n", expired);
	set.it_value.tv_usec = 1000000;
	print_result("invalid", setitimer(ITIMER_REAL, &set, NULL));
	print_result("no such", setitimer(9, &set, NULL));
}

static void
file_times(void)
{
	struct timespec times[2] = { { 100, 5 }, { 0, UTIME_OMIT } };
	struct stat status;
	int fd = open("times", O_RDWR | O_CREAT, 0600);

	futimens(fd, (struct timespec[]){ { 1, 2 }, { 3, 4 } });
	print_result("omit", futimens(fd, times));
	fstat(fd, &status);
	printf("%ld.%ld %ld.%ld\n", (long)status.st_atim.tv_sec, status.st_atim.tv_nsec,
		(long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
	times[0].tv_nsec = UTIME_NOW;
	print_result("now", utimensat(AT_FDCWD, "times", times, 0));
	fstat(fd, &status);
	printf("recent %d\n", time(NULL) - status.st_atim.tv_sec < 10);
	times[0].tv_nsec = 2000000000;
	print_result("invalid", futimens(fd, times));
	print_result("negative",
		utimensat(AT_FDCWD, "times", (struct timespec[]){ { -100, 1 }, { -5, 9 } }, 0));
	fstat(fd, &status);
	printf("%ld.%ld\n", (long)status.st_atim.tv_sec, status.st_atim.tv_nsec);
	print_result("no name", syscall(SYS_utimensat, fd, NULL, NULL, 0));
	print_result("flags", utimensat(AT_FDCWD, "times", NULL, 1));
}

static const struct test_case cases[] = {
	{ "clocks", clocks },
	{ "sleeps", sleeps },
	{ "descriptors", descriptors },
	{ "posix timers", posix_timers },
	{ "interval timers", interval_timers },
	{ "file times", file_times },
};

MAIN_OF_CASES(cases)
