/* A number known on grids of cell width 8 h, 4 h, 2 h and h: the limit h -> 0 and how far
 * the estimate of it may be off.
 *
 *     q = log2 |a_2h - a_4h| / |a_h - a_2h|          measured order
 *     a* = a_h + (a_h - a_2h) / 3                    where q is 2 within 1/2
 *     a** = a* + (a* - a*_2h) / 15                   where the order of a* is 4 within 1/2
 *
 * The error of either is taken as its distance from the same estimate on grids of twice
 * the width; where the order is not 2, a_h stands, and its error is what the measured
 * order implies.  Differences at the level of rounding are no error.  [richardson-1911] */
#ifndef FK_CORE_RICHARDSON_H
#define FK_CORE_RICHARDSON_H

#include <stddef.h>

typedef struct fk_richardson {
    double value, error;
    double order; /* measured; NaN: not known, or rounding */
} fk_richardson;

/* a[n] from the finest grid to the coarsest, n = 1 (error NaN), 2 (order 2 taken for
 * granted), 3 (no a**) or 4.  Values that are not finite are handed on. */
fk_richardson fk_richardson_limit(size_t n, const double *a);

#endif
