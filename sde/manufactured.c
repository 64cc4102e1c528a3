#include "sde/manufactured.h"

#include "sde/weak_form.h"
#include <math.h>

static const fk_expr *scaled(fk_expr_pool *pool, double factor, const fk_expr *e)
{
    return fk_expr_mul(pool, fk_expr_number(pool, factor), e);
}

/* The text with e in the place of x. */
static const fk_expr *call(fk_expr_pool *pool, const char *text, const fk_expr *e)
{
    const fk_expr_name name = {"x", e};
    const fk_expr *out;
    fk_expr_error error;
    return fk_expr_parse(pool, text, &name, 1, &out, &error) == FK_OK
               ? out
               : fk_expr_number(pool, (double)NAN);
}

/* The factor of one axis; turn is w. */
static const fk_expr *factor(const fk_sde *sde, const fk_domain *domain, size_t i,
                             const fk_expr *turn)
{
    fk_expr_pool *pool = sde->pool;
    const fk_axis *axis = &domain->grid.axis[i];
    const double length = axis->hi - axis->lo;
    const fk_expr *u =
        scaled(pool, 1.0 / length,
               fk_expr_sub(pool, sde->variable[i], fk_expr_number(pool, axis->lo)));
    const fk_expr *phase = fk_expr_sub(pool, scaled(pool, 2.0 * M_PI, u), turn);
    const fk_expr *shape = domain->face[i][0] == FK_PERIODIC
                               ? call(pool, "1 + sin(x)/2", phase)
                               : fk_expr_mul(pool, call(pool, "2*sin(pi*x)^2", u),
                                             call(pool, "1 + 2*cos(x)/5", phase));
    return scaled(pool, 1.0 / length, shape);
}

const fk_expr *fk_manufactured_density(const fk_sde *sde, const fk_domain *domain,
                                       double start, double span, bool moving)
{
    fk_expr_pool *pool = sde->pool;
    const fk_expr *turn = fk_expr_number(pool, 1.0);
    if (moving)
        turn = scaled(pool, 2.0 * M_PI / span,
                      fk_expr_sub(pool, sde->time, fk_expr_number(pool, start)));
    const fk_expr *p = fk_expr_number(pool, 1.0);
    for (size_t i = 0; i < sde->dim; i++)
        p = fk_expr_mul(pool, p, factor(sde, domain, i, turn));
    return p;
}

const fk_expr *fk_manufactured_source(const fk_sde *sde, const fk_expr *density,
                                      const fk_expr *killing)
{
    fk_expr_pool *pool = sde->pool;
    const fk_expr *s = fk_expr_sub(pool, fk_expr_diff(pool, density, sde->time),
                                   fk_weak_adjoint(sde, density));
    if (killing != NULL)
        s = fk_expr_add(pool, s, fk_expr_mul(pool, killing, density));
    return s;
}
