// SPDX-License-Identifier: Apache-2.0
// Registration with the kernel's binfmt_misc (see binfmt.h).
#include "binfmt/binfmt.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define BINFMT_FOLDER "/proc/sys/fs/binfmt_misc"
#define ENTRY_NAME    "dragoman-aarch64"
#define ENTRY_FLAGS   "FPOC"
/* ELF64, little-endian, version 1, any OS ABI, ET_EXEC or ET_DYN, EM_AARCH64. */
#define MAGIC \
	"\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00"
#define MASK                                                                               \
	"\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff" \
	"\\xfe\\xff\\xff\\xff"
/* The same as the kernel shows them in an entry's file: hexadecimal, without what the mask leaves out. */
#define SHOWN_MAGIC "magic 7f454c460201010000000000000000000200b700"
/* The kernel's limit on the registration line, less one (VERIFY_SIZE in fs/binfmt_misc.c). */
#define LINE_LIMIT 1920

bool
binfmt_format(const char *interpreter, char *buffer, size_t size)
{
	int length;

	/* Its fields are separated by colons, and the interpreter's name is at most 127 bytes. */
	if (strchr(interpreter, ':') != NULL || strlen(interpreter) > 127)
		return false;
	length = snprintf(
		buffer, size, ":" ENTRY_NAME ":M::" MAGIC ":" MASK ":%s:" ENTRY_FLAGS, interpreter);
	return length > 0 && (size_t)length < size && length < LINE_LIMIT;
}

/* One line: what, why, what to do. */
static int
fail(const char *what, const char *why, const char *advice)
{
	fprintf(stderr, "dragoman: binfmt: %s; %s; %s\n", what, why, advice);
	return 1;
}

static const char *
advice_for(int number)
{
	return number == EACCES || number == EPERM || number == EROFS
		       ? "run it as root, outside of containers"
		       : "check that the kernel has CONFIG_BINFMT_MISC";
}

/* Writes to a file of binfmt_misc; 0 or errno. */
static int
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int number = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		number = errno;
	close(fd);
	return number;
}

/* Reads an entry's file; false when there is none. */
static bool
read_entry(const char *name, char *buffer, size_t size)
{
	char path[PATH_MAX];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), BINFMT_FOLDER "/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	length = read(fd, buffer, size - 1);
	close(fd);
	buffer[length > 0 ? length : 0] = '\0';
	return length > 0;
}

static bool
is_mounted(void)
{
	return access(BINFMT_FOLDER "/status", F_OK) == 0;
}

/* Mounts binfmt_misc where it belongs, unless it is; 0 or errno. */
static int
mount_binfmt(void)
{
	if (is_mounted())
		return 0;
	return mount("binfmt_misc", BINFMT_FOLDER, "binfmt_misc", 0, NULL) == 0 ? 0 : errno;
}

/* 0, ENOENT when it was not registered, or another errno. */
static int
remove_entry(void)
{
	return write_file(BINFMT_FOLDER "/" ENTRY_NAME, "-1");
}

static int
install(void)
{
	char interpreter[PATH_MAX];
	char line[LINE_LIMIT];
	ssize_t length = readlink("/proc/self/exe", interpreter, sizeof(interpreter) - 1);
	int number;

	if (length < 0)
		return fail("cannot install", "/proc/self/exe cannot be read", "mount /proc");
	interpreter[length] = '\0';
	if (!binfmt_format(interpreter, line, sizeof(line)))
		return fail("cannot install",
			"dragoman's path is longer than 127 bytes or has a colon",
			"install it in another folder (make install)");
	number = mount_binfmt();
	if (number != 0)
		return fail("cannot install: binfmt_misc cannot be mounted", strerror(number),
			advice_for(number));
	number = remove_entry();
	if (number == 0 || number == ENOENT)
		number = write_file(BINFMT_FOLDER "/register", line);
	if (number != 0)
		return fail("cannot install: the kernel refused the registration", strerror(number),
			advice_for(number));
	printf(ENTRY_NAME ": installed, interpreter %s, flags " ENTRY_FLAGS
			  ", until the machine restarts\n",
		interpreter);
	return 0;
}

static int
remove_registration(void)
{
	int number = remove_entry();

	if (number == ENOENT) {
		printf(ENTRY_NAME ": not installed\n");
		return 0;
	}
	if (number != 0)
		return fail("cannot remove", strerror(number), advice_for(number));
	printf(ENTRY_NAME ": removed\n");
	return 0;
}

/* The rest of the line that begins with `key` in an entry's text; "" when there is none. */
static void
find_value(const char *text, const char *key, char *value, size_t size)
{
	const char *at = strstr(text, key);

	value[0] = '\0';
	if (at != NULL) {
		at += strlen(key);
		snprintf(value, size, "%.*s", (int)strcspn(at, "\n"), at);
	}
}

static void
print_entry(const char *name, const char *text)
{
	char interpreter[PATH_MAX];
	char flags[32];

	find_value(text, "interpreter ", interpreter, sizeof(interpreter));
	find_value(text, "flags: ", flags, sizeof(flags));
	printf("%s: %s, interpreter %s, flags %s\n", name,
		strncmp(text, "enabled", 7) == 0 ? "enabled" : "disabled", interpreter, flags);
}

/* Other registrations for the same files: the kernel asks the one that was registered last. */
static void
print_others(void)
{
	DIR *folder = opendir(BINFMT_FOLDER);
	struct dirent *entry;
	char text[4096];

	if (folder == NULL)
		return;
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.' || strcmp(entry->d_name, ENTRY_NAME) == 0 ||
			strcmp(entry->d_name, "register") == 0)
			continue;
		if (read_entry(entry->d_name, text, sizeof(text)) &&
			strstr(text, SHOWN_MAGIC) != NULL)
			print_entry(entry->d_name, text);
	}
	closedir(folder);
}

static int
status(void)
{
	char text[4096];
	bool installed = read_entry(ENTRY_NAME, text, sizeof(text));

	if (installed)
		print_entry(ENTRY_NAME, text);
	else
		printf(ENTRY_NAME ": not installed%s\n",
			is_mounted() ? "" : " (binfmt_misc is not mounted)");
	print_others();
	return installed && strncmp(text, "enabled", 7) == 0 ? 0 : 1;
}

int
binfmt_main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "install") == 0)
		return install();
	if (argc == 2 && strcmp(argv[1], "remove") == 0)
		return remove_registration();
	if (argc == 2 && strcmp(argv[1], "status") == 0)
		return status();
	return fail("what to do?", "one of install, remove, status has to follow",
		"see dragoman --help");
}
