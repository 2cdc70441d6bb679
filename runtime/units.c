// SPDX-License-Identifier: Apache-2.0
// The table of translated units (see units.h). Units are found by a hash of (pc, mode), by the pages of guest code they
// were made from, and by host address through an array in the order of their code.
#include "runtime/units.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <x86intrin.h>

#include "cache/cache.h"
#include "runtime/critical_sections.h"
#include "runtime/guest_access.h"
#include "runtime/guest_memory.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/lock.h"
#include "runtime/recording.h"
#include "runtime/region_plan.h"
#include "runtime/stop_world.h"
#include "runtime/threads.h"
#include "runtime/translate.h"
#include "runtime/unit_files.h"
#include "runtime/unit_reports.h"

/* Code and its data lie within 2 GiB of each other and of dragoman's text, so that everything is in rip's reach. */
#define CODE_START (CODE_BUFFER_ADDRESS + UINT64_C(0x20000000))
#define CODE_SIZE  UINT64_C(0x20000000)
_Static_assert(CODE_SIZE == RUN_CODE_SIZE_MAX, "what -tb-size may ask for");
#define DATA_START (CODE_START + CODE_SIZE)
#define DATA_SIZE  UINT64_C(0x20000000)
/* Room that one unit surely does not exceed: with less left, the buffer counts as full. */
#define ROOM_FOR_A_UNIT (UINT64_C(1) << 20)

/* Bytes of every A64 instruction. */
#define GUEST_INSTRUCTION_SIZE 4

/* The hash table starts small, so that short programs touch few pages, and grows with the number of units. */
#define FIRST_HASH_BITS 10
#define PAGE_HASH_BITS  9
#define MAX_UNITS       (1u << 21)

/* A unit on a page of guest code. */
struct page_unit {
	struct code_unit *unit;
	struct page_unit *next;
	uint64_t page;
};

static struct lock lock;
static struct code_space space;
static struct code_space first_space; /* as it was before the first unit */
static struct code_unit **hash_table;
static unsigned hash_bits = FIRST_HASH_BITS;
static uint32_t hashed_units;
static struct page_unit **page_table;
static struct code_unit **units_by_code;
static uint32_t unit_count;
struct units_statistics units_statistics;

/* A page whose translations were thrown away this often is translated with checks of its code (IR_MODE_CHECK_CODE). */
#define CHANGES_BEFORE_CHECKS 16

/* ---- start-up ---------------------------------------------------------------------------------------------------------- */

static bool
map_tables(void)
{
	hash_table = host_memory_map(sizeof(*hash_table) << hash_bits);
	page_table = host_memory_map(sizeof(*page_table) << PAGE_HASH_BITS);
	units_by_code = host_memory_map(sizeof(*units_by_code) * MAX_UNITS);
	return hash_table && page_table && units_by_code;
}

bool
units_init(const struct run_options *options, char *why, size_t size)
{
	uint8_t *code =
		host_memory_map_at(CODE_START, CODE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC);
	uint8_t *data = host_memory_map_at(DATA_START, DATA_SIZE, PROT_READ | PROT_WRITE);

	if (!code || !data || !map_tables()) {
		snprintf(why, size, "no memory for the code buffer; see `ulimit -v`");
		return false;
	}
	space = (struct code_space){
		.code = code,
		.code_end = code + (options->code_size ? options->code_size : CODE_SIZE),
		.data = data,
		.data_end = data + DATA_SIZE,
	};
	if (!translate_init(options, &space, why, size))
		return false;
	first_space = space;
	guest_memory_on_invalidate(units_invalidate);
	trace_recorder_init(options);
	unit_reports_init(options);
	if (recording_counts_exits())
		cache_switch_off();
	return true;
}

/* ---- look-up ------------------------------------------------------------------------------------------------------------- */

static uint32_t
hash_of(uint64_t pc, uint32_t mode)
{
	return (uint32_t)((pc >> 2 ^ (uint64_t)mode << 40) * UINT64_C(0x9e3779b97f4a7c15) >>
			  (64 - hash_bits));
}

static struct code_unit *
find(uint64_t pc, uint32_t mode)
{
	struct code_unit *unit = hash_table[hash_of(pc, mode)];

	while (unit && (unit_guest_pc(unit) != pc || unit->mode != mode))
		unit = unit->next;
	return unit ? unit : unit_files_find(pc, mode);
}

bool
units_is_translated(uint64_t pc, uint32_t mode)
{
	return find(pc, mode & ~(uint32_t)(IR_MODE_CHECK_CODE | IR_MODE_SINGLE)) != NULL;
}

static void
put_in_hash(struct code_unit *unit)
{
	struct code_unit **chain = &hash_table[hash_of(unit_guest_pc(unit), unit->mode)];

	unit->next = *chain;
	*chain = unit;
}

static void
grow_hash(void)
{
	struct code_unit **old = hash_table,
			 **table = host_memory_map(sizeof(*table) << (hash_bits + 2));
	size_t buckets = (size_t)1 << hash_bits;

	if (!table)
		return; /* longer chains, nothing worse */
	hash_table = table;
	hash_bits += 2;
	for (size_t k = 0; k < buckets; k++)
		for (struct code_unit *unit = old[k], *next; unit; unit = next) {
			next = unit->next;
			put_in_hash(unit);
		}
	host_memory_unmap(old, sizeof(*old) * buckets);
}

static void
add_to_hash(struct code_unit *unit)
{
	if (++hashed_units > 2u << hash_bits)
		grow_hash();
	put_in_hash(unit);
}

struct code_unit *
units_find_by_host_pc(const uint8_t *pc)
{
	uint32_t low = 0, high = __atomic_load_n(&unit_count, __ATOMIC_ACQUIRE);

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (units_by_code[middle]->code <= pc)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return unit_files_find_by_host_pc(pc);
	struct code_unit *unit = units_by_code[low - 1];
	return pc < unit->code + unit->code_size ? unit : unit_files_find_by_host_pc(pc);
}

bool
units_owns_host_pc(const uint8_t *pc)
{
	return ((uint64_t)pc >= CODE_START && (uint64_t)pc < CODE_START + CODE_SIZE) ||
	       unit_files_own_host_pc(pc);
}

/* ---- pages ----------------------------------------------------------------------------------------------------------------- */

static struct page_unit **
page_chain(uint64_t page)
{
	return &page_table[page * UINT64_C(0x9e3779b97f4a7c15) >> (64 - PAGE_HASH_BITS)];
}

static struct page_unit *
add_page_record(struct code_unit *unit, uint64_t page)
{
	/* beside the units' own data; is_full() keeps room, and a flush forgets records and units together */
	struct page_unit *record =
		(struct page_unit *)(((uintptr_t)space.data + 7) & ~(uintptr_t)7);
	struct page_unit **chain = page_chain(page);

	space.data = (uint8_t *)(record + 1);
	*record = (struct page_unit){ .unit = unit, .next = *chain, .page = page };
	*chain = record;
	return record;
}

/* How often the code of a page was thrown away; a colliding page takes the place over, which only forgets. */
static struct {
	uint64_t page;
	uint32_t changes;
} page_changes[256];

static uint32_t *
changes_of(uint64_t page)
{
	if (page_changes[page & 255].page != page) {
		page_changes[page & 255].page = page;
		page_changes[page & 255].changes = 0;
	}
	return &page_changes[page & 255].changes;
}

static bool
page_changes_often(uint64_t pc)
{
	return *changes_of(pc / GUEST_PAGE_SIZE) >= CHANGES_BEFORE_CHECKS;
}

static void
add_to_pages(struct code_unit *unit)
{
	for (unsigned r = 0; r < unit->range_count; r++) {
		struct guest_range range = unit_range(unit, r);
		uint64_t last = (range.end - 1) / GUEST_PAGE_SIZE;

		for (uint64_t page = range.start / GUEST_PAGE_SIZE; page <= last; page++)
			add_page_record(unit, page);
	}
}

/* ---- making units ------------------------------------------------------------------------------------------------------------ */

/* The links of a cache file's units from and to units in the code buffer are gone. */
static void
forget_links_of_file(const struct unit_file *file)
{
	for (uint32_t k = 0; k < file->unit_count; k++) {
		struct code_unit *unit = &file->units[k];

		if (unit->incoming)
			unit->incoming = NULL;
		for (unsigned e = 0; e < unit->exit_count; e++) {
			struct code_exit *exit = &unit->exits[e];

			if (!exit->target || exit->target->home == unit->home)
				continue;
			exit->target = NULL;
			backend_unlink(exit);
		}
	}
}

/* Start over with an empty code buffer. The world is stopped, so nobody stands in the code. */
static void
flush_everything(void)
{
	memset(hash_table, 0, sizeof(*hash_table) << hash_bits);
	memset(page_table, 0, sizeof(*page_table) << PAGE_HASH_BITS);
	hashed_units = 0;
	unit_count = 0;
	unit_files_each(forget_links_of_file);
	cache_after_flush();
	unit_reports_flush();
	space = first_space;
	world_forget_code();
	threads_lock();
	for (struct guest_thread *t = threads_first(); t; t = t->next) {
		thread_clear_indirect_table(t);
		backend_reset_return_stack(&t->cpu);
	}
	threads_unlock();
}

static bool
is_full(void)
{
	return (uint64_t)(space.code_end - space.code) < ROOM_FOR_A_UNIT ||
	       (uint64_t)(space.data_end - space.data) < ROOM_FOR_A_UNIT || unit_count == MAX_UNITS;
}

static bool
is_invalid(const struct code_unit *unit)
{
	return unit->invalid || unit->home->detached;
}

static void
link_exit(struct code_exit *exit, struct code_unit *unit)
{
	if (exit->target || is_invalid(exit->unit) || exit->unit->mode != unit->mode)
		return;
	exit->target = unit;
	exit->next_in = unit->incoming;
	unit->incoming = exit;
	backend_link(exit, unit);
	units_statistics.links++;
}

/* An exit that leads to the unit at a loop's head, though there is a region by now: it may be linked in a cache file from the start. */
static void
relink_exit(struct code_exit *exit, struct code_unit *region)
{
	struct code_exit **at = &exit->target->incoming;

	if (is_invalid(exit->unit))
		return;
	while (*at && *at != exit)
		at = &(*at)->next_in;
	if (*at)
		*at = exit->next_in;
	exit->target = NULL;
	backend_unlink(exit);
	link_exit(exit, region);
}

/* Exits whose targets exist already need not go through the dispatcher once each. */
static void
link_known_exits(struct code_unit *unit)
{
	/* What recording and steps of critical sections leave for is followed by the dispatcher. */
	if (unit->mode & (IR_MODE_RECORD | IR_MODE_CRITICAL))
		return;
	for (unsigned k = 0; k < unit->exit_count; k++) {
		struct code_unit *target = find(exit_guest_pc(&unit->exits[k]), unit->mode);

		if (target)
			link_exit(&unit->exits[k], target);
	}
}

/* `before` is the code space as it was before the unit was made. */
static void
count_unit(
	const struct code_unit *unit, const struct code_space *before, uint64_t cycles, bool cached)
{
	struct unit_counts *counts =
		cached ? &units_statistics.cached : &units_statistics.translated[unit->tier];

	counts->units++;
	for (unsigned r = 0; r < unit->code_range_count; r++)
		counts->guest_insns +=
			(unit->ranges[r].end - unit->ranges[r].start) / GUEST_INSTRUCTION_SIZE;
	counts->code_bytes += (uint64_t)(space.code - before->code);
	counts->cycles += cycles;
	units_statistics.data_bytes += (uint64_t)(space.data - before->data);
}

static bool
overlaps(const struct code_unit *unit, uint64_t start, uint64_t end)
{
	for (unsigned r = 0; r < unit->range_count; r++) {
		struct guest_range range = unit_range(unit, r);

		if (range.start < end && range.end > start)
			return true;
	}
	return false;
}

static void invalidate_unit(struct code_unit *unit);
static void detach_file(const struct unit_file *file);

/* A process that saved such a unit had not come across the section. */
static bool
has_unit_in(const struct unit_file *file, uint64_t start, uint64_t end)
{
	for (uint32_t k = 0; k < file->unit_count; k++)
		if (overlaps(&file->units[k], start, end))
			return true;
	return false;
}

/*
 * What was translated before its code turned out to be a critical section; not `made`, whose making has brought it to
 * light.
 */
static void
invalidate_new_critical(const struct code_unit *made)
{
	uint64_t start, end;

	while (critical_sections_take_new(&start, &end)) {
		const struct unit_file *file = unit_files_with_guest_code(start);

		for (uint32_t k = 0; k < unit_count; k++)
			if (units_by_code[k] != made && overlaps(units_by_code[k], start, end))
				invalidate_unit(units_by_code[k]);
		if (file && has_unit_in(file, start, end))
			detach_file(unit_files_take_out(start, end));
	}
}

/* Units of critical sections are not kept, but a unit may have been that was made where the section was not known. */
static bool
is_in_critical_section(const struct code_unit *unit)
{
	for (unsigned r = 0; r < unit->range_count; r++) {
		struct guest_range range = unit_range(unit, r);

		for (uint64_t pc = range.start; pc < range.end; pc += GUEST_INSTRUCTION_SIZE)
			if (critical_sections_contain(pc))
				return true;
	}
	return false;
}

static void
enter_unit(struct code_unit *unit)
{
	add_to_hash(unit);
	add_to_pages(unit);
	units_by_code[unit_count] = unit;
	__atomic_store_n(&unit_count, unit_count + 1, __ATOMIC_RELEASE);
	link_known_exits(unit);
}

static void
set_activity(struct guest_thread *t, enum thread_activity activity)
{
	if (t)
		thread_set_activity(t, activity);
}

/* For a guest thread, or NULL for translation ahead of time. */
static struct code_unit *
make_unit(struct guest_thread *t, uint64_t pc, uint32_t mode)
{
	const struct code_space before = space;
	uint64_t start = __rdtsc();
	bool changing = page_changes_often(pc) || guest_memory_is_kept_writable(pc), cached;
	bool critical = (mode & IR_MODE_CRITICAL) || critical_sections_contain(pc);
	struct code_unit *unit;

	set_activity(t, ACTIVITY_CACHE);
	unit = changing || critical ? NULL : cache_find(pc, mode, &space, translate_fetchable);
	cached = unit != NULL;
	if (cached && unit->home->in_place) {
		critical_sections_renew();
		units_statistics.cached.cycles += __rdtsc() - start;
		set_activity(t, ACTIVITY_DISPATCH);
		return unit;
	}
	if (cached && is_in_critical_section(unit)) {
		space = before;
		cached = false;
	}
	if (!cached) {
		set_activity(t, ACTIVITY_TRANSLATE);
		space.home = changing ? NULL : cache_home(pc, &space);
		unit = translate(pc, changing ? mode | IR_MODE_CHECK_CODE : mode, &space);
		cache_keep_unit(unit, &space);
	}
	space.home = NULL;
	unit->mode = mode;
	enter_unit(unit);
	count_unit(unit, &before, __rdtsc() - start, cached);
	if (unit_reports_wanted) {
		set_activity(t, ACTIVITY_REPORT);
		unit_reports_add(unit, cached);
	}
	set_activity(t, ACTIVITY_DISPATCH);
	return unit;
}

static struct code_unit *
get_locked(struct guest_thread *t, uint64_t pc, uint32_t mode)
{
	struct code_unit *unit = find(pc, mode);

	if (unit)
		return unit;
	do {
		unit = make_unit(t, pc, mode);
		invalidate_new_critical(unit);
	} while (is_invalid(unit));
	return unit;
}

static struct code_unit *
get_for_thread(struct guest_thread *t)
{
	struct code_unit *unit = find(t->cpu.hot.pc, t->cpu.hot.mode);

	if (unit)
		return unit;
	critical_sections_learn_armed(t);
	return get_locked(t, t->cpu.hot.pc, t->cpu.hot.mode);
}

/*
 * Takes the lock with room for a unit in the code buffer. The thread's code is touched before: whoever brings its page in (a
 * userfaultfd's reader) may need the lock.
 */
static void
lock_with_room(struct guest_thread *t)
{
	uint8_t byte;

	(void)guest_copy_from(&byte, t->cpu.hot.pc, sizeof(byte));
	lock_acquire(&lock);
	while (is_full()) {
		/* A thread in translated code may need the lock before it can stop. */
		lock_release(&lock);
		world_stop(t);
		lock_acquire(&lock);
		if (is_full())
			flush_everything();
		lock_release(&lock);
		world_resume();
		lock_acquire(&lock);
	}
}

/* Whether what the thread left translated code with is still there. */
static bool
is_current(const struct guest_thread *t)
{
	return t->generation == world_generation;
}

struct code_unit *
units_get(struct guest_thread *t)
{
	struct code_unit *unit;

	lock_with_room(t);
	unit = get_for_thread(t);
	t->generation = world_generation;
	lock_release(&lock);
	return unit;
}

struct code_unit *
units_get_and_link(struct guest_thread *t, struct code_exit *exit)
{
	struct code_unit *unit;

	lock_with_room(t);
	unit = get_for_thread(t);
	if (is_current(t) && unit->tier == UNIT_TIER_REGION && exit->target && exit->target != unit)
		relink_exit(exit, unit);
	else if (is_current(t))
		link_exit(exit, unit);
	t->generation = world_generation;
	lock_release(&lock);
	return unit;
}

const struct code_unit *
units_prepare(uint64_t pc, uint32_t mode)
{
	const struct code_unit *unit;

	lock_acquire(&lock);
	unit = is_full() ? NULL : get_locked(NULL, pc, mode);
	lock_release(&lock);
	return unit;
}

void
units_forget(void)
{
	lock_acquire(&lock);
	flush_everything();
	lock_release(&lock);
}

void
units_remember(struct guest_thread *t, uint64_t pc, const struct code_unit *unit)
{
	lock_acquire(&lock);
	units_statistics.lookups++;
	if (is_current(t) && !is_invalid(unit))
		backend_indirect_insert(t->indirect_table, pc, unit);
	lock_release(&lock);
}

/* ---- regions ----------------------------------------------------------------------------------------------------------------------- */

static void
forget_in_threads(const struct code_unit *unit)
{
	threads_lock();
	for (struct guest_thread *t = threads_first(); t; t = t->next)
		backend_indirect_remove(t->indirect_table, unit_guest_pc(unit));
	threads_unlock();
}

/* What led to the unit leads to the region now; the unit stays for the day that the region goes. */
static void
take_over(struct code_unit *region, struct code_unit *unit)
{
	struct code_exit *exit = unit->incoming;

	unit->incoming = NULL;
	for (struct code_exit *next; exit; exit = next) {
		next = exit->next_in;
		exit->target = NULL;
		link_exit(exit, region);
	}
	forget_in_threads(unit);
}

static void
enter_region(const struct region_plan *plan, uint32_t mode)
{
	const struct code_space before = space;
	uint64_t start = __rdtsc();
	struct code_unit *unit = translate_region(plan, mode, &space);
	struct code_unit *old = find(plan->traces[0].pc, mode);

	if (!unit)
		return;
	unit->tier = UNIT_TIER_REGION;
	enter_unit(unit);
	if (old)
		take_over(unit, old);
	count_unit(unit, &before, __rdtsc() - start, false);
	if (unit_reports_wanted)
		unit_reports_add(unit, false);
}

void
units_make_region(struct guest_thread *t, const struct recording *recording)
{
	static struct region_plan plan;

	lock_with_room(t);
	set_activity(t, ACTIVITY_TRANSLATE);
	if (region_plan(&plan, recording) && !page_changes_often(plan.traces[0].pc))
		enter_region(&plan, recording->mode);
	set_activity(t, ACTIVITY_DISPATCH);
	lock_release(&lock);
}

/* ---- invalidation ---------------------------------------------------------------------------------------------------------------- */

static void
remove_from_hash(struct code_unit *unit)
{
	struct code_unit **at = &hash_table[hash_of(unit_guest_pc(unit), unit->mode)];

	while (*at && *at != unit)
		at = &(*at)->next;
	if (*at) {
		*at = unit->next;
		hashed_units--;
	}
}

static void
unlink_incoming(struct code_unit *unit)
{
	for (struct code_exit *exit = unit->incoming; exit; exit = exit->next_in) {
		exit->target = NULL;
		backend_unlink(exit);
	}
	unit->incoming = NULL;
}

static void
unlink_outgoing(struct code_unit *unit)
{
	for (unsigned k = 0; k < unit->exit_count; k++) {
		struct code_exit *exit = &unit->exits[k];

		if (!exit->target)
			continue;
		/* links within a cache file are in no list */
		struct code_exit **at = &exit->target->incoming;
		while (*at && *at != exit)
			at = &(*at)->next_in;
		if (*at)
			*at = exit->next_in;
		exit->target = NULL;
		backend_unlink(exit);
	}
}

/* The unit's code stays where it is: a thread may be in it, and leaves it by stubs that look its targets up again. */
static void
invalidate_unit(struct code_unit *unit)
{
	if (unit->invalid)
		return;
	unit->invalid = true;
	backend_leave_loops(unit);
	remove_from_hash(unit);
	unlink_incoming(unit);
	unlink_outgoing(unit);
	forget_in_threads(unit);
	units_statistics.invalidated++;
}

/* Throw away the page's units that overlap the range; returns whether there were any. */
static bool
invalidate_page(uint64_t page, uint64_t start, uint64_t end)
{
	struct page_unit **at = page_chain(page);
	bool any = false;

	while (*at) {
		struct page_unit *record = *at;

		if (record->page != page || !overlaps(record->unit, start, end)) {
			at = &record->next;
			continue;
		}
		any = true;
		invalidate_unit(record->unit);
		*at = record->next;
	}
	return any;
}

static void
count_change(uint64_t page)
{
	++*changes_of(page);
}

static void
invalidate_all_in_range(uint64_t start, uint64_t end)
{
	uint64_t first = start / GUEST_PAGE_SIZE, last = (end - 1) / GUEST_PAGE_SIZE;

	/* a huge range (munmap of terabytes): by units instead of by pages */
	if (last - first > unit_count + UINT64_C(1024)) {
		for (uint32_t k = 0; k < unit_count; k++)
			if (!units_by_code[k]->invalid && overlaps(units_by_code[k], start, end))
				invalidate_unit(units_by_code[k]);
		return;
	}
	for (uint64_t page = first; page <= last; page++)
		if (invalidate_page(page, start, end))
			count_change(page);
}

/*
 * All units of a cache file become invalid. They reach each other by jumps in the code, so each of these is undone; as with
 * other units, the code itself stays, since a thread may be in it.
 */
static void
detach_file(const struct unit_file *file)
{
	file->home->detached = true;
	for (uint32_t k = 0; k < file->unit_count; k++) {
		if (file->units[k].incoming)
			unlink_incoming(&file->units[k]);
		unlink_outgoing(&file->units[k]);
	}
	threads_lock();
	for (struct guest_thread *t = threads_first(); t; t = t->next)
		backend_indirect_remove_code(t->indirect_table, file->code, file->code_size);
	threads_unlock();
	units_statistics.invalidated += file->unit_count;
}

static void
detach_files_in_range(uint64_t start, uint64_t end)
{
	const struct unit_file *file;

	while ((file = unit_files_take_out(start, end)))
		detach_file(file);
}

void
units_invalidate(uint64_t start, uint64_t end)
{
	if (start >= end)
		return;
	critical_sections_forget(start, end);
	lock_acquire(&lock);
	detach_files_in_range(start, end);
	if (unit_count)
		invalidate_all_in_range(start, end);
	lock_release(&lock);
}

void
units_retranslate(uint64_t pc)
{
	lock_acquire(&lock);
	invalidate_page(pc / GUEST_PAGE_SIZE, pc, pc + 4);
	lock_release(&lock);
}

void
units_invalidate_stale(struct guest_thread *t, struct code_unit *unit)
{
	lock_acquire(&lock);
	if (is_current(t))
		invalidate_unit(unit);
	lock_release(&lock);
}

uint64_t
units_code_used(void)
{
	return (uint64_t)space.code - CODE_START;
}

void
units_with_lock(void (*function)(void))
{
	lock_acquire(&lock);
	function();
	lock_release(&lock);
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
	lock_acquire(&lock);
	critical_sections_fork_lock();
	cache_fork_lock();
}

void
units_unlock_after_fork(void)
{
	cache_fork_unlock();
	critical_sections_fork_unlock();
	lock_release(&lock);
}
