// SPDX-License-Identifier: Apache-2.0
// -d stats: counters of the process, written to the log when it ends.
#ifndef RUNTIME_STATISTICS_H
#define RUNTIME_STATISTICS_H

#include "runtime/run_options.h"

/** Arranges for the counters to be written at the end, if the options ask for it. */
void statistics_init(const struct run_options *options);

#endif
