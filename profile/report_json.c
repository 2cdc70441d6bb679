// SPDX-License-Identifier: Apache-2.0
// The profile as JSON (see report.h); docs/profiling.md has the keys.
#include "profile/listing.h"
#include "profile/report.h"

static void
put_string(FILE *file, const char *text)
{
	fputc('"', file);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(file, "\\%c", c);
		else if (c < ' ' || c >= 127)
			fprintf(file, "\\u%04x", c);
		else
			fputc(c, file);
	}
	fputc('"', file);
}

static double
share(const struct report *report, uint64_t samples)
{
	return report->profile->total ? (double)samples / (double)report->profile->total : 0;
}

static void
put_shares(const struct report *report, FILE *file)
{
	fprintf(file, " \"shares\": {");
	for (unsigned k = 0; k < SPENT_COUNT; k++) {
		const uint64_t *spent = report->profile->spent[k];

		fprintf(file, "%s\n  \"%s\": {\"user\": %.6f, \"kernel\": %.6f}", k ? "," : "",
			spent_keys[k], share(report, spent[0]), share(report, spent[1]));
	}
	fprintf(file, "\n },\n");
}

/* Static sizes of the units that time was spent in, weighted by that time. */
static void
put_densities(const struct report *report, FILE *file)
{
	double weight = 0, instructions = 0, bytes = 0;

	for (size_t k = 0; k < report->profile->group_count; k++) {
		const struct unit_group *group = report->profile->groups[k];
		double guest = (double)listing_count_guest(group->unit);

		if (guest == 0)
			continue;
		weight += (double)group->samples;
		instructions +=
			(double)group->samples * (double)listing_count_host(group->unit) / guest;
		bytes += (double)group->samples * group->unit->record->code_size / guest;
	}
	if (weight == 0)
		weight = 1;
	fprintf(file, " \"host_instructions_per_guest_instruction\": %.4f,\n",
		instructions / weight);
	fprintf(file, " \"host_bytes_per_guest_instruction\": %.4f,\n", bytes / weight);
}

static const char *
name_of_kind(uint64_t kind)
{
	switch (kind) {
	case CODE_EXIT_JUMP: return "jump";
	case CODE_EXIT_CALL: return "call";
	case CODE_EXIT_RETURN: return "return";
	case RECORDED_SYSTEM_CALL: return "system_call";
	case RECORDED_POLL: return "poll";
	default: return "unknown";
	}
}

static void
put_unit(const struct report *report, FILE *file, const struct unit_group *group)
{
	const struct record_unit *record = group->unit->record;

	fprintf(file, "{\"name\": ");
	put_string(file, group->name);
	fprintf(file,
		", \"tier\": %u, \"cached\": %s, \"share\": %.6f, \"samples\": %llu, "
		"\"guest_instructions\": %llu, \"host_instructions\": %llu, \"code_bytes\": %u",
		record->tier, record->cached ? "true" : "false", share(report, group->samples),
		(unsigned long long)group->samples,
		(unsigned long long)listing_count_guest(group->unit),
		(unsigned long long)listing_count_host(group->unit), record->code_size);
	if (group->counts) {
		fprintf(file, ", \"entries\": %llu, \"indirect_exits\": %llu, \"exits\": [",
			(unsigned long long)profiled_entries(group),
			(unsigned long long)group->counts[0]);
		for (unsigned k = 0; k < record->exit_count; k++)
			fprintf(file, "%s{\"kind\": \"%s\", \"to\": \"0x%llx\", \"count\": %llu}",
				k ? ", " : "", name_of_kind(group->unit->exits[k].kind),
				(unsigned long long)group->unit->exits[k].guest_pc,
				(unsigned long long)group->counts[k + 1]);
		fprintf(file, "]");
	}
	fprintf(file, "}");
}

bool
report_json(const struct report *report, FILE *file)
{
	const struct profile *profile = report->profile;

	fprintf(file, "{\n \"command\": [");
	for (char **word = report->command; *word; word++) {
		fprintf(file, "%s", word == report->command ? "" : ", ");
		put_string(file, *word);
	}
	fprintf(file, "],\n \"status\": %d,\n", report->status);
	fprintf(file, " \"sampling\": \"%s\",\n \"kernel_sampled\": %s,\n",
		report->timers ? "timers" : "perf", report->sees_kernel ? "true" : "false");
	fprintf(file,
		" \"samples\": %llu,\n \"samples_lost\": %llu,\n \"seconds_a_sample\": %.6f,\n",
		(unsigned long long)profile->total, (unsigned long long)report->lost,
		report->period);
	fprintf(file,
		" \"wall_seconds\": %.6f,\n \"user_seconds\": %.6f,\n \"kernel_seconds\": %.6f,\n",
		report->wall, report->user, report->kernel);
	fprintf(file,
		" \"programs\": %llu,\n \"forks\": %llu,\n \"units\": %llu,\n "
		"\"units_from_cache\": %llu,\n \"recording_complete\": %s,\n",
		(unsigned long long)profile->images, (unsigned long long)profile->processes,
		(unsigned long long)profile->units, (unsigned long long)profile->units_cached,
		profile->torn ? "false" : "true");
	put_shares(report, file);
	put_densities(report, file);
	fprintf(file, " \"hottest\": [");
	for (size_t k = 0; k < profile->group_count && k < report->top; k++) {
		fprintf(file, "%s\n  ", k ? "," : "");
		put_unit(report, file, profile->groups[k]);
	}
	fprintf(file, "\n ]\n}\n");
	return !ferror(file);
}
