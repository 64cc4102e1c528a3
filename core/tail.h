/* How fast the tail of a law falls off, from its largest samples.  [hill-1975] */
#ifndef FK_CORE_TAIL_H
#define FK_CORE_TAIL_H

#include <stdbool.h>
#include <stddef.h>

typedef struct fk_tail {
    double index, error; /* P(|X| > x) ~ x^-index, and its standard error */
    double inner;        /* the same from eight times as many samples */
} fk_tail;

/* Hill's estimate from the k largest |x| of n; reorders x.  k >= 2, 8 k < n.  Not finite
 * where the k-th is 0. */
fk_tail fk_tail_of(size_t n, double *x, size_t k);

/* Whether the variance looks infinite: an index below 2 that does not grow outwards, as it
 * does where the tail falls faster than any power. */
bool fk_tail_is_heavy(const fk_tail *t);

#endif
