// SPDX-License-Identifier: Apache-2.0
//
// What the system-call code needs to know before the guest runs.

#include "cache/places.h"
#include "loader/loader.h"
#include "syscalls/fd_guard.h"
#include "syscalls/limits.h"
#include "syscalls/proc_files.h"
#include "syscalls/strace.h"
#include "syscalls/system_call.h"

const struct run_options *guest_options;
const struct loaded_program *guest_program;

void
system_calls_init(const struct run_options *options, const struct loaded_program *program)
{
	guest_options = options;
	guest_program = program;
	fd_guard_add(options->self_fd);
	fd_guard_add(options->log_fd);
	fd_guard_add(options->sysroot_fd);
	fd_guard_add(options->recording_fd);
	fd_guard_add(program->exe_fd);
	fd_guard_add(cache_own.fd);
	fd_guard_add(cache_system.fd);
	limits_init();
	strace_init();
	system_calls_are_direct = !(options->log & (RUN_LOG_STRACE | RUN_LOG_STRACE_JSON));
	proc_files_init();
}
