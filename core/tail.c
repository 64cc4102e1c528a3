#include "core/tail.h"

#include <math.h>
#include <stdlib.h>

static int by_size(const void *a, const void *b)
{
    const double x = fabs(*(const double *)a), y = fabs(*(const double *)b);
    return (x < y) - (x > y);
}

/* 1 / mean of log |x_i / x_k|, x sorted */
static double hill(const double *x, size_t k)
{
    double sum = 0.0;
    for (size_t i = 0; i < k; i++)
        sum += log(fabs(x[i] / x[k]));
    return (double)k / sum;
}

fk_tail fk_tail_of(size_t n, double *x, size_t k)
{
    qsort(x, n, sizeof *x, by_size);
    const double index = hill(x, k);
    return (fk_tail){index, index / sqrt((double)k), hill(x, 8 * k)};
}

bool fk_tail_is_heavy(const fk_tail *t)
{
    return t->index < 2.0 && t->index < 1.2 * t->inner;
}
