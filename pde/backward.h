/* The backward Kolmogorov equation, by the transposes of the forward steps:
 *
 *     u(x, s) = E[phi(X_end) exp(-int_s^end killing dt) | X_s = x],
 *     -du/ds = L^T u - killing u,    u(end) = phi
 *
 * A forward step is p+ = M p, the backward one over the same time u = M^T u+, so <u, p> is
 * the same at every time, to rounding, whatever the step's error: the expectation of phi by
 * the density at the end and by u at the start are one number.  What leaves through a
 * face takes nothing with it: u = 0 beyond.  [kac-1949] */
#ifndef FK_PDE_BACKWARD_H
#define FK_PDE_BACKWARD_H

#include "core/progress.h"
#include "core/status.h"
#include "pde/fokker_planck.h"
#include "pde/stepper.h"

/* u[cells] at `end` -> u at `start`, in the steps that an evolution with the same stepper and
 * step takes from start to end; step 0: one, for exact steppers.  Steppers that apply the
 * operator: ssp-rk3, and for coefficients free of t rkc and uniformisation.  FK_EDOMAIN with a
 * sentence for others, and for wide fluxes; FK_ELIMIT as the forward step; FK_EINTERRUPTED. */
FK_NODISCARD fk_status fk_backward_solve(fk_fokker_planck *fp,
                                         const fk_pde_stepper *stepper, double start,
                                         double end, double step, double *u,
                                         const fk_progress *progress,
                                         fk_message *message);

#endif
