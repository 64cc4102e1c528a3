/* Whether p-values are uniform, as they should be where nothing is wrong. */
#ifndef FK_TESTS_UNIFORMITY_H
#define FK_TESTS_UNIFORMITY_H

#include <math.h>
#include <stdlib.h>

#include "core/goodness.h"

/* For qsort. */
static inline int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* One-sample Kolmogorov test of p[n], which is sorted, against the uniform law. */
static inline double uniformity(size_t n, double *p)
{
    double d = 0.0;
    qsort(p, n, sizeof *p, ascending);
    for (size_t i = 0; i < n; i++)
        d = fmax(d, fmax(((double)i + 1.0) / (double)n - p[i],
                         p[i] - (double)i / (double)n));
    const double root = sqrt((double)n);
    return fk_kolmogorov_tail((root + 0.12 + 0.11 / root) * d);
}

#endif
