/* What a run will take, before it runs: memory counted, time from a short trial. */
#ifndef FK_EXPERIMENTS_ESTIMATE_H
#define FK_EXPERIMENTS_ESTIMATE_H

#include <stdio.h>

#include "experiments/run.h"

FK_NODISCARD fk_status fk_print_estimate(const fk_problem *p, const fk_methods *m,
                                         FILE *out, fk_message *message);

#endif
