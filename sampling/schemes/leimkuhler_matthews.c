/* Leimkuhler and Matthews, for noise that does not depend on the variables:
 *
 *     X_(n+1) = X_n + h f(X_n, t_n) + 1/2 (N_n + N_(n+1)),    N = sqrt(h) K,  K = G(t) z,
 *
 * f the Ito drift: each kick N enters half in the step that draws it and half in the next.
 * In equilibrium averages are right to order h^2, in harmonic potentials exactly; at finite
 * times to order h, with an error that is forgotten as the initial law is.  One evaluation
 * of the drift a step.
 *
 * The first step takes its kick whole.  So that kicks always add up to the variance of
 * Brownian motion, also where steps change their length, a kick K of which s K has
 * entered is completed to c K,  c^2 + h/4 = s^2 + h;  s = c / 2 as long as steps stay equal.
 * [leimkuhler-matthews-2013] */
#include <math.h>
#include <string.h>

#include "sampling/motion.h"

extern const fk_scheme fk_scheme_leimkuhler_matthews;

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    return fk_motion_additive(sde, "leimkuhler-matthews",
                              "euler-maruyama accepts any noise", out, message);
}

static size_t scratch_size(const fk_stepper *s)
{
    return fk_entries_scratch(&s->terms);
}

/* The last kick, a row a variable, and s. */
static size_t memory(const fk_stepper *s)
{
    return s->dim + 1;
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    double *const *kick = x + s->dim, *entered = x[2 * s->dim];
    const double before = entered[0], whole = sqrt(before * before + 0.75 * h);
    const bool first = isinf(before);
    const double share = first ? sqrt(h) : 0.5 * sqrt(h);
    double *const *rows = fk_motion_eval(s, t, x, scratch);
    fk_motion_add_drift(s, rows, h, x);
    for (size_t i = 0; i < s->dim; i++) {
        if (!first)
            fk_row_add(x[i], whole - before, kick[i]);
        memset(kick[i], 0, FK_BLOCK * sizeof *kick[i]);
    }
    fk_motion_add_noise(s, rows, 1.0, z, kick);
    for (size_t i = 0; i < s->dim; i++)
        fk_row_add(x[i], share, kick[i]);
    for (size_t j = 0; j < FK_BLOCK; j++)
        entered[j] = share;
}

const fk_scheme fk_scheme_leimkuhler_matthews = {
    .name = "leimkuhler-matthews",
    .summary = "additive noise: order 2 in equilibrium for one drift evaluation",
    .reference = "leimkuhler-matthews-2013",
    .noise = FK_ADDITIVE_NOISE,
    .strong_order = 0.5,
    .weak_order = 1.0, /* 2 in equilibrium */
    .prepare = prepare,
    .release = fk_motion_free,
    .scratch = scratch_size,
    .memory = memory,
    .step = step,
};
