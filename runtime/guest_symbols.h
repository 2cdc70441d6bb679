// SPDX-License-Identifier: Apache-2.0
// Names for many guest addresses: the function symbols of each mapped file are read once and kept in order. For what names
// every unit (-perfmap, -jitdump, dragoman profile); symbolize.h is for single addresses. Under the units' lock.
#ifndef RUNTIME_GUEST_SYMBOLS_H
#define RUNTIME_GUEST_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

/** Room that every text of guest_symbols_describe fits in. */
#define GUEST_SYMBOL_TEXT_SIZE 192

/**
 * Writes "SYMBOL+0xN [FILE]", "[FILE+0xN]" (an offset in the file), or "" for code that is in no file. FILE is the last
 * part of the file's name; a space or control character in it is shown as '?'.
 */
void guest_symbols_describe(uint64_t address, char *text, size_t size);

#endif
