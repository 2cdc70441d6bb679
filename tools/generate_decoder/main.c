// SPDX-License-Identifier: Apache-2.0
//
// Host tool of the build: turns a decode table (frontend/ISA/ISA.decode, notation in docs/decode.md) into a decoder.
// usage: generate_decoder TABLE OUTPUT.c OUTPUT.h.  Reads and checks the whole table (fields, widths, conditions; no
// word may match two rows), then writes the header (rows, structs, extraction) and the source (metadata, decoder).
// Any mistake in the table is one line `TABLE:LINE: what`, exit status 1, and no output.
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/generate_decoder/table.h"

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
