/* Stochastic Heun, in Stratonovich's sense whatever the problem's own:
 *
 *     Y  = X + h s(X) + G(X) dW,          s_i = ito_i - 1/2 sum_jk G_jk d_j G_ik
 *     X+ = X + h/2 (s(X) + s(Y)) + 1/2 (G(X) + G(Y)) dW
 *
 * Derivatives of G are needed in s alone, and in Stratonovich's reading of a problem not
 * even there.  Strong order 1 for commutative noise, 1/2 otherwise; weak order 1, and 2
 * for additive noise.  [ruemelin-1982] */
#include <math.h>

#include "sampling/motion.h"
#include "sampling/rows.h"

extern const fk_scheme fk_scheme_heun;

/* Y and X+, then the terms' own. */
static size_t scratch_size(const fk_stepper *s)
{
    return 2 * fk_state_scratch(s->dim) + fk_entries_scratch(&s->terms);
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
    double *const *y = fk_state_carve(s->dim, &scratch);
    double *const *next = fk_state_carve(s->dim, &scratch);
    fk_state_copy(s->dim, x, next);
    add_half(s, t, h, z, x, next, scratch);
    for (size_t i = 0; i < s->dim; i++)
        complete_prediction(FK_BLOCK, x[i], next[i], y[i]);
    add_half(s, t + h, h, z, y, next, scratch);
    fk_state_copy(s->dim, next, x);
}

const fk_scheme fk_scheme_heun = {
    .name = "heun",
    .summary = "Stratonovich predictor-corrector; weak order 2 for additive noise",
    .reference = "ruemelin-1982",
    .interpretation = FK_STRATONOVICH,
    .strong_order = 0.5, /* 1 for commutative noise */
    .weak_order = 1.0,   /* 2 for additive noise */
    .coarsest = FK_RADEMACHER,
    .prepare = fk_motion_stratonovich,
    .release = fk_motion_free,
    .scratch = scratch_size,
    .step = step,
};
