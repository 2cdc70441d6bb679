// SPDX-License-Identifier: Apache-2.0
// What `dragoman cache warm` has done with which file, kept in the cache directory: so that an interrupted one goes on where it
// was, and files that are warm and unchanged are passed over. It is only ever appended to; a line that is torn or damaged is as
// if it was not there, and the file is translated again, mostly from the cache.
#ifndef CACHE_WARM_JOURNAL_H
#define CACHE_WARM_JOURNAL_H

#include "cache/file.h"
#include "cache/warm_file.h"

struct warm_journal {
	struct warm_entry *entries; /* sorted by name */
	size_t count, room;
	int fd; /* to append to; -1: cannot */
};

/** Reads the journal of the directory that is written to, and opens it for appending. False when it cannot be opened. */
bool warm_journal_open(struct warm_journal *journal);

/** What is known of the cache file `name`, with its translations still there; false when it was not done, or they are gone. */
bool warm_journal_find(
	const struct warm_journal *journal, const char *name, struct warm_result *result);

/** A cache file is done. */
void warm_journal_add(
	struct warm_journal *journal, const char *name, const struct warm_result *result);

void warm_journal_close(struct warm_journal *journal);

#endif
