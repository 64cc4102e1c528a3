/* The exponential of a matrix, and its action on a vector.
 *
 * The whole: with the mean m of the diagonal taken out, e^{tA} = e^{tm} (e^B)^(2^s),
 * B = t (A - m) / 2^s of 1-norm at most 3/4, where Taylor's polynomial of degree 16 is
 * exact to rounding; six products for the polynomial and s squarings.
 *
 * The action, where only A v can be had and the eigenvalues (better: the field of values) of A lie in
 * the disc |z + r| <= r:
 *
 *     e^{tA} v = e^{-tr} sum_k t^k (A + r)^k v / k!
 *
 * Nothing cancels (each term is at most Poisson's probability of k, mean t r), about
 * t r + 6 sqrt(t r) products are needed, and the series converges for every A even if r was
 * too small; then digits are lost.  [moler-van-loan-2003] */
#ifndef FK_SOLVERS_MATRIX_EXPONENTIAL_H
#define FK_SOLVERS_MATRIX_EXPONENTIAL_H

#include <stddef.h>

#include "core/status.h"

/* E = e^{tA}; A[n][n] and E[n][n] by columns, not overlapping.  FK_EDOMAIN: A is not
 * finite, or e^{tA} overflows. */
FK_NODISCARD fk_status fk_matrix_exponential(size_t n, double t, const double *A,
                                             double *E);

/* y = E x; E by columns. */
void fk_matrix_times(size_t n, const double *E, const double *x, double *y);

/* y = A x */
typedef void fk_product(const void *A, const double *x, double *y);

/* v[n] -> e^{tA} v in place; work[2 n].  Ends when three terms after one another are below
 * tolerance (in the 2-norm).  Returns the number of products. */
size_t fk_exponential_action(size_t n, double t, fk_product *product, const void *A,
                             double r, double tolerance, double *v, double *work);

#endif
