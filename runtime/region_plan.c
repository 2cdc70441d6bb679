// SPDX-License-Identifier: Apache-2.0
// Planning a region: of the blocks that were recorded, those from which the loop's head is reached again are laid out as traces, each
// following the most frequent edges. All other edges are jumps, to the beginnings of traces.
#include "runtime/region_plan.h"

#include <string.h>

struct planner {
	struct region_plan *plan;
	const struct recording *r;
	bool inside[RECORD_MAX_BLOCKS]; /* on a loop through the head */
	bool placed[RECORD_MAX_BLOCKS];
	bool begins[RECORD_MAX_BLOCKS]; /* a trace starts with it */
	int follows[RECORD_MAX_BLOCKS]; /* the block before it in its trace, or -1 */
	uint32_t path_used;
};

/* A head that was passed less often has a long way around it, on which inner loops are regions of their own. */
#define MIN_PASSES 6
/* Blocks gone through less than once in so many steps are left out. */
#define RARELY     200
#define MAX_BLOCKS 64

static uint32_t
steps_of(const struct recording *r)
{
	uint32_t steps = 0;

	for (uint32_t k = 0; k < r->block_count; k++)
		steps += r->blocks[k].count;
	return steps;
}

/* Blocks that lead to the head, backwards from it until nothing is added. */
static void
find_loop(struct planner *p)
{
	const struct recording *r = p->r;
	uint32_t least = steps_of(r) / RARELY;
	bool changed = true;

	p->inside[0] = true;
	while (changed) {
		changed = false;
		for (uint32_t k = 0; k < r->block_count; k++) {
			const struct recorded_block *b = &r->blocks[k];

			for (uint32_t s = 0; s < b->successor_count && !p->inside[k]; s++)
				if (b->count >= least && p->inside[b->successors[s].block])
					p->inside[k] = changed = true;
		}
	}
}

static uint32_t
blocks_inside(const struct planner *p)
{
	uint32_t count = 0;

	for (uint32_t k = 0; k < p->r->block_count; k++)
		count += p->inside[k];
	return count;
}

static bool
head_is_reached(const struct planner *p)
{
	for (uint32_t k = 0; k < p->r->block_count; k++)
		for (uint32_t s = 0; s < p->r->blocks[k].successor_count; s++)
			if (p->r->blocks[k].successors[s].block == 0)
				return true;
	return false;
}

/* The most frequent successor inside; -1: none. */
static int
likely_successor(const struct planner *p, uint32_t block)
{
	const struct recorded_block *b = &p->r->blocks[block];
	int best = -1;
	uint32_t most = 0;

	for (uint32_t s = 0; s < b->successor_count; s++)
		if (p->inside[b->successors[s].block] && b->successors[s].count > most) {
			most = b->successors[s].count;
			best = b->successors[s].block;
		}
	return best;
}

/* Lays out the trace that begins with block `first`. Gives the block that its end falls through to best, or -1. */
static int
plan_trace(struct planner *p, uint32_t first)
{
	struct planned_trace *t = &p->plan->traces[p->plan->trace_count++];
	uint32_t last = first;
	int next;

	*t = (struct planned_trace){ .pc = p->r->blocks[first].pc,
		.weight = p->r->blocks[first].count,
		.path = &p->plan->paths[p->path_used] };
	p->placed[first] = p->begins[first] = true;
	while ((next = likely_successor(p, last)) >= 0 && !p->placed[next] && !p->begins[next]) {
		p->placed[next] = true;
		p->follows[next] = (int)last;
		p->plan->paths[p->path_used++] = p->r->blocks[next].pc;
		t->path_length++;
		last = (uint32_t)next;
	}
	for (uint32_t s = 0; s < p->r->blocks[last].successor_count; s++) {
		uint32_t to = p->r->blocks[last].successors[s].block;

		if (p->inside[to] && t->label_count < REGION_PLAN_LABELS)
			t->labels[t->label_count++] = p->r->blocks[to].pc;
	}
	return next >= 0 && !p->placed[next] ? next : -1;
}

/* The most frequent block that is still to be placed; -1: none. */
static int
next_first(const struct planner *p)
{
	int best = -1;

	for (uint32_t k = 0; k < p->r->block_count; k++)
		if (p->inside[k] && !p->placed[k] &&
			(best < 0 || p->r->blocks[k].count > p->r->blocks[best].count))
			best = (int)k;
	return best;
}

static bool
plan_traces(struct planner *p)
{
	int next = 0;

	memset(p->placed, 0, sizeof(p->placed));
	memset(p->follows, 0xff, sizeof(p->follows));
	p->path_used = p->plan->trace_count = 0;
	while (next >= 0) {
		if (p->plan->trace_count == REGION_PLAN_TRACES)
			return false;
		next = plan_trace(p, (uint32_t)next);
		if (next < 0)
			next = next_first(p);
	}
	return true;
}

/* A block that is jumped to must begin a trace. True if there are more of these than were known. */
static bool
find_beginnings(struct planner *p)
{
	bool found = false;

	for (uint32_t k = 0; k < p->r->block_count; k++)
		for (uint32_t s = 0; p->inside[k] && s < p->r->blocks[k].successor_count; s++) {
			uint32_t to = p->r->blocks[k].successors[s].block;

			if (!p->inside[to] || p->begins[to] || p->follows[to] == (int)k)
				continue;
			p->begins[to] = found = true;
		}
	return found;
}

static uint32_t
successors_inside(const struct planner *p, const struct recorded_block *b)
{
	uint32_t count = 0;

	for (uint32_t s = 0; s < b->successor_count; s++)
		count += p->inside[b->successors[s].block];
	return count;
}

/*
 * An indirect branch that goes to many places (an interpreter's) is better off with the one look-up that it has between units than
 * with a chain of comparisons. So are the returns of a recursion that calls itself from several places: a comparison is predicted by
 * what happened before, which is no help in a tree, but the host knows where its own calls came from.
 */
static bool
branches_widely(const struct planner *p)
{
	for (uint32_t k = 0; k < p->r->block_count; k++) {
		const struct recorded_block *b = &p->r->blocks[k];

		if (p->inside[k] &&
			(b->successor_count > 2 ||
				(p->r->recursive && b->indirect && successors_inside(p, b) > 1)))
			return true;
	}
	return false;
}

bool
region_plan(struct region_plan *plan, const struct recording *r)
{
	struct planner p = { .plan = plan, .r = r };

	find_loop(&p);
	if (r->blocks[0].count < MIN_PASSES || !head_is_reached(&p) || branches_widely(&p) ||
		blocks_inside(&p) > MAX_BLOCKS)
		return false;
	do {
		if (!plan_traces(&p))
			return false;
	} while (find_beginnings(&p));
	return true;
}
