/* Distances between two samples of the same size, of laws that need no formula:
 *
 *     W1, W2     along an axis, sorted:      W_p^p = 1/n sum |x_(i) - y_(i)|^p
 *     sliced W2  (mean of W2^2 over directions)^(1/2)           [bonneel-2015]
 *     energy     2 E|X - Y| - E|X - X'| - E|Y - Y'|             [szekely-rizzo-2013]
 *     MMD^2      E k(X, X') + E k(Y, Y') - 2 E k(X, Y),  k(x, y) = exp(-|x - y|^2 / 2l^2)
 *                                                               [gretton-2012]
 *
 * The last two have no bias, and so may fall below zero by chance. */
#ifndef FK_SAMPLING_DISTANCES_H
#define FK_SAMPLING_DISTANCES_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

enum { FK_DIRECTIONS = 32, FK_DISTANCE_POINTS = 4096 };

typedef struct fk_distances {
    double w1, w2;      /* the largest of the axes */
    double sliced_w2;   /* over FK_DIRECTIONS directions; in 1-D W2 */
    double energy, mmd; /* of the first FK_DISTANCE_POINTS points; MMD^2 */
} fk_distances;

/* The sample that others are held against, prepared. */
typedef struct fk_yardstick fk_yardstick;

/* y[n][dim], n >= 2, finite; copied.  Directions are a function of the seed; the width l of
 * the kernel is the root of half the mean squared distance of two points.  FK_ENOMEM. */
FK_NODISCARD fk_status fk_yardstick_new(size_t dim, size_t n, const double *y,
                                        uint64_t seed, fk_yardstick **out);
void fk_yardstick_free(fk_yardstick *s); /* accepts NULL */

/* x[n][dim], as many as the yardstick has.  The same bits for any number of threads.
 * FK_ENOMEM. */
FK_NODISCARD fk_status fk_distances_measure(const fk_yardstick *s, const double *x,
                                            fk_distances *out);

#endif
