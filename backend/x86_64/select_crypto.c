// SPDX-License-Identifier: Apache-2.0
// Selectors of the cryptographic operations: AES-NI, PCLMULQDQ and SHA-NI do what the Arm
// instructions do, with the work of a round cut differently.
#include "backend/x86_64/select_vector.h"
#include "ir/vector_helpers.h"

/* ---- AES ------------------------------------------------------------------------------------ */

/*
 * Arm's AESE is AddRoundKey, ShiftRows, SubBytes and AESMC is MixColumns; x86's aesenc is
 * ShiftRows, SubBytes, MixColumns, AddRoundKey. So a guest's rounds
 *
 *	s1 = aese(s0, k0)  s2 = aesmc(s1)          s3 = aese(s2, k1)  s4 = aesmc(s3) ...
 *
 * become
 *
 *	s1' = s0 ^ k0      s2' = aesenc(s1', k1)                      s4' = aesenc(s2', k2) ...
 *
 * where a value with an accent is in the register of the value without. That is allowed where only
 * the next step of the chain knows the value: an aese of which only the aesmc right behind it knows
 * ("deferred": a ^ b is in its place), and an aesmc of which only one aese behind it knows, whose
 * key exists already, or is a register's content at the unit's beginning ("keyed": the aese's
 * AddRoundKey is done). Decryption is alike, with aesd, aesimc and aesdec. The exclusive or that is
 * saved would be as slow as the rest of the round, by what it costs to get from one to the other.
 */
#define MAX_KEYED_DISTANCE 100

static enum ir_op
mix_op_of(enum ir_op sub_op)
{
	return sub_op == IR_aese ? IR_aesmc : IR_aesimc;
}

static bool
is_deferred(const struct compiler *c, ir_ref ref)
{
	enum ir_op op = (enum ir_op)c->u->insns[ref].op;
	ir_ref next = ref + 1;

	if ((op != IR_aese && op != IR_aesd) || c->values[ref].uses != 1)
		return false;
	while (next < c->u->count && c->u->insns[next].op == IR_guest_pc)
		next++;
	return next < c->u->count && c->u->insns[next].op == mix_op_of(op) &&
	       canon(c, c->u->insns[next].a) == ref;
}

/* Whether the value `ref` can be had at instruction `at`: a slot's first get may be done early. */
static bool
exists_at(const struct compiler *c, ir_ref ref, ir_ref at)
{
	if (ref < at)
		return true;
	if (c->u->insns[ref].op != IR_get)
		return false;
	for (ir_ref k = at; k < ref; k++)
		if (c->u->insns[k].op == IR_runtime_call)
			return false;
	return true;
}

/* Whether `state` is the keyed operand of the aese (aesd) `ref`, whose other operand is `key`. */
static bool
is_keyed_by(const struct compiler *c, ir_ref ref, ir_ref state, ir_ref key)
{
	const struct ir_insn *in = &c->u->insns[state];

	return in->op == mix_op_of((enum ir_op)c->u->insns[ref].op) && c->values[state].uses == 1 &&
	       ref - state <= MAX_KEYED_DISTANCE && is_deferred(c, canon(c, in->a)) &&
	       exists_at(c, key, state);
}

/* The keyed operand of the aese (aesd) `ref`, or IR_NONE; *key is the other operand. */
static ir_ref
keyed_operand(const struct compiler *c, ir_ref ref, ir_ref *key)
{
	ir_ref a = canon(c, c->u->insns[ref].a), b = canon(c, c->u->insns[ref].b);

	*key = b;
	if (is_keyed_by(c, ref, a, b))
		return a;
	*key = a;
	return is_keyed_by(c, ref, b, a) ? b : IR_NONE;
}

/* The key that the aesmc (aesimc) `ref` is to add, or IR_NONE. */
static ir_ref
key_of_next_round(const struct compiler *c, ir_ref ref)
{
	enum ir_op sub_op = c->u->insns[ref].op == IR_aesmc ? IR_aese : IR_aesd;
	ir_ref key;

	for (ir_ref u = ref + 1; u < c->u->count && u - ref <= MAX_KEYED_DISTANCE; u++) {
		const struct ir_insn *in = &c->u->insns[u];

		if (in->op == sub_op && (canon(c, in->a) == ref || canon(c, in->b) == ref))
			return keyed_operand(c, u, &key) == ref ? key : IR_NONE;
	}
	return IR_NONE;
}

/* aese and aesd; `last` is the x86 instruction of a round without MixColumns. */
static void
select_sub_bytes(struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_vector_op last)
{
	ir_ref key, keyed = keyed_operand(c, i, &key);
	host_reg t, zero;

	keep_eflags(c);
	if (is_deferred(c, i)) {
		if (keyed == IR_NONE)
			select_vector_binary(c, i, in, X86_VPXOR, true);
		else
			def_vec_from(c, i, keyed);
		return;
	}
	if (keyed != IR_NONE) {
		t = use_vec(c, keyed);
	} else {
		struct vector_operand b = vector_operand(c, in->b);
		host_reg a = use_vec(c, in->a);

		t = temp_vec(c);
		vec_rro(c, X86_VPXOR, t, a, b);
	}
	zero = temp_vec(c);
	vec_zero(c, zero);
	vec_rrr(c, last, def_vec_over(c, i), t, zero);
}

void
select_aese(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_sub_bytes(c, i, in, X86_VAESENCLAST);
}

void
select_aesd(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_sub_bytes(c, i, in, X86_VAESDECLAST);
}

/* aesmc and aesimc behind a deferred aese or aesd: all of a round by one instruction. */
static void
select_round(struct compiler *c, ir_ref i, const struct ir_insn *in, enum x86_vector_op op)
{
	ir_ref key = key_of_next_round(c, i);
	struct vector_operand added = { .in_memory = false };
	host_reg a;

	if (key != IR_NONE && key > i)
		select_get_early(c, key);
	if (key != IR_NONE)
		added = vector_operand(c, key);
	a = use_vec(c, in->a);
	if (key == IR_NONE) {
		added.reg = temp_vec(c);
		vec_zero(c, added.reg);
	}
	vec_rro(c, op, def_vec_over(c, i), a, added);
}

/* MixColumns alone: aesenc after what undoes its other steps. */
void
select_aesmc(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	host_reg a, zero, t;

	keep_eflags(c);
	if (is_deferred(c, canon(c, in->a))) {
		select_round(c, i, in, X86_VAESENC);
		return;
	}
	a = use_vec(c, in->a);
	zero = temp_vec(c);
	t = temp_vec(c);
	vec_zero(c, zero);
	vec_rrr(c, X86_VAESDECLAST, t, a, zero);
	vec_rrr(c, X86_VAESENC, def_vec_over(c, i), t, zero);
}

void
select_aesimc(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	keep_eflags(c);
	if (is_deferred(c, canon(c, in->a)))
		select_round(c, i, in, X86_VAESDEC);
	else
		select_vector_unary(c, i, in, X86_VAESIMC);
}

void
select_pmull64(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	struct vector_operand b = vector_operand(c, in->b);
	host_reg a = use_vec(c, in->a);

	vec_rroi(c, X86_VPCLMULQDQ, def_vec_over(c, i), a, b, 0);
	keep_eflags(c);
}

/* ---- SHA-256 -------------------------------------------------------------------------------- */

/* Without SHA-NI: the same C function that the interpreter uses. */
static void
call_sha_helper(struct compiler *c, ir_ref i, const struct ir_insn *in, unsigned helper)
{
	const ir_ref operands[3] = { in->a, in->b, in->c };

	claim(c, X86_RAX);
	for (unsigned k = 0; k < 3 && operands[k] != IR_NONE; k++)
		x86_vec_mr(&c->w, X86_VMOVAPS, helper_argument(k), XMM(use_vec(c, operands[k])));
	emit_helper_call(c, helper, helper_imm(HELPER_VECTOR128, 0, 0));
	x86_vec_rm(&c->w, X86_VMOVAPS, XMM(def_vec_over(c, i)), helper_argument(3));
}

/* The words that sha256_low (0x11) and sha256_high (0xbb) take. */
static void
select_sha256_order(struct compiler *c, ir_ref i, const struct ir_insn *in, unsigned words)
{
	struct vector_operand a = vector_operand(c, in->a);
	host_reg b = use_vec(c, in->b);

	vec_rroi(c, X86_VSHUFPS, def_vec_over(c, i), b, a, words);
	keep_eflags(c);
}

void
select_sha256_low(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_sha256_order(c, i, in, 0x11);
}

void
select_sha256_high(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	select_sha256_order(c, i, in, 0xbb);
}

/* The instruction takes its words from xmm0. */
void
select_sha256_rounds2(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	host_reg words, abef, dst;

	if (!host_features.sha) {
		call_sha_helper(c, i, in, HELPER_sha256rounds2);
		return;
	}
	claim(c, REG_XMM);
	words = use_vec(c, in->c);
	abef = use_vec(c, in->b);
	dst = def_vec_from(c, i, in->a);
	vec_ro(c, X86_VMOVAPS, REG_XMM, in_register(words));
	vec_ro(c, X86_SHA256RNDS2, dst, in_register(abef));
	keep_eflags(c);
}

void
select_sha256su0(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	host_reg b;

	if (!host_features.sha) {
		call_sha_helper(c, i, in, HELPER_sha256su0);
		return;
	}
	b = use_vec(c, in->b);
	vec_ro(c, X86_SHA256MSG1, def_vec_from(c, i, in->a), in_register(b));
	keep_eflags(c);
}

/* sha256msg2 adds the sigma terms to a + the words of c:b from b's second one on. */
void
select_sha256su1(struct compiler *c, ir_ref i, const struct ir_insn *in)
{
	host_reg a, b, words, dst;

	if (!host_features.sha) {
		call_sha_helper(c, i, in, HELPER_sha256su1);
		return;
	}
	a = use_vec(c, in->a);
	b = use_vec(c, in->b);
	words = use_vec(c, in->c);
	dst = def_vec(c, i);
	vec_rroi(c, X86_VPALIGNR, dst, words, in_register(b), 4);
	vec_rrr(c, X86_VPADDD, dst, dst, a);
	vec_ro(c, X86_SHA256MSG2, dst, in_register(words));
	keep_eflags(c);
}
