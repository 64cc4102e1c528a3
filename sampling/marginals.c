#include "sampling/marginals.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/sort.h"

enum { BINS = 64, LEVELS = 512, POINTS = 2 * LEVELS, HALVINGS = 60 };

struct fk_marginals {
    size_t dim;
    double *quantile; /* [dim][POINTS], at j / POINTS, j >= 1 */
};

static double sd(const fk_mixture *m, size_t k, size_t axis)
{
    return sqrt(m->cov[(k * m->dim + axis) * m->dim + axis]);
}

static double distribution(const fk_mixture *m, size_t axis, double x)
{
    double sum = 0.0;
    for (size_t k = 0; k < m->components; k++)
        sum += m->weight[k] * 0.5 *
               erfc((m->mean[k * m->dim + axis] - x) / (M_SQRT2 * sd(m, k, axis)));
    return sum;
}

/* By bisection, from the quantile below. */
static double quantile(const fk_mixture *m, size_t axis, double level, double from,
                       double to)
{
    for (int i = 0; i < HALVINGS && from < to; i++) {
        const double middle = 0.5 * (from + to);
        *(distribution(m, axis, middle) < level ? &from : &to) = middle;
    }
    return 0.5 * (from + to);
}

static void fill_axis(const fk_mixture *m, size_t axis, double *out)
{
    double from = HUGE_VAL, to = -HUGE_VAL;
    for (size_t k = 0; k < m->components; k++) {
        const double mean = m->mean[k * m->dim + axis], reach = 10.0 * sd(m, k, axis);
        from = fmin(from, mean - reach);
        to = fmax(to, mean + reach);
    }
    for (size_t j = 1; j < POINTS; j++)
        out[j] = from = quantile(m, axis, (double)j / POINTS, from, to);
}

fk_status fk_marginals_new(const fk_mixture *m, fk_marginals **out)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return FK_ENOMEM;
    (*out)->dim = m->dim;
    (*out)->quantile = fk_doubles(m->dim * POINTS);
    if ((*out)->quantile == NULL) {
        fk_marginals_free(*out);
        *out = NULL;
        return FK_ENOMEM;
    }
    for (size_t axis = 0; axis < m->dim; axis++)
        fill_axis(m, axis, (*out)->quantile + axis * POINTS);
    return FK_OK;
}

void fk_marginals_free(fk_marginals *m)
{
    if (m == NULL)
        return;
    free(m->quantile);
    free(m);
}

/* Sorted samples at the middles of the levels: cells of equal mass. */
static double wasserstein(const double *quantile, size_t n, const double *sorted)
{
    double sum = 0.0;
    for (size_t i = 0; i < LEVELS; i++) {
        const double at = ((double)i + 0.5) / LEVELS * (double)n - 0.5;
        const size_t below = at > 0.0 ? (size_t)at : 0;
        const size_t above = below + 1 < n ? below + 1 : below;
        const double share = fmin(fmax(at - (double)below, 0.0), 1.0);
        const double x = (1.0 - share) * sorted[below] + share * sorted[above];
        const double gap = x - quantile[2 * i + 1];
        sum += gap * gap / LEVELS;
    }
    return sqrt(sum);
}

static double divergence(const double *quantile, size_t n, const double *sorted)
{
    double sum = 0.0;
    size_t at = 0;
    for (size_t b = 0; b < BINS; b++) {
        const size_t first = at, end = (b + 1) * POINTS / BINS;
        while (at < n && (b + 1 == BINS || sorted[at] < quantile[end]))
            at++;
        const double count = fmax((double)(at - first), 0.5);
        sum += log((double)n / (BINS * count)) / BINS;
    }
    return sum;
}

fk_marginal_gap fk_marginals_gap(const fk_marginals *m, size_t n, const double *x,
                                 double *work)
{
    fk_marginal_gap worst = {0.0, 0.0};
    for (size_t axis = 0; axis < m->dim; axis++) {
        const double *quantile = m->quantile + axis * POINTS;
        for (size_t i = 0; i < n; i++)
            work[i] = x[i * m->dim + axis];
        fk_sort(n, work);
        worst.wasserstein = fmax(worst.wasserstein, wasserstein(quantile, n, work));
        worst.divergence = fmax(worst.divergence, divergence(quantile, n, work));
    }
    return worst;
}
