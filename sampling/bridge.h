/* Private to sampling/.
 * Paths that touch an absorbing face between two steps.  Given its ends at distances
 * d0, d1 > 0 from a face, a Brownian path of variance s^2 a time has met the face within
 * the step h with probability exp(-2 d0 d1 / (s^2 h)); with E exponential of mean one,
 *
 *     met if   E s^2 h > 2 d0 d1,     E = (z_1^2 + z_2^2) / 2,  z_i ~ N(0, 1).
 *
 * s^2 = (G G^T)_nn is taken at the beginning of the step, n the axis of the face.  Of the
 * two faces of an axis the nearer one is asked, which is exact up to paths that reach
 * for both in one step.  Without this a scheme misses such paths and absorbs too little,
 * an error of order sqrt(h); with it the order is 1.  [gobet-2000] */
#ifndef FK_SAMPLING_BRIDGE_H
#define FK_SAMPLING_BRIDGE_H

#include <stddef.h>
#include <stdint.h>

#include "core/grid.h"
#include "core/status.h"
#include "sampling/entries.h"
#include "sde/sde.h"

typedef struct fk_bridge {
    size_t n_axes, axis[FK_GRID_DIM]; /* with an absorbing face */
    fk_entries tensor;                /* a_nn of these axes; s^2 = 2 a_nn */
} fk_bridge;

FK_NODISCARD fk_status fk_bridge_init(fk_bridge *b, const fk_sde *sde,
                                      const fk_domain *domain);
void fk_bridge_clear(fk_bridge *b); /* accepts one of zeros */

size_t fk_bridge_draws(const fk_bridge *b); /* rows of N(0, 1) a step */
size_t fk_bridge_scratch(const fk_bridge *b);

/* Ends those of the living that met a face on their way from old[dim][FK_BLOCK] at t,
 * between the faces `from`, to x[dim][FK_BLOCK] at t + h, between those of `to`; puts them
 * on it.  A face that moves evenly in between changes nothing in the formula. */
void fk_bridge_absorb(const fk_bridge *b, const fk_domain *from, const fk_domain *to,
                      double t, double h, const double *z, const double *const *old,
                      double *const *x, uint8_t *status, double *scratch);

#endif
