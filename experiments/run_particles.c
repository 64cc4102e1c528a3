/* The ensemble, and the step-halving pair beside it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "experiments/run_parts.h"
#include "sampling/halving.h"

enum { SHOWN = 2000 }; /* particles kept for scatter plots */

static uint64_t not_inside(const fk_run_state *run, const fk_census *census)
{
    uint64_t n = census->outside + census->lost;
    for (size_t i = 0; i < run->dim; i++)
        n += census->absorbed[i][0] + census->absorbed[i][1];
    return n;
}

static void record_shares(const fk_run_state *run, const fk_census *census,
                          fk_snapshot *s)
{
    const double count = (double)run->problem->particles.count;
    s->outside = (double)census->outside / count;
    s->vanished = (double)census->lost / count;
    for (size_t i = 0; i < run->dim; i++)
        for (size_t side = 0; side < 2; side++)
            s->absorbed[i][side] = (double)census->absorbed[i][side] / count;
}

/* States of the particles below n that are somewhere, to x[][dim]; returns how many. */
static size_t states_left(const fk_ensemble *e, size_t n, size_t dim, double *x)
{
    size_t left = 0;
    for (size_t p = 0; p < n; p++)
        if (!fk_ensemble_lost(e, p))
            fk_ensemble_states(e, p, 1, x + left++ * dim);
    return left;
}

/* Moments and a handful of points need no grid. */
static fk_status record_states(fk_run_state *run, const fk_ensemble *e, size_t i)
{
    fk_record *r = &run->record[i];
    fk_snapshot *s = &run->result->snapshot[i];
    const size_t dim = run->dim, count = run->problem->particles.count;
    r->mean = fk_doubles(dim);
    r->covariance = fk_doubles(dim * dim);
    r->fourth = fk_doubles(dim);
    const size_t shown = count < SHOWN ? count : SHOWN;
    s->points = fk_doubles(shown * dim);
    if (r->mean == NULL || r->covariance == NULL || r->fourth == NULL ||
        s->points == NULL)
        return FK_ENOMEM;
    fk_ensemble_moments(e, r->mean, r->covariance, r->fourth, &r->alive);
    s->n_points = states_left(e, shown, dim, s->points);
    return FK_OK;
}

static fk_status record_density(fk_run_state *run, const fk_ensemble *e, size_t i)
{
    fk_record *r = &run->record[i];
    fk_snapshot *s = &run->result->snapshot[i];
    const fk_problem *p = run->problem;
    const fk_grid *g = &p->domain.grid;
    r->count = fk_alloc(run->cells + 1, sizeof *r->count);
    s->particles = fk_doubles(run->cells);
    if (r->count == NULL || s->particles == NULL)
        return FK_ENOMEM;
    fk_ensemble_histogram(e, g, r->count, &r->census);
    r->count[run->cells] = not_inside(run, &r->census);
    fk_density_from_counts(g, r->count, (double)p->particles.count, s->particles);
    record_shares(run, &r->census, s);
    return FK_OK;
}

/* A particle that is lost stays where it was seen last. */
static void record_followed(fk_run_state *run, const fk_ensemble *e, size_t i)
{
    double **points = run->result->frame_points;
    for (size_t p = 0; p < run->result->n_paths; p++) {
        double *x = points[i] + p * run->dim;
        if (!fk_ensemble_lost(e, p))
            fk_ensemble_states(e, p, 1, x);
        else if (i > 0)
            memcpy(x, points[i - 1] + p * run->dim, run->dim * sizeof *x);
    }
}

static fk_status record_frame(fk_run_state *run, const fk_ensemble *e, size_t i)
{
    uint64_t *count = fk_alloc(run->cells + 1, sizeof *count);
    if (count == NULL)
        return FK_ENOMEM;
    const fk_problem *p = run->problem;
    fk_census census;
    fk_ensemble_histogram(e, &p->domain.grid, count, &census);
    fk_density_from_counts(&p->domain.grid, count, (double)p->particles.count,
                           run->result->frame_particles[i]);
    free(count);
    record_followed(run, e, i);
    return FK_OK;
}

/* share[] of the ensemble that has left through each face */
static void exit_shares(const fk_exits *exits, const fk_ensemble *e, double *share)
{
    uint64_t absorbed[FK_GRID_DIM][2];
    fk_ensemble_absorbed(e, absorbed);
    for (size_t k = 0; k < exits->n_faces; k++) {
        const fk_face_exits *f = &exits->face[k];
        share[k] = (double)absorbed[f->axis][f->side] / (double)fk_ensemble_count(e);
    }
}

static void record_exits(fk_run_state *run, const fk_ensemble *e, size_t i)
{
    const fk_exits *exits = &run->result->exits;
    double share[2 * FK_GRID_DIM];
    exit_shares(exits, e, share);
    for (size_t k = 0; k < exits->n_faces; k++)
        exits->face[k].particles[i] = share[k];
}

static fk_status record_stop(fk_run_state *run, const fk_ensemble *e,
                             const fk_stop *stop)
{
    if (stop->snapshot != FK_NOWHERE) {
        FK_TRY(record_states(run, e, (size_t)stop->snapshot));
        if (run->problem->has_domain)
            FK_TRY(record_density(run, e, (size_t)stop->snapshot));
    }
    if (stop->frame != FK_NOWHERE)
        FK_TRY(record_frame(run, e, (size_t)stop->frame));
    if (stop->exit != FK_NOWHERE)
        record_exits(run, e, (size_t)stop->exit);
    return FK_OK;
}

/* Of particles that are seen after steps only. */
static fk_status record_unbridged(fk_run_state *run, const fk_ensemble *e,
                                  const fk_stop *stop)
{
    const fk_exits *exits = &run->result->exits;
    double share[2 * FK_GRID_DIM];
    exit_shares(exits, e, share);
    for (size_t k = 0; stop->exit != FK_NOWHERE && k < exits->n_faces; k++)
        exits->face[k].unbridged[stop->exit] = share[k];
    return FK_OK;
}

static bool particles_stop(const fk_stop *stop)
{
    return stop->snapshot != FK_NOWHERE || stop->frame != FK_NOWHERE ||
           stop->exit != FK_NOWHERE;
}

static fk_ensemble_options options(const fk_run_state *run, size_t count,
                                   fk_purpose purpose)
{
    return (fk_ensemble_options){.count = count,
                                 .start = run->problem->start,
                                 .step = run->problem->particles.step,
                                 .seed = run->problem->particles.seed,
                                 .purpose = purpose,
                                 .scheme = run->methods->scheme,
                                 .faces = run->methods->faces};
}

static fk_status advance_ensemble(fk_run_state *run, fk_ensemble *e,
                                  fk_status (*record)(fk_run_state *,
                                                      const fk_ensemble *,
                                                      const fk_stop *),
                                  fk_message *message)
{
    const fk_progress inner = fk_terminal_progress(run->terminal);
    const fk_progress stop_only = {.stopped = inner.stopped, .context = inner.context};
    const double span = run->problem->end - run->problem->start;
    for (size_t i = 0; i < run->n_stops; i++) {
        if (!particles_stop(&run->stop[i]))
            continue;
        FK_TRY(fk_ensemble_advance(e, run->stop[i].t, &stop_only, message));
        const size_t next = (size_t)run->stop[i].snapshot + 1;
        if (run->stop[i].snapshot != FK_NOWHERE && next < run->result->n_snapshots)
            fk_ensemble_pace(e, run->result->snapshot[next].t);
        FK_TRY(record(run, e, &run->stop[i]));
        fk_progress_report(&inner, run->stop[i].t - run->problem->start, span);
    }
    return FK_OK;
}

/* The first are told: nothing that is computed from those left is a verdict. */
static fk_status record_lost(fk_run_state *run, const fk_losses *l, uint64_t total,
                             const char *what)
{
    fk_result *r = run->result;
    if (l->count == 0 || r->lost.x != NULL)
        return FK_OK;
    fk_message message;
    fk_losses_tell(l, run->problem->sde, what, total, &message);
    snprintf(r->lost.sentence, sizeof r->lost.sentence, "%.500s.", message.text);
    r->lost.x = fk_doubles(run->dim);
    if (r->lost.x == NULL)
        return FK_ENOMEM;
    memcpy(r->lost.x, l->x, run->dim * sizeof *l->x);
    r->lost.particle = l->particle;
    r->lost.t = l->time;
    return FK_OK;
}

/* Between two snapshots the last-step kernel is one step long, from the present time. */
static fk_status kernel_estimate(fk_run_state *run, fk_message *message)
{
    const fk_problem *p = run->problem;
    const fk_progress progress = fk_terminal_progress(run->terminal);
    const fk_ensemble_options o = options(run, p->particles.count, FK_FOR_NOISE);
    fk_ensemble *e = NULL;
    FK_TRY(fk_ensemble_new(p->sde, &p->domain, p->initial, &o, &e, message));
    fk_status status = FK_OK;
    for (size_t i = 1; i < run->result->n_snapshots && status == FK_OK; i++) {
        fk_snapshot *s = &run->result->snapshot[i];
        const double h =
            fmin(p->particles.step, 0.5 * (s->t - run->result->snapshot[i - 1].t));
        s->kernel = fk_doubles(run->cells);
        if (s->kernel == NULL)
            status = FK_ENOMEM;
        if (status == FK_OK)
            status = fk_ensemble_advance(e, s->t - h, &progress, message);
        if (status == FK_OK)
            status = fk_ensemble_kernel_density(e, &p->domain.grid, h, s->kernel, NULL);
    }
    fk_ensemble_free(e);
    return status;
}

static fk_status record_halving(fk_run_state *run, const fk_halving *h, size_t i)
{
    fk_record *r = &run->record[i];
    uint64_t **counts[] = {&r->coarse, &r->fine, &r->moved};
    double **moments[] = {&r->step_mean, &r->step_mean_error, &r->step_square,
                          &r->step_square_error};
    for (size_t k = 0; k < 3; k++)
        if ((*counts[k] = fk_alloc(run->cells + 1, sizeof(uint64_t))) == NULL)
            return FK_ENOMEM;
    for (size_t k = 0; k < 4; k++)
        if ((*moments[k] = fk_doubles(run->dim)) == NULL)
            return FK_ENOMEM;
    fk_halving_histograms(h, &run->problem->domain.grid, r->coarse, r->fine, r->moved);
    fk_halving_moments(h, r->mean, r->step_mean, r->step_mean_error, r->step_square,
                       r->step_square_error);
    return FK_OK;
}

/* Pauses where the ensemble does, so that both take the same steps. */
static fk_status advance_halving(fk_run_state *run, fk_halving *h, fk_message *message)
{
    const fk_progress inner = fk_terminal_progress(run->terminal);
    const fk_progress stop_only = {.stopped = inner.stopped, .context = inner.context};
    for (size_t i = 0; i < run->n_stops; i++) {
        const fk_stop *stop = &run->stop[i];
        if (!particles_stop(stop))
            continue;
        FK_TRY(fk_halving_advance(h, stop->t, &stop_only, message));
        if (stop->snapshot > 0)
            FK_TRY(record_halving(run, h, (size_t)stop->snapshot));
        fk_progress_report(&inner, stop->t - run->problem->start,
                           run->problem->end - run->problem->start);
    }
    return FK_OK;
}

static fk_status run_halving(fk_run_state *run, double steps, fk_message *message)
{
    const fk_problem *p = run->problem;
    run->pairs = fk_run_pairs(p);
    const fk_ensemble_options o = options(run, run->pairs, FK_FOR_HALVING);
    const double span = p->end - p->start, work = 3.0 * (double)run->pairs * steps;
    fk_halving *h = NULL;
    FK_TRY(fk_halving_new(p->sde, &p->domain, p->initial, &o, &h, message));
    fk_terminal_begin(run->terminal, "step halved", "particle-steps", work / span);
    fk_status status = advance_halving(run, h, message);
    run->result->lost.pairs = fk_halving_losses(h)->count;
    if (status == FK_OK)
        status =
            record_lost(run, fk_halving_losses(h), run->pairs, "step-halving pairs");
    fk_halving_free(h);
    if (status == FK_OK) {
        fk_terminal_end(run->terminal);
        fk_run_timing(run, "step-halving pairs", fk_seconds() - run->terminal->began,
                      work, "particle-steps/s");
    }
    return status;
}

/* What the bridge corrects: fewer particles, absorbed where steps end beyond a face. */
static fk_status run_unbridged(fk_run_state *run, double steps, fk_message *message)
{
    const fk_problem *p = run->problem;
    const size_t count = run->result->exits.n_unbridged;
    const double work = (double)count * steps;
    fk_ensemble_options o = options(run, count, FK_FOR_NOISE);
    o.faces.bridge = false;
    fk_ensemble *e = NULL;
    fk_terminal_begin(run->terminal, "no bridge", "particle-steps",
                      work / (p->end - p->start));
    FK_TRY(fk_ensemble_new(p->sde, &p->domain, p->initial, &o, &e, message));
    const fk_status status = advance_ensemble(run, e, record_unbridged, message);
    fk_ensemble_free(e);
    FK_TRY(status);
    fk_terminal_end(run->terminal);
    fk_run_timing(run, "without bridge", fk_seconds() - run->terminal->began, work,
                  "particle-steps/s");
    return FK_OK;
}

fk_status fk_run_particles(fk_run_state *run, fk_message *message)
{
    const fk_problem *p = run->problem;
    const fk_ensemble_options o = options(run, p->particles.count, FK_FOR_NOISE);
    const double span = p->end - p->start;
    fk_ensemble *e = NULL;
    fk_terminal_begin(run->terminal, "particles", "particle-steps",
                      (double)o.count / o.step);
    FK_TRY(fk_ensemble_new(p->sde, p->has_domain ? &p->domain : NULL, p->initial, &o,
                           &e, message));
    fk_status status = advance_ensemble(run, e, record_stop, message);
    const double steps = (double)fk_ensemble_steps(e);
    run->result->lost.count = fk_ensemble_losses(e)->count;
    if (status == FK_OK)
        status = record_lost(run, fk_ensemble_losses(e), o.count, "particles");
    fk_ensemble_free(e);
    FK_TRY(status);
    fk_terminal_end(run->terminal);
    fk_run_timing(run, "particles", fk_seconds() - run->terminal->began,
                  (double)o.count * steps, "particle-steps/s");
    if (p->has_domain && p->particles.halving > 0.0)
        FK_TRY(run_halving(run, steps, message));
    if (run->result->exits.n_unbridged > 0)
        FK_TRY(run_unbridged(run, steps, message));
    if (p->has_domain && p->particles.kernel && run->dim <= 2 &&
        run->methods->scheme->transition != NULL && p->sde->noises > 0) {
        fk_terminal_begin(run->terminal, "last-step kernel", NULL, 1.0 / span);
        FK_TRY(kernel_estimate(run, message));
        fk_terminal_end(run->terminal);
    }
    return FK_OK;
}
