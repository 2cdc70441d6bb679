// SPDX-License-Identifier: Apache-2.0
// Using the cache: whether and where it is, and units from it. Saving is in save.c, the command in command.c.
#include "cache/cache.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "cache/cache_internal.h"
#include "cache/content.h"
#include "cache/log.h"
#include "ir/guest_isa.h"
#include "runtime/guest_access.h"
#include "runtime/guest_memory.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/translate.h"
#include "runtime/unit_files.h"
#include "runtime/unit_reports.h"

struct cache_statistics cache_statistics;
char cache_key[CACHE_KEY_SIZE];

/* ---- whether and where ------------------------------------------------------------------------------------------------ */

uint64_t cache_limit = CACHE_DEFAULT_LIMIT;

bool
cache_find_limit(uint64_t *limit)
{
	const char *value = getenv("DRAGOMAN_CACHE_SIZE");
	static const char suffixes[] = "KMGT";
	unsigned long long number;
	unsigned shift = 0;
	char *end;

	if (!value || !*value)
		return true;
	errno = 0;
	number = strtoull(value, &end, 10);
	for (unsigned k = 0; *end && suffixes[k]; k++)
		if (*end == suffixes[k] && !end[1]) {
			shift = 10 * (k + 1);
			end++;
		}
	if (errno || *value < '0' || *value > '9' || *end || number > UINT64_MAX >> shift)
		return false;
	*limit = (uint64_t)number << shift;
	return true;
}

/* The linker's build-id note of this executable: another translator, another key. */
extern const Elf64_Ehdr __ehdr_start __attribute__((visibility("hidden")));

static bool
append_build_id(char *to, size_t size)
{
	const Elf64_Phdr *ph =
		(const void *)((const uint8_t *)&__ehdr_start + __ehdr_start.e_phoff);

	for (unsigned k = 0; k < __ehdr_start.e_phnum; k++) {
		const uint8_t *at = (const void *)(uintptr_t)ph[k].p_vaddr,
			      *end = at + ph[k].p_memsz;

		if (ph[k].p_type != PT_NOTE)
			continue;
		while (at + sizeof(Elf64_Nhdr) <= end) {
			const Elf64_Nhdr *note = (const void *)at;
			const uint8_t *id = at + sizeof(*note) + ((note->n_namesz + 3) & ~3u);

			if (note->n_type == NT_GNU_BUILD_ID && size > 2 * note->n_descsz) {
				for (unsigned b = 0; b < note->n_descsz; b++)
					snprintf(to + 2 * b, 3, "%02x", id[b]);
				return true;
			}
			at = id + ((note->n_descsz + 3) & ~3u);
		}
	}
	return false;
}

bool
cache_make_key(bool eager)
{
	char build[64], why[256];

	if (!backend_detect(why, sizeof(why)))
		return false;
	if (!append_build_id(build, sizeof(build)))
		return false;
	int length = snprintf(cache_key, sizeof(cache_key), "%s %s %s %s", build,
		translate_isa->name, translate_isa->processor, eager ? "eager " : "");
	backend_image_key(cache_key + length, sizeof(cache_key) - (size_t)length);
	return true;
}

static bool enabled;
/* Units of higher tiers are neither used nor thrown away: --regions off. */
static unsigned max_tier = UNIT_TIER_REGION;

void
cache_init(const struct run_options *options)
{
	const uint32_t translation_logs = RUN_LOG_IN_ASM | RUN_LOG_IR | RUN_LOG_OUT_ASM;

	cache_log_init(options);
	if (options->single_instruction || (options->log & translation_logs))
		return;
	(void)cache_find_limit(&cache_limit);
	max_tier = options->no_regions ? 0 : UNIT_TIER_REGION;
	enabled = cache_make_key(options->eager_regions) && cache_places_init(options);
}

void
cache_switch_off(void)
{
	enabled = false;
}

bool
cache_enabled(void)
{
	return enabled;
}

/* ---- finding units --------------------------------------------------------------------------------------------------------- */

/*
 * A guest file that the cache does not know by its identity may be known by its content. That is looked for while the file is at
 * hand, which it need not be when the first of its code is executed.
 */
static void
look_for_content(struct cache_source *source, int fd)
{
	char name[CACHE_NAME_SIZE];

	if (!source || !cache_enabled())
		return;
	cache_regions_lock();
	if (!source->looked_for) {
		cache_file_name(&source->identity, name);
		if (!cache_places_have(name) &&
			!cache_content_find(fd, &source->identity, !source->racy,
				source->content_name, &source->content))
			*source->content_name = '\0';
		__atomic_store_n(&source->looked_for, true, __ATOMIC_RELEASE);
	}
	cache_regions_unlock();
}

/* Where a program is linked at fixed addresses, its code needs no bias. Anything else may be anywhere. */
static bool
is_position_independent(int fd)
{
	Elf64_Ehdr header;
	long n = host_syscall(SYS_pread64, fd, &header, sizeof(header), 0);

	return n != sizeof(header) || memcmp(header.e_ident, ELFMAG, SELFMAG) ||
	       header.e_type != ET_EXEC;
}

void
cache_note_mapping(int fd, uint64_t start, uint64_t end, uint64_t offset)
{
	struct stat status;

	if (fd < 0)
		cache_region_remove(start, end);
	else if (host_syscall(SYS_fstat, fd, &status) == 0 && S_ISREG(status.st_mode))
		look_for_content(
			cache_region_add(start, end, offset, &status, is_position_independent(fd)),
			fd);
}

struct code_home *
cache_home(uint64_t pc, struct code_space *space)
{
	return cache_enabled() ? cache_region_home(pc, space) : NULL;
}

void
cache_source_open(struct cache_source *source)
{
	char name[CACHE_NAME_SIZE];

	/* another thread may be looking for it just now, as the mapping is new */
	if (source->opened || !__atomic_load_n(&source->looked_for, __ATOMIC_ACQUIRE))
		return;
	source->opened = true;
	cache_file_name(&source->identity, name);
	/* perf takes code of a mapped file for the file's own, and asks neither map nor dump for its names */
	if (*source->content_name)
		source->file = cache_file_open(
			source->content_name, &source->content, !unit_reports_wanted);
	else
		source->file = cache_file_open(name, &source->identity, !unit_reports_wanted);
	cache_statistics.files_opened += source->file.header != NULL;
	source->place_taken =
		!unit_reports_wanted && source->file.header && source->file.shift != 0;
}

uint32_t
cache_guest_page_checksum(uint64_t address, bool *readable)
{
	static uint8_t page[CACHE_PAGE_SIZE]; /* under the units' lock */

	*readable = guest_copy_from(page, address, sizeof(page)) == 0;
	return cache_checksum(page, sizeof(page));
}

/* The guest has in memory, at this bias, what the file's units were made from: a page of it. */
static bool
page_matches(const struct cache_page *page, uint64_t bias)
{
	bool readable;

	return page &&
	       cache_guest_page_checksum(bias + page->number * (uint64_t)CACHE_PAGE_SIZE,
		       &readable) == page->checksum &&
	       readable;
}

static bool
all_pages_match(const struct cache_header *header, uint64_t bias)
{
	const struct cache_page *pages = cache_section(header, CACHE_PAGES);
	uint32_t count = header->sections[CACHE_PAGES].size / sizeof(*pages);

	for (uint32_t k = 0; k < count; k++)
		if (!page_matches(&pages[k], bias))
			return false;
	return count != 0;
}

/* ---- using a cache file in place ------------------------------------------------------------------------------------------ */

/* The header and the sections that hold links are written to, the code only if the file goes out of use. */
static bool
protect_parts(const struct cache_header *header, size_t size)
{
	uint32_t code = header->sections[CACHE_CODE].offset;

	return host_syscall(SYS_mprotect, header, code, PROT_READ | PROT_WRITE) == 0 &&
	       host_syscall(SYS_mprotect, (uintptr_t)header + code, size - code,
		       PROT_READ | PROT_WRITE | PROT_EXEC) == 0;
}

/*
 * All units of the file are valid from now on, if the guest has mapped all that they were made from, unchanged. The runtime is
 * told of any change of these pages because they count as pages with translated code from now on.
 */
static bool
use_in_place(struct cache_source *source, const struct cache_region *region)
{
	struct cache_header *header = source->file.header;
	uint64_t start = region->bias + header->guest_start, end = region->bias + header->guest_end;

	if (source->file.shift != 0 || start < region->start || end > region->end ||
		!unit_files_have_room() || guest_memory_protect_code(start, end) != 0)
		return false;
	if (!all_pages_match(header, region->bias)) {
		source->stale = true;
		return false;
	}
	if (!protect_parts(header, source->file.size))
		return false;
	header->home = (struct code_home){
		.bias = region->bias,
		.position_independent = header->position_independent,
		.in_place = true,
	};
	source->place = (struct unit_file){
		.home = &header->home,
		.units = cache_section(header, CACHE_UNITS),
		.unit_count = header->unit_count,
		.index_bits = header->index_bits,
		.index = cache_section(header, CACHE_INDEX),
		.code = cache_section(header, CACHE_CODE),
		.code_size = header->sections[CACHE_CODE].size,
		.max_tier = max_tier,
		.guest_start = start,
		.guest_end = end,
	};
	if (max_tier == 0 && header->region_count)
		unit_file_pass_over_tiers(&source->place);
	unit_files_add(&source->place);
	cache_statistics.files_in_place++;
	cache_statistics.units_in_place += header->unit_count;
	if (max_tier == UNIT_TIER_REGION)
		cache_statistics.regions_in_place += header->region_count;
	return true;
}

/* ---- copying units out of a cache file -------------------------------------------------------------------------------------- */

/* The guest's code is the code that the unit was made from, and may be executed. */
static bool
guest_code_matches(const struct cache_file *file, const struct code_unit *unit, uint64_t bias,
	size_t (*fetchable)(uint64_t))
{
	const struct guest_range *ranges =
		(const void *)((uintptr_t)unit->ranges + (uintptr_t)file->shift);

	for (unsigned k = 0; k < unit->range_count; k++) {
		uint64_t first = ranges[k].start / CACHE_PAGE_SIZE,
			 last = (ranges[k].end - 1) / CACHE_PAGE_SIZE;

		for (uint64_t page = first; page <= last; page++)
			if (!fetchable(bias + page * CACHE_PAGE_SIZE) ||
				!page_matches(cache_file_page(file, page), bias))
				return false;
	}
	return true;
}

static struct code_unit *
copy_unit(const struct cache_region *region, uint32_t number, struct code_space *space,
	size_t (*fetchable)(uint64_t))
{
	const struct cache_file *file = &region->source->file;
	const struct code_unit *from = cache_file_unit(file, number);
	struct code_unit *unit;

	if (!from)
		return NULL;
	if (!guest_code_matches(file, from, region->bias, fetchable)) {
		cache_statistics.units_stale++;
		return NULL;
	}
	space->home = cache_region_home(region->start, space);
	unit = space->home ? backend_import(space, from, file->shift) : NULL;
	cache_statistics.units_copied += unit != NULL;
	return unit;
}

struct code_unit *
cache_find(uint64_t pc, uint32_t mode, struct code_space *space, size_t (*fetchable)(uint64_t))
{
	struct cache_region region;
	struct cache_source *source;
	int64_t number;

	if (!cache_enabled() || !cache_region_of(pc, pc + 4, &region))
		return NULL;
	source = region.source;
	if (!source->opened)
		source->bias = region.bias;
	cache_source_open(source);
	number = cache_file_find(&source->file, pc - region.bias, mode, max_tier);
	if (number < 0)
		return NULL;
	if (!source->position_independent && region.bias != source->file.header->bias)
		return NULL;
	if (!source->place_tried) {
		source->place_tried = true;
		if (use_in_place(source, &region))
			return (struct code_unit *)cache_section(source->file.header, CACHE_UNITS) +
			       number;
	}
	return copy_unit(&region, (uint32_t)number, space, fetchable);
}

/* ---- loops ----------------------------------------------------------------------------------------------------------------- */

bool
cache_find_head(uint64_t pc, uint32_t *looks, uint32_t *attempts)
{
	const struct cache_head *head;
	struct cache_region region;

	if (!cache_enabled() || !cache_region_of(pc, pc + 4, &region) ||
		!region.source->file.header || region.source->stale)
		return false;
	head = cache_file_head(&region.source->file, pc - region.bias);
	if (head) {
		*looks = head->looks;
		*attempts = head->attempts;
	}
	return region.source->file.header->sections[CACHE_HEADS].size > 0;
}

/* ---- units to be saved ------------------------------------------------------------------------------------------------------ */

static size_t
guest_code_size(const struct code_unit *unit)
{
	size_t size = 0;

	for (unsigned k = 0; k < unit->range_count; k++)
		size += unit->ranges[k].end - unit->ranges[k].start;
	return size;
}

static bool
lies_in(const struct cache_region *region, const struct code_unit *unit)
{
	for (unsigned k = 0; k < unit->range_count; k++) {
		struct guest_range range = unit_range(unit, k);

		if (range.start < region->start || range.end > region->end)
			return false;
	}
	return true;
}

void
cache_keep_unit(const struct code_unit *unit, struct code_space *space)
{
	struct cache_unsaved *unsaved = (void *)(((uintptr_t)space->data + 15) & ~(uintptr_t)15);
	uint8_t *to = (uint8_t *)(unsaved + 1);
	size_t size = guest_code_size(unit);
	struct cache_region region;

	/* what was recorded has become a region, or will not be recorded again */
	if (!cache_enabled() || !unit->relocations || (unit->mode & IR_MODE_RECORD) ||
		!cache_region_of(unit_guest_pc(unit), unit_guest_pc(unit) + 4, &region) ||
		region.source->racy || !lies_in(&region, unit) || to > space->data_end ||
		size > (size_t)(space->data_end - to))
		return;
	for (unsigned k = 0; k < unit->range_count; k++) {
		struct guest_range range = unit_range(unit, k);
		size_t bytes = range.end - range.start;

		/* the file may have been truncated since the unit was lifted */
		if (guest_copy_from(to, range.start, bytes) != 0)
			return;
		to += bytes;
	}
	*unsaved = (struct cache_unsaved){ unit, region.source->unsaved, (uint32_t)size };
	region.source->unsaved = unsaved;
	space->data = to;
}

void
cache_fork_lock(void)
{
	cache_regions_lock();
}

void
cache_fork_unlock(void)
{
	cache_regions_unlock();
}
