/* Learning the score of a linear SDE's densities from draws of its initial law: a network
 * that is zero at first, so that learning begins at the Gaussian with the data's moments.
 *
 * Step n draws a batch of its own (a function of seed and n), its times spread evenly over
 * a table that is even in log(t - start).  Gradients are summed slice by slice in order:
 * the same bits for any number of threads.  The rate rises linearly over `warmup` steps and
 * falls like a cosine to zero; what is judged and kept is the moving average of the
 * parameters, the best of those judged. */
#ifndef FK_SAMPLING_TRAINING_H
#define FK_SAMPLING_TRAINING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/progress.h"
#include "core/safetensors.h"
#include "sampling/judge.h"
#include "sampling/objective.h"
#include "sde/score_network.h"
#include "solvers/optimizer.h"

typedef struct fk_training_options {
    const fk_sde *sde;            /* linear */
    double start, first, last;    /* times: of the data, first and last to be learned */
    const fk_law *law, *held_out; /* to learn from, to be judged by */
    const double *mean, *cov;     /* of law */
    const fk_objective *objective;
    const fk_optimizer *optimizer;
    fk_optimizer_settings settings;
    size_t hidden, width;
    size_t batch; /* a multiple of FK_BLOCK */
    size_t steps, warmup;
    size_t judgments; /* in the whole of it, beside the one at the start */
    size_t patience;  /* so many without a better loss end it; 0: never */
    double average;   /* weight of the past in the moving average, [0, 1) */
    uint64_t seed;
} fk_training_options;

/* After so many steps. */
typedef struct fk_training_mark {
    double step; /* a whole number */
    fk_judgment judgment;
} fk_training_mark;

typedef struct fk_training fk_training;

/* Copies o; borrows what it points to.  Statuses of fk_noising_new. */
FK_NODISCARD fk_status fk_training_new(const fk_training_options *o, fk_training **out,
                                       fk_message *message);
void fk_training_free(fk_training *t); /* accepts NULL */

/* Steps up to the next judgment and judges.  FK_EINTERRUPTED: at a border of steps, from
 * which it goes on; FK_EDOMAIN with a sentence: the loss is not finite any more. */
FK_NODISCARD fk_status fk_training_lap(fk_training *t, const fk_progress *progress,
                                       fk_message *message);
bool fk_training_done(const fk_training *t);
size_t fk_training_steps(const fk_training *t); /* that were made */

/* All judgments so far, [n]; the first one is of the Gaussian. */
const fk_training_mark *fk_training_marks(const fk_training *t, size_t *n);

/* The best of the averages judged, or the present one; valid until the next lap. */
const fk_learned *fk_training_best(fk_training *t);
const fk_learned *fk_training_present(fk_training *t);

/* Errors time by time of a learned score, on blocks times FK_BLOCK held-out points each:
 * n = fk_training_times() of them, and where they are. */
enum { FK_TRAINING_TIMES = 64 };
FK_NODISCARD fk_status fk_training_errors(const fk_training *t, const fk_learned *l,
                                          size_t blocks, double time[FK_TRAINING_TIMES],
                                          fk_judged_time error[FK_TRAINING_TIMES],
                                          fk_judgment *whole);

/* What judges it on the way, at the same times. */
const fk_judge *fk_training_judge(const fk_training *t);

/* Everything that a training goes on from, as arrays that are read or filled; how many. */
enum { FK_TRAINING_ARRAYS = 8 };
size_t fk_training_state(fk_training *t, fk_tensor array[FK_TRAINING_ARRAYS]);

#endif
