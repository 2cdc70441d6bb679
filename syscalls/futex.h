// SPDX-License-Identifier: Apache-2.0
// What the arguments of a futex call mean for the way it is made.
#ifndef SYSCALLS_FUTEX_H
#define SYSCALLS_FUTEX_H

#include <linux/futex.h>
#include <stdint.h>

#include "runtime/signals.h"

/* The command in the second argument. */
static inline uint32_t
futex_command(uint64_t op)
{
	return (uint32_t)op & ~(uint32_t)(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
}

/* How the call goes on after a signal. */
enum restart_class futex_restart_class(const uint64_t argument[6]);

#endif
