// SPDX-License-Identifier: Apache-2.0
//
// The hidden descriptors, kept in order; there are a handful, and they are set once.

#include "syscalls/fd_guard.h"

#include <limits.h>

int fd_guard_lowest = INT_MAX;

static int hidden[FD_GUARD_CAPACITY];
static unsigned hidden_count;

void
fd_guard_add(int fd)
{
	unsigned i;

	/* 0 to 2 are the guest's: a log on standard error is not hidden. */
	if (fd <= 2 || hidden_count == FD_GUARD_CAPACITY || fd_guard_contains(fd))
		return;
	for (i = hidden_count++; i > 0 && hidden[i - 1] > fd; i--)
		hidden[i] = hidden[i - 1];
	hidden[i] = fd;
	fd_guard_lowest = hidden[0];
}

bool
fd_guard_contains(int fd)
{
	for (unsigned i = 0; i < hidden_count; i++) {
		if (hidden[i] == fd)
			return true;
	}
	return false;
}

int64_t
fd_guard_split(unsigned first, unsigned last,
	int64_t (*function)(unsigned first, unsigned last, void *context), void *context)
{
	int64_t result;

	for (unsigned i = 0; i < hidden_count; i++) {
		unsigned fd = (unsigned)hidden[i];

		if (fd < first || fd > last)
			continue;
		if (first < fd) {
			result = function(first, fd - 1, context);
			if (result < 0)
				return result;
		}
		if (fd == last)
			return 0;
		first = fd + 1;
	}
	return function(first, last, context);
}
