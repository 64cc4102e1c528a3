#include "experiments/solution.h"

#include <stdlib.h>

#include "core/memory.h"

fk_status fk_solution_open(const fk_problem *p, const fk_methods *methods,
                           size_t factor, fk_solution *s, fk_message *message)
{
    *s = (fk_solution){.domain = p->domain};
    s->domain.grid = fk_grid_refine(&p->domain.grid, factor);
    double *initial = fk_doubles(fk_grid_cells(&s->domain.grid));
    if (initial == NULL)
        return FK_ENOMEM;
    const fk_evolution_options o = {.stepper = methods->stepper,
                                    .step = p->pde.step,
                                    .tolerance = p->pde.tolerance,
                                    .span = p->end - p->start};
    fk_status status = fk_law_project(p->initial, &s->domain.grid, initial, NULL);
    if (status == FK_OK)
        status = fk_fokker_planck_new(p->sde, &s->domain, methods->flux, &s->equation,
                                      message);
    if (status == FK_OK)
        status = fk_evolution_new(s->equation, p->start, initial, &o, &s->evolution);
    free(initial);
    return status;
}

void fk_solution_close(fk_solution *s)
{
    fk_evolution_free(s->evolution);
    fk_fokker_planck_free(s->equation);
}

fk_ledger fk_solution_ledger(const fk_solution *s)
{
    fk_ledger ledger;
    fk_evolution_ledger(s->evolution, &ledger);
    return ledger;
}
