// SPDX-License-Identifier: Apache-2.0
// System calls that a signal interrupts: which restart with SA_RESTART, which give EINTR, masks that hold during the call,
// signals that the program ignores, and many rounds of waiting in which no signal may be lost.
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile int handled;
static int pipe_fds[2];
static pthread_t main_thread;

static void
count(int signo)
{
	(void)signo;
	handled++;
}

/* Waits until the main thread sleeps: 'S' behind the name in its stat, and so a little later. */
static void
wait_until_asleep(void)
{
	char path[64], text[256];

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)getpid());
	for (int calm = 0; calm < 3; usleep(2000)) {
		int fd = open(path, O_RDONLY);
		ssize_t size = read(fd, text, sizeof(text) - 1);
		char *state;

		close(fd);
		text[size > 0 ? size : 0] = 0;
		state = strrchr(text, ')');
		calm = state && state[2] == 'S' ? calm + 1 : 0;
	}
}

/*
 * Interrupts the main thread once it sleeps in the call; when the handler, if there is one, has run, writes a byte, which
 * ends a restarted read.
 */
static void *
interrupt(void *argument)
{
	struct sigaction action;

	sigaction(SIGUSR1, NULL, &action);
	wait_until_asleep();
	pthread_kill(main_thread, SIGUSR1);
	while (action.sa_handler != SIG_IGN && !handled)
		usleep(1000);
	if (write(pipe_fds[1], "x", 1) != 1)
		exit(1);
	return argument;
}

static long
call_read(void)
{
	char byte;

	return read(pipe_fds[0], &byte, 1);
}

static long
call_nanosleep(void)
{
	struct timespec time = { .tv_nsec = 800000000 }, left = { 0, 0 };
	long result = nanosleep(&time, &left);

	if (result < 0 && errno == EINTR && left.tv_nsec == 0)
		errno = EIO;
	return result;
}

static long
call_poll(void)
{
	struct pollfd fd = { .fd = pipe_fds[0], .events = POLLIN };

	return poll(&fd, 1, 3000);
}

static long
call_select(void)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(pipe_fds[0], &set);
	return select(pipe_fds[0] + 1, &set, NULL, NULL, NULL);
}

static long
call_epoll(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int fd = epoll_create1(0);
	long result;
	int error;

	epoll_ctl(fd, EPOLL_CTL_ADD, pipe_fds[0], &event);
	result = epoll_wait(fd, &event, 1, 3000);
	error = errno;
	close(fd);
	errno = error;
	return result;
}

static long
call_pause(void)
{
	return pause();
}

static long
call_futex(void)
{
	static int word;
	struct timespec time = { .tv_nsec = 800000000 };

	return syscall(SYS_futex, &word, FUTEX_WAIT, 0, &time, NULL, 0);
}

static long
call_sigtimedwait(void)
{
	struct timespec time = { .tv_nsec = 800000000 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	return sigtimedwait(&set, NULL, &time);
}

static void
try(const char *name, long (*call)(void), void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
	pthread_t thread;
	long result;
	char byte;

	handled = 0;
	sigaction(SIGUSR1, &action, NULL);
	pthread_create(&thread, NULL, interrupt, NULL);
	errno = 0;
	result = call();
	printf("%-12s %-10s %s: %ld %s, handled %d\n", name, flags ? "SA_RESTART" : "",
		handler == SIG_IGN ? "ignored" : "handler", result,
		result < 0 ? strerror(errno) : "", handled);
	pthread_join(thread, NULL);
	/* Take the byte that nobody has read. */
	if (result < 0 || call != call_read)
		byte = (char)read(pipe_fds[0], &byte, 1);
}

static void
try_all_ways(const char *name, long (*call)(void))
{
	try(name, call, count, 0);
	try(name, call, count, SA_RESTART);
	if (call != call_pause)
		try(name, call, SIG_IGN, 0);
}

/* ppoll and sigsuspend let a blocked signal through, and block it again. */
static void
check_masks(void)
{
	struct sigaction action = { .sa_handler = count };
	struct pollfd fd = { .fd = pipe_fds[0], .events = POLLIN };
	struct timespec time = { .tv_sec = 2 };
	sigset_t block, none, now, pending;
	int result;

	handled = 0;
	sigaction(SIGUSR1, &action, NULL);
	sigemptyset(&none);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	sigprocmask(SIG_BLOCK, &block, NULL);
	raise(SIGUSR1);
	sigpending(&pending);
	printf("pending %d, handled %d\n", sigismember(&pending, SIGUSR1), handled);
	result = ppoll(&fd, 1, &time, &none);
	printf("ppoll: %d %s, handled %d\n", result, strerror(errno), handled);
	raise(SIGUSR1);
	result = sigsuspend(&none);
	printf("sigsuspend: %d %s, handled %d\n", result, strerror(errno), handled);
	sigprocmask(SIG_BLOCK, NULL, &now);
	printf("blocked again: %d\n", sigismember(&now, SIGUSR1));
	sigprocmask(SIG_UNBLOCK, &block, NULL);
}

/* A child sends a signal each time that it is told to; without a lost one, every round ends. */
static void
check_no_loss(void)
{
	struct sigaction action = { .sa_handler = count };
	sigset_t block, none;
	int tell[2];
	pid_t child;

	sigaction(SIGUSR2, &action, NULL);
	sigemptyset(&none);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR2);
	sigprocmask(SIG_BLOCK, &block, NULL);
	if (pipe(tell) != 0)
		exit(1);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		char byte;

		close(tell[1]);
		while (read(tell[0], &byte, 1) == 1)
			kill(getppid(), SIGUSR2);
		_exit(0);
	}
	handled = 0;
	for (int i = 0; i < 2000; i++) {
		int before = handled;

		if (write(tell[1], "x", 1) != 1)
			exit(1);
		while (handled == before)
			sigsuspend(&none);
	}
	close(tell[1]);
	waitpid(child, NULL, 0);
	printf("rounds: %d\n", handled);
	sigprocmask(SIG_UNBLOCK, &block, NULL);
}

/* A timer that interrupts a computation and reads of a pipe that is filled slowly. */
static void
check_timer(void)
{
	struct sigaction action = { .sa_handler = count, .sa_flags = SA_RESTART };
	struct itimerval timer = { { 0, 500 }, { 0, 500 } };
	unsigned sum = 0;
	int bytes = 0;
	pid_t child;

	handled = 0;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	child = fork();
	if (child == 0) {
		for (int i = 0; i < 100; i++) {
			usleep(1000);
			if (write(pipe_fds[1], "y", 1) != 1)
				_exit(1);
		}
		_exit(0);
	}
	for (int i = 0; i < 100; i++) {
		bytes += (int)call_read();
		for (unsigned k = 0; k < 10000; k++)
			sum = sum * 31 + k;
	}
	while (waitpid(child, NULL, 0) < 0)
		;
	memset(&timer, 0, sizeof(timer));
	setitimer(ITIMER_REAL, &timer, NULL);
	printf("timer: %d bytes, sum %u, %s\n", bytes, sum,
		handled > 50 ? "many signals" : "few signals");
}

int
main(void)
{
	main_thread = pthread_self();
	if (pipe(pipe_fds) != 0)
		return 1;
	try_all_ways("read", call_read);
	try_all_ways("nanosleep", call_nanosleep);
	try_all_ways("poll", call_poll);
	try_all_ways("select", call_select);
	try_all_ways("epoll_wait", call_epoll);
	try_all_ways("pause", call_pause);
	try_all_ways("futex", call_futex);
	try_all_ways("sigtimedwait", call_sigtimedwait);
	check_masks();
	check_no_loss();
	check_timer();
	return 0;
}
