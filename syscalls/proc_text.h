// SPDX-License-Identifier: Apache-2.0
// The texts of /proc files that are made here, for proc_files.c and the tests.
#ifndef SYSCALLS_PROC_TEXT_H
#define SYSCALLS_PROC_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/guest_memory.h"
#include "syscalls/proc_files.h"
#include "syscalls/text.h"

/* A line of /proc/PID/maps, or a header line of smaps. */
struct maps_line {
	uint64_t start, end, offset, inode;
	unsigned major, minor;
	char permissions[5];
	const char *name; /* in the line; not NUL-terminated */
	size_t name_length;
};

/* Reads a line of `length` bytes (without newline); false when it is not of that form. */
bool maps_line_parse(const char *line, size_t length, struct maps_line *result);

/* Writes the line of a mapping; `host`, the host's line for its start, may be NULL. */
void maps_line_format(
	struct text *text, const struct guest_mapping *mapping, const struct maps_line *host);

void proc_files_write_maps(struct text *text);
void proc_files_write_smaps(struct text *text);

/*
 * maps, smaps and numa_maps as the host has them, of another process or of this one, without what lies outside the
 * guest's addresses. False when `target` is none of these files.
 */
bool proc_files_write_foreign(struct text *text, struct proc_target target);

/* status, open as `fd`: which signals are caught, and how large the address space is, are the guest's. */
bool proc_files_write_status(struct text *text, struct guest_thread *t, int fd);

/* stat and statm: likewise. */
bool proc_files_write_stat(struct text *text, struct guest_thread *t, int fd);
bool proc_files_write_statm(struct text *text, struct guest_thread *t, int fd);

void proc_files_write_cpuinfo(struct text *text);

/* cpuinfo of `processors` (numbers of processors that are online) with AT_HWCAP and AT_HWCAP2. */
void cpuinfo_format(struct text *text, const uint32_t *processors, size_t count, uint64_t hwcap,
	uint64_t hwcap2);

#endif
