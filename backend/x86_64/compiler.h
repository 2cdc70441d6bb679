// SPDX-License-Identifier: Apache-2.0
// The x86-64 backend's insides: state of one compilation, and the interfaces between its parts. The order of
// work is: analyze.c (one pass each way: aliases, uses, hints), select*.c (one forward pass that emits code and
// allocates registers through allocate.c), exits and cold code after the main path, recipes.c for precise state.
#ifndef BACKEND_X86_64_COMPILER_H
#define BACKEND_X86_64_COMPILER_H

#include "backend/backend.h"
#include "backend/x86_64/encode.h"
#include "ir/ir.h"

#include <string.h>

/*
 * Host registers in one numbering: 0..15 general purpose (enum x86_gpr), 16..31 xmm0..15. With AVX-512VL xmm16..31
 * serve as homes of vector slots, never as operands.
 */
typedef uint8_t host_reg;
#define REG_NONE  0xff
#define REG_XMM   16
#define REG_COUNT 32
#define XMM(reg)  ((unsigned)(reg)-REG_XMM)

/* rbp points 128 bytes into struct cpu, so that its first 256 bytes have one-byte displacements. */
#define CPU_BIAS       128
#define CPU_HOT(field) ((int32_t)offsetof(struct cpu_hot, field) - CPU_BIAS)
#define CPU_COLD(field) \
	((int32_t)(offsetof(struct cpu, cold) + offsetof(struct cpu_cold, field)) - CPU_BIAS)

/* What a register holds besides a value's ir_ref. */
#define HOLDS_NOTHING UINT32_MAX
#define HOLDS_HOME \
	(UINT32_MAX - 1) /* the pinned slot's value from unit entry, not yet named by a get */
#define HOLDS_TEMP (UINT32_MAX - 2) /* scratch of the instruction being selected */
#define NEVER      UINT32_MAX

#define SPILL_WORDS 64

enum value_memory { MEMORY_NONE, MEMORY_SPILL, MEMORY_SLOT };

/* Where an SSA value is, and how long it is needed. */
struct value {
	ir_ref canon;      /* the value this one is the same register content as (itself mostly) */
	uint32_t last_use; /* last instruction that needs it, recipes included; 0 = none */
	uint32_t next_use; /* next instruction that needs it, NEVER when none */
	uint16_t uses;
	uint16_t
		put_at; /* folded: the put before which it is computed after all; 0 = none. Before find_folded: first
			  * use that is no address */
	uint16_t memory_index; /* spill word or slot */
	uint8_t memory;        /* enum value_memory: a valid copy there */
	host_reg reg;          /* primary register, REG_NONE */
	host_reg hint;         /* home of the slot that it is about to be put in */
	uint8_t slot_refs;     /* pinned slots whose current value it is */
	uint8_t folded;        /* an address computed inside the memory operands that use it */
	uint8_t copied;        /* a second register holds it too (or did) */
	uint8_t upper_zero;    /* vector class: bits above the scalar are known to be zero */
	bool is_flags;         /* a FLAGS value, or an operation on flags */
	ir_ref pair;           /* result op <-> flags op with the same operands, or IR_NONE */
};

/* A value's place as exits and recipes name it. */
enum place_kind {
	PLACE_REG,
	PLACE_SPILL,
	PLACE_SLOT,
	PLACE_CONST,
	PLACE_ADDRESS /* guest address */
};
struct place {
	uint8_t kind;
	host_reg reg;
	uint16_t index;
	int64_t imm;
};

/* How the flags slot's value can be had at an exit or in a recipe. */
enum flags_kind {
	FLAGS_IN_MEMORY, /* hot.flags is right */
	FLAGS_ADD,
	FLAGS_SUB,
	FLAGS_AND,
	FLAGS_ANDN,
	FLAGS_FCMP, /* from the operands a, b */
	FLAGS_ADD_RESULT,
	FLAGS_SUB_RESULT,  /* from the result a and operand b */
	FLAGS_TEST_RESULT, /* N and Z of the result a */
	FLAGS_DESCRIBED,   /* at exits: hot.flags shall have a description (flags_recover.c) */
};
/* How EFLAGS stand for NZCV. */
enum eflags_form {
	EFLAGS_NONE,
	EFLAGS_DIRECT,       /* CF = C */
	EFLAGS_INVERTED,     /* CF = !C, as x86 subtraction leaves it */
	EFLAGS_FCMP,         /* ucomis: ZF PF CF */
	EFLAGS_FCMP_SWAPPED, /* the same with the operands exchanged */
};

#define MAX_MOVES (REG_COUNT)
/* Everything that differs from the canonical state at one point of the code. */
struct snapshot {
	uint8_t move_count;
	uint8_t flags;        /* enum flags_kind */
	uint8_t flags_type;   /* operand type */
	uint8_t flags_form;   /* enum eflags_form if EFLAGS hold them at that point */
	bool rax_taken;       /* rax holds an operand of the exit */
	uint8_t flags_cells;  /* FLAGS_DESCRIBED: operands to be stored in cells, a bit each */
	uint32_t description; /* the same */
	struct place flags_a, flags_b;
	struct {
		host_reg to;
		struct place from;
	} moves[MAX_MOVES];
};

struct compiler;

/* A jump out of the main path whose code is emitted behind it. */
#define MAX_STUBS 768
struct exit_stub {
	struct snapshot state;
	uint8_t *jump; /* rel32 field in the main path */
	uint64_t guest_pc;
	uint8_t kind;
	uint8_t indirect; /* STUB_INDIRECT: enum ir_indirect; the target is in rax */
};
enum stub_kind {
	STUB_DIRECT,
	STUB_INDIRECT,
	STUB_POLL, /* a signal pends: not an exit of the guest's */
};

/* Cold code: `emit` is called after the main path with the writer there; jumps back to `back`. */
#define MAX_COLD 1024
struct cold_path {
	void (*emit)(struct compiler *c, struct cold_path *cold);
	uint8_t *jump;   /* rel32 field that leads here */
	uint8_t *back;   /* where the main path goes on */
	uint32_t helper; /* enum vector_helper */
	host_reg dst, a, b, d;
	uint16_t aux;
	uint8_t op, type;
	uint64_t imm;
};

/* A field of the code, 4 bytes relative to rip, that depends on where the unit lies: offset in bits 0-29, kind above. */
enum relocation_kind {
	RELOCATE_TEXT, /* dragoman's own text or constants */
	RELOCATE_EXIT, /* one of the unit's exit records */
	RELOCATE_HOME, /* the bias in the unit's home */
};
#define MAX_RELOCATIONS 2048

struct compiler {
	struct x86_writer w; /* first: image.c finds the compiler by it */
	const struct ir_unit *u;
	const struct seam *seam;
	struct region *region; /* NULL: a unit by itself */
	struct code_space *space;
	bool failed;       /* out of some table; the unit must be smaller */
	uint64_t guest_pc; /* of the instruction being selected */

	uint32_t holds[REG_COUNT] __attribute__((aligned(16)));
	uint32_t locked; /* registers the current instruction uses */
	uint32_t temps;  /* registers to free at its end */
	/* what a pinned register's slot has: a ref, or HOLDS_HOME = its value from unit entry */
	uint32_t pin_value[REG_COUNT] __attribute__((aligned(16)));
	ir_ref flags_value; /* the flags slot's value if it is not in memory, else IR_NONE */
	bool slot_saved
		[IR_MAX_SLOTS]; /* pinned, unnamed entry value was saved to the slot's memory */
	uint32_t slot_next_get[IR_MAX_SLOTS];
	uint32_t at; /* the instruction being selected */
	struct {
		uint32_t from, to;
	} slot_unseen
		[IR_MAX_SLOTS]; /* instructions at which nobody can ask for the slot's entry value any more */
	ir_ref slot_reader[IR_MAX_SLOTS]; /* value whose only copy may be the slot's memory */
	uint64_t spill_used;

	ir_ref eflags; /* FLAGS value that EFLAGS hold, or IR_NONE */
	uint8_t eflags_form;
	bool eflags_kept; /* the current selector says that it leaves EFLAGS alone, */
	host_reg flags_scratch
		[2]; /* for computing EFLAGS where nothing may be allocated; REG_NONE: allocate */
	bool eflags_set;       /* or that they hold c->eflags now */
	bool releases_drained; /* no store-release can be behind in the store buffer here */

	uint32_t stub_count, cold_count, exit_count, exit_capacity;
	struct code_exit *exits;
	struct code_unit *unit;
	struct code_home *home;
	uint32_t relocation_count;
	bool relocatable;
	uint8_t *recipe_at;
	uint8_t *recipe_end;
	uint32_t recipe_code; /* code offset of the last recipe */
	uint64_t recipe_pc;
	struct snapshot recipe_last;

	struct value values[IR_MAX_INSNS];
	ir_ref additions[IR_MAX_INSNS], paired[IR_MAX_INSNS]; /* analyze.c: where these are */
	uint32_t addition_count, paired_count;
	uint32_t operand_next[IR_MAX_INSNS]
			     [3]; /* next use of each operand after this instruction */
	uint16_t barriers[IR_MAX_INSNS +
			  1]; /* instructions before this one that may fault or leave */
	uint32_t relocations[MAX_RELOCATIONS];
	struct exit_stub stubs[MAX_STUBS];
	struct cold_path cold[MAX_COLD];
};

/* ---- host.c: what this processor has, and which slot lives where ----------------------------------------- */

struct host_features {
	bool avx512; /* F, VL, BW, DQ */
	bool sha, vaes, vpclmul, gfni, vbmi, bitalg;
	bool traps;      /* invalid floating-point operations may trap (float_traps.c), */
	bool nan_checks; /* and threads that have many of them go over to tests */
};
extern struct host_features host_features;
/* Where guest state is at a seam: between units in the canonical one, inside a region between its traces in its own. */
struct seam {
	host_reg pin_of_slot[IR_MAX_SLOTS]; /* register (0..31) a slot is pinned in, REG_NONE */
	uint8_t high_home_of_slot[IR_MAX_SLOTS]; /* xmm16..31 number, 0 = memory */
	uint8_t slot_of_pin[REG_COUNT];          /* inverse of pin_of_slot, 0xff */
	uint32_t pin_mask;                       /* registers that are pins */
};
extern struct seam canonical_seam;
extern int32_t slot_displacement[IR_MAX_SLOTS]; /* from rbp */
extern uint8_t slot_kind[IR_MAX_SLOTS];
extern uint32_t slot_total;
extern unsigned flags_slot; /* the guest's FLAGS slot */
extern unsigned link_slot;  /* where calls leave their return address */
/* The register with the link slot's value, state being canonical: its pin, or `scratch`, loaded. */
enum x86_gpr emit_link(struct x86_writer *w, enum x86_gpr scratch);
/* Scratch between units: rax rcx rdx, xmm0..4. */
#define SCRATCH_GPRS     (1u << X86_RAX | 1u << X86_RCX | 1u << X86_RDX)
#define SCRATCH_VECS     (0x1fu << REG_XMM)
#define ALLOCATABLE_GPRS (0xffffu & ~(1u << X86_RSP | 1u << X86_RBP))
#define ALLOCATABLE_VECS 0xffff0000u
bool host_init(const struct ir_state_layout *layout, char *why, size_t size);

/* Pins for GPRs and vectors, in the order in which they are given out. */
#define GPR_PINS    11
#define VECTOR_PINS 11
extern const host_reg gpr_pins[GPR_PINS], vector_pins[VECTOR_PINS];

/* ---- float_traps.c: invalid floating-point operations ------------------------------------------------------ */

#define MXCSR_INVALID_MASKED 0x80
/* Whether code of this mode leaves invalid operations to the host's trap. */
bool traps_invalid(uint32_t mode);

/* ---- trampolines.c ---------------------------------------------------------------------------------------- */

/* Programs use one signature, an architecture's; the kernel would allow a thread its own. */
#define CRITICAL_SIGNATURES 4
#define CRITICAL_UNSIGNED   0 /* a place whose signature is still to come */

struct trampolines {
	uint8_t *enter;       /* (cpu, code) */
	uint8_t *link;        /* rax = struct code_exit *: leave, CPU_EXIT_LINK */
	uint8_t *indirect;    /* rax = guest pc: leave, CPU_EXIT_INDIRECT */
	uint8_t *system_call; /* rax = pc after the instruction, rcx = struct code_exit * */
	uint8_t *exception;   /* rax = pc, ecx = enum ir_exception */
	uint8_t *stale;       /* rax = struct code_unit * whose guest code changed */
	uint8_t *
		return_miss; /* a return has come to a call that it does not belong to; state canonical */
	uint8_t *fault; /* state canonical, hot.pc written: leave, CPU_EXIT_FAULT */
	uint8_t *
		runtime_call; /* rax = function, rdx = argument; state canonical; result in rax; the pins are reloaded */
	uint8_t *
		helper; /* rax = function, ecx.. see emit_helper_call; keeps every register but rax */
	uint8_t *enter_critical; /* (cpu, code, armed, expected, section) */
	uint8_t *critical_start; /* behind its exchange of *armed */
	uint8_t *critical_abort
		[CRITICAL_SIGNATURES]; /* each with four bytes for a signature before it */
	uint8_t *start, *end;
};
extern struct trampolines trampolines;
bool trampolines_generate(struct code_space *space);

/* The operands column of the ops table, packed: the passes over a unit spend their time on such look-ups. */
extern const uint8_t operand_count[IR_OP_COUNT];

/* ---- backend.c ------------------------------------------------------------------------------------- */

/* `size` bytes of a code space's metadata, 16-byte aligned; NULL when they do not fit. */
void *take_data(struct code_space *space, size_t size);

/* ---- analyze.c -------------------------------------------------------------------------------------------- */

void analyze(struct compiler *c);
/* The value whose register content `ref` shares. */
static inline ir_ref
canon(const struct compiler *c, ir_ref ref)
{
	return c->values[ref].canon;
}
static inline const struct ir_insn *
insn_of(const struct compiler *c, ir_ref ref)
{
	return &c->u->insns[c->values[ref].canon];
}

/* ---- allocate.c ------------------------------------------------------------------------------------------- */

void allocate_begin(struct compiler *c);
/* The register with the value (loaded or materialised if need be), locked until the instruction's end. */
host_reg use_gpr(struct compiler *c, ir_ref ref);
host_reg use_vec(struct compiler *c, ir_ref ref);
/* The value as register or memory operand: true and `*mem` if it is best read from memory (8/16 bytes valid). */
bool use_memory(struct compiler *c, ir_ref ref, struct x86_mem *mem);
/* A constant's value (IR const or address). */
bool is_const(const struct compiler *c, ir_ref ref, int64_t *imm);
bool is_const_i32(const struct compiler *c, ir_ref ref, int32_t *imm);
/* Destination of instruction i: never a register in use by this instruction (def), possibly one whose value dies here
 * (def_over: for single instructions that read everything before they write). */
host_reg def_gpr(struct compiler *c, ir_ref i);
host_reg def_vec(struct compiler *c, ir_ref i);
host_reg def_gpr_over(struct compiler *c, ir_ref i);
host_reg def_vec_over(struct compiler *c, ir_ref i);
/* Destination of the later value `ref`, which instruction i makes besides its own. */
host_reg def_gpr_early(struct compiler *c, ir_ref i, ir_ref ref);
/* Destination of the folded value `ref`, which instruction i computes for its own use. */
host_reg def_gpr_folded(struct compiler *c, ir_ref i, ir_ref ref);
/* Destination of i that starts out with a's value, in a's register if that is a's last use. */
host_reg def_gpr_from(struct compiler *c, ir_ref i, ir_ref a);
host_reg def_vec_from(struct compiler *c, ir_ref i, ir_ref a);
/* Scratch until the end of the instruction. */
host_reg temp_gpr(struct compiler *c);
host_reg temp_vec(struct compiler *c);
/* Take one particular register as scratch (its content moves elsewhere). Call before use_*. */
void claim(struct compiler *c, host_reg reg);
/* Make register `reg`, claimed or temp, the location of instruction i's result. */
void def_in(struct compiler *c, ir_ref i, host_reg reg);
/* Whether `ref` is not needed after the current instruction i. */
bool dies(const struct compiler *c, ir_ref ref, ir_ref i);
/* Bookkeeping after each instruction. */
void allocate_end_insn(struct compiler *c, ir_ref i);
/* Instruction i has computed the folded value `ref` (base + constant): its base may be done with. */
void allocate_folded_inputs_used(struct compiler *c, ir_ref i, ir_ref ref);
/* Slot `slot` now has the value `ref` (canonical). */
void allocate_put(struct compiler *c, ir_ref i, unsigned slot, ir_ref ref);
void allocate_get(struct compiler *c, ir_ref i);
/* Move slots' values to their pins where that takes no more than a move each and nothing that instruction i or a later one needs. EFLAGS are kept. */
void allocate_settle_pins(struct compiler *c, ir_ref i);
/* Before a runtime call: emit what makes state canonical, then forget all registers (values that live on are spilled). */
void allocate_flush_keeping(struct compiler *c, ir_ref i, uint32_t keep);
/* Where a value is now, for exits and recipes. */
struct place place_of(const struct compiler *c, ir_ref ref);
struct x86_mem spill_memory(unsigned word);
struct x86_mem slot_memory(unsigned slot);
void emit_reg_move(struct compiler *c, host_reg to, host_reg from);

/* ---- moves.c: snapshots and the code that makes state canonical -------------------------------------------- */

void snapshot_take(struct compiler *c, struct snapshot *s);
/* The moves that there are, not the room for others. */
void snapshot_copy(struct snapshot *to, const struct snapshot *from);
/* At a direct exit to `target`: describe the flags instead of saving them, if the code there allows it. */
void snapshot_describe_flags(struct compiler *c, struct snapshot *s, uint64_t target);
/* At other exits. */
void snapshot_describe_flags_anywhere(struct compiler *c, struct snapshot *s);
/* Also move `value` to register `to` (e.g. rax) in parallel. */
void snapshot_add(struct compiler *c, struct snapshot *s, host_reg to, ir_ref value);
void snapshot_emit(struct compiler *c, const struct snapshot *s);
bool snapshot_empty(const struct snapshot *s);

/* ---- recipes.c -------------------------------------------------------------------------------------------- */

/* The code from `start` to the writer's place may fault; state as now. Call with the snapshot taken before. */
void recipe_add(struct compiler *c, const uint8_t *start, const struct snapshot *s);

/* Host address of the unit's last access to memory; NULL when it has none. */
const uint8_t *recipe_last_access(const struct code_unit *unit);

/* ---- image.c: units that can be put elsewhere ------------------------------------------------------------- */

/* Begin noting relocations for the unit. */
void relocations_begin(struct compiler *c);
/* dst = a guest address, in a form that does not depend on where the guest file is mapped; EFLAGS kept. */
void emit_guest_address(struct compiler *c, enum x86_gpr dst, uint64_t address);
/* The memory at a guest address, by way of a scratch register. */
struct x86_mem guest_address_operand(struct compiler *c, enum x86_gpr scratch, uint64_t address);
/* Compare register `reg` with a guest address, in the same way; `scratch` is changed. */
void emit_compare_guest_address(
	struct compiler *c, enum x86_gpr reg, uint64_t address, enum x86_gpr scratch);

/* ---- indirect_table.c --------------------------------------------------------------------------------------- */

/* rax = guest pc, state canonical: to its code, by way of rcx and rdx. */
void emit_indirect_lookup(struct x86_writer *w);
/* Its two halves. The first entry is rax's when the code does not go to the returned field; `*code` is where its code is noted then. */
uint8_t *emit_hash_probe(struct x86_writer *w, struct x86_mem *code);
/* The entry beside it, to whose code it jumps; or out. */
void emit_second_probe(struct x86_writer *w);

/* ---- flags.c ---------------------------------------------------------------------------------------- */

/* Make EFLAGS hold `flags` in some form (c->eflags_form). */
void need_eflags(struct compiler *c, ir_ref flags);
/* Turn EFLAGS from a comparison of floating-point values into EFLAGS_DIRECT. */
void fcmp_to_direct(struct compiler *c);
/* Make EFLAGS hold `flags`; returns the x86 condition for `condition` (may emit cmc). */
enum x86_cond need_condition(struct compiler *c, ir_ref flags, enum ir_condition condition);
void emit_flags_word(struct compiler *c, enum eflags_form form); /* EFLAGS -> eax */
/* The tables that code reads. */
void flags_init_cpu(struct cpu *cpu);
/* Compare as flags_fcmp `flags` does, the way round that suits `condition`. */
void emit_fcmp_for(struct compiler *c, ir_ref flags, enum ir_condition condition);
static inline bool
eflags_are_fcmp(const struct compiler *c)
{
	return c->eflags_form == EFLAGS_FCMP || c->eflags_form == EFLAGS_FCMP_SWAPPED;
}
void emit_flags_compute(struct compiler *c, enum flags_kind kind, enum ir_type t,
	const struct place *a, const struct place *b, host_reg scratch);
enum eflags_form flags_form_of(enum flags_kind kind);
/* Flags that are a constant, as those of an operation on constants; false: not `flags`, or there is no such operation. */
bool flags_of_constants(
	const struct compiler *c, ir_ref flags, enum flags_kind *kind, int64_t *a, int64_t *b);
enum flags_kind flags_kind_of(const struct compiler *c, ir_ref flags, ir_ref *a, ir_ref *b);
/* Flags' operands where they can be had without further allocation, and EFLAGS computed from them in the form returned. */
struct flags_operands {
	enum flags_kind kind;
	enum ir_type type;
	struct place a, b;
	bool signalling;
	host_reg scratch;
};
void flags_operands_take(struct compiler *c, ir_ref flags, struct flags_operands *o);
enum eflags_form flags_operands_compute(struct compiler *c, const struct flags_operands *o);
static inline void
keep_eflags(struct compiler *c)
{
	c->eflags_kept = true;
}

/* ---- flags_recover.c --------------------------------------------------------------------------------------- */

/* A register's content in C. */
union register_value {
	uint64_t words[2];
};

/* NZCV in bits 3..0 of an operation on a and b; for kinds but FLAGS_IN_MEMORY and FLAGS_DESCRIBED. */
unsigned flags_of_operands(
	enum flags_kind kind, uint8_t type, union register_value a, union register_value b);
#define LAZY_FLAGS 2u /* bit of hot.flags: a description, not flags */
/* A description that does instead of the flags that pend at an exit to `target`; false: they must be saved. */
bool flags_describe(const struct compiler *c, struct snapshot *s, uint64_t target);
/* The same at an exit to nobody knows where. */
bool flags_describe_anywhere(const struct compiler *c, struct snapshot *s);
/* Before flags are read from memory: makes them of their description if that is there. EFLAGS are changed. */
void emit_flags_check(struct compiler *c);
/* Write it, before the exit's moves. */
void emit_flags_description(struct compiler *c, const struct snapshot *s);
/* The flags word that a description stands for, guest state being in memory. */
uint32_t flags_of_description(const struct cpu *cpu, uint32_t word);

/* ---- select.c --------------------------------------------------------------------------------------------- */

/* One selector an IR operation. */
typedef void selector(struct compiler *c, ir_ref i, const struct ir_insn *in);
#define SELECTOR_PROTOTYPE(name, result, operands, aux, imm, effect) selector select_##name;
IR_OPS(SELECTOR_PROTOTYPE)
#undef SELECTOR_PROTOTYPE

/* What select_get does for get `i` of a vector or integer slot, before its turn: nothing has been put there since the unit's beginning. */
void select_get_early(struct compiler *c, ir_ref i);

/* Emit a jcc to cold code; fill in the returned record's fields. `back` is set by cold_return_here. NULL: failed. */
struct cold_path *cold_jump(struct compiler *c, enum x86_cond cond,
	void (*emit)(struct compiler *, struct cold_path *));
void cold_return_here(struct compiler *c, struct cold_path *cold);

/*
 * Call vector helper `helper` with operands already in cold.helper_arguments[0..2] (see select_helper): the
 * result is left in cold.helper_arguments[3]; FPSR bits in eax. Every register but rax is kept.
 */
void emit_helper_call(struct compiler *c, unsigned helper, uint64_t imm);
struct x86_mem helper_argument(unsigned index);

static inline unsigned
int_size(enum ir_type t)
{
	return t == I64 ? 8 : 4;
}

#endif
