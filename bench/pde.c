/* The Fokker-Planck equation's time steps: seconds, errors, and the memory traffic beside
 * what the machine can move.
 *
 * Traffic of a sweep along one direction, per cell: the field read and written, three
 * arrays of the factorisation read once (a tile's lines stay in cache between the two
 * passes of a solve); as many solves as the stepper has.  In one dimension everything is
 * in the first-level cache and the limit is the solve's chain of dependent operations. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "bench/stopwatch.h"
#include "bench/workload.h"
#include "core/density.h"
#include "core/memory.h"
#include "pde/evolution.h"

enum { RUNS = 7 };

/* A workload on `cells` cells an axis, ready to run. */
typedef struct job {
    fk_sde *sde;
    fk_domain domain;
    size_t cells;
    double *p0;
    fk_fokker_planck *fp;
    fk_evolution_options options;
    fk_evolution *evolution;
} job;

static job open_job(const workload *w, size_t cells, fk_evolution_options options)
{
    fk_message message = {""};
    fk_law *law = workload_law(w);
    job j = {.options = options};
    j.sde = workload_sde(w);
    j.domain.grid = workload_grid(w, cells);
    j.cells = fk_grid_cells(&j.domain.grid);
    j.p0 = fk_doubles(j.cells);
    if (j.p0 == NULL || fk_law_project(law, &j.domain.grid, j.p0, NULL) != FK_OK)
        fail("out of memory");
    fk_law_free(law);
    if (fk_fokker_planck_new(j.sde, &j.domain, fk_flux_find("chang-cooper"), &j.fp,
                             &message) != FK_OK)
        fail(message.text);
    return j;
}

/* From the initial density to T = 1: factorisations included. */
static void run_job(void *context)
{
    job *j = context;
    fk_message message = {""};
    fk_evolution_free(j->evolution);
    if (fk_evolution_new(j->fp, 0.0, j->p0, &j->options, &j->evolution) != FK_OK)
        fail("out of memory");
    if (fk_evolution_advance(j->evolution, 1.0, NULL, &message) != FK_OK)
        fail(message.text);
}

static void make_operator(void *context)
{
    job *j = context;
    fk_message message = {""};
    fk_fokker_planck *fp;
    if (fk_fokker_planck_new(j->sde, &j->domain, fk_flux_find("chang-cooper"), &fp,
                             &message) != FK_OK)
        fail(message.text);
    fk_fokker_planck_free(fp);
}

static void close_job(job *j)
{
    fk_evolution_free(j->evolution);
    fk_fokker_planck_free(j->fp);
    sde_text_free(j->sde);
    free(j->p0);
}

static fk_evolution_options fixed(const char *stepper, double steps)
{
    return (fk_evolution_options){.stepper = fk_pde_stepper_find(stepper),
                                  .step = 1.0 / steps};
}

static fk_evolution_options adaptive(const char *stepper, double tolerance)
{
    return (fk_evolution_options){
        .stepper = fk_pde_stepper_find(stepper), .tolerance = tolerance, .span = 1.0};
}

/* Density at the end; to be freed. */
static double *solve(const workload *w, size_t cells, fk_evolution_options options)
{
    job j = open_job(w, cells, options);
    run_job(&j);
    double *p = fk_doubles(j.cells);
    if (p == NULL)
        fail("out of memory");
    memcpy(p, fk_evolution_density(j.evolution), j.cells * sizeof *p);
    close_job(&j);
    return p;
}

/* The density after steps that are exact here, on the workload's cells and in the limit of
 * small ones: a second-order scheme on cells of half the width is three quarters there. */
typedef struct truth {
    double *cells, *limit;
} truth;

static truth find_truth(const workload *w, double steps)
{
    const fk_grid g = workload_grid(w, w->cells);
    const size_t n = fk_grid_cells(&g);
    truth t = {solve(w, w->cells, fixed("tr-bdf2", steps)), fk_doubles(n)};
    double *fine = solve(w, 2 * w->cells, fixed("tr-bdf2", steps));
    if (t.limit == NULL)
        fail("out of memory");
    fk_grid_restrict(&g, 2, fine, t.limit);
    for (size_t c = 0; c < n; c++)
        t.limit[c] += (t.limit[c] - t.cells[c]) / 3.0;
    free(fine);
    return t;
}

/* Triad a = b + s c on arrays of n doubles: bytes per second, 24 a place. */
typedef struct triad {
    size_t n, turns;
    double *a, *b, *c;
} triad;

FK_CLONES static void run_triad(void *context)
{
    const triad *t = context;
    double *restrict a = t->a;
    const double *restrict b = t->b, *restrict c = t->c;
    for (size_t k = 0; k < t->turns; k++)
        for (size_t i = 0; i < t->n; i++)
            a[i] = b[i] + (double)k * c[i];
}

static double bandwidth(size_t bytes)
{
    triad t = {.n = bytes / 24};
    t.turns = 200000000 / bytes + 1;
    t.a = fk_doubles(t.n);
    t.b = fk_doubles(t.n);
    t.c = fk_doubles(t.n);
    if (t.a == NULL || t.b == NULL || t.c == NULL)
        fail("out of memory");
    const double seconds = stopwatch(RUNS, run_triad, &t);
    free(t.a);
    free(t.b);
    free(t.c);
    return 24.0 * (double)(t.n * t.turns) / seconds;
}

/* The most memory the process has had so far. [bytes] */
static double memory_touched(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return 1024.0 * (double)usage.ru_maxrss;
}

static size_t solves(const fk_pde_stepper *s)
{
    size_t n = FK_STEPPER_SOLVES;
    while (s->weight[n] == 0.0)
        n--;
    return n;
}

static void measure(const workload *w, const char *label, fk_evolution_options options,
                    const truth *exact)
{
    job j = open_job(w, w->cells, options);
    const double seconds = stopwatch(RUNS, run_job, &j);
    fk_ledger ledger;
    fk_evolution_ledger(j.evolution, &ledger);

    /* two directions: half, full, half step; an adaptive pair tries a third step */
    const double sweeps = w->dim == 1 ? 1.0 : 3.0;
    const double tried = options.step > 0.0 ? 1.0 : 1.5;
    const double steps = tried * (double)(ledger.steps + ledger.rejected);
    const double per_cell =
        sweeps * (16.0 + 24.0 * (double)solves(options.stepper)) * (double)j.cells;
    const size_t footprint = (w->dim * 4 + 1) * j.cells * sizeof(double);
    const double moved = steps * per_cell / seconds;
    const double limit = bandwidth(footprint);
    const double *p = fk_evolution_density(j.evolution);
    printf("  %-31s %5.0f %8.3f %9.1e %9.1e %8.0f %6.1f %6.1f %4.0f%%\n", label,
           (double)ledger.steps, 1e3 * seconds,
           fk_density_l1(&j.domain.grid, p, exact->cells),
           fk_density_l1(&j.domain.grid, p, exact->limit),
           1e-6 * steps * (double)j.cells / seconds, 1e-9 * moved, 1e-9 * limit,
           100.0 * moved / limit);
    close_job(&j);
}

static void measure_workload(const workload *w, double steps, double reference_steps)
{
    const double before = memory_touched();
    job j = open_job(w, w->cells, fixed("crank-nicolson", steps));
    run_job(&j);
    const double touched = memory_touched() - before;
    const size_t counted = fk_fokker_planck_memory(j.sde, &j.domain.grid) +
                           fk_evolution_memory(j.sde, &j.domain.grid, &j.options);
    const double making = stopwatch(RUNS, make_operator, &j);
    printf("%s, %zu cells: operator made in %.3f ms; %.1f MB for rates, factors and "
           "density (%.1f doubles a cell), %.1f MB touched\n",
           w->name, j.cells, 1e3 * making, 1e-6 * (double)counted,
           (double)counted / (8.0 * (double)j.cells), 1e-6 * touched);
    close_job(&j);

    const truth exact = find_truth(w, reference_steps);
    measure(w, "crank-nicolson", fixed("crank-nicolson", steps), &exact);
    measure(w, "tr-bdf2", fixed("tr-bdf2", steps), &exact);
    measure(w, "implicit-euler", fixed("implicit-euler", steps), &exact);
    measure(w, "crank-nicolson, tolerance 1e-3", adaptive("crank-nicolson", 1e-3),
            &exact);
    measure(w, "tr-bdf2, tolerance 1e-4", adaptive("tr-bdf2", 1e-4), &exact);
    printf("\n");
    free(exact.cells);
    free(exact.limit);
}

int main(void)
{
    printf("Fokker-Planck to T = 1, %d thread(s); L1 errors of the steps and with the "
           "cells'\n  %-31s %5s %8s %9s %9s %8s %6s %6s\n",
           omp_get_max_threads(), "", "steps", "ms", "steps'", "all", "Mcells/s",
           "GB/s", "triad");
    measure_workload(&well, 128.0, 4096.0);
    measure_workload(&plane, 80.0, 640.0);
    return EXIT_SUCCESS;
}
