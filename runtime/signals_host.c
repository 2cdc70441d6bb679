// SPDX-License-Identifier: Apache-2.0
//
// The host's side of signals: our handler, what is registered with the kernel, and the tasks' masks. See signals.h.
//
// One handler serves all signals; all but the synchronous ones are blocked while it runs, and it runs on the signal stack in the thread's
// block, from which it finds the thread. It takes no lock for a signal that somebody sent. For a fault it may take
// locks: the code at fault is translated code or a guarded copy, neither of which runs with a lock held.

#include <errno.h>
#include <string.h>
#include <ucontext.h>

#include "backend/backend.h"
#include "runtime/crash_report.h"
#include "runtime/guest_access.h"
#include "runtime/guest_memory.h"
#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/interruptible_syscall.h"
#include "runtime/recording.h"
#include "runtime/signals_internal.h"
#include "runtime/stop_world.h"
#include "runtime/threads.h"
#include "runtime/units.h"

#define HOST_SA_RESTORER UINT64_C(0x04000000)
#define MASK_SIZE        sizeof(uint64_t)
#define PAGE_FAULT_WRITE 2u /* bit of the error code of a page fault */

/* The kernel's struct sigaction on x86-64. */
struct host_sigaction {
	void *handler;
	uint64_t flags;
	void (*restorer)(void);
	uint64_t mask;
};

/* What our handler runs under: a fault in it is a bug that is to be reported, not a silent death. */
#define HANDLER_MASK (~SIGNALS_SYNCHRONOUS)

/* Where the host handler returns to. */
void signals_host_restorer(void);
__asm__(".text\n"
	".globl signals_host_restorer\n"
	"	nop\n" /* unwinders look at the byte before a return address */
	"signals_host_restorer:\n"
	"	mov	$15, %eax\n"
	"	syscall\n");
_Static_assert(SYS_rt_sigreturn == 15, "the number in the code above");

void
signals_request_visit(struct guest_thread *t)
{
	__atomic_store_n(&t->cpu.hot.signal_pending, CPU_SIGNAL_PENDING, __ATOMIC_RELAXED);
	__atomic_store_n(&t->cpu.hot.loop_fuel, -1, __ATOMIC_RELAXED);
	__atomic_store_n(&t->cpu.hot.indirect_table, (void *)threads_empty_table, __ATOMIC_RELAXED);
}

/* Records a synchronous signal that a program sent, until the guest unblocks it. */
static void
hold(struct guest_thread *t, int signo, const siginfo_t *info)
{
	if (t->signals.held & SIGNAL_BIT(signo))
		return;
	memcpy(&t->signals.held_info[signals_held_index(signo)], info, sizeof(union signal_info));
	__atomic_fetch_or(&t->signals.held, SIGNAL_BIT(signo), __ATOMIC_RELAXED);
}

static uint64_t
effective_mask(const struct guest_thread *t)
{
	return t->signals.temporary ? t->signals.temporary_mask : t->signals.mask;
}

static void
set_context_mask(ucontext_t *context, uint64_t mask)
{
	memcpy(&context->uc_sigmask, &mask, MASK_SIZE);
}

/* Another thread wants this one out of translated code. A system call that was interrupted instead is repeated. */
static void
receive_poke(struct guest_thread *t)
{
	t->signals.spurious = true;
	if (t->in_code)
		signals_request_visit(t);
}

static void
receive(struct guest_thread *t, int signo, const siginfo_t *info, ucontext_t *context)
{
	if (SIGNALS_SYNCHRONOUS & SIGNAL_BIT(signo)) {
		hold(t, signo, info);
		if (effective_mask(t) & SIGNAL_BIT(signo)) {
			t->signals.spurious = true;
			return;
		}
	} else {
		memcpy(&t->signals.info, info, sizeof(t->signals.info));
		t->signals.queued = true;
		/* The next one stays in the kernel until this one is delivered. */
		set_context_mask(context, ~SIGNALS_SYNCHRONOUS);
	}
	signals_request_visit(t);
	interruptible_syscall_leave(context);
}

/*
 * backend_recover changes vector registers in the context; the kernel restores them only where the context says that
 * they are not in their initial state (XSTATE_BV in the XSAVE header, behind the legacy area of 512 bytes).
 */
static void
mark_vectors_changed(ucontext_t *context)
{
	enum { FX_SW_BYTES = 464, XSAVE_HEADER = 512, XSTATE_SSE = 2 };
	const uint32_t magic = 0x46505853; /* FP_XSTATE_MAGIC1 */
	uint8_t *area = (uint8_t *)context->uc_mcontext.fpregs;

	if (area && !memcmp(area + FX_SW_BYTES, &magic, sizeof(magic)))
		area[XSAVE_HEADER] |= XSTATE_SSE;
}

/* A fault of translated code becomes the guest's; false when it is not translated code or has no recipe. */
static bool
recover(struct guest_thread *t, const struct signal_fault *fault, ucontext_t *context)
{
	const uint8_t *pc = (const uint8_t *)context->uc_mcontext.gregs[REG_RIP];
	const struct code_unit *unit = units_find_by_host_pc(pc);

	/* The kernel has aborted the store already; guest state is as it was before. */
	if (backend_is_critical_abort(pc)) {
		t->signals.fault = *fault;
		return true;
	}
	if (!unit || !backend_recover(unit, &t->cpu, context))
		return false;
	mark_vectors_changed(context);
	t->signals.fault = *fault;
	return true;
}

/* Translated code checks alignment itself and comes to a UD2 when it fails. */
static bool
resolve_misaligned(struct guest_thread *t, ucontext_t *context)
{
	const struct signal_fault fault = {
		.signo = SIGBUS,
		.code = BUS_ADRALN,
		.esr = signals_data_abort_syndrome(SIGBUS, BUS_ADRALN, false),
	};

	return recover(t, &fault, context);
}

/* An invalid floating-point operation of translated code, or the single step behind one. */
static bool
resolve_invalid_operation(
	struct guest_thread *t, int signo, const siginfo_t *info, ucontext_t *context)
{
	bool done;

	if (!units_owns_host_pc((const uint8_t *)context->uc_mcontext.gregs[REG_RIP]))
		return false;
	if (signo == SIGTRAP)
		return backend_single_step(&t->cpu, context);
	done = info->si_code == FPE_FLTINV && backend_invalid_operation(&t->cpu, context);
	if (done)
		mark_vectors_changed(context);
	if (backend_wants_nan_checks(&t->cpu))
		signals_request_visit(t);
	return done;
}

/* True when the fault has been dealt with or turned into the guest's. */
static bool
resolve_fault(struct guest_thread *t, int signo, const siginfo_t *info, ucontext_t *context)
{
	bool write = context->uc_mcontext.gregs[REG_ERR] & PAGE_FAULT_WRITE;
	uint64_t address = (uint64_t)info->si_addr;
	const struct signal_fault fault = {
		.signo = signo,
		.code = info->si_code == SI_KERNEL ? SEGV_MAPERR : info->si_code,
		.address = address,
		.esr = signals_data_abort_syndrome(signo, info->si_code, write),
		.not_canonical = info->si_code == SI_KERNEL,
	};

	if (signo == SIGILL)
		return resolve_misaligned(t, context);
	if (signo == SIGFPE || signo == SIGTRAP)
		return resolve_invalid_operation(t, signo, info, context);
	if (signo != SIGSEGV && signo != SIGBUS)
		return false;
	/*
	 * The write is repeated in place, even when its own unit is among those that were thrown away: that code stays
	 * in memory, and what was written becomes visible to instruction fetch only by IC IVAU and ISB, which end units.
	 */
	if (signo == SIGSEGV && write && address < GUEST_ADDRESS_END &&
		guest_memory_code_write_fault(address))
		return true;
	if (guest_access_fixup(context))
		return true;
	if (signo == SIGSEGV && backend_return_stack_fault(&t->cpu, context, info->si_addr))
		return true;
	return recover(t, &fault, context);
}

/* A timer of dragoman profile, which the guest does not notice: a system call that it interrupts is repeated. */
static bool
is_sample(struct guest_thread *t, const siginfo_t *info, const ucontext_t *context)
{
	uint64_t pc = (uint64_t)context->uc_mcontext.gregs[REG_RIP];

	if (!recording_take_sample(info, pc, thread_activity(t)))
		return false;
	if (!t->in_code)
		t->signals.spurious = true;
	return true;
}

static void
handler(int signo, siginfo_t *info, void *context)
{
	struct guest_thread *t = thread_of_stack((uintptr_t)__builtin_frame_address(0));

	if (signo == SIGTRAP && world_is_poke(info))
		receive_poke(t);
	else if (signo == SIGTRAP && is_sample(t, info, context))
		return;
	else if (!(SIGNALS_SYNCHRONOUS & SIGNAL_BIT(signo)) || signals_sent_by_program(info))
		receive(t, signo, info, context);
	else if (!resolve_fault(t, signo, info, context))
		crash_report(t, signo, info, context);
}

static int64_t
set_host_handler(int signo, void *function, uint64_t guest_flags)
{
	struct host_sigaction action = {
		.handler = function,
		.flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | HOST_SA_RESTORER |
			 (guest_flags & (SA_NOCLDSTOP | SA_NOCLDWAIT | SA_RESTART)),
		.restorer = signals_host_restorer,
		.mask = HANDLER_MASK,
	};

	return host_syscall(SYS_rt_sigaction, signo, &action, NULL, MASK_SIZE);
}

void
signals_set_host_action(int signo, const struct guest_sigaction *action)
{
	bool always = (SIGNALS_SYNCHRONOUS & SIGNAL_BIT(signo)) ||
		      /* for the line that says what the guest died of */
		      (signo == SIGABRT && action->handler == GUEST_SIG_DFL);

	if (always || action->handler > GUEST_SIG_IGN)
		set_host_handler(signo, (void *)handler, action->flags);
	else
		set_host_handler(signo, (void *)action->handler, action->flags);
}

void
signals_set_host_mask(uint64_t mask)
{
	host_syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, MASK_SIZE);
}

void
signals_block_all(void)
{
	signals_set_host_mask(~SIGNALS_SYNCHRONOUS);
}

void
signals_block_everything(void)
{
	signals_set_host_mask(UINT64_MAX);
}

void
signals_unblock(struct guest_thread *t)
{
	if (t->signals.queued)
		signals_set_host_mask(~SIGNALS_SYNCHRONOUS);
	else
		signals_set_host_mask(signals_host_mask(t->signals.mask));
}

void
signals_set_mask(struct guest_thread *t, uint64_t mask)
{
	t->signals.mask = mask & ~SIGNALS_UNBLOCKABLE;
	signals_unblock(t);
	signals_note_mask(t, mask);
}

void
signals_note_mask(struct guest_thread *t, uint64_t mask)
{
	t->signals.mask = mask & ~SIGNALS_UNBLOCKABLE;
	if (t->signals.held & ~t->signals.mask)
		signals_request_visit(t);
}

bool
signals_take_held(struct guest_thread *t, int signo, union signal_info *info)
{
	uint64_t bit = SIGNAL_BIT(signo);

	if (!(t->signals.held & bit))
		return false;
	*info = t->signals.held_info[signals_held_index(signo)];
	__atomic_fetch_and(&t->signals.held, ~bit, __ATOMIC_RELAXED);
	return true;
}

void
signals_use_temporary_mask(struct guest_thread *t, uint64_t mask)
{
	t->signals.temporary_mask = mask & ~SIGNALS_UNBLOCKABLE;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	t->signals.temporary = true;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (t->signals.held & ~t->signals.temporary_mask)
		signals_request_visit(t);
}

int64_t
signals_action(struct guest_thread *t, int signo, const struct guest_sigaction *new,
	struct guest_sigaction *old)
{
	struct signal_actions *actions = t->signals.actions;

	if (signo < 1 || signo > GUEST_SIGNAL_COUNT ||
		(new && (SIGNALS_UNBLOCKABLE & SIGNAL_BIT(signo))))
		return -EINVAL;
	lock_acquire(&actions->lock);
	if (old)
		*old = actions->action[signo];
	if (new) {
		actions->action[signo] = *new;
		actions->action[signo].mask &= ~SIGNALS_UNBLOCKABLE;
		signals_set_host_action(signo, new);
	}
	lock_release(&actions->lock);
	return 0;
}

/* What the process was started with: only SIG_IGN survives an exec. */
static void
inherit_actions(struct signal_actions *actions)
{
	for (int signo = 1; signo <= GUEST_SIGNAL_COUNT; signo++) {
		struct host_sigaction host = { 0 };

		if (SIGNALS_UNBLOCKABLE & SIGNAL_BIT(signo))
			continue;
		host_syscall(SYS_rt_sigaction, signo, NULL, &host, MASK_SIZE);
		if (host.handler == (void *)SIG_IGN)
			actions->action[signo].handler = GUEST_SIG_IGN;
		if ((SIGNALS_SYNCHRONOUS & SIGNAL_BIT(signo)) || signo == SIGABRT)
			signals_set_host_action(signo, &actions->action[signo]);
	}
}

void
signals_init_process(struct guest_thread *t)
{
	struct signal_actions *actions = host_allocate(sizeof(*actions));

	if (!actions)
		crash_report_message("out of memory");
	actions->users = 1;
	t->signals.actions = actions;
	host_syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &t->signals.mask, MASK_SIZE);
	signals_block_all();
	inherit_actions(actions);
}

static struct signal_actions *
copy_actions(struct signal_actions *from)
{
	struct signal_actions *copy = host_allocate(sizeof(*copy));

	if (!copy)
		return NULL;
	lock_acquire(&from->lock);
	memcpy(copy->action, from->action, sizeof(copy->action));
	lock_release(&from->lock);
	copy->users = 1;
	return copy;
}

bool
signals_init_thread(struct guest_thread *t, const struct guest_thread *parent, bool share_actions,
	bool keep_stack)
{
	t->signals.mask = parent->signals.mask;
	t->signals.fault_address = parent->signals.fault_address;
	t->signals.fault_esr = parent->signals.fault_esr;
	if (keep_stack)
		t->signals.stack = parent->signals.stack;
	else
		t->signals.stack.flags = SS_DISABLE;
	if (share_actions) {
		t->signals.actions = parent->signals.actions;
		__atomic_fetch_add(&t->signals.actions->users, 1, __ATOMIC_RELAXED);
	} else {
		t->signals.actions = copy_actions(parent->signals.actions);
	}
	return t->signals.actions != NULL;
}

void
signals_free_thread(struct guest_thread *t)
{
	struct signal_actions *actions = t->signals.actions;

	t->signals.actions = NULL;
	if (actions && __atomic_sub_fetch(&actions->users, 1, __ATOMIC_ACQ_REL) == 0)
		host_free(actions);
}

void
signals_enter_task(struct guest_thread *t)
{
	stack_t stack = {
		.ss_sp = (uint8_t *)t + THREAD_SIGNAL_STACK_OFFSET,
		.ss_size = THREAD_SIGNAL_STACK_SIZE,
	};

	host_syscall(SYS_sigaltstack, &stack, NULL);
}

/* For the synchronous signals that the guest ignores: what the host does on them. */
static void
set_ignored_synchronous(struct guest_thread *t, void *function)
{
	struct signal_actions *actions = t->signals.actions;

	lock_acquire(&actions->lock);
	for (int signo = 1; signo < 32; signo++) {
		if ((SIGNALS_SYNCHRONOUS & SIGNAL_BIT(signo)) &&
			actions->action[signo].handler == GUEST_SIG_IGN)
			set_host_handler(signo, function, 0);
	}
	lock_release(&actions->lock);
}

void
signals_before_exec(struct guest_thread *t)
{
	set_ignored_synchronous(t, (void *)SIG_IGN);
	/* A queued signal keeps the others blocked; the interruptible call will see it. */
	signals_block_all();
	if (!t->signals.queued)
		signals_set_host_mask(t->signals.mask);
}

void
signals_after_exec(struct guest_thread *t)
{
	/* First the mask: a signal that was queued meanwhile has blocked the others in the context it returned to. */
	signals_block_all();
	signals_unblock(t);
	set_ignored_synchronous(t, (void *)handler);
}
