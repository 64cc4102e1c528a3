/* Orders of samplers of diffusion models, as measured on a problem: errors over numbers of
 * steps that double.
 *
 *     paths     of deterministic samplers, from a fixed set of starts: against the quantile
 *               map in one variable, else against a far finer solution of the flow
 *     law       for Gaussian data: the exact law of the result against the one to be found;
 *               of deterministic samplers against that of the exact flow
 *     moments   of noisy samplers otherwise: what doubling the steps changes, along the
 *               same Brownian paths */
#ifndef FK_EXPERIMENTS_SAMPLER_ORDER_H
#define FK_EXPERIMENTS_SAMPLER_ORDER_H

#include "experiments/order_finding.h"
#include "experiments/sampler_problem.h"

typedef struct fk_sampler_starts {
    size_t n;
    double *x, *goal; /* [n][dim] at the last time, and where the exact flow ends */
    double doubt;     /* root mean square error of the goals */
} fk_sampler_starts;

/* given: n starts of a problem in one variable; NULL: quantiles of the law at the last time
 * in one variable, else draws.  steps: the most that any sampler will take. */
FK_NODISCARD fk_status fk_sampler_starts_new(const fk_sampler_problem *p, size_t n,
                                             const double *given, size_t steps,
                                             fk_sampler_starts *out,
                                             fk_message *message);
void fk_sampler_starts_clear(fk_sampler_starts *s);

typedef struct fk_sampler_order {
    const fk_sampler *sampler;
    size_t n; /* numbers of steps */
    size_t steps[FK_FINDING_POINTS], evaluations[FK_FINDING_POINTS];
    bool has_law; /* one variable, Gaussian data */
    double mean[FK_FINDING_POINTS], sd[FK_FINDING_POINTS];
    double goal_mean, goal_sd;
    fk_finding finding; /* judged; no curves: the sampler has no order */
} fk_sampler_order;

/* With `least` steps, twice as many, and so on for `levels` numbers. */
FK_NODISCARD fk_status fk_sampler_order_measure(const fk_sampler_problem *p,
                                                const fk_sampler *sampler,
                                                const fk_sampler_starts *starts,
                                                size_t least, size_t levels,
                                                fk_sampler_order *out,
                                                fk_message *message);

#endif
