/* Numbers in ascending order. */
#ifndef FK_CORE_SORT_H
#define FK_CORE_SORT_H

#include <stddef.h>

/* x[n], none of them NaN, in place. */
void fk_sort(size_t n, double *x);

/* Where x stands in sorted[n], by bisection; NULL if it is not there. */
const double *fk_sorted_find(size_t n, const double *sorted, double x);

#endif
