// SPDX-License-Identifier: Apache-2.0
//
// io_uring: entries are submitted as they are, save for what differs inside them: open flags, struct open_how and struct
// epoll_event. Those are exchanged for the host's while io_uring_enter takes the entries (the kernel copies them then), and
// put back afterwards. A kernel thread that takes entries at any time (SQPOLL) cannot be served like that: setup says
// EPERM, as kernels before 5.11 did to programs without privileges.

#include "frontend/a64/state.h"
#include "runtime/guest_access.h"
#include "runtime/host_memory.h"
#include "runtime/lock.h"
#include "syscalls/arguments.h"
#include "syscalls/dispatch.h"
#include "syscalls/fd_guard.h"
#include "syscalls/handlers.h"
#include "syscalls/io_rings.h"
#include "syscalls/marshal.h"
#include "syscalls/open_flags.h"

#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>

#define RING_COUNT       64
#define SUBMIT_MAX       4096 /* entries that are taken in one call: the rest is submitted by the next */
#define SETUP_NO_SQARRAY (1u << 16)
#define SETUP_NO_MMAP    (1u << 14)

/* What is known of a ring, by descriptor. All addresses are the guest's. */
struct ring {
	int fd; /* -1: free */
	uint32_t flags;
	uint32_t entries;
	struct io_sqring_offsets offsets;
	uint64_t ring; /* of the submission ring; 0: not mapped */
	uint64_t entries_at;
};

static struct ring rings[RING_COUNT];
static unsigned ring_count;
static struct lock ring_lock = LOCK_INITIALIZER;

static struct ring *
find_ring(int fd)
{
	for (unsigned i = 0; i < ring_count; i++) {
		if (rings[i].fd == fd)
			return &rings[i];
	}
	return NULL;
}

void
io_rings_note_mapping(int fd, uint64_t offset, uint64_t address)
{
	struct ring *ring;

	if (__atomic_load_n(&ring_count, __ATOMIC_RELAXED) == 0)
		return;
	lock_acquire(&ring_lock);
	ring = find_ring(fd);
	if (ring && offset == IORING_OFF_SQ_RING)
		ring->ring = address;
	else if (ring && offset == IORING_OFF_SQES)
		ring->entries_at = address;
	lock_release(&ring_lock);
}

/* Remembers a new ring; one that had this descriptor is gone. False when there are too many. */
static bool
remember(int fd, const struct io_uring_params *parameters)
{
	struct ring *ring;

	lock_acquire(&ring_lock);
	ring = find_ring(fd);
	if (!ring && ring_count < RING_COUNT)
		ring = &rings[ring_count++];
	if (ring) {
		*ring = (struct ring){ .fd = fd,
			.flags = parameters->flags,
			.entries = parameters->sq_entries,
			.offsets = parameters->sq_off };
		if (parameters->flags & SETUP_NO_MMAP) {
			ring->ring = parameters->cq_off.resv2;
			ring->entries_at = parameters->sq_off.resv2;
		}
	}
	lock_release(&ring_lock);
	return ring != NULL;
}

int64_t
sys_io_uring_setup(struct guest_thread *t, const uint64_t argument[6])
{
	struct io_uring_params parameters;
	int64_t result;

	(void)t;
	if (argument[1] >= GUEST_ADDRESS_END ||
		guest_copy_from(&parameters, argument[1], sizeof(parameters)) != 0)
		return -EFAULT;
	if (parameters.flags & IORING_SETUP_SQPOLL)
		return -EPERM;
	result = system_call_quick(SYS_io_uring_setup, argument);
	if (result < 0)
		return result;
	if (guest_copy_from(&parameters, argument[1], sizeof(parameters)) != 0)
		return result;
	if (!remember((int)result, &parameters)) {
		host_syscall(SYS_close, result);
		return -ENFILE;
	}
	return result;
}

/* An entry of which a part is exchanged. */
struct exchanged {
	struct io_uring_sqe *entry;
	uint32_t open_flags;
	uint64_t address;
	union {
		struct open_how how;
		struct epoll_event event;
	} host;
};

/* struct open_how in guest memory. False when the entry stays as it is: the kernel will say what is wrong with it. */
static bool
exchange_open_how(struct exchanged *place, struct io_uring_sqe *entry)
{
	if (entry->len != sizeof(place->host.how) ||
		guest_copy_from(&place->host.how, entry->off, sizeof(place->host.how)) != 0)
		return false;
	place->host.how.flags = open_flags_to_host(place->host.how.flags);
	place->address = entry->off;
	entry->off = (uint64_t)&place->host.how;
	return true;
}

static bool
exchange_event(struct exchanged *place, struct io_uring_sqe *entry)
{
	uint8_t guest[16];

	if (guest_copy_from(guest, entry->addr, sizeof(guest)) != 0)
		return false;
	marshal_from_guest(&marshal_epoll_event, &abi_arm64, &place->host.event, guest);
	place->address = entry->addr;
	entry->addr = (uint64_t)&place->host.event;
	return true;
}

/* Exchanges what differs in an entry; true when it has to be put back. */
static bool
exchange(struct exchanged *place, struct io_uring_sqe *entry)
{
	*place = (struct exchanged){ .entry = entry };
	switch (entry->opcode) {
	case IORING_OP_OPENAT:
		place->open_flags = entry->open_flags;
		entry->open_flags = (uint32_t)open_flags_to_host(entry->open_flags);
		return true;
	case IORING_OP_OPENAT2: return exchange_open_how(place, entry);
	case IORING_OP_EPOLL_CTL:
		return entry->len != EPOLL_CTL_DEL && exchange_event(place, entry);
	default: return false;
	}
}

static void
put_back(const struct exchanged *place)
{
	switch (place->entry->opcode) {
	case IORING_OP_OPENAT: place->entry->open_flags = place->open_flags; break;
	case IORING_OP_OPENAT2: place->entry->off = place->address; break;
	default: place->entry->addr = place->address; break;
	}
}

/* Whether an entry's operation has something to be exchanged at all. */
static bool
is_marshalled(const struct io_uring_sqe *entry)
{
	return entry->opcode == IORING_OP_OPENAT || entry->opcode == IORING_OP_OPENAT2 ||
	       entry->opcode == IORING_OP_EPOLL_CTL;
}

static struct io_uring_sqe *
entry_at(const struct ring *ring, uint32_t position)
{
	const uint32_t *array = (const uint32_t *)(ring->ring + ring->offsets.array);
	uint32_t index = position & (ring->entries - 1);
	uint64_t size = ring->flags & IORING_SETUP_SQE128 ? 128 : 64;

	if (!(ring->flags & SETUP_NO_SQARRAY))
		index = __atomic_load_n(&array[index], __ATOMIC_RELAXED);
	return index < ring->entries ? (struct io_uring_sqe *)(ring->entries_at + index * size)
				     : NULL;
}

/* True when the guest still has the ring's memory where it mapped it. */
static bool
is_mapped(const struct ring *ring)
{
	uint64_t size = ring->flags & IORING_SETUP_SQE128 ? 128 : 64;

	return ring->ring && ring->entries_at &&
	       guest_memory_accessible(
		       ring->ring, ring->offsets.array + ring->entries * 4, PROT_READ) &&
	       guest_memory_accessible(
		       ring->entries_at, ring->entries * size, PROT_READ | PROT_WRITE);
}

/*
 * Exchanges what differs in the entries that the call will take. Gives how many there are; *places is NULL when there
 * are none, and is freed by the caller.
 */
static unsigned
exchange_entries(const struct ring *ring, uint32_t wanted, struct exchanged **places)
{
	uint32_t head =
		__atomic_load_n((uint32_t *)(ring->ring + ring->offsets.head), __ATOMIC_ACQUIRE);
	uint32_t tail =
		__atomic_load_n((uint32_t *)(ring->ring + ring->offsets.tail), __ATOMIC_ACQUIRE);
	uint32_t count = tail - head < wanted ? tail - head : wanted;
	unsigned found = 0, done = 0;

	*places = NULL;
	if (count > ring->entries)
		count = ring->entries;
	for (uint32_t i = 0; i < count; i++) {
		struct io_uring_sqe *entry = entry_at(ring, head + i);

		found += entry && is_marshalled(entry);
	}
	if (found == 0 || !(*places = host_allocate(found * sizeof(**places))))
		return 0;
	for (uint32_t i = 0; i < count && done < found; i++) {
		struct io_uring_sqe *entry = entry_at(ring, head + i);

		if (entry && is_marshalled(entry))
			done += exchange(&(*places)[done], entry);
	}
	return done;
}

/* Waits under the guest's signal mask; one that is not right is left for the kernel to refuse in its order of checks. */
static void
use_mask(struct guest_thread *t, uint64_t host[6], uint64_t *mask)
{
	if (!((uint32_t)host[3] & IORING_ENTER_GETEVENTS) ||
		(uint32_t)host[3] & IORING_ENTER_EXT_ARG || host[4] == 0 ||
		host[5] != sizeof(*mask) || host[4] >= GUEST_ADDRESS_END ||
		guest_copy_from(mask, host[4], sizeof(*mask)) != 0)
		return;
	signals_use_temporary_mask(t, *mask);
	*mask = signals_host_mask(*mask);
	host[4] = (uint64_t)mask;
}

int64_t
sys_io_uring_enter(struct guest_thread *t, const uint64_t argument[6])
{
	uint64_t host[6], mask, wait[6], first = a64_state(&t->cpu)->x[0];
	struct exchanged *places = NULL;
	struct ring copy = { .fd = -1 }, *ring;
	int64_t result, submitted = 0;
	unsigned count = 0;

	memcpy(host, argument, sizeof(host));
	lock_acquire(&ring_lock);
	ring = find_ring((int)argument[0]);
	if (ring)
		copy = *ring;
	lock_release(&ring_lock);
	if (ring && (uint32_t)argument[1] != 0 && is_mapped(&copy))
		count = exchange_entries(&copy, (uint32_t)argument[1], &places);
	if (count > 0) {
		/* Submission does not wait: the waiting, if any, is a call of its own. */
		memcpy(wait, host, sizeof(wait));
		wait[2] = wait[3] = wait[4] = wait[5] = 0;
		submitted = system_call_quick(SYS_io_uring_enter, wait);
		while (count > 0)
			put_back(&places[--count]);
		host_free(places);
		if (submitted < 0 || !((uint32_t)host[3] & IORING_ENTER_GETEVENTS))
			return submitted;
		host[1] = 0;
	} else {
		host_free(places);
	}
	use_mask(t, host, &mask);
	result = interruptible_syscall(
		t, SYS_io_uring_enter, host[0], host[1], host[2], host[3], host[4], host[5]);
	/* What was submitted counts for more than that waiting was interrupted. */
	if (submitted > 0 && (result >= 0 || result == -EINTR))
		result = submitted;
	return signals_after_system_call(t, RESTART_NEVER, first, result);
}

/* A descriptor of rings that is not in the table of files could not be told from others in io_uring_enter. */
int64_t
sys_io_uring_register(struct guest_thread *t, const uint64_t argument[6])
{
	enum { REGISTER_RING_FDS = 20 };

	if ((uint32_t)argument[1] == REGISTER_RING_FDS)
		return fd_guard_hides((int)argument[0]) ? -EBADF : -EINVAL;
	return system_call_wait(t, SYS_io_uring_register, RESTART_SYS, argument);
}
