/* Tamed Euler: the drift's part of a step is never longer than one,
 *
 *     X+ = X + h f(X, t) / (1 + h |f(X, t)|) + G(X, t) dW,
 *
 * so that a drift which grows faster than linearly (but points back) does not throw paths
 * out.  f the Ito drift; strong order 1/2, and 1 for additive noise.
 * [hutzenthaler-jentzen-kloeden-2012] */
#include <math.h>

#include "sampling/motion.h"

extern const fk_scheme fk_scheme_tamed_euler;

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    return fk_motion_new(sde, sde->ito, 0, NULL, out, message);
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
            const double f = fk_entry_value(&fk_motion_drift(s)[i], rows, j);
            square += f * f;
        }
        factor[j] = h / (1.0 + h * sqrt(square));
    }
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    double *const *rows = fk_motion_eval(s, t, x, scratch + FK_BLOCK);
    set_factor(s, h, rows, scratch);
    for (size_t i = 0; i < s->dim; i++)
        fk_entry_add_product(&fk_motion_drift(s)[i], rows, 1.0, scratch, x[i]);
    fk_motion_add_noise(s, rows, sqrt(h), z, x);
}

const fk_scheme fk_scheme_tamed_euler = {
    .name = "tamed-euler",
    .summary = "Euler-Maruyama that survives drifts growing faster than linearly",
    .reference = "hutzenthaler-jentzen-kloeden-2012",
    .strong_order = 0.5, /* 1 for additive noise */
    .weak_order = 1.0,
    .coarsest = FK_RADEMACHER,
    .prepare = prepare,
    .release = fk_motion_free,
    .scratch = scratch_size,
    .step = step,
};
