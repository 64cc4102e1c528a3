/* A problem on stretched axes in the coordinates in which the cells are even.  With
 * x_i = x_i(u_i), primes d/du_i, and the drift of Ito's sense
 *
 *     du_i = (ito_i / x_i' - a_ii x_i'' / x_i'^3) dt + sum_k G_ik / x_i' dW_k,
 *
 * which is Ito's formula [gardiner-2009].  The density q(u) = p(x(u)) prod x_i' keeps the
 * mass, a current through a face is the same, a partial face has the reactivity
 * kappa / x_i'.  An infinite end has no face: nothing passes it. */
#ifndef FK_SDE_STRETCHED_H
#define FK_SDE_STRETCHED_H

#include "core/grid.h"
#include "core/status.h"
#include "sde/sde.h"

/* The equation of u, its variables named like those of x, and its domain; without a
 * stretched axis *framed is NULL and *even the domain. */
FK_NODISCARD fk_status fk_stretched_frame(const fk_sde *sde, const fk_domain *domain,
                                          fk_sde **framed, fk_domain *even);

/* A function of x as one of u; a density of x as one of u.  NULL stays NULL. */
const fk_expr *fk_stretched_function(const fk_sde *sde, const fk_grid *g,
                                     const fk_expr *e);
const fk_expr *fk_stretched_density(const fk_sde *sde, const fk_grid *g,
                                    const fk_expr *e);

#endif
