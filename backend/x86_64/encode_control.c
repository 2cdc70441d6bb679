// SPDX-License-Identifier: Apache-2.0
// x86-64 encoder: jumps with their displacements and patching, fixed instructions, nops.
#include "encode_control.h"
#include "encode_internal.h"

#include <assert.h>
#include <string.h>

/* An opcode followed by an empty displacement, whose address is given; NULL on overflow. */
static uint8_t *
emit_displacement(struct x86_writer *w, unsigned escape, unsigned opcode, unsigned bytes)
{
	uint8_t scratch[X86_ROOM], *start = x86_begin(w, scratch), *p = start;

	if (escape)
		p = x86_put(p, escape);
	p = x86_put(p, opcode);
	p = x86_put_value(p, 0, bytes);
	x86_end(w, start, p);
	return w->overflow ? NULL : w->at - bytes;
}

uint8_t *
x86_jcc_rel8(struct x86_writer *w, enum x86_cond cond)
{
	return emit_displacement(w, 0, 0x70 | cond, 1);
}

uint8_t *
x86_jcc_rel32(struct x86_writer *w, enum x86_cond cond)
{
	return emit_displacement(w, 0x0f, 0x80 | cond, 4);
}

uint8_t *
x86_jmp_rel8(struct x86_writer *w)
{
	return emit_displacement(w, 0, 0xeb, 1);
}

uint8_t *
x86_jmp_rel32(struct x86_writer *w)
{
	return emit_displacement(w, 0, 0xe9, 4);
}

uint8_t *
x86_call_rel32(struct x86_writer *w)
{
	return emit_displacement(w, 0, 0xe8, 4);
}

/* What a displacement of that many bytes at field has to hold to lead to target. */
static int64_t
distance_from(const uint8_t *field, unsigned bytes, const void *target)
{
	return (int64_t)((uintptr_t)target - (uintptr_t)field - bytes);
}

bool
x86_rel32_reaches(const uint8_t *field, const void *target)
{
	int64_t distance = distance_from(field, 4, target);

	return distance == (int32_t)distance;
}

bool
x86_rel8_reaches(const uint8_t *field, const void *target)
{
	int64_t distance = distance_from(field, 1, target);

	return distance == (int8_t)distance;
}

void
x86_patch_rel32(uint8_t *field, const void *target)
{
	int32_t distance;

	if (!field)
		return;
	assert(x86_rel32_reaches(field, target));
	distance = (int32_t)distance_from(field, 4, target);
	if ((uintptr_t)field % sizeof(distance) == 0)
		__atomic_store_n((int32_t *)(void *)field, distance, __ATOMIC_RELEASE);
	else
		memcpy(field, &distance, sizeof(distance));
}

void
x86_patch_rel8(uint8_t *field, const void *target)
{
	if (!field)
		return;
	assert(x86_rel8_reaches(field, target));
	*field = (uint8_t)distance_from(field, 1, target);
}

uint8_t *
x86_rel32_target(const uint8_t *field)
{
	int32_t distance;

	memcpy(&distance, field, sizeof(distance));
	return (uint8_t *)((uintptr_t)field + 4 + (uintptr_t)(intptr_t)distance);
}

/* Whether the two-byte jump at the cursor would reach target. */
static bool
short_jump_reaches(const struct x86_writer *w, const void *target)
{
	return x86_rel8_reaches(w->at + 1, target);
}

void
x86_jcc_to(struct x86_writer *w, enum x86_cond cond, const void *target)
{
	if (short_jump_reaches(w, target))
		x86_patch_rel8(x86_jcc_rel8(w, cond), target);
	else
		x86_patch_rel32(x86_jcc_rel32(w, cond), target);
}

void
x86_jmp_to(struct x86_writer *w, const void *target)
{
	if (short_jump_reaches(w, target))
		x86_patch_rel8(x86_jmp_rel8(w), target);
	else
		x86_patch_rel32(x86_jmp_rel32(w), target);
}

void
x86_call_to(struct x86_writer *w, const void *target)
{
	x86_patch_rel32(x86_call_rel32(w), target);
}

void
x86_plain(struct x86_writer *w, enum x86_plain instruction)
{
	uint8_t scratch[X86_ROOM], *start = x86_begin(w, scratch), *p = start;
	unsigned bytes = instruction;

	do {
		p = x86_put(p, bytes & 0xff);
		bytes >>= 8;
	} while (bytes);
	x86_end(w, start, p);
}

/* The recommended sequences, Intel SDM volume 2B, NOP, table 4-12. */
void
x86_nop(struct x86_writer *w, unsigned bytes)
{
	static const uint8_t nops[][9] = {
		{ 0x90 },
		{ 0x66, 0x90 },
		{ 0x0f, 0x1f, 0x00 },
		{ 0x0f, 0x1f, 0x40, 0x00 },
		{ 0x0f, 0x1f, 0x44, 0x00, 0x00 },
		{ 0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00 },
		{ 0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00 },
		{ 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00 },
		{ 0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00 },
	};

	while (bytes > 0) {
		unsigned length = bytes > 9 ? 9 : bytes;

		x86_emit_bytes(w, nops[length - 1], length);
		bytes -= length;
	}
}
