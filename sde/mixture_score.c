/* Scores of Gaussian mixtures over blocks of points, by log-sum-exp:
 *
 *     l_k = log w_k - 1/2 log det(2 pi S_k) - 1/2 (x - m_k)^T P_k (x - m_k),  P = S^-1
 *     s   = sum_k e^(l_k - max l) P_k (m_k - x) / sum_k e^(l_k - max l)
 *
 * in two passes over the components: the largest l_k first, then the sums. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/exponential.h"
#include "core/memory.h"
#include "sde/cholesky.h"
#include "sde/mixture.h"
#include "sde/mixture_alike.h"

struct fk_mixture_score {
    size_t dim, components;
    size_t stride;   /* doubles per component: */
    double *term;    /* log w - 1/2 log det(2 pi S), m[dim], P[dim][dim] */
    fk_alike *alike; /* NULL: components differ in more than mean and weight */
};

static fk_status prepare(const fk_mixture *m, fk_mixture_score *s, double *l)
{
    const size_t d = m->dim;
    for (size_t k = 0; k < m->components; k++) {
        double *term = s->term + k * s->stride, log_det = 0.0;
        if (!fk_cholesky(d, m->cov + k * d * d, l))
            return FK_ESINGULAR;
        for (size_t i = 0; i < d; i++)
            log_det += 2.0 * log(l[i * d + i]);
        term[0] = log(m->weight[k]) - 0.5 * (log_det + (double)d * log(2.0 * M_PI));
        memcpy(term + 1, m->mean + k * d, d * sizeof *term);
        fk_cholesky_inverse(d, l, term + 1 + d);
    }
    return FK_OK;
}

static fk_status look_for_likeness(const fk_mixture *m, fk_mixture_score *s)
{
    double *base = fk_doubles(m->components);
    if (base == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < m->components; k++)
        base[k] = s->term[k * s->stride];
    const fk_status status = fk_alike_new(m, base, s->term + 1 + s->dim, &s->alike);
    free(base);
    return status;
}

fk_status fk_mixture_score_new(const fk_mixture *m, fk_mixture_score **out)
{
    const size_t d = m->dim;
    *out = NULL;
    fk_mixture_score *s = calloc(1, sizeof *s);
    double *l = fk_doubles(d * d);
    fk_status status = FK_ENOMEM;
    if (s != NULL) {
        s->dim = d;
        s->components = m->components;
        s->stride = 1 + d + d * d;
        s->term = fk_doubles(m->components * s->stride);
    }
    if (l != NULL && s != NULL && s->term != NULL)
        status = prepare(m, s, l);
    if (status == FK_OK)
        status = look_for_likeness(m, s);
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
    fk_alike_free(s->alike);
    free(s->term);
    free(s);
}

/* Rows of FK_BLOCK while a block is worked on. */
typedef struct rows {
    double *x, *score;     /* [dim] */
    double *largest, *sum; /* of l_k; of e^(l_k - largest) */
    double *offset, *pull; /* [dim] in many dimensions: m - x and P (m - x) */
    double *log_weight;    /* in many dimensions: l_k */
} rows;

size_t fk_mixture_score_scratch(const fk_mixture_score *s)
{
    return (4 * s->dim + 3) * FK_BLOCK;
}

static rows lay_out(const fk_mixture_score *s, double *scratch)
{
    const size_t vector = s->dim * FK_BLOCK;
    double *after = scratch + 4 * vector;
    return (rows){.x = scratch,
                  .score = scratch + vector,
                  .offset = scratch + 2 * vector,
                  .pull = scratch + 3 * vector,
                  .largest = after,
                  .sum = after + FK_BLOCK,
                  .log_weight = after + 2 * (size_t)FK_BLOCK};
}

/* l_k is never below this, so that points beyond all numbers have a score too. */
static inline double at_least(double l)
{
    return l > -DBL_MAX ? l : -DBL_MAX;
}

/* ---- up to three dimensions: a component at a time in registers ---- */

/* With d a constant the inner loops unroll and the loop over lanes becomes vector code. */
#define FOR_EACH_DIMENSION static inline __attribute__((always_inline))

/* l_k at lane j, and pull = P (m - x); d is a constant where this is inlined. */
FOR_EACH_DIMENSION double log_weight_at(size_t d, const double *term, const double *x,
                                        size_t j, double pull[3])
{
    const double *m = term + 1, *precision = m + d;
    double offset[3], square = 0.0;
    for (size_t i = 0; i < d; i++)
        offset[i] = m[i] - x[i * FK_BLOCK + j];
    for (size_t i = 0; i < d; i++) {
        pull[i] = precision[i * d] * offset[0];
        for (size_t q = 1; q < d; q++)
            pull[i] += precision[i * d + q] * offset[q];
        square += pull[i] * offset[i];
    }
    return at_least(term[0] - 0.5 * square);
}

FOR_EACH_DIMENSION void raise_few(size_t d, const double *restrict term,
                                  const double *restrict x, double *restrict largest)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        double pull[3];
        const double l = log_weight_at(d, term, x, j, pull);
        largest[j] = l > largest[j] ? l : largest[j];
    }
}

FOR_EACH_DIMENSION void add_few(size_t d, const double *restrict term,
                                const double *restrict x,
                                const double *restrict largest, double *restrict sum,
                                double *restrict score)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        double pull[3];
        const double l = log_weight_at(d, term, x, j, pull);
        const double e = fk_exp_negative(l - largest[j]);
        sum[j] += e;
        for (size_t i = 0; i < d; i++)
            score[i * FK_BLOCK + j] += e * pull[i];
    }
}

FOR_EACH_DIMENSION void both_passes(size_t d, const fk_mixture_score *s, const rows *r)
{
    for (size_t k = 0; k < s->components; k++)
        raise_few(d, s->term + k * s->stride, r->x, r->largest);
    for (size_t k = 0; k < s->components; k++)
        add_few(d, s->term + k * s->stride, r->x, r->largest, r->sum, r->score);
}

FK_CLONES static void few_dimensions(const fk_mixture_score *s, const rows *r)
{
    if (s->dim == 1)
        both_passes(1, s, r);
    else if (s->dim == 2)
        both_passes(2, s, r);
    else
        both_passes(3, s, r);
}

/* ---- any dimension: row by row ---- */

/* offset = m - x,  pull = P offset,  log_weight = l_k */
FK_CLONES static void component(size_t d, const double *term, const double *x,
                                double *offset, double *pull,
                                double *restrict log_weight)
{
    const double *m = term + 1, *precision = m + d;
    for (size_t i = 0; i < d; i++) {
        const double *restrict from = x + i * FK_BLOCK;
        double *restrict to = offset + i * FK_BLOCK;
        for (size_t j = 0; j < FK_BLOCK; j++)
            to[j] = m[i] - from[j];
    }
    for (size_t j = 0; j < FK_BLOCK; j++)
        log_weight[j] = term[0];
    for (size_t i = 0; i < d; i++) {
        const double *restrict own = offset + i * FK_BLOCK;
        double *restrict to = pull + i * FK_BLOCK;
        memset(to, 0, FK_BLOCK * sizeof *to);
        for (size_t q = 0; q < d; q++) {
            const double factor = precision[i * d + q];
            const double *restrict other = offset + q * FK_BLOCK;
            for (size_t j = 0; j < FK_BLOCK; j++)
                to[j] += factor * other[j];
        }
        for (size_t j = 0; j < FK_BLOCK; j++)
            log_weight[j] -= 0.5 * own[j] * to[j];
    }
    for (size_t j = 0; j < FK_BLOCK; j++)
        log_weight[j] = at_least(log_weight[j]);
}

FK_CLONES static void raise_many(const double *restrict log_weight,
                                 double *restrict largest)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        largest[j] = log_weight[j] > largest[j] ? log_weight[j] : largest[j];
}

FK_CLONES static void add_many(size_t d, double *restrict log_weight,
                               const double *restrict largest, const double *pull,
                               double *restrict sum, double *score)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        log_weight[j] = fk_exp_negative(log_weight[j] - largest[j]);
        sum[j] += log_weight[j];
    }
    for (size_t i = 0; i < d; i++) {
        const double *restrict from = pull + i * FK_BLOCK;
        double *restrict to = score + i * FK_BLOCK;
        for (size_t j = 0; j < FK_BLOCK; j++)
            to[j] += log_weight[j] * from[j];
    }
}

static void many_dimensions(const fk_mixture_score *s, const rows *r)
{
    for (size_t k = 0; k < s->components; k++) {
        component(s->dim, s->term + k * s->stride, r->x, r->offset, r->pull,
                  r->log_weight);
        raise_many(r->log_weight, r->largest);
    }
    for (size_t k = 0; k < s->components; k++) {
        component(s->dim, s->term + k * s->stride, r->x, r->offset, r->pull,
                  r->log_weight);
        add_many(s->dim, r->log_weight, r->largest, r->pull, r->sum, r->score);
    }
}

/* ---- the whole ---- */

/* Both passes: largest, sum, and in r->score the sum of pulls. */
static void sum_up(const fk_mixture_score *s, const double *const *x, const rows *r)
{
    for (size_t i = 0; i < s->dim; i++) {
        memcpy(r->x + i * FK_BLOCK, x[i], FK_BLOCK * sizeof *r->x);
        memset(r->score + i * FK_BLOCK, 0, FK_BLOCK * sizeof *r->score);
    }
    for (size_t j = 0; j < FK_BLOCK; j++) {
        r->largest[j] = -DBL_MAX;
        r->sum[j] = 0.0;
    }
    if (s->dim <= 3)
        few_dimensions(s, r);
    else
        many_dimensions(s, r);
}

void fk_mixture_score_eval(const fk_mixture_score *s, const double *const *x,
                           double *const *score, double *log_p, double *scratch)
{
    if (s->alike != NULL) {
        fk_alike_eval(s->alike, x, score, log_p, scratch);
        return;
    }
    const rows r = lay_out(s, scratch);
    sum_up(s, x, &r);
    for (size_t i = 0; i < s->dim; i++)
        for (size_t j = 0; j < FK_BLOCK; j++)
            score[i][j] = r.score[i * FK_BLOCK + j] / r.sum[j];
    for (size_t j = 0; log_p != NULL && j < FK_BLOCK; j++)
        log_p[j] = r.largest[j] + log(r.sum[j]);
}

/* ---- its derivatives ----
 *
 *     ds/dx = sum_k r_k ((q_k - s) (q_k - s)^T - P_k),     q_k = P_k (m_k - x) */

/* weight[j] = r_k, excess = q_k - s */
FK_CLONES static void responsibility(size_t d, const rows *r, double *restrict weight,
                                     double *excess)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        weight[j] = fk_exp_negative(weight[j] - r->largest[j]) / r->sum[j];
    for (size_t i = 0; i < d * FK_BLOCK; i++)
        excess[i] -= r->score[i];
}

/* The component's part of entry (i, q). */
FK_CLONES static void add_entry(const double *restrict weight, const double *excess_i,
                                const double *excess_q, double precision,
                                double *restrict J)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        J[j] += weight[j] * (excess_i[j] * excess_q[j] - precision);
}

void fk_mixture_score_jacobian(const fk_mixture_score *s, const double *const *x,
                               double *J, double *scratch)
{
    const size_t d = s->dim, vector = d * FK_BLOCK;
    const rows r = lay_out(s, scratch);
    sum_up(s, x, &r);
    for (size_t i = 0; i < vector; i++)
        r.score[i] /= r.sum[i % FK_BLOCK];
    memset(J, 0, d * vector * sizeof *J);
    for (size_t k = 0; k < s->components; k++) {
        const double *term = s->term + k * s->stride, *precision = term + 1 + d;
        component(d, term, r.x, r.offset, r.pull, r.log_weight);
        responsibility(d, &r, r.log_weight, r.pull);
        for (size_t i = 0; i < d; i++)
            for (size_t q = 0; q <= i; q++)
                add_entry(r.log_weight, r.pull + i * FK_BLOCK, r.pull + q * FK_BLOCK,
                          precision[i * d + q], J + i * vector + q * FK_BLOCK);
    }
    for (size_t i = 0; i < d; i++)
        for (size_t q = 0; q < i; q++)
            memcpy(J + q * vector + i * FK_BLOCK, J + i * vector + q * FK_BLOCK,
                   FK_BLOCK * sizeof *J);
}
