/* The end-point step of Hanggi and Klimontovich, whatever the problem's own reading:
 *
 *     Y  = X + G(X, t) dW
 *     X+ = X + h a(X, t) + G(Y, t) dW,           a_i = ito_i - sum_jk G_jk d_j G_ik
 *
 * a is the drift that the rule A = 1 applies to; in that reading of a problem no
 * derivative is taken at all.  In more than one dimension the step means the rule for G
 * itself, sum_jk G_jk d_j G_ik, which is not the kinetic form's 1/2 sum_j d_j (G G^T)_ij;
 * a problem stated in the kinetic form keeps its law, as its Ito drift is known.
 * Strong order 1/2, also for one noise: Y sees G's change along dW twice over.
 * [hanggi-1978, klimontovich-1990] */
#include <math.h>

#include "sampling/motion.h"
#include "sampling/rows.h"

extern const fk_scheme fk_scheme_end_point;

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    return fk_motion_at(sde, 1.0, out, message);
}

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
    fk_motion_add_noise(s, rows, sqrt(h), z, y);
    fk_motion_add_drift(s, rows, h, x);
    rows = fk_motion_eval(s, t, y, scratch);
    fk_motion_add_noise(s, rows, sqrt(h), z, x);
}

const fk_scheme fk_scheme_end_point = {
    .name = "end-point",
    .summary = "Hanggi-Klimontovich step: the noise is taken where the step ends",
    .reference = "hanggi-1978",
    .interpretation = FK_HANGGI_KLIMONTOVICH,
    .strong_order = 0.5, /* 1 for additive noise */
    .weak_order = 1.0,
    .coarsest = FK_RADEMACHER,
    .prepare = prepare,
    .release = fk_motion_free,
    .scratch = scratch_size,
    .step = step,
};
