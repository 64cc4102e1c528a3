/* The weak form of an SDE, derived symbolically from its Ito form (sde/sde.h):
 *
 *     L phi  = d_t phi + sum_i ito_i d_i phi + sum_ij a_ij d_i d_j phi     generator
 *     J_i[p] = b_i p - sum_j a_ij d_j p                                    current
 *     L* p   = -sum_i d_i J_i[p]                                           adjoint
 *
 *     d/dt E phi(X_t) = E L phi(X_t),     int phi L* p dx = int p L phi dx
 *
 * for test functions phi that let nothing in through the boundary; in general
 *
 *     int_O phi L* p dx = int_O p L phi dx - oint_dO (phi J + p a grad phi) . n dS
 *
 * which is integration by parts, twice.  The last integrand's bracket is `boundary`.
 * Expressions live in the SDE's pool.  [risken-1989] */
#ifndef FK_SDE_WEAK_FORM_H
#define FK_SDE_WEAK_FORM_H

#include <stddef.h>

#include "core/expr.h"
#include "core/grid.h"
#include "core/status.h"
#include "sde/sde.h"

enum { FK_WEAK_INTEGRALS = 32 }; /* at a time */

const fk_expr *fk_weak_generator(const fk_sde *s, const fk_expr *phi);
const fk_expr *fk_weak_current(const fk_sde *s, const fk_expr *p, size_t i);
const fk_expr *fk_weak_adjoint(const fk_sde *s, const fk_expr *p);

/* phi J_i[p] + p sum_j a_ij d_j phi */
const fk_expr *fk_weak_boundary(const fk_sde *s, const fk_expr *p, const fk_expr *phi,
                                size_t i);

/* |G^T grad phi|^2 = 2 sum_ij a_ij d_i phi d_j phi, the rate at which the martingale
 * phi(X_t) - int L phi ds gathers variance. */
const fk_expr *fk_weak_spread(const fk_sde *s, const fk_expr *phi);

/* out[n] = integrals of n expressions in the SDE's variables at time t over the box of the
 * grid, by the midpoint rule on its cells: spectrally accurate where the integrand
 * vanishes with its derivatives at the box's ends.  Summed in a fixed order.  FK_EDOMAIN: a
 * symbol without a value. */
FK_NODISCARD fk_status fk_weak_integrals(const fk_sde *s, size_t n,
                                         const fk_expr *const *e, double t,
                                         const fk_grid *g, double *out);

#endif
