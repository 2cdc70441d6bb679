// SPDX-License-Identifier: Apache-2.0
// What the files of generate_decoder share: the decode table as it is read, and the steps from it to the decoder.
#ifndef TOOLS_GENERATE_DECODER_TABLE_H
#define TOOLS_GENERATE_DECODER_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

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

/* ---- table.c: the table, read and checked ----------------------------------------------------- */

extern const char *table_path;
extern unsigned line_number; /* of what is being looked at, for fail() */

extern struct row rows[MAX_ROWS];
extern unsigned row_count;
extern struct section sections[MAX_SECTIONS];
extern unsigned section_count;
extern char features[MAX_FEATURES][MAX_NAME];
extern unsigned feature_count;
extern struct let lets[MAX_LETS];
extern unsigned let_count;

/* Joins continued lines to statements; line_number is a statement's first line while it is parsed. */
void read_table(FILE *file);

/* Fails if a word matches two rows. */
void check_overlaps(void);

/* ---- text.c: words of the table, and what is wrong with them ------------------------------------ */

/* Says what is wrong in the line, and ends the program. */
__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);

/* The first character that is none of white space. */
const char *skip_space(const char *text);

/* Whether an identifier may begin with it. */
bool starts_name(char c);

/* Copies the identifier at *text and moves *text behind it. */
void read_name(const char **text, char name[MAX_NAME], const char *what);

/* Whether the word is the next one of *text; if so, moves *text behind it. */
bool take_word(const char **text, const char *word);

/* Nothing but white space may follow. */
void expect_end(const char *text);

/* ---- condition.c ------------------------------------------------------------------------------- */

/* A field of the row by its name, or NULL. */
const struct field *find_field(const struct row *row, const char *name);

/* A named condition, or NULL. */
struct let *find_let(const char *name);

/* The condition at *text, with the row's fields; *text is moved behind it. */
struct node *parse_condition(const char **text, const struct row *row);

/* How the table and C write it. */
const char *operator_text(enum operator operator);

/* Ones for the width of the field. */
uint32_t field_mask(const struct field *field);

/* The bits of the word that the condition looks at. */
uint32_t condition_bits(const struct node *node);

/* Whether the row's condition makes the word UNALLOCATED. */
bool is_reserved(const struct row *row, uint32_t word);

/* ---- write_header.c, write_source.c ------------------------------------------------------------ */

extern char isa[MAX_NAME];       /* "a64" */
extern char isa_upper[MAX_NAME]; /* "A64" */

/* Names by their numbers. */
const char *section_name(unsigned i);

const char *feature_name(unsigned i);

/* Prints text with `@` as the ISA's name and `^` as the same in capitals. */
void write_with_names(FILE *out, const char *text);

/* The header: rows, a struct for each and how its fields are taken from a word. */
void write_header(FILE *out);

/* The source: what is known of each row, and the decoder. */
void write_source(FILE *out);

#endif
