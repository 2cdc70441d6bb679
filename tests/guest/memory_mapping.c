// SPDX-License-Identifier: Apache-2.0
//
// mmap and munmap: hints, fixed places, lengths, protections of files, sharing, room, and what lies past a file's end.

#include "cases.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>

enum { PAGE = 4096 };

static sigjmp_buf jump;
static volatile int fault_signal, fault_code;
static char *volatile fault_address;

static void
on_fault(int signo, siginfo_t *info, void *context)
{
	(void)context;
	fault_signal = signo;
	fault_code = info->si_code;
	fault_address = info->si_addr;
	siglongjmp(jump, 1);
}

/* Touches an address; prints which signal that gives and where it says that it was. */
static void
touch(const char *what, volatile char *address, int write)
{
	install(SIGSEGV, (void *)on_fault, SA_SIGINFO);
	install(SIGBUS, (void *)on_fault, SA_SIGINFO);
	if (sigsetjmp(jump, 1)) {
		printf("%s: signal %d code %d here %d\n", what, fault_signal, fault_code,
			fault_address == address);
		return;
	}
	if (write)
		*address = 7;
	else
		(void)*address;
	printf("%s: fine\n", what);
}

static char *
anonymous(size_t pages, int protection)
{
	return mmap(NULL, pages * PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
show(const char *what, const void *got, const void *wanted)
{
	if (got == MAP_FAILED)
		printf("%s: error %d\n", what, errno);
	else
		printf("%s: %s\n", what, got == wanted ? "there" : "elsewhere");
}

static int
file_of(const char *name, size_t size)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);

	for (size_t i = 0; i < size; i++)
		(void)!write(fd, &"abcdefgh"[i % 8], 1);
	return fd;
}

static void
hints(void)
{
	char *room = anonymous(16, PROT_NONE);

	munmap(room, 16 * PAGE);
	show("free hint", mmap(room + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
		room + PAGE);
	show("taken hint", mmap(room + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
		room + PAGE);
	show("hint inside a page is rounded up",
		mmap(room + 4 * PAGE + 5, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
		room + 5 * PAGE);
	show("hint overlapped at its end",
		mmap(room, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), room);
	void *low = mmap((void *)1, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	printf("low hint: %d\n", low != MAP_FAILED && (uintptr_t)low >= 65536);
	void *high =
		mmap((void *)-(uintptr_t)PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	printf("high hint: %d\n", high != MAP_FAILED);
}

static void
fixed(void)
{
	char *room = anonymous(8, PROT_READ | PROT_WRITE);

	room[2 * PAGE] = 1;
	room[3 * PAGE] = 3;
	show("fixed replaces",
		mmap(room + 2 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
			0),
		room + 2 * PAGE);
	printf("replaced %d kept %d\n", room[2 * PAGE], room[3 * PAGE]);
	show("no replace, taken",
		mmap(room + 2 * PAGE, PAGE, PROT_READ,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0),
		room + 2 * PAGE);
	munmap(room + 5 * PAGE, PAGE);
	show("no replace, free",
		mmap(room + 5 * PAGE, PAGE, PROT_READ,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0),
		room + 5 * PAGE);
	show("no replace, partly taken",
		mmap(room + 7 * PAGE, 8 * PAGE, PROT_READ,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0),
		room + 7 * PAGE);
	show("fixed between pages",
		mmap(room + 1, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
		room);
	show("fixed at the end of all addresses",
		mmap((void *)-(uintptr_t)PAGE, PAGE, PROT_READ,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
		room);
}

static void
unmapping(void)
{
	char *room = anonymous(8, PROT_READ | PROT_WRITE);

	printf("hole %d\n", munmap(room + 2 * PAGE, PAGE));
	touch("hole", room + 2 * PAGE, 0);
	touch("before", room + PAGE, 1);
	touch("after", room + 3 * PAGE, 1);
	printf("with holes %d\n", munmap(room, 8 * PAGE));
	printf("nothing there %d\n", munmap(room, 8 * PAGE));
	print_result("no length", munmap(room, 0));
	print_result("between pages", munmap(room + 1, PAGE));
	char *one = anonymous(2, PROT_READ | PROT_WRITE);
	print_result("part of a page", munmap(one, 1));
	touch("part of a page", one, 0);
}

static void
past_the_end(void)
{
	int fd = file_of("end", PAGE + 100);
	char *map = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	touch("in the file", map + PAGE + 99, 0);
	printf("rest of the page %d\n", map[PAGE + 100]);
	touch("write to the rest of the page", map + PAGE + 100, 1);
	touch("read past it", map + 2 * PAGE, 0);
	touch("write past it", map + 3 * PAGE + 5, 1);
	(void)!ftruncate(fd, 3 * PAGE);
	touch("after growing", map + 2 * PAGE, 0);
	(void)!ftruncate(fd, PAGE);
	touch("after shrinking", map + PAGE, 0);
	char *private = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	touch("private past it", private + PAGE, 1);
	touch("private in it", private, 1);
	lseek(fd, 0, SEEK_SET);
	char byte = 0;
	(void)!read(fd, &byte, 1);
	printf("file keeps %c\n", byte);
	print_result("write from past the end", write(fd, map + 2 * PAGE, 1));
	print_result("read to past the end", pread(fd, map + 2 * PAGE, 1, 0));
}

static void
file_permissions(void)
{
	int fd = file_of("file", 2 * PAGE), read_only = open("file", O_RDONLY),
	    write_only = open("file", O_WRONLY), path = open("file", O_PATH);
	void *const nowhere = NULL;

	show("shared write of a read-only file",
		mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, read_only, 0), nowhere);
	show("private write of a read-only file",
		mmap(NULL, PAGE, PROT_WRITE, MAP_PRIVATE, read_only, 0), nowhere);
	show("write-only file", mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, write_only, 0), nowhere);
	show("path only", mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, path, 0), nowhere);
	show("folder", mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, open(".", O_RDONLY), 0), nowhere);
	show("offset between pages", mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 100), nowhere);
	show("huge offset", mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, -PAGE), nowhere);
	show("neither shared nor private", mmap(NULL, PAGE, PROT_READ, 0, fd, 0), nowhere);
	void *map = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, read_only, 0);
	print_result("make it writable", mprotect(map, PAGE, PROT_READ | PROT_WRITE));
	show("validated", mmap(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE, fd, 0), nowhere);
	close(fd);
	char *second = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, read_only, PAGE);
	close(read_only);
	printf("after close %c\n", second[1]);
	(void)!unlink("file");
	printf("after unlink %c\n", second[2]);
}

static void
zero_and_devices(void)
{
	int fd = open("/dev/zero", O_RDWR);
	char *private = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	char *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	private[0] = 1;
	shared[0] = 1;
	if (fork() == 0) {
		private[0] = shared[0] = 2;
		_exit(0);
	}
	wait(NULL);
	printf("zero: private %d shared %d\n", private[0], shared[0]);
	show("null", mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, open("/dev/null", O_RDONLY), 0),
		NULL);
}

static void
sharing(void)
{
	char *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char *private = anonymous(1, PROT_READ | PROT_WRITE);
	int fd = memfd_create("two", 0);

	(void)!ftruncate(fd, PAGE);
	char *one = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *two = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	char *three = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	one[0] = 5;
	printf("alias %d private %d\n", two[0], three[0]);
	three[0] = 9;
	one[0] = 6;
	printf("alias %d private %d\n", two[0], three[0]);
	(void)!pwrite(fd, "\7", 1, 0);
	printf("alias %d private %d\n", two[0], three[0]);
	if (fork() == 0) {
		shared[0] = private[0] = one[1] = 4;
		_exit(0);
	}
	wait(NULL);
	printf("from the child: shared %d private %d file %d\n", shared[0], private[0], two[1]);
}

static void
large(void)
{
	char *arena = mmap(NULL, (size_t)4 << 40, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	printf("4 TiB %d\n", arena != MAP_FAILED);
	char *middle = arena + ((size_t)3 << 40);
	touch("none", middle, 0);
	print_result("commit", mprotect(middle, 16 * PAGE, PROT_READ | PROT_WRITE));
	touch("committed", middle + PAGE, 1);
	print_result("decommit", madvise(middle, 16 * PAGE, MADV_DONTNEED));
	printf("empty again %d\n", middle[PAGE]);
	print_result("aligned part", munmap(arena, (size_t)1 << 40));
	print_result("rest", munmap(arena + ((size_t)1 << 40), (size_t)3 << 40));
	show("more than there is",
		mmap(NULL, (size_t)1 << 50, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			-1, 0),
		NULL);
	show("wraps around",
		mmap(NULL, SIZE_MAX - 100, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), NULL);
}

static void
protections(void)
{
	char *map = anonymous(4, PROT_NONE);

	touch("none", map, 0);
	mprotect(map, PAGE, PROT_READ);
	touch("read", map, 0);
	touch("read only", map, 1);
	mprotect(map, PAGE, PROT_WRITE);
	touch("write", map, 1);
	mprotect(map, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
	touch("all", map, 1);
	munmap(map + 2 * PAGE, PAGE);
	print_result("over a hole", mprotect(map, 4 * PAGE, PROT_READ));
	touch("before the hole", map + PAGE, 0);
	touch("after the hole", map + 3 * PAGE, 0);
	print_result("nothing", mprotect(map, 0, PROT_READ));
	print_result("grows down, but does not", mprotect(map, PAGE, PROT_READ | PROT_GROWSDOWN));
}

static void
growing_down(void)
{
	char *room = anonymous(600, PROT_NONE), *top = room + 599 * PAGE;
	struct rlimit unlimited = { 64 << 20, RLIM_INFINITY };

	setrlimit(RLIMIT_STACK, &unlimited);
	munmap(room, 600 * PAGE);
	char *stack = mmap(top, PAGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
	show("mapped", stack, top);
	touch("a page below", top - 8, 1);
	touch("ten pages below", top - 10 * PAGE, 1);
	touch("its bottom", top - 10 * PAGE + 1, 1);
	print_result("unmap", munmap(top - 10 * PAGE, 11 * PAGE));
	touch("gone", top, 0);
}

static void
sealed(void)
{
	char *map = anonymous(4, PROT_READ | PROT_WRITE);
	const long mseal = 462;

	map[PAGE] = 3;
	print_result("flags", syscall(mseal, map, PAGE, 1));
	print_result("seal", syscall(mseal, map + PAGE, PAGE, 0));
	print_result("unmap", munmap(map, 4 * PAGE));
	print_result("protect", mprotect(map + PAGE, PAGE, PROT_READ));
	show("replace",
		mmap(map + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
		map + PAGE);
	show("move", mremap(map + PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE), map);
	print_result("shrink", (long)mremap(map + PAGE, PAGE, PAGE, 0) < 0 ? -1 : 0);
	touch("still there", map + PAGE, 1);
	print_result("beside it", munmap(map, PAGE));
	print_result("over a hole", syscall(mseal, map, 2 * PAGE, 0));
	print_result("again", syscall(mseal, map + PAGE, PAGE, 0));
	print_result("writable may be emptied", madvise(map + PAGE, PAGE, MADV_DONTNEED));
}

static void
limits(void)
{
	struct rlimit limit = { 16 << 20, RLIM_INFINITY };

	setrlimit(RLIMIT_DATA, &limit);
	show("data limit",
		mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
		NULL);
	show("data limit, not writable",
		mmap(NULL, 64 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), NULL);
	limit.rlim_cur = 64 * 1024;
	setrlimit(RLIMIT_MEMLOCK, &limit);
	char *map = anonymous(64, PROT_READ | PROT_WRITE);
	printf("lock %d\n", mlock(map, 4 * PAGE));
	printf("unlock %d\n", munlock(map, 4 * PAGE));
}

static void
program_break(void)
{
	char *start = sbrk(0);
	struct rlimit limit = { 0, RLIM_INFINITY };
	static char below; /* the program's data lies right below */

	printf("grow %d\n", sbrk(3 * PAGE + 100) == start);
	touch("grown", start + 3 * PAGE, 1);
	printf("shrink %d\n", sbrk(-2 * PAGE) == start + 3 * PAGE + 100);
	touch("given back",
		(char *)(((uintptr_t)start + PAGE + 100 + PAGE - 1) & ~(uintptr_t)(PAGE - 1)), 0);
	sbrk(2 * PAGE);
	printf("clean %d\n", start[3 * PAGE]);
	printf("below the start %d\n", brk(&below));
	printf("unchanged %d\n", (char *)sbrk(0) == start + 3 * PAGE + 100);
	printf("impossible %d\n", brk((void *)((uintptr_t)1 << 62)));
	setrlimit(RLIMIT_DATA, &limit);
	printf("data limit %d\n", sbrk(64 << 20) == (void *)-1);
	char *above =
		mmap((char *)(((uintptr_t)sbrk(0) + PAGE - 1) & ~(uintptr_t)(PAGE - 1)) + 16 * PAGE,
			PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	limit.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_DATA, &limit);
	printf("in the way %d %d\n", above != MAP_FAILED, sbrk(64 * PAGE) == (void *)-1);
}

static const struct test_case cases[] = {
	{ "hints", hints },
	{ "fixed", fixed },
	{ "unmapping", unmapping },
	{ "past the end", past_the_end },
	{ "file permissions", file_permissions },
	{ "zero and devices", zero_and_devices },
	{ "sharing", sharing },
	{ "large", large },
	{ "protections", protections },
	{ "growing down", growing_down },
	{ "sealed", sealed },
	{ "limits", limits },
	{ "program break", program_break },
};

MAIN_OF_CASES(cases)
