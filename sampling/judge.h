/* How far a learned score s^ is from the truth, on points that it has not learned from.
 * With the exact score s (Gaussian mixtures), at every time of a table,
 *
 *     loss - floor = E|e^ - e|^2 - E|E[e | x] - e|^2 = E|L^T (s^ - s)|^2,
 *
 * the Fisher error in units of the noise: measured both ways.  Over the times it bounds the
 * divergence of what the reverse SDE makes of the same start [song-2021-likelihood]:
 *
 *     KL(p_0 | q_0) <= 1/2 int E[(s^ - s)^T G G^T (s^ - s)] dt + KL(p_T | q_T). */
#ifndef FK_SAMPLING_JUDGE_H
#define FK_SAMPLING_JUDGE_H

#include <stdint.h>

#include "sde/law.h"
#include "sde/noising.h"
#include "sde/score.h"
#include "solvers/network.h"

/* A mean over points and its standard error. */
typedef struct fk_judged {
    double mean, error;
} fk_judged;

typedef struct fk_judgment {
    fk_judged loss;   /* E|e^ - e|^2 over all times of the table alike */
    fk_judged floor;  /* E|E[e | x] - e|^2; these four NaN without the exact score */
    fk_judged excess; /* loss - floor, on the same points */
    fk_judged fisher; /* E|L^T (s^ - s)|^2, directly */
    fk_judged bound;  /* the integral above [nats] */
} fk_judgment;

/* At one time: E|s^ - s|^2, and the terms of a judgment there. */
typedef struct fk_judged_time {
    fk_judged score;    /* E|s^ - s|^2 */
    fk_judged strength; /* E|s|^2 */
    fk_judged drift;    /* E|G G^T (s^ - s)|^2 */
    fk_judgment of;     /* bound: its integrand */
} fk_judged_time;

typedef struct fk_judge fk_judge;

/* blocks times FK_BLOCK points of `law` at each time of `noising`, with their noise.  exact:
 * of the same table, NULL if unknown; read here alone.  Borrows noising. */
FK_NODISCARD fk_status fk_judge_new(const fk_law *law, uint64_t seed,
                                    const fk_noising *noising, const fk_score *exact,
                                    size_t blocks, fk_judge **out);
void fk_judge_free(fk_judge *j); /* accepts NULL */

/* The network with these parameters; time[n] of the table, NULL: not wanted.  The same bits
 * for any number of threads.  FK_ENOMEM. */
FK_NODISCARD fk_status fk_judge_network(const fk_judge *j, const fk_network *net,
                                        const double *theta, fk_judgment *out,
                                        fk_judged_time *time);

/* Its table, and its points x[blocks FK_BLOCK][dim] at time k. */
const fk_noising *fk_judge_noising(const fk_judge *j);
const double *fk_judge_points(const fk_judge *j, size_t k);

#endif
