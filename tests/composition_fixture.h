/* Compositions of laws of one variable, with a sampler's recipe, for tests. */
#ifndef FK_TESTS_COMPOSITION_FIXTURE_H
#define FK_TESTS_COMPOSITION_FIXTURE_H

#include "sampling/reverse.h"
#include "sampling/sampler.h"
#include "sampling/weighted.h"
#include "sde/linear.h"
#include "tests/particle_fixture.h"

enum { LAWS = 4 };

/* Up to two components each; a weight of 0 ends them. */
typedef struct part {
    double weight[2], mean[2], var[2];
} part;

static inline fk_mixture *mixture_of(const part *p)
{
    const size_t n = p->weight[1] > 0.0 ? 2 : 1;
    fk_mixture *m;
    ck_assert(fk_mixture_new(1, n, &m) == FK_OK);
    for (size_t k = 0; k < n; k++) {
        m->weight[k] = p->weight[k];
        m->mean[k] = p->mean[k];
        m->cov[k] = p->var[k];
    }
    return m;
}

/* What a trial composes, by which process it goes back and in which steps. */
typedef struct plan {
    size_t n;
    double weight[LAWS];
    part law[LAWS];
    const char *drift, *noise, *sampler;
    double lambda;
    size_t steps;
    const double *time; /* [steps + 1] rising, from the first to the last */
} plan;

/* Two Gaussians whose product is asked for. */
static inline plan twins(void)
{
    return (plan){.n = 2,
                  .weight = {1.0, 1.0},
                  .law = {{{1}, {0.5}, {0.5}}, {{1}, {-0.3}, {0.8}}},
                  .drift = "-x",
                  .noise = "sqrt(2)",
                  .sampler = "reverse-sde"};
}

typedef struct trial {
    const plan *plan;
    fk_sde *sde;
    fk_mixture *data[LAWS], *last[LAWS]; /* at t = 0 and at the last time */
    fk_noise_schedule *schedule;
    fk_recipe *recipe;
    fk_score *part[LAWS];
    fk_composition composition;
    fk_powers first_powers, last_powers;
} trial;

static inline void make_laws(trial *t)
{
    const plan *p = t->plan;
    for (size_t k = 0; k < p->n; k++) {
        t->data[k] = mixture_of(&p->law[k]);
        ck_assert(fk_linear_propagate(t->sde, 0.0, t->data[k], p->time[p->steps],
                                      &t->last[k]) == FK_OK);
        ck_assert(fk_score_linear_new(t->sde, 0.0, t->data[k], t->recipe->n_times,
                                      t->recipe->time, &t->part[k]) == FK_OK);
    }
}

/* Of a plan that stays where it is; t too, whose parts point at each other. */
static inline void trial_begin(trial *t, const plan *p)
{
    fk_message message = {""};
    *t = (trial){.plan = p, .sde = sde_text(FK_ITO, 1, 1, "x", p->drift, p->noise)};
    fk_sampler_options o = fk_sampler_standard;
    o.lambda = p->lambda;
    ck_assert(fk_noise_schedule_new(t->sde, 0.0, p->time[p->steps], &t->schedule) ==
              FK_OK);
    const fk_status status = fk_recipe_new(fk_sampler_find(p->sampler), t->schedule,
                                           p->steps, p->time, &o, &t->recipe, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    make_laws(t);
    t->composition =
        (fk_composition){p->n, p->weight, (const fk_score *const *)t->part};
    t->first_powers = (fk_powers){p->n, p->weight, (const fk_mixture *const *)t->data};
    t->last_powers = (fk_powers){p->n, p->weight, (const fk_mixture *const *)t->last};
}

static inline void trial_end(trial *t)
{
    for (size_t k = 0; k < t->plan->n; k++) {
        fk_score_free(t->part[k]);
        fk_mixture_free(t->data[k]);
        fk_mixture_free(t->last[k]);
    }
    fk_recipe_free(t->recipe);
    fk_noise_schedule_free(t->schedule);
    sde_text_free(t->sde);
}

/* The Gaussian that stands for the composition at the last time. */
static inline fk_law *trial_start(const trial *t)
{
    fk_mixture *m;
    fk_law *law;
    fk_message message = {""};
    ck_assert_msg(fk_powers_gaussian(&t->last_powers, &m, &message) == FK_OK, "%s",
                  message.text);
    ck_assert(fk_law_mixture_new(m, &law) == FK_OK);
    fk_mixture_free(m);
    return law;
}

static inline fk_weighted_result trial_sample(const trial *t,
                                              const fk_weighted_options *o)
{
    fk_weighted_result r;
    fk_message message = {""};
    const fk_status status =
        fk_weighted_sample(t->sde, &t->composition, t->recipe, o, NULL, &r, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return r;
}

/* E x^power, or the probability of x > 0 for power 0. */
static inline fk_weighted_mean moment_of(const fk_weighted_result *r, int power)
{
    const size_t n = r->groups * r->count;
    double *phi = fk_doubles(n);
    for (size_t i = 0; i < n; i++)
        phi[i] = power == 0 ? (r->x[i] > 0.0 ? 1.0 : 0.0) : pow(r->x[i], power);
    const fk_weighted_mean m = fk_weighted_mean_of(r, phi);
    free(phi);
    return m;
}

/* n + 1 times from 0 to T, whose distances grow with width + t. */
static inline double *spread_times(double T, double width, size_t n)
{
    double *t = fk_doubles(n + 1);
    for (size_t k = 0; k <= n; k++)
        t[k] = width * (pow(1.0 + T / width, (double)k / (double)n) - 1.0);
    t[n] = T;
    return t;
}

#endif
