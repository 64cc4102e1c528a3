/* Annealed Langevin dynamics: unadjusted Langevin steps at every noise level, no dynamics
 * between the levels.  [song-ermon-2019] */
#include "sampling/sampler_forms.h"

static void plan(const fk_plan *p)
{
    fk_plan_langevin(p, FK_UNADJUSTED);
}

const fk_sampler fk_sampler_annealed_langevin = {
    .name = "annealed-langevin",
    .summary = "Langevin steps at each noise level, unadjusted",
    .formula = "x + e s(x, t) + sqrt(2e) z, e = 2 (snr sigma_t)^2, `inner` times",
    .reference = "song-ermon-2019",
    .order = fk_order_0,
    .noisy = fk_always_noisy,
    .hears = "snr, inner",
    .schedule = true,
    .plan = plan,
};
