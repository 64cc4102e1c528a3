/* Private to sampling/.
 * Multistep methods for dx/dlambda linear in x and in what the score says, m: noise or
 * data.  m is interpolated through the times where it is known and integrated exactly,
 *
 *     noise:  x_t = alpha_t/alpha_s x_s - sigma_t sum_j w_j eps_j,             kappa = -1
 *     data:   x_t = sigma_t/sigma_s e^(-l^2 h) x_s + (1 + l^2) alpha_t sum_j w_j x0_j
 *                   + sigma_t sqrt(1 - e^(-2 l^2 h)) z,                        kappa = 1 + l^2
 *
 *     w_j = int from lambda_s to lambda_t of e^(kappa (lambda - lambda_t)) L_j(lambda)
 *
 * L_j the Lagrange polynomials in lambda, or in t.  [zhang-chen-2023, zhao-2023, xue-2023] */
#ifndef FK_SAMPLING_ADAMS_H
#define FK_SAMPLING_ADAMS_H

#include "sampling/sampler_forms.h"

enum { FK_ADAMS_MOST = 4 };

/* w[n] for points l[n], n <= FK_ADAMS_MOST; in_time: polynomials in t. */
void fk_adams_weights(const fk_plan *p, size_t n, const fk_noise_level *const *l,
                      const fk_noise_level *s, const fk_noise_level *t, double kappa,
                      bool in_time, double *w);

/* c += the step by data from s to t with m at l[n] from the sources. */
void fk_adams_data(const fk_plan *p, fk_combination *c, size_t n,
                   const fk_noise_level *const *l, const unsigned *source,
                   const fk_noise_level *s, const fk_noise_level *t, double lambda);

/* Points that step k of an order has: k + 1 at the beginning, and fewer at the end of a
 * run of fewer than 15 steps with lower_final. */
size_t fk_adams_points(const fk_plan *p, size_t k, size_t order);

/* Data by multistep steps of the order given, noise lambda, without a corrector. */
void fk_plan_adams_data(const fk_plan *p, size_t order, double lambda);

/* Predictor of the order given and corrector of the one given, data, noise lambda; the
 * last step is not corrected, which would cost an evaluation. */
void fk_plan_adams_corrected(const fk_plan *p, size_t order, size_t corrector,
                             double lambda);

#endif
