/* Restart: DPM-Solver-2 down the grid; from half-way down the noise is raised again to the
 * level of a quarter of the way, and that stretch walked once more, `inner` times.  The raise
 * is exact; it contracts errors made above.  [xu-2023] */
#include <math.h>

#include "sampling/sampler_forms.h"

/* From level t up to level s. */
static void raise(const fk_plan *p, const fk_noise_level *t, const fk_noise_level *s)
{
    fk_step *step = fk_recipe_add(p->recipe, t->t, s->t);
    const double low = t->sigma / t->alpha, high = s->sigma / s->alpha;
    fk_combine(&step->result, FK_THE_STATE, s->alpha / t->alpha);
    fk_combine(&step->result, FK_A_NOISE, s->alpha * sqrt(high * high - low * low));
}

static void plan(const fk_plan *p)
{
    const size_t top = p->n / 4, bottom = p->n / 2;
    fk_dpm_2_steps(p, 0, bottom);
    for (size_t i = 0; bottom > top && i < p->options->inner; i++) {
        raise(p, &p->level[bottom], &p->level[top]);
        fk_dpm_2_steps(p, top, bottom);
    }
    fk_dpm_2_steps(p, bottom, p->n);
}

const fk_sampler fk_sampler_restart = {
    .name = "restart",
    .summary =
        "DPM-Solver-2, a stretch of which is walked again after raising the noise",
    .formula = "dpm-2; alpha_s/alpha_t x + alpha_s sqrt((sigma_s/alpha_s)^2 - "
               "(sigma_t/alpha_t)^2) z from t back up to s, `inner` times",
    .reference = "xu-2023",
    .order = fk_order_2,
    .noisy = fk_always_noisy,
    .hears = "inner",
    .schedule = true,
    .plan = plan,
};
