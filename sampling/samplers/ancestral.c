/* DDPM's own sampler: the posterior of the step given x_s and the predicted data.
 * [ho-2020] */
#include "sampling/sampler_forms.h"

static void plan(const fk_plan *p)
{
    for (size_t k = 0; k < p->n; k++)
        fk_ddim_step(p, &p->level[k], &p->level[k + 1], 1.0);
}

const fk_sampler fk_sampler_ancestral = {
    .name = "ancestral",
    .summary = "DDPM: draws from the posterior given the predicted data",
    .formula = "ddim with eta = 1",
    .reference = "ho-2020",
    .order = fk_order_1,
    .noisy = fk_always_noisy,
    .hears = "",
    .schedule = true,
    .plan = plan,
};
