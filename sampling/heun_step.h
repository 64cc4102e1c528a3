/* Private to sampling/.
 * Heun's step in Stratonovich's sense, for steppers of fk_motion_stratonovich:
 *
 *     Y  = X + h s(X) + G(X) dW,    X+ = X + h/2 (s(X) + s(Y)) + 1/2 (G(X) + G(Y)) dW
 */
#ifndef FK_SAMPLING_HEUN_STEP_H
#define FK_SAMPLING_HEUN_STEP_H

#include "sampling/motion.h"

size_t fk_heun_scratch(const fk_stepper *s);
void fk_heun_step(const fk_stepper *s, double t, double h, const double *z,
                  double *const *x, double *scratch);

#endif
