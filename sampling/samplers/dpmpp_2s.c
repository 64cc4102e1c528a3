/* DPM-Solver++(2S): the midpoint rule for the predicted data.  [lu-zhou-2022] */
#include "sampling/sampler_forms.h"

static void plan(const fk_plan *p)
{
    for (size_t k = 0; k < p->n; k++) {
        const fk_noise_level *s = &p->level[k], *t = s + 1;
        const fk_noise_level middle =
            fk_noise_at_lambda(p->schedule, 0.5 * (s->lambda + t->lambda));
        fk_step *step = fk_grid_step(p, k);
        fk_combine(&fk_ask_data(step, s)->at, FK_THE_STATE, 1.0);
        fk_carry_data(&fk_ask_data(step, &middle)->at, s, &middle, FK_AN_EVALUATION);
        fk_carry_data(&step->result, s, t, FK_AN_EVALUATION + 1);
    }
}

const fk_sampler fk_sampler_dpmpp_2s = {
    .name = "dpmpp-2s",
    .summary = "DPM-Solver++(2S): exponential midpoint rule for the predicted data",
    .formula =
        "sigma_t/sigma_s x - alpha_t (e^-h - 1) x0(u, s1), lambda_s1 = lambda_s + h/2",
    .reference = "lu-zhou-2022",
    .order = fk_order_2,
    .noisy = fk_never_noisy,
    .hears = "",
    .schedule = true,
    .plan = plan,
};
