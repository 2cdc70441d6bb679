// SPDX-License-Identifier: Apache-2.0
// The flags of open: arm64 and x86-64 disagree about four of them.
#ifndef SYSCALLS_OPEN_FLAGS_H
#define SYSCALLS_OPEN_FLAGS_H

#include <stdint.h>

/*
 *	                arm64       x86-64
 *	O_DIRECTORY     0x04000     0x10000
 *	O_NOFOLLOW      0x08000     0x20000
 *	O_DIRECT        0x10000     0x04000
 *	O_LARGEFILE     0x20000     0x08000
 *
 * Two pairs of bits change places, so both directions are the same function. O_TMPFILE contains O_DIRECTORY.
 */
static inline uint64_t
open_flags_swap(uint64_t flags)
{
	return (flags & ~UINT64_C(0x3c000)) | (flags & 0xc000) << 2 | (flags & 0x30000) >> 2;
}

static inline uint64_t
open_flags_to_host(uint64_t flags)
{
	return open_flags_swap(flags);
}

static inline uint64_t
open_flags_to_guest(uint64_t flags)
{
	return open_flags_swap(flags);
}

#endif
