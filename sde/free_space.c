#include "sde/free_space.h"

#include <math.h>

static const fk_expr *on_face(const fk_sde *s, const fk_expr *e, size_t i, double at)
{
    const fk_expr *place = fk_expr_number(s->pool, at);
    return fk_expr_expand(s->pool,
                          fk_expr_substitute(s->pool, e, 1, &s->variable[i], &place));
}

/* e is zero on the face x_i = at and has a finite slope across it there. */
static bool vanishes(const fk_sde *s, const fk_expr *e, size_t i, double at)
{
    double value, slope = 0.0;
    const fk_expr *across = fk_expr_diff(s->pool, e, s->variable[i]);
    (void)fk_expr_is_number(on_face(s, across, i, at), &slope);
    return fk_expr_is_number(on_face(s, e, i, at), &value) && value == 0.0 &&
           isfinite(slope);
}

static bool unreached(const fk_sde *s, size_t i, double at)
{
    bool still = vanishes(s, s->ito[i], i, at);
    for (size_t k = 0; k < s->noises && still; k++)
        still = vanishes(s, s->noise[i * s->noises + k], i, at);
    return still;
}

bool fk_sde_in_free_space(const fk_sde *s, const fk_domain *domain)
{
    if (domain == NULL || fk_domain_open(domain))
        return true;
    if (fk_domain_moves(domain) || !fk_sde_continuous(s))
        return false;
    for (size_t i = 0; i < domain->grid.dim; i++)
        for (size_t side = 0; side < 2; side++) {
            const fk_axis *a = &domain->grid.axis[i];
            const double at = side == 0 ? a->lo : a->hi;
            if (domain->face[i][side] != FK_OPEN &&
                (domain->face[i][side] == FK_PERIODIC || !unreached(s, i, at)))
                return false;
        }
    return true;
}
