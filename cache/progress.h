// SPDX-License-Identifier: Apache-2.0
// How far a long command has come, on standard error: a bar that is drawn anew on a terminal, else a line now and then.
#ifndef CACHE_PROGRESS_H
#define CACHE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct progress {
	uint64_t total;   /* bytes */
	uint64_t skipped; /* of these, not counted for the rate */
	uint64_t files_total;
	struct timespec begin, last;
	bool terminal, drawn;
};

/** Begins; `total` bytes in `files_total` files are to be done. */
void progress_begin(struct progress *progress, uint64_t total, uint64_t files_total);

/** To be called often: `done` bytes and `files` files are done, skipped ones included. */
void progress_show(struct progress *progress, uint64_t done, uint64_t files);

/** Takes the bar away, so that other things can be printed. */
void progress_clear(struct progress *progress);

/** Seconds since the beginning. */
double progress_seconds(const struct progress *progress);

#endif
