/* Paths of known SDEs, drawn exactly, and fits to them; for tests of `fokker infer`. */
#ifndef FK_TESTS_INFER_FIXTURE_H
#define FK_TESTS_INFER_FIXTURE_H

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/random.h"
#include "experiments/fit.h"
#include "tests/sde_text.h"
#include "tests/turning.h"

enum { FIXTURE_MOST = 40000 };

/* dX = -theta (X - middle) dt + sigma dW */
static const double theta = 1.2, middle = 0.3, sigma = 0.8;

/* dX = (-rate X - turn Y) dt + left dW1, dY = (turn X - rate Y) dt + right dW2 */
static const double rate = 1.0, turn = 2.0, left = 0.8, right = 0.5;

typedef struct path {
    size_t dim, n;
    double t[FIXTURE_MOST], x[2 * FIXTURE_MOST];
} path;

/* Normals of path number `number`, in order. */
static inline double next_normal(uint64_t number, size_t i)
{
    static fk_streams streams;
    static _Alignas(64) double z[FK_BLOCK];
    if (i == 0)
        fk_streams_seed(&streams, 77, FK_FOR_TEST, number * FK_BLOCK);
    if (i % FK_BLOCK == 0)
        fk_streams_normal(&streams, 1, z);
    return z[i % FK_BLOCK];
}

/* Steps are dt/2, dt, 3 dt/2 in turn, or all dt. */
static inline void draw_line(path *p, uint64_t number, size_t n, double dt, bool uneven)
{
    p->dim = 1;
    p->n = n;
    p->t[0] = 0.0;
    p->x[0] = middle;
    for (size_t i = 1; i < n; i++) {
        const double h = uneven ? 0.5 * dt * (double)(1 + i % 3) : dt;
        const double decay = exp(-theta * h);
        const double sd = sigma * sqrt((1.0 - decay * decay) / (2.0 * theta));
        p->t[i] = p->t[i - 1] + h;
        p->x[i] =
            middle + (p->x[i - 1] - middle) * decay + sd * next_normal(number, i - 1);
    }
}

static inline void draw_plane(path *p, uint64_t number, size_t n, double dt)
{
    const double Q[3] = {left * left, 0.0, right * right};
    p->dim = 2;
    p->n = n;
    p->t[0] = p->x[0] = p->x[1] = 0.0;
    for (size_t i = 1; i < n; i++) {
        double mean[2], cov[3];
        turning(rate, turn, Q, dt, &p->x[2 * i - 2], mean, cov);
        const double z0 = next_normal(number, 2 * i - 2);
        const double z1 = next_normal(number, 2 * i - 1);
        const double l00 = sqrt(cov[0]), l10 = cov[1] / l00;
        p->t[i] = p->t[i - 1] + dt;
        p->x[2 * i] = mean[0] + l00 * z0;
        p->x[2 * i + 1] = mean[1] + l10 * z0 + sqrt(cov[2] - l10 * l10) * z1;
    }
}

/* ---- models with parameters ---- */

static inline fk_sde *model(size_t dim, const char *drift, const char *noise, size_t n,
                            const char *const *name, const double *start)
{
    return sde_of(&(fk_sde_text){.dim = dim,
                                 .noises = dim,
                                 .variables = dim == 1 ? "x" : "x; y",
                                 .drift = drift,
                                 .noise = noise,
                                 .n_parameters = n,
                                 .parameter = name,
                                 .value = start});
}

/* Parameters theta, middle, sigma, to start away from the truth. */
static inline fk_sde *line_model(void)
{
    return model(1, "-k*(x - m)", "s", 3, (const char *const[]){"k", "m", "s"},
                 (const double[]){0.7, 0.0, 0.6});
}

/* rate, turn, left, right */
static inline fk_sde *plane_model(void)
{
    return model(2, "-k*x - w*y; w*x - k*y", "p; 0; 0; q", 4,
                 (const char *const[]){"k", "w", "p", "q"},
                 (const double[]){0.8, 1.5, 0.7, 0.6});
}

/* The parameters in fit->index. */
static inline fk_status fit_these(const fk_sde *sde, const path *p, fk_fit *fit)
{
    fk_message message = {""};
    fk_transition_options o = {
        .structure = 0.6, .lo = -1.5, .hi = 2.1, .degree = 2}; /* linear: Gaussian */
    fk_transitions *t, *finer;
    fk_pair *pair = fk_alloc(p->n, sizeof *pair);
    for (size_t i = 0; i + 1 < p->n; i++) {
        const double dt = p->t[i + 1] - p->t[i];
        const double spread = fmin(0.8 * sqrt(dt), 0.5);
        pair[i] =
            (fk_pair){.t = p->t[i], .dt = dt, .spread = spread, .reach = 9.0 * spread};
        memcpy(pair[i].x0, &p->x[i * p->dim], p->dim * sizeof(double));
        memcpy(pair[i].x1, &p->x[(i + 1) * p->dim], p->dim * sizeof(double));
    }
    ck_assert_int_eq(fk_transitions_new(p->dim, p->n - 1, pair, &o, &t), FK_OK);
    o.finer = true;
    ck_assert_int_eq(fk_transitions_new(p->dim, p->n - 1, pair, &o, &finer), FK_OK);
    const fk_status status = fk_fit_run(sde, t, finer, NULL, fit, &message);
    ck_assert_int_eq(status != FK_OK, message.text[0] != '\0');
    fk_transitions_free(t);
    fk_transitions_free(finer);
    free(pair);
    return status;
}

static inline fk_fit fit_all(const fk_sde *sde, const path *p)
{
    fk_fit fit = {.n = sde->n_parameters};
    for (size_t k = 0; k < fit.n; k++)
        fit.index[k] = k;
    ck_assert_int_eq(fit_these(sde, p, &fit), FK_OK);
    return fit;
}

#endif
