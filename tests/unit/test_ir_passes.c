// SPDX-License-Identifier: Apache-2.0
// The passes over traces: what each does to a small trace, and that random traces full of accesses to few addresses do the same before and
// after, by the interpreter.
#include "ir/passes.h"
#include "random_unit.h"

static struct generator generator;
static struct compiled_test test;
static struct ir_unit unit, room, before;
static struct lift lift;

static ir_ref
get(unsigned slot)
{
	return ir_get(&lift, I64, slot);
}

static ir_ref
at(ir_ref base, int64_t offset)
{
	return ir_add(&lift, I64, base, ir_const(&lift, I64, offset));
}

static void
begin(void)
{
	ir_begin(&lift, &unit, &a64_layout, 0x1000, 0);
}

/* The trace, ended and gone through all passes, as text. */
static const char *
passed(void)
{
	static char text[1 << 16];

	ir_exit_direct(&lift, 0x2000);
	ir_finish(&lift);
	ir_run_passes(&lift, &unit, &room, NULL);
	ir_print(&unit, text, sizeof(text));
	return text;
}

static unsigned
loads_left(void)
{
	unsigned loads = 0;

	passed();
	for (ir_ref i = 0; i < unit.count; i++)
		loads += unit.insns[i].op == IR_load;
	return loads;
}

Test(ir_passes, loads_take_what_was_stored)
{
	const char *text;

	ir_ref address;

	begin();
	address = at(get(0), 8);
	ir_store(&lift, 3, address, get(1));
	ir_put(&lift, 2, ir_load(&lift, I64, 3, at(get(0), 8)));
	text = passed();
	cr_assert_null(strstr(text, "load"), "%s", text);
	cr_assert_not_null(
		strstr(text, "%3 = get.i64 x1\nstore u64, %2, %3\nput x2, %3\n"), "%s", text);
}

Test(ir_passes, narrow_loads_extend_what_was_stored)
{
	const char *text;

	begin();
	ir_store(&lift, 0, get(0), ir_get(&lift, I32, 1));
	ir_put(&lift, 2, ir_load(&lift, I64, 0 | IR_MEM_SIGNED, get(0)));
	text = passed();
	cr_assert_null(strstr(text, "load"), "%s", text);
	cr_assert_not_null(strstr(text, "sext.i64 #0x8"), "%s", text);
}

Test(ir_passes, equal_loads_and_what_is_made_of_them_are_one)
{
	unsigned sums = 0;

	begin();
	for (unsigned k = 0; k < 2; k++) {
		ir_ref address = at(get(0), 16);

		ir_put(&lift, 2 + k, ir_xor(&lift, I64, ir_load(&lift, I64, 3, address), get(1)));
	}
	cr_assert_eq(loads_left(), 1);
	for (ir_ref i = 0; i < unit.count; i++)
		sums += unit.insns[i].op == IR_xor;
	cr_assert_eq(sums, 1);
}

/* Two loads of one address with `between` between them. */
static void
two_loads(void (*between)(void))
{
	begin();
	ir_put(&lift, 2, ir_load(&lift, I64, 3, get(0)));
	between();
	ir_put(&lift, 3, ir_load(&lift, I64, 3, get(0)));
}

static void
store_elsewhere(void)
{
	ir_store(&lift, 3, get(1), get(4));
}

static void
store_beside(void)
{
	ir_store(&lift, 3, at(get(0), 8), get(4));
}

static void
store_into(void)
{
	ir_store(&lift, 0, at(get(0), 7), get(4));
}

/* With top-byte-ignore the same place. */
static void
store_tagged(void)
{
	ir_store(&lift, 3, at(get(0), INT64_C(1) << 56), get(4));
}

static void
load_acquire(void)
{
	ir_put(&lift, 4, ir_load(&lift, I64, 3 | IR_MEM_ACQUIRE, get(1)));
}

static void
barrier(void)
{
	ir_fence(&lift, IR_FENCE_LOAD);
}

static void
exchange(void)
{
	ir_put(&lift, 4, ir_atomic_rmw(&lift, I64, 3 | IR_RMW_SWAP << 8, get(1), get(4)));
}

static void
side_exit(void)
{
	ir_exit_if(&lift, IR_EQ, ir_get(&lift, FLAGS, A64_SLOT_FLAGS), 0x3000);
}

Test(ir_passes, loads_are_repeated_where_memory_may_have_changed)
{
	static void (*const keep_both[])(void) = { store_elsewhere, store_into, store_tagged,
		load_acquire, barrier, exchange };
	static void (*const keep_one[])(void) = { store_beside, side_exit };

	for (unsigned k = 0; k < sizeof(keep_both) / sizeof(*keep_both); k++) {
		two_loads(keep_both[k]);
		cr_assert_eq(loads_left(), 2 + (keep_both[k] == load_acquire), "case %u", k);
	}
	for (unsigned k = 0; k < sizeof(keep_one) / sizeof(*keep_one); k++) {
		two_loads(keep_one[k]);
		cr_assert_eq(loads_left(), 1, "case %u", k);
	}
}

Test(ir_passes, acquiring_loads_stay)
{
	begin();
	for (unsigned k = 0; k < 2; k++)
		ir_put(&lift, 2, ir_load(&lift, I64, 3 | IR_MEM_ACQUIRE, get(0)));
	cr_assert_eq(loads_left(), 2);
}

/* ---- random traces ---------------------------------------------------------------------------------------------------- */

static ir_ref
random_float(enum ir_type t)
{
	return ir_f_from_bits(&generator.l, t, any(&generator, t == F64 ? I64 : I32));
}

static ir_ref
few_addresses(void)
{
	struct lift *l = &generator.l;
	ir_ref base = below(3) ? generator.window : ir_get(l, I64, 1); /* x1 is near the window */

	return ir_add(l, I64, base, ir_const(l, I64, 4 * below(6)));
}

static void
generate_load(void)
{
	struct lift *l = &generator.l;
	enum ir_type t = (enum ir_type[]){ I32, I64, F32, F64 }[below(4)];
	unsigned size = t == F32 ? 2 : t == F64 ? 3 : below(t == I64 ? 4 : 3);
	unsigned flags =
		t > I64 ? 0 : (below(3) ? 0 : IR_MEM_SIGNED) | (below(9) ? 0 : IR_MEM_ACQUIRE);
	ir_ref value = ir_load(l, t, size | flags, few_addresses());

	if (t > I64)
		value = ir_bits_from_f(l, t == F64 ? I64 : I32, value);
	add_typed(&generator, t == F64 || t == I64 ? I64 : I32, value);
}

static void
generate_store(void)
{
	struct lift *l = &generator.l;
	enum ir_type t = (enum ir_type[]){ I32, I64, F32, F64 }[below(4)];
	unsigned size = t == F32 ? 2 : t == F64 ? 3 : below(t == I64 ? 4 : 3);

	ir_store(l, size, few_addresses(), t > I64 ? random_float(t) : any(&generator, t));
}

static void
generate_trace(void)
{
	generate_begin(&generator, &unit, 0x1000);
	for (unsigned k = 0; k < 40; k++) {
		ir_guest_pc(&generator.l, 0x1000 + 4 * (int64_t)k);
		switch (below(8)) {
		case 0:
		case 1:
		case 2: generate_load(); break;
		case 3:
		case 4: generate_store(); break;
		case 5: generate_binary(&generator); break;
		case 6: ir_put(&generator.l, 2 + below(20), any(&generator, I64)); break;
		default:
			if (below(3) == 0)
				ir_exit_if(&generator.l, below(14), generator.flags[0],
					0x5000 + 4 * (int64_t)k);
		}
	}
	ir_exit_direct(&generator.l, 0x2000);
	ir_finish(&generator.l);
}

Test(ir_passes, random_traces_keep_their_meaning)
{
	uint8_t start[WINDOW], end[WINDOW];
	unsigned changed = 0;
	char why[200];

	compiled_test_begin(&test);
	for (unsigned round = 0; round < 20000; round++) {
		uint64_t at_seed = seed = random_word() | 1, pc, expected;

		generate_trace();
		memcpy(&before, &unit, sizeof(unit));
		ir_run_passes(&lift, &unit, &room, NULL);
		cr_assert(ir_verify(&unit, why, sizeof(why)), "seed %#llx: %s",
			(unsigned long long)at_seed, why);
		changed += unit.count < before.count;
		random_state(&test);
		a64_state(test.compiled)->x[1] = a64_state(test.interpreted)->x[1] =
			a64_state(test.compiled)->x[28] + below(3) * 4;
		memcpy(start, window[0], WINDOW);
		expected = ir_interpret(&compiled_test_interpreter, &before, test.interpreted).pc;
		memcpy(end, window[0], WINDOW);
		memcpy(window[0], start, WINDOW);
		pc = ir_interpret(&compiled_test_interpreter, &unit, test.compiled).pc;
		cr_assert(
			pc == expected && !differing_slot(&test) && !memcmp(end, window[0], WINDOW),
			"seed %#llx", (unsigned long long)at_seed);
	}
	cr_assert_gt(changed, 10000);
}
