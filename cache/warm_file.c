// SPDX-License-Identifier: Apache-2.0
// Translates one guest file ahead of time. Its segments are mapped as for a run, so that units and their cache file come about
// as they do there. Code is found breadth first: from the places that the file names (code_starts.h) along jumps, calls and
// returns; then from each instruction that was not reached, as those behind computed jumps, on from there.
#include "cache/warm_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cache/cache.h"
#include "cache/code_starts.h"
#include "ir/guest_isa.h"
#include "loader/layout.h"
#include "runtime/guest_memory.h"
#include "runtime/translate.h"
#include "runtime/units.h"

/* From one place where an instruction may stand to the next. */
#define STEP (translate_isa->instruction_size)

/* A file of more sections of code than this is taken by its segments, of which there are at most as many. */
#define EXTENTS_LIMIT 1024

/* What is known of one instruction. */
enum {
	IS_START = 1 << 0,    /* a unit was made from here, or is going to be */
	IS_COVERED = 1 << 1,  /* some unit holds it */
	IS_FUNCTION = 1 << 2, /* the first of a function */
};

struct warming {
	struct code_file file;
	struct code_extent extents[EXTENTS_LIMIT];
	uint8_t *marks[EXTENTS_LIMIT]; /* one byte an instruction */
	unsigned extent_count, last_extent;
	uint64_t *queue; /* addresses to begin units at; the first `done` are done */
	size_t done, queued, room;
	struct warm_result *result;
	uint64_t saved_text, saved_functions; /* as in *result, at the last save */
	bool full;                            /* the cache file takes no more */
};

static void
fail(struct warming *w, const char *what)
{
	snprintf(w->result->problem, sizeof(w->result->problem), "%.500s", what);
}

/* ---- what is known of the code ------------------------------------------------------------------------------------------- */

/* The marks of the instruction at an address of the file; NULL: it is not one. */
static uint8_t *
mark_of(struct warming *w, uint64_t address)
{
	const struct code_extent *last = &w->extents[w->last_extent];
	unsigned low = 0, high = w->extent_count;

	if (address % STEP)
		return NULL;
	if (address >= last->start && address < last->end)
		return &w->marks[w->last_extent][(address - last->start) / STEP];
	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (w->extents[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == w->extent_count || address < w->extents[low].start)
		return NULL;
	w->last_extent = low;
	return &w->marks[low][(address - w->extents[low].start) / STEP];
}

/* Makes room at the queue's end; false: there is no memory for it. */
static bool
make_room(struct warming *w)
{
	size_t room = 2 * w->room;
	uint64_t *queue;

	if (w->done > w->room / 2) {
		memmove(w->queue, w->queue + w->done, (w->queued - w->done) * sizeof(*w->queue));
		w->queued -= w->done;
		w->done = 0;
		return true;
	}
	queue = realloc(w->queue, room * sizeof(*queue));
	if (!queue)
		return false;
	w->queue = queue;
	w->room = room;
	return true;
}

static void
enqueue(struct warming *w, uint64_t address)
{
	uint8_t *mark = mark_of(w, address);

	/* what finds no room is translated when it is needed */
	if (!mark || *mark & IS_START || (w->queued == w->room && !make_room(w)))
		return;
	*mark |= IS_START;
	w->queue[w->queued++] = address;
}

static void
found_start(void *context, uint64_t address, enum code_start_kind kind)
{
	struct warming *w = context;
	uint8_t *mark = mark_of(w, address);

	if (mark && kind == CODE_START_FUNCTION && !(*mark & IS_FUNCTION)) {
		*mark |= IS_FUNCTION;
		w->result->functions++;
	}
	enqueue(w, address);
}

static void
cover(struct warming *w, uint64_t start, uint64_t end)
{
	for (uint64_t address = start; address < end; address += STEP) {
		uint8_t *mark = mark_of(w, address);

		if (!mark || *mark & IS_COVERED)
			continue;
		*mark |= IS_COVERED;
		w->result->text_done += STEP;
		w->result->functions_done += (*mark & IS_FUNCTION) != 0;
	}
}

/* ---- translating ---------------------------------------------------------------------------------------------------------- */

/* Of what was covered since the last save, only the part that could be saved counts. */
static uint64_t
saved_part(uint64_t now, uint64_t before, uint64_t saved, uint64_t left)
{
	return before + (now - before) * saved / (saved + left);
}

static void
save(struct warming *w)
{
	struct warm_result *result = w->result;
	uint64_t left = cache_save_all(), saved = cache_statistics.units_saved - result->saved;

	if (left) {
		result->text_done = saved_part(result->text_done, w->saved_text, saved, left);
		result->functions_done =
			saved_part(result->functions_done, w->saved_functions, saved, left);
		result->not_saved += left;
		w->full = true;
	}
	result->saved += saved;
	w->saved_text = result->text_done;
	w->saved_functions = result->functions_done;
}

static void
translate_from(struct warming *w, uint64_t address)
{
	uint64_t bias = w->file.bias, copied = cache_statistics.units_copied;
	const struct code_unit *unit = units_prepare(address + bias, 0);

	if (!unit) {
		save(w);
		units_forget();
		unit = w->full ? NULL : units_prepare(address + bias, 0);
	}
	if (!unit)
		return;
	for (unsigned k = 0; k < unit->range_count; k++) {
		struct guest_range range = unit_range(unit, k);

		cover(w, range.start - bias, range.end - bias);
	}
	for (unsigned k = 0; k < unit->exit_count; k++)
		enqueue(w, exit_guest_pc(&unit->exits[k]) - bias);
	w->result->units++;
	w->result->loaded += unit->home->in_place || cache_statistics.units_copied != copied;
}

static void
follow(struct warming *w)
{
	while (w->done < w->queued && !w->full)
		translate_from(w, w->queue[w->done++]);
}

/* What was not reached, and may be code all the same. What is padding or no instruction is not text that could be translated. */
static void
follow_rest(struct warming *w, unsigned extent)
{
	uint64_t address = w->extents[extent].start;

	for (; address < w->extents[extent].end && !w->full; address += STEP) {
		if (w->marks[extent][(address - w->extents[extent].start) / STEP] & IS_COVERED)
			continue;
		if (!translate_isa->is_code((const void *)(uintptr_t)(address + w->file.bias))) {
			w->result->text -= STEP;
			continue;
		}
		enqueue(w, address);
		follow(w);
	}
}

/* ---- the file -------------------------------------------------------------------------------------------------------------- */

static bool
find_code(struct warming *w)
{
	w->extent_count = code_extents_find(&w->file, w->extents, EXTENTS_LIMIT);
	w->room = 4096;
	w->queue = malloc(w->room * sizeof(*w->queue));
	if (!w->queue)
		return false;
	for (unsigned k = 0; k < w->extent_count; k++) {
		uint64_t size = w->extents[k].end - w->extents[k].start;

		w->marks[k] = calloc(size / STEP, 1);
		if (!w->marks[k])
			return false;
		w->result->text += size;
	}
	return true;
}

/* Units of a file that was changed just now are not saved (regions.c): wait until they are. */
static void
wait_until_settled(const struct stat *status)
{
	const struct timespec pause = { .tv_nsec = 30000000 };
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (now.tv_sec - status->st_ctim.tv_sec <= 1)
		nanosleep(&pause, NULL);
}

static bool
map_file(struct warming *w, int fd, const char *path, struct elf_file *elf)
{
	struct loader_error error;
	struct layout layout;

	if (!elf_file_read(fd, path, elf, &error)) {
		fail(w, error.message);
		return false;
	}
	layout_choose(&layout, true, 0);
	guest_memory_set_mmap_base(layout.mmap_base);
	if (!segments_map(elf, path, layout.program_base, &w->file.bias, &error)) {
		fail(w, error.message);
		return false;
	}
	return true;
}

static void
warm_open_file(struct warming *w, int fd, const char *path)
{
	static struct elf_file elf;
	struct stat status;

	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
		fail(w, "not a regular file any more");
		return;
	}
	wait_until_settled(&status);
	if (!map_file(w, fd, path, &elf))
		return;
	w->file.elf = &elf;
	w->file.size = (uint64_t)status.st_size;
	if (!find_code(w)) {
		fail(w, "out of memory");
		return;
	}
	code_starts_find(&w->file, found_start, w);
	follow(w);
	for (unsigned k = 0; k < w->extent_count; k++)
		follow_rest(w, k);
	save(w);
}

void
warm_file(const char *path, struct warm_result *result)
{
	static struct warming warming;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	warming.result = result;
	if (fd < 0)
		fail(&warming, strerror(errno));
	else
		warm_open_file(&warming, fd, path);
	result->ended = true;
}
