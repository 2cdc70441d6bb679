// SPDX-License-Identifier: Apache-2.0
// What the files of units share: the lock, the code buffer, the tables, and steps between them. Nothing else includes this.
// Everything here wants the lock, unless it says otherwise.
#ifndef RUNTIME_UNITS_INTERNAL_H
#define RUNTIME_UNITS_INTERNAL_H

#include "runtime/lock.h"
#include "runtime/threads.h"
#include "runtime/units.h"

struct unit_file;

/* Guards all that this header declares. */
extern struct lock units_lock;

/* Where the next unit goes: the rest of a segment of the code buffer. */
extern struct code_space units_space;

/*
 * A part of the code buffer, which is filled and evicted as a whole. What a unit consists of, and the records of what is
 * known about it, lie in one segment. `units` are in the order of their code.
 */
struct code_segment {
	struct code_space whole;
	struct code_unit **units;
	uint32_t unit_count, unit_room;
};

/* ---- units.c ---------------------------------------------------------------------------------------------------------- */

/*
 * Takes the lock with room for a unit in the code buffer. The thread's code is touched before: whoever brings its page in (a
 * userfaultfd's reader) may need the lock.
 */
void units_lock_with_room(struct guest_thread *t);

/* Puts a unit into the tables and links its exits. */
void units_enter(struct code_unit *unit);

/* Counts a unit that was made or taken from the cache. `before` is the code space as it was before. */
void units_count_made(const struct code_unit *unit, const struct code_space *before,
	uint64_t cycles, bool cached);

/* Whether what the thread left translated code with is still there. */
bool units_thread_is_current(const struct guest_thread *t);

/* `t` is NULL in translation ahead of time. */
void units_set_activity(struct guest_thread *t, enum thread_activity activity);

/* ---- units_evict.c ---------------------------------------------------------------------------------------------------- */

/* The first `segment_count` ones are used, `current_segment` is being filled. Units may be found without the lock. */
#define MAX_SEGMENTS 8
extern struct code_segment code_segments[MAX_SEGMENTS];
extern uint32_t segment_count, current_segment;

/* Divides the code buffer, the trampolines at its start being there already; false: no memory. */
bool units_evict_init(const struct code_space *buffer, const struct code_space *rest);

/* Whether there is no room for another unit in the current segment. */
bool units_segment_is_full(void);

/* Goes on in the next segment if nothing is in it; false: something would have to be evicted. */
bool units_take_free_segment(void);

/*
 * Goes on in the next segment, whose units, the oldest ones there are, are thrown away. The world is stopped, so nobody stands
 * in their code.
 */
void units_evict(void);

/* ---- units_table.c ------------------------------------------------------------------------------------------------------ */

/* Maps the tables; false: no memory. */
bool units_table_init(void);

/* The valid unit for (pc, mode), in the code buffer or in a cache file in place, or NULL. */
struct code_unit *units_find(uint64_t pc, uint32_t mode);

/* There is no place for another unit. */
bool units_table_is_full(void);

/* Puts a unit of the code buffer, the last one in its code, into the tables. */
void units_table_enter(struct code_unit *unit);

/* The unit for its (pc, mode) is no longer found. */
void units_table_remove(struct code_unit *unit);

/* Calls `take` for each unit with guest code in [start, end) on `page`, and forgets them there; whether there were any. */
bool units_table_take_from_page(
	uint64_t page, uint64_t start, uint64_t end, void (*take)(struct code_unit *));

/* Calls `visit` for each unit in the code buffer. */
void units_table_each(void (*visit)(struct code_unit *unit, void *context), void *context);
uint32_t units_table_count(void);

/* The segment's units are no longer found in any way. */
void units_table_forget(struct code_segment *segment);

/* ---- units_links.c ------------------------------------------------------------------------------------------------------ */

/* A unit that was thrown away, itself or with its cache file. */
bool units_is_invalid(const struct code_unit *unit);

/* Lets the exit jump to the unit, if that may be and it has no target yet. */
void units_link(struct code_exit *exit, struct code_unit *unit);

/*
 * An exit that leads to the unit at a loop's head, though there is a region by now: it may be linked in a cache file from
 * the start.
 */
void units_relink(struct code_exit *exit, struct code_unit *region);

/* Exits whose targets exist already need not go through the dispatcher once each. */
void units_link_known_exits(struct code_unit *unit);

/* What led to the unit leads to the region now; the unit stays for the day that the region goes. */
void units_take_over(struct code_unit *region, struct code_unit *unit);

/* Exits to the unit, or its own, go through the dispatcher again. */
void units_unlink_incoming(struct code_unit *unit);
void units_unlink_outgoing(struct code_unit *unit);

/* No unit outside the segment is linked from or to one in it. */
void units_unlink_segment(const struct code_segment *segment);

/* No thread's indirect branches lead to the unit any more. */
void units_forget_in_threads(const struct code_unit *unit);

/* ---- units_invalidate.c -------------------------------------------------------------------------------------------------- */

/* Whether the unit depends on guest code in [start, end). */
bool units_overlap(const struct code_unit *unit, uint64_t start, uint64_t end);

/* Whether translations of the page of `pc` are thrown away over and over. */
bool units_page_changes_often(uint64_t pc);

/* The unit's code stays where it is: a thread may be in it, and leaves it by stubs that look its targets up again. */
void units_throw_away(struct code_unit *unit);

/*
 * What was translated before its code turned out to be a critical section; not `made`, whose making has brought it to
 * light.
 */
void units_invalidate_new_critical(const struct code_unit *made);

#endif
