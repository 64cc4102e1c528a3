/* Private to sampling/training*.c: a training, and its step. */
#ifndef FK_SAMPLING_TRAINING_PARTS_H
#define FK_SAMPLING_TRAINING_PARTS_H

#include "sampling/training.h"

enum { FK_TRAINING_SLICE = 128, FK_TRAINING_LEVELS = 256 };

/* Steps and judgments made, the best loss, judgments since. */
enum {
    FK_TRAINING_MADE,
    FK_TRAINING_MARKS,
    FK_TRAINING_BEST,
    FK_TRAINING_SINCE,
    FK_TRAINING_COUNTERS
};

struct fk_training {
    fk_training_options o;
    size_t parameters, slices, tangents, inputs;
    fk_noising *noising, *judged; /* tables to learn from and to be judged at */
    fk_score *exact;              /* of the second; NULL: unknown */
    fk_judge *judge;
    double *weight; /* [FK_TRAINING_LEVELS][dim][dim] of the objective */
    fk_learned *now, *average, *best; /* parameters */
    double *moment[FK_OPTIMIZER_MOMENTS];
    fk_training_mark *mark; /* [judgments + 1] */
    double counter[FK_TRAINING_COUNTERS];

    /* of one step */
    size_t *level;    /* [batch] */
    double *x;        /* [batch][dim] */
    double *noise;    /* [batch][dim] */
    double *sign;     /* [batch][dim] */
    double *input;    /* [slices][(1 + tangents) FK_TRAINING_SLICE][inputs] */
    double *output;   /* [slices][(1 + tangents) FK_TRAINING_SLICE][dim] */
    double *slope;    /* the same shape */
    double *gradient; /* [slices][parameters] */
    double *loss;     /* [slices] */
    double *work;     /* [threads][work_size] */
    size_t work_size;
};

/* Step number 0, 1, ...: draws its batch, sums the gradients, moves the parameters and their
 * average.  The mean loss of the batch. */
double fk_training_step(const fk_training *t, uint64_t number);

#endif
