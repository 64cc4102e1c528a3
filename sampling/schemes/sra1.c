/* Roessler's SRA1, strong order 3/2 for additive noise (G may depend on t):
 *
 *     Y  = X + 3/4 h f(X, t) + 3/2 sum_k G_k(t) I_(k,0)/h
 *     X+ = X + h (1/3 f(X, t) + 2/3 f(Y, t + 3/4 h))
 *            + sum_k G_k(t) I_(k,0)/h + G_k(t + h) (I_(k) - I_(k,0)/h)
 *
 * [roessler-2010, section 6] */
#include <math.h>

#include "sampling/rows.h"
#include "sampling/time_integral.h"

extern const fk_scheme fk_scheme_sra1;

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    return fk_motion_additive(sde, "sra1", "sriw1 accepts diagonal noise", out,
                              message);
}

/* Y, X+, the means of the noises' paths, what is left of their increments. */
static size_t scratch_size(const fk_stepper *s)
{
    return 2 * fk_state_scratch(s->dim) + 2 * s->noises * FK_BLOCK +
           fk_entries_scratch(&s->terms);
}

FK_CLONES static void rest_of(size_t n, double root, const double *restrict z,
                              const double *restrict mean, double *restrict rest)
{
    for (size_t j = 0; j < n; j++)
        rest[j] = root * z[j] - mean[j];
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    double *const *y = fk_state_carve(s->dim, &scratch);
    double *const *next = fk_state_carve(s->dim, &scratch);
    double *mean = scratch, *rest = mean + s->noises * FK_BLOCK;
    scratch = rest + s->noises * FK_BLOCK;
    fk_time_integral_mean(s, h, z, mean);
    rest_of(s->noises * FK_BLOCK, sqrt(h), z, mean, rest);

    fk_state_copy(s->dim, x, y);
    fk_state_copy(s->dim, x, next);
    double *const *rows = fk_motion_eval(s, t, x, scratch);
    fk_motion_add_drift(s, rows, 0.75 * h, y);
    fk_motion_add_noise(s, rows, 1.5, mean, y);
    fk_motion_add_drift(s, rows, h / 3.0, next);
    fk_motion_add_noise(s, rows, 1.0, mean, next);
    rows = fk_motion_eval(s, t + 0.75 * h, y, scratch);
    fk_motion_add_drift(s, rows, 2.0 * h / 3.0, next);
    rows = fk_motion_eval(s, t + h, y, scratch); /* G does not look at y */
    fk_motion_add_noise(s, rows, 1.0, rest, next);
    fk_state_copy(s->dim, next, x);
}

const fk_scheme fk_scheme_sra1 = {
    .name = "sra1",
    .summary = "Roessler's strong order 3/2 for additive noise",
    .reference = "roessler-2010",
    .noise = FK_ADDITIVE_NOISE,
    .strong_order = 1.5,
    .weak_order = 2.0,
    .path = FK_INTEGRATED_PATH,
    .prepare = prepare,
    .release = fk_motion_free,
    .scratch = scratch_size,
    .draws = fk_time_integral_draws,
    .join = fk_time_integral_join,
    .step = step,
};
