#include "experiments/solution.h"

#include "pde/evolution.h"

static fk_solver_task task(const fk_problem *p, const fk_methods *methods,
                           size_t factor)
{
    fk_solver_task t = {.sde = p->sde,
                        .law = p->initial,
                        .source = p->source,
                        .domain = p->domain,
                        .start = p->start,
                        .end = p->end,
                        .tolerance = p->pde.tolerance,
                        .step = p->pde.step,
                        .flux = methods->flux,
                        .stepper = methods->stepper};
    t.domain.grid = fk_grid_refine(&p->domain.grid, factor);
    return t;
}

/* The way back takes the logarithm of the density. */
fk_status fk_solution_choose(const fk_problem *p, const fk_methods *methods,
                             const fk_progress *progress, const fk_pde_method **method,
                             size_t n, char *text, fk_message *message)
{
    const fk_solver_task t = task(p, methods, 1);
    const bool positive = p->reverse.steps > 0 && p->reverse.grid;
    *method = methods->method;
    text[0] = '\0';
    if (*method != NULL)
        return FK_OK;
    return fk_pde_method_choose(&t, positive, progress, method, n, text, message);
}

double fk_solution_memory(const fk_problem *p, const fk_methods *methods)
{
    if (methods->method != NULL && methods->method->whole)
        return 0.0;
    const fk_solver_task t = task(p, methods, p->pde.halving ? 2 : 1);
    const fk_grid *g = &t.domain.grid;
    const fk_evolution_options o = {
        .stepper = t.stepper, .step = t.step, .tolerance = t.tolerance};
    return (double)fk_fokker_planck_memory(t.sde, g) +
           (double)fk_evolution_memory(t.sde, g, &o);
}

fk_status fk_solution_new(const fk_problem *p, const fk_methods *methods,
                          const fk_pde_method *method, size_t factor, fk_solver **out,
                          fk_message *message)
{
    const fk_solver_task t = task(p, methods, factor);
    return fk_solver_new(method, &t, out, message);
}
