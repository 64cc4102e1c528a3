/* Drift and diffusion of a measured path without a model: the Kramers-Moyal
 * coefficients
 *
 *     f_i(x) = lim E[dX_i | x] / tau,     D_ij(x) = lim E[dX_i dX_j | x] / (2 tau),   tau -> 0.
 *
 * At a finite tau both means are wrong by O(tau).  Each start has increments over its
 * first step, tau1, and to the first point at least 3/2 tau1 away, tau2; the line
 * through both, at tau = 0,
 *
 *     (tau2 m1 - tau1 m2) / (tau2 - tau1),
 *
 * leaves O(tau^2) and serves uneven steps alike.  A bin's drift is the mean weighted
 * with tau1 (the variance goes like 1/tau1), its diffusion the plain mean.  Increments
 * of neighbouring starts overlap: the standard errors count the covariances of those
 * that do. [kramers-1940, moyal-1949, ragwitz-kantz-2001] */
#ifndef FK_SAMPLING_KRAMERS_MOYAL_H
#define FK_SAMPLING_KRAMERS_MOYAL_H

#include <stddef.h>

#include "core/status.h"

enum { FK_MOYAL_DIM = 2 };

typedef struct fk_moyal_bin {
    size_t starts;
    double x[FK_MOYAL_DIM]; /* mean of the starts */
    double drift[FK_MOYAL_DIM], drift_error[FK_MOYAL_DIM];
    double diffusion[3], diffusion_error[3]; /* 00; with two variables 01, 11 */
} fk_moyal_bin;

/* t[n] ascending, x[n][dim], dim 1 or 2.  Starts whose increments take longer than
 * `longest` are left out.  They are cut into cuts[0] groups of as many along x_0, with
 * two variables each of these into cuts[1] along x_1.  bin[cuts[0]][cuts[1]], in
 * order; a bin with fewer than two starts has 0 of them and errors that are not
 * finite.  FK_ENOMEM. */
FK_NODISCARD fk_status fk_kramers_moyal(size_t dim, size_t n, const double *t,
                                        const double *x, double longest,
                                        const size_t *cuts, fk_moyal_bin *bin);

#endif
