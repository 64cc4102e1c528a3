/* UniPC: multistep predictor and corrector for the predicted data; the evaluation that
 * corrects a step serves the next one.  Weights that are exact for polynomials: the
 * function B(h) of the paper cancels then.  [zhao-2023] */
#include "sampling/adams.h"

/* The first step, one-point predictor and two-point corrector, errs by h^3. */
static double order(const fk_sampler_options *o)
{
    return o->order == 1 ? 2.0 : 3.0;
}

static void plan(const fk_plan *p)
{
    fk_plan_adams_corrected(p, p->options->order, p->options->order + 1, 0.0);
}

const fk_sampler fk_sampler_unipc = {
    .name = "unipc",
    .summary = "UniPC: multistep predictor and corrector, one evaluation a step",
    .formula =
        "sigma_t/sigma_s x + alpha_t sum of w_j x0_j, first without, then with x0 at t",
    .reference = "zhao-2023",
    .order = order,
    .noisy = fk_never_noisy,
    .hears = "order, lower_final",
    .schedule = true,
    .plan = plan,
};
