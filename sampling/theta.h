/* Private to sampling/.
 * Drift-implicit steps with f the Ito drift and 0 < theta <= 1:
 *
 *     X+ = X + h ((1 - theta) f(X, t) + theta f(X+, t + h)) + G(X, t) dW
 *
 * solved by Newton's method with the Jacobian taken symbolically.  A particle for which
 * the iteration does not converge becomes NaN, and so is reported as lost.
 * [higham-2000; kloeden-platen-1992, section 12.2] */
#ifndef FK_SAMPLING_THETA_H
#define FK_SAMPLING_THETA_H

#include "sampling/motion.h"

FK_NODISCARD fk_status fk_theta_prepare(const fk_sde *sde, fk_stepper **out,
                                        fk_message *message);
size_t fk_theta_scratch(const fk_stepper *s);
void fk_theta_step(const fk_stepper *s, double theta, double t, double h,
                   const double *z, double *const *x, double *scratch);

#endif
