/* DPM-Solver++(2M): the predicted data of two steps, one evaluation a step.  [lu-zhou-2022] */
#include <math.h>

#include "sampling/adams.h"

static void plan(const fk_plan *p)
{
    for (size_t k = 0; k < p->n; k++) {
        const fk_noise_level *s = &p->level[k], *t = s + 1;
        fk_step *step = fk_grid_step(p, k);
        fk_combine(&fk_ask_data(step, s)->at, FK_THE_STATE, 1.0);
        fk_carry_data(&step->result, s, t, FK_AN_EVALUATION);
        step->keep = 0;
        if (fk_adams_points(p, k, 2) < 2)
            continue;
        /* D = x0 + (x0 - x0 of the step before) / (2 r), r the ratio of the steps */
        const double r = (s->lambda - s[-1].lambda) / (t->lambda - s->lambda);
        fk_combination last = {0};
        fk_combine(&last, FK_AN_EVALUATION, 1.0);
        fk_combine(&last, FK_THE_KEPT, -1.0);
        fk_combine_all(&step->result, &last,
                       -t->alpha * expm1(s->lambda - t->lambda) / (2.0 * r));
    }
}

const fk_sampler fk_sampler_dpmpp_2m = {
    .name = "dpmpp-2m",
    .summary = "DPM-Solver++(2M): two-step, one evaluation a step",
    .formula =
        "sigma_t/sigma_s x - alpha_t (e^-h - 1) D, D = x0 + (x0 - x0')/(2r), r = h'/h",
    .reference = "lu-zhou-2022",
    .order = fk_order_2,
    .noisy = fk_never_noisy,
    .hears = "lower_final",
    .schedule = true,
    .plan = plan,
};
