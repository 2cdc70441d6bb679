// SPDX-License-Identifier: Apache-2.0
// Looks for arm64 programs and libraries (see guest_files.h). A file is opened and its headers read, no more; what they say is
// checked again by whoever uses the file.
#include "cache/guest_files.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/elf_file.h"

static void
complain(struct guest_files *files, const char *path, int number)
{
	fprintf(stderr, "dragoman: %s: cannot be read; %s\n", path, strerror(number));
	files->unreadable++;
}

/* ---- which files ------------------------------------------------------------------------------------------------------------- */

/* Bytes of executable segments; 0 when it is not an arm64 program or library, or a damaged one. */
static uint64_t
text_of(int fd, uint64_t size, const Elf64_Ehdr *header)
{
	uint64_t text = 0;

	if (elf_header_problem(header, size))
		return 0;
	for (unsigned k = 0; k < header->e_phnum; k++) {
		Elf64_Phdr segment;

		if (pread(fd, &segment, sizeof(segment),
			    (off_t)(header->e_phoff + k * sizeof(segment))) != sizeof(segment))
			return 0;
		if (segment.p_type == PT_LOAD && segment.p_flags & PF_X &&
			!elf_segment_problem(&segment, size))
			text += segment.p_filesz;
	}
	return text;
}

/* As text_of; -1 with errno when it cannot be read. */
static int64_t
look_at(const char *path, struct stat *status)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	int64_t text = 0;
	Elf64_Ehdr header;
	ssize_t size;

	if (fd < 0)
		return -1;
	size = pread(fd, &header, sizeof(header), 0);
	if (size < 0 || fstat(fd, status) != 0)
		text = -1;
	else if (size == sizeof(header) && S_ISREG(status->st_mode) &&
		 loader_classify((const uint8_t *)&header, sizeof(header)) == FILE_GUEST_ELF)
		text = (int64_t)text_of(fd, (uint64_t)status->st_size, &header);
	close(fd);
	return text;
}

/* ---- the list ------------------------------------------------------------------------------------------------------------------ */

static size_t *
place_of(const struct guest_files *files, const struct stat *status)
{
	uint64_t hash = (status->st_ino ^ status->st_dev << 48) * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash >> 20) & (files->seen_size - 1);

	for (; files->seen[at]; at = (at + 1) & (files->seen_size - 1)) {
		const struct stat *other = &files->all[files->seen[at] - 1].status;

		if (other->st_ino == status->st_ino && other->st_dev == status->st_dev)
			break;
	}
	return &files->seen[at];
}

static bool
grow(struct guest_files *files)
{
	size_t room = files->room ? 2 * files->room : 256;
	struct guest_file *all = realloc(files->all, room * sizeof(*all));
	size_t *seen = calloc(2 * room, sizeof(*seen));

	if (all)
		files->all = all;
	if (!all || !seen) {
		free(seen);
		return false;
	}
	free(files->seen);
	files->room = room;
	files->seen = seen;
	files->seen_size = 2 * room;
	for (size_t k = 0; k < files->count; k++)
		*place_of(files, &files->all[k].status) = k + 1;
	return true;
}

static bool
add(struct guest_files *files, const char *path, uint64_t text, const struct stat *status)
{
	size_t *place;
	char *copy;

	if (files->count == files->room && !grow(files))
		return false;
	place = place_of(files, status);
	if (*place)
		return true;
	copy = strdup(path);
	if (!copy)
		return false;
	files->all[files->count++] =
		(struct guest_file){ copy, text, (uint64_t)status->st_size, *status };
	files->text += text;
	*place = files->count;
	return true;
}

/* ---- trees ----------------------------------------------------------------------------------------------------------------------- */

static bool
visit(struct guest_files *files, const FTSENT *entry)
{
	struct stat status;
	int64_t text;

	if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS)
		complain(files, entry->fts_path, entry->fts_errno);
	if (entry->fts_info != FTS_F || !S_ISREG(entry->fts_statp->st_mode) ||
		entry->fts_statp->st_size < (off_t)sizeof(Elf64_Ehdr))
		return true;
	text = look_at(entry->fts_accpath, &status);
	if (text < 0)
		complain(files, entry->fts_path, errno);
	return text <= 0 || add(files, entry->fts_path, (uint64_t)text, &status);
}

bool
guest_files_add(struct guest_files *files, const char *path)
{
	char *name = realpath(path, NULL), *paths[2] = { name, NULL };
	bool good = true;
	FTSENT *entry;
	FTS *tree;

	if (!name) {
		fprintf(stderr, "dragoman: %s: %s\n", path, strerror(errno));
		return false;
	}
	tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	while (tree && good && (entry = fts_read(tree)))
		good = visit(files, entry);
	if (!tree || !good)
		fputs("dragoman: out of memory for the list of files\n", stderr);
	if (tree)
		fts_close(tree);
	free(name);
	return tree && good;
}

void
guest_files_free(struct guest_files *files)
{
	for (size_t k = 0; k < files->count; k++)
		free(files->all[k].path);
	free(files->all);
	free(files->seen);
	*files = (struct guest_files){ 0 };
}
