// SPDX-License-Identifier: Apache-2.0
//
// See core_dump.h. Which mappings are in the file follows the kernel's default filter: what is private and was written
// to, and shared anonymous memory; of files' first pages with an ELF header that page. Pages that were never touched are
// holes. What a mapping holds is asked of /proc/self/pagemap and read through /proc/self/mem.

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/core_dump.h"
#include "runtime/guest_access.h"
#include "runtime/guest_memory.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/stop_world.h"
#include "runtime/threads.h"

/* Signals whose default action is to dump core (kernel: SIG_KERNEL_COREDUMP_MASK). */
#define DUMPS_CORE                                                                              \
	(SIGNAL_BIT(SIGQUIT) | SIGNAL_BIT(SIGILL) | SIGNAL_BIT(SIGTRAP) | SIGNAL_BIT(SIGABRT) | \
		SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGBUS) |                 \
		SIGNAL_BIT(SIGSYS) | SIGNAL_BIT(SIGXCPU) | SIGNAL_BIT(SIGXFSZ))

#define CORE_MINIMUM  4096 /* with a smaller limit there is no file */
#define PAGES_AT_ONCE 1024
#define PAGE_PRESENT  (UINT64_C(1) << 63)
#define PAGE_SWAPPED  (UINT64_C(1) << 62)
#define PAGE_OF_FILE  (UINT64_C(1) << 61)

/* The file that is written, and where the contents come from. */
struct core {
	int fd, memory, pagemap;
	uint64_t limit, written;
	uint64_t entries[PAGES_AT_ONCE];
	uint8_t page[GUEST_PAGE_SIZE];
	struct core_segment *segments;
	size_t count;
};

static struct core core; /* too large for the stack; used once */

/* Does the file hold this page? Pages of a file that were only read are not the process's own. */
static bool
holds_page(uint64_t entry, bool file)
{
	return (entry & (PAGE_PRESENT | PAGE_SWAPPED)) && !(file && (entry & PAGE_OF_FILE));
}

/* Calls `visit` for each page of a segment (up to `end`) that the file is to hold. */
static void
visit_pages(const struct core_segment *segment, uint64_t end,
	void (*visit)(uint64_t page, void *context), void *context)
{
	for (uint64_t at = segment->start; at < end;) {
		long size = host_syscall(SYS_pread64, core.pagemap, core.entries,
			sizeof(core.entries), at / GUEST_PAGE_SIZE * sizeof(uint64_t));

		if (size <= 0)
			return;
		for (long i = 0; i < size / 8 && at < end; i++, at += GUEST_PAGE_SIZE) {
			if (holds_page(core.entries[i], segment->file))
				visit(at, context);
		}
	}
}

static void
note_last(uint64_t page, void *context)
{
	struct core_segment *segment = context;

	segment->file_size = page + GUEST_PAGE_SIZE - segment->start;
}

static bool
begins_with_elf(const struct guest_mapping *mapping)
{
	char magic[SELFMAG];

	return mapping->offset == 0 && (mapping->protection & PROT_READ) &&
	       guest_copy_from(magic, mapping->start, SELFMAG) == 0 &&
	       !memcmp(magic, ELFMAG, SELFMAG);
}

static void
describe(const struct guest_mapping *mapping, struct core_segment *segment)
{
	*segment = (struct core_segment){
		.start = mapping->start,
		.end = mapping->end,
		.offset = mapping->offset,
		.protection = mapping->protection,
		.file = guest_mapping_is_file(mapping),
	};
	if (!segment->file || !mapping->shared)
		visit_pages(segment, segment->end, note_last, segment);
	if (segment->file && segment->file_size == 0 && begins_with_elf(mapping))
		segment->file_size = GUEST_PAGE_SIZE;
}

static size_t
count_mappings(void)
{
	struct guest_mapping mapping;
	size_t count = 0;

	for (uint64_t at = 0; guest_memory_next(at, &mapping); at = mapping.end)
		count++;
	return count;
}

/* Other threads may still be in system calls that map: what comes after the count is left out. */
static bool
describe_mappings(void)
{
	size_t capacity = count_mappings();
	struct guest_mapping mapping;

	core.segments = host_memory_map(capacity * sizeof(*core.segments));
	if (!core.segments)
		return false;
	for (uint64_t at = 0; core.count < capacity && guest_memory_next(at, &mapping);
		at = mapping.end)
		describe(&mapping, &core.segments[core.count++]);
	return true;
}

/* False when the limit is reached or the file cannot be written. */
static bool
write_all(const void *data, size_t size)
{
	const uint8_t *at = data;

	if (core.written + size > core.limit)
		return false;
	core.written += size;
	while (size > 0) {
		long done = host_syscall(SYS_write, core.fd, at, size);

		if (done == -EINTR)
			continue;
		if (done <= 0)
			return false;
		at += done;
		size -= (size_t)done;
	}
	return true;
}

/* More segments than e_phnum can say are counted in a section header (PN_XNUM). */
static bool
write_headers(size_t notes_size, uint64_t contents)
{
	size_t headers = core.count + 1;
	bool many = headers >= PN_XNUM;
	Elf64_Ehdr elf = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			EV_CURRENT },
		.e_type = ET_CORE,
		.e_machine = EM_AARCH64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(elf),
		.e_ehsize = sizeof(elf),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = (Elf64_Half)(many ? PN_XNUM : headers),
	};
	Elf64_Phdr header = {
		.p_type = PT_NOTE,
		.p_offset = sizeof(elf) + headers * sizeof(header) + many * sizeof(Elf64_Shdr),
		.p_filesz = notes_size,
		.p_align = 4,
	};
	const Elf64_Shdr section = { .sh_size = 1, .sh_info = (Elf64_Word)headers };

	if (many) {
		elf.e_shoff = sizeof(elf) + headers * sizeof(header);
		elf.e_shentsize = sizeof(section);
		elf.e_shnum = 1;
	}
	if (!write_all(&elf, sizeof(elf)) || !write_all(&header, sizeof(header)))
		return false;
	for (size_t i = 0; i < core.count; i++) {
		const struct core_segment *s = &core.segments[i];

		header = (Elf64_Phdr){
			.p_type = PT_LOAD,
			.p_flags = (s->protection & PROT_READ ? PF_R : 0u) |
				   (s->protection & PROT_WRITE ? PF_W : 0u) |
				   (s->protection & PROT_EXEC ? PF_X : 0u),
			.p_offset = contents,
			.p_vaddr = s->start,
			.p_filesz = s->file_size,
			.p_memsz = s->end - s->start,
			.p_align = GUEST_PAGE_SIZE,
		};
		contents += s->file_size;
		if (!write_all(&header, sizeof(header)))
			return false;
	}
	return !many || write_all(&section, sizeof(section));
}

/* Where in the file the segment being written lies, and whether all went well. */
struct contents {
	const struct core_segment *segment;
	uint64_t at;
	bool failed;
};

static void
write_page(uint64_t page, void *context)
{
	struct contents *c = context;

	if (c->failed || host_syscall(SYS_pread64, core.memory, core.page, sizeof(core.page),
				 page) != sizeof(core.page))
		return;
	host_syscall(SYS_lseek, core.fd, c->at + (page - c->segment->start), SEEK_SET);
	c->failed = !write_all(core.page, sizeof(core.page));
}

static void
write_contents(uint64_t at)
{
	struct contents c = { .at = at };

	for (size_t i = 0; i < core.count && !c.failed; i++) {
		const struct core_segment *s = &core.segments[i];

		c.segment = s;
		if (s->file && s->file_size == GUEST_PAGE_SIZE)
			write_page(s->start, &c); /* an ELF header's page may be the file's */
		else
			visit_pages(s, s->start + s->file_size, write_page, &c);
		c.at += s->file_size;
	}
	/* Holes at the end belong to the file too. */
	if (!c.failed)
		host_syscall(SYS_ftruncate, core.fd, c.at);
}

static void
write_core(struct guest_thread *t, const union signal_info *info)
{
	struct core_buffer notes = { 0 };
	uint64_t contents;

	if (!describe_mappings())
		return;
	core_notes(&notes, t, info, core.segments, core.count);
	if (notes.failed)
		return;
	contents = sizeof(Elf64_Ehdr) + (core.count + 1) * sizeof(Elf64_Phdr) + notes.size;
	if (core.count + 1 >= PN_XNUM)
		contents += sizeof(Elf64_Shdr);
	contents = (contents + GUEST_PAGE_SIZE - 1) & ~(uint64_t)(GUEST_PAGE_SIZE - 1);
	if (write_headers(notes.size, contents) && write_all(notes.data, notes.size))
		write_contents(contents);
}

/* Opens the file as the kernel would: no links, nobody else's file (fs/coredump.c). */
static bool
open_core(int signo)
{
	struct stat status;
	char name[256];
	long fd;

	if (!core_name(name, sizeof(name), signo))
		return false;
	fd = host_syscall(
		SYS_openat, AT_FDCWD, name, O_CREAT | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	core.fd = (int)fd;
	if (host_syscall(SYS_fstat, fd, &status) == 0 && S_ISREG(status.st_mode) &&
		status.st_nlink <= 1 && status.st_uid == (uid_t)host_syscall(SYS_geteuid) &&
		host_syscall(SYS_ftruncate, fd, 0) == 0) {
		core.memory = (int)host_syscall(
			SYS_openat, AT_FDCWD, "/proc/self/mem", O_RDONLY | O_CLOEXEC, 0);
		core.pagemap = (int)host_syscall(
			SYS_openat, AT_FDCWD, "/proc/self/pagemap", O_RDONLY | O_CLOEXEC, 0);
		return core.memory >= 0 && core.pagemap >= 0;
	}
	host_syscall(SYS_close, fd);
	return false;
}

/* A limit of one byte keeps the kernel from writing files and from starting programs alike. */
static void
suppress_host_core(struct rlimit *limit)
{
	limit->rlim_cur = limit->rlim_max < 1 ? 0 : 1;
	host_syscall(SYS_prlimit64, 0, RLIMIT_CORE, limit, NULL);
}

void
core_dump(struct guest_thread *t, const union signal_info *info)
{
	struct rlimit limit = { 0, 0 };
	int signo = info->info.si_signo;

	if (!(DUMPS_CORE & SIGNAL_BIT(signo)))
		return;
	host_syscall(SYS_prlimit64, 0, RLIMIT_CORE, NULL, &limit);
	core.limit = limit.rlim_cur;
	if (core.limit >= CORE_MINIMUM && host_syscall(SYS_prctl, PR_GET_DUMPABLE) == 1) {
		world_stop(t);
		if (open_core(signo))
			write_core(t, info);
		else
			world_resume();
	}
	suppress_host_core(&limit);
}
