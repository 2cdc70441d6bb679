// SPDX-License-Identifier: Apache-2.0
//
// Sizes of the structures that signatures name.

#include "syscalls/structures.h"

const uint16_t structure_sizes[STRUCTURE_COUNT] = {
#define STRUCTURE(name, size, type) [STRUCTURE_##name] = (size),
#include "syscalls/structures.def"
#undef STRUCTURE
};
