// SPDX-License-Identifier: Apache-2.0
//
// Clocks, sleeping, the vDSO's functions, calendar arithmetic, CPU time, random bytes, resource limits and identity.

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

static int64_t
nanoseconds(clockid_t clock)
{
	struct timespec t;

	return clock_gettime(clock, &t) == 0 ? t.tv_sec * 1000000000ll + t.tv_nsec : -1;
}

static void
clocks(void)
{
	static const clockid_t ids[] = { CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID,
		CLOCK_THREAD_CPUTIME_ID, CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE,
		CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME, CLOCK_TAI };
	struct timespec resolution;

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		int64_t last = nanoseconds(ids[i]);
		int backwards = 0;

		for (int j = 0; j < 1000; j++) {
			int64_t now = nanoseconds(ids[i]);

			backwards += now < last;
			last = now;
		}
		printf("clock %d: backwards %d resolution %d\n", (int)ids[i], backwards,
			clock_getres(ids[i], &resolution) == 0 && resolution.tv_sec == 0);
	}
	struct timespec t;
	errno = 0;
	int bad = clock_gettime(999, &t);
	printf("bad clock %d %d\n", bad, errno == EINVAL);
	struct timeval tv;
	gettimeofday(&tv, NULL);
	int64_t difference =
		nanoseconds(CLOCK_REALTIME) - (tv.tv_sec * 1000000000ll + tv.tv_usec * 1000);
	printf("gettimeofday agrees %d, time agrees %d\n",
		difference >= 0 && difference < 1000000000,
		llabs((long long)time(NULL) - tv.tv_sec) <= 1);
	/* The system call and the vDSO must tell the same time. */
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
	difference = nanoseconds(CLOCK_MONOTONIC) - (t.tv_sec * 1000000000ll + t.tv_nsec);
	printf("system call agrees %d\n", difference >= 0 && difference < 1000000000);
}

static void
sleeping(void)
{
	int64_t before = nanoseconds(CLOCK_MONOTONIC);
	struct timespec t = { 0, 20000000 };

	nanosleep(&t, NULL);
	int64_t slept = nanoseconds(CLOCK_MONOTONIC) - before;
	printf("slept at least 20 ms: %d\n", slept >= 20000000);
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += 1;
	t.tv_nsec = 0;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
	printf("absolute sleep over: %d\n",
		nanoseconds(CLOCK_MONOTONIC) >= t.tv_sec * 1000000000ll);
	t.tv_nsec = 2000000000;
	printf("bad sleep %d\n", clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL) == EINVAL);
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	printf("rusage %d\n", usage.ru_maxrss > 0 && usage.ru_utime.tv_sec >= 0);
	printf("clock %d times %d\n", clock() >= 0, times(NULL) != (clock_t)-1);
}

static void
calendar(void)
{
	struct tm tm;
	char text[100];
	time_t moments[] = { 0, 951782400, 1234567890, 4102444799 };

	for (int i = 0; i < 4; i++) {
		gmtime_r(&moments[i], &tm);
		strftime(text, sizeof(text), "%A %d %B %Y %H:%M:%S week %V day %j", &tm);
		printf("%s %d\n", text, timegm(&tm) == moments[i]);
	}
}

static void
machine(void)
{
	unsigned char bytes[256] = { 0 };
	int seen[256] = { 0 };
	int different = 0;
	struct rlimit limit;
	struct sysinfo info;
	cpu_set_t cpus;

	printf("getrandom %zd\n", getrandom(bytes, sizeof(bytes), 0));
	for (int i = 0; i < 256; i++) {
		different += !seen[bytes[i]]++;
	}
	printf("random enough %d\n", different > 100);
	printf("getentropy %d\n", getentropy(bytes, 16));
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = 200;
	setrlimit(RLIMIT_NOFILE, &limit);
	getrlimit(RLIMIT_NOFILE, &limit);
	printf("rlimit %ld sysconf %ld\n", (long)limit.rlim_cur, sysconf(_SC_OPEN_MAX));
	printf("sysinfo %d\n", sysinfo(&info) == 0 && info.totalram > 0 && info.procs > 0);
	printf("processors %d\n", sysconf(_SC_NPROCESSORS_ONLN) >= 1 &&
					  sched_getaffinity(0, sizeof(cpus), &cpus) == 0 &&
					  CPU_COUNT(&cpus) >= 1);
	printf("page %ld\n", sysconf(_SC_PAGESIZE));
	printf("yield %d priority %d\n", sched_yield(), getpriority(PRIO_PROCESS, 0) >= -20);
	gethostname((char *)bytes, sizeof(bytes));
	printf("hostname %d\n", bytes[0] != 0);
	errno = 0;
	long unknown = syscall(4000, 1, 2, 3);
	printf("unknown system call %ld %d\n", unknown, errno == ENOSYS);
}

int
main(void)
{
	clocks();
	sleeping();
	calendar();
	machine();
	return 0;
}
