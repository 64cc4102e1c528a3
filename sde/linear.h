/* Exact laws of linear SDEs:  dX = (A(t) X + c(t)) dt + G(t) dW  in free space.
 * A Gaussian stays Gaussian and a mixture a mixture of the same weights:
 *
 *     m' = A m + c,      S' = A S + S A^T + G G^T,
 *
 * integrated to 1e-12 relative (adaptive Runge-Kutta, GSL).  Whether an SDE is of this
 * kind is decided symbolically, so named and hand-written problems profit alike. */
#ifndef FK_SDE_LINEAR_H
#define FK_SDE_LINEAR_H

#include <stdbool.h>

#include "sde/mixture.h"
#include "sde/sde.h"

bool fk_sde_linear(const fk_sde *s);

/* Whether f is affine in the variables, with coefficients that may depend on time. */
bool fk_sde_affine_in(const fk_sde *s, const fk_expr *f);

/* Whether drift and Wiener processes alone would be of this kind: between jumps, say. */
bool fk_sde_affine(const fk_sde *s);

/* A[d][d], c[d] and Q[d][d] = G G^T at t; needs fk_sde_affine.  FK_ENOMEM. */
FK_NODISCARD fk_status fk_linear_coefficients(const fk_sde *s, double t, double *A,
                                              double *c, double *Q);

/* The mixture at t1 of the one at t0; needs fk_sde_linear.  t1 >= t0.
 * FK_ECONVERGE if the integrator gives up. */
FK_NODISCARD fk_status fk_linear_propagate(const fk_sde *s, double t0,
                                           const fk_mixture *m0, double t1,
                                           fk_mixture **m1);

#endif
