#include "pde/splitting.h"

/* With gamma = 2 - sqrt 2, theta = gamma / 2:
 *
 *     trapezoidal rule to t + gamma h:  A u = (2 - A) p,  u = 2 A^-1 p - p
 *     second-order backward difference: A p+ = (u - (1 - gamma)^2 p) / (gamma (2 - gamma))
 *
 * (1 - gamma)^2 = 3 - 2 sqrt 2 and gamma (2 - gamma) = 2 sqrt 2 - 2, and so
 * p+ = (1 + sqrt 2) A^-2 p - sqrt 2 A^-1 p.  The fallback has three and four solves:
 * 3 w + 4 (1 - w) = 1 / theta = 2 + sqrt 2.  The root is rounded to an even last bit, so
 * that 1 + sqrt 2 is exact and the weights sum to exactly one: mass does not drift. */
#define ROOT_2 0x1.6a09e667f3bccp0

const fk_pde_stepper fk_pde_stepper_tr_bdf2 = {
    .name = "tr-bdf2",
    .summary = "order 2, L-stable; limited to stay positive",
    .formula =
        "p+ = ((1 + sqrt 2) A^-2 - sqrt 2 A^-1) p,  A = 1 - c h L\n"
        "R(z) = (1 + sqrt(2))/(1 - c*z)^2 - sqrt(2)/(1 - c*z);  c = 1 - sqrt(1/2)",
    .regime = "the one to begin with: any step is stable, rough densities are damped",
    .reference = "bank-1985",
    .order = 2.0,
    .positive = true,
    .kind = &fk_splitting,
    .theta = 1.0 - ROOT_2 / 2.0,
    .weight = {0.0, -ROOT_2, 1.0 + ROOT_2},
    .fallback = {0.0, 0.0, 0.0, 2.0 - ROOT_2, ROOT_2 - 1.0},
};
