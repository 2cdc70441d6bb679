// SPDX-License-Identifier: Apache-2.0
// The subcommands of `dragoman cache` that have files of their own, and what they need of command.c. Each gives the exit status.
#ifndef CACHE_COMMAND_H
#define CACHE_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

/** Translate all below the paths ahead of time. */
int cache_warm(int count, char **paths);

/** Write translations of the guest files below the paths (else all) to an archive: FILE [PATH...]; put an archive's into the cache. */
int cache_export(int count, char **arguments);
int cache_import(int count, char **arguments);

/** Find out this translator's key (cache_key); false after a message. */
bool cache_command_key(void);

/** The writers' lock of the cache (cache_written), which is made if need be; -1 after a message. */
long cache_command_lock(void);

/**
 * Make sure that the cache (cache_written) can be written to, and count what is in it: bytes, or UINT64_MAX after a message.
 */
uint64_t cache_command_begin(void);

#endif
