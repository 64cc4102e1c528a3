/* Errors of scores as distances of densities: two reverse processes from the same start,
 * with drifts b, b^ and the same noise, part no faster than
 *
 *     W2(p_first, q) <= int I_t (E|b - b^|^2)^{1/2} dt,    I_t = exp int_first^t L,
 *     (b^(x) - b^(y)) . (x - y) <= L_t |x - y|^2,
 *     b - b^ = kappa Q (s - s^),   Q = G G^T,   kappa = 1: reverse SDE, 1/2: flow.
 *
 * L is the largest eigenvalue of the symmetric part of db^/dx, here over given points: the
 * bound is one as far as they say.  [kwon-fan-lee-2022] */
#ifndef FK_SAMPLING_COUPLING_H
#define FK_SAMPLING_COUPLING_H

#include "sampling/judge.h"
#include "sde/score_network.h"

/* The integral, from n values at ascending times, by the trapezoidal rule: expansion L,
 * difference (E|b - b^|^2)^{1/2}. */
double fk_coupling_bound(size_t n, const double *time, const double *expansion,
                         const double *difference);

/* L at the times of a judge for a network's score of the same table, over a block of the
 * judge's points each, with this kappa: expansion[n].  FK_ENOMEM. */
FK_NODISCARD fk_status fk_coupling_expansion(const fk_judge *j, const fk_sde *sde,
                                             const fk_score *score, double kappa,
                                             double *expansion);

/* The largest eigenvalue of (A + A^T) / 2, A[d][d], d <= FK_NOISING_DIM. */
double fk_coupling_fastest(size_t d, const double *A);

#endif
