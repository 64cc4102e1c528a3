/* Private to sampling/.
 * What samplers ask a score for, and the steps that several of them share. */
#ifndef FK_SAMPLING_SAMPLER_FORMS_H
#define FK_SAMPLING_SAMPLER_FORMS_H

#include "sampling/sampler.h"

/* A further evaluation of the step at time l.t, its place still empty; what it hands on
 * is noise, data or the velocity of the family's member lambda. */
fk_evaluation *fk_ask_noise(fk_step *s, const fk_noise_level *l);
fk_evaluation *fk_ask_data(fk_step *s, const fk_noise_level *l);
fk_evaluation *fk_ask_velocity(const fk_plan *p, fk_step *s, const fk_noise_level *l,
                               double lambda);

/* Where the latest evaluation of a step is found. */
static inline unsigned fk_latest(const fk_step *s)
{
    return FK_AN_EVALUATION + (unsigned)s->n - 1;
}

/* The step number k of the grid. */
static inline fk_step *fk_grid_step(const fk_plan *p, size_t k)
{
    return fk_recipe_add(p->recipe, p->level[k].t, p->level[k + 1].t);
}

/* c += alpha_t/alpha_s x - sigma_t (e^h - 1) eps, with eps from a source: exact where eps
 * is constant.  And the same for data: sigma_t/sigma_s x - alpha_t (e^-h - 1) x0. */
void fk_carry_noise(fk_combination *c, const fk_noise_level *s, const fk_noise_level *t,
                    unsigned source);
void fk_carry_data(fk_combination *c, const fk_noise_level *s, const fk_noise_level *t,
                   unsigned source);

/* An explicit Runge-Kutta method for the flow, dx/dr = v with lambda = 0, at every step:
 * stages x + dr sum_j A[i][j] v_j at r + c[i] dr, result x + dr sum b[j] v_j. */
void fk_plan_runge_kutta(const fk_plan *p, size_t stages, const double *c,
                         const double *A, const double *b);

/* One step of DDIM from s to t: noise of a share eta of DDPM's. */
void fk_ddim_step(const fk_plan *p, const fk_noise_level *s, const fk_noise_level *t,
                  double eta);

/* DPM-Solver-2 for the steps from level number `from` to level number `to` of the grid. */
void fk_dpm_2_steps(const fk_plan *p, size_t from, size_t to);

/* Adds a Langevin step to c, a state y: y + e s(y) + sqrt(2 e) z, the score being that of
 * the latest evaluation, the noise number q. */
void fk_add_langevin(fk_combination *c, const fk_step *s, const fk_noise_level *l,
                     double snr, unsigned q);

/* Langevin steps at every level, `inner` of them, none between: the state moves to the
 * scale of the next level first.  adjusted: each is accepted or refused. */
typedef enum fk_langevin { FK_UNADJUSTED, FK_ADJUSTED } fk_langevin;
void fk_plan_langevin(const fk_plan *p, fk_langevin kind);

/* Orders and noise that do not depend on options; 0: an error stays however short the
 * steps are. */
double fk_order_0(const fk_sampler_options *o);
double fk_order_1(const fk_sampler_options *o);
double fk_order_2(const fk_sampler_options *o);
double fk_order_3(const fk_sampler_options *o);
bool fk_never_noisy(const fk_sampler_options *o);
bool fk_always_noisy(const fk_sampler_options *o);

#endif
