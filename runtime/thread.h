// SPDX-License-Identifier: Apache-2.0
// A guest thread: its CPU state, stacks and signal state. One host task each; `struct cpu` comes first so that
// translated code's rbp leads here.
#ifndef RUNTIME_THREAD_H
#define RUNTIME_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "frontend/a64/state.h"
#include "backend/backend.h"
#include "ir/state.h"
#include "runtime/signals.h"
#include "runtime/statistics.h"

/** A thread's registration by rseq; a fork's child inherits it (kernel: rseq_fork). */
struct thread_rseq {
	uint64_t area; /* the guest's struct rseq, 0: none */
	uint32_t signature;
	uint64_t armed;          /* the descriptor that was armed last */
	uint64_t unregistered;   /* in place of the area's pointer while there is none */
	uint64_t fault_pc;       /* of the last fault in a critical section, and */
	uint64_t fault_switches; /* how often the task had given up its processor by then */
	struct host_critical_section section; /* of the store that is being made */
};

/** The line of -strace that a waiting call has begun (syscalls/strace_output.h). */
struct thread_trace {
	uint64_t begun;
	uint32_t length;
};

/** One guest thread. Allocated by thread_create from host memory; freed when the task ends. */
// clang-format off
struct guest_thread {
	struct cpu cpu __attribute__((aligned(64)));
	struct indirect_entry *indirect_table; /* this thread's table; cpu.hot.indirect_table points here or
	                                          at the shared empty one while a signal pends */
	struct thread_signals signals;         /* runtime/signals.h */
	int tid;
	uint32_t in_code;                      /* runs translated code, or is about to: runtime/stop_world.h */
	int64_t call_result;                   /* of the host's call, at CPU_EXIT_CALL_MADE */
	uint32_t generation;                   /* world_generation when its current unit was looked up */
	struct thread_counts counts;           /* for -d stats */
	uint64_t clear_child_tid;              /* CLONE_CHILD_CLEARTID address, 0 none */
	uint64_t robust_list;                  /* guest robust list head */
	struct thread_rseq rseq;               /* runtime/critical_sections.h */
	struct thread_trace trace;
	bool tagged_addresses;                 /* calls take tagged addresses: PR_SET_TAGGED_ADDR_CTRL */
	void *memory;                          /* the whole allocation: this struct, stacks, table */
	size_t memory_size;
	struct guest_thread *next, *previous;  /* list of all threads of the process */
};
// clang-format on

/** The thread that this host task runs (found through the host signal stack / TLS-free means). */
struct guest_thread *thread_current(void);

/** Allocate a thread with stacks, indirect table and backend state; NULL when out of memory. */
struct guest_thread *thread_create(void);
void thread_free(struct guest_thread *t);

/**
 * Run guest code of `t` until its task ends; never returns. Implemented in runtime/dispatch.c: the
 * loop of deliver signals, find or translate the unit, enter it, act on its exit reason.
 */
_Noreturn void dispatch_run(struct guest_thread *t);

#endif
