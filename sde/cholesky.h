/* Cholesky factors of small covariances, semi-definite ones too. */
#ifndef FK_SDE_CHOLESKY_H
#define FK_SDE_CHOLESKY_H

#include <stdbool.h>
#include <stddef.h>

/* Lower triangular L[n][n] with L L^T = S.  A pivot that is zero up to rounding gives a
 * column of zeros, so that points and other degenerate laws are possible.  Returns
 * whether S is positive definite. */
bool fk_cholesky(size_t n, const double *s, double *l);

/* inverse[n][n] = (L L^T)^-1 of a definite factor. */
void fk_cholesky_inverse(size_t n, const double *l, double *inverse);

#endif
