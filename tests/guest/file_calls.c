// SPDX-License-Identifier: Apache-2.0
//
// Files: opening, links, renaming, modes, directories and their offsets, locks, sparse files, extended attributes, splicing,
// handles, mounts that are refused.

#include "cases.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/quota.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

static int
make(const char *name, const char *content)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);

	(void)!write(fd, content, strlen(content));
	return fd;
}

static void
opening(void)
{
	static const struct {
		const char *name;
		int flags;
	} list[] = { { "O_APPEND", O_APPEND }, { "O_NONBLOCK", O_NONBLOCK }, { "O_SYNC", O_SYNC },
		{ "O_DSYNC", O_DSYNC }, { "O_NOATIME", O_NOATIME }, { "O_NOFOLLOW", O_NOFOLLOW },
		{ "O_CLOEXEC", O_CLOEXEC }, { "O_LARGEFILE", 0 }, { "O_NOCTTY", O_NOCTTY },
		{ "O_DIRECTORY", O_DIRECTORY }, { "O_PATH", O_PATH }, { "O_ASYNC", O_ASYNC } };

	close(make("plain", "text"));
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		int fd =
			open(list[i].flags & O_DIRECTORY ? "." : "plain", O_RDONLY | list[i].flags);
		int flags = fcntl(fd, F_GETFL);

		printf("%s %d kept %d nofollow %d directory %d\n", list[i].name, fd >= 0,
			(flags & list[i].flags) == list[i].flags, !!(flags & O_NOFOLLOW),
			!!(flags & O_DIRECTORY));
		close(fd);
	}
	(void)!symlink("plain", "link");
	(void)!symlink("loop", "loop");
	print_result("nofollow", open("link", O_RDONLY | O_NOFOLLOW));
	int path = open("link", O_PATH | O_NOFOLLOW);
	struct stat status;
	fstat(path, &status);
	printf("the link itself %d\n", S_ISLNK(status.st_mode));
	char text[32] = "";
	printf("readlinkat of it %d %s\n", (int)readlinkat(path, "", text, sizeof(text)), text);
	print_result("read of a path", read(path, text, 1));
	print_result("loop", open("loop", O_RDONLY));
	print_result("not a folder", open("plain/x", O_RDONLY));
	print_result("exclusive", open("plain", O_CREAT | O_EXCL | O_RDWR, 0600));
	print_result("folder to write", open(".", O_RDWR));
	print_result("create in none", open("none/x", O_CREAT | O_RDWR, 0600));
	char long_name[300];
	memset(long_name, 'x', 299);
	long_name[299] = 0;
	print_result("long name", open(long_name, O_RDONLY));
	static char long_path[5000];
	for (int i = 0; i < 4999; i++)
		long_path[i] = i % 2 ? '/' : '.';
	print_result("long path", open(long_path, O_RDONLY));
	print_result("tmpfile", open(".", O_TMPFILE | O_RDONLY));
	int temporary = open(".", O_TMPFILE | O_RDWR, 0600);
	sprintf(text, "/proc/self/fd/%d", temporary);
	print_result("link it", linkat(AT_FDCWD, text, AT_FDCWD, "linked", AT_SYMLINK_FOLLOW));
	printf("exists %d\n", access("linked", F_OK));
	int direct = open("plain", O_RDONLY | O_DIRECT);
	printf("direct %d\n", direct < 0 || fcntl(direct, F_GETFL) & O_DIRECT ? 1 : 0);
	struct open_how how = { .flags = O_RDONLY, .resolve = RESOLVE_BENEATH };
	print_result("beneath", syscall(437, AT_FDCWD, "../x", &how, sizeof(how)));
	how.flags = 1ull << 40;
	how.resolve = 0;
	print_result("unknown flags", syscall(437, AT_FDCWD, "plain", &how, sizeof(how)));
	how.flags = O_RDONLY;
	how.mode = 0600;
	print_result("mode without create", syscall(437, AT_FDCWD, "plain", &how, sizeof(how)));
}

static void
folders(void)
{
	DIR *folder;
	struct dirent *entry;
	int count = 0, fits = 1, dot = 0, kinds = 0;
	char name[32];
	long position = 0, third = -1;
	char third_name[256] = "";

	mkdir("many", 0755);
	for (int i = 0; i < 300; i++) {
		sprintf(name, "many/file-%03d", i);
		close(open(name, O_CREAT | O_WRONLY, 0600));
	}
	folder = opendir("many");
	while ((entry = readdir(folder))) {
		count++;
		fits &= entry->d_off >= 0;
		dot += entry->d_name[0] == '.';
		kinds += entry->d_type == DT_REG || entry->d_type == DT_DIR ||
			 entry->d_type == DT_UNKNOWN;
		if (count == 3) {
			third = telldir(folder);
		} else if (count == 4) {
			strcpy(third_name, entry->d_name);
		}
		position = entry->d_off;
	}
	(void)position;
	printf("%d entries, %d dots, offsets %d, kinds %d\n", count, dot, fits, kinds);
	seekdir(folder, third);
	entry = readdir(folder);
	printf("seek %d\n", entry && !strcmp(entry->d_name, third_name));
	rewinddir(folder);
	count = 0;
	while (readdir(folder))
		count++;
	printf("again %d\n", count);
	closedir(folder);
	char small[8];
	int fd = open("many", O_RDONLY | O_DIRECTORY);
	print_result("too small", syscall(SYS_getdents64, fd, small, sizeof(small)));
	print_result("bad buffer", syscall(SYS_getdents64, fd, (void *)-4096, 1000));
	print_result("a file", syscall(SYS_getdents64, make("plain", ""), small, sizeof(small)));
	print_result("not empty", rmdir("many"));
	print_result("unlink a folder", unlink("many"));
	print_result("rmdir of .", rmdir("many/."));
	print_result("chdir to a file", chdir("plain"));
	print_result("fchdir", fchdir(fd));
	char where[PATH_MAX];
	printf("where %d\n", getcwd(where, sizeof(where)) && strstr(where, "/many") != NULL);
	print_result("small", syscall(SYS_getcwd, where, 1));
	rmdir("../gone");
	mkdir("../gone", 0700);
	(void)!chdir("../gone");
	rmdir("../gone");
	printf("unlinked %d\n", getcwd(where, sizeof(where)) == NULL ? errno : 0);
	print_result("create there", open("x", O_CREAT | O_RDWR, 0600));
}

static void
names(void)
{
	struct stat status;

	close(make("one", "1"));
	close(make("two", "2"));
	print_result("link", link("one", "three"));
	print_result("link again", link("one", "three"));
	stat("one", &status);
	printf("links %d\n", (int)status.st_nlink);
	print_result("no replace", renameat2(AT_FDCWD, "one", AT_FDCWD, "two", RENAME_NOREPLACE));
	print_result("exchange", renameat2(AT_FDCWD, "one", AT_FDCWD, "two", RENAME_EXCHANGE));
	int fd = open("one", O_RDONLY);
	char byte = 0;
	(void)!read(fd, &byte, 1);
	printf("exchanged %c\n", byte);
	print_result("both",
		renameat2(AT_FDCWD, "one", AT_FDCWD, "two", RENAME_EXCHANGE | RENAME_NOREPLACE));
	mkdir("folder", 0700);
	mkdir("folder/inner", 0700);
	print_result("into itself", rename("folder", "folder/inner/x"));
	print_result("over a folder", rename("one", "folder"));
	print_result("folder over a file", rename("folder/inner", "one"));
	print_result("symlink", symlink("", "empty"));
	print_result("mknod fifo", mkfifo("fifo", 0600));
	stat("fifo", &status);
	printf("fifo %d\n", S_ISFIFO(status.st_mode));
	print_result("fifo to write", open("fifo", O_WRONLY | O_NONBLOCK));
	print_result("unlink flags", unlinkat(AT_FDCWD, "one", 0x4000));
	print_result("folder by unlinkat", unlinkat(AT_FDCWD, "folder/inner", AT_REMOVEDIR));
	print_result("missing", unlink("missing"));
	umask(077);
	close(open("masked", O_CREAT | O_WRONLY, 0666));
	stat("masked", &status);
	printf("masked %o\n", status.st_mode & 0777);
	print_result("fchmodat2", syscall(452, AT_FDCWD, "masked", 04711, 0));
	stat("masked", &status);
	printf("mode %o\n", status.st_mode & 07777);
	print_result("access", faccessat(AT_FDCWD, "masked", X_OK, AT_EACCESS));
	print_result("access mode", access("masked", 16));
	print_result("faccessat2 flags", syscall(439, AT_FDCWD, "masked", 0, 1));
	print_result("chown", fchownat(AT_FDCWD, "masked", (uid_t)-1, (gid_t)-1, 0));
	struct statx extended;
	print_result("statx flags", statx(AT_FDCWD, "masked", 0x8000000, 0, &extended));
	print_result("statx mask", statx(AT_FDCWD, "masked", 0, 0x80000000, &extended));
	print_result("statx", statx(AT_FDCWD, "masked", 0, STATX_ALL, &extended));
	printf("%o %u\n", extended.stx_mode & 07777, extended.stx_nlink);
	print_result("fstatat empty", fstatat(AT_FDCWD, "", &status, 0));
	print_result("fstatat of the folder", fstatat(AT_FDCWD, "", &status, AT_EMPTY_PATH));
}

static void
positions(void)
{
	int fd = make("sparse", "0123456789");
	char text[32] = "";
	struct iovec vectors[2] = { { text, 3 }, { text + 3, 4 } };

	printf("hole at %lld\n", (long long)lseek(fd, 0, SEEK_HOLE));
	print_result("negative", lseek(fd, -1, SEEK_SET));
	print_result("whence", lseek(fd, 0, 77));
	printf("far %lld\n", (long long)lseek(fd, (off_t)1 << 40, SEEK_SET));
	print_result("nothing there", read(fd, text, 1));
	print_result("preadv", preadv(fd, vectors, 2, 2));
	printf("%.7s\n", text);
	print_result("pread negative", pread(fd, text, 1, -1));
	print_result("preadv2 at the position",
		(lseek(fd, 1, SEEK_SET), preadv2(fd, vectors, 1, -1, 0)));
	print_result("preadv2 flags", preadv2(fd, vectors, 1, 0, 0x8000));
	print_result("pwritev", pwritev(fd, vectors, 2, 8));
	print_result("append", (fcntl(fd, F_SETFL, O_APPEND), pwrite(fd, "end", 3, 0)));
	struct stat status;
	fstat(fd, &status);
	printf("size %lld\n", (long long)status.st_size);
	print_result("punch", fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4));
	(void)!pread(fd, text, 5, 0);
	printf("punched %d %c\n", text[0], text[4]);
	print_result("allocate", fallocate(fd, 0, 0, 100000));
	print_result("no length", fallocate(fd, 0, 0, 0));
	print_result("mode", fallocate(fd, 0x4000, 0, 10));
	print_result("truncate negative", ftruncate(fd, -1));
	print_result("truncate", truncate("sparse", 5));
	print_result("advice", posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
	print_result("no advice", posix_fadvise(fd, 0, 0, 77));
	struct rlimit limit = { 1000, RLIM_INFINITY };
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	print_result("file limit", ftruncate(fd, 2000));
	print_result("sync", fsync(fd));
	print_result("sync range", sync_file_range(fd, 0, 10, SYNC_FILE_RANGE_WRITE));
	print_result("readahead", readahead(fd, 0, 4096));
	fcntl(fd, F_SETFL, 0);
	(void)!ftruncate(fd, 0);
	limit.rlim_cur = 5;
	setrlimit(RLIMIT_FSIZE, &limit);
	print_result("short write", pwrite(fd, "0123456789", 10, 0));
}

static void
locks(void)
{
	int fd = make("locked", "0123456789"), other = open("locked", O_RDWR), status;
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 2, .l_len = 4 };

	print_result("flock", flock(fd, LOCK_EX));
	print_result("by another", flock(other, LOCK_EX | LOCK_NB));
	print_result("unlock", flock(fd, LOCK_UN));
	print_result("set", fcntl(fd, F_SETLK, &lock));
	fflush(stdout);
	if (fork() == 0) {
		struct flock test = {
			.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0
		};

		fcntl(fd, F_GETLK, &test);
		printf("held %d %lld %lld by parent %d\n", test.l_type, (long long)test.l_start,
			(long long)test.l_len, test.l_pid == getppid());
		print_result("conflict", fcntl(fd, F_SETLK, &lock));
		_exit(0);
	}
	wait(&status);
	lock.l_pid = 0;
	print_result("of the description", fcntl(other, F_OFD_SETLK, &lock));
	lock.l_type = F_UNLCK;
	fcntl(fd, F_SETLK, &lock);
	lock.l_type = F_WRLCK;
	print_result("now", fcntl(other, F_OFD_SETLK, &lock));
	lock.l_type = F_RDLCK;
	lock.l_start = 0;
	print_result("seen", fcntl(fd, F_OFD_GETLK, &lock));
	printf("%d pid %d\n", lock.l_type, lock.l_pid);
	lock.l_pid = 5;
	print_result("pid not zero", fcntl(fd, F_OFD_SETLK, &lock));
	print_result("lease", fcntl(open("locked", O_RDONLY), F_SETLEASE, F_RDLCK));
	struct f_owner_ex owner = { F_OWNER_PID, getpid() }, got;
	print_result("owner", fcntl(fd, F_SETOWN_EX, &owner));
	fcntl(fd, F_GETOWN_EX, &got);
	printf("%d %d\n", got.type, got.pid == getpid());
	uint64_t hint = 2;
	print_result("hint", fcntl(fd, F_SET_RW_HINT, &hint));
	hint = 0;
	fcntl(fd, F_GET_RW_HINT, &hint);
	printf("hint %d\n", (int)hint);
}

static void
attributes(void)
{
	char value[64] = "", list[256];
	int fd = make("attributes", "");
	int set = setxattr("attributes", "user.name", "value", 5, 0);

	if (set && errno == EOPNOTSUPP) {
		printf("none here\n");
		return;
	}
	print_result("set", set);
	print_result("get", getxattr("attributes", "user.name", value, sizeof(value)));
	printf("%s\n", value);
	print_result("size", fgetxattr(fd, "user.name", NULL, 0));
	print_result("small", getxattr("attributes", "user.name", value, 2));
	print_result("create", setxattr("attributes", "user.name", "v", 1, XATTR_CREATE));
	print_result("replace", setxattr("attributes", "user.none", "v", 1, XATTR_REPLACE));
	print_result("list", listxattr("attributes", list, sizeof(list)) > 0);
	print_result("remove", removexattr("attributes", "user.name"));
	print_result("gone", getxattr("attributes", "user.name", value, sizeof(value)));
	print_result("no prefix", setxattr("attributes", "name", "v", 1, 0));
}

static void
moving_bytes(void)
{
	int from = make("from", "some bytes to be moved about"), to = make("to", ""), ends[2],
	    second[2];
	off_t offset = 5;
	loff_t in = 0, out = 3;
	char text[64] = "";
	struct iovec vector = { "vmspliced", 9 };

	(void)!pipe(ends);
	(void)!pipe(second);
	print_result("sendfile", sendfile(to, from, &offset, 5));
	printf("offset %d\n", (int)offset);
	print_result("copy", copy_file_range(from, &in, to, &out, 4, 0));
	printf("%d %d\n", (int)in, (int)out);
	print_result("copy flags", copy_file_range(from, &in, to, &out, 4, 1));
	in = 0;
	print_result("splice", splice(from, &in, ends[1], NULL, 10, 0));
	print_result("tee", tee(ends[0], second[1], 10, 0));
	print_result("read", read(second[0], text, 64));
	print_result("splice out", splice(ends[0], NULL, to, NULL, 64, SPLICE_F_NONBLOCK));
	print_result("empty", splice(ends[0], NULL, to, NULL, 64, SPLICE_F_NONBLOCK));
	print_result("no pipe", splice(from, NULL, to, NULL, 4, 0));
	print_result("vmsplice", vmsplice(ends[1], &vector, 1, 0));
	memset(text, 0, sizeof(text));
	(void)!read(ends[0], text, 64);
	printf("%s\n", text);
	memset(text, 0, sizeof(text));
	(void)!pread(to, text, 63, 0);
	printf("%s\n", text);
	print_result("pipe size", fcntl(ends[0], F_SETPIPE_SZ, 65536));
	print_result("pipe size", fcntl(ends[0], F_GETPIPE_SZ));
	int packets[2];
	print_result("packets", pipe2(packets, O_DIRECT));
	(void)!write(packets[1], "one", 3);
	(void)!write(packets[1], "second", 6);
	print_result("first", read(packets[0], text, 64));
	printf("direct %d\n", !!(fcntl(packets[0], F_GETFL) & O_DIRECT));
	print_result("pipe flags", pipe2(packets, O_APPEND));
	signal(SIGPIPE, SIG_IGN);
	close(ends[0]);
	print_result("broken", write(ends[1], "x", 1));
}

static void
systems(void)
{
	struct statfs one;
	struct statvfs two;
	union {
		struct file_handle handle;
		char room[200];
	} handle = { .handle.handle_bytes = 128 };
	int mount_id;

	print_result("statfs", statfs("/proc", &one));
	printf("%lx %ld\n", (long)one.f_type, (long)one.f_bsize);
	print_result("statvfs", statvfs(".", &two));
	printf("%lu\n", two.f_namemax);
	print_result("fstatfs", fstatfs(-1, &one));
	int result = name_to_handle_at(AT_FDCWD, ".", &handle.handle, &mount_id, 0);
	printf("handle %d\n", result == 0 || errno == EOPNOTSUPP);
	handle.handle.handle_bytes = 0;
	result = name_to_handle_at(AT_FDCWD, ".", &handle.handle, &mount_id, 0);
	printf("too small %d\n", errno == EOVERFLOW || errno == EOPNOTSUPP);
	print_result("umount", umount2("none", 0));
	print_result("umount flags", umount2(".", 0x40000000));
	print_result("mount", mount("none", "none", "tmpfs", 0, NULL));
	print_result("no type", mount("none", ".", "no-such-fs", 0, NULL));
	print_result("chroot", chroot("none"));
	print_result("pivot_root", syscall(SYS_pivot_root, "none", "none"));
	print_result("quota", syscall(SYS_quotactl, QCMD(Q_GETQUOTA, 0), "none", 0, NULL));
	print_result("swap", syscall(SYS_swapon, "none", 0));
	print_result("acct", syscall(SYS_acct, "none"));
	print_result("fsopen", syscall(430, "no-such-fs", 0));
	print_result("dup beyond", fcntl(0, F_DUPFD, 100000000));
	struct rlimit files;
	getrlimit(RLIMIT_NOFILE, &files);
	print_result(
		"dup2 to the last", dup2(0, (int)files.rlim_cur - 1) == (int)files.rlim_cur - 1);
	print_result("dup2 to the limit", dup2(0, (int)files.rlim_cur));
	int last = -1, fd;
	files.rlim_cur = 40;
	setrlimit(RLIMIT_NOFILE, &files);
	while ((fd = dup(0)) >= 0)
		last = fd;
	printf("all used: %d, error %d\n", last, errno);
}

static const struct test_case cases[] = {
	{ "opening", opening },
	{ "folders", folders },
	{ "names", names },
	{ "positions", positions },
	{ "locks", locks },
	{ "attributes", attributes },
	{ "moving bytes", moving_bytes },
	{ "systems", systems },
};

MAIN_OF_CASES(cases)
