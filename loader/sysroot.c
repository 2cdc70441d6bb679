// SPDX-License-Identifier: Apache-2.0
// Files of the guest's own system tree (see sysroot.h).
#include "loader/sysroot.h"

#include "loader/descriptors.h"
#include "runtime/host_syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>

long
sysroot_open(int sysroot_fd, const char *path, int flags)
{
	struct open_how how = { .flags = (uint64_t)flags, .resolve = RESOLVE_IN_ROOT };
	long fd;

	if (sysroot_fd < 0 || path[0] != '/')
		return -ENOENT;
	fd = host_syscall(SYS_openat2, sysroot_fd, path, &how, sizeof(how));
	if (fd != -ENOSYS && fd != -EPERM)
		return fd;
	/* Before Linux 5.6, or a container that refuses the call: absolute links lead out of the tree. */
	while (*path == '/')
		path++;
	return host_syscall(SYS_openat, sysroot_fd, *path != '\0' ? path : ".", flags, 0);
}

long
sysroot_open_or_host(int sysroot_fd, const char *path, int flags)
{
	long fd = sysroot_open(sysroot_fd, path, flags);

	return fd >= 0 ? fd : host_syscall(SYS_openat, AT_FDCWD, path, flags, 0);
}

long
sysroot_set(struct run_options *options, const char *path)
{
	long fd = host_syscall(SYS_openat, AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);

	if (host_syscall_failed(fd))
		return fd;
	options->sysroot = path;
	options->sysroot_fd = descriptor_move_high((int)fd);
	return 0;
}
