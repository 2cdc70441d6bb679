// SPDX-License-Identifier: Apache-2.0
//
// A bytecode interpreter: a register machine whose loop is a switch, the same with a label's address for each operation
// (each operation jumps to the next by itself), and a stack machine with tagged values, as script languages have.

#include "kernel.h"

enum operation {
	LOAD,
	ADD,
	SUBTRACT,
	MULTIPLY,
	XOR,
	SHIFT,
	LESS,
	BRANCH,
	JUMP,
	GET,
	PUT,
	MOVE,
	HALT,
	OPERATIONS
};

struct instruction {
	uint8_t operation;
	uint8_t a;
	uint8_t b;
	uint8_t c;
	int32_t immediate;
};

/* Fills an array with squares modulo something, sorts it by bubbles, adds it up. */
static const struct instruction program[] = {
	/* 0 */ { LOAD, 0, 0, 0, 0 }, /* i */
	{ LOAD, 1, 0, 0, 64 },        /* size */
	{ LOAD, 2, 0, 0, 1 },
	{ LOAD, 3, 0, 0, 7919 },
	/* 4: fill */ { MULTIPLY, 4, 0, 3, 0 },
	{ MULTIPLY, 4, 4, 4, 0 },
	{ LOAD, 5, 0, 0, 5 },
	{ SHIFT, 5, 4, 5, 0 },
	{ XOR, 4, 4, 5, 0 },
	{ LOAD, 5, 0, 0, 40 },
	{ SHIFT, 4, 4, 5, 0 },
	{ ADD, 4, 4, 15, 0 },
	{ PUT, 4, 0, 0, 0 },
	{ ADD, 0, 0, 2, 0 },
	{ LESS, 5, 0, 1, 0 },
	{ BRANCH, 5, 0, 0, 4 },
	/* 16 */ { SUBTRACT, 6, 1, 2, 0 }, /* last */
	/* 17: outer */ { LOAD, 0, 0, 0, 0 },
	/* 18: inner */ { GET, 7, 0, 0, 0 },
	{ ADD, 8, 0, 2, 0 },
	{ GET, 9, 8, 0, 0 },
	{ LESS, 10, 9, 7, 0 },
	{ BRANCH, 10, 0, 0, 24 },
	{ JUMP, 0, 0, 0, 26 },
	/* 24 */ { PUT, 9, 0, 0, 0 },
	{ PUT, 7, 8, 0, 0 },
	/* 26 */ { MOVE, 0, 8, 0, 0 },
	{ LESS, 10, 0, 6, 0 },
	{ BRANCH, 10, 0, 0, 18 },
	{ SUBTRACT, 6, 6, 2, 0 },
	{ LESS, 10, 2, 6, 0 },
	{ BRANCH, 10, 0, 0, 17 },
	/* 32 */ { LOAD, 0, 0, 0, 0 },
	{ LOAD, 11, 0, 0, 0 },
	/* 34: sum */ { GET, 7, 0, 0, 0 },
	{ MULTIPLY, 11, 11, 3, 0 },
	{ XOR, 11, 11, 7, 0 },
	{ ADD, 0, 0, 2, 0 },
	{ LESS, 10, 0, 1, 0 },
	{ BRANCH, 10, 0, 0, 34 },
	{ HALT, 11, 0, 0, 0 },
};

static uint64_t memory[64];

#define REGISTER(x) registers[in->x]

static uint64_t __attribute__((noinline)) run_switch(const struct instruction *code, uint64_t seed)
{
	uint64_t registers[16] = { [15] = seed };
	const struct instruction *in = code;

	for (;;) {
		switch (in->operation) {
		case LOAD: REGISTER(a) = (uint64_t)in->immediate; break;
		case ADD: REGISTER(a) = REGISTER(b) + REGISTER(c); break;
		case SUBTRACT: REGISTER(a) = REGISTER(b) - REGISTER(c); break;
		case MULTIPLY: REGISTER(a) = REGISTER(b) * REGISTER(c); break;
		case XOR: REGISTER(a) = REGISTER(b) ^ REGISTER(c); break;
		case SHIFT: REGISTER(a) = REGISTER(b) >> (REGISTER(c) & 63); break;
		case LESS: REGISTER(a) = REGISTER(b) < REGISTER(c); break;
		case BRANCH:
			if (REGISTER(a) != 0) {
				in = code + in->immediate;
				continue;
			}
			break;
		case JUMP: in = code + in->immediate; continue;
		case GET: REGISTER(a) = memory[REGISTER(b) & 63]; break;
		case PUT: memory[REGISTER(b) & 63] = REGISTER(a); break;
		case MOVE: REGISTER(a) = REGISTER(b); break;
		case HALT: return REGISTER(a);
		default: abort();
		}
		in++;
	}
}

static uint64_t __attribute__((noinline)) run_labels(const struct instruction *code, uint64_t seed)
{
	static const void *const labels[OPERATIONS] = { &&load, &&add, &&subtract, &&multiply,
		&&exclusive, &&shift, &&less, &&branch, &&jump, &&get, &&put, &&move, &&halt };
	uint64_t registers[16] = { [15] = seed };
	const struct instruction *in = code;

#define NEXT() goto *labels[(++in)->operation]
	goto *labels[in->operation];
load:
	REGISTER(a) = (uint64_t)in->immediate;
	NEXT();
add:
	REGISTER(a) = REGISTER(b) + REGISTER(c);
	NEXT();
subtract:
	REGISTER(a) = REGISTER(b) - REGISTER(c);
	NEXT();
multiply:
	REGISTER(a) = REGISTER(b) * REGISTER(c);
	NEXT();
exclusive:
	REGISTER(a) = REGISTER(b) ^ REGISTER(c);
	NEXT();
shift:
	REGISTER(a) = REGISTER(b) >> (REGISTER(c) & 63);
	NEXT();
less:
	REGISTER(a) = REGISTER(b) < REGISTER(c);
	NEXT();
branch:
	if (REGISTER(a) == 0) {
		NEXT();
	}
jump:
	in = code + in->immediate;
	goto *labels[in->operation];
get:
	REGISTER(a) = memory[REGISTER(b) & 63];
	NEXT();
put:
	memory[REGISTER(b) & 63] = REGISTER(a);
	NEXT();
move:
	REGISTER(a) = REGISTER(b);
	NEXT();
halt:
	return REGISTER(a);
#undef NEXT
}

/* The stack machine: numbers are integers until they do not fit, as in script languages. */

enum type { INTEGER, REAL };

struct value {
	enum type type;
	union {
		int64_t integer;
		double real;
	};
};

enum stack_operation { PUSH, GET_LOCAL, SET_LOCAL, PLUS, TIMES, BELOW, JUMP_IF, END };

static const int stack_program[] = {
	/* 0: total = 1 */ PUSH,
	1,
	SET_LOCAL,
	0,
	/* i = 0 */ PUSH,
	0,
	SET_LOCAL,
	1,
	/* 8: total = total * 3 + i */ GET_LOCAL,
	0,
	PUSH,
	3,
	TIMES,
	GET_LOCAL,
	1,
	PLUS,
	SET_LOCAL,
	0,
	/* i = i + 1 */ GET_LOCAL,
	1,
	PUSH,
	1,
	PLUS,
	SET_LOCAL,
	1,
	/* if (i < 60) goto 8 */ GET_LOCAL,
	1,
	PUSH,
	60,
	BELOW,
	JUMP_IF,
	8,
	END,
};

static double
real_of(const struct value *v)
{
	return v->type == INTEGER ? (double)v->integer : v->real;
}

static struct value
plus(struct value a, struct value b)
{
	struct value r = { INTEGER, { 0 } };

	if (a.type != INTEGER || b.type != INTEGER ||
		__builtin_add_overflow(a.integer, b.integer, &r.integer)) {
		r.type = REAL;
		r.real = real_of(&a) + real_of(&b);
	}
	return r;
}

static struct value
times(struct value a, struct value b)
{
	struct value r = { INTEGER, { 0 } };

	if (a.type != INTEGER || b.type != INTEGER ||
		__builtin_mul_overflow(a.integer, b.integer, &r.integer)) {
		r.type = REAL;
		r.real = real_of(&a) * real_of(&b);
	}
	return r;
}

static double __attribute__((noinline)) run_stack(const int *code, int64_t seed)
{
	struct value stack[16];
	struct value locals[4] = { { INTEGER, { seed } } };
	struct value *top = stack;
	const int *pc = code;

	for (;;) {
		switch ((enum stack_operation) * pc++) {
		case PUSH: *top++ = (struct value){ INTEGER, { *pc++ } }; break;
		case GET_LOCAL: *top++ = locals[*pc++]; break;
		case SET_LOCAL: locals[*pc++] = *--top; break;
		case PLUS:
			top--;
			top[-1] = plus(top[-1], top[0]);
			break;
		case TIMES:
			top--;
			top[-1] = times(top[-1], top[0]);
			break;
		case BELOW:
			top--;
			top[-1] =
				(struct value){ INTEGER, { real_of(&top[-1]) < real_of(&top[0]) } };
			break;
		case JUMP_IF:
			top--;
			pc = top->integer != 0 ? code + *pc : pc + 1;
			break;
		case END: return real_of(&locals[0]);
		}
	}
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 4200);
	uint64_t sum = 0;

	if (kernel_wants(argc, argv, "switch")) {
		for (unsigned i = 0; i < rounds; i++) {
			sum = kernel_mix(sum, run_switch(program, i));
		}
		kernel_report("switch", sum);
	}
	sum = 0;
	if (kernel_wants(argc, argv, "labels")) {
		for (unsigned i = 0; i < rounds; i++) {
			sum = kernel_mix(sum, run_labels(program, i));
		}
		kernel_report("labels", sum);
	}
	sum = 0;
	if (kernel_wants(argc, argv, "stack")) {
		for (unsigned i = 0; i < rounds * 16; i++) {
			sum = kernel_mix_double(sum, run_stack(stack_program, i));
		}
		kernel_report("stack", sum);
	}
	return 0;
}
