/* DDIM: as far towards the predicted data as t says, the predicted noise kept, a share of it
 * drawn anew.  eta = 0 is DPM-Solver-1.  [song-meng-ermon-2021] */
#include "sampling/sampler_forms.h"

static bool noisy(const fk_sampler_options *o)
{
    return o->eta > 0.0;
}

static void plan(const fk_plan *p)
{
    for (size_t k = 0; k < p->n; k++)
        fk_ddim_step(p, &p->level[k], &p->level[k + 1], p->options->eta);
}

const fk_sampler fk_sampler_ddim = {
    .name = "ddim",
    .summary = "DDIM: towards the predicted data, a share eta of the noise drawn anew",
    .formula = "alpha_t x0 + sqrt(sigma_t^2 - eta^2 q) eps + eta sqrt(q) z, q = "
               "sigma_t^2 (1 - e^(-2h))",
    .reference = "song-meng-ermon-2021",
    .order = fk_order_1,
    .noisy = noisy,
    .hears = "eta",
    .schedule = true,
    .plan = plan,
};
