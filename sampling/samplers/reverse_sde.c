/* Euler-Maruyama for the reverse SDE and the rest of the family of equal marginals.
 * [anderson-1982, song-2021] */
#include <math.h>

#include "sampling/sampler_forms.h"

static bool noisy(const fk_sampler_options *o)
{
    return o->lambda > 0.0;
}

static void plan(const fk_plan *p)
{
    const double lambda = p->options->lambda;
    p->recipe->matrix = p->schedule == NULL;
    for (size_t k = 0; k < p->n; k++) {
        const fk_noise_level *s = &p->level[k];
        const double dr = s->t - s[1].t;
        const double g = p->schedule != NULL ? sqrt(s->power) : 1.0;
        fk_step *step = fk_grid_step(p, k);
        fk_combine(&fk_ask_velocity(p, step, s, lambda)->at, FK_THE_STATE, 1.0);
        fk_combine(&step->result, FK_THE_STATE, 1.0);
        fk_combine(&step->result, FK_AN_EVALUATION, dr);
        fk_combine(&step->result, FK_A_NOISE, lambda * g * sqrt(dr));
    }
}

const fk_sampler fk_sampler_reverse_sde = {
    .name = "reverse-sde",
    .summary = "Euler-Maruyama for the reverse SDE, or another member of its family",
    .formula = "x + (s - t) v(x, s) + lambda sqrt(s - t) G(s) z",
    .reference = "anderson-1982",
    .order = fk_order_1,
    .noisy = noisy,
    .hears = "lambda",
    .plan = plan,
};
