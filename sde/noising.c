#include "sde/noising.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sde/cholesky.h"
#include "sde/linear.h"

/* ---- small matrices ---- */

void fk_rows_times(size_t d, const double *A, const double *x, double *y)
{
    for (size_t i = 0; i < d; i++) {
        y[i] = 0.0;
        for (size_t j = 0; j < d; j++)
            y[i] += A[i * d + j] * x[j];
    }
}

void fk_rows_transposed_times(size_t d, const double *A, const double *x, double *y)
{
    for (size_t j = 0; j < d; j++) {
        y[j] = 0.0;
        for (size_t i = 0; i < d; i++)
            y[j] += A[i * d + j] * x[i];
    }
}

/* C = A B^T */
static void times_transposed(size_t d, const double *A, const double *B, double *C)
{
    for (size_t i = 0; i < d; i++)
        fk_rows_times(d, B, A + i * d, C + i * d);
}

/* Inverse of a lower triangular matrix. */
static void invert_lower(size_t d, const double *l, double *inverse)
{
    memset(inverse, 0, d * d * sizeof *inverse);
    for (size_t j = 0; j < d; j++) {
        inverse[j * d + j] = 1.0 / l[j * d + j];
        for (size_t i = j + 1; i < d; i++) {
            double sum = 0.0;
            for (size_t k = j; k < i; k++)
                sum -= l[i * d + k] * inverse[k * d + j];
            inverse[i * d + j] = sum / l[i * d + i];
        }
    }
}

/* ---- the table ---- */

static fk_status allocate(fk_noising *n)
{
    const size_t d = n->dim, matrix = d * d;
    const size_t each = 2 + 2 * d + 6 * matrix + FK_NOISING_FEATURES;
    n->block = fk_doubles(n->n * each);
    if (n->block == NULL)
        return FK_ENOMEM;
    double *at = n->block;
    double **const of_one[] = {&n->time, &n->scale};
    double **const of_vector[] = {&n->shift, &n->mean};
    double **const of_matrix[] = {&n->map,  &n->factor,  &n->white,
                                  &n->pull, &n->unnoise, &n->tensor};
    for (size_t i = 0; i < 2; i++, at += n->n)
        *of_one[i] = at;
    for (size_t i = 0; i < 2; i++, at += n->n * d)
        *of_vector[i] = at;
    for (size_t i = 0; i < 6; i++, at += n->n * matrix)
        *of_matrix[i] = at;
    n->feature = at;
    return FK_OK;
}

/* The points 0 and e_1 .. e_d as a mixture: what becomes of them is the flow. */
static fk_status corners(size_t d, fk_mixture **out)
{
    FK_TRY(fk_mixture_new(d, d + 1, out));
    for (size_t k = 0; k <= d; k++) {
        (*out)->weight[k] = 1.0 / (double)(d + 1);
        if (k > 0)
            (*out)->mean[k * d + k - 1] = 1.0;
    }
    return FK_OK;
}

/* L from the covariance of a point; false: it is degenerate. */
static bool read_flow(fk_noising *n, size_t k, const fk_mixture *m)
{
    const size_t d = n->dim;
    memcpy(n->shift + k * d, m->mean, d * sizeof *m->mean);
    for (size_t j = 0; j < d; j++)
        for (size_t i = 0; i < d; i++)
            n->map[(k * d + i) * d + j] = m->mean[(j + 1) * d + i] - m->mean[i];
    return fk_cholesky(d, m->cov, n->factor + k * d * d);
}

/* M, R^-1, L^T V^-1, L^-T, c; false: there is no spread.  work[4][d][d] */
static bool precondition(fk_noising *n, size_t k, const fk_noising_frame *f,
                         double *work)
{
    const size_t d = n->dim, matrix = d * d;
    const double *Phi = n->map + k * matrix, *L = n->factor + k * matrix;
    double *V = work, *half = work + matrix, *inverse = half + matrix,
           *lower = inverse + matrix;
    fk_rows_times(d, Phi, f->mean, n->mean + k * d);
    for (size_t i = 0; i < d; i++)
        n->mean[k * d + i] += n->shift[k * d + i];
    times_transposed(d, Phi, f->cov, half);
    times_transposed(d, half, Phi, V);
    times_transposed(d, L, L, half);
    for (size_t i = 0; i < matrix; i++)
        V[i] += half[i];
    if (!fk_cholesky(d, V, lower))
        return false;
    double *white = n->white + k * matrix, *unnoise = n->unnoise + k * matrix;
    invert_lower(d, lower, white);
    invert_lower(d, L, inverse);
    double left = (double)d; /* tr(1 - (R^-1 L)^T (R^-1 L)) */
    for (size_t j = 0; j < d; j++) {
        double column[FK_NOISING_DIM], pulled[FK_NOISING_DIM];
        for (size_t i = 0; i < d; i++)
            column[i] = L[i * d + j];
        fk_rows_times(d, white, column, pulled);
        for (size_t i = 0; i < d; i++) {
            unnoise[j * d + i] = inverse[i * d + j];
            left -= pulled[i] * pulled[i];
        }
        fk_rows_transposed_times(d, white, pulled, n->pull + k * matrix + j * d);
    }
    n->scale[k] = sqrt(left / (double)d);
    return n->scale[k] > 0.0;
}

static void feel_time(fk_noising *n, size_t k, const fk_noising_frame *f)
{
    const double whole = log((f->last - f->start) / (f->first - f->start));
    const double u =
        2.0 * log((n->time[k] - f->start) / (f->first - f->start)) / whole - 1.0;
    double *feature = n->feature + k * FK_NOISING_FEATURES;
    feature[0] = u;
    for (size_t j = 1; j <= FK_NOISING_WAVES; j++) {
        feature[2 * j - 1] = sin(0.5 * M_PI * (double)j * u);
        feature[2 * j] = cos(0.5 * M_PI * (double)j * u);
    }
}

static fk_status fill(fk_noising *n, const fk_sde *s, const fk_noising_frame *f,
                      fk_mixture **m, double *work, fk_message *message)
{
    const size_t d = n->dim;
    for (size_t k = 0; k < n->n; k++) {
        fk_mixture *next = NULL;
        FK_TRY(fk_linear_propagate(s, k == 0 ? f->start : n->time[k - 1], *m,
                                   n->time[k], &next));
        fk_mixture_free(*m);
        *m = next;
        if (!read_flow(n, k, *m))
            return fk_fail(message, FK_EDOMAIN,
                           "at t = %g the noise does not reach all variables, so there "
                           "is no score to learn",
                           n->time[k]);
        if (!precondition(n, k, f, work))
            return fk_fail(message, FK_EDOMAIN,
                           "the data do not spread: at t = %g they cannot be told from "
                           "noise",
                           n->time[k]);
        FK_TRY(fk_linear_coefficients(s, n->time[k], work, work + d * d,
                                      n->tensor + k * d * d));
        feel_time(n, k, f);
    }
    return FK_OK;
}

fk_status fk_noising_new(const fk_sde *s, const fk_noising_frame *frame, size_t n,
                         const double *time, fk_noising **out, fk_message *message)
{
    *out = NULL;
    if (!fk_sde_linear(s))
        return fk_fail(message, FK_EDOMAIN,
                       "a score is learned from exact transitions: the drift must be "
                       "linear in the variables and the noise free of them");
    if (s->dim > FK_NOISING_DIM)
        return fk_fail(message, FK_ELIMIT,
                       "%zu variables: scores are learned in at most %d", s->dim,
                       FK_NOISING_DIM);
    fk_noising *self = calloc(1, sizeof *self);
    fk_mixture *m = NULL;
    double *work = fk_doubles(4 * s->dim * s->dim + s->dim);
    fk_status status = self != NULL && work != NULL ? FK_OK : FK_ENOMEM;
    if (status == FK_OK) {
        self->dim = s->dim;
        self->n = n;
        status = allocate(self);
    }
    if (status == FK_OK) {
        memcpy(self->time, time, n * sizeof *time);
        status = corners(s->dim, &m);
    }
    if (status == FK_OK)
        status = fill(self, s, frame, &m, work, message);
    fk_mixture_free(m);
    free(work);
    if (status == FK_OK)
        *out = self;
    else
        fk_noising_free(self);
    return status;
}

void fk_noising_free(fk_noising *n)
{
    if (n == NULL)
        return;
    free(n->block);
    free(n);
}

void fk_noising_point(const fk_noising *n, size_t k, const double *x0, const double *e,
                      double *x)
{
    const size_t d = n->dim;
    double moved[FK_NOISING_DIM];
    fk_rows_times(d, n->map + k * d * d, x0, x);
    fk_rows_times(d, n->factor + k * d * d, e, moved);
    for (size_t i = 0; i < d; i++)
        x[i] += n->shift[k * d + i] + moved[i];
}

double fk_noising_interval(const fk_noising *n, size_t k)
{
    const double before = n->time[k > 0 ? k - 1 : 0];
    const double after = n->time[k + 1 < n->n ? k + 1 : k];
    return 0.5 * (after - before);
}

void fk_noising_input(const fk_noising *n, size_t k, const double *x, double *input)
{
    const size_t d = n->dim;
    double from_mean[FK_NOISING_DIM];
    for (size_t i = 0; i < d; i++)
        from_mean[i] = x[i] - n->mean[k * d + i];
    fk_rows_times(d, n->white + k * d * d, from_mean, input);
    memcpy(input + d, n->feature + k * FK_NOISING_FEATURES,
           FK_NOISING_FEATURES * sizeof *input);
}

void fk_noising_noise(const fk_noising *n, size_t k, const double *x, const double *F,
                      double *e)
{
    const size_t d = n->dim;
    double from_mean[FK_NOISING_DIM] = {0};
    for (size_t i = 0; i < d; i++)
        from_mean[i] = x[i] - n->mean[k * d + i];
    fk_rows_times(d, n->pull + k * d * d, from_mean, e);
    for (size_t i = 0; i < d; i++)
        e[i] -= n->scale[k] * F[i];
}
