/* DPM-Solver-2: the midpoint rule in lambda, what is linear exact.  [lu-2022] */
#include "sampling/sampler_forms.h"

static void plan(const fk_plan *p)
{
    fk_dpm_2_steps(p, 0, p->n);
}

const fk_sampler fk_sampler_dpm_2 = {
    .name = "dpm-2",
    .summary = "DPM-Solver-2: exponential midpoint rule in lambda",
    .formula =
        "alpha_t/alpha_s x - sigma_t (e^h - 1) eps(u, s1), lambda_s1 = lambda_s + "
        "h/2, u by ddim",
    .reference = "lu-2022",
    .order = fk_order_2,
    .noisy = fk_never_noisy,
    .hears = "",
    .schedule = true,
    .plan = plan,
};
