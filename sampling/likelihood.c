#include "sampling/likelihood.h"

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/random.h"
#include "sampling/flow.h"
#include "sampling/march.h"
#include "sampling/rows.h"
#include "sampling/time_grid.h"

/* Everything the threads read. */
typedef struct voyage {
    const fk_likelihood_options *o;
    fk_flow flow;
    size_t count, n_blocks;
    const double *x;
    const fk_progress *progress;
    fk_likelihood *out;
    const fk_score *score; /* of this level */
    size_t steps;
    bool probing;
    size_t directions;
} voyage;

/* ---- times ---- */

static fk_status place_nodes(const fk_likelihood_options *o, size_t n, double *node,
                             fk_message *message)
{
    const bool noisy =
        o->schedule != NULL && fk_noise_at(o->schedule, o->first).sigma > 0.0;
    if (noisy)
        return fk_time_grid_make(fk_time_grid_find("log-snr"), o->schedule, 1.0, n,
                                 o->first, o->last, node, message);
    const double since = o->first - o->start, span = o->last - o->start;
    for (size_t k = 0; k <= n; k++) {
        const double u = (double)k / (double)n;
        node[k] = since > 0.0 ? o->start + since * pow(span / since, u)
                              : o->first + u * u * u * (o->last - o->first);
    }
    node[0] = o->first;
    node[n] = o->last;
    return FK_OK;
}

static fk_status make_score(const fk_likelihood_options *o, size_t n, fk_score **out,
                            fk_message *message)
{
    double *node = fk_doubles(n + 1), *time = fk_doubles(FK_FLOW_TIMES * n + 1);
    fk_status status = FK_ENOMEM;
    if (node != NULL && time != NULL)
        status = place_nodes(o, n, node, message);
    if (status == FK_OK) {
        fk_flow_times(n, node, time);
        status =
            o->score.at(o->score.context, FK_FLOW_TIMES * n + 1, time, out, message);
    }
    free(node);
    free(time);
    return status;
}

/* ---- one block ---- */

/* Padded with the last point. */
static void load_points(const voyage *v, size_t b, double *x)
{
    const size_t d = v->flow.dim;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const size_t point = b * FK_BLOCK + j;
        const double *from = v->x + (point < v->count ? point : v->count - 1) * d;
        for (size_t i = 0; i < d; i++)
            x[i * FK_BLOCK + j] = from[i];
    }
}

/* The axes, or the probes. */
static void load_directions(const voyage *v, size_t b, fk_carrier *c)
{
    const size_t d = v->flow.dim, n = v->directions;
    if (v->probing) {
        fk_streams r;
        fk_streams_seed(&r, v->o->seed, FK_FOR_PROBES, b * FK_BLOCK);
        if (v->o->normal)
            fk_streams_normal(&r, n * d, c->direction);
        else
            fk_streams_signs(&r, n * d, c->direction);
        return;
    }
    memset(c->direction, 0, n * d * FK_BLOCK * sizeof *c->direction);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < FK_BLOCK; j++)
            c->direction[(i * d + i) * FK_BLOCK + j] = 1.0;
}

static void store_exact(const voyage *v, size_t b, const fk_carrier *c)
{
    const size_t d = v->flow.dim, lanes = fk_block_lanes(v->count, b);
    for (size_t j = 0; j < lanes; j++) {
        const size_t point = b * FK_BLOCK + j;
        fk_log_density *p = &v->out->point[point];
        p->drift = c->drift[j];
        p->score = -c->tensor[j];
        for (size_t m = 0; m < c->directions; m++)
            p->score -= c->trace[m * FK_BLOCK + j];
        for (size_t i = 0; i < d; i++)
            v->out->last[point * d + i] = c->x[i * FK_BLOCK + j];
    }
}

static void store_estimates(const voyage *v, size_t b, const fk_carrier *c)
{
    const size_t lanes = fk_block_lanes(v->count, b);
    const double n = (double)c->directions;
    for (size_t j = 0; j < lanes; j++) {
        fk_log_density *p = &v->out->point[b * FK_BLOCK + j];
        double mean = 0.0, square = 0.0;
        for (size_t m = 0; m < c->directions; m++)
            mean += c->trace[m * FK_BLOCK + j] / n;
        for (size_t m = 0; m < c->directions; m++)
            square += pow(c->trace[m * FK_BLOCK + j] - mean, 2.0);
        p->estimate = p->prior + p->drift - c->tensor[j] - mean;
        p->variance = square / (n - 1.0);
    }
}

/* False once the user asked to stop. */
static bool carry(const voyage *v, size_t b, double *scratch)
{
    fk_carrier c = fk_carrier_place(&v->flow, v->directions, scratch);
    load_points(v, b, c.x);
    load_directions(v, b, &c);
    for (size_t k = 0; k < v->steps; k++) {
        if (fk_progress_stopped(v->progress))
            return false;
        fk_flow_step(&v->flow, v->score, k, &c);
    }
    if (v->probing)
        store_estimates(v, b, &c);
    else
        store_exact(v, b, &c);
    return true;
}

/* ---- all blocks ---- */

static fk_status carry_all(const voyage *v, fk_message *message)
{
    const size_t own = fk_carrier_scratch(&v->flow, v->score, v->directions);
    const size_t n_blocks = v->n_blocks;
    double *scratch = fk_doubles((size_t)omp_get_max_threads() * own);
    size_t done = 0;
    bool stopped = false;
    if (scratch == NULL)
        return FK_ENOMEM;
#pragma omp parallel for default(none) shared(done, stopped) \
    firstprivate(v, scratch, own, n_blocks) schedule(dynamic, 1)
    for (size_t b = 0; b < n_blocks; b++) {
        const bool whole = carry(v, b, scratch + (size_t)omp_get_thread_num() * own);
#pragma omp critical(fk_likelihood_team)
        {
            stopped |= !whole;
            fk_progress_report(v->progress, (double)++done, (double)n_blocks);
        }
    }
    free(scratch);
    return stopped ? fk_fail(message, FK_EINTERRUPTED, "%s",
                             fk_status_text(FK_EINTERRUPTED))
                   : FK_OK;
}

/* One more level; its change from the one before. */
static fk_status add_level(voyage *v, fk_message *message)
{
    fk_likelihood *out = v->out;
    fk_likelihood_level *level = &out->level[out->n_levels++];
    *level = (fk_likelihood_level){.steps = v->steps,
                                   .change = out->n_levels > 1 ? 0.0 : HUGE_VAL};
    level->total = fk_doubles(v->count);
    if (level->total == NULL)
        return FK_ENOMEM;
    FK_TRY(carry_all(v, message));
    const fk_score *prior = v->o->prior != NULL ? v->o->prior : v->score;
    FK_TRY(fk_score_log_density(prior, prior->n_times - 1, v->count, out->last,
                                level->total));
    for (size_t i = 0; i < v->count; i++) {
        fk_log_density *p = &out->point[i];
        p->prior = level->total[i];
        p->total = level->total[i] = p->prior + p->drift + p->score;
        const double change =
            out->n_levels > 1 ? fabs(p->total - (level - 1)->total[i]) : HUGE_VAL;
        level->change = isfinite(change) ? fmax(level->change, change) : HUGE_VAL;
    }
    return FK_OK;
}

static fk_status check_finite(const voyage *v, fk_message *message)
{
    for (size_t i = 0; i < v->count; i++)
        if (!isfinite(v->out->point[i].total))
            return fk_fail(
                message, FK_EDOMAIN,
                "point %zu on its way from t = %.6g to t = %.6g in %zu steps "
                "is not finite: a later first time or more steps are needed",
                i + 1, v->o->first, v->o->last, v->steps);
    return FK_OK;
}

static fk_status probe(voyage *v, fk_message *message)
{
    v->probing = true;
    v->directions = v->o->probes;
    return carry_all(v, message);
}

/* A level with a score of its own; after the last one the probes. *last: it is. */
static fk_status visit_level(voyage *v, bool *last, fk_message *message)
{
    const fk_likelihood_options *o = v->o;
    fk_likelihood *out = v->out;
    fk_score *score = NULL;
    FK_TRY(make_score(o, v->steps, &score, message));
    v->score = score;
    fk_status status = add_level(v, message);
    if (status == FK_OK) {
        out->converged = out->level[out->n_levels - 1].change <= o->tolerance;
        *last = out->converged || 2 * v->steps > o->most ||
                out->n_levels == FK_LIKELIHOOD_LEVELS;
    }
    if (status == FK_OK && *last)
        status = check_finite(v, message);
    if (status == FK_OK && *last && o->probes > 0)
        status = probe(v, message);
    fk_score_free(score);
    return status;
}

static fk_status find(voyage *v, fk_message *message)
{
    bool last = false;
    for (v->steps = v->o->steps; !last; v->steps *= 2)
        FK_TRY(visit_level(v, &last, message));
    return FK_OK;
}

static fk_status make_result(const voyage *v, fk_likelihood *out)
{
    *out = (fk_likelihood){.count = v->count};
    out->point = fk_alloc(v->count, sizeof *out->point);
    out->last = fk_doubles(v->count * v->flow.dim);
    if (out->point == NULL || out->last == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < v->count; i++)
        out->point[i].estimate = out->point[i].variance = NAN;
    return FK_OK;
}

fk_status fk_likelihood_find(const fk_likelihood_options *o, size_t count,
                             const double *x, const fk_progress *progress,
                             fk_likelihood *out, fk_message *message)
{
    assert(count >= 1 && o->steps >= 1 && o->probes != 1);
    assert(o->start <= o->first && o->first < o->last);
    voyage v = {.o = o,
                .count = count,
                .n_blocks = fk_block_count(count),
                .x = x,
                .progress = progress,
                .out = out,
                .directions = o->sde->dim};
    *out = (fk_likelihood){.count = 0};
    FK_TRY(fk_flow_new(o->sde, &v.flow, message));
    fk_status status = make_result(&v, out);
    if (status == FK_OK)
        status = find(&v, message);
    fk_flow_clear(&v.flow);
    if (status != FK_OK)
        fk_likelihood_clear(out);
    return status;
}

void fk_likelihood_clear(fk_likelihood *l)
{
    for (size_t i = 0; i < l->n_levels; i++)
        free(l->level[i].total);
    free(l->point);
    free(l->last);
    *l = (fk_likelihood){0};
}
