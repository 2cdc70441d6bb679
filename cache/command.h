// SPDX-License-Identifier: Apache-2.0
// The subcommands of `dragoman cache` that have files of their own, and what they need of command.c. Each gives the exit status.
#ifndef CACHE_COMMAND_H
#define CACHE_COMMAND_H

#include <stdint.h>

/** Translate all below the paths ahead of time. */
int cache_warm(int count, char **paths);

/**
 * Make sure that the cache (cache_written) can be written to, and count what is in it: bytes, or UINT64_MAX after a message.
 */
uint64_t cache_command_begin(void);

#endif
