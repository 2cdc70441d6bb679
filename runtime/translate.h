// SPDX-License-Identifier: Apache-2.0
// One unit from guest code to host code: lift, tidy, compile, and log each step if asked. Under the units' lock.
#ifndef RUNTIME_TRANSLATE_H
#define RUNTIME_TRANSLATE_H

#include "backend/backend.h"
#include "runtime/run_options.h"

struct guest_isa;
struct region_plan;

/** The guest's instruction set. */
extern const struct guest_isa *const translate_isa;

/** Starts frontend and backend; `space` receives the trampolines. False with the reason in `why`. */
bool translate_init(
	const struct run_options *options, struct code_space *space, char *why, size_t size);

/** Bytes of guest code that can be fetched at `pc`, up to its page's end; 0: none. The page is marked as holding code. */
size_t translate_fetchable(uint64_t pc);

/** Translate the unit at guest `pc` for `mode` into `space`, which has room for it. Never NULL. */
struct code_unit *translate(uint64_t pc, uint32_t mode, struct code_space *space);

/** Translate a planned region for `mode`; NULL when it does not fit in some table. */
struct code_unit *translate_region(
	const struct region_plan *plan, uint32_t mode, struct code_space *space);

#endif
