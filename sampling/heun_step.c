#include "sampling/heun_step.h"

#include <math.h>

#include "sampling/rows.h"

/* Y and X+, then the terms' own. */
size_t fk_heun_scratch(const fk_stepper *s)
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

void fk_heun_step(const fk_stepper *s, double t, double h, const double *z,
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
