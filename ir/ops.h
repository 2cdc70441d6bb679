// SPDX-License-Identifier: Apache-2.0
// The table of IR operations: one row an operation, its result type rule and its effects.
// Everything that walks the IR (builder, printer, verifier, interpreter, backends) is driven by this table;
// docs/ir.md explains each operation. Operand meanings are in the comment of each row.
#ifndef IR_OPS_H
#define IR_OPS_H

/*
 * Columns: name, result, operand count, AUX if the aux field is used, IMM if the 64-bit immediate is
 * used, effect.
 * Results: SAME (the type given by whoever emits it), I64, V128, FLAGS (the type field holds the operand
 *          type), FLAGS0 (flags; no type given), NONE.
 * Effects: PURE, GET (reads guest state), PUT (writes guest state), LOAD, STORE (both may fault),
 *          MARK (bookkeeping), EXIT (may leave the unit), BARRIER (ordering only), HELPER (calls C code).
 *
 * Conventions: integer values are I32 or I64; bits above 31 of an I32 are undefined. Scalar
 * floating-point values are F32/F64; V128 is a vector. `lane` is log2 of the lane size in bytes
 * (0..3), kept in aux bits 0-1; a second number sits in aux bits 8-15. Conditions are enum
 * ir_condition. An operation has at most one operand besides an immediate: both share the record.
 */
// clang-format off
#define IR_OPS(X) \
	/* constants, state, bookkeeping */ \
	X(nop,               NONE,   0, ___, ___, PURE)    /* removed instruction */ \
	X(const,             SAME,   0, ___, IMM, PURE)    /* imm; I32/I64, or F32/F64 as raw bits */ \
	X(address,           I64,    0, ___, IMM, PURE)    /* I64 guest address `imm` derived from the guest pc (relocatable) */ \
	X(vconst,            V128,   0, AUX, IMM, PURE)    /* V128: imm replicated to both halves; aux=1: upper half is zero */ \
	X(get,               SAME,   0, AUX, ___, GET)     /* aux = state slot; read as `type` */ \
	X(put,               NONE,   1, AUX, ___, PUT)     /* aux = state slot, a = value; F32/F64 zero the rest of a V128 slot */ \
	X(state_address,     I64,    0, AUX, ___, PURE)    /* I64 host address of state slot aux (a private scratch cell) */ \
	X(guest_pc,          NONE,   0, ___, IMM, MARK)    /* imm = address of the guest instruction that starts here */ \
	/* integer */ \
	X(add,               SAME,   2, ___, ___, PURE)    \
	X(sub,               SAME,   2, ___, ___, PURE)    \
	X(mul,               SAME,   2, ___, ___, PURE)    \
	X(umulh,             SAME,   2, ___, ___, PURE)    /* I64: high half of the unsigned product */ \
	X(smulh,             SAME,   2, ___, ___, PURE)    \
	X(umull,             SAME,   2, ___, ___, PURE)    /* I64 = zext(I32 a) * zext(I32 b) */ \
	X(smull,             SAME,   2, ___, ___, PURE)    /* I64 = sext(I32 a) * sext(I32 b) */ \
	X(udiv,              SAME,   2, ___, ___, PURE)    /* x/0 = 0 */ \
	X(sdiv,              SAME,   2, ___, ___, PURE)    /* x/0 = 0, MIN/-1 = MIN */ \
	X(and,               SAME,   2, ___, ___, PURE)    \
	X(or,                SAME,   2, ___, ___, PURE)    \
	X(xor,               SAME,   2, ___, ___, PURE)    \
	X(andn,              SAME,   2, ___, ___, PURE)    /* a & ~b */ \
	X(not,               SAME,   1, ___, ___, PURE)    \
	X(neg,               SAME,   1, ___, ___, PURE)    \
	X(shl,               SAME,   2, ___, ___, PURE)    /* shift counts are I32/I64 values taken modulo the width */ \
	X(lshr,              SAME,   2, ___, ___, PURE)    \
	X(ashr,              SAME,   2, ___, ___, PURE)    \
	X(ror,               SAME,   2, ___, ___, PURE)    \
	X(extr,              SAME,   2, AUX, ___, PURE)    /* (a:b) >> aux, low half of the double-width value */ \
	X(clz,               SAME,   1, ___, ___, PURE)    /* width for 0 */ \
	X(ctz,               SAME,   1, ___, ___, PURE)    /* trailing zero bits; width for 0; what clz(rbit(x)) becomes */ \
	X(cls,               SAME,   1, ___, ___, PURE)    /* leading sign bits, not counting the sign itself */ \
	X(rbit,              SAME,   1, ___, ___, PURE)    \
	X(bswap,             SAME,   1, AUX, ___, PURE)    /* aux = log2 bytes of the groups reversed: 1, 2 or 3 */ \
	X(zext,              SAME,   1, AUX, ___, PURE)    /* aux = source bits (1..32), to `type` */ \
	X(sext,              SAME,   1, AUX, ___, PURE)    /* aux = source bits (1..32), to `type` */ \
	X(trunc,             SAME,   1, ___, ___, PURE)    /* I64 -> I32 */ \
	X(bfi,               SAME,   2, AUX, ___, PURE)    /* a with bits [lsb+width) replaced by b's low bits; aux = lsb | width << 8 */ \
	X(adc,               SAME,   3, ___, ___, PURE)    /* a + b + carry(c: FLAGS) */ \
	X(sbc,               SAME,   3, ___, ___, PURE)    /* a - b - !carry(c: FLAGS) */ \
	X(crc32,             SAME,   2, AUX, ___, PURE)    /* I32; aux = log2 bytes of b | 4 for the Castagnoli polynomial */ \
	/* flags (NZCV as Arm defines them) */ \
	X(flags_add,         FLAGS,  2, ___, ___, PURE)    /* type = operand type; pairs with add */ \
	X(flags_sub,         FLAGS,  2, ___, ___, PURE)    /* C = no borrow */ \
	X(flags_and,         FLAGS,  2, ___, ___, PURE)    /* N Z from a & b; C = V = 0 */ \
	X(flags_andn,        FLAGS,  2, ___, ___, PURE)    /* N Z from a & ~b; C = V = 0 */ \
	X(flags_adc,         FLAGS,  3, ___, ___, PURE)    \
	X(flags_sbc,         FLAGS,  3, ___, ___, PURE)    \
	X(flags_fcmp,        FLAGS0, 2, AUX, ___, PURE)    /* aux = enum ir_fp_aux: IR_FP_SIGNALLING; raises FP flags */ \
	X(flags_const,       FLAGS0, 0, ___, IMM, PURE)    /* imm = NZCV in bits 3..0 */ \
	X(flags_from_nzcv,   FLAGS0, 1, ___, ___, PURE)    /* a: I32/I64 with NZCV in bits 31..28 */ \
	X(flags_to_nzcv,     I64,    1, ___, ___, PURE)    /* I64: NZCV in bits 31..28, other bits zero; a: FLAGS */ \
	X(flags_select,      FLAGS0, 3, AUX, ___, PURE)    /* aux = condition; cond(a) ? b : c, all FLAGS */ \
	X(select,            SAME,   3, AUX, ___, PURE)    /* aux = condition; cond(a: FLAGS) ? b : c */ \
	X(condition,         SAME,   1, AUX, ___, PURE)    /* aux = condition; cond(a: FLAGS) ? 1 : 0 */ \
	/* memory; may fault */ \
	X(load,              SAME,   1, AUX, ___, LOAD)    /* a = address; aux = enum ir_memory bits */ \
	X(store,             NONE,   2, AUX, ___, STORE)   /* a = address, b = value; aux = enum ir_memory bits */ \
	X(atomic_rmw,        SAME,   2, AUX, ___, STORE)   /* old value (zero-extended); a = address, b = operand; aux = size | enum ir_rmw << 8 */ \
	X(compare_swap,      SAME,   3, AUX, ___, STORE)   /* old value (zero-extended); a = address, b = expected, c = new; aux = size (4: V128) */ \
	X(align_check,       NONE,   1, AUX, ___, LOAD)    /* alignment fault unless a is a multiple of 1 << aux */ \
	X(zero_block,        NONE,   1, ___, ___, STORE)   /* DC ZVA: zero the 64-byte block that holds a */ \
	X(fence,             NONE,   0, AUX, ___, BARRIER) /* aux = enum ir_fence */ \
	X(prefetch,          NONE,   1, AUX, ___, BARRIER) /* a = address, which need not be one; aux = enum ir_prefetch */ \
	/* scalar floating point; `type` is F32/F64, or V128 with aux lane 2/3 (all lanes) */ \
	/* aux = enum ir_fp_aux bits; rounding, FZ, DN come from the unit's mode */ \
	X(fadd,              SAME,   2, AUX, ___, PURE)    \
	X(fsub,              SAME,   2, AUX, ___, PURE)    \
	X(fmul,              SAME,   2, AUX, ___, PURE)    \
	X(fdiv,              SAME,   2, AUX, ___, PURE)    \
	X(fsqrt,             SAME,   1, AUX, ___, PURE)    \
	X(fma,               SAME,   3, AUX, ___, PURE)    /* c + a*b; aux IR_FP_NEGATE_PRODUCT, IR_FP_NEGATE_ADDEND */ \
	X(fmax,              SAME,   2, AUX, ___, PURE)    \
	X(fmin,              SAME,   2, AUX, ___, PURE)    \
	X(fmaxnm,            SAME,   2, AUX, ___, PURE)    \
	X(fminnm,            SAME,   2, AUX, ___, PURE)    \
	X(fabs,              SAME,   1, AUX, ___, PURE)    \
	X(fneg,              SAME,   1, AUX, ___, PURE)    \
	X(fcvt,              SAME,   1, ___, ___, PURE)    /* F32 <-> F64; half precision goes through helpers */ \
	X(frint,             SAME,   1, AUX, ___, PURE)    /* aux bits 8-10 rounding (enum ir_rounding), IR_FP_EXACT raises inexact */ \
	X(fcvt_to_int,       SAME,   1, AUX, IMM, PURE)    /* I32/I64 (V128: lanes); aux = lane (V128), IR_FP_UNSIGNED, rounding; imm = fraction bits; saturates */ \
	X(int_to_fp,         SAME,   1, AUX, IMM, PURE)    /* a I32/I64 (V128: lanes); aux = lane (V128), IR_FP_UNSIGNED; imm = fraction bits */ \
	X(vfcmp,             V128,   2, AUX, ___, PURE)    /* V128 mask, aux lane | enum ir_fp_compare << 8 */ \
	/* moves between classes */ \
	X(f_from_bits,       SAME,   1, ___, ___, PURE)    /* I32 -> F32, I64 -> F64 */ \
	X(bits_from_f,       SAME,   1, ___, ___, PURE)    /* F32 -> I32, F64 -> I64 */ \
	X(v_from_f,          V128,   1, ___, ___, PURE)    /* F32/F64 -> V128, rest zero */ \
	X(f_from_v,          SAME,   1, ___, ___, PURE)    /* lane 0 of V128 -> F32/F64 */ \
	X(vdup,              V128,   1, AUX, ___, PURE)    /* V128: all lanes = low bits of a (I32/I64); aux = lane */ \
	X(vdup_lane,         V128,   1, AUX, ___, PURE)    /* V128: all lanes = lane (aux>>8) of a; aux = lane size */ \
	X(vinsert,           V128,   2, AUX, ___, PURE)    /* V128: a with lane (aux>>8) = low bits of b (I32/I64) */ \
	X(vinsert_lane,      V128,   2, AUX, ___, PURE)    /* V128: a with lane (aux>>8 & 15) = lane (aux>>12) of b */ \
	X(vextract,          SAME,   1, AUX, ___, PURE)    /* I32/I64 = zero-extended lane (aux>>8) of V128 a; IR_V_SIGNED sign-extends */ \
	X(vlow,              V128,   1, ___, ___, PURE)    /* V128 with the upper 64 bits cleared */ \
	X(vcombine,          V128,   2, ___, ___, PURE)    /* V128: low half of a, low half of b as high half */ \
	X(vhigh,             V128,   1, ___, ___, PURE)    /* V128: high half of a in the low half, rest zero */ \
	/* vector integer; all V128, aux bits 0-1 = lane size */ \
	X(vand,              V128,   2, ___, ___, PURE)    \
	X(vor,               V128,   2, ___, ___, PURE)    \
	X(vxor,              V128,   2, ___, ___, PURE)    \
	X(vandn,             V128,   2, ___, ___, PURE)    /* a & ~b */ \
	X(vnot,              V128,   1, ___, ___, PURE)    \
	X(vbsl,              V128,   3, ___, ___, PURE)    /* a = mask: (b & a) | (c & ~a) */ \
	X(vadd,              V128,   2, AUX, ___, PURE)    \
	X(vsub,              V128,   2, AUX, ___, PURE)    \
	X(vmul,              V128,   2, AUX, ___, PURE)    /* lanes 0..2 */ \
	X(vneg,              V128,   1, AUX, ___, PURE)    \
	X(vabs,              V128,   1, AUX, ___, PURE)    \
	X(vcmpeq,            V128,   2, AUX, ___, PURE)    \
	X(vcmpgts,           V128,   2, AUX, ___, PURE)    \
	X(vcmpges,           V128,   2, AUX, ___, PURE)    \
	X(vcmpgtu,           V128,   2, AUX, ___, PURE)    \
	X(vcmpgeu,           V128,   2, AUX, ___, PURE)    \
	X(vcmptst,           V128,   2, AUX, ___, PURE)    /* all ones where (a & b) != 0 */ \
	X(vmins,             V128,   2, AUX, ___, PURE)    \
	X(vminu,             V128,   2, AUX, ___, PURE)    \
	X(vmaxs,             V128,   2, AUX, ___, PURE)    \
	X(vmaxu,             V128,   2, AUX, ___, PURE)    \
	X(vaddsats,          V128,   2, AUX, ___, PURE)    /* lanes 0..1 (others through helpers) */ \
	X(vaddsatu,          V128,   2, AUX, ___, PURE)    \
	X(vsubsats,          V128,   2, AUX, ___, PURE)    \
	X(vsubsatu,          V128,   2, AUX, ___, PURE)    \
	X(vavgu,             V128,   2, AUX, ___, PURE)    /* URHADD, lanes 0..1 */ \
	X(vshl_imm,          V128,   1, AUX, ___, PURE)    /* aux >> 8 = count, 0..lane bits - 1 */ \
	X(vlshr_imm,         V128,   1, AUX, ___, PURE)    /* 1..lane bits; lane bits gives 0 */ \
	X(vashr_imm,         V128,   1, AUX, ___, PURE)    /* 1..lane bits */ \
	X(vext,              V128,   2, AUX, ___, PURE)    /* bytes aux>>8 .. +15 of b:a (a is low) */ \
	X(vzip1,             V128,   2, AUX, ___, PURE)    /* interleave the low halves */ \
	X(vzip2,             V128,   2, AUX, ___, PURE)    \
	X(vuzp1,             V128,   2, AUX, ___, PURE)    /* even lanes of b:a */ \
	X(vuzp2,             V128,   2, AUX, ___, PURE)    \
	X(vtrn1,             V128,   2, AUX, ___, PURE)    \
	X(vtrn2,             V128,   2, AUX, ___, PURE)    \
	X(vrev,              V128,   1, AUX, ___, PURE)    /* reverse lanes of size aux&3 within groups of log2 size aux>>8 */ \
	X(vcnt,              V128,   1, ___, ___, PURE)    /* population count of bytes */ \
	X(vwidens,           V128,   1, AUX, ___, PURE)    /* low half, lanes of aux size sign-extended to twice the size */ \
	X(vwidenu,           V128,   1, AUX, ___, PURE)    \
	X(vnarrow,           V128,   1, AUX, ___, PURE)    /* low halves of lanes of size aux+1 -> lanes of size aux, upper 64 bits zero */ \
	X(vaddp,             V128,   2, AUX, ___, PURE)    /* pairwise add of b:a */ \
	X(vmullu,            V128,   2, AUX, ___, PURE)    /* low halves, lanes aux -> products of twice the size */ \
	X(vmulls,            V128,   2, AUX, ___, PURE)    \
	X(vtbl,              V128,   2, ___, ___, PURE)    /* TBL with one table register: a = table, b = indices; out of range gives 0 */ \
	X(vaddv,             V128,   1, AUX, ___, PURE)    /* sum across lanes in lane 0, rest zero */ \
	X(vmaxvu,            V128,   1, AUX, ___, PURE)    /* UMAXV */ \
	X(vminvu,            V128,   1, AUX, ___, PURE)    \
	X(vpmaxu,            V128,   2, AUX, ___, PURE)    /* UMAXP of b:a */ \
	X(vpminu,            V128,   2, AUX, ___, PURE)    \
	/* cryptography (V128) */ \
	X(aese,              V128,   2, ___, ___, PURE)    /* AESE: SubBytes(ShiftRows(a ^ b)) */ \
	X(aesd,              V128,   2, ___, ___, PURE)    \
	X(aesmc,             V128,   1, ___, ___, PURE)    \
	X(aesimc,            V128,   1, ___, ___, PURE)    \
	X(pmull64,           V128,   2, ___, ___, PURE)    /* carry-less product of the low halves */ \
	X(sha256_low,        V128,   2, ___, ___, PURE)    /* words 1 0 of b, then 1 0 of a: fold undoes what sha256_high and this do */ \
	X(sha256_high,       V128,   2, ___, ___, PURE)    /* words 3 2 of b, then 3 2 of a */ \
	X(sha256_rounds2,    V128,   3, ___, ___, PURE)    /* next abef of cdgh=a, abef=b (f, h lowest), words 0 1 of c; b is the next cdgh */ \
	X(sha256su0,         V128,   2, ___, ___, PURE)    \
	X(sha256su1,         V128,   3, ___, ___, PURE)    \
	/* everything rare: a pure C function over V128 values, ir/vector_helpers.def */ \
	X(helper_imm,        NONE,   0, AUX, IMM, MARK)    /* imm of the helper that follows; aux = 1 + the memory slot its returned bits OR into, 0: ignored */ \
	X(helper,            V128,   3, AUX, ___, HELPER)  /* aux = enum vector_helper; operands may be IR_NONE; the helper_imm just before it holds imm */ \
	/* system registers and calls into the runtime with canonical state */ \
	X(runtime_call,      SAME,   1, AUX, ___, HELPER)  /* I64: guest_isa runtime call aux with argument a; state is canonical around it */ \
	/* leaving the unit: each is also a seam at which guest state is canonical */ \
	X(exit_if,           NONE,   1, AUX, IMM, EXIT)    /* aux = condition of a: FLAGS; imm = guest pc */ \
	X(exit_direct,       NONE,   0, ___, IMM, EXIT)    /* imm = guest pc */ \
	X(exit_indirect,     NONE,   1, AUX, ___, EXIT)    /* a = guest pc (I64); aux = enum ir_indirect (jump, return) */ \
	X(exit_unless,       NONE,   1, AUX, IMM, EXIT)    /* as exit_indirect, unless a is imm (a guest pc) */ \
	X(exit_call,         NONE,   1, ___, IMM, EXIT)    /* direct call: imm = target pc, a = return pc (an address) */ \
	X(exit_call_indirect, NONE,   2, ___, ___, EXIT)    /* a = target, b = return pc (an address) */ \
	X(exit_system_call,  NONE,   0, ___, IMM, EXIT)    /* imm = pc of the instruction after it */ \
	X(exit_exception,    NONE,   0, AUX, IMM, EXIT)    /* aux = enum ir_exception; imm = pc of the instruction at fault */ \
// clang-format on

#endif
