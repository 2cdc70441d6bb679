// SPDX-License-Identifier: Apache-2.0
// The backend's entry points (backend/backend.h): start-up, compiling a unit, linking its exits, and entering code.
#include <assert.h>

#include "backend/x86_64/compiler.h"
#include "backend/x86_64/region.h"
#include "backend/x86_64/select.h"

static struct compiler compiler; /* under the runtime's translation lock */
static struct region region;     /* the same */
static struct code_home no_home; /* of units of no file */
static const struct guest_isa *guest;
static uint64_t *(*take_counters)(uint32_t count);

bool
backend_init(struct code_space *space, const struct guest_isa *isa, char *why, size_t size)
{
	guest = isa;
	if (!host_init(isa->layout, why, size))
		return false;
	return trampolines_generate(space);
}

size_t
backend_trampolines(const uint8_t **start)
{
	*start = trampolines.start;
	return (size_t)(trampolines.end - trampolines.start);
}

void
backend_count_exits(uint64_t *(*take)(uint32_t count))
{
	take_counters = take;
}

/* ---- compiling -------------------------------------------------------------------------------------------------------- */

void *
take_data(struct code_space *space, size_t size)
{
	uint8_t *at = (uint8_t *)(((uintptr_t)space->data + 15) & ~(uintptr_t)15);

	if (at > space->data_end || size > (size_t)(space->data_end - at))
		return NULL;
	space->data = at + size;
	return at;
}

/* Exit records that the unit's exits make: a call makes one for itself and one for its return. */
static uint32_t
count_exits(const struct ir_unit *u)
{
	static const uint8_t records[IR_OP_COUNT] = {
		[IR_exit_if] = 1,
		[IR_exit_direct] = 1,
		[IR_exit_call] = 2,
		[IR_exit_call_indirect] = 1,
		[IR_exit_system_call] = 1,
	};
	uint32_t count = 0;

	for (ir_ref i = 0; i < u->count; i++)
		count += records[u->insns[i].op];
	return count;
}

/* Adds what is not part of one of the `total` ranges; gives how many there are then. */
static uint32_t
add_ranges(struct guest_range *to, uint32_t total, const struct guest_range *ranges, uint32_t count)
{
	for (uint32_t r = 0; r < count; r++) {
		uint32_t at = 0;

		while (at < total && (to[at].start > ranges[r].start || to[at].end < ranges[r].end))
			at++;
		if (at == total)
			to[total++] = ranges[r];
	}
	return total;
}

/* The guest code of all traces, each piece once, as offsets from the bias: first what was lifted, then what was only looked at. */
static void
gather_ranges(struct code_unit *unit, const struct region_trace *traces, unsigned count)
{
	uint32_t total = 0;

	for (unsigned k = 0; k < count; k++)
		total = add_ranges(unit->ranges, total, traces[k].unit->ranges,
			traces[k].unit->code_range_count);
	unit->code_range_count = (uint16_t)total;
	for (unsigned k = 0; k < count; k++)
		total = add_ranges(
			unit->ranges, total, traces[k].unit->ranges, traces[k].unit->range_count);
	unit->range_count = (uint16_t)total;
	for (uint32_t k = 0; k < total; k++) {
		unit->ranges[k].start -= unit->home->bias;
		unit->ranges[k].end -= unit->home->bias;
	}
}

static bool
begin(struct compiler *c, struct code_space *space, const struct region_trace *traces,
	unsigned count)
{
	const struct ir_unit *u = traces[0].unit;
	uint32_t range_count = 0;

	c->u = u;
	c->seam = &canonical_seam;
	c->region = NULL;
	c->space = space;
	c->home = space->home ? space->home : &no_home;
	c->failed = false;
	c->stub_count = c->cold_count = c->exit_count = c->exit_capacity = 0;
	for (unsigned k = 0; k < count; k++) {
		/* and a loop head's; more often in a region, which may have versions, and code for loops' way round */
		c->exit_capacity += (count_exits(traces[k].unit) + 1) *
				    (REGION_VERSIONS + region_trace_loops(traces[k].unit));
		range_count += traces[k].unit->range_count;
	}
	c->unit = take_data(space, sizeof(*c->unit));
	c->exits = take_data(space, c->exit_capacity * sizeof(*c->exits));
	struct guest_range *ranges = take_data(space, range_count * sizeof(*ranges));
	if (!c->unit || !c->exits || !ranges || range_count > UINT16_MAX)
		return false;
	*c->unit = (struct code_unit){
		.guest_offset = u->guest_pc - c->home->bias,
		.home = c->home,
		.mode = u->mode,
		.code = space->code,
		.exits = c->exits,
		.ranges = ranges,
	};
	gather_ranges(c->unit, traces, count);
	c->recipe_at = space->data;
	c->recipe_end = space->data_end;
	c->unit->recipes = c->recipe_at;
	c->recipe_code = 0;
	c->recipe_pc = c->guest_pc = u->guest_pc;
	c->recipe_last.move_count = 0;
	c->recipe_last.flags = FLAGS_IN_MEMORY;
	c->w = (struct x86_writer){ .at = space->code, .end = space->code_end };
	relocations_begin(c);
	if (take_counters) {
		c->unit->counters = take_counters(c->exit_capacity + 1);
		c->relocatable = false;
	}
	return true;
}

/* For backend_copy_unit, if the unit may be copied at all and there is room. */
static void
keep_relocations(struct compiler *c)
{
	uint32_t *relocations = take_data(c->space, c->relocation_count * sizeof(*relocations));

	if (!c->relocatable || !relocations ||
		(c->u->mode & (IR_MODE_CHECK_CODE | IR_MODE_SINGLE | IR_MODE_CRITICAL)))
		return;
	memcpy(relocations, c->relocations, c->relocation_count * sizeof(*relocations));
	c->unit->relocations = relocations;
	c->unit->relocation_count = (uint16_t)c->relocation_count;
}

/* The unit that has been emitted, or NULL, `before` being what the space was. */
static struct code_unit *
finish(struct compiler *c, const struct code_space *before)
{
	struct code_space *space = c->space;

	if (c->failed || c->w.overflow) {
		*space = *before;
		return NULL;
	}
	c->unit->code_size = (uint32_t)(c->w.at - c->unit->code);
	c->unit->exit_count = (uint16_t)c->exit_count;
	c->unit->recipe_size = (uint32_t)(c->recipe_at - c->unit->recipes);
	space->data = c->recipe_at;
	if (c->region && !region_keep_polls(c)) {
		*space = *before;
		return NULL;
	}
	keep_relocations(c);
	space->code = c->w.at + (-(uintptr_t)c->w.at & 15);
	return c->unit;
}

struct code_unit *
backend_compile(struct code_space *space, const struct ir_unit *u)
{
	struct compiler *c = &compiler;
	struct code_space before = *space;
	struct region_trace alone = { .unit = u, .weight = 1 };

	if (!begin(c, space, &alone, 1)) {
		*space = before;
		return NULL;
	}
	analyze(c);
	allocate_begin(c);
	if (u->mode & IR_MODE_CHECK_CODE)
		select_code_check(c);
	select_main_path(c);
	select_cold_code(c);
	return finish(c, &before);
}

struct code_unit *
backend_compile_region(struct code_space *space, const struct region_trace *traces, unsigned count)
{
	struct compiler *c = &compiler;
	struct code_space before = *space;

	if (!begin(c, space, traces, count)) {
		*space = before;
		return NULL;
	}
	region_compile(c, &region, traces, count);
	return finish(c, &before);
}

/* ---- linking ------------------------------------------------------------------------------------------------------------ */

void
backend_link(struct code_exit *exit, struct code_unit *target)
{
	if (!exit->jump)
		return;
	if (exit_unit(exit)->home->in_place)
		__atomic_store_n(&exit->slot, target->code, __ATOMIC_RELEASE);
	else
		x86_patch_rel32(exit_unit(exit)->code + exit->jump, target->code);
}

void
backend_unlink(struct code_exit *exit)
{
	uint8_t *code = exit_unit(exit)->code, *field = code + exit->jump;

	if (!exit->jump)
		return;
	if (exit->slot != trampolines.link)
		__atomic_store_n(&exit->slot, trampolines.link, __ATOMIC_RELEASE);
	if (x86_rel32_target(field) != code + exit->stub)
		x86_patch_rel32(field, code + exit->stub);
}

/* ---- running ------------------------------------------------------------------------------------------------------------- */

/* The last frame is nobody's, and stays. */
void
backend_reset_return_stack(struct cpu *cpu)
{
	uint64_t *base = cpu->cold.return_stack_base;

	base[0] = (uint64_t)(uintptr_t)trampolines.return_miss;
	cpu->cold.return_stack_top = base;
}

/* Nothing has been set: translated code is left at each system call. */
static const uint8_t *
leave_at_system_call(struct cpu *cpu)
{
	(void)cpu;
	return NULL;
}

static backend_system_call system_call = leave_at_system_call;

void
backend_set_system_call(backend_system_call function)
{
	system_call = function;
}

void
backend_init_cpu(struct cpu *cpu, void *return_stack, size_t size)
{
	void **entries = cpu->cold.entry_points;

	assert((uint32_t)((uintptr_t)cpu + CPU_BIAS) != 0); /* polls test with rbp */
	cpu->cold.return_stack_base = (uint8_t *)return_stack + size - 64;
	backend_reset_return_stack(cpu);
	cpu->hot.fp_control = backend_fp_control_for_mode(cpu->hot.mode);
	cpu->cold.system_call = system_call;
	flags_init_cpu(cpu);
	entries[ENTRY_LINK] = trampolines.link;
	entries[ENTRY_INDIRECT] = trampolines.indirect;
	entries[ENTRY_RETURN_MISS] = trampolines.return_miss;
	entries[ENTRY_SYSTEM_CALL] = trampolines.system_call;
	entries[ENTRY_EXCEPTION] = trampolines.exception;
	entries[ENTRY_STALE] = trampolines.stale;
	entries[ENTRY_HELPER] = trampolines.helper;
	entries[ENTRY_FAULT] = trampolines.fault;
	entries[ENTRY_RUNTIME_TRAMPOLINE] = trampolines.runtime_call;
	for (unsigned k = 0; k < guest->runtime_call_count; k++)
		entries[ENTRY_RUNTIME_CALLS + k] = (void *)guest->runtime_calls[k];
}

void
backend_enter(struct cpu *cpu, const struct code_unit *unit)
{
	((void (*)(struct cpu *, const uint8_t *))(uintptr_t)trampolines.enter)(cpu, unit->code);
	if (cpu->hot.flags & LAZY_FLAGS)
		cpu->hot.flags = flags_of_description(cpu, cpu->hot.flags);
}

/* The place for `signature`, which is written in front of it the first time; NULL when all places are taken. */
static const uint8_t *
critical_abort(uint32_t signature)
{
	for (unsigned k = 0; k < CRITICAL_SIGNATURES && signature != CRITICAL_UNSIGNED; k++) {
		uint32_t *before = (uint32_t *)(void *)trampolines.critical_abort[k] - 1;
		uint32_t unused = CRITICAL_UNSIGNED;

		if (__atomic_load_n(before, __ATOMIC_RELAXED) == signature ||
			__atomic_compare_exchange_n(before, &unused, signature, false,
				__ATOMIC_RELAXED, __ATOMIC_RELAXED) ||
			unused == signature)
			return trampolines.critical_abort[k];
	}
	return NULL;
}

bool
backend_describe_critical(
	const struct code_unit *unit, uint32_t signature, struct host_critical_section *section)
{
	const uint8_t *store = recipe_last_access(unit), *abort = critical_abort(signature);

	if (!store || !abort)
		return false;
	*section = (struct host_critical_section){
		.start = (uint64_t)(uintptr_t)trampolines.critical_start,
		/* with the store's first byte alone: when it is done, pc is behind it */
		.length = (uint64_t)(store + 1 - trampolines.critical_start),
		.abort = (uint64_t)(uintptr_t)abort,
	};
	return true;
}

void
backend_enter_critical(struct cpu *cpu, const struct code_unit *unit, uint64_t *armed,
	uint64_t expected, const struct host_critical_section *section)
{
	typedef void enter_function(struct cpu *, const uint8_t *, uint64_t *, uint64_t,
		const struct host_critical_section *);

	((enter_function *)(uintptr_t)trampolines.enter_critical)(
		cpu, unit->code, armed, expected, section);
}

bool
backend_is_critical_abort(const uint8_t *pc)
{
	for (unsigned k = 0; k < CRITICAL_SIGNATURES; k++)
		if (pc == trampolines.critical_abort[k])
			return true;
	return false;
}

bool
backend_return_stack_fault(struct cpu *cpu, ucontext_t *uc, const void *fault_address)
{
	const uint8_t *fault = fault_address, *base = cpu->cold.return_stack_base;

	/* the guard page lies below the stack; nothing else of ours is within its reach */
	if (fault >= base || (uint64_t)uc->uc_mcontext.gregs[REG_RSP] - (uint64_t)fault + 256 > 512)
		return false;
	backend_reset_return_stack(cpu);
	uc->uc_mcontext.gregs[REG_RSP] = (greg_t)(uintptr_t)cpu->cold.return_stack_base;
	return true;
}

/* MXCSR: exceptions masked but for invalid operation (bit 7), rounding in bits 13-14, FTZ bit 15, DAZ bit 6. */
uint32_t
backend_fp_control_for_mode(uint32_t mode)
{
	static const uint32_t rounding[4] = {
		[IR_ROUND_NEAREST] = 0,
		[IR_ROUND_UP] = 2u << 13,
		[IR_ROUND_DOWN] = 1u << 13,
		[IR_ROUND_ZERO] = 3u << 13,
	};
	uint32_t mxcsr = 0x1f80 | rounding[mode & IR_MODE_ROUNDING];

	if (mode & IR_MODE_FLUSH)
		mxcsr |= 1u << 15 | 1u << 6;
	if (traps_invalid(mode))
		mxcsr &= ~(uint32_t)MXCSR_INVALID_MASKED;
	return mxcsr;
}
