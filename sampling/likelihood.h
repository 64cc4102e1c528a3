/* Log-densities of points by the probability flow, with their parts apart.  A point x at
 * the time `first` is carried to x_T at the time `last` (sampling/flow.h):
 *
 *     log q(x) = log prior(x_T) + int div b dt - int div(a s) dt
 *
 * With the exact score and the exact law as prior q is the law at `first`.  With any other
 * score or prior it is the law that the flow makes of the prior on the way back: a density
 * that integrates to 1, so that E_p[q/p] = 1 and E_p[log p - log q] = KL(p | q).
 *
 * The last integral is found exactly, by J along every axis, and by Hutchinson's estimate
 * with probes of random signs, for symmetric B = -int a J dt of variance
 * 2 sum_{i != j} B_ij^2, or of normal numbers, of variance 2 sum_ij B_ij^2.
 * [song-2021, grathwohl-2019, hutchinson-1990] */
#ifndef FK_SAMPLING_LIKELIHOOD_H
#define FK_SAMPLING_LIKELIHOOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/progress.h"
#include "sde/noise_schedule.h"
#include "sde/score.h"
#include "sde/sde.h"

/* Makes a score, with `along`, for any table of ascending times from first to last; with
 * `eval_log` too where it is to be the prior. */
typedef struct fk_score_supply {
    fk_status (*at)(void *context, size_t n, const double *time, fk_score **out,
                    fk_message *message);
    void *context;
} fk_score_supply;

typedef struct fk_likelihood_options {
    const fk_sde *sde;
    fk_score_supply score;
    /* Steps are even in log(alpha/sigma); NULL or no noise at `first`: in the logarithm of
     * the time since `start`, if first is later, else in the cube root of time. */
    const fk_noise_schedule *schedule;
    double start, first, last;
    const fk_score
        *prior; /* whose density at its last time is the prior; NULL: the score
                              itself */
    /* The steps are doubled until no point's log-density changes by more than the
     * tolerance, or there are `most`. */
    size_t steps, most;
    double tolerance;
    size_t probes; /* 0: no estimate; else at least 2 */
    bool normal;   /* probes of normal numbers, not of signs */
    uint64_t seed;
} fk_likelihood_options;

typedef struct fk_log_density {
    double prior, drift, score; /* the three terms, the last with its sign */
    double total;               /* their sum */
    double estimate;            /* mean of the probes' totals; NaN: no probes */
    double variance;            /* of one probe's, from all of them */
} fk_log_density;

enum { FK_LIKELIHOOD_LEVELS = 20 };
typedef struct fk_likelihood_level {
    size_t steps;
    double change; /* largest from the level before; infinite for the first, and where a
                      point was not finite */
    double *total; /* [count] */
} fk_likelihood_level;

typedef struct fk_likelihood {
    size_t count;
    fk_log_density *point; /* [count] by the last level */
    double *last;          /* [count][dim] x_T */
    size_t n_levels;
    fk_likelihood_level level[FK_LIKELIHOOD_LEVELS];
    bool converged;
} fk_likelihood;

/* Of points x[count][dim].  The same bits for any number of threads; random numbers depend
 * on (seed, FK_FOR_PROBES, point).  FK_EDOMAIN with a sentence: the SDE has no such flow
 * (sampling/flow.h), or a point is not finite on its way even with the last level's steps;
 * FK_EINTERRUPTED; what the score's source gives.  *out is empty after a failure. */
FK_NODISCARD fk_status fk_likelihood_find(const fk_likelihood_options *o, size_t count,
                                          const double *x, const fk_progress *progress,
                                          fk_likelihood *out, fk_message *message);
void fk_likelihood_clear(fk_likelihood *l); /* accepts one of zeros */

#endif
