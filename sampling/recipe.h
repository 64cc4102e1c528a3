/* What a sampler of a diffusion model does, as numbers.  Each step back from time `from` to
 * time `to` evaluates the score a few times and combines what it has:
 *
 *     y_i = sum of coefficients times sources                        i = 0, 1, ... < n
 *     m_i = u_i y_i + w_i s(y_i, t_i),      or with u_i = 0 and drift
 *     m_i = -f(y_i, t_i) + w_i a(t_i) s(y_i, t_i)                    a = G G^T / 2
 *     x  <- sum of coefficients times sources
 *
 * The sources are the state x, the m_i, the m kept from the last steps, and noises z, which
 * are N(0, I), or G(t) N(0, I) where the recipe says so.  So one program runs every
 * sampler (sampling/reverse.h), and for Gaussian data, whose score is linear, one recursion
 * gives the exact law of what it returns (sampling/recipe_law.h). */
#ifndef FK_SAMPLING_RECIPE_H
#define FK_SAMPLING_RECIPE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

enum { FK_RECIPE_KEPT = 4, FK_RECIPE_EVALUATIONS = 8, FK_RECIPE_NOISES = 2 };

/* Sources: FK_THE_STATE, FK_THE_KEPT + age, FK_AN_EVALUATION + i, FK_A_NOISE + q. */
enum {
    FK_THE_STATE,
    FK_THE_KEPT,
    FK_AN_EVALUATION = FK_THE_KEPT + FK_RECIPE_KEPT,
    FK_A_NOISE = FK_AN_EVALUATION + FK_RECIPE_EVALUATIONS,
    FK_SOURCES = FK_A_NOISE + FK_RECIPE_NOISES
};

typedef struct fk_combination {
    size_t n;
    unsigned source[FK_SOURCES]; /* ascending: the state comes first */
    double factor[FK_SOURCES];
} fk_combination;

/* Adds factor times the source; nothing if it is 0. */
void fk_combine(fk_combination *c, unsigned source, double factor);
void fk_combine_all(fk_combination *c, const fk_combination *other, double factor);

typedef struct fk_evaluation {
    fk_combination at;
    double t;
    size_t time;               /* index of t in the recipe's table */
    bool drift;                /* the second form */
    double of_state, of_score; /* u, w */
} fk_evaluation;

typedef struct fk_step {
    double from, to;  /* times */
    size_t from_time; /* index of `from`; G there is that of the noise */
    size_t n;
    fk_evaluation evaluation[FK_RECIPE_EVALUATIONS];
    fk_combination result;
    double adjusted; /* e > 0: the result, x + e s(x) + sqrt(2e) z at the place x of
                        evaluation 0, is accepted or refused; evaluation 1 is there, and
                        m = w s for both (sampling/metropolis.h) */
    int keep; /* which m the next steps find as the kept one of age 0; -1: none */
} fk_step;

typedef struct fk_recipe {
    size_t n_steps, room;
    fk_step *step;
    size_t n_times;
    double *time;       /* [n_times] every time a score is asked for or a step ends at,
                        ascending */
    size_t noises;      /* that a step may use */
    bool matrix;        /* noises are G N(0, I) */
    bool drifts;        /* some evaluation has the drift in it */
    bool adjusted;      /* some step may be refused: the score needs a density */
    bool even;          /* one step for each interval of the grid, in order */
    size_t evaluations; /* of the score per sample */
    fk_status status;   /* FK_ENOMEM once memory was short */
} fk_recipe;

/* Without steps, with room for as many as are likely. */
FK_NODISCARD fk_status fk_recipe_begin(size_t steps, fk_recipe **out);

/* A further step, empty, that keeps nothing; valid until the next one is added. */
fk_step *fk_recipe_add(fk_recipe *r, double from, double to);

/* The table of times and the indices into it, once all steps are there. */
FK_NODISCARD fk_status fk_recipe_close(fk_recipe *r);

/* Gives two closed recipes one table with the times of both, so that one score serves
 * both. */
FK_NODISCARD fk_status fk_recipe_join(fk_recipe *a, fk_recipe *b);
void fk_recipe_free(fk_recipe *r); /* accepts NULL */

#endif
