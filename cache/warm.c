// SPDX-License-Identifier: Apache-2.0
// `dragoman cache warm`: translates all arm64 programs and libraries of trees of files ahead of time. Each file has a process of
// its own, as many at a time as there are processors: whatever is odd about a file ends that process at worst, and its memory
// goes with it. Which files are done is in the journal (warm_journal.h).
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache/cache_internal.h"
#include "cache/command.h"
#include "cache/directory.h"
#include "cache/guest_files.h"
#include "cache/progress.h"
#include "cache/warm_file.h"
#include "cache/warm_journal.h"
#include "runtime/guest_memory.h"
#include "runtime/units.h"

#define MIB      ((double)(1 << 20))
#define JOBS_MAX 256
/* Bytes of cache for a byte of text, to see beforehand that there will be no room. */
#define EXPECTED_GROWTH 24
/* No file's share of the limit is expected to be larger. */
#define EXPECTED_MAX CACHE_FILE_LIMIT

struct worker {
	pid_t pid; /* 0: idle */
	const struct guest_file *file;
	char name[CACHE_NAME_SIZE]; /* of its cache file */
	uint64_t expected;          /* bytes of cache */
};

struct warm {
	struct guest_files files;
	struct warm_journal journal;
	struct progress progress;
	unsigned jobs, running;
	struct worker workers[JOBS_MAX];
	struct warm_result *results; /* one a worker, shared with it */
	size_t next;                 /* file to begin with */
	struct warm_result sum;
	uint64_t text_ended; /* of files that are done with, as guest_files counts */
	size_t files_ended;
	unsigned long translated, skipped, odd, failed, incomplete;
	uint64_t cache_bytes, expected; /* in the directory; of running workers */
	bool no_room, interrupted;
};

/* ---- a file in a worker -------------------------------------------------------------------------------------------------- */

static _Noreturn void
work(const struct guest_file *file, struct warm_result *result)
{
	const struct rlimit no_core = { 0, 0 };
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setrlimit(RLIMIT_CORE, &no_core);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	warm_file(file->path, result);
	_exit(0);
}

static uint64_t
expected_bytes(const struct guest_file *file)
{
	uint64_t bytes = file->text * EXPECTED_GROWTH;

	return bytes < EXPECTED_MAX ? bytes : EXPECTED_MAX;
}

static void
begin(struct warm *warm, unsigned slot, const struct guest_file *file, const char *name)
{
	struct worker *worker = &warm->workers[slot];
	pid_t pid;

	memset(&warm->results[slot], 0, sizeof(*warm->results));
	pid = _Fork(); /* there are no threads, and fork() needs more of the C library than a static program at this address has */
	if (pid == 0)
		work(file, &warm->results[slot]);
	if (pid < 0) {
		progress_clear(&warm->progress);
		fprintf(stderr, "dragoman: %s: no process for it; %s\n", file->path,
			strerror(errno));
		warm->failed++;
		return;
	}
	*worker = (struct worker){ .pid = pid, .file = file, .expected = expected_bytes(file) };
	memcpy(worker->name, name, sizeof(worker->name));
	warm->expected += worker->expected;
	warm->running++;
}

/* ---- results ------------------------------------------------------------------------------------------------------------------ */

static void
add_result(struct warm *warm, const struct warm_result *result)
{
	warm->sum.text += result->text;
	warm->sum.text_done += result->text_done;
	warm->sum.functions += result->functions;
	warm->sum.functions_done += result->functions_done;
	warm->sum.units += result->units;
	warm->sum.loaded += result->loaded;
	warm->sum.saved += result->saved;
}

static void
complain(struct warm *warm, const struct guest_file *file, const char *what, const char *why)
{
	progress_clear(&warm->progress);
	fprintf(stderr, "dragoman: %s: %s; %s\n", file->path, what, why);
}

static uint64_t
size_of_cache_file(const char *name)
{
	struct stat status;

	return fstatat(cache_written->fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0
		       ? (uint64_t)status.st_size
		       : 0;
}

static void
end(struct warm *warm, unsigned slot, int status)
{
	struct worker *worker = &warm->workers[slot];
	const struct warm_result *result = &warm->results[slot];
	char why[64];

	warm->running--;
	warm->expected -= worker->expected;
	worker->pid = 0;
	if (warm->interrupted)
		return;
	warm->files_ended++;
	warm->text_ended += worker->file->text;
	if (status != 0 || !result->ended) {
		snprintf(why, sizeof(why), WIFSIGNALED(status) ? "signal %d" : "status %d",
			WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
		complain(warm, worker->file, "left out: its translation was broken off", why);
		warm->failed++;
	} else if (*result->problem) {
		/* the message of the loader begins with the file's name */
		progress_clear(&warm->progress);
		fprintf(stderr, "dragoman: %s\n", result->problem);
		warm->odd++;
	} else {
		warm->cache_bytes += size_of_cache_file(worker->name);
		add_result(warm, result);
		warm->translated++;
		warm->incomplete += result->not_saved > 0;
		if (result->not_saved && !result->saved)
			complain(warm, worker->file, "its translations could not be saved",
				"is the directory full, or larger than DRAGOMAN_CACHE_SIZE?");
		else
			warm_journal_add(&warm->journal, worker->name, result);
	}
}

/* ---- which file next ------------------------------------------------------------------------------------------------------------ */

/* Begins with files until all workers have one; those that were done already are passed over. */
static void
begin_more(struct warm *warm)
{
	for (unsigned slot = 0; slot < warm->jobs && warm->next < warm->files.count; slot++) {
		while (!warm->workers[slot].pid && warm->next < warm->files.count) {
			const struct guest_file *file = &warm->files.all[warm->next];
			struct cache_identity identity;
			char name[CACHE_NAME_SIZE];
			struct warm_result before;

			cache_identity_of(&file->status, &identity);
			cache_file_name(&identity, name);
			if (warm_journal_find(&warm->journal, name, &before)) {
				add_result(warm, &before);
				warm->skipped++;
				warm->files_ended++;
				warm->text_ended += file->text;
				warm->progress.skipped += file->text;
			} else if (warm->cache_bytes + warm->expected + expected_bytes(file) >
				   cache_limit) {
				warm->no_room = true;
				return;
			} else {
				begin(warm, slot, file, name);
			}
			warm->next++;
		}
	}
}

/* ---- waiting ---------------------------------------------------------------------------------------------------------------------- */

static void
reap(struct warm *warm)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (unsigned slot = 0; slot < warm->jobs; slot++)
			if (warm->workers[slot].pid == pid) {
				end(warm, slot, status);
				break;
			}
}

static void
stop_workers(struct warm *warm)
{
	warm->interrupted = true;
	for (unsigned slot = 0; slot < warm->jobs; slot++)
		if (warm->workers[slot].pid)
			kill(warm->workers[slot].pid, SIGKILL);
}

static void
show(struct warm *warm)
{
	uint64_t done = warm->text_ended;

	for (unsigned slot = 0; slot < warm->jobs; slot++)
		if (warm->workers[slot].pid) {
			uint64_t so_far = warm->results[slot].text_done;

			done += so_far < warm->workers[slot].file->text
					? so_far
					: warm->workers[slot].file->text;
		}
	progress_show(&warm->progress, done, warm->files_ended);
}

static void
run_workers(struct warm *warm)
{
	const struct timespec pause = { .tv_nsec = 200000000 };
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	for (;;) {
		int number;

		if (!warm->interrupted && !warm->no_room)
			begin_more(warm);
		if (!warm->running)
			break;
		number = sigtimedwait(&signals, NULL, &pause);
		if (number > 0 && number != SIGCHLD)
			stop_workers(warm);
		reap(warm);
		show(warm);
	}
	progress_clear(&warm->progress);
}

/* ---- the command -------------------------------------------------------------------------------------------------------------------- */

static double
percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 100.0;
}

static void
report(const struct warm *warm)
{
	const struct warm_result *sum = &warm->sum;

	printf("in %s: %lu files translated, %lu were warm already", cache_written->path,
		warm->translated, warm->skipped);
	if (warm->odd || warm->failed)
		printf(", %lu left out", warm->odd + warm->failed);
	if (warm->files.unreadable)
		printf(", %lu not readable", warm->files.unreadable);
	printf("\ncovered: %llu of %llu functions (%.1f %%), %.1f of %.1f MiB of code (%.1f %%)\n",
		(unsigned long long)sum->functions_done, (unsigned long long)sum->functions,
		percent(sum->functions_done, sum->functions), (double)sum->text_done / MIB,
		(double)sum->text / MIB, percent(sum->text_done, sum->text));
	printf("%llu units translated and saved, %llu were there already; %.1f s\n",
		(unsigned long long)sum->saved, (unsigned long long)sum->loaded,
		progress_seconds(&warm->progress));
	if (warm->incomplete)
		printf("of %lu files a part is left out: a cache file holds at most %.0f MiB\n",
			warm->incomplete, (double)CACHE_FILE_LIMIT / MIB);
	if (warm->no_room)
		fprintf(stderr,
			"dragoman: stopped: the cache's limit of %.0f MiB would be exceeded; set "
			"DRAGOMAN_CACHE_SIZE higher, here and for the programs that use the "
			"cache, and repeat the command\n",
			(double)cache_limit / MIB);
	if (warm->interrupted)
		fputs("dragoman: interrupted; the same command goes on from here\n", stderr);
}

static unsigned
processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

static bool
prepare(struct warm *warm)
{
	static const struct run_options options = {
		.sysroot_fd = -1,
		.log_fd = STDERR_FILENO,
		.self_fd = -1,
		.cache_fd = -1,
		.cache_system_fd = -1,
		.code_size = WARM_CODE_SIZE,
	};
	char why[256];

	guest_memory_init();
	cache_init(&options);
	guest_memory_on_code_mapped(cache_note_mapping);
	if (!units_init(&options, why, sizeof(why))) {
		fprintf(stderr, "dragoman: cannot start: %s\n", why);
		return false;
	}
	warm->cache_bytes = cache_command_begin();
	if (warm->cache_bytes == UINT64_MAX)
		return false;
	warm->results = mmap(NULL, warm->jobs * sizeof(*warm->results), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (warm->results == MAP_FAILED || !warm_journal_open(&warm->journal)) {
		fprintf(stderr, "dragoman: %s: cannot be written to; %s\n", cache_written->path,
			strerror(errno));
		return false;
	}
	return true;
}

static int
warm_files(struct warm *warm)
{
	if (!prepare(warm))
		return 1;
	progress_begin(&warm->progress, warm->files.text, warm->files.count);
	run_workers(warm);
	report(warm);
	warm_journal_close(&warm->journal);
	if (warm->interrupted)
		return 130;
	return warm->no_room || warm->failed || warm->files.unreadable;
}

int
cache_warm(int count, char **paths)
{
	static struct warm warm;
	int status = 0;

	warm.jobs = processors() < JOBS_MAX ? processors() : JOBS_MAX;
	for (int k = 0; k < count; k++)
		if (!guest_files_add(&warm.files, paths[k]))
			status = 1;
	if (status == 0)
		status = warm_files(&warm);
	guest_files_free(&warm.files);
	return status;
}
