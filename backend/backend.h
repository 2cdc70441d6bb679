// SPDX-License-Identifier: Apache-2.0
// The seam between the runtime and a host backend: compile IR units into code, link and unlink exits, enter
// translated code, and recover precise guest state from a host fault. A backend knows no guest.
#ifndef BACKEND_BACKEND_H
#define BACKEND_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

#include "ir/guest_isa.h"
#include "ir/ir.h"

enum code_exit_kind {
	CODE_EXIT_JUMP,   /* direct jump or side exit */
	CODE_EXIT_CALL,   /* direct call: pushes on the return-prediction stack */
	CODE_EXIT_RETURN, /* where a call comes back to: direct exit to the return pc */
};

/**
 * What the units of one guest file, where it is mapped now, have in common. Guest addresses in units, exits and ranges are
 * offsets from its bias; the code of a position-independent file reads the bias when it runs, so that it is the same
 * wherever the file is mapped. Units of no file have a home with bias 0.
 */
struct code_home {
	uint64_t bias;
	bool position_independent;
	bool in_place; /* code and metadata lie in a mapped cache file: the code is not to be written to */
	bool detached; /* none of its units is valid any more */
};

/**
 * A place in a unit's code from which a direct jump to another unit leaves. Unlinked, the jump goes to a stub, which
 * jumps through `slot` and leaves for the dispatcher with this exit as argument. Linked, either the jump goes straight to
 * the target's entry, or the slot leads there (units of cache files, whose code stays as it is).
 */
struct code_exit {
	struct code_unit *target;  /* linked target, or NULL */
	struct code_exit *next_in; /* next in the target's list of incoming exits */
	const uint8_t *slot;       /* where the stub jumps to */
	int32_t unit_distance; /* from here to the record of the unit that it belongs to: see exit_unit */
	int32_t guest_distance; /* from the unit's first instruction to where it goes */
	uint32_t jump; /* offset in the code of the rel32 field; 0: the dispatcher follows target */
	uint32_t stub : 24; /* offset in the code, of where the jump goes when unlinked */
	uint32_t kind : 8;  /* enum code_exit_kind */
};

/** Tiers of translation: numbers of code_unit.tier. */
#define UNIT_TIER_REGION 1
#define UNIT_TIERS       2

/** A compiled unit. Lives in code memory beside its code; owned by the runtime's unit table. */
struct code_unit {
	uint64_t guest_offset;
	struct code_home *home;
	uint8_t *code; /* entry */
	const uint8_t
		*fault_landing; /* of a region: where its faults go on; NULL: the common place */
	const uint32_t *polls;  /* of a region: see backend_leave_loops */
	struct code_exit *exits;
	struct code_exit *incoming; /* exits of other units linked to this one */
	const uint8_t *recipes;     /* delta-coded; for backend_recover */
	struct guest_range *ranges; /* guest code it was made from, and what was only looked at */
	const uint32_t
		*relocations; /* the backend's, for backend_copy_unit; NULL: it cannot be copied */
	uint64_t *counters;   /* indirect exits, then one for each of exits; NULL: not counted */
	uint32_t mode;
	uint32_t code_size;
	uint32_t poll_count;
	uint32_t recipe_size;
	uint16_t exit_count;
	uint16_t range_count;
	uint16_t code_range_count; /* of these, the first ones: what was lifted */
	uint16_t relocation_count;
	bool invalid;    /* unlinked and out of all tables; code stays until flushed */
	uint8_t tier;    /* of the translator that made it: 0 a block */
	uint8_t attempt; /* of a region: how often its head had been recorded, the runtime's */
};

static inline uint64_t
unit_guest_pc(const struct code_unit *unit)
{
	return unit->home->bias + unit->guest_offset;
}

static inline struct guest_range
unit_range(const struct code_unit *unit, unsigned k)
{
	uint64_t bias = unit->home->bias;

	return (struct guest_range){ bias + unit->ranges[k].start, bias + unit->ranges[k].end };
}

/** The unit that the exit belongs to. Both are copied and mapped together. */
static inline struct code_unit *
exit_unit(const struct code_exit *exit)
{
	return (struct code_unit *)((uintptr_t)exit + (uintptr_t)(intptr_t)exit->unit_distance);
}

static inline int32_t
exit_distance_to(const struct code_exit *exit, const struct code_unit *unit)
{
	return (int32_t)((intptr_t)unit - (intptr_t)exit);
}

/** Where it goes, as an offset from the home's bias. */
static inline uint64_t
exit_guest_offset(const struct code_exit *exit)
{
	return exit_unit(exit)->guest_offset + (uint64_t)(int64_t)exit->guest_distance;
}

static inline uint64_t
exit_guest_pc(const struct code_exit *exit)
{
	return unit_guest_pc(exit_unit(exit)) + (uint64_t)(int64_t)exit->guest_distance;
}

/** Memory that code and its metadata are put into; the backend advances `code` and `data`. */
struct code_space {
	uint8_t *code, *code_end; /* executable */
	uint8_t *data, *data_end; /* metadata */
	struct code_home
		*home; /* of the units that are made, within 2 GiB; NULL: they cannot be copied */
};

/** Find out the host's features, which backend_image_key depends on; backend_init does it too. False with a reason. */
bool backend_detect(char *why, size_t size);

/** Host features found at start; false with a reason when the host cannot run us (AVX2, BMI2 ...). */
bool backend_init(struct code_space *space, const struct guest_isa *isa, char *why, size_t size);

/**
 * From now on the code of units counts how often it is left by which exit: at each compilation `take(n)` gives room for n counters, in
 * rip's reach of the code, or NULL. Such units cannot be exported.
 */
void backend_count_exits(uint64_t *(*take)(uint32_t count));

/** Compile `u` into `space`; NULL when it does not fit (nothing is consumed then). */
struct code_unit *backend_compile(struct code_space *space, const struct ir_unit *u);

/** One trace of a region. The first is where the region is entered. */
struct region_trace {
	const struct ir_unit *unit;
	uint32_t weight; /* how often it runs, relative to the others */
	uint32_t label_count;
	const uint64_t *labels; /* traces that the indirect branch at its end leads to */
};

/** Compile traces that jump to each other as one unit, which begins where the first does; NULL when it does not fit. */
struct code_unit *backend_compile_region(
	struct code_space *space, const struct region_trace *traces, unsigned count);

/** Where the parts of a copied unit are going to be used, and what to add to these addresses to write them now. */
struct unit_copy {
	struct code_unit *unit;
	struct code_exit *exits;
	struct guest_range *ranges;
	uint8_t *recipes;
	uint32_t *relocations;
	uint32_t *polls;
	uint8_t *code; /* as backend_place_code gave it */
	struct code_home *home;
	ptrdiff_t written;
};

/** The first place from `at` on, 16-byte aligned, where a copy of the unit's code may lie. */
uint8_t *backend_place_code(const struct code_unit *from, ptrdiff_t shift, uint8_t *at);

/**
 * Copy a unit that has relocations; the copy is not linked. All of `from`'s pointers are valid once `shift` is added.
 * False when something is out of the new place's reach; what was written is of no use then.
 */
bool backend_copy_unit(const struct code_unit *from, ptrdiff_t shift, const struct unit_copy *to);

/** As backend_copy_unit, into `space` and its home. NULL when it does not fit. */
struct code_unit *backend_import(
	struct code_space *space, const struct code_unit *from, ptrdiff_t shift);

/** Whether a unit read from a file has its parts within itself: to be asked before it is copied. */
bool backend_unit_is_sound(const struct code_unit *from, ptrdiff_t shift);

/**
 * Link an exit of a unit in a cache file that is being written to a unit of the same file: for good, in the code itself.
 * `written` as in struct unit_copy, `exit` the written record, `target` the unit's address in use, `code` its entry's.
 */
void backend_link_written(struct code_exit *exit, uint8_t *exit_code, struct code_unit *target,
	const uint8_t *code, ptrdiff_t written);

/** What the slots of unlinked exits hold. */
const uint8_t *backend_unlinked_slot(void);

/** Text that changes whenever units of other processes stop being usable: features of the host that code depends on. */
void backend_image_key(char *text, size_t size);

/**
 * Point `exit` at `target`'s entry / back at its stub. Safe while other threads execute the code.
 */
void backend_link(struct code_exit *exit, struct code_unit *target);
void backend_unlink(struct code_exit *exit);

/** Make threads that are in the unit's own loops, if it is a region, leave it for good. Safe while they execute the code. */
void backend_leave_loops(const struct code_unit *unit);

/** Prepare a new thread's struct cpu: return stack [base, base+size), entry points, MXCSR, pins. */
void backend_init_cpu(struct cpu *cpu, void *return_stack, size_t size);

/**
 * What is called at a guest's system call before translated code is left for it; to be set before the first
 * backend_init_cpu. pc, exit_reason (CPU_EXIT_SYSTEM_CALL) and exit_argument are written, and integer slots are canonical in
 * memory; vectors are in their registers, which the function must not touch (gcc's -mgeneral-regs-only).
 * NULL: translated code is left, with the exit_reason that the function may have changed. Else the call is done and
 * code goes on there.
 */
typedef const uint8_t *(*backend_system_call)(struct cpu *cpu);
void backend_set_system_call(backend_system_call function);

/** For that function: brings the vector slots and MXCSR to memory as well; brings vectors back to their registers. */
extern void (*backend_save_vectors)(struct cpu *cpu);
extern void (*backend_load_vectors)(struct cpu *cpu);

/** A thread's indirect table: drop the entry for a pc / those that lead to a piece of code; enter (pc, unit). */
#define INDIRECT_TABLE_BITS 12
struct indirect_entry {
	uint64_t guest_pc;
	const uint8_t *code;
};
/** guest_pc of the empty first two entries (all others: 0): a pc whose place is elsewhere. */
#define INDIRECT_NEVER_FIRST 8
void backend_indirect_remove(struct indirect_entry *table, uint64_t pc);
void backend_indirect_remove_code(struct indirect_entry *table, const uint8_t *code, size_t size);
void backend_indirect_insert(
	struct indirect_entry *table, uint64_t pc, const struct code_unit *unit);

/** Where entry, exit and helper glue lies in the code space; gives its size. */
size_t backend_trampolines(const uint8_t **start);

/** Forget all predicted returns: what they lead to may be gone, or be of another mode. Not from translated code. */
void backend_reset_return_stack(struct cpu *cpu);

/** Run translated code from `unit` until it leaves; cpu->cold.exit_reason says why. */
void backend_enter(struct cpu *cpu, const struct code_unit *unit);

/** The host kernel's struct rseq_cs: a range of code which it aborts instead of interrupting it. */
struct host_critical_section {
	uint32_t version;
	uint32_t flags;
	uint64_t start;
	uint64_t length;
	uint64_t abort;
} __attribute__((aligned(32)));

/**
 * Describe the code of `unit`, which is of IR_MODE_CRITICAL, up to and including its last store. The kernel is to be told
 * `signature` as the one that precedes code to abort to. False when there is no store, or too many signatures are in use.
 */
bool backend_describe_critical(
	const struct code_unit *unit, uint32_t signature, struct host_critical_section *section);

/**
 * As backend_enter, if `*armed` still is `expected`; it is replaced by `section` at once. If the kernel aborts, or
 * *armed is something else, guest state is as before and the reason CPU_EXIT_CRITICAL_ABORT.
 */
void backend_enter_critical(struct cpu *cpu, const struct code_unit *unit, uint64_t *armed,
	uint64_t expected, const struct host_critical_section *section);

/** Whether host `pc` is where the kernel goes on when it has aborted backend_enter_critical. */
bool backend_is_critical_abort(const uint8_t *pc);

/** Where a host pc of translated code stands. */
enum backend_place {
	BACKEND_NOT_OURS,      /* not translated code nor a trampoline */
	BACKEND_IN_UNIT,       /* inside a unit's code */
	BACKEND_IN_TRAMPOLINE, /* entry, exit and helper glue; or C code called from translated code */
};

/**
 * A host fault (SIGSEGV, SIGBUS) at `uc`'s pc inside `unit`: write the precise guest state of the
 * instruction at fault into `cpu` (hot.pc included) and change `uc` so that returning from the host handler
 * leaves translated code with exit_reason CPU_EXIT_FAULT. False when there is no recipe for that pc.
 */
bool backend_recover(const struct code_unit *unit, struct cpu *cpu, ucontext_t *uc);

/** If `uc` faulted on the return-prediction stack's guard page, reset that stack and return true. */
bool backend_return_stack_fault(struct cpu *cpu, ucontext_t *uc, const void *fault_address);

/** Convert hot.flags from and to NZCV in bits 3..0. */
unsigned backend_flags_to_nzcv(uint32_t flags);
uint32_t backend_flags_from_nzcv(unsigned nzcv);

/** The cumulative floating-point flags (FPSR_* of ir/float.h) that code has raised since they were last taken. */
uint32_t backend_take_fp_flags(struct cpu *cpu);

/** hot.fp_control (x86-64: MXCSR) for mode bits (rounding, FZ, whether invalid operations trap); cumulative flags zero. */
uint32_t backend_fp_control_for_mode(uint32_t mode);

/**
 * SIGFPE at `uc`'s pc in translated code: an invalid floating-point operation. It is done as the guest's architecture has it,
 * or once again by the host with the trap masked, after which backend_single_step is wanted for the SIGTRAP. False when it
 * is no such instruction. Counted in cold.invalid_operations.
 */
bool backend_invalid_operation(struct cpu *cpu, ucontext_t *uc);
/** SIGTRAP behind such an instruction; false when it is another one. */
bool backend_single_step(struct cpu *cpu, ucontext_t *uc);
/** Whether this thread has had so many that it had better run units that test for NaNs themselves (IR_MODE_CHECK_NANS). */
bool backend_wants_nan_checks(const struct cpu *cpu);

#endif
