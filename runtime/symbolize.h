// SPDX-License-Identifier: Apache-2.0
// Names for guest addresses in reports: symbol and file. Reads the mapped ELF files by raw system calls, allocates
// nothing, and believes nothing that it reads.
#ifndef RUNTIME_SYMBOLIZE_H
#define RUNTIME_SYMBOLIZE_H

#include <stddef.h>
#include <stdint.h>

/**
 * Writes "SYMBOL+0xN in FILE", "FILE+0xN" (an offset in the file) or "" to `text`, NUL-terminated and cut to size.
 */
void symbolize(uint64_t address, char *text, size_t size);

#endif
