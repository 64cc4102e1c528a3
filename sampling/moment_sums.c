/* With u_i = x_i - a_i, a the first particle met (so that a small spread far from 0 keeps
 * its digits), the sums of u_i, u_i u_k, u_i^2 u_k and u_i^2 u_k^2.  Eight interleaved parts
 * of a row, rows in order within each of SLICES runs of blocks, then these in order: the
 * digits depend on the particles alone. */
#include "sampling/moment_sums.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sampling/boundary.h"
#include "sampling/ensemble_state.h"

enum { SLICES = 32, PARTS = 8 };

struct fk_moment_sums {
    size_t dim;
    uint64_t count;
    double *origin; /* [dim], then sum[sums_of(dim)] in one piece */
    double *sum;
};

/* Rows of sums: u, then of [dim][dim] u v (k <= i), u^2 v, u^2 v^2 (k <= i). */
static size_t sums_of(size_t d)
{
    return d * (1 + 3 * d);
}

fk_status fk_moment_sums_new(size_t dim, fk_moment_sums **out)
{
    *out = calloc(1, sizeof **out);
    double *own = fk_doubles(dim + sums_of(dim));
    if (*out == NULL || own == NULL) {
        free(*out);
        free(own);
        *out = NULL;
        return FK_ENOMEM;
    }
    **out = (fk_moment_sums){.dim = dim, .origin = own, .sum = own + dim};
    return FK_OK;
}

void fk_moment_sums_free(fk_moment_sums *s)
{
    if (s == NULL)
        return;
    free(s->origin);
    free(s);
}

bool fk_moment_sums_keep(fk_moment_sums *s, const fk_keeper *keeper)
{
    return fk_keep(keeper, &s->count, sizeof s->count) &&
           fk_keep(keeper, s->origin, (s->dim + sums_of(s->dim)) * sizeof *s->origin);
}

/* ---- adding ---- */

/* 1 for lanes that exist and are alive; their number */
static size_t counted_lanes(const fk_ensemble *e, size_t b, double *counted)
{
    const uint8_t *status = fk_ensemble_status(e, b);
    const size_t lanes = fk_block_lanes(e->count, b);
    size_t n = 0;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const bool counts = j < lanes && status[j] == FK_ALIVE;
        counted[j] = counts ? 1.0 : 0.0;
        n += counts;
    }
    return n;
}

/* u = x - a where counted, else 0, whatever x is there; and u^2 */
FK_CLONES static void centre(const double *restrict x, double a,
                             const double *restrict counted, double *restrict u,
                             double *restrict square)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        u[j] = counted[j] != 0.0 ? x[j] - a : 0.0;
        square[j] = u[j] * u[j];
    }
}

FK_CLONES static double product(const double *restrict x, const double *restrict y)
{
    double part[PARTS] = {0.0};
    for (size_t j = 0; j < FK_BLOCK; j += PARTS)
        for (size_t p = 0; p < PARTS; p++)
            part[p] += x[j + p] * y[j + p];
    return ((part[0] + part[1]) + (part[2] + part[3])) +
           ((part[4] + part[5]) + (part[6] + part[7]));
}

/* rows: counted[FK_BLOCK], u[dim][FK_BLOCK], u^2[dim][FK_BLOCK] */
static void add_block(const fk_moment_sums *s, const fk_ensemble *e, size_t b,
                      double *rows, double *sum)
{
    const size_t d = s->dim;
    double *u = rows + FK_BLOCK, *square = u + d * FK_BLOCK;
    double *uv = sum + d, *uuv = uv + d * d, *uuvv = uuv + d * d;
    if (counted_lanes(e, b, rows) == 0)
        return;
    for (size_t i = 0; i < d; i++)
        centre(fk_ensemble_x(e, b) + i * FK_BLOCK, s->origin[i], rows, u + i * FK_BLOCK,
               square + i * FK_BLOCK);
    for (size_t i = 0; i < d; i++) {
        const double *ui = u + i * FK_BLOCK, *si = square + i * FK_BLOCK;
        sum[i] += product(ui, rows);
        for (size_t k = 0; k < d; k++)
            uuv[i * d + k] += product(si, u + k * FK_BLOCK);
        for (size_t k = 0; k <= i; k++) {
            uv[i * d + k] += product(ui, u + k * FK_BLOCK);
            uuvv[i * d + k] += product(si, square + k * FK_BLOCK);
        }
    }
}

/* The first particle that counts, unless there was one before. */
static void find_origin(fk_moment_sums *s, const fk_ensemble *e)
{
    for (size_t b = 0; b < e->n_blocks && s->count == 0; b++) {
        double counted[FK_BLOCK];
        if (counted_lanes(e, b, counted) == 0)
            continue;
        size_t j = 0;
        while (counted[j] == 0.0)
            j++;
        for (size_t i = 0; i < s->dim; i++)
            s->origin[i] = fk_ensemble_x(e, b)[i * FK_BLOCK + j];
        return;
    }
}

static uint64_t count_alive(const fk_ensemble *e)
{
    uint64_t alive = 0;
    for (size_t b = 0; b < e->n_blocks; b++) {
        double counted[FK_BLOCK];
        alive += counted_lanes(e, b, counted);
    }
    return alive;
}

fk_status fk_moment_sums_add(fk_moment_sums *s, const fk_ensemble *e)
{
    const size_t n = e->n_blocks, length = sums_of(s->dim);
    const size_t rows = (1 + 2 * s->dim) * FK_BLOCK, each = (length + 7) / 8 * 8 + rows;
    double *room = fk_doubles(SLICES * each);
    if (room == NULL)
        return FK_ENOMEM;
    find_origin(s, e);
    s->count += count_alive(e);
#pragma omp parallel for default(none) firstprivate(s, e, n, rows, each, room) \
    schedule(static)
    for (size_t k = 0; k < SLICES; k++)
        for (size_t b = n * k / SLICES; b < n * (k + 1) / SLICES; b++)
            add_block(s, e, b, room + k * each, room + k * each + rows);
    for (size_t k = 0; k < SLICES; k++)
        for (size_t i = 0; i < length; i++)
            s->sum[i] += room[k * each + rows + i];
    free(room);
    return FK_OK;
}

/* ---- reading ---- */

/* Means of u and of products of it, about the origin. */
typedef struct raw {
    double x, y, xx, xy, yy, xxy, xyy, xxyy;
} raw;

static raw about_origin(const fk_moment_sums *s, size_t i, size_t k)
{
    const size_t d = s->dim;
    const size_t low = i > k ? i * d + k : k * d + i;
    const double *u = s->sum, *uv = u + d, *uuv = uv + d * d, *uuvv = uuv + d * d;
    const double n = (double)s->count;
    return (raw){u[i] / n,           u[k] / n,          uv[i * d + i] / n,
                 uv[low] / n,        uv[k * d + k] / n, uuv[i * d + k] / n,
                 uuv[k * d + i] / n, uuvv[low] / n};
}

/* E (x - m)^2 (y - l)^2 with the means m and l, multiplied out; infinite where a power of
 * one that is far out is. */
static double fourth(const raw *r)
{
    const double m = r->x, l = r->y;
    if (!isfinite(r->xxyy))
        return HUGE_VAL;
    return r->xxyy - 2.0 * l * r->xxy + l * l * r->xx - 2.0 * m * r->xyy +
           4.0 * m * l * r->xy + m * m * r->yy - 3.0 * m * m * l * l;
}

double fk_moment_sums_fourth(const fk_moment_sums *s, size_t i)
{
    const raw r = about_origin(s, i, i);
    return s->count > 0 ? fmax(fourth(&r), 0.0) : 0.0;
}

uint64_t fk_moment_sums_read(const fk_moment_sums *s, double *mean, double *mean_error,
                             double *cov, double *cov_error)
{
    const size_t d = s->dim;
    const double n = (double)s->count;
    for (size_t i = 0; i < d; i++)
        mean[i] = mean_error[i] = 0.0;
    for (size_t e = 0; e < d * d; e++)
        cov[e] = cov_error[e] = 0.0;
    for (size_t i = 0; i < d && s->count > 0; i++) {
        mean[i] = s->origin[i] + s->sum[i] / n;
        for (size_t k = 0; k < d && s->count > 1; k++) {
            const raw r = about_origin(s, i, k);
            const double c = isfinite(r.xy) ? r.xy - r.x * r.y : r.xy;
            cov[i * d + k] = c * n / (n - 1.0);
            cov_error[i * d + k] = sqrt(fmax(fourth(&r) - c * c, 0.0) / n);
        }
        mean_error[i] = sqrt(fmax(cov[i * d + i], 0.0) / n);
    }
    return s->count;
}

void fk_ensemble_moments(const fk_ensemble *e, double *mean, double *covariance,
                         double *fourth_moment, uint64_t *alive)
{
    const size_t d = e->walk.dim;
    fk_moment_sums *s;
    double *error = fk_doubles(d + d * d);
    *alive = 0;
    if (error != NULL && fk_moment_sums_new(d, &s) == FK_OK) {
        if (fk_moment_sums_add(s, e) == FK_OK)
            *alive = fk_moment_sums_read(s, mean, error, covariance, error + d);
        for (size_t i = 0; i < d; i++)
            fourth_moment[i] = fk_moment_sums_fourth(s, i);
        fk_moment_sums_free(s);
    }
    free(error);
}
