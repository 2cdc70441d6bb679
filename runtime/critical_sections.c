// SPDX-License-Identifier: Apache-2.0
// The table of known critical sections, and what happens to a thread in one. See critical_sections.h.
#include "runtime/critical_sections.h"

#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "frontend/a64/state.h"
#include "runtime/guest_access.h"
#include "runtime/guest_memory.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/lock.h"
#include "runtime/thread.h"

/* RSEQ_SIG of arm64: BRK #0x45e0 (the kernel's tools/testing/selftests/rseq/rseq-arm64.h). */
#define ARM64_SIGNATURE UINT32_C(0xd428bc00)
#define INSN_SIZE       4
/* Sections are some instructions long; more than this is not the descriptor of one. */
#define LENGTH_MAX (UINT64_C(1) << 16)
/* Place of rseq_cs in struct rseq. */
#define POINTER_OFFSET 8
/* What stands for an armed section in threads without a struct rseq, whose stores are like any others. */
#define UNREGISTERED 1

/* The guest's struct rseq_cs, of which start is a multiple of 32. */
struct descriptor {
	uint32_t version, flags;
	uint64_t start, length, abort;
};

struct section {
	uint64_t descriptor;
	uint64_t named_start; /* by the descriptor */
	uint64_t start, end;  /* from behind the store that arms it, where that is inside */
	uint64_t abort;
	bool new; /* for critical_sections_take_new */
};

static struct lock lock;
static struct section *sections;
static uint32_t count, capacity;
static uint32_t signature = ARM64_SIGNATURE;

void
critical_sections_use_signature(uint32_t registered)
{
	__atomic_store_n(&signature, registered, __ATOMIC_RELAXED);
}

/* ---- learning and forgetting ---------------------------------------------------------------------------- */

/* Asks for the mapping first: translation ahead of time has no handler for faults, and most constants are no addresses. */
static bool
read_guest(void *to, uint64_t address, size_t size)
{
	return address < GUEST_ADDRESS_END && guest_memory_accessible(address, size, PROT_READ) &&
	       guest_copy_from(to, address, size) == 0;
}

static bool
read_descriptor(uint64_t address, struct descriptor *d)
{
	uint32_t word;

	if (address % sizeof(*d) != 0 || !address || !read_guest(d, address, sizeof(*d)))
		return false;
	if (d->version != 0 || d->flags != 0 || d->length == 0 || d->length > LENGTH_MAX ||
		d->start % INSN_SIZE != 0 || d->abort % INSN_SIZE != 0 ||
		d->abort - d->start < d->length)
		return false;
	return read_guest(&word, d->abort - INSN_SIZE, sizeof(word)) &&
	       word == __atomic_load_n(&signature, __ATOMIC_RELAXED);
}

static bool
reserve(void)
{
	uint32_t larger = capacity ? capacity * 2 : 64;
	struct section *table;

	if (count < capacity)
		return true;
	table = host_memory_map(larger * sizeof(*table));
	if (!table)
		return false;
	if (sections) {
		memcpy(table, sections, count * sizeof(*table));
		host_memory_unmap(sections, capacity * sizeof(*table));
	}
	sections = table;
	capacity = larger;
	return true;
}

static void
add(const struct section *section)
{
	for (uint32_t k = 0; k < count; k++)
		if (sections[k].named_start == section->named_start &&
			sections[k].end == section->end && sections[k].abort == section->abort)
			return;
	if (!reserve())
		return;
	sections[count] = *section;
	__atomic_store_n(&count, count + 1, __ATOMIC_RELEASE);
}

bool
critical_sections_learn(uint64_t address, uint64_t pc)
{
	struct section section = { .descriptor = address, .new = true };
	struct descriptor d;

	if (!read_descriptor(address, &d))
		return false;
	section.named_start = d.start;
	section.start = pc - d.start < d.length ? pc + INSN_SIZE : d.start;
	section.end = d.start + d.length;
	section.abort = d.abort;
	lock_acquire(&lock);
	add(&section);
	lock_release(&lock);
	return true;
}

bool
critical_sections_take_new(uint64_t *start, uint64_t *end)
{
	bool found = false;

	if (__atomic_load_n(&count, __ATOMIC_ACQUIRE) == 0)
		return false;
	lock_acquire(&lock);
	for (uint32_t k = 0; k < count && !found; k++)
		if (sections[k].new) {
			sections[k].new = false;
			*start = sections[k].start;
			*end = sections[k].end;
			found = true;
		}
	lock_release(&lock);
	return found;
}

void
critical_sections_renew(void)
{
	if (__atomic_load_n(&count, __ATOMIC_ACQUIRE) == 0)
		return;
	lock_acquire(&lock);
	for (uint32_t k = 0; k < count; k++)
		sections[k].new = true;
	lock_release(&lock);
}

void
critical_sections_forget(uint64_t start, uint64_t end)
{
	if (__atomic_load_n(&count, __ATOMIC_ACQUIRE) == 0)
		return;
	lock_acquire(&lock);
	for (uint32_t k = 0; k < count;)
		if (sections[k].start < end && sections[k].end > start)
			sections[k] = sections[--count];
		else
			k++;
	lock_release(&lock);
}

/* Sections that `pc` is in begin behind it. */
static void
begin_behind(uint64_t pc)
{
	lock_acquire(&lock);
	for (uint32_t k = 0; k < count; k++)
		if (sections[k].start <= pc && pc < sections[k].end)
			sections[k].start = pc + INSN_SIZE;
	lock_release(&lock);
}

void
critical_sections_fork_lock(void)
{
	lock_acquire(&lock);
}

void
critical_sections_fork_unlock(void)
{
	lock_release(&lock);
}

/* ---- look-up -------------------------------------------------------------------------------------------- */

/* The section that holds `pc`, preferably the one of `descriptor`. */
static bool
find(uint64_t pc, uint64_t descriptor, struct section *found)
{
	bool any = false;

	if (__atomic_load_n(&count, __ATOMIC_ACQUIRE) == 0)
		return false;
	lock_acquire(&lock);
	for (uint32_t k = 0; k < count; k++)
		if (pc >= sections[k].start && pc < sections[k].end &&
			(!any || sections[k].descriptor == descriptor)) {
			*found = sections[k];
			any = true;
		}
	lock_release(&lock);
	return any;
}

bool
critical_sections_contain(uint64_t pc)
{
	struct section section;

	return find(pc, 0, &section);
}

/* ---- a thread in a section ------------------------------------------------------------------------------ */

uint64_t *
critical_section_pointer(struct guest_thread *t)
{
	return t->rseq.area ? (uint64_t *)(uintptr_t)(t->rseq.area + POINTER_OFFSET)
			    : &t->rseq.unregistered;
}

uint64_t
critical_section_armed(struct guest_thread *t)
{
	uint64_t armed = 0;

	if (!t->rseq.area)
		return t->rseq.unregistered = UNREGISTERED;
	if (guest_copy_from(&armed, t->rseq.area + POINTER_OFFSET, sizeof(armed)) < 0)
		return 0;
	if (armed)
		t->rseq.armed = armed;
	return armed;
}

void
critical_sections_learn_armed(struct guest_thread *t)
{
	uint64_t armed = t->rseq.area ? critical_section_armed(t) : 0;

	if (armed)
		critical_sections_learn(armed, 0);
}

void
critical_section_rearm(struct guest_thread *t, uint64_t armed)
{
	uint64_t ours = (uint64_t)(uintptr_t)&t->rseq.section;

	__atomic_compare_exchange_n(critical_section_pointer(t), &ours, armed, false,
		__ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

/* Address of the 64-bit STR (immediate) at pc, of any addressing mode; 0 when it is another instruction. */
static uint64_t
store_address(struct guest_thread *t)
{
	enum { POST_INDEX = 1 };
	const struct a64_state *cpu = a64_state(&t->cpu);
	uint32_t word = 0;
	uint64_t base;

	if (guest_copy_from(&word, t->cpu.hot.pc, sizeof(word)) < 0)
		return 0;
	base = (word >> 5 & 31) == 31 ? cpu->sp : cpu->x[word >> 5 & 31];
	if ((word & 0xffc00000) == 0xf9000000)
		return base + (word >> 10 & 0xfff) * 8;
	if ((word & 0xffe00000) != 0xf8000000)
		return 0;
	return (word >> 10 & 3) == POST_INDEX ? base : base + (uint64_t)((int64_t)word << 43 >> 55);
}

bool
critical_section_is_armed_here(struct guest_thread *t)
{
	uint64_t pc = t->cpu.hot.pc;

	if (!t->rseq.area || store_address(t) != t->rseq.area + POINTER_OFFSET)
		return false;
	begin_behind(pc);
	return true;
}

void
critical_section_leave(struct guest_thread *t)
{
	struct section section;

	if (!t->rseq.area || !find(t->cpu.hot.pc, t->rseq.armed, &section))
		return;
	guest_clear(t->rseq.area + POINTER_OFFSET, sizeof(uint64_t));
	t->cpu.hot.pc = section.abort;
}

/* How often the task has given up its processor, by itself or not. */
static uint64_t
switches(void)
{
	struct rusage usage;

	if (host_syscall(SYS_getrusage, RUSAGE_THREAD, &usage) < 0)
		return 0;
	return (uint64_t)usage.ru_nvcsw + (uint64_t)usage.ru_nivcsw;
}

bool
critical_section_retry(struct guest_thread *t)
{
	uint64_t pc = t->cpu.hot.pc, now;
	struct section section;

	if (!t->rseq.area || !find(pc, t->rseq.armed, &section))
		return false;
	now = switches();
	if (t->rseq.fault_pc == pc && t->rseq.fault_switches == now)
		return false;
	t->rseq.fault_pc = pc;
	t->rseq.fault_switches = now;
	t->signals.fault.signo = 0;
	critical_section_leave(t);
	return true;
}
