// SPDX-License-Identifier: Apache-2.0
// posix_spawn: errors of the exec reach the caller, file actions, attributes.
#include "cases.h"

#include <fcntl.h>
#include <spawn.h>

extern char **environ;

static pid_t
spawn(const char *path, const posix_spawn_file_actions_t *actions,
	const posix_spawnattr_t *attributes, const char *script)
{
	char *argv[] = { "sh", "-c", (char *)script, NULL };
	pid_t pid = -1;
	int error;

	fflush(stdout);
	error = posix_spawn(&pid, path, actions, attributes, argv, environ);
	if (error)
		printf("posix_spawn: error %d\n", error);
	return error ? -1 : pid;
}

static void
missing_file(void)
{
	spawn("/no/such/file", NULL, NULL, "");
	print_result("no child is left", wait(NULL));
}

static void
missing_in_path(void)
{
	char *argv[] = { "no-such-program", NULL };
	pid_t pid;

	printf("posix_spawnp: error %d\n",
		posix_spawnp(&pid, "no-such-program", NULL, NULL, argv, environ));
}

static void
not_executable(void)
{
	close(open("plain", O_CREAT | O_WRONLY, 0644));
	spawn("./plain", NULL, NULL, "");
	spawn("/tmp", NULL, NULL, "");
}

static void
no_format(void)
{
	int fd = open("empty", O_CREAT | O_WRONLY, 0755);

	write(fd, "text", 4);
	close(fd);
	spawn("./empty", NULL, NULL, "");
}

static void
runs(void)
{
	wait_and_print("sh", spawn("/bin/sh", NULL, NULL, "exit 7"));
}

static void
file_actions(void)
{
	posix_spawn_file_actions_t actions;
	char text[32] = "";
	int fd;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 5, "out", O_CREAT | O_WRONLY | O_TRUNC, 0600);
	posix_spawn_file_actions_adddup2(&actions, 5, 1);
	posix_spawn_file_actions_addclose(&actions, 5);
	wait_and_print("sh", spawn("/bin/sh", &actions, NULL, "echo written"));
	fd = open("out", O_RDONLY);
	print_result("read", read(fd, text, sizeof(text) - 1));
	printf("%s", text);
}

static void
failing_file_action(void)
{
	posix_spawn_file_actions_t actions;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 5, "/no/such/folder/file", O_RDONLY, 0);
	spawn("/bin/sh", &actions, NULL, "exit 0");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, 77, 1);
	spawn("/bin/sh", &actions, NULL, "exit 0");
}

static void
change_folder(void)
{
	posix_spawn_file_actions_t actions;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, "/usr");
	wait_and_print("sh", spawn("/bin/sh", &actions, NULL, "pwd"));
}

static void
process_group(void)
{
	posix_spawnattr_t attributes;
	pid_t pid;
	int own;

	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setpgroup(&attributes, 0);
	pid = spawn("/bin/sh", NULL, &attributes, "exit 3");
	own = getpgid(pid) == pid;
	printf("leads its group: %d\n", own);
	wait_and_print("sh", pid);
}

static void
session(void)
{
	posix_spawnattr_t attributes;
	pid_t pid;
	int own;

	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
	pid = spawn("/bin/sh", NULL, &attributes, "exit 3");
	own = getsid(pid) == pid;
	printf("leads its session: %d\n", own);
	wait_and_print("sh", pid);
}

static void
signal_attributes(void)
{
	posix_spawnattr_t attributes;
	sigset_t mask, defaults;

	signal(SIGUSR1, SIG_IGN);
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR2);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGUSR1);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &mask);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	wait_and_print("blocked USR2, default USR1",
		spawn("/bin/sh", NULL, &attributes, "kill -USR2 $$; kill -USR1 $$; exit 1"));
	wait_and_print("ignored USR1", spawn("/bin/sh", NULL, NULL, "kill -USR1 $$; exit 1"));
}

static void
many(void)
{
	int good = 0, status;

	for (int i = 0; i < 30; i++) {
		pid_t pid = spawn("/bin/true", NULL, NULL, "");

		good += waitpid(pid, &status, 0) == pid && status == 0;
	}
	printf("%d\n", good);
}

static const struct test_case cases[] = {
	{ "missing file", missing_file },
	{ "missing in PATH", missing_in_path },
	{ "not executable", not_executable },
	{ "no format", no_format },
	{ "runs", runs },
	{ "file actions", file_actions },
	{ "failing file action", failing_file_action },
	{ "change folder", change_folder },
	{ "process group", process_group },
	{ "session", session },
	{ "signal attributes", signal_attributes },
	{ "many", many },
};
MAIN_OF_CASES(cases)
