// SPDX-License-Identifier: Apache-2.0
// Signatures: what each argument of a system call is, packed into 32 bits. From it follow which addresses are checked
// and prepared for writing by the kernel, which descriptors are guarded, and what -strace prints.
#ifndef SYSCALLS_ARGUMENT_H
#define SYSCALLS_ARGUMENT_H

#include "syscalls/flag_names.h"
#include "syscalls/structures.h"

#include <stdint.h>

/* Bits of an argument_kind that say how the argument is treated. */
#define ARGUMENT_ADDRESS    0x80u /* the kernel accesses memory there */
#define ARGUMENT_WRITTEN    0x40u /* the kernel writes there */
#define ARGUMENT_DESCRIPTOR 0x20u /* a file descriptor that is to be open */

enum argument_kind {
	/* plain values, by how they are printed */
	ARGUMENT_NONE,
	ARGUMENT_INT,  /* 32 bits, signed */
	ARGUMENT_UINT, /* 32 bits, unsigned */
	ARGUMENT_LONG, /* 64 bits, signed */
	ARGUMENT_SIZE, /* 64 bits, unsigned */
	ARGUMENT_HEX,  /* 64 bits */
	ARGUMENT_PLACE, /* an address whose memory the kernel does not copy from or to (mmap, madvise) */
	ARGUMENT_MODE,           /* octal */
	ARGUMENT_SIGNAL,         /* a signal's number */
	ARGUMENT_DEVICE,         /* dev_t */
	ARGUMENT_FLAGS,          /* detail: enum flag_set, or'ed bits or one value */
	ARGUMENT_NEW_DESCRIPTOR, /* a descriptor that need not be open (dup3's second) */

	ARGUMENT_FD = ARGUMENT_DESCRIPTOR,
	ARGUMENT_DIRFD, /* or AT_FDCWD */

	/* memory that the kernel reads */
	ARGUMENT_PATH = ARGUMENT_ADDRESS, /* a path that is created, removed or changed */
	ARGUMENT_LOOKUP,                  /* a path to something that exists: -L applies */
	ARGUMENT_STRING,
	ARGUMENT_STRINGS,  /* argv, envp */
	ARGUMENT_IN_BYTES, /* index: the argument with the number of bytes */
	ARGUMENT_IN,       /* detail: enum structure */
	ARGUMENT_IN_BITS,  /* bit mask of longs; index: the argument with the number of bits */
	ARGUMENT_IN_ARRAY, /* detail: enum structure; index: the argument with the count */
	ARGUMENT_IN_IOVEC, /* struct iovec array; index: the count. The kernel reads what it points to */
	ARGUMENT_IN_MESSAGE,  /* struct msghdr of sendmsg */
	ARGUMENT_IN_MESSAGES, /* struct mmsghdr array; index: the count */
	ARGUMENT_IN_OPAQUE,   /* of no known size */

	/* memory that the kernel writes */
	ARGUMENT_OUT_BYTES = ARGUMENT_ADDRESS | ARGUMENT_WRITTEN,
	ARGUMENT_OUT,
	ARGUMENT_OUT_ARRAY,
	ARGUMENT_OUT_IOVEC,
	ARGUMENT_OUT_MESSAGE,
	ARGUMENT_OUT_MESSAGES,
	ARGUMENT_OUT_VALUE_BYTES, /* index: the argument that points to the length (socklen_t) */
	ARGUMENT_OUT_PAGES,  /* mincore: a byte for each page of the length in argument `index` */
	ARGUMENT_OUT_BITS,   /* bit mask of longs; index: the argument with the number of bits */
	ARGUMENT_OUT_OPAQUE, /* of no known size */
	/* both */
	ARGUMENT_CHANGED, /* struct */
	ARGUMENT_CHANGED_ARRAY,
	ARGUMENT_CHANGED_BYTES,
	ARGUMENT_CHANGED_BITS,
	ARGUMENT_CHANGED_OPAQUE,
};

#define ARGUMENT(kind, detail, index) \
	((uint32_t)(kind) | (uint32_t)(detail) << 8 | (uint32_t)(index) << 24)

static inline unsigned
argument_kind(uint32_t argument)
{
	return argument & 0xff;
}

/* enum structure or enum flag_set. */
static inline unsigned
argument_detail(uint32_t argument)
{
	return argument >> 8 & 0xffff;
}

/* Number (0..5) of the argument that holds the length or count. */
static inline unsigned
argument_index(uint32_t argument)
{
	return argument >> 24;
}

#endif
