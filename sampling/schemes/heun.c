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

#include "sampling/motion.h"
#include "sampling/rows.h"

extern const fk_scheme fk_scheme_heun;

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    *out = NULL;
    const fk_expr **drift = calloc(sde->dim, sizeof *drift);
    if (drift == NULL)
        return fk_fail(message, FK_ENOMEM, "out of memory");
    for (size_t i = 0; i < sde->dim; i++)
        drift[i] = fk_sde_stratonovich_drift(sde, i);
    const fk_status status = fk_motion_new(sde, drift, 0, NULL, out, message);
    free(drift);
    return status;
}

/* Rows: Y, X+; pointers to both; the terms' own. */
static size_t scratch_size(const fk_stepper *s)
{
    return 2 * (s->dim * FK_BLOCK + fk_rows_scratch(s->dim)) +
           fk_entries_scratch(&s->terms);
}

/* to_i += h/2 s_i + 1/2 sum_k sqrt(h) G_ik z_k at (t, x) */
static void add_half(const fk_stepper *s, double t, double h, const double *z,
                     double *const *x, double *const *to, double *scratch)
{
    double *const *rows = fk_motion_eval(s, t, x, scratch);
    fk_motion_add_drift(s, rows, 0.5 * h, to);
    fk_motion_add_noise(s, rows, 0.5 * sqrt(h), z, to);
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
    add_half(s, t, h, z, x, next_rows, rest);
    for (size_t i = 0; i < s->dim; i++)
        complete_prediction(FK_BLOCK, x[i], next_rows[i], y_rows[i]);
    add_half(s, t + h, h, z, y_rows, next_rows, rest);
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
    .release = fk_motion_free,
    .scratch = scratch_size,
    .step = step,
};
