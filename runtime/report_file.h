// SPDX-License-Identifier: Apache-2.0
// Files that a process writes about itself while the guest runs: /tmp/perf-PID.map, /tmp/jit-PID.dump. Their descriptors are
// high, close-on-exec and hidden from the guest; a forked child gets a file of its own under the same number.
#ifndef RUNTIME_REPORT_FILE_H
#define RUNTIME_REPORT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct report_file {
	const char *name_format; /* with one %d: the process */
	int fd;                  /* -1: not written */
	uint64_t size;           /* bytes so far */
};

/**
 * Makes the file of this process, in place of any that is there. One line on standard error, and nothing is written from
 * then on, when that cannot be done.
 */
void report_file_open(struct report_file *file, const char *name_format);

/**
 * In a forked child: its own file takes the descriptor's place. With `shares_descriptors` (CLONE_FILES) it would take the
 * parent's too, so the child writes none. What the parent had written is copied when `copy`.
 */
void report_file_after_fork(struct report_file *file, bool shares_descriptors, bool copy);

/** Appends; a write that fails, or that RLIMIT_FSIZE would punish, ends the file. */
void report_file_write(struct report_file *file, const void *bytes, size_t size);

#endif
