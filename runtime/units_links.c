// SPDX-License-Identifier: Apache-2.0
// Links between units (see units.h): an exit of one jumps into another, which knows all exits that lead to it, so that they
// can be taken back.
#include "runtime/stop_world.h"
#include "runtime/threads.h"
#include "runtime/unit_files.h"
#include "runtime/units_internal.h"

bool
units_is_invalid(const struct code_unit *unit)
{
	return unit->invalid || unit->home->detached;
}

void
units_link(struct code_exit *exit, struct code_unit *unit)
{
	if (exit->target || units_is_invalid(exit_unit(exit)) ||
		exit_unit(exit)->mode != unit->mode)
		return;
	exit->target = unit;
	exit->next_in = unit->incoming;
	unit->incoming = exit;
	backend_link(exit, unit);
	units_statistics.links++;
}

void
units_relink(struct code_exit *exit, struct code_unit *region)
{
	struct code_exit **at = &exit->target->incoming;

	if (units_is_invalid(exit_unit(exit)))
		return;
	while (*at && *at != exit)
		at = &(*at)->next_in;
	if (*at)
		*at = exit->next_in;
	exit->target = NULL;
	backend_unlink(exit);
	units_link(exit, region);
}

void
units_link_known_exits(struct code_unit *unit)
{
	/* What recording and steps of critical sections leave for is followed by the dispatcher. */
	if (unit->mode & (IR_MODE_RECORD | IR_MODE_CRITICAL))
		return;
	for (unsigned k = 0; k < unit->exit_count; k++) {
		struct code_unit *target = units_find(exit_guest_pc(&unit->exits[k]), unit->mode);

		if (target)
			units_link(&unit->exits[k], target);
	}
}

void
units_take_over(struct code_unit *region, struct code_unit *unit)
{
	struct code_exit *exit = unit->incoming;

	unit->incoming = NULL;
	for (struct code_exit *next; exit; exit = next) {
		next = exit->next_in;
		exit->target = NULL;
		units_link(exit, region);
	}
	units_forget_in_threads(unit);
}

void
units_unlink_incoming(struct code_unit *unit)
{
	for (struct code_exit *exit = unit->incoming; exit; exit = exit->next_in) {
		exit->target = NULL;
		backend_unlink(exit);
	}
	unit->incoming = NULL;
}

void
units_unlink_outgoing(struct code_unit *unit)
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

void
units_forget_in_threads(const struct code_unit *unit)
{
	threads_lock();
	for (struct guest_thread *t = threads_first(); t; t = t->next)
		backend_indirect_remove(t->indirect_table, unit_guest_pc(unit));
	threads_unlock();
}

/* ---- the links of a segment -------------------------------------------------------------------------------------------- */

static bool
lies_in(const void *record, const struct code_segment *segment)
{
	return (const uint8_t *)record >= segment->whole.data &&
	       (const uint8_t *)record < segment->whole.data_end;
}

/* Exits from outside go through the dispatcher again; those of the segment go with it. */
static void
unlink_incoming_from_outside(struct code_unit *unit, const struct code_segment *segment)
{
	for (struct code_exit *exit = unit->incoming; exit; exit = exit->next_in)
		if (!lies_in(exit, segment)) {
			exit->target = NULL;
			backend_unlink(exit);
		}
}

/* The segment that goes. */
static const struct code_segment *leaving;

/* One walk over each list, however many exits of the segment are in it. */
static void
forget_exits_that_leave(struct code_unit *unit)
{
	for (struct code_exit **at = &unit->incoming; *at;)
		if (lies_in(*at, leaving))
			*at = (*at)->next_in;
		else
			at = &(*at)->next_in;
}

static void
forget_exits_in_buffer(struct code_unit *unit, void *context)
{
	(void)context;
	if (!lies_in(unit, leaving))
		forget_exits_that_leave(unit);
}

static void
forget_exits_in_file(const struct unit_file *file)
{
	for (uint32_t k = 0; k < file->unit_count; k++)
		forget_exits_that_leave(&file->units[k]);
}

void
units_unlink_segment(const struct code_segment *segment)
{
	for (uint32_t k = 0; k < segment->unit_count; k++)
		unlink_incoming_from_outside(segment->units[k], segment);
	leaving = segment;
	units_table_each(forget_exits_in_buffer, NULL);
	unit_files_each(forget_exits_in_file);
}
