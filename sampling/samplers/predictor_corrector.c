/* Predictor-corrector: a step of the reverse SDE, then Langevin steps at its end.  Their
 * length takes the expected norms of noise and score for the actual ones, which differ from
 * sample to sample in the paper: e = 2 (snr sigma)^2.  Their own bias does not shrink with
 * the steps of time.  [song-2021] */
#include <math.h>

#include "sampling/sampler_forms.h"

static void plan(const fk_plan *p)
{
    for (size_t k = 0; k < p->n; k++) {
        const fk_noise_level *s = &p->level[k], *t = s + 1;
        const double dr = s->t - t->t;
        fk_step *step = fk_grid_step(p, k);
        fk_combination ahead = {0};
        fk_combine(&fk_ask_velocity(p, step, s, 1.0)->at, FK_THE_STATE, 1.0);
        fk_combine(&ahead, FK_THE_STATE, 1.0);
        fk_combine(&ahead, FK_AN_EVALUATION, dr);
        fk_combine(&ahead, FK_A_NOISE, sqrt(s->power * dr));
        fk_ask_noise(step, t)->at = ahead;
        step->result = ahead;
        fk_add_langevin(&step->result, step, t, p->options->snr, 1);
    }
}

const fk_sampler fk_sampler_predictor_corrector = {
    .name = "predictor-corrector",
    .summary = "a step of the reverse SDE, then a Langevin step",
    .formula = "y = reverse-sde; y + e s(y, t) + sqrt(2e) z, e = 2 (snr sigma_t)^2",
    .reference = "song-2021",
    .order = fk_order_0,
    .noisy = fk_always_noisy,
    .hears = "snr",
    .schedule = true,
    .plan = plan,
};
