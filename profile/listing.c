// SPDX-License-Identifier: Apache-2.0
// See listing.h. To be lifted again, guest code is put where it was: nothing else is at guests' addresses in the process that
// writes the report.
#include "profile/listing.h"

#include <capstone/capstone.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "ir/guest_isa.h"
#include "runtime/disassembler_memory.h"
#include "runtime/guest_memory.h"
#include "runtime/translate.h"

#define IR_TEXT_SIZE (1u << 19)

static csh host;

bool
listing_init(void)
{
	return disassembler_memory_init() && cs_open(CS_ARCH_X86, CS_MODE_64, &host) == CS_ERR_OK;
}

/* ---- guest ----------------------------------------------------------------------------------------------------------------- */

void
listing_guest(const struct profiled_unit *unit, listing_line line, void *to)
{
	const uint8_t *code = unit->guest_code;
	char text[160], whole[224];

	for (unsigned r = 0; r < unit->record->code_range_count; r++) {
		uint64_t end = unit->ranges[r].end;

		for (uint64_t pc = unit->ranges[r].start;
			pc + translate_isa->instruction_size <= end;
			pc += translate_isa->instruction_size) {
			translate_isa->disassemble(
				pc, code + (pc - unit->ranges[r].start), text, sizeof(text));
			snprintf(whole, sizeof(whole), "%llx  %s", (unsigned long long)pc, text);
			line(to, whole, -1, 0);
		}
		code += end - unit->ranges[r].start;
		if (r + 1 < unit->record->code_range_count)
			line(to, "", -1, 0);
	}
}

uint64_t
listing_count_guest(const struct profiled_unit *unit)
{
	return profiled_guest_bytes(unit) / translate_isa->instruction_size;
}

/* ---- host ------------------------------------------------------------------------------------------------------------------ */

void
listing_host(const struct profiled_unit *unit, listing_line line, void *to)
{
	const uint8_t *code = unit->code;
	size_t left = unit->record->code_size;
	uint64_t address = unit->record->code;
	cs_insn *insn = cs_malloc(host);
	char text[256];

	while (left && insn) {
		int64_t place = (int64_t)(unit->record->code_size - left);

		if (cs_disasm_iter(host, &code, &left, &address, insn)) {
			snprintf(text, sizeof(text), "%llx  %s %s",
				(unsigned long long)insn->address, insn->mnemonic, insn->op_str);
			line(to, text, place, insn->size);
			continue;
		}
		snprintf(text, sizeof(text), "%llx  .byte 0x%02x", (unsigned long long)address,
			*code);
		line(to, text, place, 1);
		code++;
		left--;
		address++;
	}
	if (insn)
		cs_free(insn, 1);
}

static void
count_line(void *to, const char *line, int64_t place, uint32_t length)
{
	(void)line;
	(void)place;
	(void)length;
	++*(uint64_t *)to;
}

uint64_t
listing_count_host(const struct profiled_unit *unit)
{
	uint64_t count = 0;

	listing_host(unit, count_line, &count);
	return count;
}

/* ---- IR -------------------------------------------------------------------------------------------------------------------- */

static const struct profiled_unit *lifted;

/* Only what the recording has can be fetched. */
static size_t
fetchable(uint64_t pc)
{
	for (unsigned r = 0; r < lifted->record->range_count; r++)
		if (pc >= lifted->ranges[r].start && pc < lifted->ranges[r].end) {
			uint64_t page = GUEST_PAGE_SIZE - pc % GUEST_PAGE_SIZE;
			uint64_t rest = lifted->ranges[r].end - pc;

			return rest < page ? rest : page;
		}
	return 0;
}

/* Pages that are mapped for the unit: nothing but these is written to or unmapped. */
#define PAGES_MAX 64
static uint64_t mapped[PAGES_MAX];
static unsigned mapped_count;

static bool
map_page(uint64_t page)
{
	void *got;

	for (unsigned k = 0; k < mapped_count; k++)
		if (mapped[k] == page)
			return true;
	if (mapped_count == PAGES_MAX)
		return false;
	got = mmap((void *)page, GUEST_PAGE_SIZE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (got == MAP_FAILED)
		return false;
	mapped[mapped_count++] = (uint64_t)got;
	return (uint64_t)got == page;
}

static bool
put_code(const struct profiled_unit *unit)
{
	const uint8_t *code = unit->guest_code;

	for (unsigned r = 0; r < unit->record->range_count; r++) {
		uint64_t start = unit->ranges[r].start, end = unit->ranges[r].end;

		for (uint64_t page = start & ~(uint64_t)(GUEST_PAGE_SIZE - 1); page < end;
			page += GUEST_PAGE_SIZE)
			if (!map_page(page))
				return false;
		memcpy((void *)start, code, end - start);
		code += end - start;
	}
	return true;
}

static void
remove_code(void)
{
	while (mapped_count)
		munmap((void *)mapped[--mapped_count], GUEST_PAGE_SIZE);
}

static size_t
lift_and_print(const struct profiled_unit *unit, bool as_lifted, char *text, size_t size)
{
	static struct ir_unit ir;
	static struct lift lift;
	struct lift_request request = {
		.pc = unit->record->guest_pc,
		.mode = unit->record->mode,
		.max_guest_insns = (uint32_t)listing_count_guest(unit),
		.fetchable = fetchable,
		.as_lifted = as_lifted,
	};

	translate_isa->lift_unit(&lift, &ir, &request);
	return lift.overflow ? 0 : ir_print(&ir, text, size);
}

static void
print_lifted(const struct profiled_unit *unit, char *text, size_t size)
{
	static const char *const titles[] = {
		"---- as lifted\n",
		"---- folded and merged while lifted; what nothing uses removed\n",
	};
	size_t length = 0;

	for (unsigned pass = 0; pass < 2; pass++) {
		length += (size_t)snprintf(text + length, size - length, "%s", titles[pass]);
		length += lift_and_print(unit, pass == 0, text + length, size - length);
		if (length >= size - 128)
			break;
	}
}

char *
listing_passes(const struct profiled_unit *unit)
{
	char *text = calloc(1, IR_TEXT_SIZE);

	if (!text)
		return NULL;
	if (unit->passes[0]) {
		snprintf(text, IR_TEXT_SIZE, "%s", unit->passes);
		return text;
	}
	if (unit->record->tier || !listing_count_guest(unit))
		return text;
	lifted = unit;
	if (put_code(unit))
		print_lifted(unit, text, IR_TEXT_SIZE);
	remove_code();
	return text;
}
