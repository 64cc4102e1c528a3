/* What is expected of a path from each place and time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "experiments/backward.h"
#include "pde/value.h"
#include "plots/label.h"

typedef struct found {
    fk_value value;
    size_t n_times;
    double *time; /* [n_times] the start, then the problem's output times */
    fk_backward_sample sample[FK_BACKWARD_POINTS];
} found;

static void clear(void *p)
{
    found *f = p;
    fk_value_clear(&f->value);
    free(f->time);
    free(f);
}

/* ---- numbers ---- */

/* "u(0.5, 1), t = 0" */
static void add_value(fk_analysis_grid *g, const found *f, size_t point, size_t k)
{
    const fk_analysis_request *r = g->request;
    char name[80];
    size_t used = 0;
    for (size_t a = 0; a < g->domain.grid.dim; a++)
        used += (size_t)snprintf(name + used, sizeof name - used, "%s%.6g",
                                 a > 0 ? ", " : "", r->backward->point[point][a]);
    fk_analysis_number(
        g, fk_value_at(&g->domain.grid, f->value.u[k], r->backward->point[point]), "1",
        "u(%s), %.40s", name, fk_label_time(r->problem, f->time[k]).text);
    if (f->value.error != NULL)
        fk_analysis_error(g, fk_value_at(&g->domain.grid, f->value.error[k],
                                         r->backward->point[point]));
}

/* Over the initial law, then all places at the start, then at later times if there is room. */
static fk_status add_numbers(fk_analysis_grid *g, const found *f)
{
    const size_t n = g->request->backward->n_points, last = f->n_times - 1;
    double *p0 = fk_doubles(fk_grid_cells(&g->domain.grid));
    fk_status status = p0 != NULL ? FK_OK : FK_ENOMEM;
    if (status == FK_OK)
        status =
            fk_law_project(g->request->problem->initial, &g->domain.grid, p0, NULL);
    if (status == FK_OK) {
        fk_analysis_number(g, fk_analysis_mean(g, p0, f->value.u[0]), "1",
                           "over the initial law, %.40s",
                           fk_label_time(g->request->problem, f->time[0]).text);
        if (f->value.error != NULL)
            fk_analysis_error(g, fk_analysis_mean(g, p0, f->value.error[0]));
    }
    free(p0);
    const size_t times = 1 + n * last <= FK_ANALYSIS_NUMBERS ? last : 1;
    for (size_t k = 0; k < times; k++)
        for (size_t i = 0; i < n; i++)
            add_value(g, f, i, k);
    return status;
}

/* ---- solving ---- */

static fk_status set_times(const fk_problem *p, found *f)
{
    f->n_times = p->n_outputs + 1;
    f->time = fk_doubles(f->n_times);
    if (f->time == NULL)
        return FK_ENOMEM;
    f->time[0] = p->start;
    memcpy(f->time + 1, p->output, p->n_outputs * sizeof *f->time);
    return FK_OK;
}

static fk_status add_particles(const fk_analysis_request *r, found *f,
                               fk_message *message)
{
    for (size_t k = 0; r->backward->particles && k < r->backward->n_points; k++)
        FK_TRY(fk_backward_particles(r, r->backward->point[k], &f->sample[k], message));
    return FK_OK;
}

static fk_status solve(fk_analysis_grid *g, fk_message *message)
{
    const fk_analysis_request *r = g->request;
    const fk_progress progress = fk_terminal_progress(r->terminal);
    found *f = calloc(1, sizeof *f);
    if (f == NULL)
        return FK_ENOMEM;
    g->found = f;
    FK_TRY(set_times(r->problem, f));
    fk_value_task task = {.sde = r->problem->sde,
                          .domain = &g->domain,
                          .payoff = r->backward->payoff.expr,
                          .cost = r->backward->cost.expr,
                          .n_times = f->n_times,
                          .time = f->time,
                          .step = r->problem->pde.step,
                          .tolerance = r->problem->pde.tolerance,
                          .flux = r->methods->flux,
                          .stepper = r->methods->stepper};
    memcpy(task.worth, r->backward->worth, sizeof task.worth);
    if (g->finest !=
        NULL) /* the same steps: then the grids differ by their cells alone */
        task.step = (r->problem->end - r->problem->start) /
                    ((const found *)g->finest->found)->value.steps;
    FK_TRY(fk_value_solve(&task, &progress, &f->value, message));
    FK_TRY(add_numbers(g, f));
    return g->finest == NULL ? add_particles(r, f, message) : FK_OK;
}

/* ---- telling ---- */

static void tell_what(fk_findings *f)
{
    const fk_analysis_request *r = f->grid[0].request;
    const fk_backward_request *b = r->backward;
    char *rate = r->problem->sde->killing != NULL
                     ? fk_expr_print(r->problem->sde->killing, FK_EXPR_DISPLAY)
                     : NULL;
    fk_analysis_note(
        f, "u(x, t): expected of a path that is at x at time t%s%s%s%s%s",
        b->payoff.text != NULL ? ", paid at the end " : "",
        b->payoff.text != NULL ? b->payoff.text : "",
        b->cost.text != NULL ? ", at every time the rate " : "",
        b->cost.text != NULL ? b->cost.text : "",
        rate != NULL ? "; it is killed, or what is paid discounted, at the rate " : "");
    if (rate != NULL)
        strncat(f->note[f->n_notes - 1], rate,
                sizeof f->note[0] - strlen(f->note[f->n_notes - 1]) - 1);
    free(rate);
    if (fk_domain_absorbs(&r->problem->domain))
        fk_analysis_note(f, "who leaves through an absorbing face is paid %s there",
                         b->exit.text != NULL ? b->exit.text : "nothing");
    if (fk_domain_has(&r->problem->domain, FK_OPEN))
        fk_analysis_note(f,
                         "who leaves through an open face is paid nothing: choose the "
                         "domain so wide that it does not matter");
}

static void tell_samples(fk_findings *f)
{
    const fk_analysis_request *r = f->grid[0].request;
    const found *own = f->grid[0].found;
    for (size_t k = 0; r->backward->particles && k < r->backward->n_points; k++) {
        const fk_backward_sample *s = &own->sample[k];
        const fk_richardson *u = &f->limit[1 + k];
        fk_analysis_note(
            f,
            "%s by %zu particles in steps of %g: %.6g +- %.2g, %.1f standard "
            "errors from the equation's",
            f->grid[0].number[1 + k].name, r->problem->particles.count,
            r->problem->particles.step, s->mean, s->error,
            s->error > 0.0 ? (s->mean - u->value) / s->error : 0.0);
    }
}

static void tell(fk_findings *f)
{
    const fk_analysis_request *r = f->grid[0].request;
    const found *own = f->grid[0].found;
    tell_what(f);
    fk_analysis_note(
        f, "%g steps back of %s; %s", own->value.steps, r->methods->stepper->name,
        own->value.error != NULL ? "the errors above are those of steps and "
                                   "cells"
        : isinf(r->methods->stepper->order)
            ? "exact in time"
            : "as pde.step is given, the errors above know nothing of them");
    tell_samples(f);
}

static void keep(const fk_analysis_grid *g, fk_netcdf *file)
{
    const found *f = g->found;
    const int time = fk_netcdf_coordinate(file, "time", f->n_times, "time of the path",
                                          g->request->problem->time_unit, f->time);
    const int u = fk_netcdf_fields(file, "value", time,
                                   "what is expected of a path from here", "1");
    for (size_t k = 0; k < f->n_times; k++)
        fk_netcdf_put(file, u, k, f->value.u[k], FK_NETCDF_PLAIN);
}

/* ---- pictures ---- */

static const char caption[] =
    "The value function: what is expected of a path from each place at several times, "
    "by "
    "the equation backwards in time from the payoff at the end.";

enum { SHOWN = 6 };

/* The number of the k-th of n times that are shown, the first and the last among them. */
static size_t shown(const found *f, size_t n, size_t k)
{
    return n > 1 ? k * (f->n_times - 1) / (n - 1) : 0;
}

/* Particles at the start, with bars of two standard errors. */
typedef struct samples {
    double x[FK_BACKWARD_POINTS], y[FK_BACKWARD_POINTS], bar[FK_BACKWARD_POINTS];
} samples;

static samples list_samples(const fk_backward_request *b, const found *f)
{
    samples s;
    for (size_t k = 0; k < b->n_points; k++) {
        s.x[k] = b->point[k][0];
        s.y[k] = f->sample[k].mean;
        s.bar[k] = 2.0 * f->sample[k].error;
    }
    return s;
}

static void draw_line(const fk_analysis_grid *g, fk_gallery *gallery, const found *f,
                      const char *title)
{
    const fk_problem *p = g->request->problem;
    const fk_backward_request *b = g->request->backward;
    const size_t cells = fk_grid_cells(&g->domain.grid);
    const size_t n = f->n_times < SHOWN ? f->n_times : SHOWN;
    const fk_label x_label = fk_label_axis(p, 0);
    const samples s = list_samples(b, f);
    double *x = fk_analysis_centres(&g->domain.grid);
    fk_label name[SHOWN];
    fk_curve curve[SHOWN + 1];
    const double *bar[SHOWN + 1] = {NULL};
    for (size_t k = 0; k < n; k++) {
        const size_t i = shown(f, n, k);
        name[k] = fk_label_time(p, f->time[i]);
        curve[k] = (fk_curve){name[k].text, cells, x, f->value.u[i],
                              k + 1 < n ? FK_PEN_LINE : FK_PEN_DASHES};
    }
    curve[n] = (fk_curve){"particles", b->n_points, s.x, s.y, FK_PEN_RINGS};
    bar[n] = s.bar;
    if (x != NULL)
        fk_gallery_curves(gallery, &(fk_curves){.name = "value",
                                                .title = title,
                                                .caption = caption,
                                                .x_label = x_label.text,
                                                .y_label = "u",
                                                .axis = &g->domain.grid.axis[0],
                                                .n = n + (b->particles ? 1 : 0),
                                                .curve = curve,
                                                .error = bar});
    free(x);
}

static void draw_maps(const fk_analysis_grid *g, fk_gallery *gallery, const found *f,
                      const char *title)
{
    enum { MAPS = 3 };
    const size_t n = f->n_times < MAPS ? f->n_times : MAPS;
    char label[MAPS][224];
    fk_map map[MAPS];
    for (size_t k = 0; k < n; k++) {
        const size_t i = shown(f, n, k);
        snprintf(label[k], sizeof label[k], "u, %s",
                 fk_label_time(g->request->problem, f->time[i]).text);
        map[k] = (fk_map){label[k], f->value.u[i]};
    }
    fk_gallery_maps(gallery, &(fk_maps){.name = "value",
                                        .title = title,
                                        .caption = caption,
                                        .grid = &g->domain.grid,
                                        .n = n,
                                        .map = map});
}

static void draw(const fk_analysis_grid *g, fk_gallery *gallery)
{
    const char *payoff = g->request->backward->payoff.text;
    char title[256];
    snprintf(title, sizeof title, "%.80s: expected of a path from each place%s%.80s",
             g->request->problem->name, payoff != NULL ? ", paid " : "",
             payoff != NULL ? payoff : "");
    if (g->domain.grid.dim == 1)
        draw_line(g, gallery, g->found, title);
    else
        draw_maps(g, gallery, g->found, title);
}

const fk_analysis fk_analysis_backward = {
    .name = "backward",
    .summary = "what is expected of a path from each place and time",
    .equation = "-∂u/∂t = L* u - killing u + cost,  u(end) = payoff",
    .in_time = true,
    .solve = solve,
    .clear = clear,
    .tell = tell,
    .keep = keep,
    .draw = draw,
};
