/* Accuracy per second of every way to the density: each flux with each stepper, modes, and
 * what the program takes by itself (auto), on one core.
 *
 * Time is all it takes from the SDE to the cell averages at the end: operator, steps, sums;
 * of auto the choice too.  The error is the total L1 error, in space and time, against the
 * spectral density of tolerance 1e-12 on the same cells.  Each way runs on several grids with
 * several tolerances; told is its fastest run within an error, drawn are the runs that no
 * other of the same way beats in both.  Open boxes; what is beyond them (plane: 8e-8) is an
 * error of finite volumes too.
 *
 *     bench-density [DIR]      draws into DIR */
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
#include "plots/gallery.h"

enum { RUNS = 3, POINTS = 64, WAYS = 64, GRIDS = 8 };

static const double LONG_RUN = 0.15; /* s; no finer grid after that */
static const double NO_BETTER = 0.7; /* of the error before: the cells' error rules */

/* Runs of one way, as time and error. */
typedef struct runs {
    const char *flux, *stepper, *method;
    size_t n;
    double seconds[POINTS], error[POINTS];
} runs;

typedef struct study {
    const workload *w;
    size_t
        coarse; /* cells along an axis of the first of the grids, doubled each time */
    double *exact[GRIDS];
    size_t n;
    runs way[WAYS];
} study;

/* ---- one run ---- */

typedef struct job {
    fk_sde *sde;
    fk_law *law;
    fk_solver_task task;
    const fk_pde_method *method; /* NULL: auto */
    fk_solver *solver;
    fk_status status;
} job;

static job open_job(const workload *w, size_t cells)
{
    job j = {.sde = workload_sde(w), .law = workload_law(w)};
    j.task = (fk_solver_task){.sde = j.sde,
                              .law = j.law,
                              .domain.grid = workload_grid(w, cells),
                              .end = 1.0,
                              .flux = fk_flux_find("scharfetter-gummel"),
                              .stepper = fk_pde_stepper_find("tr-bdf2")};
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        j.task.domain.face[i][0] = j.task.domain.face[i][1] = FK_OPEN;
    return j;
}

static void close_job(job *j)
{
    fk_solver_free(j->solver);
    fk_law_free(j->law);
    sde_text_free(j->sde);
}

static void run(void *context)
{
    job *j = context;
    char why[512];
    const fk_pde_method *method = j->method;
    fk_solver_free(j->solver);
    j->solver = NULL;
    j->status = FK_OK;
    if (method == NULL)
        j->status =
            fk_pde_method_choose(&j->task, false, NULL, &method, sizeof why, why, NULL);
    if (j->status == FK_OK)
        j->status = fk_solver_new(method, &j->task, &j->solver, NULL);
    if (j->status == FK_OK)
        j->status = fk_solver_advance(j->solver, 1.0, NULL, NULL);
}

/* Density of modes on a grid, to be freed. */
static double *reference(const workload *w, size_t cells)
{
    job j = open_job(w, cells);
    j.task.tolerance = 1e-12;
    j.method = fk_pde_method_find("spectral");
    run(&j);
    const size_t n = fk_grid_cells(&j.task.domain.grid);
    double *p = fk_doubles(n);
    if (j.status != FK_OK || p == NULL)
        fail("no reference");
    memcpy(p, fk_solver_density(j.solver), n * sizeof *p);
    close_job(&j);
    return p;
}

/* Adds the run to the way; false if it cannot run so, or no better than `before`. */
static bool measure(study *s, runs *way, size_t grid, double tolerance, double *before)
{
    job j = open_job(s->w, s->coarse << grid);
    j.method = way->method != NULL ? fk_pde_method_find(way->method) : NULL;
    j.task.tolerance = tolerance;
    if (way->flux != NULL) {
        j.task.flux = fk_flux_find(way->flux);
        j.task.stepper = fk_pde_stepper_find(way->stepper);
    }
    double seconds = stopwatch(1, run, &j);
    bool better = j.status == FK_OK && way->n < POINTS;
    if (better && seconds < LONG_RUN)
        seconds = fmin(seconds, stopwatch(RUNS - 1, run, &j));
    if (better) {
        const double error = fk_density_l1(&j.task.domain.grid,
                                           fk_solver_density(j.solver), s->exact[grid]);
        way->seconds[way->n] = seconds;
        way->error[way->n++] = error;
        better = error < NO_BETTER * *before;
        *before = error;
    }
    close_job(&j);
    return better;
}

/* ---- the ways ---- */

static runs *add_way(study *s, const char *flux, const char *stepper,
                     const char *method)
{
    if (s->n == WAYS)
        fail("more ways than there is room for");
    s->way[s->n] = (runs){.flux = flux, .stepper = stepper, .method = method};
    return &s->way[s->n++];
}

static void by_volumes(study *s, const fk_flux *flux, const fk_pde_stepper *stepper)
{
    runs *way = add_way(s, flux->name, stepper->name, "finite-volume");
    double longest = 0.0;
    for (size_t grid = 0; grid < GRIDS && s->exact[grid] != NULL; grid++) {
        double before = HUGE_VAL;
        for (double tolerance = 1e-2; tolerance > 5e-9 && longest < LONG_RUN &&
                                      measure(s, way, grid, tolerance, &before);
             tolerance *= 0.1)
            longest = fmax(longest, way->seconds[way->n - 1]);
    }
}

/* Modes do not need the cells but to be compared on them. */
static void by_tolerance(study *s, const char *method)
{
    runs *way = add_way(s, NULL, NULL, method);
    size_t grid = 0;
    while (s->coarse << grid < s->w->cells)
        grid++;
    for (double tolerance = 1e-2; tolerance > 5e-11; tolerance *= 0.1) {
        double before = HUGE_VAL;
        measure(s, way, grid, tolerance, &before);
    }
}

static void measure_all(study *s)
{
    for (const fk_flux *const *f = fk_fluxes; *f != NULL; f++)
        for (const fk_pde_stepper *const *p = fk_pde_steppers; *p != NULL; p++)
            if (fk_pde_stepper_fits(*p, *f, true, NULL) == FK_OK)
                by_volumes(s, *f, *p);
    by_tolerance(s, "spectral");
    by_tolerance(s, NULL);
}

/* ---- the table ---- */

static const double target[] = {1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10};
enum { TARGETS = sizeof target / sizeof target[0] };

static double fastest(const runs *w, double error)
{
    double best = HUGE_VAL;
    for (size_t i = 0; i < w->n; i++)
        best = w->error[i] <= error ? fmin(best, w->seconds[i]) : best;
    return best;
}

static void print_times(const char *name, const double seconds[TARGETS])
{
    printf("  %-39s", name);
    for (size_t i = 0; i < TARGETS; i++)
        if (isfinite(seconds[i]))
            printf(" %9.3g", 1e3 * seconds[i]);
        else
            printf(" %9s", "-");
    putchar('\n');
}

static void print_study(const study *s)
{
    double best[TARGETS], time[TARGETS];
    char name[96];
    printf("%s: ms to a total L1 error of\n  %-39s", s->w->name, "");
    for (size_t i = 0; i < TARGETS; i++) {
        printf(" %9.0e", target[i]);
        best[i] = HUGE_VAL;
    }
    putchar('\n');
    for (size_t k = 0; k < s->n; k++) {
        const runs *w = &s->way[k];
        for (size_t i = 0; i < TARGETS; i++) {
            time[i] = fastest(w, target[i]);
            best[i] = w->method != NULL ? fmin(best[i], time[i]) : best[i];
        }
        if (w->flux != NULL)
            snprintf(name, sizeof name, "%s, %s", w->flux, w->stepper);
        else
            snprintf(name, sizeof name, "%s", w->method != NULL ? w->method : "auto");
        print_times(name, time);
    }
    print_times("the fastest of all", best);
    putchar('\n');
}

/* ---- the pictures ---- */

static bool beaten(const runs *w, size_t i)
{
    for (size_t k = 0; k < w->n; k++)
        if (w->seconds[k] < w->seconds[i] && w->error[k] <= w->error[i])
            return true;
    return false;
}

/* Milliseconds and errors of the runs that no other beats, by time; how many. */
static size_t front(const runs *w, double ms[POINTS], double error[POINTS])
{
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++) {
        if (beaten(w, i))
            continue;
        size_t place = n++;
        for (; place > 0 && ms[place - 1] > 1e3 * w->seconds[i]; place--) {
            ms[place] = ms[place - 1];
            error[place] = error[place - 1];
        }
        ms[place] = 1e3 * w->seconds[i];
        error[place] = w->error[i];
    }
    return n;
}

typedef struct picture {
    size_t n;
    fk_curve curve[FK_GALLERY_CURVES];
    double ms[FK_GALLERY_CURVES][POINTS], error[FK_GALLERY_CURVES][POINTS];
} picture;

static void add_curve(picture *p, const runs *w, const char *name)
{
    if (p->n == FK_GALLERY_CURVES)
        fail("more curves than there is room for");
    const size_t k = p->n++;
    const size_t n = front(w, p->ms[k], p->error[k]);
    p->curve[k] = (fk_curve){.name = name,
                             .n = n,
                             .x = p->ms[k],
                             .y = p->error[k],
                             .pen = w->flux == NULL ? FK_PEN_RINGS
                                    : n == 1        ? FK_PEN_POINTS
                                    : k < 6         ? FK_PEN_LINE
                                                    : FK_PEN_DASHES};
}

/* Ways that share the standard flux, or take the stepper that goes with theirs; and modes. */
static bool belongs(const runs *w, bool steppers)
{
    if (w->flux == NULL)
        return true;
    const char *partner = fk_flux_find(w->flux)->reach > 1 ? "ssp-rk3" : "tr-bdf2";
    return steppers ? strcmp(w->flux, "scharfetter-gummel") == 0
                    : strcmp(w->stepper, partner) == 0;
}

static void draw(const study *s, bool steppers, fk_gallery *gallery)
{
    picture *p = calloc(1, sizeof *p);
    char name[64], title[160];
    if (p == NULL)
        fail("out of memory");
    for (size_t k = 0; k < s->n; k++) {
        const runs *w = &s->way[k];
        if (belongs(w, steppers) && w->n > 0)
            add_curve(p, w,
                      w->flux == NULL ? (w->method != NULL ? w->method : "auto")
                      : steppers      ? w->stepper
                                      : w->flux);
    }
    snprintf(name, sizeof name, "%s_%s", s->w->dim == 1 ? "well" : "plane",
             steppers ? "steppers" : "fluxes");
    snprintf(title, sizeof title, "%s to t = 1, one core: %s", s->w->name,
             steppers ? "steppers with the flux scharfetter-gummel"
                      : "fluxes with tr-bdf2, wide ones with ssp-rk3");
    fk_gallery_curves(gallery, &(fk_curves){.name = name,
                                            .title = title,
                                            .x_label = "time [ms]",
                                            .y_label = "total L1 error",
                                            .log_x = true,
                                            .log_y = true,
                                            .n = p->n,
                                            .curve = p->curve});
    free(p);
}

static void study_workload(const workload *w, size_t coarse, size_t fine,
                           fk_gallery *gallery)
{
    study *s = calloc(1, sizeof *s);
    if (s == NULL)
        fail("out of memory");
    s->w = w;
    s->coarse = coarse;
    for (size_t grid = 0; coarse << grid <= fine; grid++)
        s->exact[grid] = reference(w, coarse << grid);
    measure_all(s);
    print_study(s);
    if (gallery != NULL) {
        draw(s, true, gallery);
        draw(s, false, gallery);
    }
    for (size_t grid = 0; grid < GRIDS; grid++)
        free(s->exact[grid]);
    free(s);
}

int main(int n, char **argument)
{
    fk_message message = {""};
    fk_gallery *gallery = NULL;
    omp_set_num_threads(1);
    if (n > 1 && fk_gallery_open(argument[1], NULL, &gallery, &message) != FK_OK)
        fail(message.text);
    printf("Densities to T = 1 on one core, set-up included\n");
    study_workload(&well, 64, 4096, gallery);
    study_workload(&plane, 32, 512, gallery);
    if (gallery != NULL && fk_gallery_close(gallery, NULL, &message) != FK_OK)
        fail(message.text);
    return EXIT_SUCCESS;
}
