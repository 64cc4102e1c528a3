/* A problem: everything a run needs, typed and checked.  Read from a YAML file
 * (problem_file.h) or filled by a program. */
#ifndef FK_SDE_PROBLEM_H
#define FK_SDE_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/grid.h"
#include "sde/law.h"
#include "sde/mixture.h"
#include "sde/process.h"
#include "sde/sde.h"

typedef struct fk_problem_particles {
    bool on;
    size_t count;
    char scheme[32];
    char increments[32];
    double step;
    double tolerance; /* error of a step that adaptive schemes allow */
    uint64_t seed;
    double
        halving;  /* share of the particles that the step-halving pair uses, 0: none */
    bool bridge;  /* absorb between steps too, as a Brownian bridge would */
    bool project; /* reflecting faces put paths on the wall, not back inside */
    bool kernel;  /* smooth estimate from the last step's kernel as well */
    bool smooth;  /* and one from the histogram */
} fk_problem_particles;

typedef struct fk_problem_pde {
    bool on;
    char method[32];
    char flux[32];
    char stepper[32];
    double step;      /* 0: adaptive */
    double tolerance; /* L1 */
    bool halving;     /* run on half the cell width too, for the error budget */
} fk_problem_pde;

typedef struct fk_problem_compare {
    double tolerance;    /* L1 difference that matters to the user */
    double significance; /* of the whole verdict, shared among its tests */
    double power;        /* with which a difference of `tolerance` must be detectable */
    double least;        /* expected counts per bin */
} fk_problem_compare;

/* Backwards sampling; steps == 0: none. */
typedef struct fk_problem_reverse {
    size_t steps;
    size_t count;       /* per sampler */
    size_t exact_count; /* particles for the samplers driven by the exact score */
    double lambda;      /* of the reverse SDE; the probability flow always runs too */
    bool grid, exact, network; /* score sources */
    char *file;                /* of the network; NULL: none */
} fk_problem_reverse;

/* A network that learns the score; its methods by name. */
typedef struct fk_problem_train {
    char objective[32], optimizer[32];
    size_t hidden, width, batch, steps, warmup, judgments, patience;
    double rate; /* 0: the optimizer's own */
    double decay, average;
    double first; /* time of the first score, from the start, as a share of the span */
    double held_out; /* share of points */
    size_t samples, sample_steps;
    uint64_t seed;
} fk_problem_train;

/* Samplers of diffusion models: from the law at the end of the span back to one near its
 * start (sampling/sampler.h). */
typedef struct fk_problem_sampler {
    char **method;       /* names, NULL-terminated; NULL: one that fits */
    char times[32];      /* kind of the grid of times */
    double rho;          /* of the grid `karras` */
    size_t steps, count; /* per sampler */
    double first; /* where samplers stop: time from the start, as a share of the span */
    char score[32], prior[32];
    char *network;  /* file of a learned score; NULL: none */
    double halving; /* share of the samples that are made with double steps too */
    double lambda, eta, churn, snr;
    double error_scale, error_bias, error_rms, error_length; /* put into the score */
    size_t order, inner;
    bool lower_final;
    uint64_t seed;
} fk_problem_sampler;

/* Laws put together, as `fokker compose` samples them by the first sampler of
 * fk_problem_sampler; rule empty: none. */
typedef struct fk_problem_compose {
    char rule[32];
    double weight;    /* NaN: the rule's */
    size_t n_laws;    /* beside the initial one */
    fk_mixture **law; /* [n_laws] */
    size_t groups;    /* of the samples */
    double resample;
} fk_problem_compose;

typedef struct fk_problem_output {
    bool plots;
    bool animation;
    size_t frames; /* of the animation */
    char *paths;   /* particles whose paths are kept, "0-9,17"; NULL: none */
    size_t every;  /* steps between points of a path; 0: as gives 1000 points */
} fk_problem_output;

typedef struct fk_problem {
    char *name;  /* of the result's folder: letters, digits, - and _ */
    char *about; /* one paragraph; "" if none */
    char *text;  /* the problem file with the shell's settings applied, as YAML */
    char *path;  /* where it was read */

    fk_expr_pool *pool;
    fk_sde *sde;
    const fk_process *process; /* NULL if written out */
    char **unit;               /* [dim] "1" if not given, and a NULL behind */
    char *time_unit;

    double start, end;
    size_t n_outputs;
    double *output; /* [n_outputs] ascending, > start, the last one is end */

    bool has_domain;                  /* false: particles alone, any dimension */
    fk_domain domain;                 /* valid if has_domain */
    fk_stretch *stretch[FK_GRID_DIM]; /* of its axes; NULL: even */
    fk_axis first; /* between moving walls at the start; else the domain's first axis */

    fk_law *initial;
    char *initial_text;    /* one line for people */
    char *data_path;       /* of the file the initial law was read from; NULL */
    const fk_expr *exact;  /* user's exact density in the variables and t; NULL */
    const fk_expr *source; /* density that appears per time, likewise; NULL: none */

    fk_problem_particles particles;
    fk_problem_pde pde;
    fk_problem_compare compare;
    fk_problem_reverse reverse;
    fk_problem_train train;
    fk_problem_sampler sampler;
    fk_problem_compose compose;
    fk_problem_output result;
} fk_problem;

/* True if the equation, killing, source and what its faces do are free of t. */
bool fk_problem_steady(const fk_problem *p);

void fk_problem_free(fk_problem *p); /* accepts NULL */

#endif
