// SPDX-License-Identifier: Apache-2.0
// What can be executed and what cannot: files, scripts, descriptors, memory files; what an exec keeps.
#include "cases.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>

extern char **environ;

static void
make_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);

	write(fd, text, strlen(text));
	close(fd);
	chmod(path, mode);
}

static void
copy_self(int to)
{
	static char buffer[65536];
	int from = open("/proc/self/exe", O_RDONLY);
	ssize_t size;

	while ((size = read(from, buffer, sizeof(buffer))) > 0)
		write(to, buffer, (size_t)size);
	close(from);
}

/* In a child, since it comes back only from failures. */
static void
execute(const char *what, int dirfd, const char *path, int flags, char **argv)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		print_result(what, syscall(SYS_execveat, dirfd, path, argv, environ, flags));
		_exit(99);
	}
	wait_and_print(what, pid);
}

static char *show[] = { "zero", "show", "one", "two words", "", NULL };

static void
self(void)
{
	execute("by path", AT_FDCWD, "/proc/self/exe", 0, show);
	execute("by descriptor", open("/proc/self/exe", O_RDONLY | O_CLOEXEC), "", AT_EMPTY_PATH,
		show);
	execute("by path descriptor", open("/proc/self/exe", O_PATH | O_CLOEXEC), "", AT_EMPTY_PATH,
		show);
}

static void
memory_file(void)
{
	int fd = memfd_create("program", MFD_CLOEXEC);

	copy_self(fd);
	execute("writable", fd, "", AT_EMPTY_PATH, show);
	fd = open("/proc/self/fd/3", O_RDONLY | O_CLOEXEC);
	close(3);
	execute("read-only", fd, "", AT_EMPTY_PATH, show);
}

static void
memory_script(void)
{
	int fd = memfd_create("script", 0);

	dprintf(fd, "#!/bin/sh\necho script \"$1\"\n");
	close(open("/dev/null", O_RDONLY));
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	execute("closed by exec", fd, "", AT_EMPTY_PATH, show);
	fcntl(fd, F_SETFD, 0);
	execute("kept open", fd, "", AT_EMPTY_PATH, show);
}

static void
busy(void)
{
	int fd = open("copy", O_CREAT | O_WRONLY, 0755);

	copy_self(fd);
	execute("open for writing", AT_FDCWD, "./copy", 0, show);
	close(fd);
	execute("closed", AT_FDCWD, "./copy", 0, show);
	unlink("copy");
}

static void
scripts(void)
{
	make_file("plain", "#!/bin/sh\necho \"$0\" \"$@\"\n", 0755);
	execute("script", AT_FDCWD, "./plain", 0, show);
	make_file("option", "#! /bin/echo  one option  \n", 0755);
	execute("interpreter with option", AT_FDCWD, "./option", 0, show);
	make_file("nested", "#!./plain nested\n", 0755);
	execute("interpreter is a script", AT_FDCWD, "./nested", 0, show);
	make_file("missing", "#!/no/such/interpreter\n", 0755);
	execute("interpreter missing", AT_FDCWD, "./missing", 0, show);
	make_file("circle", "#!./circle\n", 0755);
	execute("circle", AT_FDCWD, "./circle", 0, show);
	make_file("nothing", "#!\n", 0755);
	execute("interpreter empty", AT_FDCWD, "./nothing", 0, show);
	make_file("folder", "#!/tmp\n", 0755);
	execute("interpreter a folder", AT_FDCWD, "./folder", 0, show);
}

static void
errors(void)
{
	char *none[] = { NULL };
	char long_name[5000];

	execute("missing", AT_FDCWD, "/no/such/file", 0, show);
	execute("folder", AT_FDCWD, "/tmp", 0, show);
	make_file("empty", "", 0755);
	execute("empty", AT_FDCWD, "./empty", 0, show);
	make_file("text", "just text\n", 0755);
	execute("text", AT_FDCWD, "./text", 0, show);
	make_file("elf", "\177ELF", 0755);
	execute("header cut", AT_FDCWD, "./elf", 0, show);
	make_file("mode", "#!/bin/sh\n", 0644);
	execute("not executable", AT_FDCWD, "./mode", 0, show);
	execute("empty path", AT_FDCWD, "", 0, show);
	execute("bad address", AT_FDCWD, (char *)8, 0, show);
	execute("bad arguments", AT_FDCWD, "/bin/true", 0, (char **)8);
	execute("bad flags", AT_FDCWD, "/bin/true", 0x40, show);
	execute("bad descriptor", 99, "", AT_EMPTY_PATH, show);
	symlink("/bin/true", "link");
	execute("link not followed", AT_FDCWD, "./link", AT_SYMLINK_NOFOLLOW, show);
	symlink("loop", "loop");
	execute("loop", AT_FDCWD, "./loop", 0, show);
	memset(long_name, 'x', sizeof(long_name));
	long_name[sizeof(long_name) - 1] = 0;
	execute("long name", AT_FDCWD, long_name, 0, show);
	execute("file as folder", AT_FDCWD, "/bin/true/x", 0, show);
	(void)none;
}

static void
too_many_arguments(void)
{
	static char *argv[100];
	static char text[200000];

	memset(text, 'a', sizeof(text) - 1);
	argv[0] = "x";
	argv[1] = text;
	execute("one argument too long", AT_FDCWD, "/proc/self/exe", 0, argv);
	text[100000] = 0;
	for (int i = 1; i < 99; i++)
		argv[i] = text;
	execute("all too long", AT_FDCWD, "/proc/self/exe", 0, argv);
}

static void
relative_to_folder(void)
{
	int folder = open("/bin", O_RDONLY | O_DIRECTORY);

	execute("host program", folder, "true", 0, show);
	mkdir("folder", 0700);
	make_file("folder/script", "#!/bin/sh\necho \"${0##*/}\"\n", 0755);
	folder = open("folder", O_RDONLY | O_DIRECTORY);
	execute("script", folder, "script", 0, show);
	fcntl(folder, F_SETFD, FD_CLOEXEC);
	execute("script, closed by exec", folder, "script", 0, show);
}

static void
descriptors(void)
{
	char *argv[] = { "self", "descriptors", NULL };

	for (int fd = 3; fd < 20; fd++)
		close(fd);
	open("/dev/null", O_RDONLY);
	open("/dev/null", O_RDONLY | O_CLOEXEC);
	dup2(3, 7);
	dup3(3, 8, O_CLOEXEC);
	execute("descriptors", AT_FDCWD, "/proc/self/exe", 0, argv);
}

static void
on_signal(int signo)
{
	(void)signo;
}

static void
signals(void)
{
	char *argv[] = { "self", "signals", NULL };
	static char stack_memory[65536];
	stack_t stack = { .ss_sp = stack_memory, .ss_size = sizeof(stack_memory) };
	sigset_t set;

	sigaltstack(&stack, NULL);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGSEGV, SIG_IGN);
	install(SIGUSR2, on_signal, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGSEGV);
	sigaddset(&set, SIGRTMIN + 3);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGTERM);
	print_result("exec", syscall(SYS_execve, "/proc/self/exe", argv, environ));
}

static void *
execute_in_thread(void *argument)
{
	pid_t process = getpid();
	char number[16];
	char *argv[] = { "self", "pid", number, NULL };

	snprintf(number, sizeof(number), "%d", process);
	execv("/proc/self/exe", argv);
	return argument;
}

static void *
spin(void *argument)
{
	for (;;)
		++*(volatile long *)argument;
	return NULL;
}

static void
from_a_thread(void)
{
	static long counters[4];
	pthread_t thread;

	for (int i = 0; i < 4; i++)
		pthread_create(&thread, NULL, spin, &counters[i]);
	pthread_create(&thread, NULL, execute_in_thread, NULL);
	pause();
}

static void
no_environment(void)
{
	char *argv[] = { "self", "environment", NULL };
	char *envp[] = { "A=1", "B", "=C", "A=2", NULL };

	fflush(stdout);
	if (fork() == 0) {
		syscall(SYS_execve, "/proc/self/exe", argv, envp);
		_exit(1);
	}
	wait(NULL);
	syscall(SYS_execve, "/proc/self/exe", argv, NULL);
}

static const struct test_case cases[] = {
	{ "self", self },
	{ "memory file", memory_file },
	{ "memory script", memory_script },
	{ "busy", busy },
	{ "scripts", scripts },
	{ "errors", errors },
	{ "too many arguments", too_many_arguments },
	{ "relative to folder", relative_to_folder },
	{ "descriptors", descriptors },
	{ "signals", signals },
	{ "from a thread", from_a_thread },
	{ "no environment", no_environment },
};

static void
show_signals(void)
{
	struct sigaction action;
	sigset_t set;
	stack_t stack;

	for (int signo = 1; signo <= 64; signo++) {
		if (signo == SIGCHLD || signo == 32 || signo == 33)
			continue;
		if (sigaction(signo, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
			printf("%d %s\n", signo,
				action.sa_handler == SIG_IGN ? "ignored" : "handled");
	}
	sigprocmask(SIG_BLOCK, NULL, &set);
	for (int signo = 1; signo <= 64; signo++) {
		if (sigismember(&set, signo))
			printf("%d blocked\n", signo);
	}
	sigpending(&set);
	printf("pending %d\n", sigismember(&set, SIGTERM));
	sigaltstack(NULL, &stack);
	printf("stack %d\n", stack.ss_flags);
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "show") == 0) {
		for (int i = 0; i < argc; i++)
			printf("[%s]", argv[i]);
		printf("\n");
	} else if (strcmp(what, "descriptors") == 0) {
		for (int fd = 3; fd < 20; fd++)
			printf("%d", fcntl(fd, F_GETFD) >= 0);
		printf("\n");
	} else if (strcmp(what, "signals") == 0) {
		show_signals();
	} else if (strcmp(what, "pid") == 0) {
		printf("same process %d, its first thread %d\n", atoi(argv[2]) == getpid(),
			(int)syscall(SYS_gettid) == getpid());
	} else if (strcmp(what, "environment") == 0) {
		for (char **e = environ; *e; e++)
			printf("[%s]", *e);
		printf("\n");
	} else {
		return run_cases(cases, sizeof(cases) / sizeof(cases[0]));
	}
	return 0;
}
