// SPDX-License-Identifier: Apache-2.0
// From recording and samples to a profile (see analysis.h): both are walked in the order of their times, while the units of each
// process are kept as they were at that time.
#include "profile/analysis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profile/guest_names.h"
#include "runtime/host_memory.h"

#define PROCESSES_MAX (1u << 22) /* the kernel's PID_MAX_LIMIT */
#define GROUP_BUCKETS (1u << 14)
#define SYMBOL_SIZE   192

/* The units of one address space, ordered by their host addresses. Shared after fork until one of the processes changes it. */
struct space {
	uint32_t users;
	uint64_t glue, glue_end;
	struct profiled_unit **units;
	size_t count, room;
	const struct record_mapping **mappings; /* the newest last */
	size_t mapping_count;
};

struct analysis {
	struct profile *profile;
	const uint8_t *file;
	struct space **space_of; /* by process */
	uint32_t *owner_of;      /* by process: whose memory it runs in, 0: its own */
	struct unit_group *buckets[GROUP_BUCKETS];
	const struct record **records;
	size_t record_count;
	struct resolved *resolved;
	size_t resolved_count;
	bool failed; /* out of memory */
};

/* A sample in a unit. */
struct resolved {
	struct profiled_unit *unit;
	uint32_t offset;
	bool in_kernel;
};

const char *const spent_titles[SPENT_COUNT] = {
	[SPENT_TIER0] = "translated code, tier 0",
	[SPENT_TIER1] = "translated code, tier 1",
	[SPENT_GLUE] = "entry, exit and helper glue",
	[SPENT_HELPER] = "helpers of translated code",
	[SPENT_TRANSLATION] = "translation",
	[SPENT_CACHE] = "taking units from the cache",
	[SPENT_SYSTEM_CALL] = "system calls",
	[SPENT_SIGNAL] = "signals and faults",
	[SPENT_DISPATCH] = "dispatcher",
	[SPENT_START] = "starting programs",
	[SPENT_REPORT] = "this recording",
	[SPENT_DEEP] = "runtime, not told apart",
	[SPENT_UNKNOWN] = "code not in the recording",
};

const char *const spent_keys[SPENT_COUNT] = {
	[SPENT_TIER0] = "tier0",
	[SPENT_TIER1] = "tier1",
	[SPENT_GLUE] = "glue",
	[SPENT_HELPER] = "helpers",
	[SPENT_TRANSLATION] = "translation",
	[SPENT_CACHE] = "cache",
	[SPENT_SYSTEM_CALL] = "system_calls",
	[SPENT_SIGNAL] = "signals",
	[SPENT_DISPATCH] = "dispatcher",
	[SPENT_START] = "start",
	[SPENT_REPORT] = "recording",
	[SPENT_DEEP] = "runtime",
	[SPENT_UNKNOWN] = "unknown",
};

static void *
allocate(struct analysis *a, size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size);

	if (!memory)
		a->failed = true;
	return memory;
}

/* ---- the stream -------------------------------------------------------------------------------------------------------------- */

static size_t
least_size(uint32_t type)
{
	switch (type) {
	case RECORD_IMAGE: return sizeof(struct record_image);
	case RECORD_FORK:
	case RECORD_SHARE: return sizeof(struct record_fork);
	case RECORD_MAPPING: return sizeof(struct record_mapping) + 1;
	case RECORD_UNIT: return sizeof(struct record_unit);
	case RECORD_SAMPLE: return sizeof(struct record_sample);
	default: return 0;
	}
}

static void
keep_record(struct analysis *a, const struct record *record)
{
	if ((a->record_count & (a->record_count + 1)) == 0) { /* 0, 1, 3, 7...: full */
		const struct record **grown =
			realloc(a->records, (a->record_count * 2 + 1) * sizeof(*a->records));

		if (!grown) {
			a->failed = true;
			return;
		}
		a->records = grown;
	}
	a->records[a->record_count++] = record;
}

static void
read_stream(struct analysis *a)
{
	const struct recording_header *header = (const struct recording_header *)a->file;
	uint64_t end = header->stream_end, at = RECORDING_STREAM_START;

	if (end > RECORDING_SIZE) {
		end = RECORDING_SIZE;
		a->profile->torn = true;
	}
	while (at + sizeof(struct record) <= end && !a->failed) {
		const struct record *record = (const struct record *)(a->file + at);

		if (record->size < sizeof(*record) || record->size % 8 || record->size > end - at) {
			a->profile->torn = true;
			break;
		}
		if (least_size(record->type) && record->size >= least_size(record->type) &&
			record->process < PROCESSES_MAX)
			keep_record(a, record);
		at += record->size;
	}
}

static int
compare_records(const void *a, const void *b)
{
	const struct record *x = *(const struct record *const *)a;
	const struct record *y = *(const struct record *const *)b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x < y ? -1 : x > y;
}

static int
compare_samples(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	return x->time < y->time ? -1 : x->time > y->time;
}

/* ---- units ------------------------------------------------------------------------------------------------------------------- */

/* Finds the parts of a unit's record; false when they do not fit in it. */
static bool
find_parts(const struct record_unit *record, struct profiled_unit *unit)
{
	const uint8_t *at = (const uint8_t *)(record + 1);
	uint64_t left = record->record.size - sizeof(*record), guest = 0;
	uint64_t lists = record->range_count * sizeof(*unit->ranges) +
			 record->exit_count * sizeof(*unit->exits);

	if (lists > left)
		return false;
	unit->record = record;
	unit->ranges = (const struct recorded_range *)at;
	unit->exits = (const struct recorded_exit *)(unit->ranges + record->range_count);
	at += lists;
	left -= lists;
	for (unsigned r = 0; r < record->range_count; r++) {
		const struct recorded_range *range = &unit->ranges[r];

		if (range->start > range->end || range->end > GUEST_ADDRESS_END ||
			range->end - range->start > left - guest)
			return false;
		guest += range->end - range->start;
	}
	if (record->code_range_count > record->range_count ||
		guest + record->code_size + record->text_size > left || !record->text_size ||
		!record->code_size)
		return false;
	unit->guest_code = at;
	unit->code = at + guest;
	unit->passes = (const char *)unit->code + record->code_size;
	return !unit->passes[record->text_size - 1];
}

uint64_t
profiled_guest_bytes(const struct profiled_unit *unit)
{
	uint64_t bytes = 0;

	for (unsigned r = 0; r < unit->record->code_range_count; r++)
		bytes += unit->ranges[r].end - unit->ranges[r].start;
	return bytes;
}

uint64_t
profiled_entries(const struct unit_group *group)
{
	uint64_t entries = 0;

	if (!group->counts)
		return 0;
	entries = group->counts[0];
	for (unsigned k = 0; k < group->unit->record->exit_count; k++)
		if (group->unit->exits[k].kind != CODE_EXIT_RETURN)
			entries += group->counts[k + 1];
	return entries;
}

static uint32_t
hash(const char *text)
{
	uint32_t value = 2166136261u;

	for (; *text; text++)
		value = (value ^ (unsigned char)*text) * 16777619u;
	return value % GROUP_BUCKETS;
}

static const char *
path_of(const struct profiled_unit *unit)
{
	return unit->mapping ? (const char *)(unit->mapping + 1) : "";
}

static uint64_t
file_offset_of(const struct profiled_unit *unit)
{
	return unit->record->guest_pc - unit->mapping->start + unit->mapping->offset;
}

/*
 * Units are the same to the reader when their code is from the same place of a file, wherever that was mapped; code that is in no
 * file goes by address and process.
 */
static char *
make_key(struct analysis *a, const struct profiled_unit *unit)
{
	const char *path = path_of(unit);
	size_t size = strlen(path) + 96;
	char *key = allocate(a, size, 1);

	if (!key)
		return NULL;
	if (*path)
		snprintf(key, size, "%s:%llx %u/%x", path, (unsigned long long)file_offset_of(unit),
			unit->record->tier, unit->record->mode);
	else
		snprintf(key, size, "%llx %u/%x/%x", (unsigned long long)unit->record->guest_pc,
			unit->record->tier, unit->record->mode, unit->record->record.process);
	return key;
}

static void
find_group(struct analysis *a, struct profiled_unit *unit)
{
	char *key = make_key(a, unit);
	struct unit_group **bucket, *group;

	if (!key)
		return;
	bucket = &a->buckets[hash(key)];
	for (group = *bucket; group && strcmp(group->key, key); group = group->next)
		;
	if (group) {
		free(key);
	} else {
		group = allocate(a, 1, sizeof(*group));
		if (!group) {
			free(key);
			return;
		}
		group->key = key;
		group->next = *bucket;
		*bucket = group;
		a->profile->group_count++;
	}
	group->units++;
	unit->group = group;
	unit->next = group->first;
	group->first = unit;
}

/* ---- address spaces ------------------------------------------------------------------------------------------------------------ */

static void
drop_space(struct space *space)
{
	if (!space || --space->users)
		return;
	free(space->units);
	free(space->mappings);
	free(space);
}

static struct space *
new_space(struct analysis *a, uint32_t process)
{
	struct space *space = allocate(a, 1, sizeof(*space));

	drop_space(a->space_of[process]);
	if (space)
		space->users = 1;
	a->space_of[process] = space;
	return space;
}

static void
copy_space(struct analysis *a, struct space *to, const struct space *from)
{
	to->glue = from->glue;
	to->glue_end = from->glue_end;
	to->units = allocate(a, from->count, sizeof(*to->units));
	to->mappings = allocate(a, from->mapping_count, sizeof(*to->mappings));
	if (!to->units || !to->mappings)
		return;
	if (from->count) /* memcpy takes no NULL, even for nothing */
		memcpy(to->units, from->units, from->count * sizeof(*to->units));
	to->count = to->room = from->count;
	if (from->mapping_count)
		memcpy(to->mappings, from->mappings, from->mapping_count * sizeof(*to->mappings));
	to->mapping_count = from->mapping_count;
}

/* The process's space, its own to change. */
static struct space *
own_space(struct analysis *a, uint32_t process)
{
	struct space *shared = a->space_of[process], *own;

	if (shared && shared->users == 1)
		return shared;
	if (shared)
		shared->users++; /* kept by new_space */
	own = new_space(a, process);
	if (own && shared)
		copy_space(a, own, shared);
	drop_space(shared);
	return own;
}

/* The index of the first unit that ends behind `pc`. */
static size_t
find_index(const struct space *space, uint64_t pc)
{
	size_t low = 0, high = space->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct record_unit *record = space->units[middle]->record;

		if (record->code + record->code_size <= pc)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
insert_unit(struct analysis *a, struct space *space, struct profiled_unit *unit)
{
	uint64_t end = unit->record->code + unit->record->code_size;
	size_t first = find_index(space, unit->record->code), last = first;

	/* What the unit lies on top of is gone. */
	while (last < space->count && space->units[last]->record->code < end)
		last++;
	if (first == last && space->count == space->room) {
		size_t room = space->room * 2 + 64;
		struct profiled_unit **grown = realloc(space->units, room * sizeof(*grown));

		if (!grown) {
			a->failed = true;
			return;
		}
		space->units = grown;
		space->room = room;
	}
	memmove(space->units + first + 1, space->units + last,
		(space->count - last) * sizeof(*space->units));
	space->units[first] = unit;
	space->count += 1 - (last - first);
}

/* ---- the walk ------------------------------------------------------------------------------------------------------------------ */

static void
add_mapping(struct analysis *a, const struct record_mapping *mapping)
{
	const struct record_mapping **grown;
	struct space *space;

	if (mapping->path_size == 0 ||
		mapping->path_size > mapping->record.size - sizeof(*mapping) ||
		((const char *)(mapping + 1))[mapping->path_size - 1])
		return;
	space = own_space(a, mapping->record.process);
	if (!space)
		return;
	grown = realloc(space->mappings, (space->mapping_count + 1) * sizeof(*grown));
	if (!grown) {
		a->failed = true;
		return;
	}
	space->mappings = grown;
	space->mappings[space->mapping_count++] = mapping;
}

static const struct record_mapping *
find_mapping(const struct space *space, uint64_t address)
{
	for (size_t k = space->mapping_count; k-- > 0;)
		if (address >= space->mappings[k]->start && address < space->mappings[k]->end)
			return space->mappings[k];
	return NULL;
}

static void
add_unit(struct analysis *a, const struct record_unit *record)
{
	struct profiled_unit *unit = allocate(a, 1, sizeof(*unit));
	struct space *space;

	if (!unit || !find_parts(record, unit) || record->code + record->code_size < record->code) {
		free(unit);
		return;
	}
	space = own_space(a, record->record.process);
	if (!space)
		return;
	unit->mapping = find_mapping(space, record->guest_pc);
	find_group(a, unit);
	if (a->failed)
		return;
	insert_unit(a, space, unit);
	a->profile->units++;
	a->profile->units_cached += record->cached;
}

static uint32_t
owner_of(const struct analysis *a, uint32_t process)
{
	return a->owner_of[process] ? a->owner_of[process] : process;
}

static void
fork_space(struct analysis *a, const struct record_fork *record)
{
	struct space *space;

	if (record->from >= PROCESSES_MAX || record->from == record->record.process)
		return;
	a->owner_of[record->record.process] = 0;
	space = a->space_of[record->from];
	if (space)
		space->users++;
	drop_space(a->space_of[record->record.process]);
	a->space_of[record->record.process] = space;
}

static void
share_space(struct analysis *a, const struct record_fork *record)
{
	if (record->from < PROCESSES_MAX)
		a->owner_of[record->record.process] = owner_of(a, record->from);
}

static enum spent
spent_on_stack(uint8_t stack)
{
	switch (stack) {
	case ACTIVITY_CODE: return SPENT_HELPER;
	case ACTIVITY_TRANSLATE: return SPENT_TRANSLATION;
	case ACTIVITY_CACHE: return SPENT_CACHE;
	case ACTIVITY_SYSTEM_CALL: return SPENT_SYSTEM_CALL;
	case ACTIVITY_SIGNAL:
	case SAMPLE_STACK_SIGNAL: return SPENT_SIGNAL;
	case ACTIVITY_REPORT: return SPENT_REPORT;
	case ACTIVITY_DISPATCH: return SPENT_DISPATCH;
	case SAMPLE_STACK_DEEP: return SPENT_DEEP;
	case SAMPLE_STACK_OTHER: return SPENT_START;
	default: return SPENT_UNKNOWN;
	}
}

static void
resolve(struct analysis *a, struct profiled_unit *unit, const struct sample *sample)
{
	unit->samples++;
	unit->group->samples++;
	unit->group->in_kernel += sample->in_kernel;
	a->resolved[a->resolved_count++] = (struct resolved){ unit,
		(uint32_t)(sample->pc - unit->record->code), sample->in_kernel };
}

static enum spent
spent_by(struct analysis *a, const struct sample *sample)
{
	const struct space *space =
		sample->process < PROCESSES_MAX ? a->space_of[owner_of(a, sample->process)] : NULL;
	size_t index;

	if (!space)
		return sample->stack == SAMPLE_STACK_OTHER ? SPENT_START
							   : spent_on_stack(sample->stack);
	if (sample->pc >= space->glue && sample->pc < space->glue_end)
		return SPENT_GLUE;
	index = find_index(space, sample->pc);
	if (index < space->count && space->units[index]->record->code <= sample->pc) {
		resolve(a, space->units[index], sample);
		return space->units[index]->record->tier ? SPENT_TIER1 : SPENT_TIER0;
	}
	return spent_on_stack(sample->stack);
}

static void
count_sample(struct analysis *a, const struct sample *sample)
{
	size_t in_units = a->resolved_count;
	enum spent spent = spent_by(a, sample);

	a->profile->spent[spent][sample->in_kernel]++;
	a->profile->total++;
	if (in_units == a->resolved_count && spent != SPENT_GLUE && !sample->in_kernel)
		a->profile->own[a->profile->own_count++] = (struct own_sample){ sample->pc, spent };
}

static void
take_record(struct analysis *a, const struct record *record)
{
	const struct record_image *image = (const struct record_image *)record;
	struct space *space;

	switch (record->type) {
	case RECORD_UNIT: add_unit(a, (const struct record_unit *)record); break;
	case RECORD_MAPPING: add_mapping(a, (const struct record_mapping *)record); break;
	case RECORD_IMAGE:
		a->owner_of[record->process] = 0;
		space = new_space(a, record->process);
		if (space) {
			space->glue = image->glue;
			space->glue_end = image->glue + image->glue_size;
		}
		a->profile->images++;
		break;
	case RECORD_FORK:
		a->profile->processes++;
		fork_space(a, (const struct record_fork *)record);
		break;
	case RECORD_SHARE: share_space(a, (const struct record_fork *)record); break;
	default: break;
	}
}

/* Samples by timers are in the stream: they join the others. */
static void
gather_samples(struct analysis *a, struct samples *samples)
{
	for (size_t k = 0; k < a->record_count; k++) {
		const struct record_sample *record = (const struct record_sample *)a->records[k];

		if (record->record.type == RECORD_SAMPLE)
			samples_add(samples,
				&(struct sample){ .time = record->record.time,
					.pc = record->pc,
					.process = record->record.process,
					.stack = (uint8_t)(record->activity < ACTIVITY_COUNT
								   ? record->activity
								   : SAMPLE_STACK_OTHER) });
	}
	if (samples->count)
		qsort(samples->at, samples->count, sizeof(*samples->at), compare_samples);
}

static void
walk(struct analysis *a, const struct samples *samples)
{
	size_t next = 0;

	for (size_t k = 0; k < samples->count && !a->failed; k++) {
		while (next < a->record_count && a->records[next]->time <= samples->at[k].time)
			take_record(a, a->records[next++]);
		count_sample(a, &samples->at[k]);
	}
	while (next < a->record_count && !a->failed)
		take_record(a, a->records[next++]);
}

/* ---- groups ---------------------------------------------------------------------------------------------------------------------- */

static void
choose_shown_units(struct analysis *a)
{
	for (size_t k = 0; k < a->resolved_count; k++) {
		struct profiled_unit *unit = a->resolved[k].unit;
		struct unit_group *group = unit->group;

		if (!group->unit || unit->samples > group->unit->samples)
			group->unit = unit;
	}
}

static bool
is_shown_code(const struct profiled_unit *unit)
{
	return unit->group->unit && unit->record->code_size == unit->group->unit->record->code_size;
}

static void
fill_histograms(struct analysis *a)
{
	for (size_t k = 0; k < a->resolved_count && !a->failed; k++) {
		const struct resolved *r = &a->resolved[k];
		struct unit_group *group = r->unit->group;

		if (!is_shown_code(r->unit))
			continue;
		if (!group->histogram)
			group->histogram = allocate(
				a, group->unit->record->code_size, sizeof(*group->histogram));
		if (group->histogram)
			group->histogram[r->offset]++;
	}
}

static const uint64_t *
counters_of(const struct analysis *a, const struct record_unit *record)
{
	uint64_t end = (uint64_t)record->first_counter + record->exit_count + 1;

	if (record->first_counter < RECORDING_FIRST_COUNTER ||
		end > RECORDING_COUNTERS_SIZE / sizeof(uint64_t))
		return NULL;
	return (const uint64_t *)a->file + record->first_counter;
}

/* Processes after a fork share the counters of the units that they have in common, so each record counts once. */
static void
sum_counters(struct analysis *a, const struct profiled_unit *unit)
{
	const struct record_unit *record = unit->record;
	const uint64_t *counters = counters_of(a, record);
	struct unit_group *group = unit->group;

	if (!counters || !group->unit || record->exit_count != group->unit->record->exit_count)
		return;
	if (!group->counts)
		group->counts = allocate(a, (size_t)record->exit_count + 1, sizeof(*group->counts));
	for (unsigned k = 0; group->counts && k <= record->exit_count; k++)
		group->counts[k] += counters[k];
}

static void
name_group(struct analysis *a, struct unit_group *group)
{
	char symbol[SYMBOL_SIZE] = "";
	const struct profiled_unit *unit = group->unit;

	if (unit->mapping)
		guest_names_describe(path_of(unit), file_offset_of(unit), symbol, sizeof(symbol));
	group->name = allocate(a, 1, sizeof(symbol) + 64);
	if (group->name)
		snprintf(group->name, sizeof(symbol) + 64, "%s%s0x%llx tier%u", symbol,
			symbol[0] ? " " : "", (unsigned long long)unit->record->guest_pc,
			unit->record->tier);
}

static int
compare_groups(const void *a, const void *b)
{
	const struct unit_group *x = *(struct unit_group *const *)a;
	const struct unit_group *y = *(struct unit_group *const *)b;

	if (x->samples != y->samples)
		return x->samples > y->samples ? -1 : 1;
	return strcmp(x->key, y->key);
}

static void
list_groups(struct analysis *a)
{
	struct profile *profile = a->profile;

	profile->groups = allocate(a, profile->group_count, sizeof(*profile->groups));
	profile->group_count = 0;
	for (unsigned k = 0; k < GROUP_BUCKETS && profile->groups; k++)
		for (struct unit_group *group = a->buckets[k]; group; group = group->next)
			if (group->unit)
				profile->groups[profile->group_count++] = group;
	for (size_t k = 0; k < profile->group_count; k++)
		name_group(a, profile->groups[k]);
	for (size_t k = 0; k < profile->group_count; k++)
		for (const struct profiled_unit *unit = profile->groups[k]->first; unit;
			unit = unit->next)
			sum_counters(a, unit);
	if (profile->groups)
		qsort(profile->groups, profile->group_count, sizeof(*profile->groups),
			compare_groups);
}

static void
analyze(struct analysis *a, struct samples *samples)
{
	a->space_of = allocate(a, PROCESSES_MAX, sizeof(*a->space_of));
	a->owner_of = allocate(a, PROCESSES_MAX, sizeof(*a->owner_of));
	if (a->failed)
		return;
	read_stream(a);
	if (a->record_count)
		qsort(a->records, a->record_count, sizeof(*a->records), compare_records);
	gather_samples(a, samples);
	a->resolved = allocate(a, samples->count, sizeof(*a->resolved));
	a->profile->own = allocate(a, samples->count, sizeof(*a->profile->own));
	if (a->failed)
		return;
	walk(a, samples);
	choose_shown_units(a);
	fill_histograms(a);
	list_groups(a);
}

/* Units and groups stay: the profile points to them. */
static void
free_analysis(struct analysis *a)
{
	for (uint32_t process = 0; a->space_of && process < PROCESSES_MAX; process++)
		drop_space(a->space_of[process]);
	free(a->space_of);
	free(a->owner_of);
	free(a->records);
	free(a->resolved);
	free(a);
}

struct profile *
profile_analyze(const uint8_t *file, struct samples *samples)
{
	struct analysis *a = calloc(1, sizeof(*a));
	struct profile *profile = calloc(1, sizeof(*profile));
	bool failed;

	if (!a || !profile) {
		free(a);
		free(profile);
		return NULL;
	}
	a->profile = profile;
	a->file = file;
	analyze(a, samples);
	failed = a->failed;
	free_analysis(a);
	return failed ? NULL : profile;
}
