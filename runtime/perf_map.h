// SPDX-License-Identifier: Apache-2.0
// -perfmap: /tmp/perf-PID.map, from which perf names translated code. A line a unit: START SIZE NAME, the two in hexadecimal;
// unit_reports.h has the names. Under the units' lock.
#ifndef RUNTIME_PERF_MAP_H
#define RUNTIME_PERF_MAP_H

#include "backend/backend.h"

void perf_map_open(void);
void perf_map_add(const uint8_t *code, size_t size, const char *name);
void perf_map_after_fork(bool shares_descriptors);

#endif
