// SPDX-License-Identifier: Apache-2.0
// How a guest's execve of a guest program enters dragoman anew, without the environment, without /proc and without
// binfmt_misc (so inside a chroot too). The task executes its own executable by descriptor:
//
//	execveat(options->self_fd, "", { "dragoman", STATE, PATH, guest argv[0], guest argv[1], ..., NULL },
//		 guest envp, AT_EMPTY_PATH)
//
// STATE is "--exec-state=" and what exec_state_format writes: options and descriptors that carry over. PATH is the
// path for AT_EXECFN and messages; it is opened, unless STATE carries a descriptor of the file. The environment is the
// guest's, unchanged. The guest's argument vector may be empty.
//
// Descriptors that carry over (dragoman's executable, the log, the sysroot, the file to load) have to survive the
// exec: exec_state_open makes duplicates that are not close-on-exec, the new image sets close-on-exec again and
// never shows them to the guest; exec_state_close removes the duplicates when execveat failed.
#ifndef LOADER_EXEC_PROTOCOL_H
#define LOADER_EXEC_PROTOCOL_H

#include "runtime/run_options.h"

#include <stdbool.h>
#include <stddef.h>

#define EXEC_STATE_PREFIX "--exec-state="
#define EXEC_STATE_SIZE   4352 /* enough for the prefix, the fields and a sysroot path of PATH_MAX */

/* Descriptors that survive the exec; -1: none. */
struct exec_descriptors {
	int self;
	int log; /* 2 stands for the guest's standard error, which is not duplicated */
	int sysroot;
	int cache, cache_system; /* directories of the translation cache */
	int recording;           /* of dragoman profile */
	int trace;               /* of -strace */
	int program;             /* the file to load; -1: open PATH */
};

/*
 * Makes the duplicates. `program` is the descriptor of the file to load or -1. Gives 0 or -errno, with nothing left
 * open. Uses raw system calls alone.
 */
int exec_state_open(
	const struct run_options *options, int program, struct exec_descriptors *descriptors);

/* Closes the duplicates, after a failed exec. */
void exec_state_close(const struct exec_descriptors *descriptors);

/*
 * Writes the STATE argument, prefix included, for an exec with these options and descriptors. Gives false when it
 * does not fit. No malloc.
 */
bool exec_state_format(const struct run_options *options,
	const struct exec_descriptors *descriptors, char *buffer, size_t size);

/*
 * Reads the STATE argument (with prefix) into options, marks the descriptors close-on-exec and gives that of the file
 * to load in *program (-1: none). options->sysroot points into `argument`. False: not a state of this version, or a
 * descriptor in it is not open.
 */
bool exec_state_parse(const char *argument, struct run_options *options, int *program);

#endif
