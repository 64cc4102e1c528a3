#include "core/density_draw.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"

/* The first cell whose cumulative mass is above the level. */
static size_t cell_at(const double *cumulative, size_t cells, double level)
{
    size_t low = 0, high = cells - 1;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (cumulative[middle] > level)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void place(const fk_grid *g, size_t cell, const double (*u)[FK_BLOCK], size_t j,
                  double *x)
{
    for (size_t i = 0; i < g->dim; i++) {
        const size_t along = cell % g->axis[i].cells;
        x[i] = fk_axis_at(&g->axis[i], (double)along + u[i + 1][j]);
        cell /= g->axis[i].cells;
    }
}

static void draw(const fk_grid *g, const double *cumulative, size_t n, uint64_t seed,
                 fk_purpose purpose, double *x)
{
    const size_t cells = fk_grid_cells(g);
    double u[FK_GRID_DIM + 1][FK_BLOCK];
    fk_streams streams;
    for (size_t first = 0; first < n; first += FK_BLOCK) {
        fk_streams_seed(&streams, seed, purpose, first);
        for (size_t i = 0; i <= g->dim; i++)
            fk_streams_uniform(&streams, u[i]);
        for (size_t j = 0; j < FK_BLOCK && first + j < n; j++)
            place(g, cell_at(cumulative, cells, u[0][j] * cumulative[cells - 1]),
                  (const double(*)[FK_BLOCK])u, j, x + (first + j) * g->dim);
    }
}

fk_status fk_density_draw(const fk_grid *g, const double *p, size_t n, uint64_t seed,
                          fk_purpose purpose, double *x)
{
    const size_t cells = fk_grid_cells(g);
    double *cumulative = fk_doubles(cells), sum = 0.0;
    if (cumulative == NULL)
        return FK_ENOMEM;
    for (size_t c = 0; c < cells; c++)
        cumulative[c] = sum += fmax(p[c], 0.0);
    const fk_status status = sum > 0.0 && isfinite(sum) ? FK_OK : FK_EDOMAIN;
    if (status == FK_OK)
        draw(g, cumulative, n, seed, purpose, x);
    free(cumulative);
    return status;
}
