// SPDX-License-Identifier: Apache-2.0
// The kernel's samples (see sampler.h). Each brings the user-space pc, the stack pointer, and the upper end of the stack: a
// guest thread keeps what it does in the last word of its C stack (thread_set_activity).
#include "profile/sampler.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime/threads.h"

/* What of the stack is copied for each sample. C code of ours is rarely deeper. */
#define STACK_BYTES 8192
/* Pages of a ring: the first size that the limit on locked memory allows. */
#define RING_PAGES_MOST  256
#define RING_PAGES_LEAST 16
#define PAGE             4096u

/* asm/perf_regs.h */
#define REGISTER_SP 7
#define REGISTER_IP 8

struct ring {
	int fd;
	struct perf_event_mmap_page *control;
	uint8_t *data;
	size_t size;
};

struct sampler {
	unsigned count;
	struct pollfd *polled; /* one more than rings */
	struct ring ring[];
};

bool
samples_add(struct samples *samples, const struct sample *sample)
{
	if (samples->count == samples->room) {
		size_t room = samples->room ? samples->room * 2 : 4096;
		struct sample *grown = realloc(samples->at, room * sizeof(*grown));

		if (!grown) {
			samples->lost++;
			return false;
		}
		samples->at = grown;
		samples->room = room;
	}
	samples->at[samples->count++] = *sample;
	return true;
}

/* ---- opening --------------------------------------------------------------------------------------------------------------- */

static int
open_event(int pid, int processor, uint64_t period, bool with_kernel)
{
	struct perf_event_attr attributes = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attributes),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = period,
		.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |
			       PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER,
		.inherit = 1,
		.exclude_kernel = !with_kernel,
		.exclude_hv = !with_kernel,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
		.watermark = 1,
		.sample_regs_user = UINT64_C(1) << REGISTER_SP | UINT64_C(1) << REGISTER_IP,
		.sample_stack_user = STACK_BYTES,
	};

	return (int)syscall(
		SYS_perf_event_open, &attributes, pid, processor, -1, PERF_FLAG_FD_CLOEXEC);
}

static bool
map_ring(struct ring *ring)
{
	for (size_t pages = RING_PAGES_MOST; pages >= RING_PAGES_LEAST; pages /= 2) {
		void *memory = mmap(
			NULL, (pages + 1) * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, 0);

		if (memory == MAP_FAILED)
			continue;
		ring->control = memory;
		ring->data = (uint8_t *)memory + PAGE;
		ring->size = pages * PAGE;
		return true;
	}
	return false;
}

static bool
open_ring(struct sampler *sampler, int pid, int processor, uint64_t period, bool with_kernel)
{
	struct ring *ring = &sampler->ring[sampler->count];

	ring->fd = open_event(pid, processor, period, with_kernel);
	if (ring->fd < 0)
		return false;
	if (!map_ring(ring)) {
		int error = errno;

		close(ring->fd);
		errno = error;
		return false;
	}
	sampler->polled[sampler->count++] = (struct pollfd){ .fd = ring->fd, .events = POLLIN };
	return true;
}

static struct sampler *
open_all(int pid, uint64_t period, bool with_kernel)
{
	long processors = sysconf(_SC_NPROCESSORS_CONF);
	struct sampler *sampler =
		calloc(1, sizeof(*sampler) + (size_t)processors * sizeof(struct ring));

	if (!sampler)
		return NULL;
	sampler->polled = calloc((size_t)processors + 1, sizeof(*sampler->polled));
	for (int processor = 0; sampler->polled && processor < processors; processor++)
		/* ENODEV: the processor is off */
		if (!open_ring(sampler, pid, processor, period, with_kernel) && errno != ENODEV)
			break;
		else if (processor == processors - 1 && sampler->count)
			return sampler;
	int error = errno;
	sampler_close(sampler);
	errno = error;
	return NULL;
}

struct sampler *
sampler_open(int pid, uint64_t period, bool *sees_kernel, char *why, size_t size)
{
	struct sampler *sampler = open_all(pid, period, true);

	*sees_kernel = true;
	if (!sampler && (errno == EACCES || errno == EPERM)) {
		*sees_kernel = false;
		sampler = open_all(pid, period, false);
	}
	if (!sampler)
		snprintf(why, size, "%s", strerror(errno));
	return sampler;
}

void
sampler_close(struct sampler *sampler)
{
	for (unsigned k = 0; k < sampler->count; k++) {
		munmap(sampler->ring[k].control, sampler->ring[k].size + PAGE);
		close(sampler->ring[k].fd);
	}
	free(sampler->polled);
	free(sampler);
}

/* ---- reading --------------------------------------------------------------------------------------------------------------- */

/* What the kernel writes for sample_type above. */
struct raw_sample {
	struct perf_event_header header;
	uint64_t pc;
	uint32_t process, thread;
	uint64_t time;
	uint64_t registers_abi;
	uint64_t rest
		[]; /* unless the abi is 0: sp, pc; then size, bytes of the stack, how many of them count */
};

static uint8_t
classify_stack(uint64_t sp, const uint8_t *bytes, uint64_t size)
{
	uint64_t offset = sp & (THREAD_BLOCK_SIZE - 1), activity;

	if (sp < THREAD_BLOCKS_START || sp >= THREAD_BLOCKS_END)
		return SAMPLE_STACK_OTHER;
	if (offset >= THREAD_SIGNAL_STACK_OFFSET)
		return SAMPLE_STACK_SIGNAL;
	if (offset < THREAD_C_STACK_OFFSET)
		return SAMPLE_STACK_RETURN;
	if (offset > THREAD_ACTIVITY || THREAD_ACTIVITY - offset + sizeof(activity) > size)
		return SAMPLE_STACK_DEEP;
	memcpy(&activity, bytes + (THREAD_ACTIVITY - offset), sizeof(activity));
	return activity < ACTIVITY_COUNT ? (uint8_t)activity : SAMPLE_STACK_OTHER;
}

static void
add_raw(struct samples *samples, const struct raw_sample *raw)
{
	struct sample sample = {
		.time = raw->time,
		.pc = raw->pc,
		.process = raw->process,
		.stack = SAMPLE_STACK_OTHER,
		.in_kernel = (raw->header.misc & PERF_RECORD_MISC_CPUMODE_MASK) ==
			     PERF_RECORD_MISC_KERNEL,
	};
	const uint64_t *rest = raw->rest;
	size_t words = (raw->header.size - sizeof(*raw)) / sizeof(uint64_t);

	if (raw->registers_abi && words >= 3) {
		uint64_t size = rest[2];
		uint64_t valid = 0;

		sample.pc = rest[1];
		if (size && size / sizeof(uint64_t) + 4 <= words)
			valid = rest[3 + size / sizeof(uint64_t)];
		sample.stack = classify_stack(
			rest[0], (const uint8_t *)(rest + 3), valid < size ? valid : size);
	}
	samples_add(samples, &sample);
}

static void
take_record(struct samples *samples, const struct perf_event_header *header)
{
	if (header->type == PERF_RECORD_SAMPLE && header->size >= sizeof(struct raw_sample)) {
		add_raw(samples, (const struct raw_sample *)header);
	} else if (header->type == PERF_RECORD_LOST) {
		const uint64_t *lost = (const uint64_t *)(header + 1) + 1;

		samples->lost += *lost;
	}
}

static void
copy_out(const struct ring *ring, uint64_t at, void *to, size_t size)
{
	size_t start = at & (ring->size - 1);
	size_t first = size < ring->size - start ? size : ring->size - start;

	memcpy(to, ring->data + start, first);
	memcpy((uint8_t *)to + first, ring->data, size - first);
}

static void
empty_ring(struct ring *ring, struct samples *samples)
{
	static uint8_t record[UINT16_MAX + 1] __attribute__((aligned(8)));
	uint64_t head = __atomic_load_n(&ring->control->data_head, __ATOMIC_ACQUIRE);
	uint64_t at = ring->control->data_tail;

	while (at < head) {
		struct perf_event_header header;

		copy_out(ring, at, &header, sizeof(header));
		if (header.size < sizeof(header))
			break;
		copy_out(ring, at, record, header.size);
		take_record(samples, (const struct perf_event_header *)record);
		at += header.size;
	}
	__atomic_store_n(&ring->control->data_tail, head, __ATOMIC_RELEASE);
}

void
sampler_read(struct sampler *sampler, struct samples *samples, int pidfd, int milliseconds)
{
	sampler->polled[sampler->count] = (struct pollfd){ .fd = pidfd, .events = POLLIN };
	poll(sampler->polled, sampler->count + 1, milliseconds);
	for (unsigned k = 0; k < sampler->count; k++)
		empty_ring(&sampler->ring[k], samples);
}
