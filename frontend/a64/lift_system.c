// SPDX-License-Identifier: Apache-2.0
// Lifters of hints, barriers, cache maintenance and system registers (Arm ARM C4.1.3, D17), with
// the values that Linux shows to programs. The ID registers say what AT_HWCAP says.
#include "frontend/a64/lift.h"

/* ---- hints and barriers ------------------------------------------------------------------ */

/* HINT: NOP, YIELD, WFE, SEV, BTI, PACIASP ...: nothing. */
static void
lift_hint(struct lift *l, const struct a64_hint *d)
{
	(void)l;
	(void)d;
}
A64_LIFTER(hint);

/* CLREX: the monitor is open no more. */
static void
lift_clrex(struct lift *l, const struct a64_clrex *d)
{
	(void)d;
	ir_put(l, A64_SLOT_EXCLUSIVE_ADDRESS, ir_const(l, I64, A64_NO_EXCLUSIVE));
}
A64_LIFTER(clrex);

/* CRm bits 1:0 are the accesses that a barrier orders; 0 is reserved and behaves as all. */
static enum ir_fence
fence_of(unsigned crm)
{
	switch (crm & 3) {
	case 1: return IR_FENCE_LOAD;
	case 2: return IR_FENCE_STORE;
	default: return IR_FENCE_FULL;
	}
}

/* DMB. */
static void
lift_dmb(struct lift *l, const struct a64_dmb *d)
{
	ir_fence(l, fence_of(d->crm));
}
A64_LIFTER(dmb);

/* DSB. */
static void
lift_dsb(struct lift *l, const struct a64_dsb *d)
{
	ir_fence(l, fence_of(d->crm));
}
A64_LIFTER(dsb);

/* What follows may be new code: not the rest of the region that a trace belongs to, which may be of old code. */
static void
end_for_new_code(struct lift *l)
{
	if (l->follows_path)
		end_with_lookup(l);
	else
		end_with_jump(l, l->next_pc);
}

/* ISB: what follows is fetched anew. */
static void
lift_isb(struct lift *l, const struct a64_isb *d)
{
	(void)d;
	ir_fence(l, IR_FENCE_CODE);
	end_for_new_code(l);
}
A64_LIFTER(isb);

/* ---- caches ------------------------------------------------------------------------------ */

/* DC ZVA: zero the block of DCZID_EL0's size that holds the address. */
static void
lift_dc_zva(struct lift *l, const struct a64_dc_zva *d)
{
	ir_zero_block(l, get_gpr(l, I64, d->rt));
}
A64_LIFTER(dc_zva);

/* IC IVAU: translations of the line go; the unit may be one of them. */
static void
lift_ic_ivau(struct lift *l, const struct a64_ic_ivau *d)
{
	ir_runtime_call(l, I64, A64_CALL_INVALIDATE_CODE, get_gpr(l, I64, d->rt));
	end_for_new_code(l);
}
A64_LIFTER(ic_ivau);

/* Cleaning data caches does nothing, but faults where the address cannot be read. */
#define CLEAN(row)                                                        \
	static void lift_##row(struct lift *l, const struct a64_##row *d) \
	{                                                                 \
		ir_load(l, I32, 0, get_gpr(l, I64, d->rt));               \
	}                                                                 \
	A64_LIFTER(row)

CLEAN(dc_cvac);
CLEAN(dc_cvau);
CLEAN(dc_civac);

/* ---- flags and floating-point control ---------------------------------------------------- */

/* MSR NZCV. */
static void
lift_msr_nzcv(struct lift *l, const struct a64_msr_nzcv *d)
{
	put_flags(l, ir_flags_from_nzcv(l, get_gpr(l, I64, d->rt)));
}
A64_LIFTER(msr_nzcv);

/* MRS NZCV. */
static void
lift_mrs_nzcv(struct lift *l, const struct a64_mrs_nzcv *d)
{
	put_gpr(l, I64, d->rt, ir_flags_to_nzcv(l, get_flags(l)));
}
A64_LIFTER(mrs_nzcv);

/* MSR FPCR: the mode changes. */
static void
lift_msr_fpcr(struct lift *l, const struct a64_msr_fpcr *d)
{
	ir_runtime_call(l, I64, A64_CALL_WRITE_FPCR, get_gpr(l, I64, d->rt));
	end_with_lookup(l);
}
A64_LIFTER(msr_fpcr);

/* MRS FPCR: what it holds is part of the unit's mode. */
static void
lift_mrs_fpcr(struct lift *l, const struct a64_mrs_fpcr *d)
{
	put_gpr(l, I64, d->rt, ir_const(l, I64, a64_fpcr_from_mode(l->unit->mode)));
}
A64_LIFTER(mrs_fpcr);

/* A program that looks at FPSR is translated for exact flags from then on. */
static void
end_unless_exact(struct lift *l)
{
	if (!(l->unit->mode & IR_MODE_EXACT_FLAGS))
		end_with_lookup(l);
}

/* MSR FPSR. */
static void
lift_msr_fpsr(struct lift *l, const struct a64_msr_fpsr *d)
{
	ir_ref value = ir_zext(l, I64, 32, get_gpr(l, I64, d->rt));
	ir_ref used = ir_const(l, I64, A64_FPSR_USED);

	ir_runtime_call(l, I64, A64_CALL_WRITE_FPSR, ir_or(l, I64, value, used));
	end_unless_exact(l);
}
A64_LIFTER(msr_fpsr);

/* MRS FPSR. */
static void
lift_mrs_fpsr(struct lift *l, const struct a64_mrs_fpsr *d)
{
	ir_ref used = ir_const(l, I64, A64_FPSR_USED);

	put_gpr(l, I64, d->rt, ir_runtime_call(l, I64, A64_CALL_READ_FPSR, used));
	end_unless_exact(l);
}
A64_LIFTER(mrs_fpsr);

/* ---- thread registers and the counter ---------------------------------------------------- */

/* MSR TPIDR_EL0. */
static void
lift_msr_tpidr_el0(struct lift *l, const struct a64_msr_tpidr_el0 *d)
{
	ir_put(l, A64_SLOT_TPIDR_EL0, get_gpr(l, I64, d->rt));
}
A64_LIFTER(msr_tpidr_el0);

/* MRS TPIDR_EL0. */
static void
lift_mrs_tpidr_el0(struct lift *l, const struct a64_mrs_tpidr_el0 *d)
{
	put_gpr(l, I64, d->rt, ir_get(l, I64, A64_SLOT_TPIDR_EL0));
}
A64_LIFTER(mrs_tpidr_el0);

/* MRS CNTVCT_EL0. */
static void
lift_mrs_cntvct_el0(struct lift *l, const struct a64_mrs_cntvct_el0 *d)
{
	put_gpr(l, I64, d->rt, ir_runtime_call(l, I64, A64_CALL_READ_COUNTER, ir_const(l, I64, 0)));
}
A64_LIFTER(mrs_cntvct_el0);

/* ---- constants --------------------------------------------------------------------------- */

/*
 * CTR_EL0: lines of 64 bytes (DminLine, IminLine, ERG, CWG: 2^4 words), PIPT instruction cache,
 * and neither IDC nor DIC, so that programs clean and invalidate after writing code: that is how
 * translations of it are dropped.
 */
#define CTR_EL0 0x8444c004

#define CONSTANT_REGISTER(row, value)                                     \
	static void lift_##row(struct lift *l, const struct a64_##row *d) \
	{                                                                 \
		put_gpr(l, I64, d->rt, ir_const(l, I64, value));          \
	}                                                                 \
	A64_LIFTER(row)

CONSTANT_REGISTER(mrs_ctr_el0, CTR_EL0);
CONSTANT_REGISTER(mrs_dczid_el0, 4); /* DC ZVA blocks of 2^4 words */
CONSTANT_REGISTER(mrs_tpidrro_el0, 0);
CONSTANT_REGISTER(mrs_cntfrq_el0, 1000000000);
CONSTANT_REGISTER(mrs_midr_el1, 0x410fd034); /* Arm Cortex-A53 r0p4, plus LSE */
CONSTANT_REGISTER(mrs_mpidr_el1, 0x80000000);
CONSTANT_REGISTER(mrs_revidr_el1, 0);

/*
 * The ID registers as Linux shows them (cpu-feature-registers.rst): fields that it does not track
 * read as safe values.
 */
static uint64_t
id_register(unsigned crm, unsigned op2)
{
	switch (crm << 3 | op2) {
	case 4 << 3 | 0: return 0x11;     /* ID_AA64PFR0_EL1: FP and AdvSIMD, AArch64 only */
	case 5 << 3 | 0: return 0x6;      /* ID_AA64DFR0_EL1: Armv8 debug */
	case 6 << 3 | 0: return 0x211120; /* ID_AA64ISAR0_EL1: AES+PMULL, SHA1, SHA2, CRC32, LSE */
	case 7 << 3 | 0: return 0xff000000; /* ID_AA64MMFR0_EL1: granules not shown */
	default: return 0;
	}
}

/* MRS of an ID register. */
static void
lift_mrs_id(struct lift *l, const struct a64_mrs_id *d)
{
	put_gpr(l, I64, d->rt, ir_const(l, I64, (int64_t)id_register(d->crm, d->op2)));
}
A64_LIFTER(mrs_id);
