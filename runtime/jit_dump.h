// SPDX-License-Identifier: Apache-2.0
// -jitdump: /tmp/jit-PID.dump, from which `perf inject --jit` learns names and bytes of translated code, so that
// `perf annotate` can show it. A record a unit, with the time since when it is there. Under the units' lock.
#ifndef RUNTIME_JIT_DUMP_H
#define RUNTIME_JIT_DUMP_H

#include "backend/backend.h"

void jit_dump_open(void);
void jit_dump_add(const uint8_t *code, size_t size, const char *name);
void jit_dump_after_fork(bool shares_descriptors);

#endif
