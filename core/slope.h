/* The order of convergence as the slope of errors over steps, both on logarithmic
 * scales. */
#ifndef FK_CORE_SLOPE_H
#define FK_CORE_SLOPE_H

#include <stddef.h>

typedef struct fk_slope {
    double order, error; /* weighted least squares, and its standard error */
    size_t used;         /* points whose value stands out from its error */
} fk_slope;

/* log|value| = order log step + constant by least squares, each point with the weight of
 * its relative standard error[i] / |value[i]|, no point's below 1 % (curvature is not
 * noise); where the points scatter about the line, or bend away from it, by more than
 * that the standard error grows by as much.  Points below three standard errors are left out; with fewer than two left
 * order and error are NaN. */
fk_slope fk_slope_fit(size_t n, const double *step, const double *value,
                      const double *error);

#endif
