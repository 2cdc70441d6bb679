// SPDX-License-Identifier: Apache-2.0
// Translated units (see units.h): the code buffer, its lock, and the making of units. How they are found is in
// units_table.c, links between them in units_links.c, their end in units_invalidate.c, regions in units_regions.c.
#include <stdio.h>
#include <sys/mman.h>
#include <x86intrin.h>

#include "cache/cache.h"
#include "ir/guest_isa.h"
#include "runtime/critical_sections.h"
#include "runtime/guest_access.h"
#include "runtime/guest_memory.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/recording.h"
#include "runtime/stop_world.h"
#include "runtime/threads.h"
#include "runtime/trace_recorder.h"
#include "runtime/translate.h"
#include "runtime/unit_files.h"
#include "runtime/unit_reports.h"
#include "runtime/units_internal.h"

/* Code and its data lie within 2 GiB of each other and of dragoman's text, so that everything is in rip's reach. */
#define CODE_START (CODE_BUFFER_ADDRESS + UINT64_C(0x20000000))
#define CODE_SIZE  UINT64_C(0x20000000)
_Static_assert(CODE_SIZE == RUN_CODE_SIZE_MAX, "what -tb-size may ask for");
#define DATA_START (CODE_START + CODE_SIZE)
#define DATA_SIZE  UINT64_C(0x20000000)

#define NO_MEMORY "no memory for the code buffer; see `ulimit -v`"

struct lock units_lock;
struct code_space units_space;
struct units_statistics units_statistics;

/* ---- start-up ---------------------------------------------------------------------------------------------------------- */

bool
units_init(const struct run_options *options, char *why, size_t size)
{
	uint8_t *code =
		host_memory_map_at(CODE_START, CODE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC);
	uint8_t *data = host_memory_map_at(DATA_START, DATA_SIZE, PROT_READ | PROT_WRITE);
	struct code_space buffer;

	if (!code || !data || !units_table_init()) {
		snprintf(why, size, NO_MEMORY);
		return false;
	}
	units_space = buffer = (struct code_space){
		.code = code,
		.code_end = code + (options->code_size ? options->code_size : CODE_SIZE),
		.data = data,
		.data_end = data + DATA_SIZE,
	};
	if (!translate_init(options, &units_space, why, size))
		return false;
	if (!units_evict_init(&buffer, &units_space)) {
		snprintf(why, size, NO_MEMORY);
		return false;
	}
	guest_memory_on_invalidate(units_invalidate);
	trace_recorder_init(options);
	unit_reports_init(options);
	if (recording_counts_exits())
		cache_switch_off();
	return true;
}

bool
units_owns_host_pc(const uint8_t *pc)
{
	return ((uint64_t)pc >= CODE_START && (uint64_t)pc < CODE_START + CODE_SIZE) ||
	       unit_files_own_host_pc(pc);
}

void
units_count_made(
	const struct code_unit *unit, const struct code_space *before, uint64_t cycles, bool cached)
{
	struct unit_counts *counts =
		cached ? &units_statistics.cached : &units_statistics.translated[unit->tier];

	counts->units++;
	for (unsigned r = 0; r < unit->code_range_count; r++)
		counts->guest_insns += (unit->ranges[r].end - unit->ranges[r].start) /
				       translate_isa->instruction_size;
	counts->code_bytes += (uint64_t)(units_space.code - before->code);
	counts->cycles += cycles;
	units_statistics.data_bytes += (uint64_t)(units_space.data - before->data);
}

/* Units of critical sections are not kept, but a unit may have been that was made where the section was not known. */
static bool
is_in_critical_section(const struct code_unit *unit)
{
	for (unsigned r = 0; r < unit->range_count; r++) {
		struct guest_range range = unit_range(unit, r);

		for (uint64_t pc = range.start; pc < range.end;
			pc += translate_isa->instruction_size)
			if (critical_sections_contain(pc))
				return true;
	}
	return false;
}

void
units_enter(struct code_unit *unit)
{
	units_table_enter(unit);
	units_link_known_exits(unit);
}

void
units_set_activity(struct guest_thread *t, enum thread_activity activity)
{
	if (t)
		thread_set_activity(t, activity);
}

/* For a guest thread, or NULL for translation ahead of time. */
static struct code_unit *
make_unit(struct guest_thread *t, uint64_t pc, uint32_t mode)
{
	const struct code_space before = units_space;
	uint64_t start = __rdtsc();
	bool changing = units_page_changes_often(pc) || guest_memory_is_kept_writable(pc), cached;
	bool critical = (mode & IR_MODE_CRITICAL) || critical_sections_contain(pc);
	struct code_unit *unit;

	units_set_activity(t, ACTIVITY_CACHE);
	unit = changing || critical ? NULL
				    : cache_find(pc, mode, &units_space, translate_fetchable);
	cached = unit != NULL;
	if (cached && unit->home->in_place) {
		critical_sections_renew();
		units_statistics.cached.cycles += __rdtsc() - start;
		units_set_activity(t, ACTIVITY_DISPATCH);
		return unit;
	}
	if (cached && is_in_critical_section(unit)) {
		units_space = before;
		cached = false;
	}
	if (!cached) {
		units_set_activity(t, ACTIVITY_TRANSLATE);
		units_space.home = changing ? NULL : cache_home(pc, &units_space);
		unit = translate(pc, changing ? mode | IR_MODE_CHECK_CODE : mode, &units_space);
		cache_keep_unit(unit, &units_space);
	}
	units_space.home = NULL;
	unit->mode = mode;
	units_enter(unit);
	units_count_made(unit, &before, __rdtsc() - start, cached);
	if (unit_reports_wanted) {
		units_set_activity(t, ACTIVITY_REPORT);
		unit_reports_add(unit, cached);
	}
	units_set_activity(t, ACTIVITY_DISPATCH);
	return unit;
}

static struct code_unit *
get_locked(struct guest_thread *t, uint64_t pc, uint32_t mode)
{
	struct code_unit *unit = units_find(pc, mode);

	if (unit)
		return unit;
	do {
		unit = make_unit(t, pc, mode);
		units_invalidate_new_critical(unit);
	} while (units_is_invalid(unit));
	return unit;
}

static struct code_unit *
get_for_thread(struct guest_thread *t)
{
	struct code_unit *unit = units_find(t->cpu.hot.pc, t->cpu.hot.mode);

	if (unit)
		return unit;
	critical_sections_learn_armed(t);
	return get_locked(t, t->cpu.hot.pc, t->cpu.hot.mode);
}

void
units_lock_with_room(struct guest_thread *t)
{
	uint8_t byte;

	(void)guest_copy_from(&byte, t->cpu.hot.pc, sizeof(byte));
	lock_acquire(&units_lock);
	while (units_segment_is_full() && !units_take_free_segment()) {
		/* A thread in translated code may need the lock before it can stop. */
		lock_release(&units_lock);
		world_stop(t);
		lock_acquire(&units_lock);
		if (units_segment_is_full())
			units_evict();
		lock_release(&units_lock);
		world_resume();
		lock_acquire(&units_lock);
	}
}

bool
units_thread_is_current(const struct guest_thread *t)
{
	return t->generation == world_generation;
}

struct code_unit *
units_get(struct guest_thread *t)
{
	struct code_unit *unit;

	units_lock_with_room(t);
	unit = get_for_thread(t);
	t->generation = world_generation;
	lock_release(&units_lock);
	return unit;
}

struct code_unit *
units_get_and_link(struct guest_thread *t, struct code_exit *exit)
{
	struct code_unit *unit;

	units_lock_with_room(t);
	unit = get_for_thread(t);
	if (units_thread_is_current(t) && unit->tier == UNIT_TIER_REGION && exit->target &&
		exit->target != unit)
		units_relink(exit, unit);
	else if (units_thread_is_current(t))
		units_link(exit, unit);
	t->generation = world_generation;
	lock_release(&units_lock);
	return unit;
}

const struct code_unit *
units_prepare(uint64_t pc, uint32_t mode)
{
	const struct code_unit *unit;

	lock_acquire(&units_lock);
	unit = units_segment_is_full() && !units_take_free_segment() ? NULL
								     : get_locked(NULL, pc, mode);
	lock_release(&units_lock);
	return unit;
}

void
units_forget(void)
{
	lock_acquire(&units_lock);
	for (uint32_t k = 0; k < segment_count; k++)
		units_evict();
	lock_release(&units_lock);
}

void
units_remember(struct guest_thread *t, uint64_t pc, const struct code_unit *unit)
{
	lock_acquire(&units_lock);
	units_statistics.lookups++;
	if (units_thread_is_current(t) && !units_is_invalid(unit))
		backend_indirect_insert(t->indirect_table, pc, unit);
	lock_release(&units_lock);
}

uint64_t
units_code_used(void)
{
	return (uint64_t)units_space.code - CODE_START;
}

void
units_with_lock(void (*function)(void))
{
	lock_acquire(&units_lock);
	function();
	lock_release(&units_lock);
}

/*
 * perf takes a forked child's code for what the parent's map names, until the child makes code executable itself. The child
 * has no other task, and stands outside the code.
 */
static void
make_executable_anew(void)
{
	host_syscall(SYS_mprotect, CODE_START, CODE_SIZE, PROT_READ | PROT_WRITE);
	host_syscall(SYS_mprotect, CODE_START, CODE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC);
}

void
units_after_fork(bool shares_descriptors)
{
	if (!unit_reports_wanted)
		return;
	unit_reports_after_fork(shares_descriptors);
	make_executable_anew();
}

void
units_lock_for_fork(void)
{
	lock_acquire(&units_lock);
	critical_sections_fork_lock();
	cache_fork_lock();
}

void
units_unlock_after_fork(void)
{
	cache_fork_unlock();
	critical_sections_fork_unlock();
	lock_release(&units_lock);
}
