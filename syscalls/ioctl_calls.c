// SPDX-License-Identifier: Apache-2.0
//
// ioctl: requests of both ABIs are encoded alike and 64-bit structures are equal, so requests pass through. What has to
// be known is how much the kernel writes behind the argument: newer requests carry direction and size in their number,
// the older ones are in the table below.

#include "runtime/guest_access.h"
#include "runtime/host_memory.h"
#include "syscalls/arguments.h"
#include "syscalls/dispatch.h"
#include "syscalls/handlers.h"
#include "syscalls/open_flags.h"

#include <asm/ioctls.h>
#include <linux/fs.h>
#include <linux/hdreg.h>
#include <linux/kvm.h>
#include <linux/loop.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <scsi/sg.h>
#include <string.h>
#include <sys/ioctl.h>

/* Addresses of this size and more cannot be told from other values; below, they are the translator's. */
#define HOST_ADDRESS_END UINT64_C(0x800000000000)

/* Older requests that write: [first, last], and how many bytes. */
struct old_request {
	uint32_t first, last;
	uint16_t written;
};

/* In ascending order. */
static const struct old_request old_requests[] = {
	{ FIBMAP, FIGETBSZ, 4 },
	{ HDIO_GETGEO, HDIO_GETGEO, sizeof(struct hd_geometry) },
	{ HDIO_GET_UNMASKINTR, HDIO_GET_QDMA, 8 },
	{ HDIO_GET_IDENTITY, HDIO_GET_IDENTITY, 512 },
	{ BLKROGET, BLKROGET, 4 },
	{ BLKGETSIZE, BLKGETSIZE, 8 },
	{ BLKRAGET, BLKRAGET, 8 },
	{ BLKFRAGET, BLKSECTGET, 8 },
	{ BLKSSZGET, BLKSSZGET, 4 },
	{ BLKIOMIN, BLKROTATIONAL, 8 },
	{ SG_GET_TIMEOUT, SG_IO, sizeof(struct sg_io_hdr) },
	{ LOOP_GET_STATUS64, LOOP_GET_STATUS64, sizeof(struct loop_info64) },
	{ TCGETS, TCGETS, 36 },
	{ TCSETS, TCSETSF, 0 },
	{ TCGETA, TCGETA, 18 },
	{ TCSETA, TIOCSCTTY, 0 },
	{ TIOCGPGRP, TIOCGPGRP, 4 },
	{ TIOCSPGRP, TIOCSPGRP, 0 },
	{ TIOCOUTQ, TIOCOUTQ, 4 },
	{ TIOCSTI, TIOCSTI, 0 },
	{ TIOCGWINSZ, TIOCGWINSZ, 8 },
	{ TIOCSWINSZ, TIOCSWINSZ, 0 },
	{ TIOCMGET, TIOCMGET, 4 },
	{ TIOCMBIS, TIOCMSET, 0 },
	{ TIOCGSOFTCAR, TIOCGSOFTCAR, 4 },
	{ FIONREAD, FIONREAD, 4 },
	{ FIONBIO, TIOCNOTTY, 0 },
	{ TIOCGETD, TIOCGETD, 4 },
	{ TIOCGSID, TIOCGSID, 4 },
	{ FIONCLEX, FIOASYNC, 0 },
	{ FIOSETOWN, SIOCSPGRP, 0 },
	{ FIOGETOWN, SIOCATMARK, 4 },
	{ SIOCGSTAMP_OLD, SIOCGSTAMPNS_OLD, 16 },
	{ SIOCGIFNAME, SIOCSIFLINK, sizeof(struct ifreq) },
	{ SIOCGIFCONF, SIOCGIFCONF, sizeof(struct ifconf) },
	{ SIOCGIFFLAGS, SIOCETHTOOL, sizeof(struct ifreq) },
};

/* More than any request without a size writes. */
#define UNKNOWN_SIZE 4096
/* Smaller arguments are values (descriptors, flags), not addresses. */
#define GUEST_PAGE_MINIMUM 4096

/* How many bytes behind the argument the kernel may write. */
static uint64_t
written_size(uint32_t request)
{
	if (_IOC_DIR(request) != _IOC_NONE)
		return _IOC_DIR(request) & _IOC_READ ? _IOC_SIZE(request) : 0;
	for (size_t i = 0; i < sizeof(old_requests) / sizeof(old_requests[0]); i++) {
		if (request >= old_requests[i].first && request <= old_requests[i].last)
			return old_requests[i].written;
	}
	return UNKNOWN_SIZE;
}

/* Buffers behind addresses in the structures of old requests. */
static void
prepare_nested(uint32_t request, uint64_t address)
{
	struct ifconf list;
	struct sg_io_hdr header;

	if (request == SIOCGIFCONF && guest_copy_from(&list, address, sizeof(list)) == 0)
		arguments_prepare_write((uint64_t)list.ifc_buf, (uint64_t)list.ifc_len);
	if (request == SG_IO && guest_copy_from(&header, address, sizeof(header)) == 0) {
		arguments_prepare_write((uint64_t)header.dxferp, header.dxfer_len);
		arguments_prepare_write((uint64_t)header.sbp, header.mx_sb_len);
	}
}

/*
 * Virtual machines of the host's architecture; and the old loop_info, which holds device numbers of another size (losetup
 * uses the 64-bit one). The kernel says what a descriptor gives for requests that it does not know.
 */
#define UNKNOWN_REQUEST 0xdead
static bool
is_refused(uint32_t request)
{
	return _IOC_TYPE(request) == KVMIO || request == LOOP_GET_STATUS ||
	       request == LOOP_SET_STATUS;
}

int64_t
sys_ioctl(struct guest_thread *t, const uint64_t argument[6])
{
	uint32_t request = (uint32_t)argument[1];
	uint64_t host[6];

	memcpy(host, argument, sizeof(host));
	if (is_refused(request)) {
		host[1] = UNKNOWN_REQUEST;
		return system_call_quick(SYS_ioctl, host);
	}
	if (request == TIOCGPTPEER)
		host[2] = open_flags_to_host(argument[2]);
	else if (argument[2] >= GUEST_ADDRESS_END && argument[2] < HOST_ADDRESS_END)
		host[2] = arguments_refused_address(argument[2]);
	else if (argument[2] >= GUEST_PAGE_MINIMUM && argument[2] < GUEST_ADDRESS_END) {
		arguments_prepare_write(argument[2], written_size(request));
		prepare_nested(request, argument[2]);
	}
	return system_call_wait(t, SYS_ioctl, RESTART_SYS, host);
}
