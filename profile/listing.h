// SPDX-License-Identifier: Apache-2.0
// What a unit looks like: guest instructions, IR after each pass, host instructions, from what the recording has of it. Guest
// code is lifted once more for the IR, which the translator of tier 0 makes of nothing else.
#ifndef PROFILE_LISTING_H
#define PROFILE_LISTING_H

#include "profile/analysis.h"

/** Takes one line, without newline. `place` is the offset of the line's host instruction in the code, or -1. */
typedef void (*listing_line)(void *to, const char *line, int64_t place, uint32_t length);

/** False when the disassemblers cannot be had. */
bool listing_init(void);

void listing_guest(const struct profiled_unit *unit, listing_line line, void *to);
void listing_host(const struct profiled_unit *unit, listing_line line, void *to);

/** The texts of the passes, each begun by a line "---- PASS"; "" when there are none. Freed by the caller; NULL: no memory. */
char *listing_passes(const struct profiled_unit *unit);

/** Host instructions in the unit's code, and guest instructions in what it was made from. */
uint64_t listing_count_host(const struct profiled_unit *unit);
uint64_t listing_count_guest(const struct profiled_unit *unit);

#endif
