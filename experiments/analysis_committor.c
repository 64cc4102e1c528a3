/* Transitions between two sets: committor, reactive current, rates. */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/analysis.h"
#include "pde/committor.h"
#include "plots/label.h"

extern const fk_analysis fk_analysis_committor;

static void clear(void *p)
{
    fk_committor_clear(p);
    free(p);
}

/* A condition as a set: where its value is not 0. */
typedef struct condition {
    fk_program *program;
    double *scratch;
} condition;

static bool holds(void *context, const double *x)
{
    const condition *c = context;
    double value;
    fk_program_point(c->program, 0.0, x, &value, c->scratch);
    return value > 0.0 || value < 0.0;
}

static void condition_clear(condition *c)
{
    fk_program_free(c->program);
    free(c->scratch);
}

static fk_status condition_make(const fk_sde *sde, const fk_expr *e, condition *c)
{
    const fk_binding binding = fk_sde_binding(sde);
    FK_TRY(fk_program_new(1, &e, &binding, &c->program));
    c->scratch = fk_doubles(fk_program_scratch(c->program));
    return c->scratch != NULL ? FK_OK : FK_ENOMEM;
}

static fk_status check_sets(const fk_analysis_request *r, fk_message *message)
{
    if (r->set[0] == NULL || r->set[1] == NULL)
        return fk_fail(message, FK_ESYNTAX,
                       "say between which sets, by conditions on the variables, e.g. "
                       "A='x < -0.8' B='x > 0.8', or A='(x-1)^2 + y^2 < 0.04'");
    for (size_t k = 0; k < 2; k++)
        if (fk_expr_depends(r->set[k], r->problem->sde->time))
            return fk_fail(message, FK_ESYNTAX, "the set %c may not depend on t",
                           "AB"[k]);
    return FK_OK;
}

static void add_numbers(fk_analysis_grid *g, const fk_committor *q)
{
    const fk_problem *p = g->request->problem;
    char rate[64];
    fk_rate_unit(p, rate);
    fk_analysis_number(g, q->rate_ab, rate, "rate from A to B");
    fk_analysis_number(g, q->rate_ba, rate, "rate from B to A");
    fk_analysis_number(g, q->rate_ab + q->rate_ba, rate, "sum of both rates");
    fk_analysis_number(g, q->flux, rate, "transitions per time, one way");
    fk_analysis_number(g, q->reactive / q->flux, fk_time_unit(p),
                       "mean time of a transition");
    fk_analysis_number(g, q->reactive, "1", "share of the time on the way");
}

static fk_status solve(fk_analysis_grid *g, fk_message *message)
{
    const fk_analysis_request *r = g->request;
    condition c[2] = {{NULL, NULL}, {NULL, NULL}};
    FK_TRY(check_sets(r, message));
    fk_committor *q = calloc(1, sizeof *q);
    if (q == NULL)
        return FK_ENOMEM;
    g->found = q;
    fk_status status = condition_make(r->problem->sde, r->set[0], &c[0]);
    if (status == FK_OK)
        status = condition_make(r->problem->sde, r->set[1], &c[1]);
    if (status == FK_OK && g->generator->n_outs > 0)
        status = fk_fail(message, FK_EDOMAIN,
                         "paths may leave the domain on their way, so a stationary "
                         "process between A and B is not defined");
    if (status == FK_OK)
        status =
            fk_committor_solve(g->generator, g->stationary.p, &(fk_set){holds, &c[0]},
                               &(fk_set){holds, &c[1]}, q, message);
    if (status == FK_OK)
        add_numbers(g, q);
    condition_clear(&c[0]);
    condition_clear(&c[1]);
    return status;
}

static void tell(fk_findings *f)
{
    const fk_analysis_grid *g = &f->grid[0];
    const fk_committor *q = g->found;
    fk_analysis_note(f, "A: %s (stationary mass of its cells %.3g); B: %s (%.3g)",
                     g->request->set_text[0], q->mass_a, g->request->set_text[1],
                     q->mass_b);
    fk_analysis_note(f,
                     "as many transitions are counted out of A as into B, to %.1g of "
                     "them",
                     fabs(q->flux_in / q->flux - 1.0));
}

static void keep(const fk_analysis_grid *g, fk_netcdf *file)
{
    const fk_committor *q = g->found;
    fk_netcdf_field(file, "committor_forward", "probability of B before A", "1",
                    q->forward, FK_NETCDF_PLAIN);
    fk_netcdf_field(file, "committor_backward", "probability that A was the last", "1",
                    q->backward, FK_NETCDF_PLAIN);
    fk_keep_density(file, "stationary", "stationary density", g->stationary.p);
    fk_keep_current(file, "reactive current from A to B", q->current);
}

static const char caption[] =
    "The committor: the probability to reach B before A from each place. Arrows or "
    "dashes "
    "show how transitions come: the current of those paths that go from A to B without "
    "turning back to A, the probability that A was the last set visited.";

static void draw_line(const fk_analysis_grid *g, fk_gallery *gallery,
                      const fk_committor *q, const char *title)
{
    const size_t n = g->generator->cells;
    double *x = fk_analysis_centres(&g->domain.grid);
    const fk_label x_label = fk_label_axis(g->request->problem, 0);
    const fk_curve curve[] = {
        {"B before A", n, x, q->forward, FK_PEN_LINE},
        {"A was the last", n, x, q->backward, FK_PEN_DASHES},
    };
    if (x != NULL)
        fk_gallery_curves(gallery, &(fk_curves){.name = "committor",
                                                .title = title,
                                                .caption = caption,
                                                .x_label = x_label.text,
                                                .y_label = "probability",
                                                .axis = &g->domain.grid.axis[0],
                                                .from_zero = true,
                                                .n = 2,
                                                .curve = curve});
    free(x);
}

/* log10 p over its largest value, no lower than -10; [cells], to be freed */
static double *decades(const fk_analysis_grid *g)
{
    double *u = fk_doubles(g->generator->cells), most = 0.0;
    if (u == NULL)
        return NULL;
    for (size_t c = 0; c < g->generator->cells; c++) {
        u[c] = g->stationary.p[c] / fk_grid_slope(&g->domain.grid, c);
        most = fmax(most, u[c]);
    }
    for (size_t c = 0; c < g->generator->cells; c++)
        u[c] = u[c] > 1e-10 * most ? log10(u[c] / most) : -10.0;
    return u;
}

static void draw_maps(const fk_analysis_grid *g, fk_gallery *gallery,
                      const fk_committor *q, const char *title)
{
    double *density = decades(g);
    const fk_map map[] = {
        {"probability of B before A; reactive current", q->forward, false},
        {"stationary density over its peak, decades", density, false}};
    if (density != NULL)
        fk_gallery_maps(gallery,
                        &(fk_maps){.name = "committor",
                                   .title = title,
                                   .caption = caption,
                                   .grid = &g->domain.grid,
                                   .n = 2,
                                   .map = map,
                                   .arrows = (const double *const *)q->current});
    free(density);
}

static void draw(const fk_analysis_grid *g, fk_gallery *gallery)
{
    const fk_committor *q = g->found;
    char title[256];
    snprintf(title, sizeof title, "%s: from A to B", g->request->problem->name);
    if (g->domain.grid.dim == 1)
        draw_line(g, gallery, q, title);
    else
        draw_maps(g, gallery, q, title);
}

const fk_analysis fk_analysis_committor = {
    .name = "committor",
    .summary = "transitions between sets A and B: probabilities, currents, rates",
    .equation = "Lᵀ q⁺ = 0 and L (p q⁻) = 0 between the sets;  q⁺ = 0, q⁻ = 1 on A;  "
                "q⁺ = 1, q⁻ = 0 on B",
    .stationary = true,
    .solve = solve,
    .clear = clear,
    .tell = tell,
    .keep = keep,
    .draw = draw,
};
