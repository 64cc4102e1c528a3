#include "plots/arrows.h"

#include <math.h>
#include <stdlib.h>

#include "plots/view.h"

enum { ARROWS = 26 };

static const double spacings =
    1.6; /* length of the longest arrow, in arrow distances */

/* Joined cells of both components: j[2][cells]; NULL if the canvas failed. */
static double *joined(const double *const *u, const fk_view *v, fk_canvas *c)
{
    const size_t cells = fk_grid_cells(&v->grid);
    double *j = fk_canvas_doubles(c, 2 * cells);
    for (size_t i = 0; j != NULL && i < 2; i++)
        fk_view_average(v, u[i], j + i * cells);
    return j;
}

/* Largest component in arrow distances per unit of arrow length. */
static double longest(const fk_view *v, const double *j)
{
    const size_t cells = fk_grid_cells(&v->grid);
    const double hx = fk_axis_width(&v->grid.axis[0]),
                 hy = fk_axis_width(&v->grid.axis[1]);
    double most = 0;
    for (size_t k = 0; k < cells; k++)
        most = fmax(most, hypot(j[k] / hx, j[cells + k] / hy));
    return most;
}

static void write_rows(FILE *out, const char *const label[2], const fk_view *v,
                       const double *j)
{
    const size_t cells = fk_grid_cells(&v->grid);
    const double most = longest(v, j), scale = most > 0 ? spacings / most : 0;
    const double hx = fk_axis_width(&v->grid.axis[0]);
    const double hy = fk_axis_width(&v->grid.axis[1]);
    const fk_grid even = fk_grid_even(&v->grid);
    fprintf(out, "# middle: %s\t%s, then arrow = current times %.6g\n", label[0],
            label[1], scale);
    for (size_t k = 0; k < cells; k++) {
        double x[FK_GRID_DIM];
        if (hypot(j[k] / hx, j[cells + k] / hy) < 0.02 * most)
            continue;
        fk_grid_centre(&even, k, x);
        fprintf(out, "%.6g\t%.6g\t%.6g\t%.6g\n", x[0], x[1], scale * j[k],
                scale * j[cells + k]);
    }
}

void fk_arrows_write(fk_canvas *c, const char *name, const char *const label[2],
                     const fk_grid *g, const double *const *u)
{
    const fk_view v = fk_view_make(g, ARROWS);
    double *j = joined(u, &v, c);
    FILE *out = j != NULL ? fk_canvas_data(c, name) : NULL;
    if (out != NULL)
        write_rows(out, label, &v, j);
    fk_canvas_close(c, out);
    free(j);
}
