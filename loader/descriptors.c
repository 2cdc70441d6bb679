// SPDX-License-Identifier: Apache-2.0
// Descriptors that dragoman keeps for itself (see descriptors.h).
#include "loader/descriptors.h"

#include "runtime/host_syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>

/* How far below the limit the first number that we take is. */
enum { KEPT_DESCRIPTORS = 24, HIGHEST_LIMIT = 1024 };

long
descriptor_duplicate_high(int fd, bool close_on_exec)
{
	struct rlimit limit = { .rlim_cur = HIGHEST_LIMIT };
	int command = close_on_exec ? F_DUPFD_CLOEXEC : F_DUPFD;
	long first;
	long result;

	host_syscall(SYS_getrlimit, RLIMIT_NOFILE, &limit);
	first = limit.rlim_cur < HIGHEST_LIMIT ? (long)limit.rlim_cur : HIGHEST_LIMIT;
	first = first > KEPT_DESCRIPTORS ? first - KEPT_DESCRIPTORS : 0;
	result = host_syscall(SYS_fcntl, fd, command, first);
	return result == -EMFILE || result == -EINVAL ? host_syscall(SYS_fcntl, fd, command, 0)
						      : result;
}

int
descriptor_move_high(int fd)
{
	long high = descriptor_duplicate_high(fd, true);

	if (host_syscall_failed(high))
		return fd;
	host_syscall(SYS_close, fd);
	return (int)high;
}
