// SPDX-License-Identifier: Apache-2.0
// The structures that signatures name (structures.def).
#ifndef SYSCALLS_STRUCTURES_H
#define SYSCALLS_STRUCTURES_H

#include <stdint.h>

enum structure {
#define STRUCTURE(name, size, type) STRUCTURE_##name,
#include "syscalls/structures.def"
#undef STRUCTURE
	STRUCTURE_COUNT
};

/* Size on arm64, in bytes. */
extern const uint16_t structure_sizes[STRUCTURE_COUNT];

static inline uint16_t
structure_size(enum structure structure)
{
	return structure_sizes[structure];
}

#endif
