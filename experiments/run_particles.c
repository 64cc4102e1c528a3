/* The ensemble, chunk by chunk: counts and sums at the stops, densities of them at the
 * end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/interval.h"
#include "core/memory.h"
#include "core/smooth.h"
#include "experiments/run_parts.h"

static bool stops(const fk_stop *s)
{
    return s->snapshot != FK_NOWHERE || s->frame != FK_NOWHERE ||
           s->exit != FK_NOWHERE || s->kernel != FK_NOWHERE;
}

static fk_status begin(fk_run_state *run, size_t n, fk_message *message)
{
    const fk_problem *p = run->problem;
    const fk_ensemble_options o = fk_run_options(run, n, FK_FOR_NOISE);
    return fk_ensemble_new(p->sde, p->has_domain ? &p->domain : NULL, p->initial, &o,
                           &run->ensemble, message);
}

static fk_status advance(fk_run_state *run, double t, uint64_t steps, double *now,
                         fk_message *message)
{
    FK_TRY(fk_ensemble_advance_some(run->ensemble, t, steps, NULL, message));
    *now = fk_ensemble_time(run->ensemble);
    return FK_OK;
}

/* ---- what is kept at a stop ---- */

/* The first chunk has those that are shown; the lost are left out. */
static void record_points(const fk_run_state *run, fk_snapshot *s)
{
    if (run->first > 0)
        return;
    s->n_points = 0;
    for (size_t p = 0; p < run->n_shown; p++)
        if (!fk_ensemble_lost(run->ensemble, p))
            fk_ensemble_states(run->ensemble, p, 1,
                               s->points + s->n_points++ * run->dim);
}

/* A particle that is lost stays where it was seen last. */
static void record_followed(const fk_run_state *run, size_t i)
{
    double **points = run->result->frame_points;
    for (size_t p = 0; p < run->result->n_paths && run->first == 0; p++) {
        double *x = points[i] + p * run->dim;
        if (!fk_ensemble_lost(run->ensemble, p))
            fk_ensemble_states(run->ensemble, p, 1, x);
        else if (i > 0)
            memcpy(x, points[i - 1] + p * run->dim, run->dim * sizeof *x);
    }
}

/* One step of the run's own ahead of the output, whose law it estimates. */
static fk_status record_kernel(fk_run_state *run, size_t i, fk_message *message)
{
    const double began = fk_seconds();
    const fk_snapshot *s = &run->result->snapshot[i];
    const fk_status status = fk_ensemble_kernel_density(
        run->ensemble, &run->problem->domain.grid, fk_ensemble_step(run->ensemble),
        s->kernel, s->kernel_error, NULL);
    run->kernel_seconds += fk_seconds() - began;
    if (status != FK_OK)
        return fk_fail(message, status, "last-step kernel: %s", fk_status_text(status));
    return FK_OK;
}

static fk_status record_moments(fk_run_state *run, size_t i, fk_message *message)
{
    fk_status status = fk_moment_sums_add(run->record[i].sums, run->ensemble);
    if (status == FK_OK)
        status = fk_quantiles_add(run->record[i].quantiles, run->ensemble);
    return status == FK_OK ? FK_OK : fk_fail(message, status, "no memory for moments");
}

/* Equal steps up to the next output, whatever stops lie on the way. */
static void pace_on(fk_run_state *run, const fk_stop *s)
{
    const size_t next = (size_t)(s->snapshot + 1);
    if (s->snapshot != FK_NOWHERE && next < run->result->n_snapshots)
        fk_ensemble_pace(run->ensemble, run->result->snapshot[next].t);
}

static fk_status record(fk_run_state *run, const fk_stop *s, fk_message *message)
{
    const fk_problem *p = run->problem;
    const fk_ensemble *e = run->ensemble;
    if (s->snapshot != FK_NOWHERE) {
        const size_t i = (size_t)s->snapshot;
        record_points(run, &run->result->snapshot[i]);
        if (p->has_domain)
            fk_ensemble_tally(e, &p->domain.grid, run->record[i].count);
        else
            FK_TRY(record_moments(run, i, message));
    }
    pace_on(run, s);
    if (s->frame != FK_NOWHERE) {
        fk_ensemble_tally(e, &p->domain.grid, run->frame[s->frame]);
        record_followed(run, (size_t)s->frame);
    }
    if (s->exit != FK_NOWHERE)
        fk_ensemble_tally(e, NULL, run->exit + (size_t)s->exit * FK_ELSEWHERE);
    if (s->kernel != FK_NOWHERE)
        FK_TRY(record_kernel(run, (size_t)s->kernel, message));
    return FK_OK;
}

static bool keep(fk_run_state *run, const fk_keeper *keeper)
{
    return fk_ensemble_keep(run->ensemble, keeper);
}

static void end(fk_run_state *run)
{
    if (run->ensemble == NULL)
        return;
    run->steps = fk_ensemble_steps(run->ensemble);
    fk_run_lose(run, (int)run->troop, fk_ensemble_losses(run->ensemble));
    fk_ensemble_free(run->ensemble);
    run->ensemble = NULL;
}

/* ---- beside them: the same without a bridge ---- */

static fk_status begin_unbridged(fk_run_state *run, size_t n, fk_message *message)
{
    const fk_problem *p = run->problem;
    fk_ensemble_options o = fk_run_options(run, n, FK_FOR_NOISE);
    o.faces.bridge = false;
    return fk_ensemble_new(p->sde, &p->domain, p->initial, &o, &run->ensemble, message);
}

static bool stops_unbridged(const fk_stop *s)
{
    return s->exit != FK_NOWHERE || s->snapshot != FK_NOWHERE;
}

static fk_status record_unbridged(fk_run_state *run, const fk_stop *s,
                                  fk_message *message)
{
    (void)message;
    if (s->exit != FK_NOWHERE)
        fk_ensemble_tally(run->ensemble, NULL,
                          run->unbridged + (size_t)s->exit * FK_ELSEWHERE);
    pace_on(run, s);
    return FK_OK;
}

/* ---- what it means once all have passed ---- */

static void finish_shares(const fk_run_state *run, const fk_census *census,
                          fk_snapshot *s)
{
    const double count = (double)run->problem->particles.count;
    s->outside = (double)census->outside / count;
    s->vanished = (double)census->lost / count;
    s->killed[0] = (double)census->killed / count;
    for (size_t i = 0; i < run->dim; i++)
        for (size_t side = 0; side < 2; side++)
            s->absorbed[i][side] = (double)census->absorbed[i][side] / count;
}

static const double TAIL = 0.025; /* beyond each limit */

static fk_status limits_new(size_t cells, double *limit[2])
{
    limit[0] = fk_doubles(cells);
    limit[1] = fk_doubles(cells);
    return limit[0] != NULL && limit[1] != NULL ? FK_OK : FK_ENOMEM;
}

/* A grid too fine for the bandwidth goes without. */
static fk_status without_smooth(fk_snapshot *s)
{
    double **const field[] = {&s->smooth, &s->limit[FK_SMOOTH][0],
                              &s->limit[FK_SMOOTH][1]};
    for (size_t i = 0; i < sizeof field / sizeof *field; i++) {
        free(*field[i]);
        *field[i] = NULL;
    }
    return FK_OK;
}

/* The band is that of a smaller bandwidth, so that it holds the density itself. */
static fk_status finish_smooth(const fk_run_state *run, size_t i)
{
    const fk_domain *d = &run->problem->domain;
    const uint64_t *count = run->record[i].count;
    const double total = (double)run->problem->particles.count;
    fk_snapshot *s = &run->result->snapshot[i];
    double *p = s->smooth = fk_doubles(run->cells), h[FK_GRID_DIM];
    double *error = fk_doubles(run->cells), *centre = fk_doubles(run->cells);
    fk_status status = limits_new(run->cells, s->limit[FK_SMOOTH]);
    if (p == NULL || error == NULL || centre == NULL)
        status = FK_ENOMEM;
    if (status == FK_OK)
        status = fk_smooth_bandwidth(d, count, s->bandwidth);
    for (size_t k = 0; k < run->dim; k++)
        h[k] = s->bandwidth[k] * fk_undersmoothing(total, run->dim);
    if (status == FK_OK)
        status = fk_smooth_density(d, count, total, s->bandwidth, FK_SMOOTH_FASTER, p,
                                   error);
    if (status == FK_OK)
        status = fk_smooth_density(d, count, total, h, FK_SMOOTH_FASTER, centre, error);
    if (status == FK_OK)
        fk_normal_band(run->cells, centre, error, TAIL, s->limit[FK_SMOOTH][0],
                       s->limit[FK_SMOOTH][1]);
    free(error);
    free(centre);
    return status == FK_ELIMIT ? without_smooth(s) : status;
}

static fk_status finish_bands(const fk_run_state *run, size_t i)
{
    const fk_problem *p = run->problem;
    fk_snapshot *s = &run->result->snapshot[i];
    FK_TRY(limits_new(run->cells, s->limit[FK_HISTOGRAM]));
    fk_histogram_band(&p->domain.grid, run->record[i].count, (double)p->particles.count,
                      TAIL, s->limit[FK_HISTOGRAM][0], s->limit[FK_HISTOGRAM][1]);
    if (s->kernel != NULL) {
        FK_TRY(limits_new(run->cells, s->limit[FK_KERNEL]));
        fk_normal_band(run->cells, s->kernel, s->kernel_error, TAIL,
                       s->limit[FK_KERNEL][0], s->limit[FK_KERNEL][1]);
    }
    if (p->particles.smooth && run->dim <= 2)
        FK_TRY(finish_smooth(run, i));
    return FK_OK;
}

static fk_status finish_snapshots(fk_run_state *run)
{
    const fk_grid *g = &run->problem->domain.grid;
    const double count = (double)run->problem->particles.count;
    for (size_t i = 0; i < run->result->n_snapshots; i++) {
        fk_record *r = &run->record[i];
        fk_snapshot *s = &run->result->snapshot[i];
        s->particles = fk_doubles(run->cells);
        if (s->particles == NULL)
            return FK_ENOMEM;
        r->census = fk_census_read(run->cells, r->count);
        finish_shares(run, &r->census, s);
        fk_density_from_counts(g, r->count, count, s->particles);
        if (s->kernel != NULL)
            fk_density_from_masses(g, count, s->kernel, s->kernel_error, s->kernel,
                                   s->kernel_error);
        FK_TRY(finish_bands(run, i));
    }
    return FK_OK;
}

static fk_status finish_frames(fk_run_state *run)
{
    for (size_t i = 0; i < run->result->n_frames; i++) {
        double *p = run->result->frame_particles[i] = fk_doubles(run->cells);
        if (p == NULL)
            return FK_ENOMEM;
        fk_density_from_counts(&run->problem->domain.grid, run->frame[i],
                               (double)run->problem->particles.count, p);
        free(run->frame[i]);
        run->frame[i] = NULL;
    }
    return FK_OK;
}

/* share[k][i] of `total` that has left through face k by the exit time i */
static void finish_exits(const fk_exits *exits, const uint64_t *count, double total,
                         double *const *share)
{
    for (size_t i = 0; i < exits->n_times; i++) {
        const fk_census c = fk_census_read(0, count + i * FK_ELSEWHERE);
        for (size_t k = 0; k < exits->n_faces; k++)
            share[k][i] =
                (double)c.absorbed[exits->face[k].axis][exits->face[k].side] / total;
    }
}

/* ---- all of them ---- */

static fk_status march_particles(fk_run_state *run, fk_message *message)
{
    const fk_troop particles = {.which = FK_PARTICLES,
                                .name = "particles",
                                .timing = "particles",
                                .count = run->problem->particles.count,
                                .work = 1.0,
                                .stops = stops,
                                .begin = begin,
                                .advance = advance,
                                .record = record,
                                .keep = keep,
                                .end = end};
    return fk_run_march(run, &particles, message);
}

/* What the bridge corrects: fewer particles, absorbed where steps end beyond a face. */
static fk_status march_unbridged(fk_run_state *run, fk_message *message)
{
    const fk_troop particles = {.which = FK_UNBRIDGED,
                                .name = "no bridge",
                                .timing = "without bridge",
                                .count = run->result->exits.n_unbridged,
                                .work = 1.0,
                                .stops = stops_unbridged,
                                .begin = begin_unbridged,
                                .advance = advance,
                                .record = record_unbridged,
                                .keep = keep,
                                .end = end};
    return fk_run_march(run, &particles, message);
}

fk_status fk_run_particles(fk_run_state *run, fk_message *message)
{
    fk_checkpoint *c = run->checkpoint;
    FK_TRY(march_particles(run, message));
    if (!run->problem->has_domain)
        fk_run_moments_read(run);
    if (fk_run_halves(run))
        FK_TRY(fk_run_halving(run, message));
    if (run->result->exits.n_unbridged > 0)
        FK_TRY(march_unbridged(run, message));
    run->troop = FK_TROOPS;
    if (c != NULL && (c->exists || fk_seconds() - c->written >= c->interval))
        FK_TRY(fk_checkpoint_write(run, NULL, message));
    return FK_OK;
}

/* The first one lost is told: nothing that is computed from those left is a verdict. */
static fk_status finish_losses(fk_run_state *run)
{
    const fk_problem *p = run->problem;
    fk_lost_particles *lost = &run->result->lost;
    lost->count = run->losses[FK_PARTICLES].count;
    lost->pairs = run->losses[FK_PAIRS].count;
    if (lost->count + lost->pairs == 0)
        return FK_OK;
    const bool pairs = lost->count == 0;
    const fk_losses *l = &run->losses[pairs ? FK_PAIRS : FK_PARTICLES];
    fk_message message;
    fk_losses_tell(l, p->sde, pairs ? "step-halving pairs" : "particles",
                   pairs ? fk_run_pairs(p) : p->particles.count, &message);
    snprintf(lost->sentence, sizeof lost->sentence, "%.500s.", message.text);
    lost->x = fk_doubles(run->dim);
    if (lost->x == NULL)
        return FK_ENOMEM;
    memcpy(lost->x, l->x, run->dim * sizeof *l->x);
    lost->particle = l->particle;
    lost->t = l->time;
    return FK_OK;
}

fk_status fk_run_particles_finish(fk_run_state *run)
{
    const fk_exits *exits = &run->result->exits;
    double *with[2 * FK_GRID_DIM], *without[2 * FK_GRID_DIM];
    FK_TRY(finish_losses(run));
    if (!run->problem->has_domain)
        return FK_OK;
    FK_TRY(finish_snapshots(run));
    FK_TRY(finish_frames(run));
    for (size_t k = 0; k < exits->n_faces; k++) {
        with[k] = exits->face[k].particles;
        without[k] = exits->face[k].unbridged;
    }
    finish_exits(exits, run->exit, (double)run->problem->particles.count, with);
    if (exits->n_unbridged > 0)
        finish_exits(exits, run->unbridged, (double)exits->n_unbridged, without);
    return FK_OK;
}
