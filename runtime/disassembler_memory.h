// SPDX-License-Identifier: Apache-2.0
// Gives capstone its memory: it is called while guest threads run, when the C library's malloc must not be.
#ifndef RUNTIME_DISASSEMBLER_MEMORY_H
#define RUNTIME_DISASSEMBLER_MEMORY_H

#include <stdbool.h>

/** Before any cs_open; more than once is harmless. False when capstone refuses. */
bool disassembler_memory_init(void);

#endif
