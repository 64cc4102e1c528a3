/* Euler-Maruyama:
 *
 *     X_i+ = X_i + h f_i(X, t) + sqrt(h) sum_k G_ik(X, t) z_k,      z_k ~ N(0, 1),
 *
 * f the Ito drift.  Given X the result is Gaussian with mean X + h f and covariance
 * h G G^T.  [kloeden-platen-1992, section 10.2] */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sampling/entries.h"
#include "sampling/scheme.h"

extern const fk_scheme fk_scheme_euler_maruyama;

struct fk_stepper {
    size_t dim, noises;
    fk_entries terms; /* f[dim], then G[dim][noises] */
};

static void release(fk_stepper *s)
{
    if (s == NULL)
        return;
    fk_entries_clear(&s->terms);
    free(s);
}

static fk_status compile(const fk_sde *sde, fk_stepper *s)
{
    const size_t d = sde->dim, m = sde->noises;
    const fk_expr **e = calloc(d * (1 + m), sizeof *e);
    if (e == NULL)
        return FK_ENOMEM;
    memcpy(e, sde->ito, d * sizeof *e);
    if (m > 0)
        memcpy(e + d, sde->noise, d * m * sizeof *e);
    const fk_status status = fk_entries_new(sde, d * (1 + m), e, &s->terms);
    free(e);
    return status;
}

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    *out = NULL;
    fk_stepper *s = calloc(1, sizeof *s);
    if (s == NULL)
        return FK_ENOMEM;
    s->dim = sde->dim;
    s->noises = sde->noises;
    const fk_status status = compile(sde, s);
    if (status != FK_OK) {
        release(s);
        return fk_fail(message, status, "the drift and noise cannot be compiled: %s",
                       fk_status_text(status));
    }
    *out = s;
    return FK_OK;
}

static size_t scratch_size(const fk_stepper *s)
{
    return fk_entries_scratch(&s->terms);
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    const double root = sqrt(h);
    const fk_entry *f = s->terms.entry, *G = f + s->dim;
    double *const *rows =
        fk_entries_eval(&s->terms, t, (const double *const *)x, scratch);
    for (size_t i = 0; i < s->dim; i++) {
        fk_entry_add(&f[i], rows, h, x[i]);
        for (size_t k = 0; k < s->noises; k++)
            fk_entry_add_product(&G[i * s->noises + k], rows, root, z + k * FK_BLOCK,
                                 x[i]);
    }
}

/* c += h a b for two entries of G with the same noise */
static void add_covariance(const fk_entry *a, const fk_entry *b, double h,
                           double *const *rows, double *c)
{
    if (fk_entry_zero(a) || fk_entry_zero(b))
        return;
    for (size_t j = 0; j < FK_BLOCK; j++)
        c[j] += h * fk_entry_value(a, rows, j) * fk_entry_value(b, rows, j);
}

static void transition(const fk_stepper *s, double t, double h, const double *const *x,
                       double *const *mean, double *const *covariance, double *scratch)
{
    const size_t d = s->dim, m = s->noises;
    const fk_entry *f = s->terms.entry, *G = f + d;
    double *const *rows = fk_entries_eval(&s->terms, t, x, scratch);
    for (size_t i = 0; i < d; i++) {
        memcpy(mean[i], x[i], FK_BLOCK * sizeof *mean[i]);
        fk_entry_add(&f[i], rows, h, mean[i]);
        for (size_t j = 0; j < d; j++) {
            double *c = covariance[i * d + j];
            memset(c, 0, FK_BLOCK * sizeof *c);
            for (size_t k = 0; k < m; k++)
                add_covariance(&G[i * m + k], &G[j * m + k], h, rows, c);
        }
    }
}

const fk_scheme fk_scheme_euler_maruyama = {
    .name = "euler-maruyama",
    .summary = "explicit, one evaluation of drift and noise a step",
    .reference = "kloeden-platen-1992",
    .strong_order = 0.5, /* 1 for noise that does not depend on the variables */
    .weak_order = 1.0,
    .prepare = prepare,
    .release = release,
    .scratch = scratch_size,
    .step = step,
    .transition = transition,
};
