// SPDX-License-Identifier: Apache-2.0
//
// mmap, munmap, mremap, mprotect, madvise, msync, shared memory between processes, fixed addresses and hints.

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096 };

static char *
map(size_t pages, int protection, int flags)
{
	char *p = mmap(NULL, pages * PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	if (p == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	return p;
}

/* 1 if all pages are mapped: msync gives ENOMEM where a page is not. */
static int
is_mapped(char *p, size_t pages)
{
	return msync(p, pages * PAGE, MS_ASYNC) == 0;
}

static void
anonymous(void)
{
	char *p = map(16, PROT_READ | PROT_WRITE, 0);

	for (int i = 0; i < 16; i++) {
		p[i * PAGE] = (char)(i + 1);
	}
	munmap(p + 4 * PAGE, 4 * PAGE);
	printf("hole %d%d%d\n", is_mapped(p, 4), is_mapped(p + 4 * PAGE, 1),
		is_mapped(p + 8 * PAGE, 8));
	char *again = mmap(
		p + 5 * PAGE, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	printf("hint honoured %d zero %d\n", again == p + 5 * PAGE, *again);
	char *refused =
		mmap(p, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	printf("noreplace %d %d\n", refused == MAP_FAILED, errno == EEXIST);
	char *fixed = mmap(p, 2 * PAGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	printf("fixed %d %d %d\n", fixed == p, p[0], p[2 * PAGE]);
	p[9 * PAGE] = 99;
	madvise(p + 9 * PAGE, PAGE, MADV_DONTNEED);
	printf("dontneed %d %d\n", p[9 * PAGE], p[10 * PAGE]);
	munmap(p, 16 * PAGE);
	printf("gone %d\n", is_mapped(p, 1));
}

static void
remap(void)
{
	char *p = map(4, PROT_READ | PROT_WRITE, 0);

	memset(p, 'r', 4 * PAGE);
	char *grown = mremap(p, 4 * PAGE, 64 * PAGE, MREMAP_MAYMOVE);
	printf("grown %c%c %d\n", grown[0], grown[4 * PAGE - 1], grown[63 * PAGE]);
	char *shrunk = mremap(grown, 64 * PAGE, 2 * PAGE, 0);
	printf("shrunk %d %d\n", shrunk == grown, is_mapped(grown + 2 * PAGE, 1));
	char *target = map(8, PROT_NONE, 0);
	char *moved =
		mremap(shrunk, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target + PAGE);
	printf("moved %d %c %d\n", moved == target + PAGE, moved[PAGE], is_mapped(shrunk, 1));
	char *blocked = mremap(moved, 2 * PAGE, 4 * PAGE, 0);
	printf("cannot grow in place %d %d\n", blocked == MAP_FAILED, errno == ENOMEM);
}

static void
files(void)
{
	int fd = open("mapped", O_RDWR | O_CREAT, 0600);
	char buffer[8] = { 0 };

	if (ftruncate(fd, 3 * PAGE + 100) != 0) {
		exit(1);
	}
	char *shared = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *private = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	char *offset = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 2 * PAGE);
	memcpy(shared + 2 * PAGE, "shared", 7);
	printf("%s %s\n", private + 2 * PAGE, offset);
	memcpy(private + 2 * PAGE, "secret", 7);
	printf("%s %s\n", shared + 2 * PAGE, private + 2 * PAGE);
	if (pread(fd, buffer, 7, 2 * PAGE) != 7) {
		exit(1);
	}
	printf("file %s, tail zero %d\n", buffer, shared[3 * PAGE + 200]);
	close(fd);
	fd = open("mapped", O_RDONLY);
	printf("unaligned offset %d\n",
		mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 100) == MAP_FAILED);
	printf("EINVAL %d\n", errno == EINVAL);
	printf("zero length %d\n",
		mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
}

static void
between_processes(void)
{
	volatile int *shared =
		mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	volatile int *private = (volatile int *)map(1, PROT_READ | PROT_WRITE, 0);
	int status;

	private[0] = 1;
	pid_t pid = fork();
	if (pid == 0) {
		for (int i = 0; i < 10000; i++) {
			__atomic_add_fetch(&shared[0], 1, __ATOMIC_SEQ_CST);
		}
		private[0] = 2;
		_exit(private[0]);
	}
	for (int i = 0; i < 10000; i++) {
		__atomic_add_fetch(&shared[0], 1, __ATOMIC_SEQ_CST);
	}
	waitpid(pid, &status, 0);
	printf("shared %d private %d child %d\n", shared[0], private[0], WEXITSTATUS(status));
}

static void
large_reservation(void)
{
	size_t size = 1ul << 40;
	char *p = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED) {
		printf("1 TiB refused\n");
		return;
	}
	printf("open inside %d\n", mprotect(p + size / 2, PAGE, PROT_READ | PROT_WRITE));
	p[size / 2] = 5;
	printf("value %d\n", p[size / 2]);
	printf("unmap %d\n", munmap(p, size));
}

int
main(void)
{
	anonymous();
	remap();
	files();
	between_processes();
	large_reservation();
	return 0;
}
