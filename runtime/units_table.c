// SPDX-License-Identifier: Apache-2.0
// How units are found (see units.h): by a hash of (pc, mode), by the pages of guest code they were made from, and by host
// address through an array of each segment in the order of their code.
#include <string.h>

#include "runtime/guest_memory.h"
#include "runtime/host_memory.h"
#include "runtime/unit_files.h"
#include "runtime/units_internal.h"

/* The hash table starts small, so that short programs touch few pages, and grows with the number of units. */
#define FIRST_HASH_BITS 10
#define PAGE_HASH_BITS  9

/* A unit on a page of guest code. */
struct page_unit {
	struct code_unit *unit;
	struct page_unit *next;
	uint64_t page;
};

static struct code_unit **hash_table;
static unsigned hash_bits = FIRST_HASH_BITS;
static uint32_t hashed_units;
static struct page_unit **page_table;

bool
units_table_init(void)
{
	hash_table = host_memory_map(sizeof(*hash_table) << hash_bits);
	page_table = host_memory_map(sizeof(*page_table) << PAGE_HASH_BITS);
	return hash_table && page_table;
}

static uint32_t
hash_of(uint64_t pc, uint32_t mode)
{
	return (uint32_t)((pc >> 2 ^ (uint64_t)mode << 40) * UINT64_C(0x9e3779b97f4a7c15) >>
			  (64 - hash_bits));
}

struct code_unit *
units_find(uint64_t pc, uint32_t mode)
{
	struct code_unit *unit = hash_table[hash_of(pc, mode)];

	while (unit && (unit_guest_pc(unit) != pc || unit->mode != mode))
		unit = unit->next;
	return unit ? unit : unit_files_find(pc, mode);
}

bool
units_is_translated(uint64_t pc, uint32_t mode)
{
	return units_find(pc, mode & ~(uint32_t)(IR_MODE_CHECK_CODE | IR_MODE_SINGLE)) != NULL;
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

void
units_table_remove(struct code_unit *unit)
{
	struct code_unit **at = &hash_table[hash_of(unit_guest_pc(unit), unit->mode)];

	while (*at && *at != unit)
		at = &(*at)->next;
	if (*at) {
		*at = unit->next;
		hashed_units--;
	}
}

static struct code_unit *
find_in_segment(const struct code_segment *segment, const uint8_t *pc)
{
	uint32_t low = 0, high = __atomic_load_n(&segment->unit_count, __ATOMIC_ACQUIRE);
	struct code_unit *unit;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (segment->units[middle]->code <= pc)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return NULL;
	unit = segment->units[low - 1];
	return pc < unit->code + unit->code_size ? unit : NULL;
}

struct code_unit *
units_find_by_host_pc(const uint8_t *pc)
{
	for (uint32_t k = 0; k < segment_count; k++)
		if (pc >= code_segments[k].whole.code && pc < code_segments[k].whole.code_end)
			return find_in_segment(&code_segments[k], pc);
	return unit_files_find_by_host_pc(pc);
}

void
units_table_each(void (*visit)(struct code_unit *unit, void *context), void *context)
{
	for (uint32_t s = 0; s < segment_count; s++)
		for (uint32_t k = 0; k < code_segments[s].unit_count; k++)
			visit(code_segments[s].units[k], context);
}

uint32_t
units_table_count(void)
{
	uint32_t count = 0;

	for (uint32_t s = 0; s < segment_count; s++)
		count += code_segments[s].unit_count;
	return count;
}

static struct page_unit **
page_chain(uint64_t page)
{
	return &page_table[page * UINT64_C(0x9e3779b97f4a7c15) >> (64 - PAGE_HASH_BITS)];
}

static struct page_unit *
add_page_record(struct code_unit *unit, uint64_t page)
{
	/* beside the units' own data; a full segment still has room, and is evicted with records and units together */
	struct page_unit *record =
		(struct page_unit *)(((uintptr_t)units_space.data + 7) & ~(uintptr_t)7);
	struct page_unit **chain = page_chain(page);

	units_space.data = (uint8_t *)(record + 1);
	*record = (struct page_unit){ .unit = unit, .next = *chain, .page = page };
	*chain = record;
	return record;
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

void
units_table_enter(struct code_unit *unit)
{
	struct code_segment *segment = &code_segments[current_segment];

	add_to_hash(unit);
	add_to_pages(unit);
	segment->units[segment->unit_count] = unit;
	__atomic_store_n(&segment->unit_count, segment->unit_count + 1, __ATOMIC_RELEASE);
}

bool
units_table_take_from_page(
	uint64_t page, uint64_t start, uint64_t end, void (*take)(struct code_unit *))
{
	struct page_unit **at = page_chain(page);
	bool any = false;

	while (*at) {
		struct page_unit *record = *at;

		if (record->page != page || !units_overlap(record->unit, start, end)) {
			at = &record->next;
			continue;
		}
		any = true;
		take(record->unit);
		*at = record->next;
	}
	return any;
}

static void
forget_page_records(const struct code_space *space)
{
	for (size_t k = 0; k < (size_t)1 << PAGE_HASH_BITS; k++)
		for (struct page_unit **at = &page_table[k]; *at;)
			if ((uint8_t *)*at >= space->data && (uint8_t *)*at < space->data_end)
				*at = (*at)->next;
			else
				at = &(*at)->next;
}

void
units_table_forget(struct code_segment *segment)
{
	for (uint32_t k = 0; k < segment->unit_count; k++)
		if (!segment->units[k]->invalid)
			units_table_remove(segment->units[k]);
	forget_page_records(&segment->whole);
	__atomic_store_n(&segment->unit_count, 0, __ATOMIC_RELEASE);
}
