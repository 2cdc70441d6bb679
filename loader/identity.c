// SPDX-License-Identifier: Apache-2.0
// The guest's identity in /proc/PID (see identity.h), for ps, pgrep, top and for the guest itself.
#include "loader/identity.h"

#include <linux/prctl.h>
#include <sys/prctl.h>
#include <unistd.h>

bool
identity_assume(const struct loaded_program *program)
{
	/* The break stays dragoman's own: it is malloc's. */
	uint64_t host_break = (uint64_t)sbrk(0);
	struct prctl_mm_map map = {
		.start_code = program->start_code,
		.end_code = program->end_code,
		.start_data = program->start_data,
		.end_data = program->end_data,
		.start_brk = host_break,
		.brk = host_break,
		.start_stack = program->start_stack,
		.arg_start = program->arg_start,
		.arg_end = program->arg_end,
		.env_start = program->env_start,
		.env_end = program->env_end,
		.auxv = (__u64 *)program->auxv,
		.auxv_size = (uint32_t)program->auxv_size,
		.exe_fd = (uint32_t)-1,
	};

	prctl(PR_SET_NAME, program->command_name);
	return prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0) == 0;
}
