/* Private to pde/.
 * Hermite polynomials orthonormal under the standard normal density phi,
 *
 *     psi_0 = 1,   sqrt(k + 1) psi_(k+1)(y) = y psi_k(y) - sqrt(k) psi_(k-1)(y),
 *
 * series of their products in the plane, and the Gauss-Hermite rule that sums expectations.
 * [abramowitz-stegun-1964, chapter 22] */
#ifndef FK_PDE_HERMITE_H
#define FK_PDE_HERMITE_H

#include <stddef.h>

#include "pde/transition.h"

enum {
    FK_HERMITE_DEGREE = FK_TRANSITION_DEGREE,
    FK_HERMITE_NODES = FK_HERMITE_DEGREE + 2,
    FK_HERMITE_TERMS = (FK_HERMITE_DEGREE + 1) * (FK_HERMITE_DEGREE + 2) / 2
};

/* Series to a degree, and degree + 2 nodes: sum of weight f(at) is E[f], exact for polynomials
 * to degree 2 nodes - 1. */
typedef struct fk_hermite {
    int degree, nodes;
    double at[FK_HERMITE_NODES], weight[FK_HERMITE_NODES];
    double psi[FK_HERMITE_NODES][FK_HERMITE_DEGREE + 1]; /* at the nodes */
} fk_hermite;

fk_hermite fk_hermite_make(int degree); /* 2 to FK_HERMITE_DEGREE */

/* Place of psi_i(y_0) psi_k(y_1) in a series of the plane, by degree. */
static inline size_t fk_hermite_place(int i, int k)
{
    const int d = i + k;
    return (size_t)(d * (d + 1) / 2 + k);
}

/* sum of c psi_i(y0) psi_k(y1) */
double fk_hermite_series(const fk_hermite *h, const double *c, double y0, double y1);

/* Probability below s of the density phi(s) sum_k e_k psi_k(s) / e_0. */
double fk_hermite_below(const fk_hermite *h, const double *e, double s);

#endif
