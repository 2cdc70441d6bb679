// SPDX-License-Identifier: Apache-2.0
// The report of -d stats (see statistics.h). The counters are gathered into one list, which is printed as text or as JSON.
#include "runtime/statistics.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <x86intrin.h>

#include "cache/cache.h"
#include "loader/descriptors.h"
#include "runtime/host_syscall.h"
#include "runtime/run.h"
#include "runtime/threads.h"
#include "runtime/units.h"
#include "syscalls/fd_guard.h"
#include "syscalls/system_call.h"

static int log_fd;
static bool wanted, as_json;
static struct thread_counts ended_threads; /* of threads that are no more */
static uint64_t threads_ended;
/* When counting began. */
static uint64_t start_cycles, start_wall, start_cpu;

/* ---- times ----------------------------------------------------------------------------------------------------------------- */

static uint64_t
nanoseconds(int clock)
{
	struct timespec time = { 0 };

	host_syscall(SYS_clock_gettime, clock, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void
start_clocks(void)
{
	start_cycles = __rdtsc();
	start_wall = nanoseconds(CLOCK_MONOTONIC);
	start_cpu = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
}

struct times {
	double wall, cpu, translation; /* seconds */
};

static struct times
take_times(void)
{
	uint64_t cycles = units_statistics.cached.cycles;
	struct times times = {
		.wall = (double)(nanoseconds(CLOCK_MONOTONIC) - start_wall) / 1e9,
		.cpu = (double)(nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - start_cpu) / 1e9,
	};

	for (unsigned tier = 0; tier < UNIT_TIERS; tier++)
		cycles += units_statistics.translated[tier].cycles;
	times.translation = (double)cycles * times.wall / (double)(__rdtsc() - start_cycles);
	return times;
}

/* ---- writing --------------------------------------------------------------------------------------------------------------- */

struct report {
	char text[4096];
	size_t length;
};

__attribute__((format(printf, 2, 3))) static void
add(struct report *report, const char *format, ...)
{
	size_t room = sizeof(report->text) - report->length;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(report->text + report->length, room, format, arguments);
	va_end(arguments);
	report->length += (size_t)length < room ? (size_t)length : room - 1;
}

static uint64_t
per(uint64_t amount, uint64_t count)
{
	return count ? amount / count : 0;
}

static const char *const exit_names[CPU_EXIT_REASONS] = {
	[CPU_EXIT_LINK] = "link",
	[CPU_EXIT_INDIRECT] = "indirect",
	[CPU_EXIT_SYSTEM_CALL] = "system_call",
	[CPU_EXIT_CALL_MADE] = "call_made",
	[CPU_EXIT_CRITICAL_ABORT] = "critical_abort",
	[CPU_EXIT_EXCEPTION] = "exception",
	[CPU_EXIT_STALE] = "stale",
	[CPU_EXIT_FAULT] = "fault",
};

static uint64_t
all_system_calls(const struct thread_counts *counts)
{
	return counts->direct_calls + counts->exits[CPU_EXIT_SYSTEM_CALL] +
	       counts->exits[CPU_EXIT_CALL_MADE];
}

#define NUMBER(value) ((unsigned long long)(value))

static void
add_text_of_units(struct report *r, const char *what, const struct unit_counts *c)
{
	add(r,
		"%-21s %12llu  (%llu guest instructions, %llu a unit; %llu bytes of code, %llu "
		"a guest instruction; %llu cycles, %llu a guest instruction)\n",
		what, NUMBER(c->units), NUMBER(c->guest_insns),
		NUMBER(per(c->guest_insns, c->units)), NUMBER(c->code_bytes),
		NUMBER(per(c->code_bytes, c->guest_insns)), NUMBER(c->cycles),
		NUMBER(per(c->cycles, c->guest_insns)));
}

static void
add_text(struct report *r, const struct thread_counts *counts, const struct times *times)
{
	const struct units_statistics *s = &units_statistics;
	char name[32];

	for (unsigned tier = 0; tier < UNIT_TIERS; tier++) {
		snprintf(name, sizeof(name), "units of tier %u", tier);
		add_text_of_units(r, name, &s->translated[tier]);
	}
	add_text_of_units(r, "units from the cache", &s->cached);
	add(r, "%-21s %12llu  (%llu files, %llu regions)\n", "units in place",
		NUMBER(cache_statistics.units_in_place), NUMBER(cache_statistics.files_in_place),
		NUMBER(cache_statistics.regions_in_place));
	add(r, "%-21s %12llu  (%llu stale units, %llu files, %llu regions)\n", "units saved",
		NUMBER(cache_statistics.units_saved), NUMBER(cache_statistics.units_stale),
		NUMBER(cache_statistics.files_opened), NUMBER(cache_statistics.regions_saved));
	add(r, "%-21s %12llu\n", "code bytes used", NUMBER(units_code_used()));
	add(r, "%-21s %12llu\n", "metadata bytes", NUMBER(s->data_bytes));
	add(r, "%-21s %12llu\n", "exits linked", NUMBER(s->links));
	add(r, "%-21s %12llu\n", "indirect misses", NUMBER(s->lookups));
	add(r, "%-21s %12llu  (%llu basic blocks, %.6f seconds)\n", "recordings",
		NUMBER(s->recordings), NUMBER(s->recording_steps), (double)s->recording_time / 1e9);
	add(r, "%-21s %12llu\n", "units invalidated", NUMBER(s->invalidated));
	add(r, "%-21s %12llu  (%llu times)\n", "units evicted", NUMBER(s->evicted),
		NUMBER(s->evictions));
	for (unsigned reason = 0; reason < CPU_EXIT_REASONS; reason++) {
		snprintf(name, sizeof(name), "left by %s", exit_names[reason]);
		add(r, "%-21s %12llu\n", name, NUMBER(counts->exits[reason]));
	}
	add(r, "%-21s %12llu\n", "system calls", NUMBER(all_system_calls(counts)));
	add(r, "%-21s %12llu\n", "signals to handlers", NUMBER(counts->signals));
	add(r, "%-21s %12llu\n", "threads", NUMBER(threads_ended));
	add(r, "%-21s %12.6f seconds\n", "translation", times->translation);
	add(r, "%-21s %12.6f seconds\n", "processor time", times->cpu);
	add(r, "%-21s %12.6f seconds\n", "time", times->wall);
}

static void
add_json_string(struct report *r, const char *text)
{
	add(r, "\"");
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			add(r, "\\%c", c);
		else if (c < ' ' || c >= 127)
			add(r, "\\u%04x", c); /* bytes as characters: a name need not be UTF-8 */
		else
			add(r, "%c", c);
	}
	add(r, "\"");
}

static void
add_json_of_units(struct report *r, const struct unit_counts *c)
{
	add(r, "\"units\":%llu,\"guest_instructions\":%llu,\"code_bytes\":%llu,\"cycles\":%llu",
		NUMBER(c->units), NUMBER(c->guest_insns), NUMBER(c->code_bytes), NUMBER(c->cycles));
}

static void
add_json(struct report *r, const char *end, const struct thread_counts *counts,
	const struct times *times)
{
	const struct units_statistics *s = &units_statistics;

	add(r, "{\"process\":%ld,\"program\":", host_syscall(SYS_getpid));
	add_json_string(r, guest_program->command_name);
	add(r, ",\"end\":\"%s\",\"tiers\":[", end);
	for (unsigned tier = 0; tier < UNIT_TIERS; tier++) {
		add(r, "%s{\"tier\":%u,", tier ? "," : "", tier);
		add_json_of_units(r, &s->translated[tier]);
		add(r, "}");
	}
	add(r, "],\"cache\":{");
	add_json_of_units(r, &s->cached);
	add(r, ",\"units_in_place\":%llu,\"files_in_place\":%llu",
		NUMBER(cache_statistics.units_in_place), NUMBER(cache_statistics.files_in_place));
	add(r, ",\"regions_in_place\":%llu,\"regions_saved\":%llu",
		NUMBER(cache_statistics.regions_in_place), NUMBER(cache_statistics.regions_saved));
	add(r, ",\"stale\":%llu,\"files\":%llu,\"saved\":%llu}",
		NUMBER(cache_statistics.units_stale), NUMBER(cache_statistics.files_opened),
		NUMBER(cache_statistics.units_saved));
	add(r, ",\"code_bytes_used\":%llu,\"metadata_bytes\":%llu,\"exits_linked\":%llu",
		NUMBER(units_code_used()), NUMBER(s->data_bytes), NUMBER(s->links));
	add(r,
		",\"indirect_misses\":%llu,\"units_invalidated\":%llu,\"units_evicted\":%llu,"
		"\"evictions\":%llu",
		NUMBER(s->lookups), NUMBER(s->invalidated), NUMBER(s->evicted),
		NUMBER(s->evictions));
	add(r, ",\"recordings\":%llu,\"recording_steps\":%llu,\"recording_seconds\":%.9f",
		NUMBER(s->recordings), NUMBER(s->recording_steps), (double)s->recording_time / 1e9);
	add(r, ",\"dispatcher_entries\":{");
	for (unsigned reason = 0; reason < CPU_EXIT_REASONS; reason++)
		add(r, "%s\"%s\":%llu", reason ? "," : "", exit_names[reason],
			NUMBER(counts->exits[reason]));
	add(r, "},\"system_calls\":%llu,\"signals\":%llu,\"threads\":%llu",
		NUMBER(all_system_calls(counts)), NUMBER(counts->signals), NUMBER(threads_ended));
	add(r, ",\"translation_seconds\":%.9f,\"cpu_seconds\":%.9f,\"wall_seconds\":%.9f}\n",
		times->translation, times->cpu, times->wall);
}

/* ---- gathering ------------------------------------------------------------------------------------------------------------- */

static void
add_counts(struct thread_counts *sum, const struct thread_counts *counts)
{
	for (unsigned reason = 0; reason < CPU_EXIT_REASONS; reason++)
		sum->exits[reason] += counts->exits[reason];
	sum->direct_calls += counts->direct_calls;
	sum->signals += counts->signals;
}

/* Of threads that run on meanwhile what they have counted by now is taken. */
static struct thread_counts
take_counts(void)
{
	struct thread_counts counts;

	threads_lock();
	for (struct guest_thread *t = threads_first(); t; t = t->next) {
		add_counts(&ended_threads, &t->counts);
		memset(&t->counts, 0, sizeof(t->counts));
		threads_ended++;
	}
	counts = ended_threads;
	threads_unlock();
	return counts;
}

static void
write_report(const char *end)
{
	struct report report;
	struct times times = take_times();
	struct thread_counts counts = take_counts();

	report.length = 0;
	if (as_json)
		add_json(&report, end, &counts, &times);
	else
		add_text(&report, &counts, &times);
	host_syscall(SYS_write, log_fd, report.text, report.length);
}

static void
write_last_report(struct guest_thread *t)
{
	(void)t;
	write_report("exit");
}

/* Many programs close their standard error before they end. */
static void
keep_log_open(void)
{
	long copy = log_fd > 2 ? -EBADF : descriptor_duplicate_high(log_fd, true);

	if (host_syscall_failed(copy))
		return;
	log_fd = (int)copy;
	fd_guard_add(log_fd);
}

void
statistics_init(const struct run_options *options)
{
	if (!(options->log & (RUN_LOG_STATS | RUN_LOG_STATS_JSON)))
		return;
	wanted = true;
	as_json = options->log & RUN_LOG_STATS_JSON;
	log_fd = options->log_fd;
	keep_log_open();
	start_clocks();
	run_on_exit(write_last_report);
}

void
statistics_thread_ends(struct guest_thread *t)
{
	add_counts(&ended_threads, &t->counts);
	memset(&t->counts, 0, sizeof(t->counts));
	threads_ended++;
}

static void
begin_anew(struct guest_thread *t)
{
	memset(&units_statistics, 0, sizeof(units_statistics));
	memset(&cache_statistics, 0, sizeof(cache_statistics));
	memset(&ended_threads, 0, sizeof(ended_threads));
	memset(&t->counts, 0, sizeof(t->counts));
	threads_ended = 0;
	start_clocks();
}

void
statistics_after_fork(struct guest_thread *t)
{
	if (wanted)
		begin_anew(t);
}

void
statistics_before_exec(struct guest_thread *t)
{
	if (!wanted)
		return;
	write_report("exec");
	begin_anew(t);
}
