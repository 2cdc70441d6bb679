// SPDX-License-Identifier: Apache-2.0
//
// Calls on files whose flags or structures differ: open flags, struct stat; and those that could name descriptors
// of the translator.

#include "runtime/guest_access.h"
#include "runtime/host_memory.h"
#include "syscalls/arguments.h"
#include "syscalls/dispatch.h"
#include "syscalls/fd_guard.h"
#include "syscalls/handlers.h"
#include "syscalls/marshal.h"
#include "syscalls/open_flags.h"
#include "syscalls/structures.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>

/* The host's call with open flags in argument n. */
static void
with_host_open_flags(uint64_t to[6], const uint64_t argument[6], unsigned n)
{
	memcpy(to, argument, 6 * sizeof(to[0]));
	to[n] = open_flags_to_host(argument[n]);
}

int64_t
sys_openat(struct guest_thread *t, const uint64_t argument[6])
{
	uint64_t host[6];

	with_host_open_flags(host, argument, 2);
	return system_call_wait(t, SYS_openat, RESTART_SYS, host);
}

/* A struct open_how may be longer than the one that is known here, if the rest is zero: the kernel decides. */
int64_t
sys_openat2(struct guest_thread *t, const uint64_t argument[6])
{
	uint64_t host[6], size = argument[3];
	union {
		struct open_how known;
		uint8_t bytes[4096];
	} how;

	if (size < sizeof(how.known))
		return -EINVAL;
	if (size > sizeof(how))
		return -E2BIG;
	if (guest_copy_from(&how, argument[2], size) != 0)
		return -EFAULT;
	how.known.flags = open_flags_to_host(how.known.flags);
	memcpy(host, argument, sizeof(host));
	host[2] = (uint64_t)&how;
	return system_call_wait(t, SYS_openat2, RESTART_SYS, host);
}

int64_t
sys_open_by_handle_at(struct guest_thread *t, const uint64_t argument[6])
{
	uint64_t host[6];

	with_host_open_flags(host, argument, 2);
	return system_call_wait(t, SYS_open_by_handle_at, RESTART_SYS, host);
}

int64_t
sys_fanotify_init(struct guest_thread *t, const uint64_t argument[6])
{
	uint64_t host[6];

	(void)t;
	with_host_open_flags(host, argument, 1);
	return system_call_quick(SYS_fanotify_init, host);
}

int64_t
sys_pipe2(struct guest_thread *t, const uint64_t argument[6])
{
	uint64_t host[6];

	(void)t;
	with_host_open_flags(host, argument, 1);
	return system_call_quick(SYS_pipe2, host);
}

int64_t
sys_dup3(struct guest_thread *t, const uint64_t argument[6])
{
	(void)t;
	if (fd_guard_hides((int)argument[1]))
		return -EBADF;
	return system_call_quick(SYS_dup3, argument);
}

int64_t
sys_fcntl(struct guest_thread *t, const uint64_t argument[6])
{
	uint64_t host[6];
	int64_t result;

	switch ((int)argument[1]) {
	case F_GETFL:
		result = system_call_quick(SYS_fcntl, argument);
		return result < 0 ? result : (int64_t)open_flags_to_guest((uint64_t)result);
	case F_SETFL:
		with_host_open_flags(host, argument, 2);
		return system_call_quick(SYS_fcntl, host);
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
	case F_GETOWN_EX:
	case F_SETOWN_EX:
	case F_GET_RW_HINT:
	case F_SET_RW_HINT:
	case F_GET_FILE_RW_HINT:
	case F_SET_FILE_RW_HINT:
		memcpy(host, argument, sizeof(host));
		if (host[2] >= GUEST_ADDRESS_END)
			host[2] = arguments_refused_address(host[2]);
		arguments_prepare_write(host[2], structure_size(STRUCTURE_flock));
		return system_call_wait(t, SYS_fcntl, RESTART_SYS, host);
	default: return system_call_wait(t, SYS_fcntl, RESTART_SYS, argument);
	}
}

static int64_t
close_part(unsigned first, unsigned last, void *context)
{
	unsigned *flags = context;
	int64_t result = host_syscall(SYS_close_range, first, last, *flags);

	/* The table of descriptors is unshared once. */
	*flags &= ~(unsigned)CLOSE_RANGE_UNSHARE;
	return result;
}

int64_t
sys_close_range(struct guest_thread *t, const uint64_t argument[6])
{
	unsigned flags = (unsigned)argument[2];

	(void)t;
	if ((unsigned)argument[0] > (unsigned)argument[1])
		return -EINVAL;
	return fd_guard_split((unsigned)argument[0], (unsigned)argument[1], close_part, &flags);
}

/* Gives a struct stat to the guest. */
static int64_t
stat_to_guest(int64_t result, uint64_t address, const struct stat *host)
{
	uint8_t guest[128];

	if (result < 0)
		return result;
	marshal_to_guest(&marshal_stat, &abi_arm64, guest, host);
	return guest_copy_to(address, guest, sizeof(guest));
}

int64_t
sys_fstat(struct guest_thread *t, const uint64_t argument[6])
{
	struct stat host;

	(void)t;
	return stat_to_guest(host_syscall(SYS_fstat, argument[0], &host), argument[1], &host);
}

int64_t
sys_newfstatat(struct guest_thread *t, const uint64_t argument[6])
{
	struct stat host;

	(void)t;
	return stat_to_guest(
		host_syscall(SYS_newfstatat, argument[0], argument[1], &host, argument[3]),
		argument[2], &host);
}
