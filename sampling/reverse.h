/* Sampling backwards in time: paths of the family of processes that share the marginals
 * p_t of a forward SDE with diffusion tensor a(t) (not of x), run from t = T to t = 0:
 *
 *     dX = -[ f - (1 + lambda^2) a s ] dr + lambda G dW,      r = T - t
 *
 * lambda = 1 is the reverse SDE of Anderson, lambda = 0 the probability-flow ODE, other
 * values the rest of the family.  s is any fk_score; steps follow the score's own table
 * of times, backwards, so every evaluation is at a time the score knows.
 * lambda > 0: Euler-Maruyama.  lambda = 0: Heun (second order).
 * [anderson-1982, song-2021] */
#ifndef FK_SAMPLING_REVERSE_H
#define FK_SAMPLING_REVERSE_H

#include <stddef.h>
#include <stdint.h>

#include "core/progress.h"
#include "core/random.h"
#include "sde/law.h"
#include "sde/score.h"
#include "sde/sde.h"

typedef struct fk_reverse_options {
    size_t count;
    uint64_t seed;
    double lambda;            /* >= 0 */
    const fk_law *start;      /* law at the last time of the score's table */
    const fk_grid *histogram; /* grid of the counts below; NULL: none */
    size_t n_frames;          /* how many histograms to keep along the way */
    const size_t *frame;      /* [n_frames] indices into the score's times, ascending */
    size_t followed;          /* samples whose states are kept in each frame */
    size_t pairs; /* the first so many samples, at most count, are made once more with
                     steps twice as long (every second time of the table) from the same
                     start with the same Brownian path: evidence of the step's error */
} fk_reverse_options;

typedef struct fk_reverse_result {
    double *x;        /* [count][dim], states at the first time of the table */
    uint64_t *frames; /* [n_frames][cells + 1], the last entry: outside the grid */
    double *followed; /* [n_frames][followed][dim] */
    uint64_t *coarse, *fine, *moved; /* [cells + 1] of the pairs at the first time: long
                                        steps, short steps, and pairs of which exactly
                                        one member is in the cell */
    uint64_t evaluations;            /* of the score, per particle */
} fk_reverse_result;

/* Initial draws have purpose FK_FOR_REVERSE, increments FK_FOR_REVERSE_NOISE; sample i is
 * the same for any count and any number of threads.  Free space: no boundaries.
 * FK_EDOMAIN with a sentence if G depends on the variables, or if a sample becomes not
 * finite; FK_EINTERRUPTED; FK_ENOMEM.  *out is empty after a failure. */
FK_NODISCARD fk_status fk_reverse_sample(const fk_sde *sde, const fk_score *score,
                                         const fk_reverse_options *o,
                                         const fk_progress *progress,
                                         fk_reverse_result *out, fk_message *message);
void fk_reverse_result_free(fk_reverse_result *r); /* accepts one of zeros */

#endif
