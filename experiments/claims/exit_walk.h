/* Private to experiments/claims/.
 * A walk of Gaussian steps that ends where it is first found outside an interval, solved:
 *
 *     x' = (1 - theta h) x + g sqrt(h) z,   z ~ N(0, 1),   from x, to tau: x not in (lo, hi)
 *
 * Mean values from y obey u(y) = r(y) + int_lo^hi N(z; (1 - theta h) y, g^2 h) u(z) dz, r
 * what one step brings; Gauss-Legendre nodes make that a linear system, right to rounding
 * where g sqrt(h) is not below a fiftieth of the interval. */
#ifndef FK_EXPERIMENTS_CLAIMS_EXIT_WALK_H
#define FK_EXPERIMENTS_CLAIMS_EXIT_WALK_H

#include "core/status.h"

typedef struct fk_exit_walk {
    double theta, g2, lo, hi, x;
} fk_exit_walk;

typedef struct fk_exit_law {
    double time, above;   /* E tau, P(found above) */
    double place, square; /* E X_tau, E X_tau^2 */
    double over;          /* E of the distance from the end that was passed */
} fk_exit_law;

/* Of the walk with steps of h > 0.  FK_ENOMEM. */
FK_NODISCARD fk_status fk_exit_walk_solve(const fk_exit_walk *w, double h,
                                          fk_exit_law *out);

#endif
