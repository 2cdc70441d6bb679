// SPDX-License-Identifier: Apache-2.0
// Signals. The host kernel does the queueing: what the guest blocks, ignores or leaves at its default is blocked,
// ignored or at its default on the host too, so signalfd, sigtimedwait, sigpending and the choice of a thread for a
// process-directed signal are the kernel's. What the guest handles arrives in our host handler, which records one
// signal in its thread, blocks all others (in the context that it returns to) and asks for a visit of the dispatcher;
// the dispatcher delivers at the next unit boundary, where guest state is canonical.
//
// SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGTRAP are never blocked on the host, since translated code's faults use them.
//
// Bit n-1 of a mask stands for signal n, as in the kernel's sigset_t. Nothing here uses malloc, errno or TLS.
#ifndef RUNTIME_SIGNALS_H
#define RUNTIME_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/ir.h"
#include "runtime/lock.h"

/* linux/signal.h, which clashes with signal.h: the stack is disabled while a handler runs. */
#define GUEST_SS_AUTODISARM INT32_MIN

struct guest_thread;

#define GUEST_SIGNAL_COUNT 64
#define SIGNAL_BIT(signo)  (UINT64_C(1) << ((signo)-1))

/** Signals that translated code may raise on the host by itself: always unblocked and handled there. */
#define SIGNALS_SYNCHRONOUS                                                                   \
	(SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGBUS) | SIGNAL_BIT(SIGILL) | SIGNAL_BIT(SIGFPE) | \
		SIGNAL_BIT(SIGTRAP))
/** Signals that cannot be blocked, caught or ignored. */
#define SIGNALS_UNBLOCKABLE (SIGNAL_BIT(SIGKILL) | SIGNAL_BIT(SIGSTOP))

/** The guest's struct sigaction of the rt_sigaction system call (arm64's layout). */
struct guest_sigaction {
	uint64_t handler; /* 0 SIG_DFL, 1 SIG_IGN, else a guest address */
	uint64_t flags;
	uint64_t restorer;
	uint64_t mask;
};

#define GUEST_SIG_DFL     0
#define GUEST_SIG_IGN     1
#define GUEST_SA_RESTORER UINT64_C(0x04000000)

/** What a process does on each signal: shared by the tasks that were cloned with CLONE_SIGHAND. */
struct signal_actions {
	struct lock lock;
	uint32_t users;
	struct guest_sigaction action[GUEST_SIGNAL_COUNT + 1];
};

/** The guest's stack_t (the same layout on arm64 and x86-64). */
struct guest_stack {
	uint64_t sp;
	int32_t flags;
	uint32_t padding;
	uint64_t size;
};

/** A siginfo as it goes to the guest: arm64's and x86-64's layouts are equal. */
union signal_info {
	siginfo_t info;
	uint8_t bytes[128];
};

/** How a system call that a signal interrupted goes on, as the kernel's ERESTART codes; for the system-call table. */
enum restart_class {
	RESTART_NEVER,  /* EINTR is the result, or the call does not block */
	RESTART_SYS,    /* ERESTARTSYS: again if no handler ran or the handler has SA_RESTART */
	RESTART_NOHAND, /* ERESTARTNOHAND: again only if no handler ran */
	RESTART_BLOCK,  /* ERESTART_RESTARTBLOCK: the same, for relative timeouts */
	RESTART_ALWAYS, /* ERESTARTNOINTR: again in any case (the call had no effect) */
};

/** A fault of translated code, between the host's handler and signals_raise_fault. signo 0: none. */
struct signal_fault {
	int signo;
	int code;         /* si_code */
	uint64_t address; /* si_addr */
	uint64_t esr;     /* what ESR_EL1 would say */
	bool not_canonical; /* the host did not say the address: bits 63..47 of it were not all equal */
};

/** Signal state of a thread. */
struct thread_signals {
	struct signal_actions *actions;
	uint64_t mask;           /* the guest's blocked signals */
	uint64_t temporary_mask; /* of a call such as ppoll, while `temporary` */
	bool temporary;
	bool queued;   /* `info` holds an asynchronous signal; all others are blocked on the host */
	bool spurious; /* the host handler ran, but for nothing that the guest is to see now */
	uint8_t restart;     /* enum restart_class of the system call that was interrupted */
	uint64_t restart_x0; /* its first argument */
	union signal_info info;
	uint64_t held; /* synchronous numbers sent by a program while the guest blocks them */
	union signal_info held_info[5]; /* in the order of signals_held_index */
	struct guest_stack stack;       /* sigaltstack; flags as given */
	struct signal_fault fault;
	uint64_t fault_address; /* of the last fault, for sigcontext */
	uint64_t fault_esr;     /* its syndrome, for esr_context; 0: no fault so far */
};

/** Takes over the dispositions that the process was started with. Once, before the first thread runs. */
void signals_init_process(struct guest_thread *t);

/**
 * Gives a new thread its signal state: a copy of the parent's mask; its table of actions (shared if `share_actions`),
 * its alternate stack if `keep_stack`. False when out of memory.
 */
bool signals_init_thread(struct guest_thread *t, const struct guest_thread *parent,
	bool share_actions, bool keep_stack);

/** Drops the thread's part in its table of actions. */
void signals_free_thread(struct guest_thread *t);

/** To be called by a new task on its own stack, all signals blocked: registers the host's signal stack. */
void signals_enter_task(struct guest_thread *t);

/**
 * Blocks all signals on the host but the synchronous ones, so that guarded copies may fault / gives back what the guest
 * asked for. Around work that no handler may see.
 */
void signals_block_all(void);
/** The same with the synchronous ones: while the task has no signal stack of its own. */
void signals_block_everything(void);
void signals_unblock(struct guest_thread *t);

/** Sets the guest's mask, and the host's with it. Not to be called while a signal is queued. */
void signals_set_mask(struct guest_thread *t, uint64_t mask);

/** The same when the host's mask has been set already. */
void signals_note_mask(struct guest_thread *t, uint64_t mask);

/** Takes the held signal `signo`; false when there is none. */
bool signals_take_held(struct guest_thread *t, int signo, union signal_info *info);

/**
 * To be called at the start of a system call that waits under another mask (ppoll, pselect6, epoll_pwait, rt_sigsuspend):
 * a handler that ends it runs under `mask`, and the thread's own mask comes back afterwards. Ended by
 * signals_after_system_call.
 */
void signals_use_temporary_mask(struct guest_thread *t, uint64_t mask);

/** The host's mask for a guest's mask: what to pass to the kernel in those calls. */
static inline uint64_t
signals_host_mask(uint64_t guest_mask)
{
	return guest_mask & ~(SIGNALS_SYNCHRONOUS | SIGNALS_UNBLOCKABLE);
}

/**
 * To be called after every system call that may have been interrupted, with its result (-errno, or
 * INTERRUPTED_BEFORE of runtime/interruptible_syscall.h) and the first argument it was called with. Remembers
 * whether the call is to be restarted when signals are delivered; gives the value for x0.
 */
int64_t signals_after_system_call(
	struct guest_thread *t, enum restart_class class, uint64_t first_argument, int64_t result);

/**
 * Delivers what is queued: pushes frames for handlers, ends the process for fatal signals. At unit boundaries only,
 * after cpu.hot.signal_pending was seen; clears it and puts the thread's own indirect table back.
 */
void signals_deliver(struct guest_thread *t);

/** After CPU_EXIT_FAULT: forces the signal of thread_signals.fault on the thread. */
void signals_raise_fault(struct guest_thread *t);

/** After CPU_EXIT_EXCEPTION: forces the signal for the exception of the instruction at cpu.hot.pc. */
void signals_raise_exception(struct guest_thread *t, enum ir_exception exception);

/** Forces a signal that the thread cannot block or ignore (it is reset to the default then). */
void signals_force(struct guest_thread *t, const union signal_info *info);

/** rt_sigaction: sets (new, may be NULL) and gives (old, may be NULL) what is done on a signal. 0 or -errno. */
int64_t signals_action(struct guest_thread *t, int signo, const struct guest_sigaction *new,
	struct guest_sigaction *old);

/** sigaltstack, with the stack pointer that decides whether the thread runs on the stack. 0 or -errno. */
int64_t signals_alternate_stack(struct guest_thread *t, const struct guest_stack *new,
	struct guest_stack *old, uint64_t sp, uint64_t minimum);

/** rt_sigreturn: restores the context at sp, or forces SIGSEGV. Gives the value of x0. */
int64_t signals_return(struct guest_thread *t);

/** Where handlers return to without SA_RESTORER: __kernel_rt_sigreturn of the guest's vDSO. */
extern uint64_t signals_trampoline;

/**
 * For system calls that change what signals can be delivered: blocks all signals on the host and gives true; or, when
 * one is queued already, gives false: it comes first, and the call is repeated after it (return x0 then).
 */
bool signals_begin_change(struct guest_thread *t);

/**
 * Around an execve: gives the host the guest's whole mask, and SIG_IGN for the synchronous signals that the guest
 * ignores, as the new program inherits both / takes them back after a failure. In between only
 * interruptible_syscall may be used.
 */
void signals_before_exec(struct guest_thread *t);
void signals_after_exec(struct guest_thread *t);

/** Ends the process as the signal's default action does, on the host too. */
_Noreturn void signals_die(struct guest_thread *t, const union signal_info *info);

/** Name of a signal ("SIGSEGV"); real-time signals are all "SIGRT". */
const char *signals_name(int signo);

#endif
