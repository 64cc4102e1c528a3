/* Gaussian laws for tests; everything aborts on a mistake. */
#ifndef FK_TESTS_LAW_FIXTURE_H
#define FK_TESTS_LAW_FIXTURE_H

#include <check.h>

#include "sde/law.h"

/* N(mean, diag(variance)); a variance of 0 is a point. */
static inline fk_law *normal_law(size_t dim, const double *mean, const double *variance)
{
    fk_mixture *m;
    fk_law *law;
    ck_assert(fk_mixture_new(dim, 1, &m) == FK_OK);
    m->weight[0] = 1.0;
    for (size_t i = 0; i < dim; i++) {
        m->mean[i] = mean[i];
        m->cov[i * dim + i] = variance[i];
    }
    ck_assert(fk_law_mixture_new(m, &law) == FK_OK);
    fk_mixture_free(m);
    return law;
}

static inline fk_law *normal_law_1d(double mean, double variance)
{
    return normal_law(1, &mean, &variance);
}

#endif
