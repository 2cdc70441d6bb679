// SPDX-License-Identifier: Apache-2.0
// The listeners for units (see unit_reports.h).
#include "runtime/unit_reports.h"

#include <stdio.h>

#include "runtime/guest_symbols.h"
#include "runtime/jit_dump.h"
#include "runtime/perf_map.h"
#include "runtime/recording.h"

#define TRAMPOLINES_NAME "dragoman: entry, exit and helper glue"

static bool map_wanted, dump_wanted;
bool unit_reports_wanted;

static void
name_unit(const struct code_unit *unit, char name[UNIT_NAME_SIZE])
{
	char symbol[GUEST_SYMBOL_TEXT_SIZE];

	guest_symbols_describe(unit_guest_pc(unit), symbol, sizeof(symbol));
	snprintf(name, UNIT_NAME_SIZE, "%s%s0x%llx tier%u", symbol, symbol[0] ? " " : "",
		(unsigned long long)unit_guest_pc(unit), unit->tier);
}

static void
add(const uint8_t *code, size_t size, const char *name)
{
	if (map_wanted)
		perf_map_add(code, size, name);
	if (dump_wanted)
		jit_dump_add(code, size, name);
}

void
unit_reports_init(const struct run_options *options)
{
	const uint8_t *start;
	size_t size;

	map_wanted = options->perf_map;
	dump_wanted = options->jit_dump;
	recording_init(options);
	unit_reports_wanted = map_wanted || dump_wanted || recording_wanted;
	if (map_wanted)
		perf_map_open();
	if (dump_wanted)
		jit_dump_open();
	size = backend_trampolines(&start);
	add(start, size, TRAMPOLINES_NAME);
}

void
unit_reports_add(const struct code_unit *unit, bool cached)
{
	char name[UNIT_NAME_SIZE];

	if (recording_wanted)
		recording_unit(unit, cached);
	if (!map_wanted && !dump_wanted)
		return;
	name_unit(unit, name);
	add(unit->code, unit->code_size, name);
}

void
unit_reports_pass(const char *name, const struct ir_unit *u)
{
	if (recording_wanted)
		recording_pass(name, u);
}

void
unit_reports_forget_passes(void)
{
	if (recording_wanted)
		recording_forget_passes();
}

void
unit_reports_after_fork(bool shares_descriptors)
{
	if (map_wanted)
		perf_map_after_fork(shares_descriptors);
	if (dump_wanted)
		jit_dump_after_fork(shares_descriptors);
	if (recording_wanted)
		recording_after_fork();
}
