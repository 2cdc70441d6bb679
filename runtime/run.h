// SPDX-License-Identifier: Apache-2.0
// The run-time system's entry: runs a loaded program to its end.
#ifndef RUNTIME_RUN_H
#define RUNTIME_RUN_H

#include "loader/loader.h"
#include "runtime/run_options.h"

struct guest_thread;

/*
 * Runs the program that loader_load brought into memory, as the process's first guest thread. Does not return while the
 * guest lives: exit_group and fatal signals of the guest end the process. Gives an exit status when it could not start
 * (after a message on standard error). Both arguments must live as long as the process.
 */
int runtime_run(const struct loaded_program *program, const struct run_options *options);

/* Sets what is to be done before the process ends by exit_group or a fatal signal of the guest: statistics and the like. */
void run_on_exit(void (*function)(struct guest_thread *t));

/* Does it, once. */
void run_before_exit(struct guest_thread *t);

#endif
