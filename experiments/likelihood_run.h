/* Private to experiments/. `fokker likelihood`: log-densities of points by the probability
 * flow, part by part, beside what is known of them in closed form. */
#ifndef FK_EXPERIMENTS_LIKELIHOOD_RUN_H
#define FK_EXPERIMENTS_LIKELIHOOD_RUN_H

#include <stdbool.h>
#include <stdio.h>

#include "experiments/options.h"
#include "experiments/result_folder.h"
#include "experiments/run.h"
#include "experiments/sampler_problem.h"
#include "experiments/terminal.h"
#include "sampling/judge.h"
#include "sampling/likelihood.h"
#include "sde/problem.h"
#include "sde/score_network.h"

typedef struct fk_likelihood_request {
    fk_options common;       /* folder NULL: out/NAME_likelihood */
    const char *points, *at; /* a CSV file, or "x,y; x,y"; both NULL: draws */
    size_t count;            /* of draws */
    fk_score_source score;
    const char *network; /* NULL: the keys, or out/NAME_score/score.safetensors */
    double first;        /* NaN: the network's first time, or train.first's */
    double tolerance;    /* 0: that of the score */
    size_t steps;        /* 0: as many as the tolerance needs */
    bool normal_prior;   /* the law that N(0, 1) data have at the end */
    size_t probes;
    bool normal_probes;
} fk_likelihood_request;

/* Makes scores of the kind asked for; a fk_score_supply's context. */
typedef struct fk_score_maker {
    const fk_problem *problem;
    const fk_methods *methods;
    fk_score_source kind;
    const fk_mixture *law;       /* initial, of a linear SDE; NULL: not known */
    fk_mixture *own;             /* the same, where points had to become one */
    fk_noise_schedule *schedule; /* NULL: none */
    fk_learned *learned;
    fk_terminal *terminal;
} fk_score_maker;

/* Means over the points; NaN where something is not known. */
typedef struct fk_likelihood_means {
    fk_judged prior, drift, score, total;
    fk_judged bits;   /* -log2 q per dimension */
    fk_judged probes; /* estimate - total */
    double deviation; /* of one probe of one point, root mean square */
    fk_judged normal; /* log-density of the normal prior less that of the exact one */
    fk_judged truncation; /* log p at the start less log p at first */
    fk_judged rest;       /* log p at first less log q */
    fk_judged
        divergence;  /* KL(p | q), p at the start, if the points are drawn from it */
    fk_judged ratio; /* q / p at the start, likewise: 1 if q is a density */
    double most_normal, most_truncation, most_rest; /* largest absolute values */
} fk_likelihood_means;

typedef enum fk_likelihood_verdict {
    FK_LIKELIHOOD_NONE, /* q is no law with a closed form */
    FK_LIKELIHOOD_AGREE,
    FK_LIKELIHOOD_COARSE, /* the steps may be the cause */
    FK_LIKELIHOOD_DISAGREE
} fk_likelihood_verdict;

/* The difference from the closed form that an exact score is allowed. */
extern const double fk_likelihood_allowed;

typedef struct fk_likelihood_run {
    const fk_likelihood_request *o;
    fk_problem *problem;
    fk_methods methods;
    fk_score_maker maker;
    fk_terminal terminal;
    double first;
    bool drawn; /* the points, from the initial law */
    size_t count;
    double *x;       /* [count][dim] */
    fk_score *prior; /* NULL: the score's own density */
    fk_likelihood found;
    /* [count] log-densities, NaN where unknown: p at first and at the start; at x_T the
     * exact law and the normal prior */
    double *at_first, *at_start, *exact_last, *normal_last;
    fk_likelihood_means mean;
    fk_likelihood_verdict verdict;
    double seconds;
    fk_result_folder folder;
} fk_likelihood_run;

/* Finds and writes the folder; *r zero but for o, to be cleared in any case. */
FK_NODISCARD fk_status fk_likelihood_run_all(fk_likelihood_run *r, fk_message *message);
void fk_likelihood_run_clear(fk_likelihood_run *r);

/* ---- its parts ---- */

/* experiments/likelihood_score.c; to be cleared even after a failure. */
FK_NODISCARD fk_status fk_score_maker_begin(fk_score_maker *m,
                                            const fk_likelihood_request *o,
                                            fk_message *message);
FK_NODISCARD fk_status fk_score_maker_at(void *maker, size_t n, const double *time,
                                         fk_score **out, fk_message *message);
void fk_score_maker_clear(fk_score_maker *m);
const char *fk_prior_name(const fk_likelihood_run *r);

/* experiments/likelihood_points.c */
FK_NODISCARD fk_status fk_likelihood_points(fk_likelihood_run *r, fk_message *message);

/* experiments/likelihood_truth.c: the prior before, closed forms and means after. */
FK_NODISCARD fk_status fk_likelihood_prior(fk_likelihood_run *r, fk_message *message);
FK_NODISCARD fk_status fk_likelihood_compare(fk_likelihood_run *r);

/* For people, for programs, as a table and as a picture (experiments/likelihood_report.c). */
void fk_likelihood_print(const fk_likelihood_run *r);
void fk_likelihood_json(const fk_likelihood_run *r, FILE *out);
void fk_likelihood_csv(const fk_likelihood_run *r, FILE *out);
FK_NODISCARD fk_status fk_likelihood_draw(const fk_likelihood_run *r,
                                          fk_message *message);

#endif
