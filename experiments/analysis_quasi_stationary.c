/* The shape that the density keeps while its mass leaves. */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/analysis.h"
#include "pde/modes.h"
#include "plots/label.h"

extern const fk_analysis fk_analysis_quasi_stationary;

static void clear(void *p)
{
    fk_modes_clear(p);
    free(p);
}

static fk_status check(const fk_analysis_grid *g, fk_message *message)
{
    size_t n_traps;
    size_t *trap = fk_alloc(g->generator->cells, sizeof *trap);
    if (trap == NULL)
        return FK_ENOMEM;
    const fk_status status = fk_generator_traps(g->generator, trap, &n_traps);
    free(trap);
    FK_TRY(status);
    if (g->generator->n_outs == 0)
        return fk_fail(message, FK_EDOMAIN,
                       "nothing leaves this domain, so its density becomes stationary, "
                       "not quasi-stationary");
    if (n_traps > 0)
        return fk_fail(message, FK_EDOMAIN,
                       "some of the mass can never leave, so what stays in the end is "
                       "stationary, not quasi-stationary");
    return FK_OK;
}

/* Shares in which the faces take what leaves. */
static void add_shares(fk_analysis_grid *g, const double *p)
{
    const fk_problem *problem = g->request->problem;
    double rate[FK_GRID_DIM][2] = {{0.0}}, total = 0.0;
    for (size_t k = 0; k < g->generator->n_outs; k++) {
        const fk_way_out *out = &g->generator->out[k];
        rate[out->axis][out->side] += out->rate * p[out->cell];
        total += out->rate * p[out->cell];
    }
    for (size_t a = 0; a < g->domain.grid.dim; a++)
        for (size_t side = 0; side < 2; side++)
            if (rate[a][side] > 0.0)
                fk_analysis_number(g, rate[a][side] / total, "1",
                                   "share leaving through %s",
                                   fk_label_face(problem, a, side).text);
}

static fk_status solve(fk_analysis_grid *g, fk_message *message)
{
    char rate[64];
    const fk_problem *p = g->request->problem;
    FK_TRY(check(g, message));
    fk_modes *m = calloc(1, sizeof *m);
    if (m == NULL)
        return FK_ENOMEM;
    g->found = m;
    FK_TRY(fk_modes_right(g->generator, 2, m, message));
    fk_rate_unit(p, rate);
    fk_analysis_number(g, -m->mode[0].re, rate, "rate of leaving");
    fk_analysis_number(g, -1.0 / m->mode[0].re, fk_time_unit(p), "mean time left");
    fk_analysis_number(g, m->mode[0].re - m->mode[1].re, rate, "rate of settling");
    add_shares(g, m->mode[0].right[0]);
    fk_analysis_moments(g, m->mode[0].right[0]);
    return FK_OK;
}

static void tell(fk_findings *f)
{
    const fk_modes *m = f->grid[0].found;
    const double ratio = (m->mode[0].re - m->mode[1].re) / -m->mode[0].re;
    fk_analysis_note(f, "the shape settles %.3g times as fast as the mass leaves: %s",
                     ratio,
                     ratio > 10.0 ? "it is what is seen most of the time"
                                  : "most has left before it is reached");
}

static void keep(const fk_analysis_grid *g, fk_netcdf *file)
{
    const fk_modes *m = g->found;
    fk_keep_density(file, "quasi_stationary", "quasi-stationary density",
                    m->mode[0].right[0]);
}

static void draw(const fk_analysis_grid *g, fk_gallery *gallery)
{
    const fk_modes *m = g->found;
    char title[256];
    snprintf(title, sizeof title, "%s: quasi-stationary density",
             g->request->problem->name);
    fk_draw_density(g, gallery, "quasi_stationary", title, m->mode[0].right[0]);
}

const fk_analysis fk_analysis_quasi_stationary = {
    .name = "quasi-stationary",
    .summary = "the density of what has not left, how fast it leaves and where",
    .equation = "L p = −λ p with the least λ,  ∫ p dx = 1",
    .solve = solve,
    .clear = clear,
    .tell = tell,
    .keep = keep,
    .draw = draw,
};
