// SPDX-License-Identifier: Apache-2.0
// The host processor's features, and the assignment of guest state slots to host registers (the pins) that every
// unit agrees on at its edges.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/platform/x86.h>

#include "backend/x86_64/compiler.h"

struct host_features host_features;
struct seam canonical_seam;
int32_t slot_displacement[IR_MAX_SLOTS];
uint8_t slot_kind[IR_MAX_SLOTS];
uint32_t slot_total;
unsigned flags_slot;

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

/* What the C library has found at its own start: CPUID takes some ten microseconds in a virtual machine. */
bool
backend_detect(char *why, size_t size)
{
	struct host_features *h = &host_features;

	if (!CPU_FEATURE_ACTIVE(AVX2) || !CPU_FEATURE_ACTIVE(BMI1) || !CPU_FEATURE_ACTIVE(BMI2) ||
		!CPU_FEATURE_ACTIVE(FMA) || !CPU_FEATURE_ACTIVE(SSE4_2) ||
		!CPU_FEATURE_ACTIVE(POPCNT) || !CPU_FEATURE_ACTIVE(AES) ||
		!CPU_FEATURE_ACTIVE(PCLMULQDQ) || !CPU_FEATURE_ACTIVE(AVX) ||
		!CPU_FEATURE_ACTIVE(F16C)) {
		snprintf(why, size,
			"this processor lacks AVX2, BMI2, FMA or AES-NI, which dragoman's "
			"translations need");
		return false;
	}
	if (!CPU_FEATURE_ACTIVE(LZCNT) || !CPU_FEATURE_ACTIVE(LAHF64_SAHF64)) {
		snprintf(why, size,
			"this processor lacks LZCNT or LAHF, which dragoman's translations need");
		return false;
	}
	h->sha = CPU_FEATURE_ACTIVE(SHA);
	h->avx512 = CPU_FEATURE_ACTIVE(AVX512F) && CPU_FEATURE_ACTIVE(AVX512VL) &&
		    CPU_FEATURE_ACTIVE(AVX512BW) && CPU_FEATURE_ACTIVE(AVX512DQ);
	h->gfni = CPU_FEATURE_ACTIVE(GFNI);
	h->vaes = h->avx512 && CPU_FEATURE_ACTIVE(VAES);
	h->vpclmul = h->avx512 && CPU_FEATURE_ACTIVE(VPCLMULQDQ);
	h->vbmi = h->avx512 && CPU_FEATURE_ACTIVE(AVX512_VBMI);
	h->bitalg = h->avx512 && CPU_FEATURE_ACTIVE(AVX512_BITALG);
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
	assign_pins(layout, IR_SLOT_INTEGER, gpr_pins, COUNT(gpr_pins));
	assign_pins(layout, IR_SLOT_VECTOR, vector_pins, COUNT(vector_pins));
	if (host_features.avx512)
		assign_high_homes(layout);
	return true;
}
