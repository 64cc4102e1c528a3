/* Private to sampling/.
 * Stable noise: X_i += s_i(X, t) h^(1/alpha) S.  From an angle V, even on
 * (-pi/2, pi/2), and an exponential W of mean one,
 *
 *     S = sin(alpha (V + B)) / (cos(alpha B) cos V)^(1/alpha)
 *           (cos(V - alpha (V + B)) / W)^((1 - alpha)/alpha),
 *     B = atan(beta tan(pi alpha / 2)) / alpha;      S = tan V for alpha = 1.
 *
 * Of two normals, V is half the angle and W half the square of the radius.
 * [chambers-1976, weron-1996] */
#ifndef FK_SAMPLING_STABLE_H
#define FK_SAMPLING_STABLE_H

#include <stddef.h>

#include "core/block.h"
#include "core/program.h"
#include "core/status.h"
#include "sampling/entries.h"
#include "sde/sde.h"

typedef struct fk_stable_noise {
    const fk_sde *sde;      /* borrowed */
    fk_program **increment; /* [n_stables] S of two normals */
    fk_entries scale;       /* [n_stables][dim] */
} fk_stable_noise;

FK_NODISCARD fk_status fk_stable_noise_init(fk_stable_noise *w, const fk_sde *sde);
void fk_stable_noise_clear(fk_stable_noise *w); /* accepts one of zeros */

size_t fk_stable_noise_scratch(const fk_stable_noise *w);

/* Rows of a step: two for each noise.  As drawn they are N(0, 1); shaped, the first is S
 * and the second is not used. */
size_t fk_stable_noise_draws(const fk_stable_noise *w);
void fk_stable_noise_shape(const fk_stable_noise *w, double *z, double *scratch);

/* Shaped rows of a step of 2 h from those of two steps of h:  (S_1 + S_2) / 2^(1/alpha). */
void fk_stable_noise_join(const fk_stable_noise *w, const double *first,
                          const double *second, double *z);

/* x[dim][FK_BLOCK] with shaped rows; scales are taken at x and t. */
void fk_stable_noise_step(const fk_stable_noise *w, double t, double h, const double *z,
                          double *const *x, double *scratch);

#endif
