#include "experiments/grid_score.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "experiments/solution.h"

/* Below this share of its maximum a density on a grid says nothing of its score. */
static const double SCORE_FLOOR = 1e-9;

fk_status fk_grid_densities(const fk_problem *problem, const fk_methods *methods,
                            const fk_progress *progress, size_t n_times,
                            const double *time, double *const *p, double *outside,
                            fk_message *message)
{
    const fk_pde_method *method;
    fk_solver *solver = NULL;
    char why[512];
    const size_t cells = fk_grid_cells(&problem->domain.grid);
    FK_TRY(fk_solution_choose(problem, methods, progress, &method, sizeof why, why,
                              message));
    fk_status status = fk_solution_new(problem, methods, method, 1, &solver, message);
    for (size_t k = 0; k < n_times && status == FK_OK; k++) {
        status = fk_solver_advance(solver, time[k], progress, message);
        if (status != FK_OK)
            break;
        memcpy(p[k], fk_solver_density(solver), cells * sizeof **p);
        const fk_ledger ledger = fk_solver_ledger(solver);
        for (size_t i = 0; k == 0 && outside != NULL && i < problem->sde->dim; i++)
            *outside += ledger.left[i][0] + ledger.left[i][1];
    }
    fk_solver_free(solver);
    return status;
}

fk_status fk_grid_score(const fk_problem *problem, const fk_methods *methods,
                        const fk_progress *progress, size_t n_times, const double *time,
                        fk_score **out, fk_message *message)
{
    const fk_grid *g = &problem->domain.grid;
    const size_t cells = fk_grid_cells(g);
    double *all = fk_doubles(n_times * cells);
    double **p = fk_alloc(n_times, sizeof *p);
    fk_status status = all == NULL || p == NULL ? FK_ENOMEM : FK_OK;
    for (size_t k = 0; k < n_times && status == FK_OK; k++)
        p[k] = all + k * cells;
    if (status == FK_OK)
        status = fk_grid_densities(problem, methods, progress, n_times, time, p, NULL,
                                   message);
    if (status == FK_OK)
        status = fk_score_grid_new(g, n_times, time, (const double *const *)p,
                                   SCORE_FLOOR, out);
    free(p);
    free(all);
    return status;
}
