#include "solvers/whitening.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"

/* The largest pivot left among the entries of `order` from k on. */
static size_t largest(size_t n, size_t k, const size_t *order, const double *pivot)
{
    size_t best = k;
    for (size_t i = k + 1; i < n; i++)
        if (pivot[order[i]] > pivot[order[best]])
            best = i;
    return best;
}

/* Rows of L for entries in their own places, rows of n; returns the rank, with the entries
 * that have pivots in front of `order`. */
static size_t factorise(size_t n, const double *covariance, double least, size_t *order,
                        double *pivot, double *l)
{
    for (size_t i = 0; i < n; i++) {
        order[i] = i;
        pivot[i] = covariance[i * n + i] > 0.0 ? 1.0 : 0.0;
    }
    for (size_t k = 0; k < n; k++) {
        const size_t best = largest(n, k, order, pivot), at = order[best];
        if (!(pivot[at] > least))
            return k;
        order[best] = order[k];
        order[k] = at;
        l[at * n + k] = sqrt(pivot[at]);
        for (size_t i = k + 1; i < n; i++) {
            const size_t e = order[i];
            if (pivot[e] == 0.0)
                continue;
            double sum = covariance[e * n + at] /
                         sqrt(covariance[e * n + e] * covariance[at * n + at]);
            for (size_t j = 0; j < k; j++)
                sum -= l[e * n + j] * l[at * n + j];
            l[e * n + k] = sum / l[at * n + k];
            pivot[e] = fmax(pivot[e] - l[e * n + k] * l[e * n + k], 0.0);
        }
    }
    return n;
}

fk_status fk_whitening_new(size_t n, const double *covariance, double least,
                           fk_whitening *out)
{
    double *l = fk_doubles(n * n + n);
    *out = (fk_whitening){.n = n,
                          .entry = fk_alloc(n, sizeof *out->entry),
                          .scale = fk_doubles(n),
                          .factor = fk_doubles(n * n)};
    if (l == NULL || out->entry == NULL || out->scale == NULL || out->factor == NULL) {
        free(l);
        fk_whitening_clear(out);
        return FK_ENOMEM;
    }
    out->rank = factorise(n, covariance, least, out->entry, l + n * n, l);
    for (size_t k = 0; k < out->rank; k++) {
        const size_t e = out->entry[k];
        out->scale[k] = sqrt(covariance[e * n + e]);
        for (size_t j = 0; j <= k; j++)
            out->factor[k * out->rank + j] = l[e * n + j];
    }
    free(l);
    return FK_OK;
}

void fk_whitening_clear(fk_whitening *w)
{
    free(w->entry);
    free(w->scale);
    free(w->factor);
    *w = (fk_whitening){0};
}

void fk_whitening_apply(const fk_whitening *w, const double *r, double *out)
{
    for (size_t k = 0; k < w->rank; k++) {
        double sum = r[w->entry[k]] / w->scale[k];
        for (size_t j = 0; j < k; j++)
            sum -= w->factor[k * w->rank + j] * out[j];
        out[k] = sum / w->factor[k * w->rank + k];
    }
}
