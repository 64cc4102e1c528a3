/* The exact law where there is one: a linear SDE that starts from a mixture in what is,
 * for it, free space; or the density that the problem file states. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "experiments/run_parts.h"
#include "sde/cell_average.h"
#include "sde/linear.h"

/* Beyond this mass outside, walls that are not open would change the law. */
static const double FREE_SPACE = 1e-9;

static fk_status linear_density(const fk_problem *p, double t, double *density,
                                bool *known)
{
    const fk_mixture *m0 = fk_law_mixture(p->initial);
    double outside = 0.0;
    fk_mixture *m = NULL;
    FK_TRY(fk_linear_propagate(p->sde, p->start, m0, t, &m));
    const fk_status status = fk_mixture_project(m, &p->domain.grid, density, &outside);
    fk_mixture_free(m);
    *known = status == FK_OK && !fk_domain_moves(&p->domain) &&
             (fk_domain_open(&p->domain) || outside <= FREE_SPACE);
    return status;
}

/* Cell averages of the stated density. */
static fk_status stated_density(const fk_problem *p, double t, double *density,
                                fk_message *message)
{
    const fk_grid *g = &p->domain.grid;
    FK_TRY(fk_cell_averages(p->sde, p->exact, t, g, density, NULL));
    for (size_t c = 0; c < fk_grid_cells(g); c++) {
        double x[FK_GRID_DIM];
        if (!isnan(density[c]))
            continue;
        fk_grid_centre(g, c, x);
        return fk_fail(message, FK_EDOMAIN,
                       "exact: the stated density is negative or not finite in the "
                       "cell around %s = %g at t = %g",
                       g->dim == 1 ? "x" : "x[0]", x[0], t);
    }
    return FK_OK;
}

fk_status fk_exact_density(const fk_problem *p, double t, double *density, bool *known,
                           fk_message *message)
{
    *known = false;
    if (p->exact != NULL) {
        *known = true;
        return stated_density(p, t, density, message);
    }
    if (fk_law_mixture(p->initial) == NULL || !fk_sde_linear(p->sde) ||
        p->sde->killing != NULL)
        return FK_OK;
    return linear_density(p, t, density, known);
}

fk_status fk_run_exact(fk_run_state *run, fk_message *message)
{
    const double began = fk_seconds();
    for (size_t i = 1; i < run->result->n_snapshots; i++) {
        fk_snapshot *s = &run->result->snapshot[i];
        double *density = fk_doubles(run->cells);
        bool known = false;
        if (density == NULL)
            return FK_ENOMEM;
        const fk_status status =
            fk_exact_density(run->problem, s->t, density, &known, message);
        if (status == FK_OK && known)
            s->exact = density;
        else
            free(density);
        FK_TRY(status);
        if (!known)
            return FK_OK;
    }
    fk_run_timing(run, "exact law", fk_seconds() - began, 0.0, "");
    return FK_OK;
}
