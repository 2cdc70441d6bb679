// SPDX-License-Identifier: Apache-2.0
// EPERM that means ENOSYS: calls that a container's seccomp profile does not know.
#ifndef SYSCALLS_REFUSALS_H
#define SYSCALLS_REFUSALS_H

#include <stdint.h>

/* The host's call of this number gave -EPERM: gives that, or -ENOSYS when it refuses the call as such. */
int64_t refusals_errno(uint16_t host_number);

#endif
