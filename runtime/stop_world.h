// SPDX-License-Identifier: Apache-2.0
// Stopping all other threads outside translated code: to evict units, or to look at their registers.
//
// A thread says that it is in translated code (thread.in_code) before it enters, and then looks whether somebody stops the
// world; who stops it says so first, and then looks at in_code of all threads. A thread in translated code is poked by a
// signal, so that it leaves at its next poll. Threads outside (in the dispatcher, in a system call) go on, but wait at the
// entry. In the code a thread may need any of our locks (a fault, a runtime call), so the world is stopped without a lock
// held, and never from translated code.
#ifndef RUNTIME_STOP_WORLD_H
#define RUNTIME_STOP_WORLD_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "runtime/thread.h"

/** Counts how often units were evicted. */
extern uint32_t world_generation;

/** Whether there may be other tasks in this memory; whether one of them stops the world; see world_generation. */
extern bool world_shared;
extern uint32_t world_stopping;

/** After translated code was left, when nothing of what it left behind points into the code buffer any more. */
static inline void
world_leave_code(struct guest_thread *t)
{
	__atomic_store_n(&t->in_code, 0, __ATOMIC_RELEASE);
}

/** world_enter_code, but it gives false as well, without waiting, while the world is stopped. */
static inline bool
world_try_enter_code(struct guest_thread *t)
{
	if (!__atomic_load_n(&world_shared, __ATOMIC_RELAXED)) {
		bool current = t->generation == world_generation;

		__atomic_store_n(&t->in_code, current, __ATOMIC_RELAXED);
		return current;
	}
	/* a full barrier: the store must be seen before the loads are made */
	__atomic_exchange_n(&t->in_code, 1, __ATOMIC_SEQ_CST);
	if (__builtin_expect(
		    !__atomic_load_n(&world_stopping, __ATOMIC_SEQ_CST) &&
			    t->generation == __atomic_load_n(&world_generation, __ATOMIC_RELAXED),
		    1))
		return true;
	world_leave_code(t);
	return false;
}

/** To be called with thread.generation as of the look-up of the unit to enter: false when that unit is gone by now. */
bool world_enter_code(struct guest_thread *t);

/** To be called before the first task is made that shares this memory: until then nobody else could stop the world. */
void world_will_be_shared(void);

/**
 * Stops the world / lets it go on. Only one thread at a time stops it; others wait in world_stop. Between the two, no
 * thread but the caller runs or enters translated code, and the registers of all threads are canonical.
 */
void world_stop(struct guest_thread *t);
void world_resume(void);

/** To be called while the world is stopped: units are gone. */
void world_forget_code(void);

/** For the host's signal handler: whether this is a poke, which the guest is not to see. */
bool world_is_poke(const siginfo_t *info);

/** Around fork, before all other locks, so that nobody stops the world meanwhile. */
void world_lock_for_fork(void);
void world_unlock_after_fork(void);

#endif
