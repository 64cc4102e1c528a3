/* Private to sampling/.
 * The integrals that schemes of strong order 3/2 take from a Brownian path besides its
 * increment: over a step of h, of noise k,
 *
 *     I_(k) = int dW = sqrt(h) z_k,
 *     I_(k,0) = int (W(s) - W(t)) ds = h^(3/2) (z_k + w_k / sqrt 3) / 2
 *
 * for two independent rows of N(0, 1): first all z, then all w.
 * [kloeden-platen-1992, section 10.4] */
#ifndef FK_SAMPLING_TIME_INTEGRAL_H
#define FK_SAMPLING_TIME_INTEGRAL_H

#include "sampling/motion.h"

/* Rows of normals: two a noise. */
size_t fk_time_integral_draws(const fk_stepper *s);

/* The rows of a step of 2 h from those of two steps of h. */
void fk_time_integral_join(const fk_stepper *s, double h, const double *first,
                           const double *second, double *z);

/* to[noises][FK_BLOCK] = I_(k,0) / h */
void fk_time_integral_mean(const fk_stepper *s, double h, const double *z, double *to);

#endif
