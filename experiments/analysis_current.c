/* What keeps moving in the stationary state. */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/analysis.h"
#include "plots/label.h"

extern const fk_analysis fk_analysis_current;

typedef struct found {
    double *current[FK_GRID_DIM]; /* [cells] */
    double imbalance, most, at[FK_GRID_DIM];
} found;

static void clear(void *p)
{
    found *f = p;
    for (size_t a = 0; a < FK_GRID_DIM; a++)
        free(f->current[a]);
    free(f);
}

static double magnitude(const found *f, size_t dim, size_t cell)
{
    double square = 0.0;
    for (size_t a = 0; a < dim; a++)
        square += f->current[a][cell] * f->current[a][cell];
    return sqrt(square);
}

/* int |J|, and where it is largest */
static double integrate(const fk_analysis_grid *g, found *f)
{
    double sum = 0.0;
    for (size_t c = 0; c < g->generator->cells; c++) {
        const double J = magnitude(f, g->domain.grid.dim, c);
        sum += J * fk_grid_slope(&g->domain.grid, c);
        if (J > f->most) {
            f->most = J;
            fk_grid_centre(&g->domain.grid, c, f->at);
        }
    }
    return sum * fk_grid_volume(&g->domain.grid);
}

static void add_numbers(fk_analysis_grid *g, const found *f, double speed)
{
    char rate[64];
    const bool flows = f->imbalance >= FK_BALANCED;
    fk_analysis_number(g, flows ? speed : 0.0, "1", "int |J|, mean speed");
    for (size_t a = 0; a < g->domain.grid.dim; a++) {
        double sum = 0.0;
        for (size_t c = 0; c < g->generator->cells; c++)
            sum += f->current[a][c] * fk_grid_slope(&g->domain.grid, c);
        fk_analysis_number(g, flows ? sum * fk_grid_volume(&g->domain.grid) : 0.0, "1",
                           "int J_%s, mean velocity",
                           fk_label_variable(g->request->problem, a).text);
    }
    fk_analysis_number(
        g, flows ? fk_generator_entropy_production(g->generator, g->stationary.p) : 0.0,
        fk_rate_unit(g->request->problem, rate), "entropy production");
}

static fk_status solve(fk_analysis_grid *g, fk_message *message)
{
    (void)message;
    found *f = calloc(1, sizeof *f);
    if (f == NULL)
        return FK_ENOMEM;
    g->found = f;
    for (size_t a = 0; a < g->domain.grid.dim; a++)
        if ((f->current[a] = fk_doubles(g->generator->cells)) == NULL)
            return FK_ENOMEM;
    fk_fokker_planck_current(g->equation, g->stationary.p, f->current);
    for (size_t a = 0; a < g->domain.grid.dim; a++)
        for (size_t c = 0; c < g->generator->cells; c++)
            f->current[a][c] /= fk_grid_slope_across(&g->domain.grid, a, c);
    f->imbalance = fk_generator_imbalance(g->generator, g->stationary.p);
    add_numbers(g, f, integrate(g, f));
    return FK_OK;
}

static void tell(fk_findings *f)
{
    const fk_analysis_grid *g = &f->grid[0];
    const found *own = g->found;
    if (own->imbalance < FK_BALANCED) {
        fk_analysis_note(f, "detailed balance: there is no current but rounding");
        return;
    }
    char place[200] = "";
    size_t used = 0;
    for (size_t a = 0; a < g->domain.grid.dim && used < sizeof place; a++)
        used += (size_t)snprintf(
            place + used, sizeof place - used, "%s%s = %.4g", a > 0 ? ", " : "",
            fk_label_variable(g->request->problem, a).text, own->at[a]);
    fk_analysis_note(f, "the current is largest, %.4g, near %s", own->most, place);
}

static void keep(const fk_analysis_grid *g, fk_netcdf *file)
{
    const found *f = g->found;
    fk_keep_density(file, "stationary", "stationary density", g->stationary.p);
    fk_keep_current(file, "probability current of the stationary density", f->current);
}

static const char caption[] = "The stationary density and the probability current that "
                              "stays in it; there is none in "
                              "detailed balance.";

static void draw(const fk_analysis_grid *g, fk_gallery *gallery)
{
    const found *f = g->found;
    const fk_problem *p = g->request->problem;
    char title[256];
    snprintf(title, sizeof title, "%s: stationary density and current", p->name);
    if (g->domain.grid.dim > 1) {
        const fk_map map = {"density; arrows: current", g->stationary.p,
                            .density = true};
        fk_gallery_maps(gallery,
                        &(fk_maps){.name = "current",
                                   .title = title,
                                   .caption = caption,
                                   .grid = &g->domain.grid,
                                   .n = 1,
                                   .map = &map,
                                   .arrows = f->imbalance < FK_BALANCED
                                                 ? NULL
                                                 : (const double *const *)f->current});
        return;
    }
    double *x = fk_analysis_centres(&g->domain.grid);
    const size_t n = g->domain.grid.axis[0].cells;
    const fk_label x_label = fk_label_axis(p, 0);
    const fk_curve curve[] = {
        {"density", n, x, g->stationary.p, FK_PEN_LINE, .density = true},
        {"current", n, x, f->current[0], FK_PEN_DASHES}};
    if (x != NULL)
        fk_gallery_curves(gallery, &(fk_curves){.name = "current",
                                                .title = title,
                                                .caption = caption,
                                                .x_label = x_label.text,
                                                .y_label = "density, current",
                                                .axis = &g->domain.grid.axis[0],
                                                .n = 2,
                                                .curve = curve});
    free(x);
}

const fk_analysis fk_analysis_current = {
    .name = "current",
    .summary = "the current that stays in the stationary state, entropy production",
    .equation = "L p = 0,  J = b p − a ∇p",
    .stationary = true,
    .solve = solve,
    .clear = clear,
    .tell = tell,
    .keep = keep,
    .draw = draw,
};
