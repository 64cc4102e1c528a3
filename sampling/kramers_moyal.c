#include "sampling/kramers_moyal.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"

enum { DIM = FK_MOYAL_DIM, QUANTITIES = DIM + 3 };

/* A start, its weight for the drift, and its extrapolated quotients: drift, diffusion. */
typedef struct start {
    double x[DIM], weight, quotient[QUANTITIES];
    size_t index, end; /* points where its increments begin and end */
} start;

static int order(double a, double b, const start *p, const start *q)
{
    return a != b ? (a > b) - (a < b) : (p->index > q->index) - (p->index < q->index);
}

static int by_first(const void *a, const void *b)
{
    const start *p = a, *q = b;
    return order(p->x[0], q->x[0], p, q);
}

static int by_second(const void *a, const void *b)
{
    const start *p = a, *q = b;
    return order(p->x[1], q->x[1], p, q);
}

static int by_time(const void *a, const void *b)
{
    const start *p = a, *q = b;
    return (p->index > q->index) - (p->index < q->index);
}

/* The increments from point i; end == 0 if there are none that are short enough. */
static start measure(size_t dim, size_t n, const double *t, const double *x, size_t i,
                     double longest)
{
    start s = {.index = i};
    size_t j = i + 2;
    const double tau1 = t[i + 1] - t[i];
    while (j < n && t[j] - t[i] < 1.5 * tau1)
        j++;
    if (j >= n || t[j] - t[i] > longest)
        return s;
    const double tau2 = t[j] - t[i];
    const double a = tau2 / (tau2 - tau1) / tau1, b = tau1 / (tau2 - tau1) / tau2;
    size_t k = DIM;
    for (size_t p = 0; p < dim; p++) {
        const double d1 = x[(i + 1) * dim + p] - x[i * dim + p];
        const double d2 = x[j * dim + p] - x[i * dim + p];
        s.x[p] = x[i * dim + p];
        s.quotient[p] = a * d1 - b * d2;
        for (size_t q = p; q < dim; q++)
            s.quotient[k++] = 0.5 * (a * d1 * (x[(i + 1) * dim + q] - x[i * dim + q]) -
                                     b * d2 * (x[j * dim + q] - x[i * dim + q]));
    }
    s.weight = tau1;
    s.end = j;
    return s;
}

static double weight(const start *s, size_t k)
{
    return k < DIM ? s->weight : 1.0;
}

/* Weighted mean of quantity k and its standard error, over starts in the order of
 * time.  The covariances may make the sum too small by chance: at least a tenth of the
 * variances stays. */
static double mean(size_t n, const start *s, size_t k, double *error)
{
    double sum = 0.0, weights = 0.0, square = 0.0, product = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += weight(&s[i], k) * s[i].quotient[k];
        weights += weight(&s[i], k);
    }
    const double m = sum / weights;
    for (size_t i = 0; i < n; i++) {
        const double d = weight(&s[i], k) * (s[i].quotient[k] - m);
        square += d * d;
        for (size_t j = i + 1; j < n && s[j].index < s[i].end; j++)
            product += d * weight(&s[j], k) * (s[j].quotient[k] - m);
    }
    const double whole = fmax(square + 2.0 * product, 0.1 * square);
    *error = sqrt(whole * (double)n / ((double)n - 1.0)) / weights;
    return m;
}

static fk_moyal_bin average(size_t dim, size_t n, start *s)
{
    fk_moyal_bin b = {.starts = n};
    if (n == 0)
        return b;
    qsort(s, n, sizeof *s, by_time);
    for (size_t p = 0; p < dim; p++) {
        for (size_t i = 0; i < n; i++)
            b.x[p] += s[i].x[p] / (double)n;
        b.drift[p] = mean(n, s, p, &b.drift_error[p]);
    }
    for (size_t k = 0; k < dim * (dim + 1) / 2; k++)
        b.diffusion[k] = mean(n, s, DIM + k, &b.diffusion_error[k]);
    return b;
}

fk_status fk_kramers_moyal(size_t dim, size_t n, const double *t, const double *x,
                           double longest, const size_t *cuts, fk_moyal_bin *bin)
{
    assert(dim >= 1 && dim <= DIM && n >= 3);
    const size_t across = dim == 2 ? cuts[1] : 1;
    size_t starts = 0;
    start *s = fk_alloc(n, sizeof *s);
    if (s == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i + 2 < n; i++) {
        s[starts] = measure(dim, n, t, x, i, longest);
        starts += s[starts].end > 0;
    }
    qsort(s, starts, sizeof *s, by_first);
    for (size_t k = 0; k < cuts[0]; k++) {
        const size_t first = starts * k / cuts[0];
        const size_t count = starts * (k + 1) / cuts[0] - first;
        if (dim == 2)
            qsort(s + first, count, sizeof *s, by_second);
        for (size_t l = 0; l < across; l++) {
            const size_t from = count * l / across, end = count * (l + 1) / across;
            bin[k * across + l] = average(dim, end - from, s + first + from);
        }
    }
    free(s);
    return FK_OK;
}
