#include "sampling/levels.h"

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/random.h"
#include "sampling/march.h"
#include "sampling/walk.h"

/* Everything the threads read; sums[n_blocks][n_pairs][n_sums]. */
typedef struct ladder {
    fk_walk walk;
    const fk_law *law;
    const fk_levels_options *o;
    const fk_progress *progress;
    size_t n_blocks, n_sums;
    double *sums;
} ladder;

/* Sums of a pair: |d|, |d|^2, then of each variable d, d^2, q, q^2. */
static size_t sums_of(size_t dim)
{
    return 2 + 4 * dim;
}

typedef struct climber {
    double *x[FK_LEVELS_MOST]; /* states */
    uint8_t *status[FK_LEVELS_MOST];
    double *z;                       /* rows of a step of the coarsest level */
    double *half[FK_LEVELS_MOST][2]; /* and of the two of the next level inside it */
    double *rest;                    /* the walk's scratch */
} climber;

static size_t status_doubles(void)
{
    return FK_BLOCK / sizeof(double);
}

static size_t scratch_size(const ladder *l)
{
    const size_t x = l->walk.rows * FK_BLOCK, z = l->walk.draws * FK_BLOCK;
    return l->o->levels * (x + 2 * z + status_doubles()) + z +
           (fk_walk_scratch(&l->walk) + 7) / 8 * 8;
}

static climber place(const ladder *l, double *scratch)
{
    const size_t z = l->walk.draws * FK_BLOCK;
    climber c = {.z = scratch};
    scratch += z;
    for (size_t k = 0; k < l->o->levels; k++) {
        c.x[k] = scratch;
        scratch += l->walk.rows * FK_BLOCK;
        for (size_t i = 0; i < 2; i++, scratch += z)
            c.half[k][i] = scratch;
        c.status[k] = (uint8_t *)scratch;
        scratch += status_doubles();
    }
    c.rest = scratch;
    return c;
}

/* Step `number` of level k and all steps of finer levels inside it.  Rows are drawn for the
 * finest level and joined on the way up, or drawn for the coarsest and split on the way
 * down, to z. */
static void climb(const ladder *l, climber *c, fk_streams *streams, size_t k,
                  uint64_t number, double *z)
{
    const double h =
        (l->o->end - l->o->start) / ((double)l->o->steps * exp2((double)k));
    const bool splits = fk_walk_splits(&l->walk), finest = k + 1 == l->o->levels;
    double *first = c->half[k][0], *second = c->half[k][1];
    if (splits ? k == 0 : finest)
        fk_walk_draw(&l->walk, streams, 1, z, c->rest);
    if (!finest) {
        if (splits)
            fk_walk_split(&l->walk, streams, z, first, second);
        climb(l, c, streams, k + 1, 2 * number, first);
        climb(l, c, streams, k + 1, 2 * number + 1, second);
        if (!splits)
            fk_walk_join(&l->walk, 0.5 * h, first, second, z);
    }
    fk_walk_step(&l->walk, l->o->start + (double)number * h, h, z, c->x[k],
                 c->status[k], c->rest);
}

static void add(double *sum, double value)
{
    sum[0] += value;
    sum[1] += value * value;
}

static void measure(const ladder *l, const climber *c, size_t b)
{
    const size_t dim = l->walk.dim, lanes = fk_block_lanes(l->o->count, b);
    for (size_t k = 0; k + 1 < l->o->levels; k++) {
        double *sum = l->sums + (b * (l->o->levels - 1) + k) * l->n_sums;
        for (size_t j = 0; j < lanes; j++) {
            double square = 0.0;
            for (size_t i = 0; i < dim; i++) {
                const double coarse = c->x[k][i * FK_BLOCK + j];
                const double fine = c->x[k + 1][i * FK_BLOCK + j], d = coarse - fine;
                square += d * d;
                add(sum + 2 + 4 * i, d);
                add(sum + 4 + 4 * i, coarse * coarse - fine * fine);
            }
            add(sum, sqrt(square));
        }
    }
}

static void run_block(const ladder *l, size_t b, double *scratch)
{
    climber c = place(l, scratch);
    fk_streams streams;
    fk_streams_seed(&streams, l->o->seed, FK_FOR_HALVING_NOISE, b * FK_BLOCK);
    fk_walk_start(&l->walk, l->o->start, l->law, l->o->seed, FK_FOR_HALVING,
                  b * FK_BLOCK, c.x[0], c.status[0], c.rest);
    for (size_t k = 1; k < l->o->levels; k++) {
        memcpy(c.x[k], c.x[0], l->walk.rows * FK_BLOCK * sizeof *c.x[0]);
        memcpy(c.status[k], c.status[0], FK_BLOCK);
    }
    for (uint64_t i = 0; i < l->o->steps; i++)
        climb(l, &c, &streams, 0, i, c.z);
    measure(l, &c, b);
}

static fk_status run_blocks(const ladder *l)
{
    const size_t own = (scratch_size(l) + 7) / 8 * 8, n = l->n_blocks;
    double *scratch = fk_doubles((size_t)omp_get_max_threads() * own);
    if (scratch == NULL)
        return FK_ENOMEM;
    size_t done = 0;
    int stop = 0;
#pragma omp parallel for default(none) shared(done, stop) \
    firstprivate(l, scratch, own, n) schedule(dynamic, 1)
    for (size_t b = 0; b < n; b++) {
        int stopped;
#pragma omp atomic read
        stopped = stop;
        if (stopped)
            continue;
        run_block(l, b, scratch + (size_t)omp_get_thread_num() * own);
        size_t now;
#pragma omp atomic capture
        now = ++done;
        if (fk_progress_stopped(l->progress)) {
#pragma omp atomic write
            stop = 1;
        }
        if (omp_get_thread_num() == 0)
            fk_progress_report(l->progress, (double)now, (double)n);
    }
    free(scratch);
    return stop ? FK_EINTERRUPTED : FK_OK;
}

static fk_estimate estimate(const double *sum, double count)
{
    const double mean = sum[0] / count, square = sum[1] / count - mean * mean;
    return (fk_estimate){mean, sqrt(fmax(square, 0.0) / fmax(count - 1.0, 1.0))};
}

/* Sums over the blocks, always in the same order. */
static fk_status collect(const ladder *l, fk_levels *out, fk_message *message)
{
    const double count = (double)l->o->count, span = l->o->end - l->o->start;
    double *total = fk_doubles(l->n_sums);
    if (total == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < out->n_pairs; k++) {
        fk_level_pair *p = &out->pair[k];
        memset(total, 0, l->n_sums * sizeof *total);
        for (size_t b = 0; b < l->n_blocks; b++)
            for (size_t i = 0; i < l->n_sums; i++)
                total[i] += l->sums[(b * out->n_pairs + k) * l->n_sums + i];
        p->step = span / ((double)l->o->steps * exp2((double)k));
        p->distance = estimate(total, count);
        for (size_t i = 0; i < out->dim; i++) {
            p->mean[i] = estimate(total + 2 + 4 * i, count);
            p->square[i] = estimate(total + 4 + 4 * i, count);
        }
        if (!isfinite(p->distance.mean)) {
            free(total);
            return fk_fail(message, FK_EDOMAIN,
                           "with steps of %g or %g some path is not finite at the end: "
                           "begin with a smaller step",
                           p->step, 0.5 * p->step);
        }
    }
    free(total);
    return FK_OK;
}

static fk_status make_room(ladder *l, fk_levels *out)
{
    out->dim = l->walk.dim;
    out->n_pairs = l->o->levels - 1;
    out->pair = fk_alloc(out->n_pairs, sizeof *out->pair);
    l->n_blocks = fk_block_count(l->o->count);
    l->n_sums = sums_of(l->walk.dim);
    l->sums = fk_doubles(l->n_blocks * out->n_pairs * l->n_sums);
    if (out->pair == NULL || l->sums == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < out->n_pairs; k++) {
        out->pair[k].mean = fk_alloc(out->dim, sizeof(fk_estimate));
        out->pair[k].square = fk_alloc(out->dim, sizeof(fk_estimate));
        if (out->pair[k].mean == NULL || out->pair[k].square == NULL)
            return FK_ENOMEM;
    }
    return FK_OK;
}

/* Differences of paths then have no variance, and their means no error. */
static bool flies(const fk_sde *sde)
{
    for (size_t k = 0; k < sde->n_stables; k++)
        if (sde->stable[k].alpha < 2.0)
            return true;
    return false;
}

fk_status fk_levels_run(const fk_sde *sde, const fk_domain *domain, const fk_law *law,
                        const fk_levels_options *o, const fk_progress *progress,
                        fk_levels *out, fk_message *message)
{
    assert(o->count >= 1 && o->levels >= 2 && o->levels <= FK_LEVELS_MOST);
    assert(o->steps >= 1 && o->end > o->start && fk_law_dim(law) == sde->dim);
    *out = (fk_levels){0};
    if (flies(sde))
        return fk_fail(
            message, FK_EDOMAIN,
            "no order can be fitted: with alpha < 2 the differences of paths "
            "have no variance");
    ladder l = {.law = law, .o = o, .progress = progress};
    const fk_walk_options walk = {o->scheme, o->faces, o->rules,
                                  (o->end - o->start) / (double)o->steps /
                                      exp2((double)o->levels - 1.0)};
    fk_status status = fk_walk_init(&l.walk, sde, domain, &walk, message);
    if (status == FK_OK)
        status = make_room(&l, out);
    if (status == FK_OK)
        status = run_blocks(&l);
    if (status == FK_OK)
        status = collect(&l, out, message);
    fk_walk_clear(&l.walk);
    free(l.sums);
    if (status != FK_OK)
        fk_levels_clear(out);
    return status;
}

void fk_levels_clear(fk_levels *l)
{
    for (size_t k = 0; l->pair != NULL && k < l->n_pairs; k++) {
        free(l->pair[k].mean);
        free(l->pair[k].square);
    }
    free(l->pair);
    *l = (fk_levels){0};
}
