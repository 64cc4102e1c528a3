/* Pictures and fields that several analyses share. */
#include <stdlib.h>

#include "core/density.h"
#include "core/memory.h"
#include "experiments/analysis.h"
#include "plots/label.h"

double *fk_analysis_centres(const fk_grid *g)
{
    double *x = fk_doubles(g->axis[0].cells);
    for (size_t i = 0; x != NULL && i < g->axis[0].cells; i++)
        x[i] = fk_axis_centre(&g->axis[0], i);
    return x;
}

static void draw_line(const fk_problem *p, const fk_grid *g, size_t axis,
                      fk_gallery *gallery, const char *name, const char *title,
                      const double *y)
{
    const fk_grid line = fk_grid_make(1, &g->axis[axis]);
    double *x = fk_analysis_centres(&line);
    const fk_label x_label = fk_label_axis(p, axis);
    const fk_curve curve = {NULL, g->axis[axis].cells, x,
                            y,    FK_PEN_LINE,         .density = true};
    if (x != NULL)
        fk_gallery_curves(gallery, &(fk_curves){.name = name,
                                                .title = title,
                                                .x_label = x_label.text,
                                                .y_label = "density",
                                                .axis = &line.axis[0],
                                                .from_zero = true,
                                                .n = 1,
                                                .curve = &curve});
    free(x);
}

static void draw_marginals(const fk_problem *p, const fk_grid *g, fk_gallery *gallery,
                           const char *name, const char *title, const double *density)
{
    for (size_t a = 0; a < g->dim; a++) {
        char file[96];
        double *m = fk_doubles(g->axis[a].cells);
        if (m == NULL)
            return;
        fk_density_marginal(g, density, a, m);
        snprintf(file, sizeof file, "%s_%zu", name, a + 1);
        draw_line(p, g, a, gallery, file, title, m);
        free(m);
    }
}

void fk_draw_density(const fk_analysis_grid *g, fk_gallery *gallery, const char *name,
                     const char *title, const double *p)
{
    const fk_problem *problem = g->request->problem;
    const fk_grid *grid = &g->domain.grid;
    const fk_map map = {"density", p, .density = true};
    if (grid->dim == 1)
        draw_line(problem, grid, 0, gallery, name, title, p);
    else if (grid->dim == 2)
        fk_gallery_maps(
            gallery,
            &(fk_maps){
                .name = name, .title = title, .grid = grid, .n = 1, .map = &map});
    else
        draw_marginals(problem, grid, gallery, name, title, p);
}

void fk_keep_density(fk_netcdf *file, const char *name, const char *about,
                     const double *p)
{
    fk_netcdf_field(file, name, about, fk_netcdf_density_unit(file).text, p,
                    FK_NETCDF_DENSITY);
}

void fk_keep_current(fk_netcdf *file, const char *about, double *const *J)
{
    for (size_t i = 0; i < file->domain->grid.dim; i++) {
        char name[sizeof file->name[i].text + 8];
        snprintf(name, sizeof name, "current_%s", file->name[i].text);
        fk_netcdf_field(file, name, about, fk_netcdf_current_unit(file, i).text, J[i],
                        i);
    }
}
