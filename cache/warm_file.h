// SPDX-License-Identifier: Apache-2.0
// Translates one guest file ahead of time; see warm.c for which files, and for what is done in how many processes.
#ifndef CACHE_WARM_FILE_H
#define CACHE_WARM_FILE_H

#include <stdbool.h>
#include <stdint.h>

/** How far a file has come; in memory that the worker and its parent share. */
struct warm_result {
	uint64_t text, text_done; /* bytes of code; those that some translation was made from */
	uint64_t functions, functions_done;
	uint64_t units;  /* that there are now, */
	uint64_t loaded; /* of which the cache had these */
	uint64_t saved;
	uint64_t not_saved; /* the cache file is full, or cannot be written */
	bool ended;         /* all of the above is final */
	char problem[512];  /* why nothing was done; empty: none */
};

/** Code buffer of a worker. When it is full, what is in it is saved, so that memory stays within bounds. */
#define WARM_CODE_SIZE (UINT64_C(32) << 20)

/**
 * Translates what can be found in `path` and saves it; in a process of its own, after guest_memory_init and units_init with
 * WARM_CODE_SIZE. *result is zero before.
 */
void warm_file(const char *path, struct warm_result *result);

#endif
