/* Scrambled Sobol points for what moves a path most: its initial point, if Gaussian, and
 * its noises at the ends of equal segments of time, in the order of a Brownian bridge,
 *
 *     W(T), W(T/2), W(T/4), W(3T/4), ...      as many as dimensions last.
 *
 * Within a segment, steps are independent normals with a prescribed sum: with R left to go
 * in the time s,
 *
 *     dW = R h/s + sqrt(h (s - h)/s) z,       R <- R - dW.
 *
 * All of this is orthogonal in the normals, so that it serves whatever else a scheme draws
 * too.  Independent scrambles give the mean and its error.  [owen-1998] */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/random.h"
#include "sampling/functional.h"
#include "sampling/rows.h"
#include "sampling/sobol.h"
#include "sde/cholesky.h"

enum { SCRAMBLES = 32, SEGMENTS = 32, FIRST_POINTS = 4 * FK_BLOCK };

/* One node of the bridge: the middle of (left, right), in segments; the first one is the
 * end itself. */
typedef struct node {
    size_t left, at, right;
} node;

typedef struct quasi {
    const fk_functional *f;
    size_t initial;  /* dimensions of the initial point; 0: drawn at random */
    double *root;    /* [dim][dim] of its covariance */
    size_t segments; /* a power of two, or the number of steps */
    node node[SEGMENTS];
    fk_sobol sobol;
    fk_scramble *scramble; /* [SCRAMBLES] */
} quasi;

/* The bridge over 0 .. n segments, breadth first; any n. */
static void plan_bridge(size_t n, node *out)
{
    size_t made = 1;
    out[0] = (node){0, n, n};
    struct {
        size_t left, right;
    } wait[2 * SEGMENTS] = {{0, n}};
    for (size_t i = 0, end = 1; i < end; i++) {
        const size_t left = wait[i].left, right = wait[i].right;
        const size_t at = left + (right - left) / 2;
        if (right - left < 2)
            continue;
        out[made++] = (node){left, at, right};
        wait[end].left = left, wait[end++].right = at;
        wait[end].left = at, wait[end++].right = right;
    }
}

static fk_status plan_initial(quasi *q)
{
    const fk_mixture *m = fk_law_mixture(q->f->law);
    const size_t dim = q->f->walk.dim;
    if (m == NULL || m->components != 1 || dim > FK_SOBOL_DIM / 2)
        return FK_OK;
    q->root = fk_doubles(dim * dim);
    if (q->root == NULL)
        return FK_ENOMEM;
    q->initial = dim;
    fk_cholesky(dim, m->cov, q->root);
    return FK_OK;
}

static fk_status plan(const fk_functional *f, quasi *q)
{
    *q = (quasi){.f = f};
    FK_TRY(plan_initial(q));
    const size_t left = FK_SOBOL_DIM - q->initial, draws = f->walk.draws;
    for (q->segments = SEGMENTS; q->segments * draws > left && q->segments > 0;)
        q->segments /= 2;
    if (q->segments > f->o->steps)
        q->segments = f->o->steps;
    if (q->segments > 0)
        plan_bridge(q->segments, q->node);
    const size_t used = q->initial + q->segments * draws;
    q->scramble = fk_alloc(SCRAMBLES, sizeof *q->scramble);
    if (q->scramble == NULL)
        return FK_ENOMEM;
    FK_TRY(fk_sobol_init(&q->sobol, used > 0 ? used : 1));
    for (size_t k = 0; k < SCRAMBLES; k++)
        fk_sobol_scramble(&q->sobol, f->o->seed, k, &q->scramble[k]);
    return FK_OK;
}

static void clear(quasi *q)
{
    free(q->root);
    free(q->scramble);
}

/* ---- one block of points ---- */

typedef struct room {
    double *x, *z, *w, *left, *phi, *rest;
    uint8_t *status;
} room;

static size_t bridge_doubles(const quasi *q)
{
    return (q->segments + 1) * q->f->walk.draws * FK_BLOCK;
}

static size_t room_size(const quasi *q)
{
    const size_t z = q->f->walk.draws * FK_BLOCK;
    return q->f->walk.rows * FK_BLOCK + 2 * z + bridge_doubles(q) + FK_BLOCK +
           FK_BLOCK / sizeof(double) + fk_functional_scratch(q->f);
}

static room place(const quasi *q, double *at)
{
    const size_t z = q->f->walk.draws * FK_BLOCK;
    room r = {.x = at};
    r.z = at += q->f->walk.rows * FK_BLOCK;
    r.left = at += z;
    r.w = at += z;
    r.phi = at += bridge_doubles(q);
    r.status = (uint8_t *)(at += FK_BLOCK);
    r.rest = at + FK_BLOCK / sizeof(double);
    return r;
}

static void normals(const fk_scramble *s, size_t d, uint64_t first, double *z)
{
    fk_scramble_points(s, d, first, z);
    for (size_t j = 0; j < FK_BLOCK; j++)
        z[j] = gsl_cdf_ugaussian_Pinv(z[j]);
}

/* x = m + L z with the lower triangular root of the covariance. */
static void begin(const quasi *q, const fk_scramble *s, uint64_t number, uint64_t first,
                  const room *r)
{
    const fk_walk *w = &q->f->walk;
    const size_t dim = w->dim;
    if (q->initial == 0) {
        fk_walk_start(w, q->f->o->start, q->f->law, q->f->o->seed + number,
                      FK_FOR_INITIAL, first, r->x, r->status, r->rest);
        return;
    }
    const double *mean = fk_law_mixture(q->f->law)->mean;
    for (size_t i = 0; i < dim; i++)
        for (size_t j = 0; j < FK_BLOCK; j++)
            r->x[i * FK_BLOCK + j] = mean[i];
    for (size_t k = 0; k < dim; k++) {
        normals(s, k, first, r->phi);
        for (size_t i = k; i < dim; i++)
            for (size_t j = 0; j < FK_BLOCK; j++)
                r->x[i * FK_BLOCK + j] += q->root[i * dim + k] * r->phi[j];
    }
    fk_walk_enter(w, q->f->o->start, q->f->o->seed + number, FK_FOR_INITIAL, first,
                  r->x, r->status, r->rest);
}

/* First step of a segment. */
static uint64_t edge(const quasi *q, size_t segment)
{
    return q->f->o->steps * segment / q->segments;
}

/* W at the ends of the segments in units of sqrt(h), w[segments + 1][draws][FK_BLOCK]. */
static void bridge(const quasi *q, const fk_scramble *s, uint64_t first, const room *r)
{
    const size_t draws = q->f->walk.draws, row = draws * FK_BLOCK;
    memset(r->w, 0, row * sizeof *r->w);
    for (size_t k = 0; k < q->segments; k++) {
        const node n = q->node[k];
        const double a = (double)(edge(q, n.at) - edge(q, n.left));
        const double b = (double)(edge(q, n.right) - edge(q, n.at));
        const double share = b > 0.0 ? a / (a + b) : 0.0;
        const double spread = b > 0.0 ? sqrt(a * b / (a + b)) : sqrt(a);
        for (size_t i = 0; i < draws; i++) {
            const double *left = r->w + n.left * row + i * FK_BLOCK;
            const double *right = r->w + n.right * row + i * FK_BLOCK;
            double *at = r->w + n.at * row + i * FK_BLOCK;
            normals(s, q->initial + k * draws + i, first, r->phi);
            for (size_t j = 0; j < FK_BLOCK; j++)
                at[j] = left[j] + (b > 0.0 ? share * (right[j] - left[j]) : 0.0) +
                        spread * r->phi[j];
        }
    }
}

/* Of the increment that is left for `n` steps, what the first of them takes. */
static void take(size_t count, double n, double *left, double *z)
{
    const double share = 1.0 / n, spread = sqrt((n - 1.0) / n);
    for (size_t j = 0; j < count; j++) {
        z[j] = left[j] * share + spread * z[j];
        left[j] -= z[j];
    }
}

static void run_block(const quasi *q, size_t number, uint64_t first, const room *r)
{
    const fk_functional *f = q->f;
    const size_t row = f->walk.draws * FK_BLOCK;
    const double h = (f->o->end - f->o->start) / (double)f->o->steps;
    fk_streams streams;
    fk_streams_seed(&streams, f->o->seed + number, FK_FOR_HALVING_NOISE, first);
    begin(q, &q->scramble[number], number, first, r);
    bridge(q, &q->scramble[number], first, r);
    for (size_t k = 0, i = 0; i < f->o->steps; i++) {
        if (q->segments > 0 && i == edge(q, k)) {
            for (size_t j = 0; j < row; j++)
                r->left[j] = r->w[(k + 1) * row + j] - r->w[k * row + j];
            k++;
        }
        fk_streams_normal(&streams, f->walk.draws, r->z);
        if (q->segments > 0)
            take(row, (double)(edge(q, k) - i), r->left, r->z);
        fk_walk_shape(&f->walk, r->z, r->rest);
        fk_walk_step(&f->walk, f->o->start + (double)i * h, h, r->z, r->x, r->status,
                     r->rest);
    }
    fk_functional_value(f, r->x, r->status, r->phi, r->rest);
}

/* ---- all of them ---- */

/* Points first .. end - 1 of every scramble, added to sum[SCRAMBLES]. */
static fk_status add_points(const quasi *q, uint64_t first, uint64_t end, double *sum)
{
    const size_t own = room_size(q), blocks = (size_t)((end - first) / FK_BLOCK);
    double *scratch = fk_doubles((size_t)omp_get_max_threads() * own);
    double *part = fk_doubles(SCRAMBLES * blocks);
    int stop = 0;
    if (scratch == NULL || part == NULL) {
        free(scratch);
        free(part);
        return FK_ENOMEM;
    }
#pragma omp parallel for default(none) shared(stop) \
    firstprivate(q, first, blocks, scratch, part, own) schedule(dynamic, 1)
    for (size_t i = 0; i < SCRAMBLES * blocks; i++) {
        int stopped;
#pragma omp atomic read
        stopped = stop;
        if (stopped)
            continue;
        const room r = place(q, scratch + (size_t)omp_get_thread_num() * own);
        run_block(q, i / blocks, first + i % blocks * FK_BLOCK, &r);
        for (size_t j = 0; j < FK_BLOCK; j++)
            part[i] += r.phi[j];
        if (fk_progress_stopped(q->f->progress)) {
#pragma omp atomic write
            stop = 1;
        }
    }
    for (size_t i = 0; i < SCRAMBLES * blocks; i++)
        sum[i / blocks] += part[i];
    free(scratch);
    free(part);
    return stop ? FK_EINTERRUPTED : FK_OK;
}

typedef struct estimate {
    double mean, error;
} estimate;

/* From the means of the scrambles. */
static estimate over_scrambles(const double *sum, uint64_t points)
{
    double mean = 0.0, square = 0.0;
    for (size_t k = 0; k < SCRAMBLES; k++)
        mean += sum[k] / (double)points / SCRAMBLES;
    for (size_t k = 0; k < SCRAMBLES; k++)
        square += pow(sum[k] / (double)points - mean, 2.0);
    return (estimate){mean, sqrt(square / (SCRAMBLES - 1.0) / SCRAMBLES)};
}

/* Twice the points until the scrambles agree. */
static fk_status reach(const quasi *q, estimate *found, uint64_t *points,
                       fk_message *message)
{
    const double error = q->f->o->error / sqrt(2.0);
    double sum[SCRAMBLES] = {0.0};
    *points = 0;
    for (uint64_t end = FIRST_POINTS; end <= (uint64_t)1 << FK_SOBOL_BITS; end *= 2) {
        FK_TRY(add_points(q, *points, end, sum));
        *points = end;
        *found = over_scrambles(sum, end);
        if (!isfinite(found->error))
            return fk_fail(
                message, FK_EDOMAIN,
                "the expression or a path is not finite with this step: take "
                "a smaller particles.step");
        if (found->error <= error)
            return FK_OK;
    }
    return fk_fail(
        message, FK_ECONVERGE,
        "%d scrambles of 2^%d Sobol points leave an error of %.2g, more than "
        "asked",
        SCRAMBLES, FK_SOBOL_BITS, found->error);
}

static fk_status measure(const quasi *q, fk_expectation *out, fk_message *message)
{
    const fk_functional *f = q->f;
    const uint64_t steps = f->o->steps;
    estimate found;
    uint64_t points;
    FK_TRY(reach(q, &found, &points, message));
    FK_TRY(fk_functional_bias(f, steps, &out->bias, &out->work, message));
    FK_TRY(fk_functional_plain(f, steps, &out->plain, &out->work, message));
    const double paths = SCRAMBLES * (double)points;
    out->value = found.mean;
    out->sampling = found.error;
    out->work += paths * (double)steps;
    out->level[0] =
        (fk_expectation_level){.step = (f->o->end - f->o->start) / (double)steps,
                               .paths = paths,
                               .mean = out->value,
                               .variance = paths * out->sampling * out->sampling};
    return FK_OK;
}

static fk_status sample(const fk_functional *f, fk_expectation *out,
                        fk_message *message)
{
    quasi q;
    *out = (fk_expectation){.levels = 1};
    FK_TRY(fk_functional_gaussian(f, "quasi-random", message));
    fk_status status = plan(f, &q);
    if (status == FK_OK)
        status = measure(&q, out, message);
    clear(&q);
    return status;
}

static fk_status run(const fk_sde *sde, const fk_domain *domain, const fk_law *law,
                     const fk_expectation_options *o, const fk_progress *progress,
                     fk_expectation *out, fk_message *message)
{
    return fk_functional_estimate(sde, domain, law, o, progress, sample, out, message);
}

const fk_estimator fk_estimator_quasi_random = {
    .name = "quasi-random",
    .summary = "scrambled Sobol points through a Brownian bridge",
    .reference = "owen-1998",
    .run = run,
};
