// SPDX-License-Identifier: Apache-2.0
// Finding hot loops and recording the paths through them. Tier 0's backward branches leave for the dispatcher every so often; the
// loop head that one leads to then is, likely, a hot one. A thread that comes to a hot head runs basic blocks of IR_MODE_RECORD for a
// while, whose ends the dispatcher all sees, and what it went through becomes a region (region_plan.h).
#ifndef RUNTIME_TRACE_RECORDER_H
#define RUNTIME_TRACE_RECORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/backend.h"
#include "runtime/run_options.h"

struct guest_thread;

#define RECORD_MAX_BLOCKS     160
#define RECORD_MAX_SUCCESSORS 24

/** A basic block that was gone through, and what came behind it. */
struct recorded_block {
	uint64_t pc;
	uint32_t count;
	struct {
		uint16_t block; /* index */
		uint16_t count;
	} successors[RECORD_MAX_SUCCESSORS];
	uint32_t successor_count;
	bool indirect; /* ends with a return or another indirect branch */
};

/** What a recording saw. Block 0 is the loop's head. */
struct recording {
	uint32_t mode; /* of the units to be made */
	uint32_t block_count;
	bool recursive; /* a function was called while it was active */
	struct recorded_block blocks[RECORD_MAX_BLOCKS];
};

/** What is known of a loop. */
struct loop_head {
	uint64_t pc;
	uint16_t looks;    /* that found a thread there since it was last recorded */
	uint16_t attempts; /* recordings of it */
	bool made;         /* the last one of this process became a region */
	bool changed;      /* recorded by this process */
	bool searched;     /* earlier runs have looked for loops in its file */
};

/** Calls `function` for each loop that is known. Without a lock: what another thread is about to enter may be missed. */
void trace_recorder_each_head(
	void (*function)(const struct loop_head *head, void *context), void *context);

/** What is known has been saved. */
void trace_recorder_saved(void);

/** Reads options. Once, before any thread runs. */
void trace_recorder_init(const struct run_options *options);

/** Gives a thread new fuel. To be called before its pending signals are looked at. */
void trace_recorder_refuel(struct guest_thread *t);

/**
 * The thread is about to run from its pc on. `jump`: the direct exit by which it came there, or NULL; `out_of_fuel`: because its fuel
 * was gone. Begins a recording, notes a block or ends one. True while the thread is recording: nothing may be linked then.
 */
bool trace_recorder_step(struct guest_thread *t, const struct code_exit *jump, bool out_of_fuel);

/** The thread does something that no region does (a system call, a signal): what it records is thrown away. */
void trace_recorder_abort(struct guest_thread *t);

/** After fork, in the child: nobody else records. */
void trace_recorder_after_fork(struct guest_thread *t);

#endif
