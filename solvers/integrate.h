/* y' = f(t, y) from t0 to t1, forward or backward, by adaptive Runge-Kutta steps of
 * order 8 (Prince and Dormand, GSL).  [hairer-norsett-wanner-1993] */
#ifndef FK_SOLVERS_INTEGRATE_H
#define FK_SOLVERS_INTEGRATE_H

#include <stddef.h>

#include "core/status.h"

/* dy[n] at (t, y[n]); a derivative that is not finite ends the integration. */
typedef void (*fk_derivative)(double t, const double *y, double *dy, void *context);

/* y[n] to `relative` and 1e-15.  FK_ECONVERGE if that takes more than a million steps or a
 * derivative is not finite. */
FK_NODISCARD fk_status fk_integrate(size_t n, fk_derivative f, void *context, double t0,
                                    double t1, double relative, double *y);

#endif
