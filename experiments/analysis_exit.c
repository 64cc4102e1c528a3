/* When and through which face the motion leaves. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "experiments/analysis.h"
#include "experiments/solution.h"
#include "pde/exit_times.h"
#include "plots/label.h"
#include "solvers/spline.h"

extern const fk_analysis fk_analysis_exit;

enum { TIMES = 201 };

/* The forward equation from the initial law, on the finest grid. */
typedef struct course {
    double *time, *inside;            /* [TIMES] */
    double *leaving[2 * FK_GRID_DIM]; /* [TIMES] density of the exit time at a face */
    double *total;                    /* [TIMES] at all faces together */
    double mean; /* E T = int of `inside` + mean time that those left still have */
} course;

typedef struct found {
    fk_exit_times times;
    double outside; /* share of the initial law beyond the grid */
    course course;
} found;

static void clear(void *p)
{
    found *f = p;
    fk_exit_times_clear(&f->times);
    free(f->course.time);
    free(f->course.inside);
    free(f->course.total);
    for (size_t k = 0; k < 2 * FK_GRID_DIM; k++)
        free(f->course.leaving[k]);
    free(f);
}

/* ---- means over the initial law ---- */

/* True if the law is made of points alone. */
static bool is_points(const fk_mixture *m)
{
    if (m == NULL)
        return false;
    for (size_t i = 0; i < m->components * m->dim * m->dim; i++)
        if (fabs(m->cov[i]) > 0.0)
            return false;
    return true;
}

/* Value of a field at a point, by a spline through the centres. */
static fk_status value_at(const fk_grid *g, const double *u, const double *point,
                          double *value)
{
    _Alignas(FK_ALIGN) double x[FK_GRID_DIM][FK_BLOCK], out[FK_BLOCK];
    double *c = fk_doubles(fk_spline_size(g));
    if (c == NULL)
        return FK_ENOMEM;
    for (size_t a = 0; a < g->dim; a++)
        for (size_t k = 0; k < FK_BLOCK; k++)
            x[a][k] = point[a];
    fk_spline_fit(g, u, c);
    fk_spline_value(g, c, (const double *const[]){x[0], x[1], x[2]}, out);
    free(c);
    *value = out[0];
    return FK_OK;
}

static bool all_finite(const double *u, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(u[i]))
            return false;
    return true;
}

/* int p0 u: at points by interpolation, else by the cell averages p0[cells] of the part
 * that lies on the grid. */
static fk_status expect(const fk_analysis_grid *g, const double *p0, const double *u,
                        double *mean)
{
    const fk_grid *grid = &g->domain.grid;
    const fk_mixture *m = fk_law_mixture(g->request->problem->initial);
    const size_t cells = g->generator->cells;
    double weight = 0.0;
    *mean = 0.0;
    if (is_points(m) && grid->dim <= 2 && all_finite(u, cells)) {
        for (size_t k = 0; k < m->components; k++) {
            double value;
            FK_TRY(value_at(grid, u, m->mean + k * m->dim, &value));
            *mean += m->weight[k] * value;
        }
        return FK_OK;
    }
    for (size_t c = 0; c < cells; c++)
        if (p0[c] > 0.0) {
            *mean += p0[c] * u[c];
            weight += p0[c];
        }
    *mean /= weight;
    return FK_OK;
}

static fk_status add_face(fk_analysis_grid *g, const double *p0, const fk_exit_face *f)
{
    const fk_problem *p = g->request->problem;
    const fk_label face = fk_label_face(p, f->axis, f->side);
    double probability, time;
    FK_TRY(expect(g, p0, f->probability, &probability));
    FK_TRY(expect(g, p0, f->time, &time));
    fk_analysis_number(g, probability, "1", "probability of %s", face.text);
    fk_analysis_number(g, time / probability, fk_time_unit(p), "mean time given %s",
                       face.text);
    return FK_OK;
}

static fk_status add_numbers(fk_analysis_grid *g, found *f)
{
    const fk_problem *p = g->request->problem;
    double mean = 0.0, square = 0.0;
    double *p0 = fk_doubles(g->generator->cells);
    fk_status status = p0 != NULL ? FK_OK : FK_ENOMEM;
    if (status == FK_OK)
        status = fk_law_project(p->initial, &g->domain.grid, p0, &f->outside);
    if (status == FK_OK)
        status = expect(g, p0, f->times.mean, &mean);
    if (status == FK_OK)
        status = expect(g, p0, f->times.square, &square);
    if (status == FK_OK) {
        const double variance = isfinite(square) ? square - mean * mean : square;
        fk_analysis_number(g, mean, fk_time_unit(p), "mean exit time");
        fk_analysis_number(g, sqrt(variance), fk_time_unit(p),
                           "standard deviation of it");
    }
    for (size_t k = 0; k < f->times.n_faces && status == FK_OK; k++)
        status = add_face(g, p0, &f->times.face[k]);
    free(p0);
    return status;
}

/* ---- through time ---- */

static fk_status make_course(const fk_exit_times *e, course *c)
{
    c->time = fk_doubles(TIMES);
    c->inside = fk_doubles(TIMES);
    c->total = fk_doubles(TIMES);
    bool all = c->time != NULL && c->inside != NULL && c->total != NULL;
    for (size_t k = 0; k < e->n_faces; k++)
        all = (c->leaving[k] = fk_doubles(TIMES)) != NULL && all;
    return all ? FK_OK : FK_ENOMEM;
}

/* Mass inside and what each face takes at this time. */
static void record(const fk_generator *g, const fk_exit_times *e, const double *p,
                   size_t i, course *c)
{
    const double volume = fk_grid_volume(&g->domain.grid);
    c->inside[i] = fk_density_mass(&g->domain.grid, p);
    for (size_t k = 0; k < g->n_outs; k++) {
        const fk_way_out *out = &g->out[k];
        const double flow = out->rate * p[out->cell] * volume;
        size_t face = 0;
        while (e->face[face].axis != out->axis || e->face[face].side != out->side)
            face++;
        c->leaving[face][i] += flow;
        c->total[i] += flow;
    }
}

/* E T: time spent inside until the end, by Simpson's rule, and what is left then. */
static void sum_mean(const fk_generator *g, const fk_exit_times *e, const double *p,
                     course *c)
{
    const double h = c->time[1] - c->time[0];
    double sum = 0.0, rest = 0.0;
    for (size_t i = 0; i < TIMES; i++)
        sum += (i == 0 || i + 1 == TIMES ? 1.0 : i % 2 == 1 ? 4.0 : 2.0) * c->inside[i];
    for (size_t k = 0; k < g->cells; k++)
        rest += p[k] * e->mean[k];
    c->mean = sum * h / 3.0 + rest * fk_grid_volume(&g->domain.grid);
}

/* By finite volumes, to whose generator the exit times belong. */
static fk_status follow(const fk_analysis_grid *g, found *f, fk_message *message)
{
    const fk_problem *p = g->request->problem;
    const fk_pde_method *method = fk_pde_method_find("finite-volume");
    fk_solver *s = NULL;
    FK_TRY(make_course(&f->times, &f->course));
    fk_status status = fk_solution_new(p, g->request->methods, method, 1, &s, message);
    const fk_progress all = fk_terminal_progress(g->request->terminal);
    const fk_progress stop_only = {.stopped = all.stopped, .context = all.context};
    for (size_t i = 0; i < TIMES && status == FK_OK; i++) {
        const double share = (double)i / (double)(TIMES - 1);
        f->course.time[i] = p->start + share * (p->end - p->start);
        status = fk_solver_advance(s, f->course.time[i], &stop_only, message);
        if (status == FK_OK)
            record(g->generator, &f->times, fk_solver_density(s), i, &f->course);
    }
    if (status == FK_OK)
        sum_mean(g->generator, &f->times, fk_solver_density(s), &f->course);
    fk_solver_free(s);
    return status;
}

static fk_status solve(fk_analysis_grid *g, fk_message *message)
{
    if (g->generator->n_outs == 0)
        return fk_fail(message, FK_EDOMAIN,
                       "no face absorbs or is open, so nothing ever leaves: every exit "
                       "time is infinite");
    found *f = calloc(1, sizeof *f);
    if (f == NULL)
        return FK_ENOMEM;
    g->found = f;
    FK_TRY(fk_exit_times_solve(g->generator, &f->times, message));
    FK_TRY(add_numbers(g, f));
    return g->finest == NULL && g->request->problem->pde.on ? follow(g, f, message)
                                                            : FK_OK;
}

static void tell(fk_findings *f)
{
    const fk_analysis_grid *g = &f->grid[0];
    const found *own = g->found;
    if (!own->times.escapes)
        fk_analysis_note(f,
                         "from some places the motion may never leave: there the mean "
                         "exit time is infinite, and probabilities add up to less "
                         "than 1");
    if (fk_domain_has(&g->domain, FK_OPEN))
        fk_analysis_note(f,
                         "leaving through an open face counts too, although it only "
                         "cuts free space off: make it reflecting or move it away if "
                         "its probability matters");
    if (own->outside > 1e-9)
        fk_analysis_note(f,
                         "%.2g of the initial law lies beyond the grid and is left "
                         "out",
                         own->outside);
    if (own->times.rounding > 1e-9)
        fk_analysis_note(
            f,
            "leaving is rare: rounding alone makes a relative error of %.1g "
            "in all of these",
            own->times.rounding);
    if (own->course.time == NULL)
        return;
    fk_analysis_note(f,
                     "by t = %.6g a share of %.6g has left, by the forward equation "
                     "from the initial law",
                     own->course.time[TIMES - 1], 1.0 - own->course.inside[TIMES - 1]);
    if (isfinite(own->course.mean))
        fk_analysis_note(f,
                         "mean exit time by the forward equation, with the backward "
                         "one's for what is inside at the end: %.8g (same grid, "
                         "backward alone: %.8g)",
                         own->course.mean, g->number[0].value);
}

/* ---- pictures ---- */

static void draw_course(const fk_analysis_grid *g, fk_gallery *gallery, const found *f)
{
    const fk_problem *p = g->request->problem;
    const course *c = &f->course;
    char title[256], rate[64];
    fk_label name[2 * FK_GRID_DIM];
    fk_curve curve[2 * FK_GRID_DIM];
    const fk_label t_label = fk_label_time_axis(p);
    for (size_t k = 0; k < f->times.n_faces; k++) {
        name[k] = fk_label_face(p, f->times.face[k].axis, f->times.face[k].side);
        curve[k] = (fk_curve){name[k].text, TIMES, c->time, c->leaving[k], FK_PEN_LINE};
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
    const fk_curve survival = {NULL, TIMES, c->time, c->inside, FK_PEN_LINE};
    snprintf(title, sizeof title, "%s: survival", p->name);
    fk_gallery_curves(gallery, &(fk_curves){.name = "survival",
                                            .title = title,
                                            .x_label = t_label.text,
                                            .y_label = "probability of being inside",
                                            .from_zero = true,
                                            .n = 1,
                                            .curve = &survival});
}

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

static void draw(const fk_analysis_grid *g, fk_gallery *gallery)
{
    const found *f = g->found;
    double *sd = spread(&f->times);
    if (f->course.time != NULL)
        draw_course(g, gallery, f);
    if (sd != NULL && g->domain.grid.dim == 1)
        draw_line(g, gallery, &f->times, sd);
    if (sd != NULL && g->domain.grid.dim == 2)
        draw_maps(g, gallery, &f->times, sd);
    free(sd);
}

const fk_analysis fk_analysis_exit = {
    .name = "exit",
    .summary = "when and through which face paths leave: means, densities, splitting",
    .solve = solve,
    .clear = clear,
    .tell = tell,
    .draw = draw,
};
