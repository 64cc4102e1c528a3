#include <stdio.h>
#include <stdlib.h>

#include "core/density.h"
#include "core/memory.h"
#include "pde/solver.h"
#include "sde/walls.h"

typedef struct finite_volume {
    fk_fokker_planck *equation;
    fk_evolution *evolution;
    const char *flux, *stepper; /* names */

    /* walls that move: the equation is that of their frame, see sde/walls.h */
    fk_walls *walls; /* NULL: at rest, and the rest is not there */
    fk_sde *framed;
    fk_axis axis;                    /* of the grid asked for */
    double *scratch, *moved, *shown; /* of fk_walls_at, [cells], [cells] */
} finite_volume;

static void close(void *state)
{
    finite_volume *s = state;
    fk_evolution_free(s->evolution);
    fk_fokker_planck_free(s->equation);
    fk_walls_free(s->walls);
    fk_sde_free(s->framed);
    free(s->scratch);
    free(s->moved);
    free(s->shown);
    free(s);
}

/* The axis between the walls at time t, and their motion. */
static fk_axis between_walls(const finite_volume *s, double t, fk_walls_now *now)
{
    *now = fk_walls_at(s->walls, t, s->scratch);
    return (fk_axis){now->at[0], now->at[1], s->axis.cells};
}

static fk_status enter_frame(finite_volume *s, const fk_solver_task *task,
                             fk_domain *unit)
{
    s->axis = task->domain.grid.axis[0];
    FK_TRY(fk_walls_new(task->sde, &task->domain, &s->walls));
    FK_TRY(fk_walls_frame(task->sde, &task->domain, &s->framed, unit));
    s->scratch = fk_doubles(fk_walls_scratch(s->walls));
    s->moved = fk_doubles(s->axis.cells);
    s->shown = fk_doubles(s->axis.cells);
    const bool whole = s->scratch != NULL && s->moved != NULL && s->shown != NULL;
    return whole ? FK_OK : FK_ENOMEM;
}

/* Cell averages of the law, in the frame those of q = w p. */
static fk_status project(const finite_volume *s, const fk_solver_task *task,
                         double *initial)
{
    if (s->walls == NULL)
        return fk_law_project(task->law, &task->domain.grid, initial, NULL);
    fk_walls_now now;
    const fk_axis axis = between_walls(s, task->start, &now);
    const fk_grid g = fk_grid_make(1, &axis);
    FK_TRY(fk_law_project(task->law, &g, initial, NULL));
    for (size_t c = 0; c < axis.cells; c++)
        initial[c] *= axis.hi - axis.lo;
    return FK_OK;
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
    fk_domain domain = task->domain;
    fk_status status = FK_OK;
    if (fk_domain_moves(&domain))
        status = enter_frame(s, task, &domain);
    if (status == FK_OK)
        status = project(s, task, initial);
    if (status == FK_OK)
        status = fk_fokker_planck_new(s->framed != NULL ? s->framed : task->sde,
                                      &domain, task->flux, &s->equation, message);
    if (status == FK_OK)
        status = fk_fokker_planck_react(s->equation, task->sde->killing, task->source,
                                        NULL, message);
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
    const double *q = fk_evolution_density(s->evolution);
    if (s->walls == NULL)
        return q;
    fk_walls_now now;
    const fk_axis axis = between_walls(s, fk_evolution_time(s->evolution), &now);
    for (size_t c = 0; c < axis.cells; c++)
        s->moved[c] = q[c] / (axis.hi - axis.lo);
    fk_density_remap(&axis, s->moved, &s->axis, s->shown);
    return s->shown;
}

static void ledger(const void *state, fk_ledger *out)
{
    const finite_volume *s = state;
    fk_evolution_ledger(s->evolution, out);
}

static fk_status current(const void *state, double *const *out)
{
    const finite_volume *s = state;
    const double *q = fk_evolution_density(s->evolution);
    if (s->walls == NULL) {
        fk_fokker_planck_current(s->equation, q, out);
        return FK_OK;
    }
    /* J = J_y + (l' + y w') p */
    fk_walls_now now;
    const fk_axis axis = between_walls(s, fk_evolution_time(s->evolution), &now);
    fk_fokker_planck_current(s->equation, q, &s->moved);
    for (size_t c = 0; c < axis.cells; c++) {
        const double y = ((double)c + 0.5) / (double)axis.cells;
        const double speed = now.speed[0] + y * (now.speed[1] - now.speed[0]);
        s->moved[c] += speed * q[c] / (axis.hi - axis.lo);
    }
    fk_density_remap(&axis, s->moved, &s->axis, out[0]);
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
