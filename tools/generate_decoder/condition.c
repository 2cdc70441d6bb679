// SPDX-License-Identifier: Apache-2.0
// Conditions of the decode table (`unless`): parsed to trees, with named ones put in, and evaluated for words.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tools/generate_decoder/table.h"

static struct node *
new_node(enum node_kind kind)
{
	struct node *node = calloc(1, sizeof *node);

	if (!node) {
		fprintf(stderr, "generate_decoder: out of memory\n");
		exit(1);
	}
	node->kind = kind;
	return node;
}

static struct node *
new_binary(enum operator operator, struct node * left, struct node *right)
{
	struct node *node = new_node(NODE_BINARY);

	node->operator= operator;
	node->left = left;
	node->right = right;
	return node;
}

const struct field *
find_field(const struct row *row, const char *name)
{
	for (unsigned i = 0; i < row->field_count; i++)
		if (!strcmp(row->fields[i].name, name))
			return &row->fields[i];
	return NULL;
}

struct let *
find_let(const char *name)
{
	for (unsigned i = 0; i < let_count; i++)
		if (!strcmp(lets[i].name, name))
			return &lets[i];
	return NULL;
}

static struct node *
expand_let(struct let *let, const struct row *row)
{
	const char *text = let->text;
	struct node *node;

	if (let->busy)
		fail("`%s` is defined by itself", let->name);
	let->busy = true;
	node = parse_condition(&text, row);
	expect_end(text);
	let->busy = false;
	return node;
}

static struct node *
parse_name(const char **text, const struct row *row)
{
	char name[MAX_NAME];
	const struct field *field;
	struct node *node;

	read_name(text, name, "a field");
	field = find_field(row, name);
	if (!field) {
		if (!find_let(name))
			fail("row %s has no field `%s`", row->name, name);
		return expand_let(find_let(name), row);
	}
	node = new_node(NODE_FIELD);
	node->field = field;
	return node;
}

static struct node *
parse_primary(const char **text, const struct row *row)
{
	struct node *node;

	*text = skip_space(*text);
	if (**text == '(') {
		++*text;
		node = parse_condition(text, row);
		*text = skip_space(*text);
		if (**text != ')')
			fail("expected `)` at `%.20s`", *text);
		++*text;
		return node;
	}
	if (**text == '!') {
		++*text;
		node = new_node(NODE_NOT);
		node->left = parse_primary(text, row);
		return node;
	}
	if (isdigit((unsigned char)**text)) {
		node = new_node(NODE_NUMBER);
		node->number = (uint32_t)strtoul(*text, (char **)text, 0);
		return node;
	}
	return parse_name(text, row);
}

/* Operators by how loosely they bind; those of one level in the order in which they are tried. */
static const struct {
	const char *text;
	enum operator operator;
	unsigned level;
} operators[] = {
	{ "||", OP_OR, 0 },
	{ "&&", OP_AND, 1 },
	{ "==", OP_EQ, 2 },
	{ "!=", OP_NE, 2 },
	{ "<=", OP_LE, 2 },
	{ ">=", OP_GE, 2 },
	{ "<", OP_LT, 2 },
	{ ">", OP_GT, 2 },
	{ "&", OP_BITS, 3 },
};

enum { OPERATOR_COUNT = sizeof operators / sizeof operators[0], OPERATOR_LEVELS = 4 };

const char *operator_text(enum operator operator)
{
	for (unsigned i = 0; i < OPERATOR_COUNT; i++)
		if (operators[i].operator== operator)
			return operators[i].text;
	abort();
}

/* The operator of this level at *text, as an index into operators[]; -1 for none.  Moves *text behind it. */
static int
take_operator(const char **text, unsigned level)
{
	*text = skip_space(*text);
	for (unsigned i = 0; i < OPERATOR_COUNT; i++) {
		size_t length = strlen(operators[i].text);

		if (strncmp(*text, operators[i].text, length) != 0)
			continue;
		if (operators[i].level != level)
			return -1;
		*text += length;
		return (int)i;
	}
	return -1;
}

static struct node *
parse_level(const char **text, const struct row *row, unsigned level)
{
	struct node *node;
	int i;

	if (level == OPERATOR_LEVELS)
		return parse_primary(text, row);
	node = parse_level(text, row, level + 1);
	while ((i = take_operator(text, level)) >= 0)
		node = new_binary(operators[i].operator, node, parse_level(text, row, level + 1));
	return node;
}

struct node *
parse_condition(const char **text, const struct row *row)
{
	return parse_level(text, row, 0);
}

uint32_t
field_mask(const struct field *field)
{
	return (uint32_t)(((uint64_t)1 << field->width) - 1);
}

static uint32_t
evaluate(const struct node *node, uint32_t word)
{
	uint32_t a, b;

	switch (node->kind) {
	case NODE_NUMBER: return node->number;
	case NODE_FIELD: return word >> node->field->lsb & field_mask(node->field);
	case NODE_NOT: return !evaluate(node->left, word);
	case NODE_BINARY: break;
	}
	a = evaluate(node->left, word);
	b = evaluate(node->right, word);
	switch (node->operator) {
	case OP_OR: return a || b;
	case OP_AND: return a && b;
	case OP_EQ: return a == b;
	case OP_NE: return a != b;
	case OP_LE: return a <= b;
	case OP_GE: return a >= b;
	case OP_LT: return a < b;
	case OP_GT: return a > b;
	case OP_BITS: return a & b;
	}
	abort();
}

uint32_t
condition_bits(const struct node *node)
{
	if (!node)
		return 0;
	if (node->kind == NODE_FIELD)
		return field_mask(node->field) << node->field->lsb;
	return condition_bits(node->left) | condition_bits(node->right);
}

bool
is_reserved(const struct row *row, uint32_t word)
{
	return row->reserved && evaluate(row->reserved, word);
}
