// SPDX-License-Identifier: Apache-2.0
// Names of dragoman's own functions, from its executable's symbol table: all its processes run it at the same fixed address.
#ifndef PROFILE_OWN_SYMBOLS_H
#define PROFILE_OWN_SYMBOLS_H

#include <stdint.h>

struct own_symbols;

/** NULL when the executable was stripped, or cannot be read. */
struct own_symbols *own_symbols_read(void);

/** The function that holds `pc`, or "?". */
const char *own_symbols_find(const struct own_symbols *symbols, uint64_t pc);

#endif
