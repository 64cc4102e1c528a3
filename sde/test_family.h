/* Families of test functions of an SDE's variables, scaled to where its paths are.  With
 * u = (x_i - centre_i) / width_i for each variable, products of two for each pair:
 *
 *     monomial   u^k                    hermite   He_k(u)
 *     fourier    cos k u, sin k u       gaussian  exp(-(u - c)^2 / 2 r^2)
 *     bump       exp(-1 / (1 - z^2)), z = (u - c) / r
 *
 * One family may be blind to an error that another one sees: take several. */
#ifndef FK_SDE_TEST_FAMILY_H
#define FK_SDE_TEST_FAMILY_H

#include <stddef.h>

#include "core/expr.h"
#include "sde/sde.h"

typedef enum fk_family {
    FK_MONOMIAL_FAMILY,
    FK_HERMITE_FAMILY,
    FK_FOURIER_FAMILY,
    FK_GAUSSIAN_FAMILY,
    FK_BUMP_FAMILY,
} fk_family;

enum { FK_FAMILIES = 5 };
extern const char *const fk_family_name[FK_FAMILIES + 1]; /* then NULL */

typedef struct fk_test_function {
    char name[64]; /* "He3(x)", "cos(2x)", "bump(x at -1)", with x for u */
    const fk_expr *phi;
} fk_test_function;

/* The first of a family that find room, out[most]; returns how many there are, which may
 * be more.  centre[dim], width[dim] > 0.  Expressions of the SDE's pool; NaN without
 * memory. */
size_t fk_family_make(const fk_sde *s, fk_family family, const double *centre,
                      const double *width, size_t most, fk_test_function *out);

#endif
