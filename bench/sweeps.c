/* The operator applied to fields in sweeps: cell updates per second on one thread and on more,
 * and what an explicit stepper makes of it; and a density in three variables to t = 1, as
 * steppers that sweep and one that solves along lines find it.
 *
 * Least traffic of an update, per cell: the field read and the result written (fetched first),
 * 24 bytes; 16 more for each axis whose rates are a field. */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/stopwatch.h"
#include "bench/workload.h"
#include "core/density.h"
#include "core/memory.h"
#include "pde/evolution.h"

enum { RUNS = 5 };

typedef struct sweep {
    const char *name, *variables, *drift, *noise;
    size_t dim, cells;
} sweep;

static const sweep sweeps[] = {
    {"plane", "x; y", "2 * tanh(2 * x) - x - y; x - y", "0.7; 0; 0; 0.7", 2, 256},
    {"separable", "x; y; z", "-x; -y; -z", "0.7; 0; 0; 0; 0.7; 0; 0; 0; 0.7", 3, 128},
    {"general", "x; y; z", "-x + 0.1*y*z; -y; -z + 0.1*x",
     "0.7 + 0.01*y*z; 0; 0; 0; 0.7; 0; 0; 0; 0.7 + 0.01*x", 3, 128},
};

typedef struct job {
    fk_sde *sde;
    fk_fokker_planck *fp;
    fk_evolution *evolution;
    double *p, *flow;
    double h;
    size_t cells, turns;
} job;

static job open_job(const sweep *s, const char *flux)
{
    fk_message message = {""};
    fk_axis axis[FK_GRID_DIM];
    fk_domain d = {.grid = {0}};
    job j = {.sde = sde_text(FK_ITO, s->dim, s->dim, s->variables, s->drift, s->noise)};
    for (size_t a = 0; a < s->dim; a++)
        axis[a] = (fk_axis){-4.0, 4.0, s->cells};
    d.grid = fk_grid_make(s->dim, axis);
    for (size_t a = 0; a < FK_GRID_DIM; a++)
        d.face[a][0] = d.face[a][1] = FK_REFLECTING;
    if (fk_fokker_planck_new(j.sde, &d, fk_flux_find(flux), &j.fp, &message) != FK_OK)
        fail(message.text);
    if (fk_fokker_planck_sweep(j.fp) != FK_OK)
        fail("out of memory");
    j.cells = fk_grid_cells(&d.grid);
    j.p = fk_doubles(j.cells + FK_BOOKS);
    j.flow = fk_doubles(j.cells + FK_BOOKS);
    if (j.p == NULL || j.flow == NULL)
        fail("out of memory");
    for (size_t c = 0; c < j.cells; c++)
        j.p[c] = 1.0 + 1e-3 * (double)(c % 17);
    j.turns = 20000000 / j.cells + 1;
    j.h = 0.5 / fk_fokker_planck_max_rate(j.fp);
    return j;
}

static void apply(void *context)
{
    job *j = context;
    for (size_t k = 0; k < j->turns; k++)
        fk_fokker_planck_apply(j->fp, j->p, j->flow);
}

static void step(void *context)
{
    job *j = context;
    fk_message message = {""};
    const double end = fk_evolution_time(j->evolution) + (double)j->turns * j->h;
    if (fk_evolution_advance(j->evolution, end, NULL, &message) != FK_OK)
        fail(message.text);
}

static void close_job(job *j)
{
    fk_evolution_free(j->evolution);
    fk_fokker_planck_free(j->fp);
    sde_text_free(j->sde);
    free(j->p);
    free(j->flow);
}

static void measure(const sweep *s, int threads)
{
    omp_set_num_threads(threads);
    job j = open_job(s, "scharfetter-gummel");
    const double updates = (double)(j.cells * j.turns);
    const double applied = updates / stopwatch(RUNS, apply, &j);
    const fk_evolution_options o = {.stepper = fk_pde_stepper_find("ssp-rk3"),
                                    .step = j.h};
    if (fk_evolution_new(j.fp, 0.0, j.p, &o, &j.evolution) != FK_OK)
        fail("out of memory");
    const double stepped = 3.0 * updates / stopwatch(RUNS, step, &j);
    printf("  %-10s %9zu %8d %12.2f %12.2f\n", s->name, j.cells, threads,
           1e-9 * applied, 1e-9 * stepped);
    close_job(&j);
}

/* ---- three variables ---- */

/* Cell averages of the normal law with independent variables at time t: dX = -X dt + 0.7 dW
 * from N(1, 0.4^2) each. */
static double *normal(const fk_grid *g, double t)
{
    const double mean = exp(-t), var = 0.245 + (0.16 - 0.245) * exp(-2.0 * t);
    const fk_axis *axis = &g->axis[0];
    const size_t n = axis->cells;
    double *line = fk_doubles(n), *p = fk_doubles(n * n * n);
    if (line == NULL || p == NULL)
        fail("out of memory");
    for (size_t i = 0; i < n; i++) {
        const double scale = 1.0 / sqrt(2.0 * var);
        line[i] = 0.5 *
                  (erf(scale * (fk_axis_edge(axis, i + 1) - mean)) -
                   erf(scale * (fk_axis_edge(axis, i) - mean))) /
                  fk_axis_width(axis);
    }
    for (size_t c = 0; c < n * n * n; c++)
        p[c] = line[c % n] * line[c / n % n] * line[c / (n * n)];
    free(line);
    return p;
}

static void measure_space(const char *stepper, const char *flux, double tolerance)
{
    fk_message message = {""};
    job j = open_job(&sweeps[1], flux);
    const fk_grid *g = &fk_fokker_planck_domain(j.fp)->grid;
    double *p0 = normal(g, 0.0), *exact = normal(g, 1.0);
    const fk_evolution_options o = {
        .stepper = fk_pde_stepper_find(stepper), .tolerance = tolerance, .span = 1.0};
    const double began = omp_get_wtime();
    if (fk_evolution_new(j.fp, 0.0, p0, &o, &j.evolution) != FK_OK)
        fail("out of memory");
    if (fk_evolution_advance(j.evolution, 1.0, NULL, &message) != FK_OK)
        fail(message.text);
    const double seconds = omp_get_wtime() - began;
    fk_ledger ledger;
    fk_evolution_ledger(j.evolution, &ledger);
    printf("  %-19s %-15s %9.0e %6.0f %9.2f %9.1e\n", flux, stepper, tolerance,
           (double)ledger.steps, seconds,
           fk_density_l1(g, fk_evolution_density(j.evolution), exact));
    free(p0);
    free(exact);
    close_job(&j);
}

int main(void)
{
    const int most = omp_get_max_threads();
    printf("The operator on fields, 10^9 cell updates a second\n  %-10s %9s %8s %12s "
           "%12s\n",
           "", "cells", "threads", "applied", "ssp-rk3");
    for (size_t i = 0; i < sizeof sweeps / sizeof sweeps[0]; i++)
        for (int threads = 1; threads <= most; threads *= 2)
            measure(&sweeps[i], threads);
    printf("\n%s, %zu^3 cells, to t = 1 on %d thread(s)\n  %-35s %9s %6s %9s %9s\n",
           sweeps[1].name, sweeps[1].cells, most, "", "asked", "steps", "s", "error");
    omp_set_num_threads(most);
    measure_space("tr-bdf2", "scharfetter-gummel", 1e-3);
    measure_space("rkc", "scharfetter-gummel", 1e-3);
    measure_space("rkc", "fourth-order", 1e-2);
    return EXIT_SUCCESS;
}
