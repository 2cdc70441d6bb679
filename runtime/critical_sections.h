// SPDX-License-Identifier: Apache-2.0
// Restartable sequences (rseq): critical sections of guest code that the kernel aborts when the thread is preempted, moves
// to another processor, or gets a signal before the section's last store.
//
// The guest's struct rseq is registered with the host kernel, which keeps the processor numbers in it right. The guest
// arms a section by storing the address of its descriptor there. The kernel, on each of those events, finds the host's pc
// outside the descriptor's addresses and clears the pointer: that the pointer is gone is how we see that the section is to
// be aborted. Loads and arithmetic do no harm meanwhile; jumps back look at the pointer; each store of a section is a unit
// of its own (IR_MODE_CRITICAL), run under a descriptor of ours that is exchanged for the guest's, so that the kernel
// aborts it in time.
//
// Sections are learnt when code is translated that stores the address of a descriptor, or when a thread has one armed
// while code is translated.
#ifndef RUNTIME_CRITICAL_SECTIONS_H
#define RUNTIME_CRITICAL_SECTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct guest_thread;

/** The signature that precedes code to abort to, as a thread registered it; arm64's until then. */
void critical_sections_use_signature(uint32_t signature);

/**
 * If `descriptor` is the address of a critical section's descriptor, the section is known from now on; the store at `pc`
 * arms it. True if it is one. The units' lock may be held.
 */
bool critical_sections_learn(uint64_t descriptor, uint64_t pc);

/** The same for the section that the thread has armed. */
void critical_sections_learn_armed(struct guest_thread *t);

/** Takes the range of a section that has been learnt since the last call; false when there is none. */
bool critical_sections_take_new(uint64_t *start, uint64_t *end);

/** All sections count as new again: units are in use that were made where they were not known. */
void critical_sections_renew(void);

/** Whether guest `pc` lies in a known section. */
bool critical_sections_contain(uint64_t pc);

/** Code in [start, end) has changed or is gone. */
void critical_sections_forget(uint64_t start, uint64_t end);

/** Around fork. */
void critical_sections_fork_lock(void);
void critical_sections_fork_unlock(void);

/** The thread's pointer to a descriptor, where the kernel looks. */
uint64_t *critical_section_pointer(struct guest_thread *t);

/** What the guest stored there; 0: the kernel has cleared it since. */
uint64_t critical_section_armed(struct guest_thread *t);

/** After a store: the guest's descriptor in place of thread_rseq.section, unless the kernel has cleared the pointer. */
void critical_section_rearm(struct guest_thread *t, uint64_t armed);

/**
 * Whether the thread's pc is at a store to that pointer: a section that arms itself. From then on it begins behind that
 * store.
 */
bool critical_section_is_armed_here(struct guest_thread *t);

/** Aborts the section that the thread's pc is in, if it is in one (kernel: rseq_ip_fixup). */
void critical_section_leave(struct guest_thread *t);

/**
 * A load in a section has faulted. If the thread gave up its processor, the section may have read what others were free
 * to change, and must not fault for that: it is aborted and true is the result. A fault that comes again at once is the
 * program's.
 */
bool critical_section_retry(struct guest_thread *t);

#endif
