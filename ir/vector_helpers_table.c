// SPDX-License-Identifier: Apache-2.0
//
// The helpers as data, one entry a row of ir/vector_helpers.def.
#include "ir/vector_helpers.h"

const struct helper_info helper_table[HELPER_COUNT] = {
#define VECTOR_HELPER(name, operands, result) { #name, helper_##name, operands, result },
#include "ir/vector_helpers.def"
#undef VECTOR_HELPER
};
