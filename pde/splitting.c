#include "pde/splitting.h"

#include <omp.h>
#include <stdlib.h>

#include "core/memory.h"
#include "pde/factors.h"
#include "pde/line_step.h"
#include "pde/reaction.h"

typedef struct splitting {
    fk_integrator base;
    fk_factors factors;
    size_t n_threads, tile;
    fk_line_report *report; /* [most tiles] */
    double *work;           /* [n_threads][1 + FK_LINE_STEP_TILES][tile] */
} splitting;

static fk_status add_workspace(splitting *s)
{
    size_t n, most_tiles = 0;
    const fk_direction *d = fk_fokker_planck_directions(s->base.fp, &n);
    for (size_t i = 0; i < n; i++) {
        most_tiles = d[i].tiles > most_tiles ? d[i].tiles : most_tiles;
        s->tile = d[i].tile > s->tile ? d[i].tile : s->tile;
    }
    s->report = fk_alloc(most_tiles, sizeof *s->report);
    s->work = fk_doubles(s->n_threads * (1 + FK_LINE_STEP_TILES) * s->tile);
    return s->report != NULL && s->work != NULL ? FK_OK : FK_ENOMEM;
}

static void release(fk_integrator *i)
{
    splitting *s = (splitting *)i;
    if (s == NULL)
        return;
    fk_factors_clear(&s->factors);
    free(s->report);
    free(s->work);
    free(s);
}

static fk_status make(fk_fokker_planck *fp, const fk_pde_stepper *stepper, size_t slots,
                      fk_integrator **out)
{
    *out = NULL;
    splitting *s = calloc(1, sizeof *s);
    if (s == NULL)
        return FK_ENOMEM;
    s->base = (fk_integrator){stepper->kind, stepper, fp};
    s->n_threads = fk_fokker_planck_threads(fp);
    fk_status status = fk_factors_init(&s->factors, fp, slots);
    if (status == FK_OK)
        status = add_workspace(s);
    if (status != FK_OK) {
        release(&s->base);
        return status;
    }
    *out = &s->base;
    return FK_OK;
}

static size_t memory(const fk_sde *sde, const fk_grid *g, const fk_pde_stepper *stepper,
                     size_t slots)
{
    (void)stepper;
    return fk_factors_memory(sde, g, slots);
}

/* One tile: load, step, store; worth: of the books, for transposed steps. */
static fk_status run_tile(const fk_line_step *step, const fk_direction *d, size_t tile,
                          const fk_factor_slot *slot, const double *worth, double *u,
                          double *work, fk_line_report *report)
{
    const double *factor = fk_factors_tile(slot, d, tile);
    if (factor == NULL)
        return FK_ESINGULAR;
    fk_direction_load(d, tile, u, work);
    if (worth != NULL)
        fk_line_step_transpose(step, d, tile, factor, worth, work, work + d->tile);
    else
        fk_line_step_run(step, d, tile, factor, work, work + d->tile, report);
    fk_direction_store(d, tile, work, u);
    return FK_OK;
}

/* What left by the tiles' exits goes into the books. */
static void add_reports(const splitting *s, size_t tiles, double *left,
                        fk_step_report *report)
{
    const double volume = fk_grid_volume(&fk_fokker_planck_domain(s->base.fp)->grid);
    for (size_t t = 0; t < tiles; t++) {
        report->limited += s->report[t].limited;
        for (size_t a = 0; a < FK_GRID_DIM; a++)
            for (size_t side = 0; side < 2; side++)
                left[2 * a + side] += volume * s->report[t].left[a][side];
    }
}

/* All lines of direction i for the time tau. */
static fk_status sweep(splitting *s, size_t i, double tau, const fk_time_step *now,
                       double *u, fk_step_report *report)
{
    const fk_fokker_planck *fp = s->base.fp;
    size_t n;
    const fk_direction *d = &fk_fokker_planck_directions(fp, &n)[i];
    const fk_line_step step = {s->base.stepper, tau, now->start,
                               fk_fokker_planck_flux(fp)->positive};
    double *books = u + fk_grid_cells(&fk_fokker_planck_domain(fp)->grid);
    const double *worth = now->transposed ? books : NULL;
    fk_factor_slot *slot =
        fk_factors_choose(&s->factors, i, s->base.stepper->theta * tau);
    int failed = 0;
#pragma omp parallel for schedule(static) num_threads((int)s->n_threads) \
    reduction(|                                                          \
              : failed) if (d->tiles * d->tile >= FK_PARALLEL_PLACES)
    for (size_t t = 0; t < d->tiles; t++) {
        double *work =
            s->work + (size_t)omp_get_thread_num() * (1 + FK_LINE_STEP_TILES) * s->tile;
        failed |= run_tile(&step, d, t, slot, worth, u, work, &s->report[t]) != FK_OK;
    }
    if (failed)
        return FK_ESINGULAR;
    fk_factors_filled(&s->factors, slot);
    if (worth == NULL)
        add_reports(s, d->tiles, books, report);
    return FK_OK;
}

static void react(const splitting *s, double tau, const fk_time_step *step, double *u)
{
    const fk_reaction *reaction = fk_fokker_planck_reaction(s->base.fp);
    if (reaction == NULL)
        return;
    if (step->transposed)
        fk_reaction_step_transpose(reaction, tau, u);
    else
        fk_reaction_step(reaction, tau, u);
}

/* A palindrome: the transpose takes its parts in the same order. */
static fk_status sweeps(splitting *s, const fk_time_step *step, double *u,
                        fk_step_report *report)
{
    size_t n;
    (void)fk_fokker_planck_directions(s->base.fp, &n);
    const double h = step->h;
    react(s, 0.5 * h, step, u);
    for (size_t i = 0; i + 1 < n; i++)
        FK_TRY(sweep(s, i, 0.5 * h, step, u, report));
    for (size_t i = n; i-- > 0;)
        FK_TRY(sweep(s, i, i + 1 < n ? 0.5 * h : h, step, u, report));
    react(s, 0.5 * h, step, u);
    return FK_OK;
}

static fk_status step(fk_integrator *i, const fk_time_step *step, double *u,
                      fk_step_report *report, fk_message *message)
{
    FK_TRY(fk_fokker_planck_set(i->fp, step->t + 0.5 * step->h, message));
    const fk_status status = sweeps((splitting *)i, step, u, report);
    if (status != FK_OK)
        return fk_fail(
            message, status,
            "the implicit step of length %g at t = %g has no solution: the "
            "flux '%s' is not positive here; use a positive one or finer cells",
            step->h, step->t, fk_fokker_planck_flux(i->fp)->name);
    return FK_OK;
}

const fk_integrator_kind fk_splitting = {
    .make = make,
    .free = release,
    .memory = memory,
    .step = step,
};
