/* Stochastic midpoint, in Stratonovich's sense whatever the problem's own:
 *
 *     Y  = X + h/2 s(X, t) + 1/2 G(X, t) dW,     s_i = ito_i - 1/2 sum_jk G_jk d_j G_ik
 *     X+ = X + h s(Y, t + h/2) + G(Y, t + h/2) dW
 *
 * The deterministic midpoint rule where there is no noise.  Strong order 1 for commutative
 * noise, 1/2 otherwise; weak order 1, and 2 for linear drifts with additive noise.
 * [kloeden-platen-1992, section 15.1; milstein-tretyakov-2004, section 2.2] */
#include <math.h>

#include "sampling/motion.h"
#include "sampling/rows.h"

extern const fk_scheme fk_scheme_midpoint;

/* Y, then the terms' own. */
static size_t scratch_size(const fk_stepper *s)
{
    return fk_state_scratch(s->dim) + fk_entries_scratch(&s->terms);
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    double *const *y = fk_state_carve(s->dim, &scratch);
    fk_state_copy(s->dim, x, y);
    double *const *rows = fk_motion_eval(s, t, x, scratch);
    fk_motion_add_drift(s, rows, 0.5 * h, y);
    fk_motion_add_noise(s, rows, 0.5 * sqrt(h), z, y);
    rows = fk_motion_eval(s, t + 0.5 * h, y, scratch);
    fk_motion_add_drift(s, rows, h, x);
    fk_motion_add_noise(s, rows, sqrt(h), z, x);
}

const fk_scheme fk_scheme_midpoint = {
    .name = "midpoint",
    .summary = "Stratonovich midpoint rule",
    .reference = "milstein-tretyakov-2004",
    .interpretation = FK_STRATONOVICH,
    .strong_order = 0.5, /* 1 for commutative noise */
    .weak_order = 1.0,
    .coarsest = FK_RADEMACHER,
    .prepare = fk_motion_stratonovich,
    .release = fk_motion_free,
    .scratch = scratch_size,
    .step = step,
};
