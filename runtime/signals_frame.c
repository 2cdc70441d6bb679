// SPDX-License-Identifier: Apache-2.0
//
// Frames of signal handlers on the guest's stack and the way back, as arch/arm64/kernel/signal.c does it: setup_rt_frame,
// restore_sigframe, parse_user_sigframe; and the alternate stack (kernel/signal.c, do_sigaltstack).

#include <errno.h>
#include <string.h>

#include "backend/backend.h"
#include "frontend/a64/lift.h"
#include "frontend/a64/state.h"
#include "runtime/guest_access.h"
#include "runtime/guest_memory.h"
#include "runtime/signal_frame.h"
#include "runtime/signals_internal.h"

#define PSTATE_MODE_MASK     0x1fu /* M[4:0]; 0 is EL0 in AArch64 state */
#define PSTATE_DAIF          0x3c0u
#define PSTATE_NZCV_SHIFT    28
#define MINIMUM_SIGNAL_STACK 5120 /* MINSIGSTKSZ of arm64 */
#define STACK_MODE_BITS      (~GUEST_SS_AUTODISARM)

static uint64_t
pstate_of(const struct guest_thread *t)
{
	return (uint64_t)backend_flags_to_nzcv(t->cpu.hot.flags) << PSTATE_NZCV_SHIFT;
}

/* Is `sp` on the alternate stack? With SS_AUTODISARM it never counts as such (kernel: on_sig_stack). */
static bool
on_stack(const struct guest_stack *stack, uint64_t sp)
{
	if (stack->flags & GUEST_SS_AUTODISARM)
		return false;
	return sp > stack->sp && sp - stack->sp <= stack->size;
}

/* SS_DISABLE, SS_ONSTACK or 0 as sigaltstack reports it. */
static int32_t
stack_state(const struct guest_stack *stack, uint64_t sp)
{
	if (!stack->size)
		return SS_DISABLE;
	return on_stack(stack, sp) ? SS_ONSTACK : 0;
}

int64_t
signals_alternate_stack(struct guest_thread *t, const struct guest_stack *new,
	struct guest_stack *old, uint64_t sp, uint64_t minimum)
{
	struct guest_stack *stack = &t->signals.stack;
	int32_t mode;

	if (old) {
		*old = *stack;
		old->padding = 0;
		old->flags = stack_state(stack, sp) | (stack->flags & GUEST_SS_AUTODISARM);
	}
	if (!new)
		return 0;
	if (on_stack(stack, sp))
		return -EPERM;
	mode = new->flags &STACK_MODE_BITS;
	if (mode != SS_DISABLE && mode != SS_ONSTACK && mode != 0)
		return -EINVAL;
	if (stack->sp == new->sp && stack->size == new->size && stack->flags == new->flags)
		return 0;
	if (mode == SS_DISABLE) {
		*stack = (struct guest_stack){ .flags = new->flags };
		return 0;
	}
	if (new->size < minimum)
		return -ENOMEM;
	*stack = *new;
	stack->padding = 0;
	return 0;
}

/* Fills in `reserved`: FPSIMD registers, syndrome of the last fault if there was one, and the end. */
static void
save_records(struct guest_thread *t, uint8_t *reserved)
{
	struct a64_state *cpu = a64_state(&t->cpu);
	struct a64_fpsimd_context *fpsimd = (struct a64_fpsimd_context *)reserved;
	struct a64_esr_context *esr = (struct a64_esr_context *)(fpsimd + 1);

	fpsimd->head = (struct a64_context_head){ A64_FPSIMD_MAGIC, sizeof(*fpsimd) };
	fpsimd->fpsr = a64_read_fpsr(&t->cpu);
	fpsimd->fpcr = a64_read_fpcr(&t->cpu);
	memcpy(fpsimd->v, cpu->v, sizeof(fpsimd->v));
	if (t->signals.fault_esr) {
		esr->head = (struct a64_context_head){ A64_ESR_MAGIC, sizeof(*esr) };
		esr->esr = t->signals.fault_esr;
	}
}

static void
save_context(struct guest_thread *t, struct a64_signal_frame *frame, uint64_t mask)
{
	struct a64_state *cpu = a64_state(&t->cpu);
	struct a64_sigcontext *context = &frame->ucontext.context;

	frame->ucontext.stack = t->signals.stack;
	frame->ucontext.sigmask = mask;
	context->fault_address = t->signals.fault_address;
	memcpy(context->x, cpu->x, sizeof(context->x));
	context->sp = cpu->sp;
	context->pc = t->cpu.hot.pc;
	context->pstate = pstate_of(t);
	save_records(t, context->reserved);
}

bool
signals_push_frame(struct guest_thread *t, const struct guest_sigaction *action,
	const union signal_info *info, uint64_t mask)
{
	struct a64_state *cpu = a64_state(&t->cpu);
	const struct guest_stack *stack = &t->signals.stack;
	struct a64_frame_record record = { .fp = cpu->x[29], .lr = cpu->x[30] };
	struct a64_signal_frame frame;
	uint64_t top = cpu->sp, record_address, frame_address;

	if ((action->flags & SA_ONSTACK) && stack_state(stack, cpu->sp) == 0)
		top = stack->sp + stack->size;
	record_address = (top - sizeof(record)) & ~UINT64_C(15);
	frame_address = record_address - sizeof(frame);

	memset(&frame, 0, sizeof(frame));
	if (action->flags & SA_SIGINFO)
		frame.info = *info;
	save_context(t, &frame, mask);
	if (guest_copy_to(frame_address, &frame, sizeof(frame)) < 0 ||
		guest_copy_to(record_address, &record, sizeof(record)) < 0)
		return false;

	cpu->x[0] = (uint64_t)info->info.si_signo;
	if (action->flags & SA_SIGINFO) {
		cpu->x[1] = frame_address + offsetof(struct a64_signal_frame, info);
		cpu->x[2] = frame_address + offsetof(struct a64_signal_frame, ucontext);
	}
	cpu->sp = frame_address;
	cpu->x[29] = record_address;
	cpu->x[30] = action->flags & GUEST_SA_RESTORER ? action->restorer : signals_trampoline;
	cpu->exclusive_address = A64_NO_EXCLUSIVE;
	t->cpu.hot.pc = action->handler;
	return true;
}

/* Finds the one FPSIMD record; NULL when the list of records is not well-formed. */
static const struct a64_fpsimd_context *
find_fpsimd(const uint8_t *reserved)
{
	const struct a64_fpsimd_context *fpsimd = NULL;
	size_t offset = 0;

	while (A64_RESERVED_SIZE - offset >= sizeof(struct a64_context_head) && offset % 16 == 0) {
		const void *record = reserved + offset;
		const struct a64_context_head *head = record;

		if (A64_RESERVED_SIZE - offset < head->size)
			return NULL;
		if (head->magic == 0)
			return head->size == 0 ? fpsimd : NULL;
		if (head->magic == A64_FPSIMD_MAGIC) {
			if (fpsimd || head->size != sizeof(*fpsimd))
				return NULL;
			fpsimd = record;
		} else if (head->magic != A64_ESR_MAGIC) {
			return NULL;
		}
		if (head->size < sizeof(*head))
			return NULL;
		offset += head->size;
	}
	return NULL;
}

static void
restore_fpsimd(struct guest_thread *t, const struct a64_fpsimd_context *fpsimd)
{
	memcpy(a64_state(&t->cpu)->v, fpsimd->v, sizeof(fpsimd->v));
	a64_write_fpcr(&t->cpu, fpsimd->fpcr);
	a64_write_fpsr(&t->cpu, fpsimd->fpsr);
}

/* Takes the context over; false when the kernel would call the frame bad, with the registers set all the same. */
static bool
restore_context(struct guest_thread *t, const struct a64_signal_frame *frame)
{
	struct a64_state *cpu = a64_state(&t->cpu);
	const struct a64_sigcontext *context = &frame->ucontext.context;
	const struct a64_fpsimd_context *fpsimd;

	t->signals.mask = frame->ucontext.sigmask & ~SIGNALS_UNBLOCKABLE;
	memcpy(cpu->x, context->x, sizeof(cpu->x));
	cpu->sp = context->sp;
	t->cpu.hot.pc = context->pc;
	t->cpu.hot.flags =
		backend_flags_from_nzcv((unsigned)(context->pstate >> PSTATE_NZCV_SHIFT) & 15);
	if (context->pstate & (PSTATE_MODE_MASK | PSTATE_DAIF))
		return false;
	fpsimd = find_fpsimd(context->reserved);
	if (!fpsimd)
		return false;
	restore_fpsimd(t, fpsimd);
	return true;
}

static void
bad_frame(struct guest_thread *t)
{
	uint64_t sp = a64_state(&t->cpu)->sp;
	struct guest_mapping mapping;
	union signal_info info = { .bytes = { 0 } };

	info.info.si_signo = SIGSEGV;
	info.info.si_code = guest_memory_query(sp, &mapping) ? SEGV_ACCERR : SEGV_MAPERR;
	info.info.si_addr = (void *)sp;
	signals_force(t, &info);
}

int64_t
signals_return(struct guest_thread *t)
{
	struct a64_state *cpu = a64_state(&t->cpu);
	struct a64_signal_frame frame;

	if (!signals_begin_change(t))
		return (int64_t)cpu->x[0];
	cpu->exclusive_address = A64_NO_EXCLUSIVE;
	if ((cpu->sp & 15) || guest_copy_from(&frame, cpu->sp, sizeof(frame)) < 0 ||
		!restore_context(t, &frame))
		bad_frame(t);
	else
		signals_alternate_stack(
			t, &frame.ucontext.stack, NULL, cpu->sp, MINIMUM_SIGNAL_STACK);
	signals_set_mask(t, t->signals.mask);
	return (int64_t)cpu->x[0];
}
