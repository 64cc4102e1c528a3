/* The standard test density in one variable and the standard schedule of noise:
 * 0.3 N(-1.5, 0.3^2) + 0.7 N(1, 0.5^2) under dX = -beta X/2 dt + sqrt(beta) dW with
 * beta = 0.1 + 19.9 t. */
#ifndef FK_TESTS_GM_A_H
#define FK_TESTS_GM_A_H

#include <check.h>

#include "sde/mixture.h"
#include "tests/sde_text.h"

static inline fk_mixture *gm_a(void)
{
    const double weight[] = {0.3, 0.7}, mean[] = {-1.5, 1.0}, sd[] = {0.3, 0.5};
    fk_mixture *m = NULL;
    ck_assert_int_eq(fk_mixture_new(1, 2, &m), FK_OK);
    for (size_t k = 0; k < 2; k++) {
        m->weight[k] = weight[k];
        m->mean[k] = mean[k];
        m->cov[k] = sd[k] * sd[k];
    }
    return m;
}

static inline fk_sde *vp_linear(void)
{
    return sde_text(FK_ITO, 1, 1, "x", "-(0.1 + 19.9*t)*x/2", "sqrt(0.1 + 19.9*t)");
}

#endif
