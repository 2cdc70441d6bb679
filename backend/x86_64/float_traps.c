// SPDX-License-Identifier: Apache-2.0
// Invalid floating-point operations. Wherever x86 and Arm differ in the NaN that an operation gives, the operation is
// invalid: it makes a NaN of numbers (the default NaNs differ in sign), or it has a signalling NaN among its operands (which
// of two NaNs is taken differs). Quiet NaNs alone propagate alike: the first operand's. So translated code runs with that
// exception unmasked and tests nothing; the host's SIGFPE comes here before the result is written, and the operation is done
// by the C function that the interpreter uses.
//
// What is not arithmetic (comparisons, conversions, rounding) is alike on both sides, or tested behind by the code itself: the
// host repeats it with the exception masked, and a single-step trap behind it unmasks the exception again.
//
// A trap costs about a thousand times what a test costs: a thread that has had many goes over to units that test
// (IR_MODE_CHECK_NANS; runtime/dispatch.c). For tests, DRAGOMAN_WITHOUT=traps has all code test, nan-checks keeps to traps.
#include "backend/x86_64/compiler.h"
#include "ir/vector_helpers.h"

#define EFLAGS_TRAP INT64_C(0x100)
/* So many of them, which cost some milliseconds, so close together are many. */
#define MANY_INVALID_OPERATIONS 300
#define CLOSE_TOGETHER          (UINT64_C(1) << 28) /* cycles, about a tenth of a second */

/*
 * Default NaN mode needs every NaN result tested, and with flush-to-zero the helpers do it all.
 */
bool
traps_invalid(uint32_t mode)
{
	return host_features.traps &&
	       !(mode & (IR_MODE_FLUSH | IR_MODE_DEFAULT_NAN | IR_MODE_CHECK_NANS));
}

/* ---- decoding ------------------------------------------------------------------------------------------------------ */

/* An instruction on three vector registers, VEX or EVEX. */
struct vector_insn {
	unsigned map, prefix, wide, opcode;
	unsigned dst, first, second; /* ModRM.reg, vvvv, ModRM.rm */
	bool zeroing;                /* EVEX: only the first lane, the others become zero */
	unsigned length;
};

static bool
decode_prefix(const uint8_t *p, struct vector_insn *in)
{
	unsigned inverted;

	switch (p[0]) {
	case 0xc5:
		inverted = ~(unsigned)p[1];
		in->map = 1;
		in->prefix = p[1] & 3;
		in->dst = inverted >> 4 & 8;
		in->first = inverted >> 3 & 15;
		in->length = 2;
		return true;
	case 0xc4:
		inverted = ~(unsigned)p[1];
		in->map = p[1] & 0x1f;
		in->dst = inverted >> 4 & 8;
		in->second = inverted >> 2 & 8;
		inverted = ~(unsigned)p[2];
		in->wide = p[2] >> 7;
		in->prefix = p[2] & 3;
		in->first = inverted >> 3 & 15;
		in->length = 3;
		return true;
	case 0x62:
		inverted = ~(unsigned)p[1];
		in->map = p[1] & 7;
		in->dst = (inverted >> 4 & 8) | (inverted & 16);
		in->second = (inverted >> 2 & 8) | (inverted >> 2 & 16);
		inverted = ~(unsigned)p[2];
		in->wide = p[2] >> 7;
		in->prefix = p[2] & 3;
		in->first = (inverted >> 3 & 15) | (~(unsigned)p[3] << 1 & 16);
		in->zeroing = p[3] >> 7;
		in->length = 4;
		return true;
	default: return false;
	}
}

static bool
decode(const uint8_t *p, struct vector_insn *in)
{
	*in = (struct vector_insn){ .length = 0 };
	if (!decode_prefix(p, in))
		return false;
	p += in->length;
	in->opcode = p[0];
	if (p[1] < 0xc0)
		return false; /* arithmetic is on registers */
	in->dst |= p[1] >> 3 & 7;
	in->second |= p[1] & 7;
	in->length += 2;
	return true;
}

/* ---- doing the operation --------------------------------------------------------------------------------------------- */

struct arithmetic {
	uint8_t map, opcode;
	uint8_t helper;
	uint8_t operands;
};

/* Opcodes of the fused operations are those of the packed forms; the scalar ones are one more. */
static const struct arithmetic arithmetic[] = {
	{ 1, 0x51, HELPER_fsqrt, 1 },
	{ 1, 0x58, HELPER_fadd, 2 },
	{ 1, 0x59, HELPER_fmul, 2 },
	{ 1, 0x5c, HELPER_fsub, 2 },
	{ 1, 0x5e, HELPER_fdiv, 2 },
	{ 2, 0xb8, HELPER_fmadd, 3 },
	{ 2, 0xba, HELPER_fnmsub, 3 },
	{ 2, 0xbc, HELPER_fmsub, 3 },
	{ 2, 0xbe, HELPER_fnmadd, 3 },
};

static const struct arithmetic *
find_arithmetic(const struct vector_insn *in)
{
	for (unsigned k = 0; k < sizeof(arithmetic) / sizeof(*arithmetic); k++) {
		unsigned opcode = in->map == 2 ? in->opcode & ~1u : in->opcode;

		if (arithmetic[k].map == in->map && arithmetic[k].opcode == opcode)
			return &arithmetic[k];
	}
	return NULL;
}

/* Whether the instruction is on single lanes, and on doubles. */
static bool
is_scalar(const struct vector_insn *in)
{
	return in->map == 2 ? in->opcode & 1 : in->prefix >= 2;
}

static bool
is_double(const struct vector_insn *in)
{
	return in->map == 2 ? in->wide : in->prefix & 1;
}

static union vec128
read_register(const ucontext_t *uc, unsigned r)
{
	union vec128 value;

	memcpy(&value, &uc->uc_mcontext.fpregs->_xmm[r], sizeof(value));
	return value;
}

static void
compute(struct cpu *cpu, ucontext_t *uc, const struct vector_insn *in, const struct arithmetic *op)
{
	bool scalar = is_scalar(in) || in->zeroing;
	enum float_size size = is_double(in) ? FLOAT_DOUBLE : FLOAT_SINGLE;
	union vec128 old = read_register(uc, in->dst), first = read_register(uc, in->first),
		     second = read_register(uc, in->second), result;
	const union vec128 *upper = op->operands == 3 ? &old : &first;
	uint64_t imm =
		helper_imm_float(scalar ? HELPER_SCALAR : HELPER_VECTOR128, size, cpu->hot.mode);

	cpu->cold.fp_flags |= helper_table[op->helper].function(
		&result, op->operands == 1 ? &second : &first, &second, &old, imm);
	if (scalar && !in->zeroing) {
		result.d[1] = upper->d[1];
		if (size == FLOAT_SINGLE)
			result.s[1] = upper->s[1];
	}
	memcpy(&uc->uc_mcontext.fpregs->_xmm[in->dst], &result, sizeof(result));
}

static void
count_invalid_operation(struct cpu *cpu)
{
	uint64_t now = __builtin_ia32_rdtsc();

	if (now - cpu->cold.invalid_operations_since > CLOSE_TOGETHER) {
		cpu->cold.invalid_operations_since = now;
		cpu->cold.invalid_operations = 0;
	}
	cpu->cold.invalid_operations++;
}

bool
backend_invalid_operation(struct cpu *cpu, ucontext_t *uc)
{
	const uint8_t *pc = (const uint8_t *)uc->uc_mcontext.gregs[REG_RIP];
	const struct arithmetic *op = NULL;
	struct vector_insn in;

	if (uc->uc_mcontext.fpregs->mxcsr & MXCSR_INVALID_MASKED)
		return false;
	count_invalid_operation(cpu);
	if (decode(pc, &in))
		op = find_arithmetic(&in);
	if (op) {
		if ((in.dst | in.first | in.second) >= 16)
			return false; /* xmm16..31 are never operands */
		compute(cpu, uc, &in, op);
		uc->uc_mcontext.gregs[REG_RIP] += in.length;
	} else {
		uc->uc_mcontext.fpregs->mxcsr |= MXCSR_INVALID_MASKED;
		uc->uc_mcontext.gregs[REG_EFL] |= EFLAGS_TRAP;
	}
	return true;
}

bool
backend_wants_nan_checks(const struct cpu *cpu)
{
	return cpu->cold.invalid_operations >= MANY_INVALID_OPERATIONS &&
	       traps_invalid(cpu->hot.mode) && host_features.nan_checks;
}

/* Known by the trap flag alone: under some hypervisors the signal's code does not say that it was a step. */
bool
backend_single_step(struct cpu *cpu, ucontext_t *uc)
{
	(void)cpu;
	if (!(uc->uc_mcontext.gregs[REG_EFL] & EFLAGS_TRAP))
		return false;
	uc->uc_mcontext.gregs[REG_EFL] &= ~EFLAGS_TRAP;
	uc->uc_mcontext.fpregs->mxcsr &= ~(uint32_t)MXCSR_INVALID_MASKED;
	return true;
}
