/* The density that does not change any more. */
#include <math.h>
#include <stdlib.h>

#include "core/density.h"
#include "core/memory.h"
#include "experiments/analysis.h"
#include "pde/equilibrium.h"

extern const fk_analysis fk_analysis_stationary;

typedef struct found {
    double imbalance;
    double boltzmann; /* L1 distance to exp(phi); NaN: there is no phi */
    double *exact;    /* [cells] that density; NULL */
} found;

static void clear(void *p)
{
    found *f = p;
    free(f->exact);
    free(f);
}

static fk_status compare_boltzmann(fk_analysis_grid *g, found *f)
{
    const fk_problem *p = g->request->problem;
    f->exact = fk_doubles(g->generator->cells);
    if (f->exact == NULL)
        return FK_ENOMEM;
    bool known = false;
    FK_TRY(fk_equilibrium_density(p->sde, &g->domain, f->exact, &known));
    if (known)
        f->boltzmann = fk_density_l1(&g->domain.grid, g->stationary.p, f->exact);
    return FK_OK;
}

static fk_status solve(fk_analysis_grid *g, fk_message *message)
{
    (void)message;
    char rate[64];
    const double *p = g->stationary.p;
    found *f = calloc(1, sizeof *f);
    if (f == NULL)
        return FK_ENOMEM;
    g->found = f;
    f->boltzmann = (double)NAN;
    f->imbalance = fk_generator_imbalance(g->generator, p);
    fk_analysis_moments(g, p);
    fk_analysis_number(g, fk_density_entropy(&g->domain.grid, p), "1", "entropy");
    fk_analysis_number(g,
                       f->imbalance < FK_BALANCED
                           ? 0.0
                           : fk_generator_entropy_production(g->generator, p),
                       fk_rate_unit(g->request->problem, rate), "entropy production");
    return f->imbalance < FK_BALANCED && g->finest == NULL ? compare_boltzmann(g, f)
                                                           : FK_OK;
}

static void tell(fk_findings *f)
{
    const fk_analysis_grid *g = &f->grid[0];
    const found *own = g->found;
    fk_analysis_note(f, "unique: from everywhere the motion settles to this density");
    if (own->imbalance >= FK_BALANCED)
        fk_analysis_note(f,
                         "no detailed balance: a current stays, up to %.3g of the flow "
                         "between two cells (see `current`)",
                         own->imbalance);
    else
        fk_analysis_note(f,
                         "detailed balance: no current but rounding (%.1g of the flows "
                         "between cells)",
                         own->imbalance);
    if (isfinite(own->boltzmann))
        fk_analysis_note(f,
                         "the Boltzmann density exp(int a^-1 b), integrated along the "
                         "grid, is at L1 distance %.2g",
                         own->boltzmann);
    fk_analysis_note(f, "residual %.1g of the largest flow, least density %.3g",
                     g->stationary.residual,
                     fk_density_min(&g->domain.grid, g->stationary.p));
}

static void keep(const fk_analysis_grid *g, fk_netcdf *file)
{
    const found *f = g->found;
    fk_keep_density(file, "stationary", "stationary density", g->stationary.p);
    if (isfinite(f->boltzmann))
        fk_keep_density(file, "boltzmann", "exp(int a^-1 b), integrated along the grid",
                        f->exact);
}

static void draw(const fk_analysis_grid *g, fk_gallery *gallery)
{
    char title[256];
    snprintf(title, sizeof title, "%s: stationary density", g->request->problem->name);
    fk_draw_density(g, gallery, "stationary", title, g->stationary.p);
}

const fk_analysis fk_analysis_stationary = {
    .name = "stationary",
    .summary = "the density that stays, its moments, entropy, detailed balance",
    .equation = "L p = 0,  ∫ p dx = 1",
    .stationary = true,
    .solve = solve,
    .clear = clear,
    .tell = tell,
    .keep = keep,
    .draw = draw,
};
