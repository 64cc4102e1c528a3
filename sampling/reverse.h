/* Sampling backwards in time: a law at the last time of a recipe is led by the score to one
 * at the first.  What a step does is the recipe's (sampling/sampler.h), the score is any
 * fk_score made for the recipe's times. */
#ifndef FK_SAMPLING_REVERSE_H
#define FK_SAMPLING_REVERSE_H

#include <stddef.h>
#include <stdint.h>

#include "core/progress.h"
#include "core/random.h"
#include "sampling/recipe.h"
#include "sde/law.h"
#include "sde/score.h"
#include "sde/sde.h"

typedef struct fk_reverse_options {
    size_t count;
    uint64_t seed;
    const fk_law *start;  /* law at the last time */
    const double *latent; /* [count][dim] states there, instead of draws; NULL: none */
    const fk_grid *histogram; /* grid of the counts below; NULL: none */
    size_t n_frames;          /* how many histograms to keep along the way */
    const size_t *frame;      /* [n_frames] indices of times that steps end at (or the
                                 last time), ascending */
    size_t followed;          /* samples whose states are kept in each frame */
    /* Another recipe, joined with the first (fk_recipe_join), with steps twice as long:
     * the first `pairs` samples, at most count, are made by it too, from the same start
     * with the same Brownian path, for evidence of the step's error.  Both are even.
     * NULL: none. */
    const fk_recipe *coarse;
    size_t pairs;
} fk_reverse_options;

typedef struct fk_reverse_result {
    double *x;        /* [count][dim], states at the end of the recipe */
    uint64_t *frames; /* [n_frames][cells + 1], the last entry: outside the grid; 0
                         without one */
    double *followed; /* [n_frames][followed][dim] */
    double *coarse_x; /* [pairs][dim], states at the end of the coarse one */
    uint64_t *coarse, *fine, *moved; /* [cells + 1] of the pairs at the end: long steps,
                                        short steps, and pairs of which exactly one
                                        member is in the cell; all 0 without a grid */
    uint64_t evaluations;            /* of the score, per sample */
    uint64_t taken;                  /* of the proposals of all samples that may be
                                        refused */
} fk_reverse_result;

/* Initial draws have purpose FK_FOR_REVERSE, noises FK_FOR_REVERSE_NOISE; sample i is the
 * same for any count and any number of threads.  Free space: no boundaries.
 * FK_EDOMAIN with a sentence if G depends on the variables, or if a sample becomes not
 * finite; FK_EINTERRUPTED; FK_ENOMEM.  *out is empty after a failure. */
FK_NODISCARD fk_status fk_reverse_sample(const fk_sde *sde, const fk_score *score,
                                         const fk_recipe *recipe,
                                         const fk_reverse_options *o,
                                         const fk_progress *progress,
                                         fk_reverse_result *out, fk_message *message);

/* The same along the score's own times for a member of the family of processes that share
 * the marginals of the SDE with diffusion tensor a(t) = G G^T / 2,
 *
 *     dX = -[ f - (1 + lambda^2) a s ] dr + lambda G dW,      r = T - t,
 *
 * by Euler-Maruyama, or Heun's method for lambda = 0; o->coarse is made where o->pairs
 * asks for it.  lambda = 1 is the reverse SDE of Anderson, lambda = 0 the probability flow.
 * [anderson-1982, song-2021] */
FK_NODISCARD fk_status fk_reverse_family(const fk_sde *sde, const fk_score *score,
                                         double lambda, const fk_reverse_options *o,
                                         const fk_progress *progress,
                                         fk_reverse_result *out, fk_message *message);
void fk_reverse_result_free(fk_reverse_result *r); /* accepts one of zeros */

#endif
