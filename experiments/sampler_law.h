/* For Gaussian data every score is linear, and what a sampler returns is Gaussian too: its
 * law without sampling (sampling/recipe_law.h), beside the one that it should be. */
#ifndef FK_EXPERIMENTS_SAMPLER_LAW_H
#define FK_EXPERIMENTS_SAMPLER_LAW_H

#include "experiments/sampler_problem.h"

/* Along the principal axes of the data. */
typedef struct fk_sampler_law {
    bool known;
    double *mean, *sd;           /* [dim] */
    double *flow_mean, *flow_sd; /* [dim] of what the exact flow makes of the start */
    double *goal_mean, *goal_sd; /* [dim] at the first time */
    double w2;                   /* from the result to the law at the first time */
} fk_sampler_law;

/* Not known but for one Gaussian, its exact score, a schedule, and a sampler that needs
 * nothing else.  FK_ENOMEM.  *out is to be cleared in any case. */
FK_NODISCARD fk_status fk_sampler_law_find(const fk_sampler_problem *p,
                                           const fk_recipe *recipe,
                                           fk_sampler_law *out);
void fk_sampler_law_clear(fk_sampler_law *l);

#endif
