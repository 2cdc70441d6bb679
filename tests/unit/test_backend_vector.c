// SPDX-License-Identifier: Apache-2.0
// Compiled vector integer operations, moves between register classes and cryptography against the
// interpreter: every operation with every lane size and number, on operands in registers, in high
// homes, in memory and spilled, with results that replace an operand, and with flags that live
// across it.
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "backend/backend.h"
#include "backend/x86_64/compiler.h"
#include "ir/interpret.h"

/* ---- a guest with slots in registers, in high homes and in memory --------------------------- */

#define X_COUNT      16
#define V_COUNT      36
#define FLAGS_SLOT   (X_COUNT + V_COUNT)
#define SLOT_COUNT   (FLAGS_SLOT + 1)
#define X_OFFSET     64
#define V_OFFSET     (X_OFFSET + X_COUNT * 8)
#define FLAGS_OFFSET (V_OFFSET + V_COUNT * 16)
#define STATE_END    (FLAGS_OFFSET + 8)
#define TRIALS       24
#define SPACE_SIZE   (4u << 20)

static struct ir_state_slot slots[SLOT_COUNT];
static const struct ir_state_layout layout = { slots, SLOT_COUNT, 0 };
static const struct guest_isa isa = { .name = "test", .layout = &layout };
static struct code_space space;
static uint8_t return_stack[1 << 16] __attribute__((aligned(64)));
static uint64_t seed;

static unsigned
v_slot(unsigned n)
{
	return X_COUNT + n;
}

static uint64_t
next_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed * UINT64_C(0x2545f4914f6cdd1d);
}

static unsigned
pick(unsigned count)
{
	return (unsigned)(next_random() >> 33) % count;
}

/* Executable memory from which the helpers and constants of this program are in reach. */
static uint8_t *
map_near_text(size_t size)
{
	uintptr_t text = (uintptr_t)backend_compile & ~UINT64_C(0xffff);

	for (uintptr_t distance = 16 << 20; distance < 1u << 30; distance += 16 << 20) {
		void *at = mmap((void *)(text - distance), size, PROT_READ | PROT_WRITE | PROT_EXEC,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

		if (at != MAP_FAILED)
			return at;
	}
	return NULL;
}

static void
make_slots(void)
{
	for (unsigned n = 0; n < X_COUNT; n++)
		slots[n] = (struct ir_state_slot){ "x", (uint16_t)(X_OFFSET + n * 8),
			IR_SLOT_INTEGER, (uint8_t)(n + 1) };
	for (unsigned n = 0; n < V_COUNT; n++)
		slots[v_slot(n)] = (struct ir_state_slot){ "v", (uint16_t)(V_OFFSET + n * 16),
			IR_SLOT_VECTOR, (uint8_t)(n + 1) };
	slots[FLAGS_SLOT] = (struct ir_state_slot){ "nzcv", FLAGS_OFFSET, IR_SLOT_FLAGS, 1 };
}

static void
begin_in(uint8_t *memory, size_t size)
{
	char why[200];

	make_slots();
	space = (struct code_space){
		.code = memory,
		.code_end = memory + size / 2,
		.data = memory + size / 2,
		.data_end = memory + size,
	};
	cr_assert(backend_init(&space, &isa, why, sizeof why), "%s", why);
	seed = UINT64_C(0x9e3779b97f4a7c15);
}

static void
set_up(void)
{
	uint8_t *memory = map_near_text(SPACE_SIZE);

	cr_assert_not_null(memory, "no executable memory near the program");
	begin_in(memory, SPACE_SIZE);
}

/* Where constants in this program are out of reach of rip-relative operands. */
static void
set_up_far(void)
{
	uint8_t *memory = mmap((void *)((uintptr_t)backend_compile / 2 & ~UINT64_C(0xffff)),
		SPACE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	cr_assert(memory != MAP_FAILED, "no executable memory");
	begin_in(memory, SPACE_SIZE);
}

/* Only what every host has. */
static void
set_up_plain(void)
{
	set_up();
	host_features.avx512 = host_features.sha = host_features.vaes = host_features.vpclmul =
		false;
	host_features.gfni = host_features.vbmi = host_features.bitalg = false;
}

/* ---- random state --------------------------------------------------------------------------- */

static uint64_t
corner(void)
{
	static const uint64_t corners[] = { 0, UINT64_MAX, UINT64_C(0x8080808080808080),
		UINT64_C(0x7f7f7f7f7f7f7f7f), UINT64_C(0x8000800080008000),
		UINT64_C(0x7fff7fff7fff7fff), UINT64_C(0x8000000080000000),
		UINT64_C(0x7fffffff7fffffff), UINT64_C(0x8000000000000000),
		UINT64_C(0x7fffffffffffffff), UINT64_C(0x0101010101010101), 1,
		UINT64_C(0x0f0e0d0c0b0a0908), UINT64_C(0x1010101010101010),
		UINT64_C(0x00ff00ff00ff00ff), UINT64_C(0xff00ff00ff00ff00) };

	return corners[pick(sizeof corners / sizeof corners[0])];
}

static void
randomize(struct cpu *cpu)
{
	unsigned kind = pick(4);

	for (unsigned offset = X_OFFSET; offset < STATE_END; offset += 8) {
		uint64_t value = next_random();

		if (kind == 1 || (kind == 2 && pick(2)))
			value = corner();
		else if (kind == 3) /* small bytes: table indices, equal lanes */
			value &= UINT64_C(0x1f071f031f011f00);
		memcpy(cpu->guest + offset, &value, 8);
	}
}

/* ---- units ---------------------------------------------------------------------------------- */

/* An operation: its result and operands as letters (v vector, x I64, w I32, s F32, d F64). */
struct form {
	enum ir_op op;
	char result;
	const char *operands;
	unsigned aux;
	int64_t imm;
};

static enum ir_type
type_of_letter(char letter)
{
	switch (letter) {
	case 'x': return I64;
	case 'w': return I32;
	case 's': return F32;
	case 'd': return F64;
	default: return V128;
	}
}

static ir_ref
random_operand(struct lift *l, char letter)
{
	enum ir_type t = type_of_letter(letter);

	if (t == I64 || t == I32)
		return ir_get(l, t, pick(X_COUNT));
	/* a scalar from a whole vector has other bits above it */
	if (t != V128 && pick(2))
		return ir_f_from_v(l, t, ir_get(l, V128, v_slot(pick(V_COUNT))));
	return ir_get(l, t, v_slot(pick(V_COUNT)));
}

/* The operand itself, or a value made from it, so that it may be spilled and is nobody's slot. */
static ir_ref
operand(struct lift *l, char letter, bool computed)
{
	ir_ref r = random_operand(l, letter);

	if (!computed || letter != 'v')
		return r;
	return ir_vadd(l, 3, r, random_operand(l, 'v'));
}

static ir_ref
emit_form(struct lift *l, const struct form *f, bool computed)
{
	ir_ref operands[3] = { IR_NONE, IR_NONE, IR_NONE };

	if (f->op == IR_vconst)
		return ir_vconst(l, f->aux, f->imm);
	for (unsigned k = 0; f->operands[k]; k++)
		operands[k] = k > 0 && f->operands[k] == f->operands[0] && pick(6) == 0
				      ? operands[0]
				      : operand(l, f->operands[k], computed);
	return ir_emit(
		l, f->op, type_of_letter(f->result), f->aux, operands[0], operands[1], operands[2]);
}

static void
put_result(struct lift *l, char letter, ir_ref r)
{
	if (letter == 'w')
		ir_put(l, pick(X_COUNT), ir_zext(l, I64, 32, r));
	else if (letter == 'x')
		ir_put(l, pick(X_COUNT), r);
	else
		ir_put(l, v_slot(pick(V_COUNT)), r);
}

/*
 * Values that live across the operation, flags that live across it, and the operation. The puts at
 * the end may replace its operands.
 */
static void
build(struct lift *l, struct ir_unit *u, const struct form *f)
{
	static const unsigned pressures[] = { 0, 0, 3, 12, 26 };
	unsigned pressure = pressures[pick(5)];
	bool computed = pick(2), with_flags = pick(2);
	ir_ref live[32], flags = IR_NONE, result;

	ir_begin(l, u, &layout, 0x1000, 0);
	for (unsigned k = 0; k < pressure; k++)
		live[k] = ir_vadd(l, 2, ir_get(l, V128, v_slot(pick(V_COUNT))),
			ir_get(l, V128, v_slot(pick(V_COUNT))));
	if (with_flags)
		flags = ir_flags_sub(
			l, I64, ir_get(l, I64, pick(X_COUNT)), ir_get(l, I64, pick(X_COUNT)));
	result = emit_form(l, f, computed);
	if (with_flags)
		ir_put(l, pick(X_COUNT), ir_condition(l, I64, pick(14), flags));
	put_result(l, f->result, result);
	if (pick(3) == 0) /* and once more: the value lives on */
		put_result(l, f->result, result);
	for (unsigned k = 0; k < pressure; k++)
		ir_put(l, v_slot(k), live[k]);
	ir_exit_direct(l, 0x2000);
	ir_finish(l);
}

static void
describe(const struct form *f, const struct ir_unit *u, const struct cpu *before,
	const struct cpu *want, const struct cpu *got)
{
	static char text[1 << 16];

	ir_print(u, text, sizeof text);
	fprintf(stderr, "%s aux %#x:\n%s\n", ir_op_info[f->op].name, f->aux, text);
	for (unsigned offset = X_OFFSET; offset < STATE_END; offset += 8) {
		uint64_t b, w, g;

		memcpy(&b, before->guest + offset, 8);
		memcpy(&w, want->guest + offset, 8);
		memcpy(&g, got->guest + offset, 8);
		if (offset < V_OFFSET)
			fprintf(stderr, "x%u", (offset - X_OFFSET) / 8);
		else
			fprintf(stderr, "v%u.%u", (offset - V_OFFSET) / 16, offset / 8 & 1);
		fprintf(stderr, " was %016lx, interpreted %016lx, compiled %016lx%s\n", b, w, g,
			w == g ? "" : "  <<<");
	}
}

/* Run `u` both ways on the same random state. */
static void
compare(const struct form *f, const struct ir_unit *u)
{
	static const struct ir_interpreter interpreter;
	static struct cpu before, want, got;
	struct code_space free_space = space;
	struct code_unit *unit;
	struct ir_outcome outcome;
	const struct code_exit *taken;
	char why[200];

	cr_assert(ir_verify(u, why, sizeof why), "%s: %s", ir_op_info[f->op].name, why);
	unit = backend_compile(&space, u);
	cr_assert_not_null(unit, "%s aux %#x does not compile", ir_op_info[f->op].name, f->aux);
	for (unsigned k = 0; k < 3; k++) {
		randomize(&before);
		want = got = before;
		outcome = ir_interpret(&interpreter, u, &want);
		backend_init_cpu(&got, return_stack, sizeof return_stack);
		backend_enter(&got, unit);
		cr_assert_eq(got.cold.exit_reason, CPU_EXIT_LINK);
		taken = (const struct code_exit *)got.cold.exit_argument;
		cr_assert_eq(outcome.pc, exit_guest_pc(taken), "%s leaves elsewhere",
			ir_op_info[f->op].name);
		if (memcmp(want.guest + X_OFFSET, got.guest + X_OFFSET, STATE_END - X_OFFSET) !=
			0) {
			describe(f, u, &before, &want, &got);
			cr_assert_fail("%s aux %#x", ir_op_info[f->op].name, f->aux);
		}
	}
	space = free_space;
}

static void
check_aux(enum ir_op op, char result, const char *operands, unsigned aux)
{
	static struct lift l;
	static struct ir_unit u;
	const struct form f = { op, result, operands, aux, 0 };

	for (unsigned trial = 0; trial < TRIALS; trial++) {
		build(&l, &u, &f);
		compare(&f, &u);
	}
}

/* Lanes `first` to `last`. */
static void
check_lanes(enum ir_op op, const char *operands, unsigned first, unsigned last)
{
	for (unsigned lane = first; lane <= last; lane++)
		check_aux(op, 'v', operands, lane);
}

/* ---- the operations ------------------------------------------------------------------------- */

static void
check_logic(void)
{
	static const enum ir_op binary[] = { IR_vand, IR_vor, IR_vxor, IR_vandn, IR_vcombine,
		IR_vtbl };

	for (unsigned k = 0; k < sizeof binary / sizeof binary[0]; k++)
		check_aux(binary[k], 'v', "vv", 0);
	check_aux(IR_vnot, 'v', "v", 0);
	check_aux(IR_vcnt, 'v', "v", 0);
	check_aux(IR_vbsl, 'v', "vvv", 0);
	check_aux(IR_vbsl, 'v', "vvv", 0);
}

static void
check_arithmetic(void)
{
	static const enum ir_op all_lanes[] = { IR_vadd, IR_vsub, IR_vcmpeq, IR_vcmpgts, IR_vcmpges,
		IR_vcmpgtu, IR_vcmpgeu, IR_vcmptst, IR_vmins, IR_vminu, IR_vmaxs, IR_vmaxu,
		IR_vaddp };
	static const enum ir_op two_lanes[] = { IR_vaddsats, IR_vaddsatu, IR_vsubsats, IR_vsubsatu,
		IR_vavgu };

	for (unsigned k = 0; k < sizeof all_lanes / sizeof all_lanes[0]; k++)
		check_lanes(all_lanes[k], "vv", 0, 3);
	for (unsigned k = 0; k < sizeof two_lanes / sizeof two_lanes[0]; k++)
		check_lanes(two_lanes[k], "vv", 0, 1);
	check_lanes(IR_vneg, "v", 0, 3);
	check_lanes(IR_vabs, "v", 0, 3);
	check_lanes(IR_vaddv, "v", 0, 3);
	check_lanes(IR_vmaxvu, "v", 0, 2);
	check_lanes(IR_vminvu, "v", 0, 2);
	check_lanes(IR_vpmaxu, "vv", 0, 2);
	check_lanes(IR_vpminu, "vv", 0, 2);
	check_lanes(IR_vmul, "vv", 0, 2);
	check_lanes(IR_vmullu, "vv", 0, 2);
	check_lanes(IR_vmulls, "vv", 0, 2);
}

static void
check_shifts(void)
{
	for (unsigned lane = 0; lane < 4; lane++)
		for (unsigned count = 0; count <= 8u << lane; count++) {
			if (count < 8u << lane)
				check_aux(IR_vshl_imm, 'v', "v", lane | count << 8);
			if (count == 0)
				continue;
			check_aux(IR_vlshr_imm, 'v', "v", lane | count << 8);
			check_aux(IR_vashr_imm, 'v', "v", lane | count << 8);
		}
}

static void
check_permutations(void)
{
	static const enum ir_op binary[] = { IR_vzip1, IR_vzip2, IR_vuzp1, IR_vuzp2, IR_vtrn1,
		IR_vtrn2 };

	for (unsigned k = 0; k < sizeof binary / sizeof binary[0]; k++)
		check_lanes(binary[k], "vv", 0, 3);
	for (unsigned count = 0; count < 16; count++)
		check_aux(IR_vext, 'v', "vv", count << 8);
	for (unsigned group = 1; group <= 3; group++)
		for (unsigned lane = 0; lane < group; lane++)
			check_aux(IR_vrev, 'v', "v", lane | group << 8);
	check_lanes(IR_vwidens, "v", 0, 2);
	check_lanes(IR_vwidenu, "v", 0, 2);
	check_lanes(IR_vnarrow, "v", 0, 2);
}

static void
check_lane_moves(unsigned lane)
{
	char integer = lane == 3 ? 'x' : 'w';
	const char *inserted = lane == 3 ? "vx" : "vw";

	check_aux(IR_vdup, 'v', lane == 3 ? "x" : "w", lane);
	if (lane < 3)
		check_aux(IR_vdup, 'v', "x", lane);
	for (unsigned index = 0; index < 16u >> lane; index++) {
		check_aux(IR_vdup_lane, 'v', "v", lane | index << 8);
		check_aux(IR_vinsert, 'v', inserted, lane | index << 8);
		check_aux(IR_vextract, integer, "v", lane | index << 8);
		check_aux(IR_vextract, 'x', "v", lane | index << 8);
		check_aux(IR_vextract, 'x', "v", lane | index << 8 | IR_V_SIGNED);
		if (lane < 3)
			check_aux(IR_vextract, 'w', "v", lane | index << 8 | IR_V_SIGNED);
		for (unsigned from = 0; from < 16u >> lane; from++)
			check_aux(IR_vinsert_lane, 'v', "vv", lane | index << 8 | from << 12);
	}
}

static void
check_moves(void)
{
	check_aux(IR_f_from_bits, 's', "w", 0);
	check_aux(IR_f_from_bits, 'd', "x", 0);
	check_aux(IR_bits_from_f, 'w', "s", 0);
	check_aux(IR_bits_from_f, 'x', "d", 0);
	check_aux(IR_v_from_f, 'v', "s", 0);
	check_aux(IR_v_from_f, 'v', "d", 0);
	check_aux(IR_f_from_v, 's', "v", 0);
	check_aux(IR_f_from_v, 'd', "v", 0);
	check_aux(IR_vlow, 'v', "v", 0);
	check_aux(IR_vhigh, 'v', "v", 0);
	for (unsigned lane = 0; lane < 4; lane++)
		check_lane_moves(lane);
}

static void
check_constants(void)
{
	static const int64_t values[] = { 0, -1, 1, 0x0101010101010101, 0x7fffffff,
		(int64_t)0x8000000080000000, (int64_t)0x8000000000000000, 0x123456789abcdef,
		(int64_t)0xffffffff, (int64_t)0xffffffff00000000 };
	static struct lift l;
	static struct ir_unit u;

	for (unsigned k = 0; k < 2 * sizeof values / sizeof values[0]; k++) {
		const struct form f = { IR_vconst, 'v', "", k & 1, values[k / 2] };

		for (unsigned trial = 0; trial < TRIALS; trial++) {
			build(&l, &u, &f);
			compare(&f, &u);
		}
	}
}

static void
check_cryptography(void)
{
	check_aux(IR_aese, 'v', "vv", 0);
	check_aux(IR_aesd, 'v', "vv", 0);
	check_aux(IR_aesmc, 'v', "v", 0);
	check_aux(IR_aesimc, 'v', "v", 0);
	check_aux(IR_pmull64, 'v', "vv", 0);
	check_aux(IR_sha256_low, 'v', "vv", 0);
	check_aux(IR_sha256_high, 'v', "vv", 0);
	check_aux(IR_sha256_rounds2, 'v', "vvv", 0);
	check_aux(IR_sha256su0, 'v', "vv", 0);
	check_aux(IR_sha256su1, 'v', "vvv", 0);
}

static void
check_all(void)
{
	check_logic();
	check_arithmetic();
	check_shifts();
	check_permutations();
	check_moves();
	check_constants();
	check_cryptography();
}

Test(backend_vector, operations, .init = set_up)
{
	check_all();
}

Test(backend_vector, operations_without_extensions, .init = set_up_plain)
{
	check_all();
}

Test(backend_vector, constants_out_of_reach, .init = set_up_far)
{
	const struct x86_writer at = { .at = space.code };

	cr_assert_not(x86_rip_reaches(&at, (const void *)backend_compile));
	check_logic();
	check_arithmetic();
	check_shifts();
	check_permutations();
	check_moves();
}

/* ---- several operations selected as one ----------------------------------------------------- */

/*
 * Rounds of AES as guests write them; sometimes the state between two halves of a round is wanted
 * besides.
 */
static void
build_aes(struct lift *l, struct ir_unit *u, bool decrypt, unsigned rounds)
{
	unsigned early_keys = pick(2) ? 4 : 0;
	ir_ref state, keys[4];

	ir_begin(l, u, &layout, 0x1000, 0);
	state = ir_get(l, V128, v_slot(pick(V_COUNT)));
	for (unsigned k = 0; k < early_keys; k++)
		keys[k] = ir_get(l, V128, v_slot(pick(V_COUNT)));
	for (unsigned k = 0; k < rounds; k++) {
		ir_ref key = early_keys ? keys[pick(early_keys)]
					: ir_get(l, V128, v_slot(pick(V_COUNT)));
		bool exchanged = pick(4) == 0;
		ir_ref a = exchanged ? key : state, b = exchanged ? state : key;

		state = decrypt ? ir_aesd(l, a, b) : ir_aese(l, a, b);
		if (pick(5) == 0)
			ir_put(l, v_slot(pick(V_COUNT)), state);
		if (pick(6) == 0)
			continue;
		if (pick(8) == 0)
			state = ir_vadd(l, 0, state, key);
		state = decrypt ? ir_aesimc(l, state) : ir_aesmc(l, state);
		if (pick(6) == 0)
			ir_put(l, v_slot(pick(V_COUNT)), state);
	}
	ir_put(l, v_slot(pick(V_COUNT)), state);
	ir_exit_direct(l, 0x2000);
	ir_finish(l);
}

static void
check_aes_rounds(void)
{
	static struct lift l;
	static struct ir_unit u;

	for (unsigned trial = 0; trial < 1000; trial++) {
		bool decrypt = trial & 1;
		const struct form f = { decrypt ? IR_aesd : IR_aese, 'v', "vv", 0, 0 };

		build_aes(&l, &u, decrypt, 1 + pick(12));
		compare(&f, &u);
	}
}

Test(backend_vector, aes_rounds, .init = set_up)
{
	check_aes_rounds();
}

/* What SHA256H and SHA256H2 are lifted to. */
static ir_ref
sha256h(struct lift *l, ir_ref abcd, ir_ref efgh, ir_ref words, bool second)
{
	ir_ref abef = ir_sha256_low(l, abcd, efgh), cdgh = ir_sha256_high(l, abcd, efgh);
	ir_ref half = ir_sha256_rounds2(l, cdgh, abef, words);

	abef = ir_sha256_rounds2(l, abef, half, ir_vhigh(l, words));
	return second ? ir_sha256_low(l, half, abef) : ir_sha256_high(l, half, abef);
}

/* SHA256H and SHA256H2 from the same inputs, as every round of the hash has them. */
static void
build_sha(struct lift *l, struct ir_unit *u, unsigned rounds)
{
	ir_ref abcd, efgh, sometimes;

	ir_begin(l, u, &layout, 0x1000, 0);
	sometimes = ir_flags_and(l, I64, ir_get(l, I64, 0), ir_const(l, I64, 4));
	abcd = ir_get(l, V128, v_slot(pick(V_COUNT)));
	efgh = ir_get(l, V128, v_slot(pick(V_COUNT)));
	for (unsigned k = 0; k < rounds; k++) {
		ir_ref words = ir_vadd(l, 2, ir_get(l, V128, v_slot(pick(V_COUNT))),
			ir_get(l, V128, v_slot(pick(V_COUNT))));
		ir_ref next = sha256h(l, abcd, efgh, words, false);

		if (pick(2))
			ir_put(l, v_slot(pick(V_COUNT)), next);
		if (pick(8) == 0)
			ir_put(l, v_slot(pick(V_COUNT)), words);
		if (pick(6) == 0)
			words = ir_vadd(l, 2, words, efgh);
		efgh = pick(8) ? sha256h(l, abcd, efgh, words, true) : ir_vxor(l, efgh, words);
		abcd = next;
		if (pick(2))
			ir_put(l, v_slot(pick(V_COUNT)), efgh);
		if (pick(2)) /* a place at which state may be looked at */
			ir_exit_if(l, IR_EQ, sometimes, 0x3000);
	}
	ir_put(l, v_slot(pick(V_COUNT)), abcd);
	ir_put(l, v_slot(pick(V_COUNT)), efgh);
	ir_exit_direct(l, 0x2000);
	ir_finish(l);
}

static void
check_sha_rounds(void)
{
	static struct lift l;
	static struct ir_unit u;
	const struct form f = { IR_sha256_rounds2, 'v', "vvv", 0, 0 };

	for (unsigned trial = 0; trial < 500; trial++) {
		build_sha(&l, &u, 1 + pick(12));
		compare(&f, &u);
	}
}

Test(backend_vector, sha_rounds, .init = set_up)
{
	check_sha_rounds();
}

Test(backend_vector, sha_rounds_without_extensions, .init = set_up_plain)
{
	check_sha_rounds();
}

/* Many operations in a row, whose values are spilled, replaced and read again. */
static void
build_mixture(struct lift *l, struct ir_unit *u)
{
	static const enum ir_op ops[] = { IR_vand, IR_vor, IR_vxor, IR_vandn, IR_vadd, IR_vsub,
		IR_vmul, IR_vcmpeq, IR_vcmpgts, IR_vcmpges, IR_vcmpgtu, IR_vcmpgeu, IR_vcmptst,
		IR_vmins, IR_vmaxu, IR_vzip1, IR_vzip2, IR_vuzp1, IR_vuzp2, IR_vtrn1, IR_vtrn2,
		IR_vaddp, IR_vtbl, IR_vcombine, IR_vmullu, IR_vmulls, IR_vpmaxu };
	ir_ref values[80];
	unsigned count = 0;

	ir_begin(l, u, &layout, 0x1000, 0);
	while (count < 8)
		values[count++] = ir_get(l, V128, v_slot(pick(V_COUNT)));
	while (count < 80) {
		ir_ref a = values[pick(count)], b = values[pick(count)], d = values[pick(count)];

		if (pick(8) == 0)
			values[count] = ir_vbsl(l, a, b, d);
		else if (pick(8) == 0)
			values[count] =
				ir_vdup(l, pick(4), ir_vextract(l, I64, 3 | pick(2) << 8, a));
		else
			values[count] = ir_emit(l, ops[pick(sizeof ops / sizeof ops[0])], V128,
				pick(3), a, b, IR_NONE);
		if (pick(3) == 0)
			ir_put(l, v_slot(pick(V_COUNT)), values[count]);
		count++;
	}
	ir_exit_direct(l, 0x2000);
	ir_finish(l);
}

static void
check_mixtures(void)
{
	static struct lift l;
	static struct ir_unit u;
	const struct form f = { IR_nop, 'v', "", 0, 0 };

	for (unsigned trial = 0; trial < 2000; trial++) {
		build_mixture(&l, &u);
		compare(&f, &u);
	}
}

Test(backend_vector, mixtures, .init = set_up)
{
	check_mixtures();
}

Test(backend_vector, mixtures_without_extensions, .init = set_up_plain)
{
	check_mixtures();
}
