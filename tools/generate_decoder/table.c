// SPDX-License-Identifier: Apache-2.0
// Reads the decode table: statements, rows and their patterns; and checks that no word may match two rows.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tools/generate_decoder/table.h"

const char *table_path;
unsigned line_number;

struct row rows[MAX_ROWS];
unsigned row_count;
struct section sections[MAX_SECTIONS];
unsigned section_count;
char features[MAX_FEATURES][MAX_NAME];
unsigned feature_count;
struct let lets[MAX_LETS];
unsigned let_count;
static unsigned current_feature;

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

void
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

void
check_overlaps(void)
{
	for (unsigned b = 0; b < row_count; b++)
		for (unsigned a = 0; a < b; a++)
			check_pair(&rows[a], &rows[b]);
}
