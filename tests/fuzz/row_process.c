// SPDX-License-Identifier: Apache-2.0
// Executes the row fuzzer's records in a process that runs row_runner. A process that dies or hangs costs the
// record it was at: it is started again for the others.
#include "tests/fuzz/row_execute.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_TIMEOUT_MS 10000

static void
die(const char *what)
{
	perror(what);
	exit(2);
}

static void
start(struct row_process *p)
{
	int to[2], from[2];

	signal(SIGPIPE, SIG_IGN);
	if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
		die("row_fuzz: pipe");
	p->pid = fork();
	if (p->pid < 0)
		die("row_fuzz: fork");
	if (p->pid == 0) {
		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		/* A heap at random, up to a GiB above the program, may take the records' addresses. */
		personality(ADDR_NO_RANDOMIZE);
		execvp(p->command[0], (char *const *)p->command);
		perror(p->command[0]);
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	p->to = to[1];
	p->from = from[0];
}

void
row_stop_process(struct row_process *p)
{
	if (p->pid == 0)
		return;
	close(p->to);
	close(p->from);
	kill(p->pid, SIGKILL);
	waitpid(p->pid, NULL, 0);
	p->pid = 0;
}

void
row_finish_process(struct row_process *p)
{
	int status = 0;

	if (p->pid == 0)
		return;
	close(p->to);
	/* It ends at the end of its input; what it still writes is not looked at. */
	if (waitpid(p->pid, &status, 0) != p->pid || status != 0)
		fprintf(stderr, "row_fuzz: %s ended with status %#x\n", p->command[0], status);
	close(p->from);
	p->pid = 0;
}

static bool
write_all(int fd, const void *data, size_t size)
{
	const char *bytes = data;

	while (size > 0) {
		ssize_t n = write(fd, bytes, size);

		if (n <= 0)
			return false;
		bytes += n;
		size -= (size_t)n;
	}
	return true;
}

/* Read one result; 0, or why there is none. */
static uint32_t
read_result(int fd, struct row_state *result)
{
	char *bytes = (char *)result;
	size_t left = sizeof *result;

	while (left > 0) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		ssize_t n;

		if (poll(&ready, 1, ANSWER_TIMEOUT_MS) <= 0)
			return ROW_HUNG;
		n = read(fd, bytes, left);
		if (n <= 0)
			return ROW_DIED;
		bytes += n;
		left -= (size_t)n;
	}
	return 0;
}

/* Send the records and collect results as long as they come; gives how many are done. */
static unsigned
execute_some(struct row_process *p, const struct row_record *records, unsigned count,
	struct row_state *results)
{
	uint32_t why = 0;

	if (p->pid == 0)
		start(p);
	/* If it ends early, reading tells. */
	if (write_all(p->to, &count, sizeof(uint32_t)))
		write_all(p->to, records, count * sizeof *records);
	for (unsigned i = 0; i < count; i++) {
		why = read_result(p->from, &results[i]);
		if (why != 0) {
			memset(&results[i], 0, sizeof results[i]);
			results[i].signal = why;
			row_stop_process(p);
			return i + 1;
		}
	}
	return count;
}

void
row_execute_in_process(struct row_process *p, const struct row_record *records, unsigned count,
	struct row_state *results)
{
	for (unsigned done = 0; done < count;)
		done += execute_some(p, records + done, count - done, results + done);
}
