#include "sampling/partial.h"

#include <math.h>
#include <string.h>

#include "sampling/boundary.h"
#include "sampling/conormal.h"
#include "sampling/rows.h"

enum { FACES = 2 * FK_GRID_DIM, DRAWS = 3 };

fk_status fk_partial_init(fk_partial *p, const fk_sde *sde, const fk_domain *domain,
                          bool bridge)
{
    const fk_expr *tensor[FACES], *face[FACES * (FK_GRID_DIM + 1)];
    *p = (fk_partial){.domain = domain, .bridge = bridge};
    for (size_t i = 0; i < sde->dim; i++)
        for (size_t side = 0; side < 2; side++) {
            if (domain->face[i][side] != FK_PARTIAL)
                continue;
            const fk_expr *own = sde->diffusion[i * sde->dim + i];
            const fk_expr **to = face + p->n * (sde->dim + 1);
            (void)fk_conormal_expressions(sde, i, to);
            to[sde->dim] = fk_expr_div(sde->pool, domain->reactivity[i][side], own);
            tensor[p->n] = own;
            p->axis[p->n] = i;
            p->side[p->n++] = side;
        }
    FK_TRY(fk_entries_new(sde, p->n, tensor, &p->tensor));
    return fk_entries_new(sde, p->n * (sde->dim + 1), face, &p->face);
}

void fk_partial_clear(fk_partial *p)
{
    fk_entries_clear(&p->tensor);
    fk_entries_clear(&p->face);
    *p = (fk_partial){0};
}

size_t fk_partial_draws(const fk_partial *p)
{
    return DRAWS * p->n;
}

/* Rows: s^2 h / 2 of each face, depth, push, the point on the face. */
size_t fk_partial_scratch(const fk_partial *p)
{
    const size_t a = fk_entries_scratch(&p->tensor), b = fk_entries_scratch(&p->face);
    return (p->n + 2) * FK_BLOCK + fk_state_scratch(p->domain->grid.dim) +
           (a > b ? a : b);
}

/* depth = way from x to the face, push = L; both along the axis, inwards: sign = 1 at lo,
 * -1 at hi.  How many are pushed. */
FK_CLONES static double find_push(double from, double to, double sign,
                                  const double *restrict z1, const double *restrict z2,
                                  const double *restrict reach,
                                  const double *restrict old, const double *restrict x,
                                  double *restrict depth, double *restrict push)
{
    double pushed = 0.0;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double d0 = sign * (old[j] - from), e1 = sign * (x[j] - to);
        const double exponential = 0.5 * (z1[j] * z1[j] + z2[j] * z2[j]);
        const double square = (d0 - e1) * (d0 - e1) + 4.0 * exponential * reach[j];
        const double low = 0.5 * (__builtin_sqrt(square) - (d0 + e1));
        const double L = low > 0.0 ? low : 0.0;
        depth[j] = to - x[j];
        push[j] = sign * L;
        pushed += L > 0.0;
    }
    return pushed;
}

/* P(push is survived) = exp(-kappa L / a_nn): ends if a uniform number, that of z, is above. */
static bool ends_here(double rate, double L, double z)
{
    return erfc(fabs(z) * M_SQRT1_2) < -expm1(-rate * L);
}

static double face_of(const fk_domain *d, size_t i, size_t side)
{
    return side == 0 ? d->grid.axis[i].lo : d->grid.axis[i].hi;
}

static void push_face(const fk_partial *p, size_t k, double from, double to, double t,
                      const double *z, const double *reach, const double *const *old,
                      double *const *x, uint8_t *ends, double *scratch)
{
    static const double none[FK_BLOCK];
    const size_t dim = p->domain->grid.dim, i = p->axis[k], side = p->side[k];
    double *depth = scratch, *push = depth + FK_BLOCK, *rest = push + FK_BLOCK;
    if (find_push(from, to, side == 0 ? 1.0 : -1.0, z, z + FK_BLOCK,
                  p->bridge ? reach : none, old[i], x[i], depth, push) == 0.0)
        return;
    double *const *point = fk_state_carve(dim, &rest);
    const fk_conormal c = {&p->face, k * (dim + 1), i, dim};
    double *const *rows = fk_conormal_rows(&c, t, depth, x, point, rest);
    fk_conormal_push(&c, rows, push, x, x);
    const fk_entry *rate = &p->face.entry[k * (dim + 1) + dim];
    for (size_t j = 0; j < FK_BLOCK; j++)
        if (push[j] != 0.0 && ends[j] == FK_ALIVE &&
            ends_here(fk_entry_value(rate, rows, j), fabs(push[j]),
                      z[2 * FK_BLOCK + j]))
            ends[j] = fk_status_of_face(i, side);
}

void fk_partial_push(const fk_partial *p, const fk_domain *from, const fk_domain *to,
                     double t, double h, const double *z, const double *const *old,
                     double *const *x, uint8_t *ends, double *scratch)
{
    double *reach = scratch, *rest = reach + p->n * FK_BLOCK;
    double *const *rows = fk_entries_eval(&p->tensor, t, old, rest);
    for (size_t k = 0; k < p->n; k++)
        for (size_t j = 0; j < FK_BLOCK; j++)
            reach[k * FK_BLOCK + j] = h * fk_entry_value(&p->tensor.entry[k], rows, j);
    memset(ends, FK_ALIVE, FK_BLOCK);
    for (size_t k = 0; k < p->n; k++)
        push_face(p, k, face_of(from, p->axis[k], p->side[k]),
                  face_of(to, p->axis[k], p->side[k]), t + h, z + DRAWS * k * FK_BLOCK,
                  reach + k * FK_BLOCK, old, x, ends, rest);
}

void fk_partial_absorb(const fk_partial *p, const fk_domain *d, const uint8_t *ends,
                       double *const *x, uint8_t *status)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        for (size_t k = 0; k < p->n && status[j] == FK_ALIVE; k++) {
            if (ends[j] != fk_status_of_face(p->axis[k], p->side[k]))
                continue;
            status[j] = ends[j];
            x[p->axis[k]][j] = face_of(d, p->axis[k], p->side[k]);
        }
}
