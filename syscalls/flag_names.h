// SPDX-License-Identifier: Apache-2.0
// Names of flags and of enumerated arguments (flags.def), for logs.
#ifndef SYSCALLS_FLAG_NAMES_H
#define SYSCALLS_FLAG_NAMES_H

#include <stdbool.h>
#include <stdint.h>

enum flag_set {
#define FLAG_SET(name, kind) FLAGS_##name,
#define VALUE(name, value)
#define FLAG_SET_END
#include "syscalls/flags.def"
#undef FLAG_SET
#undef VALUE
#undef FLAG_SET_END
	FLAG_SET_COUNT
};

/* A name and its value on arm64. */
struct flag_name {
	uint64_t value;
	const char *name;
};

struct flag_set_names {
	const struct flag_name *names; /* ends with name NULL */
	bool bits;                     /* values are or'ed; else one of them */
};

extern const struct flag_set_names flag_sets[FLAG_SET_COUNT];

#endif
