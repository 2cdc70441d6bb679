// SPDX-License-Identifier: Apache-2.0
//
// /proc/PID/status, stat and statm, and the lists of mappings that are the host's with the translator's left out: of other guest
// processes, whose own view of their mappings is not known here, and numa_maps.

#include "syscalls/proc_text.h"

#include "runtime/signals.h"

#include <stdio.h>
#include <string.h>

/* The address at the start of a mapping's line; false for other lines (those of smaps begin with a capital). */
static bool
line_address(const char *line, size_t length, uint64_t *address)
{
	size_t digits = 0;

	*address = 0;
	for (; digits < length; digits++) {
		char c = line[digits];

		if (c >= '0' && c <= '9')
			*address = *address << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			*address = *address << 4 | (uint64_t)(c - 'a' + 10);
		else
			return digits >= 8 && (c == '-' || c == ' ');
	}
	return false;
}

/* Calls `add` with each line of a text, newline included. */
static void
for_each_line(const struct text *text,
	void (*add)(struct text *to, const char *line, size_t length, void *context),
	struct text *to, void *context)
{
	for (size_t at = 0; at < text->length;) {
		const char *newline = memchr(text->bytes + at, '\n', text->length - at);
		size_t end = newline ? (size_t)(newline - text->bytes) + 1 : text->length;

		add(to, text->bytes + at, end - at, context);
		at = end;
	}
}

static void
add_guest_line(struct text *to, const char *line, size_t length, void *context)
{
	bool *shown = context;
	uint64_t address;

	if (line_address(line, length, &address))
		*shown = address < GUEST_ADDRESS_END;
	if (*shown)
		text_add(to, line, length);
}

bool
proc_files_write_foreign(struct text *text, struct proc_target target)
{
	const char *name;
	struct text host = { 0 };
	bool shown = false;
	char path[64];

	switch (target.file) {
	case PROC_FILE_MAPS: name = "maps"; break;
	case PROC_FILE_SMAPS: name = "smaps"; break;
	case PROC_FILE_NUMA_MAPS: name = "numa_maps"; break;
	default: return false;
	}
	if (target.pid == 0)
		snprintf(path, sizeof(path), "/proc/self/%s", name);
	else
		snprintf(path, sizeof(path), "/proc/%d/%s", target.pid, name);
	text_add_file(&host, path);
	for_each_line(&host, add_guest_line, text, &shown);
	text_free(&host);
	return true;
}

/* What status says otherwise. */
struct guest_status {
	uint64_t caught;
	uint64_t size; /* of all mappings */
};

static bool
begins_with(const char *line, size_t length, const char *name)
{
	return length > strlen(name) && memcmp(line, name, strlen(name)) == 0;
}

static void
add_status_line(struct text *to, const char *line, size_t length, void *context)
{
	const struct guest_status *guest = context;

	if (begins_with(line, length, "SigCgt:"))
		text_format(to, "SigCgt:\t%016llx\n", (unsigned long long)guest->caught);
	else if (begins_with(line, length, "VmPeak:") || begins_with(line, length, "VmSize:"))
		text_format(to, "%.7s\t%8llu kB\n", line, (unsigned long long)guest->size / 1024);
	else
		text_add(to, line, length);
}

static struct guest_status
guest_status_of(struct guest_thread *t)
{
	struct guest_status guest = { 0 };
	struct signal_actions *actions = t->signals.actions;
	struct guest_mapping mapping;

	lock_acquire(&actions->lock);
	for (unsigned n = 1; n <= GUEST_SIGNAL_COUNT; n++) {
		if (actions->action[n].handler > 1)
			guest.caught |= UINT64_C(1) << (n - 1);
	}
	lock_release(&actions->lock);
	for (uint64_t at = 0; guest_memory_next(at, &mapping); at = mapping.end)
		guest.size += mapping.end - mapping.start;
	return guest;
}

bool
proc_files_write_status(struct text *text, struct guest_thread *t, int fd)
{
	struct guest_status guest = guest_status_of(t);
	struct text host = { 0 };

	text_add_descriptor(&host, fd);
	for_each_line(&host, add_status_line, text, &guest);
	text_free(&host);
	return true;
}

/* Copies numbers divided by spaces, the first being field `field`; some are replaced. */
static void
copy_fields(struct text *to, const char *at, const char *limit, unsigned field,
	const struct guest_status *guest)
{
	enum { FIELD_VSIZE = 23, FIELD_SIGCATCH = 34 }; /* proc_pid_stat(5) */

	for (; at < limit; field++) {
		const char *space = memchr(at, ' ', (size_t)(limit - at));
		const char *end = space ? space + 1 : limit;

		if (field == FIELD_VSIZE)
			text_format(to, "%llu ", (unsigned long long)guest->size);
		else if (field == FIELD_SIGCATCH)
			text_format(to, "%llu ", (unsigned long long)(guest->caught & INT32_MAX));
		else
			text_add(to, at, (size_t)(end - at));
		at = end;
	}
}

bool
proc_files_write_stat(struct text *text, struct guest_thread *t, int fd)
{
	struct guest_status guest = guest_status_of(t);
	struct text host = { 0 };
	const char *name_end;

	text_add_descriptor(&host, fd);
	/* The name may have spaces and parentheses of its own. */
	name_end = host.length ? memrchr(host.bytes, ')', host.length) : NULL;
	if (name_end && name_end + 2 < host.bytes + host.length) {
		text_add(text, host.bytes, (size_t)(name_end + 2 - host.bytes));
		copy_fields(text, name_end + 2, host.bytes + host.length, 3, &guest);
	}
	text_free(&host);
	return name_end != NULL;
}

bool
proc_files_write_statm(struct text *text, struct guest_thread *t, int fd)
{
	struct guest_status guest = guest_status_of(t);
	struct text host = { 0 };
	const char *space;

	text_add_descriptor(&host, fd);
	space = host.length ? memchr(host.bytes, ' ', host.length) : NULL;
	if (space) {
		text_format(text, "%llu", (unsigned long long)guest.size / GUEST_PAGE_SIZE);
		text_add(text, space, (size_t)(host.bytes + host.length - space));
	}
	text_free(&host);
	return space != NULL;
}
