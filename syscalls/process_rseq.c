// SPDX-License-Identifier: Apache-2.0
//
// rseq: the guest's struct rseq is the one that the host kernel writes to. What becomes of critical sections is in
// runtime/critical_sections.h.

#include <linux/rseq.h>

#include "runtime/critical_sections.h"
#include "runtime/guest_memory.h"
#include "runtime/thread.h"
#include "syscalls/dispatch.h"
#include "syscalls/handlers.h"

/* The largest length that a kernel has asked for so far, rounded up generously. */
#define AREA_SIZE_MAX 4096

static bool
is_guests(uint64_t area, uint32_t length)
{
	return area < GUEST_ADDRESS_END && length <= AREA_SIZE_MAX &&
	       length <= GUEST_ADDRESS_END - area;
}

int64_t
sys_rseq(struct guest_thread *t, const uint64_t argument[6])
{
	bool adds = (uint32_t)argument[2] == 0 && !t->rseq.area;
	int64_t result;

	if (!is_guests(argument[0], (uint32_t)argument[1]))
		return adds ? -EFAULT : -EINVAL;
	/* The kernel kills threads whose area it cannot write to, which a page with translated code would look like. */
	if (adds)
		guest_memory_keep_writable(argument[0], (uint32_t)argument[1]);
	result = system_call_quick(SYS_rseq, argument);
	if (result < 0)
		return result;
	t->rseq.area = adds ? argument[0] : 0;
	t->rseq.signature = (uint32_t)argument[3];
	if (adds)
		critical_sections_use_signature((uint32_t)argument[3]);
	return result;
}
