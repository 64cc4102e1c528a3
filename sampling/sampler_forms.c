#include "sampling/sampler_forms.h"

#include <assert.h>
#include <math.h>

static fk_evaluation *ask(fk_step *s, const fk_noise_level *l)
{
    assert(s->n < FK_RECIPE_EVALUATIONS);
    fk_evaluation *e = &s->evaluation[s->n++];
    *e = (fk_evaluation){.t = l->t};
    return e;
}

fk_evaluation *fk_ask_noise(fk_step *s, const fk_noise_level *l)
{
    fk_evaluation *e = ask(s, l);
    e->of_score = -l->sigma;
    return e;
}

fk_evaluation *fk_ask_data(fk_step *s, const fk_noise_level *l)
{
    fk_evaluation *e = ask(s, l);
    e->of_state = 1.0 / l->alpha;
    e->of_score = l->sigma * l->sigma / l->alpha;
    return e;
}

fk_evaluation *fk_ask_velocity(const fk_plan *p, fk_step *s, const fk_noise_level *l,
                               double lambda)
{
    fk_evaluation *e = ask(s, l);
    e->of_score = 1.0 + lambda * lambda;
    e->drift = p->schedule == NULL;
    if (!e->drift) {
        e->of_state = -l->pull;
        e->of_score *= 0.5 * l->power;
    }
    return e;
}

void fk_carry_noise(fk_combination *c, const fk_noise_level *s, const fk_noise_level *t,
                    unsigned source)
{
    fk_combine(c, FK_THE_STATE, t->alpha / s->alpha);
    fk_combine(c, source, -t->sigma * expm1(t->lambda - s->lambda));
}

void fk_carry_data(fk_combination *c, const fk_noise_level *s, const fk_noise_level *t,
                   unsigned source)
{
    fk_combine(c, FK_THE_STATE, t->sigma / s->sigma);
    fk_combine(c, source, -t->alpha * expm1(s->lambda - t->lambda));
}

/* At the share c of the way from s to t. */
static fk_noise_level between(const fk_plan *p, const fk_noise_level *s,
                              const fk_noise_level *t, double c)
{
    if (c <= 0.0)
        return *s;
    if (c >= 1.0)
        return *t;
    const double at = s->t + c * (t->t - s->t);
    return p->schedule != NULL ? fk_noise_at(p->schedule, at)
                               : (fk_noise_level){.t = at};
}

void fk_plan_runge_kutta(const fk_plan *p, size_t stages, const double *c,
                         const double *A, const double *b)
{
    for (size_t k = 0; k < p->n; k++) {
        const fk_noise_level *s = &p->level[k], *t = s + 1;
        const double dr = s->t - t->t;
        fk_step *step = fk_grid_step(p, k);
        fk_combine(&step->result, FK_THE_STATE, 1.0);
        for (size_t i = 0; i < stages; i++) {
            const fk_noise_level l = between(p, s, t, c[i]);
            fk_evaluation *e = fk_ask_velocity(p, step, &l, 0.0);
            fk_combine(&e->at, FK_THE_STATE, 1.0);
            for (unsigned j = 0; j < i; j++)
                fk_combine(&e->at, FK_AN_EVALUATION + j, dr * A[i * stages + j]);
            fk_combine(&step->result, FK_AN_EVALUATION + (unsigned)i, dr * b[i]);
        }
    }
}

void fk_ddim_step(const fk_plan *p, const fk_noise_level *s, const fk_noise_level *t,
                  double eta)
{
    const double forward = s->alpha / t->alpha * t->sigma;
    const double q =
        pow(t->sigma / s->sigma, 2.0) * (s->sigma * s->sigma - forward * forward);
    const double kept = sqrt(t->sigma * t->sigma - eta * eta * q);
    fk_step *step = fk_recipe_add(p->recipe, s->t, t->t);
    fk_combine(&fk_ask_noise(step, s)->at, FK_THE_STATE, 1.0);
    fk_combine(&step->result, FK_THE_STATE, t->alpha / s->alpha);
    fk_combine(&step->result, FK_AN_EVALUATION, kept - t->alpha / s->alpha * s->sigma);
    fk_combine(&step->result, FK_A_NOISE, eta * sqrt(q));
}

void fk_dpm_2_steps(const fk_plan *p, size_t from, size_t to)
{
    for (size_t k = from; k < to; k++) {
        const fk_noise_level *s = &p->level[k], *t = s + 1;
        const fk_noise_level middle =
            fk_noise_at_lambda(p->schedule, 0.5 * (s->lambda + t->lambda));
        fk_step *step = fk_grid_step(p, k);
        fk_combine(&fk_ask_noise(step, s)->at, FK_THE_STATE, 1.0);
        fk_carry_noise(&fk_ask_noise(step, &middle)->at, s, &middle, FK_AN_EVALUATION);
        fk_carry_noise(&step->result, s, t, FK_AN_EVALUATION + 1);
    }
}

static double langevin_length(const fk_noise_level *l, double snr)
{
    return 2.0 * snr * snr * l->sigma * l->sigma;
}

void fk_add_langevin(fk_combination *c, const fk_step *s, const fk_noise_level *l,
                     double snr, unsigned q)
{
    const double e = langevin_length(l, snr);
    fk_combine(c, fk_latest(s), -e / l->sigma);
    fk_combine(c, FK_A_NOISE + q, sqrt(2.0 * e));
}

void fk_plan_langevin(const fk_plan *p, fk_langevin kind)
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
            if (kind == FK_ADJUSTED) {
                fk_ask_noise(step, t)->at = step->result;
                step->adjusted = langevin_length(t, p->options->snr);
            }
        }
    }
}

double fk_order_0(const fk_sampler_options *o)
{
    (void)o;
    return 0.0;
}

double fk_order_1(const fk_sampler_options *o)
{
    (void)o;
    return 1.0;
}

double fk_order_2(const fk_sampler_options *o)
{
    (void)o;
    return 2.0;
}

double fk_order_3(const fk_sampler_options *o)
{
    (void)o;
    return 3.0;
}

bool fk_never_noisy(const fk_sampler_options *o)
{
    (void)o;
    return false;
}

bool fk_always_noisy(const fk_sampler_options *o)
{
    (void)o;
    return true;
}
