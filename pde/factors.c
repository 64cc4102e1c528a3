#include "pde/factors.h"

#include <stdlib.h>

#include "core/memory.h"
#include "pde/direction.h"

fk_status fk_factors_init(fk_factors *f, const fk_fokker_planck *fp, size_t n_slots)
{
    size_t n;
    const fk_direction *d = fk_fokker_planck_directions(fp, &n);
    *f = (fk_factors){.fp = fp, .n_slots = n_slots};
    f->slot = fk_alloc(n * n_slots, sizeof *f->slot);
    if (f->slot == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < n * n_slots; k++) {
        const fk_direction *mine = &d[k / n_slots];
        f->slot[k].size = fk_lines_factor_size(&mine->shape);
        f->slot[k].factor = fk_doubles(mine->tiles * f->slot[k].size);
        if (f->slot[k].factor == NULL)
            return FK_ENOMEM;
    }
    return FK_OK;
}

void fk_factors_clear(fk_factors *f)
{
    size_t n = 0;
    if (f->slot != NULL)
        (void)fk_fokker_planck_directions(f->fp, &n);
    for (size_t k = 0; k < n * f->n_slots; k++)
        free(f->slot[k].factor);
    free(f->slot);
    *f = (fk_factors){0};
}

/* A factorisation is as large as the rates; the operator's rest is one field. */
size_t fk_factors_memory(const fk_sde *sde, const fk_grid *g, size_t n_slots)
{
    const size_t field = fk_grid_cells(g) * sizeof(double);
    return n_slots * (fk_fokker_planck_memory(sde, g) - field);
}

fk_factor_slot *fk_factors_choose(fk_factors *f, size_t i, double tau)
{
    const uint64_t revision = fk_fokker_planck_revision(f->fp);
    fk_factor_slot *best = &f->slot[i * f->n_slots];
    for (size_t k = 0; k < f->n_slots; k++) {
        fk_factor_slot *c = &f->slot[i * f->n_slots + k];
        if (c->revision == revision && c->tau == tau) {
            best = c;
            break;
        }
        if (c->used < best->used)
            best = c;
    }
    if (best->revision != revision || best->tau != tau)
        best->revision = 0;
    best->tau = tau;
    best->used = ++f->clock;
    return best;
}

void fk_factors_filled(const fk_factors *f, fk_factor_slot *slot)
{
    slot->revision = fk_fokker_planck_revision(f->fp);
}

const double *fk_factors_tile(const fk_factor_slot *slot, const fk_direction *d,
                              size_t tile)
{
    const size_t first = d->first_exit[tile], n = d->first_exit[tile + 1] - first;
    double *factor = slot->factor + tile * slot->size;
    if (slot->revision != 0)
        return factor;
    const fk_status status =
        fk_lines_factor(&d->shape, slot->tau, d->up + tile * d->tile,
                        d->dn + tile * d->tile, n, d->sink + first, factor);
    return status == FK_OK ? factor : NULL;
}
