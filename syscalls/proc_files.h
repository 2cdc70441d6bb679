// SPDX-License-Identifier: Apache-2.0
// Files of /proc that tell a program about itself or its processor: shown as they would be without a translator.
#ifndef SYSCALLS_PROC_FILES_H
#define SYSCALLS_PROC_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/thread.h"

enum proc_file {
	PROC_FILE_NONE,
	PROC_FILE_EXE, /* a link, to be followed elsewhere */
	PROC_FILE_MAPS,
	PROC_FILE_SMAPS,
	PROC_FILE_CMDLINE,
	PROC_FILE_ENVIRON,
	PROC_FILE_AUXV,
	PROC_FILE_CPUINFO,
	PROC_FILE_NUMA_MAPS,
	PROC_FILE_STATUS,
	PROC_FILE_STAT,
	PROC_FILE_STATM,
	PROC_FILE_HIDDEN, /* a descriptor of the translator's: there is nothing */
};

/* A file, and whose it is: 0 for the calling process, else another guest's process. */
struct proc_target {
	enum proc_file file;
	int pid;
};

/* Which of these files `path`, relative to `dirfd`, names: those of the guest's processes, and /proc/cpuinfo. */
struct proc_target proc_files_find(int dirfd, const char *path);

/* Writes a path that leads to the executable of a guest's process wherever it is now; false when there is none. */
bool proc_files_exe_link(int pid, char *buffer, size_t size);

/*
 * `fd` has just been opened by the thread `t` on the host's file. Replaces it by one with the text that the guest is to
 * see, or leaves it when the host's is right already or not of a proc file system. Gives fd, or -errno with fd closed.
 */
int64_t proc_files_substitute(struct guest_thread *t, struct proc_target target, int fd);

/* True when a process is run by this translator: another guest's. */
bool proc_files_is_guest(int pid);

/*
 * Makes the kernel show the guest's arguments, environment, auxiliary vector and name for this process, to others too.
 * Where it refuses, the three files are substituted.
 */
void proc_files_init(void);

#endif
