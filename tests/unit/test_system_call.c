// SPDX-License-Identifier: Apache-2.0
// Whole system calls, from x8 and x0..x5 to x0, made by a thread that only has registers. Addresses are those of a
// mapping in the guest's range.

#include "frontend/a64/state.h"
#include "loader/loader.h"
#include "runtime/guest_memory.h"
#include "syscalls/fd_guard.h"
#include "syscalls/path.h"
#include "syscalls/strace.h"
#include "syscalls/strace_output.h"
#include "syscalls/system_call.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum number {
	NR_epoll_create1 = 20,
	NR_epoll_ctl = 21,
	NR_epoll_pwait = 22,
	NR_dup3 = 24,
	NR_fcntl = 25,
	NR_ioctl = 29,
	NR_openat = 56,
	NR_close = 57,
	NR_pipe2 = 59,
	NR_read = 63,
	NR_write = 64,
	NR_writev = 66,
	NR_pselect6 = 72,
	NR_ppoll = 73,
	NR_readlinkat = 78,
	NR_newfstatat = 79,
	NR_fstat = 80,
	NR_personality = 92,
	NR_nanosleep = 101,
	NR_clock_gettime = 113,
	NR_uname = 160,
	NR_getpid = 172,
	NR_semget = 190,
	NR_semctl = 191,
	NR_socketpair = 199,
	NR_sendmsg = 211,
	NR_recvmsg = 212,
	NR_mmap = 222,
	NR_sendmmsg = 269,
	NR_getcwd = 17,
	NR_getdents64 = 61,
	NR_sched_setaffinity = 122,
	NR_umask = 166,
	NR_setsockopt = 208,
	NR_pkey_alloc = 289,
	NR_close_range = 436,
	NR_openat2 = 437,
};

/* Guest memory of the tests: [BASE, BASE + SIZE), with nothing behind it. */
#define BASE UINT64_C(0x30000000)
#define SIZE 0x4000

#define A64_O_DIRECTORY 040000
#define A64_O_NOFOLLOW  0100000
#define A64_O_DIRECT    0200000
#define A64_O_LARGEFILE 0400000

static struct guest_thread thread __attribute__((aligned(64)));
static struct signal_actions actions;
static struct run_options options = {
	.sysroot_fd = -1, .log_fd = 2, .self_fd = -1, .cache_fd = -1, .cache_system_fd = -1
};
static struct loaded_program program = { .exe_fd = -1 };
static uint8_t *const memory = (uint8_t *)BASE;

static void
set_up(void)
{
	void *place = mmap((void *)BASE, SIZE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	cr_assert_eq(place, (void *)BASE);
	guest_memory_init(); /* this test's own program lies in the guest's range: that is fine here */
	thread.signals.actions = &actions;
	thread.tid = getpid();
	guest_options = &options;
	guest_program = &program;
}

/* Makes a call with up to six arguments and gives x0. */
static int64_t
call_with(unsigned number, const uint64_t argument[6])
{
	struct a64_state *state = a64_state(&thread.cpu);

	memcpy(state->x, argument, 6 * sizeof(argument[0]));
	state->x[8] = number;
	system_call(&thread);
	return (int64_t)state->x[0];
}

#define CALL(number, ...) call_with(number, (const uint64_t[6]){ __VA_ARGS__ })
#define AT_CWD            ((uint64_t)AT_FDCWD)

/* Puts a string at an offset of guest memory and gives its guest address. */
static uint64_t
put(size_t offset, const char *text)
{
	memcpy(memory + offset, text, strlen(text) + 1);
	return BASE + offset;
}

TestSuite(system_call, .init = set_up);

Test(system_call, number_is_in_w8)
{
	struct a64_state *state = a64_state(&thread.cpu);

	cr_assert_eq(CALL(NR_getpid), getpid());
	state->x[8] = UINT64_C(0xffffffff00000000) | NR_getpid;
	system_call(&thread);
	cr_assert_eq(state->x[0], (uint64_t)getpid());
}

Test(system_call, unknown_numbers_are_enosys)
{
	static const unsigned numbers[] = { 42, 18, 244, 259, 295, 423, 463, 5000, 0xffffffff };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		cr_expect_eq(CALL(numbers[i]), -ENOSYS, "%u", numbers[i]);
}

Test(system_call, refused_calls_give_their_errno)
{
	cr_assert_eq(CALL(NR_pkey_alloc, 0, 0), -ENOSPC);
}

Test(system_call, bytes_pass_through)
{
	int *fds = (int *)(memory + 0x100);

	cr_assert_eq(CALL(NR_pipe2, BASE + 0x100, O_CLOEXEC), 0);
	cr_assert_eq(CALL(NR_write, (uint64_t)fds[1], put(0, "hello"), 5), 5);
	cr_assert_eq(CALL(NR_read, (uint64_t)fds[0], BASE + 0x200, 100), 5);
	cr_assert_eq(memcmp(memory + 0x200, "hello", 5), 0);
}

Test(system_call, pipe_takes_arm64s_o_direct)
{
	int *fds = (int *)(memory + 0x100);

	cr_assert_eq(CALL(NR_pipe2, BASE + 0x100, A64_O_DIRECT), 0);
	cr_assert(fcntl(fds[1], F_GETFL) & O_DIRECT);
	cr_assert_eq(CALL(NR_pipe2, BASE + 0x100, A64_O_DIRECTORY), -EINVAL);
}

/* The translator's memory is not there for the guest, in the kernel's order of checks. */
Test(system_call, addresses_beyond_the_guest_fault)
{
	char host_buffer[8] = "secret";
	int *fds = (int *)(memory + 0x100);
	struct iovec *vector = (struct iovec *)(memory + 0x300);
	uint64_t host = (uint64_t)host_buffer;

	cr_assert_geq(host, GUEST_ADDRESS_END);
	cr_assert_eq(CALL(NR_pipe2, BASE + 0x100, 0), 0);
	cr_assert_eq(CALL(NR_write, (uint64_t)fds[1], host, 6), -EFAULT);
	cr_assert_eq(CALL(NR_write, (uint64_t)fds[1], UINT64_MAX - 10, 6), -EFAULT);
	cr_assert_eq(CALL(NR_write, UINT64_MAX, host, 6), -EBADF);
	cr_assert_eq(CALL(NR_clock_gettime, 1, host), -EFAULT);
	cr_assert_eq(CALL(NR_clock_gettime, 999, host), -EINVAL);
	cr_assert_eq(CALL(NR_openat, AT_CWD, host, 0, 0), -EFAULT);
	cr_assert_eq(CALL(NR_fstat, 0, host), -EFAULT);
	cr_assert_eq(CALL(NR_ioctl, (uint64_t)fds[0], 0x541b, host), -EFAULT);

	vector[0] = (struct iovec){ memory, 1 };
	vector[1] = (struct iovec){ host_buffer, 6 };
	cr_assert_eq(CALL(NR_writev, (uint64_t)fds[1], BASE + 0x300, 2), -EFAULT);
	cr_assert_eq(CALL(NR_writev, UINT64_MAX, BASE + 0x300, 2), -EBADF);
	cr_assert_eq(CALL(NR_writev, (uint64_t)fds[1], BASE + 0x300, 1), 1);
	cr_assert_eq(CALL(NR_writev, (uint64_t)fds[1], BASE + 0x300, 1025), -EINVAL);
}

Test(system_call, messages_are_looked_into)
{
	char host_buffer[8] = "secret";
	int *fds = (int *)(memory + 0x100);
	struct mmsghdr *messages = (struct mmsghdr *)(memory + 0x200);
	struct iovec *vector = (struct iovec *)(memory + 0x300);

	cr_assert_eq(CALL(NR_socketpair, AF_UNIX, SOCK_DGRAM, 0, BASE + 0x100), 0);
	vector[0] = (struct iovec){ memory, 3 };
	vector[1] = (struct iovec){ host_buffer, 6 };
	messages[0].msg_hdr.msg_iov = &vector[0];
	messages[0].msg_hdr.msg_iovlen = 1;
	messages[1].msg_hdr.msg_iov = &vector[1];
	messages[1].msg_hdr.msg_iovlen = 1;
	cr_assert_eq(CALL(NR_sendmsg, (uint64_t)fds[0], BASE + 0x200, 0), 3);
	cr_assert_eq(CALL(NR_sendmsg, (uint64_t)fds[0], BASE + 0x200 + 64, 0), -EFAULT);
	/* The first goes out, as with the kernel. */
	cr_assert_eq(CALL(NR_sendmmsg, (uint64_t)fds[0], BASE + 0x200, 2, 0), 1);
	cr_assert_eq(CALL(NR_sendmmsg, (uint64_t)fds[0], BASE + 0x240, 1, 0), -EFAULT, "%lld",
		(long long)a64_state(&thread.cpu)->x[0]);
	messages[0].msg_hdr.msg_control = host_buffer;
	cr_assert_eq(CALL(NR_recvmsg, (uint64_t)fds[1], BASE + 0x200, 0), -EFAULT);
	messages[0].msg_hdr.msg_control = NULL;
	cr_assert_eq(CALL(NR_recvmsg, (uint64_t)fds[1], BASE + 0x200, MSG_DONTWAIT), 3);
	cr_assert_eq(CALL(NR_recvmsg, (uint64_t)fds[1], BASE + 0x200, MSG_DONTWAIT), 3);
	cr_assert_eq(CALL(NR_recvmsg, (uint64_t)fds[1], BASE + 0x200, MSG_DONTWAIT), -EAGAIN);
}

Test(system_call, open_flags_are_arm64s)
{
	int64_t fd;

	cr_assert_eq(CALL(NR_openat, AT_CWD, put(0, "/etc/passwd"), A64_O_DIRECTORY, 0), -ENOTDIR);
	cr_assert_eq(CALL(NR_openat, AT_CWD, put(0, "/proc/self/cwd"), A64_O_NOFOLLOW, 0), -ELOOP);
	fd = CALL(NR_openat, AT_CWD, put(0, "/tmp"), A64_O_DIRECTORY, 0);
	cr_assert_geq(fd, 0);
	cr_assert_eq(CALL(NR_fcntl, (uint64_t)fd, F_GETFL, 0), A64_O_DIRECTORY | A64_O_LARGEFILE);
}

Test(system_call, openat2_flags_are_arm64s)
{
	uint64_t *how = (uint64_t *)(memory + 0x100);

	how[0] = A64_O_DIRECTORY;
	cr_assert_eq(CALL(NR_openat2, AT_CWD, put(0, "/etc/passwd"), BASE + 0x100, 24), -ENOTDIR);
	cr_assert_eq(CALL(NR_openat2, AT_CWD, BASE, BASE + 0x100, 23), -EINVAL);
	how[3] = 1; /* a field of a later kernel */
	cr_assert_eq(CALL(NR_openat2, AT_CWD, BASE, BASE + 0x100, 32), -E2BIG);
	cr_assert_eq(CALL(NR_openat2, AT_CWD, BASE, BASE + 0x100, 5000), -E2BIG);
}

Test(system_call, stat_has_arm64s_layout)
{
	char name[] = "/tmp/dragoman-test-XXXXXX";
	int fd = mkstemp(name);
	struct stat host;
	uint64_t size, inode;
	uint32_t mode;

	cr_assert_eq(ftruncate(fd, 123456789), 0);
	cr_assert_eq(fstat(fd, &host), 0);
	cr_assert_eq(CALL(NR_fstat, (uint64_t)fd, BASE + 0x100), 0);
	memcpy(&inode, memory + 0x100 + 8, 8);
	memcpy(&mode, memory + 0x100 + 16, 4);
	memcpy(&size, memory + 0x100 + 48, 8);
	cr_assert_eq(inode, host.st_ino);
	cr_assert_eq(mode, host.st_mode);
	cr_assert_eq(size, 123456789);
	memset(memory + 0x100, 0xee, 256);
	cr_assert_eq(CALL(NR_newfstatat, AT_CWD, put(0, name), BASE + 0x100, 0), 0);
	memcpy(&size, memory + 0x100 + 48, 8);
	cr_assert_eq(size, 123456789);
	cr_assert_eq(memory[0x100 + 128], 0xee, "no more than 128 bytes are written");
	unlink(name);
}

Test(system_call, own_descriptors_are_hidden)
{
	int hidden = fcntl(0, F_DUPFD, 500);
	int other = fcntl(0, F_DUPFD, 600);

	cr_assert_geq(hidden, 500);
	fd_guard_add(hidden);
	cr_assert_eq(CALL(NR_fstat, (uint64_t)hidden, BASE), -EBADF);
	cr_assert_eq(CALL(NR_fcntl, (uint64_t)hidden, F_GETFD, 0), -EBADF);
	cr_assert_eq(CALL(NR_dup3, 0, (uint64_t)hidden, 0), -EBADF);
	cr_assert_eq(CALL(NR_close, (uint64_t)hidden), -EBADF);
	cr_assert_eq(CALL(NR_mmap, 0, 4096, PROT_READ, MAP_PRIVATE, (uint64_t)hidden, 0), -EBADF);
	cr_assert_eq(CALL(NR_close_range, 450, 0xffffffff, 0), 0);
	cr_assert_geq(fcntl(hidden, F_GETFD), 0);
	cr_assert_eq(fcntl(other, F_GETFD), -1);
	cr_assert_eq(CALL(NR_close_range, 9, 8, 0), -EINVAL);
}

Test(system_call, epoll_events_are_not_packed)
{
	int *fds = (int *)(memory + 0x100);
	uint64_t data;
	uint32_t events;
	int64_t epoll;

	cr_assert_eq(CALL(NR_pipe2, BASE + 0x100, 0), 0);
	epoll = CALL(NR_epoll_create1, EPOLL_CLOEXEC);
	cr_assert_geq(epoll, 0);
	events = EPOLLIN;
	data = 0x1122334455667788;
	memcpy(memory + 0x200, &events, 4);
	memcpy(memory + 0x208, &data, 8);
	cr_assert_eq(
		CALL(NR_epoll_ctl, (uint64_t)epoll, EPOLL_CTL_ADD, (uint64_t)fds[0], BASE + 0x200),
		0);
	cr_assert_eq(CALL(NR_epoll_pwait, (uint64_t)epoll, BASE + 0x300, 10, 0, 0, 8), 0);
	cr_assert_eq(write(fds[1], "x", 1), 1);
	cr_assert_eq(CALL(NR_epoll_pwait, (uint64_t)epoll, BASE + 0x300, 10, 100, 0, 8), 1);
	data = 0;
	memcpy(&events, memory + 0x300, 4);
	memcpy(&data, memory + 0x308, 8);
	cr_assert_eq(events, EPOLLIN);
	cr_assert_eq(data, 0x1122334455667788);
	cr_assert_eq(CALL(NR_epoll_pwait, (uint64_t)epoll, BASE + 0x300, 0, 0, 0, 8), -EINVAL);
	cr_assert_eq(CALL(NR_epoll_pwait, (uint64_t)epoll, BASE + 0x300, 10, 0, BASE, 4), -EINVAL);
	cr_assert_eq(CALL(NR_epoll_pwait, (uint64_t)epoll, UINT64_MAX - 100, 10, 0, 0, 8), -EFAULT);
	cr_assert_eq(CALL(NR_epoll_ctl, (uint64_t)epoll, EPOLL_CTL_DEL, (uint64_t)fds[0], 0), 0);
}

Test(system_call, waiting_with_a_mask_and_a_timeout)
{
	struct pollfd *poll = (struct pollfd *)(memory + 0x100);
	int *fds = (int *)(memory + 0x80);
	uint64_t *timeout = (uint64_t *)(memory + 0x200);
	uint64_t *mask = (uint64_t *)(memory + 0x300);
	uint64_t *last = (uint64_t *)(memory + 0x400);
	uint64_t *set = (uint64_t *)(memory + 0x500);

	cr_assert_eq(CALL(NR_pipe2, BASE + 0x80, 0), 0);
	poll->fd = fds[0];
	poll->events = 1;
	timeout[0] = 0;
	timeout[1] = 1000;
	mask[0] = 1 << 9;
	cr_assert_eq(CALL(NR_ppoll, BASE + 0x100, 1, BASE + 0x200, BASE + 0x300, 8), 0);
	cr_assert_eq(CALL(NR_ppoll, BASE + 0x100, 1, BASE + 0x200, BASE + 0x300, 16), -EINVAL);
	last[0] = BASE + 0x300;
	last[1] = 8;
	set[0] = UINT64_C(1) << fds[0];
	cr_assert_eq(CALL(NR_pselect6, (uint64_t)fds[0] + 1, BASE + 0x500, 0, 0, BASE + 0x200,
			     BASE + 0x400),
		0);
	cr_assert_eq(set[0], 0);
	set[0] = UINT64_C(1) << fds[1];
	cr_assert_eq(CALL(NR_pselect6, (uint64_t)fds[1] + 1, 0, BASE + 0x500, 0, 0, 0), 1);
	cr_assert_eq(set[0], UINT64_C(1) << fds[1]);
}

Test(system_call, sleeping)
{
	uint64_t *request = (uint64_t *)memory;

	request[0] = 0;
	request[1] = 1000000;
	cr_assert_eq(CALL(NR_nanosleep, BASE, 0), 0);
	request[1] = 1000000000;
	cr_assert_eq(CALL(NR_nanosleep, BASE, 0), -EINVAL);
	cr_assert_eq(CALL(NR_nanosleep, 0, 0), -EFAULT);
}

Test(system_call, the_machine_is_aarch64)
{
	options.uname_release = "9.8.7";
	cr_assert_eq(CALL(NR_uname, BASE), 0);
	cr_assert_str_eq((char *)memory, "Linux");
	cr_assert_str_eq((char *)memory + 130, "9.8.7");
	cr_assert_str_eq((char *)memory + 260, "aarch64");
	cr_assert_eq(CALL(NR_personality, PER_LINUX32), -EINVAL);
}

Test(system_call, personality_keeps_what_would_hurt_the_translator)
{
	int64_t before = CALL(NR_personality, 0xffffffff);

	cr_assert_eq(CALL(NR_personality, ADDR_COMPAT_LAYOUT | ADDR_NO_RANDOMIZE), before);
	cr_assert_eq(CALL(NR_personality, 0xffffffff), ADDR_COMPAT_LAYOUT | ADDR_NO_RANDOMIZE);
	cr_assert_eq(personality(0xffffffff), ADDR_NO_RANDOMIZE);
}

Test(system_call, semaphore_sets_are_laid_out_as_on_arm64)
{
	int64_t id = CALL(NR_semget, 0, 3, 0600);
	uint64_t sems;

	cr_assert_geq(id, 0);
	memset(memory, 0xee, 0x200);
	cr_assert_eq(CALL(NR_semctl, (uint64_t)id, 0, IPC_STAT, BASE), 0);
	memcpy(&sems, memory + 64, 8);
	cr_expect_eq(sems, 3);
	cr_expect_eq(memory[88], 0xee);
	cr_expect_eq(CALL(NR_semctl, (uint64_t)id, 0, IPC_SET, BASE), 0);
	cr_expect_eq(CALL(NR_semctl, (uint64_t)id, 0, IPC_RMID, 0), 0);
}

Test(system_call, the_executable_is_the_guests)
{
	struct stat link, target;

	program.exe_fd = open("/bin/sh", O_RDONLY | O_CLOEXEC);
	cr_assert_eq(stat("/bin/sh", &target), 0);
	int64_t length = CALL(NR_readlinkat, AT_CWD, put(0, "/proc/self/exe"), BASE + 0x100, 0x200);

	cr_assert_gt(length, 0);
	memory[0x100 + length] = '\0';
	cr_assert_eq(stat((char *)memory + 0x100, &link), 0);
	cr_assert_eq(link.st_ino, target.st_ino);
	cr_assert_eq(link.st_dev, target.st_dev);
}

Test(system_call, maps_show_the_guest_alone)
{
	static char text[65536];
	size_t length = 0;
	char expected[64];
	int64_t fd, place, n;

	place = CALL(NR_mmap, 0, 8192, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		UINT64_MAX, 0);
	cr_assert_gt(place, 0);
	fd = CALL(NR_openat, AT_CWD, put(0, "/proc/self/maps"), O_CLOEXEC, 0);
	cr_assert_geq(fd, 0);
	cr_assert_eq(fcntl((int)fd, F_GETFD), FD_CLOEXEC);
	while ((n = read((int)fd, text + length, sizeof(text) - 1 - length)) > 0)
		length += (size_t)n;
	snprintf(expected, sizeof(expected), "%08llx-%08llx r-xp 00000000 00:00 0",
		(unsigned long long)place, (unsigned long long)place + 8192);
	cr_assert_not_null(strstr(text, expected), "%s", text);
	cr_assert_null(strstr(text, "libc.so"));
	cr_assert_null(strstr(text, "[stack]"));
}

/* ---- -L */

static void
write_file(const char *directory, const char *name, const char *content)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	cr_assert_not_null(file);
	fputs(content, file);
	fclose(file);
}

/* A sysroot with a file, an absolute link to it, and a link that leads out. */
static char *
make_sysroot(void)
{
	static char directory[] = "/tmp/dragoman-root-XXXXXX";
	char path[256];

	cr_assert_not_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/etc", directory);
	cr_assert_eq(mkdir(path, 0755), 0);
	write_file(directory, "etc/passwd", "guest's");
	snprintf(path, sizeof(path), "%s/etc/link", directory);
	cr_assert_eq(symlink("/etc/passwd", path), 0);
	options.sysroot = directory;
	options.sysroot_fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return directory;
}

static void
remove_sysroot(const char *directory)
{
	char command[256];

	snprintf(command, sizeof(command), "rm -r %s", directory);
	cr_expect_eq(system(command), 0);
}

Test(system_call, sysroot_comes_first)
{
	char *directory = make_sysroot(), expected[PATH_MAX], rewritten[PATH_MAX];

	snprintf(expected, sizeof(expected), "%s/etc/passwd", directory);
	cr_assert(path_rewrite(AT_FDCWD, "/etc/passwd", true, rewritten));
	cr_expect_str_eq(rewritten, expected);
	cr_assert(path_rewrite(AT_FDCWD, "/etc/link", true, rewritten));
	cr_expect_str_eq(rewritten, expected, "absolute links stay inside");
	cr_assert(path_rewrite(AT_FDCWD, "/../etc/link", false, rewritten));
	cr_expect_str_eq(strrchr(rewritten, '/'), "/link");
	cr_expect_not(path_rewrite(AT_FDCWD, "/etc/hostname-not-there", true, rewritten));
	cr_expect_not(path_rewrite(AT_FDCWD, "etc/passwd", true, rewritten));
	remove_sysroot(directory);
}

Test(system_call, files_are_opened_in_the_sysroot)
{
	char *directory = make_sysroot();
	int64_t fd = CALL(NR_openat, AT_CWD, put(0, "/etc/link"), 0, 0);

	cr_assert_geq(fd, 0);
	cr_assert_eq(CALL(NR_read, (uint64_t)fd, BASE + 0x100, 100), 7);
	cr_assert_eq(memcmp(memory + 0x100, "guest's", 7), 0);
	cr_assert_eq(CALL(NR_openat, AT_CWD, put(0, "/etc/link"), A64_O_NOFOLLOW, 0), -ELOOP);
	cr_assert_eq(CALL(NR_readlinkat, AT_CWD, put(0, "/etc/link"), BASE + 0x100, 100), 11);
	cr_assert_eq(memcmp(memory + 0x100, "/etc/passwd", 11), 0);
	remove_sysroot(directory);
}

/* ---- -strace */

static int log_pipe[2];

static void
start_log(uint32_t kind)
{
	cr_assert_eq(pipe2(log_pipe, O_NONBLOCK), 0);
	options.log_fd = log_pipe[1];
	options.log = kind;
	strace_init();
}

/* The log's lines so far. */
static const char *
logged(void)
{
	static char text[8192];
	ssize_t length = read(log_pipe[0], text, sizeof(text) - 1);

	text[length > 0 ? length : 0] = '\0';
	return text;
}

static void
expect_logged(const char *expected)
{
	const char *text = logged();

	cr_expect_str_eq(text, expected, "logged: %sexpected: %s", text, expected);
}

Test(system_call, strace_decodes_arguments)
{
	int *fds = (int *)(memory + 0x100);

	fds[0] = fds[1] = -1;
	start_log(RUN_LOG_STRACE);
	CALL(NR_openat, AT_CWD, put(0, "/no/such \"file\"\n"), A64_O_DIRECTORY | O_CLOEXEC, 0);
	expect_logged(
		"openat(AT_FDCWD, \"/no/such \\\"file\\\"\\n\", O_RDONLY|O_DIRECTORY|O_CLOEXEC)"
		" = -1 ENOENT (No such file or directory)\n");
	CALL(NR_write, UINT64_MAX, put(0, "0123456789012345678901234567890123456789"), 40);
	expect_logged("write(-1, \"01234567890123456789012345678901\"..., 40) = -1 EBADF (Bad file "
		      "descriptor)\n");
	CALL(NR_close, 12345);
	expect_logged(
		"close(12345)                             = -1 EBADF (Bad file descriptor)\n");
	CALL(NR_read, UINT64_MAX, BASE, 10);
	expect_logged(
		"read(-1, 0x30000000, 10)                 = -1 EBADF (Bad file descriptor)\n");
	CALL(NR_clock_gettime, 1, 0);
	expect_logged("clock_gettime(CLOCK_MONOTONIC, NULL)     = -1 EFAULT (Bad address)\n");
	CALL(NR_mmap, 0x1000, 0, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, UINT64_MAX,
		0);
	expect_logged("mmap(0x1000, 0, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = "
		      "-1 EINVAL (Invalid argument)\n");
	CALL(5000, 1, 2);
	expect_logged("syscall_5000(0x1, 0x2, 0, 0, 0, 0)       = -1 ENOSYS (Function not "
		      "implemented) [dragoman: unknown call]\n");
}

Test(system_call, strace_shows_what_was_written)
{
	char expected[128];
	int *fds = (int *)(memory + 0x100);

	start_log(RUN_LOG_STRACE);
	cr_assert_eq(CALL(NR_pipe2, BASE + 0x100, 0), 0);
	snprintf(expected, sizeof(expected), "pipe2([%d, %d], O_RDONLY)                  ", fds[0],
		fds[1]);
	cr_expect_eq(strncmp(logged(), expected, strcspn(expected, ",")), 0);
	cr_assert_eq(write(fds[1], "ab\0\1", 4), 4);
	cr_assert_eq(CALL(NR_read, (uint64_t)fds[0], BASE, 100), 4);
	snprintf(expected, sizeof(expected), "read(%d, \"ab\\0\\1\", 100)", fds[0]);
	cr_expect_eq(strncmp(logged(), expected, strlen(expected)), 0);
}

Test(system_call, strace_decodes_by_the_call)
{
	char directory[] = "/tmp/strace-XXXXXX", expected[128];
	uint64_t fd, bits[2] = { 1 << 3 | 1 << 5, 0 };
	int one = 1;

	cr_assert_not_null(mkdtemp(directory));
	cr_assert_eq(chdir(directory), 0);
	umask(027);
	start_log(RUN_LOG_STRACE);
	CALL(NR_umask, 022);
	expect_logged("umask(022)                               = 027\n");
	memcpy(memory, &one, sizeof(one));
	CALL(NR_setsockopt, UINT64_MAX, SOL_SOCKET, SO_REUSEADDR, BASE, 4);
	expect_logged("setsockopt(-1, SOL_SOCKET, SO_REUSEADDR, [1], 4) = -1 EBADF (Bad file "
		      "descriptor)\n");
	CALL(NR_getcwd, BASE, 100);
	snprintf(expected, sizeof(expected), "getcwd(\"%s\", 100)        = 19\n", directory);
	expect_logged(expected);
	fd = (uint64_t)open(".", O_RDONLY | O_DIRECTORY);
	CALL(NR_getdents64, fd, BASE, 1000);
	snprintf(expected, sizeof(expected),
		"getdents64(%d, 0x30000000 /* 2 entries */, 1000) = 48\n", (int)fd);
	expect_logged(expected);
	memcpy(memory, bits, sizeof(bits));
	CALL(NR_sched_setaffinity, 0x7fffffff, 16, BASE);
	expect_logged("sched_setaffinity(2147483647, 16, [3 5]) = -1 ESRCH (No such process)\n");
	cr_assert_eq(chdir("/"), 0);
	cr_assert_eq(rmdir(directory), 0);
}

/* The line of a call that waits is begun before; it is resumed when somebody else has written meanwhile. */
Test(system_call, strace_resumes_lines)
{
	struct strace_line begun = { 0 }, resumed = { 0 }, rest = { 0 }, other = { 0 };
	uint64_t number;

	start_log(RUN_LOG_STRACE);
	strace_add(&begun, "read(0, ");
	strace_add(&resumed, "<... read resumed>");
	strace_add(&rest, "\"\", 1) = 0");
	strace_add(&other, "getpid() = 1");
	number = strace_output_begin(&begun);
	expect_logged("read(0, ");
	strace_output_end(number, &resumed, &rest);
	expect_logged("\"\", 1) = 0\n");
	number = strace_output_begin(&begun);
	strace_output_line(&other);
	strace_output_end(number, &resumed, &rest);
	expect_logged("read(0,  <unfinished ...>\ngetpid() = 1\n<... read resumed>\"\", 1) = 0\n");
	number = strace_output_begin(&begun);
	uint64_t second = strace_output_begin(&begun);
	strace_output_end(number, &resumed, &rest);
	strace_output_end(second, &resumed, &rest);
	expect_logged("read(0,  <unfinished ...>\nread(0,  <unfinished ...>\n"
		      "<... read resumed>\"\", 1) = 0\n<... read resumed>\"\", 1) = 0\n");
}

Test(system_call, strace_as_json)
{
	char expected[512];

	start_log(RUN_LOG_STRACE_JSON);
	CALL(NR_openat, AT_CWD, put(0, "/no/\"such\""), 0, 0);
	snprintf(expected, sizeof(expected),
		"{\"pid\":%d,\"number\":56,\"call\":\"openat\",\"arguments\":[\"AT_FDCWD\","
		"\"\\\"/no/\\\\\\\"such\\\\\\\"\\\"\",\"O_RDONLY\"],\"result\":-1,"
		"\"error\":\"ENOENT\"}\n",
		getpid());
	expect_logged(expected);
}
