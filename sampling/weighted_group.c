#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/resampling.h"
#include "sampling/weighted_parts.h"

/* ---- a group's memory ---- */

fk_status fk_weighted_place(const fk_weighted_job *s, fk_weighted_group *g)
{
    const size_t n = s->blocks * FK_BLOCK, own = fk_walker_scratch(&s->field);
    g->walker = fk_alloc(s->blocks, sizeof *g->walker);
    g->rows = fk_alloc(s->blocks * s->dim, sizeof *g->rows);
    g->streams = fk_alloc(s->blocks, sizeof *g->streams);
    g->parent = fk_alloc(s->o->count, sizeof *g->parent);
    g->memory = fk_doubles(s->blocks * own + 3 * n + FK_BLOCK + s->scratch);
    if (g->walker == NULL || g->rows == NULL || g->streams == NULL ||
        g->parent == NULL || g->memory == NULL)
        return FK_ENOMEM;
    double *at = g->memory;
    for (size_t b = 0; b < s->blocks; b++, at += own) {
        g->walker[b] = fk_walker_place(&s->field, at);
        for (size_t i = 0; i < s->dim; i++)
            g->rows[b * s->dim + i] = fk_walker_state(&g->walker[b]) + i * FK_BLOCK;
    }
    g->log_w = at;
    g->weight = at + n;
    g->old = at + 2 * n;
    g->psi = at + 3 * n;
    g->rest = g->psi + FK_BLOCK;
    return FK_OK;
}

void fk_weighted_clear(fk_weighted_group *g)
{
    free(g->walker);
    free(g->rows);
    free(g->streams);
    free(g->parent);
    free(g->memory);
}

static double *const *rows_of(const fk_weighted_job *s, const fk_weighted_group *g,
                              size_t b)
{
    return g->rows + b * s->dim;
}

/* ---- weights ---- */

/* log_w = log of begin over start, or 0. */
static void weigh_start(const fk_weighted_job *s, fk_weighted_group *g, size_t b)
{
    const double *const *x = (const double *const *)rows_of(s, g, b);
    double *log_w = g->log_w + b * FK_BLOCK;
    memset(log_w, 0, FK_BLOCK * sizeof *log_w);
    if (s->begin == NULL)
        return;
    fk_powers_log_eval(s->begin, x, log_w, g->rest);
    fk_powers_log_eval(s->start, x, g->psi, g->rest);
    for (size_t j = 0; j < FK_BLOCK; j++)
        log_w[j] -= g->psi[j];
}

/* The share of the trapezoidal rule that belongs to the time after k steps. */
static void weigh(const fk_weighted_job *s, fk_weighted_group *g, size_t k)
{
    const fk_step *step = s->recipe->step;
    const size_t n = s->recipe->n_steps, at = k < n ? step[k].from_time : 0;
    const double before = k > 0 ? step[k - 1].from - step[k - 1].to : 0.0;
    const double after = k < n ? step[k].from - step[k].to : 0.0;
    for (size_t b = 0; b < s->blocks; b++) {
        fk_weight_rate_eval(&s->rate, at, (const double *const *)rows_of(s, g, b),
                            g->psi, g->rest);
        for (size_t j = 0; j < FK_BLOCK; j++)
            g->log_w[b * FK_BLOCK + j] += 0.5 * (before + after) * g->psi[j];
    }
}

/* ---- resampling ---- */

/* The same row of every block, as their parents have it. */
static void inherit_row(const fk_weighted_job *s, fk_weighted_group *g, size_t source,
                        size_t i)
{
    for (size_t j = 0; j < s->o->count; j++)
        g->old[j] = g->walker[j / FK_BLOCK].source[source][i * FK_BLOCK + j % FK_BLOCK];
    for (size_t j = 0; j < s->o->count; j++)
        g->walker[j / FK_BLOCK].source[source][i * FK_BLOCK + j % FK_BLOCK] =
            g->old[g->parent[j]];
}

/* (0, 1), a function of seed, group and step */
static double offset(const fk_weighted_job *s, size_t number, size_t k)
{
    const uint64_t key[] = {s->o->seed, FK_FOR_RESAMPLING}, counter[] = {number, k};
    uint64_t word[2];
    fk_threefry(key, counter, word);
    return fk_uniform_of(word[0]);
}

static void resample(const fk_weighted_job *s, fk_weighted_group *g, size_t k,
                     double log_mean)
{
    const size_t n = s->o->count;
    fk_resample(n, g->weight, offset(s, g->number, k), n, g->parent);
    for (size_t source = FK_THE_STATE; source < FK_AN_EVALUATION; source++)
        for (size_t i = 0; i < s->dim; i++)
            inherit_row(s, g, source, i);
    memset(g->log_w, 0, s->blocks * FK_BLOCK * sizeof *g->log_w);
    s->log_mass[g->number] += log_mean;
    s->resamplings[g->number]++;
}

/* ---- one group from the last time to the first ---- */

static void begin(const fk_weighted_job *s, fk_weighted_group *g)
{
    for (size_t b = 0; b < s->blocks; b++) {
        const uint64_t first = (g->number * s->blocks + b) * FK_BLOCK;
        fk_streams_seed(&g->streams[b], s->o->seed, FK_FOR_REVERSE_NOISE, first);
        fk_law_draw(s->o->start, s->o->seed, FK_FOR_REVERSE, first, rows_of(s, g, b));
        weigh_start(s, g, b);
    }
}

static void step(const fk_weighted_job *s, fk_weighted_group *g, size_t k)
{
    for (size_t b = 0; b < s->blocks; b++) {
        fk_walker_draw(&s->field, s->recipe, &g->streams[b], &g->walker[b]);
        fk_walker_step(&s->field, s->recipe, &s->recipe->step[k], &g->walker[b]);
    }
}

/* Whether all numbers are finite. */
static bool hand_in(const fk_weighted_job *s, const fk_weighted_group *g)
{
    const size_t n = s->o->count, d = s->dim;
    double *x = s->out->x + g->number * n * d;
    bool finite = isfinite(s->log_mass[g->number]);
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < d; i++) {
            x[j * d + i] = rows_of(s, g, j / FK_BLOCK)[i][j % FK_BLOCK];
            finite = finite && isfinite(x[j * d + i]);
        }
    memcpy(s->out->weight + g->number * n, g->weight, n * sizeof *g->weight);
    return finite;
}

static bool stopped(const fk_weighted_job *s, int *stop)
{
    int asked;
#pragma omp atomic read
    asked = *stop;
    if (!asked && fk_progress_stopped(s->progress)) {
        asked = 1;
#pragma omp atomic write
        *stop = 1;
    }
    return asked != 0;
}

bool fk_weighted_travel(const fk_weighted_job *s, fk_weighted_group *g, int *stop)
{
    const size_t n = s->recipe->n_steps;
    begin(s, g);
    for (size_t k = 0; k <= n; k++) {
        if (stopped(s, stop))
            return true;
        weigh(s, g, k);
        const fk_weight_sums sums = fk_weight_sums_of(s->o->count, g->log_w, g->weight);
        if (!isfinite(sums.log_mean))
            return false;
        s->share[g->number * (n + 1) + k] = sums.share;
        if (k == n)
            s->log_mass[g->number] += sums.log_mean;
        else if (sums.share < s->o->share)
            resample(s, g, k, sums.log_mean);
        if (k < n)
            step(s, g, k);
    }
    return hand_in(s, g);
}
