#include "sampling/bridge.h"

#include <math.h>

#include "sampling/boundary.h"

fk_status fk_bridge_init(fk_bridge *b, const fk_sde *sde, const fk_domain *domain)
{
    const fk_expr *e[FK_GRID_DIM];
    *b = (fk_bridge){0};
    for (size_t i = 0; i < sde->dim; i++) {
        if (domain->face[i][0] != FK_ABSORBING && domain->face[i][1] != FK_ABSORBING)
            continue;
        e[b->n_axes] = sde->diffusion[i * sde->dim + i];
        b->axis[b->n_axes++] = i;
    }
    return fk_entries_new(sde, b->n_axes, e, &b->tensor);
}

void fk_bridge_clear(fk_bridge *b)
{
    fk_entries_clear(&b->tensor);
    *b = (fk_bridge){0};
}

size_t fk_bridge_draws(const fk_bridge *b)
{
    return 2 * b->n_axes;
}

/* Rows: s^2 h / 2, and which side each path met (0: none). */
size_t fk_bridge_scratch(const fk_bridge *b)
{
    return 2 * FK_BLOCK + fk_entries_scratch(&b->tensor);
}

/* side = 1 for a face met at lo, 2 at hi, 0 for none; `reach` is s^2 h / 2.  A face that
 * does not absorb is infinitely far.  Returns how many met one. */
FK_CLONES static double find_met(const double *from, const double *to,
                                 const double *restrict z1, const double *restrict z2,
                                 const double *restrict reach,
                                 const double *restrict old, const double *restrict x,
                                 double *restrict side)
{
    const double lo = to[0], hi = to[1], old_lo = from[0], old_hi = from[1];
    double met = 0.0;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double low = (old[j] - old_lo) * (x[j] - lo);
        const double high = (old_hi - old[j]) * (hi - x[j]);
        const double nearer = low < high ? low : high;
        const double exponential = 0.5 * (z1[j] * z1[j] + z2[j] * z2[j]);
        const double inside =
            (x[j] > lo) & (x[j] < hi) & (exponential * reach[j] > nearer);
        side[j] = inside * (low < high ? 1.0 : 2.0);
        met += side[j];
    }
    return met;
}

static void end(const fk_domain *d, size_t axis, const double *side, double *const *x,
                uint8_t *status)
{
    const fk_axis *a = &d->grid.axis[axis];
    for (size_t j = 0; j < FK_BLOCK; j++) {
        if (side[j] == 0.0 || status[j] != FK_ALIVE)
            continue;
        const size_t face = side[j] > 1.0;
        status[j] = fk_status_of_face(axis, face);
        x[axis][j] = face == 0 ? a->lo : a->hi;
    }
}

static void faces_of(const fk_domain *d, size_t i, double face[2])
{
    face[0] = d->face[i][0] == FK_ABSORBING ? d->grid.axis[i].lo : -HUGE_VAL;
    face[1] = d->face[i][1] == FK_ABSORBING ? d->grid.axis[i].hi : HUGE_VAL;
}

void fk_bridge_absorb(const fk_bridge *b, const fk_domain *from, const fk_domain *to,
                      double t, double h, const double *z, const double *const *old,
                      double *const *x, uint8_t *status, double *scratch)
{
    double *reach = scratch, *side = reach + FK_BLOCK;
    double *const *rows = fk_entries_eval(&b->tensor, t, old, side + FK_BLOCK);
    for (size_t k = 0; k < b->n_axes; k++) {
        const size_t i = b->axis[k];
        double before[2], after[2];
        faces_of(from, i, before);
        faces_of(to, i, after);
        for (size_t j = 0; j < FK_BLOCK; j++)
            reach[j] = h * fk_entry_value(&b->tensor.entry[k], rows, j);
        if (find_met(before, after, z, z + FK_BLOCK, reach, old[i], x[i], side) > 0.0)
            end(to, i, side, x, status);
        z += 2 * FK_BLOCK;
    }
}
