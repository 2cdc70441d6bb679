// SPDX-License-Identifier: Apache-2.0
// Translations are thrown away (see units.h) when their guest code changes or goes, or turns out to be a critical section.
#include "ir/guest_isa.h"
#include "runtime/critical_sections.h"
#include "runtime/guest_memory.h"
#include "runtime/stop_world.h"
#include "runtime/threads.h"
#include "runtime/translate.h"
#include "runtime/unit_files.h"
#include "runtime/units_internal.h"

/* A page whose translations were thrown away this often is translated with checks of its code (IR_MODE_CHECK_CODE). */
#define CHANGES_BEFORE_CHECKS 16

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

bool
units_page_changes_often(uint64_t pc)
{
	return *changes_of(pc / GUEST_PAGE_SIZE) >= CHANGES_BEFORE_CHECKS;
}

void
units_throw_away(struct code_unit *unit)
{
	if (unit->invalid)
		return;
	unit->invalid = true;
	backend_leave_loops(unit);
	units_table_remove(unit);
	units_unlink_incoming(unit);
	units_unlink_outgoing(unit);
	units_forget_in_threads(unit);
	units_statistics.invalidated++;
}

static void
count_change(uint64_t page)
{
	++*changes_of(page);
}

static void
throw_away_in(struct code_unit *unit, void *range)
{
	const struct guest_range *in = range;

	if (units_overlap(unit, in->start, in->end))
		units_throw_away(unit);
}

static void
invalidate_all_in_range(uint64_t start, uint64_t end)
{
	uint64_t first = start / GUEST_PAGE_SIZE, last = (end - 1) / GUEST_PAGE_SIZE;

	/* a huge range (munmap of terabytes): by units instead of by pages */
	if (last - first > units_table_count() + UINT64_C(1024)) {
		units_table_each(throw_away_in, &(struct guest_range){ start, end });
		return;
	}
	for (uint64_t page = first; page <= last; page++)
		if (units_table_take_from_page(page, start, end, units_throw_away))
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
			units_unlink_incoming(&file->units[k]);
		units_unlink_outgoing(&file->units[k]);
		backend_leave_loops(&file->units[k]);
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
	lock_acquire(&units_lock);
	detach_files_in_range(start, end);
	if (units_table_count())
		invalidate_all_in_range(start, end);
	lock_release(&units_lock);
}

void
units_retranslate(uint64_t pc)
{
	lock_acquire(&units_lock);
	units_table_take_from_page(
		pc / GUEST_PAGE_SIZE, pc, pc + translate_isa->instruction_size, units_throw_away);
	lock_release(&units_lock);
}

void
units_invalidate_stale(struct guest_thread *t, struct code_unit *unit)
{
	lock_acquire(&units_lock);
	if (units_thread_is_current(t))
		units_throw_away(unit);
	lock_release(&units_lock);
}

/* A process that saved such a unit had not come across the section. */
static bool
has_unit_in(const struct unit_file *file, uint64_t start, uint64_t end)
{
	for (uint32_t k = 0; k < file->unit_count; k++)
		if (units_overlap(&file->units[k], start, end))
			return true;
	return false;
}

struct others {
	struct guest_range range;
	const struct code_unit *made;
};

static void
throw_away_other(struct code_unit *unit, void *context)
{
	struct others *others = context;

	if (unit != others->made)
		throw_away_in(unit, &others->range);
}

void
units_invalidate_new_critical(const struct code_unit *made)
{
	uint64_t start, end;

	while (critical_sections_take_new(&start, &end)) {
		const struct unit_file *file = unit_files_with_guest_code(start);

		units_table_each(throw_away_other, &(struct others){ { start, end }, made });
		if (file && has_unit_in(file, start, end))
			detach_file(unit_files_take_out(start, end));
	}
}

bool
units_overlap(const struct code_unit *unit, uint64_t start, uint64_t end)
{
	for (unsigned r = 0; r < unit->range_count; r++) {
		struct guest_range range = unit_range(unit, r);

		if (range.start < end && range.end > start)
			return true;
	}
	return false;
}
