/* Scores of Gaussian mixtures over blocks of points, by log-sum-exp:
 *
 *     l_k = log w_k - 1/2 log det(2 pi S_k) - 1/2 (x - m_k)^T P_k (x - m_k),  P = S^-1
 *     s   = sum_k e^(l_k - max l) P_k (m_k - x) / sum_k e^(l_k - max l)
 *
 * in two passes over the components: the largest l_k first, then the sums. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/exponential.h"
#include "core/memory.h"
#include "sde/cholesky.h"
#include "sde/mixture.h"

struct fk_mixture_score {
    size_t dim, components;
    double *mean;      /* [components][dim] */
    double *precision; /* [components][dim][dim] */
    double *constant;  /* [components] log w - 1/2 log det(2 pi S) */
};

/* inverse[d][d] = (L L^T)^-1, column by column */
static void invert(size_t d, const double *l, double *inverse)
{
    for (size_t column = 0; column < d; column++) {
        for (size_t i = 0; i < d; i++) { /* L y = e */
            double y = i == column ? 1.0 : 0.0;
            for (size_t k = 0; k < i; k++)
                y -= l[i * d + k] * inverse[k * d + column];
            inverse[i * d + column] = y / l[i * d + i];
        }
        for (size_t i = d; i-- > 0;) { /* L^T x = y */
            double x = inverse[i * d + column];
            for (size_t k = i + 1; k < d; k++)
                x -= l[k * d + i] * inverse[k * d + column];
            inverse[i * d + column] = x / l[i * d + i];
        }
    }
}

static fk_status prepare(const fk_mixture *m, fk_mixture_score *s, double *l)
{
    const size_t d = m->dim;
    for (size_t k = 0; k < m->components; k++) {
        if (!fk_cholesky(d, m->cov + k * d * d, l))
            return FK_ESINGULAR;
        double log_det = 0.0;
        for (size_t i = 0; i < d; i++)
            log_det += 2.0 * log(l[i * d + i]);
        invert(d, l, s->precision + k * d * d);
        s->constant[k] =
            log(m->weight[k]) - 0.5 * (log_det + (double)d * log(2.0 * M_PI));
    }
    memcpy(s->mean, m->mean, m->components * d * sizeof *s->mean);
    return FK_OK;
}

fk_status fk_mixture_score_new(const fk_mixture *m, fk_mixture_score **out)
{
    const size_t d = m->dim, n = m->components;
    *out = NULL;
    fk_mixture_score *s = calloc(1, sizeof *s);
    double *l = fk_doubles(d * d);
    if (s == NULL || l == NULL) {
        free(s);
        free(l);
        return FK_ENOMEM;
    }
    s->dim = d;
    s->components = n;
    s->mean = fk_doubles(n * d);
    s->precision = fk_doubles(n * d * d);
    s->constant = fk_doubles(n);
    fk_status status = FK_ENOMEM;
    if (s->mean != NULL && s->precision != NULL && s->constant != NULL)
        status = prepare(m, s, l);
    free(l);
    if (status == FK_OK)
        *out = s;
    else
        fk_mixture_score_free(s);
    return status;
}

void fk_mixture_score_free(fk_mixture_score *s)
{
    if (s == NULL)
        return;
    free(s->mean);
    free(s->precision);
    free(s->constant);
    free(s);
}

/* Rows: dim of the pull P (m - x), then the offset m - x, log weight, largest, sum. */
size_t fk_mixture_score_scratch(const fk_mixture_score *s)
{
    return (2 * s->dim + 3) * FK_BLOCK;
}

/* pull = P (m - x) and log_weight = constant - 1/2 (m - x) . pull */
FK_CLONES
static void component(const fk_mixture_score *s, size_t k, const double *const *x,
                      double *offset, double *pull, double *restrict log_weight)
{
    const size_t d = s->dim;
    const double *m = s->mean + k * d, *precision = s->precision + k * d * d;
    for (size_t i = 0; i < d; i++) {
        const double *restrict from = x[i];
        double *restrict to = offset + i * FK_BLOCK;
        for (size_t j = 0; j < FK_BLOCK; j++)
            to[j] = m[i] - from[j];
    }
    for (size_t j = 0; j < FK_BLOCK; j++)
        log_weight[j] = s->constant[k];
    for (size_t i = 0; i < d; i++) {
        double *restrict to = pull + i * FK_BLOCK;
        const double *restrict own = offset + i * FK_BLOCK;
        for (size_t j = 0; j < FK_BLOCK; j++)
            to[j] = precision[i * d] * offset[j];
        for (size_t q = 1; q < d; q++) {
            const double factor = precision[i * d + q];
            const double *restrict other = offset + q * FK_BLOCK;
            for (size_t j = 0; j < FK_BLOCK; j++)
                to[j] += factor * other[j];
        }
        for (size_t j = 0; j < FK_BLOCK; j++)
            log_weight[j] -= 0.5 * own[j] * to[j];
    }
}

FK_CLONES
static void raise_largest(const double *restrict log_weight, double *restrict largest)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        largest[j] = log_weight[j] > largest[j] ? log_weight[j] : largest[j];
}

/* sum += e^(l - largest), score += the same times the pull */
FK_CLONES
static void add_weighted(size_t dim, double *restrict log_weight,
                         const double *restrict largest, const double *pull,
                         double *restrict sum, double *const *score)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        log_weight[j] = fk_exp_negative(log_weight[j] - largest[j]);
    for (size_t j = 0; j < FK_BLOCK; j++)
        sum[j] += log_weight[j];
    for (size_t i = 0; i < dim; i++) {
        double *restrict to = score[i];
        const double *restrict from = pull + i * FK_BLOCK;
        for (size_t j = 0; j < FK_BLOCK; j++)
            to[j] += log_weight[j] * from[j];
    }
}

void fk_mixture_score_eval(const fk_mixture_score *s, const double *const *x,
                           double *const *score, double *log_p, double *scratch)
{
    double *pull = scratch, *offset = pull + s->dim * FK_BLOCK;
    double *log_weight = offset + s->dim * FK_BLOCK;
    double *largest = log_weight + FK_BLOCK, *sum = largest + FK_BLOCK;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        largest[j] = -HUGE_VAL;
        sum[j] = 0.0;
    }
    for (size_t i = 0; i < s->dim; i++)
        memset(score[i], 0, FK_BLOCK * sizeof *score[i]);
    for (size_t k = 0; k < s->components; k++) {
        component(s, k, x, offset, pull, log_weight);
        raise_largest(log_weight, largest);
    }
    for (size_t k = 0; k < s->components; k++) {
        component(s, k, x, offset, pull, log_weight);
        add_weighted(s->dim, log_weight, largest, pull, sum, score);
    }
    for (size_t i = 0; i < s->dim; i++)
        for (size_t j = 0; j < FK_BLOCK; j++)
            score[i][j] /= sum[j];
    for (size_t j = 0; log_p != NULL && j < FK_BLOCK; j++)
        log_p[j] = largest[j] + log(sum[j]);
}
