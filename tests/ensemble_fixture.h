/* Ensembles of Ornstein-Uhlenbeck processes, for tests. */
#ifndef FK_TESTS_ENSEMBLE_FIXTURE_H
#define FK_TESTS_ENSEMBLE_FIXTURE_H

#include "sampling/ensemble.h"
#include "tests/particle_fixture.h"

/* Euler-Maruyama on dX = -X dt + sqrt(2) dW: mean and variance after n steps, exactly. */
typedef struct gauss {
    double mean, var;
} gauss;

static inline gauss euler_ou(gauss p, double h, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p = (gauss){(1.0 - h) * p.mean, (1.0 - h) * (1.0 - h) * p.var + 2.0 * h};
    return p;
}

static const gauss ou_start = {2.0, 0.25};

static inline fk_ensemble *ou_ensemble(fk_sde **sde, const fk_domain *domain,
                                       size_t count, double h, uint64_t seed)
{
    fk_law *law = normal_law_1d(ou_start.mean, ou_start.var);
    const fk_ensemble_options o = euler_options(count, h, seed);
    *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(2)");
    fk_ensemble *e = ensemble(*sde, domain, law, &o);
    fk_law_free(law);
    return e;
}

static inline void end(fk_ensemble *e, fk_sde *sde)
{
    fk_ensemble_free(e);
    sde_text_free(sde);
}

#endif
