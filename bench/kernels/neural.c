// SPDX-License-Identifier: Apache-2.0
//
// A small neural network, trained by back-propagation in double: two layers, 35 inputs, a rational function for the
// threshold.

#include "kernel.h"

enum { INPUTS = 35, HIDDEN = 16, OUTPUTS = 8, PATTERNS = 26 };

static double input[PATTERNS][INPUTS];
static double wanted[PATTERNS][OUTPUTS];
static double hidden_weight[HIDDEN][INPUTS];
static double output_weight[OUTPUTS][HIDDEN];
static double hidden_change[HIDDEN][INPUTS];
static double output_change[OUTPUTS][HIDDEN];

static double
threshold(double x)
{
	return x / (1 + (x < 0 ? -x : x)) / 2 + 0.5;
}

static double
train(int pattern)
{
	double hidden[HIDDEN];
	double output_error[OUTPUTS];
	double hidden_error[HIDDEN];
	double worst = 0;

	for (int h = 0; h < HIDDEN; h++) {
		double sum = 0;

		for (int i = 0; i < INPUTS; i++) {
			sum += hidden_weight[h][i] * input[pattern][i];
		}
		hidden[h] = threshold(sum);
	}
	for (int o = 0; o < OUTPUTS; o++) {
		double sum = 0;
		double out;

		for (int h = 0; h < HIDDEN; h++) {
			sum += output_weight[o][h] * hidden[h];
		}
		out = threshold(sum);
		output_error[o] = wanted[pattern][o] - out;
		if (output_error[o] * output_error[o] > worst) {
			worst = output_error[o] * output_error[o];
		}
		output_error[o] *= out * (1 - out);
	}
	for (int h = 0; h < HIDDEN; h++) {
		double sum = 0;

		for (int o = 0; o < OUTPUTS; o++) {
			sum += output_error[o] * output_weight[o][h];
		}
		hidden_error[h] = sum * hidden[h] * (1 - hidden[h]);
	}
	for (int o = 0; o < OUTPUTS; o++) {
		for (int h = 0; h < HIDDEN; h++) {
			output_change[o][h] =
				0.1 * output_error[o] * hidden[h] + 0.5 * output_change[o][h];
			output_weight[o][h] += output_change[o][h];
		}
	}
	for (int h = 0; h < HIDDEN; h++) {
		for (int i = 0; i < INPUTS; i++) {
			hidden_change[h][i] = 0.1 * hidden_error[h] * input[pattern][i] +
					      0.5 * hidden_change[h][i];
			hidden_weight[h][i] += hidden_change[h][i];
		}
	}
	return worst;
}

static void
start(uint32_t *random)
{
	for (int p = 0; p < PATTERNS; p++) {
		for (int i = 0; i < INPUTS; i++) {
			input[p][i] = kernel_random(random) & 4 ? 0.9 : 0.1;
		}
		for (int o = 0; o < OUTPUTS; o++) {
			wanted[p][o] = (p + 65) >> o & 1 ? 0.9 : 0.1;
		}
	}
	for (int h = 0; h < HIDDEN; h++) {
		for (int i = 0; i < INPUTS; i++) {
			hidden_weight[h][i] = kernel_random(random) / 4294967296.0 - 0.5;
			hidden_change[h][i] = 0;
		}
		for (int o = 0; o < OUTPUTS; o++) {
			output_weight[o][h] = kernel_random(random) / 4294967296.0 - 0.5;
			output_change[o][h] = 0;
		}
	}
}

int
main(int argc, char **argv)
{
	unsigned rounds = kernel_rounds(argc, argv, 6600);
	uint32_t random = 53;
	uint64_t sum = 0;

	for (unsigned round = 0; round < rounds; round++) {
		double worst = 0;

		if (round % 250 == 0) {
			start(&random);
		}
		for (int p = 0; p < PATTERNS; p++) {
			double error = train(p);

			worst = error > worst ? error : worst;
		}
		sum = kernel_mix_double(sum, worst);
	}
	kernel_report("neural", sum);
	return 0;
}
