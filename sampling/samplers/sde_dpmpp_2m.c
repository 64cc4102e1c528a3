/* SDE-DPM-Solver++(2M): two steps of the predicted data, and the noise of the reverse SDE.
 * [lu-zhou-2022] */
#include "sampling/adams.h"

static void plan(const fk_plan *p)
{
    fk_plan_adams_data(p, 2, 1.0);
}

const fk_sampler fk_sampler_sde_dpmpp_2m = {
    .name = "sde-dpmpp-2m",
    .summary = "SDE-DPM-Solver++(2M): two-step for the reverse SDE",
    .formula = "sigma_t/sigma_s e^-h x + 2 alpha_t sum of w_j x0_j + sigma_t "
               "sqrt(1 - e^(-2h)) z, two x0",
    .reference = "lu-zhou-2022",
    .order = fk_order_1,
    .noisy = fk_always_noisy,
    .hears = "lower_final",
    .schedule = true,
    .plan = plan,
};
