// SPDX-License-Identifier: Apache-2.0
// The notes of -d cache: which cache files are passed over, and why.
#ifndef CACHE_LOG_H
#define CACHE_LOG_H

#include "runtime/run_options.h"

/** Says where notes go, if they are wanted. */
void cache_log_init(const struct run_options *options);

/** A line "cache: NAME: WHAT", when notes are wanted. */
void cache_note(const char *what, const char *name);

#endif
