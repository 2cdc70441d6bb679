// SPDX-License-Identifier: Apache-2.0
//
// Sockets: options of every kind, ancillary data, addresses, unusual families, message flags, many messages at once.

#include "cases.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>

static int
option(int fd, int level, int name)
{
	int value = -77;
	socklen_t length = sizeof(value);

	return getsockopt(fd, level, name, &value, &length) ? -errno : value;
}

static void
options(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, size = 10000;
	struct linger linger = { 1, 5 }, got = { 0 };
	struct timeval time = { 3, 500000 }, shown = { 0 };
	socklen_t length = sizeof(got);

	printf("type %d domain %d protocol %d error %d\n", option(fd, SOL_SOCKET, SO_TYPE),
		option(fd, SOL_SOCKET, SO_DOMAIN), option(fd, SOL_SOCKET, SO_PROTOCOL),
		option(fd, SOL_SOCKET, SO_ERROR));
	print_result("reuse", setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	printf("%d\n", option(fd, SOL_SOCKET, SO_REUSEADDR));
	print_result("buffer", setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)));
	printf("%d\n", option(fd, SOL_SOCKET, SO_SNDBUF));
	print_result("linger", setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	getsockopt(fd, SOL_SOCKET, SO_LINGER, &got, &length);
	printf("%d %d %u\n", got.l_onoff, got.l_linger, length);
	print_result("timeout", setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time)));
	length = sizeof(shown);
	getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &shown, &length);
	printf("%ld %u\n", (long)shown.tv_sec, length);
	print_result("nodelay", setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)));
	printf("%d\n", option(fd, IPPROTO_TCP, TCP_NODELAY));
	struct tcp_info info;
	length = sizeof(info);
	print_result("info", getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length));
	printf("state %d\n", info.tcpi_state);
	length = 2;
	short half = 0;
	print_result("short", getsockopt(fd, SOL_SOCKET, SO_TYPE, &half, &length));
	printf("%d %u\n", half, length);
	length = (socklen_t)-1;
	print_result("negative length", getsockopt(fd, SOL_SOCKET, SO_TYPE, &one, &length));
	print_result("bad address",
		getsockopt(fd, SOL_SOCKET, SO_TYPE, (void *)-4096, &(socklen_t){ 4 }));
	print_result("no such option", setsockopt(fd, SOL_SOCKET, 9999, &one, sizeof(one)));
	print_result("no such level", setsockopt(fd, 9999, 1, &one, sizeof(one)));
	print_result("too short", setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, 1));
	struct sock_filter code[] = { BPF_STMT(BPF_RET | BPF_K, 0xffff) };
	struct sock_fprog program = { 1, code };
	print_result(
		"filter", setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)));
	print_result("detach", setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &one, sizeof(one)));
}

static void
ancillary(void)
{
	int pair[2], ends[2], one = 1;
	char control[256] __attribute__((aligned(8))), byte = 'x';
	struct iovec vector = { &byte, 1 };
	struct msghdr message = { .msg_iov = &vector,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = CMSG_SPACE(2 * sizeof(int)) };
	struct cmsghdr *header;

	(void)!socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	(void)!pipe(ends);
	memset(control, 0, sizeof(control));
	header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(2 * sizeof(int));
	memcpy(CMSG_DATA(header), ends, sizeof(ends));
	print_result("send descriptors", sendmsg(pair[0], &message, 0));
	setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &one, sizeof(one));
	message.msg_controllen = sizeof(control);
	print_result("receive", recvmsg(pair[1], &message, MSG_CMSG_CLOEXEC));
	for (header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
		printf("type %d length %d\n", header->cmsg_type, (int)header->cmsg_len);
		if (header->cmsg_type == SCM_CREDENTIALS)
			printf("from %d\n", ((struct ucred *)CMSG_DATA(header))->pid == getpid());
		if (header->cmsg_type == SCM_RIGHTS) {
			int got[2];

			memcpy(got, CMSG_DATA(header), sizeof(got));
			printf("close-on-exec %d\n", fcntl(got[0], F_GETFD));
			(void)!write(got[1], "p", 1);
			(void)!read(ends[0], &byte, 1);
			printf("works %c\n", byte);
		}
	}
	message.msg_controllen = CMSG_SPACE(sizeof(int));
	header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	/* Nothing is open there; descriptors of a translator are none of the program's. */
	for (int hidden = 300; hidden < 1024; hidden++) {
		memcpy(CMSG_DATA(header), &hidden, sizeof(hidden));
		if (sendmsg(pair[0], &message, MSG_DONTWAIT) >= 0)
			printf("descriptor %d was sent\n", hidden);
	}
	header->cmsg_len = 5;
	print_result("bad length", sendmsg(pair[0], &message, 0));
	message.msg_controllen = 0;
	message.msg_control = NULL;
	vector.iov_base = (void *)-4096;
	print_result("bad buffer", sendmsg(pair[0], &message, 0));
	print_result("bad message", sendmsg(pair[0], (void *)-4096, 0));
	struct ucred peer;
	socklen_t length = sizeof(peer);
	print_result("peer", getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &peer, &length));
	printf("%d\n", peer.pid == getpid());
	close(pair[1]);
	print_result("no signal", send(pair[0], "x", 1, MSG_NOSIGNAL));
}

static void
unix_addresses(void)
{
	struct sockaddr_un name = { AF_UNIX, "socket" }, got;
	socklen_t length = sizeof(got);
	int server = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0),
	    accepted;

	print_result("connect to nothing", connect(client, (void *)&name, sizeof(name)));
	print_result("bind", bind(server, (void *)&name, sizeof(name)));
	print_result(
		"bind again", bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&name, sizeof(name)));
	print_result("connect without listen", connect(client, (void *)&name, sizeof(name)));
	listen(server, 5);
	print_result("connect", connect(client, (void *)&name, sizeof(name)));
	accepted = accept4(server, (void *)&got, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
	printf("accept %d length %u\n", accepted >= 0, length);
	printf("flags %d %d\n", fcntl(accepted, F_GETFD),
		!!(fcntl(accepted, F_GETFL) & O_NONBLOCK));
	length = sizeof(got);
	getpeername(client, (void *)&got, &length);
	printf("peer %s %u\n", got.sun_path, length);
	length = 4;
	getpeername(client, (void *)&got, &length);
	printf("cut %u\n", length);
	print_result("short name", bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&name, 1));
	print_result("long name", bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&name, 5000));
	struct stat status;
	stat("socket", &status);
	printf("kind %d\n", S_ISSOCK(status.st_mode));
	shutdown(client, SHUT_WR);
	char byte;
	print_result("end", read(accepted, &byte, 1));
	print_result("shutdown", shutdown(client, 9));
}

static void
datagrams(void)
{
	int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0),
	    one = 1;
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) },
			   from;
	socklen_t length = sizeof(address);
	struct mmsghdr messages[3];
	struct iovec vectors[3];
	char texts[3][8] = { "one", "two", "three" }, in[3][8];

	bind(receiver, (void *)&address, sizeof(address));
	getsockname(receiver, (void *)&address, &length);
	printf("port %d\n", address.sin_port != 0);
	connect(sender, (void *)&address, sizeof(address));
	memset(messages, 0, sizeof(messages));
	for (int i = 0; i < 3; i++) {
		vectors[i] = (struct iovec){ texts[i], strlen(texts[i]) };
		messages[i].msg_hdr.msg_iov = &vectors[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	print_result("sendmmsg", sendmmsg(sender, messages, 3, 0));
	printf("%u %u %u\n", messages[0].msg_len, messages[1].msg_len, messages[2].msg_len);
	setsockopt(receiver, SOL_SOCKET, SO_TIMESTAMP, &one, sizeof(one));
	for (int i = 0; i < 3; i++)
		vectors[i] = (struct iovec){ in[i], sizeof(in[i]) };
	struct timespec time = { 1, 0 };
	print_result("recvmmsg", recvmmsg(receiver, messages, 2, MSG_WAITFORONE, &time));
	printf("%u %.3s %u %.3s\n", messages[0].msg_len, in[0], messages[1].msg_len, in[1]);
	length = sizeof(from);
	print_result("truncated", recvfrom(receiver, in[0], 2, MSG_TRUNC, (void *)&from, &length));
	printf("from %d %u\n", from.sin_addr.s_addr == htonl(INADDR_LOOPBACK), length);
	print_result("empty", recv(receiver, in[0], 1, MSG_DONTWAIT));
	send(sender, "", 0, 0);
	print_result("of no length", recv(receiver, in[0], 1, 0));
	send(sender, "peek", 4, 0);
	print_result("peek", recv(receiver, in[0], 4, MSG_PEEK));
	print_result("then", recv(receiver, in[0], 4, 0));
	print_result("too long", send(sender, malloc(70000), 70000, 0));
	print_result("no address", sendto(receiver, "x", 1, 0, NULL, 0));
	print_result("wrong family",
		sendto(receiver, "x", 1, 0, (void *)&(struct sockaddr_un){ AF_UNIX, "x" },
			sizeof(struct sockaddr_in)));
	address.sin_port = 0;
	print_result(
		"disconnect", connect(sender, (void *)&(struct sockaddr){ .sa_family = AF_UNSPEC },
				      sizeof(struct sockaddr)));
	print_result("not connected", send(sender, "x", 1, 0));
}

static void
streams(void)
{
	int server = socket(AF_INET, SOCK_STREAM, 0),
	    client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), accepted;
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	char in[16] = "";

	bind(server, (void *)&address, sizeof(address));
	getsockname(server, (void *)&address, &length);
	listen(server, 1);
	int result = connect(client, (void *)&address, sizeof(address));
	printf("in progress %d\n", result == 0 || errno == EINPROGRESS);
	struct pollfd writable = { client, POLLOUT, 0 };
	print_result("poll", poll(&writable, 1, 1000));
	printf("error %d\n", option(client, SOL_SOCKET, SO_ERROR));
	accepted = accept(server, NULL, NULL);
	print_result("send", send(client, "out of band", 11, MSG_OOB));
	struct pollfd urgent = { accepted, POLLPRI, 0 };
	print_result("urgent", poll(&urgent, 1, 1000));
	print_result("urgent byte", recv(accepted, in, 1, MSG_OOB));
	printf("%c\n", in[0]);
	print_result("rest", recv(accepted, in, 16, MSG_DONTWAIT));
	close(accepted);
	struct pollfd end = { client, POLLIN | POLLRDHUP, 0 };
	print_result("end", poll(&end, 1, 1000));
	printf("%d\n", !!(end.revents & POLLRDHUP));
	print_result(
		"accept nothing", (fcntl(server, F_SETFL, O_NONBLOCK), accept(server, NULL, NULL)));
	print_result("accept4 flags", accept4(server, NULL, NULL, 1));
	print_result("refused", (close(server), connect(socket(AF_INET, SOCK_STREAM, 0),
							(void *)&address, sizeof(address))));
}

static void
families(void)
{
	static const int list[] = { AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET,
		AF_ALG, AF_VSOCK, 99, -1 };
	struct {
		struct nlmsghdr header;
		struct rtgenmsg general;
	} request = { { NLMSG_LENGTH(sizeof(struct rtgenmsg)), RTM_GETLINK,
			      NLM_F_REQUEST | NLM_F_DUMP, 1, 0 },
		{ AF_UNSPEC } };
	static char answer[65536] __attribute__((aligned(8)));

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		int fd = socket(list[i], SOCK_DGRAM, 0);
		printf("family %d: %d\n", list[i], fd < 0 ? errno : 0);
	}
	print_result("type", socket(AF_INET, 99, 0));
	print_result("protocol", socket(AF_INET, SOCK_STREAM, 99));
	print_result("pair", socketpair(AF_INET, SOCK_STREAM, 0, (int[2]){ 0 }));
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	print_result("request", send(fd, &request, request.header.nlmsg_len, 0));
	ssize_t length = recv(fd, answer, sizeof(answer), 0);
	struct nlmsghdr *header = (struct nlmsghdr *)answer;
	printf("answer %d type %d\n", NLMSG_OK(header, (unsigned)length), header->nlmsg_type);
	struct sockaddr_nl own;
	socklen_t size = sizeof(own);
	getsockname(fd, (void *)&own, &size);
	printf("family %d length %u\n", own.nl_family, size);
}

static const struct test_case cases[] = {
	{ "options", options },
	{ "ancillary", ancillary },
	{ "unix addresses", unix_addresses },
	{ "datagrams", datagrams },
	{ "streams", streams },
	{ "families", families },
};

MAIN_OF_CASES(cases)
