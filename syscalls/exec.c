// SPDX-License-Identifier: Apache-2.0
//
// execve and execveat. A guest program, or a script that one interprets, is started through dragoman's own executable
// (loader/exec_protocol.h); everything else is the host kernel's to execute or to refuse. Which it is, and the errors
// that the kernel would give for the file, are found out before anything is changed.
//
// The guest's strings are never copied: their addresses are valid for the host kernel too.

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "cache/cache.h"
#include "cache/places.h"
#include "frontend/a64/state.h"
#include "loader/exec_protocol.h"
#include "loader/loader.h"
#include "loader/script.h"
#include "runtime/guest_access.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/interruptible_syscall.h"
#include "runtime/statistics.h"
#include "runtime/threads.h"
#include "syscalls/fd_guard.h"
#include "syscalls/handlers.h"
#include "syscalls/path.h"
#include "syscalls/strace_output.h"

/* More pointers than fit into the space that the kernel gives to arguments (3/4 of 8 MiB). */
#define POINTERS_LIMIT   (6u << 20 >> 3)
#define POINTERS_AT_ONCE 64
#define HOST_ST_NOEXEC   8 /* f_flags of statfs */

/* What is asked for. Paths are addresses, for the kernel to check. */
struct exec_request {
	int dirfd;
	const char *path; /* to be opened; may have been rewritten for -L */
	uint64_t name;    /* as the guest wrote it: a guest address */
	uint64_t argv;
	uint64_t envp;
	int flags;       /* AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW */
	bool empty_path; /* dirfd itself is the program */
};

enum exec_way {
	EXEC_BY_HOST, /* let the kernel have it */
	EXEC_BY_US,   /* through dragoman */
};

/* The argument vector for dragoman, and the strings in it that are ours. */
struct exec_vector {
	char state[EXEC_STATE_SIZE];
	char name[PATH_MAX + 32];
	uint64_t pointer[];
};

/*
 * Opens a file for reading if the kernel would execute it. Gives a descriptor or -errno; *unreadable: it may be
 * executed but not read, which only the kernel can do.
 */
static int64_t
open_executable(int dirfd, const char *path, int flags, bool *unreadable, struct stat *status)
{
	struct statfs file_system = { 0 };
	int open_flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	int64_t result = host_syscall(SYS_newfstatat, dirfd, path, status, flags);

	if (result < 0)
		return result;
	if (S_ISLNK(status->st_mode))
		return -ELOOP;
	if (!S_ISREG(status->st_mode))
		return -EACCES;
	result = host_syscall(SYS_faccessat2, dirfd, path, X_OK, AT_EACCESS | flags);
	if (result < 0 && result != -ENOSYS)
		return result;
	if (flags & AT_SYMLINK_NOFOLLOW)
		open_flags |= O_NOFOLLOW;
	if (flags & AT_EMPTY_PATH) {
		char link[32];

		/* A descriptor of its own: `dirfd` may have been opened with O_PATH. */
		snprintf(link, sizeof(link), "/proc/self/fd/%d", dirfd);
		result = host_syscall(SYS_openat, AT_FDCWD, link, open_flags, 0);
		if (result == -ENOENT)
			result = host_syscall(SYS_fcntl, dirfd, F_DUPFD_CLOEXEC, 0);
	} else {
		result = host_syscall(SYS_openat, dirfd, path, open_flags, 0);
	}
	if (result == -EACCES)
		*unreadable = true;
	if (result >= 0 && host_syscall(SYS_fstatfs, result, &file_system) == 0 &&
		(file_system.f_flags & HOST_ST_NOEXEC)) {
		host_syscall(SYS_close, result);
		return -EACCES;
	}
	return result;
}

static int64_t choose_way(int fd, unsigned depth, bool inaccessible);

/* The way for a script is its interpreter's. */
static int64_t
choose_way_of_script(int fd, unsigned depth)
{
	uint8_t header[FILE_HEADER_SIZE];
	struct script_line line;
	struct stat status = { 0 };
	char rewritten[PATH_MAX];
	const char *path = line.interpreter;
	bool unreadable = false, changed;
	int64_t size = host_syscall(SYS_pread64, fd, header, sizeof(header), 0);
	int64_t interpreter, way;

	if (size < 0 || !script_parse(header, (size_t)size, &line))
		return -ENOEXEC;
	if (depth >= SCRIPT_DEPTH_LIMIT)
		return -ELOOP;
	changed = path_rewrite(AT_FDCWD, line.interpreter, true, rewritten);
	if (changed)
		path = rewritten;
	interpreter = open_executable(AT_FDCWD, path, 0, &unreadable, &status);
	if (interpreter < 0)
		return unreadable ? EXEC_BY_HOST : interpreter;
	way = choose_way((int)interpreter, depth + 1, false);
	host_syscall(SYS_close, interpreter);
	/* The kernel would look for the interpreter at its unchanged path. */
	return way == EXEC_BY_HOST && changed ? EXEC_BY_US : way;
}

/* Gives enum exec_way or -errno. `inaccessible`: the file cannot be opened by its name after the exec. */
static int64_t
choose_way(int fd, unsigned depth, bool inaccessible)
{
	int error = 0;

	switch (loader_check(fd, &error)) {
	case FILE_GUEST_ELF: return error ? -error : EXEC_BY_US;
	case FILE_SCRIPT:
		if (inaccessible)
			return -ENOENT;
		return choose_way_of_script(fd, depth);
	default:
		/* ENOEXEC, or what the host's binfmt_misc knows. */
		return EXEC_BY_HOST;
	}
}

/* Counts the pointers of a vector at a guest address; 0 is an empty one. */
static int64_t
count_pointers(uint64_t vector)
{
	uint64_t pointer;

	if (!vector)
		return 0;
	for (uint64_t count = 0; count < POINTERS_LIMIT; count++) {
		if (guest_copy_from(&pointer, vector + count * sizeof(pointer), sizeof(pointer)) <
			0)
			return -EFAULT;
		if (!pointer)
			return (int64_t)count;
	}
	return -E2BIG;
}

/* The name that the kernel gives to a program that is found by descriptor (fs/exec.c alloc_bprm). */
static int64_t
name_of_program(const struct exec_request *request, char *buffer, size_t size)
{
	char path[PATH_MAX];
	int64_t length = guest_copy_string(path, request->name, sizeof(path));
	int written;

	if (length < 0)
		return length;
	if (request->empty_path)
		written = snprintf(buffer, size, "/dev/fd/%d", request->dirfd);
	else if (request->dirfd != AT_FDCWD && path[0] != '/')
		written = snprintf(buffer, size, "/dev/fd/%d/%s", request->dirfd, path);
	else
		written = snprintf(buffer, size, "%s", path);
	return written < 0 || (size_t)written >= size ? -ENAMETOOLONG : 0;
}

/* Frees what an exec that failed has allocated. */
static void
free_vector(struct guest_thread *t)
{
	struct thread_task *task = thread_task(t);

	host_memory_unmap(task->exec_memory, task->exec_memory_size);
	task->exec_memory = NULL;
}

/* Allocates the vector for `count` arguments of the guest; a vfork child's is freed by its parent. */
static struct exec_vector *
allocate_vector(struct guest_thread *t, size_t count)
{
	struct thread_task *task = thread_task(t);

	task->exec_memory_size = sizeof(struct exec_vector) + (count + 4) * sizeof(uint64_t);
	task->exec_memory = host_memory_map(task->exec_memory_size);
	return task->exec_memory;
}

/* Dragoman's own executable; opened anew where it was not to be had at the start. */
static int
own_executable(void)
{
	if (guest_options->self_fd >= 0)
		return guest_options->self_fd;
	return (int)host_syscall(SYS_openat, AT_FDCWD, "/proc/self/exe", O_PATH | O_CLOEXEC, 0);
}

/* The host's execveat; comes back only with an error. */
static int64_t
execute(struct guest_thread *t, int dirfd, uint64_t path, uint64_t argv, uint64_t envp, int flags)
{
	uint64_t first = a64_state(&t->cpu)->x[0];
	int64_t result;

	signals_before_exec(t);
	result = interruptible_syscall(
		t, SYS_execveat, (uint64_t)dirfd, path, argv, envp, (uint64_t)flags, 0);
	signals_after_exec(t);
	return signals_after_system_call(t, RESTART_ALWAYS, first, result);
}

static int64_t
execute_vector(struct guest_thread *t, const struct exec_request *request, int program,
	struct exec_vector *vector)
{
	struct run_options options = *guest_options;
	struct exec_descriptors descriptors;
	int64_t result;

	options.self_fd = own_executable();
	if (options.self_fd < 0)
		return options.self_fd;
	cache_places_carry_over(&options);
	options.trace_fd = strace_output_descriptor();
	result = exec_state_open(&options, program, &descriptors);
	if (result < 0)
		return result;
	if (!exec_state_format(&options, &descriptors, vector->state, sizeof(vector->state)))
		result = -E2BIG;
	else
		result = execute(t, descriptors.self, (uint64_t) "", (uint64_t)vector->pointer,
			request->envp, AT_EMPTY_PATH);
	exec_state_close(&descriptors);
	if (options.self_fd != guest_options->self_fd)
		host_syscall(SYS_close, options.self_fd);
	return result;
}

static int64_t
execute_guest(struct guest_thread *t, const struct exec_request *request, int program)
{
	struct exec_vector *vector;
	int64_t count = count_pointers(request->argv);
	int64_t result;

	if (count < 0)
		return count;
	vector = allocate_vector(t, (size_t)count);
	if (!vector)
		return -ENOMEM;
	vector->pointer[0] = (uint64_t) "dragoman";
	vector->pointer[1] = (uint64_t)vector->state;
	vector->pointer[2] = (uint64_t)vector->name;
	result = name_of_program(request, vector->name, sizeof(vector->name));
	if (result == 0)
		result = guest_copy_from(
			vector->pointer + 3, request->argv, (size_t)count * sizeof(uint64_t));
	if (result == 0)
		result = execute_vector(t, request, program, vector);
	free_vector(t);
	return result;
}

/* A script that is found by a descriptor which the exec closes cannot be opened by its interpreter. */
static bool
is_inaccessible(const struct exec_request *request)
{
	char first;
	int64_t flags;

	if (request->dirfd == AT_FDCWD)
		return false;
	if (!request->empty_path && (guest_copy_from(&first, request->name, 1) < 0 || first == '/'))
		return false;
	flags = host_syscall(SYS_fcntl, request->dirfd, F_GETFD);
	return flags >= 0 && (flags & FD_CLOEXEC);
}

/*
 * Whether the kernel refuses to execute the file because somebody has it open for writing. It opens the file before it
 * looks at the arguments, of which an address in its own half can only be a fault (kernels before 6.9 look at them
 * first, and the question stays without an answer).
 */
static bool
is_busy(int fd)
{
	const uint64_t never_valid = UINT64_C(1) << 63;

	return host_syscall(SYS_execveat, fd, "", never_valid, never_valid, AT_EMPTY_PATH) ==
	       -ETXTBSY;
}

/* What this program has translated and counted would be lost. A vfork child leaves it to its parent. */
static void
save_translations(struct guest_thread *t)
{
	bool alone;

	threads_lock();
	alone = threads_first() && !threads_first()->next;
	threads_unlock();
	if (!alone)
		return;
	cache_save();
	fd_guard_add(cache_own.fd); /* if it was opened only now */
	statistics_before_exec(t);
}

static bool
own_executable_is_known(void)
{
	int fd = own_executable();

	if (fd >= 0 && fd != guest_options->self_fd)
		host_syscall(SYS_close, fd);
	return fd >= 0;
}

static int64_t
exec_program(struct guest_thread *t, const struct exec_request *request)
{
	struct stat status = { 0 };
	bool unreadable = false;
	int64_t way = EXEC_BY_HOST, result;
	int64_t fd = open_executable(request->dirfd, request->path,
		request->flags & ~(request->empty_path ? 0 : AT_EMPTY_PATH), &unreadable, &status);

	if (fd < 0 && !unreadable)
		return fd;
	if (fd >= 0)
		way = choose_way((int)fd, 0, is_inaccessible(request));
	/* Only the kernel can give the rights of a set-user-id program, by binfmt_misc with flag C. */
	if (way == EXEC_BY_US && guest_options->binfmt && (status.st_mode & (S_ISUID | S_ISGID)))
		way = EXEC_BY_HOST;
	/* In a chroot without /proc our own executable may have no name; the kernel has it by binfmt_misc's flag F. */
	if (way == EXEC_BY_US && guest_options->binfmt && !own_executable_is_known())
		way = EXEC_BY_HOST;
	if (way >= 0)
		save_translations(t);
	if (way == EXEC_BY_US && is_busy((int)fd))
		result = -ETXTBSY;
	else if (way == EXEC_BY_US)
		result = execute_guest(t, request, (int)fd);
	else if (way == EXEC_BY_HOST)
		result = execute(t, request->dirfd, (uint64_t)request->path, request->argv,
			request->envp, request->flags);
	else
		result = way;
	if (fd >= 0)
		host_syscall(SYS_close, fd);
	return result;
}

int64_t
sys_execve(struct guest_thread *t, const uint64_t argument[6])
{
	struct exec_request request = {
		.dirfd = AT_FDCWD,
		.path = (const char *)argument[0],
		.name = a64_state(&t->cpu)->x[0],
		.argv = argument[1],
		.envp = argument[2],
	};

	return exec_program(t, &request);
}

int64_t
sys_execveat(struct guest_thread *t, const uint64_t argument[6])
{
	struct exec_request request = {
		.dirfd = (int)argument[0],
		.path = (const char *)argument[1],
		.name = a64_state(&t->cpu)->x[1],
		.argv = argument[2],
		.envp = argument[3],
		.flags = (int)argument[4],
	};

	/* As the kernel's getname_uflags and do_open_execat: the name first. */
	if (request.flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) {
		int64_t length = request.name < GUEST_ADDRESS_END
					 ? guest_string_length(request.name, 1)
					 : -EFAULT;

		if (length < 0)
			return -EFAULT;
		return length == 0 && !(request.flags & AT_EMPTY_PATH) ? -ENOENT : -EINVAL;
	}
	if (request.flags & AT_EMPTY_PATH)
		request.empty_path = guest_string_length(request.name, 1) == 0;
	return exec_program(t, &request);
}
