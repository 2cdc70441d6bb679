// SPDX-License-Identifier: Apache-2.0
// What the processes of a guest tell `dragoman profile` while they run: a shared memory file, made by it, that all of them map.
// It begins with a header and the counters of exits; behind these is a stream of records that each process appends to. There is
// no system call in writing it, so neither limits nor filters of the guest are in the way, and what a process has written
// stays when it is killed.
//
// profile/ reads the file, and believes nothing in it: the guest's process could have written anything.
#ifndef RUNTIME_RECORDING_H
#define RUNTIME_RECORDING_H

#include "backend/backend.h"
#include "runtime/run_options.h"
#include "runtime/threads.h"

/* ---- the file ------------------------------------------------------------------------------------------------------------ */

#define RECORDING_MAGIC         UINT64_C(0x31636572706d6764)
#define RECORDING_COUNTERS_SIZE (UINT64_C(64) << 20)
#define RECORDING_STREAM_START  (RECORDING_COUNTERS_SIZE)
#define RECORDING_SIZE          (UINT64_C(2) << 30)

/** At the start; the rest up to RECORDING_STREAM_START is counters, 8 bytes each. The header takes the first of them. */
struct recording_header {
	uint64_t magic;
	uint64_t
		next_counter; /* index of the first that is free; beyond the end: there was none left */
	uint64_t stream_end;  /* offset in the file; beyond its end: records were lost */
	uint32_t count_exits; /* asked for by the reader */
	uint32_t
		timer_period; /* asked for by the reader: nanoseconds between RECORD_SAMPLEs, 0: none */
};
#define RECORDING_FIRST_COUNTER 64

enum record_type {
	RECORD_NONE,    /* reserved, and not written yet: its process was killed meanwhile */
	RECORD_IMAGE,   /* a process begins to run a program: struct record_image */
	RECORD_FORK,    /* a process is a copy of another: struct record_fork */
	RECORD_SHARE,   /* a process runs in another's memory: struct record_fork */
	RECORD_UNIT,    /* a unit, in place of those that it lies on top of: struct record_unit */
	RECORD_MAPPING, /* a file with code that units are made of: struct record_mapping */
	RECORD_SAMPLE,  /* where a thread was when its timer expired: struct record_sample */
};

/** How every record begins; size is a multiple of 8. */
struct record {
	uint32_t size;    /* in bytes, with this; written when the room is taken */
	uint32_t type;    /* enum record_type; written last */
	uint64_t time;    /* CLOCK_MONOTONIC, nanoseconds */
	uint32_t process; /* of RECORD_UNIT: the one that the memory belongs to */
	uint32_t padding;
};

struct record_image {
	struct record record;
	uint64_t glue, glue_size; /* trampolines */
	char name[48];            /* command name */
};

struct record_fork {
	struct record record;
	uint32_t from, padding; /* the process */
};

/** Comes before the units that it is for. */
struct record_mapping {
	struct record record;
	uint64_t start, end;
	uint64_t offset;    /* of start, in the file */
	uint64_t path_size; /* with its NUL, which follows; 1: no file */
};

struct record_unit {
	struct record record;
	uint64_t code, guest_pc;
	uint32_t mode, code_size;
	uint32_t first_counter; /* 0: none; indirect exits, then one for each exit */
	uint16_t range_count, exit_count;
	uint32_t text_size; /* with its NUL */
	uint8_t tier;
	bool cached;               /* from the persistent cache */
	uint16_t code_range_count; /* of the ranges, the first ones: what was lifted */
	uint8_t padding[4];
	/*
	 * followed by struct recorded_range[range_count], struct recorded_exit[exit_count], the guest code of the ranges one after
	 * the other, the host code, and the texts of its passes
	 */
};

struct recorded_range {
	uint64_t start, end;
};

/** A system call leaves the unit; where a call comes back to (CODE_EXIT_RETURN) leaves it a second time. */
#define RECORDED_SYSTEM_CALL 100
/** Where a region asks whether a signal pends; not counted. */
#define RECORDED_POLL 101

struct recorded_exit {
	uint64_t guest_pc;
	uint64_t kind; /* enum code_exit_kind, RECORDED_SYSTEM_CALL or RECORDED_POLL */
};

struct record_sample {
	struct record record;
	uint64_t pc;
	uint32_t activity; /* enum thread_activity */
	uint32_t padding;
};

/* ---- writing, in the processes of the guest ------------------------------------------------------------------------------- */

/** Before the first unit: maps the file that the options name, if they do. */
void recording_init(const struct run_options *options);

/** Whether there is a recording. */
extern bool recording_wanted;

/** Whether translated code counts its exits: code from the persistent cache does not, so that is not used then. */
bool recording_counts_exits(void);

/** The program's name is known, and what it runs begins. */
void recording_image(const char *name);

/** A unit is in the tables. */
void recording_unit(const struct code_unit *unit, bool cached);

/** As unit_reports_pass. */
void recording_pass(const char *name, const struct ir_unit *u);
void recording_forget_passes(void);

/** In a forked child / in a task that is a process of its own in its creator's memory. */
void recording_after_fork(void);
void recording_share(void);

/** Starts the calling task's timer, if the reader asked for one. */
void recording_start_timer(void);

/** For the host's signal handler: whether this is such a timer; the sample is then written. */
bool recording_take_sample(const siginfo_t *info, uint64_t pc, uint32_t activity);

#endif
