// SPDX-License-Identifier: Apache-2.0
// Using the cache: whether and where it is, and units from it. Saving is in save.c, the command in command.c.
#include "cache/cache.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/cache_internal.h"
#include "cache/content.h"
#include "cache/log.h"
#include "runtime/guest_access.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"

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
cache_make_key(void)
{
	char build[64], why[256];

	if (!backend_detect(why, sizeof(why)))
		return false;
	if (!append_build_id(build, sizeof(build)))
		return false;
	int length = snprintf(cache_key, sizeof(cache_key), "%s aarch64 armv8.0+lse ", build);
	backend_image_key(cache_key + length, sizeof(cache_key) - (size_t)length);
	return true;
}

static bool enabled;

void
cache_init(const struct run_options *options)
{
	const uint32_t translation_logs = RUN_LOG_IN_ASM | RUN_LOG_IR | RUN_LOG_OUT_ASM;

	cache_log_init(options);
	if (options->single_instruction || (options->log & translation_logs))
		return;
	(void)cache_find_limit(&cache_limit);
	enabled = cache_make_key() && cache_places_init(options);
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

void
cache_note_mapping(int fd, uint64_t start, uint64_t end, uint64_t offset)
{
	struct stat status;

	if (fd < 0)
		cache_region_remove(start, end);
	else if (host_syscall(SYS_fstat, fd, &status) == 0 && S_ISREG(status.st_mode))
		look_for_content(cache_region_add(start, end, offset, &status), fd);
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
	if (*source->content_name)
		source->file = cache_file_open(source->content_name, &source->content);
	else
		source->file = cache_file_open(name, &source->identity);
	cache_statistics.files_opened += source->file.header != NULL;
}

/* The guest's code is the code that the unit was made from, and may be executed. */
static bool
guest_code_matches(const struct unit_image_info *info, const struct cache_record *record,
	uint64_t bias, size_t (*fetchable)(uint64_t))
{
	const uint8_t *code = cache_record_guest_code(record);
	size_t left = record->guest_size;

	for (unsigned k = 0; k < info->range_count; k++) {
		uint64_t at = info->ranges[k].start + bias, end = info->ranges[k].end + bias;

		if (end < at || end - at > left)
			return false;
		while (at < end) {
			size_t bytes = fetchable(at);

			if (bytes == 0)
				return false;
			if (bytes > end - at)
				bytes = end - at;
			if (memcmp((const void *)(uintptr_t)at, code, bytes))
				return false;
			at += bytes;
			code += bytes;
			left -= bytes;
		}
	}
	return left == 0;
}

struct code_unit *
cache_find(uint64_t pc, uint32_t mode, struct code_space *space, size_t (*fetchable)(uint64_t))
{
	struct cache_region region;
	const struct cache_record *record;
	struct unit_image_info info;
	struct code_unit *unit;

	if (!cache_enabled() || !cache_region_of(pc, pc + 4, &region))
		return NULL;
	cache_source_open(region.source);
	record = cache_file_find(&region.source->file, pc - region.bias, mode);
	if (!record || !backend_image_info(cache_record_image(record), record->image_size, &info) ||
		info.guest_offset != pc - region.bias || info.mode != mode)
		return NULL;
	if (!guest_code_matches(&info, record, region.bias, fetchable)) {
		cache_statistics.units_stale++;
		return NULL;
	}
	unit = backend_import(space, cache_record_image(record), record->image_size, region.bias);
	cache_statistics.units_loaded += unit != NULL;
	return unit;
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
	for (unsigned k = 0; k < unit->range_count; k++)
		if (unit->ranges[k].start < region->start || unit->ranges[k].end > region->end)
			return false;
	return true;
}

void
cache_keep_unit(const struct code_unit *unit, struct code_space *space)
{
	struct cache_unsaved *unsaved = (void *)(((uintptr_t)space->data + 15) & ~(uintptr_t)15);
	uint8_t *to = (uint8_t *)(unsaved + 1);
	size_t size = guest_code_size(unit);
	struct cache_region region;

	if (!cache_enabled() || !unit->relocations ||
		!cache_region_of(unit->guest_pc, unit->guest_pc + 4, &region) ||
		region.source->racy || !lies_in(&region, unit) || to > space->data_end ||
		size > (size_t)(space->data_end - to))
		return;
	for (unsigned k = 0; k < unit->range_count; k++) {
		size_t bytes = unit->ranges[k].end - unit->ranges[k].start;

		/* the file may have been truncated since the unit was lifted */
		if (guest_copy_from(to, unit->ranges[k].start, bytes) != 0)
			return;
		to += bytes;
	}
	*unsaved =
		(struct cache_unsaved){ unit, region.source->unsaved, region.bias, (uint32_t)size };
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
