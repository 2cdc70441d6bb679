// SPDX-License-Identifier: Apache-2.0
// The host processor's features, and the assignment of guest state slots to host registers (the pins) that every
// unit agrees on at its edges.
#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/x86_64/compiler.h"

struct host_features host_features;
struct seam canonical_seam;
int32_t slot_displacement[IR_MAX_SLOTS];
uint8_t slot_kind[IR_MAX_SLOTS];
uint32_t slot_total;
unsigned flags_slot, link_slot;

/* Pins in the order of a slot's rank: registers without REX-only encodings first, for shorter code. */
const host_reg gpr_pins[GPR_PINS] = {
	X86_RBX,
	X86_RSI,
	X86_RDI,
	X86_R8,
	X86_R9,
	X86_R10,
	X86_R11,
	X86_R12,
	X86_R13,
	X86_R14,
	X86_R15,
};
const host_reg vector_pins[VECTOR_PINS] = {
	REG_XMM + 5,
	REG_XMM + 6,
	REG_XMM + 7,
	REG_XMM + 8,
	REG_XMM + 9,
	REG_XMM + 10,
	REG_XMM + 11,
	REG_XMM + 12,
	REG_XMM + 13,
	REG_XMM + 14,
	REG_XMM + 15,
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* For tests: `names` is a list, separated by commas, of features that are not to be used. */
static void
leave_out_features(const char *names)
{
	struct host_features *h = &host_features;
	const struct {
		const char *name;
		bool *feature;
		bool needs_avx512;
	} known[] = {
		{ "avx512", &h->avx512, true },
		{ "sha", &h->sha, false },
		{ "gfni", &h->gfni, false },
		{ "vaes", &h->vaes, true },
		{ "vpclmul", &h->vpclmul, true },
		{ "vbmi", &h->vbmi, true },
		{ "bitalg", &h->bitalg, true },
		{ "traps", &h->traps, false },
		{ "nan-checks", &h->nan_checks, false },
	};

	for (unsigned k = 0; names && k < sizeof(known) / sizeof(*known); k++) {
		size_t length = strlen(known[k].name);

		for (const char *at = names; (at = strstr(at, known[k].name)); at += length)
			if ((at == names || at[-1] == ',') &&
				(at[length] == '\0' || at[length] == ','))
				*known[k].feature = false;
		if (known[k].needs_avx512 && !h->avx512)
			*known[k].feature = false;
	}
}

static uint64_t
enabled_state(void)
{
	uint32_t low, high;

	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (uint64_t)high << 32 | low;
}

static bool
bits(uint32_t value, uint32_t mask)
{
	return (value & mask) == mask;
}

/* Three leaves and no more: in a virtual machine each takes some ten microseconds. */
bool
backend_detect(char *why, size_t size)
{
	struct host_features *h = &host_features;
	unsigned a, b = 0, c, d;
	bool basic;

	__cpuid(1, a, b, c, d);
	basic = bits(c, bit_FMA | bit_SSE4_2 | bit_POPCNT | bit_AES | bit_PCLMUL | bit_OSXSAVE |
				bit_AVX | bit_F16C);
	/* a processor with XSAVE has leaf 13, and so leaf 7 */
	if (basic)
		__cpuid_count(7, 0, a, b, c, d);
	if (!basic || !bits(b, bit_AVX2 | bit_BMI | bit_BMI2) || (enabled_state() & 6) != 6) {
		snprintf(why, size,
			"this processor lacks AVX2, BMI2, FMA or AES-NI, which dragoman's "
			"translations need; use a machine from 2013 or later");
		return false;
	}
	h->sha = b & bit_SHA;
	h->avx512 = bits(b, bit_AVX512F | bit_AVX512VL | bit_AVX512BW | bit_AVX512DQ) &&
		    (enabled_state() & 0xe6) == 0xe6;
	h->gfni = c & bit_GFNI;
	h->vaes = h->avx512 && (c & bit_VAES);
	h->vpclmul = h->avx512 && (c & bit_VPCLMULQDQ);
	h->vbmi = h->avx512 && (c & bit_AVX512VBMI);
	h->bitalg = h->avx512 && (c & bit_AVX512BITALG);
	__cpuid(0x80000001, a, b, c, d);
	if (!(c & bit_LZCNT) || !(c & bit_LAHF_LM)) {
		snprintf(why, size,
			"this processor lacks LZCNT or LAHF, which dragoman's translations need");
		return false;
	}
	host_features.traps = host_features.nan_checks = true;
	leave_out_features(secure_getenv("DRAGOMAN_WITHOUT"));
	return true;
}

static const struct ir_state_slot *
slot_of_rank(const struct ir_state_layout *layout, unsigned kind, unsigned rank, unsigned *slot)
{
	for (unsigned s = 0; s < layout->count; s++)
		if (layout->slots[s].kind == kind && layout->slots[s].pin_rank == rank) {
			*slot = s;
			return &layout->slots[s];
		}
	return NULL;
}

static void
assign_pins(
	const struct ir_state_layout *layout, unsigned kind, const host_reg *pins, unsigned count)
{
	unsigned slot;

	for (unsigned rank = 1; rank <= count && slot_of_rank(layout, kind, rank, &slot); rank++) {
		canonical_seam.pin_of_slot[slot] = pins[rank - 1];
		canonical_seam.slot_of_pin[pins[rank - 1]] = (uint8_t)slot;
		canonical_seam.pin_mask |= 1u << pins[rank - 1];
	}
}

static void
assign_high_homes(const struct ir_state_layout *layout)
{
	unsigned slot, next = 16;

	for (unsigned rank = COUNT(vector_pins) + 1; next < 32; rank++) {
		if (!slot_of_rank(layout, IR_SLOT_VECTOR, rank, &slot))
			break;
		canonical_seam.high_home_of_slot[slot] = (uint8_t)next++;
	}
}

bool
host_init(const struct ir_state_layout *layout, char *why, size_t size)
{
	if (!backend_detect(why, size))
		return false;
	slot_total = layout->count;
	memset(canonical_seam.pin_of_slot, REG_NONE, sizeof(canonical_seam.pin_of_slot));
	memset(canonical_seam.slot_of_pin, 0xff, sizeof(canonical_seam.slot_of_pin));
	for (unsigned s = 0; s < layout->count; s++) {
		slot_displacement[s] = layout->slots[s].offset - CPU_BIAS;
		slot_kind[s] = layout->slots[s].kind;
		if (slot_kind[s] == IR_SLOT_FLAGS)
			flags_slot = s;
	}
	link_slot = layout->link_slot;
	assign_pins(layout, IR_SLOT_INTEGER, gpr_pins, COUNT(gpr_pins));
	assign_pins(layout, IR_SLOT_VECTOR, vector_pins, COUNT(vector_pins));
	if (host_features.avx512)
		assign_high_homes(layout);
	return true;
}
