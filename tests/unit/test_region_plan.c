// SPDX-License-Identifier: Apache-2.0
// Which recordings become regions: loops, and recursion that comes back to one place.
#include "runtime/region_plan.h"

#include <criterion/criterion.h>

static struct recording recording;
static struct region_plan plan;

static void
block(uint32_t number, uint32_t count, bool indirect)
{
	struct recorded_block *b = &recording.blocks[number];

	*b = (struct recorded_block){
		.pc = 0x1000 + number * 0x100, .count = count, .indirect = indirect
	};
	if (recording.block_count <= number)
		recording.block_count = number + 1;
}

static void
edge(uint32_t from, uint32_t to, uint16_t count)
{
	struct recorded_block *b = &recording.blocks[from];

	b->successors[b->successor_count].block = (uint16_t)to;
	b->successors[b->successor_count++].count = count;
}

/* A loop (0) calls a function (1), which returns by way of its end (2) to behind one of `places` calls; from there the loop goes on. */
static void
record_calls(bool recursive, uint32_t places)
{
	recording = (struct recording){ .recursive = recursive };
	block(0, 40, false);
	block(1, 40, false);
	block(2, 40, true);
	edge(0, 1, 40);
	edge(1, 2, 40);
	for (uint32_t k = 0; k < places; k++) {
		block(3 + k, 40 / places, false);
		edge(2, 3 + k, (uint16_t)(40 / places));
		edge(3 + k, 0, (uint16_t)(40 / places));
	}
}

Test(region_plan, loop_through_a_call)
{
	record_calls(false, 1);
	cr_assert(region_plan(&plan, &recording));
	cr_assert_eq(plan.trace_count, 1);
	cr_assert_eq(plan.traces[0].pc, 0x1000);
	cr_assert_eq(plan.traces[0].path_length, 3);
	record_calls(false, 2);
	cr_assert(region_plan(&plan, &recording));
}

Test(region_plan, recursion_that_comes_back_to_one_place)
{
	record_calls(true, 1);
	cr_assert(region_plan(&plan, &recording));
	record_calls(true, 2);
	cr_assert_not(region_plan(&plan, &recording));
}

/* An interpreter: the top (0) leads to a branch (1) to `places` operations, each of which leads to the top. */
static void
record_interpreter(uint32_t places)
{
	recording = (struct recording){ .recursive = false };
	block(0, 60, false);
	block(1, 60, true);
	edge(0, 1, 60);
	for (uint32_t k = 0; k < places; k++) {
		block(2 + k, 60 / places, false);
		edge(1, 2 + k, (uint16_t)(60 / places));
		edge(2 + k, 0, (uint16_t)(60 / places));
	}
}

Test(region_plan, a_wide_branch_is_copied_to_where_it_is_come_to)
{
	record_interpreter(5);
	cr_assert(region_plan(&plan, &recording));
	cr_assert_eq(plan.trace_count, 6);
	for (uint32_t k = 0; k < plan.trace_count; k++) {
		const struct planned_trace *t = &plan.traces[k];

		cr_assert_eq(t->path_length, k == 0 ? 1 : 2);
		cr_assert_eq(t->path[t->path_length - 1], 0x1100);
		cr_assert_eq(t->label_count, 5);
		cr_assert(k == 0 || (t->pc >= 0x1200 && t->path[0] == 0x1000));
	}
}

Test(region_plan, too_few_passes)
{
	record_calls(false, 1);
	recording.blocks[0].count = 2;
	cr_assert_not(region_plan(&plan, &recording));
}
