// SPDX-License-Identifier: Apache-2.0
// execve and its errors, scripts, fexecve, argument vectors at their limits, posix_spawn and vfork, what survives an exec:
// close-on-exec, ignored signals, the mask. The program executes itself, and the host's own programs.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MFD_CLOEXEC
#define MFD_CLOEXEC 1U
#endif

extern char **environ;
static char self[4096];

static void
wait_for(const char *what, pid_t child)
{
	int status = 0;

	if (child < 0 || waitpid(child, &status, 0) != child)
		printf("%s: %s\n", what, strerror(errno));
	else if (WIFEXITED(status))
		printf("%s: exit %d\n", what, WEXITSTATUS(status));
	else
		printf("%s: signal %d\n", what, WTERMSIG(status));
	fflush(stdout);
}

/* Executes in a fork child; the error's number is the exit status. */
static void
run(const char *what, const char *path, char **argv, char **envp)
{
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		execve(path, argv, envp);
		_exit(errno);
	}
	wait_for(what, child);
}

static void
make_file(const char *name, const char *text, mode_t mode)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		exit(1);
	fchmod(fd, mode);
	close(fd);
}

static void
check_errors(void)
{
	char *argv[] = { "x", NULL };

	run("missing", "./missing", argv, environ);
	make_file("plain", "just text\n", 0755);
	run("no format", "./plain", argv, environ);
	make_file("empty", "", 0755);
	run("empty", "./empty", argv, environ);
	run("folder", "/tmp", argv, environ);
	run("below a file", "./plain/x", argv, environ);
	make_file("bad-interpreter", "#!/no/such/interpreter\n", 0755);
	run("missing interpreter", "./bad-interpreter", argv, environ);
	make_file("no-interpreter", "#!\n", 0755);
	run("no interpreter", "./no-interpreter", argv, environ);
	if (symlink("loop", "loop") != 0)
		exit(1);
	run("loop", "./loop", argv, environ);
	make_file("truncated", "\177ELF\2\1\1", 0755);
	run("truncated ELF", "./truncated", argv, environ);
	run("bad path", (char *)8, argv, environ);
	run("bad argv", self, (char **)8, environ);
	run("empty path", "", argv, environ);
}

static void
check_limits(void)
{
	enum { LONG = 131072, MANY = 300000 };
	char *string = malloc(LONG + 1), **argv = calloc(MANY + 1, sizeof(*argv));

	memset(string, 'a', LONG);
	string[LONG] = 0;
	argv[0] = "count";
	argv[1] = string;
	run("string too long", self, argv, environ);
	string[LONG - 1] = 0;
	run("string just fits", self, argv, environ);
	for (int i = 1; i < MANY; i++)
		argv[i] = "123456789012345";
	run("too many strings", self, argv, environ);
	argv[20001] = NULL;
	run("many strings", self, argv, environ);
	free(argv);
	free(string);
}

static void
check_scripts(void)
{
	char line[5000];
	char *argv[] = { "script", "one", "two words", NULL };

	make_file("script", "#!/bin/sh\necho \"sh script: $0 $# $1 $2\"\nexit 5\n", 0755);
	run("script of the host", "./script", argv, environ);
	snprintf(line, sizeof(line), "#!%s show argument\n", self);
	make_file("guest-script", line, 0755);
	run("script of the guest", "./guest-script", argv, environ);
	make_file("chain", "#!./guest-script\n", 0755);
	run("script of a script", "./chain", argv, environ);
}

static void
check_descriptors(void)
{
	char *argv[] = { "show", "by descriptor", NULL };
	char buffer[65536];
	int fd = open(self, O_RDONLY | O_CLOEXEC), memory, in;
	ssize_t got;
	pid_t child;

	fflush(stdout);
	if ((child = fork()) == 0) {
		fexecve(fd, argv, environ);
		_exit(errno);
	}
	wait_for("fexecve", child);
	in = open(self, O_RDONLY);
	memory = memfd_create("program", MFD_CLOEXEC);
	while ((got = read(in, buffer, sizeof(buffer))) > 0) {
		if (write(memory, buffer, (size_t)got) != got)
			exit(1);
	}
	if ((child = fork()) == 0) {
		syscall(SYS_execveat, memory, "", argv, environ, AT_EMPTY_PATH);
		_exit(errno);
	}
	wait_for("memfd", child);
	if ((child = fork()) == 0) {
		syscall(SYS_execveat, AT_FDCWD, "loop", argv, environ, AT_SYMLINK_NOFOLLOW);
		_exit(errno);
	}
	wait_for("execveat of a link", child);
	close(fd);
	close(in);
	close(memory);
}

static void
check_spawn(void)
{
	char *argv[] = { "show", "spawned", NULL };
	char *echo[] = { "echo", "host program", NULL };
	volatile int shared = 1;
	pid_t child;

	printf("spawn missing: %s\n",
		strerror(posix_spawn(&child, "./missing", NULL, NULL, argv, environ)));
	fflush(stdout);
	if (posix_spawn(&child, self, NULL, NULL, argv, environ) == 0)
		wait_for("spawn", child);
	if (posix_spawnp(&child, "echo", NULL, NULL, echo, environ) == 0)
		wait_for("spawn host", child);
	child = vfork();
	if (child == 0) {
		shared = 2;
		_exit(7);
	}
	wait_for("vfork", child);
	printf("shared: %d\n", shared);
	for (volatile int i = 0; i < 200; i++) {
		child = vfork();
		if (child == 0) {
			execv("./missing", argv);
			_exit(errno);
		}
		if (waitpid(child, NULL, 0) != child)
			exit(1);
	}
}

static void
check_inheritance(void)
{
	char *argv[] = { "inherited", NULL };
	int kept = open("/dev/null", O_RDONLY), closed = open("/dev/null", O_RDONLY | O_CLOEXEC);
	sigset_t set;

	if (kept != 3 || closed != 4)
		printf("descriptors %d %d\n", kept, closed);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGSEGV, SIG_IGN);
	signal(SIGUSR2, exit);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGBUS);
	sigaddset(&set, 40);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGTERM);
	run("inheritance", self, argv, (char *[]){ "A=1", "B=2", NULL });
}

static int
show_inherited(void)
{
	sigset_t set;
	struct sigaction action;

	printf("  environment:");
	for (char **e = environ; *e; e++)
		printf(" %s", *e);
	printf("\n  descriptor 3 %s, 4 %s\n", fcntl(3, F_GETFD) >= 0 ? "open" : "closed",
		fcntl(4, F_GETFD) >= 0 ? "open" : "closed");
	sigprocmask(SIG_BLOCK, NULL, &set);
	printf("  blocked:");
	for (int i = 1; i < 65; i++) {
		if (sigismember(&set, i) == 1)
			printf(" %d", i);
	}
	printf("\n  ignored:");
	for (int i = 1; i < 32; i++) {
		if (i != SIGPIPE && sigaction(i, NULL, &action) == 0 &&
			action.sa_handler == SIG_IGN)
			printf(" %d", i);
	}
	printf("\n");
	return 0;
}

static int
show_arguments(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *slash = strrchr(argv[i], '/');

		printf("  argument %d: %s\n", i, slash ? slash + 1 : argv[i]);
	}
	return argc;
}

int
main(int argc, char **argv)
{
	ssize_t length;

	if (argc == 0 || argv[0][0] == 0)
		return 99;
	if (!strcmp(argv[0], "count"))
		return argc % 251;
	if (!strcmp(argv[0], "inherited"))
		return show_inherited();
	if (!strcmp(argv[0], "show") || (argc > 1 && !strncmp(argv[1], "show", 4)))
		return show_arguments(argc, argv);
	length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (length < 0)
		return 1;
	check_errors();
	check_limits();
	check_scripts();
	check_descriptors();
	check_spawn();
	check_inheritance();
	return 0;
}
