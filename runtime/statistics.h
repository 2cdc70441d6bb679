// SPDX-License-Identifier: Apache-2.0
// -d stats and -d stats=json: counters of the process, written to the log when it ends or executes another program. The JSON
// keys are documented in docs/profiling.md; bench/ reads them.
#ifndef RUNTIME_STATISTICS_H
#define RUNTIME_STATISTICS_H

#include <stdint.h>

#include "ir/state.h"
#include "runtime/run_options.h"

struct guest_thread;

/** What a thread counts for itself. */
struct thread_counts {
	uint64_t exits[CPU_EXIT_REASONS]; /* entries of the dispatcher, by enum cpu_exit_reason */
	uint64_t direct_calls;            /* system calls without an entry of the dispatcher */
	uint64_t signals;                 /* delivered to a handler of the guest */
};

/** Arranges for the counters to be written at the end, if the options ask for it. */
void statistics_init(const struct run_options *options);

/** A thread ends, or its block is freed: what it counted stays. Under the lock of the list of threads. */
void statistics_thread_ends(struct guest_thread *t);

/** In a forked child, `t` its only thread: all counters begin anew. */
void statistics_after_fork(struct guest_thread *t);

/** Before an exec by the only thread: writes the report, and begins anew should the exec fail. */
void statistics_before_exec(struct guest_thread *t);

#endif
