// SPDX-License-Identifier: Apache-2.0
// Loops' heads for a cache file (see heads.h). Of two processes that have looked at a loop the one that knows more counts.
#include "cache/heads.h"

#include <string.h>

#include "runtime/trace_recorder.h"

/* Whether the guest's code at `pc` is the source's, mapped at *bias. */
static bool
find_bias(const struct cache_source *source, uint64_t pc, uint64_t *bias)
{
	struct cache_region region;

	if (!cache_region_of(pc, pc + 4, &region) || region.source != source)
		return false;
	*bias = region.bias;
	return true;
}

/* A region that is not to be saved, for one that reaches into another file, is made anew in each run. */
static bool
has_unsaved_region(const struct cache_source *source, uint64_t pc)
{
	for (const struct cache_unsaved *unsaved = source->unsaved; unsaved;
		unsaved = unsaved->next)
		if (unsaved->unit->tier == UNIT_TIER_REGION && !unsaved->unit->invalid &&
			unit_guest_pc(unsaved->unit) == pc)
			return true;
	return false;
}

struct counting {
	const struct cache_source *source;
	uint32_t count;
};

static void
count_changed(const struct loop_head *head, void *context)
{
	struct counting *counting = context;
	uint64_t bias;

	counting->count += head->changed && find_bias(counting->source, head->pc, &bias) &&
			   (!head->made || has_unsaved_region(counting->source, head->pc));
}

uint32_t
cache_heads_changed(const struct cache_source *source)
{
	struct counting counting = { source, 0 };

	trace_recorder_each_head(count_changed, &counting);
	return counting.count;
}

struct gathering {
	struct cache_head *heads;
	uint32_t count;
	const struct cache_source *source;
	const struct cache_contents *contents;
};

static bool
has_region(const struct cache_contents *contents, uint64_t guest_offset)
{
	for (uint32_t k = 0; k < contents->item_count; k++)
		if (contents->items[k].from->tier == UNIT_TIER_REGION &&
			contents->items[k].from->guest_offset == guest_offset)
			return true;
	return false;
}

static uint32_t
at_least(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* In its place among the others, or together with what is known of it already. */
static void
insert(struct gathering *g, struct cache_head head)
{
	uint32_t at = g->count;

	while (at && g->heads[at - 1].guest_offset > head.guest_offset)
		at--;
	if (at && g->heads[at - 1].guest_offset == head.guest_offset) {
		struct cache_head *known = &g->heads[at - 1];

		known->looks = at_least(known->looks, head.looks);
		known->attempts = at_least(known->attempts, head.attempts);
		return;
	}
	if (g->count == CACHE_HEADS_LIMIT)
		return;
	memmove(&g->heads[at + 1], &g->heads[at], (g->count - at) * sizeof(head));
	g->heads[at] = head;
	g->count++;
}

static void
gather_head(const struct loop_head *head, void *context)
{
	struct gathering *g = context;
	uint64_t bias;

	if ((!head->looks && !head->attempts) || !find_bias(g->source, head->pc, &bias) ||
		bias != g->contents->bias ||
		(head->made && !has_region(g->contents, head->pc - bias)))
		return;
	insert(g, (struct cache_head){ head->pc - bias, head->looks, head->attempts });
}

uint32_t
cache_heads_gather(struct cache_head *heads, const struct cache_file *old,
	const struct cache_source *source, const struct cache_contents *contents)
{
	struct gathering g = { heads, 0, source, contents };

	if (old->header && !source->stale) {
		const struct cache_head *known = cache_section(old->header, CACHE_HEADS);
		uint32_t count = old->header->sections[CACHE_HEADS].size / sizeof(*known);

		for (uint32_t k = 0; k < count; k++)
			insert(&g, known[k]);
	}
	trace_recorder_each_head(gather_head, &g);
	return g.count;
}
