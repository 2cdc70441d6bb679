// SPDX-License-Identifier: Apache-2.0
//
// File input and output: stdio, read/write/seek/pread, truncate, rename, links, permissions, stat, directories, errors.

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

/* 1 if the call gave -1 and left this error. */
static int
fails_with(long result, int error)
{
	return result == -1 && errno == error;
}

static void
streams(void)
{
	FILE *f = fopen("text", "w+");
	char line[64];
	int n = 0;

	for (int i = 0; i < 1000; i++) {
		fprintf(f, "line %d of %s\n", i, "text");
	}
	printf("position %ld\n", ftell(f));
	rewind(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		n++;
	}
	printf("%d lines, last: %s", n, line);
	fseek(f, -10, SEEK_END);
	size_t got = fread(line, 1, 10, f);
	printf("%zu %.10s", got, line);
	fclose(f);
	printf("missing: %d\n", fails_with(fopen("no/such", "r") == NULL ? -1 : 0, ENOENT));
}

static void
descriptors(void)
{
	char buffer[32] = { 0 };
	char a[] = "gathered ";
	char b[] = "write";
	struct iovec parts[2] = { { a, 9 }, { b, 5 } };
	int fd = open("raw", O_RDWR | O_CREAT | O_EXCL, 0640);

	printf("writev %zd\n", writev(fd, parts, 2));
	printf("pwrite %zd\n", pwrite(fd, "X", 1, 100));
	printf("lseek %ld\n", (long)lseek(fd, 0, SEEK_END));
	ssize_t n = pread(fd, buffer, 14, 0);
	printf("pread %zd %s\n", n, buffer);
	n = pread(fd, buffer, 4, 50);
	printf("hole %zd %d\n", n, buffer[0]);
	ftruncate(fd, 9);
	printf("past end %zd\n", pread(fd, buffer, 4, 50));
	printf("again %d\n", fails_with(open("raw", O_RDWR | O_CREAT | O_EXCL, 0640), EEXIST));
	printf("flags %d\n", (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR);
	int copy = dup2(fd, 77);
	close(fd);
	printf("dup %d, closed: %d\n", copy, fails_with(read(fd, buffer, 1), EBADF));
	close(copy);
	printf("directory as file: %d\n", fails_with(open("/", O_WRONLY), EISDIR));
	printf("O_DIRECTORY on a file: %d\n",
		fails_with(open("raw", O_RDONLY | O_DIRECTORY), ENOTDIR));
	symlink("raw", "followed");
	printf("O_NOFOLLOW on a link: %d\n",
		fails_with(open("followed", O_RDONLY | O_NOFOLLOW), ELOOP));
}

static void
names(void)
{
	struct stat st;
	char target[64];

	rename("raw", "renamed");
	link("renamed", "hard");
	symlink("renamed", "soft");
	stat("soft", &st);
	printf("size %ld links %ld mode %o\n", (long)st.st_size, (long)st.st_nlink, st.st_mode);
	lstat("soft", &st);
	printf("link %d size %ld\n", S_ISLNK(st.st_mode), (long)st.st_size);
	ssize_t n = readlink("soft", target, sizeof(target));
	printf("readlink %.*s\n", (int)n, target);
	chmod("renamed", 0400);
	stat("hard", &st);
	printf("mode %o\n", st.st_mode & 07777);
	struct timespec times[2] = { { 1000000000, 5 }, { 1234567890, 987654321 } };
	utimensat(AT_FDCWD, "hard", times, 0);
	stat("renamed", &st);
	printf("times %ld.%09ld %ld.%09ld\n", (long)st.st_atim.tv_sec, st.st_atim.tv_nsec,
		(long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	printf("access %d\n", access("absent", R_OK));
	struct statvfs vfs;
	printf("statvfs %d\n", statvfs(".", &vfs) == 0 && vfs.f_bsize > 0 && vfs.f_namemax == 255);
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
directories(void)
{
	struct dirent **entries;
	char path[300];
	int files = 0;

	mkdir("many", 0755);
	for (int i = 0; i < 500; i++) {
		snprintf(path, sizeof(path), "many/a-rather-long-file-name-%03d", i);
		close(open(path, O_CREAT | O_WRONLY, 0644));
	}
	int n = scandir("many", &entries, NULL, by_name);
	printf("%d entries, %s, %s\n", n, entries[2]->d_name, entries[n - 1]->d_name);
	for (int i = 0; i < n; i++) {
		files += entries[i]->d_type == DT_REG;
		free(entries[i]);
	}
	free(entries);
	printf("%d files\n", files);
	DIR *dir = opendir("many");
	readdir(dir);
	long place = telldir(dir);
	struct dirent *entry = readdir(dir);
	snprintf(path, sizeof(path), "%s", entry->d_name);
	seekdir(dir, place);
	printf("seekdir %d\n", strcmp(path, readdir(dir)->d_name) == 0);
	closedir(dir);
	printf("rmdir %d\n", fails_with(rmdir("many"), ENOTEMPTY));
	char *cwd = getcwd(NULL, 0);
	chdir("many");
	char *inner = getcwd(NULL, 0);
	printf("getcwd %s\n", inner + strlen(cwd));
	free(cwd);
	free(inner);
}

int
main(void)
{
	umask(022);
	setvbuf(stdout, NULL, _IONBF, 0);
	streams();
	descriptors();
	names();
	directories();
	return 0;
}
