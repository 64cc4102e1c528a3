#include "pde/explicit.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/block.h"
#include "core/memory.h"

fk_status fk_explicit_make(fk_fokker_planck *fp, const fk_pde_stepper *stepper,
                           size_t slots, fk_integrator **out)
{
    assert(stepper->fields <= FK_EXPLICIT_FIELDS);
    (void)slots;
    *out = NULL;
    fk_explicit *e = calloc(1, sizeof *e);
    if (e == NULL)
        return FK_ENOMEM;
    e->base = (fk_integrator){stepper->kind, stepper, fp};
    e->n = fk_grid_cells(&fk_fokker_planck_domain(fp)->grid) + FK_BOOKS;
    for (size_t k = 0; k < stepper->fields; k++)
        if ((e->field[k] = fk_doubles(e->n)) == NULL) {
            fk_explicit_free(&e->base);
            return FK_ENOMEM;
        }
    if (fk_fokker_planck_sweep(fp) != FK_OK) {
        fk_explicit_free(&e->base);
        return FK_ENOMEM;
    }
    *out = &e->base;
    return FK_OK;
}

void fk_explicit_free(fk_integrator *i)
{
    fk_explicit *e = (fk_explicit *)i;
    for (size_t k = 0; e != NULL && k < FK_EXPLICIT_FIELDS; k++)
        free(e->field[k]);
    free(e);
}

size_t fk_explicit_memory(const fk_sde *sde, const fk_grid *g,
                          const fk_pde_stepper *stepper, size_t slots)
{
    (void)slots;
    return stepper->fields * (fk_grid_cells(g) + FK_BOOKS) * sizeof(double) +
           fk_fokker_planck_sweep_memory(sde, g);
}

fk_status fk_explicit_set(fk_explicit *e, double t, double reach,
                          const fk_time_step *step, fk_step_report *report,
                          fk_message *message)
{
    fk_fokker_planck *fp = e->base.fp;
    FK_TRY(fk_fokker_planck_set(fp, t, message));
    if (e->revision != fk_fokker_planck_revision(fp) || !fk_fokker_planck_steady(fp)) {
        e->rate = fk_fokker_planck_max_rate(fp) / fk_fokker_planck_flux(fp)->courant;
        e->revision = fk_fokker_planck_revision(fp);
    }
    report->longest = fmin(report->longest, reach * (1.0 - 1e-12) / e->rate);
    if (step->h <= report->longest)
        return FK_OK;
    const double unit = exp10(floor(log10(report->longest)) - 3.0);
    return fk_fail(
        message, FK_ELIMIT,
        "a step of %g at t = %g is too long for %s with the flux '%s' on these "
        "cells: it may be at most %.4g",
        step->h, step->t, e->base.stepper->name, fk_fokker_planck_flux(fp)->name,
        floor(report->longest / unit) * unit);
}

void fk_explicit_flow(const fk_explicit *e, const fk_time_step *step, const double *u,
                      double *out)
{
    if (step->transposed)
        fk_fokker_planck_flow_transpose(e->base.fp, u, out);
    else
        fk_fokker_planck_flow(e->base.fp, u, out);
}

enum { CHUNK = 4096 };

/* Tails this thin are cut: what is below the normal numbers is slow to compute with. */
static const double NOTHING = 1e-290;

FK_CLONES
static void sum_chunk(size_t first, size_t n, size_t terms, const double *restrict c,
                      const double *const *v, double *out)
{
    const double *a = v[0] + first, *b = v[1] + first;
    double sum[CHUNK];
    for (size_t i = 0; i < n; i++)
        sum[i] = c[0] * a[i] + c[1] * b[i];
    for (size_t k = 2; k < terms; k++) {
        const double *restrict w = v[k] + first;
        for (size_t i = 0; i < n; i++)
            sum[i] += c[k] * w[i];
    }
    for (size_t i = 0; i < n; i++)
        out[first + i] = fabs(sum[i]) < NOTHING ? 0.0 : sum[i];
}

void fk_explicit_sum(const fk_explicit *e, size_t terms, const double *c,
                     const double *const *v, double *out)
{
    assert(terms >= 2 && terms <= FK_EXPLICIT_FIELDS);
    const size_t chunks = (e->n + CHUNK - 1) / CHUNK;
    const int threads = (int)fk_fokker_planck_threads(e->base.fp);
#pragma omp parallel for schedule(static) \
    num_threads(threads) if (e->n >= FK_PARALLEL_PLACES)
    for (size_t k = 0; k < chunks; k++) {
        const size_t first = k * CHUNK;
        sum_chunk(first, e->n - first < CHUNK ? e->n - first : CHUNK, terms, c, v, out);
    }
}
