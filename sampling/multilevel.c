#include "sampling/multilevel.h"

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/program.h"
#include "core/random.h"
#include "sampling/march.h"
#include "sampling/rows.h"
#include "sampling/walk.h"

enum { PILOT = 16 * FK_BLOCK }; /* paths that every level gets to begin with */

/* What the threads read. */
typedef struct sampler {
    fk_walk walk;
    fk_program *phi;
    const fk_law *law;
    const fk_multilevel_options *o;
    const fk_progress *progress;
} sampler;

/* What is known of a level so far: sums over its paths. */
typedef struct tally {
    double paths, sum, square;
} tally;

/* Room of one thread. */
typedef struct room {
    double *fine, *coarse, *z1, *z2, *z, *phi_fine, *phi_coarse, *rest;
    uint8_t *fine_status, *coarse_status;
} room;

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t room_size(const sampler *s)
{
    const size_t x = s->walk.dim * FK_BLOCK, z = s->walk.draws * FK_BLOCK;
    const size_t rest =
        larger(fk_walk_scratch(&s->walk),
               fk_rows_scratch(s->walk.dim) + fk_program_scratch(s->phi));
    return 2 * x + 3 * z + 2 * FK_BLOCK + 2 * FK_BLOCK / sizeof(double) +
           (rest + 7) / 8 * 8;
}

static room place(const sampler *s, double *at)
{
    const size_t x = s->walk.dim * FK_BLOCK, z = s->walk.draws * FK_BLOCK;
    const size_t bytes = FK_BLOCK / sizeof(double);
    room r = {.fine = at, .coarse = at + x};
    at += 2 * x;
    r.z1 = at, r.z2 = at + z, r.z = at + 2 * z;
    at += 3 * z;
    r.phi_fine = at, r.phi_coarse = at + FK_BLOCK;
    at += 2 * FK_BLOCK;
    r.fine_status = (uint8_t *)at, r.coarse_status = (uint8_t *)(at + bytes);
    r.rest = at + 2 * bytes;
    return r;
}

/* Each level has streams of its own. */
static uint64_t level_seed(const sampler *s, size_t level)
{
    const uint64_t key[2] = {s->o->seed, 0x6d6c6d63}, counter[2] = {level, 0};
    uint64_t hash[2];
    fk_threefry(key, counter, hash);
    return hash[0];
}

static void value(const sampler *s, double *x, double *phi, double *scratch)
{
    double *const *rows = fk_rows(x, s->walk.dim, scratch);
    fk_program_run(s->phi, s->o->end, (const double *const *)rows, &phi,
                   scratch + fk_rows_scratch(s->walk.dim));
}

/* Block b of a level: phi(X^l) and, from level 1 on, phi(X^(l-1)) on the same path. */
static void run_block(const sampler *s, size_t level, uint64_t seed, size_t b,
                      const room *r)
{
    const uint64_t steps = (uint64_t)s->o->steps << level;
    const double h = (s->o->end - s->o->start) / (double)steps;
    fk_streams streams;
    fk_streams_seed(&streams, seed, FK_FOR_NOISE, b * FK_BLOCK);
    fk_walk_start(&s->walk, s->law, seed, FK_FOR_INITIAL, b * FK_BLOCK, r->fine,
                  r->fine_status, r->rest);
    memcpy(r->coarse, r->fine, s->walk.dim * FK_BLOCK * sizeof *r->fine);
    memcpy(r->coarse_status, r->fine_status, FK_BLOCK);
    for (uint64_t i = 0; i < steps; i++) {
        const double t = s->o->start + (double)i * h;
        double *z = i % 2 == 0 ? r->z1 : r->z2;
        fk_streams_normal(&streams, s->walk.draws, z);
        fk_walk_step(&s->walk, t, h, z, r->fine, r->fine_status, r->rest);
        if (level == 0 || i % 2 == 0)
            continue;
        fk_walk_join(&s->walk, h, r->z1, r->z2, r->z);
        fk_walk_step(&s->walk, t - h, 2.0 * h, r->z, r->coarse, r->coarse_status,
                     r->rest);
    }
    value(s, r->fine, r->phi_fine, r->rest);
    if (level > 0)
        value(s, r->coarse, r->phi_coarse, r->rest);
    for (size_t j = 0; level > 0 && j < FK_BLOCK; j++)
        r->phi_fine[j] -= r->phi_coarse[j];
}

static void sum_block(const double *d, double *sums)
{
    sums[0] = sums[1] = 0.0;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        sums[0] += d[j];
        sums[1] += d[j] * d[j];
    }
}

/* Blocks first .. first + n - 1 of a level, added to its tally in order. */
static fk_status sample(const sampler *s, size_t level, size_t first, size_t n,
                        tally *t)
{
    const size_t own = (room_size(s) + 7) / 8 * 8;
    const uint64_t seed = level_seed(s, level);
    double *scratch = fk_doubles((size_t)omp_get_max_threads() * own);
    double *sums = fk_doubles(2 * n);
    int stop = 0;
    if (scratch == NULL || sums == NULL) {
        free(scratch);
        free(sums);
        return FK_ENOMEM;
    }
#pragma omp parallel for default(none) shared(stop) \
    firstprivate(s, level, first, n, scratch, sums, own, seed) schedule(dynamic, 1)
    for (size_t b = 0; b < n; b++) {
        int stopped;
#pragma omp atomic read
        stopped = stop;
        if (stopped)
            continue;
        const room r = place(s, scratch + (size_t)omp_get_thread_num() * own);
        run_block(s, level, seed, first + b, &r);
        sum_block(r.phi_fine, sums + 2 * b);
        if (fk_progress_stopped(s->progress)) {
#pragma omp atomic write
            stop = 1;
        }
    }
    for (size_t b = 0; b < n; b++) {
        t->sum += sums[2 * b];
        t->square += sums[2 * b + 1];
    }
    t->paths += (double)(n * FK_BLOCK);
    free(scratch);
    free(sums);
    return stop ? FK_EINTERRUPTED : FK_OK;
}

/* Brings a level to at least `paths` paths. */
static fk_status top_up(const sampler *s, size_t level, double paths, tally *t)
{
    const double missing = ceil((paths - t->paths) / FK_BLOCK);
    if (!(missing >= 1.0))
        return FK_OK;
    return sample(s, level, (size_t)(t->paths / FK_BLOCK), (size_t)missing, t);
}

static double mean(const tally *t)
{
    return t->sum / t->paths;
}

static double variance(const tally *t)
{
    const double m = mean(t);
    return fmax(t->square / t->paths - m * m, 0.0) * t->paths / (t->paths - 1.0);
}

/* Steps of one path: its own and, from level 1 on, those of the coarser one. */
static double cost(const sampler *s, size_t level)
{
    const double steps = (double)s->o->steps * exp2((double)level);
    return level == 0 ? steps : 1.5 * steps;
}

/* Paths for all levels from 0 to the last one, at the least cost. */
static fk_status share_out(const sampler *s, size_t levels, tally *t)
{
    double sum = 0.0;
    for (size_t l = 0; l < levels; l++)
        sum += sqrt(variance(&t[l]) * cost(s, l));
    for (size_t l = 0; l < levels; l++) {
        const double paths = 2.0 / (s->o->error * s->o->error) *
                             sqrt(variance(&t[l]) / cost(s, l)) * sum;
        FK_TRY(top_up(s, l, paths, &t[l]));
    }
    return FK_OK;
}

/* What finer levels would still add: the last difference, or what the one before lets
 * expect of it if that is more. */
static double missing(const sampler *s, size_t levels, const tally *t)
{
    const double ratio = exp2(s->o->scheme->weak_order);
    const double last = fabs(mean(&t[levels - 1]));
    const double before = levels > 2 ? fabs(mean(&t[levels - 2])) / ratio : last;
    return fmax(last, before) / (ratio - 1.0);
}

static void fill(const sampler *s, size_t levels, const tally *t, fk_multilevel *out)
{
    const double span = s->o->end - s->o->start;
    double spread = 0.0;
    *out = (fk_multilevel){.levels = levels, .bias = missing(s, levels, t)};
    for (size_t l = 0; l < levels; l++) {
        out->level[l] =
            (fk_multilevel_line){.step = span / ((double)s->o->steps * exp2((double)l)),
                                 .paths = t[l].paths,
                                 .mean = mean(&t[l]),
                                 .variance = variance(&t[l])};
        out->value += mean(&t[l]);
        spread += variance(&t[l]) / t[l].paths;
        out->work += t[l].paths * cost(s, l);
    }
    out->sampling = sqrt(spread);
    out->plain = 2.0 * variance(&t[0]) / (s->o->error * s->o->error) *
                 (double)s->o->steps * exp2((double)(levels - 1));
}

static fk_status climb(const sampler *s, fk_multilevel *out, fk_message *message)
{
    tally t[FK_MULTILEVEL_MOST] = {{0.0, 0.0, 0.0}};
    for (size_t levels = 1; levels <= FK_MULTILEVEL_MOST; levels++) {
        FK_TRY(top_up(s, levels - 1, PILOT, &t[levels - 1]));
        if (!isfinite(t[levels - 1].square))
            return fk_fail(message, FK_EDOMAIN,
                           "the expression or a path is not finite with steps of %g: "
                           "begin with a smaller particles.step",
                           (s->o->end - s->o->start) /
                               ((double)s->o->steps * exp2((double)(levels - 1))));
        if (levels < 3)
            continue;
        FK_TRY(share_out(s, levels, t));
        if (missing(s, levels, t) <= s->o->error / sqrt(2.0)) {
            fill(s, levels, t, out);
            return FK_OK;
        }
    }
    return fk_fail(message, FK_ECONVERGE,
                   "steps 2^%d times smaller than the first still change the result by "
                   "more than the error %g asked",
                   FK_MULTILEVEL_MOST - 1, s->o->error);
}

fk_status fk_multilevel_run(const fk_sde *sde, const fk_domain *domain,
                            const fk_law *law, const fk_multilevel_options *o,
                            const fk_progress *progress, fk_multilevel *out,
                            fk_message *message)
{
    assert(o->error > 0.0 && o->steps >= 1 && o->end > o->start);
    const fk_binding binding = fk_sde_binding(sde);
    sampler s = {.law = law, .o = o, .progress = progress};
    fk_status status =
        fk_walk_init(&s.walk, sde, domain, o->scheme, o->bridge, message);
    if (status == FK_OK)
        status = fk_program_new(1, &o->phi, &binding, &s.phi);
    if (status == FK_OK)
        status = climb(&s, out, message);
    fk_program_free(s.phi);
    fk_walk_clear(&s.walk);
    if (status == FK_EINTERRUPTED || status == FK_ENOMEM)
        return fk_fail(message, status, "%s", fk_status_text(status));
    return status;
}
