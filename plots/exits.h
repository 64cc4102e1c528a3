/* What distribution functions of exit times say, by either way.  They are known at the
 * times of fk_exits; within the run, T < end, with F the distribution function of one face,
 *
 *     P = F(end),   E[T | exit] = end - (1/P) int F dt,
 *
 * integrals by the trapezoidal rule. */
#ifndef FK_PLOTS_EXITS_H
#define FK_PLOTS_EXITS_H

#include <stdbool.h>

#include "plots/result.h"

/* Times are NaN where nothing left; errors are one standard error, NaN for a density. */
typedef struct fk_exit_summary {
    double probability, probability_error; /* of leaving here by the end */
    double mean_time, mean_time_error;     /* of those that did, from the start */
    double spread;                         /* their standard deviation */
} fk_exit_summary;

/* F[n_times], one of a face's; count: particles, 0 for the equation's. */
fk_exit_summary fk_exits_summarise(const fk_exits *e, const double *F, double count);

/* Mean density of the exit time between times i and i + n, of particles with its pointwise
 * band: the 95 % score interval of the share that left in between [wilson-1927]. */
typedef struct fk_exit_rate {
    double t; /* middle of the interval */
    double value, low, high;
} fk_exit_rate;
fk_exit_rate fk_exits_rate(const fk_exits *e, const double *F, double count, size_t i,
                           size_t n);

/* Intervals between exit times that share a rate of particles. */
enum { FK_EXITS_TOGETHER = 2 };

/* Particles against the equation: the largest |difference| over all faces and times, where
 * it is, and what chance alone exceeds in at most one run of a hundred (Kolmogorov's law
 * for each face) [kolmogorov-1933].  False unless there are both. */
typedef struct fk_exit_difference {
    double distance, time, chance;
    size_t face;
} fk_exit_difference;
bool fk_exits_compare(const fk_exits *e, double count, fk_exit_difference *out);

#endif
