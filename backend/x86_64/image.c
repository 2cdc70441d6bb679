// SPDX-License-Identifier: Apache-2.0
// Units outside the code buffer: noting what in a unit's code depends on its place, writing a unit as an image, and making
// a unit of an image at another place. Images come from files, so nothing in them is believed before it is checked.
//
// An image: struct unit_image, guest ranges, exits, relocations, recipes, code; all guest addresses are offsets from the
// bias of the mapping they were translated in. Code keeps its alignment to 64 bytes (align_patchable relies on it).
#include <stdio.h>

#include "backend/x86_64/compiler.h"

struct image_exit {
	uint64_t guest_offset;
	uint32_t jump; /* offset in the code of the rel32 field */
	uint32_t stub;
	uint32_t kind;
	uint32_t padding;
};

#define NO_JUMP UINT32_MAX /* the exit has no field to patch */

struct unit_image {
	uint64_t guest_offset;
	uint64_t bias; /* where it was translated */
	uint32_t mode;
	uint32_t code_size;
	uint32_t recipe_size;
	uint16_t range_count;
	uint16_t exit_count;
	uint16_t relocation_count;
	uint16_t code_range_count;
	uint64_t code_address; /* where the code was */
};

#define CODE_ALIGNMENT 64

/* ---- noting relocations -------------------------------------------------------------------------------------------- */

static uint32_t
relocation_word(enum relocation_kind kind, uint32_t offset, uint32_t exit)
{
	return (uint32_t)kind << 28 | exit << 16 | offset;
}

static void
add_relocation(struct compiler *c, enum relocation_kind kind, const uint8_t *field, uint32_t exit)
{
	uint32_t offset = (uint32_t)(field - c->unit->code);

	if (c->relocation_count == MAX_RELOCATIONS || offset > UINT16_MAX || exit >= 0x1000) {
		c->relocatable = false;
		return;
	}
	c->relocations[c->relocation_count++] = relocation_word(kind, offset, exit);
}

static void
note_rip(struct x86_writer *w, const uint8_t *field, const void *target)
{
	struct compiler *c = (struct compiler *)w;
	const struct code_exit *exit = target;

	if (exit >= c->exits && exit < c->exits + c->exit_capacity)
		add_relocation(c, RELOCATE_EXIT, field, (uint32_t)(exit - c->exits));
	else if (target == c->unit)
		c->relocatable =
			false; /* the check of changing code: such units are not exported */
	else
		add_relocation(c, RELOCATE_TEXT, field, 0);
}

void
relocations_begin(struct compiler *c)
{
	_Static_assert(
		offsetof(struct compiler, w) == 0, "note_rip finds the compiler by its writer");
	c->relocation_count = 0;
	c->relocatable = true;
	c->w.on_rip = note_rip;
}

void
emit_guest_address(struct compiler *c, enum x86_gpr dst, uint64_t address)
{
	const uint8_t *start = c->w.at;

	x86_mov_ri(&c->w, dst, address);
	switch (c->w.at - start) {
	case 10: add_relocation(c, RELOCATE_ADDRESS64, c->w.at - 8, 0); break;
	case 7: add_relocation(c, RELOCATE_ADDRESS32_SIGNED, c->w.at - 4, 0); break;
	default: add_relocation(c, RELOCATE_ADDRESS32, c->w.at - 4, 0);
	}
}

void
emit_push_guest_address(struct compiler *c, uint64_t address, enum x86_gpr scratch)
{
	if (address == (uint64_t)(int32_t)address) {
		const uint8_t *field = x86_push_imm32(&c->w, (int32_t)address);

		if (field)
			add_relocation(c, RELOCATE_ADDRESS32_SIGNED, field, 0);
		return;
	}
	emit_guest_address(c, scratch, address);
	x86_push_r(&c->w, scratch);
}

/* ---- the layout of an image ----------------------------------------------------------------------------------------- */

struct image_parts {
	size_t ranges, exits, relocations, recipes, code, end; /* offsets */
};

static struct image_parts
image_parts(const struct unit_image *image)
{
	struct image_parts p;

	p.ranges = sizeof(*image);
	p.exits = p.ranges + image->range_count * sizeof(struct guest_range);
	p.relocations = p.exits + image->exit_count * sizeof(struct image_exit);
	p.recipes = p.relocations + image->relocation_count * sizeof(uint32_t);
	p.code = p.recipes + image->recipe_size;
	p.end = p.code + image->code_size;
	return p;
}

/* ---- export ------------------------------------------------------------------------------------------------------------ */

static void
write_exits(const struct code_unit *unit, uint64_t bias, struct image_exit *to)
{
	for (unsigned k = 0; k < unit->exit_count; k++) {
		const struct code_exit *exit = &unit->exits[k];

		to[k] = (struct image_exit){
			.guest_offset = exit->guest_pc - bias,
			.jump = exit->jump ? (uint32_t)(exit->jump - unit->code) : NO_JUMP,
			.stub = exit->jump ? (uint32_t)(exit->stub - unit->code) : 0,
			.kind = exit->kind,
		};
	}
}

/* The code as it was before any exit was linked. */
static void
write_code(const struct code_unit *unit, uint8_t *to)
{
	memcpy(to, unit->code, unit->code_size);
	for (unsigned k = 0; k < unit->exit_count; k++) {
		const struct code_exit *exit = &unit->exits[k];
		int32_t distance = (int32_t)(exit->stub - (exit->jump + 4));

		if (exit->jump)
			memcpy(to + (exit->jump - unit->code), &distance, sizeof(distance));
	}
}

size_t
backend_export(const struct code_unit *unit, uint64_t bias, void *to, size_t room)
{
	struct unit_image image = {
		.guest_offset = unit->guest_pc - bias,
		.bias = bias,
		.mode = unit->mode,
		.code_size = unit->code_size,
		.recipe_size = unit->recipe_size,
		.range_count = unit->range_count,
		.code_range_count = unit->code_range_count,
		.exit_count = unit->exit_count,
		.relocation_count = unit->relocation_count,
		.code_address = (uintptr_t)unit->code,
	};
	struct image_parts p = image_parts(&image);
	uint8_t *out = to;

	if (!unit->relocations)
		return 0;
	if (p.end > room)
		return p.end;
	memcpy(out, &image, sizeof(image));
	for (unsigned k = 0; k < unit->range_count; k++) {
		struct guest_range range = { unit->ranges[k].start - bias,
			unit->ranges[k].end - bias };

		memcpy(out + p.ranges + k * sizeof(range), &range, sizeof(range));
	}
	write_exits(unit, bias, (struct image_exit *)(void *)(out + p.exits));
	memcpy(out + p.relocations, unit->relocations, unit->relocation_count * sizeof(uint32_t));
	memcpy(out + p.recipes, unit->recipes, unit->recipe_size);
	write_code(unit, out + p.code);
	return p.end;
}

/* ---- import ------------------------------------------------------------------------------------------------------------- */

static bool
image_is_sound(const struct unit_image *image, size_t size)
{
	struct image_parts p;

	if (size < sizeof(*image) || image->code_size > UINT16_MAX || image->recipe_size > size ||
		image->range_count == 0 || image->range_count > IR_MAX_RANGES ||
		image->code_range_count > image->range_count)
		return false;
	p = image_parts(image);
	if (p.end > size)
		return false;
	const struct image_exit *exits = (const void *)((const uint8_t *)image + p.exits);
	const uint32_t *relocations = (const void *)((const uint8_t *)image + p.relocations);
	for (unsigned k = 0; k < image->exit_count; k++)
		if ((exits[k].jump != NO_JUMP && exits[k].jump + UINT64_C(4) > image->code_size) ||
			exits[k].stub >= image->code_size || exits[k].kind > CODE_EXIT_RETURN)
			return false;
	for (unsigned k = 0; k < image->relocation_count; k++) {
		uint32_t kind = relocations[k] >> 28, bytes = kind == RELOCATE_ADDRESS64 ? 8 : 4;

		if ((relocations[k] & 0xffff) + bytes > image->code_size || kind > RELOCATE_EXIT ||
			(kind == RELOCATE_EXIT &&
				(relocations[k] >> 16 & 0xfff) >= image->exit_count))
			return false;
	}
	return true;
}

bool
backend_image_info(const void *image, size_t size, struct unit_image_info *info)
{
	const struct unit_image *head = image;

	if (!image_is_sound(head, size))
		return false;
	info->guest_offset = head->guest_offset;
	info->mode = head->mode;
	info->ranges = (const void *)((const uint8_t *)image + image_parts(head).ranges);
	info->range_count = head->range_count;
	return true;
}

static bool
fits(enum relocation_kind kind, uint64_t address)
{
	return kind == RELOCATE_ADDRESS32 ? address <= UINT32_MAX
					  : address == (uint64_t)(int64_t)(int32_t)address;
}

static bool
relocate_address(uint8_t *field, enum relocation_kind kind, uint64_t moved)
{
	uint64_t address = 0;
	int32_t narrow;

	if (moved == 0)
		return true;
	if (kind == RELOCATE_ADDRESS64) {
		memcpy(&address, field, 8);
		address += moved;
		memcpy(field, &address, 8);
		return true;
	}
	memcpy(&narrow, field, 4);
	address = (kind == RELOCATE_ADDRESS32 ? (uint64_t)(uint32_t)narrow
					      : (uint64_t)(int64_t)narrow) +
		  moved;
	memcpy(field, &address, 4);
	return fits(kind, address);
}

static bool
relocate(const struct unit_image *image, struct code_unit *unit, uint64_t bias)
{
	const struct image_parts p = image_parts(image);
	const uint32_t *relocations = (const void *)((const uint8_t *)image + p.relocations);

	for (unsigned k = 0; k < image->relocation_count; k++) {
		enum relocation_kind kind = (enum relocation_kind)(relocations[k] >> 28);
		uint8_t *field = unit->code + (relocations[k] & 0xffff);
		int32_t distance;

		if (kind < RELOCATE_TEXT) {
			if (!relocate_address(field, kind, bias - image->bias))
				return false;
			continue;
		}
		memcpy(&distance, field, 4);
		if (kind == RELOCATE_TEXT)
			distance -= (int32_t)((uintptr_t)unit->code - image->code_address);
		else
			distance = (int32_t)((uint8_t *)&unit->exits[relocations[k] >> 16 & 0xfff] -
					     (field + 4));
		memcpy(field, &distance, 4);
	}
	return true;
}

static void
read_exits(const struct unit_image *image, struct code_unit *unit, uint64_t bias)
{
	const struct image_exit *from =
		(const void *)((const uint8_t *)image + image_parts(image).exits);

	for (unsigned k = 0; k < image->exit_count; k++)
		unit->exits[k] = (struct code_exit){
			.unit = unit,
			.guest_pc = bias + from[k].guest_offset,
			.jump = from[k].jump == NO_JUMP ? NULL : unit->code + from[k].jump,
			.stub = unit->code + from[k].stub,
			.kind = (uint8_t)from[k].kind,
		};
}

struct code_unit *
backend_import(struct code_space *space, const void *data, size_t size, uint64_t bias)
{
	const struct unit_image *image = data;
	struct code_space before = *space;
	struct image_parts p;
	struct code_unit *unit;

	if (!image_is_sound(image, size))
		return NULL;
	p = image_parts(image);
	uint8_t *code = space->code +
			((image->code_address - (uintptr_t)space->code) & (CODE_ALIGNMENT - 1));
	unit = take_data(space, sizeof(*unit));
	struct code_exit *exits = take_data(space, image->exit_count * sizeof(*exits));
	struct guest_range *ranges = take_data(space, image->range_count * sizeof(*ranges));
	if (!unit || !exits || !ranges || code + image->code_size > space->code_end) {
		*space = before;
		return NULL;
	}
	*unit = (struct code_unit){
		.guest_pc = bias + image->guest_offset,
		.mode = image->mode,
		.code_size = image->code_size,
		.code = code,
		.exits = exits,
		.recipes = (const uint8_t *)data + p.recipes,
		.recipe_size = image->recipe_size,
		.exit_count = image->exit_count,
		.range_count = image->range_count,
		.code_range_count = image->code_range_count,
		.ranges = ranges,
	};
	const struct guest_range *from = (const void *)((const uint8_t *)data + p.ranges);
	for (unsigned k = 0; k < image->range_count; k++)
		ranges[k] = (struct guest_range){ from[k].start + bias, from[k].end + bias };
	memcpy(code, (const uint8_t *)data + p.code, image->code_size);
	read_exits(image, unit, bias);
	if (!relocate(image, unit, bias)) {
		*space = before;
		return NULL;
	}
	space->code = code + image->code_size;
	space->code += -(uintptr_t)space->code & 15;
	return unit;
}

void
backend_image_key(char *text, size_t size)
{
	const struct host_features *h = &host_features;

	snprintf(text, size,
		"x86-64 image 1: avx512 %d sha %d vaes %d vpclmul %d gfni %d vbmi %d bitalg %d "
		"traps %d",
		h->avx512, h->sha, h->vaes, h->vpclmul, h->gfni, h->vbmi, h->bitalg, h->traps);
}
