// SPDX-License-Identifier: Apache-2.0
// Lifters of the floating-point rows of "Advanced SIMD three same", "vector x indexed element", "scalar pairwise" and
// "across lanes", and of their scalar forms. Arm ARM C4.1.6.
#include "frontend/a64/lift_fp.h"

/* ---- lane by lane ---------------------------------------------------------------------------------------- */

static void
vector(struct lift *l, unsigned Q, unsigned sz, fp_op2 *op, unsigned rd, ir_ref a, ir_ref b)
{
	simd_put(l, simd_shape(Q), rd, op(l, V128, fp_lane(sz), a, b));
}

#define VECTOR(row, op)                                                     \
	static void lift_##row(struct lift *l, const struct a64_##row *d)   \
	{                                                                   \
		vector(l, d->Q, d->sz, op, d->rd, fp_get_v(l, d->Q, d->rn), \
			fp_get_v(l, d->Q, d->rm));                          \
	}                                                                   \
	A64_LIFTER(row)
#define SCALAR(row, op)                                                               \
	static void lift_##row(struct lift *l, const struct a64_##row *d)             \
	{                                                                             \
		enum ir_type t = fp_type(d->sz);                                      \
                                                                                      \
		put_v(l, d->rd, op(l, t, 0, get_f(l, t, d->rn), get_f(l, t, d->rm))); \
	}                                                                             \
	A64_LIFTER(row)

/* FABD clears the sign of a NaN too. */
static ir_ref
absolute_difference(struct lift *l, enum ir_type t, unsigned aux, ir_ref a, ir_ref b)
{
	return ir_fabs(l, t, aux, ir_fsub(l, t, aux, a, b));
}

VECTOR(fadd_vec, ir_fadd);
VECTOR(fsub_vec, ir_fsub);
VECTOR(fmul_vec, ir_fmul);
VECTOR(fmax_vec, ir_fmax);
VECTOR(fmin_vec, ir_fmin);
VECTOR(fmaxnm_vec, ir_fmaxnm);
VECTOR(fminnm_vec, ir_fminnm);
VECTOR(fabd_vec, absolute_difference);
SCALAR(fabd_scalar, absolute_difference);

/* The upper lanes of a 64-bit form divide zero by one. */
static void
lift_fdiv_vec(struct lift *l, const struct a64_fdiv_vec *d)
{
	ir_ref divisor = get_v(l, d->rm);

	if (!d->Q)
		divisor = ir_vcombine(l, divisor, simd_constant(l, 2, 0x3f800000));
	vector(l, d->Q, d->sz, ir_fdiv, d->rd, fp_get_v(l, d->Q, d->rn), divisor);
}
A64_LIFTER(fdiv_vec);

/* ---- fused multiply-add into Vd -------------------------------------------------------------------------- */

#define FUSED(row, aux)                                                                   \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                 \
	{                                                                                 \
		simd_put(l, simd_shape(d->Q), d->rd,                                      \
			ir_fma(l, V128, fp_lane(d->sz) | (aux), fp_get_v(l, d->Q, d->rn), \
				fp_get_v(l, d->Q, d->rm), fp_get_v(l, d->Q, d->rd)));     \
	}                                                                                 \
	A64_LIFTER(row)

FUSED(fmla_vec, 0);
FUSED(fmls_vec, IR_FP_NEGATE_PRODUCT);

/* ---- by element ------------------------------------------------------------------------------------------ */

#define ELEMENT_OF(d) fp_element(l, (d)->sz, (d)->H, (d)->L, (d)->M << 4 | (d)->rm)

/* The element in all lanes that the form has. */
static ir_ref
element_lanes(struct lift *l, unsigned Q, ir_ref element)
{
	return Q ? element : ir_vlow(l, element);
}

static ir_ref
element_scalar(struct lift *l, unsigned sz, ir_ref element)
{
	return ir_f_from_v(l, fp_type(sz), element);
}

#define FUSED_ELEMENT(row, aux)                                                                \
	static void lift_##row##_elem(struct lift *l, const struct a64_##row##_elem *d)        \
	{                                                                                      \
		ir_ref m = element_lanes(l, d->Q, ELEMENT_OF(d));                              \
                                                                                               \
		simd_put(l, simd_shape(d->Q), d->rd,                                           \
			ir_fma(l, V128, fp_lane(d->sz) | (aux), fp_get_v(l, d->Q, d->rn), m,   \
				fp_get_v(l, d->Q, d->rd)));                                    \
	}                                                                                      \
	A64_LIFTER(row##_elem);                                                                \
	static void lift_##row##_elem_scalar(                                                  \
		struct lift *l, const struct a64_##row##_elem_scalar *d)                       \
	{                                                                                      \
		enum ir_type t = fp_type(d->sz);                                               \
		ir_ref m = element_scalar(l, d->sz, ELEMENT_OF(d));                            \
                                                                                               \
		put_v(l, d->rd, ir_fma(l, t, aux, get_f(l, t, d->rn), m, get_f(l, t, d->rd))); \
	}                                                                                      \
	A64_LIFTER(row##_elem_scalar)

FUSED_ELEMENT(fmla, 0);
FUSED_ELEMENT(fmls, IR_FP_NEGATE_PRODUCT);

static void
lift_fmul_elem(struct lift *l, const struct a64_fmul_elem *d)
{
	vector(l, d->Q, d->sz, ir_fmul, d->rd, fp_get_v(l, d->Q, d->rn),
		element_lanes(l, d->Q, ELEMENT_OF(d)));
}
A64_LIFTER(fmul_elem);

static void
lift_fmul_elem_scalar(struct lift *l, const struct a64_fmul_elem_scalar *d)
{
	enum ir_type t = fp_type(d->sz);

	put_v(l, d->rd,
		ir_fmul(l, t, 0, get_f(l, t, d->rn), element_scalar(l, d->sz, ELEMENT_OF(d))));
}
A64_LIFTER(fmul_elem_scalar);

/* ---- by helpers: FMULX, FRECPS, FRSQRTS ------------------------------------------------------------------ */

static void
call2(struct lift *l, enum vector_helper helper, enum helper_shape shape, unsigned sz, unsigned rd,
	ir_ref a, ir_ref b)
{
	put_v(l, rd, simd_helper(l, helper, fp_helper_imm(l, shape, sz), a, b, IR_NONE));
}

#define HELPER_ROWS(name)                                                                     \
	static void lift_##name##_vec(struct lift *l, const struct a64_##name##_vec *d)       \
	{                                                                                     \
		call2(l, HELPER_##name, simd_shape(d->Q), d->sz, d->rd, get_v(l, d->rn),      \
			get_v(l, d->rm));                                                     \
	}                                                                                     \
	A64_LIFTER(name##_vec);                                                               \
	static void lift_##name##_scalar(struct lift *l, const struct a64_##name##_scalar *d) \
	{                                                                                     \
		call2(l, HELPER_##name, HELPER_SCALAR, d->sz, d->rd, get_v(l, d->rn),         \
			get_v(l, d->rm));                                                     \
	}                                                                                     \
	A64_LIFTER(name##_scalar)

HELPER_ROWS(fmulx);
HELPER_ROWS(frecps);
HELPER_ROWS(frsqrts);

static void
lift_fmulx_elem(struct lift *l, const struct a64_fmulx_elem *d)
{
	call2(l, HELPER_fmulx, simd_shape(d->Q), d->sz, d->rd, get_v(l, d->rn), ELEMENT_OF(d));
}
A64_LIFTER(fmulx_elem);

static void
lift_fmulx_elem_scalar(struct lift *l, const struct a64_fmulx_elem_scalar *d)
{
	call2(l, HELPER_fmulx, HELPER_SCALAR, d->sz, d->rd, get_v(l, d->rn), ELEMENT_OF(d));
}
A64_LIFTER(fmulx_elem_scalar);

/* ---- comparison ------------------------------------------------------------------------------------------ */

static ir_ref
equal(struct lift *l, enum ir_type t, unsigned aux, ir_ref a, ir_ref b)
{
	(void)t;
	return ir_vfcmp(l, aux | IR_FP_COMPARE_EQ << 8, a, b);
}

static ir_ref
greater_equal(struct lift *l, enum ir_type t, unsigned aux, ir_ref a, ir_ref b)
{
	(void)t;
	return ir_vfcmp(l, aux | IR_FP_COMPARE_GE << 8, a, b);
}

static ir_ref
greater(struct lift *l, enum ir_type t, unsigned aux, ir_ref a, ir_ref b)
{
	(void)t;
	return ir_vfcmp(l, aux | IR_FP_COMPARE_GT << 8, a, b);
}

static ir_ref
absolute_greater_equal(struct lift *l, enum ir_type t, unsigned aux, ir_ref a, ir_ref b)
{
	return greater_equal(l, t, aux, ir_fabs(l, t, aux, a), ir_fabs(l, t, aux, b));
}

static ir_ref
absolute_greater(struct lift *l, enum ir_type t, unsigned aux, ir_ref a, ir_ref b)
{
	return greater(l, t, aux, ir_fabs(l, t, aux, a), ir_fabs(l, t, aux, b));
}

VECTOR(fcmeq_vec, equal);
VECTOR(fcmge_vec, greater_equal);
VECTOR(fcmgt_vec, greater);
VECTOR(facge_vec, absolute_greater_equal);
VECTOR(facgt_vec, absolute_greater);

/* A scalar as a vector of which the rest is zero. */
static ir_ref
only_lane(struct lift *l, unsigned sz, unsigned r)
{
	return ir_v_from_f(l, get_f(l, fp_type(sz), r));
}

/* Sd or Dd := lane 0 of the mask. */
static void
put_mask(struct lift *l, unsigned sz, unsigned rd, ir_ref mask)
{
	put_v(l, rd, ir_f_from_v(l, fp_type(sz), mask));
}

#define SCALAR_COMPARE(row, op)                                                 \
	static void lift_##row(struct lift *l, const struct a64_##row *d)       \
	{                                                                       \
		put_mask(l, d->sz, d->rd,                                       \
			op(l, V128, fp_lane(d->sz), only_lane(l, d->sz, d->rn), \
				only_lane(l, d->sz, d->rm)));                   \
	}                                                                       \
	A64_LIFTER(row)

SCALAR_COMPARE(fcmeq_scalar, equal);
SCALAR_COMPARE(fcmge_scalar, greater_equal);
SCALAR_COMPARE(fcmgt_scalar, greater);
SCALAR_COMPARE(facge_scalar, absolute_greater_equal);
SCALAR_COMPARE(facgt_scalar, absolute_greater);

/* With zero; `swapped` for "less" forms: 0 op x. */
#define ZERO_COMPARE(row, op, swapped)                                                            \
	static void lift_##row##_vec(struct lift *l, const struct a64_##row##_vec *d)             \
	{                                                                                         \
		ir_ref x = fp_get_v(l, d->Q, d->rn), zero = simd_constant(l, 3, 0);               \
                                                                                                  \
		vector(l, d->Q, d->sz, op, d->rd, (swapped) ? zero : x, (swapped) ? x : zero);    \
	}                                                                                         \
	A64_LIFTER(row##_vec);                                                                    \
	static void lift_##row##_scalar(struct lift *l, const struct a64_##row##_scalar *d)       \
	{                                                                                         \
		ir_ref x = only_lane(l, d->sz, d->rn), zero = simd_constant(l, 3, 0);             \
                                                                                                  \
		put_mask(l, d->sz, d->rd,                                                         \
			op(l, V128, fp_lane(d->sz), (swapped) ? zero : x, (swapped) ? x : zero)); \
	}                                                                                         \
	A64_LIFTER(row##_scalar)

ZERO_COMPARE(fcmgt_zero, greater, false);
ZERO_COMPARE(fcmeq_zero, equal, false);
ZERO_COMPARE(fcmlt_zero, greater, true);
ZERO_COMPARE(fcmge_zero, greater_equal, false);
ZERO_COMPARE(fcmle_zero, greater_equal, true);

/* ---- pairs of lanes, across lanes ------------------------------------------------------------------------ */

/* Pairs of Vn, then of Vm; the 64-bit form computes them twice. */
#define PAIRWISE(name, op)                                                                      \
	static void lift_##name##p_vec(struct lift *l, const struct a64_##name##p_vec *d)       \
	{                                                                                       \
		unsigned lane = fp_lane(d->sz);                                                 \
		ir_ref a = get_v(l, d->rn), b = get_v(l, d->rm);                                \
                                                                                                \
		if (!d->Q)                                                                      \
			a = b = ir_vcombine(l, a, b);                                           \
		vector(l, d->Q, d->sz, op, d->rd, ir_vuzp1(l, lane, a, b),                      \
			ir_vuzp2(l, lane, a, b));                                               \
	}                                                                                       \
	A64_LIFTER(name##p_vec);                                                                \
	static void lift_##name##p_scalar(struct lift *l, const struct a64_##name##p_scalar *d) \
	{                                                                                       \
		enum ir_type t = fp_type(d->sz);                                                \
		ir_ref second = ir_vdup_lane(l, fp_lane(d->sz) | 1 << 8, get_v(l, d->rn));      \
                                                                                                \
		put_v(l, d->rd, op(l, t, 0, get_f(l, t, d->rn), ir_f_from_v(l, t, second)));    \
	}                                                                                       \
	A64_LIFTER(name##p_scalar)

PAIRWISE(fadd, ir_fadd);
PAIRWISE(fmax, ir_fmax);
PAIRWISE(fmin, ir_fmin);
PAIRWISE(fmaxnm, ir_fmaxnm);
PAIRWISE(fminnm, ir_fminnm);

/* Four singles. */
#define ACROSS(row)                                                                           \
	static void lift_##row(struct lift *l, const struct a64_##row *d)                     \
	{                                                                                     \
		call2(l, HELPER_##row, HELPER_VECTOR128, 0, d->rd, get_v(l, d->rn), IR_NONE); \
	}                                                                                     \
	A64_LIFTER(row)

ACROSS(fmaxnmv);
ACROSS(fmaxv);
ACROSS(fminnmv);
ACROSS(fminv);
