// SPDX-License-Identifier: Apache-2.0
// Units that can be put elsewhere: what in a unit's code depends on where it lies is noted as it is emitted, and a copy is made
// by moving these fields. Copies go from the code buffer to a cache file that is being written, from an old cache file to a
// new one, and from a cache file that cannot be used in place to the code buffer.
//
// Nothing in code depends on where the guest's file is mapped: guest addresses of a position-independent file are made from
// the bias in the unit's home, which is read relative to rip; those of other files are constant.
#include <stdio.h>

#include "backend/x86_64/region.h"

#define OFFSET_BITS 30
#define OFFSET_MASK ((UINT32_C(1) << OFFSET_BITS) - 1)
/* Exits count their places in the code with 24 bits. */
#define CODE_SIZE_LIMIT (UINT32_C(1) << 24)

/* ---- noting relocations -------------------------------------------------------------------------------------------- */

static void
add_relocation(struct compiler *c, enum relocation_kind kind, const uint8_t *field)
{
	uint32_t offset = (uint32_t)(field - c->unit->code);

	if (c->relocation_count == MAX_RELOCATIONS) {
		c->relocatable = false;
		return;
	}
	c->relocations[c->relocation_count++] = (uint32_t)kind << OFFSET_BITS | offset;
}

static void
note_rip(struct x86_writer *w, const uint8_t *field, const void *target)
{
	struct compiler *c = (struct compiler *)w;
	const struct code_exit *exit = target;

	if (exit >= c->exits && exit < c->exits + c->exit_capacity)
		add_relocation(c, RELOCATE_EXIT, field);
	else if (target == &c->home->bias)
		add_relocation(c, RELOCATE_HOME, field);
	else if (target == c->unit)
		c->relocatable = false; /* the check of changing code: such units are not kept */
	else
		add_relocation(c, RELOCATE_TEXT, field);
}

void
relocations_begin(struct compiler *c)
{
	_Static_assert(
		offsetof(struct compiler, w) == 0, "note_rip finds the compiler by its writer");
	c->relocation_count = 0;
	c->relocatable = c->space->home != NULL;
	c->w.on_rip = note_rip;
}

void
emit_guest_address(struct compiler *c, enum x86_gpr dst, uint64_t address)
{
	int64_t offset = (int64_t)(address - c->home->bias);

	if (!c->home->position_independent) {
		x86_mov_ri(&c->w, dst, address);
	} else if (offset == (int32_t)offset) {
		x86_load(&c->w, 8, dst, x86_mem_rip(&c->home->bias));
		x86_lea(&c->w, 8, dst, x86_mem_base(dst, (int32_t)offset));
	} else {
		x86_mov_ri(&c->w, dst, address);
		c->relocatable = false;
	}
}

struct x86_mem
guest_address_operand(struct compiler *c, enum x86_gpr scratch, uint64_t address)
{
	int64_t offset = (int64_t)(address - c->home->bias);

	if (!c->home->position_independent || offset != (int32_t)offset) {
		emit_guest_address(c, scratch, address);
		return x86_mem_base(scratch, 0);
	}
	x86_load(&c->w, 8, scratch, x86_mem_rip(&c->home->bias));
	return x86_mem_base(scratch, (int32_t)offset);
}

void
emit_compare_guest_address(
	struct compiler *c, enum x86_gpr reg, uint64_t address, enum x86_gpr scratch)
{
	int64_t offset = (int64_t)(address - c->home->bias);

	if (!c->home->position_independent && (int64_t)address == (int32_t)address) {
		x86_alu_ri(&c->w, X86_CMP, 8, reg, (int32_t)address);
	} else if (c->home->position_independent && offset == (int32_t)offset &&
		   offset != INT32_MIN) {
		x86_lea(&c->w, 8, scratch, x86_mem_base(reg, -(int32_t)offset));
		x86_alu_rm(&c->w, X86_CMP, 8, scratch, x86_mem_rip(&c->home->bias));
	} else {
		emit_guest_address(c, scratch, address);
		x86_alu_rr(&c->w, X86_CMP, 8, reg, scratch);
	}
}

/* ---- copies ------------------------------------------------------------------------------------------------------------ */

static const void *
shifted(const void *pointer, ptrdiff_t shift)
{
	return (const void *)((uintptr_t)pointer + (uintptr_t)shift);
}

#define SHIFTED(pointer, shift) ((__typeof__(pointer))(uintptr_t)shifted(pointer, shift))

/* A patched field must not cross a cache line (align_patchable). */
static bool
fields_are_patchable(const struct code_exit *exits, unsigned count, const uint8_t *code)
{
	for (unsigned k = 0; k < count; k++)
		if (exits[k].jump && ((uintptr_t)(code + exits[k].jump) & 63) > 60)
			return false;
	return true;
}

uint8_t *
backend_place_code(const struct code_unit *from, ptrdiff_t shift, uint8_t *at)
{
	const struct code_exit *exits = shifted(from->exits, shift);

	at += -(uintptr_t)at & 15;
	/* where it is now it is good, so of four places one is */
	while (!fields_are_patchable(exits, from->exit_count, at))
		at += 16;
	return at;
}

/* Leaves a field's target where it was, or moves it as kind says. */
static bool
relocate_field(const struct code_unit *from, ptrdiff_t shift, const struct unit_copy *to,
	uint32_t relocation)
{
	uint32_t offset = relocation & OFFSET_MASK;
	uint8_t *field = to->code + offset;
	const uint8_t *source = SHIFTED(from->code, shift) + offset;
	int32_t distance;
	int64_t moved;
	uintptr_t target;

	memcpy(&distance, source, sizeof(distance));
	target = (uintptr_t)from->code + offset + 4 + (uintptr_t)(intptr_t)distance;
	switch ((enum relocation_kind)(relocation >> OFFSET_BITS)) {
	case RELOCATE_TEXT: break;
	case RELOCATE_EXIT: target += (uintptr_t)to->exits - (uintptr_t)from->exits; break;
	case RELOCATE_HOME: target = (uintptr_t)&to->home->bias; break;
	}
	moved = (int64_t)(target - (uintptr_t)field - 4);
	distance = (int32_t)moved;
	memcpy(field + to->written, &distance, sizeof(distance));
	return moved == distance;
}

static void
copy_exits(const struct code_unit *from, ptrdiff_t shift, const struct unit_copy *to)
{
	const struct code_exit *source = shifted(from->exits, shift);
	struct code_exit *exits = SHIFTED(to->exits, to->written);
	uint8_t *code = to->code + to->written;

	for (unsigned k = 0; k < from->exit_count; k++) {
		exits[k] = (struct code_exit){
			.slot = trampolines.link,
			.unit_distance = exit_distance_to(&to->exits[k], to->unit),
			.guest_distance = source[k].guest_distance,
			.jump = source[k].jump,
			.stub = source[k].stub,
			.kind = source[k].kind,
		};
		if (source[k].jump)
			x86_patch_rel32(code + source[k].jump, code + source[k].stub);
	}
}

/* The copy's loops are whole, though threads may have been made to leave those of `from`. */
static void
copy_polls(const struct code_unit *from, ptrdiff_t shift, const struct unit_copy *to)
{
	const uint32_t *polls = shifted(from->polls, shift);
	const uint16_t opcode = POLL_JNE;

	for (uint32_t k = 0; k < from->poll_count; k++) {
		SHIFTED(to->polls, to->written)[k] = polls[k];
		memcpy(to->code + to->written + polls[k], &opcode, sizeof(opcode));
	}
}

bool
backend_copy_unit(const struct code_unit *from, ptrdiff_t shift, const struct unit_copy *to)
{
	const uint32_t *relocations = shifted(from->relocations, shift);
	bool reached = true;

	*SHIFTED(to->unit, to->written) = (struct code_unit){
		.guest_offset = from->guest_offset,
		.home = to->home,
		.code = to->code,
		.mode = from->mode,
		.code_size = from->code_size,
		.exits = to->exits,
		.recipes = to->recipes,
		.recipe_size = from->recipe_size,
		.exit_count = from->exit_count,
		.range_count = from->range_count,
		.code_range_count = from->code_range_count,
		.tier = from->tier,
		.attempt = from->attempt,
		.ranges = to->ranges,
		.polls = to->polls,
		.poll_count = from->poll_count,
		.relocations = to->relocations,
		.relocation_count = from->relocation_count,
	};
	if (from->fault_landing)
		SHIFTED(to->unit, to->written)->fault_landing =
			to->code + (from->fault_landing - from->code);
	memcpy(SHIFTED(to->ranges, to->written), shifted(from->ranges, shift),
		from->range_count * sizeof(*to->ranges));
	memcpy(SHIFTED(to->recipes, to->written), shifted(from->recipes, shift), from->recipe_size);
	memcpy(SHIFTED(to->relocations, to->written), relocations,
		from->relocation_count * sizeof(*relocations));
	memcpy(to->code + to->written, shifted(from->code, shift), from->code_size);
	copy_exits(from, shift, to);
	copy_polls(from, shift, to);
	for (unsigned k = 0; k < from->relocation_count; k++)
		reached &= relocate_field(from, shift, to, relocations[k]);
	return reached;
}

struct code_unit *
backend_import(struct code_space *space, const struct code_unit *from, ptrdiff_t shift)
{
	struct code_space before = *space;
	struct unit_copy to = {
		.unit = take_data(space, sizeof(*from)),
		.exits = take_data(space, from->exit_count * sizeof(*from->exits)),
		.ranges = take_data(space, from->range_count * sizeof(*from->ranges)),
		.recipes = take_data(space, from->recipe_size),
		.relocations = take_data(space, from->relocation_count * sizeof(uint32_t)),
		.polls = take_data(space, from->poll_count * sizeof(uint32_t)),
		.code = backend_place_code(from, shift, space->code),
		.home = space->home,
	};

	if (!to.unit || !to.exits || !to.ranges || !to.recipes || !to.relocations || !to.polls ||
		to.code > space->code_end ||
		from->code_size > (size_t)(space->code_end - to.code) ||
		!backend_copy_unit(from, shift, &to)) {
		*space = before;
		return NULL;
	}
	space->code = to.code + from->code_size;
	space->code += -(uintptr_t)space->code & 15;
	return to.unit;
}

/* Where a poll's opcode may be written: within the unit, by one store. */
static bool
polls_are_sound(const struct code_unit *from, ptrdiff_t shift)
{
	const uint32_t *polls = shifted(from->polls, shift);

	for (uint32_t k = 0; k < from->poll_count; k++)
		if (polls[k] + UINT64_C(6) > from->code_size ||
			((uintptr_t)from->code + polls[k]) % 8 == 7)
			return false;
	return true;
}

bool
backend_unit_is_sound(const struct code_unit *from, ptrdiff_t shift)
{
	const struct code_exit *exits = shifted(from->exits, shift);
	const uint32_t *relocations = shifted(from->relocations, shift);

	if (from->range_count == 0 || from->code_range_count > from->range_count ||
		from->code_size >= CODE_SIZE_LIMIT ||
		!fields_are_patchable(exits, from->exit_count, from->code))
		return false;
	if (from->fault_landing &&
		(uintptr_t)from->fault_landing - (uintptr_t)from->code >= from->code_size)
		return false;
	for (unsigned k = 0; k < from->exit_count; k++)
		if ((exits[k].jump && exits[k].jump + UINT64_C(4) > from->code_size) ||
			exits[k].stub >= from->code_size || exits[k].kind > CODE_EXIT_RETURN)
			return false;
	for (unsigned k = 0; k < from->relocation_count; k++)
		if ((relocations[k] & OFFSET_MASK) + UINT64_C(4) > from->code_size ||
			relocations[k] >> OFFSET_BITS > RELOCATE_HOME)
			return false;
	return polls_are_sound(from, shift);
}

void
backend_link_written(struct code_exit *exit, uint8_t *exit_code, struct code_unit *target,
	const uint8_t *code, ptrdiff_t written)
{
	exit->target = target;
	if (exit->jump)
		x86_patch_rel32(exit_code + exit->jump + written, code + written);
}

const uint8_t *
backend_unlinked_slot(void)
{
	return trampolines.link;
}

void
backend_image_key(char *text, size_t size)
{
	const struct host_features *h = &host_features;

	snprintf(text, size,
		"x86-64 code 3: avx512 %d sha %d vaes %d vpclmul %d gfni %d vbmi %d bitalg %d "
		"traps %d",
		h->avx512, h->sha, h->vaes, h->vpclmul, h->gfni, h->vbmi, h->bitalg, h->traps);
}
