// SPDX-License-Identifier: Apache-2.0
// Regions take their place among the units (see units.h): the unit at a region's head stays behind it.
#include <x86intrin.h>

#include "runtime/recording.h"
#include "runtime/region_plan.h"
#include "runtime/threads.h"
#include "runtime/translate.h"
#include "runtime/unit_reports.h"
#include "runtime/units_internal.h"

static void
enter_region(const struct region_plan *plan, uint32_t mode)
{
	const struct code_space before = units_space;
	uint64_t start = __rdtsc();
	struct code_unit *unit = translate_region(plan, mode, &units_space);
	struct code_unit *old = units_find(plan->traces[0].pc, mode);

	if (!unit)
		return;
	unit->tier = UNIT_TIER_REGION;
	units_enter(unit);
	if (old)
		units_take_over(unit, old);
	units_count_made(unit, &before, __rdtsc() - start, false);
	if (unit_reports_wanted)
		unit_reports_add(unit, false);
}

void
units_make_region(struct guest_thread *t, const struct recording *recording)
{
	static struct region_plan plan;

	units_lock_with_room(t);
	units_set_activity(t, ACTIVITY_TRANSLATE);
	if (region_plan(&plan, recording) && !units_page_changes_often(plan.traces[0].pc))
		enter_region(&plan, recording->mode);
	units_set_activity(t, ACTIVITY_DISPATCH);
	lock_release(&units_lock);
}
