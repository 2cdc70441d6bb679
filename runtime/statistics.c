// SPDX-License-Identifier: Apache-2.0
// The report of -d stats (see statistics.h).
#include "runtime/statistics.h"
#include "runtime/stop_world.h"

#include <stdio.h>

#include "cache/cache.h"
#include "runtime/host_syscall.h"
#include "runtime/run.h"
#include "runtime/units.h"

static int log_fd;

static uint64_t
per(uint64_t amount, uint64_t count)
{
	return count ? amount / count : 0;
}

static void
write_statistics(struct guest_thread *t)
{
	const struct units_statistics *s = &units_statistics;
	char text[768];
	int length;

	(void)t;
	length = snprintf(text, sizeof(text),
		"units translated      %12llu\n"
		"guest instructions    %12llu  (%llu a unit)\n"
		"host code bytes       %12llu  (%llu a guest instruction)\n"
		"metadata bytes        %12llu\n"
		"translation cycles    %12llu  (%llu a guest instruction)\n"
		"exits linked          %12llu\n"
		"indirect look-ups     %12llu\n"
		"units invalidated     %12llu\n"
		"code buffer emptied   %12llu\n"
		"units from the cache  %12llu  (%llu stale, %llu files)\n"
		"units saved           %12llu\n",
		(unsigned long long)s->units, (unsigned long long)s->guest_insns,
		(unsigned long long)per(s->guest_insns, s->units),
		(unsigned long long)s->code_bytes,
		(unsigned long long)per(s->code_bytes, s->guest_insns),
		(unsigned long long)s->data_bytes, (unsigned long long)s->cycles,
		(unsigned long long)per(s->cycles, s->guest_insns), (unsigned long long)s->links,
		(unsigned long long)s->lookups, (unsigned long long)s->invalidated,
		(unsigned long long)world_generation,
		(unsigned long long)cache_statistics.units_loaded,
		(unsigned long long)cache_statistics.units_stale,
		(unsigned long long)cache_statistics.files_opened,
		(unsigned long long)cache_statistics.units_saved);
	host_syscall(SYS_write, log_fd, text, length);
}

void
statistics_init(const struct run_options *options)
{
	if (!(options->log & RUN_LOG_STATS))
		return;
	log_fd = options->log_fd;
	run_on_exit(write_statistics);
}
