/* Numbers that vary together, made independent: for r with covariance C the w with
 * covariance 1, by Cholesky's factor of the correlations with pivots.  Entries that follow
 * from others up to rounding are left out, so C may be singular.
 *
 *     C = S R S,  R = L L^T,  w = L^-1 S^-1 r,      |w|^2 = r^T C^-1 r  */
#ifndef FK_SOLVERS_WHITENING_H
#define FK_SOLVERS_WHITENING_H

#include <stddef.h>

#include "core/status.h"

typedef struct fk_whitening {
    size_t n, rank;
    size_t *entry;  /* [rank] the entries kept, in order of their pivots */
    double *scale;  /* [rank] their standard deviations */
    double *factor; /* [rank][rank] L, rows of `rank` */
} fk_whitening;

/* Entries without variance are left out; so are pivots below `least` (1: independent). */
FK_NODISCARD fk_status fk_whitening_new(size_t n, const double *covariance,
                                        double least, fk_whitening *out);
void fk_whitening_clear(fk_whitening *w); /* accepts one of zeros */

/* out[rank] from r[n] */
void fk_whitening_apply(const fk_whitening *w, const double *r, double *out);

#endif
