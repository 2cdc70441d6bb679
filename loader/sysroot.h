// SPDX-License-Identifier: Apache-2.0
// Files of the guest's own system tree (-L): looked up as if the tree were the root directory, so that absolute symbolic
// links inside it stay inside. Raw system calls only; may be used while the guest runs.
#ifndef LOADER_SYSROOT_H
#define LOADER_SYSROOT_H

#include "runtime/run_options.h"

/*
 * Opens the absolute `path` inside the tree with open(2)'s flags (O_CREAT's mode is not given: do not create).
 * Gives a descriptor, or -errno; -ENOENT when sysroot_fd is -1 or the path is not absolute.
 */
long sysroot_open(int sysroot_fd, const char *path, int flags);

/* As sysroot_open; when the tree does not have the path, opens it in the real file system. */
long sysroot_open_or_host(int sysroot_fd, const char *path, int flags);

/* Sets options->sysroot and sysroot_fd to a directory; 0 or -errno. `path` must live as long as the options. */
long sysroot_set(struct run_options *options, const char *path);

#endif
