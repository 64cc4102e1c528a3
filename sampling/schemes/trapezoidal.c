/* The drift-implicit trapezoidal rule, theta = 1/2: a linear problem with additive noise
 * keeps its stationary law at any step.  See sampling/theta.h.  [higham-2000] */
#include "sampling/theta.h"

extern const fk_scheme fk_scheme_trapezoidal;

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    fk_theta_step(s, 0.5, t, h, z, x, scratch);
}

const fk_scheme fk_scheme_trapezoidal = {
    .name = "trapezoidal",
    .summary = "drift-implicit trapezoidal rule, for stiff problems",
    .reference = "higham-2000",
    .strong_order = 0.5, /* 1 for additive noise */
    .weak_order = 1.0,   /* 2 for additive noise in a linear problem */
    .coarsest = FK_RADEMACHER,
    .prepare = fk_theta_prepare,
    .release = fk_motion_free,
    .scratch = fk_theta_scratch,
    .step = step,
};
