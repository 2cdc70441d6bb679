// SPDX-License-Identifier: Apache-2.0
// Files of /proc that tell a program about itself or its processor: shown as they would be without a translator.
#ifndef SYSCALLS_PROC_FILES_H
#define SYSCALLS_PROC_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum proc_file {
	PROC_FILE_NONE,
	PROC_FILE_EXE, /* a link, to be followed elsewhere */
	PROC_FILE_MAPS,
	PROC_FILE_SMAPS,
	PROC_FILE_CMDLINE,
	PROC_FILE_ENVIRON,
	PROC_FILE_AUXV,
	PROC_FILE_CPUINFO,
};

/* Which of these files `path`, relative to `dirfd`, names: those of the calling process, and /proc/cpuinfo. */
enum proc_file proc_files_match(int dirfd, const char *path);

/* Writes a path that leads to the guest's executable wherever it is now; false when it does not fit. */
bool proc_files_exe_link(char *buffer, size_t size);

/*
 * `fd` has just been opened on the host's file. Replaces it by one with the text that the guest is to see, or leaves it
 * when the host's is right already or not of a proc file system. Gives fd, or -errno with fd closed.
 */
int64_t proc_files_substitute(enum proc_file file, int fd);

/*
 * Makes the kernel show the guest's arguments, environment, auxiliary vector and name for this process, to others too.
 * Where it refuses, the three files are substituted.
 */
void proc_files_init(void);

#endif
