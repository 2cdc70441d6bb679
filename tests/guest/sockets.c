// SPDX-License-Identifier: Apache-2.0
//
// Sockets and waiting for them: pairs, loopback, messages with descriptors and credentials, epoll, poll, select.

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static const char *
outcome(long result)
{
	return result >= 0 ? "ok" : strerrorname_np(errno);
}

/* Shows how a call ended, and what it left behind: the call comes first, whatever the compiler's order of arguments. */
#define SHOW(call, format, ...)                     \
	do {                                        \
		const char *shown = outcome(call);  \
		printf(format, shown, __VA_ARGS__); \
	} while (0)
#define SHOW_VALUE(call, format, ...)               \
	do {                                        \
		long shown = (long)(call);          \
		printf(format, shown, __VA_ARGS__); \
	} while (0)

static void
epoll_data(void)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), events = eventfd(0, EFD_NONBLOCK), fds[2];
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = 0x0102030405060708 };
	struct epoll_event got[8];
	int n;

	pipe2(fds, O_NONBLOCK);
	printf("add %s\n", outcome(epoll_ctl(epoll, EPOLL_CTL_ADD, events, &event)));
	printf("again %s\n", outcome(epoll_ctl(epoll, EPOLL_CTL_ADD, events, &event)));
	event.data.u64 = UINT64_MAX - 5;
	event.events = EPOLLIN | EPOLLET;
	epoll_ctl(epoll, EPOLL_CTL_ADD, fds[0], &event);
	printf("none %d\n", epoll_wait(epoll, got, 8, 0));
	eventfd_write(events, 3);
	(void)!write(fds[1], "x", 1);
	n = epoll_wait(epoll, got, 8, 1000);
	printf("ready %d\n", n);
	for (int i = 0; i < n; i++) {
		if (got[i].data.u64 == 0x0102030405060708)
			printf("eventfd events %#x\n", got[i].events);
		else
			printf("pipe %llx events %#x\n", (unsigned long long)got[i].data.u64,
				got[i].events);
	}
	n = epoll_wait(epoll, got, 8, 0);
	printf("level only: %d %llx\n", n, (unsigned long long)got[0].data.u64);
	event.events = 0;
	event.data.u64 = 9;
	printf("mod %s\n", outcome(epoll_ctl(epoll, EPOLL_CTL_MOD, events, &event)));
	printf("none %d\n", epoll_wait(epoll, got, 8, 0));
	printf("del %s\n", outcome(epoll_ctl(epoll, EPOLL_CTL_DEL, fds[0], NULL)));
	printf("bad count %s\n", outcome(epoll_wait(epoll, got, 0, 0)));
	printf("bad address %s\n", outcome(epoll_wait(epoll, (struct epoll_event *)-64, 4, 0)));
	close(epoll);
	close(events);
	close(fds[0]);
	close(fds[1]);
}

/* Many ready at once: all come, in whatever pieces. */
static void
epoll_many(void)
{
	int epoll = epoll_create1(0), fds[700], seen[700] = { 0 }, total = 0, n;
	struct epoll_event got[1000];

	for (int i = 0; i < 700; i++) {
		struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT,
			.data.u32 = (uint32_t)i };

		fds[i] = eventfd(1, 0);
		epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event);
	}
	while ((n = epoll_wait(epoll, got, 1000, 0)) > 0) {
		for (int i = 0; i < n; i++)
			total += seen[got[i].data.u32]++ == 0;
	}
	printf("many: %d of 700\n", total);
	for (int i = 0; i < 700; i++)
		close(fds[i]);
	close(epoll);
}

static void
descriptor_over_socket(void)
{
	int pair[2], received = -1, file = open("sent", O_RDWR | O_CREAT, 0600);
	char byte = 'd', control[CMSG_SPACE(sizeof(int))];
	struct iovec vector = { &byte, 1 };
	struct msghdr message = { .msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *header;

	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
	(void)!write(file, "content", 7);
	header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &file, sizeof(int));
	printf("sendmsg %ld\n", (long)sendmsg(pair[0], &message, 0));
	memset(control, 0, sizeof(control));
	printf("recvmsg %ld\n", (long)recvmsg(pair[1], &message, MSG_CMSG_CLOEXEC));
	header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(&received, CMSG_DATA(header), sizeof(int));
	if (received >= 0) {
		char text[8] = "";

		printf("pread %ld %s\n", (long)pread(received, text, 7, 0), text);
		printf("close-on-exec %d\n", fcntl(received, F_GETFD));
	}
	vector.iov_base = (void *)-4096;
	printf("bad buffer %s\n", outcome(sendmsg(pair[0], &message, 0)));
	close(pair[0]);
	close(pair[1]);
	close(received);
	close(file);
	unlink("sent");
}

static void
loopback(void)
{
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), client, server, one = 1;
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	char text[64] = "";

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	printf("bind %s\n", outcome(bind(listener, (struct sockaddr *)&address, sizeof(address))));
	printf("listen %s\n", outcome(listen(listener, 5)));
	getsockname(listener, (struct sockaddr *)&address, &length);
	printf("name %s length %u port %s\n", inet_ntoa(address.sin_addr), length,
		address.sin_port ? "given" : "none");
	client = socket(AF_INET, SOCK_STREAM, 0);
	printf("connect %s\n",
		outcome(connect(client, (struct sockaddr *)&address, sizeof(address))));
	length = sizeof(address);
	server = accept4(listener, (struct sockaddr *)&address, &length, SOCK_NONBLOCK);
	SHOW(server, "accept %s from %s\n", inet_ntoa(address.sin_addr));
	printf("send %ld\n", (long)send(client, "through the loop", 16, MSG_NOSIGNAL));
	struct pollfd wait = { .fd = server, .events = POLLIN };
	SHOW_VALUE(poll(&wait, 1, 2000), "poll %ld %x\n", wait.revents);
	printf("waiting %d\n", (ioctl(server, FIONREAD, &one), one));
	printf("recv %ld %s\n", (long)recv(server, text, sizeof(text), 0), text);
	printf("empty %s\n", outcome(recv(server, text, sizeof(text), 0)));
	length = sizeof(one);
	SHOW(getsockopt(client, SOL_SOCKET, SO_ERROR, &one, &length), "error %s %d\n", one);
	printf("type %d\n", (getsockopt(client, SOL_SOCKET, SO_TYPE, &one, &length), one));
	shutdown(client, SHUT_WR);
	poll(&wait, 1, 2000);
	printf("end %ld\n", (long)recv(server, text, sizeof(text), 0));
	close(client);
	close(server);
	close(listener);
	printf("closed %s\n", outcome(send(client, "x", 1, 0)));
}

static void
several_messages(void)
{
	int pair[2];
	char text[3][16] = { "one", "two", "three" }, into[3][16] = { 0 };
	struct iovec out[3], in[3];
	struct mmsghdr send[3] = { 0 }, receive[3] = { 0 };

	socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
	for (int i = 0; i < 3; i++) {
		out[i] = (struct iovec){ text[i], strlen(text[i]) };
		in[i] = (struct iovec){ into[i], sizeof(into[i]) };
		send[i].msg_hdr.msg_iov = &out[i];
		receive[i].msg_hdr.msg_iov = &in[i];
		send[i].msg_hdr.msg_iovlen = receive[i].msg_hdr.msg_iovlen = 1;
	}
	printf("sendmmsg %d", sendmmsg(pair[0], send, 3, 0));
	for (int i = 0; i < 3; i++)
		printf(" %u", send[i].msg_len);
	printf("\nrecvmmsg %d", recvmmsg(pair[1], receive, 3, MSG_DONTWAIT, NULL));
	for (int i = 0; i < 3; i++)
		printf(" %u %s", receive[i].msg_len, into[i]);
	printf("\n");
	close(pair[0]);
	close(pair[1]);
}

static void
unix_names(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" }, peer;
	socklen_t length = sizeof(peer);
	int one = socket(AF_UNIX, SOCK_DGRAM, 0), other = socket(AF_UNIX, SOCK_DGRAM, 0);
	char text[32] = "";

	unlink("socket");
	printf("bind %s\n", outcome(bind(one, (struct sockaddr *)&address, sizeof(address))));
	printf("twice %s\n", outcome(bind(other, (struct sockaddr *)&address, sizeof(address))));
	printf("sendto %ld\n",
		(long)sendto(other, "named", 5, 0, (struct sockaddr *)&address, sizeof(address)));
	printf("recvfrom %ld %s\n",
		(long)recvfrom(one, text, sizeof(text), 0, (struct sockaddr *)&peer, &length),
		text);
	printf("sender's address: %u bytes\n", length);
	struct stat status;
	stat("socket", &status);
	printf("socket file %d\n", S_ISSOCK(status.st_mode));
	unlink("socket");
	close(one);
	close(other);
}

/* A blocked signal that a temporary mask lets through ends the wait, and its handler has run. */
static volatile sig_atomic_t handled;

static void
handler(int signo)
{
	handled = signo;
}

static void
waiting_with_masks(void)
{
	struct timespec second = { 5, 0 };
	sigset_t blocked, none;
	fd_set set;

	signal(SIGUSR1, handler);
	sigemptyset(&none);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	raise(SIGUSR1);
	printf("blocked: %d\n", handled);
	SHOW(ppoll(NULL, 0, &second, &none), "ppoll %s, handled %d\n", handled == SIGUSR1);
	handled = 0;
	raise(SIGUSR1);
	FD_ZERO(&set);
	SHOW(pselect(0, &set, NULL, NULL, &second, &none), "pselect %s, handled %d\n",
		handled == SIGUSR1);
	handled = 0;
	raise(SIGUSR1);
	int epoll = epoll_create1(0);
	struct epoll_event event;
	SHOW(epoll_pwait(epoll, &event, 1, 5000, &none), "epoll_pwait %s, handled %d\n",
		handled == SIGUSR1);
	close(epoll);
	int fd = signalfd(-1, &blocked, SFD_CLOEXEC);
	struct signalfd_siginfo info;
	raise(SIGUSR1);
	SHOW_VALUE(read(fd, &info, sizeof(info)), "signalfd %ld %d\n", info.ssi_signo == SIGUSR1);
	close(fd);
	sigprocmask(SIG_UNBLOCK, &blocked, NULL);
}

static void
timers(void)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	struct itimerspec setting = { .it_value = { 0, 2000000 }, .it_interval = { 0, 1000000 } };
	uint64_t count = 0;

	printf("settime %s\n", outcome(timerfd_settime(fd, 0, &setting, NULL)));
	printf("read %ld\n", (long)read(fd, &count, sizeof(count)));
	printf("expired %d\n", count >= 1);
	timerfd_gettime(fd, &setting);
	printf("interval %ld\n", setting.it_interval.tv_nsec);
	close(fd);
}

int
main(void)
{
	epoll_data();
	epoll_many();
	descriptor_over_socket();
	loopback();
	several_messages();
	unix_names();
	waiting_with_masks();
	timers();
	return 0;
}
