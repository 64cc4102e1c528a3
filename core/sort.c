#include "core/sort.h"

#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void fk_sort(size_t n, double *x)
{
    qsort(x, n, sizeof *x, ascending);
}

const double *fk_sorted_find(size_t n, const double *sorted, double x)
{
    return bsearch(&x, sorted, n, sizeof x, ascending);
}
