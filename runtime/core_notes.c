// SPDX-License-Identifier: Apache-2.0
//
// The notes of an arm64 core file, as fs/binfmt_elf.c fill_note_info writes them.

#include <elf.h>
#include <limits.h>
#include <string.h>
#include <sys/prctl.h>

#include "backend/backend.h"
#include "frontend/a64/lift.h"
#include "frontend/a64/state.h"
#include "loader/loader.h"
#include "runtime/core_dump.h"
#include "runtime/guest_access.h"
#include "runtime/guest_memory.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/threads.h"
#include "syscalls/system_call.h"

#define NOTE_ARM_TLS      0x401
#define PSTATE_NZCV_SHIFT 28

/* struct elf_prstatus of arm64. */
struct a64_prstatus {
	int32_t signo, code, error;
	int16_t current_signal;
	int16_t padding;
	uint64_t pending, held;
	int32_t pid, parent, group, session;
	uint64_t times[4][2];
	uint64_t x[31], sp, pc, pstate;
	int32_t has_float;
	int32_t padding_2;
};
_Static_assert(sizeof(struct a64_prstatus) == 392, "as arm64's kernel has it");

/* struct elf_prpsinfo of 64-bit machines. */
struct a64_prpsinfo {
	char state, name, zombie, nice;
	uint64_t flags;
	uint32_t uid, gid;
	int32_t pid, parent, group, session;
	char command[16];
	char arguments[80];
};
_Static_assert(sizeof(struct a64_prpsinfo) == 136, "as the kernel has it");

/* struct user_fpsimd_state. */
struct a64_fpsimd {
	union vec128 v[32];
	uint32_t fpsr, fpcr;
	uint32_t reserved[2];
};

/* Appends `size` bytes (zeros for NULL). */
static void
append(struct core_buffer *buffer, const void *data, size_t size)
{
	if (buffer->size + size > buffer->capacity) {
		size_t capacity = (buffer->size + size) * 2;
		uint8_t *grown = host_reallocate(buffer->data, capacity);

		if (!grown) {
			buffer->failed = true;
			return;
		}
		buffer->data = grown;
		buffer->capacity = capacity;
	}
	if (data)
		memcpy(buffer->data + buffer->size, data, size);
	else
		memset(buffer->data + buffer->size, 0, size);
	buffer->size += size;
}

static void
align(struct core_buffer *buffer)
{
	append(buffer, NULL, -buffer->size & 3);
}

/* Begins a note; gives where its header is, for end_note. */
static size_t
begin_note(struct core_buffer *buffer, const char *owner, uint32_t type)
{
	const Elf64_Nhdr header = { (Elf64_Word)strlen(owner) + 1, 0, type };
	size_t at = buffer->size;

	append(buffer, &header, sizeof(header));
	append(buffer, owner, header.n_namesz);
	align(buffer);
	return at;
}

static void
end_note(struct core_buffer *buffer, size_t at)
{
	Elf64_Nhdr header;

	if (buffer->failed)
		return;
	memcpy(&header, buffer->data + at, sizeof(header));
	header.n_descsz =
		(Elf64_Word)(buffer->size - at - sizeof(header) - ((header.n_namesz + 3) & ~3u));
	memcpy(buffer->data + at, &header, sizeof(header));
	align(buffer);
}

static void
note(struct core_buffer *buffer, const char *owner, uint32_t type, const void *data, size_t size)
{
	size_t at = begin_note(buffer, owner, type);

	append(buffer, data, size);
	end_note(buffer, at);
}

static void
note_status(struct core_buffer *buffer, struct guest_thread *t, const union signal_info *info)
{
	const struct a64_state *cpu = a64_state(&t->cpu);
	struct a64_prstatus status = {
		.signo = info->info.si_signo,
		.code = info->info.si_code,
		.error = info->info.si_errno,
		.current_signal = (int16_t)info->info.si_signo,
		.pending = t->signals.held,
		.held = t->signals.mask,
		.pid = t->tid,
		.parent = (int32_t)host_syscall(SYS_getppid),
		.group = (int32_t)host_syscall(SYS_getpgid, 0),
		.session = (int32_t)host_syscall(SYS_getsid, 0),
		.sp = cpu->sp,
		.pc = t->cpu.hot.pc,
		.pstate = (uint64_t)backend_flags_to_nzcv(t->cpu.hot.flags) << PSTATE_NZCV_SHIFT,
		.has_float = 1,
	};

	memcpy(status.x, cpu->x, sizeof(status.x));
	note(buffer, "CORE", NT_PRSTATUS, &status, sizeof(status));
}

static void
note_float(struct core_buffer *buffer, struct guest_thread *t)
{
	const struct a64_state *cpu = a64_state(&t->cpu);
	struct a64_fpsimd registers = {
		.fpsr = (uint32_t)a64_read_fpsr(&t->cpu),
		.fpcr = (uint32_t)a64_read_fpcr(&t->cpu),
	};

	memcpy(registers.v, cpu->v, sizeof(registers.v));
	note(buffer, "CORE", NT_FPREGSET, &registers, sizeof(registers));
}

static void
note_registers_of_system(struct core_buffer *buffer, struct guest_thread *t)
{
	note_float(buffer, t);
	note(buffer, "LINUX", NOTE_ARM_TLS, &a64_state(&t->cpu)->tpidr_el0, sizeof(uint64_t));
}

/* The arguments with spaces between them, as many as fit. */
static void
copy_arguments(char *text, size_t size)
{
	uint64_t length = guest_program->arg_end - guest_program->arg_start;

	if (length > size - 1)
		length = size - 1;
	if (guest_copy_from(text, guest_program->arg_start, length) < 0)
		length = 0;
	for (uint64_t i = 0; i < length; i++) {
		if (!text[i])
			text[i] = ' ';
	}
	text[length] = 0;
}

static void
note_process(struct core_buffer *buffer)
{
	struct a64_prpsinfo process = {
		.name = 'R',
		.uid = (uint32_t)host_syscall(SYS_getuid),
		.gid = (uint32_t)host_syscall(SYS_getgid),
		.pid = (int32_t)host_syscall(SYS_getpid),
		.parent = (int32_t)host_syscall(SYS_getppid),
		.group = (int32_t)host_syscall(SYS_getpgid, 0),
		.session = (int32_t)host_syscall(SYS_getsid, 0),
	};

	host_syscall(SYS_prctl, PR_GET_NAME, process.command);
	copy_arguments(process.arguments, sizeof(process.arguments));
	note(buffer, "CORE", NT_PRPSINFO, &process, sizeof(process));
}

static void
note_auxiliary_vector(struct core_buffer *buffer)
{
	uint8_t vector[1024];
	size_t size = guest_program->auxv_size;

	if (size <= sizeof(vector) && guest_copy_from(vector, guest_program->auxv, size) == 0)
		note(buffer, "CORE", NT_AUXV, vector, size);
}

/* count, page size; start, end, offset in pages of each; then the names. */
static void
note_files(struct core_buffer *buffer, const struct core_segment *segments, size_t count)
{
	uint64_t head[2] = { 0, GUEST_PAGE_SIZE };
	size_t at = begin_note(buffer, "CORE", NT_FILE);
	char name[PATH_MAX];

	for (size_t i = 0; i < count; i++)
		head[0] += segments[i].file;
	append(buffer, head, sizeof(head));
	for (size_t i = 0; i < count; i++) {
		const uint64_t entry[] = { segments[i].start, segments[i].end,
			segments[i].offset / GUEST_PAGE_SIZE };

		if (segments[i].file)
			append(buffer, entry, sizeof(entry));
	}
	for (size_t i = 0; i < count; i++) {
		if (!segments[i].file)
			continue;
		name[0] = 0;
		guest_memory_path(segments[i].start, name, sizeof(name));
		append(buffer, name, strlen(name) + 1);
	}
	end_note(buffer, at);
}

void
core_notes(struct core_buffer *buffer, struct guest_thread *t, const union signal_info *info,
	const struct core_segment *segments, size_t count)
{
	static const union signal_info none;

	note_status(buffer, t, info);
	note_process(buffer);
	note(buffer, "CORE", NT_SIGINFO, info, sizeof(*info));
	note_auxiliary_vector(buffer);
	note_files(buffer, segments, count);
	note_registers_of_system(buffer, t);
	threads_lock();
	for (struct guest_thread *other = threads_first(); other; other = other->next) {
		if (other == t)
			continue;
		note_status(buffer, other, &none);
		note_registers_of_system(buffer, other);
	}
	threads_unlock();
}
