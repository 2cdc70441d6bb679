// SPDX-License-Identifier: Apache-2.0
// Laying out a cache file and filling it in (see build.h). Sizes are known before anything is written, so that each unit, exit
// and piece of code has its address when the first pointer to it is made.
#include "cache/build.h"

#include <string.h>

#include "runtime/host_memory.h"
#include "runtime/unit_files.h"

/* Beyond its size, code may need this to begin a unit where its jumps can be patched. */
#define CODE_PADDING 64

struct sizes {
	uint64_t exits, ranges, recipes, relocations, polls, code;
};

static struct sizes
measure(const struct cache_contents *contents)
{
	struct sizes s = { 0 };

	for (uint32_t k = 0; k < contents->item_count; k++) {
		const struct code_unit *unit = contents->items[k].from;

		s.exits += unit->exit_count;
		s.ranges += unit->range_count;
		s.recipes += unit->recipe_size;
		s.relocations += unit->relocation_count;
		s.polls += unit->poll_count;
		s.code += unit->code_size + CODE_PADDING;
	}
	return s;
}

static unsigned
index_bits_for(uint32_t units)
{
	unsigned bits = 4;

	while (UINT32_C(1) << bits < 2 * units)
		bits++;
	return bits;
}

static uint64_t
align_up(uint64_t value, uint64_t alignment)
{
	return (value + alignment - 1) & ~(alignment - 1);
}

/* Places the sections but for the code's size, which is what `code` says. Gives where the file ends. */
static uint64_t
place_sections(const struct cache_contents *contents, const struct sizes *s, uint64_t code,
	struct cache_section_place *places)
{
	const uint64_t sizes[CACHE_SECTIONS] = {
		[CACHE_UNITS] = contents->item_count * (uint64_t)sizeof(struct code_unit),
		[CACHE_EXITS] = s->exits * sizeof(struct code_exit),
		[CACHE_INDEX] = sizeof(uint32_t) << index_bits_for(contents->item_count),
		[CACHE_PAGES] = contents->page_count * (uint64_t)sizeof(struct cache_page),
		[CACHE_RANGES] = s->ranges * sizeof(struct guest_range),
		[CACHE_RECIPES] = s->recipes,
		[CACHE_RELOCATIONS] = s->relocations * sizeof(uint32_t),
		[CACHE_POLLS] = s->polls * sizeof(uint32_t),
		[CACHE_HEADS] = contents->head_count * (uint64_t)sizeof(struct cache_head),
		[CACHE_CODE] = code,
	};
	uint64_t at = CACHE_HEADER_SIZE;

	for (unsigned k = 0; k < CACHE_SECTIONS; k++) {
		at = align_up(at, k == CACHE_CODE ? HOST_PAGE_SIZE : 16);
		if (places)
			places[k] =
				(struct cache_section_place){ (uint32_t)at, (uint32_t)sizes[k], 0 };
		at += sizes[k];
	}
	return at;
}

uint64_t
cache_item_size(const struct code_unit *unit)
{
	/* the index has two to four places a unit */
	return sizeof(*unit) + 4 * sizeof(uint32_t) + unit->exit_count * sizeof(struct code_exit) +
	       unit->range_count * sizeof(struct guest_range) + unit->recipe_size +
	       (unit->relocation_count + (uint64_t)unit->poll_count) * sizeof(uint32_t) +
	       unit->code_size + CODE_PADDING;
}

uint64_t
cache_build_size(const struct cache_contents *contents)
{
	struct sizes s = measure(contents);

	return place_sections(contents, &s, s.code, NULL);
}

/* ---- units --------------------------------------------------------------------------------------------------------------- */

/* Where the next parts go, as they will be used. */
struct cursor {
	struct unit_copy to;
	uint64_t guest_start, guest_end;
};

static void *
in_use(const struct cache_contents *contents, const struct cache_header *header,
	enum cache_section section)
{
	return (void *)(uintptr_t)(contents->base + header->sections[section].offset);
}

static void
note_guest_code(struct cursor *at, const struct cache_item *item)
{
	const struct guest_range *ranges =
		(const void *)((uintptr_t)item->from->ranges + (uintptr_t)item->shift);

	for (unsigned k = 0; k < item->from->range_count; k++) {
		if (ranges[k].start < at->guest_start)
			at->guest_start = ranges[k].start;
		if (ranges[k].end > at->guest_end)
			at->guest_end = ranges[k].end;
	}
}

static bool
copy_item(struct cursor *at, struct cache_item *item)
{
	const struct code_unit *from = item->from;

	item->code = at->to.code = backend_place_code(from, item->shift, at->to.code);
	if (!backend_copy_unit(from, item->shift, &at->to))
		return false;
	note_guest_code(at, item);
	at->to.unit++;
	at->to.exits += from->exit_count;
	at->to.ranges += from->range_count;
	at->to.recipes += from->recipe_size;
	at->to.relocations += from->relocation_count;
	at->to.polls += from->poll_count;
	at->to.code += from->code_size;
	return true;
}

static bool
copy_items(struct cache_contents *contents, struct cache_header *header)
{
	struct cursor at = {
		.to = {
			.unit = in_use(contents, header, CACHE_UNITS),
			.exits = in_use(contents, header, CACHE_EXITS),
			.ranges = in_use(contents, header, CACHE_RANGES),
			.recipes = in_use(contents, header, CACHE_RECIPES),
			.relocations = in_use(contents, header, CACHE_RELOCATIONS),
			.polls = in_use(contents, header, CACHE_POLLS),
			.code = in_use(contents, header, CACHE_CODE),
			.home = (void *)(uintptr_t)(contents->base + offsetof(struct cache_header, home)),
			.written = (ptrdiff_t)((uintptr_t)header - contents->base),
		},
		.guest_start = UINT64_MAX,
	};
	uint8_t *code = at.to.code;

	for (uint32_t k = 0; k < contents->item_count; k++)
		if (!copy_item(&at, &contents->items[k]))
			return false;
	header->sections[CACHE_CODE].size = (uint32_t)(at.to.code - code);
	/* by pages, as the guest's mappings are */
	header->guest_start = at.guest_start & ~(uint64_t)(HOST_PAGE_SIZE - 1);
	header->guest_end = align_up(at.guest_end, HOST_PAGE_SIZE);
	return true;
}

/* ---- the index, and links by it ------------------------------------------------------------------------------------------- */

/* Puts all units of a tier in. Of two for the same code the first is found. Gives how many there are. */
static uint32_t
index_tier(struct cache_header *header, unsigned tier)
{
	uint32_t *index = cache_section(header, CACHE_INDEX);
	const struct code_unit *units = cache_section(header, CACHE_UNITS);
	uint32_t mask = (UINT32_C(1) << header->index_bits) - 1, count = 0;

	for (uint32_t k = 0; k < header->unit_count; k++) {
		if (units[k].tier != tier)
			continue;
		uint32_t at =
			unit_file_hash(units[k].guest_offset, units[k].mode, header->index_bits);

		while (index[at])
			at = (at + 1) & mask;
		index[at] = k + 1;
		count++;
	}
	return count;
}

static void
link_unit(const struct cache_contents *contents, const struct cache_header *header, uint32_t number)
{
	const ptrdiff_t written = (ptrdiff_t)((uintptr_t)header - contents->base);
	const struct unit_index index = cache_file_index(header);
	struct code_unit *units = cache_section(header, CACHE_UNITS), *unit = &units[number];
	struct code_unit *in_place = in_use(contents, header, CACHE_UNITS);
	struct code_exit *exits = (void *)((uintptr_t)unit->exits + (uintptr_t)written);

	for (unsigned k = 0; k < unit->exit_count; k++) {
		exits[k].slot = (const uint8_t *)(uintptr_t)contents->slot;
		/* what recording leaves for is followed by the dispatcher */
		if (unit->mode & IR_MODE_RECORD)
			continue;
		int64_t target = unit_file_look_up(
			&index, exit_guest_offset(&exits[k]), unit->mode, UNIT_TIER_REGION);

		if (target >= 0)
			backend_link_written(&exits[k], unit->code, &in_place[target],
				units[target].code, written);
	}
}

/* ---- another file's contents ----------------------------------------------------------------------------------------------- */

bool
cache_contents_of(
	const struct cache_file *file, struct cache_contents *contents, struct cache_item *items)
{
	const struct cache_header *header = file->header;

	*contents = (struct cache_contents){
		.identity = &header->identity,
		.bias = header->bias,
		.position_independent = header->position_independent,
		.slot = header->slot,
		.items = items,
		.item_count = header->unit_count,
		.pages = cache_section(header, CACHE_PAGES),
		.page_count = header->sections[CACHE_PAGES].size / sizeof(struct cache_page),
		.heads = cache_section(header, CACHE_HEADS),
		.head_count = header->sections[CACHE_HEADS].size / sizeof(struct cache_head),
	};
	for (uint32_t k = 0; k < header->unit_count; k++) {
		items[k] = (struct cache_item){
			.from = cache_file_unit(file, k),
			.shift = file->shift,
		};
		if (!items[k].from)
			return false;
	}
	return true;
}

/* ---- the whole ------------------------------------------------------------------------------------------------------------ */

static void
finish_header(struct cache_header *header, uint64_t size)
{
	memcpy(header->magic, CACHE_MAGIC, sizeof(header->magic));
	header->version = CACHE_VERSION;
	header->file_size = size;
	for (unsigned k = 0; k < CACHE_SECTIONS; k++)
		header->sections[k].checksum =
			cache_checksum(cache_section(header, k), header->sections[k].size);
	header->checksum = cache_header_checksum(header);
}

uint64_t
cache_build(struct cache_contents *contents, uint8_t *image)
{
	struct cache_header *header = (void *)image;
	struct sizes s = measure(contents);

	header->identity = *contents->identity;
	header->base = contents->base;
	header->room = contents->room;
	header->slot = contents->slot;
	header->bias = contents->position_independent ? 0 : contents->bias;
	header->position_independent = contents->position_independent;
	header->unit_count = contents->item_count;
	header->index_bits = index_bits_for(contents->item_count);
	place_sections(contents, &s, s.code, header->sections);
	if (!copy_items(contents, header))
		return 0;
	memcpy(cache_section(header, CACHE_PAGES), contents->pages,
		contents->page_count * sizeof(*contents->pages));
	if (contents->head_count)
		memcpy(cache_section(header, CACHE_HEADS), contents->heads,
			contents->head_count * sizeof(*contents->heads));
	header->region_count = index_tier(header, UNIT_TIER_REGION);
	index_tier(header, 0);
	for (uint32_t k = 0; k < contents->item_count; k++)
		link_unit(contents, header, k);
	uint64_t size =
		header->sections[CACHE_CODE].offset + (uint64_t)header->sections[CACHE_CODE].size;
	finish_header(header, size);
	return size;
}
