// SPDX-License-Identifier: Apache-2.0
// Process groups, sessions and job control on a pseudo-terminal.
#include "cases.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

static pid_t
sleeper(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	return pid;
}

static void
set_group(void)
{
	pid_t pid = sleeper();

	print_result("setpgid", setpgid(pid, pid));
	printf("leads %d\n", getpgid(pid) == pid);
	print_result("a group that is not", setpgid(pid, 999999));
	print_result("negative", setpgid(pid, -1));
	print_result("not a child", setpgid(1, 0));
	print_result("no such process", getpgid(3999999));
	kill(-pid, SIGTERM);
	wait_and_print("child", pid);
}

static void
kill_group(void)
{
	pid_t first = sleeper(), second;

	setpgid(first, first);
	second = sleeper();
	setpgid(second, first);
	print_result("kill", kill(-first, SIGUSR1));
	wait_and_print("first", first);
	wait_and_print("second", second);
	print_result("empty group", kill(-first, SIGUSR1));
}

static void
new_session(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		print_success("setsid", setsid());
		printf("leads %d %d\n", getsid(0) == getpid(), getpgrp() == getpid());
		print_result("again", setsid());
		print_result("leave as leader", setpgid(0, getppid()));
		fflush(stdout);
		_exit(0);
	}
	wait_and_print("child", pid);
}

/* Becomes leader of a session with a terminal; gives the terminal's other side. */
static int
open_terminal(int *slave)
{
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	char name[32];
	int number, zero = 0;

	setsid();
	ioctl(master, TIOCSPTLCK, &zero);
	ioctl(master, TIOCGPTN, &number);
	snprintf(name, sizeof(name), "/dev/pts/%d", number);
	*slave = open(name, O_RDWR);
	return master;
}

static void
foreground(void)
{
	int slave, master = open_terminal(&slave);
	int status;
	pid_t pid;

	(void)master;
	printf("foreground: own %d\n", tcgetpgrp(slave) == getpgrp());
	printf("session: own %d\n", tcgetsid(slave) == getsid(0));
	pid = fork();
	if (pid == 0) {
		char byte;

		setpgid(0, 0);
		read(slave, &byte, 1);
		_exit(0);
	}
	setpgid(pid, pid);
	waitpid(pid, &status, WUNTRACED);
	print_status("background read", status);
	print_result("tcsetpgrp", tcsetpgrp(slave, pid));
	printf("foreground: child %d\n", tcgetpgrp(slave) == pid);
	write(master, "x\n", 2);
	kill(-pid, SIGCONT);
	wait_and_print("child", pid);
	print_result("tcsetpgrp from background stops unless ignored",
		signal(SIGTTOU, SIG_IGN) == SIG_DFL ? tcsetpgrp(slave, getpgrp()) : -1);
}

static void
background_write(void)
{
	int slave, master = open_terminal(&slave);
	struct termios settings;
	int status;
	pid_t pid;

	(void)master;
	tcgetattr(slave, &settings);
	settings.c_lflag |= TOSTOP;
	tcsetattr(slave, TCSANOW, &settings);
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		write(slave, "x", 1);
		_exit(0);
	}
	setpgid(pid, pid);
	waitpid(pid, &status, WUNTRACED);
	print_status("background write", status);
	kill(pid, SIGKILL);
	wait_and_print("child", pid);
}

static void
keys(void)
{
	int slave, master = open_terminal(&slave);
	static const char characters[] = { 3, 28, 26 };

	for (unsigned i = 0; i < sizeof(characters); i++) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			setpgid(0, 0);
			signal(SIGTTOU, SIG_IGN);
			tcsetpgrp(slave, getpid());
			signal(SIGINT, SIG_DFL);
			write(master, &characters[i], 1);
			pause();
			_exit(0);
		}
		waitpid(pid, &status, WUNTRACED);
		print_status("key", status);
		if (WIFSTOPPED(status)) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
		}
	}
}

static void
hang_up(void)
{
	int tube[2];
	char text[4] = "";
	pid_t leader;

	pipe(tube);
	leader = fork();
	if (leader == 0) {
		int slave;

		open_terminal(&slave);
		if (fork() == 0) {
			sigset_t set;
			int signo = 0;

			sigemptyset(&set);
			sigaddset(&set, SIGHUP);
			sigprocmask(SIG_BLOCK, &set, NULL);
			write(tube[1], "r", 1);
			sigwait(&set, &signo);
			write(tube[1], signo == SIGHUP ? "H" : "?", 1);
			_exit(0);
		}
		read(tube[0], text, 1);
		_exit(0);
	}
	wait_and_print("leader", leader);
	read(tube[0], text, 1);
	printf("foreground process got %s\n", text);
}

static void
window_size(void)
{
	int slave, master = open_terminal(&slave);
	struct winsize size = { .ws_row = 24, .ws_col = 81 };
	sigset_t set;
	int signo = 0;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	install(SIGWINCH, print_result, 0);
	ioctl(master, TIOCSWINSZ, &size);
	sigwait(&set, &signo);
	memset(&size, 0, sizeof(size));
	ioctl(slave, TIOCGWINSZ, &size);
	printf("signal %d, %dx%d\n", signo, size.ws_col, size.ws_row);
}

static void
orphaned_group(void)
{
	int tube[2];
	char text[8] = "";
	pid_t pid;

	pipe(tube);
	pid = fork();
	if (pid == 0) {
		int ready[2];

		pipe(ready);
		if (fork() == 0) {
			sigset_t set;
			int signo;

			setpgid(0, 0);
			sigfillset(&set);
			sigprocmask(SIG_BLOCK, &set, NULL);
			close(ready[0]);
			close(ready[1]);
			sigdelset(&set, SIGCHLD);
			kill(getpid(), SIGSTOP);
			sigwait(&set, &signo);
			text[0] = (char)signo;
			sigwait(&set, &signo);
			text[1] = (char)signo;
			write(tube[1], text, 2);
			_exit(0);
		}
		waitpid(-1, NULL, WUNTRACED);
		_exit(0);
	}
	wait_and_print("child", pid);
	read(tube[0], text, 2);
	printf("got %d and %d\n", text[0], text[1]);
}

static const struct test_case cases[] = {
	{ "set group", set_group },
	{ "kill group", kill_group },
	{ "new session", new_session },
	{ "foreground", foreground },
	{ "background write", background_write },
	{ "keys", keys },
	{ "hang up", hang_up },
	{ "window size", window_size },
	{ "orphaned group", orphaned_group },
};
MAIN_OF_CASES(cases)
