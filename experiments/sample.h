/* Private to experiments/. `fokker sample`: samplers of a problem go back from noise to
 * data, and what they return is held against the law that they should find. */
#ifndef FK_EXPERIMENTS_SAMPLE_H
#define FK_EXPERIMENTS_SAMPLE_H

#include <stdio.h>

#include "experiments/options.h"
#include "experiments/result_folder.h"
#include "experiments/sampler_law.h"
#include "experiments/sampler_problem.h"
#include "experiments/sampler_score.h"
#include "experiments/terminal.h"
#include "experiments/verdict.h"
#include "sampling/distances.h"
#include "sampling/reverse.h"

enum { FK_SAMPLE_FOLLOWED = 60 };

/* Where samples are counted and compared: the variables together on one grid, or one by
 * one. */
typedef struct fk_sample_view {
    size_t axis; /* first variable of the grid's */
    fk_domain domain;
    double *target; /* [cells] cell averages of the law at the first time */
    double outside; /* mass beyond */
} fk_sample_view;

/* What one sampler did. */
typedef struct fk_sampled {
    const fk_sampler *sampler;
    size_t evaluations; /* of the score, per sample */
    double seconds;
    double *x, *coarse; /* [count][dim], [pairs][dim] */
    double order;       /* of the error of the steps, as declared */
    double *density;    /* [cells] of the first view */
    size_t n_frames;
    double *frame_time; /* [n_frames] rising */
    double *followed;   /* [n_frames][FK_SAMPLE_FOLLOWED][dim] */
    fk_distances distances;
    fk_comparison *comparison; /* [n_views] as it is */
    fk_comparison *allowed;    /* [n_views] with allowance for its steps */
    bool explained;            /* the first differ, the second do not */
    fk_word word;
    char sentence[FK_SENTENCE];
    fk_sampler_law law;
} fk_sampled;

typedef struct fk_sample_run {
    const fk_options *o; /* folder NULL: out/NAME_samples */
    fk_problem *problem;
    fk_methods methods;
    fk_sampler_problem plan;
    fk_terminal terminal;
    fk_progress progress;
    fk_law *start;  /* the prior, or of draws */
    double *latent; /* [count][dim] where the prior is no law; NULL */
    size_t pairs;
    double *time; /* [steps + 1] rising */
    size_t n_views;
    fk_sample_view *view;
    char **variable; /* [dim] */
    fk_yardstick *yardstick;
    fk_distances floor; /* of exact draws, as many */
    fk_score_gap gap;
    size_t n;
    fk_sampled *sampled; /* [n] */
    fk_word word;
    fk_result_folder folder;
} fk_sample_run;

/* Samples, compares and writes the folder; *r zero but for o, to be cleared in any case. */
FK_NODISCARD fk_status fk_sample_run_all(fk_sample_run *r, fk_message *message);
void fk_sample_run_clear(fk_sample_run *r);

/* ---- its parts ---- */

/* The views with the law to be found (experiments/sample_view.c). */
FK_NODISCARD fk_status fk_sample_views(fk_sample_run *r);

/* Distances and verdict of one sampler (experiments/sample_judge.c). */
FK_NODISCARD fk_status fk_sample_yardstick(fk_sample_run *r);
FK_NODISCARD fk_status fk_sample_judge(fk_sample_run *r, fk_sampled *s);

/* For people, for programs, as pictures (experiments/sample_report.c, sample_draw.c). */
void fk_sample_print(const fk_sample_run *r);
void fk_sample_json(const fk_sample_run *r, FILE *out);
FK_NODISCARD fk_status fk_sample_write_points(const fk_sample_run *r,
                                              fk_message *message);
FK_NODISCARD fk_status fk_sample_draw(const fk_sample_run *r, fk_message *message);

#endif
