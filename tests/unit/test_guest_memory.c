// SPDX-License-Identifier: Apache-2.0
// The guest's address space: mmap and its relatives against what the kernel would do, the search for free room against
// a plain model, and pages that hold translated code.
#include "runtime/guest_intervals.h"
#include "runtime/guest_memory.h"
#include "runtime/host_syscall.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

/* Guest addresses that the test process itself does not use. */
#define WINDOW UINT64_C(0x100000000000)
#define PAGE   UINT64_C(4096)
#define RW     (PROT_READ | PROT_WRITE)
#define RWX    (RW | PROT_EXEC)
#define ANON   (MAP_PRIVATE | MAP_ANONYMOUS)

static struct {
	uint64_t start, end;
} invalidated[16];
static unsigned invalidated_count;

static void
note_invalidated(uint64_t start, uint64_t end)
{
	if (invalidated_count < 16) {
		invalidated[invalidated_count].start = start;
		invalidated[invalidated_count].end = end;
	}
	invalidated_count++;
}

static bool
was_invalidated(uint64_t address)
{
	for (unsigned i = 0; i < invalidated_count && i < 16; i++)
		if (invalidated[i].start <= address && address < invalidated[i].end)
			return true;
	return false;
}

static volatile sig_atomic_t faults;

static void
handle_fault(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	faults++;
	if (!guest_memory_code_write_fault((uint64_t)info->si_addr))
		_exit(99);
}

static void
setup(void)
{
	struct sigaction action = { .sa_sigaction = handle_fault, .sa_flags = SA_SIGINFO };

	guest_memory_set_mmap_base(WINDOW + (UINT64_C(1) << 30));
	guest_memory_on_invalidate(note_invalidated);
	sigaction(SIGSEGV, &action, NULL);
}

TestSuite(guest_memory, .init = setup, .timeout = 60);

static int64_t
map_anonymous(uint64_t address, uint64_t pages, int protection)
{
	return guest_memory_map(address, pages * PAGE, (uint64_t)protection,
		ANON | (address != 0 ? MAP_FIXED : 0), -1, 0);
}

/* The host's permissions at an address, as "rw-p", or "" when nothing is mapped there. */
static const char *
host_permissions(uint64_t address)
{
	static char permissions[8];
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long start, end;
	char line[512];

	permissions[0] = '\0';
	while (fgets(line, sizeof(line), maps) != NULL) {
		char found[8];

		if (sscanf(line, "%lx-%lx %7s", &start, &end, found) == 3 && address >= start &&
			address < end)
			strcpy(permissions, found);
	}
	fclose(maps);
	return permissions;
}

Test(guest_memory, maps_top_down_below_the_base)
{
	int64_t first = map_anonymous(0, 3, RW);
	int64_t second = map_anonymous(0, 1, RW);

	cr_assert_eq(first, (int64_t)(WINDOW + (UINT64_C(1) << 30) - 3 * PAGE));
	cr_assert_eq(second, first - (int64_t)PAGE);
}

Test(guest_memory, honours_hints_that_are_free)
{
	uint64_t hint = WINDOW + 100 * PAGE;

	/* Rounded down, as the kernel's round_hint_to_min does. */
	cr_assert_eq(guest_memory_map(hint + 5, PAGE, RW, ANON, -1, 0), (int64_t)hint);
	cr_assert_neq(guest_memory_map(hint, PAGE, RW, ANON, -1, 0), (int64_t)hint);
	/* A hint beyond the guest's end is only a hint. */
	cr_assert_lt(guest_memory_map(GUEST_ADDRESS_END, PAGE, RW, ANON, -1, 0),
		(int64_t)GUEST_ADDRESS_END);
	cr_assert_lt(guest_memory_map(UINT64_MAX - PAGE + 1, PAGE, RW, ANON, -1, 0),
		(int64_t)GUEST_ADDRESS_END);
}

Test(guest_memory, whole_huge_pages_are_aligned_unless_a_hint_says_otherwise)
{
	uint64_t huge = UINT64_C(2) << 20;
	uint64_t hint = WINDOW + 3 * PAGE;

	map_anonymous(0, 1, RW);
	cr_assert_eq(guest_memory_map(0, huge, RW, ANON, -1, 0) % (int64_t)huge, 0);
	cr_assert_eq(guest_memory_map(hint, huge, RW, ANON, -1, 0), (int64_t)hint);
	cr_assert_eq(guest_memory_map(hint, huge, RW, ANON, -1, 0) % (int64_t)huge, 0);
}

Test(guest_memory, refuses_what_the_kernel_refuses)
{
	cr_expect_eq(guest_memory_map(0, 0, RW, ANON, -1, 0), -EINVAL);
	cr_expect_eq(guest_memory_map(0, UINT64_MAX, RW, ANON, -1, 0), -ENOMEM);
	cr_expect_eq(guest_memory_map(0, GUEST_ADDRESS_END + PAGE, RW, ANON, -1, 0), -ENOMEM);
	cr_expect_eq(guest_memory_map(WINDOW + 1, PAGE, RW, ANON | MAP_FIXED, -1, 0), -EINVAL);
	cr_expect_eq(
		guest_memory_map(GUEST_ADDRESS_END, PAGE, RW, ANON | MAP_FIXED, -1, 0), -ENOMEM);
	cr_expect_eq(
		guest_memory_map(GUEST_ADDRESS_END - PAGE, 2 * PAGE, RW, ANON | MAP_FIXED, -1, 0),
		-ENOMEM);
	cr_expect_eq(guest_memory_map(UINT64_C(0x700000000000), PAGE, RW, ANON | MAP_FIXED, -1, 0),
		-ENOMEM);
	cr_expect_eq(guest_memory_map(0, PAGE, RW, MAP_PRIVATE, -1, 0), -EBADF);
	cr_expect_eq(guest_memory_map(0, PAGE, RW, ANON, -1, 1), -EINVAL);
	cr_expect_eq(guest_memory_unmap(WINDOW + 1, PAGE), -EINVAL);
	cr_expect_eq(guest_memory_unmap(WINDOW, 0), -EINVAL);
	cr_expect_eq(guest_memory_unmap(GUEST_ADDRESS_END, PAGE), -EINVAL);
	cr_expect_eq(guest_memory_unmap(UINT64_C(0x700000000000), PAGE), -EINVAL);
	cr_expect_eq(guest_memory_unmap(WINDOW, UINT64_MAX), -EINVAL);
	cr_expect_eq(guest_memory_protect(WINDOW, PAGE, RW), -ENOMEM);
	cr_expect_eq(guest_memory_protect(UINT64_C(0x700000000000), PAGE, RW), -ENOMEM);
	cr_expect_eq(guest_memory_protect(WINDOW + 1, PAGE, RW), -EINVAL);
	map_anonymous(WINDOW, 1, RW);
	cr_expect_eq(guest_memory_protect(WINDOW, PAGE, 0x10), -EINVAL);
	cr_expect_eq(
		guest_memory_map(WINDOW, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), -EEXIST);
}

Test(guest_memory, x86_flags_mean_nothing)
{
	int64_t place = guest_memory_map(0, PAGE, RW, ANON | 0x40, -1, 0);

	cr_assert_gt(place, INT64_C(0x100000000));
}

Test(guest_memory, guest_code_is_never_executable_on_the_host)
{
	int64_t place = map_anonymous(0, 3, PROT_EXEC);
	struct guest_mapping mapping;

	cr_assert_str_eq(host_permissions((uint64_t)place), "r--p");
	cr_assert(guest_memory_query((uint64_t)place, &mapping));
	cr_assert_eq(mapping.protection, PROT_EXEC);
	cr_assert_eq(guest_memory_protect((uint64_t)place, PAGE, RWX), 0);
	cr_assert_str_eq(host_permissions((uint64_t)place), "rw-p");
	cr_assert(guest_memory_query((uint64_t)place, &mapping));
	cr_assert_eq(mapping.protection, RWX);
	cr_assert_eq(mapping.end, (uint64_t)place + PAGE);
}

Test(guest_memory, protect_stops_at_a_hole_as_the_kernel_does)
{
	struct guest_mapping mapping;

	map_anonymous(WINDOW, 2, RW);
	map_anonymous(WINDOW + 3 * PAGE, 1, RW);
	cr_assert_eq(guest_memory_protect(WINDOW, 4 * PAGE, PROT_READ), -ENOMEM);
	cr_assert(guest_memory_query(WINDOW + PAGE, &mapping));
	cr_assert_eq(mapping.protection, PROT_READ);
	cr_assert(guest_memory_query(WINDOW + 3 * PAGE, &mapping));
	cr_assert_eq(mapping.protection, RW);
}

Test(guest_memory, joins_and_cuts_mappings)
{
	struct guest_mapping mapping;
	uint64_t before = intervals_count();

	map_anonymous(WINDOW, 2, RW);
	map_anonymous(WINDOW + 2 * PAGE, 2, RW);
	cr_assert_eq(intervals_count(), before + 1);
	cr_assert_eq(guest_memory_unmap(WINDOW + PAGE, PAGE), 0);
	cr_assert_eq(intervals_count(), before + 2);
	cr_assert_not(guest_memory_query(WINDOW + PAGE, &mapping));
	cr_assert(guest_memory_next(WINDOW + PAGE, &mapping));
	cr_assert_eq(mapping.start, WINDOW + 2 * PAGE);
	cr_assert_eq(mapping.end, WINDOW + 4 * PAGE);
	cr_assert(guest_memory_accessible(WINDOW, PAGE, RW));
	cr_assert_not(guest_memory_accessible(WINDOW, PAGE + 1, PROT_READ));
	cr_assert_not(guest_memory_accessible(WINDOW, PAGE, PROT_EXEC));
}

Test(guest_memory, knows_the_file_behind_a_mapping)
{
	char name[] = "/tmp/guest_memory_XXXXXX";
	char path[256];
	struct guest_mapping mapping;
	int fd = mkstemp(name);
	int64_t place;

	cr_assert_eq(ftruncate(fd, 4 * PAGE), 0);
	place = guest_memory_map(0, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, PAGE);
	cr_assert_gt(place, 0);
	cr_assert(guest_memory_query((uint64_t)place + PAGE, &mapping));
	cr_assert(guest_mapping_is_file(&mapping));
	cr_assert_eq(mapping.offset, PAGE);
	cr_assert_gt(guest_memory_path((uint64_t)place, path, sizeof(path)), 0);
	cr_assert_str_eq(path, name);
	/* What is cut keeps its offset. */
	guest_memory_unmap((uint64_t)place, PAGE);
	cr_assert(guest_memory_query((uint64_t)place + PAGE, &mapping));
	cr_assert_eq(mapping.offset, 2 * PAGE);
	unlink(name);
}

enum { MODEL_PAGES = 96, MODEL_STEPS = 20000 };

/* Protection of each page of the window, -1: not mapped. */
static int model[MODEL_PAGES];

static void
check_model(void)
{
	struct guest_mapping mapping;

	for (uint64_t i = 0; i < MODEL_PAGES; i++) {
		bool mapped = guest_memory_query(WINDOW + i * PAGE, &mapping);

		cr_assert_eq(mapped, model[i] >= 0, "page %lu", (unsigned long)i);
		if (mapped)
			cr_assert_eq(mapping.protection, model[i], "page %lu", (unsigned long)i);
	}
}

/* Highest place for `pages` free pages in the model, -1: none. */
static int
model_gap(int pages)
{
	int run = 0;

	for (int i = MODEL_PAGES - 1; i >= 0; i--) {
		run = model[i] < 0 ? run + 1 : 0;
		if (run == pages)
			return i;
	}
	return -1;
}

Test(guest_memory, agrees_with_a_plain_model_over_random_calls)
{
	static const int protections[] = { PROT_NONE, PROT_READ, RW, PROT_READ | PROT_EXEC, RWX };

	srandom(1);
	memset(model, 0xff, sizeof(model));
	for (int step = 0; step < MODEL_STEPS; step++) {
		int start = (int)(random() % MODEL_PAGES);
		int pages =
			1 + (int)(random() % (MODEL_PAGES - start < 12 ? MODEL_PAGES - start : 12));
		int protection = protections[random() % 5];
		uint64_t address = WINDOW + (uint64_t)start * PAGE;
		uint64_t gap;

		switch (random() % 3) {
		case 0:
			cr_assert_eq(map_anonymous(address, (uint64_t)pages, protection),
				(int64_t)address);
			break;
		case 1:
			cr_assert_eq(guest_memory_unmap(address, (uint64_t)pages * PAGE), 0);
			protection = -1;
			break;
		default:
			guest_memory_protect(address, (uint64_t)pages * PAGE, (uint64_t)protection);
			for (int i = start; i < start + pages && model[i] >= 0; i++)
				model[i] = protection;
			pages = 0;
		}
		for (int i = start; i < start + pages; i++)
			model[i] = protection;
		gap = intervals_find_gap(
			WINDOW, WINDOW + MODEL_PAGES * PAGE, (uint64_t)pages * PAGE + PAGE, PAGE);
		cr_assert_eq(gap, model_gap(pages + 1) < 0
					  ? 0
					  : WINDOW + (uint64_t)model_gap(pages + 1) * PAGE);
		if (step % 64 == 0)
			check_model();
	}
	check_model();
}

Test(guest_memory, finds_aligned_room_among_thousands_of_mappings)
{
	uint64_t top = WINDOW + (UINT64_C(1) << 30);
	int64_t place;

	/* Every other page is taken, but for one hole. */
	for (uint64_t i = 0; i < 8000; i++)
		if (i != 4000)
			cr_assert_gt(
				map_anonymous(top - (2 * i + 1) * PAGE, 1, i & 1 ? RW : PROT_READ),
				0);
	place = guest_memory_find_free(0, 3 * PAGE, PAGE);
	cr_assert_eq(place, (int64_t)(top - 8002 * PAGE));
	place = guest_memory_find_free(0, PAGE, 65536);
	cr_assert_eq(place % 65536, 0);
	cr_assert_gt(place, 0);
}

Test(guest_memory, remap_grows_in_place_or_moves)
{
	uint64_t at = WINDOW;
	int64_t place;

	map_anonymous(at, 2, RW);
	strcpy((char *)at, "contents");
	cr_assert_eq(guest_memory_remap(at, 2 * PAGE, 4 * PAGE, 0, 0), (int64_t)at);
	map_anonymous(at + 4 * PAGE, 1, PROT_READ);
	cr_assert_eq(guest_memory_remap(at, 4 * PAGE, 8 * PAGE, 0, 0), -ENOMEM);
	place = guest_memory_remap(at, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE, 0);
	cr_assert_gt(place, 0);
	cr_assert_str_eq((char *)place, "contents");
	cr_assert(guest_memory_accessible((uint64_t)place, 8 * PAGE, RW));
	cr_assert_not(guest_memory_accessible(at, 1, 0));
	cr_assert_eq(guest_memory_remap((uint64_t)place, 8 * PAGE, PAGE, 0, 0), place);
	cr_assert_not(guest_memory_accessible((uint64_t)place + PAGE, 1, 0));
	cr_assert_eq(
		guest_memory_remap((uint64_t)place, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at),
		(int64_t)at);
	cr_assert_str_eq((char *)at, "contents");
	cr_assert_eq(guest_memory_remap(
			     at, PAGE, PAGE, MREMAP_FIXED | MREMAP_MAYMOVE, GUEST_ADDRESS_END),
		-EINVAL);
	cr_assert_eq(guest_memory_remap(at, PAGE, PAGE, 8, 0), -EINVAL);
	cr_assert_eq(guest_memory_remap(WINDOW + 500 * PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE, 0),
		-EFAULT);
}

Test(guest_memory, remap_of_nothing_duplicates_shared_memory)
{
	int64_t first = guest_memory_map(0, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int64_t second = guest_memory_remap((uint64_t)first, 0, PAGE, MREMAP_MAYMOVE, 0);
	int64_t private = map_anonymous(0, 1, RW);

	cr_assert_gt(second, 0);
	strcpy((char *)first, "shared");
	cr_assert_str_eq((char *)second, "shared");
	cr_assert_eq(guest_memory_remap((uint64_t) private, 0, PAGE, MREMAP_MAYMOVE, 0), -EINVAL);
}

Test(guest_memory, brk_moves_the_heap_and_stops_at_mappings)
{
	uint64_t start = WINDOW + 0x123;
	struct guest_mapping mapping;

	guest_memory_set_brk(start);
	cr_assert_eq(guest_memory_brk(0), (int64_t)start);
	cr_assert_eq(guest_memory_brk(start + 3 * PAGE), (int64_t)(start + 3 * PAGE));
	memset((void *)(WINDOW + PAGE), 1, 2 * PAGE);
	cr_assert(guest_memory_query(WINDOW + PAGE, &mapping));
	cr_assert_eq(mapping.kind, GUEST_MAPPING_HEAP);
	cr_assert_eq(guest_memory_brk(start + PAGE), (int64_t)(start + PAGE));
	cr_assert_not(guest_memory_accessible(WINDOW + 2 * PAGE, 1, 0));
	map_anonymous(WINDOW + 8 * PAGE, 1, RW);
	cr_assert_eq(guest_memory_brk(WINDOW + 8 * PAGE), (int64_t)(start + PAGE));
	cr_assert_eq(guest_memory_brk(start - 1), (int64_t)(start + PAGE));
}

Test(guest_memory, first_write_to_code_is_reported)
{
	uint64_t code = WINDOW;

	map_anonymous(code, 4, RWX);
	cr_assert_eq(guest_memory_protect_code(code + PAGE + 8, code + PAGE + 16), 0);
	cr_assert(guest_memory_holds_code(code + PAGE));
	cr_assert_not(guest_memory_holds_code(code));
	*(volatile char *)code = 1;
	cr_assert_eq(faults, 0);
	*(volatile char *)(code + PAGE + 5) = 1;
	cr_assert_eq(faults, 1);
	cr_assert_eq(invalidated_count, 1);
	cr_assert(was_invalidated(code + PAGE));
	cr_assert_not(was_invalidated(code + 2 * PAGE));
	*(volatile char *)(code + PAGE + 6) = 1;
	cr_assert_eq(faults, 1);
	cr_assert_not(guest_memory_holds_code(code + PAGE));
}

Test(guest_memory, code_must_be_executable)
{
	map_anonymous(WINDOW, 1, RW);
	cr_assert_eq(guest_memory_protect_code(WINDOW, WINDOW + 4), -EACCES);
	cr_assert_eq(guest_memory_protect_code(WINDOW + PAGE, WINDOW + PAGE + 4), -EFAULT);
	cr_assert_eq(guest_memory_protect_code(GUEST_ADDRESS_END, GUEST_ADDRESS_END + 4), -EFAULT);
}

Test(guest_memory, changes_of_the_mapping_drop_code)
{
	map_anonymous(WINDOW, 4, PROT_READ | PROT_EXEC);
	cr_assert_eq(guest_memory_protect_code(WINDOW, WINDOW + 4 * PAGE), 0);
	guest_memory_protect(WINDOW, PAGE, PROT_READ);
	cr_assert(was_invalidated(WINDOW));
	cr_assert_not(was_invalidated(WINDOW + PAGE));
	guest_memory_unmap(WINDOW + PAGE, PAGE);
	cr_assert(was_invalidated(WINDOW + PAGE));
	map_anonymous(WINDOW + 2 * PAGE, 1, RWX);
	cr_assert(was_invalidated(WINDOW + 2 * PAGE));
	/* Writable now, but what was translated is still true: it is watched. */
	guest_memory_protect(WINDOW + 3 * PAGE, PAGE, RWX);
	cr_assert_not(was_invalidated(WINDOW + 3 * PAGE));
	cr_assert_str_eq(host_permissions(WINDOW + 3 * PAGE), "r--p");
	*(volatile char *)(WINDOW + 3 * PAGE) = 1;
	cr_assert(was_invalidated(WINDOW + 3 * PAGE));
}

Test(guest_memory, code_that_is_moved_is_dropped_and_writable_again)
{
	map_anonymous(WINDOW, 4, RWX);
	cr_assert_eq(guest_memory_protect_code(WINDOW + PAGE, WINDOW + PAGE + 4), 0);
	cr_assert_eq(guest_memory_remap(WINDOW, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
			     WINDOW + 64 * PAGE),
		(int64_t)(WINDOW + 64 * PAGE));
	cr_assert(was_invalidated(WINDOW + PAGE));
	memset((void *)(WINDOW + 64 * PAGE), 1, 4 * PAGE);
	cr_assert_eq(faults, 0);
}

Test(guest_memory, writes_through_another_mapping_are_noticed)
{
	int fd = memfd_create("jit", 0);
	int64_t writable, executable, late;

	cr_assert_eq(ftruncate(fd, 4 * PAGE), 0);
	writable = guest_memory_map(0, 4 * PAGE, RW, MAP_SHARED, fd, 0);
	executable = guest_memory_map(0, 2 * PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, PAGE);
	cr_assert_eq(guest_memory_protect_code((uint64_t)executable, (uint64_t)executable + 4), 0);
	*(volatile char *)writable = 1;
	cr_assert_eq(faults, 0);
	*(volatile char *)(writable + (int64_t)PAGE) = 1;
	cr_assert_eq(faults, 1);
	cr_assert(was_invalidated((uint64_t)executable));
	/* A mapping that is made later is watched too. */
	invalidated_count = 0;
	cr_assert_eq(guest_memory_protect_code((uint64_t)executable, (uint64_t)executable + 4), 0);
	late = guest_memory_map(0, 4 * PAGE, RW, MAP_SHARED, fd, 0);
	*(volatile char *)(late + (int64_t)PAGE) = 2;
	cr_assert_eq(faults, 2);
	cr_assert(was_invalidated((uint64_t)executable));
	/* So is one that becomes writable. */
	invalidated_count = 0;
	guest_memory_protect((uint64_t)late, 4 * PAGE, PROT_READ);
	cr_assert_eq(guest_memory_protect_code((uint64_t)executable, (uint64_t)executable + 4), 0);
	guest_memory_protect((uint64_t)late, 4 * PAGE, RW);
	*(volatile char *)(late + (int64_t)PAGE) = 3;
	cr_assert_eq(faults, 3);
	cr_assert(was_invalidated((uint64_t)executable));
}

Test(guest_memory, kernel_may_write_after_prepare)
{
	int fd = open("/dev/zero", O_RDONLY);

	map_anonymous(WINDOW, 4, RWX);
	cr_assert_eq(guest_memory_protect_code(WINDOW + 2 * PAGE, WINDOW + 3 * PAGE), 0);
	cr_assert_eq(host_syscall(SYS_read, fd, WINDOW + 2 * PAGE, PAGE), -EFAULT);
	guest_memory_prepare_write(WINDOW, 2 * PAGE);
	cr_assert_eq(invalidated_count, 0);
	guest_memory_prepare_write(WINDOW + PAGE + 100, PAGE);
	cr_assert(was_invalidated(WINDOW + 2 * PAGE));
	cr_assert_eq(host_syscall(SYS_read, fd, WINDOW + 2 * PAGE, PAGE), PAGE);
}

Test(guest_memory, a_real_fault_is_not_ours)
{
	map_anonymous(WINDOW, 1, PROT_READ | PROT_EXEC);
	cr_assert_eq(guest_memory_protect_code(WINDOW, WINDOW + 4), 0);
	cr_assert_not(guest_memory_code_write_fault(WINDOW));
	cr_assert_not(guest_memory_code_write_fault(WINDOW + PAGE));
	cr_assert_not(guest_memory_code_write_fault(UINT64_C(0x700000000000)));
	cr_assert(guest_memory_holds_code(WINDOW));
}

Test(guest_memory, attaches_and_detaches_segments)
{
	int id = shmget(IPC_PRIVATE, 3 * PAGE, IPC_CREAT | 0600);
	struct guest_mapping mapping;
	int64_t place;

	cr_assert_geq(id, 0);
	place = guest_memory_shmat(id, 0, 0);
	shmctl(id, IPC_RMID, NULL);
	cr_assert_gt(place, 0);
	cr_assert_lt(place, (int64_t)GUEST_ADDRESS_END);
	memset((void *)place, 1, 3 * PAGE);
	cr_assert(guest_memory_query((uint64_t)place, &mapping));
	cr_assert_eq(mapping.kind, GUEST_MAPPING_SHM);
	cr_assert_eq(mapping.end - mapping.start, 3 * PAGE);
	cr_assert_eq(guest_memory_shmdt((uint64_t)place + PAGE), -EINVAL);
	cr_assert_eq(guest_memory_shmdt((uint64_t)place), 0);
	cr_assert_not(guest_memory_query((uint64_t)place, &mapping));
	cr_assert_eq(guest_memory_shmdt((uint64_t)place), -EINVAL);
}

Test(guest_memory, keeps_off_mappings_of_the_host)
{
	uint64_t top = WINDOW + (UINT64_C(1) << 30);
	void *host = mmap((void *)(top - 2 * PAGE), PAGE, RW, ANON | MAP_FIXED, -1, 0);
	int64_t place;

	cr_assert_eq((uint64_t)host, top - 2 * PAGE);
	*(char *)host = 42;
	place = map_anonymous(0, 2, RW);
	cr_assert_gt(place, 0);
	cr_assert_leq((uint64_t)place + 2 * PAGE, top - 2 * PAGE);
	cr_assert_eq(*(char *)host, 42);
}

Test(guest_memory, allocator_gives_zeroed_memory_above_the_guest)
{
	void *pieces[200];

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < 200; i++) {
			size_t size = 1 + i * 173;
			char *piece = pieces[i] = host_allocate(size);

			cr_assert_gt((uint64_t)piece, GUEST_ADDRESS_END);
			cr_assert_eq((uint64_t)piece % 16, 0);
			for (size_t j = 0; j < size; j++)
				cr_assert_eq(piece[j], 0);
			memset(piece, 0xaa, size);
		}
		pieces[0] = host_reallocate(pieces[0], 50000);
		cr_assert_eq(((uint8_t *)pieces[0])[0], 0xaa);
		cr_assert_eq(((uint8_t *)pieces[0])[40000], 0);
		for (size_t i = 0; i < 200; i++)
			host_free(pieces[i]);
	}
	cr_assert_null(host_allocate(SIZE_MAX));
}
