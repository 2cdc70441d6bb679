// SPDX-License-Identifier: Apache-2.0
//
// What system calls cost: `calls WHAT` with getppid, pread (4 KiB), pipe (two processes, a byte to and fro) or futex (two
// threads, hand in hand). It prints the number of rounds.

#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long
parents(void)
{
	long rounds = 3000000;

	for (long i = 0; i < rounds; i++)
		syscall(SYS_getppid);
	return rounds;
}

static long
reads(void)
{
	static char buffer[4096];
	long rounds = 1000000;
	int fd = memfd_create("reads", 0);

	if (write(fd, buffer, sizeof(buffer)) != sizeof(buffer))
		return 0;
	for (long i = 0; i < rounds; i++) {
		if (pread(fd, buffer, sizeof(buffer), 0) != sizeof(buffer))
			return 0;
	}
	return rounds;
}

static long
pipes(void)
{
	long rounds = 100000;
	int there[2], back[2];
	char byte = 0;

	if (pipe(there) || pipe(back))
		return 0;
	if (fork() == 0) {
		for (long i = 0; i < rounds; i++) {
			if (read(there[0], &byte, 1) != 1 || write(back[1], &byte, 1) != 1)
				_exit(1);
		}
		_exit(0);
	}
	for (long i = 0; i < rounds; i++) {
		if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
			return 0;
	}
	wait(NULL);
	return rounds;
}

static int turn;
static const long hand_offs = 100000;

static void
play(int own)
{
	for (long i = 0; i < hand_offs; i++) {
		int now;

		while ((now = __atomic_load_n(&turn, __ATOMIC_ACQUIRE)) != own)
			syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, now, NULL, NULL, 0);
		__atomic_store_n(&turn, !own, __ATOMIC_RELEASE);
		syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	}
}

static void *
other(void *unused)
{
	play(1);
	return unused;
}

static long
futexes(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, other, NULL);
	play(0);
	pthread_join(thread, NULL);
	return hand_offs;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		long (*run)(void);
	} kinds[] = { { "getppid", parents }, { "pread", reads }, { "pipe", pipes },
		{ "futex", futexes } };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (argc == 2 && strcmp(argv[1], kinds[i].name) == 0) {
			printf("%ld\n", kinds[i].run());
			return 0;
		}
	}
	fprintf(stderr, "usage: calls getppid|pread|pipe|futex\n");
	return 2;
}
