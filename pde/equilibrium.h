/* The density of detailed balance, p = exp(phi) / Z with grad phi = q = a^-1 b (b the
 * drift of the flux form): the stationary density if q is a gradient and nothing
 * leaves. */
#ifndef FK_PDE_EQUILIBRIUM_H
#define FK_PDE_EQUILIBRIUM_H

#include <stdbool.h>

#include "core/grid.h"
#include "core/status.h"
#include "sde/sde.h"

/* exp(phi) at the cells' centres, with mass 1; of the even coordinates where axes are
 * stretched: phi is the line integral of q along the axes,
 * axis 0 first at the lowest cells of the others, by Gauss-Legendre of five points a cell.
 * It does not depend on the way if q is a gradient, which is not checked.  *known is false
 * where a has no inverse somewhere on the way. */
FK_NODISCARD fk_status fk_equilibrium_density(const fk_sde *sde,
                                              const fk_domain *domain, double *p,
                                              bool *known);

#endif
