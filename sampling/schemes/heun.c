/* Stochastic Heun, in Stratonovich's sense whatever the problem's own:
 *
 *     Y  = X + h s(X) + G(X) dW,          s_i = ito_i - 1/2 sum_jk G_jk d_j G_ik
 *     X+ = X + h/2 (s(X) + s(Y)) + 1/2 (G(X) + G(Y)) dW
 *
 * Derivatives of G are needed in s alone, and in Stratonovich's reading of a problem not
 * even there.  Strong order 1 for commutative noise, 1/2 otherwise; weak order 1, and 2
 * for additive noise.  [ruemelin-1982] */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/entries.h"
#include "sampling/rows.h"
#include "sampling/scheme.h"

extern const fk_scheme fk_scheme_heun;

struct fk_stepper {
    size_t dim, noises;
    fk_entries terms; /* s[dim], then G[dim][noises] */
};

static const fk_expr *stratonovich_drift(const fk_sde *s, size_t i)
{
    const fk_expr *sum = fk_expr_number(s->pool, 0.0);
    for (size_t j = 0; j < s->dim; j++)
        for (size_t k = 0; k < s->noises; k++) {
            const fk_expr *slope =
                fk_expr_diff(s->pool, s->noise[i * s->noises + k], s->variable[j]);
            sum = fk_expr_add(s->pool, sum,
                              fk_expr_mul(s->pool, s->noise[j * s->noises + k], slope));
        }
    const fk_expr *half = fk_expr_number(s->pool, 0.5);
    return fk_expr_sub(s->pool, s->ito[i], fk_expr_mul(s->pool, half, sum));
}

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
    for (size_t i = 0; i < d; i++)
        e[i] = stratonovich_drift(sde, i);
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

/* Rows: Y, X+; pointers to both; the terms' own. */
static size_t scratch_size(const fk_stepper *s)
{
    return 2 * (s->dim * FK_BLOCK + fk_rows_scratch(s->dim)) +
           fk_entries_scratch(&s->terms);
}

/* to_i += part (h s_i + sum_k sqrt(h) G_ik z_k) at (t, x) */
static void add_motion(const fk_stepper *s, double t, double h, double part,
                       const double *z, double *const *x, double *const *to,
                       double *scratch)
{
    const fk_entry *f = s->terms.entry, *G = f + s->dim;
    double *const *rows =
        fk_entries_eval(&s->terms, t, (const double *const *)x, scratch);
    for (size_t i = 0; i < s->dim; i++) {
        fk_entry_add(&f[i], rows, part * h, to[i]);
        for (size_t k = 0; k < s->noises; k++)
            fk_entry_add_product(&G[i * s->noises + k], rows, part * sqrt(h),
                                 z + k * FK_BLOCK, to[i]);
    }
}

FK_CLONES static void complete_prediction(size_t n, const double *restrict x,
                                          const double *restrict half,
                                          double *restrict y)
{
    for (size_t j = 0; j < n; j++)
        y[j] = x[j] + 2.0 * (half[j] - x[j]);
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    const size_t n = s->dim * FK_BLOCK;
    double *y = scratch, *next = y + n, *rest = next + n;
    double *const *y_rows = fk_rows(y, s->dim, rest);
    rest += fk_rows_scratch(s->dim);
    double *const *next_rows = fk_rows(next, s->dim, rest);
    rest += fk_rows_scratch(s->dim);
    for (size_t i = 0; i < s->dim; i++)
        memcpy(next_rows[i], x[i], FK_BLOCK * sizeof *x[i]);
    add_motion(s, t, h, 0.5, z, x, next_rows, rest);
    for (size_t i = 0; i < s->dim; i++)
        complete_prediction(FK_BLOCK, x[i], next_rows[i], y_rows[i]);
    add_motion(s, t + h, h, 0.5, z, y_rows, next_rows, rest);
    for (size_t i = 0; i < s->dim; i++)
        memcpy(x[i], next_rows[i], FK_BLOCK * sizeof *x[i]);
}

const fk_scheme fk_scheme_heun = {
    .name = "heun",
    .summary = "Stratonovich predictor-corrector; weak order 2 for additive noise",
    .reference = "ruemelin-1982",
    .strong_order = 0.5, /* 1 for commutative noise */
    .weak_order = 1.0,   /* 2 for additive noise */
    .prepare = prepare,
    .release = release,
    .scratch = scratch_size,
    .step = step,
};
