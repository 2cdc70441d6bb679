// SPDX-License-Identifier: Apache-2.0
//
// -L: an absolute path that exists under the sysroot is looked up there, symbolic links staying inside it, as
// chroot(2) would have it; everything else is the host's. Paths that are created or removed are never redirected.

#include "syscalls/path.h"

#include "loader/sysroot.h"
#include "runtime/guest_access.h"
#include "syscalls/argument.h"
#include "syscalls/dispatch.h"
#include "syscalls/handlers.h"
#include "syscalls/open_flags.h"
#include "syscalls/proc_files.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define AARCH64_NR_LSETXATTR    6
#define AARCH64_NR_LGETXATTR    9
#define AARCH64_NR_LLISTXATTR   12
#define AARCH64_NR_LREMOVEXATTR 15
#define AARCH64_NR_READLINKAT   78

/* The path under the sysroot, when it exists there. */
static bool
rewrite_to_sysroot(const char *path, bool follow, char buffer[PATH_MAX])
{
	char link[32];
	long fd, length;

	fd = sysroot_open(
		guest_options->sysroot_fd, path, O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW));
	if (host_syscall_failed(fd))
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%ld", fd);
	buffer[0] = '\0';
	length = host_syscall(SYS_readlinkat, AT_FDCWD, link, buffer, PATH_MAX - 1);
	host_syscall(SYS_close, fd);
	if (length > 0 && buffer[0] == '/') {
		buffer[length] = '\0';
		return true;
	}
	/* Without /proc: right as long as no link leads out of the sysroot. */
	length = snprintf(buffer, PATH_MAX, "%s%s", guest_options->sysroot, path);
	return length < PATH_MAX;
}

bool
path_rewrite(int dirfd, const char *path, bool follow, char buffer[PATH_MAX])
{
	struct proc_target target = proc_files_find(dirfd, path);

	if (target.file == PROC_FILE_HIDDEN)
		return snprintf(buffer, PATH_MAX, "/proc/self/fd/-1") > 0;
	if (target.file == PROC_FILE_EXE)
		return proc_files_exe_link(target.pid, buffer, PATH_MAX);
	if (guest_options->sysroot && path[0] == '/')
		return rewrite_to_sysroot(path, follow, buffer);
	return false;
}

/* Whether the call goes through a symbolic link at the end of the path. */
static bool
call_follows(const struct system_call *call, const uint64_t argument[6])
{
	switch (call - system_calls) {
	case AARCH64_NR_LSETXATTR:
	case AARCH64_NR_LGETXATTR:
	case AARCH64_NR_LLISTXATTR:
	case AARCH64_NR_LREMOVEXATTR:
	case AARCH64_NR_READLINKAT: return false;
	default: break;
	}
	for (unsigned n = 0; n < call->argument_count; n++) {
		if (argument_kind(call->arguments[n]) != ARGUMENT_FLAGS)
			continue;
		switch (argument_detail(call->arguments[n])) {
		case FLAGS_at: return !(argument[n] & AT_SYMLINK_NOFOLLOW);
		case FLAGS_open: return !(open_flags_to_host(argument[n]) & O_NOFOLLOW);
		default: break;
		}
	}
	return true;
}

int64_t
path_carry_out(struct guest_thread *t, const struct system_call *call, uint64_t argument[6])
{
	char path[PATH_MAX], rewritten[PATH_MAX];
	unsigned n = (unsigned)__builtin_ctz(call->lookups);
	int dirfd = AT_FDCWD;
	struct proc_target target;
	int64_t result;

	path[0] = '\0';
	/* What cannot be read, or is too long, is for the kernel to refuse. */
	if (guest_copy_string(path, argument[n], sizeof(path)) <= 0)
		return system_call_carry_out(t, call, argument);
	if (n > 0 && argument_kind(call->arguments[n - 1]) == ARGUMENT_DIRFD)
		dirfd = (int)argument[n - 1];
	if (path_rewrite(dirfd, path, call_follows(call, argument), rewritten))
		argument[n] = (uint64_t)rewritten;
	result = system_call_carry_out(t, call, argument);
	if (result < 0 || (call->function != sys_openat && call->function != sys_openat2))
		return result;
	target = proc_files_find(dirfd, path);
	return target.file == PROC_FILE_NONE ? result
					     : proc_files_substitute(t, target, (int)result);
}
