/* Annealed Langevin dynamics: unadjusted Langevin steps at every noise level, no dynamics
 * between the levels.  [song-ermon-2019] */
#include "sampling/sampler_forms.h"

/* Moves the state to the scale of the next level first. */
static void plan(const fk_plan *p)
{
    for (size_t k = 0; k < p->n; k++) {
        const fk_noise_level *s = &p->level[k], *t = s + 1;
        for (size_t i = 0; i < p->options->inner; i++) {
            fk_step *step = fk_recipe_add(p->recipe, i == 0 ? s->t : t->t, t->t);
            fk_combination here = {0};
            fk_combine(&here, FK_THE_STATE, i == 0 ? t->alpha / s->alpha : 1.0);
            fk_ask_noise(step, t)->at = here;
            step->result = here;
            fk_add_langevin(&step->result, step, t, p->options->snr, 0);
        }
    }
}

const fk_sampler fk_sampler_annealed_langevin = {
    .name = "annealed-langevin",
    .summary = "Langevin steps at each noise level, unadjusted",
    .formula = "x + e s(x, t) + sqrt(2e) z, e = 2 (snr sigma_t)^2, `inner` times",
    .reference = "song-ermon-2019",
    .order = fk_order_0,
    .noisy = fk_always_noisy,
    .hears = "snr, inner",
    .schedule = true,
    .plan = plan,
};
