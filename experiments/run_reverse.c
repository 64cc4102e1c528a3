/* Sampling backwards in time from the last density to the first: the reverse SDE and
 * the probability-flow ODE, each driven by the score of the Fokker-Planck density and,
 * where the law is known exactly, by the exact score. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "experiments/run_parts.h"
#include "sampling/reverse.h"
#include "sde/linear.h"
#include "sde/score_network.h"

enum { FRAMES = 60, SHOWN = 4000, FOLLOWED = 1500, SAMPLERS = 6 };

/* Below this share of its maximum the density on the grid says nothing of its score. */
static const double SCORE_FLOOR = 1e-9;

/* The law at the end of the run, from which the samplers start: the exact one if there
 * is one, else the Gaussian with the moments of the density on the grid. */
static fk_status final_law(const fk_run_state *run, fk_law **law)
{
    const fk_problem *p = run->problem;
    fk_mixture *m = NULL;
    if (fk_sde_linear(p->sde) && fk_law_mixture(p->initial) != NULL) {
        FK_TRY(fk_linear_propagate(p->sde, p->start, fk_law_mixture(p->initial), p->end,
                                   &m));
    } else {
        FK_TRY(fk_mixture_new(run->dim, 1, &m));
        m->weight[0] = 1.0;
        fk_density_moments(&p->domain.grid, run->table[run->n_table - 1], m->mean,
                           m->cov);
    }
    const fk_status status = fk_law_mixture_new(m, law);
    fk_mixture_free(m);
    return status;
}

/* Frame i of the result, at falling times, from frame `from` of what was found. */
static fk_status keep_frame(fk_run_state *run, fk_reverse_run *r, size_t i, size_t from,
                            const fk_reverse_result *found)
{
    const size_t n = r->n_followed * run->dim;
    r->density[i] = fk_doubles(run->cells);
    r->frame_points[i] = fk_doubles(n);
    if (r->density[i] == NULL || r->frame_points[i] == NULL)
        return FK_ENOMEM;
    fk_density_from_counts(&run->problem->domain.grid,
                           found->frames + from * (run->cells + 1), (double)r->count,
                           r->density[i]);
    memcpy(r->frame_points[i], found->followed + from * n, n * sizeof(double));
    return FK_OK;
}

static fk_status keep(fk_run_state *run, fk_reverse_run *r, const fk_reverse_options *o,
                      const fk_reverse_result *found)
{
    r->n_frames = o->n_frames;
    r->n_followed = o->followed;
    r->time = fk_doubles(r->n_frames);
    r->density = fk_alloc(r->n_frames, sizeof *r->density);
    r->frame_points = fk_alloc(r->n_frames, sizeof *r->frame_points);
    r->n_points = r->count < SHOWN ? r->count : SHOWN;
    r->points = fk_doubles(r->n_points * run->dim);
    if (r->time == NULL || r->density == NULL || r->frame_points == NULL ||
        r->points == NULL)
        return FK_ENOMEM;
    memcpy(r->points, found->x, r->n_points * run->dim * sizeof *r->points);
    for (size_t i = 0; i < r->n_frames; i++) {
        const size_t from = r->n_frames - 1 - i;
        r->time[i] = run->table_time[o->frame[from]];
        FK_TRY(keep_frame(run, r, i, from, found));
    }
    return FK_OK;
}

/* Frames at every so many entries of the table, the first and the last included. */
static size_t choose_frames(size_t n_table, size_t frame[FRAMES])
{
    const size_t n = n_table < FRAMES ? n_table : FRAMES;
    for (size_t i = 0; i < n; i++)
        frame[i] = (n_table - 1) * i / (n - 1);
    return n;
}

/* Reverse SDE by Euler-Maruyama, order 1; probability flow by Heun, order 2. */
static fk_status compare(fk_run_state *run, fk_reverse_run *r, double lambda,
                         const fk_reverse_options *o, const fk_reverse_result *found)
{
    const fk_step_evidence step = {.coarse = found->coarse,
                                   .fine = found->fine,
                                   .moved = found->moved,
                                   .ratio = 2.0,
                                   .order = lambda > 0.0 ? 1.0 : 2.0};
    return fk_compare_generated(run, r->name, found->frames,
                                o->pairs > 0 ? &step : NULL, &r->comparison);
}

static fk_status sample(fk_run_state *run, const fk_score *score, const fk_law *start,
                        double lambda, fk_reverse_run *r, fk_message *message)
{
    size_t frame[FRAMES];
    const fk_problem *p = run->problem;
    const fk_reverse_options o = {.count = r->count,
                                  .seed = p->particles.seed,
                                  .start = start,
                                  .histogram = &p->domain.grid,
                                  .n_frames = choose_frames(run->n_table, frame),
                                  .frame = frame,
                                  .followed = r->count < FOLLOWED ? r->count : FOLLOWED,
                                  .pairs = p->particles.halving > 0.0 ? r->count : 0};
    const fk_progress progress = fk_terminal_progress(run->terminal);
    fk_reverse_result found = {.x = NULL};
    fk_terminal_begin(run->terminal, r->name, NULL, 1.0);
    fk_status status =
        fk_reverse_family(p->sde, score, lambda, &o, &progress, &found, message);
    r->seconds = fk_seconds() - run->terminal->began;
    if (status == FK_OK) {
        fk_terminal_end(run->terminal);
        fk_run_timing(run, r->name, r->seconds, (double)r->count * (double)run->n_table,
                      "particle-steps/s");
        status = keep(run, r, &o, &found);
    }
    if (status == FK_OK)
        status = compare(run, r, lambda, &o, &found);
    fk_reverse_result_free(&found);
    return status;
}

/* Both samplers with one score. */
static fk_status sample_both(fk_run_state *run, const fk_score *score,
                             const char *source, size_t count, const fk_law *start,
                             fk_message *message)
{
    for (int flow = 0; flow < 2; flow++) {
        fk_reverse_run *r = &run->result->reverse[run->result->n_reverse++];
        r->count = count;
        snprintf(r->name, sizeof r->name, "%s, %s score",
                 flow ? "probability flow" : "reverse SDE", source);
        snprintf(r->key, sizeof r->key, "%s_%s", flow ? "ode" : "sde", source);
        FK_TRY(sample(run, score, start, flow ? 0.0 : run->problem->reverse.lambda, r,
                      message));
    }
    return FK_OK;
}

static fk_status sample_network(fk_run_state *run, const fk_law *start,
                                fk_message *message)
{
    const fk_problem *p = run->problem;
    fk_learned *learned = NULL;
    fk_score *score = NULL;
    FK_TRY(fk_learned_read(p->reverse.file, p->sde, &learned, message));
    fk_status status = fk_score_network_new(p->sde, learned, run->n_table,
                                            run->table_time, &score, message);
    if (status == FK_OK)
        status = sample_both(run, score, "network", p->reverse.count, start, message);
    fk_score_free(score);
    fk_learned_free(learned);
    return status;
}

static fk_status sample_all(fk_run_state *run, const fk_law *start, fk_message *message)
{
    const fk_problem *p = run->problem;
    fk_score *score = NULL;
    fk_status status = FK_OK;
    if (p->reverse.grid) {
        FK_TRY(fk_score_grid_new(&p->domain.grid, run->n_table, run->table_time,
                                 (const double *const *)run->table, SCORE_FLOOR,
                                 &score));
        status = sample_both(run, score, "grid", p->reverse.count, start, message);
        fk_score_free(score);
    }
    if (status == FK_OK && p->reverse.exact && fk_sde_linear(p->sde) &&
        fk_law_mixture(p->initial) != NULL) {
        FK_TRY(fk_score_linear_new(p->sde, p->start, fk_law_mixture(p->initial),
                                   run->n_table, run->table_time, &score));
        status =
            sample_both(run, score, "exact", p->reverse.exact_count, start, message);
        fk_score_free(score);
    }
    if (status == FK_OK && p->reverse.network)
        status = sample_network(run, start, message);
    return status;
}

fk_status fk_run_reverse(fk_run_state *run, fk_message *message)
{
    fk_law *start = NULL;
    run->result->reverse = fk_alloc(SAMPLERS, sizeof *run->result->reverse);
    if (run->result->reverse == NULL)
        return FK_ENOMEM;
    FK_TRY(final_law(run, &start));
    const fk_status status = sample_all(run, start, message);
    fk_law_free(start);
    return status;
}
