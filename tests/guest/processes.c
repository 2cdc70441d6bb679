// SPDX-License-Identifier: Apache-2.0
//
// fork, wait, pipes between processes, exit codes, death by signal, vfork, posix_spawn, process groups, exec of this program
// itself and failing execs.

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* 1 if the call gave -1 and left this error. */
static int
fails_with(long result, int error)
{
	return result == -1 && errno == error;
}

static int
status_of(pid_t pid)
{
	int status = -1;

	if (waitpid(pid, &status, 0) != pid) {
		return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void
exit_codes(void)
{
	for (int i = 0; i < 20; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			_exit(i * 13 & 0xff);
		}
		printf("%d ", status_of(pid));
	}
	pid_t pid = fork();
	if (pid == 0) {
		pause();
	}
	kill(pid, SIGTERM);
	printf("killed %d\n", status_of(pid));
	pid = fork();
	if (pid == 0) {
		signal(SIGABRT, SIG_DFL);
		abort();
	}
	printf("aborted %d\n", status_of(pid));
	printf("no child %d\n", fails_with(wait(NULL), ECHILD));
}

static void
pipeline(void)
{
	int down[2];
	int up[2];
	int number = 0;

	if (pipe(down) != 0 || pipe(up) != 0) {
		exit(1);
	}
	pid_t pid = fork();
	if (pid == 0) {
		close(down[1]);
		close(up[0]);
		while (read(down[0], &number, sizeof(number)) == sizeof(number)) {
			number = number * 2 + 1;
			if (write(up[1], &number, sizeof(number)) < 0) {
				_exit(9);
			}
		}
		_exit(5);
	}
	close(down[0]);
	close(up[1]);
	for (int i = 0; i < 2000; i++) {
		if (write(down[1], &number, sizeof(number)) < 0 ||
			read(up[0], &number, sizeof(number)) < 0) {
			exit(1);
		}
		number &= 0xffff;
	}
	close(down[1]);
	printf("after 2000 rounds %d, status %d\n", number, status_of(pid));
	close(up[0]);
}

static void
broken_pipe(void)
{
	int ends[2];

	if (pipe(ends) != 0) {
		exit(1);
	}
	close(ends[0]);
	pid_t pid = fork();
	if (pid == 0) {
		ssize_t n = write(ends[1], "x", 1);
		_exit((int)n);
	}
	printf("SIGPIPE %d\n", status_of(pid));
	signal(SIGPIPE, SIG_IGN);
	printf("ignored: %d\n", fails_with(write(ends[1], "x", 1), EPIPE));
	signal(SIGPIPE, SIG_DFL);
	close(ends[1]);
}

static void
executions(const char *self)
{
	char *const arguments[] = { (char *)"renamed", (char *)"child", (char *)"two words",
		(char *)"", NULL };
	char *const environment[] = { (char *)"GREETING=hello from the parent",
		(char *)"EMPTY=", NULL };
	pid_t pid = fork();

	if (pid == 0) {
		execve(self, arguments, environment);
		_exit(99);
	}
	printf("exec: %d\n", status_of(pid));
	pid = vfork();
	if (pid == 0) {
		execve("/proc/self/exe", arguments, environment);
		_exit(98);
	}
	printf("vfork and exec: %d\n", status_of(pid));
	int error = posix_spawn(&pid, self, NULL, NULL, arguments, environment);
	int status = status_of(pid); /* the child prints too */
	printf("posix_spawn: %d %d\n", error, status);
	printf("posix_spawn of nothing: %d\n",
		posix_spawn(&pid, "/no/such/file", NULL, NULL, arguments, environ));
	printf("execve of nothing: %d\n",
		fails_with(execve("/no/such/file", arguments, environment), ENOENT));
	int fd = open("not-a-program", O_CREAT | O_WRONLY, 0755);
	if (write(fd, "plain text", 10) != 10) {
		exit(1);
	}
	close(fd);
	printf("execve of a text: %d\n",
		fails_with(execve("./not-a-program", arguments, environment), ENOEXEC));
	chmod("not-a-program", 0644);
	printf("execve without permission: %d\n",
		fails_with(execve("./not-a-program", arguments, environment), EACCES));
	int marked = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int kept = dup2(marked, 50);
	char check[40];
	snprintf(check, sizeof(check), "%d", marked);
	pid = fork();
	if (pid == 0) {
		char *const fds[] = { (char *)"x", (char *)"descriptors", check, (char *)"50",
			NULL };
		execve(self, fds, environment);
		_exit(97);
	}
	printf("close-on-exec: %d\n", status_of(pid));
	close(kept);
	close(marked);
}

static void
script(const char *self)
{
	FILE *f = fopen("script", "w");

	fprintf(f, "#!%s child\nthe text does not matter\n", self);
	fclose(f);
	chmod("script", 0755);
	pid_t pid = fork();
	if (pid == 0) {
		char *const arguments[] = { (char *)"ignored", (char *)"last", NULL };
		char *const environment[] = { (char *)"GREETING=script", NULL };
		execve("./script", arguments, environment);
		_exit(96);
	}
	printf("script: %d\n", status_of(pid));
}

static int
child(int argc, char **argv)
{
	printf("  child:");
	for (int i = 1; i < argc; i++) {
		printf(" [%s]", argv[i]);
	}
	printf(" GREETING=%s PATH %s\n", getenv("GREETING"), getenv("PATH") ? "set" : "unset");
	return argc + 40;
}

int
main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	if (argc > 1 && strcmp(argv[1], "child") == 0) {
		return child(argc, argv);
	}
	if (argc > 1 && strcmp(argv[1], "descriptors") == 0) {
		return (fcntl(atoi(argv[2]), F_GETFD) == -1) +
		       2 * (fcntl(atoi(argv[3]), F_GETFD) != -1);
	}
	exit_codes();
	pipeline();
	broken_pipe();
	executions(argv[0]);
	script(argv[0]);
	printf("pids: %d %d\n", getppid() > 0, getpid() > 1 && getpgrp() > 0);
	return 7;
}
