/* Drift and spreading in the long run, along periodic axes. */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/analysis.h"
#include "pde/transport.h"
#include "plots/label.h"

extern const fk_analysis fk_analysis_transport;

enum { OUTPUTS = FK_GRID_DIM + FK_GRID_DIM * FK_GRID_DIM };

static void clear(void *p)
{
    fk_transport_clear(p);
    free(p);
}

static bool periodic(const fk_domain *d, size_t axis)
{
    return d->face[axis][0] == FK_PERIODIC;
}

/* Drift and diffusion on both faces of an axis, opposite each cell that touches them. */
static fk_status compare_faces(const fk_analysis_grid *g, const fk_program *program,
                               size_t n, size_t axis, double *scratch,
                               fk_message *message)
{
    const fk_axis *a = &g->domain.grid.axis[axis];
    for (size_t c = 0; c < g->generator->cells; c++) {
        double x[FK_GRID_DIM], low[OUTPUTS], high[OUTPUTS];
        size_t index[FK_GRID_DIM];
        fk_grid_unravel(&g->domain.grid, c, index);
        if (index[axis] != 0)
            continue;
        fk_grid_centre(&g->domain.grid, c, x);
        x[axis] = a->lo;
        fk_program_point(program, 0.0, x, low, scratch);
        x[axis] = a->hi;
        fk_program_point(program, 0.0, x, high, scratch);
        for (size_t k = 0; k < n; k++)
            if (!(fabs(low[k] - high[k]) <= 1e-6 * (1.0 + fabs(low[k]))))
                return fk_fail(message, FK_EDOMAIN,
                               "the %s is not periodic along %s: it is %.6g at %g and "
                               "%.6g at %g; the axis must hold whole periods",
                               k < g->domain.grid.dim ? "drift" : "noise",
                               fk_label_variable(g->request->problem, axis).text,
                               low[k], a->lo, high[k], a->hi);
    }
    return FK_OK;
}

static fk_status check_periods(const fk_analysis_grid *g, fk_message *message)
{
    const fk_sde *sde = g->request->problem->sde;
    const size_t d = sde->dim, n = d + d * d;
    fk_program *program = NULL;
    FK_TRY(fk_sde_flux_program(sde, &program));
    double *scratch = fk_doubles(fk_program_scratch(program));
    fk_status status = scratch != NULL ? FK_OK : FK_ENOMEM;
    for (size_t axis = 0; axis < d && status == FK_OK; axis++)
        if (periodic(&g->domain, axis))
            status = compare_faces(g, program, n, axis, scratch, message);
    free(scratch);
    fk_program_free(program);
    return status;
}

/* "rad/s" for a velocity; "rad^2/s", "m rad/s" for a diffusion along axes a and b. */
static fk_label per_time(const fk_problem *p, const char *length)
{
    fk_label text = {"1"};
    if (fk_unit_matters(p->time_unit))
        snprintf(text.text, sizeof text.text, "%.80s/%.80s",
                 fk_unit_matters(length) ? length : "1", p->time_unit);
    else if (fk_unit_matters(length))
        snprintf(text.text, sizeof text.text, "%.160s", length);
    return text;
}

static fk_label area(const fk_problem *p, size_t a, size_t b)
{
    fk_label text = {"1"};
    const char *u = p->unit[a], *v = p->unit[b];
    if (fk_unit_matters(u) && fk_unit_matters(v))
        snprintf(text.text, sizeof text.text, a == b ? "%.80s^2" : "%.80s %.80s", u, v);
    else
        snprintf(text.text, sizeof text.text, "%.80s", fk_unit_matters(u) ? u : v);
    return text;
}

static void add_numbers(fk_analysis_grid *g, const fk_transport *t)
{
    const fk_problem *p = g->request->problem;
    for (size_t a = 0; a < t->dim; a++) {
        if (!periodic(&g->domain, a))
            continue;
        fk_analysis_number(g, t->velocity[a], per_time(p, p->unit[a]).text,
                           "mean velocity along %s", fk_label_variable(p, a).text);
        for (size_t b = a; b < t->dim; b++) {
            if (!periodic(&g->domain, b))
                continue;
            fk_analysis_number(
                g, t->diffusion[a][b], per_time(p, area(p, a, b).text).text,
                a == b ? "effective diffusion along %s" : "effective diffusion %s %s",
                fk_label_variable(p, a).text, fk_label_variable(p, b).text);
        }
    }
}

static fk_status solve(fk_analysis_grid *g, fk_message *message)
{
    if (!fk_domain_has(&g->domain, FK_PERIODIC))
        return fk_fail(message, FK_EDOMAIN,
                       "no axis is periodic: mean velocity and effective diffusion are "
                       "those of motion that goes on and on along such axes");
    if (g->finest == NULL)
        FK_TRY(check_periods(g, message));
    fk_transport *t = calloc(1, sizeof *t);
    if (t == NULL)
        return FK_ENOMEM;
    g->found = t;
    FK_TRY(fk_transport_solve(g->generator, &g->stationary, t));
    add_numbers(g, t);
    return FK_OK;
}

static void tell(fk_findings *f)
{
    const fk_analysis_grid *g = &f->grid[0];
    const fk_transport *t = g->found;
    for (size_t a = 0; a < t->dim; a++) {
        const fk_axis *axis = &g->domain.grid.axis[a];
        const double length = axis->hi - axis->lo;
        if (periodic(&g->domain, a) && t->diffusion[a][a] > 0.0)
            fk_analysis_note(f,
                             "along %s motion drifts over one period of %.4g in a time "
                             "of %.4g and spreads over it in %.4g",
                             fk_label_variable(g->request->problem, a).text, length,
                             length / fabs(t->velocity[a]),
                             0.5 * length * length / t->diffusion[a][a]);
    }
}

static void keep(const fk_analysis_grid *g, fk_netcdf *file)
{
    const fk_transport *t = g->found;
    fk_keep_density(file, "stationary", "stationary density", g->stationary.p);
    for (size_t a = 0; a < t->dim; a++) {
        char name[sizeof file->name[a].text + 16];
        snprintf(name, sizeof name, "displacement_%s", file->name[a].text);
        if (t->chi[a] != NULL)
            fk_netcdf_field(file, name, "displacement still to come, beyond the mean's",
                            g->request->problem->unit[a], t->chi[a], FK_NETCDF_PLAIN);
    }
}

/* Where a path gains on the others: the displacement still to come, for each start. */
static void draw_displacement(const fk_analysis_grid *g, fk_gallery *gallery,
                              size_t axis)
{
    static const char caption[] =
        "How much farther a path that is here now will have moved in the end than the "
        "mean "
        "of all of them: the solution of the cell problem, whose steepness makes the "
        "effective diffusion.";
    const fk_problem *p = g->request->problem;
    const fk_transport *t = g->found;
    const fk_label of = fk_label_axis(p, axis);
    char title[256], name[64], label[256];
    snprintf(name, sizeof name, "displacement_%zu", axis + 1);
    snprintf(title, sizeof title, "%s: displacement still to come, beyond the mean's",
             p->name);
    snprintf(label, sizeof label, "χ along %s", of.text);
    const fk_map map = {label, t->chi[axis], true};
    if (g->domain.grid.dim > 1) {
        fk_gallery_maps(gallery, &(fk_maps){.name = name,
                                            .title = title,
                                            .caption = caption,
                                            .grid = &g->domain.grid,
                                            .n = 1,
                                            .map = &map});
        return;
    }
    double *x = fk_analysis_centres(&g->domain.grid);
    const fk_curve curve = {NULL, g->generator->cells, x, t->chi[axis], FK_PEN_LINE};
    if (x != NULL)
        fk_gallery_curves(gallery, &(fk_curves){.name = name,
                                                .title = title,
                                                .caption = caption,
                                                .x_label = of.text,
                                                .axis = &g->domain.grid.axis[0],
                                                .y_label = label,
                                                .n = 1,
                                                .curve = &curve});
    free(x);
}

static void draw(const fk_analysis_grid *g, fk_gallery *gallery)
{
    const fk_transport *t = g->found;
    char title[256];
    snprintf(title, sizeof title, "%s: stationary density of one period",
             g->request->problem->name);
    fk_draw_density(g, gallery, "period", title, g->stationary.p);
    for (size_t a = 0; a < t->dim; a++)
        if (t->chi[a] != NULL)
            draw_displacement(g, gallery, a);
}

const fk_analysis fk_analysis_transport = {
    .name = "transport",
    .summary = "mean velocity and effective diffusion along periodic axes",
    .equation = "L p = 0,  v = ∫ p w dx,  Lᵀ χ = −(w − v),  D = ½ ⟨|d + Δχ|²⟩ per time",
    .stationary = true,
    .solve = solve,
    .clear = clear,
    .tell = tell,
    .keep = keep,
    .draw = draw,
};
