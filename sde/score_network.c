#include "sde/score_network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "solvers/blas.h"

typedef struct network_score {
    fk_score score;
    const fk_learned *learned;
    fk_noising *noising;
    double *time;
} network_score;

static const network_score *of(const fk_score *score)
{
    return (const network_score *)(const void *)score;
}

static size_t inputs(const fk_score *score)
{
    return score->dim + FK_NOISING_FEATURES;
}

/* Doubles for the network's rows, to a cache line. */
static size_t rows_size(const fk_score *score, size_t tangents)
{
    return (1 + tangents) * FK_BLOCK * (inputs(score) + score->dim);
}

static void gather(size_t dim, const double *const *x, size_t j, double *point)
{
    for (size_t i = 0; i < dim; i++)
        point[i] = x[i][j];
}

static void fill_inputs(const network_score *self, size_t k, const double *const *x,
                        double *input)
{
    double point[FK_NOISING_DIM];
    for (size_t j = 0; j < FK_BLOCK; j++) {
        gather(self->score.dim, x, j, point);
        fk_noising_input(self->noising, k, point, input + j * inputs(&self->score));
    }
}

static void eval(const fk_score *score, size_t k, const double *const *x,
                 double *const *s, double *scratch)
{
    const network_score *self = of(score);
    const size_t d = score->dim;
    double *input = scratch, *F = input + FK_BLOCK * inputs(score);
    double point[FK_NOISING_DIM], e[FK_NOISING_DIM], value[FK_NOISING_DIM];
    fill_inputs(self, k, x, input);
    fk_network_forward(&self->learned->net, self->learned->theta, FK_BLOCK, 0, input, F,
                       scratch + rows_size(score, 0));
    for (size_t j = 0; j < FK_BLOCK; j++) {
        gather(d, x, j, point);
        fk_noising_noise(self->noising, k, point, F + j * d, e);
        fk_rows_times(d, self->noising->unnoise + k * d * d, e, value);
        for (size_t i = 0; i < d; i++)
            s[i][j] = -value[i];
    }
}

/* ---- its change along directions ----
 *
 *     s = -L^-T (L^T V^-1 (x - M) - c F(z)),     J v = L^-T (c dF/dz R^-1 v - L^T V^-1 v) */

static size_t along_scratch(const fk_score *score, size_t n)
{
    return rows_size(score, n) +
           fk_network_scratch(&of(score)->learned->net, FK_BLOCK, n);
}

/* Direction m at point j. */
static void gather_direction(size_t dim, const double *v, size_t m, size_t j,
                             double *direction)
{
    for (size_t i = 0; i < dim; i++)
        direction[i] = v[(m * dim + i) * FK_BLOCK + j];
}

/* z moves by R^-1 v; the features stay. */
static void fill_tangents(const network_score *self, size_t k, size_t n,
                          const double *v, double *input)
{
    const size_t d = self->score.dim, width = inputs(&self->score);
    const double *white = self->noising->white + k * d * d;
    double direction[FK_NOISING_DIM], *row = input + FK_BLOCK * width;
    memset(row, 0, n * FK_BLOCK * width * sizeof *row);
    for (size_t m = 0; m < n; m++)
        for (size_t j = 0; j < FK_BLOCK; j++, row += width) {
            gather_direction(d, v, m, j, direction);
            fk_rows_times(d, white, direction, row);
        }
}

static void along(const fk_score *score, size_t k, const double *const *x, size_t n,
                  const double *v, double *change, double *scratch)
{
    const network_score *self = of(score);
    const fk_noising *noising = self->noising;
    const size_t d = score->dim, at = k * d * d;
    double *input = scratch, *F = input + (1 + n) * FK_BLOCK * inputs(score);
    double direction[FK_NOISING_DIM], e[FK_NOISING_DIM], value[FK_NOISING_DIM];
    fill_inputs(self, k, x, input);
    fill_tangents(self, k, n, v, input);
    fk_network_forward(&self->learned->net, self->learned->theta, FK_BLOCK, n, input, F,
                       scratch + rows_size(score, n));
    for (size_t m = 0; m < n; m++)
        for (size_t j = 0; j < FK_BLOCK; j++) {
            const double *dF = F + ((1 + m) * FK_BLOCK + j) * d;
            gather_direction(d, v, m, j, direction);
            fk_rows_times(d, noising->pull + at, direction, e);
            for (size_t i = 0; i < d; i++)
                e[i] = noising->scale[k] * dF[i] - e[i];
            fk_rows_times(d, noising->unnoise + at, e, value);
            for (size_t i = 0; i < d; i++)
                change[(m * d + i) * FK_BLOCK + j] = value[i];
        }
}

static void release(fk_score *score)
{
    network_score *self = (network_score *)(void *)score;
    fk_noising_free(self->noising);
    free(self->time);
    free(self);
}

/* The table, with early times moved to the first that was learned. */
static fk_status prepare(network_score *self, const fk_sde *sde, size_t n,
                         const double *time, fk_message *message)
{
    const fk_noising_frame frame = fk_learned_frame(self->learned);
    double *moved = fk_doubles(n);
    self->time = fk_doubles(n);
    if (moved == NULL || self->time == NULL) {
        free(moved);
        return FK_ENOMEM;
    }
    memcpy(self->time, time, n * sizeof *time);
    const double slack = 1e-9 * (frame.last - frame.start);
    fk_status status = FK_OK;
    for (size_t k = 0; k < n && status == FK_OK; k++) {
        moved[k] = fmin(fmax(time[k], frame.first), frame.last);
        if (time[k] > frame.last + slack)
            status =
                fk_fail(message, FK_EDOMAIN,
                        "the network has learned scores up to t = %g, not at t = %g",
                        frame.last, time[k]);
    }
    if (status == FK_OK)
        status = fk_noising_new(sde, &frame, n, moved, &self->noising, message);
    free(moved);
    return status;
}

fk_status fk_score_network_new(const fk_sde *sde, const fk_learned *l, size_t n_times,
                               const double *time, fk_score **out, fk_message *message)
{
    *out = NULL;
    fk_blas_one_thread();
    network_score *self = calloc(1, sizeof *self);
    if (self == NULL)
        return FK_ENOMEM;
    self->learned = l;
    const fk_status status = prepare(self, sde, n_times, time, message);
    self->score = (fk_score){.dim = l->dim,
                             .n_times = n_times,
                             .time = self->time,
                             .eval = eval,
                             .along = along,
                             .along_scratch = along_scratch,
                             .free = release};
    self->score.scratch =
        rows_size(&self->score, 0) + fk_network_scratch(&l->net, FK_BLOCK, 0);
    if (status == FK_OK)
        *out = &self->score;
    else
        release(&self->score);
    return status;
}
