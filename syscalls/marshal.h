// SPDX-License-Identifier: Apache-2.0
// Structures whose layout differs between the guest and the host, copied field by field. Each is described once: the
// fields in the kernel's generic order, from which the guest's layout follows by the rules of its ABI, and where the
// host has them.
#ifndef SYSCALLS_MARSHAL_H
#define SYSCALLS_MARSHAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What decides the layout of a structure. */
struct abi {
	uint8_t word_size;           /* of long and of pointers, in bytes */
	uint8_t long_long_alignment; /* of 64-bit integers inside structures */
	bool big_endian;
};

extern const struct abi abi_arm64;

enum field_type {
	FIELD_INT,       /* 32 bits */
	FIELD_LONG,      /* a word */
	FIELD_LONG_LONG, /* 64 bits */
};

/* One field in generic order. */
struct field {
	const char *name;
	uint8_t type;      /* enum field_type */
	uint8_t host_size; /* 4 or 8; 0: the host has no such field (padding and unused words) */
	uint16_t host_offset;
};

struct structure_description {
	const struct field *fields;
	uint8_t count;
	uint16_t host_size;
};

extern const struct structure_description marshal_stat; /* host: struct stat of the system call */
extern const struct structure_description marshal_epoll_event; /* struct epoll_event */
extern const struct structure_description marshal_semid;       /* struct semid64_ds */

/* Size of a structure in the guest's ABI, in bytes. */
size_t marshal_guest_size(const struct structure_description *s, const struct abi *abi);

/* Offset of field number `field` in the guest's ABI. */
size_t marshal_guest_offset(
	const struct structure_description *s, const struct abi *abi, unsigned field);

/* Copies a structure; padding of the guest's becomes zero, of the host's stays. */
void marshal_to_guest(const struct structure_description *s, const struct abi *abi, void *guest,
	const void *host);
void marshal_from_guest(const struct structure_description *s, const struct abi *abi, void *host,
	const void *guest);

#endif
