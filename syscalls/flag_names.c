// SPDX-License-Identifier: Apache-2.0
//
// The tables of flag names, made from flags.def.

#include "syscalls/flag_names.h"

#include <stddef.h>

#define FLAG_SET(name, kind) static const struct flag_name name##_names[] = {
#define VALUE(name, value)   { (uint64_t)(value), #name },
#define FLAG_SET_END    \
	{               \
		0, NULL \
	}               \
	}               \
	;
#include "syscalls/flags.def"
#undef FLAG_SET
#undef VALUE
#undef FLAG_SET_END

#define BITS                 true
#define ENUM                 false
#define FLAG_SET(name, kind) [FLAGS_##name] = { name##_names, kind },
#define VALUE(name, value)
#define FLAG_SET_END

const struct flag_set_names flag_sets[FLAG_SET_COUNT] = {
#include "syscalls/flags.def"
};
