/* Tamed Euler: the drift's part of a step is never longer than one,
 *
 *     X+ = X + h f(X, t) / (1 + h |f(X, t)|) + G(X, t) dW,
 *
 * so that a drift which grows faster than linearly (but points back) does not throw paths
 * out.  f the Ito drift; strong order 1/2, and 1 for additive noise.
 * [hutzenthaler-jentzen-kloeden-2012] */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/entries.h"
#include "sampling/scheme.h"

extern const fk_scheme fk_scheme_tamed_euler;

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

/* The factor h / (1 + h |f|), then the terms' own. */
static size_t scratch_size(const fk_stepper *s)
{
    return FK_BLOCK + fk_entries_scratch(&s->terms);
}

static void set_factor(const fk_stepper *s, double h, double *const *rows,
                       double *factor)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        double square = 0.0;
        for (size_t i = 0; i < s->dim; i++) {
            const double f = fk_entry_value(&s->terms.entry[i], rows, j);
            square += f * f;
        }
        factor[j] = h / (1.0 + h * sqrt(square));
    }
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    const fk_entry *f = s->terms.entry, *G = f + s->dim;
    double *const *rows =
        fk_entries_eval(&s->terms, t, (const double *const *)x, scratch + FK_BLOCK);
    set_factor(s, h, rows, scratch);
    for (size_t i = 0; i < s->dim; i++) {
        fk_entry_add_product(&f[i], rows, 1.0, scratch, x[i]);
        for (size_t k = 0; k < s->noises; k++)
            fk_entry_add_product(&G[i * s->noises + k], rows, sqrt(h), z + k * FK_BLOCK,
                                 x[i]);
    }
}

const fk_scheme fk_scheme_tamed_euler = {
    .name = "tamed-euler",
    .summary = "Euler-Maruyama that survives drifts growing faster than linearly",
    .reference = "hutzenthaler-jentzen-kloeden-2012",
    .strong_order = 0.5, /* 1 for additive noise */
    .weak_order = 1.0,
    .prepare = prepare,
    .release = release,
    .scratch = scratch_size,
    .step = step,
};
