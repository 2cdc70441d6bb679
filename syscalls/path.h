// SPDX-License-Identifier: Apache-2.0
// Paths that the guest looks up: under the sysroot of -L first, and /proc/self/exe as the guest's executable. The only
// place where paths are rewritten; used for every LOOKUP argument of linux.def.
#ifndef SYSCALLS_PATH_H
#define SYSCALLS_PATH_H

#include "syscalls/system_call.h"

#include <linux/limits.h>

/*
 * Rewrites `path` (as the guest gave it, relative to `dirfd`) into `buffer`; `follow`: the call follows a symbolic link
 * at its end. Gives true when it changed.
 */
bool path_rewrite(int dirfd, const char *path, bool follow, char buffer[PATH_MAX]);

/* Carries out a call with a LOOKUP argument. */
int64_t path_carry_out(
	struct guest_thread *t, const struct system_call *call, uint64_t argument[6]);

#endif
