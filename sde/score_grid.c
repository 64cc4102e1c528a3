/* The score of a density on a grid: slopes of the cubic spline of
 *
 *     log( p + floor max(p) N / max(N) )
 *
 * N the Gaussian with the mean and covariance of p.  Where p is above its floor the second
 * term is nothing; where p has no digits left to tell of a slope the Gaussian takes over
 * smoothly and leads back.  Beyond the outermost centres the slope there goes on with the
 * slope of log N on top: s(x) = s(x') - S^-1 (x - x'), x' the nearest point inside.
 *
 * Values at centres come from cell averages by p - h^2/24 (second differences), which
 * makes them of order 4. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "sde/score.h"
#include "sde/score_change.h"
#include "solvers/spline.h"

enum { MOST = 2 }; /* dimensions */

typedef struct grid_score {
    fk_score score;
    fk_grid grid;
    double *time;
    double **spline;   /* [n_times] coefficients */
    double *precision; /* [n_times][dim][dim] S^-1 */
} grid_score;

/* How far x is beyond the outermost centres. */
static double beyond(const fk_axis *a, double x)
{
    const double lo = fk_axis_centre(a, 0), hi = fk_axis_centre(a, a->cells - 1);
    return x > hi ? x - hi : x < lo ? x - lo : 0.0;
}

static void eval(const fk_score *score, size_t k, const double *const *x,
                 double *const *s, double *scratch)
{
    const grid_score *self = (const grid_score *)(const void *)score;
    const size_t d = score->dim;
    const double *precision = self->precision + k * d * d;
    (void)scratch;
    fk_spline_slope(&self->grid, self->spline[k], x, s);
    for (size_t q = 0; q < d; q++) {
        for (size_t j = 0; j < FK_BLOCK; j++) {
            const double gap = beyond(&self->grid.axis[q], x[q][j]);
            for (size_t i = 0; i < d; i++)
                s[i][j] -= precision[i * d + q] * gap;
        }
    }
}

/* log p(x) = log p(x') + s(x') b - 1/2 b S^-1 b  with b = x - x', the gap */
static void eval_log(const fk_score *score, size_t k, const double *const *x,
                     double *const *s, double *log_p, double *scratch)
{
    const grid_score *self = (const grid_score *)(const void *)score;
    const size_t d = score->dim;
    const double *precision = self->precision + k * d * d;
    eval(score, k, x, s, scratch);
    if (log_p == NULL)
        return;
    fk_spline_value(&self->grid, self->spline[k], x, log_p);
    for (size_t j = 0; j < FK_BLOCK; j++) {
        double gap[MOST];
        for (size_t i = 0; i < d; i++)
            gap[i] = beyond(&self->grid.axis[i], x[i][j]);
        for (size_t i = 0; i < d; i++)
            for (size_t q = 0; q < d; q++)
                log_p[j] += 0.5 * gap[i] * precision[i * d + q] * gap[q];
        for (size_t i = 0; i < d; i++)
            log_p[j] += gap[i] * s[i][j]; /* s(x) = s(x') - S^-1 (x - x') */
    }
}

/* J = H inside; beyond the centres along axis q nothing but log N changes with x_q. */
static void jacobian(const grid_score *self, size_t k, const double *const *x,
                     double *J)
{
    const size_t d = self->score.dim;
    fk_spline_curvature(&self->grid, self->spline[k], x, J);
    for (size_t q = 0; q < d; q++) {
        const double *precision = self->precision + k * d * d + q;
        for (size_t j = 0; j < FK_BLOCK; j++) {
            if (beyond(&self->grid.axis[q], x[q][j]) == 0.0)
                continue;
            for (size_t i = 0; i < d; i++)
                J[(i * d + q) * FK_BLOCK + j] = -precision[i * d];
        }
    }
}

static void along(const fk_score *score, size_t k, const double *const *x, size_t n,
                  const double *v, double *change, double *scratch)
{
    jacobian((const grid_score *)(const void *)score, k, x, scratch);
    fk_score_change(score->dim, scratch, n, v, change);
}

static size_t along_scratch(const fk_score *score, size_t n)
{
    (void)n;
    return score->dim * score->dim * FK_BLOCK;
}

static void release(fk_score *score)
{
    grid_score *self = (grid_score *)(void *)score;
    for (size_t k = 0; self->spline != NULL && k < score->n_times; k++)
        free(self->spline[k]);
    free(self->spline);
    free(self->time);
    free(self->precision);
    free(self);
}

/* ---- one time ---- */

/* mean and S^-1 of p; a direction without spread is given that of a cell. */
static void gaussian(const fk_grid *g, const double *p, double *mean, double *precision)
{
    const size_t d = g->dim;
    double cov[MOST * MOST];
    fk_density_moments(g, p, mean, cov);
    for (size_t i = 0; i < d; i++)
        cov[i * d + i] += pow(fk_axis_width(&g->axis[i]), 2.0) / 12.0;
    if (d == 1) {
        precision[0] = 1.0 / cov[0];
        return;
    }
    const double det = cov[0] * cov[3] - cov[1] * cov[1];
    precision[0] = cov[3] / det;
    precision[3] = cov[0] / det;
    precision[1] = precision[2] = -cov[1] / det;
}

static double exponent(const double *precision, const double *mean, const double *x,
                       size_t d)
{
    double q = 0.0;
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            q += (x[i] - mean[i]) * precision[i * d + j] * (x[j] - mean[j]);
    return -0.5 * q;
}

/* p at the centre of cell c over its average there, at least 1/2. */
static double centre_ratio(const fk_grid *g, const double *p, size_t c)
{
    size_t index[FK_GRID_DIM], stride = 1;
    double correction = 0.0;
    fk_grid_unravel(g, c, index);
    for (size_t i = 0; i < g->dim; i++) {
        const size_t n = g->axis[i].cells;
        const size_t at = index[i] == 0 ? 1 : index[i] == n - 1 ? n - 2 : index[i];
        const double *middle = p + c + at * stride - index[i] * stride;
        correction += (middle[stride] - 2.0 * *middle + *(middle - stride)) / 24.0;
        stride *= n;
    }
    return fmin(fmax(1.0 - correction / p[c], 0.5), 2.0);
}

/* log(p + e^background) for p >= 0 */
static double log_sum(double p, double background)
{
    const double l = p > 0.0 ? log(p) : -HUGE_VAL;
    const double high = fmax(l, background), low = fmin(l, background);
    return high + log1p(exp(low - high));
}

static fk_status fit(grid_score *self, size_t k, const double *p, double floor,
                     double *work)
{
    const fk_grid *g = &self->grid;
    const size_t cells = fk_grid_cells(g), d = g->dim;
    double mean[MOST], *precision = self->precision + k * d * d, most = 0.0;
    for (size_t c = 0; c < cells; c++)
        most = fmax(most, p[c]);
    if (!(most > 0.0) || !isfinite(most))
        return FK_EDOMAIN;
    gaussian(g, p, mean, precision);
    for (size_t c = 0; c < cells; c++) {
        double x[FK_GRID_DIM];
        fk_grid_centre(g, c, x);
        const double value = p[c] > 0.0 ? p[c] * centre_ratio(g, p, c) : 0.0;
        work[c] = log_sum(value, log(floor * most) + exponent(precision, mean, x, d));
    }
    self->spline[k] = fk_doubles(fk_spline_size(g));
    if (self->spline[k] == NULL)
        return FK_ENOMEM;
    fk_spline_fit(g, work, self->spline[k]);
    return FK_OK;
}

/* ---- all times ---- */

static fk_status fit_all(grid_score *self, const double *const *p, double floor)
{
    double *work = fk_doubles(fk_grid_cells(&self->grid));
    fk_status status = work == NULL ? FK_ENOMEM : FK_OK;
    for (size_t k = 0; status == FK_OK && k < self->score.n_times; k++)
        status = fit(self, k, p[k], floor, work);
    free(work);
    return status;
}

fk_status fk_score_grid_new(const fk_grid *g, size_t n_times, const double *time,
                            const double *const *p, double floor, fk_score **out)
{
    *out = NULL;
    for (size_t i = 0; i < g->dim; i++)
        if (g->dim > MOST || g->axis[i].cells < FK_SPLINE_LEAST)
            return FK_ELIMIT;
    grid_score *self = calloc(1, sizeof *self);
    if (self == NULL)
        return FK_ENOMEM;
    self->grid = *g;
    self->time = fk_doubles(n_times);
    self->spline = fk_alloc(n_times, sizeof *self->spline);
    self->precision = fk_doubles(n_times * g->dim * g->dim);
    self->score = (fk_score){.dim = g->dim,
                             .n_times = n_times,
                             .time = self->time,
                             .eval = eval,
                             .along = along,
                             .along_scratch = along_scratch,
                             .eval_log = eval_log,
                             .free = release};
    fk_status status = FK_ENOMEM;
    if (self->time != NULL && self->spline != NULL && self->precision != NULL) {
        memcpy(self->time, time, n_times * sizeof *time);
        status = fit_all(self, p, floor);
    }
    if (status == FK_OK)
        *out = &self->score;
    else
        release(&self->score);
    return status;
}
