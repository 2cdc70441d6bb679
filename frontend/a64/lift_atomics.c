// SPDX-License-Identifier: Apache-2.0
// Lifters of exclusive, ordered and atomic accesses (Arm ARM C4.1.4, B2.9). All must be aligned in
// Armv8.0.
//
// The exclusive monitor is the address and the value that the last load-exclusive saw. A
// store-exclusive to that address is a compare-and-swap with that value. To any other address it
// must not store; then the compare-and-swap is aimed at a scratch cell of this thread, so that no
// branch is needed. (A value that changed and changed back goes unnoticed, as with every
// translator that keeps no monitor; the architecture's own algorithms for it use exclusives on the
// value itself.)
#include "frontend/a64/lift.h"

enum { LOG2_PAIR = 4 };

static ir_ref
aligned_address(struct lift *l, unsigned rn, unsigned size)
{
	ir_ref address = get_gpr_or_sp(l, I64, rn);

	if (size != 0)
		ir_align_check(l, size, address);
	return address;
}

/* ---- two registers as one value ---------------------------------------------------------- */

/* V128 of two I64. */
static ir_ref
join_64(struct lift *l, ir_ref low, ir_ref high)
{
	ir_ref v = ir_v_from_f(l, ir_f_from_bits(l, F64, low));

	return ir_vinsert(l, 3 | 1 << 8, v, high);
}

static ir_ref
half_64(struct lift *l, ir_ref pair, unsigned index)
{
	return ir_vextract(l, I64, 3 | index << 8, pair);
}

/* I64 of two W registers. */
static ir_ref
join_32(struct lift *l, unsigned low, unsigned high)
{
	return ir_bfi(l, I64, 32 | 32 << 8, get_gpr(l, I64, low), get_gpr(l, I64, high));
}

static void
put_pair_32(struct lift *l, unsigned low, unsigned high, ir_ref pair)
{
	put_gpr(l, I64, low, ir_zext(l, I64, 32, pair));
	put_gpr(l, I64, high, ir_lshr(l, I64, pair, ir_const(l, I64, 32)));
}

static void
put_pair_64(struct lift *l, unsigned low, unsigned high, ir_ref pair)
{
	put_gpr(l, I64, low, half_64(l, pair, 0));
	put_gpr(l, I64, high, half_64(l, pair, 1));
}

/* ---- load-exclusive ---------------------------------------------------------------------- */

static void
put_monitor(struct lift *l, ir_ref address, ir_ref low, ir_ref high)
{
	ir_put(l, A64_SLOT_EXCLUSIVE_ADDRESS, address);
	ir_put(l, A64_SLOT_EXCLUSIVE_LOW, low);
	if (high != IR_NONE)
		ir_put(l, A64_SLOT_EXCLUSIVE_HIGH, high);
}

static void
load_exclusive(struct lift *l, unsigned memory, unsigned rt, unsigned rn)
{
	ir_ref address = aligned_address(l, rn, memory & IR_MEM_SIZE);
	ir_ref value = ir_load(l, I64, memory, address);

	put_monitor(l, address, value, IR_NONE);
	put_gpr(l, I64, rt, value);
}

/* LDXR, LDXRB, LDXRH. */
static void
lift_ldxr(struct lift *l, const struct a64_ldxr *d)
{
	load_exclusive(l, d->size, d->rt, d->rn);
}
A64_LIFTER(ldxr);

/* LDAXR, LDAXRB, LDAXRH. */
static void
lift_ldaxr(struct lift *l, const struct a64_ldaxr *d)
{
	load_exclusive(l, d->size | IR_MEM_ACQUIRE, d->rt, d->rn);
}
A64_LIFTER(ldaxr);

/* Two W registers are one 64-bit access, two X registers one of 128 bits. */
static void
load_exclusive_pair(
	struct lift *l, unsigned sz, unsigned acquire, unsigned rt, unsigned rt2, unsigned rn)
{
	unsigned size = sz ? LOG2_PAIR : 3;
	ir_ref address = aligned_address(l, rn, size);
	ir_ref value = ir_load(l, sz ? V128 : I64, size | acquire, address);

	if (sz) {
		put_monitor(l, address, half_64(l, value, 0), half_64(l, value, 1));
		put_pair_64(l, rt, rt2, value);
	} else {
		put_monitor(l, address, value, IR_NONE);
		put_pair_32(l, rt, rt2, value);
	}
}

/* LDXP. */
static void
lift_ldxp(struct lift *l, const struct a64_ldxp *d)
{
	load_exclusive_pair(l, d->sz, 0, d->rt, d->rt2, d->rn);
}
A64_LIFTER(ldxp);

/* LDAXP. */
static void
lift_ldaxp(struct lift *l, const struct a64_ldaxp *d)
{
	load_exclusive_pair(l, d->sz, IR_MEM_ACQUIRE, d->rt, d->rt2, d->rn);
}
A64_LIFTER(ldaxp);

/* ---- store-exclusive --------------------------------------------------------------------- */

/*
 * A store-exclusive under way: whether its address is the monitor's, and where the
 * compare-and-swap goes.
 */
struct store_exclusive {
	ir_ref wrong_address; /* I64, 0 or 1 */
	ir_ref target;
};

static struct store_exclusive
begin_store_exclusive(struct lift *l, unsigned rn, unsigned size)
{
	ir_ref address = aligned_address(l, rn, size);
	ir_ref monitor = ir_get(l, I64, A64_SLOT_EXCLUSIVE_ADDRESS);
	ir_ref flags = ir_flags_sub(l, I64, address, monitor);
	ir_ref scratch = ir_state_address(l, A64_SLOT_SCRATCH);

	return (struct store_exclusive){
		.wrong_address = ir_condition(l, I64, IR_NE, flags),
		.target = ir_select(l, I64, IR_EQ, flags, address, scratch),
	};
}

/*
 * Ws = 1 if the address was wrong or `flags` (of old and expected value) say that they differ; the
 * monitor is open no more.
 */
static void
end_store_exclusive(struct lift *l, struct store_exclusive s, unsigned rs, ir_ref flags)
{
	ir_ref changed = ir_condition(l, I64, IR_NE, flags);

	ir_put(l, A64_SLOT_EXCLUSIVE_ADDRESS, ir_const(l, I64, A64_NO_EXCLUSIVE));
	put_gpr(l, I64, rs, ir_or(l, I64, s.wrong_address, changed));
}

static void
store_exclusive(struct lift *l, unsigned size, unsigned rs, unsigned rt, unsigned rn)
{
	struct store_exclusive s = begin_store_exclusive(l, rn, size);
	ir_ref expected = ir_get(l, I64, A64_SLOT_EXCLUSIVE_LOW);
	ir_ref old = ir_compare_swap(l, I64, size, s.target, expected, get_gpr(l, I64, rt));

	end_store_exclusive(l, s, rs, ir_flags_sub(l, I64, old, expected));
}

/* STXR, STXRB, STXRH. The compare-and-swap is acquire-release in any case. */
static void
lift_stxr(struct lift *l, const struct a64_stxr *d)
{
	store_exclusive(l, d->size, d->rs, d->rt, d->rn);
}
A64_LIFTER(stxr);

/* STLXR, STLXRB, STLXRH. */
static void
lift_stlxr(struct lift *l, const struct a64_stlxr *d)
{
	store_exclusive(l, d->size, d->rs, d->rt, d->rn);
}
A64_LIFTER(stlxr);

static void
store_exclusive_pair_64(struct lift *l, unsigned rs, unsigned rt, unsigned rt2, unsigned rn)
{
	struct store_exclusive s = begin_store_exclusive(l, rn, LOG2_PAIR);
	ir_ref low = ir_get(l, I64, A64_SLOT_EXCLUSIVE_LOW);
	ir_ref high = ir_get(l, I64, A64_SLOT_EXCLUSIVE_HIGH);
	ir_ref new = join_64(l, get_gpr(l, I64, rt), get_gpr(l, I64, rt2));
	ir_ref old = ir_compare_swap(l, V128, LOG2_PAIR, s.target, join_64(l, low, high), new);
	ir_ref low_difference = ir_xor(l, I64, half_64(l, old, 0), low);
	ir_ref high_difference = ir_xor(l, I64, half_64(l, old, 1), high);

	end_store_exclusive(l, s, rs,
		ir_flags_sub(l, I64, ir_or(l, I64, low_difference, high_difference),
			ir_const(l, I64, 0)));
}

static void
store_exclusive_pair(
	struct lift *l, unsigned sz, unsigned rs, unsigned rt, unsigned rt2, unsigned rn)
{
	struct store_exclusive s;
	ir_ref expected, old;

	if (sz) {
		store_exclusive_pair_64(l, rs, rt, rt2, rn);
		return;
	}
	s = begin_store_exclusive(l, rn, 3);
	expected = ir_get(l, I64, A64_SLOT_EXCLUSIVE_LOW);
	old = ir_compare_swap(l, I64, 3, s.target, expected, join_32(l, rt, rt2));
	end_store_exclusive(l, s, rs, ir_flags_sub(l, I64, old, expected));
}

/* STXP. */
static void
lift_stxp(struct lift *l, const struct a64_stxp *d)
{
	store_exclusive_pair(l, d->sz, d->rs, d->rt, d->rt2, d->rn);
}
A64_LIFTER(stxp);

/* STLXP. */
static void
lift_stlxp(struct lift *l, const struct a64_stlxp *d)
{
	store_exclusive_pair(l, d->sz, d->rs, d->rt, d->rt2, d->rn);
}
A64_LIFTER(stlxp);

/* ---- ordered ----------------------------------------------------------------------------- */

/* STLR, STLRB, STLRH. */
static void
lift_stlr(struct lift *l, const struct a64_stlr *d)
{
	ir_ref address = aligned_address(l, d->rn, d->size);

	ir_store(l, d->size | IR_MEM_RELEASE, address, get_gpr(l, d->size == 3 ? I64 : I32, d->rt));
}
A64_LIFTER(stlr);

/* LDAR, LDARB, LDARH. */
static void
lift_ldar(struct lift *l, const struct a64_ldar *d)
{
	ir_ref address = aligned_address(l, d->rn, d->size);

	put_gpr(l, I64, d->rt, ir_load(l, I64, d->size | IR_MEM_ACQUIRE, address));
}
A64_LIFTER(ldar);

/* ---- compare and swap -------------------------------------------------------------------- */

/* CAS and its forms: Xs = old value; stored if it was Xs. Always acquire-release. */
static void
lift_cas(struct lift *l, const struct a64_cas *d)
{
	ir_ref address = aligned_address(l, d->rn, d->size);
	ir_ref expected = get_gpr(l, I64, d->rs), new = get_gpr(l, I64, d->rt);

	put_gpr(l, I64, d->rs, ir_compare_swap(l, I64, d->size, address, expected, new));
}
A64_LIFTER(cas);

/* CASP and its forms: the same with register pairs. */
static void
lift_casp(struct lift *l, const struct a64_casp *d)
{
	unsigned size = d->sz ? LOG2_PAIR : 3;
	ir_ref address = aligned_address(l, d->rn, size);
	ir_ref expected, new;

	/* The registers are even, so the second of a pair is at most 31. */
	if (d->sz) {
		expected = join_64(l, get_gpr(l, I64, d->rs), get_gpr(l, I64, d->rs + 1));
		new = join_64(l, get_gpr(l, I64, d->rt), get_gpr(l, I64, d->rt + 1));
		put_pair_64(l, d->rs, d->rs + 1,
			ir_compare_swap(l, V128, size, address, expected, new));
	} else {
		expected = join_32(l, d->rs, d->rs + 1);
		new = join_32(l, d->rt, d->rt + 1);
		put_pair_32(
			l, d->rs, d->rs + 1, ir_compare_swap(l, I64, size, address, expected, new));
	}
}
A64_LIFTER(casp);

/* ---- atomic memory operations ------------------------------------------------------------ */

/* Xt = old value; memory = old op Xs. ST<op> is the form with Xt = XZR. Always acquire-release. */
#define ATOMIC(row, operation)                                                        \
	static void lift_##row(struct lift *l, const struct a64_##row *d)             \
	{                                                                             \
		ir_ref address = aligned_address(l, d->rn, d->size);                  \
		ir_ref operand = get_gpr(l, I64, d->rs);                              \
		unsigned aux = d->size | (operation) << 8;                            \
                                                                                      \
		put_gpr(l, I64, d->rt, ir_atomic_rmw(l, I64, aux, address, operand)); \
	}                                                                             \
	A64_LIFTER(row)

ATOMIC(ldadd, IR_RMW_ADD);
ATOMIC(ldclr, IR_RMW_ANDN);
ATOMIC(ldeor, IR_RMW_XOR);
ATOMIC(ldset, IR_RMW_OR);
ATOMIC(ldsmax, IR_RMW_SMAX);
ATOMIC(ldsmin, IR_RMW_SMIN);
ATOMIC(ldumax, IR_RMW_UMAX);
ATOMIC(ldumin, IR_RMW_UMIN);
ATOMIC(swp, IR_RMW_SWAP);
