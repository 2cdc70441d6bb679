// SPDX-License-Identifier: Apache-2.0
// Loads a guest program (see loader.h): finds the file, follows `#!` lines, maps program, interpreter, vDSO and stack.
// The order of steps is that of fs/exec.c and load_elf_binary; sizes and places come from layout.c.
#include "loader/loader.h"

#include "loader/descriptors.h"
#include "loader/elf_file.h"
#include "loader/layout.h"
#include "loader/script.h"
#include "loader/sysroot.h"
#include "loader/vdso_image.h"
#include "runtime/guest_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file that is on its way to be executed: the program, or the interpreter of a script. */
struct candidate {
	int fd;
	const char *path;
	int argc;
	char **argv;
	uint8_t header[FILE_HEADER_SIZE];
	size_t header_size;
};

/* -- finding and opening -- */

static void
fail_open(const char *path, int number, struct loader_error *error)
{
	if (number == ENOENT || number == ENOTDIR)
		loader_fail(error, 127, number, path,
			"not found; %s; check the path (PATH is not searched)", strerror(number));
	else if (number == EACCES)
		loader_fail(error, 126, number, path,
			"cannot be opened; no permission to read it; check the permissions "
			"of the file and its folders");
	else
		loader_fail(error, 126, number, path, "cannot be opened; %s; check the path",
			strerror(number));
}

/* Checks what execve checks before it reads: a regular file, and permission to execute. */
static bool
check_file(int fd, const char *path, bool check_permission, struct loader_error *error)
{
	struct stat status;

	if (fstat(fd, &status) != 0) {
		fail_open(path, errno, error);
		return false;
	}
	if (!S_ISREG(status.st_mode)) {
		loader_fail(error, 126, EACCES, path,
			"cannot be executed; it is %s; name a program",
			S_ISDIR(status.st_mode) ? "a directory" : "not a regular file");
		return false;
	}
	if (!check_permission)
		return true;
	if ((status.st_mode & 0111) == 0 ||
		(faccessat(fd, "", X_OK, AT_EMPTY_PATH | AT_EACCESS) != 0 && errno == EACCES)) {
		loader_fail(error, 126, EACCES, path,
			"cannot be executed; no execute permission; chmod +x it");
		return false;
	}
	return true;
}

static bool
read_header(struct candidate *file, struct loader_error *error)
{
	ssize_t size = pread(file->fd, file->header, sizeof(file->header), 0);

	if (size < 0) {
		fail_open(file->path, errno, error);
		return false;
	}
	file->header_size = (size_t)size;
	return true;
}

static bool
open_program(const struct load_request *request, struct candidate *file, struct loader_error *error)
{
	file->path = request->path;
	file->fd = request->fd;
	if (file->fd < 0)
		/* O_NONBLOCK: opening a FIFO must not wait. */
		file->fd = open(request->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (file->fd < 0) {
		fail_open(request->path, errno, error);
		return false;
	}
	return check_file(file->fd, file->path, request->fd < 0, error) && read_header(file, error);
}

/* -- scripts -- */

/* What the arguments of interpreters point to, as long as the process lives: of the load that was last. */
static struct script_line script_lines[SCRIPT_DEPTH_LIMIT];
static char **script_argv;

/* Replaces the script by its interpreter: argv becomes interpreter, [argument,] script, argv[1]... */
static bool
interpret_script(const struct load_request *request, struct candidate *file, int depth,
	struct loader_error *error)
{
	struct script_line *line = &script_lines[depth];
	int added;
	char **argv;

	if (!script_parse(file->header, file->header_size, line)) {
		loader_fail(error, 126, ENOEXEC, file->path,
			"cannot be executed; its #! line names no interpreter, or a name that "
			"is too long; correct the line");
		return false;
	}
	added = line->has_argument ? 2 : 1;
	argv = calloc((size_t)file->argc + (size_t)added + 1, sizeof(*argv));
	if (argv == NULL) {
		loader_fail(error, 126, ENOMEM, file->path,
			"cannot be executed; out of memory; "
			"check the memory limits (ulimit -v)");
		return false;
	}
	argv[0] = line->interpreter;
	if (line->has_argument)
		argv[1] = line->argument;
	argv[added] = (char *)file->path;
	for (int i = 1; i < file->argc; i++)
		argv[added + i] = file->argv[i];
	free(script_argv);
	script_argv = argv;
	file->argc += added;
	file->argv = argv;
	file->fd = (int)sysroot_open_or_host(
		request->sysroot_fd, argv[0], O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (file->fd < 0) {
		loader_fail(error, file->fd == -ENOENT ? 127 : 126, -file->fd, file->path,
			"cannot be executed; its interpreter %s cannot be opened (%s); install "
			"it, or give the arm64 system tree with -L DIR",
			argv[0], strerror(-file->fd));
		return false;
	}
	file->path = argv[0];
	return check_file(file->fd, file->path, true, error) && read_header(file, error);
}

static void
fail_class(const struct candidate *file, enum file_class class, struct loader_error *error)
{
	const uint8_t *header = file->header;
	unsigned machine = header[EI_DATA] == ELFDATA2MSB ? (unsigned)header[18] << 8 | header[19]
							  : (unsigned)header[19] << 8 | header[18];

	if (class == FILE_EMPTY)
		loader_fail(error, 126, ENOEXEC, file->path,
			"cannot be executed; the file is empty; name a program");
	else if (class == FILE_UNKNOWN)
		loader_fail(error, 126, ENOEXEC, file->path,
			"cannot be executed; it is neither an ELF program nor a script that "
			"begins with #!; name an arm64 program");
	else if (file->header_size < EI_NIDENT + 4)
		loader_fail(error, 126, ENOEXEC, file->path,
			"cannot be executed; the file is truncated: it ends inside its ELF "
			"header; the file is damaged or not a program");
	else
		loader_fail(error, 126, ENOEXEC, file->path,
			"cannot be executed; it is a %s, %s-endian ELF file for machine %s (%u); "
			"dragoman runs 64-bit little-endian AArch64 programs",
			header[EI_CLASS] == ELFCLASS64   ? "64-bit"
			: header[EI_CLASS] == ELFCLASS32 ? "32-bit"
							 : "class-less",
			header[EI_DATA] == ELFDATA2MSB ? "big" : "little",
			loader_machine_name(machine), machine);
}

/* Follows scripts to the file that is to be loaded; gives its class. FILE_UNKNOWN: *error is filled in. */
static enum file_class
resolve(const struct load_request *request, struct candidate *file, struct loader_error *error)
{
	enum file_class class;

	if (!open_program(request, file, error))
		return FILE_UNKNOWN;
	for (int depth = 0;; depth++) {
		class = loader_classify(file->header, file->header_size);
		if (class != FILE_SCRIPT)
			break;
		if (depth == SCRIPT_DEPTH_LIMIT) {
			loader_fail(error, 126, ELOOP, request->path,
				"cannot be executed; more than %d scripts are interpreters of "
				"each other; name a program in the #! line",
				SCRIPT_DEPTH_LIMIT);
			return FILE_UNKNOWN;
		}
		if (!interpret_script(request, file, depth, error))
			return FILE_UNKNOWN;
	}
	if (class == FILE_GUEST_ELF || class == FILE_HOST_ELF)
		return class;
	fail_class(file, class, error);
	return FILE_UNKNOWN;
}

/* -- the interpreter of a dynamic program -- */

static bool
open_interpreter(const struct load_request *request, const struct elf_file *elf,
	struct elf_file *interpreter, struct loader_error *error)
{
	const char *name = elf->interpreter;
	uint8_t header[FILE_HEADER_SIZE];
	ssize_t size;
	int fd = (int)sysroot_open_or_host(
		request->sysroot_fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0) {
		loader_fail(error, fd == -ENOENT || fd == -ENOTDIR ? 127 : 126, -fd, request->path,
			"cannot be executed; its interpreter %s cannot be opened (%s); give the "
			"arm64 system tree that has it with -L DIR",
			name, strerror(-fd));
		return false;
	}
	if (!check_file(fd, name, true, error)) {
		close(fd);
		return false;
	}
	size = pread(fd, header, sizeof(header), 0);
	if (size < 0 || loader_classify(header, (size_t)size) != FILE_GUEST_ELF) {
		loader_fail(error, 126, ELIBBAD, request->path,
			"cannot be executed; its interpreter %s is not an AArch64 ELF file; give "
			"the arm64 system tree that has it with -L DIR",
			name);
		close(fd);
		return false;
	}
	if (elf_file_read(fd, name, interpreter, error))
		return true;
	close(fd);
	return false;
}

static bool
load_interpreter(const struct load_request *request, const struct elf_file *elf,
	struct loaded_program *program, struct loader_error *error)
{
	struct elf_file interpreter;
	uint64_t bias;
	bool loaded;

	if (!open_interpreter(request, elf, &interpreter, error))
		return false;
	loaded = segments_map(&interpreter, elf->interpreter, 0, &bias, error);
	if (loaded) {
		program->interpreter_base = bias;
		program->interpreter_entry = program->entry = interpreter.entry + bias;
	}
	elf_file_free(&interpreter);
	close(interpreter.fd);
	return loaded;
}

/* -- the program -- */

static bool
map_vdso(const struct load_request *request, struct loaded_program *program,
	struct loader_error *error)
{
	int64_t place = guest_memory_map_kind(0, GUEST_PAGE_SIZE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0, GUEST_MAPPING_VDSO);

	if (place >= 0) {
		memcpy((void *)place, vdso_image, vdso_image_size);
		program->vdso = (uint64_t)place;
		program->vdso_size = GUEST_PAGE_SIZE;
		program->sigreturn = program->vdso + vdso_sigreturn_offset;
		place = guest_memory_protect(program->vdso, GUEST_PAGE_SIZE, PROT_READ | PROT_EXEC);
	}
	if (place < 0)
		loader_fail(error, 126, (int)-place, request->path,
			"cannot be loaded; mapping the vDSO failed (%s); check the memory limits "
			"(ulimit -v)",
			strerror((int)-place));
	return place >= 0;
}

/* Notes where code and data are, as load_elf_binary does for struct mm_struct. */
static void
note_extent(struct loaded_program *program, const struct elf_file *elf)
{
	program->start_code = UINT64_MAX;
	for (unsigned i = 0; i < elf->segment_count; i++) {
		const struct elf_segment *segment = &elf->segments[i];
		uint64_t start = segment->address + program->load_bias;
		uint64_t end = start + segment->file_size;

		if (segment->protection & PROT_EXEC && start < program->start_code)
			program->start_code = start;
		if (start > program->start_data)
			program->start_data = start;
		if (segment->protection & PROT_EXEC && end > program->end_code)
			program->end_code = end;
		if (end > program->end_data)
			program->end_data = end;
	}
	if (program->start_code == UINT64_MAX)
		program->start_code = elf->low + program->load_bias;
}

/* The file's name as /proc/self/exe shows it. */
static char *
name_of_file(int fd, const char *path)
{
	char link[32];
	char name[PATH_MAX];
	ssize_t length;
	char *absolute;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, name, sizeof(name) - 1);
	if (length > 0) {
		name[length] = '\0';
		return strdup(name);
	}
	absolute = realpath(path, NULL);
	return absolute != NULL ? absolute : strdup(path);
}

static char *
command_name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strndup(slash != NULL ? slash + 1 : path, 15);
}

static void
set_break(const struct layout *layout, const struct elf_file *elf, struct loaded_program *program)
{
	uint64_t end = elf->high + program->load_bias + GUEST_PAGE_SIZE - 1;

	program->brk = (end & ~(uint64_t)(GUEST_PAGE_SIZE - 1)) + layout->brk_offset;
	guest_memory_set_brk(program->brk);
}

static bool
load_elf(const struct load_request *request, const struct candidate *file,
	const struct elf_file *elf, struct loaded_program *program, struct loader_error *error)
{
	struct layout layout;

	layout_choose(&layout, request->no_aslr, request->stack_size);
	guest_memory_set_mmap_base(layout.mmap_base);
	program->executable_stack = elf->executable_stack;
	if (!segments_map(elf, file->path, layout.program_base, &program->load_bias, error))
		return false;
	program->program_entry = program->entry = elf->entry + program->load_bias;
	program->phdr = elf->phdr != 0 ? elf->phdr + program->load_bias : 0;
	program->phnum = elf->phnum;
	note_extent(program, elf);
	set_break(&layout, elf, program);
	if (!stack_map(&layout, request, program, error))
		return false;
	if (elf->has_interpreter && !load_interpreter(request, elf, program, error))
		return false;
	return map_vdso(request, program, error) &&
	       stack_write(&layout, request, file->argc, file->argv, program, error);
}

static enum load_result
load_guest(const struct load_request *request, const struct candidate *file,
	struct loaded_program *program, struct loader_error *error)
{
	struct elf_file elf;
	bool loaded;

	memset(program, 0, sizeof(*program));
	if (!elf_file_read(file->fd, file->path, &elf, error))
		return LOAD_FAILED;
	loaded = load_elf(request, file, &elf, program, error);
	elf_file_free(&elf);
	if (!loaded)
		return LOAD_FAILED;
	program->exe = name_of_file(file->fd, file->path);
	program->command_name = command_name_of(request->path);
	program->exe_fd = file->fd == request->fd ? (int)descriptor_duplicate_high(file->fd, true)
						  : descriptor_move_high(file->fd);
	return LOAD_DONE;
}

enum load_result
loader_load(const struct load_request *request, struct loaded_program *program,
	struct native_program *native, struct loader_error *error)
{
	static char empty[] = "";
	static char *no_arguments[] = { empty, NULL };
	struct candidate file = { .argc = request->argc, .argv = request->argv };

	if (request->argc == 0) {
		/* The kernel gives a program that was started without argv[0] an empty one. */
		file.argc = 1;
		file.argv = no_arguments;
	}
	switch (resolve(request, &file, error)) {
	case FILE_GUEST_ELF: return load_guest(request, &file, program, error);
	case FILE_HOST_ELF:
		native->path = file.path;
		native->argv = file.argv;
		return LOAD_NATIVE;
	default: return LOAD_FAILED;
	}
}
