#include "pde/generator.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "pde/direction.h"

/* Room for every link and exit, and the steps of each direction, forth and back. */
static fk_status allocate(fk_generator *g, size_t n, const fk_direction *d)
{
    size_t places = 0, exits = 0;
    for (size_t k = 0; k < n; k++) {
        places += d[k].tiles * d[k].tile;
        exits += d[k].n_exits;
    }
    g->link = fk_alloc(places, sizeof *g->link);
    g->out = fk_alloc(exits, sizeof *g->out);
    g->steps = fk_alloc(2 * n, sizeof *g->steps);
    if (g->link == NULL || g->out == NULL || g->steps == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < n; k++)
        for (size_t a = 0; a < FK_GRID_DIM; a++) {
            g->steps[2 * k][a] = d[k].delta[a];
            g->steps[2 * k + 1][a] = -d[k].delta[a];
        }
    return FK_OK;
}

static size_t flat(const fk_grid *g, const size_t index[FK_GRID_DIM])
{
    return index[0] + g->axis[0].cells * (index[1] + g->axis[1].cells * index[2]);
}

/* cell[place] of one tile; places that no line uses get FK_NO_CELL. */
static void list_cells(const fk_direction *d, size_t tile, size_t *cell)
{
    const size_t w = d->shape.lanes;
    fk_cursor c = fk_direction_start(d, tile, 0);
    for (; c.row < d->shape.rows; fk_direction_next(d, &c))
        for (size_t l = 0; l < w; l++) {
            size_t index[FK_GRID_DIM];
            if (l < c.lanes)
                fk_direction_cell(d, &c, l, index);
            cell[c.row * w + l] =
                l < c.lanes ? flat(&d->domain.grid, index) : FK_NO_CELL;
        }
}

static void add_links(fk_generator *g, const fk_direction *d, size_t tile,
                      const size_t *cell, const double *step)
{
    const size_t w = d->shape.lanes, n = d->tile;
    const double *up = d->up + tile * n, *dn = d->dn + tile * n;
    for (size_t k = 0; k < n; k++) {
        const size_t next = k + w < n ? k + w : k + w - n;
        const bool moves = up[k] > 0.0 || up[k] < 0.0 || dn[k] > 0.0 || dn[k] < 0.0;
        if (moves && cell[k] != cell[next])
            g->link[g->n_links++] = (fk_link){cell[k], cell[next], up[k], dn[k], step};
    }
}

static void add_outs(fk_generator *g, const fk_direction *d, size_t tile,
                     const size_t *cell, double (*steps)[FK_GRID_DIM])
{
    for (size_t e = d->first_exit[tile]; e < d->first_exit[tile + 1]; e++)
        if (d->sink[e].rate > 0.0)
            g->out[g->n_outs++] =
                (fk_way_out){cell[d->sink[e].place], d->exit[e].axis, d->exit[e].side,
                             d->sink[e].rate, steps[d->exit[e].way > 0 ? 0 : 1]};
}

static fk_status fill(fk_generator *g, size_t n, const fk_direction *d)
{
    for (size_t k = 0; k < n; k++) {
        size_t *cell = fk_alloc(d[k].tile, sizeof *cell);
        if (cell == NULL)
            return FK_ENOMEM;
        for (size_t tile = 0; tile < d[k].tiles; tile++) {
            list_cells(&d[k], tile, cell);
            add_links(g, &d[k], tile, cell, g->steps[2 * k]);
            add_outs(g, &d[k], tile, cell, g->steps + 2 * k);
        }
        free(cell);
    }
    return FK_OK;
}

static fk_status check_rates(const fk_generator *g, const char *flux,
                             fk_message *message)
{
    for (size_t k = 0; k < g->n_links; k++)
        if (!(g->link[k].up >= 0.0 && g->link[k].dn >= 0.0))
            return fk_fail(
                message, FK_EDOMAIN,
                "with the flux '%s' a rate between cells is negative, so they "
                "are no Markov process; take a positive one (fokker list "
                "fluxes) or finer cells",
                flux);
    return FK_OK;
}

fk_status fk_generator_new(const fk_fokker_planck *fp, fk_generator **out,
                           fk_message *message)
{
    size_t n;
    const fk_direction *d = fk_fokker_planck_directions(fp, &n);
    *out = NULL;
    if (fk_fokker_planck_flux(fp)->reach > 1)
        return fk_fail(message, FK_EDOMAIN,
                       "the flux '%s' looks at more than two cells and is no Markov "
                       "process between them; take one that does not (fokker list "
                       "fluxes)",
                       fk_fokker_planck_flux(fp)->name);
    fk_generator *g = calloc(1, sizeof *g);
    if (g == NULL)
        return fk_fail(message, FK_ENOMEM, "no memory for the generator");
    g->domain = *fk_fokker_planck_domain(fp);
    g->cells = fk_grid_cells(&g->domain.grid);
    g->fastest = fk_fokker_planck_max_rate(fp);
    fk_status status = allocate(g, n, d);
    if (status == FK_OK)
        status = fill(g, n, d);
    if (status == FK_ENOMEM)
        fk_fail(message, status, "no memory for the generator");
    if (status == FK_OK)
        status = check_rates(g, fk_fokker_planck_flux(fp)->name, message);
    if (status != FK_OK) {
        fk_generator_free(g);
        return status;
    }
    *out = g;
    return FK_OK;
}

void fk_generator_free(fk_generator *g)
{
    if (g == NULL)
        return;
    free(g->link);
    free(g->out);
    free(g->steps);
    free(g);
}

/* The entries of shift - L; a link whose other end is left out loses mass there. */
static size_t list_entries(const fk_generator *g, double shift, const size_t *index,
                           fk_sparse_entry *e)
{
    size_t m = 0;
    for (size_t c = 0; c < g->cells; c++) {
        const size_t i = index != NULL ? index[c] : c;
        if (i != FK_NO_CELL)
            e[m++] = (fk_sparse_entry){i, i, shift};
    }
    for (size_t k = 0; k < g->n_links; k++) {
        const fk_link *l = &g->link[k];
        const size_t i = index != NULL ? index[l->from] : l->from;
        const size_t j = index != NULL ? index[l->to] : l->to;
        if (i != FK_NO_CELL)
            e[m++] = (fk_sparse_entry){i, i, l->up};
        if (j != FK_NO_CELL)
            e[m++] = (fk_sparse_entry){j, j, l->dn};
        if (i == FK_NO_CELL || j == FK_NO_CELL)
            continue;
        e[m++] = (fk_sparse_entry){j, i, -l->up};
        e[m++] = (fk_sparse_entry){i, j, -l->dn};
    }
    for (size_t k = 0; k < g->n_outs; k++) {
        const size_t i = index != NULL ? index[g->out[k].cell] : g->out[k].cell;
        if (i != FK_NO_CELL)
            e[m++] = (fk_sparse_entry){i, i, g->out[k].rate};
    }
    return m;
}

fk_status fk_generator_factor(const fk_generator *g, double shift, const size_t *index,
                              size_t n, fk_sparse_lu **out, fk_message *message)
{
    *out = NULL;
    fk_sparse_entry *entry =
        fk_alloc(g->cells + 4 * g->n_links + g->n_outs, sizeof *entry);
    if (entry == NULL)
        return fk_fail(message, FK_ENOMEM, "no memory for the generator's matrix");
    const size_t m = list_entries(g, shift, index, entry);
    const fk_status status = fk_sparse_lu_new(n, m, entry, out, message);
    free(entry);
    return status;
}
