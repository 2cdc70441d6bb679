// SPDX-License-Identifier: Apache-2.0
// A mutual-exclusion lock on one 32-bit word and the host's futex: no C library state, usable by every task of
// the process and shared with vfork children. Not recursive. Never held while translated code runs.
//
// Fork: the forking task acquires the lock before fork and releases it in parent and child; where that cannot be
// done, the child calls lock_reinit() on locks whose data it knows to be consistent.
#ifndef RUNTIME_LOCK_H
#define RUNTIME_LOCK_H

#include "runtime/host_syscall.h"

#include <linux/futex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* LOCK_FREE, LOCK_HELD, or LOCK_CONTENDED (held, and somebody may be waiting). All zeros is a free lock. */
struct lock {
	uint32_t word;
};

enum lock_state { LOCK_FREE, LOCK_HELD, LOCK_CONTENDED };

#define LOCK_INITIALIZER  \
	{                 \
		LOCK_FREE \
	}

/* Takes the lock if nobody has it; true when taken. */
static inline bool
lock_try_acquire(struct lock *lock)
{
	uint32_t expected = LOCK_FREE;

	return __atomic_compare_exchange_n(
		&lock->word, &expected, LOCK_HELD, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

/* Takes the lock, sleeping in the kernel until it is free. Signals do not interrupt it. */
static inline void
lock_acquire(struct lock *lock)
{
	if (lock_try_acquire(lock))
		return;
	while (__atomic_exchange_n(&lock->word, LOCK_CONTENDED, __ATOMIC_ACQUIRE) != LOCK_FREE)
		host_syscall(SYS_futex, &lock->word, FUTEX_WAIT_PRIVATE, LOCK_CONTENDED, NULL);
}

/* Gives the lock back and wakes one waiter if there may be one. */
static inline void
lock_release(struct lock *lock)
{
	if (__atomic_exchange_n(&lock->word, LOCK_FREE, __ATOMIC_RELEASE) == LOCK_CONTENDED)
		host_syscall(SYS_futex, &lock->word, FUTEX_WAKE_PRIVATE, 1);
}

/* Makes the lock free whoever held it: only for the single task of a new process. */
static inline void
lock_reinit(struct lock *lock)
{
	__atomic_store_n(&lock->word, LOCK_FREE, __ATOMIC_RELAXED);
}

#endif
