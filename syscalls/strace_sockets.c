// SPDX-License-Identifier: Apache-2.0
//
// How -strace writes options of sockets and control messages.

#include "runtime/guest_access.h"
#include "runtime/host_memory.h"
#include "syscalls/argument.h"
#include "syscalls/strace_line.h"
#include "syscalls/strace_sockets.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

/* How an option's value looks. */
enum option_shape { SHAPE_INT, SHAPE_TIMEVAL, SHAPE_LINGER, SHAPE_CREDENTIALS, SHAPE_BYTES };

struct option {
	int level, number;
	enum option_shape shape;
	const char *name;
};

// clang-format off
#define OPTION(level, name, shape) { level, name, SHAPE_##shape, #name }
static const struct option options[] = {
	OPTION(SOL_SOCKET, SO_DEBUG, INT), OPTION(SOL_SOCKET, SO_REUSEADDR, INT),
	OPTION(SOL_SOCKET, SO_TYPE, INT), OPTION(SOL_SOCKET, SO_ERROR, INT),
	OPTION(SOL_SOCKET, SO_DONTROUTE, INT), OPTION(SOL_SOCKET, SO_BROADCAST, INT),
	OPTION(SOL_SOCKET, SO_SNDBUF, INT), OPTION(SOL_SOCKET, SO_RCVBUF, INT),
	OPTION(SOL_SOCKET, SO_KEEPALIVE, INT), OPTION(SOL_SOCKET, SO_OOBINLINE, INT),
	OPTION(SOL_SOCKET, SO_PRIORITY, INT), OPTION(SOL_SOCKET, SO_LINGER, LINGER),
	OPTION(SOL_SOCKET, SO_REUSEPORT, INT), OPTION(SOL_SOCKET, SO_PASSCRED, INT),
	OPTION(SOL_SOCKET, SO_PEERCRED, CREDENTIALS), OPTION(SOL_SOCKET, SO_RCVLOWAT, INT),
	OPTION(SOL_SOCKET, SO_SNDLOWAT, INT), OPTION(SOL_SOCKET, SO_RCVTIMEO, TIMEVAL),
	OPTION(SOL_SOCKET, SO_SNDTIMEO, TIMEVAL), OPTION(SOL_SOCKET, SO_BINDTODEVICE, BYTES),
	OPTION(SOL_SOCKET, SO_ATTACH_FILTER, BYTES), OPTION(SOL_SOCKET, SO_DETACH_FILTER, INT),
	OPTION(SOL_SOCKET, SO_TIMESTAMP, INT), OPTION(SOL_SOCKET, SO_ACCEPTCONN, INT),
	OPTION(SOL_SOCKET, SO_PEERSEC, BYTES), OPTION(SOL_SOCKET, SO_SNDBUFFORCE, INT),
	OPTION(SOL_SOCKET, SO_RCVBUFFORCE, INT), OPTION(SOL_SOCKET, SO_PASSSEC, INT),
	OPTION(SOL_SOCKET, SO_MARK, INT), OPTION(SOL_SOCKET, SO_PROTOCOL, INT),
	OPTION(SOL_SOCKET, SO_DOMAIN, INT), OPTION(SOL_SOCKET, SO_RXQ_OVFL, INT),
	OPTION(SOL_SOCKET, SO_BUSY_POLL, INT), OPTION(SOL_SOCKET, SO_INCOMING_CPU, INT),
	OPTION(SOL_SOCKET, SO_COOKIE, BYTES), OPTION(SOL_SOCKET, SO_ZEROCOPY, INT),
	OPTION(IPPROTO_TCP, TCP_NODELAY, INT), OPTION(IPPROTO_TCP, TCP_MAXSEG, INT),
	OPTION(IPPROTO_TCP, TCP_CORK, INT), OPTION(IPPROTO_TCP, TCP_KEEPIDLE, INT),
	OPTION(IPPROTO_TCP, TCP_KEEPINTVL, INT), OPTION(IPPROTO_TCP, TCP_KEEPCNT, INT),
	OPTION(IPPROTO_TCP, TCP_SYNCNT, INT), OPTION(IPPROTO_TCP, TCP_LINGER2, INT),
	OPTION(IPPROTO_TCP, TCP_DEFER_ACCEPT, INT), OPTION(IPPROTO_TCP, TCP_WINDOW_CLAMP, INT),
	OPTION(IPPROTO_TCP, TCP_INFO, BYTES), OPTION(IPPROTO_TCP, TCP_QUICKACK, INT),
	OPTION(IPPROTO_TCP, TCP_CONGESTION, BYTES), OPTION(IPPROTO_TCP, TCP_USER_TIMEOUT, INT),
	OPTION(IPPROTO_TCP, TCP_FASTOPEN, INT), OPTION(IPPROTO_TCP, TCP_FASTOPEN_CONNECT, INT),
	OPTION(IPPROTO_IP, IP_TOS, INT), OPTION(IPPROTO_IP, IP_TTL, INT),
	OPTION(IPPROTO_IP, IP_HDRINCL, INT), OPTION(IPPROTO_IP, IP_PKTINFO, INT),
	OPTION(IPPROTO_IP, IP_MTU_DISCOVER, INT), OPTION(IPPROTO_IP, IP_RECVERR, INT),
	OPTION(IPPROTO_IP, IP_RECVTTL, INT), OPTION(IPPROTO_IP, IP_MULTICAST_IF, BYTES),
	OPTION(IPPROTO_IP, IP_MULTICAST_TTL, INT), OPTION(IPPROTO_IP, IP_MULTICAST_LOOP, INT),
	OPTION(IPPROTO_IP, IP_ADD_MEMBERSHIP, BYTES), OPTION(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, INT),
	OPTION(IPPROTO_IPV6, IPV6_V6ONLY, INT), OPTION(IPPROTO_IPV6, IPV6_UNICAST_HOPS, INT),
	OPTION(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, INT), OPTION(IPPROTO_IPV6, IPV6_RECVERR, INT),
	OPTION(IPPROTO_IPV6, IPV6_RECVPKTINFO, INT), OPTION(IPPROTO_IPV6, IPV6_TCLASS, INT),
};
// clang-format on

static const struct option *
find_option(uint64_t level, uint64_t number)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].level == (int)level && options[i].number == (int)number)
			return &options[i];
	return NULL;
}

void
strace_add_socket_option(struct strace_line *line, uint64_t level, uint64_t number)
{
	const struct option *option = find_option(level, number);

	if (option)
		strace_add(line, "%s", option->name);
	else
		strace_add(line, "%#x", (unsigned)number);
}

static void
add_shaped(struct strace_line *line, enum option_shape shape, const void *bytes)
{
	struct timeval time;
	struct linger linger;
	struct ucred credentials;
	int value;

	switch (shape) {
	case SHAPE_TIMEVAL:
		memcpy(&time, bytes, sizeof(time));
		strace_add(line, "{tv_sec=%lld, tv_usec=%lld}", (long long)time.tv_sec,
			(long long)time.tv_usec);
		break;
	case SHAPE_LINGER:
		memcpy(&linger, bytes, sizeof(linger));
		strace_add(line, "{l_onoff=%d, l_linger=%d}", linger.l_onoff, linger.l_linger);
		break;
	case SHAPE_CREDENTIALS:
		memcpy(&credentials, bytes, sizeof(credentials));
		strace_add(line, "{pid=%d, uid=%u, gid=%u}", credentials.pid, credentials.uid,
			credentials.gid);
		break;
	default:
		memcpy(&value, bytes, sizeof(value));
		strace_add(line, "[%d]", value);
		break;
	}
}

bool
strace_add_option_value(
	struct strace_line *line, uint64_t level, uint64_t number, uint64_t address, uint64_t size)
{
	static const size_t sizes[] = {
		[SHAPE_INT] = sizeof(int),
		[SHAPE_TIMEVAL] = sizeof(struct timeval),
		[SHAPE_LINGER] = sizeof(struct linger),
		[SHAPE_CREDENTIALS] = sizeof(struct ucred),
	};
	const struct option *option = find_option(level, number);
	uint8_t bytes[32];

	if (!option || option->shape == SHAPE_BYTES || size != sizes[option->shape] ||
		guest_copy_from(bytes, address, size) != 0)
		return false;
	add_shaped(line, option->shape, bytes);
	return true;
}

/* ---- control messages ------------------------------------------------------------------------------------ */

static void
add_control_data(struct strace_line *line, const struct cmsghdr *header, uint64_t data)
{
	size_t size = header->cmsg_len - sizeof(*header);
	struct ucred credentials;
	int fd;

	if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
		strace_add(line, "SCM_RIGHTS, cmsg_data=[");
		for (size_t at = 0; at + sizeof(fd) <= size; at += sizeof(fd))
			if (guest_copy_from(&fd, data + at, sizeof(fd)) == 0)
				strace_add(line, "%s%d", at ? ", " : "", fd);
		strace_add(line, "]");
	} else if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_CREDENTIALS &&
		   size >= sizeof(credentials) &&
		   guest_copy_from(&credentials, data, sizeof(credentials)) == 0) {
		strace_add(line, "SCM_CREDENTIALS, cmsg_data={pid=%d, uid=%u, gid=%u}",
			credentials.pid, credentials.uid, credentials.gid);
	} else {
		strace_add(line, "%#x", header->cmsg_type);
	}
}

void
strace_add_control(struct strace_line *line, uint64_t address, uint64_t length)
{
	enum { CONTROL_LIMIT = 8 };
	uint64_t at = 0;

	strace_add(line, "[");
	for (unsigned n = 0; n < CONTROL_LIMIT && at + sizeof(struct cmsghdr) <= length; n++) {
		struct cmsghdr header;

		if (guest_copy_from(&header, address + at, sizeof(header)) != 0 ||
			header.cmsg_len < sizeof(header) || header.cmsg_len > length - at)
			break;
		strace_add(line, "%s{cmsg_len=%zu, cmsg_level=", n ? ", " : "", header.cmsg_len);
		strace_add_flags(line, FLAGS_socket_level, (unsigned)header.cmsg_level);
		strace_add(line, ", cmsg_type=");
		add_control_data(line, &header, address + at + sizeof(header));
		strace_add(line, "}");
		at += CMSG_ALIGN(header.cmsg_len);
	}
	strace_add(line, "]");
}
