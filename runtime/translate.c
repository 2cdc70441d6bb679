// SPDX-License-Identifier: Apache-2.0
// The translation pipeline of one unit. The unit's length adapts: a unit that does not fit in some table of the builder
// or the backend is lifted again with half the instructions; one instruction always fits.
#include "runtime/translate.h"

#include <stdio.h>

#include "frontend/a64/lift.h"
#include "ir/passes.h"
#include "runtime/critical_sections.h"
#include "runtime/guest_access.h"
#include "runtime/guest_memory.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/region_plan.h"
#include "runtime/translation_log.h"
#include "runtime/unit_reports.h"
#include "runtime/units.h"

#define UNIT_GUEST_INSNS 24
/* A unit that checks its own code at entry is kept short: it compares every word. */
#define CHECKED_UNIT_GUEST_INSNS 16
#define TRACE_GUEST_INSNS        400

const struct guest_isa *const translate_isa = &a64_isa;
static struct ir_unit ir;
static struct lift lift;
static uint32_t logged;
static bool single_instruction;
/* The unit being translated compares its code at entry; others end where a page begins that is kept writable. */
static bool checking;

bool
translate_init(const struct run_options *options, struct code_space *space, char *why, size_t size)
{
	logged = options->log & (RUN_LOG_IN_ASM | RUN_LOG_IR | RUN_LOG_OUT_ASM);
	single_instruction = options->single_instruction;
	translation_log_init(options, translate_isa);
	return backend_init(space, translate_isa, why, size);
}

/*
 * Bytes of guest code at `pc`; its page is marked as holding code before any of it is read. The guarded read finds out
 * whether the file behind the page still reaches that far; a plain one would fault with the units' lock held.
 */
size_t
translate_fetchable(uint64_t pc)
{
	uint64_t page = pc & ~(uint64_t)(GUEST_PAGE_SIZE - 1);
	uint8_t byte;

	if (page >= GUEST_ADDRESS_END || (!checking && guest_memory_is_kept_writable(page)) ||
		guest_memory_protect_code(page, page + GUEST_PAGE_SIZE) != 0 ||
		guest_copy_from(&byte, pc, sizeof(byte)) != 0)
		return 0;
	return page + GUEST_PAGE_SIZE - pc;
}

static _Noreturn void
die_untranslatable(uint64_t pc)
{
	char line[128];
	int length = snprintf(line, sizeof(line),
		"dragoman: internal error: the instruction at %#llx cannot be compiled; please "
		"report\n",
		(unsigned long long)pc);

	host_syscall(SYS_write, 2, line, length);
	host_syscall(SYS_exit_group, 126);
	__builtin_unreachable();
}

static void
check(const struct ir_unit *u)
{
	char why[160];

	if (ir_verify(u, why, sizeof(why)))
		return;
	translation_log_text("dragoman: internal error: bad IR: ");
	translation_log_text(why);
	translation_log_text("\n");
	die_untranslatable(u->guest_pc);
}

/* Address of the guest instruction that IR instruction `i`, which may fault, is part of. */
static uint64_t
pc_of(const struct ir_unit *u, ir_ref i)
{
	while (i && u->insns[i].op != IR_guest_pc)
		i--;
	return u->insns[i].op == IR_guest_pc ? (uint64_t)u->insns[i].imm : u->guest_pc;
}

/*
 * A store of a constant address may be that of a critical section's descriptor to the thread's struct rseq. True when the
 * unit has one.
 */
static bool
learn_critical_sections(const struct ir_unit *u)
{
	bool learnt = false;

	const struct ir_insn *insn = u->insns;

	for (ir_ref i = 0, count = u->count; i < count; i++, insn++) {
		const struct ir_insn *value;

		if (insn->op != IR_store || (insn->aux & IR_MEM_SIZE) != 3)
			continue;
		value = &u->insns[insn->b];
		if (value->op == IR_address || value->op == IR_const)
			learnt |= critical_sections_learn((uint64_t)value->imm, pc_of(u, i));
	}
	return learnt;
}

struct code_unit *
translate(uint64_t pc, uint32_t mode, struct code_space *space)
{
	struct lift_request request = {
		.pc = pc,
		.mode = mode | (single_instruction ? IR_MODE_SINGLE : 0),
		.max_guest_insns =
			mode & IR_MODE_CHECK_CODE ? CHECKED_UNIT_GUEST_INSNS : UNIT_GUEST_INSNS,
		.fetchable = translate_fetchable,
		.is_translated = units_is_translated,
		.is_critical = critical_sections_contain,
	};

	checking = mode & IR_MODE_CHECK_CODE;
	for (; request.max_guest_insns; request.max_guest_insns /= 2) {
		struct code_unit *unit;
		bool arms;

		translate_isa->lift_unit(&lift, &ir, &request);
		if (lift.overflow)
			continue;
		arms = learn_critical_sections(&ir);
		if (arms)
			translate_isa->lift_unit(&lift, &ir, &request);
		if (logged) {
			check(&ir);
			translation_log_lifted(&ir);
		}
		unit = backend_compile(space, &ir);
		if (!unit)
			continue;
		/*
		 * What cannot be fetched now may be another time, and what arms critical sections is to be seen by
		 * each process: not for the persistent cache.
		 */
		if (ir.guest_insns == 0 || arms)
			unit->relocations = NULL;
		if (logged)
			translation_log_compiled(unit);
		checking = false;
		return unit;
	}
	die_untranslatable(pc);
}

/* ---- regions --------------------------------------------------------------------------------------------------------- */

/* The traces' IR, all at once; mapped when the first region is made. */
static struct ir_unit *trace_units;

static void
lift_trace(struct ir_unit *u, const struct planned_trace *trace, uint32_t mode, bool as_lifted)
{
	struct lift_request request = {
		.pc = trace->pc,
		.mode = mode,
		.max_guest_insns = TRACE_GUEST_INSNS,
		.fetchable = translate_fetchable,
		.is_critical = critical_sections_contain,
		.path = trace->path,
		.path_length = trace->path_length,
		.labels = trace->labels,
		.label_count = trace->label_count,
		.as_lifted = as_lifted,
	};

	translate_isa->lift_unit(&lift, u, &request);
}

/* For dragoman profile: what trace `number`, which is in `u`, was before anything was folded, and what it is. */
static void
report_trace(
	const struct ir_unit *u, const struct planned_trace *trace, uint32_t mode, uint32_t number)
{
	char name[64];

	lift_trace(&ir, trace, mode, true);
	snprintf(name, sizeof(name), "trace %u, as lifted", number);
	if (!lift.overflow)
		unit_reports_pass(name, &ir);
	snprintf(name, sizeof(name), "trace %u, folded; what nothing uses removed", number);
	unit_reports_pass(name, u);
}

static uint32_t reported_trace;

static void
report_pass(const char *name, const struct ir_unit *u)
{
	char text[96];

	snprintf(text, sizeof(text), "trace %u, %s", reported_trace, name);
	unit_reports_pass(text, u);
}

struct code_unit *
translate_region(const struct region_plan *plan, uint32_t mode, struct code_space *space)
{
	struct region_trace traces[REGION_PLAN_TRACES];
	struct code_unit *unit;
	bool arms = false;

	if (!trace_units)
		trace_units = host_memory_map(sizeof(*trace_units) * REGION_PLAN_TRACES);
	if (!trace_units)
		return NULL;
	for (uint32_t k = 0; k < plan->trace_count; k++) {
		lift_trace(&trace_units[k], &plan->traces[k], mode, false);
		arms |= learn_critical_sections(&trace_units[k]);
		traces[k] = (struct region_trace){ &trace_units[k], plan->traces[k].weight,
			plan->traces[k].label_count, plan->traces[k].labels };
		if (trace_units[k].guest_insns == 0) {
			unit_reports_forget_passes();
			return NULL;
		}
		if (unit_reports_wanted)
			report_trace(&trace_units[k], &plan->traces[k], mode, k);
		reported_trace = k;
		ir_run_passes(
			&lift, &trace_units[k], &ir, unit_reports_wanted ? report_pass : NULL);
		if (logged) {
			check(&trace_units[k]);
			translation_log_lifted(&trace_units[k]);
		}
	}
	unit = backend_compile_region(space, traces, plan->trace_count);
	if (!unit)
		unit_reports_forget_passes();
	if (unit && arms)
		unit->relocations = NULL;
	if (unit && logged)
		translation_log_compiled(unit);
	return unit;
}
