/* DPM-Solver-3: three evaluations a step, at thirds of lambda.  [lu-2022] */
#include <math.h>

#include "sampling/sampler_forms.h"

/* Adds -sigma_l factor (eps_j - eps_0). */
static void add_change(fk_combination *c, const fk_noise_level *l, double factor,
                       unsigned j)
{
    fk_combine(c, FK_AN_EVALUATION, l->sigma * factor);
    fk_combine(c, FK_AN_EVALUATION + j, -l->sigma * factor);
}

static void plan(const fk_plan *p)
{
    const double r1 = 1.0 / 3.0, r2 = 2.0 / 3.0;
    for (size_t k = 0; k < p->n; k++) {
        const fk_noise_level *s = &p->level[k], *t = s + 1;
        const double h = t->lambda - s->lambda;
        const fk_noise_level s1 = fk_noise_at_lambda(p->schedule, s->lambda + r1 * h);
        const fk_noise_level s2 = fk_noise_at_lambda(p->schedule, s->lambda + r2 * h);
        fk_step *step = fk_grid_step(p, k);
        fk_combine(&fk_ask_noise(step, s)->at, FK_THE_STATE, 1.0);
        fk_carry_noise(&fk_ask_noise(step, &s1)->at, s, &s1, FK_AN_EVALUATION);
        fk_combination *u2 = &fk_ask_noise(step, &s2)->at;
        fk_carry_noise(u2, s, &s2, FK_AN_EVALUATION);
        add_change(u2, &s2, r2 / r1 * (expm1(r2 * h) / (r2 * h) - 1.0), 1);
        fk_carry_noise(&step->result, s, t, FK_AN_EVALUATION);
        add_change(&step->result, t, (expm1(h) / h - 1.0) / r2, 2);
    }
}

const fk_sampler fk_sampler_dpm_3 = {
    .name = "dpm-3",
    .summary = "DPM-Solver-3: exponential Runge-Kutta of order 3 in lambda",
    .formula =
        "alpha_t/alpha_s x - sigma_t (e^h - 1) eps_0 - 3/2 sigma_t ((e^h - 1)/h - 1) "
        "(eps_2 - eps_0)",
    .reference = "lu-2022",
    .order = fk_order_3,
    .noisy = fk_never_noisy,
    .hears = "",
    .schedule = true,
    .plan = plan,
};
