/* Accuracy per second of every way to the density: work-precision tables on one core.
 *
 * Time is all it takes from the SDE to the cell averages at the end: operator, steps, sums.
 * The error is the total L1 error, in space and time, against the spectral density of
 * tolerance 1e-12 on the same cells; that of finite volumes is their cells' above all.
 * Open boxes; what is beyond them (plane: 8e-8) is an error of finite volumes too. */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/stopwatch.h"
#include "bench/workload.h"
#include "core/density.h"
#include "core/memory.h"
#include "pde/solver.h"
#include "pde/spectral.h"

enum { RUNS = 5 };

typedef struct job {
    fk_sde *sde;
    fk_law *law;
    fk_solver_task task;
    fk_solver *volumes;
    fk_spectral *modes;
} job;

static job open_job(const workload *w, size_t cells)
{
    job j = {.sde = workload_sde(w), .law = workload_law(w)};
    j.task = (fk_solver_task){.sde = j.sde,
                              .law = j.law,
                              .domain.grid = workload_grid(w, cells),
                              .end = 1.0,
                              .flux = fk_flux_find("scharfetter-gummel")};
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        j.task.domain.face[i][0] = j.task.domain.face[i][1] = FK_OPEN;
    return j;
}

static void close_job(job *j)
{
    fk_solver_free(j->volumes);
    fk_spectral_free(j->modes);
    fk_law_free(j->law);
    sde_text_free(j->sde);
}

static void by_volumes(void *context)
{
    job *j = context;
    fk_message message = {""};
    fk_solver_free(j->volumes);
    fk_status status = fk_solver_new(fk_pde_method_find("finite-volume"), &j->task,
                                     &j->volumes, &message);
    if (status == FK_OK)
        status = fk_solver_advance(j->volumes, 1.0, NULL, &message);
    if (status != FK_OK)
        fail(message.text);
}

static void by_modes(void *context)
{
    job *j = context;
    fk_message message = {""};
    const fk_spectral_options o = {.tolerance = j->task.tolerance, .span = 1.0};
    fk_spectral_free(j->modes);
    fk_status status =
        fk_spectral_new(j->sde, &j->task.domain, j->law, 0.0, &o, &j->modes, &message);
    if (status == FK_OK)
        status = fk_spectral_advance(j->modes, 1.0, NULL, &message);
    if (status != FK_OK)
        fail(message.text);
}

/* The reference on a grid; to be freed. */
static double *reference(const workload *w, size_t cells)
{
    job j = open_job(w, cells);
    j.task.tolerance = 1e-12;
    by_modes(&j);
    const size_t n = fk_grid_cells(&j.task.domain.grid);
    double *p = fk_doubles(n);
    if (p == NULL)
        fail("out of memory");
    memcpy(p, fk_spectral_density(j.modes), n * sizeof *p);
    close_job(&j);
    return p;
}

static void measure_volumes(const workload *w, size_t cells, const char *stepper,
                            double tolerance)
{
    job j = open_job(w, cells);
    double *exact = reference(w, cells);
    j.task.stepper = fk_pde_stepper_find(stepper);
    j.task.tolerance = tolerance;
    const double seconds = stopwatch(RUNS, by_volumes, &j);
    const fk_ledger ledger = fk_solver_ledger(j.volumes);
    printf("  finite-volume %5zu cells, %-15s %8.0e %6.0f %9.3f %9.1e\n", cells,
           stepper, tolerance, (double)ledger.steps, 1e3 * seconds,
           fk_density_l1(&j.task.domain.grid, fk_solver_density(j.volumes), exact));
    free(exact);
    close_job(&j);
}

static void measure_modes(const workload *w, const double *exact, double tolerance)
{
    job j = open_job(w, w->cells);
    j.task.tolerance = tolerance;
    const double seconds = stopwatch(RUNS, by_modes, &j);
    fk_spectral_report report;
    fk_ledger ledger;
    fk_spectral_report_on(j.modes, &report);
    fk_spectral_ledger(j.modes, &ledger);
    char modes[32];
    snprintf(modes, sizeof modes, w->dim == 1 ? "%zu modes" : "%zu x %zu modes",
             report.modes[0], report.modes[1]);
    printf("  spectral %-27s %9.0e %6.0f %9.3f %9.1e\n", modes, tolerance,
           (double)ledger.steps, 1e3 * seconds,
           fk_density_l1(&j.task.domain.grid, fk_spectral_density(j.modes), exact));
    close_job(&j);
}

static void measure_workload(const workload *w, size_t coarse, size_t fine)
{
    printf("%s\n", w->name);
    for (size_t cells = coarse; cells <= fine; cells *= 2) {
        const double tolerance = 0.1 * pow((double)cells, -2.0) * 64.0;
        measure_volumes(w, cells, "tr-bdf2", tolerance);
        measure_volumes(w, cells, "crank-nicolson", tolerance);
    }
    double *exact = reference(w, w->cells);
    for (double tolerance = 1e-3; tolerance > 5e-12; tolerance *= 0.1)
        measure_modes(w, exact, tolerance);
    free(exact);
    printf("\n");
}

int main(void)
{
    omp_set_num_threads(1);
    printf("Densities to T = 1 on one core, set-up included: total L1 error\n"
           "  %-37s %8s %6s %9s %9s\n",
           "", "asked", "steps", "ms", "error");
    measure_workload(&well, 256, 4096);
    measure_workload(&plane, 64, 256);
    return EXIT_SUCCESS;
}
