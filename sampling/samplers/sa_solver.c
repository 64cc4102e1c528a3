/* SA-Solver: stochastic Adams predictor and corrector for the predicted data, with the noise
 * lambda of the family.  [xue-2023] */
#include "sampling/adams.h"

static double order(const fk_sampler_options *o)
{
    return o->lambda > 0.0 ? 1.0 : (double)o->order;
}

static bool noisy(const fk_sampler_options *o)
{
    return o->lambda > 0.0;
}

static void plan(const fk_plan *p)
{
    fk_plan_adams_corrected(p, p->options->order, p->options->order,
                            p->options->lambda);
}

const fk_sampler fk_sampler_sa_solver = {
    .name = "sa-solver",
    .summary = "SA-Solver: stochastic Adams predictor and corrector",
    .formula =
        "sigma_t/sigma_s e^(-lambda^2 h) x + (1 + lambda^2) alpha_t sum of w_j x0_j + "
        "sigma_t sqrt(1 - e^(-2 lambda^2 h)) z, twice",
    .reference = "xue-2023",
    .order = order,
    .noisy = noisy,
    .hears = "lambda, order, lower_final",
    .schedule = true,
    .plan = plan,
};
