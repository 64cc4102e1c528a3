/* DPM-Solver++(3M): the parabola through the predicted data of three steps, integrated
 * exactly.  [lu-zhou-2022] */
#include "sampling/adams.h"

static void plan(const fk_plan *p)
{
    fk_plan_adams_data(p, 3, 0.0);
}

const fk_sampler fk_sampler_dpmpp_3m = {
    .name = "dpmpp-3m",
    .summary = "DPM-Solver++(3M): three-step, one evaluation a step",
    .formula =
        "sigma_t/sigma_s x + alpha_t sum of w_j x0_j, three x0, w exact for parabolas",
    .reference = "lu-zhou-2022",
    .order = fk_order_3,
    .noisy = fk_never_noisy,
    .hears = "lower_final",
    .schedule = true,
    .plan = plan,
};
