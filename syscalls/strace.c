// SPDX-License-Identifier: Apache-2.0
//
// Lines of -strace. Calls that may not come back are written before they are made; of those that may wait, the arguments
// that the guest gives.

#include "syscalls/strace.h"

#include "runtime/host_syscall.h"
#include "syscalls/argument.h"
#include "syscalls/strace_line.h"
#include "syscalls/strace_output.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define JSON_RESERVE  256 /* for five more arguments, empty, and the result */
#define RESULT_COLUMN 40
#define OPEN_TMPFILE  020000000 /* __O_TMPFILE, the same on both */

enum aarch64_number {
	NR_OPENAT = 56,
	NR_EXIT = 93,
	NR_EXIT_GROUP = 94,
	NR_RT_SIGRETURN = 139,
	NR_UMASK = 166,
	NR_SHMAT = 196,
	NR_BRK = 214,
	NR_MREMAP = 216,
	NR_CLONE = 220,
	NR_EXECVE = 221,
	NR_MMAP = 222,
	NR_EXECVEAT = 281,
	NR_CLONE3 = 435,
};

void
strace_init(void)
{
	strace_output_init();
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

static bool
is_json(void)
{
	return guest_options->log & RUN_LOG_STRACE_JSON;
}

/* A string that is too long for the line is cut, so that there is room for what makes the object whole. */
static void
add_json_string(struct strace_line *line, const char *bytes, size_t length)
{
	strace_add(line, "\"");
	for (size_t i = 0; i < length && line->length < STRACE_LINE_SIZE - JSON_RESERVE; i++) {
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

static unsigned
count_arguments(const struct system_call *call, const uint64_t argument[6])
{
	/* The mode of a file that is not created means nothing. */
	if (call == &system_calls[NR_OPENAT] && !(argument[2] & (O_CREAT | OPEN_TMPFILE)))
		return 3;
	return call->disposition == DISPOSITION_UNKNOWN ? 6 : call->argument_count;
}

/* Arguments from `first` to before `end`. */
static void
add_arguments(struct strace_line *line, const struct system_call *call, const uint64_t argument[6],
	unsigned first, unsigned end, bool done, int64_t result)
{
	for (unsigned n = first; n < end; n++) {
		struct strace_line piece;

		piece.length = 0;

		if (n > first)
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

/* A call that a signal has ended and that may go on: what the kernel calls its result inside. */
static const char *
restart_name(const struct guest_thread *t)
{
	switch ((enum restart_class)t->signals.restart) {
	case RESTART_SYS: return "ERESTARTSYS (To be restarted if SA_RESTART is set)";
	case RESTART_NOHAND: return "ERESTARTNOHAND (To be restarted if no handler)";
	case RESTART_BLOCK: return "ERESTART_RESTARTBLOCK (Interrupted by signal)";
	case RESTART_ALWAYS: return "ERESTARTNOINTR (To be restarted)";
	case RESTART_NEVER: break;
	}
	return NULL;
}

static void
add_result(struct strace_line *line, const struct guest_thread *t, uint32_t number, int64_t result)
{
	const char *restart = restart_name(t);
	const char *name = result < 0 && result >= -4095 ? strerrorname_np((int)-result) : NULL;
	const char *text = name ? strerrordesc_np((int)-result) : NULL;

	if (restart) {
		if (is_json())
			strace_add(line, "\"result\":-1,\"error\":\"%.*s\"",
				(int)strcspn(restart, " "), restart);
		else
			strace_add(line, "? %s", restart);
		return;
	}
	if (is_json()) {
		if (name)
			strace_add(line, "\"result\":-1,\"error\":\"%s\"", name);
		else
			strace_add(line, "\"result\":%lld", (long long)result);
		return;
	}
	if (name)
		strace_add(line, "-1 %s (%s)", name, text ? text : "");
	else if (number == NR_UMASK)
		strace_add(line, result ? "%#03llo" : "%03llo", (unsigned long long)result);
	else if (gives_address(number))
		strace_add(line, "%#llx", (unsigned long long)result);
	else
		strace_add(line, "%lld", (long long)result);
}

static void
add_task(struct strace_line *line, const struct guest_thread *t)
{
	if (strace_output_several(t->tid))
		strace_add(line, "[pid %5d] ", t->tid);
}

static void
begin_line(struct strace_line *line, const struct guest_thread *t, uint32_t number)
{
	line->length = 0;
	if (is_json()) {
		strace_add(line, "{\"pid\":%d,\"number\":%u,\"call\":\"", t->tid, number);
		add_name(line, number);
		strace_add(line, "\",\"arguments\":[");
		return;
	}
	add_task(line, t);
	add_name(line, number);
	strace_add(line, "(");
}

static bool
may_not_return(uint32_t number)
{
	return number == NR_EXIT || number == NR_EXIT_GROUP || number == NR_EXECVE ||
	       number == NR_EXECVEAT;
}

/* How many arguments can be shown before the call is made: those before the first that the kernel writes. */
static unsigned
count_given(const struct system_call *call, const uint64_t argument[6])
{
	unsigned count = count_arguments(call, argument), n = 0;

	while (n < count && !(call->written & 1u << n))
		n++;
	return n;
}

/* A call that may wait: the line is begun. */
static void
begin_waiting(struct guest_thread *t, uint32_t number, const struct system_call *call,
	const uint64_t argument[6])
{
	unsigned given = count_given(call, argument);
	struct thread_trace *trace = &t->trace;
	struct strace_line line;

	begin_line(&line, t, number);
	add_arguments(&line, call, argument, 0, given, false, 0);
	if (given > 0 && given < count_arguments(call, argument))
		strace_add(&line, ", ");
	trace->length = (uint32_t)line.length;
	trace->begun = strace_output_begin(&line);
}

void
strace_enter(struct guest_thread *t, uint32_t number, const struct system_call *call,
	const uint64_t argument[6])
{
	bool exits = number == NR_EXIT || number == NR_EXIT_GROUP;
	struct strace_line line;

	if (number == NR_CLONE || number == NR_CLONE3)
		strace_output_expect_several();
	if (call->waits && !is_json()) {
		begin_waiting(t, number, call, argument);
		return;
	}
	if (!may_not_return(number))
		return;
	begin_line(&line, t, number);
	add_arguments(&line, call, argument, 0, count_arguments(call, argument), false, 0);
	if (is_json())
		strace_add(&line, "]%s}", exits ? "" : ",\"unfinished\":true");
	else
		strace_add(&line, exits ? ") = ?" : " <unfinished ...>");
	strace_output_line(&line);
}

/* The end of a line of which `before` bytes are there. */
static void
add_end(struct strace_line *line, const struct guest_thread *t, uint32_t number,
	const struct system_call *call, int64_t result, size_t before)
{
	strace_add(line, is_json() ? "]," : ")");
	while (!is_json() && before + line->length < RESULT_COLUMN)
		strace_add(line, " ");
	if (!is_json())
		strace_add(line, " = ");
	add_result(line, t, number, result);
	if (call->disposition == DISPOSITION_UNKNOWN)
		strace_add(line,
			is_json() ? ",\"note\":\"unknown call\"" : " [dragoman: unknown call]");
	if (is_json())
		strace_add(line, "}");
}

static void
end_waiting(struct guest_thread *t, uint32_t number, const struct system_call *call,
	const uint64_t argument[6], int64_t result)
{
	const struct thread_trace *trace = &t->trace;
	struct strace_line resumed, rest;

	resumed.length = rest.length = 0;
	add_task(&resumed, t);
	strace_add(&resumed, "<... ");
	add_name(&resumed, number);
	strace_add(&resumed, " resumed>");
	add_arguments(&rest, call, argument, count_given(call, argument),
		count_arguments(call, argument), true, result);
	add_end(&rest, t, number, call, result, trace->length);
	strace_output_end(trace->begun, &resumed, &rest);
}

void
strace_leave(struct guest_thread *t, uint32_t number, const struct system_call *call,
	const uint64_t argument[6], int64_t result)
{
	struct strace_line line;

	if (call->waits && !is_json()) {
		end_waiting(t, number, call, argument, result);
		return;
	}
	begin_line(&line, t, number);
	if (number == NR_RT_SIGRETURN && !is_json())
		strace_add_restored_mask(&line, t->signals.mask);
	else if (number != NR_RT_SIGRETURN)
		add_arguments(
			&line, call, argument, 0, count_arguments(call, argument), true, result);
	add_end(&line, t, number, call, result, 0);
	strace_output_line(&line);
}

/* ---- signals and ends ---------------------------------------------------------------------------------- */

void
strace_signal(const struct guest_thread *t, const siginfo_t *info)
{
	struct strace_line line;

	line.length = 0;
	if (is_json()) {
		strace_add(&line, "{\"pid\":%d,\"signal\":\"%s\",\"si_signo\":%d,\"si_code\":%d}",
			t->tid, signals_name(info->si_signo), info->si_signo, info->si_code);
	} else {
		add_task(&line, t);
		strace_add(&line, "--- %s ", signals_name(info->si_signo));
		strace_add_siginfo(&line, info);
		strace_add(&line, " ---");
	}
	strace_output_line(&line);
}

void
strace_killed(const struct guest_thread *t, int signo)
{
	struct strace_line line;

	line.length = 0;
	if (is_json()) {
		strace_add(&line, "{\"pid\":%d,\"killed\":\"%s\"}", t->tid, signals_name(signo));
	} else {
		add_task(&line, t);
		strace_add(&line, "+++ killed by %s +++", signals_name(signo));
	}
	strace_output_line(&line);
}

bool
strace_wanted(void)
{
	return guest_options && (guest_options->log & (RUN_LOG_STRACE | RUN_LOG_STRACE_JSON));
}
