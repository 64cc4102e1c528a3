/* Extrapolation in the step: the bias of a scheme of weak order p has an expansion that
 * begins with h^p, so that
 *
 *     (2^p phi(X^h) - phi(X^(2h))) / (2^p - 1)
 *
 * has one of order p + 1 at least; both along one Brownian path.  [talay-tubaro-1990] */
#include <math.h>

#include "sampling/functional.h"

/* The change from here to half the step is (2^p d' - d) / (2^p - 1), with d and d' what
 * halving changes in the scheme itself, first from 2h, then from h. */
static fk_status measure_bias(const fk_functional *f, uint64_t steps, double *bias,
                              double *work, fk_message *message)
{
    const double ratio = exp2(f->order), next = 2.0 * ratio;
    const double error = f->o->error / 12.0;
    fk_sums d, finer;
    FK_TRY(fk_functional_halved(f, steps / 2, error, &d, work, message));
    FK_TRY(fk_functional_halved(f, steps, error, &finer, work, message));
    const double change =
        (ratio * fk_sums_mean(&finer) - fk_sums_mean(&d)) / (ratio - 1.0);
    const double noise =
        hypot(ratio * fk_sums_error(&finer), fk_sums_error(&d)) / (ratio - 1.0);
    *bias = (fabs(change) + noise) * next / (next - 1.0);
    return FK_OK;
}

static fk_status sample(const fk_functional *f, fk_expectation *out,
                        fk_message *message)
{
    const double ratio = exp2(f->order);
    const uint64_t steps = (f->o->steps + 1) / 2 * 2;
    const fk_coupling pair = {.partner = FK_COARSER,
                              .weight = {ratio / (ratio - 1.0), -1.0 / (ratio - 1.0)},
                              .steps = steps};
    fk_sums s = {0.0, 0.0, 0.0};
    *out = (fk_expectation){.levels = 1};
    if (isinf(f->order))
        return fk_fail(message, FK_EDOMAIN,
                       "the scheme %s is exact: its step leaves nothing to extrapolate",
                       f->o->scheme->name);
    FK_TRY(fk_functional_reach(f, &pair, f->o->error / sqrt(2.0), &s, message));
    FK_TRY(measure_bias(f, steps, &out->bias, &out->work, message));
    FK_TRY(fk_functional_plain(f, steps, &out->plain, &out->work, message));
    out->value = fk_sums_mean(&s);
    out->sampling = fk_sums_error(&s);
    out->work += s.n * fk_coupling_cost(&pair);
    out->level[0] =
        (fk_expectation_level){.step = (f->o->end - f->o->start) / (double)steps,
                               .paths = s.n,
                               .mean = out->value,
                               .variance = fk_sums_variance(&s)};
    return FK_OK;
}

static fk_status run(const fk_sde *sde, const fk_domain *domain, const fk_law *law,
                     const fk_expectation_options *o, const fk_progress *progress,
                     fk_expectation *out, fk_message *message)
{
    return fk_functional_estimate(sde, domain, law, o, progress, sample, out, message);
}

const fk_estimator fk_estimator_extrapolated = {
    .name = "extrapolated",
    .summary = "Talay-Tubaro: particles.step and twice it, the leading bias cancelled",
    .reference = "talay-tubaro-1990",
    .run = run,
};
