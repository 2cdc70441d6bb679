// SPDX-License-Identifier: Apache-2.0
//
// Reads JSON into a tree, changes it, and prints it again: allocation of many small pieces, a recursive parser, string
// handling, number conversion.

#include "kernel.h"

enum kind { NOTHING, TRUTH, NUMBER, STRING, ARRAY, OBJECT };

struct value {
	enum kind kind;
	struct value *next;  /* in its array or object */
	struct value *first; /* of an array or object */
	const char *name;    /* in an object */
	const char *text;    /* of a string */
	int64_t number;      /* in thousandths */
};

static char arena[1 << 20];
static size_t arena_used;
static const char *in;
static char *out;

static void *
take(size_t size)
{
	void *p = &arena[arena_used];

	arena_used += (size + 15) & ~(size_t)15;
	if (arena_used > sizeof(arena)) {
		abort();
	}
	return p;
}

static void
skip_space(void)
{
	while (*in == ' ' || *in == '\n' || *in == '\t' || *in == '\r') {
		in++;
	}
}

static const char *
parse_string(void)
{
	char *start = take(strcspn(++in, "\"") + 1);
	char *s = start;

	while (*in != '"') {
		if (*in == '\\') {
			in++;
			*s++ = *in == 'n' ? '\n' : *in == 't' ? '\t' : *in;
			in++;
		} else {
			*s++ = *in++;
		}
	}
	*s = 0;
	in++;
	return start;
}

static int64_t
parse_number(void)
{
	int negative = *in == '-';
	int64_t number = 0;
	int digits = -1;

	in += negative;
	for (;; in++) {
		if (*in == '.') {
			digits = 0;
		} else if (*in >= '0' && *in <= '9') {
			number = number * 10 + (*in - '0');
			digits += digits >= 0;
		} else {
			break;
		}
	}
	for (digits = digits < 0 ? 0 : digits; digits < 3; digits++) {
		number *= 10;
	}
	return negative ? -number : number;
}

static struct value *parse_value(void);

static void
parse_members(struct value *v, char end)
{
	struct value **tail = &v->first;

	in++;
	for (skip_space(); *in != end; skip_space()) {
		const char *name = NULL;

		if (v->kind == OBJECT) {
			name = parse_string();
			skip_space();
			in++;
		}
		*tail = parse_value();
		(*tail)->name = name;
		tail = &(*tail)->next;
		skip_space();
		in += *in == ',';
	}
	in++;
}

static struct value *
parse_value(void)
{
	struct value *v = take(sizeof(*v));

	memset(v, 0, sizeof(*v));
	skip_space();
	switch (*in) {
	case '{':
		v->kind = OBJECT;
		parse_members(v, '}');
		break;
	case '[':
		v->kind = ARRAY;
		parse_members(v, ']');
		break;
	case '"':
		v->kind = STRING;
		v->text = parse_string();
		break;
	case 't':
	case 'f':
		v->kind = TRUTH;
		v->number = *in == 't';
		in += *in == 't' ? 4 : 5;
		break;
	case 'n': in += 4; break;
	default:
		v->kind = NUMBER;
		v->number = parse_number();
		break;
	}
	return v;
}

static void
print_string(const char *s)
{
	*out++ = '"';
	for (; *s != 0; s++) {
		if (*s == '"' || *s == '\\') {
			*out++ = '\\';
			*out++ = *s;
		} else if (*s == '\n') {
			*out++ = '\\';
			*out++ = 'n';
		} else {
			*out++ = *s;
		}
	}
	*out++ = '"';
}

static void
print_number(int64_t number)
{
	char digits[24];
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
	int n = 0;

	if (number < 0) {
		*out++ = '-';
	}
	do {
		if (n == 3) {
			digits[n++] = '.';
		}
		digits[n++] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest != 0 || n < 5);
	while (n > 0) {
		*out++ = digits[--n];
	}
}

static void
print_value(const struct value *v)
{
	switch (v->kind) {
	case NOTHING: out = stpcpy(out, "null"); break;
	case TRUTH: out = stpcpy(out, v->number ? "true" : "false"); break;
	case NUMBER: print_number(v->number); break;
	case STRING: print_string(v->text); break;
	case ARRAY:
	case OBJECT:
		*out++ = v->kind == ARRAY ? '[' : '{';
		for (const struct value *m = v->first; m != NULL; m = m->next) {
			if (v->kind == OBJECT) {
				print_string(m->name);
				*out++ = ':';
			}
			print_value(m);
			if (m->next != NULL) {
				*out++ = ',';
			}
		}
		*out++ = v->kind == ARRAY ? ']' : '}';
		break;
	}
}

static struct value *
member(struct value *object, const char *name)
{
	struct value *m = object->first;

	while (m != NULL && strcmp(m->name, name) != 0) {
		m = m->next;
	}
	return m;
}

static char source[200000];
static char printed[400000];

static void
make_source(uint32_t random)
{
	char *p = source;

	p = stpcpy(p, "[\n");
	for (int i = 0; i < 600; i++) {
		unsigned name = kernel_random(&random) % 10000;
		unsigned price = kernel_random(&random) % 1000;

		p += sprintf(p,
			"  {\"name\": \"item \\\"%u\\\"\", \"price\": %u.%02u, \"stock\": %d, "
			"\"tags\": [\"a\", \"line\\n\"],"
			" \"active\": %s, \"parent\": null, \"size\": {\"width\": %u, \"height\": "
			"-%u}}%s\n",
			name, price, i % 100, i * 7, i % 3 ? "true" : "false", i, i * 3,
			i < 599 ? "," : "");
	}
	strcpy(p, "]");
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 630);
	uint64_t sum = 0;

	make_source(1);
	in = source;
	for (unsigned round = 0; round < rounds; round++) {
		struct value *root;

		arena_used = 0;
		root = parse_value();
		for (struct value *item = root->first; item != NULL; item = item->next) {
			member(item, "price")->number += (int64_t)round;
			member(member(item, "size"), "height")->number--;
		}
		out = printed;
		print_value(root);
		*out = 0;
		sum = kernel_mix(sum, (uint64_t)(out - printed));
		for (const char *p = printed; p < out; p += 17) {
			sum = kernel_mix(sum, (uint64_t)*p);
		}
		in = printed;
	}
	kernel_report("json", sum);
	return 0;
}
