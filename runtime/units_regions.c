// SPDX-License-Identifier: Apache-2.0
// Regions take their place among the units (see units.h): the unit at a region's head stays behind it.
#include <x86intrin.h>

#include "cache/cache.h"
#include "runtime/recording.h"
#include "runtime/region_plan.h"
#include "runtime/threads.h"
#include "runtime/translate.h"
#include "runtime/unit_reports.h"
#include "runtime/units_internal.h"

static bool
enter_region(const struct region_plan *plan, uint32_t mode, unsigned attempt)
{
	const struct code_space before = units_space;
	uint64_t start = __rdtsc(), head = plan->traces[0].pc;
	struct code_unit *unit, *old = units_find(head, mode);

	units_space.home = cache_home(head, &units_space);
	unit = translate_region(plan, mode, &units_space);
	if (unit) {
		unit->tier = UNIT_TIER_REGION;
		unit->attempt = (uint8_t)attempt;
		cache_keep_unit(unit, &units_space);
	}
	units_space.home = NULL;
	if (!unit)
		return false;
	units_enter(unit);
	if (old)
		units_take_over(unit, old);
	units_count_made(unit, &before, __rdtsc() - start, false);
	if (unit_reports_wanted)
		unit_reports_add(unit, false);
	return true;
}

bool
units_make_region(struct guest_thread *t, const struct recording *recording, unsigned attempt)
{
	static struct region_plan plan;
	bool made;

	units_lock_with_room(t);
	units_set_activity(t, ACTIVITY_TRANSLATE);
	made = region_plan(&plan, recording) && !units_page_changes_often(plan.traces[0].pc) &&
	       enter_region(&plan, recording->mode, attempt);
	units_set_activity(t, ACTIVITY_DISPATCH);
	lock_release(&units_lock);
	return made;
}

bool
units_known_head(uint64_t pc, uint32_t *looks, uint32_t *attempts)
{
	bool searched;

	lock_acquire(&units_lock);
	searched = cache_find_head(pc, looks, attempts);
	lock_release(&units_lock);
	return searched;
}
