/* Euler-Maruyama:
 *
 *     X_i+ = X_i + h f_i(X, t) + sqrt(h) sum_k G_ik(X, t) z_k,      z_k ~ N(0, 1),
 *
 * f the Ito drift.  Given X the result is Gaussian with mean X + h f and covariance
 * h G G^T.  [kloeden-platen-1992, section 10.2] */
#include <math.h>
#include <string.h>

#include "sampling/motion.h"

extern const fk_scheme fk_scheme_euler_maruyama;

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    return fk_motion_new(sde, sde->ito, 0, NULL, out, message);
}

static size_t scratch_size(const fk_stepper *s)
{
    return fk_entries_scratch(&s->terms);
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    double *const *rows = fk_motion_eval(s, t, x, scratch);
    fk_motion_add_drift(s, rows, h, x);
    fk_motion_add_noise(s, rows, sqrt(h), z, x);
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
    const fk_entry *f = fk_motion_drift(s), *G = fk_motion_noise(s);
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
    .coarsest = FK_RADEMACHER,
    .prepare = prepare,
    .release = fk_motion_free,
    .scratch = scratch_size,
    .step = step,
    .transition = transition,
};
