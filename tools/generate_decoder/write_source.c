// SPDX-License-Identifier: Apache-2.0
// Writes the decoder's source: conditions, what is known of each row, tables of candidates, the decoder.
#include <stdlib.h>
#include <string.h>

#include "tools/generate_decoder/table.h"

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

void
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
