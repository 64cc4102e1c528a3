#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "pde/solver.h"

typedef struct finite_volume {
    fk_fokker_planck *equation;
    fk_evolution *evolution;
    const char *flux, *stepper; /* names */
} finite_volume;

static void close(void *state)
{
    finite_volume *s = state;
    fk_evolution_free(s->evolution);
    fk_fokker_planck_free(s->equation);
    free(s);
}

static fk_status build(finite_volume *s, const fk_solver_task *task,
                       fk_message *message)
{
    const fk_evolution_options o = {.stepper = task->stepper,
                                    .step = task->step,
                                    .tolerance = task->tolerance,
                                    .span = task->end - task->start};
    double *initial = fk_doubles(fk_grid_cells(&task->domain.grid));
    if (initial == NULL)
        return FK_ENOMEM;
    fk_status status = fk_law_project(task->law, &task->domain.grid, initial, NULL);
    if (status == FK_OK)
        status = fk_fokker_planck_new(task->sde, &task->domain, task->flux,
                                      &s->equation, message);
    if (status == FK_OK)
        status = fk_fokker_planck_react(s->equation, task->killing, NULL, message);
    if (status == FK_OK)
        status = fk_evolution_new(s->equation, task->start, initial, &o, &s->evolution);
    free(initial);
    return status;
}

static fk_status open(const fk_solver_task *task, void **state, fk_message *message)
{
    *state = NULL;
    finite_volume *s = calloc(1, sizeof *s);
    if (s == NULL)
        return FK_ENOMEM;
    s->flux = task->flux->name;
    s->stepper = task->stepper->name;
    const fk_status status = build(s, task, message);
    if (status == FK_OK)
        *state = s;
    else
        close(s);
    return status;
}

static fk_status advance(void *state, double t, const fk_progress *progress,
                         fk_message *message)
{
    finite_volume *s = state;
    return fk_evolution_advance(s->evolution, t, progress, message);
}

static const double *density(const void *state)
{
    const finite_volume *s = state;
    return fk_evolution_density(s->evolution);
}

static void ledger(const void *state, fk_ledger *out)
{
    const finite_volume *s = state;
    fk_evolution_ledger(s->evolution, out);
}

static fk_status current(const void *state, double *const *out)
{
    const finite_volume *s = state;
    fk_fokker_planck_current(s->equation, density(state), out);
    return FK_OK;
}

static void describe(const void *state, size_t n, char *text)
{
    const finite_volume *s = state;
    snprintf(text, n, "%zu cells, %s, %s",
             fk_grid_cells(&fk_fokker_planck_domain(s->equation)->grid), s->flux,
             s->stepper);
}

const fk_pde_method fk_pde_method_finite_volume = {
    .name = "finite-volume",
    .summary = "currents between cells: any walls, kinks and points; mass and, with a "
               "positive flux, sign are kept",
    .reference = "chang-cooper-1970",
    .positive = true,
    .whole = false,
    .open = open,
    .close = close,
    .advance = advance,
    .density = density,
    .ledger = ledger,
    .current = current,
    .describe = describe,
};
