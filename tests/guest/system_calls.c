// SPDX-License-Identifier: Apache-2.0
//
// System calls as the kernel answers them: the order of errors, flags, structures, descriptors, System V IPC, and what
// a process sees of itself in /proc. Nothing here may depend on the processor.

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* No process has anything there. Volatile: the compiler is not to know how wrong these calls are. */
static void *volatile bad = (void *)-4096;
static void *volatile null;
static volatile int minus_one = -1, too_many = 1025;
static volatile size_t huge = SIZE_MAX;
#define BAD bad

static const char *
outcome(long result)
{
	return result >= 0 ? "ok" : strerrorname_np(errno);
}

/* Shows how a call ended, and what it left behind: the call comes first, whatever the compiler's order of arguments. */
#define SHOW(call, format, ...)                     \
	do {                                        \
		const char *shown = outcome(call);  \
		printf(format, shown, __VA_ARGS__); \
	} while (0)

static void
order_of_errors(void)
{
	struct iovec vector[2] = { { "x", 1 }, { BAD, 1 } };
	int fds[2];

	if (pipe(fds))
		return;
	printf("write bad fd, bad address: %s\n", outcome(write(-1, BAD, 1)));
	printf("write bad address: %s\n", outcome(write(fds[1], BAD, 1)));
	printf("write NULL: %s\n", outcome(write(fds[1], null, 1)));
	printf("write nothing: %s\n", outcome(write(fds[1], BAD, 0)));
	printf("writev: %s\n", outcome(writev(fds[1], vector, 2)));
	printf("writev bad fd: %s\n", outcome(writev(-1, vector, 2)));
	printf("writev too many: %s\n", outcome(writev(fds[1], vector, too_many)));
	printf("writev negative: %s\n", outcome(writev(fds[1], vector, minus_one)));
	printf("open: %s\n", outcome(open(BAD, O_RDONLY)));
	printf("open empty: %s\n", outcome(open("", O_RDONLY)));
	printf("stat: %s\n", outcome(syscall(SYS_newfstatat, AT_FDCWD, "/", BAD, 0)));
	printf("stat missing: %s\n", outcome(syscall(SYS_newfstatat, AT_FDCWD, "/none", BAD, 0)));
	printf("uname: %s\n", outcome(syscall(SYS_uname, BAD)));
	printf("clock: %s\n", outcome(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, BAD)));
	printf("no such clock: %s\n", outcome(syscall(SYS_clock_gettime, 77, BAD)));
	printf("getrandom: %s\n", outcome(syscall(SYS_getrandom, BAD, 8, 0)));
	printf("nanosleep: %s\n", outcome(syscall(SYS_nanosleep, BAD, NULL)));
	printf("pipe2 flags: %s\n", outcome(pipe2(fds, 0x12345)));
	printf("huge read: %s\n", outcome(read(fds[0], BAD, huge)));
	printf("no such call: %s\n", outcome(syscall(4000)));
	close(fds[0]);
	close(fds[1]);
}

static void
open_flags(void)
{
	int fd = open("flags", O_RDWR | O_CREAT | O_TRUNC, 0640), flags;
	struct open_how how = { .flags = O_RDONLY | O_DIRECTORY };

	printf("directory: %s\n", outcome(open("flags", O_RDONLY | O_DIRECTORY)));
	(void)!symlink("flags", "link");
	printf("nofollow: %s\n", outcome(open("link", O_RDONLY | O_NOFOLLOW)));
	printf("excl: %s\n", outcome(open("flags", O_RDWR | O_CREAT | O_EXCL, 0600)));
	printf("openat2 directory: %s\n",
		outcome(syscall(SYS_openat2, AT_FDCWD, "flags", &how, sizeof(how))));
	how.flags = O_RDONLY | O_NOFOLLOW;
	printf("openat2 nofollow: %s\n",
		outcome(syscall(SYS_openat2, AT_FDCWD, "link", &how, sizeof(how))));
	how.flags = O_RDONLY;
	how.resolve = RESOLVE_NO_SYMLINKS;
	printf("openat2 resolve: %s\n",
		outcome(syscall(SYS_openat2, AT_FDCWD, "link", &how, sizeof(how))));
	flags = fcntl(fd, F_GETFL);
	printf("access mode %d append %d direct %d directory %d\n", flags & O_ACCMODE,
		!!(flags & O_APPEND), !!(flags & O_DIRECT), !!(flags & O_DIRECTORY));
	fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK);
	flags = fcntl(fd, F_GETFL);
	printf("append %d nonblock %d direct %d\n", !!(flags & O_APPEND), !!(flags & O_NONBLOCK),
		!!(flags & O_DIRECT));
	close(fd);
	fd = open(".", O_PATH | O_DIRECTORY);
	flags = fcntl(fd, F_GETFL);
	printf("path %d directory %d\n", !!(flags & O_PATH), !!(flags & O_DIRECTORY));
	close(fd);
	fd = open(".", O_TMPFILE | O_RDWR, 0600);
	printf("tmpfile %s\n", outcome(fd));
	close(fd);
	unlink("link");
	unlink("flags");
}

static void
file_status(void)
{
	struct stat status, other;
	struct statx extended;
	struct statfs system;
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 5, .l_len = 10 };
	struct timespec times[2] = { { 1000000000, 123456789 }, { 1100000000, 987654321 } };
	int fd = open("status", O_RDWR | O_CREAT | O_TRUNC, 0640);

	fchmod(fd, 04751);
	(void)!ftruncate(fd, 5000000000);
	link("status", "second");
	futimens(fd, times);
	fstat(fd, &status);
	printf("mode %o links %lu size %lld blocks %lld\n", status.st_mode,
		(unsigned long)status.st_nlink, (long long)status.st_size,
		(long long)status.st_blocks);
	printf("times %lld.%09ld %lld.%09ld\n", (long long)status.st_atim.tv_sec,
		status.st_atim.tv_nsec, (long long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
	stat("second", &other);
	printf("same %d, owner %d\n",
		other.st_ino == status.st_ino && other.st_dev == status.st_dev,
		status.st_uid == getuid() && status.st_gid == getgid());
	SHOW(statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &extended), "statx %s %o %lld %d\n",
		extended.stx_mode, (long long)extended.stx_size, extended.stx_ino == status.st_ino);
	stat("/dev/null", &status);
	printf("null %d %llx\n", S_ISCHR(status.st_mode), (unsigned long long)status.st_rdev);
	SHOW(statfs(".", &system), "statfs %s %d\n", system.f_bsize > 0);
	printf("lock %s\n", outcome(fcntl(fd, F_SETLK, &lock)));
	lock.l_type = F_RDLCK;
	SHOW(fcntl(fd, F_GETLK, &lock), "getlk %s type %d\n", lock.l_type == F_UNLCK);
	printf("punch %s\n",
		outcome(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 4096)));
	printf("data %lld\n", (long long)lseek(fd, 0, SEEK_END));
	close(fd);
	unlink("status");
	unlink("second");
}

static void
descriptors(void)
{
	int fd = open("/dev/null", O_RDONLY), other;

	printf("lowest %d\n", fd);
	other = fcntl(fd, F_DUPFD_CLOEXEC, 50);
	printf("dupfd %d close-on-exec %d\n", other, fcntl(other, F_GETFD));
	printf("dup3 same %s\n", outcome(dup3(fd, fd, 0)));
	printf("dup3 %d\n", dup3(fd, 60, O_CLOEXEC));
	printf("dup3 flags %s\n", outcome(dup3(fd, 61, O_APPEND)));
	printf("close_range %s\n", outcome(close_range(50, ~0U, 0)));
	printf("50 %s 60 %s\n", outcome(fcntl(50, F_GETFD)), outcome(fcntl(60, F_GETFD)));
	SHOW(close_range(3, ~0U, CLOSE_RANGE_CLOEXEC), "close_range cloexec %s %d\n",
		fcntl(fd, F_GETFD));
	printf("close_range order %s\n", outcome(close_range(5, 4, 0)));
	printf("all closed %s\n", outcome(close_range(3, ~0U, 0)));
	printf("next %d\n", open("/dev/null", O_RDONLY));
	close(3);
	printf("close again %s\n", outcome(close(3)));
	printf("close -1 %s\n", outcome(close(-1)));
}

static void
terminals(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), terminal, number = -1;
	struct winsize size = { 24, 80, 0, 0 };
	struct termios settings;

	grantpt(master);
	unlockpt(master);
	SHOW(ioctl(master, TIOCGPTN, &number), "ptn %s %d\n", number >= 0);
	terminal = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	printf("peer %s\n", outcome(terminal));
	printf("winsize %s\n", outcome(ioctl(master, TIOCSWINSZ, &size)));
	memset(&size, 0, sizeof(size));
	SHOW(ioctl(terminal, TIOCGWINSZ, &size), "winsize %s %d %d\n", size.ws_row, size.ws_col);
	printf("getattr %s", outcome(tcgetattr(terminal, &settings)));
	printf(" canon %d echo %d speed %d\n", !!(settings.c_lflag & ICANON),
		!!(settings.c_lflag & ECHO), cfgetospeed(&settings) == B38400);
	cfmakeraw(&settings);
	printf("setattr %s\n", outcome(tcsetattr(terminal, TCSANOW, &settings)));
	tcgetattr(terminal, &settings);
	printf("canon %d vmin %d\n", !!(settings.c_lflag & ICANON), settings.c_cc[VMIN]);
	printf("isatty %d %d\n", isatty(terminal), isatty(open("/dev/null", O_RDONLY)));
	printf("not a terminal %s\n", outcome(ioctl(3, 0x4141, 0)));
	close(terminal);
	close(master);
}

static void
system_v(void)
{
	int id = semget(IPC_PRIVATE, 4, 0640), shm, queue;
	struct semid_ds set;
	struct shmid_ds segment;
	struct msqid_ds messages;
	unsigned short values[4] = { 1, 2, 3, 4 };
	struct sembuf operations[2] = { { 0, -1, IPC_NOWAIT }, { 1, 5, 0 } };
	struct {
		long type;
		char text[16];
	} message = { 7, "queued" };
	char *memory;

	memset(&set, 0xee, sizeof(set));
	printf("setall %s\n", outcome(semctl(id, 0, SETALL, values)));
	printf("stat %s", outcome(semctl(id, 0, IPC_STAT, &set)));
	printf(" %lu semaphores, mode %o, otime %ld, owner %d\n", (unsigned long)set.sem_nsems,
		set.sem_perm.mode, (long)set.sem_otime, set.sem_perm.uid == getuid());
	printf("changed %d\n", set.sem_ctime > 1600000000);
	printf("semop %s\n", outcome(semop(id, operations, 2)));
	semctl(id, 0, GETALL, values);
	printf("values %d %d %d %d\n", values[0], values[1], values[2], values[3]);
	printf("again %s\n", outcome(semop(id, operations, 2)));
	semctl(id, 0, IPC_STAT, &set);
	printf("otime set %d\n", set.sem_otime > 1600000000);
	set.sem_perm.mode = 0600;
	printf("set %s", outcome(semctl(id, 0, IPC_SET, &set)));
	semctl(id, 0, IPC_STAT, &set);
	printf(" mode %o\n", set.sem_perm.mode & 0777);
	printf("remove %s\n", outcome(semctl(id, 0, IPC_RMID)));

	shm = shmget(IPC_PRIVATE, 10000, 0600);
	memory = shmat(shm, NULL, 0);
	printf("shmat %d\n", memory != (void *)-1);
	strcpy(memory, "shared");
	shmctl(shm, IPC_STAT, &segment);
	printf("segment %zu attached %lu\n", segment.shm_segsz, (unsigned long)segment.shm_nattch);
	char *second = shmat(shm, NULL, SHM_RDONLY);
	printf("second %s\n", second);
	printf("detach %s\n", outcome(shmdt(memory)));
	printf("detach %s\n", outcome(shmdt(second)));
	printf("detach again %s\n", outcome(shmdt(second)));
	shmctl(shm, IPC_RMID, NULL);

	queue = msgget(IPC_PRIVATE, 0600);
	printf("msgsnd %s\n", outcome(msgsnd(queue, &message, sizeof(message.text), 0)));
	msgctl(queue, IPC_STAT, &messages);
	printf("messages %lu bytes %lu\n", (unsigned long)messages.msg_qnum,
		(unsigned long)messages.__msg_cbytes);
	memset(&message, 0, sizeof(message));
	printf("msgrcv %ld", (long)msgrcv(queue, &message, sizeof(message.text), 7, 0));
	printf(" %ld %s\n", message.type, message.text);
	printf("empty %s\n", outcome(msgrcv(queue, &message, 16, 0, IPC_NOWAIT)));
	msgctl(queue, IPC_RMID, NULL);
}

/* What /proc says of this process. */
static void
own_process(char **argv)
{
	char link[4096] = "", text[4096] = "", *line = NULL, *real = realpath(argv[0], NULL);
	struct stat by_link, by_name;
	size_t room = 0;
	int own_code = 0, own_stack = 0, foreign = 0, fd;
	FILE *maps;

	printf("exe %d\n", readlink("/proc/self/exe", link, sizeof(link) - 1) > 0 && real &&
				   !strcmp(link, real));
	stat("/proc/self/exe", &by_link);
	stat(argv[0], &by_name);
	printf("same file %d\n", by_link.st_ino == by_name.st_ino);
	fd = open("/proc/self", O_RDONLY | O_DIRECTORY);
	int exe = openat(fd, "exe", O_RDONLY);
	fstat(exe, &by_link);
	printf("by directory %d\n", by_link.st_ino == by_name.st_ino);
	close(exe);
	close(fd);
	fd = open("/proc/self/cmdline", O_RDONLY);
	ssize_t length = read(fd, text, sizeof(text) - 1);
	printf("cmdline %d %d\n", length == (ssize_t)strlen(argv[0]) + 1, !strcmp(text, argv[0]));
	close(fd);
	prctl(PR_SET_NAME, "new name");
	fd = open("/proc/self/comm", O_RDONLY);
	length = read(fd, text, sizeof(text) - 1);
	text[length > 0 ? length : 0] = '\0';
	printf("comm %s", text);
	close(fd);
	maps = fopen("/proc/self/maps", "r");
	while (maps && getline(&line, &room, maps) > 0) {
		unsigned long start, end;
		char permissions[5];

		if (sscanf(line, "%lx-%lx %4s", &start, &end, permissions) != 3)
			continue;
		if (start <= (unsigned long)own_process && (unsigned long)own_process < end)
			own_code = !strcmp(permissions, "r-xp") && real && strstr(line, real);
		if (start <= (unsigned long)&maps && (unsigned long)&maps < end)
			own_stack = !strcmp(permissions, "rw-p") && strstr(line, "[stack]");
		foreign |= strstr(line, "dragoman") && !strstr(argv[0], "dragoman");
	}
	printf("code %d stack %d foreign %d\n", own_code, own_stack, foreign);
	fclose(maps);
	free(line);
	free(real);
}

static void
limits_and_identity(void)
{
	struct rlimit limit = { 100, 200 }, got;
	struct utsname name;

	printf("setrlimit %s\n", outcome(setrlimit(RLIMIT_NOFILE, &limit)));
	getrlimit(RLIMIT_NOFILE, &got);
	printf("nofile %lu %lu\n", (unsigned long)got.rlim_cur, (unsigned long)got.rlim_max);
	printf("dup beyond %s\n", outcome(fcntl(0, F_DUPFD, 100)));
	printf("dup2 beyond %s\n", outcome(dup2(0, 150)));
	limit = (struct rlimit){ 1 << 30, RLIM_INFINITY };
	printf("address space %s\n", outcome(setrlimit(RLIMIT_AS, &limit)));
	getrlimit(RLIMIT_AS, &got);
	printf("as %lu %d\n", (unsigned long)got.rlim_cur, got.rlim_max == RLIM_INFINITY);
	void *small = mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *large = mmap(NULL, 2UL << 30, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	printf("small %d large %s\n", small != MAP_FAILED,
		large == MAP_FAILED ? outcome(-1) : "ok");
	fflush(stdout);
	if (fork() == 0) {
		execl("/proc/self/exe", "system_calls", "limit", NULL);
		_exit(1);
	}
	int ended = 0;
	wait(&ended);
	printf("ended with %d\n", ended);
	limit.rlim_cur = RLIM_INFINITY;
	printf("no limit %s\n", outcome(setrlimit(RLIMIT_AS, &limit)));
	uname(&name);
	printf("sysname %s\n", name.sysname);
	printf("pid %d ppid %d\n", getpid() == (int)syscall(SYS_gettid), getppid() > 0);
	umask(027);
	printf("umask %o\n", umask(022));
	printf("priority %d\n", getpriority(PRIO_PROCESS, 0));
	printf("no new privileges %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	printf("unknown prctl %s\n", outcome(prctl(123456, 0, 0, 0, 0)));
	printf("dumpable %d\n", prctl(PR_GET_DUMPABLE));
}

int
main(int argc, char **argv)
{
	struct rlimit limit;

	/* What a program is left with that one with a limit has executed. */
	if (argc > 1) {
		getrlimit(RLIMIT_AS, &limit);
		printf("inherited %lu\n", (unsigned long)limit.rlim_cur);
		return mmap(NULL, 2UL << 30, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
		       MAP_FAILED;
	}
	order_of_errors();
	open_flags();
	file_status();
	descriptors();
	terminals();
	system_v();
	own_process(argv);
	limits_and_identity();
	return 0;
}
