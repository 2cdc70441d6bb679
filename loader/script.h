// SPDX-License-Identifier: Apache-2.0
// The first line of a script, read as the kernel's fs/binfmt_script.c does.
#ifndef LOADER_SCRIPT_H
#define LOADER_SCRIPT_H

#include "loader/loader.h"

struct script_line {
	char interpreter[FILE_HEADER_SIZE];
	char argument[FILE_HEADER_SIZE]; /* the rest of the line */
	bool has_argument;
};

/* How many scripts may be interpreters of each other before execve gives ELOOP (exec_binprm in fs/exec.c). */
#define SCRIPT_DEPTH_LIMIT 5

/*
 * Reads the line from the first `size` (at most FILE_HEADER_SIZE) bytes of a script. False when it names no interpreter
 * or the name does not end within those bytes (ENOEXEC).
 */
bool script_parse(const uint8_t *header, size_t size, struct script_line *line);

#endif
