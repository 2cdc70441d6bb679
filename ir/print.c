// SPDX-License-Identifier: Apache-2.0
// The IR as text, one instruction a line: `%12 = add.i64 %3, %7`. The line follows from the ops
// table; only what `aux` means differs from op to op, and has a function here.
#include "ir/ir.h"
#include "ir/vector_helpers.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Output that counts what it could not write. */
struct text {
	char *out;
	size_t size;
	size_t length;
};

__attribute__((format(printf, 2, 3))) static void
print(struct text *t, const char *format, ...)
{
	size_t room = t->length < t->size ? t->size - t->length : 0;
	va_list arguments;

	va_start(arguments, format);
	t->length += (size_t)vsnprintf(room ? t->out + t->length : NULL, room, format, arguments);
	va_end(arguments);
}

static const char *const type_names[IR_TYPE_COUNT] = {
	[IR_VOID] = "void",
	[I32] = "i32",
	[I64] = "i64",
	[F32] = "f32",
	[F64] = "f64",
	[V128] = "v128",
	[FLAGS] = "flags",
};

static const char *const condition_names[16] = {
	"eq",
	"ne",
	"cs",
	"cc",
	"mi",
	"pl",
	"vs",
	"vc",
	"hi",
	"ls",
	"ge",
	"lt",
	"gt",
	"le",
	"al",
	"nv",
};

static const char *const rmw_names[] = {
	[IR_RMW_ADD] = "add",
	[IR_RMW_ANDN] = "andn",
	[IR_RMW_XOR] = "xor",
	[IR_RMW_OR] = "or",
	[IR_RMW_SMAX] = "smax",
	[IR_RMW_SMIN] = "smin",
	[IR_RMW_UMAX] = "umax",
	[IR_RMW_UMIN] = "umin",
	[IR_RMW_SWAP] = "swap",
};

static const char *const prefetch_names[] = { "l1", "l2", "l3", "stream", "store" };
static const char *const fence_names[] = {
	[IR_FENCE_FULL] = "full",
	[IR_FENCE_LOAD] = "load",
	[IR_FENCE_STORE] = "store",
	[IR_FENCE_CODE] = "code",
};

static const char *const exception_names[] = {
	[IR_EXCEPTION_ILLEGAL] = "illegal",
	[IR_EXCEPTION_BREAKPOINT] = "breakpoint",
	[IR_EXCEPTION_FETCH] = "fetch",
	[IR_EXCEPTION_PC_ALIGN] = "pc_align",
	[IR_EXCEPTION_PRIVILEGED] = "privileged",
	[IR_EXCEPTION_CRITICAL_STEP] = "critical_step",
	[IR_EXCEPTION_CRITICAL_DONE] = "critical_done",
};

static const char *
name_of(const char *const *names, size_t count, unsigned n)
{
	return n < count && names[n] != NULL ? names[n] : "?";
}
#define NAME_OF(names, n) name_of(names, sizeof(names) / sizeof((names)[0]), n)

static void
print_slot(struct text *t, const struct ir_unit *u, unsigned slot)
{
	if (slot < u->layout->count)
		print(t, " %s", u->layout->slots[slot].name);
	else
		print(t, " slot%u", slot);
}

static void
print_memory_aux(struct text *t, unsigned aux)
{
	print(t, " %s%u", aux & IR_MEM_SIGNED ? "s" : "u", 8u << (aux & IR_MEM_SIZE));
	if (aux & IR_MEM_ACQUIRE)
		print(t, ".acquire");
	if (aux & IR_MEM_RELEASE)
		print(t, ".release");
	if (aux & IR_MEM_BIG_ENDIAN)
		print(t, ".be");
}

static void
print_aux(struct text *t, const struct ir_unit *u, const struct ir_insn *i)
{
	switch (i->op) {
	case IR_get:
	case IR_put:
	case IR_state_address: print_slot(t, u, i->aux); break;
	case IR_helper_imm:
		if (i->aux != 0)
			print_slot(t, u, i->aux - 1u);
		break;
	case IR_flags_select:
	case IR_select:
	case IR_condition:
	case IR_exit_if: print(t, " %s", condition_names[i->aux & 15]); break;
	case IR_load:
	case IR_store: print_memory_aux(t, i->aux); break;
	case IR_atomic_rmw:
		print(t, " %s.u%u", NAME_OF(rmw_names, i->aux >> 8u), 8u << (i->aux & IR_MEM_SIZE));
		break;
	case IR_prefetch: print(t, " %s", NAME_OF(prefetch_names, i->aux)); break;
	case IR_fence: print(t, " %s", NAME_OF(fence_names, i->aux)); break;
	case IR_exit_exception: print(t, " %s", NAME_OF(exception_names, i->aux)); break;
	case IR_exit_indirect:
	case IR_exit_unless:
		print(t, " %s", i->aux == IR_INDIRECT_RETURN ? "return" : "jump");
		break;
	case IR_helper:
		print(t, " %s", i->aux < HELPER_COUNT ? helper_table[i->aux].name : "?");
		break;
	default: print(t, " #%#x", i->aux); break;
	}
}

static void
print_operands(struct text *t, const struct ir_insn *i)
{
	const struct ir_op_info *info = &ir_op_info[i->op];
	const ir_ref operands[3] = { i->a, info->has_imm ? IR_NONE : i->b,
		info->has_imm ? IR_NONE : i->c };
	const char *separator = info->has_aux ? ", " : " ";

	for (unsigned n = 0; n < info->operands; n++) {
		if (operands[n] == IR_NONE)
			print(t, "%s_", separator);
		else
			print(t, "%s%%%u", separator, operands[n]);
		separator = ", ";
	}
	if (info->has_imm)
		print(t, "%s%#" PRIx64, separator, (uint64_t)i->imm);
}

static void
print_insn(struct text *t, const struct ir_unit *u, uint32_t n)
{
	const struct ir_insn *i = &u->insns[n];
	const struct ir_op_info *info = &ir_op_info[i->op];

	if (ir_result_type(i) != IR_VOID)
		print(t, "%%%u = ", n);
	print(t, "%s", info->name);
	if (info->result == IR_RESULT_SAME || info->result == IR_RESULT_FLAGS)
		print(t, ".%s", NAME_OF(type_names, i->type));
	if (info->has_aux)
		print_aux(t, u, i);
	print_operands(t, i);
	print(t, "\n");
}

size_t
ir_print(const struct ir_unit *u, char *out, size_t size)
{
	struct text t = { .out = out, .size = size };

	if (size != 0)
		out[0] = '\0';
	print(&t, "unit %#" PRIx64 " mode %#x: %u guest instructions\n", u->guest_pc, u->mode,
		u->guest_insns);
	for (uint32_t n = 0; n < u->count; n++) {
		if (u->insns[n].op != IR_nop)
			print_insn(&t, u, n);
	}
	return t.length;
}
