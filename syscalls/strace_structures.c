// SPDX-License-Identifier: Apache-2.0
//
// How -strace writes structures: their most telling fields, one function each.

#include "runtime/guest_access.h"
#include "runtime/host_memory.h"
#include "syscalls/argument.h"
#include "syscalls/strace_line.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/vfs.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

static void
add_int(struct strace_line *line, const void *bytes)
{
	int value;

	memcpy(&value, bytes, sizeof(value));
	strace_add(line, "[%d]", value);
}

static void
add_wait_status(struct strace_line *line, const void *bytes)
{
	int status;

	memcpy(&status, bytes, sizeof(status));
	if (WIFEXITED(status))
		strace_add(line, "[{WIFEXITED(s) && WEXITSTATUS(s) == %d}]", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		strace_add(line, "[{WIFSIGNALED(s) && WTERMSIG(s) == %s}]",
			signals_name(WTERMSIG(status)));
	else if (WIFSTOPPED(status))
		strace_add(line, "[{WIFSTOPPED(s) && WSTOPSIG(s) == %s}]",
			signals_name(WSTOPSIG(status)));
	else
		strace_add(line, "[%#x]", (unsigned)status);
}

static void
add_int_pair(struct strace_line *line, const void *bytes)
{
	int value[2];

	memcpy(value, bytes, sizeof(value));
	strace_add(line, "[%d, %d]", value[0], value[1]);
}

static void
add_word(struct strace_line *line, const void *bytes)
{
	uint64_t value;

	memcpy(&value, bytes, sizeof(value));
	strace_add(line, "[%#llx]", (unsigned long long)value);
}

static void
add_timespec(struct strace_line *line, const void *bytes)
{
	struct timespec value;

	memcpy(&value, bytes, sizeof(value));
	strace_add(line, "{tv_sec=%lld, tv_nsec=%ld}", (long long)value.tv_sec, value.tv_nsec);
}

static void
add_timespec_pair(struct strace_line *line, const void *bytes)
{
	strace_add(line, "[");
	add_timespec(line, bytes);
	strace_add(line, ", ");
	add_timespec(line, (const uint8_t *)bytes + sizeof(struct timespec));
	strace_add(line, "]");
}

static void
add_timeval(struct strace_line *line, const void *bytes)
{
	struct timeval value;

	memcpy(&value, bytes, sizeof(value));
	strace_add(
		line, "{tv_sec=%lld, tv_usec=%ld}", (long long)value.tv_sec, (long)value.tv_usec);
}

static void
add_itimerspec(struct strace_line *line, const void *bytes)
{
	strace_add(line, "{it_interval=");
	add_timespec(line, bytes);
	strace_add(line, ", it_value=");
	add_timespec(line, (const uint8_t *)bytes + sizeof(struct timespec));
	strace_add(line, "}");
}

static void
add_itimerval(struct strace_line *line, const void *bytes)
{
	strace_add(line, "{it_interval=");
	add_timeval(line, bytes);
	strace_add(line, ", it_value=");
	add_timeval(line, (const uint8_t *)bytes + sizeof(struct timeval));
	strace_add(line, "}");
}

static const char *
file_type_name(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG: return "S_IFREG";
	case S_IFDIR: return "S_IFDIR";
	case S_IFLNK: return "S_IFLNK";
	case S_IFCHR: return "S_IFCHR";
	case S_IFBLK: return "S_IFBLK";
	case S_IFIFO: return "S_IFIFO";
	case S_IFSOCK: return "S_IFSOCK";
	default: return "0";
	}
}

/* What a program mostly asks for: kind, permissions, size or device. */
static void
add_file_status(
	struct strace_line *line, const char *prefix, uint32_t mode, uint64_t size, uint64_t device)
{
	strace_add(line, "{%smode=%s|%#o, ", prefix, file_type_name(mode), mode & 07777);
	if (S_ISCHR(mode) || S_ISBLK(mode))
		strace_add(line, "%srdev=makedev(%#x, %#x), ...}", prefix, major(device),
			minor(device));
	else
		strace_add(line, "%ssize=%llu, ...}", prefix, (unsigned long long)size);
}

/* arm64's layout (asm-generic/stat.h). */
static void
add_stat(struct strace_line *line, const void *bytes)
{
	const uint8_t *at = bytes;
	uint64_t device, size;
	uint32_t mode;

	memcpy(&mode, at + 16, sizeof(mode));
	memcpy(&device, at + 32, sizeof(device));
	memcpy(&size, at + 48, sizeof(size));
	add_file_status(line, "st_", mode, size, device);
}

static void
add_statx(struct strace_line *line, const void *bytes)
{
	struct statx status;

	memcpy(&status, bytes, sizeof(status));
	add_file_status(line, "stx_", status.stx_mode, status.stx_size,
		makedev(status.stx_rdev_major, status.stx_rdev_minor));
}

static void
add_limit(struct strace_line *line, const char *name, rlim_t value)
{
	if (value == RLIM_INFINITY)
		strace_add(line, "%s=RLIM_INFINITY", name);
	else if (value % 1024 == 0 && value > 1024)
		strace_add(line, "%s=%llu*1024", name, (unsigned long long)value / 1024);
	else
		strace_add(line, "%s=%llu", name, (unsigned long long)value);
}

static void
add_rlimit(struct strace_line *line, const void *bytes)
{
	struct rlimit limit;

	memcpy(&limit, bytes, sizeof(limit));
	strace_add(line, "{");
	add_limit(line, "rlim_cur", limit.rlim_cur);
	strace_add(line, ", ");
	add_limit(line, "rlim_max", limit.rlim_max);
	strace_add(line, "}");
}

static void
add_pollfd(struct strace_line *line, const void *bytes)
{
	struct pollfd entry;

	memcpy(&entry, bytes, sizeof(entry));
	strace_add(line, "{fd=%d, events=", entry.fd);
	strace_add_flags(line, FLAGS_poll_events, (uint16_t)entry.events);
	if (entry.revents) {
		strace_add(line, ", revents=");
		strace_add_flags(line, FLAGS_poll_events, (uint16_t)entry.revents);
	}
	strace_add(line, "}");
}

/* arm64's layout: not packed. */
static void
add_epoll_event(struct strace_line *line, const void *bytes)
{
	uint32_t events;
	uint64_t data;

	memcpy(&events, bytes, sizeof(events));
	memcpy(&data, (const uint8_t *)bytes + 8, sizeof(data));
	strace_add(line, "{events=");
	strace_add_flags(line, FLAGS_epoll_events, events);
	strace_add(line, ", data=%#llx}", (unsigned long long)data);
}

static void
add_signal_set(struct strace_line *line, const void *bytes)
{
	uint64_t set;
	bool any = false;

	memcpy(&set, bytes, sizeof(set));
	strace_add(line, ~set == 0 ? "~[" : "[");
	for (int signo = 1; ~set != 0 && signo <= GUEST_SIGNAL_COUNT; signo++) {
		if (!(set & SIGNAL_BIT(signo)))
			continue;
		if (signo < 32)
			strace_add(line, "%s%s", any ? " " : "", signals_name(signo) + 3);
		else
			strace_add(line, "%sRT_%d", any ? " " : "", signo - 32);
		any = true;
	}
	strace_add(line, "]");
}

static void
add_sigaction(struct strace_line *line, const void *bytes)
{
	struct guest_sigaction action;

	memcpy(&action, bytes, sizeof(action));
	strace_add(line, "{sa_handler=");
	if (action.handler == GUEST_SIG_DFL)
		strace_add(line, "SIG_DFL");
	else if (action.handler == GUEST_SIG_IGN)
		strace_add(line, "SIG_IGN");
	else
		strace_add(line, "%#llx", (unsigned long long)action.handler);
	strace_add(line, ", sa_mask=");
	add_signal_set(line, &action.mask);
	strace_add(line, ", sa_flags=");
	strace_add_flags(line, FLAGS_signal_action, action.flags);
	strace_add(line, "}");
}

static void
add_stack(struct strace_line *line, const void *bytes)
{
	struct guest_stack stack;

	memcpy(&stack, bytes, sizeof(stack));
	strace_add(line, "{ss_sp=%#llx, ss_flags=%#x, ss_size=%llu}", (unsigned long long)stack.sp,
		(unsigned)stack.flags, (unsigned long long)stack.size);
}

void
strace_add_restored_mask(struct strace_line *line, uint64_t mask)
{
	strace_add(line, "{mask=");
	add_signal_set(line, &mask);
	strace_add(line, "}");
}

/* Names of si_code: those of every signal, and of the kernel's own for some. */
static const struct code_name {
	int signo, code; /* signo 0: of all */
	const char *name;
} code_names[] = {
	{ 0, SI_USER, "SI_USER" },
	{ 0, SI_KERNEL, "SI_KERNEL" },
	{ 0, SI_QUEUE, "SI_QUEUE" },
	{ 0, SI_TIMER, "SI_TIMER" },
	{ 0, SI_MESGQ, "SI_MESGQ" },
	{ 0, SI_ASYNCIO, "SI_ASYNCIO" },
	{ 0, SI_SIGIO, "SI_SIGIO" },
	{ 0, SI_TKILL, "SI_TKILL" },
	{ SIGCHLD, CLD_EXITED, "CLD_EXITED" },
	{ SIGCHLD, CLD_KILLED, "CLD_KILLED" },
	{ SIGCHLD, CLD_DUMPED, "CLD_DUMPED" },
	{ SIGCHLD, CLD_TRAPPED, "CLD_TRAPPED" },
	{ SIGCHLD, CLD_STOPPED, "CLD_STOPPED" },
	{ SIGCHLD, CLD_CONTINUED, "CLD_CONTINUED" },
	{ SIGSEGV, SEGV_MAPERR, "SEGV_MAPERR" },
	{ SIGSEGV, SEGV_ACCERR, "SEGV_ACCERR" },
	{ SIGBUS, BUS_ADRALN, "BUS_ADRALN" },
	{ SIGBUS, BUS_ADRERR, "BUS_ADRERR" },
	{ SIGBUS, BUS_OBJERR, "BUS_OBJERR" },
	{ SIGILL, ILL_ILLOPC, "ILL_ILLOPC" },
	{ SIGTRAP, TRAP_BRKPT, "TRAP_BRKPT" },
};

static void
add_signal_code(struct strace_line *line, const siginfo_t *info)
{
	for (size_t i = 0; i < sizeof(code_names) / sizeof(code_names[0]); i++)
		if (code_names[i].code == info->si_code &&
			(code_names[i].signo == 0 || code_names[i].signo == info->si_signo)) {
			strace_add(line, "si_code=%s", code_names[i].name);
			return;
		}
	strace_add(line, "si_code=%d", info->si_code);
}

void
strace_add_siginfo(struct strace_line *line, const siginfo_t *info)
{
	bool kernels = info->si_code > 0 && info->si_code != SI_KERNEL;

	strace_add(line, "{si_signo=%s, ", signals_name(info->si_signo));
	add_signal_code(line, info);
	if (info->si_signo == SIGCHLD && kernels)
		strace_add(line, ", si_pid=%d, si_uid=%u, si_status=%d", info->si_pid, info->si_uid,
			info->si_status);
	else if (kernels && (SIGNALS_SYNCHRONOUS & SIGNAL_BIT(info->si_signo)))
		strace_add(line, ", si_addr=%p", info->si_addr);
	else if (info->si_code == SI_TIMER)
		strace_add(
			line, ", si_timerid=%d, si_overrun=%d", info->si_timerid, info->si_overrun);
	else if (info->si_code != SI_KERNEL)
		strace_add(line, ", si_pid=%d, si_uid=%u", info->si_pid, info->si_uid);
	if (info->si_code == SI_QUEUE)
		strace_add(line, ", si_int=%d", info->si_int);
	strace_add(line, "}");
}

static void
add_siginfo(struct strace_line *line, const void *bytes)
{
	siginfo_t info;

	memcpy(&info, bytes, sizeof(info));
	strace_add_siginfo(line, &info);
}

static void
add_utsname(struct strace_line *line, const void *bytes)
{
	const char *text = bytes;

	strace_add(line, "{sysname=");
	strace_add_quoted(line, text, strnlen(text, 65), false);
	strace_add(line, ", nodename=");
	strace_add_quoted(line, text + 65, strnlen(text + 65, 65), false);
	strace_add(line, ", machine=");
	strace_add_quoted(line, text + 260, strnlen(text + 260, 65), false);
	strace_add(line, ", ...}");
}

static void
add_flock(struct strace_line *line, const void *bytes)
{
	static const char *const types[] = { "F_RDLCK", "F_WRLCK", "F_UNLCK" };
	struct flock lock;

	memcpy(&lock, bytes, sizeof(lock));
	strace_add(line, "{l_type=%s, l_whence=",
		lock.l_type >= 0 && lock.l_type <= 2 ? types[lock.l_type] : "?");
	strace_add_flags(line, FLAGS_whence, (uint64_t)lock.l_whence);
	strace_add(line, ", l_start=%lld, l_len=%lld}", (long long)lock.l_start,
		(long long)lock.l_len);
}

static void
add_winsize(struct strace_line *line, const void *bytes)
{
	struct winsize size;

	memcpy(&size, bytes, sizeof(size));
	strace_add(line, "{ws_row=%u, ws_col=%u, ws_xpixel=%u, ws_ypixel=%u}", size.ws_row,
		size.ws_col, size.ws_xpixel, size.ws_ypixel);
}

static void
add_rusage(struct strace_line *line, const void *bytes)
{
	struct rusage usage;

	memcpy(&usage, bytes, sizeof(usage));
	strace_add(line, "{ru_utime={tv_sec=%lld, tv_usec=%lld}, ",
		(long long)usage.ru_utime.tv_sec, (long long)usage.ru_utime.tv_usec);
	strace_add(line, "ru_stime={tv_sec=%lld, tv_usec=%lld}, ...}",
		(long long)usage.ru_stime.tv_sec, (long long)usage.ru_stime.tv_usec);
}

static void
add_tms(struct strace_line *line, const void *bytes)
{
	struct tms times;

	memcpy(&times, bytes, sizeof(times));
	strace_add(line, "{tms_utime=%ld, tms_stime=%ld, tms_cutime=%ld, tms_cstime=%ld}",
		times.tms_utime, times.tms_stime, times.tms_cutime, times.tms_cstime);
}

static void
add_statfs(struct strace_line *line, const void *bytes)
{
	struct statfs system;

	memcpy(&system, bytes, sizeof(system));
	strace_add(line, "{f_type=%#lx, f_bsize=%ld, f_blocks=%lu, f_bfree=%lu, f_bavail=%lu, ",
		(unsigned long)system.f_type, (long)system.f_bsize, (unsigned long)system.f_blocks,
		(unsigned long)system.f_bfree, (unsigned long)system.f_bavail);
	strace_add(line, "f_files=%lu, f_ffree=%lu, f_namelen=%ld, ...}",
		(unsigned long)system.f_files, (unsigned long)system.f_ffree,
		(long)system.f_namelen);
}

static void (*const writers[STRUCTURE_COUNT])(struct strace_line *, const void *) = {
	[STRUCTURE_word] = add_word,
	[STRUCTURE_int] = add_int,
	[STRUCTURE_wait_status] = add_wait_status,
	[STRUCTURE_int_pair] = add_int_pair,
	[STRUCTURE_timespec] = add_timespec,
	[STRUCTURE_timespec_pair] = add_timespec_pair,
	[STRUCTURE_timeval] = add_timeval,
	[STRUCTURE_itimerspec] = add_itimerspec,
	[STRUCTURE_itimerval] = add_itimerval,
	[STRUCTURE_stat] = add_stat,
	[STRUCTURE_statx] = add_statx,
	[STRUCTURE_rlimit] = add_rlimit,
	[STRUCTURE_pollfd] = add_pollfd,
	[STRUCTURE_epoll_event] = add_epoll_event,
	[STRUCTURE_sigset] = add_signal_set,
	[STRUCTURE_sigaction] = add_sigaction,
	[STRUCTURE_stack] = add_stack,
	[STRUCTURE_siginfo] = add_siginfo,
	[STRUCTURE_utsname] = add_utsname,
	[STRUCTURE_flock] = add_flock,
	[STRUCTURE_winsize] = add_winsize,
	[STRUCTURE_rusage] = add_rusage,
	[STRUCTURE_tms] = add_tms,
	[STRUCTURE_statfs] = add_statfs,
};

void
strace_add_structure(struct strace_line *line, unsigned structure, uint64_t address)
{
	uint8_t bytes[512];

	if (structure < STRUCTURE_COUNT && writers[structure] && address != 0 &&
		address < GUEST_ADDRESS_END &&
		guest_copy_from(bytes, address, structure_sizes[structure]) == 0)
		writers[structure](line, bytes);
	else if (address == 0)
		strace_add(line, "NULL");
	else
		strace_add(line, "%#llx", (unsigned long long)address);
}

void
strace_add_socket_address(struct strace_line *line, uint64_t address, uint64_t length)
{
	struct sockaddr_storage storage = { 0 };
	const struct sockaddr_in *in = (const struct sockaddr_in *)&storage;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&storage;
	const struct sockaddr_un *un = (const struct sockaddr_un *)&storage;
	size_t size = length < sizeof(storage) ? length : sizeof(storage), path;
	char text[INET6_ADDRSTRLEN];

	if (address == 0 || address >= GUEST_ADDRESS_END || size < sizeof(sa_family_t) ||
		guest_copy_from(&storage, address, size) != 0) {
		strace_add(line, address ? "%#llx" : "NULL", (unsigned long long)address);
		return;
	}
	strace_add(line, "{sa_family=");
	strace_add_flags(line, FLAGS_socket_family, storage.ss_family);
	switch (storage.ss_family) {
	case AF_INET: {
		uint32_t bits = ntohl(in->sin_addr.s_addr);

		strace_add(line, ", sin_port=htons(%u), sin_addr=inet_addr(\"%u.%u.%u.%u\")",
			ntohs(in->sin_port), bits >> 24, bits >> 16 & 255, bits >> 8 & 255,
			bits & 255);
		break;
	}
	case AF_INET6:
		if (inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text)))
			strace_add(line, ", sin6_port=htons(%u), inet_pton(AF_INET6, \"%s\")",
				ntohs(in6->sin6_port), text);
		break;
	case AF_UNIX:
		path = size - sizeof(sa_family_t);
		if (path > sizeof(un->sun_path))
			path = sizeof(un->sun_path);
		strace_add(line, ", sun_path=");
		/* An abstract name starts with a NUL, and all of it counts. */
		if (path > 0 && un->sun_path[0])
			path = strnlen(un->sun_path, path);
		strace_add_quoted(line, un->sun_path, path, false);
		break;
	default: break;
	}
	strace_add(line, "}");
}
