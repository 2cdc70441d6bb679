// SPDX-License-Identifier: Apache-2.0
// The base of the x86-64 encoder: prefixes, ModRM/SIB/displacement, and the emitters for legacy
// and VEX-encoded general-purpose instructions.  Intel SDM volume 2, sections 2.1 to 2.3.
#include "encode_core.h"
#include "encode_internal.h"

#include <assert.h>
#include <string.h>

void
x86_end_elsewhere(struct x86_writer *w, const uint8_t *start, size_t length)
{
	if (w->overflow || (ptrdiff_t)length > w->end - w->at) {
		w->overflow = true;
		return;
	}
	memcpy(w->at, start, length);
	w->at += length;
}

/*
 * An index alone at scale 1 is a base, at scale 2 a base and an index: both save the four-byte
 * displacement that an operand without base has to have.  An unscaled rsp can only be a base; and
 * rbp and r13 as base need a displacement, as index not.
 */
struct x86_mem
x86_mem_smallest_index(struct x86_mem mem)
{
	if (mem.base == X86_NO_GPR && mem.scale_log2 == 0) {
		mem.base = mem.index;
		mem.index = X86_NO_GPR;
		return mem;
	}
	if (mem.base == X86_NO_GPR && mem.scale_log2 == 1) {
		mem.base = mem.index;
		mem.scale_log2 = 0;
	}
	if (mem.scale_log2 == 0 &&
		(mem.index == X86_RSP || (mem.disp == 0 && (mem.base & 7) == X86_RBP &&
						 (mem.index & 7) != X86_RBP))) {
		uint8_t base = mem.base;

		mem.base = mem.index;
		mem.index = base;
	}
	assert(mem.index != X86_RSP && mem.scale_log2 <= 3);
	return mem;
}

/* The displacement is counted from the end of the instruction. */
uint8_t *
x86_put_modrm_rip(const struct x86_writer *w, const uint8_t *start, uint8_t *p, unsigned reg,
	const void *target, unsigned imm_bytes)
{
	uintptr_t next = (uintptr_t)w->at + (uintptr_t)(p - start) + 5 + imm_bytes;
	int64_t distance = (int64_t)((uintptr_t)target - next);

	assert(distance == (int32_t)distance);
	p = x86_put(p, (reg & 7) << 3 | 5);
	if (w->on_rip)
		w->on_rip((struct x86_writer *)w, w->at + (p - start), target);
	return x86_put_value(p, (uint64_t)distance, 4);
}

/* Prefixes that few instructions have. */
static uint8_t *
put_rare_prefixes(uint8_t *p, uint32_t opcode, unsigned size)
{
	static const uint8_t mandatory[] = { 0, 0x66, 0xf3, 0xf2 };

	p = x86_put_if(p, 0xf0, opcode & X86_OP_LOCK);
	p = x86_put_if(p, 0x66, size == 2);
	return x86_put_if(p, mandatory[opcode >> 10 & 3], opcode >> 10 & 3);
}

/* Prefixes and opcode of a legacy-encoded instruction; rxb are the lower three REX bits. */
static inline uint8_t *
put_opcode(uint8_t *p, uint32_t opcode, unsigned size, unsigned rxb, bool force_rex)
{
	static const uint8_t escape[] = { 0, 0, 0x38, 0x3a };
	unsigned map = opcode >> 8 & 3, rex = (size == 8) << 3 | rxb;

	if (__builtin_expect(opcode & (X86_OP_LOCK | X86_OP_F2) || size == 2, false))
		p = put_rare_prefixes(p, opcode, size);
	p = x86_put_if(p, 0x40 | rex, rex || force_rex);
	if (map) {
		p = x86_put(p, 0x0f);
		p = x86_put_if(p, escape[map], map > 1);
	}
	return x86_put(p, opcode & 0xff);
}

/* Without REX, 4..7 name ah..bh as 8-bit registers; with it spl..dil. */
static bool
needs_rex_as_byte(unsigned reg)
{
	return reg >= X86_RSP && reg <= X86_RDI;
}

void
x86_emit_reg(struct x86_writer *w, uint32_t opcode, unsigned size, unsigned reg, unsigned rm,
	int64_t imm, unsigned imm_bytes)
{
	uint8_t scratch[X86_ROOM], *start = x86_begin(w, scratch), *p = start;
	bool force_rex = (opcode & X86_OP_BYTE_REG && needs_rex_as_byte(reg)) ||
			 (opcode & X86_OP_BYTE_RM && needs_rex_as_byte(rm));

	assert(reg < 16 && rm < 16);
	p = put_opcode(p, opcode, size, reg >> 3 << 2 | rm >> 3, force_rex);
	p = x86_put_modrm_reg(p, reg, rm);
	p = x86_put_value(p, (uint64_t)imm, imm_bytes);
	x86_end(w, start, p);
}

void
x86_emit_mem(struct x86_writer *w, uint32_t opcode, unsigned size, unsigned reg, struct x86_mem mem,
	int64_t imm, unsigned imm_bytes)
{
	uint8_t scratch[X86_ROOM], *start = x86_begin(w, scratch), *p = start;
	bool force_rex = opcode & X86_OP_BYTE_REG && needs_rex_as_byte(reg);

	assert(reg < 16);
	mem = x86_mem_smallest(mem);
	p = put_opcode(
		p, opcode, size, reg >> 3 << 2 | x86_mem_x(mem) << 1 | x86_mem_b(mem), force_rex);
	p = x86_put_modrm_mem(w, start, p, reg, mem, 1, imm_bytes);
	p = x86_put_value(p, (uint64_t)imm, imm_bytes);
	x86_end(w, start, p);
}

void
x86_emit_opcode_reg(struct x86_writer *w, uint32_t opcode, unsigned size, unsigned reg, int64_t imm,
	unsigned imm_bytes)
{
	uint8_t scratch[X86_ROOM], *start = x86_begin(w, scratch), *p = start;

	assert(reg < 16);
	p = put_opcode(p, opcode | (reg & 7), size, reg >> 3, false);
	p = x86_put_value(p, (uint64_t)imm, imm_bytes);
	x86_end(w, start, p);
}

void
x86_emit_bytes(struct x86_writer *w, const void *bytes, size_t count)
{
	if (w->overflow || count > (size_t)(w->end - w->at)) {
		w->overflow = true;
		return;
	}
	memcpy(w->at, bytes, count);
	w->at += count;
}

void
x86_emit_vex_reg(struct x86_writer *w, uint32_t opcode, unsigned size, unsigned reg, unsigned vvvv,
	unsigned rm, int imm, unsigned imm_bytes)
{
	uint8_t scratch[X86_ROOM], *start = x86_begin(w, scratch), *p = start;

	assert((size == 4 || size == 8) && reg < 16 && vvvv < 16 && rm < 16);
	p = x86_put_vex(p, (struct x86_vex){
				   .map = opcode >> 8 & 3,
				   .prefix = opcode >> 10 & 3,
				   .w = size == 8,
				   .r = (uint8_t)(reg >> 3),
				   .b = (uint8_t)(rm >> 3),
				   .vvvv = (uint8_t)vvvv,
			   });
	p = x86_put(p, opcode & 0xff);
	p = x86_put_modrm_reg(p, reg, rm);
	p = x86_put_value(p, (uint64_t)imm, imm_bytes);
	x86_end(w, start, p);
}

void
x86_emit_vex_mem(struct x86_writer *w, uint32_t opcode, unsigned size, unsigned reg, unsigned vvvv,
	struct x86_mem mem, int imm, unsigned imm_bytes)
{
	uint8_t scratch[X86_ROOM], *start = x86_begin(w, scratch), *p = start;

	assert((size == 4 || size == 8) && reg < 16 && vvvv < 16);
	mem = x86_mem_smallest(mem);
	p = x86_put_vex(p, (struct x86_vex){
				   .map = opcode >> 8 & 3,
				   .prefix = opcode >> 10 & 3,
				   .w = size == 8,
				   .r = (uint8_t)(reg >> 3),
				   .x = (uint8_t)x86_mem_x(mem),
				   .b = (uint8_t)x86_mem_b(mem),
				   .vvvv = (uint8_t)vvvv,
			   });
	p = x86_put(p, opcode & 0xff);
	p = x86_put_modrm_mem(w, start, p, reg, mem, 1, imm_bytes);
	p = x86_put_value(p, (uint64_t)imm, imm_bytes);
	x86_end(w, start, p);
}
