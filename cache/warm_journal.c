// SPDX-License-Identifier: Apache-2.0
// The journal of warm (see warm_journal.h): lines "NAME TEXT TEXT_DONE FUNCTIONS FUNCTIONS_DONE UNITS SUM", numbers in decimal.
#include "cache/warm_journal.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cache/places.h"

#define NAME "warm"

struct warm_entry {
	char name[CACHE_NAME_SIZE];
	struct warm_result result;
};

/* A line that lost a part, or another was torn into, does not have its own sum. */
static unsigned
sum_of(const char *name, const struct warm_result *r)
{
	uint64_t sum = r->text + 3 * r->text_done + 5 * r->functions + 7 * r->functions_done +
		       11 * r->units;

	for (; *name; name++)
		sum = (sum ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	return (unsigned)(sum >> 32);
}

static bool
parse(const char *line, struct warm_entry *entry)
{
	struct warm_result *r = &entry->result;
	unsigned sum;
	char end;

	*entry = (struct warm_entry){ 0 };
	return sscanf(line, "%63s %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %u%c",
		       entry->name, &r->text, &r->text_done, &r->functions, &r->functions_done,
		       &r->units, &sum, &end) == 8 &&
	       end == '\n' && sum == sum_of(entry->name, r);
}

static bool
remember(struct warm_journal *journal, const struct warm_entry *entry)
{
	if (journal->count == journal->room) {
		size_t room = journal->room ? 2 * journal->room : 256;
		struct warm_entry *entries = realloc(journal->entries, room * sizeof(*entries));

		if (!entries)
			return false;
		journal->entries = entries;
		journal->room = room;
	}
	journal->entries[journal->count++] = *entry;
	return true;
}

/* Later lines of a name come last, as qsort is told by their order in the file. */
static int
compare(const void *one, const void *other)
{
	const struct warm_entry *a = one, *b = other;
	int order = strcmp(a->name, b->name);

	return order ? order : a->result.saved < b->result.saved ? -1 : 1;
}

static void
read_entries(struct warm_journal *journal)
{
	char line[CACHE_NAME_SIZE + 160];
	int copy = dup(journal->fd);
	FILE *file = copy < 0 ? NULL : fdopen(copy, "r");
	struct warm_entry entry;

	if (!file)
		return;
	rewind(file);
	while (fgets(line, sizeof(line), file))
		if (parse(line, &entry)) {
			entry.result.saved = journal->count; /* for compare */
			if (!remember(journal, &entry))
				break;
		}
	fclose(file);
	qsort(journal->entries, journal->count, sizeof(*journal->entries), compare);
}

bool
warm_journal_open(struct warm_journal *journal)
{
	*journal = (struct warm_journal){
		.fd = openat(cache_written->fd, NAME,
			O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600)
	};
	if (journal->fd < 0)
		return false;
	read_entries(journal);
	/* behind a line that was torn off a new one begins */
	return lseek(journal->fd, 0, SEEK_END) == 0 || write(journal->fd, "\n", 1) == 1;
}

bool
warm_journal_find(const struct warm_journal *journal, const char *name, struct warm_result *result)
{
	size_t low = 0, high = journal->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(journal->entries[middle].name, name) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || strcmp(journal->entries[low - 1].name, name) ||
		faccessat(cache_written->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	*result = journal->entries[low - 1].result;
	result->saved = 0;
	return true;
}

void
warm_journal_add(struct warm_journal *journal, const char *name, const struct warm_result *r)
{
	char line[CACHE_NAME_SIZE + 160];
	int length = snprintf(line, sizeof(line),
		"%s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %u\n", name,
		r->text, r->text_done, r->functions, r->functions_done, r->units, sum_of(name, r));

	if (write(journal->fd, line, (size_t)length) != length)
		return; /* it will be done again */
}

void
warm_journal_close(struct warm_journal *journal)
{
	free(journal->entries);
	if (journal->fd >= 0)
		close(journal->fd);
}
