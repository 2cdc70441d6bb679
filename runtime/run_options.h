// SPDX-License-Identifier: Apache-2.0
// The options of one run, as the command line (cli/) or the exec protocol (loader/exec_protocol.h) gave them.
// Filled in before the guest starts, constant afterwards.
#ifndef RUNTIME_RUN_OPTIONS_H
#define RUNTIME_RUN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* What is written to the log, bits of run_options.log; names as after -d. */
enum run_log {
	RUN_LOG_STRACE = 1 << 0,      /* -strace: every system call, and those that are not known */
	RUN_LOG_STRACE_JSON = 1 << 1, /* -strace=json: the same, one JSON object a line */
	RUN_LOG_IN_ASM = 1 << 2,      /* guest instructions of each unit that is translated */
	RUN_LOG_IR = 1 << 3,          /* its IR, before allocation */
	RUN_LOG_OUT_ASM = 1 << 4,     /* the host code made of it */
	RUN_LOG_EXEC = 1 << 5,        /* each unit that the dispatcher enters */
	RUN_LOG_STATS = 1 << 6,       /* counters at exit */
	RUN_LOG_SIGNAL = 1 << 7,      /* signals queued and delivered */
	RUN_LOG_LOADER = 1 << 8,      /* what was loaded where */
	RUN_LOG_CACHE = 1 << 9,       /* cache files that are passed over, and why */
	RUN_LOG_STATS_JSON = 1 << 10, /* counters at exit, one JSON object a process */
};

/* Limits of run_options.code_size. */
#define RUN_CODE_SIZE_MIN (UINT64_C(1200) << 10)
#define RUN_CODE_SIZE_MAX (UINT64_C(512) << 20)

struct run_options {
	const char *sysroot; /* -L: absolute path without trailing slash, or NULL */
	int sysroot_fd;      /* O_PATH descriptor of it, close-on-exec, or -1 */
	int log_fd;          /* where the log goes: 2, or a high close-on-exec descriptor */
	int trace_fd; /* of -strace (syscalls/strace_output.h), high and close-on-exec; 0: none yet */
	int recording_fd; /* of dragoman profile (runtime/recording.h), high and close-on-exec; 0: none */
	int self_fd; /* descriptor of the dragoman executable, high and close-on-exec; -1: could not be opened */
	/* O_PATH descriptors of cache directories, high and close-on-exec, or -1: they carried over because the root has
	 * changed since they were opened (cache/places.h). */
	int cache_fd, cache_system_fd;
	uint32_t log;            /* enum run_log */
	bool no_aslr;            /* -no-aslr: the same addresses in every run */
	bool single_instruction; /* -one-insn-per-tb: units of one instruction, no linking */
	bool perf_map;           /* -perfmap: /tmp/perf-PID.map */
	bool jit_dump;           /* -jitdump: /tmp/jit-PID.dump */
	bool no_regions;         /* -no-regions: the first tier of translation alone */
	bool eager_regions;      /* -eager-regions: a region of every loop at once (for tests) */
	bool binfmt; /* started by the kernel through binfmt_misc: exec of guest files may be left to it */
	uint64_t stack_size; /* -s: bytes, 0: RLIMIT_STACK */
	uint64_t code_size;  /* -tb-size: bytes of the code buffer, 0: as large as it can be */
	const char *
		uname_release; /* -r: what uname(2) calls the kernel's release, or NULL: the host's */
};

#endif
