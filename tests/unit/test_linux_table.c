// SPDX-License-Identifier: Apache-2.0
// The table of system calls against the kernel's own headers: numbers of arm64 and of the host, and the sizes and
// layouts of structures, as Debian's compilers see them. Whatever the headers have must be in the table.

#include "syscalls/flag_names.h"
#include "syscalls/marshal.h"
#include "syscalls/open_flags.h"
#include "syscalls/structures.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <linux/sem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#define GUEST_COMPILER "aarch64-linux-gnu-gcc"

struct row {
	int number;
	const char *name;
	int host;                /* -1: refused */
	const char *disposition; /* as in docs/syscalls.md */
};

static const struct row rows[] = {
#define PASS(number, name, host, ...)       { number, #name, host, "passed through" },
#define MARSHALLED(number, name, host, ...) { number, #name, host, "marshalled" },
#define EMULATED(number, name, host, ...)   { number, #name, host, "emulated" },
#define REFUSED(number, name, error, ...)   { number, #name, -1, "refused: " #error },
#include "syscalls/linux.def"
#undef PASS
#undef MARSHALLED
#undef EMULATED
#undef REFUSED
};
#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static const struct row *
row_of_name(const char *name)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	}
	return NULL;
}

/* Calls check(name, number) for every __NR_ of a header; gives how many there were. */
static unsigned
for_each_number(const char *compiler, const char *header, void (*check)(const char *, int))
{
	char command[256], line[512], name[128];
	unsigned count = 0;
	int number;
	FILE *pipe;

	snprintf(command, sizeof(command), "echo '#include <%s>' | %s -dM -E -", header, compiler);
	pipe = popen(command, "r");
	cr_assert_not_null(pipe);
	while (fgets(line, sizeof(line), pipe)) {
		if (sscanf(line, "#define __NR_%127s %d", name, &number) != 2)
			continue;
		if (!strcmp(name, "syscalls") || !strcmp(name, "arch_specific_syscall"))
			continue;
		check(name, number);
		count++;
	}
	cr_assert_eq(pclose(pipe), 0, "%s failed", command);
	return count;
}

static void
check_guest_number(const char *name, int number)
{
	const struct row *row = row_of_name(name);

	cr_expect_not_null(row, "arm64's %s (%d) is not in the table", name, number);
	if (row)
		cr_expect_eq(
			row->number, number, "%s: table %d, header %d", name, row->number, number);
}

/* The header names some calls __NR3264_..., and gives them their numbers by other macros. */
Test(linux_table, has_every_call_of_arm64)
{
	unsigned count = for_each_number(GUEST_COMPILER, "asm/unistd.h", check_guest_number);

	cr_assert_gt(count, 280);
}

static void
check_host_number(const char *name, int number)
{
	const struct row *row = row_of_name(name);

	if (row && row->host >= 0)
		cr_expect_eq(row->host, number, "%s on the host: table %d, header %d", name,
			row->host, number);
}

Test(linux_table, host_numbers_are_the_hosts)
{
	cr_assert_gt(for_each_number("gcc", "asm/unistd_64.h", check_host_number), 300);
}

Test(linux_table, is_in_order_and_newer_numbers_are_shared)
{
	for (size_t i = 1; i < ROW_COUNT; i++)
		cr_expect_lt(rows[i - 1].number, rows[i].number, "%s", rows[i].name);
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (rows[i].number >= 424 && rows[i].host >= 0)
			cr_expect_eq(rows[i].number, rows[i].host, "%s", rows[i].name);
	}
	cr_assert_eq(rows[ROW_COUNT - 1].number, 462);
}

/*
 * Compiles `count` constant expressions for arm64 behind `head`, and gives their values, read from the assembly.
 */
static void
guest_constants(const char *head, const char *const *expressions, size_t count, long *values)
{
	char source[] = "/tmp/dragoman-test-XXXXXX", command[256], line[256];
	FILE *file;
	size_t found = 0;
	int fd = mkstemp(source);

	cr_assert_geq(fd, 0);
	file = fdopen(fd, "w");
	fprintf(file, "%s\nconst long value[] = {\n", head);
	for (size_t i = 0; i < count; i++)
		fprintf(file, "(long)(%s) + 0x40000000,\n", expressions[i]);
	fprintf(file, "};\n");
	fclose(file);
	snprintf(command, sizeof(command), GUEST_COMPILER " -x c -S -o - %s", source);
	file = popen(command, "r");
	cr_assert_not_null(file);
	while (found < count && fgets(line, sizeof(line), file)) {
		if (sscanf(line, " .xword %ld", &values[found]) == 1) {
			values[found] -= 0x40000000;
			found++;
		}
	}
	cr_assert_eq(pclose(file), 0);
	unlink(source);
	cr_assert_eq(found, count);
}

static const char kernel_headers[] =
	"#include <linux/types.h>\n#include <linux/time.h>\n#include <linux/aio_abi.h>\n"
	"#include <linux/eventpoll.h>\n#include <asm/statfs.h>\n#include <asm/poll.h>\n"
	"#include <asm/stat.h>\n#include <linux/capability.h>\n#include <asm/siginfo.h>\n"
	"#include <asm/signal.h>\n#include <linux/resource.h>\n#include <linux/times.h>\n"
	"#include <linux/utsname.h>\n#include <linux/timex.h>\n#include <linux/sysinfo.h>\n"
	"#include <linux/mqueue.h>\n#include <asm/msgbuf.h>\n#include <asm/sembuf.h>\n"
	"#include <linux/sem.h>\n#include <asm/shmbuf.h>\n#include <linux/fcntl.h>\n"
	"#include <linux/stat.h>\n#include <linux/futex.h>\n#include <linux/uio.h>\n"
	"#include <asm/termbits.h>\n#include <asm/termios.h>\n#include <stddef.h>\n"
	/* not in the headers for programs; as glibc's, which are checked against it by glibc */
	"struct msghdr { void *n; int l; struct iovec *i; size_t il; void *c; size_t cl; unsigned "
	"f; };\n"
	"struct mmsghdr { struct msghdr h; unsigned l; };\n";

Test(linux_table, structure_sizes_are_arm64s)
{
	static const char *const expressions[] = {
#define STRUCTURE(name, size, type) "sizeof(" #type ")",
#include "syscalls/structures.def"
#undef STRUCTURE
	};
	static const char *const names[] = {
#define STRUCTURE(name, size, type) #name,
#include "syscalls/structures.def"
#undef STRUCTURE
	};
	long sizes[STRUCTURE_COUNT];

	guest_constants(kernel_headers, expressions, STRUCTURE_COUNT, sizes);
	for (unsigned i = 0; i < STRUCTURE_COUNT; i++)
		cr_expect_eq(structure_sizes[i], sizes[i], "%s: table %d, arm64 %ld", names[i],
			structure_sizes[i], sizes[i]);
}

/* Compares the layout that a description gives for arm64 with the compiler's. */
static void
check_layout(const struct structure_description *s, const char *type,
	const char *const *field_names, const char *head)
{
	const char *expressions[33];
	char text[33][128];
	long values[33];

	snprintf(text[0], sizeof(text[0]), "sizeof(%s)", type);
	expressions[0] = text[0];
	for (unsigned i = 0; i < s->count; i++) {
		snprintf(text[i + 1], sizeof(text[0]), "offsetof(%s, %s)", type, field_names[i]);
		expressions[i + 1] = text[i + 1];
	}
	guest_constants(head, expressions, s->count + 1u, values);
	cr_expect_eq(marshal_guest_size(s, &abi_arm64), values[0], "size of %s", type);
	for (unsigned i = 0; i < s->count; i++)
		cr_expect_eq(marshal_guest_offset(s, &abi_arm64, i), values[i + 1],
			"%s.%s: described %zu, arm64 %ld", type, field_names[i],
			marshal_guest_offset(s, &abi_arm64, i), values[i + 1]);
}

Test(marshal, stat_is_laid_out_as_on_arm64)
{
	/* The kernel's names. */
	static const char *const names[] = { "st_dev", "st_ino", "st_mode", "st_nlink", "st_uid",
		"st_gid", "st_rdev", "__pad1", "st_size", "st_blksize", "__pad2", "st_blocks",
		"st_atime", "st_atime_nsec", "st_mtime", "st_mtime_nsec", "st_ctime",
		"st_ctime_nsec", "__unused4", "__unused5" };

	cr_assert_eq(sizeof(names) / sizeof(names[0]), marshal_stat.count);
	check_layout(&marshal_stat, "struct stat", names,
		"#include <asm/stat.h>\n#include <stddef.h>\n");
}

Test(marshal, epoll_event_is_laid_out_as_on_arm64)
{
	static const char *const names[] = { "events", "data" };

	check_layout(&marshal_epoll_event, "struct epoll_event", names,
		"#include <linux/eventpoll.h>\n#include <stddef.h>\n");
}

Test(marshal, semid_is_laid_out_as_on_arm64)
{
	static const char *const names[] = { "sem_perm.key", "sem_perm.uid", "sem_perm.gid",
		"sem_perm.cuid", "sem_perm.cgid", "sem_perm.mode", "sem_perm.seq",
		"sem_perm.__unused1", "sem_perm.__unused2", "sem_otime", "sem_ctime", "sem_nsems",
		"__unused3", "__unused4" };

	cr_assert_eq(sizeof(names) / sizeof(names[0]), marshal_semid.count);
	check_layout(&marshal_semid, "struct semid64_ds", names,
		"#include <linux/sem.h>\n#include <asm/sembuf.h>\n#include <stddef.h>\n");
}

Test(marshal, stat_values_arrive)
{
	struct stat host = { .st_dev = 0x801,
		.st_ino = 0x123456789a,
		.st_mode = 0100644,
		.st_nlink = 3,
		.st_uid = 1000,
		.st_gid = 1001,
		.st_rdev = 0x502,
		.st_size = 0x1122334455,
		.st_blksize = 4096,
		.st_blocks = 77,
		.st_atim = { 1, 2 },
		.st_mtim = { 3, 4 },
		.st_ctim = { 5, 999999999 } };
	uint8_t guest[128];
	uint64_t wide;
	uint32_t narrow;
	struct stat back = { 0 };

	marshal_to_guest(&marshal_stat, &abi_arm64, guest, &host);
	memcpy(&wide, guest + 48, 8);
	cr_assert_eq(wide, 0x1122334455);
	memcpy(&narrow, guest + 16, 4);
	cr_assert_eq(narrow, 0100644);
	memcpy(&narrow, guest + 20, 4);
	cr_assert_eq(narrow, 3);
	memcpy(&wide, guest + 112, 8);
	cr_assert_eq(wide, 999999999);
	marshal_from_guest(&marshal_stat, &abi_arm64, &back, guest);
	cr_assert_eq(back.st_ino, host.st_ino);
	cr_assert_eq(back.st_blocks, 77);
}

Test(marshal, epoll_event_round_trip)
{
	struct epoll_event host = { .events = EPOLLIN | EPOLLET, .data.u64 = 0x0123456789abcdef };
	struct epoll_event back;
	uint8_t guest[16];
	uint64_t data;

	memset(guest, 0xff, sizeof(guest));
	marshal_to_guest(&marshal_epoll_event, &abi_arm64, guest, &host);
	memcpy(&data, guest + 8, 8);
	cr_assert_eq(data, 0x0123456789abcdef);
	cr_assert_eq(guest[4] | guest[5] | guest[6] | guest[7], 0);
	marshal_from_guest(&marshal_epoll_event, &abi_arm64, &back, guest);
	cr_assert_eq(memcmp(&back, &host, sizeof(host)), 0);
}

/* What a description gives for other ABIs, by hand: i386 aligns 64-bit integers to 4, ppc is big-endian. */
Test(marshal, layouts_of_other_abis_follow)
{
	static const struct abi i386 = { .word_size = 4, .long_long_alignment = 4 };
	static const struct abi ppc = {
		.word_size = 4, .long_long_alignment = 8, .big_endian = true
	};
	struct epoll_event host = { .events = 1, .data.u64 = 0x0102030405060708 };
	uint8_t guest[16];

	cr_assert_eq(marshal_guest_size(&marshal_epoll_event, &i386), 12);
	cr_assert_eq(marshal_guest_size(&marshal_epoll_event, &ppc), 16);
	marshal_to_guest(&marshal_epoll_event, &ppc, guest, &host);
	cr_assert_arr_eq(
		guest, ((uint8_t[16]){ 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8 }), 16);
}

Test(open_flags, are_translated_both_ways)
{
	static const char *const names[] = { "O_DIRECTORY", "O_NOFOLLOW", "O_DIRECT", "O_APPEND",
		"O_CLOEXEC", "O_NONBLOCK", "O_TMPFILE", "O_PATH", "O_SYNC", "O_NOATIME", "O_CREAT",
		"O_EXCL", "O_TRUNC", "O_ASYNC", "O_NOCTTY" };
	static const int host[] = { O_DIRECTORY, O_NOFOLLOW, O_DIRECT, O_APPEND, O_CLOEXEC,
		O_NONBLOCK, O_TMPFILE, O_PATH, O_SYNC, O_NOATIME, O_CREAT, O_EXCL, O_TRUNC, O_ASYNC,
		O_NOCTTY };
	long guest[15];

	guest_constants("#define _GNU_SOURCE\n#include <fcntl.h>\n", names, 15, guest);
	for (unsigned i = 0; i < 15; i++) {
		cr_expect_eq(
			open_flags_to_host((uint64_t)guest[i]), (uint64_t)host[i], "%s", names[i]);
		cr_expect_eq(
			open_flags_to_guest((uint64_t)host[i]), (uint64_t)guest[i], "%s", names[i]);
	}
}

/* The document says what the table says. */
Test(linux_table, document_is_up_to_date)
{
	FILE *document = fopen("docs/syscalls.md", "r");
	char line[1024];
	size_t found = 0;

	cr_assert_not_null(document, "run tests from the project's top folder");
	while (fgets(line, sizeof(line), document)) {
		char name[64], disposition[64];
		int number;

		if (sscanf(line, "| %d | `%63[^`]` | %63[^|]", &number, name, disposition) != 3)
			continue;
		cr_assert_lt(found, ROW_COUNT);
		cr_expect_eq(number, rows[found].number);
		cr_expect_str_eq(name, rows[found].name);
		disposition[strlen(disposition) - 1] = '\0'; /* the space before the bar */
		cr_expect_str_eq(disposition, rows[found].disposition, "%s", name);
		found++;
	}
	fclose(document);
	cr_assert_eq(found, ROW_COUNT);
}

/* Values in flags.def that programs rely on, against the compiler. */
Test(flag_names, open_flags_have_arm64s_values)
{
	const struct flag_name *name = flag_sets[FLAGS_open].names;
	const char *expressions[32] = { NULL };
	long values[32];
	size_t count = 0;

	for (; name[count].name; count++) {
		/* glibc calls these otherwise. */
		if (!strcmp(name[count].name, "O_LARGEFILE"))
			expressions[count] = "__O_LARGEFILE";
		else if (!strcmp(name[count].name, "__O_TMPFILE"))
			expressions[count] = "__O_TMPFILE & ~O_DIRECTORY";
		else
			expressions[count] = name[count].name;
	}
	guest_constants("#define _GNU_SOURCE\n#include <fcntl.h>\n", expressions, count, values);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(name[i].name, "O_LARGEFILE") == 0)
			cr_expect_eq(name[i].value, 0400000);
		else
			cr_expect_eq((long)name[i].value, values[i], "%s", name[i].name);
	}
}
