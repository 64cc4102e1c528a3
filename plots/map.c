#include "plots/map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "plots/view.h"

enum { JUDGED_CELLS = 64, LEAST_EXPECTED = 5 };

void fk_map_difference(fk_canvas *c, const char *name, const fk_grid *g, double count,
                       const double *sample, const double *law)
{
    const fk_view v = fk_view_make(g, JUDGED_CELLS);
    const size_t cells = fk_grid_cells(&v.grid);
    const double volume = fk_grid_volume(&v.grid);
    double *z = fk_canvas_doubles(c, 2 * cells);
    if (z == NULL)
        return;
    double *q = z + cells;
    fk_view_average(&v, sample, z);
    fk_view_average(&v, law, q);
    for (size_t i = 0; i < cells; i++) {
        const double expected = q[i] * volume;
        const double error = sqrt(expected * fmax(1 - expected, 0) / count);
        z[i] = expected * count >= LEAST_EXPECTED && error > 0
                   ? (z[i] * volume - expected) / error
                   : (double)NAN;
    }
    fk_canvas_matrix(c, name, &v.grid.axis[0], &v.grid.axis[1], z);
    free(z);
}

void fk_map_density(fk_canvas *c, const char *name, const fk_grid *g, size_t most,
                    const double *p)
{
    const fk_view v = fk_view_make(g, most);
    double *z = fk_canvas_doubles(c, fk_grid_cells(&v.grid));
    if (z == NULL)
        return;
    fk_view_average(&v, p, z);
    for (size_t i = 0; i < fk_grid_cells(&v.grid) && fk_grid_stretched(g); i++)
        z[i] /= fk_grid_slope(&v.grid, i);
    fk_canvas_matrix(c, name, &v.grid.axis[0], &v.grid.axis[1], z);
    free(z);
}

void fk_map_field(fk_canvas *c, const char *name, const fk_grid *g, size_t most,
                  const double *f)
{
    const fk_grid even = fk_grid_even(g);
    fk_map_density(c, name, &even, most, f);
}

double fk_map_ratio_of(const fk_grid *g)
{
    const fk_axis *x = &g->axis[0], *y = &g->axis[1];
    const double ratio = (y->hi - y->lo) / (x->hi - x->lo);
    return ratio > 0.5 && ratio < 2 && !fk_grid_stretched(g) ? ratio : 1;
}

double fk_map_ratio(const fk_problem *p)
{
    return strcmp(p->unit[0], p->unit[1]) == 0 ? fk_map_ratio_of(&p->domain.grid) : 1;
}
