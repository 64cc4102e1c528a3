/* Exponential integrator of the family: what is linear in x and the noise are exact, the
 * predicted noise eps stands still over a step.  [zhang-chen-2023, huang-2021] */
#include <math.h>

#include "sampling/sampler_forms.h"

static bool noisy(const fk_sampler_options *o)
{
    return o->lambda > 0.0;
}

static void plan(const fk_plan *p)
{
    const double l2 = p->options->lambda * p->options->lambda;
    for (size_t k = 0; k < p->n; k++) {
        const fk_noise_level *s = &p->level[k], *t = s + 1;
        const double h = t->lambda - s->lambda;
        fk_step *step = fk_grid_step(p, k);
        fk_combine(&fk_ask_noise(step, s)->at, FK_THE_STATE, 1.0);
        fk_combine(&step->result, FK_THE_STATE, t->alpha / s->alpha);
        fk_combine(&step->result, FK_AN_EVALUATION, -(1.0 + l2) * t->sigma * expm1(h));
        fk_combine(&step->result, FK_A_NOISE, t->sigma * sqrt(l2 * expm1(2.0 * h)));
    }
}

const fk_sampler fk_sampler_exponential = {
    .name = "exponential",
    .summary = "exponential integrator of the reverse SDE's family, noise held",
    .formula =
        "alpha_t/alpha_s x - (1 + lambda^2) sigma_t (e^h - 1) eps + lambda sigma_t "
        "sqrt(e^(2h) - 1) z",
    .reference = "zhang-chen-2023",
    .order = fk_order_1,
    .noisy = noisy,
    .hears = "lambda",
    .schedule = true,
    .plan = plan,
};
