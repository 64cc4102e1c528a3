/* The Fokker-Planck equation on the problem's grid, and on cells of half the width. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "experiments/run_parts.h"
#include "experiments/solution.h"

static double known(double error)
{
    return isfinite(error) ? error : 0.0;
}

static fk_status record_snapshot(fk_run_state *run, const fk_solver *s, size_t i)
{
    fk_snapshot *snap = &run->result->snapshot[i];
    const fk_ledger ledger = fk_solver_ledger(s);
    memcpy(snap->lost, ledger.left, sizeof snap->lost);
    snap->killed[1] = ledger.killed;
    snap->made = ledger.made;
    snap->mass_defect = ledger.defect;
    snap->minimum = ledger.minimum;
    run->record[i].time_error = known(ledger.time_error) + known(ledger.grid_error);
    snap->pde = fk_doubles(run->cells);
    if (snap->pde == NULL)
        return FK_ENOMEM;
    const double *p = fk_solver_density(s);
    memcpy(snap->pde, p, run->cells * sizeof *p);
    if (i + 1 < run->result->n_snapshots)
        return FK_OK;
    for (size_t k = 0; k < run->dim; k++)
        if ((snap->current[k] = fk_doubles(run->cells)) == NULL)
            return FK_ENOMEM;
    return fk_solver_current(s, snap->current);
}

static void record_exits(fk_run_state *run, const fk_solver *s, size_t i)
{
    const fk_exits *exits = &run->result->exits;
    const fk_ledger ledger = fk_solver_ledger(s);
    for (size_t k = 0; k < exits->n_faces; k++)
        exits->face[k].pde[i] = ledger.left[exits->face[k].axis][exits->face[k].side];
}

static fk_status record_stop(fk_run_state *run, const fk_solver *s, const fk_stop *stop)
{
    const size_t bytes = run->cells * sizeof(double);
    const double *p = fk_solver_density(s);
    if (stop->snapshot != FK_NOWHERE)
        FK_TRY(record_snapshot(run, s, (size_t)stop->snapshot));
    if (stop->frame != FK_NOWHERE)
        memcpy(run->result->frame_pde[stop->frame], p, bytes);
    if (stop->exit != FK_NOWHERE)
        record_exits(run, s, (size_t)stop->exit);
    if (stop->table != FK_NOWHERE)
        memcpy(run->table[stop->table], p, bytes);
    return FK_OK;
}

static fk_status advance(fk_run_state *run, fk_solver *s, double t, fk_message *message)
{
    const fk_progress inner = fk_terminal_progress(run->terminal);
    const fk_progress stop_only = {.stopped = inner.stopped, .context = inner.context};
    FK_TRY(fk_solver_advance(s, t, &stop_only, message));
    fk_progress_report(&inner, t - run->problem->start,
                       run->problem->end - run->problem->start);
    return FK_OK;
}

static bool stops(const fk_stop *s)
{
    return s->snapshot != FK_NOWHERE || s->frame != FK_NOWHERE ||
           s->exit != FK_NOWHERE || s->table != FK_NOWHERE;
}

static fk_status evolve(fk_run_state *run, fk_solver *s, fk_message *message)
{
    for (size_t i = 0; i < run->n_stops; i++) {
        if (!stops(&run->stop[i]))
            continue;
        FK_TRY(advance(run, s, run->stop[i].t, message));
        FK_TRY(record_stop(run, s, &run->stop[i]));
    }
    return FK_OK;
}

/* Cells of half the width: only the densities at the snapshots. */
static fk_status evolve_halved(fk_run_state *run, fk_solver *s, fk_message *message)
{
    const fk_domain *domain = &run->problem->domain;
    const fk_grid half = fk_grid_refine(&domain->grid, 2);
    const size_t n = fk_grid_cells(&half);
    for (size_t i = 0; i < run->result->n_snapshots; i++) {
        fk_record *r = &run->record[i];
        FK_TRY(advance(run, s, run->result->snapshot[i].t, message));
        r->half = fk_doubles(n);
        if (r->half == NULL)
            return FK_ENOMEM;
        memcpy(r->half, fk_solver_density(s), n * sizeof *r->half);
        const fk_ledger ledger = fk_solver_ledger(s);
        r->half_ended = fk_lost(domain, ledger.left, FK_ABSORBING) + ledger.killed;
        r->half_outside = fk_lost(domain, ledger.left, FK_OPEN);
    }
    return FK_OK;
}

static fk_status run_one(fk_run_state *run, const char *name, size_t factor,
                         fk_status (*work)(fk_run_state *, fk_solver *, fk_message *),
                         fk_message *message)
{
    fk_solver *s = NULL;
    fk_terminal_begin(run->terminal, name, NULL, 1.0);
    fk_status status =
        fk_solution_new(run->problem, run->methods, run->density, factor, &s, message);
    if (status == FK_OK)
        status = work(run, s, message);
    if (status == FK_OK) {
        const fk_ledger ledger = fk_solver_ledger(s);
        const double cells = (double)run->cells * pow((double)factor, (double)run->dim);
        const double moved = (double)ledger.steps * cells;
        fk_terminal_end(run->terminal);
        fk_run_timing(run, name, fk_seconds() - run->terminal->began,
                      run->density->whole ? 0.0 : moved, "cell-steps/s");
        if (factor == 1)
            fk_solver_describe(s, sizeof run->result->density_note,
                               run->result->density_note);
    }
    fk_solver_free(s);
    return status;
}

/* A method that knows the error of its grid needs no second one. */
fk_status fk_run_pde(fk_run_state *run, fk_message *message)
{
    fk_result *r = run->result;
    const fk_progress progress = fk_terminal_progress(run->terminal);
    const fk_progress stop_only = {.stopped = progress.stopped,
                                   .context = progress.context};
    FK_TRY(fk_solution_choose(run->problem, run->methods, &stop_only, &run->density,
                              sizeof r->density_why, r->density_why, message));
    r->density_method = run->density->name;
    FK_TRY(run_one(run, "Fokker-Planck", 1, evolve, message));
    if (run->problem->pde.halving && !run->density->whole)
        FK_TRY(run_one(run, "cells halved", 2, evolve_halved, message));
    return FK_OK;
}
