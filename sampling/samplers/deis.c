/* DEIS: the predicted noise of the last steps as a polynomial in t, integrated exactly
 * (tAB-DEIS).  [zhang-chen-2023] */
#include "sampling/adams.h"

static double order(const fk_sampler_options *o)
{
    return (double)o->order;
}

static void plan(const fk_plan *p)
{
    for (size_t k = 0; k < p->n; k++) {
        const fk_noise_level *known[FK_ADAMS_MOST], *s = &p->level[k], *t = s + 1;
        const size_t n = fk_adams_points(p, k, p->options->order);
        double w[FK_ADAMS_MOST];
        fk_step *step = fk_grid_step(p, k);
        fk_combine(&fk_ask_noise(step, s)->at, FK_THE_STATE, 1.0);
        for (size_t j = 0; j < n; j++)
            known[j] = &p->level[k - j];
        fk_adams_weights(p, n, known, s, t, -1.0, true, w);
        fk_combine(&step->result, FK_THE_STATE, t->alpha / s->alpha);
        for (unsigned j = 0; j < n; j++)
            fk_combine(&step->result, j == 0 ? FK_AN_EVALUATION : FK_THE_KEPT + j - 1,
                       -t->sigma * w[j]);
        step->keep = 0;
    }
}

const fk_sampler fk_sampler_deis = {
    .name = "deis",
    .summary = "DEIS: multistep, predicted noise as a polynomial in t",
    .formula =
        "alpha_t/alpha_s x - sigma_t sum of w_j eps_j, w exact for polynomials in t",
    .reference = "zhang-chen-2023",
    .order = order,
    .noisy = fk_never_noisy,
    .hears = "order, lower_final",
    .schedule = true,
    .plan = plan,
};
