// SPDX-License-Identifier: Apache-2.0
//
// Lines of -strace and their output: one write a line, so that lines of several threads do not mix. Calls that may not
// come back are written before they are made.

#include "syscalls/strace.h"

#include "runtime/host_syscall.h"
#include "syscalls/argument.h"
#include "syscalls/fd_guard.h"
#include "syscalls/strace_line.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define RESULT_COLUMN  40
#define LOG_FD_MINIMUM 1000      /* out of the way of the guest's descriptors */
#define OPEN_TMPFILE   020000000 /* __O_TMPFILE, the same on both */

enum aarch64_number {
	NR_OPENAT = 56,
	NR_EXIT = 93,
	NR_EXIT_GROUP = 94,
	NR_RT_SIGRETURN = 139,
	NR_SHMAT = 196,
	NR_BRK = 214,
	NR_MREMAP = 216,
	NR_CLONE = 220,
	NR_EXECVE = 221,
	NR_MMAP = 222,
	NR_EXECVEAT = 281,
	NR_CLONE3 = 435,
};

/* The task that was logged first, and whether there have been others: lines carry their task's id then. */
static int first_task;
static bool several_tasks;

/* Where lines go: not descriptor 2 itself, which the guest may close before its last calls. */
static int log_fd = -1;

void
strace_init(void)
{
	long copy;

	log_fd = guest_options->log_fd;
	if (log_fd > 2 || !(guest_options->log & (RUN_LOG_STRACE | RUN_LOG_STRACE_JSON)))
		return;
	copy = host_syscall(SYS_fcntl, log_fd, F_DUPFD_CLOEXEC, LOG_FD_MINIMUM);
	if (host_syscall_failed(copy)) /* beyond RLIMIT_NOFILE */
		return;
	log_fd = (int)copy;
	fd_guard_add(log_fd);
}

void
strace_add(struct strace_line *line, const char *format, ...)
{
	size_t room = sizeof(line->bytes) - line->length;
	va_list list;
	int length;

	va_start(list, format);
	length = vsnprintf(line->bytes + line->length, room, format, list);
	va_end(list);
	if (length > 0)
		line->length += (size_t)length < room ? (size_t)length : room - 1;
}

static void
write_line(struct strace_line *line)
{
	size_t done = 0;

	if (line->length == sizeof(line->bytes) - 1)
		memcpy(line->bytes + line->length - 3, "...", 3);
	line->bytes[line->length++] = '\n';
	while (done < line->length) {
		long n = host_syscall(SYS_write, log_fd, line->bytes + done, line->length - done);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return;
		done += (size_t)n;
	}
}

static bool
is_json(void)
{
	return guest_options->log & RUN_LOG_STRACE_JSON;
}

static void
add_json_string(struct strace_line *line, const char *bytes, size_t length)
{
	strace_add(line, "\"");
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '"' || c == '\\')
			strace_add(line, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			strace_add(line, "\\u%04x", c);
		else
			strace_add(line, "%c", c);
	}
	strace_add(line, "\"");
}

static void
add_name(struct strace_line *line, uint32_t number)
{
	const char *name = number < SYSTEM_CALL_COUNT ? system_call_names[number] : NULL;

	if (name)
		strace_add(line, "%s", name);
	else
		strace_add(line, "syscall_%u", number);
}

static void
add_arguments(struct strace_line *line, const struct system_call *call, const uint64_t argument[6],
	bool done, int64_t result)
{
	unsigned count = call->disposition == DISPOSITION_UNKNOWN ? 6 : call->argument_count;

	/* The mode of a file that is not created means nothing. */
	if (call == &system_calls[NR_OPENAT] && !(argument[2] & (O_CREAT | OPEN_TMPFILE)))
		count = 3;
	for (unsigned n = 0; n < count; n++) {
		struct strace_line piece = { 0 };

		if (n > 0)
			strace_add(line, is_json() ? "," : ", ");
		if (call->disposition == DISPOSITION_UNKNOWN)
			strace_add(&piece, "%#llx", (unsigned long long)argument[n]);
		else
			strace_add_argument(&piece, call, n, argument, done, result);
		if (is_json())
			add_json_string(line, piece.bytes, piece.length);
		else
			strace_add(line, "%.*s", (int)piece.length, piece.bytes);
	}
}

/* Results that are addresses. */
static bool
gives_address(uint32_t number)
{
	return number == NR_SHMAT || number == NR_BRK || number == NR_MREMAP || number == NR_MMAP;
}

static void
add_result(struct strace_line *line, uint32_t number, int64_t result)
{
	const char *name = result < 0 && result >= -4095 ? strerrorname_np((int)-result) : NULL;
	const char *text = name ? strerrordesc_np((int)-result) : NULL;

	if (is_json()) {
		if (name)
			strace_add(line, "\"result\":-1,\"error\":\"%s\"", name);
		else
			strace_add(line, "\"result\":%lld", (long long)result);
		return;
	}
	if (name)
		strace_add(line, "-1 %s (%s)", name, text ? text : "");
	else if (result < 0 && result >= -4095)
		strace_add(line, "? (to be restarted)");
	else if (gives_address(number))
		strace_add(line, "%#llx", (unsigned long long)result);
	else
		strace_add(line, "%lld", (long long)result);
}

static void
begin_line(struct strace_line *line, const struct guest_thread *t, uint32_t number)
{
	line->length = 0;
	if (first_task == 0)
		first_task = t->tid;
	if (t->tid != first_task)
		several_tasks = true;
	if (is_json()) {
		strace_add(line, "{\"pid\":%d,\"number\":%u,\"call\":\"", t->tid, number);
		add_name(line, number);
		strace_add(line, "\",\"arguments\":[");
		return;
	}
	if (several_tasks)
		strace_add(line, "[pid %5d] ", t->tid);
	add_name(line, number);
	strace_add(line, "(");
}

static bool
may_not_return(uint32_t number)
{
	return number == NR_EXIT || number == NR_EXIT_GROUP || number == NR_EXECVE ||
	       number == NR_EXECVEAT;
}

void
strace_enter(struct guest_thread *t, uint32_t number, const struct system_call *call,
	const uint64_t argument[6])
{
	bool exits = number == NR_EXIT || number == NR_EXIT_GROUP;
	struct strace_line line;

	if (number == NR_CLONE || number == NR_CLONE3)
		several_tasks = true;
	if (!may_not_return(number))
		return;
	begin_line(&line, t, number);
	add_arguments(&line, call, argument, false, 0);
	if (is_json())
		strace_add(&line, "]%s}", exits ? "" : ",\"unfinished\":true");
	else
		strace_add(&line, exits ? ") = ?" : " <unfinished ...>");
	write_line(&line);
}

void
strace_leave(struct guest_thread *t, uint32_t number, const struct system_call *call,
	const uint64_t argument[6], int64_t result)
{
	struct strace_line line;

	begin_line(&line, t, number);
	if (number != NR_RT_SIGRETURN)
		add_arguments(&line, call, argument, true, result);
	strace_add(&line, is_json() ? "]," : ")");
	while (!is_json() && line.length < RESULT_COLUMN)
		strace_add(&line, " ");
	if (!is_json())
		strace_add(&line, " = ");
	add_result(&line, number, result);
	if (call->disposition == DISPOSITION_UNKNOWN)
		strace_add(&line,
			is_json() ? ",\"note\":\"unknown call\"" : " [dragoman: unknown call]");
	if (is_json())
		strace_add(&line, "}");
	write_line(&line);
}
