// SPDX-License-Identifier: Apache-2.0
// System calls of the host that may block, without a lost wake-up: a signal for the guest either is seen before the
// call is entered or interrupts it. The test of signal_pending and the `syscall` instruction are one range of code;
// our signal handler, when it queues a signal while the pc is in that range, moves the pc behind the range.
#ifndef RUNTIME_INTERRUPTIBLE_SYSCALL_H
#define RUNTIME_INTERRUPTIBLE_SYSCALL_H

#include <stdint.h>
#include <ucontext.h>

#include "runtime/thread.h"

/** Result of a call that was not entered, because a signal waits to be delivered: pass it on as the result. */
#define INTERRUPTED_BEFORE (-513)

/* The range in which a signal must not be overlooked; ends behind the `syscall` instruction. */
extern const char interruptible_syscall_begin[], interruptible_syscall_end[];

/* The code itself: `pending` is &cpu.hot.signal_pending. */
long interruptible_syscall_enter(
	const uint32_t *pending, long number, long a, long b, long c, long d, long e, long f);

/**
 * Makes the host system call `number` for the guest thread `t` unless a signal waits for it.
 * Gives the call's result, or INTERRUPTED_BEFORE; give either to signals_after_system_call.
 */
static inline long
interruptible_syscall(struct guest_thread *t, long number, uint64_t a, uint64_t b, uint64_t c,
	uint64_t d, uint64_t e, uint64_t f)
{
	return interruptible_syscall_enter(&t->cpu.hot.signal_pending, number, (long)a, (long)b,
		(long)c, (long)d, (long)e, (long)f);
}

/** For the handler that queued a signal: leaves the range if `context` is in it. */
void interruptible_syscall_leave(ucontext_t *context);

#endif
