// SPDX-License-Identifier: Apache-2.0
// The -d in_asm, ir and out_asm logs: guest instructions, IR and host code of each unit.
#ifndef RUNTIME_TRANSLATION_LOG_H
#define RUNTIME_TRANSLATION_LOG_H

#include "backend/backend.h"
#include "runtime/run_options.h"

void translation_log_init(const struct run_options *options, const struct guest_isa *isa);
/** Log the unit as lifted, and as compiled, as far as the options ask for it. */
void translation_log_lifted(const struct ir_unit *u);
void translation_log_compiled(const struct code_unit *unit);
/** A line of text into the log. */
void translation_log_text(const char *text);

#endif
