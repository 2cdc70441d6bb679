// SPDX-License-Identifier: Apache-2.0
// Parts of the system-call code that need no guest: hidden descriptors, texts of /proc, names of paths, and pieces
// of -strace.

#include "loader/loader.h"
#include "runtime/guest_memory.h"
#include "syscalls/argument.h"
#include "syscalls/fd_guard.h"
#include "syscalls/limits.h"
#include "runtime/run_options.h"
#include "syscalls/system_call.h"
#include "syscalls/proc_files.h"
#include "syscalls/proc_text.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* ---- hidden descriptors */

static char parts[256];

static int64_t
note_part(unsigned first, unsigned last, void *context)
{
	int *fail_at = context;

	snprintf(parts + strlen(parts), sizeof(parts) - strlen(parts), "%u-%u ", first, last);
	return fail_at && (unsigned)*fail_at == first ? -EINVAL : 0;
}

static void
hide_three(void)
{
	fd_guard_add(1000);
	fd_guard_add(-1);
	fd_guard_add(2);
	fd_guard_add(900);
	fd_guard_add(901);
	fd_guard_add(1000);
}

Test(fd_guard, hides_what_was_added)
{
	cr_assert_not(fd_guard_hides(900));
	hide_three();
	cr_assert_eq(fd_guard_lowest, 900);
	cr_assert(fd_guard_hides(900));
	cr_assert(fd_guard_hides(901));
	cr_assert(fd_guard_hides(1000));
	cr_assert_not(fd_guard_hides(902));
	cr_assert_not(fd_guard_hides(2));
	cr_assert_not(fd_guard_hides(AT_FDCWD));
	cr_assert_not(fd_guard_hides(INT_MAX));
}

Test(fd_guard, splits_ranges_around_hidden_descriptors)
{
	int fail_at = 902;

	hide_three();
	cr_assert_eq(fd_guard_split(3, UINT_MAX, note_part, NULL), 0);
	cr_assert_str_eq(parts, "3-899 902-999 1001-4294967295 ");
	parts[0] = '\0';
	cr_assert_eq(fd_guard_split(900, 1000, note_part, NULL), 0);
	cr_assert_str_eq(parts, "902-999 ");
	parts[0] = '\0';
	cr_assert_eq(fd_guard_split(901, 901, note_part, NULL), 0);
	cr_assert_str_eq(parts, "");
	cr_assert_eq(fd_guard_split(950, 960, note_part, NULL), 0);
	cr_assert_str_eq(parts, "950-960 ");
	parts[0] = '\0';
	cr_assert_eq(fd_guard_split(3, UINT_MAX, note_part, &fail_at), -EINVAL);
	cr_assert_str_eq(parts, "3-899 902-999 ");
}

/* ---- which files of /proc */

Test(proc_files, own_files_are_recognised)
{
	char path[64];

	cr_assert_eq(proc_files_find(AT_FDCWD, "/proc/self/exe").file, PROC_FILE_EXE);
	cr_assert_eq(proc_files_find(AT_FDCWD, "/proc/thread-self/maps").file, PROC_FILE_MAPS);
	cr_assert_eq(proc_files_find(AT_FDCWD, "//proc/./self//smaps").file, PROC_FILE_SMAPS);
	cr_assert_eq(proc_files_find(AT_FDCWD, "/proc/cpuinfo").file, PROC_FILE_CPUINFO);
	cr_assert_eq(
		proc_files_find(AT_FDCWD, "/proc/self/task/17/cmdline").file, PROC_FILE_CMDLINE);
	snprintf(path, sizeof(path), "/proc/%d/auxv", getpid());
	cr_assert_eq(proc_files_find(AT_FDCWD, path).file, PROC_FILE_AUXV);
}

Test(proc_files, other_files_are_not)
{
	static const struct run_options options = {
		.self_fd = -1, .cache_fd = -1, .cache_system_fd = -1
	};

	guest_options = &options;
	cr_assert_eq(proc_files_find(AT_FDCWD, "/proc/1/maps").file, PROC_FILE_NONE);
	cr_assert_eq(proc_files_find(AT_FDCWD, "/proc/self/cpuinfo").file, PROC_FILE_NONE);
	cr_assert_eq(proc_files_find(AT_FDCWD, "/proc/self/maps/x").file, PROC_FILE_NONE);
	cr_assert_eq(proc_files_find(AT_FDCWD, "/proc/maps").file, PROC_FILE_NONE);
	cr_assert_eq(proc_files_find(AT_FDCWD, "/processes/self/maps").file, PROC_FILE_NONE);
	cr_assert_eq(proc_files_find(AT_FDCWD, "/tmp/proc/self/exe").file, PROC_FILE_NONE);
	cr_assert_eq(proc_files_find(AT_FDCWD, "/proc/self/limits").file, PROC_FILE_NONE);
	cr_assert_eq(proc_files_find(AT_FDCWD, "/proc/self/fd/exe").file, PROC_FILE_NONE);
	cr_assert_eq(proc_files_find(AT_FDCWD, "").file, PROC_FILE_NONE);
}

Test(proc_files, names_relative_to_a_directory)
{
	int fd = open("/proc/self", O_PATH | O_DIRECTORY);
	int other = open("/tmp", O_PATH | O_DIRECTORY);

	cr_assert_geq(fd, 0);
	cr_assert_eq(proc_files_find(fd, "maps").file, PROC_FILE_MAPS);
	cr_assert_eq(proc_files_find(fd, "task/1/exe").file, PROC_FILE_EXE);
	cr_assert_eq(proc_files_find(other, "maps").file, PROC_FILE_NONE);
	cr_assert_eq(proc_files_find(AT_FDCWD, "maps").file, PROC_FILE_NONE);
	cr_assert_eq(chdir("/proc"), 0);
	cr_assert_eq(proc_files_find(AT_FDCWD, "cpuinfo").file, PROC_FILE_CPUINFO);
	cr_assert_eq(proc_files_find(AT_FDCWD, "self/exe").file, PROC_FILE_EXE);
}

/* ---- texts */

static void
expect_text(const struct text *text, const char *expected)
{
	cr_expect_eq(text->length, strlen(expected), "%.*s", (int)text->length, text->bytes);
	cr_expect_eq(memcmp(text->bytes, expected, strlen(expected)), 0, "got: %.*s",
		(int)text->length, text->bytes);
}

static struct maps_line
parse(const char *line)
{
	struct maps_line result;

	cr_assert(maps_line_parse(line, strlen(line), &result), "%s", line);
	return result;
}

Test(proc_maps, lines_are_read)
{
	struct maps_line line = parse("7f0000001000-7f0000003000 r--s 0001f000 fe:01 1234567"
				      "                    /usr/lib/a file (deleted)");

	cr_assert_eq(line.start, 0x7f0000001000);
	cr_assert_eq(line.end, 0x7f0000003000);
	cr_assert_str_eq(line.permissions, "r--s");
	cr_assert_eq(line.offset, 0x1f000);
	cr_assert_eq(line.major, 0xfe);
	cr_assert_eq(line.minor, 1);
	cr_assert_eq(line.inode, 1234567);
	cr_assert_eq(line.name_length, strlen("/usr/lib/a file (deleted)"));
	line = parse("00400000-00401000 ---p 00000000 00:00 0");
	cr_assert_eq(line.name_length, 0);
	line = parse("00400000-00401000 ---p 00000000 00:00 0 ");
	cr_assert_eq(line.name_length, 0);
}

Test(proc_maps, other_lines_are_not)
{
	static const char *const lines[] = { "", "Size:                  4 kB",
		"00400000-00401000 r-x", "00400000-0040100g ---p 00000000 00:00 0 ",
		"VmFlags: rd wr mr mw me ac ", "fade: 12", "0-1 rw-p 0 0:" };
	struct maps_line result;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		cr_expect_not(maps_line_parse(lines[i], strlen(lines[i]), &result), "%s", lines[i]);
}

/* Every line of the host's own list comes out as it went in, when its protections are the guest's. */
Test(proc_maps, host_lines_survive)
{
	FILE *file = fopen("/proc/self/maps", "r");
	unsigned count = 0;
	char line[4096];

	cr_assert_not_null(file);
	while (fgets(line, sizeof(line), file)) {
		struct text text = { 0 };
		struct maps_line parsed;
		struct guest_mapping mapping = { 0 };

		cr_assert(maps_line_parse(line, strcspn(line, "\n"), &parsed));
		mapping.start = parsed.start;
		mapping.end = parsed.end;
		mapping.offset = parsed.offset;
		mapping.device = GUEST_DEVICE_ANONYMOUS;
		mapping.shared = parsed.permissions[3] == 's';
		mapping.protection = (parsed.permissions[0] == 'r' ? PROT_READ : 0) |
				     (parsed.permissions[1] == 'w' ? PROT_WRITE : 0) |
				     (parsed.permissions[2] == 'x' ? PROT_EXEC : 0);
		maps_line_format(&text, &mapping, &parsed);
		expect_text(&text, line);
		text_free(&text);
		count++;
	}
	fclose(file);
	cr_assert_gt(count, 10);
}

Test(proc_maps, guest_protections_and_names_win)
{
	struct maps_line host = parse("5555555000-5555557000 r--p 00001000 08:01 42 /bin/x");
	struct guest_mapping mapping = { .start = 0x5555555000,
		.end = 0x5555557000,
		.offset = 0x1000,
		.device = 0x801,
		.inode = 42,
		.protection = PROT_READ | PROT_WRITE | PROT_EXEC };
	struct text text = { 0 };

	maps_line_format(&text, &mapping, &host);
	expect_text(&text, "5555555000-5555557000 rwxp 00001000 08:01 42                       "
			   "      /bin/x\n");
	text.length = 0;
	mapping.device = GUEST_DEVICE_ANONYMOUS;
	mapping.inode = mapping.offset = 0;
	mapping.kind = GUEST_MAPPING_HEAP;
	maps_line_format(&text, &mapping, NULL);
	expect_text(&text, "5555555000-5555557000 rwxp 00000000 00:00 0                        "
			   "      [heap]\n");
}

Test(proc_cpuinfo, is_arm64s)
{
	static const uint32_t processors[] = { 0, 2 };
	struct text text = { 0 };

	cpuinfo_format(&text, processors, 2, 1 << 0 | 1 << 1 | 1 << 7, 0);
	expect_text(&text, "processor\t: 0\nBogoMIPS\t: 2000.00\nFeatures\t: fp asimd crc32\n"
			   "CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x0\n"
			   "CPU part\t: 0xd03\nCPU revision\t: 4\n\n"
			   "processor\t: 2\nBogoMIPS\t: 2000.00\nFeatures\t: fp asimd crc32\n"
			   "CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x0\n"
			   "CPU part\t: 0xd03\nCPU revision\t: 4\n\n");
	text_free(&text);
}

/* ---- growing texts */

Test(text, grows)
{
	struct text text = { 0 };

	for (int i = 0; i < 10000; i++)
		text_format(&text, "%04d", i);
	cr_assert_eq(text.length, 40000);
	cr_assert_eq(memcmp(text.bytes + 39996, "9999", 4), 0);
	text_free(&text);
	cr_assert_null(text.bytes);
}

/* ---- RLIMIT_AS */

Test(limits, values_go_both_ways)
{
	cr_assert_eq(limits_to_host(RLIM_INFINITY), RLIM_INFINITY);
	cr_assert_eq(limits_to_guest(RLIM_INFINITY), RLIM_INFINITY);
	cr_assert_eq(limits_to_guest(limits_to_host(0)), 0);
	cr_assert_eq(limits_to_guest(limits_to_host(300000 * 1024)), 300000 * 1024);
	/* Set outside. */
	cr_assert_eq(limits_to_guest(1 << 30), 1 << 30);
	cr_assert_eq(limits_to_host(RLIM_INFINITY - 5), RLIM_INFINITY);
}
