// SPDX-License-Identifier: Apache-2.0
//
// Host tool of the build: turns a decode table (frontend/ISA/ISA.decode, notation in docs/decode.md) into a decoder.
// usage: generate_decoder TABLE OUTPUT.c OUTPUT.h.  Reads and checks the whole table (fields, widths, conditions; no
// word may match two rows), then writes the header (rows, structs, extraction) and the source (metadata, decoder).
// Any mistake in the table is one line `TABLE:LINE: what`, exit status 1, and no output.

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_ROWS = 2048,
	MAX_FIELDS = 16,
	MAX_SECTIONS = 64,
	MAX_FEATURES = 64,
	MAX_LETS = 64,
	MAX_NAME = 48,
	MAX_ROW_TEXT = 4096,
	MAX_ENUMERATED_BITS = 20,
};

struct field {
	char name[MAX_NAME];
	unsigned lsb, width;
};

/* A condition as a tree.  FIELD and NUMBER are leaves. */
enum node_kind { NODE_NUMBER, NODE_FIELD, NODE_NOT, NODE_BINARY };
enum operator{ OP_OR, OP_AND, OP_EQ, OP_NE, OP_LE, OP_GE, OP_LT, OP_GT, OP_BITS };

struct node {
	enum node_kind kind;
	enum operator operator;
	uint32_t number;
	const struct field *field;
	struct node *left, *right;
};

struct row {
	char name[MAX_NAME];
	unsigned line, section, feature;
	uint32_t mask, value;               /* bits that are tested */
	uint32_t should_mask, should_value; /* bits that should be so, and are ignored */
	unsigned field_count;
	struct field fields[MAX_FIELDS];
	struct node *reserved;  /* the word is UNALLOCATED where this holds; or NULL */
	uint32_t reserved_bits; /* bits of the word that `reserved` looks at */
};

struct let {
	char name[MAX_NAME];
	char *text;
	bool busy; /* being expanded: a use of it now would never end */
};

struct section {
	char name[MAX_NAME];
	char title[128];
};

static const char *table_path;
static unsigned line_number;

static struct row rows[MAX_ROWS];
static unsigned row_count;
static struct section sections[MAX_SECTIONS];
static unsigned section_count;
static char features[MAX_FEATURES][MAX_NAME];
static unsigned feature_count;
static struct let lets[MAX_LETS];
static unsigned let_count;
static unsigned current_feature;

__attribute__((noreturn, format(printf, 1, 2))) static void
fail(const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s:%u: ", table_path, line_number);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

/* ---- text ------------------------------------------------------------------------------------ */

static const char *
skip_space(const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

static bool
starts_name(char c)
{
	return isalpha((unsigned char)c) || c == '_';
}

/* Copies the identifier at *text and moves *text behind it. */
static void
read_name(const char **text, char name[MAX_NAME], const char *what)
{
	unsigned length = 0;

	*text = skip_space(*text);
	if (!starts_name(**text))
		fail("expected %s at `%.20s`", what, *text);
	while (isalnum((unsigned char)**text) || **text == '_') {
		if (length == MAX_NAME - 1)
			fail("name is longer than %d characters", MAX_NAME - 1);
		name[length++] = *(*text)++;
	}
	name[length] = 0;
}

/* Whether the word is the next one of *text; if so, moves *text behind it. */
static bool
take_word(const char **text, const char *word)
{
	const char *start = skip_space(*text);
	size_t length = strlen(word);

	if (strncmp(start, word, length) != 0 || isalnum((unsigned char)start[length]) ||
		start[length] == '_')
		return false;
	*text = start + length;
	return true;
}

static void
expect_end(const char *text)
{
	text = skip_space(text);
	if (*text)
		fail("unexpected `%.20s`", text);
}

/* ---- conditions ------------------------------------------------------------------------------ */

static struct node *parse_condition(const char **text, const struct row *row);

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

static const struct field *
find_field(const struct row *row, const char *name)
{
	for (unsigned i = 0; i < row->field_count; i++)
		if (!strcmp(row->fields[i].name, name))
			return &row->fields[i];
	return NULL;
}

static struct let *
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

static const char *operator_text(enum operator operator)
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

static struct node *
parse_condition(const char **text, const struct row *row)
{
	return parse_level(text, row, 0);
}

static uint32_t
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

/* The bits of the word that the condition looks at. */
static uint32_t
condition_bits(const struct node *node)
{
	if (!node)
		return 0;
	if (node->kind == NODE_FIELD)
		return field_mask(node->field) << node->field->lsb;
	return condition_bits(node->left) | condition_bits(node->right);
}

static bool
is_reserved(const struct row *row, uint32_t word)
{
	return row->reserved && evaluate(row->reserved, word);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void
add_fixed_bit(struct row *row, unsigned *bit, bool tested, bool one)
{
	uint32_t mask;

	if (*bit == 0)
		fail("row %s is wider than 32 bits", row->name);
	mask = (uint32_t)1 << --*bit;
	*(tested ? &row->mask : &row->should_mask) |= mask;
	*(tested ? &row->value : &row->should_value) |= one ? mask : 0;
}

static void
add_field(struct row *row, unsigned *bit, const char **text)
{
	struct field *field = &row->fields[row->field_count];
	unsigned long width;
	char *end;

	if (row->field_count == MAX_FIELDS)
		fail("row %s has more than %d fields", row->name, MAX_FIELDS);
	read_name(text, field->name, "a field");
	if (**text != ':')
		fail("expected `:WIDTH` behind field `%s`", field->name);
	width = strtoul(*text + 1, &end, 10);
	if (end == *text + 1 || width == 0 || width > 31)
		fail("field `%s` needs a width from 1 to 31", field->name);
	*text = end;
	if (width > *bit)
		fail("row %s is wider than 32 bits", row->name);
	if (find_field(row, field->name))
		fail("row %s has two fields `%s`", row->name, field->name);
	*bit -= width;
	field->lsb = *bit;
	field->width = (unsigned)width;
	row->field_count++;
}

/* The pattern: from bit 31 down, up to `unless` or the end. */
static void
parse_pattern(struct row *row, const char **text)
{
	unsigned bit = 32;

	for (;;) {
		const char *rest = *text = skip_space(*text);

		if (!**text || take_word(&rest, "unless"))
			break;
		if (**text == '0' || **text == '1') {
			add_fixed_bit(row, &bit, true, *(*text)++ == '1');
		} else if (!strncmp(*text, "(0)", 3) || !strncmp(*text, "(1)", 3)) {
			add_fixed_bit(row, &bit, false, (*text)[1] == '1');
			*text += 3;
		} else {
			add_field(row, &bit, text);
		}
	}
	if (bit)
		fail("row %s is %u bits wide, not 32", row->name, 32 - bit);
}

/* The word with the bits of `mask` taken in turn from the low bits of `index`. */
static uint32_t
deposit_bits(uint32_t index, uint32_t mask)
{
	uint32_t word = 0;

	for (; mask; mask &= mask - 1, index >>= 1)
		if (index & 1)
			word |= mask & -mask;
	return word;
}

static unsigned
enumerated_bits(uint32_t mask)
{
	unsigned count = (unsigned)__builtin_popcount(mask);

	if (count > MAX_ENUMERATED_BITS)
		fail("conditions look at %u bits; more than %d is too many to check", count,
			MAX_ENUMERATED_BITS);
	return count;
}

/* A condition that always or never holds is a slip. */
static void
check_condition(const struct row *row)
{
	uint32_t combinations = (uint32_t)1 << enumerated_bits(row->reserved_bits);
	uint32_t reserved = 0;

	for (uint32_t i = 0; i < combinations; i++)
		reserved += is_reserved(row, row->value | deposit_bits(i, row->reserved_bits));
	if (reserved == 0)
		fail("the condition of row %s never holds", row->name);
	if (reserved == combinations)
		fail("the condition of row %s always holds", row->name);
}

static void
parse_row(const char *text)
{
	struct row *row = &rows[row_count];

	if (row_count == MAX_ROWS)
		fail("more than %d rows", MAX_ROWS);
	if (!section_count)
		fail("a row before the first section");
	read_name(&text, row->name, "a row's name");
	for (unsigned i = 0; i < row_count; i++)
		if (!strcmp(rows[i].name, row->name))
			fail("row %s is there already, in line %u", row->name, rows[i].line);
	row->line = line_number;
	row->section = section_count - 1;
	row->feature = current_feature;
	parse_pattern(row, &text);
	if (take_word(&text, "unless")) {
		row->reserved = parse_condition(&text, row);
		row->reserved_bits = condition_bits(row->reserved);
		expect_end(text);
		check_condition(row);
	}
	row_count++;
}

/* ---- the other statements -------------------------------------------------------------------- */

static unsigned
feature_index(const char *name)
{
	for (unsigned i = 0; i < feature_count; i++)
		if (!strcmp(features[i], name))
			return i;
	if (feature_count == MAX_FEATURES)
		fail("more than %d features", MAX_FEATURES);
	snprintf(features[feature_count], MAX_NAME, "%s", name);
	return feature_count++;
}

static void
parse_section(const char *text)
{
	struct section *section = &sections[section_count];
	const char *end;

	if (section_count == MAX_SECTIONS)
		fail("more than %d sections", MAX_SECTIONS);
	if (section_count && (!row_count || rows[row_count - 1].section != section_count - 1))
		fail("section %s has no rows", sections[section_count - 1].name);
	read_name(&text, section->name, "a section's name");
	for (unsigned i = 0; i < section_count; i++)
		if (!strcmp(sections[i].name, section->name))
			fail("section %s is there already", section->name);
	text = skip_space(text);
	end = *text == '"' ? strchr(text + 1, '"') : NULL;
	if (!end || end - text > (long)sizeof section->title)
		fail("expected the section's title in quotes");
	memcpy(section->title, text + 1, (size_t)(end - text - 1));
	expect_end(end + 1);
	section_count++;
	current_feature = feature_index("base");
}

static void
parse_feature(const char *text)
{
	char name[MAX_NAME];

	read_name(&text, name, "a feature's name");
	expect_end(text);
	current_feature = feature_index(name);
}

static void
parse_let(const char *text)
{
	struct let *let = &lets[let_count];

	if (let_count == MAX_LETS)
		fail("more than %d conditions have names", MAX_LETS);
	read_name(&text, let->name, "a condition's name");
	if (find_let(let->name))
		fail("`%s` is there already", let->name);
	text = skip_space(text);
	if (*text != '=')
		fail("expected `=` behind `%s`", let->name);
	let->text = strdup(text + 1);
	let_count++;
}

static void
parse_statement(const char *text)
{
	if (take_word(&text, "section"))
		parse_section(text);
	else if (take_word(&text, "feature"))
		parse_feature(text);
	else if (take_word(&text, "let"))
		parse_let(text);
	else
		parse_row(text);
}

/* Joins continued lines to statements; line_number is a statement's first line while it is parsed. */
static void
read_table(FILE *file)
{
	char statement[MAX_ROW_TEXT] = "";
	char line[1024];
	unsigned first = 0, last = 0;
	size_t used;

	while (fgets(line, sizeof line, file)) {
		size_t length = strcspn(line, "\r\n");

		line_number = ++last;
		if (!line[length] && !feof(file))
			fail("line is longer than %zu characters", sizeof line - 2);
		line[length] = 0;
		line[strcspn(line, "#")] = 0;
		if (!*skip_space(line))
			continue;
		if (isspace((unsigned char)line[0]) && !first)
			fail("this line continues nothing");
		if (!isspace((unsigned char)line[0]) && first) {
			line_number = first;
			parse_statement(statement);
			statement[0] = 0;
		}
		if (!isspace((unsigned char)line[0]))
			first = last;
		used = strlen(statement);
		if (used + strlen(line) + 2 > sizeof statement)
			fail("statement is longer than %d characters", MAX_ROW_TEXT);
		snprintf(statement + used, sizeof statement - used, " %s", line);
	}
	line_number = first;
	if (first)
		parse_statement(statement);
	line_number = last;
	if (!row_count)
		fail("no rows");
}

/* Fails if a word matches both rows: tries all values of the bits that their conditions look at. */
static void
check_pair(const struct row *a, const struct row *b)
{
	uint32_t mask = a->mask | b->mask;
	uint32_t value = a->value | b->value;
	uint32_t looked_at = (a->reserved_bits | b->reserved_bits) & ~mask;

	if ((a->value ^ b->value) & a->mask & b->mask)
		return;
	line_number = b->line;
	for (uint32_t i = 0; i < (uint32_t)1 << enumerated_bits(looked_at); i++) {
		uint32_t word = value | deposit_bits(i, looked_at);

		if (!is_reserved(a, word) && !is_reserved(b, word))
			fail("rows %s (line %u) and %s both match 0x%08x", a->name, a->line,
				b->name, word);
	}
}

static void
check_overlaps(void)
{
	for (unsigned b = 0; b < row_count; b++)
		for (unsigned a = 0; a < b; a++)
			check_pair(&rows[a], &rows[b]);
}

/* ---- output: the header ---------------------------------------------------------------------- */

static char isa[MAX_NAME];       /* "a64" */
static char isa_upper[MAX_NAME]; /* "A64" */

static void
write_enum(FILE *out, const char *name, const char *prefix, unsigned count,
	const char *(*item)(unsigned))
{
	fprintf(out, "enum %s_%s {\n", isa, name);
	for (unsigned i = 0; i < count; i++)
		fprintf(out, "\t%s_%s_%s,\n", isa_upper, prefix, item(i));
	fprintf(out, "\t%s_%s_COUNT\n};\n\n", isa_upper, prefix);
}

static const char *
section_name(unsigned i)
{
	return sections[i].name;
}

static const char *
feature_name(unsigned i)
{
	return features[i];
}

static const char *
row_name(unsigned i)
{
	return rows[i].name;
}

static void
write_row_struct(FILE *out, const struct row *row)
{
	fprintf(out, "struct %s_%s {\n\tuint32_t ", isa, row->name);
	for (unsigned i = 0; i < row->field_count; i++)
		fprintf(out, "%s%s", i ? ", " : "", row->fields[i].name);
	fprintf(out, ";\n};\n\nstatic inline struct %s_%s\n%s_extract_%s(uint32_t word)\n{\n", isa,
		row->name, isa, row->name);
	fprintf(out, "\treturn (struct %s_%s){\n", isa, row->name);
	for (unsigned i = 0; i < row->field_count; i++)
		fprintf(out, "\t\t.%s = word >> %u & 0x%x,\n", row->fields[i].name,
			row->fields[i].lsb, field_mask(&row->fields[i]));
	fprintf(out, "\t};\n}\n\n");
}

static void
write_row_lists(FILE *out)
{
	for (unsigned s = 0; s < section_count; s++) {
		fprintf(out, "/* %s */\n#define %s_ROWS_%s(X)", sections[s].title, isa_upper,
			sections[s].name);
		for (unsigned i = 0; i < row_count; i++)
			if (rows[i].section == s)
				fprintf(out, " \\\n\tX(%s)", rows[i].name);
		fprintf(out, "\n\n");
	}
	fprintf(out, "#define %s_ROWS(X)", isa_upper);
	for (unsigned s = 0; s < section_count; s++)
		fprintf(out, " \\\n\t%s_ROWS_%s(X)", isa_upper, sections[s].name);
	fprintf(out, "\n\n");
}

static const char header_declarations[] =
	"/* A field of a row: bits lsb .. lsb + width - 1 of the word. */\n"
	"struct @_field {\n"
	"\tconst char *name;\n"
	"\tuint8_t lsb, width;\n"
	"};\n\n"
	"/*\n"
	" * A row of the table.  A word is the row's when (word & mask) == value and not "
	"reserved(word)\n"
	" * (reserved is NULL for no condition).  The bits of should_mask should be as in "
	"should_value, but are\n"
	" * ignored.  bit_fields[0 .. field_count - 1] are the named fields from the highest bits "
	"down.\n"
	" */\n"
	"struct @_row_info {\n"
	"\tconst char *name;\n"
	"\tuint32_t mask, value, should_mask, should_value;\n"
	"\tbool (*reserved)(uint32_t word);\n"
	"\tconst struct @_field *bit_fields;\n"
	"\tuint8_t field_count, section, feature;\n"
	"};\n\n"
	"extern const struct @_row_info @_rows[];\n"
	"extern const char *const @_section_names[];\n"
	"extern const char *const @_feature_names[];\n\n"
	"/* The row of an instruction word; ^_ROW_none for an UNALLOCATED one. */\n"
	"enum @_row @_decode(uint32_t word);\n\n";

/* Prints text with `@` as the ISA's name and `^` as the same in capitals. */
static void
write_with_names(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '@')
			fputs(isa, out);
		else if (*text == '^')
			fputs(isa_upper, out);
		else
			fputc(*text, out);
	}
}

static void
write_header(FILE *out)
{
	fprintf(out,
		"// SPDX-License-Identifier: Apache-2.0\n"
		"// Generated by tools/generate_decoder from %s; docs/decode.md explains it.\n"
		"#ifndef %s_DECODE_H\n#define %s_DECODE_H\n\n#include <stdbool.h>\n#include "
		"<stdint.h>\n\n",
		table_path, isa_upper, isa_upper);
	write_enum(out, "section", "SECTION", section_count, section_name);
	write_enum(out, "feature", "FEATURE", feature_count, feature_name);
	write_enum(out, "row", "ROW", row_count, row_name);
	fprintf(out, "#define %s_ROW_none %s_ROW_COUNT\n\n", isa_upper, isa_upper);
	write_with_names(out, header_declarations);
	write_row_lists(out);
	for (unsigned i = 0; i < row_count; i++)
		write_row_struct(out, &rows[i]);
	fprintf(out, "#endif\n");
}

/* ---- output: the source ---------------------------------------------------------------------- */

static void
write_condition(FILE *out, const struct node *node)
{
	switch (node->kind) {
	case NODE_NUMBER: fprintf(out, "%u", node->number); break;
	case NODE_FIELD: fprintf(out, "d.%s", node->field->name); break;
	case NODE_NOT:
		fputs("!(", out);
		write_condition(out, node->left);
		fputc(')', out);
		break;
	case NODE_BINARY:
		fputc('(', out);
		write_condition(out, node->left);
		fprintf(out, " %s ", operator_text(node->operator));
		write_condition(out, node->right);
		fputc(')', out);
		break;
	}
}

static void
write_reserved_function(FILE *out, const struct row *row)
{
	if (!row->reserved)
		return;
	fprintf(out, "static bool\nreserved_%s(uint32_t word)\n{\n", row->name);
	fprintf(out, "\tstruct %s_%s d = %s_extract_%s(word);\n\n\treturn ", isa, row->name, isa,
		row->name);
	write_condition(out, row->reserved);
	fprintf(out, ";\n}\n\n");
}

static void
write_row_info(FILE *out, const struct row *row)
{
	fprintf(out, "\t{ \"%s\", 0x%08x, 0x%08x, 0x%08x, 0x%08x, ", row->name, row->mask,
		row->value, row->should_mask, row->should_value);
	fprintf(out, row->reserved ? "reserved_%s,\n" : "NULL,\n", row->name);
	fprintf(out, "\t\t(const struct %s_field[]){ ", isa);
	for (unsigned i = 0; i < row->field_count; i++)
		fprintf(out, "{ \"%s\", %u, %u }, ", row->fields[i].name, row->fields[i].lsb,
			row->fields[i].width);
	fprintf(out, "{ NULL, 0, 0 } },\n\t\t%u, %s_SECTION_%s, %s_FEATURE_%s },\n",
		row->field_count, isa_upper, sections[row->section].name, isa_upper,
		features[row->feature]);
}

static void
write_names(FILE *out, const char *name, unsigned count, const char *(*item)(unsigned))
{
	fprintf(out, "const char *const %s_%s_names[] = {\n", isa, name);
	for (unsigned i = 0; i < count; i++)
		fprintf(out, "\t\"%s\",\n", item(i));
	fprintf(out, "};\n\n");
}

/*
 * The decoder's tables: bits 31:21 of a word choose a group, bits 15:10 a list of candidate rows within it, which are
 * then tested one by one.  Groups and lists are shared by all that are equal.
 */
enum {
	TOP_SHIFT = 21,
	TOP_COUNT = 1 << 11,
	LOW_SHIFT = 10,
	LOW_COUNT = 1 << 6,
	MAX_CANDIDATES = 65535,
};

static uint16_t groups[TOP_COUNT][LOW_COUNT]; /* offsets into candidates */
static unsigned group_count;
static uint16_t group_of_top[TOP_COUNT];
static uint16_t candidates[MAX_CANDIDATES + MAX_ROWS]; /* lists of rows, each ended by row_count */
static unsigned candidate_count;

/* Offset of the list of `length` rows (the last is the end mark), new or one that is there. */
static uint16_t
intern_candidates(const uint16_t *list, unsigned length)
{
	for (unsigned i = 0; i + length <= candidate_count; i++)
		if (!memcmp(&candidates[i], list, length * sizeof *list))
			return (uint16_t)i;
	if (candidate_count + length > MAX_CANDIDATES) {
		fprintf(stderr, "generate_decoder: the decoder's lists exceed %d entries\n",
			MAX_CANDIDATES);
		exit(1);
	}
	memcpy(&candidates[candidate_count], list, length * sizeof *list);
	candidate_count += length;
	return (uint16_t)(candidate_count - length);
}

static uint16_t
list_for(uint32_t word, uint32_t known_bits, const uint16_t *among, unsigned among_count)
{
	uint16_t list[MAX_ROWS + 1];
	unsigned length = 0;

	for (unsigned i = 0; i < among_count; i++) {
		const struct row *row = &rows[among[i]];

		if (!((word ^ row->value) & row->mask & known_bits))
			list[length++] = among[i];
	}
	list[length++] = (uint16_t)row_count;
	return intern_candidates(list, length);
}

static void
build_group(uint32_t top)
{
	const uint32_t top_bits = (uint32_t)(TOP_COUNT - 1) << TOP_SHIFT;
	const uint32_t low_bits = (uint32_t)(LOW_COUNT - 1) << LOW_SHIFT;
	uint16_t among[MAX_ROWS];
	unsigned among_count = 0, group;

	for (unsigned i = 0; i < row_count; i++)
		if (!(((top << TOP_SHIFT) ^ rows[i].value) & rows[i].mask & top_bits))
			among[among_count++] = (uint16_t)i;
	for (uint32_t low = 0; low < LOW_COUNT; low++)
		groups[group_count][low] = list_for(top << TOP_SHIFT | low << LOW_SHIFT,
			top_bits | low_bits, among, among_count);
	for (group = 0; group < group_count; group++)
		if (!memcmp(groups[group], groups[group_count], sizeof groups[group]))
			break;
	group_of_top[top] = (uint16_t)group;
	group_count += group == group_count;
}

static void
write_numbers(FILE *out, const uint16_t *numbers, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		fprintf(out, "%s%u,%s", i % 16 ? " " : "\t", numbers[i],
			i % 16 == 15 || i + 1 == count ? "\n" : "");
}

static void
write_decoder_tables(FILE *out)
{
	for (uint32_t top = 0; top < TOP_COUNT; top++)
		build_group(top);
	fprintf(out, "static const uint16_t candidates[] = {\n");
	write_numbers(out, candidates, candidate_count);
	fprintf(out, "};\n\nstatic const uint16_t groups[][%d] = {\n", LOW_COUNT);
	for (unsigned i = 0; i < group_count; i++) {
		fprintf(out, "\t{\n");
		write_numbers(out, groups[i], LOW_COUNT);
		fprintf(out, "\t},\n");
	}
	fprintf(out, "};\n\nstatic const uint16_t group_of_top[] = {\n");
	write_numbers(out, group_of_top, TOP_COUNT);
	fprintf(out, "};\n\n");
	fprintf(out, "static const struct {\n\tuint32_t mask, value;\n} tests[] = {\n");
	for (unsigned i = 0; i < row_count; i++)
		fprintf(out, "\t{ 0x%08x, 0x%08x },\n", rows[i].mask, rows[i].value);
	fprintf(out, "};\n\n");
}

static const char decode_function[] =
	"enum @_row\n"
	"@_decode(uint32_t word)\n"
	"{\n"
	"\tconst uint16_t *row = &candidates[groups[group_of_top[word >> 21]][word >> 10 & "
	"63]];\n\n"
	"\tfor (; *row != ^_ROW_COUNT; row++)\n"
	"\t\tif ((word & tests[*row].mask) == tests[*row].value &&\n"
	"\t\t\t!(@_rows[*row].reserved && @_rows[*row].reserved(word)))\n"
	"\t\t\tbreak;\n"
	"\treturn (enum @_row)*row;\n"
	"}\n";

static void
write_source(FILE *out)
{
	fprintf(out,
		"// SPDX-License-Identifier: Apache-2.0\n"
		"// Generated by tools/generate_decoder from %s; docs/decode.md explains it.\n"
		"#include \"frontend/%s/decode.h\"\n\n#include <stddef.h>\n\n",
		table_path, isa);
	write_names(out, "section", section_count, section_name);
	write_names(out, "feature", feature_count, feature_name);
	for (unsigned i = 0; i < row_count; i++)
		write_reserved_function(out, &rows[i]);
	fprintf(out, "const struct %s_row_info %s_rows[] = {\n", isa, isa);
	for (unsigned i = 0; i < row_count; i++)
		write_row_info(out, &rows[i]);
	fprintf(out, "};\n\n");
	write_decoder_tables(out);
	write_with_names(out, decode_function);
}

/* ---- files ----------------------------------------------------------------------------------- */

/* frontend/a64/a64.decode: the ISA's name is the file's. */
static void
set_isa_name(const char *path)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	size_t length = strcspn(base, ".");

	if (length == 0 || length >= sizeof isa || !starts_name(*base)) {
		fprintf(stderr, "generate_decoder: %s: the file's name must be ISA.decode\n", path);
		exit(1);
	}
	for (size_t i = 0; i < length; i++) {
		isa[i] = base[i];
		isa_upper[i] = (char)toupper((unsigned char)base[i]);
	}
}

static FILE *
open_file(const char *path, const char *mode)
{
	FILE *file = fopen(path, mode);

	if (!file) {
		fprintf(stderr, "generate_decoder: cannot open %s: %s\n", path, strerror(errno));
		exit(1);
	}
	return file;
}

/* Writes under another name and renames, so that no one reads half a file. */
static void
write_file(const char *path, void (*write)(FILE *out))
{
	char temporary[4096];
	FILE *out;

	snprintf(temporary, sizeof temporary, "%s.new", path);
	out = open_file(temporary, "w");
	write(out);
	if (ferror(out) || fclose(out) || rename(temporary, path)) {
		fprintf(stderr, "generate_decoder: cannot write %s: %s\n", path, strerror(errno));
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	FILE *table;

	if (argc != 4) {
		fprintf(stderr, "usage: generate_decoder TABLE OUTPUT.c OUTPUT.h\n");
		return 1;
	}
	table_path = argv[1];
	set_isa_name(table_path);
	table = open_file(table_path, "r");
	read_table(table);
	fclose(table);
	check_overlaps();
	write_file(argv[2], write_source);
	write_file(argv[3], write_header);
	return 0;
}
