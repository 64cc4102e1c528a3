/* Kernel estimate of an ensemble's density:
 *
 *     p(y) = 1/N sum_n q(y | X_n),      q(. | x) = N(x + h f(x), h G(x) G(x)^T),
 *
 * the transition density of the scheme.  E p is the law of the ensemble after one more
 * step, whatever N.  [pedersen-1995, hu-watanabe-1996]
 *
 * Mass per cell: differences of error functions in 1-D, their products in 2-D for a
 * diagonal covariance.  For a full one, error functions in y given x at Gauss-Legendre
 * nodes in x: pieces of a cell no longer than twice the scale on which the integrand
 * changes, so that each kernel is right to about 1e-5 of its mass; a correlation above
 * 0.99 on cells wider than 16 such pieces leaves a kernel smeared by 1/32 of a cell. */
#include <assert.h>
#include <limits.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "sampling/boundary.h"
#include "sampling/ensemble_state.h"
#include "sampling/kernel_mass.h"
#include "sampling/rows.h"

enum { SLICES = 16, MOST_PIECES = 16 };

/* Over the particles, per cell: kernel masses and their squares. */
typedef struct sums {
    double *mass, *square; /* [cells] */
} sums;

/* Everything a thread needs to spread particles; mass and own are zeros in between. */
typedef struct spreader {
    size_t dim;
    fk_kernel_axis axis[2];
    double *mass[2]; /* [cells of the axis] */
    double *own;     /* [cells] of one particle with a full covariance */
} spreader;

static const fk_kernel_range nothing = {.first = LONG_MAX, .end = 0};

static void add(sums *t, size_t cell, double mass)
{
    t->mass[cell] += mass;
    t->square[cell] += mass * mass;
}

static void spread_1d(spreader *s, double mean, double deviation, sums *t)
{
    fk_kernel_range r = nothing;
    fk_kernel_mass_add(&s->axis[0], mean, deviation, 1.0, s->mass[0], &r);
    for (long i = r.first; i < r.end; i++) {
        add(t, (size_t)i, s->mass[0][i]);
        s->mass[0][i] = 0.0;
    }
}

/* The outer product of the rows, which become zero again. */
static void spread_product(spreader *s, const fk_kernel_range r[2], sums *t)
{
    const long n = s->axis[0].cells;
    for (long k = r[1].first; k < r[1].end; k++)
        for (long i = r[0].first; i < r[0].end; i++)
            add(t, (size_t)(k * n + i), s->mass[1][k] * s->mass[0][i]);
    for (size_t axis = 0; axis < 2; axis++)
        for (long i = r[axis].first; i < r[axis].end; i++)
            s->mass[axis][i] = 0.0;
}

static void spread_diagonal(spreader *s, const double mean[2], const double var[2],
                            sums *t)
{
    fk_kernel_range touched[2] = {nothing, nothing};
    for (size_t i = 0; i < 2; i++)
        fk_kernel_mass_add(&s->axis[i], mean[i], sqrt(var[i]), 1.0, s->mass[i],
                           &touched[i]);
    spread_product(s, touched, t);
}

static void widen(fk_kernel_range *r, long first, long end)
{
    if (first < r->first)
        r->first = first;
    if (end > r->end)
        r->end = end;
}

/* Column of y given x = mean[0] + u, with the weight of a node, into the cell of x. */
static void spread_node(spreader *s, const double mean[2], double slope, double rest,
                        double u, double weight, size_t cell, fk_kernel_range *rows)
{
    fk_kernel_range touched = nothing;
    fk_kernel_mass_add(&s->axis[1], mean[1] + slope * u, rest, weight, s->mass[1],
                       &touched);
    for (long k = touched.first; k < touched.end; k++) {
        s->own[(size_t)k * (size_t)s->axis[0].cells + cell] += s->mass[1][k];
        s->mass[1][k] = 0.0;
    }
    widen(rows, touched.first, touched.end);
}

/* What one particle put into own, which becomes zero again. */
static void spread_own(spreader *s, const fk_kernel_range *columns,
                       const fk_kernel_range *rows, sums *t)
{
    for (long k = rows->first; k < rows->end; k++)
        for (long i = columns->first; i < columns->end; i++) {
            const size_t cell = (size_t)(k * s->axis[0].cells + i);
            add(t, cell, s->own[cell]);
            s->own[cell] = 0.0;
        }
}

/* Gauss-Legendre on [-1, 1] [abramowitz-stegun-1964, table 25.4] */
static const double two_node[2] = {-0.5773502691896257645, 0.5773502691896257645};
static const double two_weight[2] = {1.0, 1.0};
static const double four_node[4] = {-0.8611363115940525752, -0.3399810435848562648,
                                    0.3399810435848562648, 0.8611363115940525752};
static const double four_weight[4] = {0.3478548451374538574, 0.6521451548625461426,
                                      0.6521451548625461426, 0.3478548451374538574};

/* N(mean, cov) with cov_xy != 0: x = mean_x + u, u ~ N(0, cov_xx), and y given u normal
 * about mean_y + slope u with deviation `rest`. */
static void spread_full(spreader *s, const double mean_in[2], double xx, double xy,
                        double yy, sums *t)
{
    double mean[2] = {mean_in[0], mean_in[1]}, deviation = sqrt(xx);
    const double slope = xy / xx, rest = sqrt(fmax(yy - slope * xy, 0.0));
    const double scale = fmin(deviation, rest / fabs(slope));
    const fk_kernel_axis *axis = &s->axis[0];
    const fk_kernel_range r = fk_kernel_range_find(axis, &mean[0], &deviation);

    const double wanted = ceil(axis->width / (2.0 * scale));
    const size_t pieces = wanted < MOST_PIECES ? (size_t)wanted : MOST_PIECES;
    const double half = 0.5 * axis->width / (double)pieces;
    const size_t nodes = half <= 0.25 * scale ? 2 : 4;
    const double *node = nodes == 2 ? two_node : four_node;
    const double *node_weight = nodes == 2 ? two_weight : four_weight;
    fk_kernel_range columns = nothing, rows = nothing;
    for (long v = r.first; v < r.end; v++) {
        const size_t cell = fk_kernel_glue(axis, v);
        widen(&columns, (long)cell, (long)cell + 1);
        const double left = axis->lo + (double)v * axis->width - mean[0];
        for (size_t i = 0; i < pieces; i++)
            for (size_t k = 0; k < nodes; k++) {
                const double u = left + half * (double)(2 * i + 1) + half * node[k];
                const double z = u / deviation;
                const double density =
                    0.39894228040143267794 * exp(-0.5 * z * z) / deviation;
                spread_node(s, mean, slope, rest, u, node_weight[k] * half * density,
                            cell, &rows);
            }
    }
    spread_own(s, &columns, &rows, t);
}

static void spread(spreader *s, double *const *mean, double *const *cov, size_t j,
                   sums *t)
{
    if (s->dim == 1) {
        spread_1d(s, mean[0][j], sqrt(cov[0][j]), t);
        return;
    }
    const double m[2] = {mean[0][j], mean[1][j]};
    if (cov[1][j] == 0.0)
        spread_diagonal(s, m, (double[]){cov[0][j], cov[3][j]}, t);
    else
        spread_full(s, m, cov[0][j], cov[1][j], cov[3][j], t);
}

/* What all threads read, and what they share. */
typedef struct estimate {
    const fk_ensemble *e;
    const fk_progress *progress;
    double h;
    fk_kernel_axis axis[2];
    size_t cells, row; /* of the grid; of the longest axis, rounded up */
    double *slice;     /* [SLICES][2][cells] masses and squares */
    double done;
    int stop;
} estimate;

static size_t own_cells(const estimate *t)
{
    return t->e->walk.dim == 2 ? fk_padded(t->cells) : 0;
}

/* Doubles a thread needs: pointers to the rows of x, mean and covariance, the last two,
 * two rows of mass, the cells in two variables, and what the scheme wants. */
static size_t scratch_size(const estimate *t)
{
    const fk_walk *w = &t->e->walk;
    const size_t outputs = w->dim + w->dim * w->dim;
    return fk_rows_scratch(w->dim) + fk_rows_scratch(outputs) + outputs * FK_BLOCK +
           2 * t->row + own_cells(t) + w->scheme->scratch(w->stepper);
}

static void spread_block(const estimate *t, size_t b, sums *to, double *scratch)
{
    const fk_walk *w = &t->e->walk;
    const size_t outputs = w->dim + w->dim * w->dim;
    double *x_rows = scratch, *out_rows = x_rows + fk_rows_scratch(w->dim);
    double *out = out_rows + fk_rows_scratch(outputs);
    double *mass = out + outputs * FK_BLOCK, *own = mass + 2 * t->row;
    double *rest = own + own_cells(t);

    double *const *x =
        fk_rows(fk_part_x(t->e->memory + b * t->e->block_bytes), w->dim, x_rows);
    double *const *mean = fk_rows(out, outputs, out_rows), *const *cov = mean + w->dim;
    w->scheme->transition(w->stepper, t->e->clock.time, t->h, (const double *const *)x,
                          mean, cov, rest);

    spreader s = {w->dim, {t->axis[0], t->axis[1]}, {mass, mass + t->row}, own};
    const uint8_t *status = fk_ensemble_status(t->e, b);
    for (size_t j = 0; j < fk_block_lanes(t->e->count, b); j++)
        if (status[j] == FK_ALIVE)
            spread(&s, mean, cov, j, to);
}

static int stopped(estimate *t)
{
    int stop;
#pragma omp atomic read
    stop = t->stop;
    if (!stop && fk_progress_stopped(t->progress)) {
        stop = 1;
#pragma omp atomic write
        t->stop = 1;
    }
    return stop;
}

static void tell(estimate *t, double particles)
{
    double done;
#pragma omp atomic capture
    done = t->done += particles;
    if (omp_get_thread_num() == 0)
        fk_progress_report(t->progress, done, (double)t->e->count);
}

/* Slices of the blocks, each summed in order into its own arrays. */
static void spread_all(estimate *t, double *scratch, size_t own)
{
    const size_t n = t->e->n_blocks;
#pragma omp parallel for default(none) shared(t) firstprivate(scratch, own, n) \
    schedule(dynamic, 1)
    for (size_t k = 0; k < SLICES; k++) {
        double *slice = t->slice + 2 * k * t->cells;
        sums to = {slice, slice + t->cells};
        for (size_t b = n * k / SLICES; b < n * (k + 1) / SLICES && !stopped(t); b++) {
            spread_block(t, b, &to, scratch + (size_t)omp_get_thread_num() * own);
            tell(t, (double)fk_block_lanes(t->e->count, b));
        }
    }
}

static void merge(const estimate *t, double *mass, double *square)
{
#pragma omp parallel for default(none) firstprivate(t, mass, square) schedule(static)
    for (size_t c = 0; c < t->cells; c++)
        for (size_t k = 0; k < SLICES; k++) {
            mass[c] += t->slice[2 * k * t->cells + c];
            square[c] += t->slice[(2 * k + 1) * t->cells + c];
        }
}

fk_status fk_ensemble_kernel_density(const fk_ensemble *e, const fk_grid *g, double h,
                                     double *mass, double *square,
                                     const fk_progress *progress)
{
    assert(g->dim == e->walk.dim && h > 0.0);
    if (g->dim > 2 || e->walk.scheme->transition == NULL ||
        !fk_sde_continuous(e->walk.sde) ||
        (g->axis[0].stretch != NULL && !fk_sde_diagonal(e->walk.sde)))
        return FK_EDOMAIN;
    static const fk_boundary open[2] = {FK_OPEN, FK_OPEN};
    estimate t = {.e = e, .progress = progress, .h = h, .cells = fk_grid_cells(g)};
    for (size_t i = 0; i < g->dim; i++) {
        const fk_domain *d = e->walk.faces.domain;
        assert(d == NULL || (d->grid.axis[i].lo == g->axis[i].lo &&
                             d->grid.axis[i].hi == g->axis[i].hi));
        t.axis[i] = fk_kernel_axis_make(&g->axis[i], d == NULL ? open : d->face[i]);
        if (g->axis[i].cells > t.row)
            t.row = g->axis[i].cells;
    }
    t.row = fk_padded(t.row);
    const size_t own = fk_padded(scratch_size(&t));
    t.slice = fk_alloc(2 * SLICES * t.cells, sizeof *t.slice);
    double *scratch = fk_alloc((size_t)omp_get_max_threads() * own, sizeof *scratch);
    if (t.slice != NULL && scratch != NULL) {
        spread_all(&t, scratch, own);
        merge(&t, mass, square);
    }
    const int short_of_memory = t.slice == NULL || scratch == NULL;
    free(t.slice);
    free(scratch);
    return short_of_memory ? FK_ENOMEM : t.stop ? FK_EINTERRUPTED : FK_OK;
}
