// SPDX-License-Identifier: Apache-2.0
//
// userfaultfd: pages of a program that another of its threads brings in, for data, for code, and inside system calls.

#include "cases.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

enum { PAGE = 4096, PAGES = 4 };

static int faults = -1;
static char *area;
static volatile int served;
static char source[PAGE] __attribute__((aligned(4096)));

static void
fill_source(unsigned page)
{
	memset(source, 'a' + (int)page, sizeof(source));
#ifdef __aarch64__
	uint32_t words[2] = { 0x11000000 | 42 << 10, 0xd65f03c0 };
#else
	unsigned char words[4] = { 0x8d, 0x47, 42, 0xc3 };
#endif
	if (page == 3)
		memcpy(source, words, sizeof(words));
}

static void *
serve(void *unused)
{
	struct uffd_msg message;

	while (read(faults, &message, sizeof(message)) == sizeof(message)) {
		struct uffdio_copy copy = { .src = (uintptr_t)source, .len = PAGE };

		if (message.event != UFFD_EVENT_PAGEFAULT)
			continue;
		copy.dst = message.arg.pagefault.address & ~(uint64_t)(PAGE - 1);
		fill_source((unsigned)((copy.dst - (uintptr_t)area) / PAGE));
		served++;
		ioctl(faults, UFFDIO_COPY, &copy);
		if (served == PAGES)
			break;
	}
	return unused;
}

static void
missing_pages(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register registration;
	pthread_t thread;
	int ends[2];
	char text[2] = "";

	faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (faults < 0) {
		printf("refused %d\n", errno);
		return;
	}
	print_result("api", ioctl(faults, UFFDIO_API, &api));
	area = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	registration = (struct uffdio_register){ .range = { (uintptr_t)area, PAGES * PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING };
	print_result("register", ioctl(faults, UFFDIO_REGISTER, &registration));
	pthread_create(&thread, NULL, serve, NULL);
	printf("read %c\n", *(volatile char *)(area + 10));
	*(volatile char *)(area + PAGE) = 'Z';
	printf("written %c %c\n", area[PAGE], area[PAGE + 1]);
	(void)!pipe(ends);
	print_result("by a call", write(ends[1], area + 2 * PAGE + 7, 1));
	(void)!read(ends[0], text, 1);
	printf("%s\n", text);
	printf("code %d\n", ((int (*)(int))(uintptr_t)(area + 3 * PAGE))(58));
	pthread_join(thread, NULL);
	printf("served %d\n", served);
	print_result("register nothing",
		ioctl(faults, UFFDIO_REGISTER, &(struct uffdio_register){ { 1, 1 }, 1, 0 }));
	print_result("unregister", ioctl(faults, UFFDIO_UNREGISTER, &registration.range));
	madvise(area, PAGE, MADV_DONTNEED);
	printf("empty %d\n", *(volatile char *)area);
}

static const struct test_case cases[] = {
	{ "missing pages", missing_pages },
};

MAIN_OF_CASES(cases)
