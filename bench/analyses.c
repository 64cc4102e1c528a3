/* Sparse algebra on generators in the plane: seconds for a factorisation, a solve, the
 * stationary density and six leading modes, on 256 x 256 cells. */
#include <stdio.h>
#include <stdlib.h>

#include "bench/stopwatch.h"
#include "core/memory.h"
#include "pde/modes.h"
#include "pde/stationary.h"
#include "tests/sde_text.h"

enum { CELLS = 256, MODES = 6, RUNS = 3 };

typedef struct job {
    const char *name, *drift, *noise;
    double half;
    fk_sde *sde;
    fk_fokker_planck *fp;
    fk_generator *g;
    size_t *trap;
    fk_sparse_lu *lu;
    double *b, *x;
} job;

static void need(fk_status status, const char *what)
{
    if (status == FK_OK)
        return;
    fprintf(stderr, "bench/analyses: %s: %s\n", what, fk_status_text(status));
    exit(EXIT_FAILURE);
}

static void open_job(job *j)
{
    size_t n_traps;
    fk_axis axis[2];
    fk_domain d;
    for (size_t i = 0; i < 2; i++)
        axis[i] = (fk_axis){-j->half, j->half, CELLS};
    d.grid = fk_grid_make(2, axis);
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        d.face[i][0] = d.face[i][1] = FK_REFLECTING;
    j->sde = sde_text(FK_ITO, 2, 2, "x; y", j->drift, j->noise);
    need(fk_fokker_planck_new(j->sde, &d, fk_flux_find("scharfetter-gummel"), &j->fp,
                              NULL),
         "operator");
    need(fk_generator_new(j->fp, &j->g, NULL), "generator");
    j->trap = fk_alloc(j->g->cells, sizeof *j->trap);
    j->b = fk_doubles(2 * j->g->cells);
    if (j->trap == NULL || j->b == NULL)
        need(FK_ENOMEM, "fields");
    j->x = j->b + j->g->cells;
    j->b[0] = 1.0;
    need(fk_generator_traps(j->g, j->trap, &n_traps), "traps");
}

static void close_job(job *j)
{
    fk_sparse_lu_free(j->lu);
    free(j->trap);
    free(j->b);
    fk_generator_free(j->g);
    fk_fokker_planck_free(j->fp);
    sde_text_free(j->sde);
}

static void factor(void *context)
{
    job *j = context;
    fk_sparse_lu_free(j->lu);
    need(fk_generator_factor(j->g, 1.0, NULL, j->g->cells, &j->lu, NULL), "factors");
}

static void solve(void *context)
{
    job *j = context;
    fk_sparse_lu_solve(j->lu, j->b, j->x);
}

static void settle(void *context)
{
    job *j = context;
    fk_stationary s;
    need(fk_stationary_solve(j->g, j->trap, 0, &s, NULL), "stationary density");
    fk_stationary_clear(&s);
}

static void modes(void *context)
{
    job *j = context;
    fk_modes m;
    need(fk_modes_right(j->g, MODES, &m, NULL), "modes");
    fk_modes_clear(&m);
}

int main(void)
{
    job all[] = {
        {.name = "two wells",
         .drift = "x - x^3 + y; x - y",
         .half = 3.0,
         .noise = "0.7; 0; 0; 0.7"},
        {.name = "limit cycle",
         .half = 2.0,
         .noise = "0.5; 0; 0; 0.5",
         .drift = "(1 - x^2 - y^2)*x - 2*y; (1 - x^2 - y^2)*y + 2*x"},
    };
    printf("%d x %d cells: seconds for\n%-14s%12s%12s%14s%14s\n", CELLS, CELLS, "",
           "factors", "a solve", "stationary", "six modes");
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        open_job(&all[i]);
        printf("%-14s%12.3f", all[i].name, stopwatch(RUNS, factor, &all[i]));
        printf("%12.4f", stopwatch(RUNS, solve, &all[i]));
        printf("%14.3f", stopwatch(RUNS, settle, &all[i]));
        printf("%14.3f\n", stopwatch(RUNS, modes, &all[i]));
        close_job(&all[i]);
    }
    return EXIT_SUCCESS;
}
