/* Private to experiments/claims/.
 * What several claims stand on: the standard density on the line under the standard
 * schedule of noise, and derivatives by differences that know their error.
 *
 *     p_0 = 0.3 N(-1.5, 0.3^2) + 0.7 N(1, 0.5^2)
 *     dX = -beta X / 2 dt + sqrt(beta) dW,   beta = 0.1 + 19.9 t      (variance preserving)
 *     X_t = alpha X_0 + sqrt(1 - alpha^2) Z,   alpha^2 = exp(-int_0^t beta)   [song-2021] */
#ifndef FK_EXPERIMENTS_CLAIMS_STANDARD_H
#define FK_EXPERIMENTS_CLAIMS_STANDARD_H

#include <stddef.h>

#include "sde/line_mixture.h"

/* All of p lies within, for every t: what is beyond weighs less than 1e-30. */
#define FK_STANDARD_REACH 12.0
enum { FK_STANDARD_PANELS = 96 }; /* of fk_integral, for 12 digits and more */

fk_line_mixture fk_standard_density(void);

double fk_vp_beta(double t);
double fk_vp_alpha(double t);

/* The law at t of X that has the law m at 0. */
fk_line_mixture fk_vp_law(const fk_line_mixture *m, double t);

/* f'(x) by the central difference of order four with steps h and h/2; *error gets their
 * distance and the rounding of values of size |f|. */
double fk_slope_of(double (*f)(double x, void *context), void *context, double x,
                   double h, double *error);

/* x[n] from lo to hi, evenly or in even ratios (0 < lo). */
void fk_spread(size_t n, double lo, double hi, double *x);
void fk_spread_ratio(size_t n, double lo, double hi, double *x);

#endif
