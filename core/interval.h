/* Confidence intervals of counted densities. */
#ifndef FK_CORE_INTERVAL_H
#define FK_CORE_INTERVAL_H

#include <stdint.h>

#include "core/grid.h"

/* Of the mean of a Poisson count: it lies below *lower, and above *upper, with at most
 * the probability tail each [garwood-1936]; exact to 1e-3 of a standard deviation.  Shares
 * of a finite sample scatter less, so that for them it holds more often. */
void fk_poisson_interval(uint64_t count, double tail, double *lower, double *upper);

/* The same per cell for a histogram of `total` samples as a density. */
void fk_histogram_band(const fk_grid *g, const uint64_t *count, double total,
                       double tail, double *lower, double *upper);

/* p -+ z error with the normal quantile z of the tail, not below 0. */
void fk_normal_band(size_t cells, const double *p, const double *error, double tail,
                    double *lower, double *upper);

#endif
