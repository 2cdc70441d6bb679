// SPDX-License-Identifier: Apache-2.0
// The decoder generator's errors: each slip in a table gives one line with the table's line number, exit status 1, and
// no output file.
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char good_table[] = "section one \"One\"\n"
				 "let odd = (rd & 1) == 1\n"
				 "aaa 0000 (1) imm:18 rn:5 rd:4 unless odd\n"
				 "bbb 0000 (1) imm:18 rn:5 rd:4\n"
				 "    unless !odd\n"
				 "feature two # a comment\n"
				 "ccc 1111 imm:28\n";

struct slip {
	const char *table;
	const char *message; /* NULL: none expected */
};

static const struct slip slips[] = {
	{ good_table, NULL },
	{ "", "0: no rows" },
	{ "aaa imm:31 0\n", "1: a row before the first section" },
	{ "section s \"S\"\naaa 0 rd:5\n", "2: row aaa is 6 bits wide, not 32" },
	{ "section s \"S\"\naaa 0 imm:28 rd:5\n", "2: row aaa is wider than 32 bits" },
	{ "section s \"S\"\naaa 000 imm:28 00\n", "2: row aaa is wider than 32 bits" },
	{ "section s \"S\"\naaa 0 imm:31\naaa 1 imm:31\n",
		"3: row aaa is there already, in line 2" },
	{ "section s \"S\"\naaa 00 rd:15 rd:15\n", "2: row aaa has two fields `rd`" },
	{ "section s \"S\"\naaa 00 rd:0 rn:30\n", "2: field `rd` needs a width from 1 to 31" },
	{ "section s \"S\"\naaa 00 rd rn:30\n", "2: expected `:WIDTH` behind field `rd`" },
	{ "section s \"S\"\naaa 00 + rn:30\n", "2: expected a field at `+ rn:30`" },
	{ "section s \"S\"\naaa 0 rn:31 unless\n", "2: expected a field at ``" },
	{ "section s \"S\"\naaa 0 rn:31 unless Q == 1\n", "2: row aaa has no field `Q`" },
	{ "section s \"S\"\naaa imm:30 sz:2 unless (sz == 1\n", "2: expected `)` at ``" },
	{ "section s \"S\"\naaa imm:30 sz:2 unless sz == 1 sz\n", "2: unexpected `sz`" },
	{ "section s \"S\"\naaa imm:30 sz:2 unless sz == 4\n",
		"2: the condition of row aaa never holds" },
	{ "section s \"S\"\naaa imm:30 sz:2 unless sz < 4\n",
		"2: the condition of row aaa always holds" },
	{ "section s \"S\"\nlet x = y\nlet y = x\naaa 0 imm:31 unless x\n",
		"4: `x` is defined by itself" },
	{ "section s \"S\"\nlet x = 1\nlet x = 2\naaa 0 imm:31\n", "3: `x` is there already" },
	{ "section s \"S\"\naaa 0 imm:31\nbbb 01 rd:30\n",
		"3: rows aaa (line 2) and bbb both match 0x40000000" },
	{ "section s \"S\"\naaa imm:30 sz:2 unless sz == 3\nbbb sz:2 imm:28 11 unless sz == 1\n"
	  "ccc 01 imm:28 1 U:1\n",
		"4: rows aaa (line 2) and ccc both match 0x40000002" },
	{ "section s \"S\"\nsection t \"T\"\naaa 0 imm:31\n", "2: section s has no rows" },
	{ "section s S\naaa 0 imm:31\n", "1: expected the section's title in quotes" },
	{ " aaa 0 imm:31\n", "1: this line continues nothing" },
};

static char folder[] = "/tmp/dragoman-decode-XXXXXX";

/* Runs the generator over the table; gives its exit status and the first line that it printed. */
static int
run_generator(const char *table, char *line, size_t size)
{
	const char *build = getenv("BUILD") ? getenv("BUILD") : "build";
	char path[256], command[1024];
	FILE *file, *output;
	int status;

	snprintf(path, sizeof path, "%s/test.decode", folder);
	file = fopen(path, "w");
	cr_assert(file);
	fputs(table, file);
	fclose(file);
	snprintf(command, sizeof command, "%s/tools/generate_decoder %s %s/out.c %s/out.h 2>&1",
		build, path, folder, folder);
	output = popen(command, "r");
	cr_assert(output);
	if (!fgets(line, (int)size, output))
		line[0] = 0;
	line[strcspn(line, "\n")] = 0;
	status = pclose(output);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
make_folder(void)
{
	cr_assert(mkdtemp(folder));
}

static void
remove_folder(void)
{
	char command[256];

	snprintf(command, sizeof command, "rm -r %s", folder);
	cr_assert_eq(system(command), 0);
}

Test(generate_decoder, slips_are_reported, .init = make_folder, .fini = remove_folder)
{
	char line[512], expected[512], path[256];

	snprintf(path, sizeof path, "%s/out.c", folder);
	for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++) {
		int status = run_generator(slips[i].table, line, sizeof line);

		cr_expect_eq(status, slips[i].message ? 1 : 0, "table:\n%sgave: %s", slips[i].table,
			line);
		cr_expect_eq(access(path, F_OK), slips[i].message ? -1 : 0, "table:\n%s",
			slips[i].table);
		unlink(path);
		snprintf(expected, sizeof expected, "%s/test.decode:%s", folder,
			slips[i].message ? slips[i].message : "");
		if (slips[i].message)
			cr_expect_str_eq(line, expected, "table:\n%s", slips[i].table);
	}
}
