/* Gaussian quadrature. */
#ifndef FK_SOLVERS_QUADRATURE_H
#define FK_SOLVERS_QUADRATURE_H

#include <stddef.h>

#include "core/status.h"

/* Gauss-Legendre nodes, ascending in (-1, 1), and weights, which sum to 2: exact for
 * polynomials of degree 2 n - 1.  1 <= n <= 64.  [abramowitz-stegun-1964, 25.4.29] */
FK_NODISCARD fk_status fk_gauss_legendre(size_t n, double *node, double *weight);

typedef double (*fk_integrand)(double x, void *context);

/* int_a^b f(x) dx by 16 such nodes in each of `panels` equal parts, at least 2.  *error,
 * unless NULL, gets the distance to what half as many give, a bound for integrands that
 * are smooth in a part, and the rounding of the sum. */
double fk_integral(fk_integrand f, void *context, double a, double b, size_t panels,
                   double *error);
/* Gauss-Hermite nodes, ascending, and weights, which sum to 1, of the standard normal law:
 * sum w phi(z) = E phi(Z), exact for polynomials of degree 2 n - 1.  1 <= n <= 128.
 * FK_ENOMEM. */
FK_NODISCARD fk_status fk_gauss_hermite(size_t n, double *node, double *weight);

#endif
