// SPDX-License-Identifier: Apache-2.0
//
// A regular expression matcher: patterns are compiled to a program of a few operations, and the program is run by a set of
// threads in step with the text (Thompson, Pike), so that no pattern is slow.
//
// Patterns know: characters, '.', [a-z], [^...], *, +, ?, |, ( ).

#include "kernel.h"

enum operation { CHARACTER, ANY, SET, SPLIT, JUMP, MATCH };

struct instruction {
	enum operation operation;
	unsigned char c;
	int x;
	int y;
	uint32_t set[8];
};

enum { LONGEST_PROGRAM = 256 };

static struct instruction program[LONGEST_PROGRAM];
static int program_size;
static const char *pattern;

static int
emit(enum operation operation)
{
	memset(&program[program_size], 0, sizeof(program[0]));
	program[program_size].operation = operation;
	return program_size++;
}

/* Makes room for one instruction at a place; what jumps behind it is moved too. */
static void
insert(int at, enum operation operation)
{
	memmove(&program[at + 1], &program[at], (size_t)(program_size - at) * sizeof(program[0]));
	program_size++;
	for (int i = at + 1; i < program_size; i++) {
		program[i].x += program[i].x >= at;
		program[i].y += program[i].y >= at;
	}
	memset(&program[at], 0, sizeof(program[0]));
	program[at].operation = operation;
}

static void parse_alternatives(void);

static void
parse_set(void)
{
	int at = emit(SET);
	int inverted = *pattern == '^';

	pattern += inverted;
	while (*pattern != ']') {
		unsigned first = (unsigned char)*pattern++;
		unsigned last = first;

		if (pattern[0] == '-' && pattern[1] != ']') {
			last = (unsigned char)pattern[1];
			pattern += 2;
		}
		for (; first <= last; first++) {
			program[at].set[first / 32] |= 1u << first % 32;
		}
	}
	pattern++;
	for (int i = 0; inverted && i < 8; i++) {
		program[at].set[i] ^= 0xffffffff;
	}
}

static void
parse_atom(void)
{
	char c = *pattern++;

	if (c == '(') {
		parse_alternatives();
		pattern++;
	} else if (c == '[') {
		parse_set();
	} else if (c == '.') {
		emit(ANY);
	} else {
		int at = emit(CHARACTER);

		program[at].c = (unsigned char)c;
	}
}

static void
parse_repeated(void)
{
	int start = program_size;

	parse_atom();
	if (*pattern == '*' || *pattern == '?') {
		insert(start, SPLIT);
		if (*pattern == '*') {
			int jump = emit(JUMP);

			program[jump].x = start;
		}
		program[start].x = start + 1;
		program[start].y = program_size;
	} else if (*pattern == '+') {
		int split = emit(SPLIT);

		program[split].x = start;
		program[split].y = split + 1;
	} else {
		return;
	}
	pattern++;
}

static void
parse_alternatives(void)
{
	int start = program_size;

	while (*pattern != 0 && *pattern != ')' && *pattern != '|') {
		parse_repeated();
	}
	if (*pattern == '|') {
		int jump;

		pattern++;
		insert(start, SPLIT);
		jump = emit(JUMP);
		program[start].x = start + 1;
		program[start].y = program_size;
		parse_alternatives();
		program[jump].x = program_size;
	}
}

static void
compile(const char *text)
{
	pattern = text;
	program_size = 0;
	parse_alternatives();
	emit(MATCH);
}

struct threads {
	int count;
	int pc[LONGEST_PROGRAM];
};

static unsigned visited[LONGEST_PROGRAM];
static unsigned step;

static void
add_thread(struct threads *list, int pc)
{
	while (visited[pc] != step) {
		visited[pc] = step;
		switch (program[pc].operation) {
		case JUMP: pc = program[pc].x; break;
		case SPLIT:
			add_thread(list, program[pc].x);
			pc = program[pc].y;
			break;
		default: list->pc[list->count++] = pc; return;
		}
	}
}

/* The length of the longest match at the text's start, or -1. */
static int
match(const char *text)
{
	static struct threads lists[2];
	struct threads *now = &lists[0];
	struct threads *next = &lists[1];
	int longest = -1;

	now->count = 0;
	step++;
	add_thread(now, 0);
	for (int at = 0; now->count > 0; at++) {
		unsigned char c = (unsigned char)text[at];
		struct threads *t;

		next->count = 0;
		step++;
		for (int i = 0; i < now->count; i++) {
			const struct instruction *in = &program[now->pc[i]];
			int taken = 0;

			switch (in->operation) {
			case CHARACTER: taken = in->c == c; break;
			case ANY: taken = c != '\n' && c != 0; break;
			case SET: taken = c != 0 && (in->set[c / 32] >> c % 32 & 1); break;
			default: longest = at; break;
			}
			if (taken) {
				add_thread(next, now->pc[i] + 1);
			}
		}
		t = now;
		now = next;
		next = t;
	}
	return longest;
}

static const char *const patterns[] = {
	"[a-z]+@[a-z]+(.com|.org|.net)",
	"(GET|POST|PUT) /[^ ]* HTTP",
	"[0-9]+.[0-9]+.[0-9]+.[0-9]+",
	"(a|b)*abb(c?d+)*",
	"\"[^\"]*\"",
};

static char text[20001];

static void
make_text(uint32_t random)
{
	static const char *const pieces[] = { "10.0.13.7 ", "GET /index HTTP ", "user@example.org ",
		"\"quoted text\" ", "abababbcdd ", "babbdd ", "POST /a/b HTTP ", "word ", "1234 ",
		"x@y.com", "\n", "aab " };
	size_t n = 0;

	while (n < sizeof(text) - 20) {
		const char *piece = pieces[(kernel_random(&random) >> 8) % COUNT(pieces)];

		n += (size_t)(stpcpy(&text[n], piece) - &text[n]);
	}
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 110);
	uint64_t sum = 0;

	for (unsigned round = 0; round < rounds; round++) {
		make_text(round + 1);
		for (size_t i = 0; i < COUNT(patterns); i++) {
			unsigned found = 0;

			compile(patterns[i]);
			for (const char *p = text; *p != 0; p++) {
				int length = match(p);

				if (length > 0) {
					found++;
					sum = kernel_mix(
						sum, (uint64_t)(p - text) * 100 + (unsigned)length);
					p += length - 1;
				}
			}
			sum = kernel_mix(sum, found);
		}
	}
	kernel_report("regex", sum);
	return 0;
}
