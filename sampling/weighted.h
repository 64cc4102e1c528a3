/* Sampling a weighted product of densities, q_t = prod_k p_k,t^w_k / Z_t, exactly but for the
 * steps: paths follow the composed score S back in time, each with a weight,
 *
 *     dX = [-f + (1 + lambda^2) a S] dr + lambda G dW,      a = G G^T / 2,  r = T - t,
 *     d log w = psi dr,    psi = S a S - sum_k w_k s_k a s_k + (sum_k w_k - 1) div f,
 *
 * and the weighted law is q_t at all times, whatever lambda, even one that changes (Feynman and
 * Kac; derived in docs/derivations.md).  So any sampler will do whose steps approximate such
 * an equation, which all do that neither raise the noise again nor walk an interval twice.
 * psi is integrated by the trapezoidal rule over the steps, a second evaluation of the scores
 * each.  Where f is not linear, x-dependent div f is right too.  The mean weight is
 *
 *     E exp int psi dr = Z_0 / Z_T.                                 [skreta-2025, du-2023]
 *
 * Paths come in independent groups, within which those of little weight give way to copies
 * of others where the effective share (sum w)^2 / (n sum w^2) is too small (systematic
 * resampling).  Groups weigh what their mean weight says, and how they differ is the
 * standard error of everything: paths of one group are not independent.  [kitagawa-1996] */
#ifndef FK_SAMPLING_WEIGHTED_H
#define FK_SAMPLING_WEIGHTED_H

#include <stddef.h>
#include <stdint.h>

#include "core/grid.h"
#include "core/progress.h"
#include "sampling/composition.h"
#include "sampling/recipe.h"
#include "sde/law.h"
#include "sde/powers.h"
#include "sde/sde.h"

typedef struct fk_weighted_options {
    size_t groups, count; /* groups, at least 2, and paths in each */
    uint64_t seed;
    double share;        /* resample where the effective share is below; 0: never */
    const fk_law *start; /* that paths begin from */
    const fk_powers
        *begin; /* law at the last time, if the start, then a mixture, is not:
                               paths begin with the weight of one over the other.  NULL:
                               the start is that law */
} fk_weighted_options;

typedef struct fk_weighted_result {
    size_t groups, count, dim, n_times;
    double *x;      /* [groups][count][dim], states at the end */
    double *weight; /* [groups][count], of sum 1 */
    double *time;   /* [n_times] ends of the steps, falling */
    double
        *share; /* [n_times] effective share there, before resampling, mean of groups */
    double resamplings; /* of a group, on average */
    double
        log_mass; /* of the mean weight: log Z_0/Z_T, or log Z_0 if `begin` is there */
    double mass_error;   /* standard error of log_mass */
    double groups_share; /* effective share of the groups */
} fk_weighted_result;

/* The composition's table of times is the recipe's, which is even (sampling/recipe.h).
 * Path i is the same for any number of threads.  Free space.
 * FK_EDOMAIN with a sentence: noise that depends on the variables, a recipe that is not even,
 * states or weights that are not finite; FK_EINTERRUPTED; FK_ENOMEM.  *out is empty after a
 * failure. */
FK_NODISCARD fk_status fk_weighted_sample(const fk_sde *sde, const fk_composition *c,
                                          const fk_recipe *recipe,
                                          const fk_weighted_options *o,
                                          const fk_progress *progress,
                                          fk_weighted_result *out, fk_message *message);
void fk_weighted_result_free(fk_weighted_result *r); /* accepts one of zeros */

/* ---- what they say ---- */

typedef struct fk_weighted_mean {
    double value, error; /* error: one standard error, from the groups */
} fk_weighted_mean;

/* E phi from phi[groups][count]. */
fk_weighted_mean fk_weighted_mean_of(const fk_weighted_result *r, const double *phi);

/* Probabilities of cells and of what is outside, and their standard errors: mass and
 * error[cells + 1].  FK_ENOMEM. */
FK_NODISCARD fk_status fk_weighted_cells(const fk_weighted_result *r, const fk_grid *g,
                                         double *mass, double *error);

/* n of the states, each as often as its weight says, in x[n][dim]: samples without weights,
 * neighbours alike.  0 < u < 1.  FK_ENOMEM. */
FK_NODISCARD fk_status fk_weighted_draw(const fk_weighted_result *r, double u, size_t n,
                                        double *x);

#endif
