// SPDX-License-Identifier: Apache-2.0
// The processes' side of a recording (see recording.h). Room in the stream is taken by one atomic addition, so processes and
// threads do not wait for each other.
#include "runtime/recording.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "runtime/guest_access.h"
#include "runtime/guest_memory.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"

/* The counters must be in reach of the code: behind the code buffer and its metadata. */
#define COUNTERS_ADDRESS (CODE_BUFFER_ADDRESS + UINT64_C(0x60000000))
#define COUNTERS         (RECORDING_COUNTERS_SIZE / sizeof(uint64_t))

/* Texts of passes, of the unit that is being translated. */
#define PASSES_SIZE (UINT64_C(4) << 20)

static struct recording_header *header;
static uint64_t *counters; /* the same place */
static uint8_t *stream;    /* RECORDING_STREAM_START of the file */
static uint32_t process;   /* whose units these are */
static char *passes;
static size_t passes_length;
static const char timer_value;
bool recording_wanted;

static uint64_t
now(void)
{
	struct timespec time = { 0 };

	host_syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* Room for a record, its head filled in but for the type; NULL when there is none. */
static void *
begin_record(uint32_t of_process, uint64_t size)
{
	struct record *record;
	uint64_t at;

	size = (size + 7) & ~UINT64_C(7);
	if (size > UINT32_MAX)
		return NULL;
	at = __atomic_fetch_add(&header->stream_end, size, __ATOMIC_RELAXED);
	if (at < RECORDING_STREAM_START || at + size > RECORDING_SIZE)
		return NULL;
	record = (struct record *)(stream + (at - RECORDING_STREAM_START));
	record->size = (uint32_t)size;
	record->time = now();
	record->process = of_process;
	return record;
}

static void
end_record(struct record *record, enum record_type type)
{
	__atomic_store_n(&record->type, type, __ATOMIC_RELEASE);
}

/* ---- start ----------------------------------------------------------------------------------------------------------------- */

static uint64_t *
take_counters(uint32_t count)
{
	uint64_t first = __atomic_fetch_add(&header->next_counter, count, __ATOMIC_RELAXED);

	return first + count <= COUNTERS ? counters + first : NULL;
}

void
recording_init(const struct run_options *options)
{
	int fd = options->recording_fd;

	if (fd <= 0)
		return;
	header = host_memory_map_shared(COUNTERS_ADDRESS, fd, 0, RECORDING_COUNTERS_SIZE);
	stream = host_memory_map_shared(
		0, fd, RECORDING_STREAM_START, RECORDING_SIZE - RECORDING_STREAM_START);
	passes = host_memory_map(PASSES_SIZE);
	if (!header || !stream || !passes || header->magic != RECORDING_MAGIC) {
		dprintf(2, "dragoman: no memory for the recording of dragoman profile; this "
			   "process is missing in it\n");
		return;
	}
	counters = (uint64_t *)header;
	process = (uint32_t)host_syscall(SYS_getpid);
	recording_wanted = true;
	if (header->count_exits)
		backend_count_exits(take_counters);
}

bool
recording_counts_exits(void)
{
	return recording_wanted && header->count_exits;
}

void
recording_image(const char *name)
{
	struct record_image *record = begin_record(process, sizeof(*record));
	const uint8_t *glue;

	if (!record)
		return;
	record->glue_size = backend_trampolines(&glue);
	record->glue = (uint64_t)glue;
	snprintf(record->name, sizeof(record->name), "%s", name);
	end_record(&record->record, RECORD_IMAGE);
}

/* ---- units ----------------------------------------------------------------------------------------------------------------- */

void
recording_pass(const char *name, const struct ir_unit *u)
{
	size_t room = PASSES_SIZE - passes_length;
	int length = snprintf(passes + passes_length, room, "---- %s\n", name);

	if (length < 0 || (size_t)length >= room)
		return;
	passes_length += (size_t)length;
	passes_length += ir_print(u, passes + passes_length, PASSES_SIZE - passes_length);
	if (passes_length >= PASSES_SIZE)
		passes_length = PASSES_SIZE - 1;
}

void
recording_forget_passes(void)
{
	passes_length = 0;
}

static uint8_t *
put(uint8_t *at, const void *bytes, size_t size)
{
	memcpy(at, bytes, size);
	return at + size;
}

static uint64_t
guest_bytes(const struct code_unit *unit)
{
	uint64_t bytes = 0;

	for (unsigned r = 0; r < unit->range_count; r++)
		bytes += unit->ranges[r].end - unit->ranges[r].start;
	return bytes;
}

/* Exits that have no jump are followed by the dispatcher. */
static uint64_t
kind_of_exit(const struct code_exit *exit)
{
	if (exit->jump)
		return exit->kind;
	return exit->kind == CODE_EXIT_RETURN ? RECORDED_SYSTEM_CALL : RECORDED_POLL;
}

static void
put_parts(uint8_t *at, const struct code_unit *unit)
{
	for (unsigned r = 0; r < unit->range_count; r++) {
		const struct guest_range range = unit_range(unit, r);
		const struct recorded_range recorded = { range.start, range.end };

		at = put(at, &recorded, sizeof(recorded));
	}
	for (unsigned k = 0; k < unit->exit_count; k++) {
		const struct recorded_exit exit = { exit_guest_pc(&unit->exits[k]),
			kind_of_exit(&unit->exits[k]) };

		at = put(at, &exit, sizeof(exit));
	}
	for (unsigned r = 0; r < unit->range_count; r++) {
		const struct guest_range range = unit_range(unit, r);
		uint64_t size = range.end - range.start;

		guest_copy_from(at, range.start, size); /* zeros where it is gone */
		at += size;
	}
	at = put(at, unit->code, unit->code_size);
	put(at, passes, passes_length + 1);
}

/* ---- what the code of units is from ----------------------------------------------------------------------------------------- */

#define MAPPINGS 64

static struct guest_mapping mappings[MAPPINGS]; /* in the recording already */
static unsigned next_mapping;

static void
record_mapping(const struct guest_mapping *mapping)
{
	char path[PATH_MAX] = "";
	struct record_mapping *record;
	size_t size;

	if (guest_mapping_is_file(mapping))
		guest_memory_path(mapping->start, path, sizeof(path));
	size = strlen(path) + 1;
	record = begin_record(process, sizeof(*record) + size);
	if (!record)
		return;
	record->start = mapping->start;
	record->end = mapping->end;
	record->offset = mapping->offset;
	record->path_size = size;
	memcpy(record + 1, path, size);
	end_record(&record->record, RECORD_MAPPING);
}

static void
know_mapping(uint64_t address)
{
	struct guest_mapping mapping;

	if (!guest_memory_query(address, &mapping))
		return;
	for (unsigned k = 0; k < MAPPINGS; k++)
		if (guest_mapping_shows_same(&mappings[k], &mapping))
			return;
	mappings[next_mapping++ % MAPPINGS] = mapping;
	record_mapping(&mapping);
}

void
recording_unit(const struct code_unit *unit, bool cached)
{
	struct record_unit *record;

	know_mapping(unit_guest_pc(unit));

	passes[passes_length] = '\0';
	record = begin_record(
		process, sizeof(*record) + unit->range_count * sizeof(struct recorded_range) +
				 unit->exit_count * sizeof(struct recorded_exit) +
				 guest_bytes(unit) + unit->code_size + passes_length + 1);
	if (record) {
		record->code = (uint64_t)unit->code;
		record->guest_pc = unit_guest_pc(unit);
		record->mode = unit->mode;
		record->code_size = unit->code_size;
		record->first_counter = unit->counters ? (uint32_t)(unit->counters - counters) : 0;
		record->range_count = unit->range_count;
		record->code_range_count = unit->code_range_count;
		record->exit_count = unit->exit_count;
		record->text_size = (uint32_t)passes_length + 1;
		record->tier = unit->tier;
		record->cached = cached;
		put_parts((uint8_t *)(record + 1), unit);
		end_record(&record->record, RECORD_UNIT);
	}
	passes_length = 0;
}

/* ---- processes --------------------------------------------------------------------------------------------------------------- */

static void
record_process(enum record_type type)
{
	struct record_fork *record =
		begin_record((uint32_t)host_syscall(SYS_getpid), sizeof(*record));

	if (!record)
		return;
	record->from = process;
	end_record(&record->record, type);
}

void
recording_after_fork(void)
{
	record_process(RECORD_FORK);
	process = (uint32_t)host_syscall(SYS_getpid);
	recording_start_timer();
}

void
recording_share(void)
{
	if ((uint32_t)host_syscall(SYS_getpid) != process)
		record_process(RECORD_SHARE);
}

/* ---- samples by timer ----------------------------------------------------------------------------------------------------------- */

void
recording_start_timer(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGTRAP };
	struct itimerspec period = { .it_interval.tv_nsec = header->timer_period,
		.it_value.tv_nsec = header->timer_period };
	int timer = 0;

	if (!header->timer_period)
		return;
	event.sigev_value.sival_ptr = (void *)&timer_value;
	event._sigev_un._tid = (int)host_syscall(SYS_gettid);
	if (host_syscall(SYS_timer_create, CLOCK_THREAD_CPUTIME_ID, &event, &timer) == 0)
		host_syscall(SYS_timer_settime, timer, 0, &period, NULL);
}

bool
recording_take_sample(const siginfo_t *info, uint64_t pc, uint32_t activity)
{
	struct record_sample *record;

	if (info->si_code != SI_TIMER || info->si_value.sival_ptr != &timer_value)
		return false;
	record = begin_record((uint32_t)host_syscall(SYS_getpid), sizeof(*record));
	if (record) {
		record->pc = pc;
		record->activity = activity;
		end_record(&record->record, RECORD_SAMPLE);
	}
	return true;
}
