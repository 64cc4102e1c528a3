/* Pairs of paths from one point with normals of opposite sign:
 *
 *     (phi(X[z]) + phi(X[-z])) / 2,
 *
 * unbiased for any phi, and of less variance than two independent paths where phi(X[z]) is
 * monotone in the noise; nothing is gained where it is even. */
#include "sampling/functional.h"

static fk_status sample(const fk_functional *f, fk_expectation *out,
                        fk_message *message)
{
    const fk_sde *sde = f->walk.sde;
    for (size_t k = 0; k < sde->n_stables; k++)
        if (sde->stable[k].beta != 0.0)
            return fk_fail(message, FK_EDOMAIN,
                           "antithetic needs noise that is as likely with the other "
                           "sign, not skewed stable noise");
    const fk_coupling mirrored = {
        .partner = FK_MIRRORED, .weight = {0.5, 0.5}, .steps = f->o->steps};
    return fk_functional_simple(f, &mirrored, out, message);
}

static fk_status run(const fk_sde *sde, const fk_domain *domain, const fk_law *law,
                     const fk_expectation_options *o, const fk_progress *progress,
                     fk_expectation *out, fk_message *message)
{
    return fk_functional_estimate(sde, domain, law, o, progress, sample, out, message);
}

const fk_estimator fk_estimator_antithetic = {
    .name = "antithetic",
    .summary = "pairs of paths with normals of opposite sign",
    .reference = "hammersley-morton-1956",
    .run = run,
};
