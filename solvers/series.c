#include "solvers/series.h"

#include <assert.h>
#include <fftw3.h>
#include <stdlib.h>

#include "core/memory.h"

enum { MOST = 3 };

struct fk_series_plan {
    fftw_plan plan;
    size_t size;
    double scale; /* multiplies the result */
};

fk_series fk_series_dual(fk_series s)
{
    static const fk_series dual[] = {
        [FK_FOURIER] = FK_FOURIER,
        [FK_COSINE] = FK_SINE,
        [FK_SINE] = FK_COSINE,
        [FK_COSINE_SINE] = FK_SINE_COSINE,
        [FK_SINE_COSINE] = FK_COSINE_SINE,
    };
    return dual[s];
}

static const fftw_r2r_kind synthesis[] = {
    [FK_FOURIER] = FFTW_HC2R,        [FK_COSINE] = FFTW_REDFT01,
    [FK_SINE] = FFTW_RODFT01,        [FK_COSINE_SINE] = FFTW_REDFT11,
    [FK_SINE_COSINE] = FFTW_RODFT11,
};

static const fftw_r2r_kind analysis[] = {
    [FK_FOURIER] = FFTW_R2HC,        [FK_COSINE] = FFTW_REDFT10,
    [FK_SINE] = FFTW_RODFT10,        [FK_COSINE_SINE] = FFTW_REDFT11,
    [FK_SINE_COSINE] = FFTW_RODFT11,
};

/* FFTW counts the slowest axis first; its planner is one for all threads. */
static fk_status make(size_t dim, const size_t *n, const fk_series *series,
                      const fftw_r2r_kind *kinds, fk_series_plan **out)
{
    int length[MOST];
    fftw_r2r_kind kind[MOST];
    assert(dim >= 1 && dim <= MOST);
    *out = NULL;
    fk_series_plan *p = calloc(1, sizeof *p);
    if (p == NULL)
        return FK_ENOMEM;
    p->size = 1;
    p->scale = 1.0;
    for (size_t i = 0; i < dim; i++) {
        length[dim - 1 - i] = (int)n[i];
        kind[dim - 1 - i] = kinds[series[i]];
        p->size *= n[i];
        if (kinds == analysis)
            p->scale /= (series[i] == FK_FOURIER ? 1.0 : 2.0) * (double)n[i];
    }
    double *u = fk_doubles(p->size);
    if (u != NULL)
#pragma omp critical(fk_fftw_planner)
        p->plan = fftw_plan_r2r((int)dim, length, u, u, kind, FFTW_ESTIMATE);
    free(u);
    if (p->plan == NULL) {
        free(p);
        return FK_ENOMEM;
    }
    *out = p;
    return FK_OK;
}

fk_status fk_synthesis_new(size_t dim, const size_t *n, const fk_series *series,
                           fk_series_plan **out)
{
    return make(dim, n, series, synthesis, out);
}

fk_status fk_analysis_new(size_t dim, const size_t *n, const fk_series *series,
                          fk_series_plan **out)
{
    return make(dim, n, series, analysis, out);
}

void fk_series_plan_free(fk_series_plan *p)
{
    if (p == NULL)
        return;
#pragma omp critical(fk_fftw_planner)
    fftw_destroy_plan(p->plan);
    free(p);
}

void fk_series_run(const fk_series_plan *p, double *u)
{
    fftw_execute_r2r(p->plan, u, u);
    if (p->scale < 1.0)
        for (size_t i = 0; i < p->size; i++)
            u[i] *= p->scale;
}
