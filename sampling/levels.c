#include "sampling/levels.h"

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/random.h"
#include "sampling/exact_path.h"
#include "sampling/march.h"
#include "sampling/rows.h"
#include "sampling/walk.h"
#include "sde/free_space.h"

/* Everything the threads read; sums[n_blocks][n_pairs + 1][n_sums]. */
typedef struct ladder {
    fk_walk walk;
    fk_exact_path *exact; /* NULL: there is none */
    const fk_law *law;
    const fk_levels_options *o;
    const fk_progress *progress;
    size_t n_blocks, n_pairs, n_sums;
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
    double *exact, *y, *own;         /* exact solution, what leads to it, its normals */
    fk_streams *own_streams;
    double *rest; /* the walk's scratch, or the exact path's */
} climber;

static double step_of(const ladder *l, size_t k)
{
    return (l->o->end - l->o->start) / ((double)l->o->steps * exp2((double)k));
}

static size_t status_doubles(void)
{
    return FK_BLOCK / sizeof(double);
}

/* Rows of x, y and normals of the exact solution. */
static size_t exact_rows(const ladder *l)
{
    return l->exact == NULL ? 0
                            : l->walk.dim + fk_exact_path_rows(l->exact) +
                                  fk_exact_path_draws(l->exact);
}

static size_t scratch_size(const ladder *l)
{
    const size_t x = l->walk.rows * FK_BLOCK, z = l->walk.draws * FK_BLOCK;
    const size_t walk = fk_padded(fk_walk_scratch(&l->walk));
    const size_t exact = l->exact == NULL ? 0 : fk_exact_path_scratch(l->exact);
    return l->o->levels * (x + 2 * z + status_doubles()) + z +
           exact_rows(l) * FK_BLOCK + (walk > exact ? walk : exact);
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
    if (l->exact != NULL) {
        c.exact = scratch;
        c.y = c.exact + l->walk.dim * FK_BLOCK;
        c.own = c.y + fk_exact_path_rows(l->exact) * FK_BLOCK;
    }
    c.rest = scratch + exact_rows(l) * FK_BLOCK;
    return c;
}

static void step_exact(const ladder *l, climber *c, double h, const double *z)
{
    fk_streams_normal(c->own_streams, fk_exact_path_draws(l->exact), c->own);
    fk_exact_path_step(l->exact, h, z, c->own, c->y, c->rest);
}

/* Step `number` of level k and all steps of finer levels inside it.  Rows are drawn for the
 * finest level and joined on the way up, or drawn for the coarsest and split on the way
 * down, to z. */
static void climb(const ladder *l, climber *c, fk_streams *streams, size_t k,
                  uint64_t number, double *z)
{
    const double h = step_of(l, k);
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
    if (finest && l->exact != NULL)
        step_exact(l, c, h, z);
    fk_walk_step(&l->walk, l->o->start + (double)number * h, h, z, c->x[k],
                 c->status[k], c->rest);
}

static void add(double *sum, double value)
{
    sum[0] += value;
    sum[1] += value * value;
}

/* x against y, or against zero if that is NULL. */
static void compare(size_t dim, size_t lanes, const double *x, const double *y,
                    double *sum)
{
    for (size_t j = 0; j < lanes; j++) {
        double square = 0.0;
        for (size_t i = 0; i < dim; i++) {
            const double a = x[i * FK_BLOCK + j];
            const double b = y != NULL ? y[i * FK_BLOCK + j] : 0.0, d = a - b;
            square += d * d;
            add(sum + 2 + 4 * i, d);
            add(sum + 4 + 4 * i, a * a - b * b);
        }
        add(sum, sqrt(square));
    }
}

static void measure(const ladder *l, const climber *c, size_t b)
{
    const size_t lanes = fk_block_lanes(l->o->count, b);
    double *sum = l->sums + b * (l->n_pairs + 1) * l->n_sums;
    for (size_t k = 0; k < l->n_pairs; k++, sum += l->n_sums)
        compare(l->walk.dim, lanes, c->x[k], l->exact != NULL ? c->exact : c->x[k + 1],
                sum);
    compare(l->walk.dim, lanes, c->x[l->o->levels - 1], NULL, sum);
}

static void run_block(const ladder *l, size_t b, double *scratch)
{
    climber c = place(l, scratch);
    fk_streams streams, own_streams;
    c.own_streams = &own_streams;
    fk_streams_seed(&streams, l->o->seed, FK_FOR_HALVING_NOISE, b * FK_BLOCK);
    fk_streams_seed(&own_streams, l->o->seed, FK_FOR_EXACT_PATH, b * FK_BLOCK);
    fk_walk_start(&l->walk, l->o->start, l->law, l->o->seed, FK_FOR_HALVING,
                  b * FK_BLOCK, c.x[0], c.status[0], c.rest);
    for (size_t k = 1; k < l->o->levels; k++) {
        memcpy(c.x[k], c.x[0], l->walk.rows * FK_BLOCK * sizeof *c.x[0]);
        memcpy(c.status[k], c.status[0], FK_BLOCK);
    }
    if (l->exact != NULL) {
        memcpy(c.exact, c.x[0], l->walk.dim * FK_BLOCK * sizeof *c.exact);
        memset(c.y, 0, fk_exact_path_rows(l->exact) * FK_BLOCK * sizeof *c.y);
    }
    for (uint64_t i = 0; i < l->o->steps; i++)
        climb(l, &c, &streams, 0, i, c.z);
    if (l->exact != NULL)
        fk_exact_path_end(l->exact, l->o->end - l->o->start, c.y, c.exact, c.rest);
    measure(l, &c, b);
}

static fk_status run_blocks(const ladder *l)
{
    const size_t own = fk_padded(scratch_size(l)), n = l->n_blocks;
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

/* Pair k of the sums over the blocks, always in the same order; total[n_sums]. */
static void collect_pair(const ladder *l, size_t k, double *total, fk_level_pair *p)
{
    const double count = (double)l->o->count;
    memset(total, 0, l->n_sums * sizeof *total);
    for (size_t b = 0; b < l->n_blocks; b++)
        for (size_t i = 0; i < l->n_sums; i++)
            total[i] += l->sums[(b * (l->n_pairs + 1) + k) * l->n_sums + i];
    p->distance = estimate(total, count);
    for (size_t i = 0; i < l->walk.dim; i++) {
        p->mean[i] = estimate(total + 2 + 4 * i, count);
        p->square[i] = estimate(total + 4 + 4 * i, count);
    }
}

/* FK_ECONVERGE if the exact solution alone is not finite. */
static fk_status collect(const ladder *l, fk_levels *out, fk_message *message)
{
    double *total = fk_doubles(l->n_sums);
    if (total == NULL)
        return FK_ENOMEM;
    bool finite = true;
    for (size_t k = 0; k < l->n_pairs; k++) {
        out->pair[k].step = step_of(l, k);
        collect_pair(l, k, total, &out->pair[k]);
        finite = finite && isfinite(out->pair[k].distance.mean);
    }
    out->finest.step = step_of(l, l->o->levels - 1);
    collect_pair(l, l->n_pairs, total, &out->finest);
    free(total);
    if (finite)
        return FK_OK;
    if (l->exact != NULL && isfinite(out->finest.distance.mean))
        return FK_ECONVERGE;
    return fk_fail(message, FK_EDOMAIN,
                   "with steps of %g to %g some path is not finite at the end: begin "
                   "with a smaller step",
                   step_of(l, 0), out->finest.step);
}

static fk_status pair_new(size_t dim, fk_level_pair *p)
{
    p->mean = fk_alloc(dim, sizeof *p->mean);
    p->square = fk_alloc(dim, sizeof *p->square);
    return p->mean == NULL || p->square == NULL ? FK_ENOMEM : FK_OK;
}

static fk_status make_room(ladder *l, fk_levels *out)
{
    out->dim = l->walk.dim;
    out->exact = l->exact != NULL;
    l->n_pairs = out->n_pairs = l->o->levels - (out->exact ? 0 : 1);
    out->pair = fk_alloc(out->n_pairs, sizeof *out->pair);
    l->n_blocks = fk_block_count(l->o->count);
    l->n_sums = sums_of(l->walk.dim);
    l->sums = fk_doubles(l->n_blocks * (out->n_pairs + 1) * l->n_sums);
    if (out->pair == NULL || l->sums == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < out->n_pairs; k++)
        FK_TRY(pair_new(out->dim, &out->pair[k]));
    return pair_new(out->dim, &out->finest);
}

/* Differences of paths then have no variance, and their means no error. */
static bool flies(const fk_sde *sde)
{
    for (size_t k = 0; k < sde->n_stables; k++)
        if (sde->stable[k].alpha < 2.0)
            return true;
    return false;
}

/* Why there is no exact solution, in out->why, or l->exact. */
static fk_status find_exact(ladder *l, const fk_sde *sde, const fk_domain *domain,
                            fk_levels *out)
{
    fk_status status = FK_EDOMAIN;
    if (l->o->rules.increments != FK_GAUSSIAN)
        fk_fail(&out->why, FK_EDOMAIN, "%s increments follow no Brownian path",
                fk_increments_name[l->o->rules.increments]);
    else
        status = fk_exact_path_new(sde, l->o->scheme, &l->exact, &out->why);
    if (status == FK_OK && !fk_sde_in_free_space(sde, domain)) {
        fk_fail(&out->why, FK_EDOMAIN, "there are walls");
        fk_exact_path_free(l->exact);
        l->exact = NULL;
    }
    return status == FK_EDOMAIN ? FK_OK : status;
}

static fk_status run(const fk_sde *sde, const fk_domain *domain, ladder *l,
                     fk_levels *out, fk_message *message)
{
    const fk_walk_options walk = {l->o->scheme, l->o->faces, l->o->rules,
                                  step_of(l, l->o->levels - 1)};
    fk_status status = fk_walk_init(&l->walk, sde, domain, &walk, message);
    if (status == FK_OK)
        status = make_room(l, out);
    if (status == FK_OK)
        status = run_blocks(l);
    if (status == FK_OK)
        status = collect(l, out, message);
    fk_walk_clear(&l->walk);
    free(l->sums);
    l->sums = NULL;
    return status;
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
    fk_status status = o->exact ? find_exact(&l, sde, domain, out) : FK_OK;
    if (status == FK_OK)
        status = run(sde, domain, &l, out, message);
    if (status == FK_ECONVERGE && l.exact != NULL) {
        fk_levels_clear(out);
        fk_exact_path_free(l.exact);
        l.exact = NULL;
        fk_fail(&out->why, FK_EDOMAIN, "its formula ends before the paths do");
        status = run(sde, domain, &l, out, message);
    }
    fk_exact_path_free(l.exact);
    if (status != FK_OK)
        fk_levels_clear(out);
    return status;
}

static void clear_pair(fk_level_pair *p)
{
    free(p->mean);
    free(p->square);
}

void fk_levels_clear(fk_levels *l)
{
    for (size_t k = 0; l->pair != NULL && k < l->n_pairs; k++)
        clear_pair(&l->pair[k]);
    clear_pair(&l->finest);
    free(l->pair);
    *l = (fk_levels){0};
}
