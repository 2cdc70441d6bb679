// SPDX-License-Identifier: Apache-2.0
//
// guest-timeout: 120
//
// Every system call with arguments that are wrong in many ways: which error comes first is the kernel's order of checks.
// Each row is carried out in a process of its own, without privileges and in a folder of its own, with every combination
// of the values that the letters of its arguments stand for. What is printed are the results in order, runs of equal
// ones as a count. Calls that only one of the processors has, and those that do not come back, are not in the table.

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALL(name, arguments)                \
	{                                    \
#name, SYS_##name, arguments \
	}
#define SHARED(name, number, arguments)  \
	{                                \
#name, number, arguments \
	}

static const struct row {
	const char *name;
	long number;
	const char *arguments; /* a letter each, see values_of */
} rows[] = {
	CALL(io_setup, "io"),
	CALL(io_destroy, "f"),
	CALL(io_submit, "flo"),
	CALL(io_cancel, "foo"),
	CALL(io_getevents, "flloo"),
	CALL(setxattr, "ssozf"),
	CALL(lsetxattr, "ssozf"),
	CALL(fsetxattr, "dsozf"),
	CALL(getxattr, "ssoz"),
	CALL(lgetxattr, "ssoz"),
	CALL(fgetxattr, "dsoz"),
	CALL(listxattr, "soz"),
	CALL(llistxattr, "soz"),
	CALL(flistxattr, "doz"),
	CALL(removexattr, "ss"),
	CALL(lremovexattr, "ss"),
	CALL(fremovexattr, "ds"),
	CALL(getcwd, "oz"),
	CALL(lookup_dcookie, "foz"),
	CALL(eventfd2, "if"),
	CALL(epoll_create1, "f"),
	CALL(epoll_ctl, "dfdo"),
	CALL(epoll_pwait, "doi0oz"),
	CALL(dup, "d"),
	CALL(dup3, "dmf"),
	CALL(fcntl, "dkF"),
	CALL(inotify_init1, "f"),
	CALL(inotify_add_watch, "dsf"),
	CALL(inotify_rm_watch, "di"),
	CALL(ioprio_set, "iii"),
	CALL(ioprio_get, "ii"),
	CALL(flock, "df"),
	CALL(mknodat, "Dsii"),
	CALL(mkdirat, "Dsi"),
	CALL(unlinkat, "Dsf"),
	CALL(symlinkat, "sDs"),
	CALL(linkat, "DsDsf"),
	CALL(renameat, "DsDs"),
	CALL(umount2, "sf"),
	CALL(mount, "sssfo"),
	CALL(pivot_root, "ss"),
	CALL(nfsservctl, "iff"),
	CALL(statfs, "so"),
	CALL(fstatfs, "do"),
	CALL(truncate, "sl"),
	CALL(ftruncate, "dl"),
	CALL(fallocate, "dfll"),
	CALL(faccessat, "Dsf"),
	CALL(chdir, "s"),
	CALL(fchdir, "d"),
	CALL(chroot, "s"),
	CALL(fchmod, "di"),
	CALL(fchmodat, "Dsi"),
	CALL(fchownat, "Dsiif"),
	CALL(fchown, "dii"),
	CALL(openat, "Dsfi"),
	CALL(close, "m"),
	CALL(vhangup, ""),
	CALL(pipe2, "of"),
	CALL(quotactl, "fsio"),
	CALL(getdents64, "doz"),
	CALL(lseek, "dlf"),
	CALL(read, "doz"),
	CALL(write, "doz"),
	CALL(readv, "dol"),
	CALL(writev, "dol"),
	CALL(pread64, "dozl"),
	CALL(pwrite64, "dozl"),
	CALL(preadv, "dolll"),
	CALL(pwritev, "dolll"),
	CALL(sendfile, "ddoz"),
	CALL(pselect6, "ioooZo"),
	CALL(ppoll, "oiZoz"),
	CALL(signalfd4, "iozf"),
	CALL(vmsplice, "dolf"),
	CALL(splice, "dodozf"),
	CALL(tee, "ddzf"),
	CALL(readlinkat, "Dsoi"),
	CALL(newfstatat, "Dsof"),
	CALL(fstat, "do"),
	CALL(fsync, "d"),
	CALL(fdatasync, "d"),
	CALL(sync_file_range, "dllf"),
	CALL(timerfd_create, "ff"),
	CALL(timerfd_settime, "dfoo"),
	CALL(timerfd_gettime, "do"),
	CALL(utimensat, "Dsof"),
	CALL(acct, "s"),
	CALL(capget, "oo"),
	CALL(capset, "oo"),
	CALL(personality, "f"),
	CALL(waitid, "fiofo"),
	CALL(set_tid_address, "A"),
	CALL(unshare, "f"),
	CALL(futex, "xqioxi"),
	CALL(futex, "A1i00i"),
	CALL(set_robust_list, "Az"),
	CALL(get_robust_list, "ioo"),
	CALL(nanosleep, "oo"),
	CALL(getitimer, "fo"),
	CALL(setitimer, "foo"),
	CALL(kexec_load, "fzof"),
	CALL(init_module, "ozs"),
	CALL(delete_module, "sf"),
	CALL(timer_create, "foo"),
	CALL(timer_gettime, "io"),
	CALL(timer_getoverrun, "i"),
	CALL(timer_settime, "ifoo"),
	CALL(timer_delete, "i"),
	CALL(clock_settime, "fo"),
	CALL(clock_gettime, "fo"),
	CALL(clock_getres, "fo"),
	CALL(clock_nanosleep, "ffoo"),
	CALL(syslog, "ioi"),
	CALL(sched_setparam, "io"),
	CALL(sched_setscheduler, "ifo"),
	CALL(sched_getscheduler, "i"),
	CALL(sched_getparam, "io"),
	CALL(sched_setaffinity, "izo"),
	CALL(sched_getaffinity, "izo"),
	CALL(sched_yield, ""),
	CALL(sched_get_priority_max, "f"),
	CALL(sched_get_priority_min, "f"),
	CALL(sched_rr_get_interval, "io"),
	CALL(restart_syscall, ""),
	CALL(kill, "Pi"),
	CALL(tkill, "Pi"),
	CALL(tgkill, "PPi"),
	CALL(sigaltstack, "oo"),
	CALL(rt_sigsuspend, "xz"),
	CALL(rt_sigaction, "iooz"),
	CALL(rt_sigprocmask, "fooz"),
	CALL(rt_sigpending, "oz"),
	CALL(rt_sigtimedwait, "ooZz"),
	CALL(rt_sigqueueinfo, "Pio"),
	CALL(setpriority, "iii"),
	CALL(getpriority, "ii"),
	CALL(reboot, "fffo"),
	CALL(setregid, "ii"),
	CALL(setgid, "i"),
	CALL(setreuid, "ii"),
	CALL(setuid, "i"),
	CALL(setresuid, "iii"),
	CALL(getresuid, "ooo"),
	CALL(setresgid, "iii"),
	CALL(getresgid, "ooo"),
	CALL(setfsuid, "i"),
	CALL(setfsgid, "i"),
	CALL(times, "o"),
	CALL(setpgid, "ii"),
	CALL(getpgid, "i"),
	CALL(getsid, "i"),
	CALL(setsid, ""),
	CALL(getgroups, "io"),
	CALL(setgroups, "io"),
	CALL(uname, "o"),
	CALL(sethostname, "oi"),
	CALL(setdomainname, "oi"),
	CALL(getrlimit, "ro"),
	CALL(setrlimit, "ro"),
	CALL(getrusage, "fo"),
	CALL(umask, "i"),
	CALL(prctl, "pFFFF"),
	CALL(getcpu, "ooA"),
	CALL(gettimeofday, "oo"),
	CALL(settimeofday, "oo"),
	CALL(adjtimex, "o"),
	CALL(getpid, ""),
	CALL(getppid, ""),
	CALL(getuid, ""),
	CALL(geteuid, ""),
	CALL(getgid, ""),
	CALL(getegid, ""),
	CALL(gettid, ""),
	CALL(sysinfo, "o"),
	CALL(mq_open, "s0io"),
	CALL(mq_unlink, "s"),
	CALL(mq_timedsend, "doziZ"),
	CALL(mq_timedreceive, "dozoZ"),
	CALL(mq_notify, "do"),
	CALL(mq_getsetattr, "doo"),
	CALL(msgget, "K0"),
	CALL(msgctl, "Pfo"),
	CALL(msgrcv, "Pozl0"),
	CALL(msgsnd, "Poz0"),
	CALL(semget, "Ki0"),
	CALL(semctl, "PifF"),
	CALL(semtimedop, "PoiZ"),
	CALL(semop, "Poi"),
	CALL(shmget, "Kz0"),
	CALL(shmctl, "Pfo"),
	CALL(shmat, "PAf"),
	CALL(shmdt, "A"),
	CALL(socket, "ffi"),
	CALL(socketpair, "ffio"),
	CALL(bind, "doi"),
	CALL(listen, "di"),
	CALL(accept, "doo"),
	CALL(connect, "doi"),
	CALL(getsockname, "doo"),
	CALL(getpeername, "doo"),
	CALL(sendto, "dozfoi"),
	CALL(recvfrom, "dozfoo"),
	CALL(setsockopt, "dfioi"),
	CALL(getsockopt, "dfioo"),
	CALL(shutdown, "df"),
	CALL(sendmsg, "dof"),
	CALL(recvmsg, "dof"),
	CALL(readahead, "dlz"),
	CALL(brk, "A"),
	CALL(munmap, "Az"),
	CALL(mremap, "AzzfA"),
	CALL(add_key, "ssozi"),
	CALL(request_key, "sssi"),
	CALL(keyctl, "fffff"),
	CALL(clone, "c0000"),
	CALL(execve, "sss"),
	CALL(mmap, "AzwMd0"),
	CALL(fadvise64, "dllf"),
	CALL(swapon, "sf"),
	CALL(swapoff, "s"),
	CALL(mprotect, "Azf"),
	CALL(msync, "Azf"),
	CALL(mlock, "Az"),
	CALL(munlock, "Az"),
	CALL(mlockall, "f"),
	CALL(munlockall, ""),
	CALL(mincore, "Azo"),
	CALL(madvise, "Azf"),
	CALL(remap_file_pages, "Azfzf"),
	CALL(mbind, "Aziozi"),
	CALL(get_mempolicy, "oozAf"),
	CALL(set_mempolicy, "ioz"),
	CALL(migrate_pages, "izoo"),
	CALL(move_pages, "izooof"),
	CALL(rt_tgsigqueueinfo, "PPio"),
	CALL(perf_event_open, "oiiif"),
	CALL(accept4, "doof"),
	CALL(recvmmsg, "doifZ"),
	CALL(wait4, "iofo"),
	CALL(prlimit64, "iroo"),
	CALL(fanotify_init, "ff"),
	CALL(fanotify_mark, "dffDs"),
	CALL(name_to_handle_at, "Dsoof"),
	CALL(open_by_handle_at, "Dof"),
	CALL(clock_adjtime, "fo"),
	CALL(syncfs, "d"),
	CALL(setns, "df"),
	CALL(sendmmsg, "doif"),
	CALL(process_vm_readv, "iololf"),
	CALL(process_vm_writev, "iololf"),
	CALL(kcmp, "iiiff"),
	CALL(finit_module, "dsf"),
	CALL(sched_setattr, "iof"),
	CALL(sched_getattr, "ioif"),
	CALL(renameat2, "DsDsf"),
	CALL(seccomp, "qff"),
	CALL(getrandom, "oyf"),
	CALL(memfd_create, "sf"),
	CALL(bpf, "ioi"),
	CALL(execveat, "Dsssf"),
	CALL(userfaultfd, "f"),
	CALL(membarrier, "ffi"),
	CALL(mlock2, "Azf"),
	CALL(copy_file_range, "dodozf"),
	CALL(preadv2, "dolllf"),
	CALL(pwritev2, "dolllf"),
	CALL(pkey_mprotect, "Azfm"),
	CALL(statx, "Dsffo"),
	CALL(io_pgetevents, "flloZo"),
	CALL(kexec_file_load, "ddzof"),
	SHARED(pidfd_send_signal, 424, "diof"),
	SHARED(io_uring_setup, 425, "io"),
	SHARED(io_uring_enter, 426, "diifoz"),
	SHARED(io_uring_register, 427, "iioi"),
	SHARED(open_tree, 428, "Dsf"),
	SHARED(move_mount, 429, "DsDsf"),
	SHARED(fsopen, 430, "sf"),
	SHARED(fsconfig, 431, "disoi"),
	SHARED(fsmount, 432, "dff"),
	SHARED(fspick, 433, "Dsf"),
	SHARED(pidfd_open, 434, "if"),
	SHARED(clone3, 435, "xz"),
	SHARED(close_range, 436, "iif"),
	SHARED(openat2, 437, "Dsoz"),
	SHARED(pidfd_getfd, 438, "dif"),
	SHARED(faccessat2, 439, "Dsff"),
	SHARED(process_madvise, 440, "dozff"),
	SHARED(epoll_pwait2, 441, "doiZoz"),
	SHARED(mount_setattr, 442, "Dsfoz"),
	SHARED(quotactl_fd, 443, "dfio"),
	SHARED(landlock_create_ruleset, 444, "ozf"),
	SHARED(landlock_add_rule, 445, "diof"),
	SHARED(landlock_restrict_self, 446, "df"),
	SHARED(memfd_secret, 447, "f"),
	SHARED(process_mrelease, 448, "df"),
	SHARED(futex_waitv, 449, "oifZf"),
	SHARED(set_mempolicy_home_node, 450, "Azzf"),
	SHARED(cachestat, 451, "doof"),
	SHARED(fchmodat2, 452, "Dsif"),
	SHARED(futex_wake, 454, "Afif"),
	SHARED(futex_wait, 455, "AfffZf"),
	SHARED(futex_requeue, 456, "ofii"),
	SHARED(statmount, 457, "oozf"),
	SHARED(listmount, 458, "oozf"),
	SHARED(lsm_get_self_attr, 459, "ioof"),
	SHARED(lsm_set_self_attr, 460, "ioif"),
	SHARED(lsm_list_modules, 461, "oof"),
	SHARED(mseal, 462, "Azf"),
};

enum { BUFFER = 1 << 16, TEXT = 1 << 20, NOBODY = 65534 };

/* No process has anything at the first; the second is above any address that a process can have. */
#define BAD     ((uint64_t)-4096)
#define BEYOND  (UINT64_C(1) << 52)
#define NOTHING UINT64_C(0x6ff000001000)

/* At the same address everywhere: some calls take it for a number. */
static char *const buffer = (char *)0x10000000;
static char empty[1], missing[5], plain[5];
static uint64_t file_fd, pipe_fd, socket_fd, folder_fd, page;
static int first_free;

struct values {
	unsigned count;
	uint64_t value[48];
};

#define LIST(...)                                        \
	(struct values)                                  \
	{                                                \
		sizeof((uint64_t[]){ __VA_ARGS__ }) / 8, \
		{                                        \
			__VA_ARGS__                      \
		}                                        \
	}

/* The values that an argument takes. */
static struct values
values_of(char letter)
{
	struct values some = { 0 };

	switch (letter) {
	case '0': return LIST(0);
	case '1': return LIST(1);
	case 'd': return LIST(-1ull, file_fd, pipe_fd, socket_fd);
	case 'D': return LIST(-1ull, (uint64_t)AT_FDCWD, file_fd, folder_fd);
	case 'm': return LIST(-1ull, 9999);
	case 's': return LIST(0, BAD, NOTHING, (uint64_t)empty, (uint64_t)missing, (uint64_t)plain);
	case 'o': return LIST(0, BAD, NOTHING, (uint64_t)buffer);
	case 'Z': return LIST(BAD, NOTHING, (uint64_t)buffer);
	case 'x': return LIST(0, BAD, NOTHING);
	case 'i': return LIST(0, -1ull, 1, 0x7fffffff);
	case 'l': return LIST(0, -1ull, 1, 4096);
	case 'z': return LIST(0, 8, 4096, -1ull);
	case 'y': return LIST(0, 8, 4096);
	case 'f': return LIST(0, -1ull, 0x40000000, 0x10);
	case 'F': return LIST(0, -1ull, BAD, (uint64_t)buffer);
	case 'q': return LIST(99, 0x7fff, -1ull);
	case 'P': return LIST(0x7ffffff0, 0x80000010);
	case 'c': return LIST(0x10000, 0x800, 0x20200, 0x90000);
	case 'A': return LIST(0, 1, 0x1000, BAD, BEYOND, page, page + 1);
	case 'M':
		return LIST(0, MAP_PRIVATE | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS, MAP_PRIVATE,
			MAP_SHARED, MAP_SHARED_VALIDATE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE);
	case 'w': return LIST(PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, 0x40000000);
	case 'K': return LIST(0x7ead0001);
	case 'r': return LIST(RLIMIT_NOFILE, 77, -1ull);
	case 'k':
		return LIST(F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW,
			F_GETOWN, F_SETSIG, F_GETSIG, F_SETOWN_EX, F_GETOWN_EX, 17, F_OFD_GETLK,
			F_OFD_SETLK, F_OFD_SETLKW, F_SETLEASE, F_GETLEASE, F_NOTIFY,
			F_DUPFD_CLOEXEC, F_SETPIPE_SZ, F_GETPIPE_SZ, F_ADD_SEALS, F_GET_SEALS,
			F_GET_RW_HINT, F_SET_RW_HINT, F_GET_FILE_RW_HINT, F_SET_FILE_RW_HINT, 99,
			-1ull);
	case 'p':
		return LIST(1, 2, 3, 4, 7, 8, 13, 14, 15, 16, 21, 23, 24, 27, 28, 29, 30, 31, 32,
			33, 34, 36, 37, 38, 39, 40, 41, 42, 47, 48, 57, 58, 64, 68, 100000,
			0x4d4d4d4d, -1ull);
	default: abort();
	}
	return some;
}

/* The results so far; shared with the parent. */
static char *text;
static size_t length;
static int last_error = -1;
static unsigned repeated;

static void
flush_result(void)
{
	if (repeated == 0)
		return;
	length += (size_t)snprintf(
		text + length, 64, " %s", last_error ? strerrorname_np(last_error) : "ok");
	if (repeated > 1)
		length += (size_t)snprintf(text + length, 64, "*%u", repeated);
	repeated = 0;
}

static void
add_result(int error)
{
	if (error != last_error)
		flush_result();
	last_error = error;
	repeated++;
}

static void
call_with_all(const struct row *row, size_t position, uint64_t argument[6])
{
	if (row->arguments[position] != '\0') {
		struct values values = values_of(row->arguments[position]);

		for (unsigned i = 0; i < values.count; i++) {
			argument[position] = values.value[i];
			call_with_all(row, position + 1, argument);
		}
		return;
	}
	memset(buffer, 0, 512);
	long result = syscall(row->number, argument[0], argument[1], argument[2], argument[3],
		argument[4], argument[5]);

	/* getpriority apart, no call gives a negative number that is no error. */
	add_result(result == -1 && errno != 0 ? errno : 0);
	if (getenv("ERRORS_VERBOSE"))
		fprintf(stderr, "%s(%llx, %llx, %llx, %llx, %llx, %llx) = %d\n", row->name,
			(long long)argument[0], (long long)argument[1], (long long)argument[2],
			(long long)argument[3], (long long)argument[4], (long long)argument[5],
			last_error);
	errno = 0;
	if (result >= first_free && result < 100)
		syscall(SYS_close_range, first_free, ~0u, 0);
}

/* The child: everything that the letters name, and no privileges. */
static void
prepare(void)
{
	int pipes[2], sockets[2];

	strcpy(missing, "none");
	strcpy(plain, "file");
	file_fd = (uint64_t)open("file", O_RDWR | O_CREAT, 0666);
	(void)!write((int)file_fd, "content", 7);
	if (pipe2(pipes, O_NONBLOCK) || socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, sockets))
		_exit(1);
	pipe_fd = (uint64_t)pipes[0];
	socket_fd = (uint64_t)sockets[0];
	folder_fd = (uint64_t)open(".", O_RDONLY | O_DIRECTORY);
	first_free = (int)folder_fd + 1;
	page = (uint64_t)mmap(
		NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (getuid() == 0 && (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
				     setresuid(NOBODY, NOBODY, NOBODY)))
		_exit(1);
	alarm(20);
	errno = 0;
}

static void
run(const struct row *row)
{
	char folder[32];
	uint64_t argument[6] = { 0 };
	int status = -1;
	pid_t child;

	snprintf(folder, sizeof(folder), "row-%zu", (size_t)(row - rows));
	mkdir(folder, 0777);
	chmod(folder, 0777);
	memset(text, 0, 64);
	child = fork();
	if (child == 0) {
		if (chdir(folder))
			_exit(1);
		prepare();
		call_with_all(row, 0, argument);
		flush_result();
		_exit(0);
	}
	waitpid(child, &status, 0);
	printf("%s:%s%s\n", row->name, text, status ? " DIED" : "");
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	if (mmap(buffer, BUFFER, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != buffer)
		return 1;
	text = mmap(NULL, TEXT, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	umask(0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (argc < 2 || strcmp(argv[1], rows[i].name) == 0)
			run(&rows[i]);
	}
	return 0;
}
