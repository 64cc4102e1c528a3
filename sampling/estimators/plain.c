/* Independent paths, all with the step of the problem. */
#include "sampling/functional.h"

static fk_status sample(const fk_functional *f, fk_expectation *out,
                        fk_message *message)
{
    const fk_coupling alone = {
        .partner = FK_NOBODY, .weight = {1.0, 0.0}, .steps = f->o->steps};
    return fk_functional_simple(f, &alone, out, message);
}

static fk_status run(const fk_sde *sde, const fk_domain *domain, const fk_law *law,
                     const fk_expectation_options *o, const fk_progress *progress,
                     fk_expectation *out, fk_message *message)
{
    return fk_functional_estimate(sde, domain, law, o, progress, sample, out, message);
}

const fk_estimator fk_estimator_plain = {
    .name = "plain",
    .summary = "independent paths with particles.step",
    .reference = "kloeden-platen-1992",
    .run = run,
};
