// SPDX-License-Identifier: Apache-2.0
// Restartable sequences: which descriptors are believed, and what is known of a program counter.
#include <criterion/criterion.h>
#include <string.h>
#include <sys/mman.h>

#include "runtime/critical_sections.h"
#include "runtime/guest_memory.h"
#include "runtime/thread.h"

#define SIGNATURE UINT32_C(0xd428bc00)
#define AREA      0x100 /* of struct rseq, in the page */
#define PLACE     0x200 /* of a descriptor */
#define CODE      0x400
#define ABORT     0x800

struct descriptor {
	uint32_t version, flags;
	uint64_t start, length, abort;
};

static uint64_t page;
static struct guest_thread thread __attribute__((aligned(64)));

static struct descriptor *
make_descriptor(void)
{
	struct descriptor *d = (struct descriptor *)(page + PLACE);
	uint32_t *before = (uint32_t *)(page + ABORT - 4);

	*d = (struct descriptor){ 0, 0, page + CODE, 16, page + ABORT };
	*before = SIGNATURE;
	return d;
}

static void
set_up(void)
{
	int64_t place;

	guest_memory_init();
	place = guest_memory_map(
		0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	cr_assert_gt(place, 0);
	page = (uint64_t)place;
	memset(&thread, 0, sizeof(thread));
}

TestSuite(critical_sections, .init = set_up);

Test(critical_sections, learns_a_section)
{
	uint64_t start, end;

	make_descriptor();
	cr_expect_not(critical_sections_contain(page + CODE));
	cr_expect(critical_sections_learn(page + PLACE, page));
	cr_expect_not(critical_sections_contain(page + CODE - 4));
	cr_expect(critical_sections_contain(page + CODE));
	cr_expect(critical_sections_contain(page + CODE + 12));
	cr_expect_not(critical_sections_contain(page + CODE + 16));
	cr_expect(critical_sections_take_new(&start, &end));
	cr_expect_eq(start, page + CODE);
	cr_expect_eq(end, page + CODE + 16);
	cr_expect_not(critical_sections_take_new(&start, &end));
	cr_expect(critical_sections_learn(page + PLACE, page), "known already");
	cr_expect_not(critical_sections_take_new(&start, &end));
}

Test(critical_sections, begins_behind_the_store_that_arms_it)
{
	make_descriptor();
	cr_expect(critical_sections_learn(page + PLACE, page + CODE + 4));
	cr_expect_not(critical_sections_contain(page + CODE + 4));
	cr_expect(critical_sections_contain(page + CODE + 8));
}

Test(critical_sections, believes_no_other_memory)
{
	struct descriptor *d = make_descriptor();

	cr_expect_not(critical_sections_learn(0, page));
	cr_expect_not(critical_sections_learn(page + PLACE + 8, page), "misaligned");
	cr_expect_not(critical_sections_learn(page + 4096, page), "not mapped");
	cr_expect_not(critical_sections_learn(UINT64_C(0x700000000000), page), "the translator's");
	d->version = 1;
	cr_expect_not(critical_sections_learn(page + PLACE, page));
	d = make_descriptor();
	d->flags = 1;
	cr_expect_not(critical_sections_learn(page + PLACE, page));
	d = make_descriptor();
	d->length = 0;
	cr_expect_not(critical_sections_learn(page + PLACE, page));
	d->length = UINT64_MAX;
	cr_expect_not(critical_sections_learn(page + PLACE, page));
	d = make_descriptor();
	d->abort = d->start + 8;
	cr_expect_not(critical_sections_learn(page + PLACE, page), "aborts into itself");
	d = make_descriptor();
	d->abort += 4;
	cr_expect_not(critical_sections_learn(page + PLACE, page), "no signature");
	d->abort = 0;
	cr_expect_not(critical_sections_learn(page + PLACE, page));
}

Test(critical_sections, another_signature)
{
	make_descriptor();
	critical_sections_use_signature(0x12345678);
	cr_expect_not(critical_sections_learn(page + PLACE, page));
	*(uint32_t *)(page + ABORT - 4) = 0x12345678;
	cr_expect(critical_sections_learn(page + PLACE, page));
}

Test(critical_sections, forgets_with_the_code)
{
	make_descriptor();
	cr_assert(critical_sections_learn(page + PLACE, page));
	critical_sections_forget(page + CODE + 16, page + 4096);
	cr_expect(critical_sections_contain(page + CODE));
	critical_sections_forget(page + CODE + 12, page + CODE + 16);
	cr_expect_not(critical_sections_contain(page + CODE));
}

Test(critical_sections, leaving_goes_to_the_abort_address)
{
	uint64_t *pointer = (uint64_t *)(page + AREA + 8);

	make_descriptor();
	cr_assert(critical_sections_learn(page + PLACE, page));
	thread.cpu.hot.pc = page + CODE + 4;
	critical_section_leave(&thread);
	cr_expect_eq(thread.cpu.hot.pc, page + CODE + 4, "without a struct rseq");
	cr_expect_neq(critical_section_armed(&thread), 0);
	thread.rseq.area = page + AREA;
	cr_expect_eq(critical_section_armed(&thread), 0);
	*pointer = page + PLACE;
	cr_expect_eq(critical_section_armed(&thread), page + PLACE);
	critical_section_leave(&thread);
	cr_expect_eq(thread.cpu.hot.pc, page + ABORT);
	cr_expect_eq(*pointer, 0);
	critical_section_leave(&thread);
	cr_expect_eq(thread.cpu.hot.pc, page + ABORT, "outside");
}

Test(critical_sections, arming_again)
{
	uint64_t *pointer = (uint64_t *)(page + AREA + 8);

	thread.rseq.area = page + AREA;
	*pointer = (uint64_t)&thread.rseq.section;
	critical_section_rearm(&thread, 77);
	cr_expect_eq(*pointer, 77);
	*pointer = 0;
	critical_section_rearm(&thread, 77);
	cr_expect_eq(*pointer, 0, "the kernel has cleared it");
}
