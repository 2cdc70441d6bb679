// SPDX-License-Identifier: Apache-2.0
// The dump for perf (see jit_dump.h); the format: tools/perf/Documentation/jitdump-specification.txt. perf finds the file by
// the event that an executable mapping of it makes. Times are CLOCK_MONOTONIC, as with `perf record -k mono`.
#include "runtime/jit_dump.h"

#include <elf.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/report_file.h"
#include "runtime/unit_reports.h"

#define MAGIC     0x4a695444u /* "JiTD" */
#define VERSION   1
#define CODE_LOAD 0

struct header {
	uint32_t magic, version, size, machine, padding, process;
	uint64_t time, flags;
};

struct code_load {
	uint32_t type, size;
	uint64_t time;
	uint32_t process, thread;
	uint64_t address, code_address, code_size, index;
	/* followed by the name, NUL-terminated, and the code */
};
_Static_assert(sizeof(struct header) == 40 && sizeof(struct code_load) == 56, "as perf reads them");

static struct report_file file = { .fd = -1 };
static uint64_t next_index;

static uint64_t
now(void)
{
	struct timespec time = { 0 };

	host_syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void
begin_file(void)
{
	const struct header header = {
		.magic = MAGIC,
		.version = VERSION,
		.size = sizeof(header),
		.machine = EM_X86_64,
		.process = (uint32_t)host_syscall(SYS_getpid),
		.time = now(),
	};
	void *marker;

	report_file_write(&file, &header, sizeof(header));
	if (file.fd < 0)
		return;
	/* The mapping itself is of no use to us, and stays: the event is made when it becomes executable. */
	marker = host_memory_map_file(file.fd, 0, HOST_PAGE_SIZE);
	if (marker)
		host_syscall(SYS_mprotect, marker, HOST_PAGE_SIZE, PROT_READ | PROT_EXEC);
}

void
jit_dump_open(void)
{
	report_file_open(&file, "/tmp/jit-%d.dump");
	begin_file();
}

void
jit_dump_add(const uint8_t *code, size_t size, const char *name)
{
	size_t name_size = strlen(name) + 1;
	struct code_load record = {
		.type = CODE_LOAD,
		.size = (uint32_t)(sizeof(record) + name_size + size),
		.time = now(),
		.process = (uint32_t)host_syscall(SYS_getpid),
		.thread = (uint32_t)host_syscall(SYS_gettid),
		.address = (uint64_t)code,
		.code_address = (uint64_t)code,
		.code_size = size,
		.index = next_index++,
	};

	report_file_write(&file, &record, sizeof(record));
	report_file_write(&file, name, name_size);
	report_file_write(&file, code, size);
}

/* perf gives a child its parent's code, so only what the child adds is in its file. */
void
jit_dump_after_fork(bool shares_descriptors)
{
	bool was_open = file.fd >= 0;

	report_file_after_fork(&file, shares_descriptors, false);
	if (was_open)
		begin_file();
}
