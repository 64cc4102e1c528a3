/* Test functions of one argument, and families of them.
 *
 *     monomial   u^k                 unbounded: needs the law's k-th moment
 *     Hermite    He_n(u)             eigenfunctions of the Ornstein-Uhlenbeck generator
 *     Fourier    cos(k u), sin(k u)  bounded
 *     Gaussian   exp(-(u - c)^2 / 2 r^2)                       near a point
 *     bump       exp(-1 / (1 - z^2)), z = (u - c) / r, |z| < 1, else 0
 *                                    smooth and compact: no boundary term at all
 *
 * The argument is any expression; products make functions of several variables.  An error
 * of a density that is orthogonal to a family cannot be seen by it: use three. */
#ifndef FK_SDE_TEST_FUNCTIONS_H
#define FK_SDE_TEST_FUNCTIONS_H

#include "core/expr.h"

/* Expressions of the pool; the constant NaN without memory. */
const fk_expr *fk_test_monomial(fk_expr_pool *pool, const fk_expr *u, unsigned k);
const fk_expr *fk_test_hermite(fk_expr_pool *pool, const fk_expr *u, unsigned n);
const fk_expr *fk_test_cosine(fk_expr_pool *pool, const fk_expr *u, double k);
const fk_expr *fk_test_sine(fk_expr_pool *pool, const fk_expr *u, double k);
const fk_expr *fk_test_gaussian(fk_expr_pool *pool, const fk_expr *u, double c,
                                double r);
const fk_expr *fk_test_bump(fk_expr_pool *pool, const fk_expr *u, double c, double r);

#endif
