#include "sampling/reflection.h"

#include <math.h>
#include <string.h>

#include "sampling/rows.h"

/* In a corner the push of one wall may lead beyond the other. */
enum { ROUNDS = 4 };

static bool reflects(const fk_domain *d, size_t i)
{
    return d->face[i][0] == FK_REFLECTING || d->face[i][1] == FK_REFLECTING;
}

/* a_ij / a_ii; true if one is not zero. */
static bool conormal(const fk_sde *sde, size_t i, const fk_expr **c)
{
    const fk_expr *own = sde->diffusion[i * sde->dim + i];
    bool oblique = false;
    for (size_t j = 0; j < sde->dim; j++) {
        const fk_expr *a = sde->diffusion[i * sde->dim + j];
        double value;
        const bool zero = j == i || (fk_expr_is_number(a, &value) && value == 0.0);
        c[j] = zero ? fk_expr_number(sde->pool, 0.0) : fk_expr_div(sde->pool, a, own);
        oblique = oblique || !zero;
    }
    return oblique;
}

fk_status fk_reflection_init(fk_reflection *r, const fk_sde *sde,
                             const fk_domain *domain, bool project)
{
    const fk_expr *c[FK_GRID_DIM * FK_GRID_DIM];
    *r = (fk_reflection){.domain = domain, .times = project ? 1.0 : 2.0};
    for (size_t i = 0; i < sde->dim; i++)
        if (reflects(domain, i) &&
            (conormal(sde, i, c + r->n_axes * sde->dim) || project))
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

/* to = x + times depth c.  A conormal that is not finite belongs to a face without noise
 * across it, and is its normal. */
static void push(const fk_reflection *r, size_t k, double *const *rows, double times,
                 const double *depth, double *const *x, double *const *to)
{
    const size_t dim = r->domain->grid.dim, axis = r->axis[k];
    for (size_t i = 0; i < dim; i++) {
        const fk_entry *e = &r->conormal.entry[k * dim + i];
        for (size_t j = 0; j < FK_BLOCK; j++) {
            const double c = i == axis ? 1.0 : fk_entry_value(e, rows, j);
            const double by = times * depth[j] * c;
            to[i][j] = depth[j] != 0.0 && isfinite(by) ? x[i][j] + by : x[i][j];
        }
    }
}

/* Axis k of the list; how many were beyond. */
static double reflect(const fk_reflection *r, size_t k, double t, double *const *x,
                      double *scratch)
{
    const size_t dim = r->domain->grid.dim, i = r->axis[k];
    const fk_axis *a = &r->domain->grid.axis[i];
    const double lo = r->domain->face[i][0] == FK_REFLECTING ? a->lo : -HUGE_VAL;
    const double hi = r->domain->face[i][1] == FK_REFLECTING ? a->hi : HUGE_VAL;
    double *depth = scratch, *rest = depth + FK_BLOCK;
    const double beyond = find_depth(lo, hi, x[i], depth);
    if (beyond == 0.0)
        return 0.0;
    double *const *point = fk_state_carve(dim, &rest);
    fk_state_copy(dim, x, point);
    for (size_t j = 0; j < FK_BLOCK; j++)
        point[i][j] += depth[j];
    for (int iteration = 0; iteration < 2; iteration++) {
        double *const *rows =
            fk_entries_eval(&r->conormal, t, (const double *const *)point, rest);
        const bool last = iteration == 1;
        push(r, k, rows, last ? r->times : 1.0, depth, x, last ? x : point);
    }
    return beyond;
}

void fk_reflection_apply(const fk_reflection *r, double t, double *const *x,
                         double *scratch)
{
    double beyond = 1.0;
    for (int round = 0; round < ROUNDS && beyond > 0.0; round++) {
        beyond = 0.0;
        for (size_t k = 0; k < r->n_axes; k++)
            beyond += reflect(r, k, t, x, scratch);
    }
}
