/* Private to experiments/claims/.
 * The field of a point charge in d + 1 dimensions, seen as a density in d of them:
 *
 *     p_t(r) = C_d t / (t^2 + r^2)^((d + 1) / 2),   C_d = Gamma((d + 1) / 2) / pi^((d + 1) / 2)
 *
 * the Poisson kernel of the half space t > 0.  [xu-2022] */
#ifndef FK_EXPERIMENTS_CLAIMS_POISSON_KERNEL_H
#define FK_EXPERIMENTS_CLAIMS_POISSON_KERNEL_H

#include <stddef.h>

/* `power` is (d + 1) / 2, or what somebody mistook for it. */
typedef struct fk_poisson {
    size_t dim; /* 1, 2 or 3 */
    double power;
} fk_poisson;

fk_poisson fk_poisson_in(size_t dim);
double fk_poisson_density(const fk_poisson *k, double t, double square); /* r^2 */

/* d p / d t and (d p / d r) / r */
double fk_poisson_rate(const fk_poisson *k, double t, double square);
double fk_poisson_slope(const fk_poisson *k, double t, double square);

/* P(|x| < r) at t, in closed form. */
double fk_poisson_cdf(size_t dim, double t, double r);

/* Surface of the unit ball: 2, 2 pi, 4 pi. */
double fk_sphere(size_t dim);

#endif
