// SPDX-License-Identifier: Apache-2.0
//
// See report_file.h. A file of somebody else under the name is never written to: it is removed, or in a directory with the
// sticky bit stays, and then there is no report.
#include "runtime/report_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "loader/descriptors.h"
#include "runtime/host_syscall.h"
#include "syscalls/fd_guard.h"

#define NAME_SIZE 64

static long
create(const struct report_file *file, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, file->name_format, (int)host_syscall(SYS_getpid));
	host_syscall(SYS_unlinkat, AT_FDCWD, name, 0);
	return host_syscall(SYS_openat, AT_FDCWD, name,
		O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
}

void
report_file_open(struct report_file *file, const char *name_format)
{
	char name[NAME_SIZE];
	long fd;

	*file = (struct report_file){ .name_format = name_format, .fd = -1 };
	fd = create(file, name);
	if (host_syscall_failed(fd)) {
		dprintf(2,
			"dragoman: %s: cannot be written; %s; remove it, or make /tmp writable\n",
			name, strerror((int)-fd));
		return;
	}
	file->fd = descriptor_move_high((int)fd);
	fd_guard_add(file->fd);
}

static bool
may_grow(const struct report_file *file, uint64_t size)
{
	struct rlimit limit;

	return host_syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, NULL, &limit) == 0 &&
	       (limit.rlim_cur == RLIM_INFINITY || file->size + size <= limit.rlim_cur);
}

void
report_file_write(struct report_file *file, const void *bytes, size_t size)
{
	if (file->fd < 0)
		return;
	if (may_grow(file, size) && host_syscall(SYS_write, file->fd, bytes, size) == (long)size)
		file->size += size;
	else
		file->fd = -1; /* half a record at the end, and none behind it */
}

static bool
copy_bytes(const struct report_file *file, int to)
{
	int64_t from = 0;

	if (!may_grow(file, 0))
		return false;
	while ((uint64_t)from < file->size)
		if (host_syscall(SYS_sendfile, to, file->fd, &from, file->size - (uint64_t)from) <=
			0)
			return false;
	return true;
}

void
report_file_after_fork(struct report_file *file, bool shares_descriptors, bool copy)
{
	char name[NAME_SIZE];
	long fd = -1;

	if (file->fd < 0)
		return;
	if (!shares_descriptors)
		fd = create(file, name);
	if (host_syscall_failed(fd)) {
		file->fd = -1;
		return;
	}
	if (copy && !copy_bytes(file, (int)fd)) {
		host_syscall(SYS_close, fd);
		file->fd = -1;
		return;
	}
	if (!copy)
		file->size = 0;
	host_syscall(SYS_dup3, fd, file->fd, O_CLOEXEC);
	host_syscall(SYS_close, fd);
}
