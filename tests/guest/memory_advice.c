// SPDX-License-Identifier: Apache-2.0
//
// madvise, mremap, mincore, mlock, msync, memfd seals, System V segments at chosen places, protection keys' calls.

#include "cases.h"

#include <fcntl.h>
#include <setjmp.h>
#include <linux/mman.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/uio.h>

enum { PAGE = 4096, ADVICE_POPULATE_READ = 22, ADVICE_POPULATE_WRITE = 23, ADVICE_COLLAPSE = 25 };

static char *
anonymous(size_t pages, int protection)
{
	return mmap(NULL, pages * PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static sigjmp_buf jump;

static void
on_fault(int signo)
{
	siglongjmp(jump, signo);
}

static int
signal_of(volatile char *address)
{
	install(SIGSEGV, (void *)on_fault, 0);
	install(SIGBUS, (void *)on_fault, 0);
	int signo = sigsetjmp(jump, 1);

	if (signo == 0)
		(void)*address;
	return signo;
}

static void
emptying(void)
{
	char *map = anonymous(4, PROT_READ | PROT_WRITE);
	int fd = memfd_create("file", 0);

	memset(map, 1, 4 * PAGE);
	print_result("don't need", madvise(map + PAGE, PAGE, MADV_DONTNEED));
	printf("%d %d %d\n", map[0], map[PAGE], map[2 * PAGE]);
	print_result("free", madvise(map, PAGE, MADV_FREE));
	map[0] = 2;
	printf("written after free %d\n", map[0]);
	(void)!write(fd, "contents", 8);
	char *file = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	file[0] = 'C';
	madvise(file, PAGE, MADV_DONTNEED);
	printf("private file again %c\n", file[0]);
	char *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	shared[0] = 'K';
	madvise(shared, PAGE, MADV_DONTNEED);
	printf("shared file keeps %c\n", shared[0]);
	print_result("remove", madvise(shared, PAGE, MADV_REMOVE));
	printf("removed %d\n", shared[0]);
	print_result("free a file", madvise(shared, PAGE, MADV_FREE));
	print_result("remove private", madvise(map, PAGE, MADV_REMOVE));
	munmap(map + PAGE, PAGE);
	print_result("over a hole", madvise(map, 3 * PAGE, MADV_DONTNEED));
	printf("beyond the hole %d\n", map[2 * PAGE]);
	print_result("between pages", madvise(map + 1, PAGE, MADV_DONTNEED));
	print_result("no such advice", madvise(map, PAGE, 9999));
	print_result("nothing", madvise(map, 0, MADV_DONTNEED));
}

static void
forking(void)
{
	char *map = anonymous(4, PROT_READ | PROT_WRITE);
	int status;

	memset(map, 7, 4 * PAGE);
	print_result("don't fork", madvise(map + PAGE, PAGE, MADV_DONTFORK));
	print_result("wipe on fork", madvise(map + 2 * PAGE, PAGE, MADV_WIPEONFORK));
	fflush(stdout);
	if (fork() == 0) {
		printf("child: %d, signal %d, %d, %d\n", map[0], signal_of(map + PAGE),
			map[2 * PAGE], map[3 * PAGE]);
		fflush(stdout);
		/* What the child puts there is its own. */
		char *own = mmap(map + PAGE, PAGE, PROT_READ,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
		printf("child: free place %d\n", own == map + PAGE);
		fflush(stdout);
		_exit(0);
	}
	wait(&status);
	printf("parent: %d %d\n", map[PAGE], map[2 * PAGE]);
	madvise(map + PAGE, PAGE, MADV_DOFORK);
	madvise(map + 2 * PAGE, PAGE, MADV_KEEPONFORK);
	fflush(stdout);
	if (fork() == 0) {
		printf("child: %d %d\n", map[PAGE], map[2 * PAGE]);
		fflush(stdout);
		_exit(0);
	}
	wait(&status);
}

static void
populating(void)
{
	char *map = anonymous(4, PROT_READ | PROT_WRITE), *none = anonymous(1, PROT_NONE);
	unsigned char in[4] = { 0 };

	print_result("mincore", mincore(map, 4 * PAGE, in));
	printf("before %d %d\n", in[0] & 1, in[3] & 1);
	print_result("populate", madvise(map, 2 * PAGE, ADVICE_POPULATE_WRITE));
	mincore(map, 4 * PAGE, in);
	printf("after %d %d %d\n", in[0] & 1, in[1] & 1, in[3] & 1);
	print_result("populate none", madvise(none, PAGE, ADVICE_POPULATE_READ));
	munmap(map + PAGE, PAGE);
	print_result("mincore over a hole", mincore(map, 3 * PAGE, in));
	char *populated = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	mincore(populated, PAGE, in);
	printf("MAP_POPULATE %d\n", in[0] & 1);
	char *locked = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	mincore(locked, PAGE, in);
	printf("MAP_LOCKED %d %d\n", locked != MAP_FAILED, in[0] & 1);
	print_result("mlock2 flags", syscall(SYS_mlock2, locked, PAGE, 9));
	print_result("mlock2 on fault", syscall(SYS_mlock2, locked, PAGE, 1));
	print_result("mlockall", mlockall(MCL_CURRENT));
	print_result("munlockall", munlockall());
	print_result("mlockall flags", mlockall(64));
}

static void
moving(void)
{
	char *map = anonymous(8, PROT_READ | PROT_WRITE), *place, *moved;
	int fd = memfd_create("file", 0);

	for (int i = 0; i < 8; i++)
		map[i * PAGE] = (char)i;
	munmap(map + 4 * PAGE, 4 * PAGE);
	printf("grow in place %d\n", mremap(map, 4 * PAGE, 6 * PAGE, 0) == map);
	printf("contents %d %d\n", map[3 * PAGE], map[4 * PAGE]);
	printf("shrink %d\n", mremap(map, 6 * PAGE, 3 * PAGE, 0) == map);
	printf("cut off %d\n", signal_of(map + 3 * PAGE));
	place = anonymous(4, PROT_NONE);
	moved = mremap(map, 3 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, place);
	printf("to a place %d: %d %d, old %d\n", moved == place, moved[PAGE], moved[3 * PAGE],
		signal_of(map));
	print_result("onto itself", (long)mremap(place, 2 * PAGE, 2 * PAGE,
					    MREMAP_MAYMOVE | MREMAP_FIXED, place + PAGE));
	print_result("fixed but not movable",
		(long)mremap(place, PAGE, PAGE, MREMAP_FIXED, place + 2 * PAGE));
	print_result("no new length", (long)mremap(place, PAGE, 0, MREMAP_MAYMOVE));
	print_result("not mapped", (long)mremap(map, PAGE, 2 * PAGE, MREMAP_MAYMOVE));
	print_result("between pages", (long)mremap(place + 1, PAGE, 2 * PAGE, MREMAP_MAYMOVE));
	print_result("flags", (long)mremap(place, PAGE, 2 * PAGE, 64));
	char *barrier = mmap(place + 4 * PAGE, PAGE, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	print_result("no room", (long)mremap(place, 4 * PAGE, 8 * PAGE, 0));
	(void)barrier;
	(void)!ftruncate(fd, 4 * PAGE);
	char *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *second = mremap(shared, 0, PAGE, MREMAP_MAYMOVE);
	shared[0] = 5;
	printf("duplicate %d %d\n", second != MAP_FAILED && second != shared, second[0]);
	print_result("duplicate private", (long)mremap(place, 0, PAGE, MREMAP_MAYMOVE));
	char *anonymous_pages = anonymous(2, PROT_READ | PROT_WRITE);
	anonymous_pages[0] = 6;
	char *left = mremap(anonymous_pages, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
	printf("don't unmap %d %d\n", left[0], anonymous_pages[0]);
}

static void
file_seals(void)
{
	int fd = memfd_create("sealed", MFD_ALLOW_SEALING);

	(void)!ftruncate(fd, 2 * PAGE);
	print_result("seal shrink", fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK));
	print_result("shrink", ftruncate(fd, PAGE));
	char *map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	print_result("seal write while mapped", fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	munmap(map, PAGE);
	print_result("seal write", fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	print_result("write", write(fd, "x", 1));
	print_result("map", (long)mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	printf("map to read %d\n", mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED);
	print_result("seals", fcntl(fd, F_GET_SEALS));
	print_result("flags", memfd_create("x", 0x8000));
}

static void
segments(void)
{
	int id = shmget(IPC_PRIVATE, 3 * PAGE, 0600), status;
	char *room = anonymous(16, PROT_NONE), *one, *two;

	munmap(room, 16 * PAGE);
	one = shmat(id, room + PAGE, 0);
	printf("at a place %d\n", one == room + PAGE);
	print_result("taken", (long)shmat(id, room, 0));
	two = shmat(id, room + 6 * PAGE + 5, SHM_RND);
	printf("rounded %d\n", two == room + 6 * PAGE);
	print_result("not rounded", (long)shmat(id, room + 10 * PAGE + 5, 0));
	printf("remap %d\n", shmat(id, room + 6 * PAGE, SHM_REMAP | SHM_RDONLY) == two);
	one[0] = 9;
	printf("shared %d\n", two[0]);
	if (fork() == 0) {
		one[PAGE] = 8;
		_exit(shmdt(one) != 0);
	}
	wait(&status);
	printf("child %d %d\n", status, two[PAGE]);
	munmap(one + PAGE, PAGE);
	print_result("detach with a hole", shmdt(one));
	printf("gone %d\n", signal_of(one + 2 * PAGE));
	print_result("detach in the middle", shmdt(two + PAGE));
	print_result("detach", shmdt(two));
	print_result("no such", (long)shmat(-1, NULL, 0));
	shmctl(id, IPC_RMID, NULL);
}

static void
protection_keys(void)
{
	char *map = anonymous(1, PROT_READ | PROT_WRITE);

	print_result("key -1", syscall(SYS_pkey_mprotect, map, PAGE, PROT_READ, -1));
	print_result("key 999", syscall(SYS_pkey_mprotect, map, PAGE, PROT_READ, 999));
	print_result("nothing", syscall(SYS_pkey_mprotect, map, 0, PROT_READ, -1));
	print_result("free a key", syscall(SYS_pkey_free, 999));
	print_result("alloc flags", syscall(SYS_pkey_alloc, 1, 0));
}

static void
synchronising(void)
{
	int fd = open("sync", O_RDWR | O_CREAT, 0600);

	(void)!ftruncate(fd, 2 * PAGE);
	char *map = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), byte = 0;
	map[PAGE] = 3;
	print_result("msync", msync(map, 2 * PAGE, MS_SYNC));
	(void)!pread(fd, &byte, 1, PAGE);
	printf("in the file %d\n", byte);
	print_result("both", msync(map, PAGE, MS_SYNC | MS_ASYNC));
	print_result("invalidate", msync(map, PAGE, MS_INVALIDATE));
	print_result("between pages", msync(map + 5, PAGE, MS_SYNC));
	munmap(map + PAGE, PAGE);
	print_result("over a hole", msync(map, 2 * PAGE, MS_SYNC));
	char *order = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	print_result("another page", remap_file_pages(order, PAGE, 0, 1, 0));
	printf("shows %d %d\n", order[0], order[PAGE]);
	struct iovec vector = { map, 1 };
	print_result("vmsplice", vmsplice(-1, &vector, 1, 0));
}

/* Guard pages (Linux 6.13) fault whatever the mapping's protection, over calls' reads too. */
static void
guards(void)
{
	enum { GUARD_INSTALL = 102, GUARD_REMOVE = 103 };
	char *map = anonymous(4, PROT_READ | PROT_WRITE);
	int ends[2];

	memset(map, 1, 4 * PAGE);
	print_result("install", madvise(map + PAGE, 2 * PAGE, GUARD_INSTALL));
	printf("%d %d %d %d\n", signal_of(map), signal_of(map + PAGE), signal_of(map + 2 * PAGE),
		signal_of(map + 3 * PAGE));
	pipe(ends);
	print_result("write from it", write(ends[1], map + PAGE, 1));
	print_result("write up to it", write(ends[1], map + PAGE - 4, 8));
	print_result("don't need", madvise(map, 4 * PAGE, MADV_DONTNEED));
	printf("%d %d\n", signal_of(map), signal_of(map + PAGE));
	print_result("remove", madvise(map, 4 * PAGE, GUARD_REMOVE));
	printf("%d %d\n", signal_of(map + PAGE), map[PAGE]);
	map[PAGE] = 5;
	printf("written %d\n", map[PAGE]);
	mprotect(map, PAGE, PROT_READ | PROT_EXEC);
	print_result("of read-only", madvise(map, PAGE, GUARD_INSTALL));
	printf("%d\n", signal_of(map));
	print_result("of nothing", madvise(map, 0, GUARD_INSTALL));
	print_result("misaligned", madvise(map + 1, PAGE, GUARD_INSTALL));
}

static const struct test_case cases[] = {
	{ "emptying", emptying },
	{ "forking", forking },
	{ "populating", populating },
	{ "moving", moving },
	{ "file seals", file_seals },
	{ "segments", segments },
	{ "protection keys", protection_keys },
	{ "synchronising", synchronising },
	{ "guards", guards },
};

MAIN_OF_CASES(cases)
