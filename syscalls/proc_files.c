// SPDX-License-Identifier: Apache-2.0
//
// Which files of /proc are shown otherwise than the host has them, and how they take the place of the host's. The
// texts of maps and cpuinfo are made in proc_maps.c and proc_cpuinfo.c.

#include "syscalls/proc_files.h"

#include "loader/identity.h"
#include "runtime/guest_access.h"
#include "runtime/host_memory.h"
#include "syscalls/proc_text.h"
#include "syscalls/system_call.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
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

/* Whether a component is the decimal number `id`. */
static bool
component_is_number(const char *component, size_t length, long id)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", id);
	return component_is(component, length, text);
}

/* What an absolute path names. */
static enum proc_file
match_absolute(const char *path)
{
	const char *component;
	size_t length = next_component(&path, &component);
	bool of_process = true;
	enum proc_file file = PROC_FILE_NONE;

	if (!component_is(component, length, "proc"))
		return PROC_FILE_NONE;
	length = next_component(&path, &component);
	if (component_is(component, length, "cpuinfo")) {
		of_process = false;
	} else {
		if (!component_is(component, length, "self") &&
			!component_is(component, length, "thread-self") &&
			!component_is_number(component, length, host_syscall(SYS_getpid)))
			return PROC_FILE_NONE;
		length = next_component(&path, &component);
		if (component_is(component, length, "task")) {
			next_component(&path, &component);
			length = next_component(&path, &component);
		}
	}
	for (size_t i = 0; i < sizeof(process_files) / sizeof(process_files[0]); i++) {
		if (component_is(component, length, process_files[i].name))
			file = process_files[i].file;
	}
	if (next_component(&path, &component) != 0 || of_process == (file == PROC_FILE_CPUINFO))
		return PROC_FILE_NONE;
	return file;
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
	return false;
}

enum proc_file
proc_files_match(int dirfd, const char *path)
{
	char absolute[2 * PATH_MAX], link[32];
	long length;

	if (!ends_in_known_name(path))
		return PROC_FILE_NONE;
	if (path[0] == '/')
		return match_absolute(path);
	if (dirfd == AT_FDCWD)
		snprintf(link, sizeof(link), "/proc/self/cwd");
	else
		snprintf(link, sizeof(link), "/proc/self/fd/%d", dirfd);
	length = host_syscall(SYS_readlinkat, AT_FDCWD, link, absolute, PATH_MAX);
	if (length <= 0)
		return PROC_FILE_NONE;
	snprintf(absolute + length, sizeof(absolute) - (size_t)length, "/%s", path);
	return match_absolute(absolute);
}

bool
proc_files_exe_link(char *buffer, size_t size)
{
	int length = snprintf(buffer, size, "/proc/self/fd/%d", guest_program->exe_fd);

	return guest_program->exe_fd >= 0 && length > 0 && (size_t)length < size;
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
write_text(enum proc_file file, struct text *text)
{
	const struct loaded_program *program = guest_program;

	switch (file) {
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

/* A memory file with the text, opened for reading at its start; or -errno. */
static long
file_of_text(const struct text *text)
{
	long fd = host_syscall(SYS_memfd_create, "proc", MFD_CLOEXEC);
	size_t done = 0;

	while (!host_syscall_failed(fd) && done < text->length) {
		long n = host_syscall(SYS_write, fd, text->bytes + done, text->length - done);

		if (n <= 0) {
			host_syscall(SYS_close, fd);
			return n ? n : -EIO;
		}
		done += (size_t)n;
	}
	if (!host_syscall_failed(fd))
		host_syscall(SYS_lseek, fd, 0, SEEK_SET);
	return fd;
}

static bool
is_on_proc(int fd)
{
	struct statfs file_system = { 0 };

	return host_syscall(SYS_fstatfs, fd, &file_system) == 0 &&
	       file_system.f_type == PROC_SUPER_MAGIC;
}

int64_t
proc_files_substitute(enum proc_file file, int fd)
{
	struct text text = { 0 };
	long replacement, flags;

	if (file == PROC_FILE_EXE || !is_on_proc(fd))
		return fd;
	if (!write_text(file, &text)) {
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
