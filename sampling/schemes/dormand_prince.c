/* The Runge-Kutta method of Dormand and Prince, order 5, for problems without noise, with
 * the steps that the problem asks for: six stages, k_i = f(X + h sum_j A_ij k_j, t + c_i h)
 * and X+ = X + h sum_i b_i k_i.  [dormand-prince-1980; hairer-norsett-wanner-1993, table
 * II.5.2] */
#include "sampling/motion.h"
#include "sampling/rows.h"

extern const fk_scheme fk_scheme_dormand_prince;

enum { STAGES = 6 };

static const double c[STAGES] = {0.0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1.0};

static const double A[STAGES + 1][STAGES] = {
    {0.0},
    {1.0 / 5},
    {3.0 / 40, 9.0 / 40},
    {44.0 / 45, -56.0 / 15, 32.0 / 9},
    {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
    {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
    /* b: where the step leads is the seventh stage's point */
    {35.0 / 384, 0.0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84},
};

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    return fk_motion_noiseless(sde, "dormand-prince", out, message);
}

/* The points of all stages and the step's end, then the drift's own. */
static size_t scratch_size(const fk_stepper *s)
{
    return (STAGES + 1) * fk_state_scratch(s->dim) + fk_entries_scratch(&s->terms);
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    (void)z;
    double *const *y[STAGES + 1];
    for (size_t i = 0; i <= STAGES; i++) {
        y[i] = fk_state_carve(s->dim, &scratch);
        fk_state_copy(s->dim, x, y[i]);
    }
    for (size_t j = 0; j < STAGES; j++) {
        double *const *rows = fk_motion_eval(s, t + c[j] * h, y[j], scratch);
        for (size_t i = j + 1; i <= STAGES; i++)
            if (A[i][j] != 0.0)
                fk_motion_add_drift(s, rows, h * A[i][j], y[i]);
    }
    fk_state_copy(s->dim, y[STAGES], x);
}

const fk_scheme fk_scheme_dormand_prince = {
    .name = "dormand-prince",
    .summary = "order 5, for problems without noise",
    .reference = "dormand-prince-1980",
    .noise = FK_NO_NOISE,
    .strong_order = 5.0,
    .weak_order = 5.0,
    .prepare = prepare,
    .release = fk_motion_free,
    .scratch = scratch_size,
    .step = step,
};
