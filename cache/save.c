// SPDX-License-Identifier: Apache-2.0
// Saving: the units of a guest file that its cache file does not have are put together with those that it has, in a new file
// that replaces the old one by rename. Writers take turns by a lock on the directory's lock file; who does not get it
// at once leaves the work to the next process.
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <x86intrin.h>

#include "cache/build.h"
#include "cache/cache_internal.h"
#include "cache/directory.h"
#include "cache/heads.h"
#include "runtime/guest_access.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/trace_recorder.h"
#include "runtime/units.h"

/*
 * A file is written again when there are new units for a share of it that is worth it. For a smaller share it is left to
 * chance, so that files that are never far from complete become so, and nobody pays much for it.
 */
#define FEW_UNITS        4
#define WORTHWHILE_SHARE 16
/* A region, or a loop of which none can be made, saves the next run what that many units take: it was recorded. */
#define LOOP_WORTH 128
/* The same for a file that could not be used in place; of 65536. */
#define MENDING_CHANCE 16384

static long directory_lock;
static long page_map; /* /proc/self/pagemap; negative: not known */
/* cache_save_all: every unit is worth it. */
static bool save_all;

/* A saving of one source on its way. */
struct saving {
	struct cache_source *source;
	struct cache_file old; /* what is in the directory now */
	struct cache_contents contents;
	struct page_note *notes; /* by page of the guest file */
	uint64_t note_count;
	uint64_t bias; /* where the guest has the file */
	uint32_t old_units, added, added_regions;
	uint32_t changed_heads;
	struct cache_head *heads;
	uint64_t bytes; /* of all items */
};

/* ---- pages of guest code --------------------------------------------------------------------------------------------------- */

enum page_state { PAGE_UNSEEN, PAGE_GOOD, PAGE_BAD };

struct page_note {
	uint32_t state;
	uint32_t checksum;
};

/*
 * A private mapping's page is the file's as long as nobody has written to it: the guest could not since it was mapped, but may
 * have had the kernel do it (/proc/self/mem).
 */
static bool
is_page_of_file(uint64_t address)
{
	const uint64_t present = UINT64_C(1) << 63, of_file = UINT64_C(1) << 61;
	uint64_t entry;

	return page_map < 0 ||
	       host_syscall(SYS_pread64, page_map, &entry, sizeof(entry),
		       address / CACHE_PAGE_SIZE * sizeof(entry)) != sizeof(entry) ||
	       (entry & (present | of_file)) == (present | of_file);
}

/*
 * The guest's memory has the file's contents. They must be what the older units were made from, too: else, if that was noticed
 * before (source->stale), these units are dropped, or the guest's memory is not what it should be.
 */
static void
look_at_page(struct saving *s, uint64_t page, uint64_t bias)
{
	const struct cache_page *old = s->old.header ? cache_file_page(&s->old, page) : NULL;
	uint64_t address = bias + page * CACHE_PAGE_SIZE;
	struct page_note *note = &s->notes[page];
	struct cache_region region;
	bool readable;

	note->state = PAGE_BAD;
	if (!cache_region_of(address, address + CACHE_PAGE_SIZE, &region) ||
		region.source != s->source || region.bias != bias)
		return;
	note->checksum = cache_guest_page_checksum(address, &readable);
	if (readable && is_page_of_file(address) &&
		(!old || old->checksum == note->checksum || s->source->stale))
		note->state = PAGE_GOOD;
}

static bool
pages_are_good(struct saving *s, const struct code_unit *unit)
{
	for (unsigned k = 0; k < unit->range_count; k++) {
		uint64_t last = (unit->ranges[k].end - 1) / CACHE_PAGE_SIZE;

		for (uint64_t page = unit->ranges[k].start / CACHE_PAGE_SIZE; page <= last;
			page++) {
			if (page >= s->note_count)
				return false;
			if (s->notes[page].state == PAGE_UNSEEN)
				look_at_page(s, page, unit->home->bias);
			if (s->notes[page].state != PAGE_GOOD)
				return false;
		}
	}
	return true;
}

static bool
guest_memory_is(uint64_t address, const uint8_t *bytes, size_t size)
{
	uint8_t copy[256];

	for (size_t part; size; address += part, bytes += part, size -= part) {
		part = size < sizeof(copy) ? size : sizeof(copy);
		if (guest_copy_from(copy, address, part) != 0 || memcmp(copy, bytes, part))
			return false;
	}
	return true;
}

/* The pages have the code that the unit was made from. */
static bool
code_is_unchanged(const struct cache_unsaved *unsaved)
{
	const uint8_t *code = (const uint8_t *)(unsaved + 1);

	for (unsigned k = 0; k < unsaved->unit->range_count; k++) {
		struct guest_range range = unit_range(unsaved->unit, k);

		if (!guest_memory_is(range.start, code, range.end - range.start))
			return false;
		code += range.end - range.start;
	}
	return true;
}

/* The old file's pages and those of the new units, in order. Gives how many there are; NULL only counts. */
static uint32_t
list_pages(const struct saving *s, struct cache_page *pages)
{
	const struct cache_page *old = NULL;
	uint32_t old_count = 0, k = 0, count = 0;

	if (s->old_units) {
		old = cache_section(s->old.header, CACHE_PAGES);
		old_count = s->old.header->sections[CACHE_PAGES].size / sizeof(*old);
	}
	for (uint64_t page = 0; page < s->note_count; page++) {
		bool is_old = k < old_count && old[k].number == page;
		struct cache_page entry = { (uint32_t)page, s->notes[page].checksum };

		if (s->notes[page].state != PAGE_GOOD) {
			if (!is_old || s->source->stale) {
				k += is_old;
				continue;
			}
			entry = old[k];
		}
		k += is_old;
		if (pages)
			pages[count] = entry;
		count++;
	}
	return count;
}

/* ---- the contents --------------------------------------------------------------------------------------------------------- */

/* What does not fit in a file any more is left out. */
static bool
add_item(struct saving *s, const struct code_unit *unit, ptrdiff_t shift)
{
	s->bytes += cache_item_size(unit);
	if (s->bytes > CACHE_FILE_LIMIT)
		return false;
	s->contents.items[s->contents.item_count++] =
		(struct cache_item){ .from = unit, .shift = shift };
	return true;
}

/* Whether it is not certain that the guest's file has the code that the old unit was made from. */
static bool
is_outdated(struct saving *s, const struct code_unit *unit)
{
	const struct guest_range *ranges =
		(const void *)((uintptr_t)unit->ranges + (uintptr_t)s->old.shift);

	for (unsigned k = 0; k < unit->range_count; k++) {
		uint64_t last = (ranges[k].end - 1) / CACHE_PAGE_SIZE;

		for (uint64_t page = ranges[k].start / CACHE_PAGE_SIZE; page <= last; page++) {
			const struct cache_page *old = cache_file_page(&s->old, page);

			if (page >= s->note_count || !old)
				return true;
			if (s->notes[page].state == PAGE_UNSEEN)
				look_at_page(s, page, s->bias);
			if (s->notes[page].state != PAGE_GOOD ||
				s->notes[page].checksum != old->checksum)
				return true;
		}
	}
	return false;
}

static bool
may_be_saved(struct saving *s, const struct cache_unsaved *unsaved)
{
	const struct code_unit *unit = unsaved->unit;

	return !unit->invalid &&
	       (s->source->position_independent || unit->home->bias == s->contents.bias) &&
	       pages_are_good(s, unit) && code_is_unchanged(unsaved);
}

static bool
is_region_of(const struct code_unit *unit, const struct code_unit *other)
{
	return unit->tier == UNIT_TIER_REGION && unit->guest_offset == other->guest_offset &&
	       unit->mode == other->mode;
}

/* A region that was left too often was made anew: the later attempt is the one to keep. */
static bool
is_replaced(struct saving *s, const struct code_unit *old)
{
	for (const struct cache_unsaved *unsaved = s->source->unsaved; unsaved;
		unsaved = unsaved->next)
		if (is_region_of(unsaved->unit, old) && unsaved->unit->attempt > old->attempt &&
			may_be_saved(s, unsaved))
			return true;
	return false;
}

static void
add_old_units(struct saving *s)
{
	for (uint32_t k = 0; k < s->old_units; k++) {
		const struct code_unit *unit = cache_file_unit(&s->old, k);

		if (unit && !(s->source->stale && is_outdated(s, unit)) &&
			!(unit->tier == UNIT_TIER_REGION && is_replaced(s, unit)))
			add_item(s, unit, s->old.shift);
	}
}

/* Several regions may have been made for one head in this process; the last comes first. */
static bool
is_superseded(const struct saving *s, const struct code_unit *region)
{
	for (uint32_t k = s->contents.item_count - s->added; k < s->contents.item_count; k++)
		if (is_region_of(s->contents.items[k].from, region))
			return true;
	return false;
}

/* The file that is being made has a unit of that tier for the same code already. */
static bool
is_known(struct saving *s, const struct code_unit *unit)
{
	int64_t number = cache_file_find(&s->old, unit->guest_offset, unit->mode, unit->tier);
	const struct code_unit *old =
		number < 0 ? NULL : cache_file_unit(&s->old, (uint32_t)number);

	if (unit->tier == UNIT_TIER_REGION && is_superseded(s, unit))
		return true;
	return old && old->tier == unit->tier && old->attempt >= unit->attempt &&
	       !(s->source->stale && is_outdated(s, old));
}

static void
add_new_units(struct saving *s)
{
	for (const struct cache_unsaved *unsaved = s->source->unsaved; unsaved;
		unsaved = unsaved->next)
		if (!is_known(s, unsaved->unit) && may_be_saved(s, unsaved) &&
			add_item(s, unsaved->unit, 0)) {
			s->added++;
			s->added_regions += unsaved->unit->tier == UNIT_TIER_REGION;
		}
}

/* Keeps the old file's address as long as the new one fits there and nothing else was there. */
static void
choose_place(struct saving *s, uint64_t size)
{
	const struct cache_header *old = s->old.header;

	if (old && size <= old->room && !s->source->place_taken) {
		s->contents.base = old->base;
		s->contents.room = old->room;
		return;
	}
	s->contents.room = 2 * size;
	s->contents.base = cache_directory_take_place(directory_lock, s->contents.room);
}

/* ---- saving ------------------------------------------------------------------------------------------------------------------- */

static void
write_file(const struct saving *s, const char *name, const uint8_t *image, uint64_t size)
{
	long fd = cache_directory_begin(size);

	if (fd < 0 || !cache_directory_end(
			      directory_lock, fd, name, cache_directory_write(fd, image, size, 0)))
		return;
	cache_statistics.units_saved += s->added;
	cache_statistics.regions_saved += s->added_regions;
}

static void
build_and_write(struct saving *s, const char *name)
{
	size_t size = cache_build_size(&s->contents);
	uint8_t *image;
	uint64_t built;

	image = host_memory_map(size);
	if (!image)
		return;
	/* one fault for each 2 MiB instead of 512, where the host allows it */
	host_syscall(SYS_madvise, image, size, MADV_HUGEPAGE);
	choose_place(s, size);
	built = cache_build(&s->contents, image);
	if (built)
		write_file(s, name, image, built);
	host_memory_unmap(image, size);
}

/* The cache file cannot be used in place, but a new one could. */
static bool
wants_mending(const struct cache_source *source)
{
	return source->file.header && (source->stale || source->place_taken);
}

static void
gather_and_build(struct saving *s, const char *name)
{
	struct cache_page *pages;

	add_old_units(s);
	add_new_units(s);
	if (s->added == 0 && s->changed_heads == 0 && !wants_mending(s->source))
		return;
	s->contents.heads = s->heads;
	s->contents.head_count = cache_heads_gather(s->heads, &s->old, s->source, &s->contents);
	s->contents.page_count = list_pages(s, NULL);
	pages = host_allocate(s->contents.page_count * sizeof(*pages));
	if (!pages)
		return;
	list_pages(s, pages);
	s->contents.pages = pages;
	build_and_write(s, name);
	host_free(pages);
}

static void
save_units(struct cache_source *source, uint32_t new_units, uint32_t changed_heads)
{
	struct saving s = { .source = source, .changed_heads = changed_heads };
	const size_t heads_size = CACHE_HEADS_LIMIT * sizeof(*s.heads);
	char name[CACHE_NAME_SIZE];

	cache_file_name(&source->identity, name);
	/* with what other processes have saved since this one opened the file */
	s.old = cache_file_open(name, &source->identity, false);
	if (!s.old.header && *source->content_name)
		s.old = cache_file_open(source->content_name, &source->content, false);
	s.bias = source->unsaved ? source->unsaved->unit->home->bias : source->bias;
	if (s.old.header && !source->position_independent && s.old.header->bias != s.bias)
		cache_file_close(&s.old);
	s.old_units = s.old.header ? s.old.header->unit_count : 0;
	s.bytes = CACHE_HEADER_SIZE + HOST_PAGE_SIZE + heads_size +
		  (source->identity.size / CACHE_PAGE_SIZE + 1) * sizeof(struct cache_page);
	s.note_count = source->identity.size / CACHE_PAGE_SIZE + 1;
	s.contents = (struct cache_contents){
		.identity = &source->identity,
		.bias = s.bias,
		.position_independent = source->position_independent,
		.slot = (uintptr_t)backend_unlinked_slot(),
	};
	const size_t items_size = (s.old_units + (size_t)new_units) * sizeof(struct cache_item);
	s.contents.items = host_memory_map(items_size);
	s.notes = host_memory_map(s.note_count * sizeof(*s.notes));
	s.heads = host_memory_map(heads_size);
	if (s.contents.items && s.notes && s.heads)
		gather_and_build(&s, name);
	if (s.contents.items)
		host_memory_unmap(s.contents.items, items_size);
	if (s.notes)
		host_memory_unmap(s.notes, s.note_count * sizeof(*s.notes));
	if (s.heads)
		host_memory_unmap(s.heads, heads_size);
	cache_file_close(&s.old);
}

/* Of 65536. */
static uint64_t
chance(void)
{
	return __rdtsc() * UINT64_C(0x9e3779b97f4a7c15) >> 48;
}

/* Whether writing a file of `old_units` again is worth `new_units`: the more there are, the more likely. */
static bool
is_worthwhile(uint32_t old_units, uint32_t new_units)
{
	if (save_all)
		return new_units > 0;
	return new_units >= FEW_UNITS &&
	       (uint64_t)new_units * WORTHWHILE_SHARE >= old_units * chance() >> 16;
}

static void
save_source(struct cache_source *source)
{
	const struct cache_header *known = source->file.header;
	uint32_t new_units = 0, loops = cache_heads_changed(source);

	for (const struct cache_unsaved *unsaved = source->unsaved; unsaved;
		unsaved = unsaved->next)
		new_units += !unsaved->unit->invalid;
	if (is_worthwhile(known ? known->unit_count : 0, new_units + loops * LOOP_WORTH) ||
		(wants_mending(source) && chance() < MENDING_CHANCE))
		save_units(source, new_units, loops);
	source->unsaved = NULL;
}

static bool any_unsaved;

static void
look_for_unsaved(struct cache_source *source)
{
	any_unsaved |= source->unsaved != NULL || wants_mending(source);
}

static void
look_for_change(const struct loop_head *head, void *context)
{
	(void)context;
	any_unsaved |= head->changed;
}

static void
save_with_lock(void)
{
	any_unsaved = false;
	cache_each_source(look_for_unsaved);
	trace_recorder_each_head(look_for_change, NULL);
	if (!any_unsaved || !cache_place_make())
		return;
	directory_lock = cache_directory_lock(save_all);
	if (directory_lock < 0)
		return;
	page_map = host_syscall(SYS_openat, AT_FDCWD, "/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	cache_each_source(save_source);
	trace_recorder_saved();
	if (page_map >= 0)
		host_syscall(SYS_close, page_map);
	host_syscall(SYS_close, directory_lock);
}

void
cache_save(void)
{
	if (cache_enabled())
		units_with_lock(save_with_lock);
}

static uint64_t waiting;

static void
count_waiting(struct cache_source *source)
{
	for (const struct cache_unsaved *unsaved = source->unsaved; unsaved;
		unsaved = unsaved->next)
		waiting += !unsaved->unit->invalid;
}

uint64_t
cache_save_all(void)
{
	uint64_t saved = cache_statistics.units_saved;

	waiting = 0;
	cache_each_source(count_waiting);
	save_all = true;
	cache_save();
	save_all = false;
	saved = cache_statistics.units_saved - saved;
	return waiting > saved ? waiting - saved : 0;
}

static void
forget_unsaved(struct cache_source *source)
{
	source->unsaved = NULL;
}

void
cache_after_fork(void)
{
	cache_each_source(forget_unsaved);
}

/* What is to be forgotten, for forget_unsaved_between. */
static const uint8_t *forget_from, *forget_to;

static void
forget_unsaved_between(struct cache_source *source)
{
	for (struct cache_unsaved **at = &source->unsaved; *at;)
		if ((uint8_t *)*at >= forget_from && (uint8_t *)*at < forget_to)
			*at = (*at)->next;
		else
			at = &(*at)->next;
}

void
cache_forget_units(const uint8_t *from, const uint8_t *to)
{
	forget_from = from;
	forget_to = to;
	cache_each_source(forget_unsaved_between);
}
