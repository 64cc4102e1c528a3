/* Scores with a known error, to study what an error does to samples:
 *
 *     s^(x, t_k) = (1 + e) s(x, t_k) + u_k (c + n(x))
 *
 * a scale e, a constant c and a smooth field n, the sum of FK_PERTURBED_WAVES waves of random
 * direction and phase,
 *
 *     n_i(x) = rms sqrt(2 / (waves d)) sum_m cos(w_m . x + phi_mi),     w ~ N(0, I / length^2)
 *
 * that is nearly Gaussian with E |n|^2 = rms^2 and correlation exp(-|x - y|^2 / (2 length^2))
 * over seeds [rahimi-recht-2007].  Of a network that predicts noise u_k = 1 / sigma(t_k) is
 * natural: its errors are alike in sigma s.
 *
 * Under a law p with Fisher information I = E |s|^2, since E s = 0 and E s . n = -E div n,
 *
 *     E |s^ - s|^2 = e^2 I + u^2 E |c + n|^2 - 2 e u E div n. */
#ifndef FK_SDE_SCORE_PERTURBED_H
#define FK_SDE_SCORE_PERTURBED_H

#include <stdint.h>

#include "sde/mixture.h"
#include "sde/score.h"

enum { FK_PERTURBED_WAVES = 64 };

typedef struct fk_score_error {
    double scale;       /* e */
    const double *bias; /* c[dim] [1/variable]; NULL: 0 */
    double rms;         /* of n [1/variable], >= 0 */
    double length;      /* over which n changes [variable], > 0 where rms is */
    uint64_t seed;      /* of n */
    const double *unit; /* u[n_times]; NULL: 1 */
} fk_score_error;

/* Of a score, at its times; borrows it, copies the error.  It has no density.  FK_ENOMEM. */
FK_NODISCARD fk_status fk_score_perturbed_new(const fk_score *score,
                                              const fk_score_error *error,
                                              fk_score **out);

/* E |s^ - s|^2 at time k of a score made above, under a mixture with that score and Fisher
 * information: exact, by its characteristic function. */
double fk_score_perturbed_square(const fk_score *perturbed, size_t k,
                                 const fk_mixture *law, double fisher);

#endif
