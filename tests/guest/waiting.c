// SPDX-License-Identifier: Apache-2.0
//
// select, poll, epoll, eventfd, timerfd, signalfd, and sockets: stream and datagram, local and internet, passing a
// descriptor, non-blocking errors, shutdown.

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

static void
check(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(1);
	}
}

/* 1 if the call gave -1 and left this error. */
static int
fails_with(long result, int error)
{
	return result == -1 && errno == error;
}

static void
multiplexing(void)
{
	int a[2];
	int b[2];
	fd_set set;
	struct timeval limit = { 0, 10000 };

	check(pipe(a) == 0 && pipe(b) == 0, "pipe");
	FD_ZERO(&set);
	FD_SET(a[0], &set);
	FD_SET(b[0], &set);
	printf("select times out: %d\n", select(b[0] + 1, &set, NULL, NULL, &limit));
	check(write(b[1], "xy", 2) == 2, "write");
	FD_SET(a[0], &set);
	FD_SET(b[0], &set);
	int n = select(b[0] + 1, &set, NULL, NULL, NULL);
	printf("select %d: %d%d\n", n, FD_ISSET(a[0], &set) != 0, FD_ISSET(b[0], &set) != 0);

	struct pollfd fds[3] = { { a[0], POLLIN, 0 }, { b[0], POLLIN, 0 }, { a[1], POLLOUT, 0 } };
	n = poll(fds, 3, 100);
	printf("poll %d: %d %d %d\n", n, fds[0].revents, fds[1].revents, fds[2].revents);
	close(a[1]);
	fds[2].fd = -1;
	n = poll(fds, 3, 100);
	printf("poll %d: hangup %d\n", n, fds[0].revents == POLLHUP);

	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int event = eventfd(3, EFD_NONBLOCK);
	struct epoll_event wanted = { .events = EPOLLIN, .data.u64 = 0x1122334455667788 };
	struct epoll_event got[4];
	check(epoll_ctl(epoll, EPOLL_CTL_ADD, event, &wanted) == 0, "epoll_ctl");
	wanted.data.u64 = 42;
	check(epoll_ctl(epoll, EPOLL_CTL_ADD, b[0], &wanted) == 0, "epoll_ctl");
	n = epoll_wait(epoll, got, 4, 1000);
	printf("epoll %d:", n);
	for (int i = 0; i < n; i++) {
		printf(" %llx/%x", (unsigned long long)got[i].data.u64, got[i].events);
	}
	uint64_t value;
	check(read(event, &value, 8) == 8, "eventfd");
	printf("\neventfd %llu\n", (unsigned long long)value);
	check(epoll_ctl(epoll, EPOLL_CTL_DEL, b[0], NULL) == 0, "epoll_ctl");
	printf("epoll empty %d\n", epoll_pwait(epoll, got, 4, 5, NULL));
	printf("eventfd empty %d\n", fails_with(read(event, &value, 8), EAGAIN));
}

static void
descriptor_events(void)
{
	int timer = timerfd_create(CLOCK_MONOTONIC, 0);
	struct itimerspec spec = { { 0, 5000000 }, { 0, 5000000 } };
	uint64_t expirations;
	sigset_t mask;
	struct signalfd_siginfo info;

	timerfd_settime(timer, 0, &spec, NULL);
	usleep(30000);
	check(read(timer, &expirations, 8) == 8, "timerfd");
	printf("timerfd expired %d\n", expirations >= 4);
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR2);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	int fd = signalfd(-1, &mask, 0);
	kill(getpid(), SIGUSR2);
	check(read(fd, &info, sizeof(info)) == sizeof(info), "signalfd");
	printf("signalfd %d from self %d\n", info.ssi_signo == SIGUSR2,
		info.ssi_pid == (uint32_t)getpid());
}

static void *
echo_server(void *argument)
{
	int listener = *(int *)argument;
	int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	char buffer[256];
	ssize_t n;

	while ((n = recv(peer, buffer, sizeof(buffer), 0)) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			buffer[i] = (char)(buffer[i] ^ 0x20);
		}
		check(send(peer, buffer, (size_t)n, MSG_NOSIGNAL) == n, "send");
	}
	close(peer);
	return NULL;
}

static void
internet(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int one = 1;
	int type = 0;
	char buffer[64] = { 0 };
	pthread_t thread;

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	check(bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0, "bind");
	check(listen(listener, 4) == 0, "listen");
	check(getsockname(listener, (struct sockaddr *)&address, &length) == 0, "getsockname");
	pthread_create(&thread, NULL, echo_server, &listener);
	int client = socket(AF_INET, SOCK_STREAM, 0);
	check(connect(client, (struct sockaddr *)&address, sizeof(address)) == 0, "connect");
	length = sizeof(type);
	getsockopt(client, SOL_SOCKET, SO_TYPE, &type, &length);
	printf("type %d family %d address %s\n", type == SOCK_STREAM, address.sin_family == AF_INET,
		inet_ntoa(address.sin_addr));
	for (int i = 0; i < 200; i++) {
		check(send(client, "hello WORLD", 11, 0) == 11, "send");
		check(recv(client, buffer, 11, MSG_WAITALL) == 11, "recv");
	}
	printf("%s\n", buffer);
	shutdown(client, SHUT_WR);
	printf("end %zd\n", recv(client, buffer, 1, 0));
	pthread_join(thread, NULL);
	close(client);
	close(listener);
	client = socket(AF_INET, SOCK_STREAM, 0);
	printf("refused %d\n",
		fails_with(connect(client, (struct sockaddr *)&address, sizeof(address)),
			ECONNREFUSED));
}

static void
local(void)
{
	int ends[2];
	int carried = open("/dev/null", O_RDONLY);
	char byte = 'c';
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec part = { &byte, 1 };
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *header;
	int received = -1;

	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0, "socketpair");
	printf("nothing yet %d\n", fails_with(recv(ends[0], &byte, 1, 0), EAGAIN));
	header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &carried, sizeof(int));
	check(sendmsg(ends[0], &message, 0) == 1, "sendmsg");
	memset(control, 0, sizeof(control));
	check(recvmsg(ends[1], &message, 0) == 1, "recvmsg");
	header = CMSG_FIRSTHDR(&message);
	memcpy(&received, CMSG_DATA(header), sizeof(int));
	printf("descriptor passed %d, reads %zd\n", received > carried, read(received, &byte, 1));

	int datagram = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "local-socket" };
	check(bind(datagram, (struct sockaddr *)&name, sizeof(name)) == 0, "bind");
	int sender = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct mmsghdr many[2] = { { .msg_hdr = { .msg_name = &name,
					     .msg_namelen = sizeof(name),
					     .msg_iov = &part,
					     .msg_iovlen = 1 } } };
	many[1] = many[0];
	printf("sendmmsg %d\n", sendmmsg(sender, many, 2, 0));
	printf("received %zd", recv(datagram, &byte, 1, 0));
	printf(" %zd\n", recv(datagram, &byte, 1, MSG_DONTWAIT));
}

int
main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	multiplexing();
	descriptor_events();
	internet();
	local();
	return 0;
}
