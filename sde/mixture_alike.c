#include "sde/mixture_alike.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/exponential.h"
#include "core/memory.h"

enum { MOST = 3 };                   /* dimensions */
static const double far_apart = 1e4; /* n^T P n: l_k is right to 1e-12 below it */

struct fk_alike {
    size_t dim, components;
    double centre[MOST], precision[MOST * MOST];
    double *term; /* [components]: l_k at the centre, P n[dim], n[dim] */
};

static size_t stride(size_t dim)
{
    return 1 + 2 * dim;
}

static bool same_covariance(const fk_mixture *m)
{
    const size_t n = m->dim * m->dim;
    for (size_t k = 1; k < m->components; k++)
        if (memcmp(m->cov, m->cov + k * n, n * sizeof *m->cov) != 0)
            return false;
    return true;
}

/* The middle of the box around the means. */
static void find_centre(const fk_mixture *m, double *centre)
{
    for (size_t i = 0; i < m->dim; i++) {
        double least = m->mean[i], most = least;
        for (size_t k = 1; k < m->components; k++) {
            least = fmin(least, m->mean[k * m->dim + i]);
            most = fmax(most, m->mean[k * m->dim + i]);
        }
        centre[i] = 0.5 * (least + most);
    }
}

/* The term of component k; n^T P n. */
static double fill_term(fk_alike *a, const fk_mixture *m, double base, size_t k)
{
    const size_t d = a->dim;
    double *term = a->term + k * stride(d), *pull = term + 1, *n = pull + d;
    double square = 0.0;
    for (size_t i = 0; i < d; i++)
        n[i] = m->mean[k * d + i] - a->centre[i];
    for (size_t i = 0; i < d; i++) {
        pull[i] = 0.0;
        for (size_t j = 0; j < d; j++)
            pull[i] += a->precision[i * d + j] * n[j];
        square += pull[i] * n[i];
    }
    term[0] = base - 0.5 * square;
    return square;
}

fk_status fk_alike_new(const fk_mixture *m, const double *base, const double *precision,
                       fk_alike **out)
{
    *out = NULL;
    if (m->dim > MOST || !same_covariance(m))
        return FK_OK;
    fk_alike *a = calloc(1, sizeof *a);
    if (a == NULL)
        return FK_ENOMEM;
    a->dim = m->dim;
    a->components = m->components;
    a->term = fk_doubles(m->components * stride(m->dim));
    if (a->term == NULL) {
        free(a);
        return FK_ENOMEM;
    }
    find_centre(m, a->centre);
    memcpy(a->precision, precision, m->dim * m->dim * sizeof *precision);
    double widest = 0.0;
    for (size_t k = 0; k < m->components; k++)
        widest = fmax(widest, fill_term(a, m, base[k], k));
    if (widest <= far_apart)
        *out = a;
    else
        fk_alike_free(a);
    return FK_OK;
}

void fk_alike_free(fk_alike *a)
{
    if (a == NULL)
        return;
    free(a->term);
    free(a);
}

/* With d a constant the inner loops unroll and the loop over lanes becomes vector code. */
#define FOR_EACH_DIMENSION static inline __attribute__((always_inline))

FOR_EACH_DIMENSION double log_weight(size_t d, const double *term, const double *y,
                                     size_t j)
{
    double l = term[0] + term[1] * y[j];
    for (size_t i = 1; i < d; i++)
        l += term[1 + i] * y[i * FK_BLOCK + j];
    return l;
}

FOR_EACH_DIMENSION void raise(size_t d, const double *restrict term,
                              const double *restrict y, double *restrict largest)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double l = log_weight(d, term, y, j);
        largest[j] = l > largest[j] ? l : largest[j];
    }
}

FOR_EACH_DIMENSION void add(size_t d, const double *restrict term,
                            const double *restrict y, const double *restrict largest,
                            double *restrict sum, double *restrict mean)
{
    const double *n = term + 1 + d;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double e = fk_exp_negative(log_weight(d, term, y, j) - largest[j]);
        sum[j] += e;
        for (size_t i = 0; i < d; i++)
            mean[i * FK_BLOCK + j] += e * n[i];
    }
}

/* mean <- mean / sum - y, then the score */
FOR_EACH_DIMENSION void finish(size_t d, const double *P, const double *restrict y,
                               const double *restrict sum, double *restrict mean,
                               double *const *score)
{
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < FK_BLOCK; j++)
            mean[i * FK_BLOCK + j] =
                mean[i * FK_BLOCK + j] / sum[j] - y[i * FK_BLOCK + j];
    for (size_t i = 0; i < d; i++) {
        double *restrict s = score[i];
        for (size_t j = 0; j < FK_BLOCK; j++) {
            s[j] = P[i * d] * mean[j];
            for (size_t q = 1; q < d; q++)
                s[j] += P[i * d + q] * mean[q * FK_BLOCK + j];
        }
    }
}

typedef struct rows {
    double *y, *mean; /* [dim] */
    double *largest, *sum;
} rows;

FOR_EACH_DIMENSION void passes(size_t d, const fk_alike *a, const rows *r,
                               double *const *score)
{
    for (size_t k = 0; k < a->components; k++)
        raise(d, a->term + k * stride(d), r->y, r->largest);
    for (size_t k = 0; k < a->components; k++)
        add(d, a->term + k * stride(d), r->y, r->largest, r->sum, r->mean);
    finish(d, a->precision, r->y, r->sum, r->mean, score);
}

FK_CLONES static void all_passes(const fk_alike *a, const rows *r, double *const *score)
{
    if (a->dim == 1)
        passes(1, a, r, score);
    else if (a->dim == 2)
        passes(2, a, r, score);
    else
        passes(3, a, r, score);
}

/* y, kept where products with it are numbers; sums empty. */
FK_CLONES static void begin(const fk_alike *a, const double *const *x, const rows *r)
{
    const double most = 1e150;
    for (size_t i = 0; i < a->dim; i++) {
        double *restrict y = r->y + i * FK_BLOCK;
        const double *restrict from = x[i];
        for (size_t j = 0; j < FK_BLOCK; j++) {
            double at = from[j] - a->centre[i];
            at = at > most ? most : at;
            y[j] = at < -most ? -most : at;
        }
    }
    memset(r->mean, 0, a->dim * FK_BLOCK * sizeof *r->mean);
    for (size_t j = 0; j < FK_BLOCK; j++) {
        r->largest[j] = -DBL_MAX;
        r->sum[j] = 0.0;
    }
}

/* With what is common to all components. */
static double log_density(const fk_alike *a, const rows *r, size_t j)
{
    double square = 0.0;
    for (size_t i = 0; i < a->dim; i++)
        for (size_t q = 0; q < a->dim; q++)
            square += a->precision[i * a->dim + q] * r->y[i * FK_BLOCK + j] *
                      r->y[q * FK_BLOCK + j];
    return r->largest[j] + log(r->sum[j]) - 0.5 * square;
}

void fk_alike_eval(const fk_alike *a, const double *const *x, double *const *score,
                   double *log_p, double *scratch)
{
    const size_t vector = a->dim * FK_BLOCK;
    const rows r = {.y = scratch,
                    .mean = scratch + vector,
                    .largest = scratch + 2 * vector,
                    .sum = scratch + 2 * vector + FK_BLOCK};
    begin(a, x, &r);
    all_passes(a, &r, score);
    for (size_t j = 0; log_p != NULL && j < FK_BLOCK; j++)
        log_p[j] = log_density(a, &r, j);
}
