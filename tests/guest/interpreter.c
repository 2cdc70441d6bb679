// SPDX-License-Identifier: Apache-2.0
//
// A bytecode interpreter with computed goto, and tables of function pointers: indirect branches with many targets.

#include <stdint.h>
#include <stdio.h>

enum opcode { PUSH, ADD, SUB, MUL, DUP, SWAP, LOAD, STORE, JUMP_IF, PRINT, HALT };

/* variable 1 = sum of i * (i - 3) for i from variable 0 down to 1, modulo the word size */
// clang-format off
static const int sum_program[] = {
	LOAD, 0, DUP, PUSH, 3, SUB, MUL,  /* i * (i - 3) */
	LOAD, 1, ADD, STORE, 1,           /* sum += */
	LOAD, 0, PUSH, 1, SUB, DUP, STORE, 0, JUMP_IF, 0,
	LOAD, 1, PRINT, HALT,
};
// clang-format on

/* variable 1 = Fibonacci number of variable 0, modulo the word size */
// clang-format off
static const int fibonacci_program[] = {
	PUSH, 0, STORE, 1, PUSH, 1, STORE, 2,
	LOAD, 1, LOAD, 2, DUP, STORE, 1, ADD, STORE, 2, /* 8 */
	LOAD, 0, PUSH, 1, SUB, DUP, STORE, 0, JUMP_IF, 8,
	PUSH, 5, PUSH, 6, SWAP, SUB, PRINT, HALT,
};
// clang-format on

static long
run(const int *code, long n)
{
	static const void *const labels[] = { &&do_push, &&do_add, &&do_sub, &&do_mul, &&do_dup,
		&&do_swap, &&do_load, &&do_store, &&do_jump_if, &&do_print, &&do_halt };
	unsigned long stack[64] = { 0 };
	unsigned long variable[3] = { (unsigned long)n, 0, 0 };
	unsigned long *top = stack;
	unsigned long swapped;
	const int *pc = code;

#define NEXT goto *labels[*pc++]
	NEXT;
do_push:
	*++top = (unsigned long)*pc++;
	NEXT;
do_add:
	top[-1] += top[0];
	top--;
	NEXT;
do_sub:
	top[-1] -= top[0];
	top--;
	NEXT;
do_mul:
	top[-1] *= top[0];
	top--;
	NEXT;
do_dup:
	top[1] = top[0];
	top++;
	NEXT;
do_swap:
	swapped = top[0];
	top[0] = top[-1];
	top[-1] = swapped;
	NEXT;
do_load:
	*++top = variable[*pc++];
	NEXT;
do_store:
	variable[*pc++] = *top--;
	NEXT;
do_jump_if:
	pc = (long)*top-- > 0 ? code + *pc : pc + 1;
	NEXT;
do_print:
	printf("top %ld\n", (long)*top);
	NEXT;
do_halt:
	return (long)variable[1];
#undef NEXT
}

#define STEP(n)                                                       \
	static __attribute__((noinline)) uint32_t step##n(uint32_t x) \
	{                                                             \
		return (x ^ (n + 1)) * (2 * n + 3) + (x >> (n + 5));  \
	}
STEP(0)
STEP(1)
STEP(2)
STEP(3)
STEP(4)
STEP(5) STEP(6) STEP(7) STEP(8) STEP(9) STEP(10) STEP(11)

	typedef uint32_t (*step)(uint32_t);
static const step steps[] = { step0, step1, step2, step3, step4, step5, step6, step7, step8, step9,
	step10, step11 };

static uint32_t
switched(uint32_t x)
{
	switch (x % 11) {
	case 0: return x + 1;
	case 1: return x * 3;
	case 2: return x ^ 0x55555555;
	case 3: return x << 1 | x >> 31;
	case 4: return ~x;
	case 5: return x - 77;
	case 6: return x / 3;
	case 7: return x | 1;
	case 8: return __builtin_bswap32(x);
	case 9: return x * x;
	default: return x >> 2;
	}
}

int
main(void)
{
	uint32_t x = 1;
	uint32_t y = 1;

	printf("sum %ld\n", run(sum_program, 400000));
	printf("fibonacci %ld\n", run(fibonacci_program, 300000));
	for (int i = 0; i < 1000000; i++) {
		x = steps[x % 12](x);
		y = switched(y + (uint32_t)i);
	}
	printf("%08x %08x\n", x, y);
	return 0;
}
