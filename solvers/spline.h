/* Cubic splines through values at the centres of a uniform grid, in one dimension and,
 * as tensor products, in two:
 *
 *     s(x) = sum_i c_i B((x - x_i) / h),     B the cubic B-spline,  s(x_i) = f_i
 *
 * with the third difference of c zero at each end, so that quadratics are reproduced
 * exactly.  Elsewhere values are of order 4 and slopes of order 3 in h, near the ends of
 * order 3 and 2. */
#ifndef FK_SOLVERS_SPLINE_H
#define FK_SOLVERS_SPLINE_H

#include <stddef.h>

#include "core/block.h"
#include "core/grid.h"

enum { FK_SPLINE_LEAST = 3 }; /* cells that an axis must have */

/* Number of coefficients of a spline on a grid of dim 1 or 2: (n0 + 2) (n1 + 2). */
size_t fk_spline_size(const fk_grid *g);

/* Values f[cells] at the centres -> coefficients c[size]. */
void fk_spline_fit(const fk_grid *g, const double *f, double *c);

/* Slopes d s / d x_i at FK_BLOCK points x[dim][FK_BLOCK], each moved into the box of the
 * outermost centres first; finite for any x that is not NaN. */
void fk_spline_slope(const fk_grid *g, const double *c, const double *const *x,
                     double *const *slope);

/* Second derivatives H[dim][dim][FK_BLOCK] there, of order 2 in h. */
void fk_spline_curvature(const fk_grid *g, const double *c, const double *const *x,
                         double *H);

/* Values there. */
void fk_spline_value(const fk_grid *g, const double *c, const double *const *x,
                     double *value);

#endif
