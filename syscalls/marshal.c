// SPDX-License-Identifier: Apache-2.0
//
// Descriptions of the structures that differ, and the copying that they drive.

#include "syscalls/marshal.h"

#include <linux/sem.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>

const struct abi abi_arm64 = { .word_size = 8, .long_long_alignment = 8, .big_endian = false };

#define MEMBER(type, structure, member)                                  \
	{                                                                \
#member, FIELD_##type, sizeof(((structure *)0)->member), \
			offsetof(structure, member)                      \
	}
#define UNUSED(type, name)               \
	{                                \
		name, FIELD_##type, 0, 0 \
	}
#define DESCRIPTION(fields, structure)                                          \
	{                                                                       \
		fields, sizeof(fields) / sizeof((fields)[0]), sizeof(structure) \
	}

/* asm-generic/stat.h; glibc's struct stat is the kernel's on x86-64. */
static const struct field stat_fields[] = {
	MEMBER(LONG, struct stat, st_dev),
	MEMBER(LONG, struct stat, st_ino),
	MEMBER(INT, struct stat, st_mode),
	MEMBER(INT, struct stat, st_nlink),
	MEMBER(INT, struct stat, st_uid),
	MEMBER(INT, struct stat, st_gid),
	MEMBER(LONG, struct stat, st_rdev),
	UNUSED(LONG, "__pad1"),
	MEMBER(LONG, struct stat, st_size),
	MEMBER(INT, struct stat, st_blksize),
	UNUSED(INT, "__pad2"),
	MEMBER(LONG, struct stat, st_blocks),
	MEMBER(LONG, struct stat, st_atim.tv_sec),
	MEMBER(LONG, struct stat, st_atim.tv_nsec),
	MEMBER(LONG, struct stat, st_mtim.tv_sec),
	MEMBER(LONG, struct stat, st_mtim.tv_nsec),
	MEMBER(LONG, struct stat, st_ctim.tv_sec),
	MEMBER(LONG, struct stat, st_ctim.tv_nsec),
	UNUSED(INT, "__unused4"),
	UNUSED(INT, "__unused5"),
};
const struct structure_description marshal_stat = DESCRIPTION(stat_fields, struct stat);

/* linux/eventpoll.h: packed on x86-64 alone. */
static const struct field epoll_event_fields[] = {
	MEMBER(INT, struct epoll_event, events),
	MEMBER(LONG_LONG, struct epoll_event, data.u64),
};
const struct structure_description marshal_epoll_event =
	DESCRIPTION(epoll_event_fields, struct epoll_event);

/* asm-generic/sembuf.h for 64-bit kernels; x86 keeps an unused word after each time. */
static const struct field semid_fields[] = {
	MEMBER(INT, struct semid64_ds, sem_perm.key),
	MEMBER(INT, struct semid64_ds, sem_perm.uid),
	MEMBER(INT, struct semid64_ds, sem_perm.gid),
	MEMBER(INT, struct semid64_ds, sem_perm.cuid),
	MEMBER(INT, struct semid64_ds, sem_perm.cgid),
	MEMBER(INT, struct semid64_ds, sem_perm.mode),
	/* seq and a pad of 16 bits, as one: equal on all little-endian ABIs. */
	{ "sem_perm.seq", FIELD_INT, 4, offsetof(struct semid64_ds, sem_perm.seq) },
	MEMBER(LONG, struct semid64_ds, sem_perm.__unused1),
	MEMBER(LONG, struct semid64_ds, sem_perm.__unused2),
	MEMBER(LONG, struct semid64_ds, sem_otime),
	MEMBER(LONG, struct semid64_ds, sem_ctime),
	MEMBER(LONG, struct semid64_ds, sem_nsems),
	UNUSED(LONG, "__unused3"),
	UNUSED(LONG, "__unused4"),
};
const struct structure_description marshal_semid = DESCRIPTION(semid_fields, struct semid64_ds);

static size_t
field_size(const struct abi *abi, enum field_type type)
{
	switch (type) {
	case FIELD_INT: return 4;
	case FIELD_LONG: return abi->word_size;
	default: return 8;
	}
}

static size_t
field_alignment(const struct abi *abi, enum field_type type)
{
	return type == FIELD_LONG_LONG ? abi->long_long_alignment : field_size(abi, type);
}

/* Where a field of this type starts when the ones before it end at `offset`. */
static size_t
place_field(const struct abi *abi, enum field_type type, size_t offset)
{
	size_t alignment = field_alignment(abi, type);

	return (offset + alignment - 1) & ~(alignment - 1);
}

size_t
marshal_guest_offset(const struct structure_description *s, const struct abi *abi, unsigned field)
{
	size_t offset = 0;

	for (unsigned i = 0; i < field; i++) {
		enum field_type type = s->fields[i].type;

		offset = place_field(abi, type, offset) + field_size(abi, type);
	}
	return field < s->count ? place_field(abi, s->fields[field].type, offset) : offset;
}

size_t
marshal_guest_size(const struct structure_description *s, const struct abi *abi)
{
	size_t size = marshal_guest_offset(s, abi, s->count), largest = 1;

	for (unsigned i = 0; i < s->count; i++) {
		size_t alignment = field_alignment(abi, s->fields[i].type);

		if (alignment > largest)
			largest = alignment;
	}
	return (size + largest - 1) & ~(largest - 1);
}

static uint64_t
load_value(const uint8_t *at, size_t size, bool big_endian)
{
	uint32_t small;
	uint64_t large;

	if (size == 4) {
		memcpy(&small, at, 4);
		return big_endian ? __builtin_bswap32(small) : small;
	}
	memcpy(&large, at, 8);
	return big_endian ? __builtin_bswap64(large) : large;
}

static void
store_value(uint8_t *at, size_t size, bool big_endian, uint64_t value)
{
	uint32_t small = (uint32_t)value;

	if (size == 4) {
		small = big_endian ? __builtin_bswap32(small) : small;
		memcpy(at, &small, 4);
		return;
	}
	value = big_endian ? __builtin_bswap64(value) : value;
	memcpy(at, &value, 8);
}

void
marshal_to_guest(
	const struct structure_description *s, const struct abi *abi, void *guest, const void *host)
{
	size_t offset = 0, size;

	memset(guest, 0, marshal_guest_size(s, abi));
	for (unsigned i = 0; i < s->count; i++) {
		const struct field *field = &s->fields[i];

		offset = place_field(abi, field->type, offset);
		size = field_size(abi, field->type);
		if (field->host_size)
			store_value((uint8_t *)guest + offset, size, abi->big_endian,
				load_value((const uint8_t *)host + field->host_offset,
					field->host_size, false));
		offset += size;
	}
}

void
marshal_from_guest(
	const struct structure_description *s, const struct abi *abi, void *host, const void *guest)
{
	size_t offset = 0, size;

	for (unsigned i = 0; i < s->count; i++) {
		const struct field *field = &s->fields[i];

		offset = place_field(abi, field->type, offset);
		size = field_size(abi, field->type);
		if (field->host_size)
			store_value((uint8_t *)host + field->host_offset, field->host_size, false,
				load_value((const uint8_t *)guest + offset, size, abi->big_endian));
		offset += size;
	}
}
