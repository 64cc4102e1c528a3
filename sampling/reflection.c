#include "sampling/reflection.h"

#include <math.h>

#include "sampling/conormal.h"
#include "sampling/rows.h"

/* In a corner the push of one wall may lead beyond the other. */
enum { ROUNDS = 4 };

static bool reflects(const fk_domain *d, size_t i)
{
    return d->face[i][0] == FK_REFLECTING || d->face[i][1] == FK_REFLECTING;
}

fk_status fk_reflection_init(fk_reflection *r, const fk_sde *sde,
                             const fk_domain *domain, bool project)
{
    const fk_expr *c[FK_GRID_DIM * FK_GRID_DIM];
    *r = (fk_reflection){.domain = domain, .times = project ? 1.0 : 2.0};
    for (size_t i = 0; i < sde->dim; i++)
        if (reflects(domain, i) &&
            (fk_conormal_expressions(sde, i, c + r->n_axes * sde->dim) || project))
            r->axis[r->n_axes++] = i;
    return fk_entries_new(sde, r->n_axes * sde->dim, c, &r->conormal);
}

void fk_reflection_clear(fk_reflection *r)
{
    fk_entries_clear(&r->conormal);
    *r = (fk_reflection){0};
}

/* Rows: how far beyond the face, the point on it. */
size_t fk_reflection_scratch(const fk_reflection *r)
{
    return FK_BLOCK + fk_state_scratch(r->domain->grid.dim) +
           fk_entries_scratch(&r->conormal);
}

/* depth = what must be added to x to come to the face, 0 inside; how many are beyond. */
FK_CLONES static double find_depth(double lo, double hi, const double *restrict x,
                                   double *restrict depth)
{
    double beyond = 0.0;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double below = x[j] < lo ? lo - x[j] : 0.0;
        depth[j] = x[j] > hi ? hi - x[j] : below;
        beyond += depth[j] != 0.0;
    }
    return beyond;
}

/* Axis k of the list; how many were beyond. */
static double reflect(const fk_reflection *r, const fk_domain *d, size_t k, double t,
                      double *const *x, double *scratch)
{
    const size_t dim = d->grid.dim, i = r->axis[k];
    const fk_axis *a = &d->grid.axis[i];
    const double lo = d->face[i][0] == FK_REFLECTING ? a->lo : -HUGE_VAL;
    const double hi = d->face[i][1] == FK_REFLECTING ? a->hi : HUGE_VAL;
    double *depth = scratch, *rest = depth + FK_BLOCK;
    const double beyond = find_depth(lo, hi, x[i], depth);
    if (beyond == 0.0)
        return 0.0;
    const fk_conormal c = {&r->conormal, k * dim, i, dim};
    double *const *point = fk_state_carve(dim, &rest);
    double *const *rows = fk_conormal_rows(&c, t, depth, x, point, rest);
    for (size_t j = 0; j < FK_BLOCK; j++)
        depth[j] *= r->times;
    fk_conormal_push(&c, rows, depth, x, x);
    return beyond;
}

void fk_reflection_apply(const fk_reflection *r, const fk_domain *d, double t,
                         double *const *x, double *scratch)
{
    double beyond = 1.0;
    for (int round = 0; round < ROUNDS && beyond > 0.0; round++) {
        beyond = 0.0;
        for (size_t k = 0; k < r->n_axes; k++)
            beyond += reflect(r, d, k, t, x, scratch);
    }
}
