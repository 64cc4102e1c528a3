/* Private to sampling/.
 * Levy areas of m Brownian motions over a step h,
 *
 *     A_kl = 1/2 int_0^h (W_k dW_l - W_l dW_k),    k < l,
 *
 * from normals, p terms of their Fourier series and a tail that has the right variance
 * given the increments dW = sqrt(h) z:
 *
 *     2 pi A_kl / h = sum_(r = 1..p) 1/r [X_kr (Y_lr + sqrt(2) z_l)
 *                                          - X_lr (Y_kr + sqrt(2) z_k)]
 *                     + sqrt(2 s) [V_k z_l - V_l z_k + U_kl],   s = sum_(r > p) 1/r^2
 *
 * X, Y, V, U all N(0, 1).  Only U stands for something that is not Gaussian; the mean
 * square error of an area is at most (sqrt(m / 12) h / (pi p))^2.  Two steps join without
 * any error:  A = A' + A'' + 1/2 (dW'_k dW''_l - dW'_l dW''_k).
 * [mrongowius-roessler-2022, wiktorsson-2001]
 *
 * Rows of a step, [.][FK_BLOCK]: z, A / h in the order of the pairs (0,1), (0,2), ...,
 * and what the areas were made of. */
#ifndef FK_SAMPLING_AREAS_H
#define FK_SAMPLING_AREAS_H

#include <stddef.h>

/* Pairs k < l of m noises. */
static inline size_t fk_areas_pairs(size_t m)
{
    return m * (m - 1) / 2;
}

/* Terms that bring the error of an area below h^(3/2), as strong order 1 asks for; not
 * more than 64. */
size_t fk_areas_terms(size_t m, double h);

/* Rows of normals that a step takes. */
size_t fk_areas_draws(size_t m, size_t terms);

/* Makes the areas in place from rows of normals. */
void fk_areas_shape(size_t m, size_t terms, double *z);

/* z and A / h of a step from those of the two halves of it. */
void fk_areas_join(size_t m, const double *first, const double *second, double *z);

#endif
