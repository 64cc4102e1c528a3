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

/* Of one time. */
typedef struct noising_place {
    size_t dim;
    double scale;
    const double *unnoise, *pull;
} noising_place;

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
                             .free = release};
    self->score.scratch =
        rows_size(&self->score, 0) + fk_network_scratch(&l->net, FK_BLOCK, 0);
    if (status == FK_OK)
        *out = &self->score;
    else
        release(&self->score);
    return status;
}

/* ---- its derivatives ---- */

size_t fk_score_network_jacobian_scratch(const fk_score *score)
{
    return rows_size(score, score->dim) +
           fk_network_scratch(&of(score)->learned->net, FK_BLOCK, score->dim);
}

/* z moves with column i of R^-1 when x_i does; the features stay. */
static void fill_tangents(const network_score *self, size_t k, double *input)
{
    const size_t d = self->score.dim, width = inputs(&self->score);
    const double *white = self->noising->white + k * d * d;
    for (size_t i = 0; i < d; i++) {
        double *row = input + (1 + i) * FK_BLOCK * width;
        memset(row, 0, FK_BLOCK * width * sizeof *row);
        for (size_t j = 0; j < FK_BLOCK; j++, row += width)
            for (size_t a = 0; a < d; a++)
                row[a] = white[a * d + i];
    }
}

/* ds_i/dx_j = -(L^-T L^T V^-1)_ij + c (L^-T dF/dx_j)_i; dF[dim][FK_BLOCK][dim] */
static void assemble(const noising_place *at, size_t i, size_t j, const double *dF,
                     double *J)
{
    const size_t d = at->dim;
    double gaussian = 0.0;
    for (size_t a = 0; a < d; a++)
        gaussian += at->unnoise[i * d + a] * at->pull[a * d + j];
    for (size_t lane = 0; lane < FK_BLOCK; lane++) {
        double sum = 0.0;
        for (size_t a = 0; a < d; a++)
            sum += at->unnoise[i * d + a] * dF[(j * FK_BLOCK + lane) * d + a];
        J[lane] = at->scale * sum - gaussian;
    }
}

void fk_score_network_jacobian(const fk_score *score, size_t k, const double *const *x,
                               double *J, double *scratch)
{
    const network_score *self = of(score);
    const fk_noising *n = self->noising;
    const size_t d = score->dim, rows = (1 + d) * FK_BLOCK;
    const noising_place at = {d, n->scale[k], n->unnoise + k * d * d,
                              n->pull + k * d * d};
    double *input = scratch, *F = input + rows * inputs(score);
    fill_inputs(self, k, x, input);
    fill_tangents(self, k, input);
    fk_network_forward(&self->learned->net, self->learned->theta, FK_BLOCK, d, input, F,
                       scratch + rows_size(score, d));
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            assemble(&at, i, j, F + FK_BLOCK * d, J + (i * d + j) * FK_BLOCK);
}

size_t fk_score_network_div_scratch(const fk_score *score)
{
    return score->dim * score->dim * FK_BLOCK +
           fk_score_network_jacobian_scratch(score);
}

void fk_score_network_div(const fk_score *score, size_t k, const double *const *x,
                          double *div, double *scratch)
{
    const size_t d = score->dim;
    fk_score_network_jacobian(score, k, x, scratch, scratch + d * d * FK_BLOCK);
    for (size_t j = 0; j < FK_BLOCK; j++) {
        div[j] = 0.0;
        for (size_t i = 0; i < d; i++)
            div[j] += scratch[(i * d + i) * FK_BLOCK + j];
    }
}
