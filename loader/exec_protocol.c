// SPDX-License-Identifier: Apache-2.0
// Writes and reads what carries over when a guest executes a guest program (see exec_protocol.h). The state is a list of
// fields, each a letter and a number in hexadecimal, ended by commas; the sysroot's path comes last, as it may hold
// anything:
//
//	--exec-state=1,s5,l7,r3f8,p3f9,g3,f0,k800000,uNAME,L/path/of/the/sysroot
#include "loader/exec_protocol.h"

#include "loader/descriptors.h"
#include "runtime/host_syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define STATE_VERSION "1,"

/* Bits of the flags field. */
enum {
	FLAG_NO_ASLR = 1,
	FLAG_SINGLE_INSTRUCTION = 2,
	FLAG_BINFMT = 4,
	FLAG_PERF_MAP = 8,
	FLAG_JIT_DUMP = 16,
	FLAG_NO_REGIONS = 32,
	FLAG_EAGER_REGIONS = 64
};

static long
duplicate(int fd, int *result)
{
	long duplicated;

	*result = -1;
	if (fd < 0)
		return 0;
	duplicated = descriptor_duplicate_high(fd, false);
	if (host_syscall_failed(duplicated))
		return duplicated;
	*result = (int)duplicated;
	return 0;
}

static void
close_if_open(int fd)
{
	if (fd >= 0)
		host_syscall(SYS_close, fd);
}

void
exec_state_close(const struct exec_descriptors *descriptors)
{
	close_if_open(descriptors->self);
	close_if_open(descriptors->sysroot);
	close_if_open(descriptors->cache);
	close_if_open(descriptors->cache_system);
	close_if_open(descriptors->recording);
	close_if_open(descriptors->trace);
	close_if_open(descriptors->program);
	if (descriptors->log > 2)
		host_syscall(SYS_close, descriptors->log);
}

int
exec_state_open(
	const struct run_options *options, int program, struct exec_descriptors *descriptors)
{
	long result;

	*descriptors = (struct exec_descriptors){ -1, options->log_fd, -1, -1, -1, -1, -1, -1 };
	result = duplicate(options->self_fd, &descriptors->self);
	if (result == 0)
		result = duplicate(options->sysroot_fd, &descriptors->sysroot);
	if (result == 0)
		result = duplicate(options->cache_fd, &descriptors->cache);
	if (result == 0)
		result = duplicate(options->cache_system_fd, &descriptors->cache_system);
	if (result == 0 && options->trace_fd > 0)
		result = duplicate(options->trace_fd, &descriptors->trace);
	if (result == 0 && options->recording_fd > 0)
		result = duplicate(options->recording_fd, &descriptors->recording);
	if (result == 0)
		result = duplicate(program, &descriptors->program);
	if (result == 0 && options->log_fd > 2)
		result = duplicate(options->log_fd, &descriptors->log);
	if (result != 0) {
		if (descriptors->log == options->log_fd)
			descriptors->log = -1;
		exec_state_close(descriptors);
	}
	return (int)result;
}

struct writer {
	char *at;
	char *end;
	bool fits;
};

static void
write_text(struct writer *writer, const char *text)
{
	size_t length = strlen(text);

	if (length >= (size_t)(writer->end - writer->at)) {
		writer->fits = false;
		return;
	}
	memcpy(writer->at, text, length + 1);
	writer->at += length;
}

static void
write_field(struct writer *writer, char name, uint64_t value)
{
	char text[20];
	char *at = text + sizeof(text);

	*--at = '\0';
	*--at = ',';
	do {
		*--at = "0123456789abcdef"[value & 15];
		value >>= 4;
	} while (value != 0);
	*--at = name;
	write_text(writer, at);
}

static void
write_descriptor(struct writer *writer, char name, int fd)
{
	if (fd >= 0)
		write_field(writer, name, (uint64_t)fd);
}

bool
exec_state_format(const struct run_options *options, const struct exec_descriptors *descriptors,
	char *buffer, size_t size)
{
	struct writer writer = { buffer, buffer + size, true };
	uint64_t flags =
		(options->no_aslr ? FLAG_NO_ASLR : 0) |
		(options->single_instruction ? FLAG_SINGLE_INSTRUCTION : 0) |
		(options->binfmt ? FLAG_BINFMT : 0) | (options->no_regions ? FLAG_NO_REGIONS : 0) |
		(options->eager_regions ? FLAG_EAGER_REGIONS : 0) |
		(options->perf_map ? FLAG_PERF_MAP : 0) | (options->jit_dump ? FLAG_JIT_DUMP : 0);

	write_text(&writer, EXEC_STATE_PREFIX STATE_VERSION);
	write_descriptor(&writer, 's', descriptors->self);
	write_descriptor(&writer, 'l', descriptors->log);
	write_descriptor(&writer, 'r', descriptors->sysroot);
	write_descriptor(&writer, 'c', descriptors->cache);
	write_descriptor(&writer, 'y', descriptors->cache_system);
	write_descriptor(&writer, 'o', descriptors->recording);
	write_descriptor(&writer, 't', descriptors->trace);
	write_descriptor(&writer, 'p', descriptors->program);
	write_field(&writer, 'g', options->log);
	write_field(&writer, 'f', flags);
	write_field(&writer, 'k', options->stack_size);
	if (options->code_size != 0)
		write_field(&writer, 'b', options->code_size);
	if (options->uname_release != NULL && strchr(options->uname_release, ',') == NULL) {
		write_text(&writer, "u");
		write_text(&writer, options->uname_release);
		write_text(&writer, ",");
	}
	if (options->sysroot != NULL) {
		write_text(&writer, "L");
		write_text(&writer, options->sysroot);
	}
	return writer.fits;
}

/* Reads hexadecimal digits up to a comma; false when there is anything else. */
static bool
read_number(const char *at, uint64_t *value)
{
	const char *start = at;

	*value = 0;
	for (; *at != ',' && *at != '\0'; at++) {
		const char *digit = strchr("0123456789abcdef", *at);

		if (digit == NULL || at - start >= 16)
			return false;
		*value = *value << 4 | (uint64_t)(digit - "0123456789abcdef");
	}
	return at > start && *at == ',';
}

/* Takes over a descriptor that was passed: it must be open, and becomes close-on-exec. */
static bool
adopt(uint64_t number, int *fd)
{
	if (number > INT32_MAX)
		return false;
	*fd = (int)number;
	if (*fd <= 2)
		return true;
	return !host_syscall_failed(host_syscall(SYS_fcntl, *fd, F_SETFD, FD_CLOEXEC));
}

static void
set_flags(struct run_options *options, uint64_t flags)
{
	options->no_aslr = flags & FLAG_NO_ASLR;
	options->single_instruction = flags & FLAG_SINGLE_INSTRUCTION;
	options->binfmt = flags & FLAG_BINFMT;
	options->no_regions = flags & FLAG_NO_REGIONS;
	options->eager_regions = flags & FLAG_EAGER_REGIONS;
	options->perf_map = flags & FLAG_PERF_MAP;
	options->jit_dump = flags & FLAG_JIT_DUMP;
}

static bool
set_field(struct run_options *options, int *program, char name, uint64_t value)
{
	switch (name) {
	case 's': return adopt(value, &options->self_fd);
	case 'l': return adopt(value, &options->log_fd);
	case 'r': return adopt(value, &options->sysroot_fd);
	case 'c': return adopt(value, &options->cache_fd);
	case 'y': return adopt(value, &options->cache_system_fd);
	case 'o': return adopt(value, &options->recording_fd);
	case 't': return adopt(value, &options->trace_fd);
	case 'p': return adopt(value, program);
	case 'g': options->log = (uint32_t)value; return true;
	case 'f': set_flags(options, value); return true;
	case 'k': options->stack_size = value; return true;
	case 'b':
		options->code_size = value;
		return value >= RUN_CODE_SIZE_MIN && value <= RUN_CODE_SIZE_MAX;
	default: return false;
	}
}

/* The release's name is ended by a comma in the argument, which is the caller's to change. */
static bool
read_release(struct run_options *options, const char *at)
{
	static char release[65]; /* as long as uname's */
	size_t length = strcspn(at, ",");

	if (length >= sizeof(release) || at[length] != ',')
		return false;
	memcpy(release, at, length);
	options->uname_release = release;
	return true;
}

bool
exec_state_parse(const char *argument, struct run_options *options, int *program)
{
	const char *prefix = EXEC_STATE_PREFIX STATE_VERSION;
	const char *at = argument + strlen(prefix);
	uint64_t value;

	*program = -1;
	if (strncmp(argument, prefix, strlen(prefix)) != 0)
		return false;
	for (; *at != '\0'; at = strchr(at, ',') + 1) {
		if (*at == 'L') {
			options->sysroot = at + 1;
			return options->sysroot_fd >= 0;
		}
		if (*at == 'u') {
			if (!read_release(options, at + 1))
				return false;
			continue;
		}
		if (!read_number(at + 1, &value) || !set_field(options, program, *at, value))
			return false;
	}
	return true;
}
