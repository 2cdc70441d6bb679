// SPDX-License-Identifier: Apache-2.0
// Blocking calls that a signal interrupts: which end with EINTR and which go on, with SA_RESTART and without. A child sends
// the signal once its parent sleeps in the call, then makes the call's event happen.
#include "cases.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>

static volatile int *ran; /* how often the handler ran; the child sees it too */
static int tube[2], sockets[2], events, futex_word;

static void
on_signal(int signo)
{
	(void)signo;
	++*ran;
}

/* Waits until the process sleeps: 'S' behind its name in stat. */
static void
wait_until_asleep(pid_t pid)
{
	char path[32], text[256];

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	for (int calm = 0; calm < 2 && getppid() == pid;) {
		int fd = open(path, O_RDONLY);
		ssize_t size = read(fd, text, sizeof(text) - 1);
		char *state;

		close(fd);
		text[size > 0 ? size : 0] = 0;
		state = strrchr(text, ')');
		calm = state && state[2] == 'S' ? calm + 1 : 0;
		sleep_milliseconds(2);
	}
}

static long
do_read(void)
{
	char byte;

	return read(tube[0], &byte, 1);
}

static long
do_receive(void)
{
	char byte;

	return recv(sockets[0], &byte, 1, 0);
}

static long
do_receive_with_timeout(void)
{
	struct timeval time = { 10, 0 };
	char byte;

	setsockopt(sockets[0], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
	return recv(sockets[0], &byte, 1, 0);
}

static long
do_poll(void)
{
	struct pollfd poller = { .fd = tube[0], .events = POLLIN };

	return poll(&poller, 1, 10000);
}

static long
do_select(void)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(tube[0], &set);
	return select(tube[0] + 1, &set, NULL, NULL, NULL);
}

static long
do_epoll(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int fd = epoll_create1(0);

	epoll_ctl(fd, EPOLL_CTL_ADD, tube[0], &event);
	return epoll_wait(fd, &event, 1, 10000);
}

static long
do_wait(void)
{
	return wait(NULL) > 0 ? 0 : -1;
}

static long
do_event(void)
{
	uint64_t value;

	return read(events, &value, sizeof(value));
}

static long
do_futex(void)
{
	struct timespec time = { 10, 0 };

	return syscall(SYS_futex, &futex_word, FUTEX_WAIT, 0, &time);
}

static long
do_futex_for_ever(void)
{
	return syscall(SYS_futex, &futex_word, FUTEX_WAIT_BITSET, 0, NULL, NULL, -1);
}

static long
do_sleep(void)
{
	struct timespec time = { 0, 600000000 };

	return nanosleep(&time, NULL);
}

static long
do_sleep_until(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	time.tv_nsec += 600000000;
	if (time.tv_nsec >= 1000000000) {
		time.tv_nsec -= 1000000000;
		time.tv_sec++;
	}
	errno = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
	return errno ? -1 : 0;
}

static long
do_pause(void)
{
	return pause();
}

static long
do_suspend(void)
{
	sigset_t set;

	sigemptyset(&set);
	return sigsuspend(&set);
}

static long
do_accept(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr_un_like {
		sa_family_t family;
		char path[16];
	} address = { AF_UNIX, "accepted" };

	unlink("accepted");
	bind(fd, (void *)&address, sizeof(address));
	listen(fd, 1);
	return accept(fd, NULL, NULL) >= 0 ? 0 : -1;
}

static long
do_lock(void)
{
	return flock(open("locked", O_RDWR | O_CREAT, 0600), LOCK_EX);
}

static long
do_record_lock(void)
{
	struct flock lock = { .l_type = F_WRLCK };

	return fcntl(open("locked", O_RDWR | O_CREAT, 0600), F_SETLKW, &lock);
}

static long
do_semaphore(void)
{
	int id = semget(IPC_PRIVATE, 1, 0600);
	struct sembuf down = { 0, -1, 0 };
	long result = semop(id, &down, 1);
	int error = errno;

	semctl(id, 0, IPC_RMID);
	errno = error;
	return result;
}

static long
do_message(void)
{
	int id = msgget(IPC_PRIVATE, 0600);
	struct {
		long type;
		char text[8];
	} message;
	long result = msgrcv(id, &message, 8, 0, 0);
	int error = errno;

	msgctl(id, IPC_RMID, NULL);
	errno = error;
	return result;
}

static long
do_timer(void)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);
	struct itimerspec time = { .it_value.tv_nsec = 600000000 };
	uint64_t value;

	timerfd_settime(fd, 0, &time, NULL);
	return read(fd, &value, sizeof(value));
}

static long
do_fifo(void)
{
	unlink("fifo");
	mknod("fifo", 0010600, 0);
	return open("fifo", O_RDONLY) >= 0 ? 0 : -1;
}

/* What lets the call end at last. */
static void
make_event(void)
{
	uint64_t one = 1;
	int fd;

	write(tube[1], "x", 1);
	write(sockets[1], "x", 1);
	write(events, &one, sizeof(one));
	fd = open("fifo", O_WRONLY | O_NONBLOCK);
	close(fd);
}

static const struct call {
	const char *name;
	long (*function)(void);
	int ends; /* by make_event or by itself, so that it may go on */
} calls[] = {
	{ "read", do_read, 1 },
	{ "recv", do_receive, 1 },
	{ "recv with timeout", do_receive_with_timeout, 1 },
	{ "poll", do_poll, 1 },
	{ "select", do_select, 1 },
	{ "epoll", do_epoll, 1 },
	{ "wait", do_wait, 1 },
	{ "eventfd", do_event, 1 },
	{ "futex with timeout", do_futex, 0 },
	{ "futex", do_futex_for_ever, -1 },
	{ "nanosleep", do_sleep, 1 },
	{ "clock_nanosleep", do_sleep_until, 1 },
	{ "pause", do_pause, 0 },
	{ "sigsuspend", do_suspend, 0 },
	{ "accept", do_accept, -1 },
	{ "flock", do_lock, -2 },
	{ "record lock", do_record_lock, -2 },
	{ "semop", do_semaphore, 0 },
	{ "msgrcv", do_message, 0 },
	{ "timerfd", do_timer, 1 },
	{ "open of a fifo", do_fifo, 1 },
};

/* Runs one call under signals: `flags` for the handler, or SIG_IGN when it is -1. */
static void
interrupt(const struct call *call, int flags)
{
	pid_t self = getpid(), child;
	int holds = call->ends == -2 ? open("locked", O_RDWR | O_CREAT, 0600) : -1;

	ran = mmap(NULL, sizeof(*ran), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pipe(tube);
	socketpair(AF_UNIX, SOCK_STREAM, 0, sockets);
	events = eventfd(0, 0);
	if (flags == -1)
		signal(SIGUSR1, SIG_IGN);
	else
		install(SIGUSR1, on_signal, flags);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		wait_until_asleep(self);
		/* a parent that was killed meanwhile has left its number to somebody else */
		if (getppid() != self)
			_exit(0);
		kill(self, SIGUSR1);
		/* The handler comes before the event, or the call would have its result from that. */
		while (flags != -1 && *ran == 0 && getppid() == self)
			sleep_milliseconds(1);
		make_event();
		_exit(0);
	}
	(void)holds;
	print_result(call->name, call->function());
	printf("handlers %d\n", *ran);
	fflush(stdout);
	signal(SIGUSR1, SIG_IGN);
	waitpid(child, NULL, 0); /* or its events would come to the next call */
	_exit(0);
}

static void
all_calls(int flags)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		pid_t pid;

		/* With these flags it would never end. */
		if (calls[i].ends < 0 || (calls[i].ends == 0 && flags == -1))
			continue;
		pid = fork();
		if (pid == 0)
			interrupt(&calls[i], flags);
		waitpid(pid, NULL, 0);
	}
}

static void
without_restart(void)
{
	all_calls(0);
}

static void
with_restart(void)
{
	all_calls(SA_RESTART);
}

static void
while_ignored(void)
{
	all_calls(-1);
}

/* The calls that only EINTR ends. */
static void
never_ending(void)
{
	static char line[64];

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		int fds[2];
		pid_t holder, pid;

		if (calls[i].ends >= 0)
			continue;
		pipe(fds);
		holder = fork();
		if (holder == 0) {
			int fd = open("locked", O_RDWR | O_CREAT, 0600);
			struct flock lock = { .l_type = F_WRLCK };

			flock(fd, LOCK_EX);
			fcntl(fd, F_SETLK, &lock);
			write(fds[1], "x", 1);
			pause();
			_exit(0);
		}
		read(fds[0], line, 1);
		pid = fork();
		if (pid == 0)
			interrupt(&calls[i], 0);
		waitpid(pid, NULL, 0);
		kill(holder, SIGKILL);
		waitpid(holder, NULL, 0);
	}
}

static const struct test_case cases[] = {
	{ "without SA_RESTART", without_restart },
	{ "with SA_RESTART", with_restart },
	{ "while ignored", while_ignored },
	{ "calls that never end", never_ending },
};
MAIN_OF_CASES(cases)
