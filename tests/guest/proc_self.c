// SPDX-License-Identifier: Apache-2.0
//
// What a process sees of itself and of its children in /proc: nothing of the translator, by whatever path.

#include "cases.h"

#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/vfs.h>

static char text[1 << 20];

static ssize_t
read_file(const char *path)
{
	int fd = open(path, O_RDONLY);
	ssize_t length = 0, n;

	text[0] = '\0';
	if (fd < 0)
		return -1;
	while ((n = read(fd, text + length, sizeof(text) - 1 - (size_t)length)) > 0)
		length += n;
	text[length] = '\0';
	close(fd);
	return length;
}

static const char *
own_path(void)
{
	static char path[PATH_MAX];

	realpath("/proc/self/exe", path);
	return path;
}

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int
is_own_exe(const char *link)
{
	char target[PATH_MAX] = "";

	return readlink(link, target, sizeof(target) - 1) > 0 && strcmp(target, own_path()) == 0;
}

static void
exe(void)
{
	char path[64];
	struct stat one, two;

	printf("name %d\n", strncmp(last_part(own_path()), "dragoman", 8) != 0);
	printf("self %d\n", is_own_exe("/proc/self/exe"));
	printf("thread-self %d\n", is_own_exe("/proc/thread-self/exe"));
	sprintf(path, "/proc/%d/exe", getpid());
	printf("pid %d\n", is_own_exe(path));
	sprintf(path, "/proc/self/task/%d/exe", getpid());
	printf("task %d\n", is_own_exe(path));
	sprintf(path, "/proc/%d/task/%d/exe", getpid(), getpid());
	printf("pid task %d\n", is_own_exe(path));
	stat("/proc/self/exe", &one);
	stat(own_path(), &two);
	printf("stat %d\n", one.st_ino == two.st_ino && one.st_size == two.st_size);
	lstat("/proc/self/exe", &one);
	printf("lstat %d\n", S_ISLNK(one.st_mode));
	char header[EI_NIDENT + 4] = "";
	int fd = open("/proc/self/exe", O_RDONLY);
	(void)!read(fd, header, sizeof(header));
	printf("ELF %d type %d\n", memcmp(header, ELFMAG, 4) == 0,
		header[16] == ET_EXEC || header[16] == ET_DYN);
	printf("access %d\n", access("/proc/self/exe", X_OK));
	int folder = open("/proc/self", O_RDONLY | O_DIRECTORY);
	char link[PATH_MAX] = "";
	printf("readlinkat %d\n",
		readlinkat(folder, "exe", link, sizeof(link) - 1) > 0 && !strcmp(link, own_path()));
	(void)!chdir("/proc/self");
	printf("relative %d\n", is_own_exe("exe"));
}

static void
maps(void)
{
	char *line, *rest, pid[64];
	int code = 0, stack = 0, heap = 0, high = 0, foreign = 0, order = 1, lines = 0, vdso = 0;
	unsigned long start, end, last = 0;
	void *marker = mmap(NULL, 3 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mprotect((char *)marker + 4096, 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
	free(malloc(100000));
	read_file("/proc/self/maps");
	char permissions[5], middle[5] = "";
	for (line = strtok_r(text, "\n", &rest); line;
		line = strtok_r(NULL, "\n", &rest), lines++) {
		if (sscanf(line, "%lx-%lx %4s", &start, &end, permissions) != 3)
			continue;
		order &= start >= last && end > start;
		last = end;
		if (start <= (unsigned long)maps && (unsigned long)maps < end)
			code = strstr(line, own_path()) && !strcmp(permissions, "r-xp");
		stack |= start <= (unsigned long)&line && (unsigned long)&line < end &&
			 strstr(line, "[stack]");
		heap |= strstr(line, "[heap]") != NULL;
		vdso |= strstr(line, "[vdso]") != NULL;
		high |= strchr(line, '-') - line > 12 && strncmp(line, "ffff", 4) != 0;
		foreign |= strstr(line, "dragoman") && !strstr(own_path(), "dragoman");
		if (start == (unsigned long)marker + 4096)
			strcpy(middle, permissions);
	}
	printf("code %d stack %d heap %d vdso %d order %d foreign %d middle %s\n", code, stack,
		heap, vdso, order, foreign, middle);
	(void)high;
	sprintf(pid, "/proc/%d/maps", getpid());
	read_file(pid);
	printf("by pid %d\n", strstr(text, own_path()) != NULL && !strstr(text, "/dragoman\n"));
	sprintf(pid, "/proc/self/task/%d/maps", getpid());
	read_file(pid);
	printf("by task %d\n", strstr(text, own_path()) != NULL && !strstr(text, "/dragoman\n"));
	read_file("/proc/thread-self/smaps");
	printf("smaps %d %d %d\n", strstr(text, own_path()) != NULL,
		strstr(text, "VmFlags:") != NULL, !strstr(text, "/dragoman\n"));
	read_file("/proc/self/smaps_rollup");
	printf("rollup %d\n", strstr(text, "Rss:") != NULL);
	read_file("/proc/self/numa_maps");
	printf("numa %d\n", !strstr(text, "/dragoman"));
	struct stat status;
	printf("readable %d %d\n", access("/proc/self/maps", R_OK),
		stat("/proc/self/maps", &status));
	int fd = open("/proc/self/maps", O_RDONLY);
	char byte;
	printf("seek %d\n",
		read(fd, &byte, 1) == 1 && lseek(fd, 0, SEEK_SET) == 0 && read(fd, &byte, 1) == 1);
	print_result("write", write(fd, "x", 1));
	print_result("open to write", open("/proc/self/maps", O_WRONLY));
}

static void
map_files(void)
{
	DIR *folder = opendir("/proc/self/map_files");
	struct dirent *entry;
	char path[PATH_MAX], link[PATH_MAX];
	int foreign = 0, own = 0;

	while (folder && (entry = readdir(folder))) {
		snprintf(path, sizeof(path), "/proc/self/map_files/%s", entry->d_name);
		ssize_t length = readlink(path, link, sizeof(link) - 1);
		link[length > 0 ? length : 0] = '\0';
		own |= strcmp(link, own_path()) == 0;
		foreign |= strcmp(last_part(link), "dragoman") == 0;
	}
	printf("map_files: own %d foreign %d\n", own, foreign);
}

static void
names(void)
{
	char comm[17] = "";

	read_file("/proc/self/comm");
	printf("comm %d\n", strncmp(text, last_part(own_path()), strlen(text) - 1) == 0);
	prctl(PR_GET_NAME, comm);
	printf("prctl %d\n", strncmp(comm, text, strlen(comm)) == 0);
	prctl(PR_SET_NAME, "renamed-by-prctl-too-long");
	read_file("/proc/self/comm");
	printf("renamed %s", text);
	int fd = open("/proc/self/comm", O_WRONLY);
	printf("write %d\n", write(fd, "written", 7) == 7);
	read_file("/proc/thread-self/comm");
	printf("now %s", text);
	read_file("/proc/self/stat");
	printf("stat %d\n", strstr(text, "(written)") != NULL);
	read_file("/proc/self/status");
	printf("status %d\n", strstr(text, "Name:\twritten") != NULL);
	ssize_t length = read_file("/proc/self/cmdline");
	printf("cmdline %zd arguments, own %d\n",
		(ssize_t)(memchr(text, 0, (size_t)length) == text + length - 1),
		strcmp(last_part(text), "dragoman") != 0);
	printf("environ %d\n", (read_file("/proc/self/environ") >= 0));
	uname((struct utsname *)text);
	printf("sysname %s\n", ((struct utsname *)text)->sysname);
}

static void
numbers(void)
{
	long fields[60] = { 0 };
	char *at;
	int n = 3;

	read_file("/proc/self/stat");
	at = strrchr(text, ')') + 4;
	while (n < 53 && *at)
		fields[n++ + 1] = (long)strtoul(at, &at, 10);
	printf("pid %d ppid %d group %d session %d\n", atoi(text) == getpid(),
		fields[4] == getppid(), fields[5] == getpgrp(), fields[6] == getsid(0));
	printf("threads %ld\n", fields[20]);
	printf("code %d\n", (unsigned long)fields[26] <= (unsigned long)numbers &&
				    (unsigned long)numbers < (unsigned long)fields[27]);
	printf("stack %d\n", (unsigned long)fields[28] > (unsigned long)&n);
	read_file("/proc/self/status");
	printf("threads in status %d\n", strstr(text, "Threads:\t1\n") != NULL);
	printf("tracer %d\n", strstr(text, "TracerPid:\t0\n") != NULL);
	printf("seccomp %d\n", strstr(text, "Seccomp:\t0\n") != NULL);
	printf("ignored %d\n", strstr(text, "SigIgn:") != NULL);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	install(SIGUSR2, (void *)SIG_IGN, 0);
	install(SIGTERM, (void *)numbers, 0);
	read_file("/proc/self/status");
	at = strstr(text, "SigBlk:\t");
	printf("blocked %.16s\n", at ? at + 8 : "?");
	at = strstr(text, "SigIgn:\t");
	printf("ignored %d\n", at && strtoul(at + 8, NULL, 16) & 1 << (SIGUSR2 - 1) ? 1 : 0);
	at = strstr(text, "SigCgt:\t");
	printf("caught %.16s\n", at ? at + 8 : "?");
	read_file("/proc/self/stat");
	at = strrchr(text, ')') + 2;
	for (n = 3; n < 34; n++)
		at = strchr(at, ' ') + 1;
	printf("caught in stat %ld\n", atol(at));
	read_file("/proc/self/statm");
	printf("size in statm %d\n", atol(text) > 0 && atol(text) < 1 << 18);
	raise(SIGUSR1);
	read_file("/proc/self/status");
	at = strstr(text, "SigPnd:\t");
	unsigned long pending = at ? strtoul(at + 8, NULL, 16) : 0;
	at = strstr(text, "ShdPnd:\t");
	pending |= at ? strtoul(at + 8, NULL, 16) : 0;
	printf("pending %lx\n", pending);
}

static void
vectors(void)
{
	Elf64_auxv_t vector[64];
	int fd = open("/proc/self/auxv", O_RDONLY);
	ssize_t length = read(fd, vector, sizeof(vector));
	int pages = 0, entry = 0, end = 0;

	for (ssize_t i = 0; i < length / (ssize_t)sizeof(vector[0]); i++) {
		pages |= vector[i].a_type == AT_PAGESZ && vector[i].a_un.a_val == 4096;
		entry |=
			vector[i].a_type == AT_ENTRY && vector[i].a_un.a_val == getauxval(AT_ENTRY);
		end |= vector[i].a_type == AT_NULL;
	}
	printf("auxv %d %d %d\n", pages, entry, end);
}

static void
memory(void)
{
	int fd = open("/proc/self/mem", O_RDWR), value = 5, got = 0;
	char byte;
	char *constant = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	print_result("read", pread(fd, &got, sizeof(got), (off_t)(uintptr_t)&value));
	printf("read %d\n", got);
	got = 9;
	print_result("write", pwrite(fd, &got, sizeof(got), (off_t)(uintptr_t)&value));
	printf("written %d\n", *(volatile int *)&value);
	print_result("through protection", pwrite(fd, "x", 1, (off_t)(uintptr_t)constant));
	printf("written %d\n", *(volatile char *)constant);
	print_result("nothing there", pread(fd, &byte, 1, 4096));
	struct iovec local = { &got, sizeof(got) }, remote = { &value, sizeof(value) };
	value = 11;
	print_result("process_vm_readv", process_vm_readv(getpid(), &local, 1, &remote, 1, 0));
	printf("read %d\n", got);
	got = 12;
	print_result("process_vm_writev", process_vm_writev(getpid(), &local, 1, &remote, 1, 0));
	printf("written %d\n", *(volatile int *)&value);
	remote.iov_base = (void *)0x700000001000;
	print_result("process_vm_readv of the translator",
		process_vm_readv(getpid(), &local, 1, &remote, 1, 0));
}

static void
descriptors(void)
{
	int one = open("/dev/null", O_RDONLY), two = dup2(one, 100), count = 0;
	DIR *folder = opendir("/proc/self/fd");
	struct dirent *entry;
	char path[64], link[PATH_MAX];
	int list[32];

	while (folder && (entry = readdir(folder))) {
		if (entry->d_name[0] != '.' && count < 32)
			list[count++] = atoi(entry->d_name);
	}
	closedir(folder);
	for (int i = 0; i < count; i++)
		printf("fd %d\n", list[i]);
	folder = opendir("/proc/self/fdinfo");
	count = 0;
	while (folder && (entry = readdir(folder)))
		count += entry->d_name[0] != '.';
	closedir(folder);
	printf("fdinfo %d\n", count);
	sprintf(path, "/proc/self/fd/%d", two);
	ssize_t length = readlink(path, link, sizeof(link) - 1);
	printf("link %.*s\n", (int)length, link);
	sprintf(path, "/dev/fd/%d", two);
	printf("/dev/fd %d\n", open(path, O_RDONLY) >= 0);
	sprintf(path, "/proc/%d/fd", getpid());
	folder = opendir(path);
	count = 0;
	while (folder && (entry = readdir(folder)))
		count += entry->d_name[0] != '.';
	printf("by pid %d\n", count);
	closedir(folder);
	int hidden = 0;
	for (int fd = 3; fd < 4096; fd++) {
		sprintf(path, "/proc/self/fd/%d", fd);
		hidden += readlink(path, link, sizeof(link) - 1) > 0;
	}
	printf("reachable by number %d\n", hidden);
	struct stat status;
	printf("size %d\n", stat("/proc/self/fd", &status) == 0 && S_ISDIR(status.st_mode));
}

/* One pipe says that the name is set, the other ends the thread. */
struct pipes {
	int named[2], end[2];
};

static void
open_pipes(struct pipes *pipes)
{
	(void)!pipe(pipes->named);
	(void)!pipe(pipes->end);
}

static void
sleep_under_name(struct pipes *pipes, const char *name)
{
	char byte;

	prctl(PR_SET_NAME, name);
	(void)!write(pipes->named[1], "x", 1);
	(void)!read(pipes->end[0], &byte, 1);
}

static void
wait_for_name(struct pipes *pipes)
{
	char byte;

	(void)!read(pipes->named[0], &byte, 1);
}

static void *
sleeper(void *pipes)
{
	sleep_under_name(pipes, "sleeper");
	return NULL;
}

static void
tasks(void)
{
	struct pipes pipes;
	int count = 0;
	pthread_t thread;
	DIR *folder;
	struct dirent *entry;

	open_pipes(&pipes);
	pthread_create(&thread, NULL, sleeper, &pipes);
	wait_for_name(&pipes);
	folder = opendir("/proc/self/task");
	while (folder && (entry = readdir(folder))) {
		char path[300], link[PATH_MAX];

		if (entry->d_name[0] == '.')
			continue;
		count++;
		snprintf(path, sizeof(path), "/proc/self/task/%s/comm", entry->d_name);
		read_file(path);
		if (atoi(entry->d_name) != getpid())
			printf("other is %s", text);
		snprintf(path, sizeof(path), "/proc/self/task/%s/exe", entry->d_name);
		printf("exe %d\n", is_own_exe(path));
		(void)link;
	}
	printf("tasks %d\n", count);
	(void)!write(pipes.end[1], "x", 1);
	pthread_join(thread, NULL);
}

static void
child(void)
{
	struct pipes pipes;
	char path[64];
	pid_t pid;

	open_pipes(&pipes);
	pid = fork();
	if (pid == 0) {
		close(pipes.end[1]);
		sleep_under_name(&pipes, "the child");
		_exit(0);
	}
	wait_for_name(&pipes);
	sprintf(path, "/proc/%d/exe", pid);
	printf("exe %d\n", is_own_exe(path));
	sprintf(path, "/proc/%d/comm", pid);
	read_file(path);
	printf("comm %s", text);
	sprintf(path, "/proc/%d/cmdline", pid);
	read_file(path);
	printf("cmdline %d\n", strcmp(last_part(text), last_part(own_path())) == 0);
	sprintf(path, "/proc/%d/maps", pid);
	read_file(path);
	printf("maps %d %d\n", strstr(text, own_path()) != NULL, !strstr(text, "/dragoman\n"));
	sprintf(path, "/proc/%d/mem", pid);
	int fd = open(path, O_RDONLY), got = 0;
	static volatile int value = 77;
	print_result("mem", pread(fd, &got, 4, (off_t)(uintptr_t)&value));
	printf("mem %d\n", got);
	sprintf(path, "/proc/%d/fd", pid);
	DIR *folder = opendir(path);
	struct dirent *entry;
	int count = 0;
	while (folder && (entry = readdir(folder)))
		count += entry->d_name[0] != '.';
	printf("fds %d\n", count);
	(void)!write(pipes.end[1], "x", 1);
	waitpid(pid, NULL, 0);
	printf("gone %d\n", read_file(path) < 0);
}

static void
machine(void)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	char *at = text;
	long count = 0;

	read_file("/proc/cpuinfo");
	while ((at = strstr(at, "processor\t"))) {
		count++;
		at++;
	}
	printf("processors %d\n", count == processors);
	printf("host's %d\n",
		strstr(text, "GenuineIntel") == NULL || strstr(text, "CPU implementer") == NULL);
	printf("uptime %d loadavg %d meminfo %d\n", read_file("/proc/uptime") > 0,
		read_file("/proc/loadavg") > 0, read_file("/proc/meminfo") > 0);
	printf("version %d\n", read_file("/proc/version") > 0);
	printf("arch %d\n", read_file("/proc/sys/kernel/ostype") > 0);
	printf("mounts %d\n",
		read_file("/proc/self/mountinfo") > 0 && read_file("/proc/mounts") > 0);
	struct statfs system;
	int fd = open("/proc/self/maps", O_RDONLY);
	print_result("statfs", statfs("/proc/self/maps", &system));
	printf("file system %d\n", system.f_type == 0x9fa0);
	struct stat status;
	print_result("fstat", fstat(fd, &status));
	printf("regular %d\n", S_ISREG(status.st_mode));
	printf("mode %o\n", status.st_mode & 0777);
	print_result("limits", read_file("/proc/self/limits") > 0 ? 0 : -1);
	print_result("cgroup", read_file("/proc/self/cgroup") > 0 ? 0 : -1);
	print_result("oom", read_file("/proc/self/oom_score_adj") > 0 ? 0 : -1);
	print_result("wchan", read_file("/proc/self/wchan") >= 0 ? 0 : -1);
	print_result("no such file", open("/proc/self/none", O_RDONLY));
	print_result("no such process", open("/proc/2147483640/maps", O_RDONLY));
}

static const struct test_case cases[] = {
	{ "exe", exe },
	{ "maps", maps },
	{ "map_files", map_files },
	{ "names", names },
	{ "numbers", numbers },
	{ "vectors", vectors },
	{ "memory", memory },
	{ "descriptors", descriptors },
	{ "tasks", tasks },
	{ "child", child },
	{ "machine", machine },
};

MAIN_OF_CASES(cases)
