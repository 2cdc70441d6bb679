// SPDX-License-Identifier: Apache-2.0
// Makes the host kernel show the guest program in /proc/PID in place of dragoman, where it lets us.
#ifndef LOADER_IDENTITY_H
#define LOADER_IDENTITY_H

#include "loader/loader.h"

/*
 * Sets comm, and with prctl(PR_SET_MM_MAP) what cmdline, environ, auxv and stat show of the address space. Gives true
 * when the latter worked; without it (a kernel without CONFIG_CHECKPOINT_RESTORE) they still show dragoman's.
 */
bool identity_assume(const struct loaded_program *program);

#endif
