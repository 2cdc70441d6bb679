// SPDX-License-Identifier: Apache-2.0
//
// Signal processing in float: a filter with a finite response (a sum of products), a chain of recursive filters, resampling
// with interpolation, an echo, a level meter, and conversion to 16-bit numbers with saturation.

#include "kernel.h"

enum { SAMPLES = 4096, TAPS = 32, STAGES = 4 };

struct stage {
	float b0, b1, b2;
	float a1, a2;
	float z1, z2;
};

static float input[SAMPLES + TAPS];
static float filtered[SAMPLES];
static float echo[1024];
static int16_t output[SAMPLES];
static float taps[TAPS];
static struct stage stages[STAGES];

static void
filter_finite(void)
{
	for (int i = 0; i < SAMPLES; i++) {
		float sum = 0;

		for (int k = 0; k < TAPS; k++) {
			sum += input[i + k] * taps[k];
		}
		filtered[i] = sum;
	}
}

static void
filter_recursive(void)
{
	for (int s = 0; s < STAGES; s++) {
		struct stage *f = &stages[s];

		for (int i = 0; i < SAMPLES; i++) {
			float in = filtered[i];
			float out = in * f->b0 + f->z1;

			f->z1 = in * f->b1 + f->z2 - out * f->a1;
			f->z2 = in * f->b2 - out * f->a2;
			filtered[i] = out;
		}
	}
}

static void
resample(float ratio)
{
	float place = 0;

	for (int i = 0; i < SAMPLES && place < SAMPLES - 2; i++) {
		int at = (int)place;
		float part = place - (float)at;

		filtered[i] = filtered[at] + (filtered[at + 1] - filtered[at]) * part;
		place += ratio;
	}
}

static float
add_echo(unsigned *position)
{
	float level = 0;

	for (int i = 0; i < SAMPLES; i++) {
		float *delayed = &echo[*position];
		float mixed = filtered[i] + *delayed * 0.4F;
		float size = mixed < 0 ? -mixed : mixed;

		*delayed = mixed;
		*position = (*position + 1) % COUNT(echo);
		level = size > level ? size : level * 0.9995F;
		filtered[i] = mixed;
	}
	return level;
}

static void
to_integers(float scale)
{
	for (int i = 0; i < SAMPLES; i++) {
		float v = filtered[i] * scale;

		v = v > 32767 ? 32767 : v < -32768 ? -32768 : v;
		output[i] = (int16_t)v;
	}
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 1800);
	unsigned position = 0;
	uint32_t random = 71;
	uint64_t sum = 0;

	for (int k = 0; k < TAPS; k++) {
		taps[k] = (float)(k < TAPS / 2 ? k + 1 : TAPS - k) / (TAPS * TAPS / 4.0F);
	}
	for (int s = 0; s < STAGES; s++) {
		stages[s] = (struct stage){ 0.2F + 0.05F * (float)s, 0.1F, 0.05F,
			-0.9F + 0.1F * (float)s, 0.3F, 0, 0 };
	}
	for (unsigned round = 0; round < rounds; round++) {
		for (int i = 0; i < SAMPLES + TAPS; i++) {
			input[i] = (float)(kernel_random(&random) >> 8) / 16777216.0F - 0.5F;
		}
		filter_finite();
		filter_recursive();
		resample(1.0F + (float)(round % 7) * 0.05F);
		sum = kernel_mix_double(sum, (double)add_echo(&position));
		to_integers(40000);
		for (int i = 0; i < SAMPLES; i += 37) {
			sum = kernel_mix(sum, (uint64_t)output[i]);
		}
	}
	kernel_report("dsp", sum);
	return 0;
}
