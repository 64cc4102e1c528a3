/* Mean and covariance of SDEs in free space, without killing, whose drift is affine in the variables and
 * whose diffusion tensor is a polynomial of degree two at most: they obey a closed system,
 *
 *     m' = E ito,    S' = E (X - m) ito^T + E ito (X - m)^T + 2 E a.
 *
 * Linear SDEs are of this kind, with additive noise and with noise that is linear itself
 * (geometric Brownian motion, coupled or not), square roots (Cox-Ingersoll-Ross), Pearson's
 * diffusions.  Coefficients may depend on time.  [gardiner-2009, section 4.5] */
#ifndef FK_SDE_EXACT_MOMENTS_H
#define FK_SDE_EXACT_MOMENTS_H

#include <stdbool.h>

#include "core/status.h"
#include "sde/sde.h"

/* Decided symbolically. */
bool fk_sde_moments_close(const fk_sde *s);

/* mean[dim] and cov[dim][dim] from t0 to t1 >= t0, to 1e-10 relative; needs
 * fk_sde_moments_close.  FK_ECONVERGE if the integrator gives up. */
FK_NODISCARD fk_status fk_sde_moments(const fk_sde *s, double t0, double t1,
                                      double *mean, double *cov);

#endif
