/* The score that samplers go back by: from the source that the problem names, with the
 * error that it asks for; and how far it is from the exact one.  A reverse SDE led by s^
 * instead of s, from the same start, ends at a law q with [song-2021-likelihood]
 *
 *     KL(p_first | q) <= 1/2 int E_p[(s^ - s)^T G G^T (s^ - s)] dt */
#ifndef FK_EXPERIMENTS_SAMPLER_SCORE_H
#define FK_EXPERIMENTS_SAMPLER_SCORE_H

#include "experiments/sampler_problem.h"

typedef struct fk_sampler_score {
    fk_score *score; /* what samplers see */
    fk_score *base;  /* what it perturbs; NULL: nothing */
} fk_sampler_score;

/* At the times of a table; to be cleared in any case. */
FK_NODISCARD fk_status fk_sampler_score_make(const fk_sampler_problem *s,
                                             size_t n_times, const double *time,
                                             fk_sampler_score *out,
                                             fk_message *message);
void fk_sampler_score_clear(fk_sampler_score *s);

/* Whether it is the exact score of the problem's law, without an error. */
bool fk_sampler_score_exact(const fk_sampler_problem *s);

typedef struct fk_score_gap {
    bool known;
    double square,
        its_error;   /* E |s^ - s|^2 over the times alike, and standard error */
    double strength; /* E |s|^2 likewise */
    double bound, bound_error; /* of KL [nats], for lambda = 1 */
} fk_score_gap;

/* By draws of the exact law at even values of log t; not known where the score is exact or
 * the law is not. */
FK_NODISCARD fk_status fk_sampler_score_gap(const fk_sampler_problem *s,
                                            fk_score_gap *out, fk_message *message);

#endif
