// SPDX-License-Identifier: Apache-2.0
// Descriptors that are the translator's own (its executable, the log, the sysroot, the guest's executable): the guest
// must not use, replace or close them. Calls that name one fail with EBADF, as for a descriptor that is not open.
#ifndef SYSCALLS_FD_GUARD_H
#define SYSCALLS_FD_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#define FD_GUARD_CAPACITY 16

/* Smallest hidden descriptor; INT_MAX when there is none. */
extern int fd_guard_lowest;

/* Hides a descriptor; negative ones are ignored. Before the guest runs. */
void fd_guard_add(int fd);

/* True when `fd` is one of the hidden; for fd_guard_hides. */
bool fd_guard_contains(int fd);

/* True when the guest must not see `fd`. */
static inline bool
fd_guard_hides(int fd)
{
	return fd >= fd_guard_lowest && fd_guard_contains(fd);
}

/*
 * Calls function(first, last, context) for the parts of [first, last] without hidden descriptors, in order; stops at
 * and gives the first negative result, else 0.
 */
int64_t fd_guard_split(unsigned first, unsigned last,
	int64_t (*function)(unsigned first, unsigned last, void *context), void *context);

#endif
