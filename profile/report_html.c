// SPDX-License-Identifier: Apache-2.0
// The profile as one page (see report.h): no scripts, and nothing outside of the file is referred to.
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "profile/listing.h"
#include "profile/report.h"
#include "runtime/unit_reports.h"

#define FUNCTIONS_SHOWN 40

static const char style[] =
	"body{font:14px/1.4 system-ui,sans-serif;margin:1.5em;color:#222;background:#fff}"
	"h1{font-size:1.5em}h2{font-size:1.15em;margin-top:1.6em}"
	"table{border-collapse:collapse}td,th{padding:.1em .7em;text-align:left;vertical-align:top}"
	"td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
	".bar{background:#2060a0;height:.8em;display:inline-block}"
	".kernel{background:#d08030}.note{color:#666}"
	"details{border-top:1px solid #ddd;padding:.3em "
	"0}summary{cursor:pointer;font-family:monospace}"
	".three{display:grid;grid-template-columns:minmax(20em,1fr) minmax(26em,1.3fr) "
	"minmax(26em,1.3fr);gap:1em;overflow-x:auto}"
	"pre{font:12px/1.35 monospace;margin:0;overflow-x:auto}h4{margin:.4em 0}"
	".hot{background:#fde0c0}.hotter{background:#f8b080}.c{color:#a04000}"
	"@media(prefers-color-scheme:dark){body{background:#1b1b1b;color:#ddd}details{border-color:"
	"#444}"
	".hot{background:#5a3a1a}.hotter{background:#8a4a1a}.c{color:#f0a060}.note{color:#999}}";

static void
put_escaped(FILE *file, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '<': fputs("&lt;", file); break;
		case '>': fputs("&gt;", file); break;
		case '&': fputs("&amp;", file); break;
		case '"': fputs("&quot;", file); break;
		default:
			/* a byte that is no UTF-8 here would spoil the page */
			fputc((unsigned char)*text < 127 ? *text : '?', file);
		}
}

static double
percent(const struct report *report, uint64_t samples)
{
	return report->profile->total ? 100.0 * (double)samples / (double)report->profile->total
				      : 0;
}

/* ---- the head ---------------------------------------------------------------------------------------------------------------- */

static void
put_head(const struct report *report, FILE *file)
{
	time_t now = time(NULL);
	struct tm date;
	char text[64];

	gmtime_r(&now, &date);
	strftime(text, sizeof(text), "%F %T UTC", &date);
	fprintf(file,
		"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>dragoman "
		"profile</title>\n<style>%s</style></head><body>\n<h1>dragoman profile</h1>\n"
		"<p><code>",
		style);
	for (char **word = report->command; *word; word++) {
		fputs(word == report->command ? "" : " ", file);
		put_escaped(file, *word);
	}
	fprintf(file,
		"</code></p>\n<p>%s, dragoman %s. Exit status %d; %.3f s, processor time %.3f s "
		"user and %.3f s kernel; %llu programs run, %llu forks, %llu units (%llu from the "
		"cache).</p>\n",
		text, DRAGOMAN_VERSION, report->status, report->wall, report->user, report->kernel,
		(unsigned long long)report->profile->images,
		(unsigned long long)report->profile->processes,
		(unsigned long long)report->profile->units,
		(unsigned long long)report->profile->units_cached);
}

static void
put_notes(const struct report *report, FILE *file)
{
	fprintf(file, "<p class=\"note\">%llu samples, one for every %.3f ms of processor time",
		(unsigned long long)report->profile->total, report->period * 1000);
	if (report->lost)
		fprintf(file, "; %llu more were lost", (unsigned long long)report->lost);
	fputs(".", file);
	if (report->timers)
		fputs(" They come from timers of the threads, as the kernel refuses perf events: "
		      "time "
		      "in the kernel is with what it was spent for, and start-up is missing.",
			file);
	else if (!report->sees_kernel)
		fputs(" The kernel does not let us see samples of its own part "
		      "(kernel.perf_event_paranoid): shares are of user time.",
			file);
	if (report->counts)
		fputs(" Translated code counted its exits, which makes it somewhat slower, and was "
		      "not "
		      "taken from the persistent cache. With several threads some counts are lost.",
			file);
	if (report->profile->torn)
		fputs(" <b>The recording is not complete</b>: it was full, or a process was killed "
		      "while it wrote.",
			file);
	fputs("</p>\n", file);
}

static void
put_spent(const struct report *report, FILE *file)
{
	fputs("<h2>Where the time went</h2>\n<table><tr><th></th><th class=\"n\">share</th>"
	      "<th class=\"n\">user</th><th class=\"n\">kernel</th><th class=\"n\">seconds</th>"
	      "<th></th></tr>\n",
		file);
	for (unsigned k = 0; k < SPENT_COUNT; k++) {
		const uint64_t *spent = report->profile->spent[k];
		uint64_t both = spent[0] + spent[1];

		if (!both && k != SPENT_TIER0 && k != SPENT_TIER1 && k != SPENT_TRANSLATION &&
			k != SPENT_SYSTEM_CALL)
			continue;
		fprintf(file,
			"<tr><td>%s</td><td class=\"n\">%.2f %%</td><td class=\"n\">%.2f "
			"%%</td><td class=\"n\">%.2f %%</td><td class=\"n\">%.3f</td><td><span "
			"class=\"bar\" style=\"width:%.1fpx\"></span><span class=\"bar kernel\" "
			"style=\"width:%.1fpx\"></span></td></tr>\n",
			spent_titles[k], percent(report, both), percent(report, spent[0]),
			percent(report, spent[1]), (double)both * report->period,
			percent(report, spent[0]) * 4, percent(report, spent[1]) * 4);
	}
	fputs("</table>\n", file);
}

/* ---- functions ----------------------------------------------------------------------------------------------------------------- */

struct function {
	char name[UNIT_NAME_SIZE];
	uint64_t samples, units;
};

/* The unit's name without the distance from the function's start. */
static void
name_function(const struct unit_group *group, char name[UNIT_NAME_SIZE])
{
	const char *whole = group->name, *file = strstr(whole, " ["), *plus;

	snprintf(name, UNIT_NAME_SIZE, "%s", "code without a symbol");
	if (!file) {
		/* "[FILE+0xN] 0xPC": the file alone */
		const char *end = strstr(whole, "+0x");

		if (whole[0] == '[' && end && end - whole < UNIT_NAME_SIZE - 2)
			snprintf(name, UNIT_NAME_SIZE, "%.*s]", (int)(end - whole), whole);
		return;
	}
	for (plus = file; plus > whole && strncmp(plus, "+0x", 3) != 0;)
		plus--;
	const char *end = strchr(file, ']');
	snprintf(name, UNIT_NAME_SIZE, "%.*s%.*s", (int)(plus - whole), whole,
		end ? (int)(end + 1 - file) : 0, file);
}

static int
compare_functions(const void *a, const void *b)
{
	const struct function *x = a, *y = b;

	return x->samples > y->samples ? -1 : x->samples < y->samples;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(((const struct function *)a)->name, ((const struct function *)b)->name);
}

/* Those of the same name become one; gives how many are left, hottest first. */
static size_t
merge_functions(struct function *functions, size_t count)
{
	size_t kept = 0;

	qsort(functions, count, sizeof(*functions), compare_names);
	for (size_t k = 0; k < count; k++) {
		if (kept && !strcmp(functions[kept - 1].name, functions[k].name)) {
			functions[kept - 1].samples += functions[k].samples;
			functions[kept - 1].units += functions[k].units;
		} else {
			functions[kept++] = functions[k];
		}
	}
	qsort(functions, kept, sizeof(*functions), compare_functions);
	return kept;
}

static void
put_functions(const struct report *report, FILE *file)
{
	const struct profile *profile = report->profile;
	struct function *functions = calloc(profile->group_count + 1, sizeof(*functions));
	size_t count;

	if (!functions)
		return;
	for (size_t k = 0; k < profile->group_count; k++) {
		name_function(profile->groups[k], functions[k].name);
		functions[k].samples = profile->groups[k]->samples;
		functions[k].units = 1;
	}
	count = merge_functions(functions, profile->group_count);
	fputs("<h2>Hottest functions of the guest</h2>\n<table><tr><th class=\"n\">share</th><th "
	      "class=\"n\">hot units</th><th>function</th></tr>\n",
		file);
	for (size_t k = 0; k < count && k < FUNCTIONS_SHOWN; k++) {
		fprintf(file, "<tr><td class=\"n\">%.2f %%</td><td class=\"n\">%llu</td><td><code>",
			percent(report, functions[k].samples),
			(unsigned long long)functions[k].units);
		put_escaped(file, functions[k].name);
		fputs("</code></td></tr>\n", file);
	}
	fputs("</table>\n", file);
	free(functions);
}

/* ---- functions of ours --------------------------------------------------------------------------------------------------------- */

struct own_function {
	const char *name;
	enum spent spent;
	uint64_t samples;
};

static int
compare_own(const void *a, const void *b)
{
	const struct own_function *x = a, *y = b;

	return x->spent != y->spent ? (x->spent < y->spent ? -1 : 1) : strcmp(x->name, y->name);
}

static int
compare_own_samples(const void *a, const void *b)
{
	const struct own_function *x = a, *y = b;

	return x->samples > y->samples ? -1 : x->samples < y->samples;
}

static size_t
gather_own(const struct report *report, struct own_function *functions)
{
	const struct profile *profile = report->profile;
	size_t kept = 0;

	for (size_t k = 0; k < profile->own_count; k++) {
		const char *name = symbol_table_function(report->symbols, profile->own[k].pc);

		functions[k] = (struct own_function){ name ? name : "?", profile->own[k].spent, 1 };
	}
	qsort(functions, profile->own_count, sizeof(*functions), compare_own);
	for (size_t k = 0; k < profile->own_count; k++) {
		if (kept && !compare_own(&functions[kept - 1], &functions[k]))
			functions[kept - 1].samples++;
		else
			functions[kept++] = functions[k];
	}
	qsort(functions, kept, sizeof(*functions), compare_own_samples);
	return kept;
}

static void
put_own_functions(const struct report *report, FILE *file)
{
	struct own_function *functions;
	size_t count;

	if (!report->symbols->count || !report->profile->own_count)
		return;
	functions = calloc(report->profile->own_count, sizeof(*functions));
	if (!functions)
		return;
	count = gather_own(report, functions);
	fputs("<h2>Hottest functions of dragoman</h2>\n<table><tr><th class=\"n\">share</th>"
	      "<th>for</th><th>function</th></tr>\n",
		file);
	for (size_t k = 0; k < count && k < FUNCTIONS_SHOWN; k++) {
		fprintf(file, "<tr><td class=\"n\">%.2f %%</td><td>%s</td><td><code>",
			percent(report, functions[k].samples), spent_titles[functions[k].spent]);
		put_escaped(file, functions[k].name);
		fputs("</code></td></tr>\n", file);
	}
	fputs("</table>\n", file);
	free(functions);
}

/* ---- units --------------------------------------------------------------------------------------------------------------------- */

/* A column of lines being written. */
struct column {
	FILE *file;
	const struct unit_group *group; /* with a histogram, for host instructions */
};

static void
put_line(void *to, const char *line, int64_t place, uint32_t length)
{
	const struct column *column = to;
	const uint64_t *histogram = column->group->histogram;
	uint64_t samples = 0;
	double share;

	for (uint32_t k = 0; place >= 0 && histogram && k < length; k++)
		samples += histogram[place + k];
	share = column->group->samples ? 100.0 * (double)samples / (double)column->group->samples
				       : 0;
	if (place >= 0 && share >= 0.05)
		fprintf(column->file, "<span class=\"%s\"><span class=\"c\">%5.1f</span> ",
			share >= 10 ? "hotter" : "hot", share);
	else if (place >= 0)
		fputs("<span><span class=\"c\">     </span> ", column->file);
	put_escaped(column->file, line);
	fputs(place >= 0 ? "</span>\n" : "\n", column->file);
}

static const char *
name_of_kind(uint64_t kind)
{
	switch (kind) {
	case CODE_EXIT_JUMP: return "jump";
	case CODE_EXIT_CALL: return "call";
	case CODE_EXIT_RETURN: return "a call came back, on to";
	case RECORDED_SYSTEM_CALL: return "system call, then";
	case RECORDED_POLL: return "when a signal pends (not counted), to";
	default: return "?";
	}
}

static const char *
name_of_target(const struct profile *profile, uint64_t guest_pc)
{
	for (size_t k = 0; k < profile->group_count; k++)
		if (profile->groups[k]->unit->record->guest_pc == guest_pc)
			return profile->groups[k]->name;
	return "";
}

/* `count` NULL: not counted. */
static void
put_exit_row(FILE *file, const char *kind, const char *to, const uint64_t *count, uint64_t entries)
{
	fprintf(file, "<tr><td>%s</td><td><code>", kind);
	put_escaped(file, to);
	fputs("</code></td>", file);
	if (count)
		fprintf(file, "<td class=\"n\">%llu</td><td class=\"n\">%.1f %%</td>",
			(unsigned long long)*count,
			entries ? 100.0 * (double)*count / (double)entries : 0);
	fputs("</tr>\n", file);
}

static void
put_exits(const struct report *report, FILE *file, const struct unit_group *group)
{
	const struct record_unit *record = group->unit->record;
	const uint64_t *counts = group->counts;
	uint64_t entries = profiled_entries(group);
	char to[320];

	fputs("<h4>Exits</h4>\n<table>", file);
	if (counts)
		put_exit_row(file, "entered", "", &entries, entries);
	for (unsigned k = 0; k < record->exit_count; k++) {
		const struct recorded_exit *exit = &group->unit->exits[k];

		snprintf(to, sizeof(to), "%llx %s", (unsigned long long)exit->guest_pc,
			name_of_target(report->profile, exit->guest_pc));
		put_exit_row(file, name_of_kind(exit->kind), to, counts ? &counts[k + 1] : NULL,
			entries);
	}
	if (counts && counts[0])
		put_exit_row(file, "return, indirect branch or call", "", counts, entries);
	fputs("</table>\n", file);
}

static void
put_passes(FILE *file, const struct profiled_unit *unit)
{
	char *text = listing_passes(unit);

	fputs("<div><h4>IR</h4><pre>", file);
	if (text && *text)
		put_escaped(file, text);
	else
		fputs("not known (the unit came from the persistent cache, or its IR was too "
		      "large)",
			file);
	fputs("</pre></div>\n", file);
	free(text);
}

static void
put_unit(const struct report *report, FILE *file, const struct unit_group *group, bool open)
{
	const struct profiled_unit *unit = group->unit;
	uint64_t guest = listing_count_guest(unit), host = listing_count_host(unit);
	struct column column = { file, group };

	fprintf(file, "<details%s><summary>%6.2f %%  ", open ? " open" : "",
		percent(report, group->samples));
	put_escaped(file, group->name);
	fprintf(file,
		"</summary>\n<p class=\"note\">%llu samples (%llu in the kernel, for it); %llu "
		"guest "
		"instructions, %llu host instructions in %u bytes (%.2f a guest instruction); mode "
		"%#x; %llu such units in all processes; %s</p>\n",
		(unsigned long long)group->samples, (unsigned long long)group->in_kernel,
		(unsigned long long)guest, (unsigned long long)host, unit->record->code_size,
		guest ? (double)host / (double)guest : 0, unit->record->mode,
		(unsigned long long)group->units,
		unit->record->cached ? "from the persistent cache" : "translated in this run");
	put_exits(report, file, group);
	fputs("<div class=\"three\"><div><h4>Guest</h4><pre>", file);
	listing_guest(unit, put_line, &column);
	fputs("</pre></div>\n", file);
	put_passes(file, unit);
	fputs("<div><h4>Host (% of the unit's samples)</h4><pre>", file);
	listing_host(unit, put_line, &column);
	fputs("</pre></div></div></details>\n", file);
}

bool
report_html(const struct report *report, FILE *file)
{
	const struct profile *profile = report->profile;

	put_head(report, file);
	put_spent(report, file);
	put_notes(report, file);
	put_functions(report, file);
	put_own_functions(report, file);
	fprintf(file,
		"<h2>Hottest units</h2>\n<p class=\"note\">%zu units had samples; the first "
		"%u are shown.</p>\n",
		profile->group_count, report->top);
	for (size_t k = 0; k < profile->group_count && k < report->top; k++)
		put_unit(report, file, profile->groups[k], k < 3);
	fputs("</body></html>\n", file);
	return !ferror(file);
}
