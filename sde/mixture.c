#include "sde/mixture.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

fk_status fk_mixture_new(size_t dim, size_t components, fk_mixture **out)
{
    *out = NULL;
    fk_mixture *m = calloc(1, sizeof *m);
    if (m == NULL)
        return FK_ENOMEM;
    m->dim = dim;
    m->components = components;
    m->weight = fk_doubles(components);
    m->mean = fk_doubles(components * dim);
    m->cov = fk_doubles(components * dim * dim);
    if (m->weight == NULL || m->mean == NULL || m->cov == NULL) {
        fk_mixture_free(m);
        return FK_ENOMEM;
    }
    *out = m;
    return FK_OK;
}

fk_status fk_mixture_copy(const fk_mixture *m, fk_mixture **out)
{
    const size_t n = m->components, d = m->dim;
    FK_TRY(fk_mixture_new(d, n, out));
    memcpy((*out)->weight, m->weight, n * sizeof *m->weight);
    memcpy((*out)->mean, m->mean, n * d * sizeof *m->mean);
    memcpy((*out)->cov, m->cov, n * d * d * sizeof *m->cov);
    return FK_OK;
}

void fk_mixture_free(fk_mixture *m)
{
    if (m == NULL)
        return;
    free(m->weight);
    free(m->mean);
    free(m->cov);
    free(m);
}

fk_status fk_mixture_of_points(size_t dim, size_t n, const double *x, fk_mixture **out)
{
    FK_TRY(fk_mixture_new(dim, n, out));
    for (size_t k = 0; k < n; k++)
        (*out)->weight[k] = 1.0 / (double)n;
    memcpy((*out)->mean, x, n * dim * sizeof *x);
    return FK_OK;
}

/* S = sum_k w_k (S_k + (m_k - m)(m_k - m)^T) */
void fk_mixture_moments(const fk_mixture *m, double *mean, double *cov)
{
    const size_t d = m->dim;
    memset(mean, 0, d * sizeof *mean);
    memset(cov, 0, d * d * sizeof *cov);
    for (size_t k = 0; k < m->components; k++)
        for (size_t i = 0; i < d; i++)
            mean[i] += m->weight[k] * m->mean[k * d + i];
    for (size_t k = 0; k < m->components; k++) {
        const double *mk = m->mean + k * d, *sk = m->cov + k * d * d;
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < d; j++)
                cov[i * d + j] +=
                    m->weight[k] *
                    (sk[i * d + j] + (mk[i] - mean[i]) * (mk[j] - mean[j]));
    }
}
