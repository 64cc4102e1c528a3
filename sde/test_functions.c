#include "sde/test_functions.h"

#include <math.h>

/* A text in u, k, c and r; what is not understood, or has no memory, is NaN. */
static const fk_expr *make(fk_expr_pool *pool, const char *text, const fk_expr *u,
                           double k, double c, double r)
{
    const fk_expr_name name[] = {{"u", u},
                                 {"k", fk_expr_number(pool, k)},
                                 {"c", fk_expr_number(pool, c)},
                                 {"r", fk_expr_number(pool, r)}};
    const fk_expr *e;
    fk_expr_error error;
    if (fk_expr_parse(pool, text, name, 4, &e, &error) != FK_OK)
        return fk_expr_number(pool, (double)NAN);
    return e;
}

const fk_expr *fk_test_monomial(fk_expr_pool *pool, const fk_expr *u, unsigned k)
{
    return make(pool, "u^k", u, k, 0.0, 0.0);
}

/* He_{n+1} = u He_n - n He_{n-1} */
const fk_expr *fk_test_hermite(fk_expr_pool *pool, const fk_expr *u, unsigned n)
{
    const fk_expr *before = fk_expr_number(pool, 0.0), *he = fk_expr_number(pool, 1.0);
    for (unsigned k = 0; k < n; k++) {
        const fk_expr *next =
            fk_expr_sub(pool, fk_expr_mul(pool, u, he),
                        fk_expr_mul(pool, fk_expr_number(pool, k), before));
        before = he;
        he = next;
    }
    return fk_expr_expand(pool, he);
}

const fk_expr *fk_test_cosine(fk_expr_pool *pool, const fk_expr *u, double k)
{
    return make(pool, "cos(k*u)", u, k, 0.0, 0.0);
}

const fk_expr *fk_test_sine(fk_expr_pool *pool, const fk_expr *u, double k)
{
    return make(pool, "sin(k*u)", u, k, 0.0, 0.0);
}

const fk_expr *fk_test_gaussian(fk_expr_pool *pool, const fk_expr *u, double c,
                                double r)
{
    return make(pool, "exp(-(u - c)^2/(2*r^2))", u, 0.0, c, r);
}

const fk_expr *fk_test_bump(fk_expr_pool *pool, const fk_expr *u, double c, double r)
{
    return make(pool, "abs((u - c)/r) < 1 ? exp(-1/(1 - ((u - c)/r)^2)) : 0", u, 0.0, c,
                r);
}
