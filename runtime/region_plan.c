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
	bool begins[RECORD_MAX_BLOCKS];     /* a trace starts with it */
	int follows[RECORD_MAX_BLOCKS];     /* the block before it in its trace, or -1 */
	int copy_behind[RECORD_MAX_BLOCKS]; /* the block of which a copy follows it, or -1 */
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

/* An indirect branch that leads to several blocks inside: their addresses are looked up in a table, so each begins a trace. */
static bool
branches_inside(const struct planner *p, uint32_t block)
{
	const struct recorded_block *b = &p->r->blocks[block];
	uint32_t count = 0;

	for (uint32_t s = 0; s < b->successor_count; s++)
		count += p->inside[b->successors[s].block];
	return b->indirect && count > 1;
}

/*
 * A block that ends with such a branch, or leads to one, as the top of an interpreter's loop does: traces that come to it have copies of it,
 * so that each has a branch of its own. The host predicts branches by where they are.
 */
static bool
is_copied(const struct planner *p, uint32_t block)
{
	int next = likely_successor(p, block);

	return branches_inside(p, block) || (next >= 0 && branches_inside(p, (uint32_t)next));
}

/* The block behind `last` in its trace, or -1; the trace has a copy of it if it is placed already. */
static int
next_in_trace(const struct planner *p, uint32_t last)
{
	int next = branches_inside(p, last) ? -1 : likely_successor(p, last);

	if (next < 0 || ((p->placed[next] || p->begins[next]) && !is_copied(p, (uint32_t)next)))
		return -1;
	return p->path_used < REGION_PLAN_PATHS ? next : -1;
}

static void
add_to_trace(struct planner *p, struct planned_trace *t, uint32_t last, uint32_t next)
{
	if (p->placed[next] || p->begins[next]) {
		p->copy_behind[last] = (int)next;
	} else {
		p->placed[next] = true;
		p->follows[next] = (int)last;
	}
	p->plan->paths[p->path_used++] = p->r->blocks[next].pc;
	t->path_length++;
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
	while ((next = next_in_trace(p, last)) >= 0) {
		add_to_trace(p, t, last, (uint32_t)next);
		last = (uint32_t)next;
	}
	next = likely_successor(p, last);
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
	memset(p->copy_behind, 0xff, sizeof(p->copy_behind));
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

			if (!p->inside[to] || p->begins[to] || p->follows[to] == (int)k ||
				p->copy_behind[k] == (int)to)
				continue;
			p->begins[to] = found = true;
		}
	return found;
}

/*
 * The returns of a recursion that calls itself from several places are better off outside: a look-up is predicted by what happened
 * before, which is no help in a tree, but the host knows where its own calls came from.
 */
static bool
returns_to_many(const struct planner *p)
{
	for (uint32_t k = 0; k < p->r->block_count; k++)
		if (p->inside[k] && p->r->recursive && branches_inside(p, k))
			return true;
	return false;
}

bool
region_plan(struct region_plan *plan, const struct recording *r)
{
	struct planner p = { .plan = plan, .r = r };

	find_loop(&p);
	if (r->blocks[0].count < MIN_PASSES || !head_is_reached(&p) || returns_to_many(&p) ||
		blocks_inside(&p) > MAX_BLOCKS)
		return false;
	do {
		if (!plan_traces(&p))
			return false;
	} while (find_beginnings(&p));
	return true;
}
