// SPDX-License-Identifier: Apache-2.0
//
// Which files of /proc are shown otherwise than the host has them, and how they take the place of the host's. The
// texts of maps and cpuinfo are made in proc_maps.c and proc_cpuinfo.c.

#include "syscalls/proc_files.h"

#include "loader/identity.h"
#include "runtime/guest_access.h"
#include "runtime/host_memory.h"
#include "syscalls/fd_guard.h"
#include "syscalls/proc_text.h"
#include "syscalls/system_call.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

/* Whether the kernel knows where the guest's arguments are (PR_SET_MM_MAP). */
static bool kernel_shows_guest;

static const struct {
	const char *name;
	enum proc_file file;
} process_files[] = {
	{ "exe", PROC_FILE_EXE },
	{ "maps", PROC_FILE_MAPS },
	{ "smaps", PROC_FILE_SMAPS },
	{ "cmdline", PROC_FILE_CMDLINE },
	{ "environ", PROC_FILE_ENVIRON },
	{ "auxv", PROC_FILE_AUXV },
	{ "cpuinfo", PROC_FILE_CPUINFO },
	{ "numa_maps", PROC_FILE_NUMA_MAPS },
	{ "status", PROC_FILE_STATUS },
	{ "stat", PROC_FILE_STAT },
	{ "statm", PROC_FILE_STATM },
};

/* Takes the next component off a path: its length, 0 at the end. "." and empty ones are skipped. */
static size_t
next_component(const char **path, const char **component)
{
	size_t length;

	do {
		*path += strspn(*path, "/");
		*component = *path;
		length = strcspn(*path, "/");
		*path += length;
	} while (length == 1 && **component == '.');
	return length;
}

static bool
component_is(const char *component, size_t length, const char *name)
{
	return strlen(name) == length && memcmp(component, name, length) == 0;
}

/* The decimal number that a component is; -1 when it is none. */
static int
component_number(const char *component, size_t length)
{
	int number = 0;

	if (length == 0 || length > 9)
		return -1;
	for (size_t i = 0; i < length; i++) {
		if (component[i] < '0' || component[i] > '9')
			return -1;
		number = number * 10 + (component[i] - '0');
	}
	return number;
}

bool
proc_files_is_guest(int pid)
{
	struct stat own = { 0 }, other = { 0 };
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	return guest_options->self_fd >= 0 &&
	       host_syscall(SYS_fstat, guest_options->self_fd, &own) == 0 &&
	       host_syscall(SYS_stat, path, &other) == 0 && own.st_dev == other.st_dev &&
	       own.st_ino == other.st_ino;
}

/* What the rest of a path names below fd or fdinfo. */
static enum proc_file
match_descriptor(const char *path)
{
	const char *component;
	size_t length = next_component(&path, &component);
	int fd = component_number(component, length);

	return fd >= 0 && fd_guard_hides(fd) ? PROC_FILE_HIDDEN : PROC_FILE_NONE;
}

/* What a path below /proc/PID names. */
static enum proc_file
match_of_process(const char *path)
{
	const char *component;
	size_t length = next_component(&path, &component);

	if (component_is(component, length, "task")) {
		next_component(&path, &component);
		length = next_component(&path, &component);
	}
	if (component_is(component, length, "fd") || component_is(component, length, "fdinfo"))
		return match_descriptor(path);
	for (size_t i = 0; i < sizeof(process_files) / sizeof(process_files[0]); i++) {
		if (component_is(component, length, process_files[i].name) &&
			process_files[i].file != PROC_FILE_CPUINFO)
			return next_component(&path, &component) ? PROC_FILE_NONE
								 : process_files[i].file;
	}
	return PROC_FILE_NONE;
}

/* What an absolute path names. */
static struct proc_target
match_absolute(const char *path)
{
	const struct proc_target none = { PROC_FILE_NONE, 0 };
	struct proc_target target = none;
	const char *component;
	size_t length = next_component(&path, &component);

	if (component_is(component, length, "dev")) {
		length = next_component(&path, &component);
		if (component_is(component, length, "fd"))
			target.file = match_descriptor(path);
		return target;
	}
	if (!component_is(component, length, "proc"))
		return none;
	length = next_component(&path, &component);
	if (component_is(component, length, "cpuinfo")) {
		target.file =
			next_component(&path, &component) ? PROC_FILE_NONE : PROC_FILE_CPUINFO;
		return target;
	}
	if (!component_is(component, length, "self") &&
		!component_is(component, length, "thread-self")) {
		target.pid = component_number(component, length);
		if (target.pid < 0)
			return none;
		if (target.pid == host_syscall(SYS_getpid))
			target.pid = 0;
	}
	target.file = match_of_process(path);
	if (target.file != PROC_FILE_NONE && target.pid != 0 && !proc_files_is_guest(target.pid))
		return none;
	return target;
}

/* Cheap test that nearly every path fails: does it end in one of the names? */
static bool
ends_in_known_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < sizeof(process_files) / sizeof(process_files[0]); i++) {
		if (strcmp(name, process_files[i].name) == 0)
			return true;
	}
	return fd_guard_hides(component_number(name, strlen(name)));
}

struct proc_target
proc_files_find(int dirfd, const char *path)
{
	const struct proc_target none = { PROC_FILE_NONE, 0 };
	char absolute[2 * PATH_MAX], link[32];
	long length;

	if (!ends_in_known_name(path))
		return none;
	if (path[0] == '/')
		return match_absolute(path);
	if (dirfd == AT_FDCWD)
		snprintf(link, sizeof(link), "/proc/self/cwd");
	else
		snprintf(link, sizeof(link), "/proc/self/fd/%d", dirfd);
	length = host_syscall(SYS_readlinkat, AT_FDCWD, link, absolute, PATH_MAX);
	if (length <= 0)
		return none;
	snprintf(absolute + length, sizeof(absolute) - (size_t)length, "/%s", path);
	return match_absolute(absolute);
}

/* Every process run by the translator holds its program's file at the same high descriptor. */
bool
proc_files_exe_link(int pid, char *buffer, size_t size)
{
	int length;

	if (guest_program->exe_fd < 0)
		return false;
	if (pid == 0)
		length = snprintf(buffer, size, "/proc/self/fd/%d", guest_program->exe_fd);
	else
		length = snprintf(buffer, size, "/proc/%d/fd/%d", pid, guest_program->exe_fd);
	return length > 0 && (size_t)length < size &&
	       (pid == 0 || host_syscall(SYS_faccessat, AT_FDCWD, buffer, F_OK) == 0);
}

/* Adds a part of the guest's memory, as far as it can be read. */
static void
add_guest_memory(struct text *text, uint64_t start, uint64_t end)
{
	char chunk[4096];

	while (start < end) {
		size_t n = end - start < sizeof(chunk) ? end - start : sizeof(chunk);

		if (guest_copy_from(chunk, start, n) != 0)
			return;
		text_add(text, chunk, n);
		start += n;
	}
}

/* Writes the text; false when the host's is right. */
static bool
write_text(struct guest_thread *t, struct proc_target target, int fd, struct text *text)
{
	const struct loaded_program *program = guest_program;

	if (target.pid != 0)
		return proc_files_write_foreign(text, target);
	switch (target.file) {
	case PROC_FILE_NUMA_MAPS: return proc_files_write_foreign(text, target);
	case PROC_FILE_STATUS: return proc_files_write_status(text, t, fd);
	case PROC_FILE_STAT: return proc_files_write_stat(text, t, fd);
	case PROC_FILE_STATM: return proc_files_write_statm(text, t, fd);
	case PROC_FILE_MAPS: proc_files_write_maps(text); return true;
	case PROC_FILE_SMAPS: proc_files_write_smaps(text); return true;
	case PROC_FILE_CPUINFO: proc_files_write_cpuinfo(text); return true;
	case PROC_FILE_CMDLINE:
		add_guest_memory(text, program->arg_start, program->arg_end);
		return !kernel_shows_guest;
	case PROC_FILE_ENVIRON:
		add_guest_memory(text, program->env_start, program->env_end);
		return !kernel_shows_guest;
	case PROC_FILE_AUXV:
		add_guest_memory(text, program->auxv, program->auxv + program->auxv_size);
		return !kernel_shows_guest;
	default: return false;
	}
}

static bool
write_all(long fd, const struct text *text)
{
	for (size_t done = 0; done < text->length;) {
		long n = host_syscall(SYS_write, fd, text->bytes + done, text->length - done);

		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

/* A memory file with the text, opened for reading alone at its start; or -errno. */
static long
file_of_text(const struct text *text)
{
	long fd = host_syscall(SYS_memfd_create, "proc", MFD_CLOEXEC), reader;
	char path[32];

	if (host_syscall_failed(fd))
		return fd;
	host_syscall(SYS_fchmod, fd, 0444);
	snprintf(path, sizeof(path), "/proc/self/fd/%ld", fd);
	reader = write_all(fd, text)
			 ? host_syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0)
			 : -ENOMEM;
	host_syscall(SYS_close, fd);
	return reader;
}

static bool
is_on_proc(int fd)
{
	struct statfs file_system = { 0 };

	return host_syscall(SYS_fstatfs, fd, &file_system) == 0 &&
	       file_system.f_type == PROC_SUPER_MAGIC;
}

int64_t
proc_files_substitute(struct guest_thread *t, struct proc_target target, int fd)
{
	struct text text = { 0 };
	long replacement, flags;

	if (target.file == PROC_FILE_EXE || !is_on_proc(fd))
		return fd;
	if (!write_text(t, target, fd, &text)) {
		text_free(&text);
		return fd;
	}
	replacement = text.failed ? -ENOMEM : file_of_text(&text);
	text_free(&text);
	if (host_syscall_failed(replacement)) {
		host_syscall(SYS_close, fd);
		return replacement;
	}
	flags = host_syscall(SYS_fcntl, fd, F_GETFD, 0);
	host_syscall(SYS_dup3, replacement, fd, flags & FD_CLOEXEC ? O_CLOEXEC : 0);
	host_syscall(SYS_close, replacement);
	return fd;
}

void
proc_files_init(void)
{
	kernel_shows_guest = identity_assume(guest_program);
}
