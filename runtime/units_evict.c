// SPDX-License-Identifier: Apache-2.0
// Eviction: the code buffer is a ring of segments. When the one that is being filled is full, the next one's units, which are the
// oldest, are thrown away, each unlinked from those that stay, and its place is used again.
//
// First in, first out, by eighths: counting uses would cost every entry, and units that are evicted too early come back at the
// price of their translation, or from the cache at next to none. To evict units one at a time would stop all threads each
// time (see stop_world.h).
#include "cache/cache.h"
#include "runtime/host_memory.h"
#include "runtime/stop_world.h"
#include "runtime/threads.h"
#include "runtime/units_internal.h"

/* Room that one unit surely does not exceed: with less left, a segment counts as full. */
#define ROOM_FOR_A_UNIT (UINT64_C(1) << 20)
/* A smaller code buffer is divided less. */
#define LEAST_SEGMENT RUN_CODE_SIZE_MIN
/* Bytes of code that units have in the mean, at the least; with smaller ones a segment is full earlier. */
#define LEAST_UNIT 64

struct code_segment code_segments[MAX_SEGMENTS];
uint32_t segment_count, current_segment;

/* Bytes of the kth of `segment_count` parts. */
static uint64_t
part_of(const uint8_t *start, const uint8_t *end)
{
	return (uint64_t)(end - start) / segment_count & ~UINT64_C(63);
}

static bool
init_segment(uint32_t number, const struct code_space *buffer)
{
	struct code_segment *segment = &code_segments[number];
	uint64_t code_size = part_of(buffer->code, buffer->code_end);
	uint64_t data_size = part_of(buffer->data, buffer->data_end);

	segment->whole.code = buffer->code + number * code_size;
	segment->whole.code_end = segment->whole.code + code_size;
	segment->whole.data = buffer->data + number * data_size;
	segment->whole.data_end = segment->whole.data + data_size;
	segment->unit_room = (uint32_t)(code_size / LEAST_UNIT);
	segment->units = host_memory_map(segment->unit_room * sizeof(struct code_unit *));
	return segment->units != NULL;
}

bool
units_evict_init(const struct code_space *buffer, const struct code_space *rest)
{
	uint64_t fitting = (uint64_t)(buffer->code_end - buffer->code) / LEAST_SEGMENT;

	segment_count = fitting < 1 ? 1 : fitting > MAX_SEGMENTS ? MAX_SEGMENTS : (uint32_t)fitting;
	for (uint32_t k = 0; k < segment_count; k++)
		if (!init_segment(k, buffer))
			return false;
	code_segments[0].whole.code = rest->code;
	code_segments[0].whole.data = rest->data;
	units_space = code_segments[0].whole;
	return true;
}

bool
units_segment_is_full(void)
{
	const struct code_segment *segment = &code_segments[current_segment];

	return (uint64_t)(units_space.code_end - units_space.code) < ROOM_FOR_A_UNIT ||
	       (uint64_t)(units_space.data_end - units_space.data) < ROOM_FOR_A_UNIT ||
	       segment->unit_count == segment->unit_room || units_table_is_full();
}

static void
forget_in_threads(const struct code_space *space)
{
	threads_lock();
	for (struct guest_thread *t = threads_first(); t; t = t->next) {
		backend_indirect_remove_code(
			t->indirect_table, space->code, (size_t)(space->code_end - space->code));
		backend_reset_return_stack(&t->cpu);
	}
	threads_unlock();
}

static void
evict(struct code_segment *segment)
{
	units_statistics.evicted += segment->unit_count;
	units_statistics.evictions++;
	units_unlink_segment(segment);
	units_table_forget(segment);
	cache_forget_units(segment->whole.data, segment->whole.data_end);
	world_forget_code();
	forget_in_threads(&segment->whole);
}

static struct code_segment *
next_segment(void)
{
	return &code_segments[(current_segment + 1) % segment_count];
}

bool
units_take_free_segment(void)
{
	if (next_segment()->unit_count)
		return false;
	units_evict();
	return true;
}

void
units_evict(void)
{
	struct code_segment *next = next_segment();

	if (next->unit_count)
		evict(next);
	current_segment = (uint32_t)(next - code_segments);
	cache_forget_homes();
	units_space = code_segments[current_segment].whole;
}
