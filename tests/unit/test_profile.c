// SPDX-License-Identifier: Apache-2.0
// profile/analysis.c: which unit a sample falls in, as processes fork, share memory, execute and flush; and recordings that are
// damaged or were written by a hostile process.
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "profile/analysis.h"

static uint8_t *file;
static uint64_t stream_end;
static struct samples samples;

static void
begin(void)
{
	struct recording_header *header;

	file = mmap(NULL, RECORDING_SIZE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	cr_assert_neq(file, MAP_FAILED);
	header = (struct recording_header *)file;
	header->magic = RECORDING_MAGIC;
	stream_end = RECORDING_STREAM_START;
	memset(&samples, 0, sizeof(samples));
}

static void
end(void)
{
	munmap(file, RECORDING_SIZE);
	free(samples.at);
}

TestSuite(profile, .init = begin, .fini = end);

static void *
add(uint32_t type, uint32_t process, uint64_t time, size_t size)
{
	struct record *record = (struct record *)(file + stream_end);

	size = (size + 7) & ~(size_t)7;
	*record = (struct record){
		.size = (uint32_t)size, .type = type, .time = time, .process = process
	};
	stream_end += size;
	((struct recording_header *)file)->stream_end = stream_end;
	return record;
}

static void
add_image(uint32_t process, uint64_t time)
{
	struct record_image *image = add(RECORD_IMAGE, process, time, sizeof(*image));

	image->glue = 0x1000;
	image->glue_size = 0x100;
}

static void
add_fork(uint32_t type, uint32_t process, uint32_t from, uint64_t time)
{
	struct record_fork *record = add(type, process, time, sizeof(*record));

	record->from = from;
}

/* [0x400000, 0x500000) shows the file from its start. */
static void
add_mapping(uint32_t process, uint64_t time, uint64_t start)
{
	static const char path[] = "/nonexistent/program";
	struct record_mapping *mapping =
		add(RECORD_MAPPING, process, time, sizeof(*mapping) + sizeof(path));

	mapping->start = start;
	mapping->end = start + 0x100000;
	mapping->path_size = sizeof(path);
	memcpy(mapping + 1, path, sizeof(path));
}

/* A unit of two guest instructions at `pc` and one exit, with `size` bytes of code. */
static struct record_unit *
add_unit(uint32_t process, uint64_t time, uint64_t pc, uint64_t code, uint32_t size)
{
	const struct recorded_range range = { pc, pc + 8 };
	const struct recorded_exit exit = { pc + 8, CODE_EXIT_JUMP };
	struct record_unit *unit = add(RECORD_UNIT, process, time,
		sizeof(*unit) + sizeof(range) + sizeof(exit) + 8 + size + 1);
	uint8_t *at = (uint8_t *)(unit + 1);

	unit->code = code;
	unit->code_size = size;
	unit->guest_pc = pc;
	unit->range_count = unit->code_range_count = 1;
	unit->exit_count = 1;
	unit->text_size = 1;
	memcpy(at, &range, sizeof(range));
	memcpy(at + sizeof(range), &exit, sizeof(exit));
	return unit;
}

static void
add_sample(uint32_t process, uint64_t time, uint64_t pc, uint8_t stack)
{
	samples_add(&samples,
		&(struct sample){ .time = time, .pc = pc, .process = process, .stack = stack });
}

static uint64_t
samples_of(const struct profile *profile, uint64_t pc)
{
	uint64_t sum = 0;

	for (size_t k = 0; k < profile->group_count; k++)
		if (profile->groups[k]->unit->record->guest_pc == pc)
			sum += profile->groups[k]->samples;
	return sum;
}

Test(profile, samples_fall_in_units)
{
	const struct profile *profile;

	add_image(7, 1);
	add_unit(7, 2, 0x400000, 0x2000, 0x20);
	add_unit(7, 3, 0x400010, 0x2020, 0x20);
	add_sample(7, 10, 0x2000, ACTIVITY_CODE);
	add_sample(7, 11, 0x201f, ACTIVITY_CODE);
	add_sample(7, 12, 0x2020, ACTIVITY_CODE);
	add_sample(7, 13, 0x2040, ACTIVITY_TRANSLATE);
	add_sample(7, 14, 0x1080, SAMPLE_STACK_RETURN);
	add_sample(9, 15, 0x2000, SAMPLE_STACK_RETURN);
	profile = profile_analyze(file, &samples);
	cr_assert_eq(samples_of(profile, 0x400000), 2);
	cr_assert_eq(samples_of(profile, 0x400010), 1);
	cr_assert_eq(profile->spent[SPENT_TIER0][0], 3);
	cr_assert_eq(profile->spent[SPENT_TRANSLATION][0], 1);
	cr_assert_eq(profile->spent[SPENT_GLUE][0], 1);
	cr_assert_eq(profile->spent[SPENT_UNKNOWN][0], 1);
	cr_assert_eq(profile->total, 6);
	cr_assert_not(profile->torn);
	cr_assert_eq(profile->groups[0]->histogram[0x1f], 1);
}

Test(profile, time_decides)
{
	const struct profile *profile;

	add_image(7, 1);
	add_unit(7, 10, 0x400000, 0x2000, 0x20);
	add_unit(7, 20, 0x400010, 0x2010, 0x20); /* lies on top of it */
	add_unit(7, 40, 0x400020, 0x2000, 0x20);
	add_image(7, 50);
	add_sample(7, 5, 0x2000, SAMPLE_STACK_RETURN);
	add_sample(7, 45, 0x2000, SAMPLE_STACK_RETURN);
	add_sample(7, 15, 0x2018, SAMPLE_STACK_RETURN);
	add_sample(7, 25, 0x2018, SAMPLE_STACK_RETURN);
	add_sample(7, 35, 0x2018, SAMPLE_STACK_RETURN);
	add_sample(7, 55, 0x2000, SAMPLE_STACK_RETURN);
	profile = profile_analyze(file, &samples);
	cr_assert_eq(samples_of(profile, 0x400000), 1);
	cr_assert_eq(samples_of(profile, 0x400010), 2);
	cr_assert_eq(samples_of(profile, 0x400020), 1);
	cr_assert_eq(profile->spent[SPENT_UNKNOWN][0], 2);
}

Test(profile, processes)
{
	const struct profile *profile;

	add_image(7, 1);
	add_unit(7, 2, 0x400000, 0x2000, 0x20);
	add_fork(RECORD_FORK, 8, 7, 10);
	add_unit(8, 11, 0x400030, 0x2020, 0x20);
	add_unit(7, 12, 0x400040, 0x2020, 0x20);
	add_fork(RECORD_SHARE, 9, 7, 20);
	add_unit(7, 21, 0x400050, 0x2040, 0x20);
	add_sample(8, 30, 0x2000, SAMPLE_STACK_RETURN);
	add_sample(7, 30, 0x2000, SAMPLE_STACK_RETURN);
	add_sample(9, 30, 0x2000, SAMPLE_STACK_RETURN);
	add_sample(8, 31, 0x2020, SAMPLE_STACK_RETURN);
	add_sample(7, 31, 0x2020, SAMPLE_STACK_RETURN);
	add_sample(9, 31, 0x2040, SAMPLE_STACK_RETURN);
	add_sample(8, 32, 0x2040, SAMPLE_STACK_RETURN);
	profile = profile_analyze(file, &samples);
	cr_assert_eq(samples_of(profile, 0x400000), 3);
	cr_assert_eq(samples_of(profile, 0x400030), 1);
	cr_assert_eq(samples_of(profile, 0x400040), 1);
	cr_assert_eq(samples_of(profile, 0x400050), 1);
	cr_assert_eq(profile->spent[SPENT_UNKNOWN][0], 1);
	cr_assert_eq(profile->processes, 1);
}

Test(profile, counts_are_summed)
{
	const struct profile *profile;
	uint64_t *counters = (uint64_t *)file;

	add_image(7, 1);
	add_mapping(7, 2, 0x400000);
	add_unit(7, 2, 0x400000, 0x2000, 0x20)->first_counter = 64;
	add_image(8, 3);
	add_mapping(8, 4, 0x500000);
	add_unit(8, 4, 0x500000, 0x2000, 0x20)->first_counter = 66;
	add_unit(8, 5, 0x500000, 0x3000, 0x20)->first_counter =
		RECORDING_COUNTERS_SIZE / 8 - 1; /* its second counter would be outside */
	add_unit(8, 6, 0x500010, 0x4000, 0x20);
	counters[64] = 5;
	counters[65] = 100;
	counters[66] = 1;
	counters[67] = 1000;
	add_sample(7, 10, 0x2000, SAMPLE_STACK_RETURN);
	profile = profile_analyze(file, &samples);
	cr_assert_eq(profile->group_count, 1);
	cr_assert_eq(profile->groups[0]->units, 3);
	cr_assert_eq(profile->groups[0]->counts[0], 6);
	cr_assert_eq(profile->groups[0]->counts[1], 1100);
	cr_assert_eq(profiled_entries(profile->groups[0]), 1106);
	cr_assert_str_eq(profile->groups[0]->name, "[program+0x0] 0x400000 tier0");
}

Test(profile, samples_by_timer)
{
	struct record_sample *sample;
	const struct profile *profile;

	add_image(7, 1);
	add_unit(7, 2, 0x400000, 0x2000, 0x20);
	sample = add(RECORD_SAMPLE, 7, 3, sizeof(*sample));
	sample->pc = 0x2004;
	sample = add(RECORD_SAMPLE, 7, 4, sizeof(*sample));
	sample->activity = ACTIVITY_SYSTEM_CALL;
	sample = add(RECORD_SAMPLE, 7, 5, sizeof(*sample));
	sample->activity = 0xffffffff;
	profile = profile_analyze(file, &samples);
	cr_assert_eq(samples_of(profile, 0x400000), 1);
	cr_assert_eq(profile->spent[SPENT_SYSTEM_CALL][0], 1);
	cr_assert_eq(profile->total, 3);
}

/* Each field of a unit's record that says how long something is, too large by a little or by a lot. */
Test(profile, parts_outside_of_the_record)
{
	static const uint32_t wrong[] = { 1000, 0xffff, 0x7fffffff, 0xffffffff };

	for (unsigned field = 0; field < 8; field++)
		for (unsigned k = 0; k < sizeof(wrong) / sizeof(wrong[0]); k++) {
			struct record_unit *unit;
			struct recorded_range *range;

			stream_end = RECORDING_STREAM_START;
			samples.count = 0;
			add_image(7, 1);
			unit = add_unit(7, 2, 0x400000, 0x2000, 0x20);
			range = (struct recorded_range *)(unit + 1);
			switch (field) {
			case 0: unit->code_size = wrong[k]; break;
			case 1: unit->range_count = (uint16_t)wrong[k]; break;
			case 2: unit->exit_count = (uint16_t)wrong[k]; break;
			case 3: unit->text_size = wrong[k]; break;
			case 4: range->end = range->start + wrong[k]; break;
			case 5: range->end = range->start - wrong[k]; break;
			case 6: unit->code = UINT64_MAX - 3; break;
			case 7: unit->code_range_count = (uint16_t)wrong[k]; break;
			}
			add_sample(7, 10, 0x2000, SAMPLE_STACK_RETURN);
			cr_assert_eq(profile_analyze(file, &samples)->units, 0, "field %u: %#x",
				field, wrong[k]);
		}
}

/* The code is named by its mapping only while that is sound. */
Test(profile, mappings_outside_of_the_record)
{
	static const uint64_t wrong[] = { 0, 5, 1000, UINT64_MAX };

	for (unsigned k = 0; k < sizeof(wrong) / sizeof(wrong[0]); k++) {
		struct record_mapping *mapping;
		const struct profile *profile;

		stream_end = RECORDING_STREAM_START;
		samples.count = 0;
		add_image(7, 1);
		mapping = (struct record_mapping *)(file + stream_end);
		add_mapping(7, 2, 0x400000);
		mapping->path_size = wrong[k];
		add_unit(7, 3, 0x400000, 0x2000, 0x20);
		add_sample(7, 10, 0x2000, SAMPLE_STACK_RETURN);
		profile = profile_analyze(file, &samples);
		cr_assert_str_eq(
			profile->groups[0]->name, "0x400000 tier0", "%s", profile->groups[0]->name);
	}
}

Test(profile, streams_that_end_early)
{
	const struct profile *profile;
	struct record *record;

	add_image(7, 1);
	record = add(RECORD_NONE, 7, 2, 64);
	record->size = 0; /* reserved by a process that was killed then */
	add_image(7, 3);
	profile = profile_analyze(file, &samples);
	cr_assert(profile->torn);
	cr_assert_eq(profile->images, 1);
	((struct recording_header *)file)->stream_end = UINT64_MAX;
	cr_assert(profile_analyze(file, &samples)->torn);
}

Test(profile, noise)
{
	uint64_t seed = 1;

	for (unsigned round = 0; round < 60; round++) {
		stream_end = RECORDING_STREAM_START;
		samples.count = 0;
		for (unsigned k = 0; k < 50; k++) {
			uint32_t size = 24 + 8 * (uint32_t)(rand_r((unsigned *)&seed) % 32);
			uint32_t process = (uint32_t)rand_r((unsigned *)&seed) % 3;
			struct record *record = add((uint32_t)rand_r((unsigned *)&seed) % 9,
				process, (uint64_t)rand_r((unsigned *)&seed) % 100, size);

			for (uint32_t byte = sizeof(*record); byte < size; byte++)
				if (rand_r((unsigned *)&seed) % 4 == 0)
					((uint8_t *)record)[byte] =
						(uint8_t)rand_r((unsigned *)&seed);
			add_sample(process, (uint64_t)rand_r((unsigned *)&seed) % 100,
				(uint64_t)rand_r((unsigned *)&seed),
				(uint8_t)rand_r((unsigned *)&seed));
		}
		cr_assert_neq(profile_analyze(file, &samples), NULL);
	}
}
