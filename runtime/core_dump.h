// SPDX-License-Identifier: Apache-2.0
// Core dumps: when the guest dies of a signal whose default action is to dump core, an ELF core file of the guest is written
// as its own kernel would write it, for debuggers of the guest's architecture.
//
// core_dump.c decides, and writes the file's segments; core_notes.c makes the notes (registers, process, mappings);
// core_name.c forms the file's name from kernel.core_pattern. The host's own dump, which would show the translator, is
// switched off, so that the bit WCOREDUMP is not in the wait status. A pattern that names a program (`|...`) gets nothing.
#ifndef RUNTIME_CORE_DUMP_H
#define RUNTIME_CORE_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/signals.h"

/**
 * Writes the core file for a guest that `t` ends by `info`, if this signal, RLIMIT_CORE, PR_SET_DUMPABLE and
 * kernel.core_pattern want one; and makes the host not write one. Other threads are stopped, for good if a file was written.
 */
void core_dump(struct guest_thread *t, const union signal_info *info);

/** Bytes that grow; `failed` when out of memory. */
struct core_buffer {
	uint8_t *data;
	size_t size, capacity;
	bool failed;
};

/** A mapping and how many bytes of it are in the file. */
struct core_segment {
	uint64_t start, end, file_size;
	uint64_t offset; /* in the file behind it, if there is one */
	uint8_t protection;
	bool file;
};

/** Appends all notes: the dying thread's registers first. The world is stopped. */
void core_notes(struct core_buffer *buffer, struct guest_thread *t, const union signal_info *info,
	const struct core_segment *segments, size_t count);

/** Forms the file's name; false when there is none that we can write (no pattern, or one for a program). */
bool core_name(char *name, size_t size, int signo);

#endif
