// SPDX-License-Identifier: Apache-2.0
//
// Dense and sparse switches in a loop: a tokenizer of C text, and a decoder of a made-up instruction format with nested
// switches, as device emulators have them.

#include "kernel.h"

enum token {
	NAME,
	NUMBER,
	OPERATOR,
	STRING,
	COMMENT,
	BRACKET,
	SEPARATOR,
	KEYWORD,
	UNKNOWN,
	TOKENS
};

static char text[40001];

static void
make_text(void)
{
	static const char *const pieces[] = { "if (x >= 10) ", "return value; ", "/* a comment */",
		"while (p->next) ", "\"a string\\n\" ", "total += 0x1f * 3; ", "}\n", "{ ",
		"name_2 ", "x <<= 1; ", "// line\n", "a[i] = 'c'; " };
	uint32_t random = 6;
	size_t n = 0;

	while (n < sizeof(text) - 40) {
		n += (size_t)(stpcpy(&text[n],
				      pieces[(kernel_random(&random) >> 9) % COUNT(pieces)]) -
			      &text[n]);
	}
}

static enum token
keyword_or_name(const char *s, size_t length)
{
	switch (length << 8 | (unsigned char)s[0]) {
	case 2 << 8 | 'i': return memcmp(s, "if", 2) == 0 ? KEYWORD : NAME;
	case 5 << 8 | 'w': return memcmp(s, "while", 5) == 0 ? KEYWORD : NAME;
	case 6 << 8 | 'r': return memcmp(s, "return", 6) == 0 ? KEYWORD : NAME;
	default: return NAME;
	}
}

static const char *
skip_comment(const char *p)
{
	if (p[1] == '/') {
		while (*p != 0 && *p != '\n') {
			p++;
		}
		return p;
	}
	for (p += 2; *p != 0 && !(p[0] == '*' && p[1] == '/'); p++) {
	}
	return *p != 0 ? p + 2 : p;
}

static int
in_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* The kind of the token at *place, which is moved behind it. */
static enum token
next_token(const char **place)
{
	const char *p = *place;
	const char *start = p;
	enum token token = UNKNOWN;

	switch (*p++) {
	case 'a' ... 'z':
	case 'A' ... 'Z':
	case '_':
		while (in_name(*p)) {
			p++;
		}
		token = keyword_or_name(start, (size_t)(p - start));
		break;
	case '0' ... '9':
		while (in_name(*p)) {
			p++;
		}
		token = NUMBER;
		break;
	case '/':
		if (*p == '/' || *p == '*') {
			p = skip_comment(start);
			token = COMMENT;
			break;
		}
		/* fall through */
	case '+':
	case '-':
	case '*':
	case '<':
	case '>':
	case '=':
	case '&':
	case '|':
		while (*p == '=' || *p == start[0] || (start[0] == '-' && *p == '>')) {
			p++;
		}
		token = OPERATOR;
		break;
	case '"':
	case '\'':
		while (*p != 0 && *p != start[0]) {
			p += *p == '\\' ? 2 : 1;
		}
		p++;
		token = STRING;
		break;
	case '(':
	case ')':
	case '[':
	case ']':
	case '{':
	case '}': token = BRACKET; break;
	case ';':
	case ',':
	case '.': token = SEPARATOR; break;
	}
	*place = p;
	return token;
}

static uint64_t
tokenize(void)
{
	unsigned counts[TOKENS] = { 0 };
	uint64_t sum = 0;

	for (const char *p = text; *p != 0;) {
		if (*p == ' ' || *p == '\n') {
			p++;
			continue;
		}
		counts[next_token(&p)]++;
	}
	for (int i = 0; i < TOKENS; i++) {
		sum = sum * 31 + counts[i];
	}
	return sum;
}

static uint32_t
decode(uint32_t word, uint32_t x)
{
	switch (word >> 28) {
	case 0: return x + (word & 0xffff);
	case 1: return x - (word & 0xff);
	case 2: return x ^ word;
	case 3: return x << (word & 7);
	case 4: return x >> (word & 3) | 1;
	case 5: return x * 5 + 1;
	case 6: return ~x;
	case 7: return x | 0x10;
	case 8:
		switch (word >> 24 & 7) {
		case 0: return x + 1;
		case 1: return x & 0x7fffffff;
		case 2: return x % 1000;
		case 3: return x + word;
		case 4: return x ^ x >> 5;
		case 5: return -x;
		default: return word;
		}
	case 9: return x & (word | 0xf0f);
	case 10: return x + (x >> 3);
	case 11: return x > word ? x - word : word - x;
	case 12: return x / 3;
	case 13: return (x & 0xff) * 0x01010101;
	case 14: return __builtin_bswap32(x);
	default: return x + 7;
	}
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 510);
	uint32_t random = 8;
	uint32_t x = 0;
	uint64_t sum = 0;

	make_text();
	for (unsigned round = 0; round < rounds; round++) {
		text[round * 37 % 39000] = "ax9_+ "[round % 6];
		sum = kernel_mix(sum, tokenize());
		for (int i = 0; i < 20000; i++) {
			x = decode(kernel_random(&random), x);
		}
		sum = kernel_mix(sum, x);
	}
	kernel_report("switches", sum);
	return 0;
}
