// SPDX-License-Identifier: Apache-2.0
//
// Measures one run of a command: CPU time (user and system) of its whole process tree, and wall time. Orphans come back to this
// process, which waits for all of them.
//
// usage: measure OUTPUT COMMAND [ARGUMENT...]    the command's standard output goes to the file OUTPUT
// prints: CPU_MICROSECONDS WALL_MICROSECONDS STATUS

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long
microseconds(struct timeval t)
{
	return t.tv_sec * 1000000ll + t.tv_usec;
}

static long long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ll + t.tv_nsec / 1000;
}

static void
run(const char *output, char **command)
{
	int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	int nothing = open("/dev/null", O_RDONLY);

	if (fd < 0 || dup2(fd, 1) < 0 || dup2(nothing, 0) < 0) {
		fprintf(stderr, "measure: %s: %s\n", output, strerror(errno));
		_exit(126);
	}
	close(fd);
	close(nothing);
	execvp(command[0], command);
	fprintf(stderr, "measure: %s: %s\n", command[0], strerror(errno));
	_exit(127);
}

int
main(int argc, char **argv)
{
	struct rusage usage;
	long long start;
	int status;
	int result = 1;
	pid_t child;
	pid_t ended;

	if (argc < 3) {
		fprintf(stderr, "usage: measure OUTPUT COMMAND [ARGUMENT...]\n");
		return 2;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	start = now();
	child = fork();
	if (child < 0) {
		perror("measure: fork");
		return 1;
	}
	if (child == 0) {
		run(argv[1], argv + 2);
	}
	while ((ended = wait(&status)) > 0 || errno == EINTR) {
		if (ended == child) {
			result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		}
	}
	getrusage(RUSAGE_CHILDREN, &usage);
	printf("%lld %lld %d\n", microseconds(usage.ru_utime) + microseconds(usage.ru_stime),
		now() - start, result);
	return 0;
}
