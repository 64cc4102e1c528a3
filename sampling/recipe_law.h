/* The exact law of what a sampler returns when every score is linear, s = -P_k (x - c_k) at
 * time k of the recipe's table, as that of Gaussian data is:  the state and what is kept
 * from earlier steps are jointly Gaussian, and a step maps their mean and covariance.  One
 * variable; an isotropic Gaussian in more is that many of them.  [pierret-galerne-2025] */
#ifndef FK_SAMPLING_RECIPE_LAW_H
#define FK_SAMPLING_RECIPE_LAW_H

#include "sampling/recipe.h"

typedef struct fk_normal {
    double mean, variance;
} fk_normal;

/* centre[n_times], precision[n_times].  The recipe has neither drifts nor matrix
 * noise nor steps that may be refused. */
fk_normal fk_recipe_law(const fk_recipe *r, const double *centre,
                        const double *precision, fk_normal start);

#endif
