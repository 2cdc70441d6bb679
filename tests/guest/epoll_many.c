// SPDX-License-Identifier: Apache-2.0
//
// Hundreds of descriptors that are ready at once come in one epoll_wait, each with its own data, into memory that ends behind the
// events that there is room for.

#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define DESCRIPTORS 700

/* How many of the events are the ones that were asked for, each once. */
static int
count_distinct(const struct epoll_event *events, int count)
{
	static uint8_t seen[DESCRIPTORS];
	int distinct = 0;

	for (int i = 0; i < DESCRIPTORS; i++)
		seen[i] = 0;
	for (int i = 0; i < count; i++) {
		uint64_t n = events[i].data.u64 - 0x123456789abc0000;

		if (n < DESCRIPTORS && events[i].events == EPOLLIN && !seen[n]) {
			seen[n] = 1;
			distinct++;
		}
	}
	return distinct;
}

static void
wait_for(int poll, int room)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t bytes = (size_t)room * sizeof(struct epoll_event);
	size_t length = (bytes + page - 1) / page * page;
	char *memory = mmap(
		NULL, length + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct epoll_event *events = (struct epoll_event *)(memory + length - bytes);
	int count;

	mprotect(memory + length, page, PROT_NONE);
	count = epoll_wait(poll, events, room, 1000);
	printf("room for %d: %d events, %d distinct\n", room, count, count_distinct(events, count));
	munmap(memory, length + page);
}

int
main(void)
{
	int poll = epoll_create1(EPOLL_CLOEXEC);

	for (int i = 0; i < DESCRIPTORS; i++) {
		struct epoll_event event = { .events = EPOLLIN };

		event.data.u64 = 0x123456789abc0000 + (uint64_t)i;
		if (epoll_ctl(poll, EPOLL_CTL_ADD, eventfd(1, EFD_CLOEXEC), &event) != 0)
			perror("epoll_ctl");
	}
	wait_for(poll, 1);
	wait_for(poll, 64);
	wait_for(poll, 65);
	wait_for(poll, 513);
	wait_for(poll, DESCRIPTORS);
	wait_for(poll, 5000);
	return 0;
}
