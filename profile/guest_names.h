// SPDX-License-Identifier: Apache-2.0
// Names of guest code in the report: symbol and file, from the files that the recording says were mapped. They are read when
// the report is written; a file that is gone by then, or was seen under another root directory, gives no symbols.
#ifndef PROFILE_GUEST_NAMES_H
#define PROFILE_GUEST_NAMES_H

#include <stddef.h>
#include <stdint.h>

/** As symbol_table_describe: `offset` in the file `path` ("": no file). */
void guest_names_describe(const char *path, uint64_t offset, char *text, size_t size);

#endif
