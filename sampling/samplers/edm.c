/* EDM: Heun's method for d(x/alpha) = eps d(sigma/alpha), each step begun by going back to a
 * noise level a little higher.  [karras-2022] */
#include <math.h>

#include "sampling/sampler_forms.h"

static bool noisy(const fk_sampler_options *o)
{
    return o->churn > 0.0;
}

/* The level to which step k raises the noise: never beyond the end of the schedule. */
static fk_noise_level raised(const fk_plan *p, size_t k)
{
    const double gamma = fmin(p->options->churn / (double)p->n, sqrt(2.0) - 1.0);
    const fk_noise_level *s = &p->level[k];
    return k == 0 || gamma <= 0.0
               ? *s
               : fk_noise_at_lambda(p->schedule, s->lambda - log1p(gamma));
}

static double ratio(const fk_noise_level *l)
{
    return l->sigma / l->alpha;
}

static void plan(const fk_plan *p)
{
    for (size_t k = 0; k < p->n; k++) {
        const fk_noise_level *s = &p->level[k], *t = s + 1, u = raised(p, k);
        const double up = u.alpha / s->alpha, down = t->alpha / u.alpha;
        const double added =
            u.alpha * sqrt(fmax(pow(ratio(&u), 2) - pow(ratio(s), 2), 0.0));
        const double change = t->alpha * (ratio(t) - ratio(&u));
        fk_step *step = fk_grid_step(p, k);
        fk_combination here = {0}, ahead = {0};
        fk_combine(&here, FK_THE_STATE, up);
        fk_combine(&here, FK_A_NOISE, u.t > s->t ? added : 0.0);
        fk_ask_noise(step, &u)->at = here;
        fk_combine_all(&ahead, &here, down);
        fk_combine(&ahead, FK_AN_EVALUATION, change);
        fk_ask_noise(step, t)->at = ahead;
        fk_combine_all(&step->result, &here, down);
        fk_combine(&step->result, FK_AN_EVALUATION, 0.5 * change);
        fk_combine(&step->result, FK_AN_EVALUATION + 1, 0.5 * change);
    }
}

const fk_sampler fk_sampler_edm = {
    .name = "edm",
    .summary = "EDM: Heun in sigma/alpha, noise raised before each step (churn)",
    .formula = "x^ = x + noise to sigma^/alpha = (1 + gamma) sigma/alpha; Heun for "
               "d(x/alpha) = eps d(sigma/alpha)",
    .reference = "karras-2022",
    .order = fk_order_2,
    .noisy = noisy,
    .hears = "churn",
    .schedule = true,
    .plan = plan,
};
