/* Exits as fields, series and pictures. */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/analysis_exit.h"
#include "plots/label.h"

/* Standard deviations [cells] of the exit time, to be freed. */
static double *spread(const fk_exit_times *e)
{
    double *sd = fk_doubles(e->cells);
    for (size_t c = 0; sd != NULL && c < e->cells; c++)
        sd[c] = isfinite(e->square[c])
                    ? sqrt(fmax(e->square[c] - e->mean[c] * e->mean[c], 0.0))
                    : (double)NAN;
    return sd;
}

/* ---- results.nc ---- */

/* "probability_x_from", "exit_density_x_from" */
static void name_face(const fk_netcdf *file, const char *what, const fk_exit_face *f,
                      size_t size, char *name)
{
    snprintf(name, size, "%s_%.150s_%s", what, file->name[f->axis].text,
             f->side == 0 ? "from" : "to");
}

static void keep_course(const fk_analysis_grid *g, const fk_exit_found *f,
                        fk_netcdf *file)
{
    const fk_problem *p = g->request->problem;
    const fk_exit_course *c = &f->course;
    char rate[64], name[192];
    const int time =
        fk_netcdf_coordinate(file, "exit_time", FK_EXIT_TIMES,
                             "time since the initial law", p->time_unit, c->time);
    fk_rate_unit(p, rate);
    fk_netcdf_series(file, "survival", time, "probability of being inside", "1",
                     c->inside);
    for (size_t k = 0; k < f->times.n_faces; k++) {
        name_face(file, "exit_density", &f->times.face[k], sizeof name, name);
        fk_netcdf_series(file, name, time, "density of the exit time through this face",
                         rate, c->leaving[k]);
    }
}

void fk_exit_keep(const fk_analysis_grid *g, fk_netcdf *file)
{
    const fk_exit_found *f = g->found;
    const char *unit = g->request->problem->time_unit;
    char name[192];
    double *sd = spread(&f->times);
    fk_netcdf_field(file, "mean_exit_time", "mean exit time from here", unit,
                    f->times.mean, FK_NETCDF_PLAIN);
    if (sd != NULL)
        fk_netcdf_field(file, "exit_time_deviation", "standard deviation of it", unit,
                        sd, FK_NETCDF_PLAIN);
    for (size_t k = 0; k < f->times.n_faces; k++) {
        name_face(file, "probability", &f->times.face[k], sizeof name, name);
        fk_netcdf_field(file, name, "probability of leaving through this face", "1",
                        f->times.face[k].probability, FK_NETCDF_PLAIN);
    }
    if (f->course.time != NULL)
        keep_course(g, f, file);
    free(sd);
}

/* ---- pictures ---- */

static void draw_course(const fk_analysis_grid *g, fk_gallery *gallery,
                        const fk_exit_found *f)
{
    const fk_problem *p = g->request->problem;
    const fk_exit_course *c = &f->course;
    char title[256], rate[64];
    fk_label name[2 * FK_GRID_DIM];
    fk_curve curve[2 * FK_GRID_DIM];
    const fk_label t_label = fk_label_time_axis(p);
    for (size_t k = 0; k < f->times.n_faces; k++) {
        name[k] = fk_label_face(p, f->times.face[k].axis, f->times.face[k].side);
        curve[k] = (fk_curve){name[k].text, FK_EXIT_TIMES, c->time, c->leaving[k],
                              FK_PEN_LINE};
    }
    snprintf(title, sizeof title, "%s: density of the exit time, by face", p->name);
    const fk_label y_label = fk_label_unit("density", fk_rate_unit(p, rate));
    fk_gallery_curves(gallery, &(fk_curves){.name = "exit_density",
                                            .title = title,
                                            .x_label = t_label.text,
                                            .y_label = y_label.text,
                                            .from_zero = true,
                                            .n = f->times.n_faces,
                                            .curve = curve});
    const fk_curve survival = {NULL, FK_EXIT_TIMES, c->time, c->inside, FK_PEN_LINE};
    snprintf(title, sizeof title, "%s: survival", p->name);
    fk_gallery_curves(gallery, &(fk_curves){.name = "survival",
                                            .title = title,
                                            .x_label = t_label.text,
                                            .y_label = "probability of being inside",
                                            .from_zero = true,
                                            .n = 1,
                                            .curve = &survival});
}

static void draw_line(const fk_analysis_grid *g, fk_gallery *gallery,
                      const fk_exit_times *e, const double *sd)
{
    const fk_problem *p = g->request->problem;
    char title[256];
    fk_label name[2 * FK_GRID_DIM];
    double *x = fk_analysis_centres(&g->domain.grid);
    if (x == NULL)
        return;
    const fk_label x_label = fk_label_axis(p, 0);
    fk_curve curve[2 * FK_GRID_DIM] = {
        {"mean", e->cells, x, e->mean, FK_PEN_LINE},
        {"standard deviation", e->cells, x, sd, FK_PEN_DASHES}};
    snprintf(title, sizeof title, "%s: exit time from each start", p->name);
    fk_gallery_curves(gallery, &(fk_curves){.name = "exit_time",
                                            .title = title,
                                            .x_label = x_label.text,
                                            .y_label = "exit time",
                                            .axis = &g->domain.grid.axis[0],
                                            .from_zero = true,
                                            .n = 2,
                                            .curve = curve});
    for (size_t k = 0; k < e->n_faces; k++) {
        name[k] = fk_label_face(p, e->face[k].axis, e->face[k].side);
        curve[k] =
            (fk_curve){name[k].text, e->cells, x, e->face[k].probability, FK_PEN_LINE};
    }
    snprintf(title, sizeof title, "%s: which face, from each start", p->name);
    fk_gallery_curves(gallery, &(fk_curves){.name = "splitting",
                                            .title = title,
                                            .x_label = x_label.text,
                                            .y_label = "probability of leaving there",
                                            .axis = &g->domain.grid.axis[0],
                                            .from_zero = true,
                                            .n = e->n_faces,
                                            .curve = curve});
    free(x);
}

static void draw_maps(const fk_analysis_grid *g, fk_gallery *gallery,
                      const fk_exit_times *e, const double *sd)
{
    const fk_problem *p = g->request->problem;
    char title[256];
    fk_label name[2 * FK_GRID_DIM];
    fk_map map[2 * FK_GRID_DIM] = {{"mean exit time", e->mean, false},
                                   {"its standard deviation", sd, false}};
    snprintf(title, sizeof title, "%s: exit time from each start", p->name);
    fk_maps picture = {.name = "exit_time",
                       .title = title,
                       .grid = &g->domain.grid,
                       .n = 2,
                       .map = map};
    fk_gallery_maps(gallery, &picture);
    for (size_t k = 0; k < e->n_faces; k++) {
        name[k] = fk_label_face(p, e->face[k].axis, e->face[k].side);
        map[k] = (fk_map){name[k].text, e->face[k].probability, false};
    }
    snprintf(title, sizeof title, "%s: probability of leaving through", p->name);
    picture.name = "splitting";
    picture.n = e->n_faces;
    if (e->n_faces > 1)
        fk_gallery_maps(gallery, &picture);
}

void fk_exit_draw(const fk_analysis_grid *g, fk_gallery *gallery)
{
    const fk_exit_found *f = g->found;
    double *sd = spread(&f->times);
    if (f->course.time != NULL)
        draw_course(g, gallery, f);
    if (sd != NULL && g->domain.grid.dim == 1)
        draw_line(g, gallery, &f->times, sd);
    if (sd != NULL && g->domain.grid.dim > 1)
        draw_maps(g, gallery, &f->times, sd);
    free(sd);
}
