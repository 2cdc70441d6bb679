// SPDX-License-Identifier: Apache-2.0
// The list of mapped cache files (see unit_files.h). Files are added under the units' lock and never taken off the list, so
// that signal handlers can read it at any time.
#include "runtime/unit_files.h"

#define MAX_FILES 512

static const struct unit_file *files[MAX_FILES];
static uint32_t file_count;

/* Those in use; the last one found comes first. */
static struct guest_part {
	uint64_t start, end;
	const struct unit_file *file;
} in_use[MAX_FILES];
static uint32_t in_use_count;

int64_t
unit_file_look_up(
	const struct unit_index *i, uint64_t guest_offset, uint32_t mode, unsigned max_tier)
{
	const uint32_t mask = (UINT32_C(1) << i->index_bits) - 1;
	uint32_t at = unit_file_hash(guest_offset, mode, i->index_bits);

	/* whoever fills the index puts higher tiers in first */
	for (uint32_t steps = 0; steps <= mask && i->index[at]; steps++, at = (at + 1) & mask) {
		uint32_t number = i->index[at] - 1;

		if (number < i->unit_count && i->units[number].guest_offset == guest_offset &&
			i->units[number].mode == mode && i->units[number].tier <= max_tier)
			return number;
	}
	return -1;
}

static struct code_unit *
find_in(const struct unit_file *file, uint64_t guest_offset, uint32_t mode)
{
	const struct unit_index index = { file->index, file->index_bits, file->unit_count,
		file->units };
	int64_t number = unit_file_look_up(&index, guest_offset, mode, file->max_tier);

	return number < 0 ? NULL : &file->units[number];
}

static void
pass_over_target(const struct unit_file *file, struct code_exit *exit)
{
	if (!exit->target || exit->target->tier <= file->max_tier)
		return;
	backend_unlink(exit);
	exit->target = find_in(file, exit_guest_offset(exit), exit_unit(exit)->mode);
	if (exit->target)
		backend_link(exit, exit->target);
}

void
unit_file_pass_over_tiers(const struct unit_file *file)
{
	for (uint32_t k = 0; k < file->unit_count; k++)
		for (unsigned e = 0; e < file->units[k].exit_count; e++)
			pass_over_target(file, &file->units[k].exits[e]);
}

bool
unit_files_have_room(void)
{
	return file_count < MAX_FILES;
}

void
unit_files_add(const struct unit_file *file)
{
	in_use[in_use_count++] = (struct guest_part){ file->guest_start, file->guest_end, file };
	files[file_count] = file;
	__atomic_store_n(&file_count, file_count + 1, __ATOMIC_RELEASE);
}

const struct unit_file *
unit_files_with_guest_code(uint64_t pc)
{
	for (uint32_t k = 0; k < in_use_count; k++) {
		struct guest_part found = in_use[k];

		if (pc < found.start || pc >= found.end)
			continue;
		in_use[k] = in_use[0];
		in_use[0] = found;
		return found.file;
	}
	return NULL;
}

struct code_unit *
unit_files_find(uint64_t pc, uint32_t mode)
{
	const struct unit_file *file = unit_files_with_guest_code(pc);

	return file ? find_in(file, pc - file->home->bias, mode) : NULL;
}

static const struct unit_file *
file_with_code(const uint8_t *pc)
{
	uint32_t count = __atomic_load_n(&file_count, __ATOMIC_ACQUIRE);

	for (uint32_t k = 0; k < count; k++)
		if (pc >= files[k]->code && pc < files[k]->code + files[k]->code_size)
			return files[k];
	return NULL;
}

struct code_unit *
unit_files_find_by_host_pc(const uint8_t *pc)
{
	const struct unit_file *file = file_with_code(pc);
	uint32_t low = 0, high = file ? file->unit_count : 0;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (file->units[middle].code <= pc)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return NULL;
	struct code_unit *unit = &file->units[low - 1];
	return pc < unit->code + unit->code_size ? unit : NULL;
}

bool
unit_files_own_host_pc(const uint8_t *pc)
{
	return file_with_code(pc) != NULL;
}

const struct unit_file *
unit_files_take_out(uint64_t start, uint64_t end)
{
	for (uint32_t k = 0; k < in_use_count; k++) {
		const struct unit_file *file = in_use[k].file;

		if (in_use[k].start >= end || in_use[k].end <= start)
			continue;
		in_use[k] = in_use[--in_use_count];
		return file;
	}
	return NULL;
}

void
unit_files_each(void (*function)(const struct unit_file *file))
{
	for (uint32_t k = 0; k < file_count; k++)
		function(files[k]);
}
