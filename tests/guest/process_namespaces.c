// SPDX-License-Identifier: Apache-2.0
// Namespaces. Where the kernel refuses them it refuses them natively too, with the same error.
#include "cases.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/utsname.h>

static void
host_name(void)
{
	struct utsname name;

	print_result("unshare", unshare(CLONE_NEWUTS));
	print_result("sethostname", sethostname("elsewhere", 9));
	if (uname(&name) == 0)
		printf("%d\n", strcmp(name.nodename, "elsewhere") == 0);
}

static void
enter(void)
{
	int own = open("/proc/self/ns/uts", O_RDONLY);
	char before[65], after[65];

	gethostname(before, sizeof(before));
	print_result("unshare", unshare(CLONE_NEWUTS));
	sethostname("elsewhere", 9);
	print_result("setns", setns(own, CLONE_NEWUTS));
	gethostname(after, sizeof(after));
	printf("same name %d\n", strcmp(before, after) == 0);
	print_result("wrong type", setns(own, CLONE_NEWNET));
	print_result("no namespace", setns(open("/dev/null", O_RDONLY), 0));
}

static void
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	print_result(path, write(fd, text, strlen(text)));
	close(fd);
}

static void
users(void)
{
	char map[32];

	snprintf(map, sizeof(map), "7 %d 1", getuid());
	print_result("unshare", unshare(CLONE_NEWUSER));
	printf("uid %d\n", getuid());
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", map);
	printf("uid %d\n", getuid());
	print_result("all rights here", unshare(CLONE_NEWUTS));
}

static void
processes(void)
{
	pid_t pid;

	print_result("unshare", unshare(CLONE_NEWPID));
	pid = fork();
	if (pid == 0) {
		pid_t child = fork();

		if (child == 0)
			_exit(getpid());
		printf("number %d, parent %d\n", getpid(), getppid());
		wait_and_print("its child", child);
		_exit(0);
	}
	wait_and_print("first process", pid);
	pid = fork();
	print_result("no more after its end", pid);
}

static int
first_process(void *argument)
{
	(void)argument;
	return getpid() == 1 ? 10 : 11;
}

static void
by_clone(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	int pid = clone(
		first_process, stack + sizeof(stack), CLONE_NEWPID | CLONE_NEWUSER | SIGCHLD, NULL);

	if (pid < 0)
		print_result("clone", pid);
	else
		wait_and_print("child", pid);
}

static void
mounts(void)
{
	print_result("unshare", unshare(CLONE_NEWNS));
	print_result("private", mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	print_result("tmpfs", mount("tmpfs", "/mnt", "tmpfs", 0, "size=1m"));
	print_success("file there", open("/mnt/file", O_CREAT | O_WRONLY, 0600));
	print_result("umount", umount2("/mnt", MNT_DETACH));
}

static void
network(void)
{
	print_result("unshare", unshare(CLONE_NEWNET));
	print_success("no devices but lo", access("/sys/class/net/lo", F_OK));
}

static void
others(void)
{
	print_result("ipc", unshare(CLONE_NEWIPC));
	print_result("cgroup", unshare(CLONE_NEWCGROUP));
	print_result("descriptors", unshare(CLONE_FILES));
	print_result("folder", unshare(CLONE_FS));
	print_result("semaphores", unshare(CLONE_SYSVSEM));
	print_result("alone: memory", unshare(CLONE_VM));
	print_result("alone: thread", unshare(CLONE_THREAD));
	print_result("alone: signals", unshare(CLONE_SIGHAND));
	print_result("bad flag", unshare(1));
}

static void *
try_unshare(void *argument)
{
	print_result("memory", unshare(CLONE_VM));
	print_result("users", unshare(CLONE_NEWUSER));
	print_result("thread", unshare(CLONE_THREAD));
	print_result("folder", unshare(CLONE_FS));
	print_result("chdir", chdir("/usr"));
	return argument;
}

static void
with_threads(void)
{
	char folder[64] = "";
	pthread_t thread;

	chdir("/");
	pthread_create(&thread, NULL, try_unshare, NULL);
	pthread_join(thread, NULL);
	printf("here %s\n", getcwd(folder, sizeof(folder)));
}

static const struct test_case cases[] = {
	{ "host name", host_name },
	{ "enter", enter },
	{ "users", users },
	{ "processes", processes },
	{ "by clone", by_clone },
	{ "mounts", mounts },
	{ "network", network },
	{ "others", others },
	{ "with threads", with_threads },
};
MAIN_OF_CASES(cases)
