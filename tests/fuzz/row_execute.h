// SPDX-License-Identifier: Apache-2.0
// The two ways in which the row fuzzer executes records: in a process that runs row_runner, under qemu or under
// dragoman; or by lifting and interpreting IR in this process.
#ifndef TESTS_FUZZ_ROW_EXECUTE_H
#define TESTS_FUZZ_ROW_EXECUTE_H

#include <stdbool.h>
#include <sys/types.h>

#include "tests/fuzz/row_record.h"

/** Values of row_state.signal besides signal numbers. */
enum row_failure {
	ROW_DIED = 1000, /* the process ended while it executed this record */
	ROW_HUNG,        /* ... or did not answer in time */
	ROW_UNSOUND,     /* ir_verify refused the unit */
	ROW_ENDLESS,     /* does not get to a BRK */
	ROW_SYSTEM_CALL, /* left by a system call */
};

/** A process that runs row_runner. `command` ends with NULL; not owned. */
struct row_process {
	const char *const *command;
	pid_t pid; /* 0: not running */
	int to, from;
};

/** Execute `count` records in the process, which is started when necessary. */
void row_execute_in_process(struct row_process *process, const struct row_record *records,
	unsigned count, struct row_state *results);

/** End the process at once. */
void row_stop_process(struct row_process *process);

/** Let the process end by itself, so that dragoman saves its translations and writes its statistics. */
void row_finish_process(struct row_process *process);

/** Execute `count` records with the IR interpreter. */
void row_execute_interpreted(
	const struct row_record *records, unsigned count, struct row_state *results);

#endif
