// SPDX-License-Identifier: Apache-2.0
// Where lines of -strace go. A call that may wait has its line begun when it is made and completed when it returns; if
// another task writes meanwhile, the line is ended with "<unfinished ...>" and resumed in a new one, as strace(1) does.
// The tasks of all processes that one run starts share what this takes (run_options.trace_fd carries it over an exec).
#ifndef SYSCALLS_STRACE_OUTPUT_H
#define SYSCALLS_STRACE_OUTPUT_H

#include "syscalls/strace_line.h"

/* Before the guest runs, after guest_options is set: takes a descriptor for the log. */
void strace_output_init(void);

/* The descriptor to carry over an exec. */
int strace_output_descriptor(void);

/* Notes that task `tid` writes lines; true when others do as well, so that lines name their tasks. */
bool strace_output_several(int tid);
void strace_output_expect_several(void);

/* Writes a whole line; adds the newline. */
void strace_output_line(struct strace_line *line);

/* Begins a line. Gives a number for strace_output_end. */
uint64_t strace_output_begin(const struct strace_line *line);

/* Ends the line with `rest` if nothing was written since; else writes `resumed` before `rest`, as a line of its own. */
void strace_output_end(
	uint64_t begun, const struct strace_line *resumed, const struct strace_line *rest);

#endif
