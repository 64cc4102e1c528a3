#include "sampling/functional.h"

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/random.h"
#include "sampling/boundary.h"
#include "sampling/march.h"
#include "sampling/rows.h"

fk_status fk_functional_gaussian(const fk_functional *f, const char *way,
                                 fk_message *message)
{
    if (f->o->rules.increments == FK_GAUSSIAN)
        return FK_OK;
    return fk_fail(message, FK_ESYNTAX,
                   "particles.increments: %s needs gaussian increments; plain, "
                   "antithetic and extrapolated accept %s ones",
                   way, fk_increments_name[f->o->rules.increments]);
}

size_t fk_functional_scratch(const fk_functional *f)
{
    const size_t walk = fk_walk_scratch(&f->walk);
    const size_t phi = fk_rows_scratch(f->walk.dim) + fk_program_scratch(f->phi);
    return fk_padded(walk > phi ? walk : phi);
}

void fk_functional_value(const fk_functional *f, double *x, const uint8_t *status,
                         double *phi, double *scratch)
{
    double *const *rows = fk_rows(x, f->walk.dim, scratch);
    fk_program_run(f->phi, f->o->end, (const double *const *)rows, &phi,
                   scratch + fk_rows_scratch(f->walk.dim));
    for (size_t j = 0; f->walk.sde->killing != NULL && j < FK_BLOCK; j++)
        if (status[j] == FK_KILLED)
            phi[j] = 0.0;
}

/* Room of one thread for a path and its partner. */
typedef struct room {
    double *x[2], *phi[2], *z1, *z2, *z, *rest;
    uint8_t *status[2];
} room;

static size_t room_size(const fk_functional *f)
{
    const size_t x = f->walk.rows * FK_BLOCK, z = f->walk.draws * FK_BLOCK;
    return 2 * x + 3 * z + 2 * FK_BLOCK + 2 * FK_BLOCK / sizeof(double) +
           fk_functional_scratch(f);
}

static room place(const fk_functional *f, double *at)
{
    const size_t x = f->walk.rows * FK_BLOCK, z = f->walk.draws * FK_BLOCK;
    room r;
    for (size_t i = 0; i < 2; i++) {
        r.x[i] = at, at += x;
        r.phi[i] = at, at += FK_BLOCK;
        r.status[i] = (uint8_t *)at, at += FK_BLOCK / sizeof(double);
    }
    r.z1 = at, r.z2 = at + z, r.z = at + 2 * z;
    r.rest = at + 3 * z;
    return r;
}

static uint64_t stream_seed(const fk_functional *f, uint64_t stream)
{
    const uint64_t key[2] = {f->o->seed, 0x6d6c6d63}, counter[2] = {stream, 0};
    uint64_t hash[2];
    fk_threefry(key, counter, hash);
    return hash[0];
}

static void begin(const fk_functional *f, uint64_t seed, size_t b, const room *r)
{
    fk_walk_start(&f->walk, f->o->start, f->law, seed, FK_FOR_INITIAL, b * FK_BLOCK,
                  r->x[0], r->status[0], r->rest);
    memcpy(r->x[1], r->x[0], f->walk.rows * FK_BLOCK * sizeof *r->x[0]);
    memcpy(r->status[1], r->status[0], FK_BLOCK);
}

/* Rows of step i of the path; of a pair of steps together where the partner takes one. */
static const double *draw(const fk_functional *f, const fk_coupling *c, uint64_t i,
                          double h, fk_streams *streams, const room *r)
{
    if (c->partner != FK_COARSER)
        fk_walk_draw(&f->walk, streams, 1, r->z1, r->rest);
    else if (i % 2 == 0)
        fk_walk_pair(&f->walk, streams, h, r->z1, r->z2, r->z, r->rest);
    return c->partner == FK_COARSER && i % 2 == 1 ? r->z2 : r->z1;
}

/* What the partner does beside step i of the path, whose normals are z. */
static void follow(const fk_functional *f, const fk_coupling *c, uint64_t i, double t,
                   double h, const double *z, const room *r)
{
    const size_t n = f->walk.draws * FK_BLOCK;
    if (c->partner == FK_MIRRORED) {
        for (size_t j = 0; j < n; j++)
            r->z[j] = -z[j];
        fk_walk_step(&f->walk, t, h, r->z, r->x[1], r->status[1], r->rest);
    } else if (c->partner == FK_COARSER && i % 2 == 1) {
        fk_walk_step(&f->walk, t - h, 2.0 * h, r->z, r->x[1], r->status[1], r->rest);
    }
}

/* The samples of block b, to r->phi[0]. */
static void run_block(const fk_functional *f, const fk_coupling *c, uint64_t seed,
                      size_t b, const room *r)
{
    const double h = (f->o->end - f->o->start) / (double)c->steps;
    fk_streams streams;
    fk_streams_seed(&streams, seed, FK_FOR_NOISE, b * FK_BLOCK);
    begin(f, seed, b, r);
    for (uint64_t i = 0; i < c->steps; i++) {
        const double t = f->o->start + (double)i * h;
        const double *z = draw(f, c, i, h, &streams, r);
        fk_walk_step(&f->walk, t, h, z, r->x[0], r->status[0], r->rest);
        follow(f, c, i, t, h, z, r);
    }
    fk_functional_value(f, r->x[0], r->status[0], r->phi[0], r->rest);
    if (c->partner != FK_NOBODY)
        fk_functional_value(f, r->x[1], r->status[1], r->phi[1], r->rest);
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double other =
            c->partner == FK_NOBODY ? 0.0 : c->weight[1] * r->phi[1][j];
        r->phi[0][j] = c->weight[0] * r->phi[0][j] + other;
    }
}

static void sum_block(const double *v, double *sums)
{
    sums[0] = sums[1] = 0.0;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        sums[0] += v[j];
        sums[1] += v[j] * v[j];
    }
}

/* Blocks first .. first + n - 1; sums[n][2], and unless NULL value[n][FK_BLOCK]. */
static fk_status run_blocks(const fk_functional *f, const fk_coupling *c, size_t first,
                            size_t n, double *sums, double *value)
{
    const size_t own = room_size(f);
    const uint64_t seed = stream_seed(f, c->stream);
    double *scratch = fk_doubles((size_t)omp_get_max_threads() * own);
    int stop = 0;
    if (scratch == NULL)
        return FK_ENOMEM;
#pragma omp parallel for default(none) shared(stop) \
    firstprivate(f, c, first, n, scratch, sums, value, own, seed) schedule(dynamic, 1)
    for (size_t b = 0; b < n; b++) {
        int stopped;
#pragma omp atomic read
        stopped = stop;
        if (stopped)
            continue;
        const room r = place(f, scratch + (size_t)omp_get_thread_num() * own);
        run_block(f, c, seed, first + b, &r);
        sum_block(r.phi[0], sums + 2 * b);
        if (value != NULL)
            memcpy(value + b * FK_BLOCK, r.phi[0], FK_BLOCK * sizeof *value);
        if (fk_progress_stopped(f->progress)) {
#pragma omp atomic write
            stop = 1;
        }
    }
    free(scratch);
    return stop ? FK_EINTERRUPTED : FK_OK;
}

double fk_sums_mean(const fk_sums *s)
{
    return s->sum / s->n;
}

double fk_sums_variance(const fk_sums *s)
{
    const double m = fk_sums_mean(s);
    return fmax(s->square / s->n - m * m, 0.0) * s->n / (s->n - 1.0);
}

double fk_sums_error(const fk_sums *s)
{
    return sqrt(fk_sums_variance(s) / s->n);
}

double fk_coupling_cost(const fk_coupling *c)
{
    const double steps = (double)c->steps;
    return c->partner == FK_NOBODY     ? steps
           : c->partner == FK_MIRRORED ? 2.0 * steps
                                       : 1.5 * steps;
}

/* Samples at once: their sums wait in memory to be added in order. */
enum { BLOCKS_AT_ONCE = 1 << 16 };

/* Beyond them no error is waited for that an infinite variance never lets come. */
static const double PATIENCE = 1e8;

fk_status fk_functional_top_up(const fk_functional *f, const fk_coupling *c, double n,
                               fk_sums *s, fk_message *message)
{
    double missing = ceil((n - s->n) / FK_BLOCK);
    if (n > PATIENCE && fk_tail_is_heavy(&f->tail))
        return fk_fail(
            message, FK_ECONVERGE,
            "the largest values fall off like a power with index %.2g: their "
            "variance looks infinite, and %.2g paths do not bring its error "
            "to %g",
            f->tail.index, n, f->o->error);
    for (; missing >= 1.0; missing -= BLOCKS_AT_ONCE) {
        const size_t blocks = (size_t)fmin(missing, BLOCKS_AT_ONCE);
        double *sums = fk_doubles(2 * blocks);
        if (sums == NULL)
            return FK_ENOMEM;
        const fk_status status =
            run_blocks(f, c, (size_t)(s->n / FK_BLOCK), blocks, sums, NULL);
        for (size_t b = 0; b < blocks; b++) {
            s->sum += sums[2 * b];
            s->square += sums[2 * b + 1];
        }
        s->n += (double)(blocks * FK_BLOCK);
        free(sums);
        FK_TRY(status);
        if (!isfinite(s->square))
            return fk_fail(message, FK_EDOMAIN,
                           "the expression or a path is not finite with steps of %g: "
                           "take a smaller particles.step",
                           (f->o->end - f->o->start) / (double)c->steps);
    }
    return FK_OK;
}

fk_status fk_functional_reach(const fk_functional *f, const fk_coupling *c,
                              double error, fk_sums *s, fk_message *message)
{
    FK_TRY(fk_functional_top_up(f, c, FK_PILOT, s, message));
    while (fk_sums_error(s) > error) {
        const double enough = 1.02 * fk_sums_variance(s) / (error * error);
        FK_TRY(fk_functional_top_up(f, c, fmax(enough, s->n + 1.0), s, message));
    }
    return FK_OK;
}

fk_status fk_functional_halved(const fk_functional *f, uint64_t steps, double error,
                               fk_sums *difference, double *work, fk_message *message)
{
    *difference = (fk_sums){0.0, 0.0, 0.0};
    if (isinf(f->order))
        return FK_OK;
    const fk_coupling pair = {.partner = FK_COARSER,
                              .weight = {1.0, -1.0},
                              .steps = 2 * steps,
                              .stream = (1ull << 32) + steps};
    FK_TRY(fk_functional_reach(f, &pair, error, difference, message));
    *work += difference->n * fk_coupling_cost(&pair);
    return FK_OK;
}

fk_status fk_functional_bias(const fk_functional *f, uint64_t steps, double *bias,
                             double *work, fk_message *message)
{
    fk_sums d;
    *bias = 0.0;
    FK_TRY(fk_functional_halved(f, steps, 0.25 * f->o->error, &d, work, message));
    if (d.n == 0.0)
        return FK_OK;
    const double ratio = exp2(f->order);
    *bias = (fabs(fk_sums_mean(&d)) + fk_sums_error(&d)) * ratio / (ratio - 1.0);
    return FK_OK;
}

fk_status fk_functional_plain(const fk_functional *f, uint64_t steps, double *plain,
                              double *work, fk_message *message)
{
    const fk_coupling alone = {
        .partner = FK_NOBODY, .weight = {1.0, 0.0}, .steps = steps, .stream = 1u << 16};
    fk_sums s = {0.0, 0.0, 0.0};
    FK_TRY(fk_functional_top_up(f, &alone, FK_PILOT, &s, message));
    *plain = 2.0 * fk_sums_variance(&s) / (f->o->error * f->o->error) * (double)steps;
    *work += s.n * (double)steps;
    return FK_OK;
}

fk_status fk_functional_simple(const fk_functional *f, const fk_coupling *c,
                               fk_expectation *out, fk_message *message)
{
    fk_sums s = {0.0, 0.0, 0.0};
    *out = (fk_expectation){.levels = 1};
    FK_TRY(fk_functional_reach(f, c, f->o->error / sqrt(2.0), &s, message));
    FK_TRY(fk_functional_bias(f, c->steps, &out->bias, &out->work, message));
    FK_TRY(fk_functional_plain(f, c->steps, &out->plain, &out->work, message));
    out->value = fk_sums_mean(&s);
    out->sampling = fk_sums_error(&s);
    out->work += s.n * fk_coupling_cost(c);
    out->level[0] =
        (fk_expectation_level){.step = (f->o->end - f->o->start) / (double)c->steps,
                               .paths = s.n,
                               .mean = out->value,
                               .variance = fk_sums_variance(&s)};
    return FK_OK;
}

/* 32768 paths and their 256 largest values tell the index to 6 %. */
enum { TAIL_BLOCKS = 128, TAIL = 256, TAIL_STEPS = 256 };

static fk_status look_at_tail(fk_functional *f)
{
    const fk_coupling alone = {.partner = FK_NOBODY,
                               .weight = {1.0, 0.0},
                               .steps =
                                   f->o->steps < TAIL_STEPS ? f->o->steps : TAIL_STEPS,
                               .stream = 1ull << 48};
    double *value = fk_doubles(TAIL_BLOCKS * (FK_BLOCK + 2));
    if (value == NULL)
        return FK_ENOMEM;
    double *sums = value + TAIL_BLOCKS * FK_BLOCK;
    const fk_status status = run_blocks(f, &alone, 0, TAIL_BLOCKS, sums, value);
    f->tail = fk_tail_of(TAIL_BLOCKS * FK_BLOCK, value, TAIL);
    free(value);
    return status;
}

fk_status
fk_functional_estimate(const fk_sde *sde, const fk_domain *domain, const fk_law *law,
                       const fk_expectation_options *o, const fk_progress *progress,
                       fk_status (*sample)(const fk_functional *f, fk_expectation *out,
                                           fk_message *message),
                       fk_expectation *out, fk_message *message)
{
    assert(o->error > 0.0 && o->steps >= 1 && o->end > o->start);
    const fk_binding binding = fk_sde_binding(sde);
    fk_functional f = {.law = law,
                       .o = o,
                       .progress = progress,
                       .order = fk_scheme_weak_order(o->scheme, sde, domain, o->faces)};
    const fk_walk_options walk = {o->scheme, o->faces, o->rules,
                                  (o->end - o->start) / (double)o->steps};
    fk_status status = fk_walk_init(&f.walk, sde, domain, &walk, message);
    if (status == FK_OK)
        status = fk_program_new(1, &o->phi, &binding, &f.phi);
    if (status == FK_OK)
        status = look_at_tail(&f);
    if (status == FK_OK)
        status = sample(&f, out, message);
    out->tail = f.tail;
    fk_program_free(f.phi);
    fk_walk_clear(&f.walk);
    if (status == FK_EINTERRUPTED || status == FK_ENOMEM)
        return fk_fail(message, status, "%s", fk_status_text(status));
    return status;
}
