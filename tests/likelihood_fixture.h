/* Log-densities of linear processes that start from mixtures, for tests. */
#ifndef FK_TESTS_LIKELIHOOD_FIXTURE_H
#define FK_TESTS_LIKELIHOOD_FIXTURE_H

#include <string.h>

#include "core/memory.h"
#include "sampling/likelihood.h"
#include "tests/mixture_fixture.h"
#include "tests/sde_text.h"

typedef struct truth {
    fk_sde *sde;
    fk_noise_schedule *schedule; /* NULL: none */
    fk_mixture *start;
} truth;

static inline fk_status exact_score(void *context, size_t n, const double *time,
                             fk_score **out, fk_message *message)
{
    const truth *t = context;
    (void)message;
    return t->schedule != NULL
               ? fk_score_schedule_new(t->schedule, t->start, n, time, out)
               : fk_score_linear_new(t->sde, 0.0, t->start, n, time, out);
}

/* Takes the mixture. */
static inline truth truth_of(fk_sde *sde, fk_mixture *start, double last)
{
    truth t = {.sde = sde, .start = start};
    ck_assert_int_eq(fk_noise_schedule_new(sde, 0.0, last, &t.schedule), FK_OK);
    return t;
}

static inline void forget(truth *t)
{
    fk_noise_schedule_free(t->schedule);
    fk_mixture_free(t->start);
    sde_text_free(t->sde);
}

static inline fk_sde *variance_preserving(size_t dim)
{
    char drift[600] = "", noise[2000] = "", variables[100] = "";
    for (size_t i = 0; i < dim; i++) {
        const char *semicolon = i > 0 ? "; " : "";
        sprintf(variables + strlen(variables), "%sx%zu", semicolon, i);
        sprintf(drift + strlen(drift), "%s-(0.1 + 19.9*t)*x%zu/2", semicolon, i);
        for (size_t j = 0; j < dim; j++)
            sprintf(noise + strlen(noise), "%s%s", i + j > 0 ? "; " : "",
                    i == j ? "sqrt(0.1 + 19.9*t)" : "0");
    }
    return sde_text(FK_ITO, dim, dim, variables, drift, noise);
}

static inline fk_likelihood_options options_of(truth *t, double first, double last)
{
    return (fk_likelihood_options){.sde = t->sde,
                                   .score = {exact_score, t},
                                   .schedule = t->schedule,
                                   .first = first,
                                   .last = last,
                                   .steps = 8,
                                   .most = 1024,
                                   .tolerance = 1e-9,
                                   .seed = 11};
}

static inline fk_likelihood found(const fk_likelihood_options *o, size_t n, const double *x)
{
    fk_likelihood l;
    fk_message message = {""};
    ck_assert_msg(fk_likelihood_find(o, n, x, NULL, &l, &message) == FK_OK, "%s",
                  message.text);
    return l;
}

/* Largest difference of the n totals from the closed form at `first`. */
static inline double worst(const truth *t, double first, size_t n, const double *x,
                    const double *total)
{
    fk_score *score;
    double *exact = fk_doubles(n), difference = 0.0;
    ck_assert_int_eq(fk_score_linear_new(t->sde, 0.0, t->start, 1, &first, &score),
                     FK_OK);
    ck_assert_int_eq(fk_score_log_density(score, 0, n, x, exact), FK_OK);
    for (size_t i = 0; i < n; i++)
        difference = fmax(difference, fabs(total[i] - exact[i]));
    free(exact);
    fk_score_free(score);
    return difference;
}

/* Points between -3 and 3 along every axis. */
static inline double *points(size_t n, size_t dim)
{
    double *x = fk_doubles(n * dim);
    for (size_t i = 0; i < n * dim; i++)
        x[i] = 3.0 * sin(1.7 * (double)i + 0.3 * (double)(i % dim));
    return x;
}

/* Takes t. */
static inline void closed_form_is_met(truth t, double first, double last)
{
    enum { N = 300 };
    double *x = points(N, t.sde->dim);
    const fk_likelihood_options o = options_of(&t, first, last);
    fk_likelihood l = found(&o, N, x);
    const fk_likelihood_level *level = &l.level[l.n_levels - 1];
    const double difference = worst(&t, first, N, x, level->total);
    printf("# %zu-D: %zu steps, %.1e\n", t.sde->dim, level->steps, difference);
    ck_assert(l.converged);
    ck_assert_double_lt(difference, 1e-9);
    fk_likelihood_clear(&l);
    free(x);
    forget(&t);
}

#endif
