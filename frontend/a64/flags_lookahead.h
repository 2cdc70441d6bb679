// SPDX-License-Identifier: Apache-2.0
// Looks behind a lifted unit's exits for what becomes of the flags there.
#ifndef FRONTEND_A64_FLAGS_LOOKAHEAD_H
#define FRONTEND_A64_FLAGS_LOOKAHEAD_H

#include "ir/guest_isa.h"

/** B.cond, or BC.cond. */
static inline bool
a64_is_conditional_branch(uint32_t word)
{
	return (word & 0xff000000) == 0x54000000;
}

/**
 * Fills u->flags_fates for the direct exits of a unit that has been lifted but for ir_finish, and adds the guest code that
 * was looked at to its ranges (behind code_range_count, which is set).
 */
void a64_look_behind_exits(struct ir_unit *u, const struct lift_request *request);

#endif
