// SPDX-License-Identifier: Apache-2.0
// Descriptors that dragoman keeps for itself beside the guest's: high numbers, close-on-exec. Raw system calls only.
#ifndef LOADER_DESCRIPTORS_H
#define LOADER_DESCRIPTORS_H

#include <stdbool.h>

/*
 * Duplicates a descriptor to a high number, close-on-exec or not; gives the number or -errno. The number is below 1024,
 * as a larger one would make the kernel's table of descriptors grow for each fork.
 */
long descriptor_duplicate_high(int fd, bool close_on_exec);

/* Moves a descriptor to a high number, close-on-exec; gives `fd` itself when no high number can be had. */
int descriptor_move_high(int fd);

#endif
