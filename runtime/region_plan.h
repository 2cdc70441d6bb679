// SPDX-License-Identifier: Apache-2.0
// From a recording to the traces of a region.
#ifndef RUNTIME_REGION_PLAN_H
#define RUNTIME_REGION_PLAN_H

#include "runtime/trace_recorder.h"

#define REGION_PLAN_TRACES 40
#define REGION_PLAN_PATHS  (RECORD_MAX_BLOCKS + 2 * REGION_PLAN_TRACES)
#define REGION_PLAN_LABELS RECORD_MAX_SUCCESSORS

/** One trace: basic blocks behind each other, most likely first, and where its last one leads to inside the region. */
struct planned_trace {
	uint64_t pc; /* first block */
	uint32_t weight;
	uint32_t path_length;
	const uint64_t *path; /* the other blocks */
	uint32_t label_count;
	uint64_t labels[REGION_PLAN_LABELS];
};

struct region_plan {
	uint32_t trace_count;
	struct planned_trace traces[REGION_PLAN_TRACES];
	uint64_t paths[REGION_PLAN_PATHS];
};

/** Plan the region of a recording: what lies on loops through its head. False when there is no loop, or it is too large. */
bool region_plan(struct region_plan *plan, const struct recording *r);

#endif
