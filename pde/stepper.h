/* How the density steps in time: one file each in pde/steppers/, one line in
 * pde/steppers.def.  Two families (pde/integrator.h):
 *
 * Line solves, joined over directions by symmetric (Strang) splitting, which keeps second
 * order, sign, mass and any equilibrium that every direction shares.  Each has one real
 * pole, so one factorisation A = I - theta h L serves all its stages, and a step is a sum
 * of repeated solves:
 *
 *     p+ = sum_k weight_k A^-k p,     sum_k weight_k = 1,  theta sum_k k weight_k = 1
 *
 *   implicit-euler   order 1, positive for every step:   A^-1,  theta = 1
 *   crank-nicolson   order 2:  2 A^-1 - 1,  theta = 1/2; A^-2 first (Rannacher)
 *   tr-bdf2          order 2, L-stable:  (1 + sqrt 2) A^-2 - sqrt 2 A^-1,
 *                    theta = 1 - sqrt 2 / 2
 *
 * Second-order one-step methods cannot be positive for every step (Bolley and Crouzeix,
 * 1978), so with a positive flux the second-order steps are limited: on a line where
 * the result would be negative, the face currents fall back towards those of a positive
 * first-order combination of the same solves, just as far as needed (flux-corrected
 * transport), which keeps mass and sign.
 *
 * Stages of the whole operator, with nothing to solve and no error of splitting.  R is
 * the largest rate out of a cell:
 *
 *   ssp-rk3          order 3, a convex sum of explicit Euler steps: positive for h R <= 1
 *   rkc              order 2, s stages for h R <= (s^2 - 1) / 3; not positive
 *   uniformisation   e^{h L} p = sum_k e^{-hR} (hR)^k / k! (I + L / R)^k p, all terms >= 0:
 *                    exact to rounding and positive for any h, coefficients free of t
 *
 * In between stands hundsdorfer-verwer: order 2, two stages of the whole operator with the
 * directions' line solves as corrections; no loss of order where cross terms meet walls, but
 * not positive.
 *
 * [bank-1985, rannacher-1984, bolley-crouzeix-1978, zalesak-1979, shu-osher-1988,
 * sommeijer-shampine-verwer-1998, jensen-1953, hundsdorfer-verwer-2003] */
#ifndef FK_PDE_STEPPER_H
#define FK_PDE_STEPPER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/grid.h"
#include "core/status.h"
#include "pde/flux.h"
#include "sde/sde.h"

typedef struct fk_integrator_kind fk_integrator_kind; /* private to pde/ */

enum { FK_STEPPER_SOLVES = 4 };

typedef struct fk_pde_stepper {
    const char *name;
    const char *summary;
    /* lines; the last is "R(z) = ...", the factor of a step at h L = z in one dimension,
     * unless it depends on the number of stages */
    const char *formula;
    const char *regime; /* where it serves */
    const char *reference;
    double order;  /* HUGE_VAL: any step is exact, or as exact as the tolerance asks */
    bool positive; /* keeps the sign with a positive flux */
    bool steady;   /* needs coefficients free of t */
    bool wide;     /* takes fluxes of more than two cells */
    size_t start;  /* steps taken in another way first, to damp a rough p */
    const fk_integrator_kind *kind;

    /* line solves */
    double theta;
    double weight[FK_STEPPER_SOLVES + 1];
    /* the same with weights >= 0, of order 1 */
    double fallback[FK_STEPPER_SOLVES + 1];

    /* stages */
    size_t fields; /* of work */
} fk_pde_stepper;

extern const fk_pde_stepper *const fk_pde_steppers[];        /* NULL-terminated */
const fk_pde_stepper *fk_pde_stepper_find(const char *name); /* NULL if there is none */

/* The stepper that serves: ssp-rk3 for fluxes of more than two cells; where cross terms meet
 * walls, which costs splitting its order and many steps, hundsdorfer-verwer, unless the
 * density must stay positive; else tr-bdf2. */
const fk_pde_stepper *fk_pde_stepper_choose(const fk_sde *sde, const fk_domain *domain,
                                            const fk_flux *flux, bool positive);

/* FK_EDOMAIN with a sentence if the stepper cannot step such an operator.  steady: its
 * coefficients are free of t. */
FK_NODISCARD fk_status fk_pde_stepper_fits(const fk_pde_stepper *s, const fk_flux *flux,
                                           bool steady, fk_message *message);

#endif
