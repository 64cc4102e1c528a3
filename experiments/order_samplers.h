/* Private to experiments/.  fokker order sampler: all samplers of a problem over numbers of
 * steps, for people, for programs, on one page. */
#ifndef FK_EXPERIMENTS_ORDER_SAMPLERS_H
#define FK_EXPERIMENTS_ORDER_SAMPLERS_H

#include "experiments/run.h"
#include "plots/result.h"

typedef struct fk_order_samplers {
    const char *folder; /* NULL: no picture */
    bool quiet, json;
    size_t least, levels; /* steps: least, 2 least, ... */
    size_t n_starts;
    const double *start; /* [n_starts] of one variable; NULL: quantiles or draws */
} fk_order_samplers;

FK_NODISCARD fk_status fk_order_samplers_run(const fk_problem *p,
                                             const fk_methods *methods,
                                             const fk_order_samplers *o, fk_word *word,
                                             fk_message *message);

#endif
