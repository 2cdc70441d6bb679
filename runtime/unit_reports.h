// SPDX-License-Identifier: Apache-2.0
// Tells whoever asked for it of every unit that this process gets, translated or taken from the cache: -perfmap, -jitdump,
// dragoman profile. Nothing is done, and no name looked up, unless one of them was asked for. Under the units' lock.
#ifndef RUNTIME_UNIT_REPORTS_H
#define RUNTIME_UNIT_REPORTS_H

#include "backend/backend.h"
#include "runtime/run_options.h"

/** Room that every name of a unit fits in: "SYMBOL+0xN [FILE] 0xPC tier0", without what is not known. */
#define UNIT_NAME_SIZE 256

/** Before the first unit. */
void unit_reports_init(const struct run_options *options);

/** Whether anybody wants to be told. */
extern bool unit_reports_wanted;

/** A unit is in the tables now; `cached`: it came from the persistent cache. */
void unit_reports_add(const struct code_unit *unit, bool cached);

/**
 * The IR of the unit that is added next, as it is after pass `name`: for dragoman profile. For translators with several
 * passes; that of tier 0 can be had again from the guest's code.
 */
void unit_reports_pass(const char *name, const struct ir_unit *u);

/** The unit that the passes were of is not made. */
void unit_reports_forget_passes(void);

/** In a forked child: `shares_descriptors` as with CLONE_FILES. */
void unit_reports_after_fork(bool shares_descriptors);

#endif
