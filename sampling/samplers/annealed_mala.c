/* Annealed Langevin dynamics whose steps are accepted or refused after Metropolis: without the
 * bias of its step, at two evaluations of score and density each.  [roberts-tweedie-1996] */
#include "sampling/sampler_forms.h"

static void plan(const fk_plan *p)
{
    fk_plan_langevin(p, FK_ADJUSTED);
}

const fk_sampler fk_sampler_annealed_mala = {
    .name = "annealed-mala",
    .summary = "Langevin steps at each noise level, accepted or refused",
    .formula = "y = x + e s(x, t) + sqrt(2e) z, e = 2 (snr sigma_t)^2, taken with "
               "probability min(1, p(y) q(x|y) / (p(x) q(y|x))), `inner` times",
    .reference = "roberts-tweedie-1996",
    .order = fk_order_0,
    .noisy = fk_always_noisy,
    .hears = "snr, inner",
    .schedule = true,
    .density = true,
    .plan = plan,
};
