// SPDX-License-Identifier: Apache-2.0
// How units are found (see units.h): by (pc, mode), by the pages of guest code they were made from, and by host
// address through an array of each segment in the order of their code.
#include <string.h>

#include "runtime/guest_memory.h"
#include "runtime/host_memory.h"
#include "runtime/unit_files.h"
#include "runtime/units_internal.h"

/* The table starts small, so that short programs touch few pages, and grows with the number of units. */
#define FIRST_TABLE_BITS 10
#define PAGE_HASH_BITS   9

/* A unit on a page of guest code. */
struct page_unit {
	struct code_unit *unit;
	struct page_unit *next;
	uint64_t page;
};

/*
 * Open addressing, at most half full. The places of neighbouring instructions are neighbours: a cache line of the table answers
 * for four of them, most often without a look at any unit. Of two units for one (pc, mode) the younger, a region, comes
 * first.
 */
struct table_entry {
	uint64_t key;           /* see key_of: tells most keys apart */
	struct code_unit *unit; /* NULL: never used; &removed: one was here */
};
#define BLOCK_BITS 6 /* places that belong to one piece of guest code of 2^6 instructions */

static struct table_entry *table;
static unsigned table_bits = FIRST_TABLE_BITS;
static uint32_t table_used; /* with those that were removed */
static uint32_t table_units;
static struct code_unit removed;
static struct page_unit **page_table;

/*
 * The translator asks about each instruction, mostly where no unit begins. A bit says so, of all instructions that are 2^24
 * bytes apart together; a cache line of these answers for 2 KiB of code. What was set stays set.
 */
#define START_BITS 22
static uint64_t *starts;

bool
units_table_init(void)
{
	table = host_memory_map(sizeof(*table) << table_bits);
	page_table = host_memory_map(sizeof(*page_table) << PAGE_HASH_BITS);
	starts = host_memory_map((size_t)1 << START_BITS >> 3);
	return table && page_table && starts;
}

static uint64_t *
start_word(uint64_t pc)
{
	return &starts[pc >> 2 >> 6 & ((1u << (START_BITS - 6)) - 1)];
}

static uint64_t
start_bit(uint64_t pc)
{
	return UINT64_C(1) << (pc >> 2 & 63);
}

static uint64_t
key_of(uint64_t pc, uint32_t mode)
{
	return pc ^ (uint64_t)mode << 48;
}

/* The place where a key is looked for first. */
static uint32_t
place_of(uint64_t key, unsigned bits)
{
	uint64_t block = key >> (2 + BLOCK_BITS), within = key >> 2 & ((1u << BLOCK_BITS) - 1);

	block *= UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(block >> (64 - (bits - BLOCK_BITS)) << BLOCK_BITS | within);
}

static bool
is_for(const struct code_unit *unit, uint64_t pc, uint32_t mode)
{
	return unit != &removed && unit_guest_pc(unit) == pc && unit->mode == mode;
}

struct code_unit *
units_find(uint64_t pc, uint32_t mode)
{
	const uint32_t mask = (UINT32_C(1) << table_bits) - 1;
	const uint64_t key = key_of(pc, mode);

	for (uint32_t at = place_of(key, table_bits); table[at].unit; at = (at + 1) & mask)
		if (table[at].key == key && is_for(table[at].unit, pc, mode))
			return table[at].unit;
	return unit_files_find(pc, mode);
}

bool
units_is_translated(uint64_t pc, uint32_t mode)
{
	mode &= ~(uint32_t)(IR_MODE_CHECK_CODE | IR_MODE_SINGLE);
	return *start_word(pc) & start_bit(pc) ? units_find(pc, mode) != NULL
					       : unit_files_find(pc, mode) != NULL;
}

static struct table_entry
entry_of(struct code_unit *unit)
{
	return (struct table_entry){ key_of(unit_guest_pc(unit), unit->mode), unit };
}

/* In front of those with the same key, which each move on to the place of the next one. */
static void
put_in_table(struct table_entry entry)
{
	const uint32_t mask = (UINT32_C(1) << table_bits) - 1;
	uint32_t at = place_of(entry.key, table_bits);

	for (; table[at].unit; at = (at + 1) & mask)
		if (table[at].key == entry.key) {
			struct table_entry older = table[at];

			table[at] = entry;
			entry = older;
			if (entry.unit == &removed)
				return;
		}
	table[at] = entry;
	table_used++;
}

/* Places again what is in `old`; from the last to the first of each run, so that the younger of one key come in front. */
static void
put_all_in_table(const struct table_entry *old, uint32_t places)
{
	uint32_t end = 0;

	while (old[end].unit)
		end++;
	for (uint32_t k = 1; k < places; k++) {
		const struct table_entry *entry = &old[(end - k) & (places - 1)];

		if (entry->unit && entry->unit != &removed)
			put_in_table(*entry);
	}
}

/* Makes room: by a table of twice the size, or, when most of it is what was removed, of the same. */
static void
renew_table(void)
{
	struct table_entry *old = table;
	uint32_t places = UINT32_C(1) << table_bits;
	unsigned bits = table_units > places / 4 ? table_bits + 1 : table_bits;

	table = host_memory_map(sizeof(*table) << bits);
	if (!table) {
		table = old; /* fuller, until units_table_is_full */
		return;
	}
	table_bits = bits;
	table_used = 0;
	put_all_in_table(old, places);
	host_memory_unmap(old, sizeof(*old) * places);
}

static void
add_to_table(struct code_unit *unit)
{
	if (table_used >= UINT32_C(1) << table_bits >> 1)
		renew_table();
	table_units++;
	*start_word(unit_guest_pc(unit)) |= start_bit(unit_guest_pc(unit));
	put_in_table(entry_of(unit));
}

bool
units_table_is_full(void)
{
	return table_used > (UINT32_C(1) << table_bits) / 8 * 7;
}

void
units_table_remove(struct code_unit *unit)
{
	const uint32_t mask = (UINT32_C(1) << table_bits) - 1;

	for (uint32_t at = place_of(key_of(unit_guest_pc(unit), unit->mode), table_bits);
		table[at].unit; at = (at + 1) & mask)
		if (table[at].unit == unit) {
			table[at].unit = &removed;
			table_units--;
			return;
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

	add_to_table(unit);
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

/* All units that there are, and nothing else: the oldest segment's first. */
static void
fill_table(void)
{
	memset(table, 0, sizeof(*table) << table_bits);
	table_used = table_units = 0;
	for (uint32_t s = 1; s <= segment_count; s++) {
		const struct code_segment *segment =
			&code_segments[(current_segment + s) % segment_count];

		for (uint32_t k = 0; k < segment->unit_count; k++)
			if (!segment->units[k]->invalid) {
				put_in_table(entry_of(segment->units[k]));
				table_units++;
			}
	}
}

void
units_table_forget(struct code_segment *segment)
{
	forget_page_records(&segment->whole);
	__atomic_store_n(&segment->unit_count, 0, __ATOMIC_RELEASE);
	fill_table();
}
