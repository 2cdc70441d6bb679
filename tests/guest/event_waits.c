// SPDX-License-Identifier: Apache-2.0
//
// epoll, poll, select, eventfd, inotify, signalfd, asynchronous I/O, io_uring and futexes of several addresses.

#include "cases.h"

#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

static void
epoll(void)
{
	int set = epoll_create1(EPOLL_CLOEXEC), ends[2], count;
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = 0x123456789abcdef0 }, got[8];

	(void)!pipe(ends);
	print_result("add", epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &event));
	print_result("again", epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &event));
	print_result("nothing", epoll_wait(set, got, 8, 0));
	(void)!write(ends[1], "x", 1);
	count = epoll_wait(set, got, 8, 1000);
	printf("%d %x %llx\n", count, got[0].events, (long long)got[0].data.u64);
	event.events = EPOLLOUT;
	event.data.u32 = 5;
	print_result("other end", epoll_ctl(set, EPOLL_CTL_ADD, ends[1], &event));
	count = epoll_wait(set, got, 8, 1000);
	printf("both %d\n", count);
	for (int i = 0; i < count; i++)
		printf("%x %llx\n", got[i].events, (long long)got[i].data.u64);
	printf("one at a time %d\n", epoll_wait(set, got, 1, 0));
	event.events = EPOLLIN | EPOLLONESHOT | EPOLLET;
	print_result("modify", epoll_ctl(set, EPOLL_CTL_MOD, ends[0], &event));
	print_result("delete", epoll_ctl(set, EPOLL_CTL_DEL, ends[1], NULL));
	printf("once %d\n", epoll_wait(set, got, 8, 0));
	printf("only once %d\n", epoll_wait(set, got, 8, 0));
	print_result("delete again", epoll_ctl(set, EPOLL_CTL_DEL, ends[1], NULL));
	print_result("itself", epoll_ctl(set, EPOLL_CTL_ADD, set, &event));
	print_result("a file", epoll_ctl(set, EPOLL_CTL_ADD, open(".", O_RDONLY), &event));
	print_result("no operation", epoll_ctl(set, 99, ends[0], &event));
	print_result("no room", epoll_wait(set, got, 0, 0));
	print_result("bad room", epoll_wait(set, (void *)-4096, 1, 0));
	close(ends[1]);
	event.events = EPOLLIN;
	epoll_ctl(set, EPOLL_CTL_MOD, ends[0], &event);
	epoll_wait(set, got, 8, 0);
	printf("hang-up %x\n", got[0].events);
	sigset_t mask;
	sigfillset(&mask);
	print_result("with a mask", epoll_pwait(set, got, 8, 0, &mask));
	struct timespec now = { 0, 0 };
	print_result("pwait2", syscall(441, set, got, 8, &now, NULL, 8));
	int nested = epoll_create1(0);
	event.events = EPOLLIN;
	print_result("nested", epoll_ctl(nested, EPOLL_CTL_ADD, set, &event));
	print_result("nested wait", epoll_wait(nested, got, 8, 0));
}

static void
polls(void)
{
	int ends[2];
	struct timespec zero = { 0, 0 };
	fd_set readable, writable;

	(void)!pipe(ends);
	struct pollfd list[3] = { { ends[0], POLLIN, 0 }, { ends[1], POLLOUT, 0 },
		{ 999, POLLIN, 0 } };
	print_result("poll", poll(list, 3, 0));
	printf("%x %x %x\n", list[0].revents, list[1].revents, list[2].revents);
	print_result("ppoll", ppoll(list, 1, &zero, NULL));
	print_result("nothing", poll(NULL, 0, 0));
	FD_ZERO(&readable);
	FD_ZERO(&writable);
	FD_SET(ends[0], &readable);
	FD_SET(ends[1], &writable);
	struct timeval moment = { 0, 1000 };
	print_result("select", select(20, &readable, &writable, NULL, &moment));
	printf("%d %d\n", FD_ISSET(ends[0], &readable), FD_ISSET(ends[1], &writable));
	FD_ZERO(&readable);
	FD_SET(50, &readable);
	print_result("bad descriptor", select(51, &readable, NULL, NULL, &moment));
	print_result("negative", select(-1, NULL, NULL, NULL, &moment));
	struct timespec wait_time = { 0, 2000000 };
	print_result("pselect", pselect(0, NULL, NULL, NULL, &wait_time, NULL));
	struct timespec raw = { 0, 3000000 };
	syscall(SYS_pselect6, 0, NULL, NULL, NULL, &raw, NULL);
	printf("time left is written %d\n", raw.tv_nsec == 0);
}

static void
counters(void)
{
	int fd = eventfd(3, EFD_NONBLOCK), semaphore = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK);
	uint64_t value = 5;

	print_result("add", write(fd, &value, 8));
	print_result("read", read(fd, &value, 8));
	printf("%llu\n", (long long)value);
	print_result("empty", read(fd, &value, 8));
	print_result("short", read(fd, &value, 4));
	value = UINT64_MAX;
	print_result("too much", write(fd, &value, 8));
	read(semaphore, &value, 8);
	printf("semaphore %llu\n", (long long)value);
	read(semaphore, &value, 8);
	print_result("exhausted", read(semaphore, &value, 8));
}

static void
watches(void)
{
	int fd = inotify_init1(IN_NONBLOCK), watch;
	char events[4096] __attribute__((aligned(8)));
	ssize_t length;

	mkdir("watched", 0700);
	watch = inotify_add_watch(fd, "watched",
		IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE);
	print_result("watch", watch);
	close(open("watched/file", O_CREAT | O_WRONLY, 0600));
	rename("watched/file", "watched/other");
	unlink("watched/other");
	length = read(fd, events, sizeof(events));
	for (ssize_t at = 0; at < length;) {
		struct inotify_event *event = (struct inotify_event *)(events + at);

		printf("%x %s %d\n", event->mask, event->len ? event->name : "",
			event->cookie != 0);
		at += (ssize_t)sizeof(*event) + event->len;
	}
	print_result("remove", inotify_rm_watch(fd, watch));
	length = read(fd, events, sizeof(events));
	printf("ignored %x\n", length > 0 ? ((struct inotify_event *)events)->mask : 0);
	print_result("missing", inotify_add_watch(fd, "missing", IN_CREATE));
	print_result("small buffer", read(fd, events, 4));
}

static void
signal_descriptors(void)
{
	sigset_t set;
	struct signalfd_siginfo info;
	union sigval value = { .sival_int = 99 };

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN + 1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	int fd = signalfd(-1, &set, SFD_NONBLOCK);
	print_result("nothing", read(fd, &info, sizeof(info)));
	raise(SIGUSR1);
	print_result("read", read(fd, &info, sizeof(info)) == sizeof(info));
	printf("%u %d %d\n", info.ssi_signo, info.ssi_code, info.ssi_pid == (unsigned)getpid());
	sigqueue(getpid(), SIGRTMIN + 1, value);
	struct pollfd poll_fd = { fd, POLLIN, 0 };
	print_result("poll", poll(&poll_fd, 1, 1000));
	read(fd, &info, sizeof(info));
	printf("%d %d\n", info.ssi_code, info.ssi_int);
	sigdelset(&set, SIGUSR1);
	print_result("change", signalfd(fd, &set, 0) == fd);
	raise(SIGUSR1);
	print_result("not any more", read(fd, &info, sizeof(info)));
}

static void
asynchronous(void)
{
	aio_context_t context = 0;
	int fd = open("aio", O_RDWR | O_CREAT, 0600);
	char out[16] = "asynchronous", in[16] = "";
	struct iocb write_block = { .aio_data = 7,
		.aio_lio_opcode = IOCB_CMD_PWRITE,
		.aio_fildes = (uint32_t)fd,
		.aio_buf = (uint64_t)out,
		.aio_nbytes = 12 };
	struct iocb read_block = { .aio_data = 8,
		.aio_lio_opcode = IOCB_CMD_PREAD,
		.aio_fildes = (uint32_t)fd,
		.aio_buf = (uint64_t)in,
		.aio_nbytes = 12 };
	struct iocb *list[1] = { &write_block };
	struct io_event event;

	print_result("setup", syscall(SYS_io_setup, 8, &context));
	print_result("submit", syscall(SYS_io_submit, context, 1, list));
	print_result("getevents", syscall(SYS_io_getevents, context, 1, 1, &event, NULL));
	printf("%lld %lld\n", (long long)event.data, (long long)event.res);
	list[0] = &read_block;
	print_result("submit", syscall(SYS_io_submit, context, 1, list));
	print_result("pgetevents", syscall(SYS_io_pgetevents, context, 1, 1, &event, NULL, NULL));
	printf("%lld %lld %s\n", (long long)event.data, (long long)event.res, in);
	read_block.aio_lio_opcode = 99;
	print_result("no such operation", syscall(SYS_io_submit, context, 1, list));
	print_result("destroy", syscall(SYS_io_destroy, context));
	print_result("again", syscall(SYS_io_destroy, context));
}

/* A ring by hand. */
struct ring {
	int fd;
	struct io_uring_params params;
	char *sq, *cq;
	struct io_uring_sqe *entries;
};

static int
make_ring(struct ring *ring)
{
	memset(ring, 0, sizeof(*ring));
	ring->fd = (int)syscall(425, 8, &ring->params);
	if (ring->fd < 0)
		return -1;
	size_t sq_size = ring->params.sq_off.array + ring->params.sq_entries * 4;
	size_t cq_size =
		ring->params.cq_off.cqes + ring->params.cq_entries * sizeof(struct io_uring_cqe);
	ring->sq = mmap(NULL, sq_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd,
		IORING_OFF_SQ_RING);
	ring->cq = mmap(NULL, cq_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd,
		IORING_OFF_CQ_RING);
	ring->entries = mmap(NULL, ring->params.sq_entries * sizeof(struct io_uring_sqe),
		PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQES);
	return ring->sq == MAP_FAILED || ring->cq == MAP_FAILED ||
			       (void *)ring->entries == MAP_FAILED
		       ? -1
		       : 0;
}

/* Submits one entry and waits for its result. */
static int
carry_out(struct ring *ring, const struct io_uring_sqe *entry)
{
	unsigned *tail = (unsigned *)(ring->sq + ring->params.sq_off.tail),
		 mask = *(unsigned *)(ring->sq + ring->params.sq_off.ring_mask);
	unsigned *head = (unsigned *)(ring->cq + ring->params.cq_off.head), index = *tail & mask;
	struct io_uring_cqe *completions =
		(struct io_uring_cqe *)(ring->cq + ring->params.cq_off.cqes);

	ring->entries[index] = *entry;
	((unsigned *)(ring->sq + ring->params.sq_off.array))[index] = index;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(426, ring->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		return -9999;
	int result =
		completions[*head & *(unsigned *)(ring->cq + ring->params.cq_off.ring_mask)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

static void
rings(void)
{
	struct ring ring;

	if (make_ring(&ring)) {
		printf("no ring: %d\n", errno);
		return;
	}
	printf("nop %d\n", carry_out(&ring, &(struct io_uring_sqe){ .opcode = IORING_OP_NOP }));
	int folder = carry_out(&ring, &(struct io_uring_sqe){ .opcode = IORING_OP_OPENAT,
					      .fd = AT_FDCWD,
					      .addr = (uint64_t) ".",
					      .open_flags = O_RDONLY | O_DIRECTORY });
	printf("open folder %d\n", folder >= 0);
	int fd = carry_out(&ring, &(struct io_uring_sqe){ .opcode = IORING_OP_OPENAT,
					  .fd = AT_FDCWD,
					  .addr = (uint64_t) "ring",
					  .open_flags = O_RDWR | O_CREAT,
					  .len = 0600 });
	printf("open file %d\n", fd >= 0);
	printf("a file is no folder %d\n",
		carry_out(&ring, &(struct io_uring_sqe){ .opcode = IORING_OP_OPENAT,
					 .fd = AT_FDCWD,
					 .addr = (uint64_t) "ring",
					 .open_flags = O_RDONLY | O_DIRECTORY }));
	(void)!symlink("ring", "link");
	printf("nofollow %d\n", carry_out(&ring, &(struct io_uring_sqe){ .opcode = IORING_OP_OPENAT,
							 .fd = AT_FDCWD,
							 .addr = (uint64_t) "link",
							 .open_flags = O_RDONLY | O_NOFOLLOW }));
	printf("write %d\n", carry_out(&ring, &(struct io_uring_sqe){ .opcode = IORING_OP_WRITE,
						      .fd = fd,
						      .addr = (uint64_t) "content",
						      .len = 7 }));
	char in[8] = "";
	printf("read %d\n", carry_out(&ring, &(struct io_uring_sqe){ .opcode = IORING_OP_READ,
						     .fd = fd,
						     .addr = (uint64_t)in,
						     .len = 7,
						     .off = 0 }));
	printf("%s\n", in);
	int set = epoll_create1(0), event_fd = eventfd(1, 0);
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = 0xfeedfacecafebeef },
			   got = { 0 };
	printf("epoll_ctl %d\n",
		carry_out(&ring, &(struct io_uring_sqe){ .opcode = IORING_OP_EPOLL_CTL,
					 .fd = set,
					 .addr = (uint64_t)&event,
					 .len = EPOLL_CTL_ADD,
					 .off = (uint64_t)event_fd }));
	int count = epoll_wait(set, &got, 1, 0);
	printf("event %d %x %llx\n", count, got.events, (long long)got.data.u64);
	printf("bad opcode %d\n", carry_out(&ring, &(struct io_uring_sqe){ .opcode = 250 }));
	printf("bad descriptor %d\n",
		carry_out(&ring, &(struct io_uring_sqe){ .opcode = IORING_OP_READ,
					 .fd = 999,
					 .addr = (uint64_t)in,
					 .len = 1 }));
}

static void
several_futexes(void)
{
	static uint32_t words[2] = { 1, 2 };
	struct {
		uint64_t value, address;
		uint32_t flags, reserved;
	} waiters[2] = { { 1, (uint64_t)&words[0], 2, 0 }, { 5, (uint64_t)&words[1], 2, 0 } };
	struct timespec time;

	print_result("changed", syscall(449, waiters, 2, 0, NULL, CLOCK_MONOTONIC));
	waiters[1].value = 2;
	clock_gettime(CLOCK_MONOTONIC, &time);
	time.tv_nsec += 1000000;
	time.tv_sec += time.tv_nsec / 1000000000;
	time.tv_nsec %= 1000000000;
	print_result("timeout", syscall(449, waiters, 2, 0, &time, CLOCK_MONOTONIC));
	print_result("none", syscall(449, waiters, 0, 0, NULL, CLOCK_MONOTONIC));
	waiters[0].flags = 0x1000;
	print_result("flags", syscall(449, waiters, 2, 0, NULL, CLOCK_MONOTONIC));
}

static const struct test_case cases[] = {
	{ "epoll", epoll },
	{ "polls", polls },
	{ "counters", counters },
	{ "watches", watches },
	{ "signal descriptors", signal_descriptors },
	{ "asynchronous", asynchronous },
	{ "rings", rings },
	{ "several futexes", several_futexes },
};

MAIN_OF_CASES(cases)
