// SPDX-License-Identifier: Apache-2.0
//
// Containers' seccomp profiles answer EPERM for calls that they have never heard of, where C libraries expect ENOSYS to
// try an older call. A call that fails with EPERM is asked once more with arguments that no kernel takes: if even these
// get EPERM, the call is not to be had, and the guest is told so.

#include "syscalls/refusals.h"

#include "runtime/host_syscall.h"

#include <errno.h>
#include <stddef.h>

/* Numbers of the host of calls whose own check of such arguments never ends in EPERM, and what is wrong with each. */
static const struct probe {
	uint16_t number;
	int64_t argument[6];
} probes[] = {
	{ SYS_renameat2, { -1, 0, -1, 0, -1 } },      /* EINVAL */
	{ SYS_getrandom, { 0, 0, -1 } },              /* EINVAL */
	{ SYS_memfd_create, { 0, -1 } },              /* EINVAL, EFAULT */
	{ SYS_membarrier, { -1, -1 } },               /* EINVAL */
	{ SYS_mlock2, { 0, 0, -1 } },                 /* EINVAL */
	{ SYS_copy_file_range, { -1, 0, -1, 0, 0 } }, /* EBADF */
	{ SYS_preadv2, { -1, 0, 0, 0, 0, 0 } },       /* EBADF */
	{ SYS_pwritev2, { -1, 0, 0, 0, 0, 0 } },      /* EBADF */
	{ SYS_statx, { -1, 0, 0, 0, 0 } },            /* EFAULT, EBADF */
	{ SYS_pidfd_send_signal, { -1, 0, 0, -1 } },  /* EINVAL */
	{ SYS_pidfd_open, { -1, -1 } },               /* EINVAL */
	{ SYS_clone3, { 0, 0 } },                     /* EINVAL */
	{ SYS_close_range, { 1, 0, 0 } },             /* EINVAL */
	{ SYS_openat2, { -1, 0, 0, 0 } },             /* EINVAL */
	{ SYS_faccessat2, { -1, 0, -1, -1 } },        /* EINVAL */
	{ SYS_epoll_pwait2, { -1, 0, 0, 0, 0, 0 } },  /* EBADF, EINVAL */
	{ 449 /* futex_waitv */, { 0, 0, -1 } },      /* EINVAL */
	{ 451 /* cachestat */, { -1, 0, 0, -1 } },    /* EINVAL, EBADF */
	{ 452 /* fchmodat2 */, { -1, 0, 0, -1 } },    /* EINVAL */
	{ 454 /* futex_wake */, { 0, 0, 0, -1 } },    /* EINVAL */
	{ 455 /* futex_wait */, { 0, 0, 0, -1 } },    /* EINVAL */
	{ 456 /* futex_requeue */, { 0, -1 } },       /* EINVAL */
};

int64_t
refusals_errno(uint16_t host_number)
{
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
		const struct probe *probe = &probes[i];
		const int64_t *a = probe->argument;

		if (probe->number == host_number)
			return host_syscall(host_number, a[0], a[1], a[2], a[3], a[4], a[5]) ==
					       -EPERM
				       ? -ENOSYS
				       : -EPERM;
	}
	return -EPERM;
}
