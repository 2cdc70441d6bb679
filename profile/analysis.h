// SPDX-License-Identifier: Apache-2.0
// Brings a recording and its samples together: which unit each sample fell in, what else the time was spent for, and the units
// that it was spent in most. Reads the recording as something that a hostile process may have written.
#ifndef PROFILE_ANALYSIS_H
#define PROFILE_ANALYSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "profile/sampler.h"
#include "runtime/recording.h"

/** What time was spent for. */
enum spent {
	SPENT_TIER0,
	SPENT_TIER1,
	SPENT_GLUE,   /* trampolines */
	SPENT_HELPER, /* C code called from translated code */
	SPENT_TRANSLATION,
	SPENT_CACHE, /* taking units from the persistent cache */
	SPENT_SYSTEM_CALL,
	SPENT_SIGNAL,   /* faults and signals: handlers and delivery */
	SPENT_DISPATCH, /* the dispatcher, look-ups, linking */
	SPENT_START,    /* loading programs, before the first thread runs */
	SPENT_REPORT,   /* the recording itself */
	SPENT_DEEP,     /* C code, not told apart */
	SPENT_UNKNOWN,  /* code that the recording knows nothing of */
	SPENT_COUNT,
};

/** A unit of some process. */
struct profiled_unit {
	const struct record_unit *record;
	struct unit_group *group;
	struct profiled_unit *next; /* in the group */
	uint64_t samples;
	/* parts of the record, checked to lie inside */
	const struct recorded_range *ranges;
	const struct recorded_exit *exits;
	const uint8_t *guest_code;
	const uint8_t *code;
	const char *passes;
	const struct record_mapping *mapping; /* of guest_pc, NULL: not known */
};

/** Units of the same guest code, in all processes. */
struct unit_group {
	char *key; /* what its units have in common */
	char *name; /* of the shown unit: "SYMBOL+0xN [FILE] 0xPC tier0", without what is not known */
	struct profiled_unit *first;
	const struct profiled_unit *unit; /* the one with the most samples: it is shown */
	uint64_t samples, in_kernel;      /* the latter are among the former */
	uint64_t units;                   /* that were made of it */
	uint64_t *histogram;              /* samples by byte of the shown unit's code */
	uint64_t *
		counts; /* indirect exits, then each exit, of all units like the shown one; NULL: none */
	struct unit_group *next; /* with the same hash */
};

/** A sample in C code of ours, user space. */
struct own_sample {
	uint64_t pc;
	enum spent spent;
};

struct profile {
	uint64_t spent[SPENT_COUNT][2]; /* samples, in user space and in the kernel */
	uint64_t total;
	struct unit_group **groups; /* those with samples, hottest first */
	size_t group_count;
	uint64_t units, units_cached; /* in the recording */
	struct own_sample *own;
	size_t own_count;
	uint64_t images, processes; /* programs begun, processes made */
	bool torn; /* the stream ends early: it was full, or a process was killed writing */
};

/** NULL when out of memory. `file` is the recording, RECORDING_SIZE bytes. Sorts the samples. */
struct profile *profile_analyze(const uint8_t *file, struct samples *samples);

/** How often units of the group were entered, as far as they left again by an exit; 0 when that was not counted. */
uint64_t profiled_entries(const struct unit_group *group);

/** Bytes of the guest code that a unit was lifted from. */
uint64_t profiled_guest_bytes(const struct profiled_unit *unit);

/** Names of enum spent: for the page, and for JSON. */
extern const char *const spent_titles[SPENT_COUNT], *const spent_keys[SPENT_COUNT];

#endif
