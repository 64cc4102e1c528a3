/* Quadrature on an interval. */
#ifndef FK_SOLVERS_QUADRATURE_H
#define FK_SOLVERS_QUADRATURE_H

#include <stddef.h>

#include "core/status.h"

/* Gauss-Legendre nodes, ascending in (-1, 1), and weights, which sum to 2: exact for
 * polynomials of degree 2 n - 1.  1 <= n <= 64.  [abramowitz-stegun-1964, 25.4.29] */
FK_NODISCARD fk_status fk_gauss_legendre(size_t n, double *node, double *weight);

#endif
