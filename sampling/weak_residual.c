#include "sampling/weak_residual.h"

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/random.h"
#include "sampling/boundary.h"
#include "sampling/forecast.h"
#include "sampling/march.h"
#include "sampling/rows.h"
#include "sampling/walk.h"
#include "sde/weak_form.h"

enum {
    CHUNK = 64,    /* blocks at once: their sums wait in memory to be added in order */
    VARIABLES = 32 /* at most */
};

/* Standard deviations that a step from inside stays away from faces. */
static const double AWAY = 8.0;

/* Read-only once made, shared by all threads. */
typedef struct measurement {
    const fk_weak_paths *paths;
    const fk_sde *claim;
    size_t n, every;
    double h;
    fk_walk walk;
    fk_forecast forecast;
    fk_program *generator; /* L phi [n], then ito_i and a_ii [2 dim] */
    bool walls;            /* some face is met */
    size_t entries;        /* of a block's sums */
} measurement;

/* ---- what is covered ---- */

static fk_status check_equation(const fk_sde *s, fk_message *message)
{
    const char *what = fk_sde_interacts(s) ? "an equation that depends on its own law"
                       : !fk_sde_continuous(s) ? "jumps or stable noise"
                       : s->killing != NULL    ? "paths that are killed"
                                               : NULL;
    return what == NULL ? FK_OK
                        : fk_fail(message, FK_EDOMAIN,
                                  "the weak form along paths is for diffusions: it "
                                  "does not cover %s",
                                  what);
}

static fk_status check(const fk_weak_paths *p, const fk_sde *claim, fk_message *message)
{
    FK_TRY(check_equation(p->sde, message));
    FK_TRY(check_equation(claim, message));
    if (claim->dim != p->sde->dim)
        return fk_fail(message, FK_EDOMAIN,
                       "the paths have %zu variables and the equation %zu", p->sde->dim,
                       claim->dim);
    if (claim->dim > VARIABLES)
        return fk_fail(message, FK_ELIMIT,
                       "the weak form along paths takes at most %d variables",
                       VARIABLES);
    if (p->domain != NULL && fk_domain_moves(p->domain))
        return fk_fail(message, FK_EDOMAIN,
                       "the weak form along paths does not cover walls that move");
    if (p->scheme->path == FK_TREE_PATH)
        return fk_fail(message, FK_EDOMAIN,
                       "particles.scheme: %s chooses its steps on the way and has no "
                       "law of one step to compare with; heun has",
                       p->scheme->name);
    return FK_OK;
}

/* ---- one block ---- */

/* Room of one thread; rows of FK_BLOCK. */
typedef struct room {
    double *x, *z, *at, *weight; /* at: L phi, then what tells the length of a step */
    double *before, *after, *mean, *variance;
    double *total; /* [5n] changes [2n], forecasts [2n], generators [n] of the paths */
    uint8_t *status;
    double *rest;
} room;

static size_t rows_of(const measurement *m)
{
    return m->walk.rows + m->walk.draws + m->n + 2 * m->claim->dim + 1 + 9 * m->n + 1;
}

static size_t room_size(const measurement *m)
{
    const size_t walk = fk_walk_scratch(&m->walk);
    const size_t forecast = fk_forecast_scratch(&m->forecast);
    const size_t values = fk_rows_scratch(m->walk.dim) +
                          fk_rows_scratch(m->n + 2 * m->claim->dim) +
                          fk_program_scratch(m->generator);
    const size_t most = walk > forecast ? walk : forecast;
    return rows_of(m) * FK_BLOCK + fk_padded(most > values ? most : values);
}

static double *carve(double **at, size_t rows)
{
    double *const here = *at;
    *at += rows * FK_BLOCK;
    return here;
}

static room place(const measurement *m, double *at)
{
    room r;
    r.x = carve(&at, m->walk.rows);
    r.z = carve(&at, m->walk.draws);
    r.at = carve(&at, m->n + 2 * m->claim->dim);
    r.weight = carve(&at, 1);
    r.before = carve(&at, m->n);
    r.after = carve(&at, m->n);
    r.mean = carve(&at, m->n);
    r.variance = carve(&at, m->n);
    r.total = carve(&at, 5 * m->n);
    r.status = (uint8_t *)carve(&at, 1);
    r.rest = at;
    return r;
}

/* out[n][FK_BLOCK] of a program at x. */
static void evaluate(const measurement *m, const fk_program *program, size_t n,
                     double t, const room *r, double *out)
{
    double *const pointers = r->rest + fk_rows_scratch(m->walk.dim);
    double *const *x = fk_rows(r->x, m->walk.dim, r->rest);
    double *const *values = fk_rows(out, n, pointers);
    fk_program_run(program, t, (const double *const *)x, values,
                   pointers + fk_rows_scratch(n));
}

/* Whether a step of length h from x along axis i leads to no face, as far as anybody can
 * tell: they are further away than |ito| h + AWAY sqrt(2 a h). */
static bool is_away(const measurement *m, size_t i, double x, double ito, double a)
{
    const fk_axis *axis = &m->paths->domain->grid.axis[i];
    const fk_boundary *face = m->paths->domain->face[i];
    const double reach = fabs(ito) * m->h + AWAY * sqrt(2.0 * a * m->h);
    return (face[0] == FK_OPEN || x - reach > axis->lo) &&
           (face[1] == FK_OPEN || x + reach < axis->hi);
}

/* 1 for the steps to look at: of paths that live, in the box, away from faces. */
static void weigh(const measurement *m, const room *r)
{
    const double *ito = r->at + m->n * FK_BLOCK, *box = m->paths->box;
    const double *a = ito + m->claim->dim * FK_BLOCK;
    for (size_t j = 0; j < FK_BLOCK; j++)
        r->weight[j] = r->status[j] == FK_ALIVE ? 1.0 : 0.0;
    for (size_t k = 0; k < m->claim->dim * FK_BLOCK; k++) {
        const size_t i = k / FK_BLOCK;
        const double x = r->x[k];
        if ((box != NULL && !(x >= box[2 * i] && x <= box[2 * i + 1])) ||
            (m->walls && !is_away(m, i, x, ito[k], a[k])))
            r->weight[k % FK_BLOCK] = 0.0;
    }
}

static void add_step(const measurement *m, const room *r)
{
    const size_t size = m->n * FK_BLOCK;
    double *change = r->total, *forecast = change + 2 * size;
    for (size_t k = 0; k < size; k++) {
        if (r->weight[k % FK_BLOCK] == 0.0)
            continue;
        const double off = r->after[k] - r->mean[k];
        change[k] += r->after[k] - r->before[k];
        change[size + k] += off * off;
        forecast[k] += r->mean[k] - r->before[k];
        forecast[size + k] += r->variance[k];
        forecast[2 * size + k] += m->h * r->at[k];
    }
}

/* Sums over the block's paths: [5n] of the totals, steps used, [2n][2n] of the products of
 * residuals. */
static void sum_block(const measurement *m, const room *r, double used, double *sums)
{
    const size_t rows = 2 * m->n;
    double *residual = r->total; /* the changes, from here on */
    for (size_t k = 0; k < 5 * m->n; k++) {
        sums[k] = 0.0;
        for (size_t j = 0; j < FK_BLOCK; j++)
            sums[k] += r->total[k * FK_BLOCK + j];
    }
    sums[5 * m->n] = used;
    for (size_t i = 0; i < rows * FK_BLOCK; i++)
        residual[i] -= r->total[rows * FK_BLOCK + i];
    double *product = sums + 5 * m->n + 1;
    for (size_t k = 0; k < rows; k++)
        for (size_t l = 0; l <= k; l++) {
            const double *u = residual + k * FK_BLOCK, *v = residual + l * FK_BLOCK;
            double sum = 0.0;
            for (size_t j = 0; j < FK_BLOCK; j++)
                sum += u[j] * v[j];
            product[k * rows + l] = product[l * rows + k] = sum;
        }
}

/* What is expected of the step from t on. */
static void look_ahead(const measurement *m, double t, const room *r)
{
    evaluate(m, m->forecast.phi, m->n, t, r, r->before);
    evaluate(m, m->generator, m->n + 2 * m->claim->dim, t, r, r->at);
    weigh(m, r);
    fk_forecast_run(&m->forecast, t, m->h, r->x, r->before, r->mean, r->variance,
                    r->rest);
}

static void run_block(const measurement *m, size_t b, const room *r, double *sums)
{
    const fk_weak_paths *p = m->paths;
    double used = 0.0;
    fk_streams streams;
    fk_streams_seed(&streams, p->seed, FK_FOR_NOISE, b * FK_BLOCK);
    fk_walk_start(&m->walk, p->start, p->law, p->seed, FK_FOR_INITIAL, b * FK_BLOCK,
                  r->x, r->status, r->rest);
    for (size_t k = 0; k < 5 * m->n * FK_BLOCK; k++)
        r->total[k] = 0.0;
    for (size_t i = 0; i < p->steps; i++) {
        const double t = p->start + (double)i * m->h;
        const bool looked = i % m->every == 0;
        if (looked)
            look_ahead(m, t, r);
        fk_walk_draw(&m->walk, &streams, 1, r->z, r->rest);
        fk_walk_step(&m->walk, t, m->h, r->z, r->x, r->status, r->rest);
        if (!looked)
            continue;
        evaluate(m, m->forecast.phi, m->n, t + m->h, r, r->after);
        add_step(m, r);
        for (size_t j = 0; j < FK_BLOCK; j++)
            used += r->weight[j];
    }
    sum_block(m, r, used, sums);
}

/* ---- all of them ---- */

/* Blocks first .. first + n - 1; sums[n][entries]. */
static fk_status run_blocks(const measurement *m, size_t first, size_t n,
                            const fk_progress *progress, double *scratch, double *sums)
{
    const size_t own = room_size(m);
    int stop = 0;
#pragma omp parallel for default(none) shared(stop) \
    firstprivate(m, first, n, progress, scratch, sums, own) schedule(dynamic, 1)
    for (size_t b = 0; b < n; b++) {
        int stopped;
#pragma omp atomic read
        stopped = stop;
        if (stopped)
            continue;
        const room r = place(m, scratch + (size_t)omp_get_thread_num() * own);
        run_block(m, first + b, &r, sums + b * m->entries);
        if (fk_progress_stopped(progress)) {
#pragma omp atomic write
            stop = 1;
        }
    }
    return stop ? FK_EINTERRUPTED : FK_OK;
}

static fk_status run_all(const measurement *m, const fk_progress *progress, double *sum)
{
    const size_t blocks = fk_block_count(m->paths->count);
    double *scratch = fk_doubles((size_t)omp_get_max_threads() * room_size(m));
    double *sums = fk_doubles(CHUNK * m->entries);
    fk_status status = scratch != NULL && sums != NULL ? FK_OK : FK_ENOMEM;
    for (size_t b = 0; b < blocks && status == FK_OK; b += CHUNK) {
        const size_t n = blocks - b < CHUNK ? blocks - b : CHUNK;
        status = run_blocks(m, b, n, progress, scratch, sums);
        for (size_t i = 0; i < n && status == FK_OK; i++)
            for (size_t k = 0; k < m->entries; k++)
                sum[k] += sums[i * m->entries + k];
        fk_progress_report(progress, (double)(b + n), (double)blocks);
    }
    free(scratch);
    free(sums);
    return status;
}

static fk_status open_measurement(measurement *m, const fk_expr *const *phi,
                                  fk_message *message)
{
    const fk_weak_paths *p = m->paths;
    const fk_walk_options o = {p->scheme, p->faces, p->rules, m->h};
    const fk_binding binding = fk_sde_binding(m->claim);
    const fk_expr *e[FK_WEAK_FUNCTIONS + 2 * VARIABLES];
    const size_t dim = m->claim->dim;
    for (size_t k = 0; k < m->n; k++)
        e[k] = fk_weak_generator(m->claim, phi[k]);
    for (size_t i = 0; i < dim; i++) {
        e[m->n + i] = m->claim->ito[i];
        e[m->n + dim + i] = m->claim->diffusion[i * dim + i];
    }
    FK_TRY(fk_walk_init(&m->walk, p->sde, p->domain, &o, message));
    FK_TRY(fk_program_new(m->n + 2 * dim, e, &binding, &m->generator));
    return fk_forecast_init(&m->forecast, p->scheme, m->claim, p->rules, m->h, p->nodes,
                            m->n, phi, message);
}

static fk_status check_finite(const measurement *m, const double *sum,
                              fk_message *message)
{
    for (size_t k = 0; k < m->entries; k++)
        if (!isfinite(sum[k]))
            return fk_fail(message, FK_EDOMAIN,
                           "a path or a test function is not finite with steps of %g: "
                           "take a smaller particles.step, or bounded functions",
                           m->h);
    return FK_OK;
}

static fk_status make_room(size_t n, fk_weak_residual *out)
{
    out->change = fk_doubles(7 * n + 4 * n * n);
    if (out->change == NULL)
        return FK_ENOMEM;
    out->forecast = out->change + 2 * n;
    out->residual = out->forecast + 2 * n;
    out->generator = out->residual + 2 * n;
    out->covariance = out->generator + n;
    return FK_OK;
}

/* Means of the sums, and the covariance of the residuals' means. */
static void finish(const measurement *m, const double *sum, fk_weak_residual *out)
{
    const size_t n = m->n, rows = 2 * n;
    const double paths = (double)(fk_block_count(m->paths->count) * FK_BLOCK);
    const double *product = sum + 5 * n + 1;
    out->n = n;
    out->paths = paths;
    out->steps = (double)((m->paths->steps + m->every - 1) / m->every);
    out->used = sum[5 * n] / (paths * out->steps);
    for (size_t k = 0; k < rows; k++) {
        out->change[k] = sum[k] / paths;
        out->forecast[k] = sum[rows + k] / paths;
        out->residual[k] = out->change[k] - out->forecast[k];
    }
    for (size_t k = 0; k < n; k++)
        out->generator[k] = sum[2 * rows + k] / paths;
    for (size_t k = 0; k < rows * rows; k++) {
        const double mean = out->residual[k / rows] * out->residual[k % rows];
        out->covariance[k] = (product[k] / paths - mean) / (paths - 1.0);
    }
}

fk_status fk_weak_residual_measure(const fk_weak_paths *paths, const fk_sde *claim,
                                   size_t n, const fk_expr *const *phi,
                                   const fk_progress *progress, fk_weak_residual *out,
                                   fk_message *message)
{
    measurement m = {.paths = paths,
                     .claim = claim,
                     .n = n,
                     .every = paths->every > 0 ? paths->every : 1,
                     .h = (paths->end - paths->start) / (double)paths->steps,
                     .walls = paths->domain != NULL && !fk_domain_open(paths->domain),
                     .entries = 5 * n + 1 + 4 * n * n};
    assert(n > 0 && n <= FK_WEAK_FUNCTIONS && paths->steps > 0 && paths->count > 1);
    *out = (fk_weak_residual){0};
    FK_TRY(check(paths, claim, message));
    double *sum = fk_doubles(m.entries);
    fk_status status = sum != NULL ? open_measurement(&m, phi, message) : FK_ENOMEM;
    if (status == FK_OK)
        status = run_all(&m, progress, sum);
    if (status == FK_OK)
        status = check_finite(&m, sum, message);
    if (status == FK_OK)
        status = make_room(n, out);
    if (status == FK_OK)
        finish(&m, sum, out);
    free(sum);
    fk_forecast_clear(&m.forecast);
    fk_program_free(m.generator);
    fk_walk_clear(&m.walk);
    return status;
}

void fk_weak_residual_clear(fk_weak_residual *r)
{
    free(r->change);
    *r = (fk_weak_residual){0};
}
