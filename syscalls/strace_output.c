// SPDX-License-Identifier: Apache-2.0
//
// Output of -strace: see strace_output.h. Each piece is one write, so that lines of several tasks do not mix even where
// the page that they share is not to be had.

#include "syscalls/strace_output.h"

#include "loader/descriptors.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "syscalls/fd_guard.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>

#define LOG_FD_MINIMUM 1000 /* out of the way of the guest's descriptors */
#define SHARED_SIZE    HOST_PAGE_SIZE
/* A task that was killed with the lock leaves it taken: lines may mix then, but none waits for ever. */
#define LOCK_TRIES 10000

static const char unfinished[] = " <unfinished ...>\n";

/* What the tasks share. */
struct shared {
	uint32_t locked;
	int32_t first_task;
	uint32_t several_tasks;
	uint64_t begun; /* number of the line begun last, 0: it has been ended */
	uint64_t last;  /* number given out last */
};

static struct shared alone;
static struct shared *shared = &alone;

/* Where lines go: not descriptor 2 itself, which the guest may close before its last calls. */
static int log_fd = -1;

static int shared_fd = -1;

/* The page of the run, or a new one. */
static void
share(void)
{
	bool new = guest_options->trace_fd <= 0;
	void *page;

	shared_fd = guest_options->trace_fd;
	if (new) {
		long fd = host_syscall(SYS_memfd_create, "strace", MFD_CLOEXEC);

		if (host_syscall_failed(fd))
			return;
		shared_fd = descriptor_move_high((int)fd);
		host_syscall(SYS_ftruncate, shared_fd, SHARED_SIZE);
	}
	fd_guard_add(shared_fd);
	page = host_memory_map_shared(0, shared_fd, 0, SHARED_SIZE);
	if (page)
		shared = page;
}

void
strace_output_init(void)
{
	long copy;

	log_fd = guest_options->log_fd;
	if (!(guest_options->log & (RUN_LOG_STRACE | RUN_LOG_STRACE_JSON)))
		return;
	share();
	if (log_fd > 2)
		return;
	copy = host_syscall(SYS_fcntl, log_fd, F_DUPFD_CLOEXEC, LOG_FD_MINIMUM);
	if (host_syscall_failed(copy)) /* beyond RLIMIT_NOFILE */
		return;
	log_fd = (int)copy;
	fd_guard_add(log_fd);
}

int
strace_output_descriptor(void)
{
	return shared_fd;
}

bool
strace_output_several(int tid)
{
	int32_t first = 0;

	if (!__atomic_compare_exchange_n(
		    &shared->first_task, &first, tid, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED) &&
		first != tid)
		strace_output_expect_several();
	return __atomic_load_n(&shared->several_tasks, __ATOMIC_RELAXED);
}

void
strace_output_expect_several(void)
{
	__atomic_store_n(&shared->several_tasks, 1, __ATOMIC_RELAXED);
}

static void
lock_output(void)
{
	for (unsigned k = 0; k < LOCK_TRIES; k++) {
		if (!__atomic_exchange_n(&shared->locked, 1, __ATOMIC_ACQUIRE))
			return;
		host_syscall(SYS_sched_yield);
	}
}

static void
unlock_output(void)
{
	__atomic_store_n(&shared->locked, 0, __ATOMIC_RELEASE);
}

static void
write_pieces(struct iovec *pieces, int count)
{
	int first = 0;

	while (first < count) {
		long n = host_syscall(SYS_writev, log_fd, pieces + first, count - first);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return;
		for (; first < count && (size_t)n >= pieces[first].iov_len; first++)
			n -= (long)pieces[first].iov_len;
		if (first < count) {
			pieces[first].iov_base = (char *)pieces[first].iov_base + n;
			pieces[first].iov_len -= (size_t)n;
		}
	}
}

static struct iovec
piece(const char *bytes, size_t length)
{
	return (struct iovec){ (void *)(uintptr_t)bytes, length };
}

/* What ends a line that another task has begun. */
static struct iovec
end_of_other(void)
{
	return piece(unfinished, shared->begun ? sizeof(unfinished) - 1 : 0);
}

static struct iovec
whole(const struct strace_line *line)
{
	return piece(line->bytes, line->length);
}

void
strace_output_line(struct strace_line *line)
{
	struct iovec pieces[2];

	if (line->length == sizeof(line->bytes) - 1)
		memcpy(line->bytes + line->length - 3, "...", 3);
	line->bytes[line->length++] = '\n';
	lock_output();
	pieces[0] = end_of_other();
	pieces[1] = whole(line);
	shared->begun = 0;
	write_pieces(pieces, 2);
	unlock_output();
}

uint64_t
strace_output_begin(const struct strace_line *line)
{
	struct iovec pieces[2];
	uint64_t begun;

	lock_output();
	pieces[0] = end_of_other();
	pieces[1] = whole(line);
	begun = shared->begun = ++shared->last;
	write_pieces(pieces, 2);
	unlock_output();
	return begun;
}

void
strace_output_end(uint64_t begun, const struct strace_line *resumed, const struct strace_line *rest)
{
	struct iovec pieces[4];

	lock_output();
	pieces[0] = pieces[1] = piece("", 0);
	if (shared->begun != begun) {
		pieces[0] = end_of_other();
		pieces[1] = whole(resumed);
	}
	pieces[2] = whole(rest);
	pieces[3] = piece("\n", 1);
	shared->begun = 0;
	write_pieces(pieces, 4);
	unlock_output();
}
