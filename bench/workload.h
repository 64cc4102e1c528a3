/* The two densities that benchmarks solve for, both to T = 1 from a Gaussian. */
#ifndef FK_BENCH_WORKLOAD_H
#define FK_BENCH_WORKLOAD_H

#include <stdio.h>
#include <stdlib.h>

#include "core/grid.h"
#include "sde/law.h"
#include "tests/sde_text.h"

typedef struct workload {
    const char *name, *variables, *drift, *noise;
    size_t dim, cells; /* along each axis, as a rule */
    double lo, hi, mean[2], sd;
} workload;

static const workload well = {"double well", "x",  "x - x^3", "0.7",  1,
                              1024,          -4.0, 4.0,       {-0.5}, 0.3};
static const workload plane = {"plane",
                               "x; y",
                               "2 * tanh(2 * x) - x - y; x - y",
                               "0.7; 0; 0; 0.7",
                               2,
                               256,
                               -4.0,
                               4.0,
                               {-1.0, 0.5},
                               0.4};

static inline void fail(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(EXIT_FAILURE);
}

static inline fk_sde *workload_sde(const workload *w)
{
    return sde_text(FK_ITO, w->dim, w->dim, w->variables, w->drift, w->noise);
}

static inline fk_grid workload_grid(const workload *w, size_t cells)
{
    const fk_axis axis[] = {{w->lo, w->hi, cells}, {w->lo, w->hi, cells}};
    return fk_grid_make(w->dim, axis);
}

static inline fk_law *workload_law(const workload *w)
{
    fk_mixture *m = NULL;
    fk_law *law = NULL;
    if (fk_mixture_new(w->dim, 1, &m) != FK_OK)
        fail("out of memory");
    m->weight[0] = 1.0;
    for (size_t i = 0; i < w->dim; i++) {
        m->mean[i] = w->mean[i];
        m->cov[i * w->dim + i] = w->sd * w->sd;
    }
    if (fk_law_mixture_new(m, &law) != FK_OK)
        fail("out of memory");
    fk_mixture_free(m);
    return law;
}

#endif
