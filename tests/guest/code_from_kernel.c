// SPDX-License-Identifier: Apache-2.0
//
// Code that the kernel writes, over code that has run: by read, readv, recv, getrandom, and as a structure beside it.

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static uint8_t *page;

/* A function that gives `value`. */
static size_t
make_code(uint8_t *code, uint16_t value)
{
#if defined(__aarch64__)
	uint32_t words[2] = { 0x52800000 | (uint32_t)value << 5, 0xd65f03c0 };
#else
	uint8_t words[6] = { 0xb8, (uint8_t)value, (uint8_t)(value >> 8), 0, 0, 0xc3 };
#endif
	memcpy(code, words, sizeof(words));
	return sizeof(words);
}

static int
call(void)
{
	__builtin___clear_cache((char *)page, (char *)page + 64);
	return ((int (*)(void))(void *)page)();
}

int
main(void)
{
	uint8_t code[16];
	size_t size;
	struct iovec parts[2];
	struct timespec *time;
	int fds[2], pair[2];

	page = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED || pipe(fds) || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return 1;
	make_code(page, 1);
	printf("written: %d\n", call());

	size = make_code(code, 2);
	(void)!write(fds[1], code, size);
	printf("read %d", read(fds[0], page, size) == (ssize_t)size);
	printf(": %d\n", call());

	size = make_code(code, 3);
	(void)!write(fds[1], code, size);
	parts[0] = (struct iovec){ page, 3 };
	parts[1] = (struct iovec){ page + 3, size - 3 };
	printf("readv %d", readv(fds[0], parts, 2) == (ssize_t)size);
	printf(": %d\n", call());

	size = make_code(code, 4);
	(void)!write(pair[0], code, size);
	printf("recv %d", recv(pair[1], page, size, 0) == (ssize_t)size);
	printf(": %d\n", call());

	size = make_code(code, 5);
	(void)!write(pair[0], code, size);
	parts[0] = (struct iovec){ page, size };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 1 };
	printf("recvmsg %d", recvmsg(pair[1], &message, 0) == (ssize_t)size);
	printf(": %d\n", call());

	/* Data in the page of code. */
	time = (struct timespec *)(page + 2048);
	printf("clock_gettime %d", clock_gettime(CLOCK_REALTIME, time));
	printf(": %d, %d\n", call(), time->tv_sec > 1600000000);
	printf("stat %d", fstat(fds[0], (struct stat *)(page + 1024)));
	printf(": %d, %d\n", call(), S_ISFIFO(((struct stat *)(page + 1024))->st_mode));
	return 0;
}
