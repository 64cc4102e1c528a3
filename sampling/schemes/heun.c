/* Stochastic Heun, in Stratonovich's sense whatever the problem's own:
 *
 *     Y  = X + h s(X) + G(X) dW,          s_i = ito_i - 1/2 sum_jk G_jk d_j G_ik
 *     X+ = X + h/2 (s(X) + s(Y)) + 1/2 (G(X) + G(Y)) dW
 *
 * Derivatives of G are needed in s alone, and in Stratonovich's reading of a problem not
 * even there.  Strong order 1 for commutative noise, 1/2 otherwise; weak order 1, and 2
 * for additive noise.  [ruemelin-1982] */
#include "sampling/heun_step.h"

extern const fk_scheme fk_scheme_heun;

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
    .scratch = fk_heun_scratch,
    .step = fk_heun_step,
};
