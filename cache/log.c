// SPDX-License-Identifier: Apache-2.0
// The notes of -d cache (see log.h). No stdio: guests that run write them.
#include "cache/log.h"

#include <stdio.h>
#include <string.h>

#include "runtime/host_syscall.h"

static int log_fd = -1;

void
cache_log_init(const struct run_options *options)
{
	if (options->log & RUN_LOG_CACHE)
		log_fd = options->log_fd;
}

void
cache_note(const char *what, const char *name)
{
	char line[512];

	if (log_fd < 0)
		return;
	snprintf(line, sizeof(line), "cache: %.300s: %.150s\n", name, what);
	host_syscall(SYS_write, log_fd, line, strlen(line));
}
