// SPDX-License-Identifier: Apache-2.0
// Pieces of a line of -strace: a text of limited length, and how values are written into it.
#ifndef SYSCALLS_STRACE_LINE_H
#define SYSCALLS_STRACE_LINE_H

#include "syscalls/system_call.h"

#define STRACE_LINE_SIZE    4096
#define STRACE_STRING_LIMIT 32 /* bytes of buffers that are shown, as strace(1) */

/* What does not fit is cut. */
struct strace_line {
	size_t length;
	char bytes[STRACE_LINE_SIZE];
};

void strace_add(struct strace_line *line, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Bytes in double quotes with C escapes; "..." behind when `cut`. */
void strace_add_quoted(struct strace_line *line, const void *bytes, size_t length, bool cut);

/* Flags or a value of a set (enum flag_set) by name. */
void strace_add_flags(struct strace_line *line, unsigned set, uint64_t value);

/*
 * Argument n. `result` is the call's; memory that the kernel writes is shown only when `done` and the call
 * succeeded.
 */
void strace_add_argument(struct strace_line *line, const struct system_call *call, unsigned n,
	const uint64_t argument[6], bool done, int64_t result);

/* A structure (enum structure) in the guest's memory; its address when it cannot be read or is not known. */
void strace_add_structure(struct strace_line *line, unsigned structure, uint64_t address);

/* "{mask=[...]}" of rt_sigreturn. */
void strace_add_restored_mask(struct strace_line *line, uint64_t mask);

void strace_add_siginfo(struct strace_line *line, const siginfo_t *info);

/* A socket address of `length` bytes. */
void strace_add_socket_address(struct strace_line *line, uint64_t address, uint64_t length);

#endif
