// SPDX-License-Identifier: Apache-2.0
// The base of the x86-64 encoder: the write cursor, register and condition numbers, memory
// operands, and the two emitters for legacy-encoded instructions that the other encode_*.h
// headers wrap.  Encodings follow the Intel SDM volume 2, chapter 2 (instruction format).
#ifndef DRAGOMAN_BACKEND_X86_64_ENCODE_CORE_H
#define DRAGOMAN_BACKEND_X86_64_ENCODE_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Where the next instruction goes.  An instruction that does not fit between `at` and `end`
 * is not written at all, sets `overflow`, and leaves `at` alone, and so does every later one;
 * the flag is the caller's to look at and to clear.  Instructions run at the address they are written to: rip-relative
 * operands and jumps are computed from `at`.
 */
struct x86_writer {
	uint8_t *at;
	uint8_t *end;
	bool overflow;
	/* told of each rip-relative operand's displacement field and target, if not NULL */
	void (*on_rip)(struct x86_writer *w, const uint8_t *field, const void *target);
};

/* General-purpose registers.  At size 1, 4..7 are spl, bpl, sil, dil; never ah..bh. */
enum x86_gpr {
	X86_RAX,
	X86_RCX,
	X86_RDX,
	X86_RBX,
	X86_RSP,
	X86_RBP,
	X86_RSI,
	X86_RDI,
	X86_R8,
	X86_R9,
	X86_R10,
	X86_R11,
	X86_R12,
	X86_R13,
	X86_R14,
	X86_R15,
	X86_RIP = 0xfe, /* only as the base of a memory operand made by x86_mem_rip() */
	X86_NO_GPR = 0xff,
};

/* Condition codes, as they are encoded in jcc, setcc and cmovcc. */
enum x86_cond {
	X86_O,
	X86_NO,
	X86_B,
	X86_AE,
	X86_E,
	X86_NE,
	X86_BE,
	X86_A,
	X86_S,
	X86_NS,
	X86_P,
	X86_NP,
	X86_L,
	X86_GE,
	X86_LE,
	X86_G,
	X86_C = X86_B,
	X86_NC = X86_AE,
	X86_Z = X86_E,
	X86_NZ = X86_NE,
};

/* The opposite condition. */
static inline enum x86_cond
x86_cond_not(enum x86_cond cond)
{
	return (enum x86_cond)(cond ^ 1);
}

/*
 * A memory operand: base + (index << scale_log2) + disp, or the fixed address `target` reached
 * rip-relative when base is X86_RIP.  Make it with one of the functions below; the encoder
 * picks the smallest encoding of it, also by exchanging base and index where that saves a byte.
 */
struct x86_mem {
	uint8_t base;
	uint8_t index;
	uint8_t scale_log2;
	int32_t disp;
	const void *target;
};

/* [base + disp] */
static inline struct x86_mem
x86_mem_base(enum x86_gpr base, int32_t disp)
{
	return (struct x86_mem){ .base = (uint8_t)base, .index = X86_NO_GPR, .disp = disp };
}

/* [base + (index << scale_log2) + disp]; base may be X86_NO_GPR; index must not be rsp when scaled. */
static inline struct x86_mem
x86_mem_index(enum x86_gpr base, enum x86_gpr index, unsigned scale_log2, int32_t disp)
{
	return (struct x86_mem){
		.base = (uint8_t)base,
		.index = (uint8_t)index,
		.scale_log2 = (uint8_t)scale_log2,
		.disp = disp,
	};
}

/* [rip -> target]: the memory at target, which must pass x86_rip_reaches(). */
static inline struct x86_mem
x86_mem_rip(const void *target)
{
	return (struct x86_mem){ .base = X86_RIP, .index = X86_NO_GPR, .target = target };
}

/* [disp]: an absolute address in the lowest or the highest 2 GiB. */
static inline struct x86_mem
x86_mem_absolute(int32_t disp)
{
	return (struct x86_mem){ .base = X86_NO_GPR, .index = X86_NO_GPR, .disp = disp };
}

/* The same operand, `bytes` further on. */
static inline struct x86_mem
x86_mem_offset(struct x86_mem mem, int32_t bytes)
{
	if (mem.base == X86_RIP)
		mem.target = (const uint8_t *)mem.target + bytes;
	else
		mem.disp += bytes;
	return mem;
}

/* Whether an instruction written at w->at can reach target by a 32-bit displacement. */
static inline bool
x86_rip_reaches(const struct x86_writer *w, const void *target)
{
	int64_t distance = (int64_t)((uintptr_t)target - (uintptr_t)w->at);

	return distance >= INT32_MIN + 16 && distance <= INT32_MAX - 16;
}

/* The longest instruction the processor accepts, in bytes. */
#define X86_MAX_INSTRUCTION 15

/*
 * An opcode for the emitters below: the opcode byte, its map, its mandatory prefix, and what
 * cannot be seen from the operand size.
 */
enum x86_opcode_bits {
	X86_OP_0F = 0x100,
	X86_OP_0F38 = 0x200,
	X86_OP_0F3A = 0x300,
	X86_OP_66 = 0x400,
	X86_OP_F3 = 0x800,
	X86_OP_F2 = 0xc00,
	X86_OP_LOCK = 0x1000,
	X86_OP_BYTE_REG = 0x2000, /* the reg field names an 8-bit register */
	X86_OP_BYTE_RM = 0x4000,  /* the r/m field names an 8-bit register */
};

/* Opcode pairs that differ in bit 0 by size: 8-bit or not.  Both fields are registers. */
static inline uint32_t
x86_op_sized(uint32_t opcode, unsigned size)
{
	return size == 1 ? opcode | X86_OP_BYTE_REG | X86_OP_BYTE_RM : opcode | 1;
}

/* As x86_op_sized(), for opcodes whose reg field extends the opcode (/0 to /7). */
static inline uint32_t
x86_op_sized_group(uint32_t opcode, unsigned size)
{
	return size == 1 ? opcode | X86_OP_BYTE_RM : opcode | 1;
}

/*
 * Writes a legacy-encoded instruction: opcode (see enum x86_opcode_bits), operand size in bytes
 * (2 gives the 66 prefix, 8 gives REX.W), the reg and r/m fields of ModRM, and the low
 * imm_bytes bytes of imm.
 */
void x86_emit_reg(struct x86_writer *w, uint32_t opcode, unsigned size, unsigned reg, unsigned rm,
	int64_t imm, unsigned imm_bytes);
void x86_emit_mem(struct x86_writer *w, uint32_t opcode, unsigned size, unsigned reg,
	struct x86_mem mem, int64_t imm, unsigned imm_bytes);

/* Writes an instruction without ModRM whose register is in the low three bits of the opcode. */
void x86_emit_opcode_reg(struct x86_writer *w, uint32_t opcode, unsigned size, unsigned reg,
	int64_t imm, unsigned imm_bytes);

/* Writes bytes as they are. */
void x86_emit_bytes(struct x86_writer *w, const void *bytes, size_t count);

/*
 * Writes a VEX-encoded instruction on general-purpose registers (L = 0, W = (size == 8)).
 * The opcode holds map and prefix as above; vvvv is the extra register operand.
 */
void x86_emit_vex_reg(struct x86_writer *w, uint32_t opcode, unsigned size, unsigned reg,
	unsigned vvvv, unsigned rm, int imm, unsigned imm_bytes);
void x86_emit_vex_mem(struct x86_writer *w, uint32_t opcode, unsigned size, unsigned reg,
	unsigned vvvv, struct x86_mem mem, int imm, unsigned imm_bytes);

#endif
