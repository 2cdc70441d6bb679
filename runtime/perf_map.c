// SPDX-License-Identifier: Apache-2.0
// The map for perf (see perf_map.h); perf's own description: tools/perf/Documentation/jit-interface.txt.
#include "runtime/perf_map.h"

#include <stdio.h>

#include "runtime/report_file.h"
#include "runtime/unit_reports.h"

static struct report_file file = { .fd = -1 };

void
perf_map_open(void)
{
	report_file_open(&file, "/tmp/perf-%d.map");
}

void
perf_map_add(const uint8_t *code, size_t size, const char *name)
{
	char line[UNIT_NAME_SIZE + 48];
	int length =
		snprintf(line, sizeof(line), "%llx %zx %s\n", (unsigned long long)code, size, name);

	report_file_write(&file, line, (size_t)length);
}

void
perf_map_after_fork(bool shares_descriptors)
{
	report_file_after_fork(&file, shares_descriptors, true);
}
