// SPDX-License-Identifier: Apache-2.0
// Cache files without a guest: what a sound one is, look-up in it, its units executed in place and copied.
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "cache/build.h"
#include "cache/cache_internal.h"
#include "cache/directory.h"
#include "cache/file.h"
#include "cache/regions.h"
#include "compiled_unit.h"
#include "runtime/host_memory.h"
#include "runtime/unit_files.h"

/* ---- files ---------------------------------------------------------------------------------------------------------------- */

#define BIAS    UINT64_C(0x5500000000)
#define BASE    (CACHE_LOW_START + UINT64_C(0x1000000))
#define MODE    0u
#define UNITS   3
#define X(t, n) (a64_state((t)->compiled)->x[n])

/* What a small file is made of: x0 += 1, x1 = address of data, go on at the next unit; the last one loads from x2 and leaves. */
static uint64_t
offset_of(unsigned number)
{
	return 0x1000 + number * 0x100;
}

static void
make_unit(struct ir_unit *unit, unsigned number)
{
	static struct lift l;
	uint64_t pc = BIAS + offset_of(number);

	ir_begin(&l, unit, &a64_layout, pc, MODE);
	l.pc = pc;
	ir_put(&l, A64_SLOT_X0 + 0,
		ir_add(&l, I64, ir_get(&l, I64, A64_SLOT_X0 + 0), ir_const(&l, I64, 1)));
	ir_put(&l, A64_SLOT_X0 + 1, ir_address(&l, (int64_t)(BIAS + 0x70000 + number)));
	if (number == UNITS - 1) {
		ir_guest_pc(&l, (int64_t)(pc + 8));
		ir_put(&l, A64_SLOT_X0 + 3, ir_load(&l, I64, 3, ir_get(&l, I64, A64_SLOT_X0 + 2)));
	}
	ir_exit_direct(&l, (int64_t)(BIAS + offset_of(number + 1)));
	unit->ranges[0] = (struct guest_range){ pc, pc + 16 };
	unit->range_count = 1;
	ir_finish(&l);
}

/*
 * A region for the code of unit 1: x4 times x0 += 0x100 and x5 loaded from x2; then on to unit 2. It uses so many registers that some
 * are not where they are between units.
 */
#define REGION UNITS

static void
make_trace(struct ir_unit *unit)
{
	static struct lift l;
	uint64_t pc = BIAS + offset_of(1);
	ir_ref left;

	ir_begin(&l, unit, &a64_layout, pc, MODE);
	l.pc = pc;
	ir_put(&l, A64_SLOT_X0 + 0,
		ir_add(&l, I64, ir_get(&l, I64, A64_SLOT_X0 + 0), ir_const(&l, I64, 0x100)));
	ir_guest_pc(&l, (int64_t)(pc + 4));
	ir_put(&l, A64_SLOT_X0 + 5, ir_load(&l, I64, 3, ir_get(&l, I64, A64_SLOT_X0 + 2)));
	for (unsigned n = 20; n < 28; n++)
		ir_put(&l, A64_SLOT_X0 + n,
			ir_add(&l, I64, ir_get(&l, I64, A64_SLOT_X0 + n), ir_const(&l, I64, n)));
	ir_put(&l, A64_SLOT_X0 + 1, ir_address(&l, (int64_t)(BIAS + 0x71000)));
	left = ir_sub(&l, I64, ir_get(&l, I64, A64_SLOT_X0 + 4), ir_const(&l, I64, 1));
	ir_put(&l, A64_SLOT_X0 + 4, left);
	ir_exit_if(&l, IR_NE, ir_flags_sub(&l, I64, left, ir_const(&l, I64, 0)), (int64_t)pc);
	ir_exit_direct(&l, (int64_t)(BIAS + offset_of(2)));
	unit->ranges[0] = (struct guest_range){ pc, pc + 64 };
	unit->range_count = unit->code_range_count = 1;
	ir_finish(&l);
}

static struct code_unit *
compile_region(struct code_space *space)
{
	static struct ir_unit trace;
	const struct region_trace traces[] = { { .unit = &trace, .weight = 100 } };
	struct code_unit *region;

	make_trace(&trace);
	region = backend_compile_region(space, traces, 1);
	cr_assert_not_null(region);
	cr_assert_not_null(region->relocations, "it can be copied");
	cr_assert_eq(region->poll_count, 1);
	region->tier = UNIT_TIER_REGION;
	region->attempt = 2;
	return region;
}

struct small_file {
	struct compiled_test test;
	uint8_t *image;
	size_t size;
	struct cache_identity identity;
};

static const struct cache_page small_pages[] = { { 1, 0x1234 } };
static const struct cache_head small_heads[] = { { 0x1100, 3, 2 }, { 0x1200, 0, 1 },
	{ 0x9000, 7, 3 } };

/* The units are compiled with one bias, and built into a file that holds for any. */
static void
make_file(struct small_file *f, bool with_region)
{
	static struct cache_item items[UNITS + 1];
	static struct ir_unit unit;
	struct cache_contents contents = {
		.identity = &f->identity,
		.base = BASE,
		.room = 0x100000,
		.position_independent = true,
		.items = items,
		.item_count = with_region ? UNITS + 1 : UNITS,
		.pages = small_pages,
		.page_count = 1,
		.heads = small_heads,
		.head_count = with_region ? 3 : 0,
	};
	struct code_home *home;

	compiled_test_begin(&f->test);
	contents.slot = (uintptr_t)backend_unlinked_slot();
	strcpy(f->identity.key, "key");
	home = (void *)f->test.space.data;
	*home = (struct code_home){ .bias = BIAS, .position_independent = true };
	f->test.space.data += 64;
	f->test.space.home = home;
	for (unsigned k = 0; k < UNITS; k++) {
		make_unit(&unit, k);
		items[k].from = backend_compile(&f->test.space, &unit);
		items[k].shift = 0;
		cr_assert_not_null(items[k].from);
		cr_assert_not_null(items[k].from->relocations, "it can be copied");
	}
	if (with_region)
		items[REGION] =
			(struct cache_item){ .from = compile_region(&f->test.space), .shift = 0 };
	f->image = mmap(NULL, cache_build_size(&contents), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	f->size = cache_build(&contents, f->image);
	cr_assert(f->size > 0 && f->size <= cache_build_size(&contents));
}

static void
make_small_file(struct small_file *f)
{
	make_file(f, false);
}

/* Puts it into a new directory, as the cache's own, and opens it from there. */
static struct cache_file
open_small_file(const struct small_file *f, bool in_place)
{
	char directory[] = "/tmp/dragoman-cache-test-XXXXXX";
	char name[CACHE_NAME_SIZE], path[CACHE_DIRECTORY_SIZE + 100];
	struct cache_file file;
	int fd;

	cr_assert_not_null(mkdtemp(directory));
	strcpy(cache_own.path, directory);
	cache_own.fd = -1;
	cache_written = &cache_own;
	cr_assert(cache_note_root() && cache_place_make());
	cache_file_name(&f->identity, name);
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	cr_assert_eq(write(fd, f->image, f->size), (ssize_t)f->size);
	close(fd);
	file = cache_file_open(name, &f->identity, in_place);
	cr_assert_not_null(file.header);
	unlink(path);
	rmdir(directory);
	return file;
}

Test(cache_file, look_up)
{
	static struct small_file f;
	struct cache_file file;

	make_small_file(&f);
	file = open_small_file(&f, false);
	cr_assert_not_null(file.header);
	cr_assert(cache_file_is_sound(file.header, file.size));
	cr_assert_eq(file.header->unit_count, UNITS);
	for (unsigned k = 0; k < UNITS; k++) {
		int64_t number = cache_file_find(&file, offset_of(k), MODE, 0);

		cr_assert_eq(number, k);
		cr_assert_not_null(cache_file_unit(&file, (uint32_t)number));
		cr_assert_eq(cache_file_unit(&file, (uint32_t)number)->guest_offset, offset_of(k));
		cr_assert_eq(cache_file_find(&file, offset_of(k), MODE + 1, 1), -1);
		cr_assert_eq(cache_file_find(&file, offset_of(k) + 4, MODE, 1), -1);
	}
	cr_assert_null(cache_file_unit(&file, UNITS));
	cr_assert_eq(cache_file_page(&file, 1)->checksum, 0x1234);
	cr_assert_null(cache_file_page(&file, 0));
	cr_assert_null(cache_file_page(&file, 2));
	cr_assert_eq(file.header->guest_start, 0x1000);
	cr_assert_eq(file.header->guest_end, 0x2000);
}

/* A region is found before the unit for the same code, unless it is not wanted. */
Test(cache_file, regions_and_loops)
{
	static struct small_file f;
	struct cache_file file;
	const struct code_unit *region;

	make_file(&f, true);
	file = open_small_file(&f, false);
	cr_assert_eq(file.header->unit_count, UNITS + 1);
	cr_assert_eq(file.header->region_count, 1);
	cr_assert_eq(cache_file_find(&file, offset_of(1), MODE, UNIT_TIER_REGION), REGION);
	cr_assert_eq(cache_file_find(&file, offset_of(1), MODE, 0), 1);
	cr_assert_eq(cache_file_find(&file, offset_of(2), MODE, UNIT_TIER_REGION), 2);
	region = cache_file_unit(&file, REGION);
	cr_assert_not_null(region);
	cr_assert_eq(region->tier, UNIT_TIER_REGION);
	cr_assert_eq(region->attempt, 2);
	for (unsigned k = 0; k < 3; k++) {
		const struct cache_head *head = cache_file_head(&file, small_heads[k].guest_offset);

		cr_assert_not_null(head);
		cr_assert_eq(head->looks, small_heads[k].looks);
		cr_assert_eq(head->attempts, small_heads[k].attempts);
		cr_assert_null(cache_file_head(&file, small_heads[k].guest_offset + 4));
	}
	cr_assert_null(cache_file_head(&file, 0));
	cr_assert_null(cache_file_head(&file, UINT64_MAX));
}

/* Bytes between the parts are not looked at, and mean nothing. */
static bool
counts(const struct cache_header *header, size_t at)
{
	if (at < offsetof(struct cache_header, home))
		return true;
	for (unsigned k = 0; k < CACHE_SECTIONS; k++)
		if (at >= header->sections[k].offset &&
			at - header->sections[k].offset < header->sections[k].size)
			return true;
	return false;
}

Test(cache_file, every_bit_counts)
{
	static struct small_file f;
	unsigned counted = 0;

	make_file(&f, true);
	for (size_t bit = 0; bit < f.size * 8; bit++) {
		const struct cache_header *header = (const void *)f.image;

		if (!counts(header, bit / 8))
			continue;
		counted++;
		f.image[bit / 8] ^= (uint8_t)(1 << bit % 8);
		cr_assert_not(cache_file_is_sound(header, f.size), "bit %zu", bit);
		f.image[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	cr_assert(cache_file_is_sound((const void *)f.image, f.size));
	cr_assert_gt(counted, 8 * offsetof(struct cache_header, home));
}

Test(cache_file, sizes_out_of_bounds)
{
	static struct small_file f;
	struct cache_header *header;

	make_file(&f, true);
	header = (void *)f.image;
	for (size_t size = 0; size < f.size; size++)
		cr_assert_not(cache_file_is_sound(header, size), "truncated to %zu", size);
	for (unsigned k = 0; k < CACHE_SECTIONS; k++) {
		const struct cache_section_place good = header->sections[k];
		const uint32_t wrong[] = { 0, 8, UINT32_MAX, UINT32_MAX - 15, (uint32_t)f.size + 16,
			0x80000000 };

		for (size_t w = 0; w < sizeof(wrong) / sizeof(*wrong); w++) {
			header->sections[k].offset = wrong[w];
			header->checksum = cache_header_checksum(header);
			cr_assert_not(cache_header_is_sound(header, f.size), "section %u at %#x", k,
				wrong[w]);
			header->sections[k] = good;
			if (wrong[w] <= good.size + 16)
				continue; /* between the parts there may be room */
			header->sections[k].size = wrong[w];
			header->checksum = cache_header_checksum(header);
			cr_assert_not(cache_header_is_sound(header, f.size),
				"section %u of %#x bytes", k, wrong[w]);
			header->sections[k] = good;
		}
	}
}

/* What a file says of a unit is looked at before the unit is copied, even if all checksums are right. */
Test(cache_file, units_out_of_bounds)
{
	static struct small_file f;
	struct cache_file file;
	struct code_unit *unit, good;
	struct code_exit *exit;
	uint32_t *poll;

	make_file(&f, true);
	file = (struct cache_file){ (void *)f.image, f.size, f.image - (uint8_t *)BASE };
	unit = cache_section(file.header, CACHE_UNITS);
	poll = cache_section(file.header, CACHE_POLLS);
	exit = cache_section(file.header, CACHE_EXITS);
	good = *unit;
	cr_assert_not_null(cache_file_unit(&file, 0));
#define WRONG(field, value)                                                     \
	do {                                                                    \
		unit->field = (value);                                          \
		cr_assert_null(cache_file_unit(&file, 0), #field " = " #value); \
		*unit = good;                                                   \
	} while (0)
	WRONG(exits, NULL);
	WRONG(exits, (void *)((uintptr_t)good.exits + 8));
	WRONG(exits, (void *)((uintptr_t)good.exits + f.size));
	WRONG(exit_count, UINT16_MAX);
	WRONG(ranges, NULL);
	WRONG(range_count, UINT16_MAX);
	WRONG(range_count, 0);
	WRONG(recipes, NULL);
	WRONG(recipe_size, UINT32_MAX);
	WRONG(relocations, NULL);
	WRONG(relocation_count, UINT16_MAX);
	WRONG(code, NULL);
	WRONG(code_size, UINT32_MAX);
	WRONG(code_size, 4);
	WRONG(fault_landing, (const uint8_t *)BASE);
	WRONG(polls, NULL);
	WRONG(poll_count, UINT32_MAX);
	WRONG(tier, UNIT_TIERS);
#undef WRONG
	exit->jump = good.code_size - 3;
	cr_assert_null(cache_file_unit(&file, 0));
	exit->jump = 1;
	exit->stub = good.code_size;
	cr_assert_null(cache_file_unit(&file, 0));
	unit += REGION;
	cr_assert_eq(unit->poll_count, 1);
	cr_assert_not_null(cache_file_unit(&file, REGION));
	for (uint32_t value = 0; value < 64; value++) {
		*poll = value;
		cr_assert_eq(!cache_file_unit(&file, REGION),
			((uintptr_t)unit->code + value) % 8 == 7, "a poll at %u", value);
	}
	*poll = unit->code_size - 5;
	cr_assert_null(cache_file_unit(&file, REGION));
	*poll = UINT32_MAX;
	cr_assert_null(cache_file_unit(&file, REGION));
}

/* ---- execution in place --------------------------------------------------------------------------------------------------------- */

static struct unit_file
use_in_place(struct cache_file *file, uint64_t bias)
{
	struct cache_header *h = file->header;

	cr_assert_eq(file->shift, 0, "the place is free");
	cr_assert_eq(mprotect(h, file->size, PROT_READ | PROT_WRITE | PROT_EXEC), 0);
	h->home =
		(struct code_home){ .bias = bias, .position_independent = true, .in_place = true };
	return (struct unit_file){
		.home = &h->home,
		.units = cache_section(h, CACHE_UNITS),
		.unit_count = h->unit_count,
		.index = cache_section(h, CACHE_INDEX),
		.index_bits = h->index_bits,
		.code = cache_section(h, CACHE_CODE),
		.code_size = h->sections[CACHE_CODE].size,
		.max_tier = UNIT_TIER_REGION,
		.guest_start = bias + h->guest_start,
		.guest_end = bias + h->guest_end,
	};
}

static struct code_exit *
run_unit(struct compiled_test *t, struct code_unit *unit)
{
	t->compiled->hot.indirect_table = t->table;
	backend_reset_return_stack(t->compiled);
	backend_enter(t->compiled, unit);
	return (struct code_exit *)(uintptr_t)t->compiled->cold.exit_argument;
}

/* The units run one after the other by links that the file came with, wherever the guest's file is; and can be taken apart. */
Test(cache_in_place, linked_units_at_any_bias)
{
	const uint64_t biases[] = { BIAS, UINT64_C(0x7123450000), 0 };
	static struct small_file f;
	uint64_t datum = 4711;

	make_small_file(&f);
	for (unsigned k = 0; k < 3; k++) {
		struct cache_file file = open_small_file(&f, true);
		struct code_unit *units, *other;
		struct code_exit *exit;

		units = use_in_place(&file, biases[k]).units;
		X(&f.test, 0) = 0;
		X(&f.test, 2) = (uint64_t)&datum;
		exit = run_unit(&f.test, units);
		cr_assert_eq(f.test.compiled->cold.exit_reason, CPU_EXIT_LINK);
		cr_assert_eq(exit_guest_pc(exit), biases[k] + offset_of(UNITS));
		cr_assert_eq(X(&f.test, 0), UNITS, "all units ran");
		cr_assert_eq(X(&f.test, 1), biases[k] + 0x70000 + UNITS - 1);
		cr_assert_eq(X(&f.test, 3), 4711);
		cr_assert_eq(units[0].exits[0].target, &units[1]);

		/* a link that is made later goes through the slot */
		uint8_t before[64];
		memcpy(before, units[UNITS - 1].code, sizeof(before));
		other = &units[1];
		backend_link(exit, other);
		cr_assert_arr_eq(before, units[UNITS - 1].code, sizeof(before));
		cr_assert_eq(exit->slot, other->code);
		backend_unlink(exit);
		X(&f.test, 0) = 0;
		run_unit(&f.test, units);
		cr_assert_eq(X(&f.test, 0), UNITS);

		/* links in the code are undone one by one */
		units[1].exits[0].target = NULL;
		backend_unlink(&units[1].exits[0]);
		X(&f.test, 0) = 0;
		exit = run_unit(&f.test, units);
		cr_assert_eq(exit, &units[1].exits[0]);
		cr_assert_eq(exit_guest_pc(exit), biases[k] + offset_of(2));
		cr_assert_eq(X(&f.test, 0), 2);
		cache_file_close(&file);
	}
}

static struct compiled_test *fault_test;

static void
on_fault(int signo, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	const struct code_unit *unit =
		unit_files_find_by_host_pc((const uint8_t *)uc->uc_mcontext.gregs[REG_RIP]);

	(void)info;
	if (!unit || !backend_recover(unit, fault_test->compiled, uc))
		signal(signo, SIG_DFL);
}

/* A fault in a unit that the runtime has never seen, because it was reached by a link in the file. */
Test(cache_in_place, fault_behind_links)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t stack = { .ss_sp = malloc(65536), .ss_size = 65536 };
	const uint64_t bias = UINT64_C(0x7123450000);
	static struct unit_file in_place;
	static struct small_file f;
	struct cache_file file;

	sigaltstack(&stack, NULL);
	sigaction(SIGSEGV, &action, NULL);
	make_small_file(&f);
	fault_test = &f.test;
	file = open_small_file(&f, true);
	in_place = use_in_place(&file, bias);
	cr_assert(unit_files_have_room());
	unit_files_add(&in_place);
	cr_assert_eq(unit_files_find(bias + offset_of(0), MODE), &in_place.units[0]);
	cr_assert_null(unit_files_find(bias + offset_of(0), MODE + 1));
	cr_assert_null(unit_files_find(bias + 0x5000, MODE));
	X(&f.test, 0) = 0;
	X(&f.test, 2) = 16;
	run_unit(&f.test, in_place.units);
	cr_assert_eq(f.test.compiled->cold.exit_reason, CPU_EXIT_FAULT);
	cr_assert_eq(f.test.compiled->hot.pc, bias + offset_of(UNITS - 1) + 8);
	cr_assert_eq(X(&f.test, 0), UNITS);
	cr_assert_eq(X(&f.test, 1), bias + 0x70000 + UNITS - 1);
	/* out of use: no longer found by guest address, still by host address */
	cr_assert_null(unit_files_take_out(bias + 0x2000, bias + 0x3000));
	cr_assert_eq(unit_files_take_out(bias + 0x1ffc, bias + 0x3000), &in_place);
	cr_assert_null(unit_files_take_out(0, UINT64_MAX));
	cr_assert_null(unit_files_find(bias + offset_of(0), MODE));
	cr_assert_eq(unit_files_find_by_host_pc(in_place.units[1].code + 3), &in_place.units[1]);
}

static struct code_exit *
run_from(struct compiled_test *t, struct code_unit *unit, uint64_t rounds, const uint64_t *datum)
{
	X(t, 0) = 0;
	X(t, 2) = (uint64_t)datum;
	X(t, 4) = rounds;
	X(t, 27) = 0;
	return run_unit(t, unit);
}

/* A region is run by links that the file came with, wherever the guest's file is; it is left when it is thrown away; copies are whole. */
Test(cache_in_place, regions)
{
	const uint64_t bias = UINT64_C(0x7123450000);
	static struct small_file f;
	static struct unit_file in_place;
	struct cache_file file;
	struct code_unit *units, *region, *copy;
	struct code_exit *exit;
	struct code_home *home;
	uint64_t datum = 4711;

	make_file(&f, true);
	file = open_small_file(&f, true);
	in_place = use_in_place(&file, bias);
	units = in_place.units;
	region = &units[REGION];
	unit_files_add(&in_place);
	cr_assert_eq(unit_files_find(bias + offset_of(1), MODE), region);
	cr_assert_eq(units[0].exits[0].target, region);
	exit = run_from(&f.test, units, 10, &datum);
	cr_assert_eq(exit_guest_pc(exit), bias + offset_of(UNITS));
	cr_assert_eq(X(&f.test, 0), 10 * 0x100 + 2, "unit 0, the region, unit 2");
	cr_assert_eq(X(&f.test, 1), bias + 0x70000 + 2);
	cr_assert_eq(X(&f.test, 4), 0);
	cr_assert_eq(X(&f.test, 5), 4711);
	cr_assert_eq(X(&f.test, 27), 270);

	/* thrown away: threads leave at the loop's head */
	backend_leave_loops(region);
	exit = run_from(&f.test, units, 10, &datum);
	cr_assert_eq(exit_guest_pc(exit), bias + offset_of(1));
	cr_assert_eq(exit_unit(exit), region);
	cr_assert_eq(X(&f.test, 0), 1);

	/* a copy of what was thrown away is none */
	home = (void *)(((uintptr_t)f.test.space.data + 15) & ~(uintptr_t)15);
	*home = (struct code_home){ .bias = bias, .position_independent = true };
	f.test.space.data = (uint8_t *)(home + 1);
	f.test.space.home = home;
	cr_assert_not_null(cache_file_unit(&file, REGION));
	copy = backend_import(&f.test.space, cache_file_unit(&file, REGION), file.shift);
	cr_assert_not_null(copy);
	cr_assert_eq(copy->tier, UNIT_TIER_REGION);
	cr_assert_eq(copy->attempt, 2);
	exit = run_from(&f.test, copy, 10, &datum);
	cr_assert_eq(exit_guest_pc(exit), bias + offset_of(2));
	cr_assert_eq(X(&f.test, 0), 10 * 0x100);
	cr_assert_eq(X(&f.test, 1), bias + 0x71000);
	backend_leave_loops(copy);
	exit = run_from(&f.test, copy, 10, &datum);
	cr_assert_eq(exit_unit(exit), copy);
	cr_assert_eq(X(&f.test, 0), 0);
}

/* --regions off: the units below are found and run instead. */
Test(cache_in_place, regions_passed_over)
{
	static struct small_file f;
	struct unit_file in_place;
	struct cache_file file;
	struct code_exit *exit;
	uint64_t datum = 4711;

	make_file(&f, true);
	file = open_small_file(&f, true);
	in_place = use_in_place(&file, BIAS);
	in_place.max_tier = 0;
	unit_file_pass_over_tiers(&in_place);
	unit_files_add(&in_place);
	cr_assert_eq(unit_files_find(BIAS + offset_of(1), MODE), &in_place.units[1]);
	cr_assert_eq(in_place.units[0].exits[0].target, &in_place.units[1]);
	exit = run_from(&f.test, in_place.units, 10, &datum);
	cr_assert_eq(exit_guest_pc(exit), BIAS + offset_of(UNITS));
	cr_assert_eq(X(&f.test, 0), UNITS);
	cr_assert_eq(X(&f.test, 4), 10);
}

/* A fault in a region of a file: state goes from the region's places to where it is between units. */
Test(cache_in_place, fault_in_a_region)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t stack = { .ss_sp = malloc(65536), .ss_size = 65536 };
	const uint64_t bias = UINT64_C(0x7123450000);
	static struct unit_file in_place;
	static struct small_file f;
	struct cache_file file;

	sigaltstack(&stack, NULL);
	sigaction(SIGSEGV, &action, NULL);
	make_file(&f, true);
	fault_test = &f.test;
	file = open_small_file(&f, true);
	in_place = use_in_place(&file, bias);
	unit_files_add(&in_place);
	for (unsigned n = 20; n < 28; n++)
		X(&f.test, n) = n * 1000;
	X(&f.test, 0) = 0;
	X(&f.test, 2) = 16;
	X(&f.test, 4) = 5;
	run_unit(&f.test, in_place.units);
	cr_assert_eq(f.test.compiled->cold.exit_reason, CPU_EXIT_FAULT);
	cr_assert_eq(f.test.compiled->hot.pc, bias + offset_of(1) + 4);
	cr_assert_eq(X(&f.test, 0), 0x101);
	cr_assert_eq(X(&f.test, 4), 5);
	for (unsigned n = 20; n < 28; n++)
		cr_assert_eq(X(&f.test, n), n * 1000);
}

/* Something else is where the file should be: its units are copied into the code buffer. */
Test(cache_in_place, copies_when_the_place_is_taken)
{
	void *taken = mmap((void *)BASE, 4096, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	static struct small_file f;
	struct cache_file file;
	struct code_home *home;
	struct code_exit *exit;
	struct code_unit *unit;
	uint64_t datum = 99;

	cr_assert_eq(taken, (void *)BASE);
	make_small_file(&f);
	file = open_small_file(&f, true);
	cr_assert_not_null(file.header);
	cr_assert_neq(file.shift, 0);
	home = (void *)f.test.space.data;
	*home = (struct code_home){ .bias = 0x123450000, .position_independent = true };
	f.test.space.data += 64;
	f.test.space.home = home;
	for (unsigned k = 0; k < UNITS; k++) {
		const struct code_unit *from = cache_file_unit(&file, k);

		unit = backend_import(&f.test.space, from, file.shift);
		cr_assert_not_null(unit);
		X(&f.test, 0) = 0;
		X(&f.test, 2) = (uint64_t)&datum;
		exit = run_unit(&f.test, unit);
		cr_assert_eq(exit, &unit->exits[0], "the copy is linked to nothing");
		cr_assert_eq(exit_guest_pc(exit), 0x123450000 + offset_of(k + 1));
		cr_assert_eq(X(&f.test, 0), 1);
		cr_assert_eq(X(&f.test, 1), 0x123450000 + 0x70000 + k);
	}
	cr_assert_eq(X(&f.test, 3), 99);
	munmap(taken, 4096);
}
