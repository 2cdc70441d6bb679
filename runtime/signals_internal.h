// SPDX-License-Identifier: Apache-2.0
// What the files of the signals module share: signals_host.c (host handlers, masks, dispositions), signals_deliver.c
// (choosing and forcing), signals_frame.c (frames on the guest's stack), signals_die.c (death by a signal).
#ifndef RUNTIME_SIGNALS_INTERNAL_H
#define RUNTIME_SIGNALS_INTERNAL_H

#include "runtime/signals.h"
#include "runtime/thread.h"

/* si_code values above 0 come from the kernel itself; a fault's are always so. */
static inline bool
signals_sent_by_program(const siginfo_t *info)
{
	return info->si_code <= 0;
}

/* Place of a synchronous signal in held_info. */
static inline unsigned
signals_held_index(int signo)
{
	return (unsigned)__builtin_popcountll(SIGNALS_SYNCHRONOUS & (SIGNAL_BIT(signo) - 1));
}

/* Asks the thread's translated code to leave for the dispatcher. */
void signals_request_visit(struct guest_thread *t);

/* Sets the host's disposition of a signal to what the guest's action needs. */
void signals_set_host_action(int signo, const struct guest_sigaction *action);

/* What ESR_EL1 would say of a load or store that faulted with this signal and si_code. */
uint64_t signals_data_abort_syndrome(int signo, int code, bool write);

/* Sets the calling task's host mask. */
void signals_set_host_mask(uint64_t mask);

/*
 * Pushes the frame for a handler and points the thread's registers at it. `mask` is what the handler's return puts
 * back. False when the frame cannot be written.
 */
bool signals_push_frame(struct guest_thread *t, const struct guest_sigaction *action,
	const union signal_info *info, uint64_t mask);

#endif
