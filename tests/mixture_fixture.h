/* Gaussian mixtures, and two whose numbers are known, for tests. */
#ifndef FK_TESTS_MIXTURE_FIXTURE_H
#define FK_TESTS_MIXTURE_FIXTURE_H

#include <check.h>
#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "sde/mixture.h"
#include "tests/suite.h"

static inline fk_mixture *mixture(size_t dim, size_t n, const double *weight,
                                  const double *mean, const double *cov)
{
    fk_mixture *m;
    ck_assert_int_eq(fk_mixture_new(dim, n, &m), FK_OK);
    memcpy(m->weight, weight, n * sizeof *weight);
    memcpy(m->mean, mean, n * dim * sizeof *mean);
    memcpy(m->cov, cov, n * dim * dim * sizeof *cov);
    return m;
}

/* After a time t of dX = -beta X / 2 dt + sqrt(beta) dW, beta = 0.1 + 19.9 t:
 * m -> alpha m, S -> alpha^2 S + (1 - alpha^2) I. */
static inline fk_mixture *diffused(fk_mixture *m, double t)
{
    const size_t d = m->dim;
    const double alpha = exp(-0.5 * (0.1 * t + 9.95 * t * t));
    for (size_t k = 0; k < m->components; k++)
        for (size_t i = 0; i < d; i++) {
            m->mean[k * d + i] *= alpha;
            for (size_t j = 0; j < d; j++) {
                double *s = &m->cov[(k * d + i) * d + j];
                *s = alpha * alpha * *s + (i == j ? 1.0 - alpha * alpha : 0.0);
            }
        }
    return m;
}

static inline fk_mixture *two_on_a_line(double t)
{
    return diffused(mixture(1, 2, (double[]){0.3, 0.7}, (double[]){-1.5, 1.0},
                            (double[]){0.09, 0.25}),
                    t);
}

static inline fk_mixture *three_in_the_plane(double t)
{
    return diffused(mixture(2, 3, (double[]){0.25, 0.35, 0.4},
                            (double[]){-1.5, 0.0, 1.0, 1.2, 0.8, -1.0},
                            (double[]){0.2, 0.05, 0.05, 0.1, 0.15, -0.06, -0.06, 0.25,
                                       0.3, 0.0, 0.0, 0.12}),
                    t);
}

#endif
