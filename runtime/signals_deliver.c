// SPDX-License-Identifier: Apache-2.0
//
// What happens to a signal once the dispatcher has time for it: the handler's frame, nothing, or death; how an
// interrupted system call goes on (kernel: arch/arm64/kernel/signal.c do_signal, kernel/signal.c get_signal); and the
// signals that a thread brings upon itself.

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "frontend/a64/state.h"
#include "runtime/critical_sections.h"
#include "runtime/guest_access.h"
#include "runtime/guest_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/interruptible_syscall.h"
#include "runtime/signals_internal.h"
#include "syscalls/strace.h"

#define SYSTEM_CALL_SIZE 4 /* bytes of the SVC instruction */

/* ESR_EL1: exception class in bits 31..26, IL for a 32-bit instruction, and the fault status code. */
#define ESR_INSTRUCTION_ABORT   (UINT64_C(0x20) << 26)
#define ESR_PC_ALIGNMENT        (UINT64_C(0x22) << 26)
#define ESR_DATA_ABORT          (UINT64_C(0x24) << 26)
#define ESR_IL                  (UINT64_C(1) << 25)
#define ESR_WRITE               (UINT64_C(1) << 6)
#define ESR_TRANSLATION_LEVEL_3 UINT64_C(0x07)
#define ESR_PERMISSION_LEVEL_3  UINT64_C(0x0f)
#define ESR_EXTERNAL            UINT64_C(0x10)
#define ESR_ALIGNMENT           UINT64_C(0x21)

/* Default action "ignore"; SIGCONT continues by itself. */
#define DEFAULT_IGNORED \
	(SIGNAL_BIT(SIGCHLD) | SIGNAL_BIT(SIGURG) | SIGNAL_BIT(SIGWINCH) | SIGNAL_BIT(SIGCONT))
#define DEFAULT_STOPS (SIGNAL_BIT(SIGTSTP) | SIGNAL_BIT(SIGTTIN) | SIGNAL_BIT(SIGTTOU))

uint64_t signals_trampoline;

uint64_t
signals_data_abort_syndrome(int signo, int code, bool write)
{
	uint64_t status = ESR_TRANSLATION_LEVEL_3;

	if (signo == SIGBUS)
		status = code == BUS_ADRALN ? ESR_ALIGNMENT : ESR_EXTERNAL;
	else if (code == SEGV_ACCERR)
		status = ESR_PERMISSION_LEVEL_3;
	return ESR_DATA_ABORT | ESR_IL | (write ? ESR_WRITE : 0) | status;
}

static uint64_t
effective_mask(const struct guest_thread *t)
{
	return t->signals.temporary ? t->signals.temporary_mask : t->signals.mask;
}

bool
signals_begin_change(struct guest_thread *t)
{
	signals_block_all();
	if (!t->signals.queued)
		return true;
	signals_unblock(t);
	t->signals.restart = RESTART_ALWAYS;
	t->signals.restart_x0 = a64_state(&t->cpu)->x[0];
	return false;
}

/* True when signals_deliver will find something. */
static bool
deliverable(const struct guest_thread *t)
{
	return t->signals.queued || (t->signals.held & ~effective_mask(t));
}

/* Goes back to the system call instruction. */
static void
repeat_system_call(struct guest_thread *t, uint64_t first_argument)
{
	t->cpu.hot.pc -= SYSTEM_CALL_SIZE;
	a64_state(&t->cpu)->x[0] = first_argument;
}

int64_t
signals_after_system_call(
	struct guest_thread *t, enum restart_class class, uint64_t first_argument, int64_t result)
{
	struct thread_signals *s = &t->signals;
	bool spurious = s->spurious;

	s->spurious = false;
	if (s->restart != RESTART_NEVER) /* by signals_begin_change */
		return result;
	/* A held signal that only the temporary mask lets through ends the call as if it had waited. */
	if (result == INTERRUPTED_BEFORE && s->temporary && !s->queued &&
		(s->held & ~s->temporary_mask & s->mask))
		return -EINTR;
	if (result == INTERRUPTED_BEFORE) {
		s->temporary = false;
		s->restart = RESTART_ALWAYS;
		s->restart_x0 = first_argument;
		return (int64_t)first_argument;
	}
	if (result != -EINTR || !deliverable(t)) {
		s->temporary = false;
		if (result != -EINTR || !spurious)
			return result;
		t->cpu.hot.pc -= SYSTEM_CALL_SIZE;
		return (int64_t)first_argument;
	}
	s->restart = class;
	s->restart_x0 = first_argument;
	return result;
}

/*
 * Decides about the interrupted system call when a handler is about to run. SA_RESTART is the host's as well: where the
 * kernel would repeat the call, it goes back to the instruction, and INTERRUPTED_BEFORE was the result; an EINTR that
 * is left is one that SA_RESTART does not help (as of a socket with a timeout).
 */
static void
restart_for_handler(struct guest_thread *t)
{
	uint8_t class = t->signals.restart;

	t->signals.restart = RESTART_NEVER;
	if (class == RESTART_ALWAYS)
		repeat_system_call(t, t->signals.restart_x0);
}

static void
restart_without_handler(struct guest_thread *t)
{
	uint8_t class = t->signals.restart;

	t->signals.restart = RESTART_NEVER;
	if (class != RESTART_NEVER)
		repeat_system_call(t, t->signals.restart_x0);
}

/* Copies out the action for a signal; a one-shot handler is reset by that (SA_RESETHAND). */
static struct guest_sigaction
take_action(struct guest_thread *t, int signo)
{
	struct signal_actions *actions = t->signals.actions;
	struct guest_sigaction *entry = &actions->action[signo];
	struct guest_sigaction action;

	lock_acquire(&actions->lock);
	action = *entry;
	if (action.handler > GUEST_SIG_IGN && (action.flags & SA_RESETHAND)) {
		entry->handler = GUEST_SIG_DFL;
		signals_set_host_action(signo, entry);
	}
	lock_release(&actions->lock);
	return action;
}

static void
reset_to_default(struct guest_thread *t, int signo)
{
	struct signal_actions *actions = t->signals.actions;

	lock_acquire(&actions->lock);
	actions->action[signo].handler = GUEST_SIG_DFL;
	signals_set_host_action(signo, &actions->action[signo]);
	lock_release(&actions->lock);
	t->signals.mask &= ~SIGNAL_BIT(signo);
	if (t->signals.temporary)
		t->signals.temporary_mask &= ~SIGNAL_BIT(signo);
}

/* The stack for the handler's frame could not be written (kernel: force_sigsegv). */
static void
frame_failed(struct guest_thread *t, int signo)
{
	union signal_info info = { .info = { .si_signo = SIGSEGV, .si_code = SI_KERNEL } };

	if (signo == SIGSEGV)
		reset_to_default(t, SIGSEGV);
	signals_force(t, &info);
}

static void
run_handler(
	struct guest_thread *t, const struct guest_sigaction *action, const union signal_info *info)
{
	struct thread_signals *s = &t->signals;
	int signo = info->info.si_signo;
	uint64_t mask = effective_mask(t);

	restart_for_handler(t);
	critical_section_leave(t);
	if (!signals_push_frame(t, action, info, s->mask)) {
		frame_failed(t, signo);
		return;
	}
	s->temporary = false;
	mask |= action->mask;
	if (!(action->flags & SA_NODEFER))
		mask |= SIGNAL_BIT(signo);
	s->mask = mask & ~SIGNALS_UNBLOCKABLE;
	/* Set for one handler alone (kernel: signal_delivered). */
	if (s->stack.flags & GUEST_SS_AUTODISARM)
		s->stack = (struct guest_stack){ .flags = SS_DISABLE };
}

/* Lets the host kernel do what it does by default. */
static void
give_back_to_host(int signo, const union signal_info *info)
{
	long pid = host_syscall(SYS_getpid);
	long tid = host_syscall(SYS_gettid);

	if (host_syscall(SYS_rt_tgsigqueueinfo, pid, tid, signo, info))
		host_syscall(SYS_tgkill, pid, tid, signo);
}

static void
act(struct guest_thread *t, const union signal_info *info)
{
	int signo = info->info.si_signo;
	struct guest_sigaction action = take_action(t, signo);

	if (strace_wanted())
		strace_signal(t, &info->info);
	if (action.handler > GUEST_SIG_IGN) {
		t->counts.signals++;
		run_handler(t, &action, info);
	} else if (action.handler == GUEST_SIG_IGN || (DEFAULT_IGNORED & SIGNAL_BIT(signo))) {
		return;
	} else if (signo < 32 && (DEFAULT_STOPS & SIGNAL_BIT(signo))) {
		give_back_to_host(signo, info);
	} else {
		signals_die(t, info);
	}
}

/* Takes the next signal that may be delivered now; false when there is none. */
static bool
take_next(struct guest_thread *t, union signal_info *info)
{
	struct thread_signals *s = &t->signals;
	uint64_t held = s->held & ~effective_mask(t);

	if (held)
		return signals_take_held(t, __builtin_ctzll(held) + 1, info);
	if (!s->queued)
		return false;
	*info = s->info;
	s->queued = false;
	return true;
}

void
signals_deliver(struct guest_thread *t)
{
	union signal_info info;

	signals_block_all();
	t->cpu.hot.signal_pending = 0;
	t->cpu.hot.indirect_table = t->indirect_table;
	while (take_next(t, &info))
		act(t, &info);
	restart_without_handler(t);
	t->signals.temporary = false;
	signals_unblock(t);
}

void
signals_force(struct guest_thread *t, const union signal_info *info)
{
	int signo = info->info.si_signo;
	uint64_t handler;

	signals_block_all();
	lock_acquire(&t->signals.actions->lock);
	handler = t->signals.actions->action[signo].handler;
	lock_release(&t->signals.actions->lock);
	if (handler == GUEST_SIG_IGN || (t->signals.mask & SIGNAL_BIT(signo)))
		reset_to_default(t, signo);
	act(t, info);
	signals_unblock(t);
}

static void
force_fault(struct guest_thread *t, int signo, int code, uint64_t address)
{
	union signal_info info = { .bytes = { 0 } };

	info.info.si_signo = signo;
	info.info.si_code = code;
	info.info.si_addr = (void *)address;
	signals_force(t, &info);
}

/* The instructions that check alignment (exclusive, ordered and atomic accesses) have an address of [Xn|SP] alone. */
static uint64_t
base_register(struct guest_thread *t)
{
	const struct a64_state *cpu = a64_state(&t->cpu);
	uint32_t instruction = 0;
	unsigned n;

	if (guest_copy_from(&instruction, t->cpu.hot.pc, sizeof(instruction)) < 0)
		return 0;
	n = instruction >> 5 & 31;
	return n == 31 ? cpu->sp : cpu->x[n];
}

void
signals_raise_fault(struct guest_thread *t)
{
	struct signal_fault fault = t->signals.fault;

	t->signals.fault.signo = 0;
	if (!fault.signo)
		return;
	if (fault.signo == SIGBUS && fault.code == BUS_ADRALN)
		fault.address = base_register(t);
	t->signals.fault_address = fault.address;
	t->signals.fault_esr = fault.esr;
	force_fault(t, fault.signo, fault.code, fault.address);
}

static void
raise_fetch_fault(struct guest_thread *t, uint64_t pc)
{
	struct guest_mapping mapping;
	bool mapped = guest_memory_query(pc, &mapping);

	t->signals.fault_address = pc;
	t->signals.fault_esr = ESR_INSTRUCTION_ABORT | ESR_IL |
			       (mapped ? ESR_PERMISSION_LEVEL_3 : ESR_TRANSLATION_LEVEL_3);
	/* The mapping allows it, so it is the file that does not reach this far. */
	if (mapped && (mapping.protection & PROT_EXEC))
		force_fault(t, SIGBUS, BUS_ADRERR, pc);
	else
		force_fault(t, SIGSEGV, mapped ? SEGV_ACCERR : SEGV_MAPERR, pc);
}

/* Kernel: arm64_notify_die, with or without a syndrome. */
static void
raise_instruction(struct guest_thread *t, int signo, int code, uint64_t esr)
{
	t->signals.fault_address = 0;
	t->signals.fault_esr = esr;
	force_fault(t, signo, code, t->cpu.hot.pc);
}

void
signals_raise_exception(struct guest_thread *t, enum ir_exception exception)
{
	switch (exception) {
	case IR_EXCEPTION_ILLEGAL:
	case IR_EXCEPTION_PRIVILEGED: raise_instruction(t, SIGILL, ILL_ILLOPC, 0); break;
	case IR_EXCEPTION_BREAKPOINT:
		/* send_user_sigtrap leaves fault_address and fault_code alone. */
		force_fault(t, SIGTRAP, TRAP_BRKPT, t->cpu.hot.pc);
		break;
	case IR_EXCEPTION_FETCH: raise_fetch_fault(t, t->cpu.hot.pc); break;
	case IR_EXCEPTION_PC_ALIGN:
		raise_instruction(t, SIGBUS, BUS_ADRALN, ESR_PC_ALIGNMENT | ESR_IL);
		break;
	case IR_EXCEPTION_CRITICAL_STEP:
	case IR_EXCEPTION_CRITICAL_DONE: break; /* the dispatcher's */
	}
}
