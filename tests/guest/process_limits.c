// SPDX-License-Identifier: Apache-2.0
// Resource limits: they bind the program, and come through fork and exec.
#include "cases.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>

static void
set_limit(int resource, rlim_t value)
{
	struct rlimit limit;

	getrlimit(resource, &limit);
	limit.rlim_cur = value;
	print_result("setrlimit", setrlimit(resource, &limit));
}

static void
descriptors(void)
{
	int last = -1, fd;

	set_limit(RLIMIT_NOFILE, 20);
	while ((fd = open("/dev/null", O_RDONLY)) >= 0)
		last = fd;
	printf("last %d error %d\n", last, errno);
	print_result("dup2 above", dup2(0, 20));
	print_result("dup2 below", dup2(0, 19));
	print_result("F_DUPFD above", fcntl(0, F_DUPFD, 20));
	printf("table size %d %ld\n", getdtablesize(), sysconf(_SC_OPEN_MAX));
}

static void
file_size(void)
{
	static char block[8192];
	int fd = open("file", O_CREAT | O_RDWR | O_TRUNC, 0600);

	set_limit(RLIMIT_FSIZE, 4096);
	print_result("up to it", write(fd, block, sizeof(block)));
	signal(SIGXFSZ, SIG_IGN);
	print_result("above it", write(fd, block, 1));
	print_result("truncate", ftruncate(fd, 8192));
	signal(SIGXFSZ, SIG_DFL);
	fflush(stdout);
	write(fd, block, 1);
	printf("not reached\n");
}

static void
address_space(void)
{
	struct rlimit limit;
	char *memory;

	set_limit(RLIMIT_AS, 256 << 20);
	getrlimit(RLIMIT_AS, &limit);
	printf("limit %lu MiB\n", (unsigned long)limit.rlim_cur >> 20);
	memory = mmap(NULL, 512 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	print_result("too much", memory == MAP_FAILED ? -1 : 0);
	memory = mmap(NULL, 100 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	print_result("enough", memory == MAP_FAILED ? -1 : 0);
	memory = mmap(NULL, 170 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	print_result("together too much", memory == MAP_FAILED ? -1 : 0);
	print_result("malloc", malloc(400 << 20) ? 0 : -1);
}

static void
order(void)
{
	struct rlimit limit = { 100, 50 };

	print_result("soft above hard", setrlimit(RLIMIT_NOFILE, &limit));
	print_result("bad resource", getrlimit(99, &limit));
	print_result("bad address", getrlimit(RLIMIT_CPU, (void *)8));
	print_result("no such process", prlimit(3999999, RLIMIT_CPU, NULL, &limit));
}

static void
inherited(void)
{
	pid_t pid;

	fflush(stdout);
	set_limit(RLIMIT_NOFILE, 77);
	set_limit(RLIMIT_AS, (rlim_t)3 << 30);
	set_limit(RLIMIT_STACK, 4 << 20);
	set_limit(RLIMIT_CORE, 0);
	pid = fork();
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", "ulimit -n; ulimit -s; ulimit -c", NULL);
		_exit(1);
	}
	wait_and_print("sh", pid);
}

static void
of_another(void)
{
	struct rlimit limit = { 30, 40 }, old = { 0, 0 };
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	print_result("set", prlimit(pid, RLIMIT_NOFILE, &limit, &old));
	printf("old %d\n", old.rlim_cur > 30);
	print_result("get", prlimit(pid, RLIMIT_NOFILE, NULL, &old));
	printf("%d %d\n", (int)old.rlim_cur, (int)old.rlim_max);
	kill(pid, SIGKILL);
	wait_and_print("child", pid);
}

static volatile int depth;

#pragma GCC diagnostic ignored "-Winfinite-recursion"
static int __attribute__((noinline)) recurse(int n)
{
	volatile char buffer[1024];

	buffer[0] = (char)n;
	depth = n;
	return recurse(n + 1) + buffer[0];
}

static char handler_stack[65536];

static void
on_overflow(int signo)
{
	char text[] = "overflow after 1 to 2 MiB: ?\n";

	(void)signo;
	text[sizeof(text) - 3] = depth > 900 && depth < 2000 ? 'y' : 'n';
	write(1, text, sizeof(text) - 1);
	_exit(3);
}

static void
stack(void)
{
	stack_t stack = { .ss_sp = handler_stack, .ss_size = sizeof(handler_stack) };

	set_limit(RLIMIT_STACK, 2 << 20);
	sigaltstack(&stack, NULL);
	install(SIGSEGV, on_overflow, SA_ONSTACK);
	recurse(0);
}

static void
locked_memory(void)
{
	static char page[8192] __attribute__((aligned(4096)));

	setresuid(65534, 65534, 65534);
	set_limit(RLIMIT_MEMLOCK, 0);
	print_result("mlock", mlock(page, 4096));
}

static void
queued_signals(void)
{
	sigset_t set;
	int n = 0;

	setresuid(65533, 65533, 65533);
	sigfillset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	set_limit(RLIMIT_SIGPENDING, 5);
	while (n < 50 && sigqueue(getpid(), SIGRTMIN, (union sigval){ 0 }) == 0)
		n++;
	printf("queued %d error %d\n", n, errno);
}

static void
niceness(void)
{
	print_result("setpriority", setpriority(PRIO_PROCESS, 0, 7));
	print_result("getpriority", getpriority(PRIO_PROCESS, 0));
	print_result("nice", nice(3));
	print_result("bad", setpriority(77, 0, 7));
}

static const struct test_case cases[] = {
	{ "descriptors", descriptors },
	{ "file size", file_size },
	{ "address space", address_space },
	{ "order", order },
	{ "inherited", inherited },
	{ "of another", of_another },
	{ "stack", stack },
	{ "locked memory", locked_memory },
	{ "queued signals", queued_signals },
	{ "niceness", niceness },
};
MAIN_OF_CASES(cases)
