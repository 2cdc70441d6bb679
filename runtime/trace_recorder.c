// SPDX-License-Identifier: Apache-2.0
// See trace_recorder.h. One thread of the process records at a time; the others go on in tier 0 until its turn comes.
#include "runtime/trace_recorder.h"

#include <string.h>
#include <time.h>
#include <x86intrin.h>

#include "runtime/host_memory.h"
#include "runtime/host_syscall.h"
#include "runtime/thread.h"
#include "runtime/threads.h"
#include "runtime/units.h"

/* Backward branches between two looks at where a thread is. */
#define FUEL     4000
#define MAX_FUEL (16 * FUEL)
/* Looks that find a thread at the same head before its loop is recorded. */
#define LOOKS            2
#define RECORD_MAX_STEPS 600
/* Passes over the head after which enough is known. */
#define RECORD_MAX_PASSES 40
/*
 * Recordings and what becomes of them may take this much processor time, and the TIME_SHARE'th part of what the process has had. What
 * earlier runs have not found where they looked is not so hot: for that there is no free time, and a recording must be
 * expected to fit.
 */
#define FREE_TIME      INT64_C(1000000) /* nanoseconds */
#define RECORDING_TIME INT64_C(500000)
#define TIME_SHARE     64
#define CALL_DEPTH     16
/*
 * A loop whose blocks have hardly been seen before (an interpreter's) will be no region: of the first SOON blocks one in five should have
 * been, of the first LATER half. Each new block costs as much as many steps.
 */
#define SOON  40
#define LATER 128
/* Regions made for one head, and attempts that came to nothing, before it is left alone; each needs four times the looks. */
#define MAX_ATTEMPTS 3
#define MAX_LOOKS    0x7fff

/* What is known of loop heads; a colliding one takes the place over, which forgets what is not in the cache. */
#define HEAD_BITS 9

static struct {
	struct guest_thread *thread; /* who records, or NULL */
	struct loop_head *head;
	uint32_t steps, depth;
	int64_t begun;              /* the thread's processor time */
	uint32_t previous;          /* block index */
	uint64_t calls[CALL_DEPTH]; /* functions entered */
	struct recording recording;
} * state;

static struct loop_head heads[1 << HEAD_BITS];
/* Until the next look: twice as much each time that it finds a loop that is to be left alone. */
static int32_t fuel = FUEL;
static unsigned looks = LOOKS;
static int64_t spent; /* nanoseconds */
/* Of many short runs each may record once in a while: what must be left of the allowance is chosen by chance. */
static int64_t reserve;
static bool off, eager;

void
trace_recorder_init(const struct run_options *options)
{
	off = options->no_regions || options->single_instruction;
	eager = options->eager_regions;
	if (eager) {
		fuel = 16; /* leaving at every branch would make threads that wait for each other crawl */
		looks = 1;
	}
	reserve = (int64_t)(__rdtsc() * UINT64_C(0x9e3779b97f4a7c15) >> 32) % RECORDING_TIME;
	if (!off)
		state = host_memory_map(sizeof(*state));
	off = off || !state;
}

void
trace_recorder_refuel(struct guest_thread *t)
{
	__atomic_store_n(&t->cpu.hot.loop_fuel, off ? INT32_MAX : fuel, __ATOMIC_RELAXED);
}

static struct loop_head *
head_of(uint64_t pc)
{
	struct loop_head *h = &heads[(pc >> 2) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - HEAD_BITS)];
	uint32_t known_looks = 0, attempts = 0;

	if (h->pc == pc)
		return h;
	bool searched = units_known_head(pc, &known_looks, &attempts);
	*h = (struct loop_head){
		.pc = pc,
		.looks = (uint16_t)(known_looks < MAX_LOOKS ? known_looks : MAX_LOOKS),
		.attempts = (uint16_t)(attempts < MAX_ATTEMPTS ? attempts : MAX_ATTEMPTS),
		.searched = searched,
	};
	return h;
}

void
trace_recorder_each_head(
	void (*function)(const struct loop_head *head, void *context), void *context)
{
	for (uint32_t k = 0; k < 1u << HEAD_BITS; k++)
		if (heads[k].pc)
			function(&heads[k], context);
}

void
trace_recorder_saved(void)
{
	for (uint32_t k = 0; k < 1u << HEAD_BITS; k++)
		heads[k].changed = false;
}

/* ---- recording --------------------------------------------------------------------------------------------------------- */

/*
 * Translated code of the other kind must not be come upon by a return or an indirect branch. The thread's own table keeps what it
 * has; while it records, the dispatcher sees all its branches.
 */
static void
change_mode(struct guest_thread *t, uint32_t mode)
{
	t->cpu.hot.mode = mode;
	thread_use_indirect_table(t, !(mode & IR_MODE_RECORD));
	backend_reset_return_stack(&t->cpu);
}

static int64_t
processor_time(int clock)
{
	struct timespec time = { 0 };

	host_syscall(SYS_clock_gettime, clock, &time);
	return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static bool
can_afford_recording(const struct loop_head *head)
{
	int64_t advance = head->searched ? -reserve : FREE_TIME;

	return eager || spent <= advance ||
	       spent <= advance + processor_time(CLOCK_PROCESS_CPUTIME_ID) / TIME_SHARE;
}

static bool
begin(struct guest_thread *t, struct loop_head *head)
{
	struct guest_thread *nobody = NULL;

	head->looks = 0;
	if (!can_afford_recording(head))
		return false;
	if (!__atomic_compare_exchange_n(
		    &state->thread, &nobody, t, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return false;
	state->begun = processor_time(CLOCK_THREAD_CPUTIME_ID);
	head->attempts++;
	head->made = false;
	head->changed = true;
	state->head = head;
	state->steps = state->depth = 0;
	state->recording.mode = t->cpu.hot.mode;
	state->recording.recursive = false;
	state->recording.block_count = 1;
	state->recording.blocks[0] = (struct recorded_block){ .pc = t->cpu.hot.pc, .count = 1 };
	state->previous = 0;
	change_mode(t, t->cpu.hot.mode | IR_MODE_RECORD);
	return true;
}

/* The time that the recording took is spent. */
static void
let_others_record(void)
{
	int64_t time = processor_time(CLOCK_THREAD_CPUTIME_ID) - state->begun;

	spent += time;
	units_statistics.recordings++;
	units_statistics.recording_steps += state->steps;
	units_statistics.recording_time += (uint64_t)time;
	__atomic_store_n(&state->thread, NULL, __ATOMIC_RELEASE);
}

static void
end(struct guest_thread *t)
{
	change_mode(t, t->cpu.hot.mode & ~(uint32_t)IR_MODE_RECORD);
	let_others_record();
}

void
trace_recorder_abort(struct guest_thread *t)
{
	if (state && __atomic_load_n(&state->thread, __ATOMIC_RELAXED) == t)
		end(t);
}

void
trace_recorder_after_fork(struct guest_thread *t)
{
	trace_recorder_saved(); /* by the parent, who did it */
	if (state && __atomic_load_n(&state->thread, __ATOMIC_RELAXED) != t)
		state->thread = NULL;
	spent = 0;
}

/* The block at `pc`; -1: there is no room for it. */
static int
block_at(struct recording *r, uint64_t pc)
{
	for (uint32_t k = 0; k < r->block_count; k++)
		if (r->blocks[k].pc == pc)
			return (int)k;
	if (r->block_count == RECORD_MAX_BLOCKS)
		return -1;
	r->blocks[r->block_count] = (struct recorded_block){ .pc = pc };
	return (int)r->block_count++;
}

static void
note_edge(struct recorded_block *from, uint32_t to)
{
	for (uint32_t k = 0; k < from->successor_count; k++)
		if (from->successors[k].block == to) {
			from->successors[k].count++;
			return;
		}
	if (from->successor_count == RECORD_MAX_SUCCESSORS)
		return;
	from->successors[from->successor_count].block = (uint16_t)to;
	from->successors[from->successor_count++].count = 1;
}

static bool
enter_function(uint64_t pc)
{
	for (uint32_t k = 0; k < state->depth; k++)
		if (state->calls[k] == pc) {
			state->recording.recursive = true;
			return true;
		}
	if (state->depth == CALL_DEPTH)
		return false;
	state->calls[state->depth++] = pc;
	return true;
}

static bool
goes_wide(const struct recording *r)
{
	return (state->steps >= SOON && r->block_count * 5 > state->steps * 4) ||
	       (state->steps >= LATER && r->block_count * 2 > state->steps);
}

/* Notes that the thread has come to its pc. False when nothing can come of the recording. */
static bool
note_block(struct guest_thread *t, const struct code_exit *jump)
{
	struct recording *r = &state->recording;
	int block = block_at(r, t->cpu.hot.pc);

	if (block < 0 || goes_wide(r)) {
		state->head->attempts = MAX_ATTEMPTS;
		return false;
	}
	r->blocks[block].count++;
	note_edge(&r->blocks[state->previous], (uint32_t)block);
	r->blocks[state->previous].indirect |= !jump || jump->kind == CODE_EXIT_RETURN;
	state->previous = (uint32_t)block;
	if (jump && jump->kind == CODE_EXIT_CALL)
		return enter_function(t->cpu.hot.pc);
	if (jump && jump->kind == CODE_EXIT_RETURN && state->depth)
		state->depth--;
	return true;
}

bool
trace_recorder_step(struct guest_thread *t, const struct code_exit *jump, bool out_of_fuel)
{
	struct loop_head *head;

	if (off)
		return false;
	if (__atomic_load_n(&state->thread, __ATOMIC_RELAXED) == t) {
		if (t->cpu.hot.mode != (state->recording.mode | IR_MODE_RECORD) ||
			!note_block(t, jump)) {
			end(t);
			return false;
		}
		if (++state->steps < RECORD_MAX_STEPS &&
			state->recording.blocks[0].count < RECORD_MAX_PASSES)
			return true;
		change_mode(t, state->recording.mode);
		state->head->made = units_make_region(t, &state->recording, state->head->attempts);
		let_others_record();
		return false;
	}
	if (!out_of_fuel || !jump || jump->kind != CODE_EXIT_JUMP)
		return false;
	head = head_of(t->cpu.hot.pc);
	head->looks += head->looks < MAX_LOOKS;
	if (!eager)
		fuel = head->attempts < MAX_ATTEMPTS ? FUEL : fuel < MAX_FUEL ? 2 * fuel : MAX_FUEL;
	return head->looks >= looks << 2 * head->attempts && head->attempts < MAX_ATTEMPTS &&
	       begin(t, head);
}
