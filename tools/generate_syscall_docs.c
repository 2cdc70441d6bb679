// SPDX-License-Identifier: Apache-2.0
// Writes docs/syscalls.md from the table of system calls: generate_syscall_docs > docs/syscalls.md. A host tool; it sees
// syscalls/linux.def alone, so that the document cannot say anything else than what is built.

#include <stdio.h>
#include <string.h>

enum disposition { PASSED, MARSHALLED_CALL, EMULATED_CALL, REFUSED_CALL };

struct row {
	int number;
	const char *name;
	enum disposition disposition;
	const char *how; /* waits, or the errno */
	const char *why;
	const char *arguments;
};

// clang-format off
#define PASS(number, name, host, waits, ...)                                                       \
	{ number, #name, PASSED, #waits, "", #__VA_ARGS__ },
#define MARSHALLED(number, name, host, waits, why, ...)                                            \
	{ number, #name, MARSHALLED_CALL, #waits, why, #__VA_ARGS__ },
#define EMULATED(number, name, host, waits, why, ...)                                              \
	{ number, #name, EMULATED_CALL, #waits, why, #__VA_ARGS__ },
#define REFUSED(number, name, error, why, ...)                                                     \
	{ number, #name, REFUSED_CALL, #error, why, #__VA_ARGS__ },

// clang-format on
static const struct row rows[] = {
#include "syscalls/linux.def"
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static const struct {
	const char *waits, *meaning;
} restarts[] = {
	{ "QUICK", "" },
	{ "SYS", "again after handlers with SA_RESTART" },
	{ "NOHAND", "EINTR after a handler" },
	{ "BLOCK", "EINTR after a handler, else for the time left" },
	{ "NEVER", "EINTR" },
};

static const char *
restart_meaning(const char *waits)
{
	for (size_t i = 0; i < sizeof(restarts) / sizeof(restarts[0]); i++) {
		if (strcmp(restarts[i].waits, waits) == 0)
			return restarts[i].meaning;
	}
	return "";
}

static void
print_count(const char *what, enum disposition disposition)
{
	unsigned count = 0;

	for (size_t i = 0; i < ROW_COUNT; i++)
		count += rows[i].disposition == disposition;
	printf("| %s | %u |\n", what, count);
}

static void
print_row(const struct row *row)
{
	static const char *const names[] = { "passed through", "marshalled", "emulated",
		"refused" };

	if (row->disposition == REFUSED_CALL)
		printf("| %d | `%s` | refused: %s | %s | | %s |\n", row->number, row->name,
			row->how, row->why, row->arguments);
	else
		printf("| %d | `%s` | %s | %s | %s | %s |\n", row->number, row->name,
			names[row->disposition], row->why, restart_meaning(row->how),
			row->arguments);
}

int
main(void)
{
	printf("# System calls\n\n"
	       "Written by tools/generate_syscall_docs from syscalls/linux.def; do not edit.\n\n"
	       "Every system call of Linux 6.12 on arm64. *Passed through*: the host's call of "
	       "that name gets the "
	       "arguments as they are (addresses of the guest are addresses of the host); a host "
	       "kernel that lacks it "
	       "says ENOSYS itself. *Marshalled*: the host's call, with what differs translated. "
	       "*Emulated*: done by "
	       "dragoman. *Refused*: always that error. Numbers that are not listed do not exist "
	       "on arm64: ENOSYS, and "
	       "a line with `-strace`.\n\n"
	       "Before any call, addresses that a guest cannot have are replaced by ones that the "
	       "kernel refuses "
	       "(EFAULT), descriptors that belong to dragoman by -1 (EBADF), and memory that the "
	       "kernel will write to "
	       "is prepared, as the signature in the last column says.\n\n"
	       "| | calls |\n|---|---|\n");
	print_count("passed through", PASSED);
	print_count("marshalled", MARSHALLED_CALL);
	print_count("emulated", EMULATED_CALL);
	print_count("refused", REFUSED_CALL);
	printf("\n| number | call | what becomes of it | why | interrupted by a signal | signature "
	       "|\n"
	       "|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < ROW_COUNT; i++)
		print_row(&rows[i]);
	return 0;
}
