/* Private to experiments/. `fokker train`: a network learns the score of a problem's
 * densities; what its errors are, what they allow the densities of generated samples to
 * be, and what those are. */
#ifndef FK_EXPERIMENTS_TRAIN_H
#define FK_EXPERIMENTS_TRAIN_H

#include <stdbool.h>
#include <stdio.h>

#include "experiments/options.h"
#include "experiments/result_folder.h"
#include "experiments/terminal.h"
#include "plots/training_figure.h"
#include "sampling/marginals.h"
#include "sampling/training.h"
#include "sde/problem.h"

/* Networks of these shares of all steps are kept, to see how errors of scores become
 * errors of densities; the first is the Gaussian. */
enum { FK_TRAIN_STAGES = 5 };

typedef struct fk_train_options {
    fk_options common; /* folder NULL: out/NAME_score */
    bool resume;
} fk_train_options;

typedef struct fk_train_stage {
    double step;
    fk_judgment judgment;        /* on points of its own */
    fk_marginal_gap sde, ode;    /* of samples generated with it */
    double sde_bound, ode_bound; /* of W2 (sampling/coupling.h) */
} fk_train_stage;

typedef struct fk_train {
    const fk_train_options *o;
    fk_problem *problem;
    fk_training_options settings;
    fk_law *own[2];  /* points to learn from and held out; NULL: the problem's law */
    double *moments; /* mean and covariance of the data */
    fk_training *training;
    fk_terminal terminal;
    double seconds, processor_seconds; /* of learning, in this session */
    fk_learned *stage_network[FK_TRAIN_STAGES];
    bool exact; /* the truth is known, and so the stages */
    fk_train_stage stage[FK_TRAIN_STAGES];
    fk_marginal_gap noise; /* of exact samples, as many */
    double time[FK_TRAINING_TIMES];
    fk_judged_time error[FK_TRAINING_TIMES]; /* of the best */
    fk_judgment whole;
    bool failed; /* the loss was not finite any more */
    fk_message failure;
    char checkpoint[1100];
    fk_result_folder folder;
} fk_train;

/* Learns and writes the folder; *t zero but for o, to be cleared in any case.
 * FK_EINTERRUPTED: a checkpoint was left. */
FK_NODISCARD fk_status fk_train_run(fk_train *t, fk_message *message);
void fk_train_clear(fk_train *t);

/* ---- its parts ---- */

/* What to learn, from the problem (experiments/train_plan.c). */
FK_NODISCARD fk_status fk_train_plan(fk_train *t, fk_message *message);

/* Samples by every stage's network (experiments/train_sample.c). */
FK_NODISCARD fk_status fk_train_sample(fk_train *t, fk_message *message);

/* A checkpoint written and read back (experiments/train_checkpoint.c). */
FK_NODISCARD fk_status fk_train_put_away(fk_train *t, fk_message *message);
FK_NODISCARD fk_status fk_train_take_up(fk_train *t, fk_message *message);

/* For people, for programs, as a picture (experiments/train_report.c). */
void fk_train_tell_mark(const fk_train *t, const fk_training_mark *m);
void fk_train_print(const fk_train *t);
void fk_train_json(const fk_train *t, FILE *out);
FK_NODISCARD fk_status fk_train_draw(const fk_train *t, fk_message *message);

#endif
