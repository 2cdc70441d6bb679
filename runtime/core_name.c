// SPDX-License-Identifier: Apache-2.0
//
// The name of a core file: kernel.core_pattern with its % specifiers, as fs/coredump.c format_corename has them.

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>

#include "loader/loader.h"
#include "runtime/core_dump.h"
#include "runtime/host_syscall.h"
#include "syscalls/system_call.h"

/* A file's first bytes as a string without its last newline; empty when it cannot be read. */
static void
read_line(const char *path, char *text, size_t size)
{
	long fd = host_syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	long length = fd < 0 ? 0 : host_syscall(SYS_read, fd, text, size - 1);

	if (fd >= 0)
		host_syscall(SYS_close, fd);
	text[length > 0 ? length : 0] = 0;
	text[strcspn(text, "\n")] = 0;
}

/* Appends text, with `!` for slashes if it is not of the pattern itself; false when it does not fit. */
static bool
append(char *name, size_t size, const char *text, bool escape)
{
	size_t length = strlen(name);
	int written = snprintf(name + length, size - length, "%s", text);

	if (written < 0 || (size_t)written >= size - length)
		return false;
	for (char *at = name + length; escape && *at; at++) {
		if (*at == '/')
			*at = '!';
	}
	return true;
}

static bool
append_number(char *name, size_t size, long number)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", number);
	return append(name, size, text, false);
}

static const char *
last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool
append_specifier(char *name, size_t size, char specifier, int signo)
{
	struct rlimit limit = { 0, 0 };
	struct timespec now = { 0, 0 };
	struct utsname system;
	char comm[16] = "";

	switch (specifier) {
	case 'p':
	case 'P': return append_number(name, size, host_syscall(SYS_getpid));
	case 'i':
	case 'I': return append_number(name, size, host_syscall(SYS_gettid));
	case 'u': return append_number(name, size, host_syscall(SYS_getuid));
	case 'g': return append_number(name, size, host_syscall(SYS_getgid));
	case 'd': return append_number(name, size, host_syscall(SYS_prctl, PR_GET_DUMPABLE));
	case 's': return append_number(name, size, signo);
	case 't':
		host_syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
		return append_number(name, size, now.tv_sec);
	case 'c':
		host_syscall(SYS_prlimit64, 0, RLIMIT_CORE, NULL, &limit);
		return append_number(name, size, (long)limit.rlim_cur);
	case 'h':
		return host_syscall(SYS_uname, &system) == 0 &&
		       append(name, size, system.nodename, true);
	case 'e': host_syscall(SYS_prctl, PR_GET_NAME, comm); return append(name, size, comm, true);
	case 'f': return append(name, size, last_component(guest_program->exe), true);
	case 'E': return append(name, size, guest_program->exe, true);
	case '%': return append(name, size, "%", false);
	default: return true; /* unknown ones are dropped */
	}
}

static bool
expand(const char *pattern, char *name, size_t size, int signo, bool *has_pid)
{
	for (; *pattern; pattern++) {
		char one[2] = { *pattern, 0 };

		if (*pattern != '%') {
			if (!append(name, size, one, false))
				return false;
			continue;
		}
		if (!*++pattern)
			break;
		if (*pattern == 'p')
			*has_pid = true;
		if (!append_specifier(name, size, *pattern, signo))
			return false;
	}
	return true;
}

bool
core_name(char *name, size_t size, int signo)
{
	char pattern[160], uses_pid[8];
	bool has_pid = false;

	read_line("/proc/sys/kernel/core_pattern", pattern, sizeof(pattern));
	read_line("/proc/sys/kernel/core_uses_pid", uses_pid, sizeof(uses_pid));
	/* '|' a program, '@' a socket (Linux 6.16) */
	if (!pattern[0] || pattern[0] == '|' || pattern[0] == '@')
		return false;
	name[0] = 0;
	if (!expand(pattern, name, size, signo, &has_pid))
		return false;
	if (has_pid || uses_pid[0] != '1')
		return name[0] != 0;
	return append(name, size, ".", false) &&
	       append_number(name, size, host_syscall(SYS_getpid));
}
