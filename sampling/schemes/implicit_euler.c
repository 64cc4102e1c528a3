/* Drift-implicit Euler, theta = 1: damps what is stiff, at any step.
 * See sampling/theta.h.  [higham-2000] */
#include "sampling/theta.h"

extern const fk_scheme fk_scheme_implicit_euler;

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    fk_theta_step(s, 1.0, t, h, z, x, scratch);
}

const fk_scheme fk_scheme_implicit_euler = {
    .name = "implicit-euler",
    .summary = "drift-implicit Euler, for stiff problems",
    .reference = "higham-2000",
    .strong_order = 0.5, /* 1 for additive noise */
    .weak_order = 1.0,
    .coarsest = FK_RADEMACHER,
    .prepare = fk_theta_prepare,
    .release = fk_motion_free,
    .scratch = fk_theta_scratch,
    .step = step,
};
