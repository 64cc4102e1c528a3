/* Private to sampling/.
 * Weights of a few thousand paths, as logarithms, and the choice of those that go on. */
#ifndef FK_SAMPLING_RESAMPLING_H
#define FK_SAMPLING_RESAMPLING_H

#include <stddef.h>

typedef struct fk_weight_sums {
    double log_mean; /* of the weights; -inf: all are 0, NaN: some is no number */
    double share;    /* effective share (sum w)^2 / (n sum w^2), in (0, 1] */
} fk_weight_sums;

/* Of log_w[n]; weight[n] = w / sum w unless NULL. */
fk_weight_sums fk_weight_sums_of(size_t n, const double *log_w, double *weight);

/* Systematic resampling: parent[m], ascending, each i as often as one of (u + j)/m, j = 0 ...
 * m - 1, falls on its part of the sum of weight[n] up to it: m w_i times, rounded up or
 * down.  0 < u < 1.  [kitagawa-1996] */
void fk_resample(size_t n, const double *weight, double u, size_t m, size_t *parent);

#endif
