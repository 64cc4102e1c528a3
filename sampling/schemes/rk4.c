/* The classical Runge-Kutta method of order 4, for problems without noise:
 *
 *     k1 = f(X, t), k2 = f(X + h/2 k1, t + h/2), k3 = f(X + h/2 k2, t + h/2),
 *     k4 = f(X + h k3, t + h),    X+ = X + h/6 (k1 + 2 k2 + 2 k3 + k4)
 *
 * [hairer-norsett-wanner-1993, section II.1] */
#include "sampling/motion.h"
#include "sampling/rows.h"

extern const fk_scheme fk_scheme_rk4;

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    return fk_motion_noiseless(sde, "rk4", out, message);
}

/* The stage's point and the sum of stages, then the drift's own. */
static size_t scratch_size(const fk_stepper *s)
{
    return 2 * fk_state_scratch(s->dim) + fk_entries_scratch(&s->terms);
}

/* One stage: k = f(y, t); sum += weight k; y = x + ahead k */
static void stage(const fk_stepper *s, double t, double weight, double ahead,
                  double *const *x, double *const *y, double *const *sum,
                  double *scratch)
{
    double *const *rows = fk_motion_eval(s, t, y, scratch);
    fk_motion_add_drift(s, rows, weight, sum);
    fk_state_copy(s->dim, x, y);
    fk_motion_add_drift(s, rows, ahead, y);
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    (void)z;
    double *const *y = fk_state_carve(s->dim, &scratch);
    double *const *sum = fk_state_carve(s->dim, &scratch);
    fk_state_copy(s->dim, x, y);
    fk_state_copy(s->dim, x, sum);
    stage(s, t, h / 6.0, 0.5 * h, x, y, sum, scratch);
    stage(s, t + 0.5 * h, h / 3.0, 0.5 * h, x, y, sum, scratch);
    stage(s, t + 0.5 * h, h / 3.0, h, x, y, sum, scratch);
    stage(s, t + h, h / 6.0, 0.0, x, y, sum, scratch);
    fk_state_copy(s->dim, sum, x);
}

const fk_scheme fk_scheme_rk4 = {
    .name = "rk4",
    .summary = "order 4, for problems without noise",
    .reference = "hairer-norsett-wanner-1993",
    .noise = FK_NO_NOISE,
    .strong_order = 4.0,
    .weak_order = 4.0,
    .prepare = prepare,
    .release = fk_motion_free,
    .scratch = scratch_size,
    .step = step,
};
